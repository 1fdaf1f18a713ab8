//! Numbers for programs.

/// A number to twelve significant digits, so that sums in binary do not show: 0.979, not 0.9790000000000001.
pub fn rounded(value: f64) -> f64 {
    to_digits(value, 12)
}

/// A number to so many significant digits, at least one.
pub fn to_digits(value: f64, digits: u8) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = i32::from(digits) - 1 - value.abs().log10().floor() as i32;
    // Powers of ten up to these are exact, as a divisor or as a factor; their reciprocals are not.
    if !(-22..=22).contains(&places) {
        let decimals = usize::from(digits) - 1;
        return format!("{value:.decimals$e}").parse().unwrap_or(value);
    }
    let scale = 10f64.powi(places.abs());
    if places >= 0 { (value * scale).round() / scale } else { (value / scale).round() * scale }
}
