//! Machine types: what a cloud rents by the hour.

use crate::words::words;
use serde::Serialize;

/// How machines are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purchase {
    /// By the hour, Linux, no commitment.
    OnDemand,
    /// Three years reserved, the whole commitment spread over its hours.
    Reserved3Yr,
}

words!(Purchase { OnDemand = "on-demand", Reserved3Yr = "reserved-3yr" });

/// One machine type in one region.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machine {
    /// Cloud, such as `aws`.
    pub provider: String,
    /// Region the prices hold in.
    pub region: String,
    /// The provider's own name for the type.
    pub instance_type: String,
    /// The provider's family of types with the same processor.
    pub family: String,
    /// Instruction set.
    pub arch: String,
    /// Processor.
    pub cpu: String,
    /// V, virtual processors.
    pub vcpus: u32,
    /// Cores; fewer than `vcpus` where two hyper-threads share one.
    pub physical_cores: Option<u32>,
    /// Memory, bytes.
    pub memory_bytes: f64,
    /// Baseline network bandwidth, bits/s; `None` where it is not known and cannot be checked.
    pub network_bits_per_second: Option<f64>,
    /// v, work that one fully loaded vCPU does, an EPYC Genoa vCPU (AWS c7a) = 1.0; `None` where unknown.
    pub vcpu_speed: Option<f64>,
    /// Where `vcpu_speed` comes from; empty where unknown.
    pub speed_basis: String,
    /// Price on demand, USD/h.
    pub on_demand_usd_per_hour: Option<f64>,
    /// Price with three years reserved, USD/h.
    pub reserved_3yr_usd_per_hour: Option<f64>,
    /// Day on which the prices were true.
    pub price_date: String,
}

/// What tells one machine type from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineId {
    /// Cloud.
    pub provider: String,
    /// Region.
    pub region: String,
    /// Name of the type, which other regions may have as well.
    pub instance_type: String,
}

impl Machine {
    /// What tells it from all others.
    pub fn id(&self) -> MachineId {
        let Self { provider, region, instance_type, .. } = self.clone();
        MachineId { provider, region, instance_type }
    }

    /// The hourly price under a purchase, USD/h; `None` where it is not known.
    pub fn usd_per_hour(&self, purchase: Purchase) -> Option<f64> {
        match purchase {
            Purchase::OnDemand => self.on_demand_usd_per_hour,
            Purchase::Reserved3Yr => self.reserved_3yr_usd_per_hour,
        }
    }

    /// Whether the speed is only a rough figure from vendors' claims.
    pub fn is_provisional(&self) -> bool {
        self.speed_basis == "provisional"
    }
}
