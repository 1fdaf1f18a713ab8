//! What is known of a workload beyond its busiest hour today.

/// What is known of a workload beyond its busiest hour today.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Features that are built into the handler a month.
    pub features_per_month: f64,
    /// Working days that moving to another language takes, once; `None` where nobody has estimated it.
    pub rewrite_days: Option<f64>,
    /// Growth of the volume a month, as a share: 0.05 for 5 %.
    pub growth_per_month: f64,
    /// Calls/s that the downstream systems bear; `None` where they have no limit.
    pub downstream_max_per_second: Option<f64>,
    /// a, times that an event is handled on average until it is done, 1 without retries; only cores observed have all of them.
    pub attempts_per_event: f64,
    /// Rates of the hours of a day; `None` where only the peak factor is known.
    pub hourly: Option<HourlyRates>,
    /// The peak factor that is given, where the busiest of these hours is above it.
    pub peak_below_hours: Option<f64>,
}

impl Default for Outlook {
    fn default() -> Self {
        Self {
            features_per_month: 0.0,
            rewrite_days: None,
            growth_per_month: 0.0,
            downstream_max_per_second: None,
            attempts_per_event: 1.0,
            hourly: None,
            peak_below_hours: None,
        }
    }
}

/// The rate of each hour of a day, from midnight on, in any unit, as only ratios count; none negative, not all 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourlyRates(pub [f64; 24]);
