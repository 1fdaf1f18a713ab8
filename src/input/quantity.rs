//! Numbers as people write them: `50M`, `1,200,000`, `20 million`, `580/s`, `1.2KB`, `85%`, `30m`.
//!
//! Each function gives `None` for what it cannot read and leaves ranges to its caller, who knows what is
//! allowed. No function yields an infinity or a NaN.

use std::borrow::Cow;
use tonnage_model::units::{GIB, KIB, MIB};

/// What people write where they have nothing to say.
const NOTHING: [&str; 12] =
    ["", "-", "--", "\u{2013}", "\u{2014}", "n/a", "na", "n.a.", "null", "unknown", "?", "tbd"];

/// What stands between groups of three digits.
const BETWEEN_GROUPS: [char; 7] = [',', ' ', '\u{a0}', '\u{2009}', '\u{202f}', '\'', '\u{2019}'];

/// What is counted, behind the number.
const NOUNS: [&str; 10] =
    ["events", "event", "messages", "msgs", "msg", "records", "requests", "req", "calls", "ops"];

/// The same a second, in one word.
const A_SECOND: [&str; 4] = ["eps", "rps", "tps", "qps"];

/// A text without the blanks around it; `None` where it says that there is nothing.
pub fn given(text: &str) -> Option<&str> {
    let text = text.trim();
    (!NOTHING.iter().any(|nothing| nothing.eq_ignore_ascii_case(text))).then_some(text)
}

/// Whether a text is what a spreadsheet shows of a formula that failed: `#N/A`, `#REF!`, `#NAME?`, also as other languages have it.
pub fn is_error(text: &str) -> bool {
    text.starts_with('#') && (text.ends_with(['!', '?']) || ["#N/A", "#NV"].contains(&text))
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

/// Units, each with its names.
type Units = [(f64, &'static [&'static str])];

fn factor(unit: &str, units: &Units) -> Option<f64> {
    let is_called = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(unit));
    units.iter().find(|(_, names)| is_called(names)).map(|(factor, _)| *factor)
}

fn scaled(text: &str, units: &Units) -> Option<f64> {
    let text = text.trim();
    let word = text.strip_suffix('.').filter(|it| it.ends_with(char::is_alphabetic)).unwrap_or(text);
    let (value, unit) = text.split_at(word.trim_end_matches(char::is_alphabetic).len());
    let value = number(value)? * factor(unit, units)?;
    value.is_finite().then_some(value)
}

/// A count: plain, or in thousands (`k`), millions (`M`), billions (`B`) or trillions (`T`), also in words. `m` may be
/// millions or thousandths, so it is neither.
pub fn count(text: &str) -> Option<f64> {
    let units: &Units = &[
        (1.0, &[""]),
        (1e3, &["k", "thousand"]),
        (1e6, &["M", "mn", "mio", "mio.", "million"]),
        (1e9, &["B", "bn", "billion", "mrd", "mrd."]),
        (1e12, &["T", "tn", "trillion"]),
    ];
    let is_open = text.trim().strip_suffix('m').is_some_and(|it| number(it).is_some());
    if is_open { None } else { scaled(text, units) }
}

/// Cores: plain, or thousandths of them as Kubernetes writes them, `250m`, also `250 mCPU` and `250 millicores`.
pub fn cores(text: &str) -> Option<f64> {
    let units: &Units = &[
        (1.0, &["", "core", "cores", "vCPU", "vCPUs", "CPU", "CPUs"]),
        (1e-3, &["mCPU", "mcores", "millicore", "millicores"]),
        (1e-6, &["uCPU", "µCPU"]),
    ];
    match text.trim().strip_suffix('m') {
        Some(thousandths) => number(thousandths).map(|it| it / 1e3),
        None => scaled(text, units),
    }
}

/// Dollars: a count, with or without `$` or `USD` before or behind it.
pub fn dollars(text: &str) -> Option<f64> {
    count(of_dollars(text).unwrap_or(text))
}

/// What stands beside `$` or `USD`, where a text has it.
pub fn of_dollars(text: &str) -> Option<&str> {
    let beside = |mark: &&str| text.trim().strip_prefix(mark).or_else(|| text.trim().strip_suffix(mark));
    ["USD", "$"].iter().find_map(beside).map(str::trim)
}

