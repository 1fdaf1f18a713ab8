//! What carries adjacent stages of a pipeline: one consumer group.

use crate::cost::traffic::Traffic;
use crate::plan::Plan;

/// Adjacent stages in one consumer group, planned.
#[derive(Debug, Clone)]
pub struct Consumer<'a> {
    /// Position of its first stage.
    pub first: usize,
    /// Position of its last stage.
    pub last: usize,
    /// Its runtime, its machines and their bill.
    pub plan: Plan<'a>,
    /// Bytes that cross zones as it reads and writes.
    pub traffic: Traffic,
}

impl Consumer<'_> {
    /// Price of its traffic between zones, USD a month.
    pub fn traffic_usd_per_month(&self) -> f64 {
        self.traffic.usd_per_month(self.plan.sizing.policy.cross_zone, &self.plan.machine.provider)
    }

    /// What consumers are compared by: the same, with the bill that plans are compared by.
    pub(super) fn compared_usd_per_month(&self) -> f64 {
        self.plan.cheapest_usd_per_month + self.traffic_usd_per_month()
    }

    /// Machines and traffic, USD a month.
    pub fn usd_per_month(&self) -> f64 {
        self.plan.usd_per_month + self.traffic_usd_per_month()
    }
}
