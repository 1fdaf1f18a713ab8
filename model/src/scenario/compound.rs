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

#[cfg(test)]
mod tests {
    use super::compounded;

    #[test]
    fn compound_interest_by_hand() {
        // 100 * 1.1^2 = 121; 0.5^3 = 1/8 of 80 is 10.
        assert!((compounded(100.0, 0.1, 2) - 121.0).abs() < 1e-10);
        assert!((compounded(80.0, -0.5, 3) - 10.0).abs() < 1e-12);
        assert_eq!(compounded(12_345_678.9, 0.07, 0), 12_345_678.9);
        assert_eq!(compounded(10.0, -0.9, 12), 1.0);
    }
}