/// A text without ` a month` behind it.
pub fn without_month(text: &str) -> &str {
    ["/month", "/mo", "per month", "a month"].iter().find_map(|end| without_end(text, end)).unwrap_or(text)
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
        None => match A_SECOND.iter().find_map(|name| without_end(text, name)) {
            Some(value) => (value, Some("s")),
            None => (text, None),
        },
    };
    // `/m` may be a minute or a month.
    let spans: &Units = &[(604_800.0, &["week"]), (730.0 * 3600.0, &["month"])];
    let own = match time {
        None => seconds,
        Some("m") => return None,
        Some(time) => factor(time, &TIMES).or_else(|| factor(time, spans))?,
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

/// A text without a word at its end, in any case; `None` where it has another.
fn without_end<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let text = text.trim();
    let (rest, last) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
    last.eq_ignore_ascii_case(end).then(|| rest.trim_end())
}

/// Bytes: plain or `B`, decimal `KB`, `MB`, `GB`, binary `KiB`, `MiB`, `GiB`, also without their `B`, as Kubernetes writes them.
pub fn bytes(text: &str) -> Option<f64> {
    let units: &Units = &[
        (1.0, &["", "B", "bytes"]),
        (1e3, &["K", "KB", "KByte"]),
        (1e6, &["M", "MB", "MByte"]),
        (1e9, &["G", "GB"]),
        (KIB, &["Ki", "KiB"]),
        (MIB, &["Mi", "MiB"]),
        (GIB, &["Gi", "GiB"]),
    ];
    scaled(text, units)
}

/// MiB as bytes, or bytes with their unit.
pub fn mebibytes(text: &str) -> Option<f64> {
    number(text).map(|mebibytes| mebibytes * MIB).or_else(|| bytes(text))
}

/// Working days: plain or with their word, `20 days`.
pub fn days(text: &str) -> Option<f64> {
    number(["days", "day", "d"].iter().find_map(|end| without_end(text, end)).unwrap_or(text))
}

/// A share: `0.85`, `85%` or `85 percent`.
pub fn share(text: &str) -> Option<f64> {
    match per_cent(text) {
        Some(percent) => Some(number(percent)? / 100.0),
        None => number(text),
    }
}

/// What stands before `%` or its word.
fn per_cent(text: &str) -> Option<&str> {
    ["%", "percent", "per cent", "pct"].iter().find_map(|end| without_end(text, end))
}

/// A percentage, with or without `%` behind, as a share.
pub fn percentage(text: &str) -> Option<f64> {
    Some(number(per_cent(text).unwrap_or(text))? / 100.0)
}

/// Units of time, seconds each.
const TIMES: [(f64, &[&str]); 7] = [
    (1e-9, &["ns"]),
    (1e-6, &["us", "\u{b5}s", "\u{3bc}s", "microseconds"]),
    (1e-3, &["ms", "msec", "millis", "milliseconds"]),
    (1.0, &["s", "sec", "secs", "second", "seconds"]),
    (60.0, &["m", "min", "mins", "minute", "minutes"]),
    (3600.0, &["h", "hr", "hour", "hours"]),
    (86_400.0, &["d", "day", "days"]),
];

/// A time with its unit, `5000us`, `2s`, or without one milliseconds; as seconds.
pub fn milliseconds(text: &str) -> Option<f64> {
    duration(text).or_else(|| Some(number(text)? / 1e3))
}

/// A span of time with its unit, `90s`, `30m`, `2h`, `1d`, or several of them from long to short, `1m30s`; as seconds.
pub fn duration(text: &str) -> Option<f64> {
    let several = || {
        let is_next =
            |(at, c): &(usize, char)| c.is_ascii_digit() && text[..*at].ends_with(char::is_alphabetic);
        let (long, rest) = text.split_at(text.char_indices().find(is_next)?.0);
        let (long, rest) = (scaled(long, &TIMES)?, duration(rest)?);
        (rest < long).then_some(long + rest)
    };
    scaled(text, &TIMES).or_else(several)
}

/// A whole number that is at least 1, also in thousands or millions.
pub fn whole(text: &str) -> Option<u32> {
    let value = count(text)?;
    let fits = value >= 1.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0;
    fits.then_some(value as u32)
}
