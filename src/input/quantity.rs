//! Numbers as people write them: `50M`, `1,200,000`, `20 million`, `580/s`, `1.2KB`, `85%`, `30m`.
//!
//! Each function gives `None` for what it cannot read and leaves ranges to its caller, who knows what is
//! allowed. No function yields an infinity or a NaN.

use std::borrow::Cow;
use tonnage_model::units::{GIB, KIB, MIB};

/// What people write where they have nothing to say.
const NOTHING: [&str; 10] = ["", "-", "--", "\u{2013}", "\u{2014}", "n/a", "#n/a", "na", "n.a.", "null"];

/// What stands between groups of three digits.
const BETWEEN_GROUPS: [char; 7] = [',', ' ', '\u{a0}', '\u{2009}', '\u{202f}', '\'', '\u{2019}'];

/// What is counted, behind the number.
const NOUNS: [&str; 8] = ["events", "event", "messages", "msgs", "records", "requests", "req", "calls"];

/// A text without the blanks around it; `None` where it says that there is nothing.
pub fn given(text: &str) -> Option<&str> {
    let text = text.trim();
    (!NOTHING.iter().any(|nothing| nothing.eq_ignore_ascii_case(text))).then_some(text)
}

/// A plain decimal number: digits, an optional fraction and exponent, `_` between digits, or groups of three digits with
/// commas, apostrophes or blanks between them.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return text.parse().ok().filter(|value: &f64| value.is_finite());
    }
    if text.contains('_') {
        let is_separated = !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
        return if is_separated { number(&text.replace('_', "")) } else { None };
    }
    // Once more without the separators of its groups.
    ungrouped(text).filter(|plain| *plain != text).and_then(|plain| number(&plain))
}

/// A number without what stands between its groups of three digits. `0,500` has no groups: its comma is a decimal one.
fn ungrouped(text: &str) -> Option<Cow<'_, str>> {
    let (whole, rest) = text.split_at(text.find(['.', 'e', 'E']).unwrap_or(text.len()));
    let Some(between) = whole.chars().find(|c| BETWEEN_GROUPS.contains(c)) else { return Some(text.into()) };
    let mut groups = whole.trim_start_matches(['+', '-']).split(between);
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = groups.next().is_some_and(|it| is_digits(it) && it.len() <= 3 && !it.starts_with('0'));
    let are_groups = is_first && groups.all(|group| is_digits(group) && group.len() == 3);
    are_groups.then(|| (whole.replace(between, "") + rest).into())
}

/// The number with a point that a comma was probably meant to be: `0.5` for `0,5`.
pub fn with_decimal_point(text: &str) -> Option<String> {
    let fixed = text.trim().replace(',', ".");
    let is_number = |end: &str| {
        let end = end.trim_end_matches(|c: char| !c.is_ascii_digit());
        end.contains('.') && end.parse::<f64>().is_ok()
    };
    (text.contains(',') && fixed.split("..").all(is_number)).then_some(fixed)
}

