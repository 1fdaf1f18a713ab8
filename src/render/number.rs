//! Numbers for programs.

/// A number to twelve significant digits, so that sums in binary do not show: 0.979, not 0.9790000000000001.
pub fn rounded(value: f64) -> f64 {
    const DIGITS: i32 = 12;
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = DIGITS - 1 - value.abs().log10().floor() as i32;
    if !(-290..=290).contains(&places) {
        return value;
    }
    // Powers of ten are exact as a divisor or as a factor, not as their reciprocals.
    let scale = 10f64.powi(places.abs());
    if places >= 0 { (value * scale).round() / scale } else { (value / scale).round() * scale }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn what_binary_adds_is_rounded_away() {
        assert_eq!(rounded(0.979_000_000_000_000_1), 0.979);
        assert_eq!(rounded(0.1 + 0.2), 0.3);
        assert_eq!(rounded(-1234.5678), -1234.5678);
        assert_eq!(rounded(1e15 + 1.0), 1e15);
        assert_eq!(rounded(1e-300), 1e-300);
    }
}
