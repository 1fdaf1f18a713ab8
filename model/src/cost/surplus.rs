//! CPU above the baseline of burstable machines, and what it is billed at: AWS's surplus CPU credits.

use crate::cost::bill::HOURS_PER_MONTH;
use crate::demand::vcpu::share_in_use;
use crate::machine::Machine;
use crate::workload::Workload;

/// USD for an hour of a vCPU above the baseline, by family of AWS: Linux, unlimited mode, the same in all regions and by every
/// purchase. EC2 on-demand pricing, "T2/T3/T4g Unlimited Mode Pricing".
const USD_PER_VCPU_HOUR: [(&str, f64); 3] = [("t3", 0.05), ("t3a", 0.05), ("t4g", 0.04)];

/// What today's machines use above their baseline all day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surplus {
    /// vCPUs above it on average, as measured.
    pub vcpus: f64,
    /// What an hour of one costs, USD; 0 of types that are not billed for it.
    pub usd_per_vcpu_hour: f64,
}

impl Surplus {
    /// That of today's machines at `factor` times the load that was measured, at most all of their vCPUs; `None` where they are not
    /// above it, or cannot be for as long as they are asked to: AWS's burstable types go on but for T2
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html>).
    pub fn at(factor: f64, workload: &Workload, machine: Option<&Machine>) -> Option<Self> {
        let machine = machine.filter(|it| it.provider == "aws" && it.family != "t2")?;
        let above = share_in_use(workload, Some(machine), factor)?.min(1.0) - machine.burst_baseline?;
        let vcpus = f64::from(workload.machines_today()?) * f64::from(machine.vcpus);
        let billed = USD_PER_VCPU_HOUR.iter().find(|(family, _)| *family == machine.family);
        let usd_per_vcpu_hour = billed.map_or(0.0, |(_, usd)| *usd);
        (above > 0.0).then_some(Self { vcpus: above * vcpus, usd_per_vcpu_hour })
    }

    /// What it costs, USD a month.
    pub fn usd_per_month(self) -> f64 {
        self.vcpus * self.usd_per_vcpu_hour * HOURS_PER_MONTH
    }
}
