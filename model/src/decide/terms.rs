//! What a change has to be worth.

use crate::cost::bill::reaches;

/// What a saving has to be worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Price of an engineer's day, USD.
    pub day_rate_usd: f64,
    /// Least saving that is worth a change of code, library or language, USD a month.
    pub min_saving_usd_per_month: f64,
    /// Least saving that is worth a change of machine types or counts, USD a month.
    pub min_resize_saving_usd_per_month: f64,
    /// Months within which a rewrite has to pay back.
    pub payback_months: f64,
    /// Working days that a rewrite takes where a workload does not say; `None` where nobody has estimated it.
    pub rewrite_days: Option<f64>,
}

impl Terms {
    /// What an engineer's day is taken to cost unless said otherwise, USD.
    pub const DAY_RATE_USD: f64 = 800.0;

    /// Months within which a rewrite has to pay back unless said otherwise.
    pub const PAYBACK_MONTHS: f64 = 24.0;

    /// A change of code has to save at least an engineer's day a month, a change of machines a tenth of that.
    pub fn at_day_rate(day_rate_usd: f64) -> Self {
        Self::with_min_saving(day_rate_usd, day_rate_usd)
    }

    /// The same with a given least saving for a change of code.
    pub fn with_min_saving(day_rate_usd: f64, min_saving_usd_per_month: f64) -> Self {
        Self {
            day_rate_usd,
            min_saving_usd_per_month,
            min_resize_saving_usd_per_month: min_saving_usd_per_month / 10.0,
            payback_months: Self::PAYBACK_MONTHS,
            rewrite_days: None,
        }
    }

    /// Whether a saving, USD a month, is worth a change of code.
    pub fn is_worth_a_change(&self, saving: f64) -> bool {
        !reaches(0.0, saving) && reaches(saving, self.min_saving_usd_per_month)
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self::at_day_rate(Self::DAY_RATE_USD)
    }
}