/// `; "0.5" may be meant` behind what a value must be, where it has a decimal comma.
pub fn hint(text: &str) -> String {
    with_decimal_point(text).map(|meant| format!("; {meant:?} may be meant")).unwrap_or_default()
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    let (value, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let factor = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1;
    let value = number(value)? * factor;
    value.is_finite().then_some(value)
}

/// A count: plain, or in thousands (`k`), millions (`M`), billions (`B`) or trillions (`T`), also in words. `m` may be
/// millions or thousandths, so it is neither.
pub fn count(text: &str) -> Option<f64> {
    let units = [
        ("", 1.0),
        ("k", 1e3),
        ("thousand", 1e3),
        ("M", 1e6),
        ("mn", 1e6),
        ("mio", 1e6),
        ("million", 1e6),
        ("B", 1e9),
        ("bn", 1e9),
        ("billion", 1e9),
        ("T", 1e12),
        ("tn", 1e12),
        ("trillion", 1e12),
    ];
    let is_open = text.trim().strip_suffix('m').is_some_and(|it| number(it).is_some());
    if is_open { None } else { scaled(text, &units) }
}

/// Cores: plain, or thousandths of them as Kubernetes writes them, `250m`, also `250 mCPU` and `250 millicores`.
pub fn cores(text: &str) -> Option<f64> {
    let units = [
        ("", 1.0),
        ("cores", 1.0),
        ("core", 1.0),
        ("vCPU", 1.0),
        ("CPU", 1.0),
        ("mCPU", 1e-3),
        ("mcores", 1e-3),
        ("millicores", 1e-3),
        ("millicore", 1e-3),
        ("uCPU", 1e-6),
        ("µCPU", 1e-6),
    ];
    match text.trim().strip_suffix('m') {
        Some(thousandths) => number(thousandths).map(|it| it / 1e3),
        None => scaled(text, &units),
    }
}

/// Dollars: a count, with or without `$` before or behind it.
pub fn dollars(text: &str) -> Option<f64> {
    let text = text.trim();
    count(text.strip_prefix('$').or_else(|| text.strip_suffix('$')).unwrap_or(text))
}

/// A count a day: plain, or a rate with its time such as `580/s` or `2M events per hour`.
pub fn per_day(text: &str) -> Option<f64> {
    rate(text, 86_400.0)
}

/// A count a second: plain, or a rate with its time.
pub fn per_second(text: &str) -> Option<f64> {
    rate(text, 1.0)
}

/// A count in so many seconds: plain, or a rate with its own time.
fn rate(text: &str, seconds: f64) -> Option<f64> {
    let (value, time) = match text.split_once('/').or_else(|| text.split_once(" per ")) {
        Some((value, time)) => (value, Some(time.trim())),
        None => (text, None),
    };
    let units = [
        ("s", 1.0),
        ("sec", 1.0),
        ("second", 1.0),
        ("min", 60.0),
        ("minute", 60.0),
        ("h", 3600.0),
        ("hour", 3600.0),
        ("d", 86_400.0),
        ("day", 86_400.0),
        ("week", 604_800.0),
        ("month", 730.0 * 3600.0),
    ];
    let own = match time {
        None => seconds,
        Some(time) => units.iter().find(|(name, _)| name.eq_ignore_ascii_case(time))?.1,
    };
    let is_noun = |last: &str| NOUNS.iter().any(|noun| noun.eq_ignore_ascii_case(last));
    let value = without_noun(value.trim(), is_noun);
    Some(count(value)? * (seconds / own)).filter(|value| value.is_finite())
}

/// A text without the word behind its number that says what is counted.
pub fn without_noun(text: &str, is_noun: impl Fn(&str) -> bool) -> &str {
    match text.rsplit_once(' ') {
        Some((number, last)) if is_noun(last) => number.trim_end(),
        _ => text,
    }
}

/// Bytes: plain or `B`, decimal `KB`, `MB`, `GB`, binary `KiB`, `MiB`, `GiB`.
pub fn bytes(text: &str) -> Option<f64> {
    let units = [
        ("", 1.0),
        ("B", 1.0),
        ("bytes", 1.0),
        ("KB", 1e3),
        ("KByte", 1e3),
        ("MB", 1e6),
        ("MByte", 1e6),
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

/// Units of time, seconds each.
const TIMES: [(&str, f64); 13] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("\u{b5}s", 1e-6),
    ("\u{3bc}s", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("sec", 1.0),
    ("seconds", 1.0),
    ("m", 60.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("hours", 3600.0),
    ("d", 86_400.0),
];

/// A time with its unit, `5000us`, `2s`, or without one milliseconds; as seconds.
pub fn milliseconds(text: &str) -> Option<f64> {
    duration(text).or_else(|| Some(number(text)? / 1e3))
}

/// A span of time with its unit, `90s`, `30m`, `2h` or `1d`, as seconds.
pub fn duration(text: &str) -> Option<f64> {
    scaled(text, &TIMES)
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
        for bad in [
            "", "M", "50Q", "1,00", "0,500", "12,5", "1.200,5", "1,2,3", "NaN", "inf", "1e300T", "0x10",
            "_5", "5__0", "--5", "é",
        ] {
            assert_eq!(count(bad), None, "{bad}");
        }
    }

    #[test]
    fn counts_as_people_write_them() {
        for (text, value) in [
            ("1,200,000", 1.2e6),
            ("1,234.5", 1234.5),
            ("1 200 000", 1.2e6),
            ("1'200'000", 1.2e6),
            ("1\u{202f}200\u{a0}000", f64::NAN),
            ("20 million", 20e6),
            ("1.5 bn", 1.5e9),
            ("1.2K", 1200.0),
            ("3 Mio", 3e6),
        ] {
            assert_eq!(count(text), Some(value).filter(|value| value.is_finite()), "{text}");
        }
    }

    #[test]
    fn dollars_may_have_their_sign() {
        assert_eq!(
            (dollars("$1,489"), dollars(" 2k"), dollars("$ 0.5"), dollars("180 $")),
            (Some(1489.0), Some(2e3), Some(0.5), Some(180.0))
        );
        assert_eq!((dollars("$"), dollars("$$5"), dollars("$5$")), (None, None, None));
    }

    #[test]
    fn cores_may_be_in_thousandths() {
        for (text, value) in [
            ("250m", 0.25),
            ("17 m", 0.017),
            ("1146 mCPU", 1.146),
            ("500 millicores", 0.5),
            ("1.146", 1.146),
            ("2 cores", 2.0),
        ] {
            assert!(cores(text).is_some_and(|it| (it - value).abs() < 1e-12), "{text}");
        }
        assert_eq!((cores("5M"), cores("m"), cores("5 mm")), (None, None, None));
    }

    #[test]
    fn rates() {
        assert_eq!(per_day("580/s"), Some(580.0 * 86_400.0));
        assert_eq!(per_day("1.2K / sec"), Some(1200.0 * 86_400.0));
        assert_eq!(per_day("2M events per hour"), Some(48e6));
        assert_eq!(per_day("50M/day"), Some(50e6));
        // A month is 730 hours.
        assert!((per_day("730M/month").unwrap() - 24e6).abs() < 1e-6);
        assert_eq!(per_day("20 million"), Some(20e6));
        assert_eq!(per_second("600/min"), Some(10.0));
        assert_eq!(per_second("2k"), Some(2000.0));
        for bad in ["580/", "/s", "580/fortnight", "events", "580 apples/s", "1/s/s"] {
            assert_eq!(per_day(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_is_said_in_many_ways() {
        for nothing in ["", " ", "-", "n/a", "N/A", "#N/A", "null", "\u{2014}"] {
            assert_eq!(given(nothing), None, "{nothing:?}");
        }
        assert_eq!(given(" none "), Some("none"));
    }

    #[test]
    fn a_decimal_comma_is_recognized() {
        let meant = |text| with_decimal_point(text);
        assert_eq!(meant("0,5").as_deref(), Some("0.5"));
        assert_eq!(meant("12,5 ms").as_deref(), Some("12.5 ms"));
        assert_eq!(meant("0,5..0,8").as_deref(), Some("0.5..0.8"));
        assert_eq!((meant("1,2,3"), meant("a,b"), meant("0.5")), (None, None, None));
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
        assert_eq!(milliseconds("2s"), Some(2.0));
        assert_eq!(milliseconds("5000us"), Some(0.005));
        assert_eq!(milliseconds("5000 \u{b5}s"), Some(0.005));
        assert_eq!(milliseconds("1.5 min"), Some(90.0));
        assert_eq!(milliseconds("2 fortnights"), None);
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
            for parse in [number, count, per_day, bytes, share, milliseconds, duration] {
                prop_assert!(parse(&text).is_none_or(f64::is_finite));
            }
        }

        #[test]
        fn numbers_read_back(value in -1e15f64..1e15) {
            prop_assert_eq!(number(&value.to_string()), Some(value));
        }
    }
}
