//! Money.

use crate::workload::SECONDS_PER_DAY;

/// Hours that a month is billed for.
pub const HOURS_PER_MONTH: f64 = 730.0;

/// USD a month: bills that differ by less are the same.
pub const SAME_BILL: f64 = 0.005;

/// USD a month: less than this is said to be nothing, as cents decide no change.
pub const NOTHING_USD: f64 = 0.5;

/// USD a month for `instances` machines at `usd_per_hour`.
///
/// ```
/// use tonnage_model::cost::bill::usd_per_month;
///
/// assert!((usd_per_month(2, 0.68) - 992.80).abs() < 1e-9);
/// ```
pub fn usd_per_month(instances: u64, usd_per_hour: f64) -> f64 {
    instances as f64 * usd_per_hour * HOURS_PER_MONTH
}

/// USD per million events: a month's bill over a month's events, `cost / (E * 730/24 / 1e6)`.
pub fn usd_per_million_events(usd_per_month: f64, events_per_day: f64) -> f64 {
    usd_per_month / (events_per_month(events_per_day) / 1e6)
}

/// Events of a month, `E * 730/24`.
///
/// ```
/// use tonnage_model::cost::bill::events_per_month;
///
/// assert_eq!(events_per_month(24.0), 730.0);
/// ```
pub fn events_per_month(events_per_day: f64) -> f64 {
    let days_per_month = HOURS_PER_MONTH * 3600.0 / SECONDS_PER_DAY;
    events_per_day * days_per_month
}

/// USD: amounts that differ by less are the same where they are computed.
pub const PRECISION_USD: f64 = 1e-6;

/// Whether an amount comes to another one, USD. Equal amounts do, whatever their last bit: a discount on both leaves the answer.
///
/// ```
/// use tonnage_model::cost::bill::reaches;
///
/// assert!(reaches(1368.6624 - 1231.79616, 0.1 * 1368.6624));
/// ```
pub fn reaches(usd: f64, least: f64) -> bool {
    usd > least - PRECISION_USD
}

/// An amount in whole millionths of a dollar, so that equal amounts compare as equal whatever their last bit.
pub fn micro_usd(usd: f64) -> u64 {
    (usd * 1e6).round() as u64
}
