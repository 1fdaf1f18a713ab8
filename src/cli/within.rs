//! Quantities within limits, as flags take them.

use std::ops::RangeBounds;
use tonnage::input::two_readings::hint;

/// A quantity that `read` reads, of those within limits; `allowed` says which, and a decimal comma gets its point.
pub fn within<T: PartialOrd>(
    read: fn(&str) -> Option<T>,
    limits: impl RangeBounds<T> + Clone,
    allowed: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let taken = |text: &str| read(text).filter(|it| limits.contains(it));
        taken(text).ok_or_else(|| format!("must be {allowed}{}", hint(text, |meant| taken(meant).is_some())))
    }
}
