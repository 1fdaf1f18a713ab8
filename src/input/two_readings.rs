//! Numbers that can be read in two ways: `1.150` with thousands or decimals behind its point, `17m` as millions or thousandths.

use super::quantity::{hint, number};

/// What may be meant, behind what a value must be, where a count or an amount can be read in two ways: `1.150` with thousands or decimals behind its point, and
/// `17m` as millions or thousandths.
pub fn hint_of_two(text: &str) -> String {
    let readings = |read: &dyn Fn(&str) -> Option<[String; 2]>| {
        let ends: Vec<[String; 2]> = text.split("..").map(read).collect::<Option<_>>()?;
        let range =
            |reading: usize| ends.iter().map(|end| end[reading].clone()).collect::<Vec<_>>().join("..");
        Some([range(0), range(1)])
    };
    match readings(&thousands_or_decimals).or_else(|| readings(&millions_or_thousandths)) {
        Some([one, other]) => format!("; {one:?} or {other:?} may be meant"),
        None => hint(text),
    }
}

/// Both readings of a plain number with one point and three digits behind it, of which the point may stand between thousands.
fn thousands_or_decimals(text: &str) -> Option<[String; 2]> {
    let plain = text.trim().trim_matches('$').trim();
    let (whole, decimals) = plain.split_once('.')?;
    let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_either = matches!(whole.len(), 1..=3) && !whole.starts_with('0') && decimals.len() == 3;
    (is_either && are_digits(whole) && are_digits(decimals)).then(|| {
        [format!("{whole}{decimals}"), plain.parse::<f64>().map_or(plain.to_owned(), |it| it.to_string())]
    })
}

/// Both readings of `17m`, with what stands behind it: Kubernetes and SI have thousandths, people millions.
fn millions_or_thousandths(text: &str) -> Option<[String; 2]> {
    let (digits, more) = text.split_at(text.find('m')?);
    let more = more.strip_prefix('m').filter(|more| !more.starts_with(char::is_alphabetic))?;
    let thousandths = number(digits.trim().trim_start_matches('$'))? / 1e3;
    Some([format!("{}M{more}", digits.trim()), format!("{thousandths}{more}")])
}

/// What [`thousands_or_decimals`] leaves open is no number.
fn unambiguous(text: &str) -> Option<&str> {
    thousands_or_decimals(text).is_none().then_some(text)
}

/// A count, a size or money, as people write it: a point before three digits alone may stand between thousands.
pub fn counted(text: &str, read: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    read(unambiguous(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::quantity::dollars;

    #[test]
    fn what_can_be_read_in_two_ways_is_asked_about() {
        let both = |one: &str, other: &str| format!("; {one:?} or {other:?} may be meant");
        for (text, one, other) in [
            ("$1.150", "1150", "1.15"),
            ("12.500", "12500", "12.5"),
            ("1.150..2.300", "1150..2300", "1.15..2.3"),
            ("17m", "17M", "0.017"),
            ("580 m/s", "580M/s", "0.58/s"),
        ] {
            assert_eq!((counted(text, dollars), hint_of_two(text)), (None, both(one, other)), "{text}");
        }
        // Thousands do not begin with 0, and have three digits.
        for (text, usd) in
            [("0.125", 0.125), ("1.15", 1.15), ("1.1500", 1.15), ("1,150", 1150.0), ("1.150k", 1150.0)]
        {
            assert_eq!(counted(text, dollars), Some(usd), "{text}");
        }
        assert_eq!((hint_of_two("1.200.000"), hint_of_two("30 min")), (String::new(), String::new()));
    }
}
