//! Quantities within limits, as flags take them.

use std::ops::RangeBounds;
use tonnage::input::quantity::hint;

/// A quantity that `read` reads, of those within limits; `allowed` says which, and a decimal comma gets its point.
pub fn within<T: PartialOrd>(
    read: fn(&str) -> Option<T>,
    limits: impl RangeBounds<T> + Clone,
    allowed: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        read(text).filter(|it| limits.contains(it)).ok_or_else(|| format!("must be {allowed}{}", hint(text)))
    }
}
