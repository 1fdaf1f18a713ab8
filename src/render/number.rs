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

#[cfg(test)]
mod tests {
    use super::rounded;
    use proptest::prelude::*;

    #[test]
    fn what_binary_adds_is_rounded_away() {
        assert_eq!(rounded(0.979_000_000_000_000_1), 0.979);
        assert_eq!(rounded(0.1 + 0.2), 0.3);
        assert_eq!(rounded(-1234.5678), -1234.5678);
        assert_eq!(rounded(1e15 + 1.0), 1e15);
        assert_eq!(rounded(1e-300), 1e-300);
    }

    proptest! {
        #[test]
        fn no_number_has_more_than_twelve_digits(digits in -9.999f64..9.999, exponent in -320i32..300) {
            let value = digits * 10f64.powi(exponent);
            let mut buffer = ryu::Buffer::new();
            let printed = buffer.format(rounded(value));
            let mantissa = printed.split('e').next().unwrap_or(printed);
            let figures: String = mantissa.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(figures.trim_matches('0').len() <= 12, "{value:e}: {printed}");
            prop_assert!((rounded(value) - value).abs() <= value.abs() * 1e-11);
        }
    }
}
