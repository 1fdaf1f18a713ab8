//! Numbers for programs.

use crate::report::figures::digits;

/// A number to twelve significant digits, so that sums in binary do not show: 0.979, not 0.9790000000000001.
pub fn rounded(value: f64) -> f64 {
    digits(value, 12)
}
