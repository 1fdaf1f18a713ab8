//! Machine types: what a cloud rents by the hour.

use crate::figure::{Evidence, Figure};
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// g, how much more than [`Machine::vcpu_speed`] a vCPU does while the other hyper-thread of its core is idle. Assumed:
/// docs/model/demand.md has the published figures that it lies between.
pub static IDLE_SIBLING: Figure =
    Figure { value: 0.5, low: 0.3, high: 0.75, evidence: Evidence::Assumed, source: None };

/// How machines are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purchase {
    /// By the hour, Linux, no commitment.
    OnDemand,
    /// Spare capacity, which the provider may take back.
    Spot,
    /// One year reserved, paid by the hour.
    Reserved1Yr,
    /// Three years reserved, paid by the hour.
    Reserved3Yr,
    /// Three years reserved, the whole of it paid at once and spread over its hours.
    Reserved3YrAllUpfront,
}

words!(Purchase {
    OnDemand = "on-demand",
    Spot = "spot",
    Reserved1Yr = "reserved-1yr",
    Reserved3Yr = "reserved-3yr",
    Reserved3YrAllUpfront = "reserved-3yr-all-upfront",
});

impl Purchase {
    /// Whether it is paid for until a term ends.
    pub fn is_reserved(self) -> bool {
        matches!(self, Self::Reserved1Yr | Self::Reserved3Yr | Self::Reserved3YrAllUpfront)
    }
}

/// Prices of a machine type in one region, USD/h; `None` where one is not known.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Prices([Option<f64>; 5]);

impl Prices {
    /// A price on demand and no other.
    pub fn on_demand(usd_per_hour: f64) -> Self {
        Self::default().with(Purchase::OnDemand, Some(usd_per_hour))
    }

    /// The price under a purchase.
    pub fn of(&self, purchase: Purchase) -> Option<f64> {
        self.0[purchase as usize]
    }

    /// How many of them are known.
    pub fn count(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The same with another price for a purchase.
    pub fn with(mut self, purchase: Purchase, usd_per_hour: Option<f64>) -> Self {
        self.0[purchase as usize] = usd_per_hour;
        self
    }

    /// All of them times a factor.
    pub fn times(self, factor: f64) -> Self {
        Self(self.0.map(|price| price.map(|usd| usd * factor)))
    }

    /// These prices, where they are known, over others.
    pub fn over(self, others: Self) -> Self {
        let mut prices = self;
        for (price, other) in prices.0.iter_mut().zip(others.0) {
            *price = price.or(other);
        }
        prices
    }
}

/// One machine type in one region.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// Cores; fewer than `vcpus` where two hyper-threads share one. Where it is not known, each vCPU counts as a core.
    pub physical_cores: Option<u32>,
    /// Memory, bytes.
    pub memory_bytes: f64,
    /// Baseline network bandwidth, bits/s; `None` where it is not known and cannot be checked.
    pub network_bits_per_second: Option<f64>,
    /// v, work that one fully loaded vCPU does, an EPYC Genoa vCPU (AWS c7a) = 1.0; `None` where unknown. Of a type
    /// with a [`Machine::burst_baseline`] it is the speed while it bursts.
    pub vcpu_speed: Option<f64>,
    /// The lowest and the highest that `vcpu_speed` was measured at in the family; `None` where only one is known.
    pub speed_range: Option<(f64, f64)>,
    /// Where `vcpu_speed` comes from; empty where unknown.
    pub speed_basis: String,
    /// Share of each vCPU that it gets in the long run; `None` where that is all of it.
    pub burst_baseline: Option<f64>,
    /// Whether newer generations have taken its place.
    pub is_previous_generation: bool,
    /// Its prices.
    pub prices: Prices,
    /// Share of spot machines taken back in a month, per cent, such as `5-10`; empty where it is not known.
    pub spot_interruption: String,
    /// Day on which its price on demand was true.
    pub price_date: String,
    /// Days of other prices that were true on another one.
    pub other_dates: Vec<(Purchase, Cow<'static, str>)>,
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
        self.prices.of(purchase)
    }

    /// The day on which that price was true; empty where it is not known.
    pub fn date_of(&self, purchase: Purchase) -> &str {
        let other = self.other_dates.iter().find(|(it, _)| *it == purchase);
        other.map_or(&self.price_date, |(_, day)| day)
    }

    /// The day on which it was true; `None` where there is no such price, or the day is not known.
    pub fn day_of(&self, purchase: Purchase) -> Option<&str> {
        self.usd_per_hour(purchase)?;
        Some(self.date_of(purchase)).filter(|day| !day.is_empty())
    }

    /// What one fully loaded vCPU does in the long run: of a burstable type its share.
    pub fn sustained_speed(&self) -> Option<f64> {
        Some(self.vcpu_speed? * self.burst_baseline.unwrap_or(1.0))
    }

    /// Whether two hyper-threads share each core.
    pub fn shares_cores(&self) -> bool {
        self.physical_cores.is_some_and(|cores| cores < self.vcpus)
    }

    /// What one vCPU does while a share `busy` of all vCPUs is, `v (1 + gain (1 - busy))`; v where it has its core to itself.
    pub fn speed_at(&self, busy: f64, gain: f64) -> Option<f64> {
        let gain = if self.shares_cores() { gain } else { 0.0 };
        Some(self.vcpu_speed? * (1.0 + gain * (1.0 - busy)))
    }

    /// The share of its vCPUs that a CPU graph shows, where consumers' work is a share `work` of what all of them do in the long run
    /// and the system takes a share `system` of these: that at which [`Workload::cores_in_use`](crate::workload::Workload::cores_in_use)
    /// leaves consumers `work`, each vCPU as fast as [`Machine::speed_at`] has it there.
    pub fn share_shown(&self, work: f64, system: f64, gain: f64) -> f64 {
        let there = self.burst_baseline.unwrap_or(1.0);
        let gain = if self.shares_cores() { gain } else { 0.0 };
        // u of (u - system) (1 + gain (1 - u)) = work; with all of them busy none gains.
        let shown = |work: f64, system: f64| {
            let most = 1.0 + gain * (1.0 + system);
            let free = work + system * (1.0 + gain);
            let root = (most * most - 4.0 * gain * free).max(0.0).sqrt();
            if work + system < 1.0 { 2.0 * free / (most + root) } else { work + system }
        };
        shown(work * there, system * there).min(shown(2.0 * work * there, 0.0))
    }

    /// Whether the speed is only a rough figure: that of the nearest processor, or from vendors' claims.
    pub fn is_provisional(&self) -> bool {
        self.speed_basis.starts_with("provisional")
    }
}
