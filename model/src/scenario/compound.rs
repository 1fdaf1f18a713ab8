//! A volume that grows by the same share each month.

use crate::workload::Workload;

/// Events a day below which no volume shrinks, as none is planned with.
const LEAST_EVENTS_PER_DAY: f64 = 1.0;

/// `E (1 + g)^t`, events a day after `months` at `growth_per_month` (a share, above -1); never below 1.
pub fn compounded(events_per_day: f64, growth_per_month: f64, months: u32) -> f64 {
    (events_per_day * (1.0 + growth_per_month).powf(f64::from(months))).max(LEAST_EVENTS_PER_DAY)
}

impl Workload {
    /// The workload `months` from now: more events, and everything else as it is.
    ///
    /// What today's consumers do with an event has to be read before, at today's volume: `observed_cores` are those of
    /// today's events.
    pub fn after(&self, months: u32) -> Self {
        let events_per_day = compounded(self.events_per_day, self.outlook.growth_per_month, months);
        Self { events_per_day, ..self.clone() }
    }
}
