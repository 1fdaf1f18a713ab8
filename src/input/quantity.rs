//! Numbers as people write them: `50M`, `1.2KB`, `85%`, `30m`.
//!
//! Each function gives `None` for what it cannot read and leaves ranges to its caller, who knows what is
//! allowed. No function yields an infinity or a NaN.

use tonnage_model::units::{GIB, KIB, MIB};

/// A plain decimal number: digits, an optional fraction and exponent, `_` between digits.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.contains('_') {
        let is_separated = !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
        return if is_separated { number(&text.replace('_', "")) } else { None };
    }
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_plain { text.parse().ok().filter(|value: &f64| value.is_finite()) } else { None }
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    let unit_at = text.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |last| last + 1);
    let (value, unit) = text.split_at_checked(unit_at)?;
    let factor = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1;
    let value = number(value)? * factor;
    value.is_finite().then_some(value)
}

/// A count: plain, or in thousands (`k`), millions (`M`), billions (`B`) or trillions (`T`).
pub fn count(text: &str) -> Option<f64> {
    scaled(text, &[("", 1.0), ("k", 1e3), ("M", 1e6), ("B", 1e9), ("T", 1e12)])
}

/// Bytes: plain or `B`, decimal `KB`, `MB`, `GB`, binary `KiB`, `MiB`, `GiB`.
pub fn bytes(text: &str) -> Option<f64> {
    let units = [
        ("", 1.0),
        ("B", 1.0),
        ("KB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("KiB", KIB),
        ("MiB", MIB),
        ("GiB", GIB),
    ];
    scaled(text, &units)
}

/// MiB as bytes, or bytes with their unit.
pub fn mebibytes(text: &str) -> Option<f64> {
    number(text).map(|mebibytes| mebibytes * MIB).or_else(|| bytes(text))
}

/// A share: `0.85` or `85%`.
pub fn share(text: &str) -> Option<f64> {
    match text.trim().strip_suffix('%') {
        Some(percent) => Some(number(percent)? / 100.0),
        None => number(text),
    }
}

/// A percentage, with or without `%` behind, as a share.
pub fn percentage(text: &str) -> Option<f64> {
    let text = text.trim();
    Some(number(text.strip_suffix('%').unwrap_or(text))? / 100.0)
}

/// Milliseconds, with or without `ms` behind, as seconds.
pub fn milliseconds(text: &str) -> Option<f64> {
    scaled(text, &[("", 1e-3), ("ms", 1e-3)])
}

/// A span of time with its unit, `90s`, `30m`, `2h` or `1d`, as seconds.
pub fn duration(text: &str) -> Option<f64> {
    scaled(text, &[("s", 1.0), ("m", 60.0), ("min", 60.0), ("h", 3600.0), ("d", 86_400.0)])
}

/// A whole number that is at least 1.
pub fn whole(text: &str) -> Option<u32> {
    let value = number(text)?;
    let fits = value >= 1.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0;
    fits.then_some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts() {
        assert_eq!(count("50M"), Some(50e6));
        assert_eq!(count("1.2B"), Some(1.2e9));
        assert_eq!(count("800k"), Some(800e3));
        assert_eq!(count("5e7"), Some(5e7));
        assert_eq!(count(" 50_000_000 "), Some(50e6));
        assert_eq!(count("50 M"), Some(50e6));
        for bad in ["", "M", "50Q", "1,000", "NaN", "inf", "1e300T", "0x10", "_5", "5__0", "--5", "é"] {
            assert_eq!(count(bad), None, "{bad}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes("1.2KB"), Some(1200.0));
        assert_eq!(bytes("900"), Some(900.0));
        assert_eq!(bytes("4KiB"), Some(4096.0));
        assert_eq!(bytes("1 GiB"), Some(1_073_741_824.0));
        assert_eq!(bytes("4K"), None);
    }

    #[test]
    fn memory() {
        assert_eq!(mebibytes("1600"), Some(1600.0 * MIB));
        assert_eq!(mebibytes("1.5GiB"), Some(1.5 * GIB));
        assert_eq!(mebibytes("much"), None);
    }

    #[test]
    fn shares() {
        assert_eq!(share("0.85"), Some(0.85));
        assert_eq!(share("85%"), Some(0.85));
        assert_eq!(share("85 %"), Some(0.85));
        assert_eq!(share("%"), None);
        assert_eq!(percentage("5"), Some(0.05));
        assert_eq!(percentage("-5 %"), Some(-0.05));
    }

    #[test]
    fn times() {
        assert_eq!(duration("30m"), Some(1800.0));
        assert_eq!(duration("2h"), Some(7200.0));
        assert_eq!(duration("45"), None);
        assert_eq!(milliseconds("250"), Some(0.25));
        assert_eq!(milliseconds("250ms"), Some(0.25));
        assert_eq!(milliseconds("2s"), None);
    }

    #[test]
    fn wholes() {
        assert_eq!(whole("12"), Some(12));
        assert_eq!(whole("1.5"), None);
        assert_eq!(whole("0"), None);
        assert_eq!(whole("-3"), None);
        assert_eq!(whole("1e300"), None);
    }

    proptest! {
        #[test]
        fn nothing_that_people_type_breaks_the_parsers(text in ".*") {
            for parse in [number, count, bytes, share, milliseconds, duration] {
                prop_assert!(parse(&text).is_none_or(f64::is_finite));
            }
        }

        #[test]
        fn numbers_read_back(value in -1e15f64..1e15) {
            prop_assert_eq!(number(&value.to_string()), Some(value));
        }
    }
}
