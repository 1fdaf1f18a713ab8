//! Numbers for people: with units and separators, and with no more digits than they are worth.

use std::collections::BTreeSet;
pub use tonnage_model::cost::bill::{NOTHING_USD, SAME_BILL, reaches};
use tonnage_model::units::MIB;

/// What stands where there is no number.
pub const NONE: &str = "-";

/// What stands for a number without bound.
pub const UNBOUNDED: &str = "unbounded";

/// A whole number with thousands separators; rounded.
pub fn whole(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let grouped: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect();
    let sign = if value < 0.0 && digits != "0" { "-" } else { "" };
    format!("{sign}{}", grouped.join(","))
}

/// Three significant digits: `12,300`, `123`, `12.3`, `0.0123`.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if size >= 99.95 {
        whole(value)
    } else if size < 1e-6 {
        format!("{value:.2e}")
    } else {
        let decimals = (2 - size.log10().floor() as i32).max(0) as usize;
        let text = format!("{value:.decimals$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    }
}

/// A number to so many significant digits, at least one.
pub fn digits(value: f64, count: u8) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = i32::from(count) - 1 - value.abs().log10().floor() as i32;
    // Powers of ten up to these are exact, as a divisor or as a factor; their reciprocals are not.
    if !(-22..=22).contains(&places) {
        let decimals = usize::from(count) - 1;
        return format!("{value:.decimals$e}").parse().unwrap_or(value);
    }
    let scale = 10f64.powi(places.abs());
    if places >= 0 { (value * scale).round() / scale } else { (value / scale).round() * scale }
}

/// Events of which nobody needs the last one: three digits from 1,000 on, whole below.
pub fn events(value: f64) -> String {
    whole(if value.abs() >= 1e3 { digits(value, 3) } else { value })
}

/// Less is what rounding leaves of a difference of bills.
const ROUNDING_USD: f64 = 1e-9;

/// Dollars: whole from $10, cents below, two digits of less than a cent.
pub fn usd(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    if size >= 9.995 {
        format!("{sign}${}", whole(size))
    } else if size < ROUNDING_USD {
        "$0".into()
    } else if size >= 0.01 {
        format!("{sign}${size:.2}")
    } else {
        let decimals = (1 - size.log10().floor() as i32).clamp(2, 12) as usize;
        format!("{sign}${size:.decimals$}")
    }
}

/// Two amounts, with cents where they would read alike.
pub fn usd_apart(one: f64, other: f64) -> [String; 2] {
    let whole = [one, other].map(usd);
    if whole[0] == whole[1] && one != other { [one, other].map(with_cents) } else { whole }
}

fn with_cents(value: f64) -> String {
    let cents = (value.abs() * 100.0).round();
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}${}.{:02}", whole((cents / 100.0).floor()), cents % 100.0)
}

/// A difference in sentences, where Markdown takes signs for a formula: `$112 more`, `$50 less`, `$0 more`.
pub fn more(dollars: f64) -> String {
    let word = if dollars <= -SAME_BILL { "less" } else { "more" };
    format!("{} {word}", usd(if dollars.abs() < SAME_BILL { 0.0 } else { dollars.abs() }))
}

/// A time: µs, ms, s.
pub fn seconds(value: f64) -> String {
    if !value.is_finite() {
        UNBOUNDED.into()
    } else if value == 0.0 {
        "0 s".into()
    } else if value < 0.9995e-3 {
        format!("{} µs", significant(value * 1e6))
    } else if value < 0.9995 {
        format!("{} ms", significant(value * 1e3))
    } else {
        format!("{} s", significant(value))
    }
}

/// A time that may be long: as [`seconds`], then min, h and days.
pub fn span(value: f64) -> String {
    match value {
        before if before < 0.0 => format!("-{}", span(-before)),
        long if long >= 172_800.0 && long.is_finite() => format!("{} days", significant(long / 86_400.0)),
        long if long >= 7200.0 && long.is_finite() => format!("{} h", significant(long / 3600.0)),
        long if long >= 120.0 && long.is_finite() => format!("{} min", significant(long / 60.0)),
        short => seconds(short),
    }
}

/// Memory: MiB, GiB.
pub fn memory(bytes: f64) -> String {
    let mib = bytes / MIB;
    if mib < 1023.5 {
        format!("{} MiB", significant(mib))
    } else {
        format!("{} GiB", significant(mib / 1024.0))
    }
}

/// An event size: B, KB, MB.
pub fn event_size(bytes: f64) -> String {
    if bytes < 1e3 {
        format!("{} B", significant(bytes))
    } else if bytes < 1e6 {
        format!("{} KB", significant(bytes / 1e3))
    } else {
        format!("{} MB", significant(bytes / 1e6))
    }
}

/// A network rate: Mbit/s, Gbit/s.
pub fn bit_rate(bits_per_second: f64) -> String {
    if bits_per_second < 1e9 {
        format!("{} Mbit/s", significant(bits_per_second / 1e6))
    } else {
        format!("{} Gbit/s", significant(bits_per_second / 1e9))
    }
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 {
        format!("{} %", format!("{percent:.1}").replace("0.0", "<0.1"))
    } else {
        // No minus before a zero.
        let percent = if (-0.5..=0.0).contains(&percent) { 0.0 } else { percent };
        format!("{percent:.0} %")
    }
}

/// Events a second.
pub fn rate(events_per_second: f64) -> String {
    format!("{}/s", significant(events_per_second))
}

/// Events a day: `50M`, `1.2B`.
pub fn per_day(events: f64) -> String {
    let (scale, unit) = match events {
        e if e >= 1e12 => (1e12, "T"),
        e if e >= 1e9 => (1e9, "B"),
        e if e >= 1e6 => (1e6, "M"),
        e if e >= 1e3 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{unit}/day", significant(events / scale))
}

/// `2025-11-03 to 2026-07-20`, or the only one of some days.
pub fn span_of_days(days: BTreeSet<&str>) -> Option<String> {
    let (first, last) = days.first().zip(days.last())?;
    Some(if first == last { (*first).to_owned() } else { format!("{first} to {last}") })
}

/// `a, b and 3 more`: the first of some names, and how many there are beside.
pub fn listed(all: impl IntoIterator<Item = impl AsRef<str>>, most: usize) -> String {
    let mut text = String::new();
    let mut more = 0;
    for (at, name) in all.into_iter().enumerate() {
        if at < most {
            text += if at == 0 { "" } else { ", " };
            text += name.as_ref();
        } else {
            more += 1;
        }
    }
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// `a`, `a and b`, `a, b and c`.
pub fn and_last(all: &[impl AsRef<str>]) -> String {
    let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    match all.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// `1 thing`, `2 things`.
pub fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", whole(count as f64), if count == 1 { "" } else { "s" })
}

/// `1 process`, `2 processes`: the noun in both forms.
pub fn plural_of(count: u64, (one, many): (&str, &str)) -> String {
    format!("{} {}", whole(count as f64), if count == 1 { one } else { many })
}

/// The same of what need not be whole: `1 month`, `37.5 months`.
pub fn amount(value: f64, noun: &str) -> String {
    let number = significant(value);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Engineers' days, to a tenth.
pub fn days(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0 engineer-days".into()
    } else if size < 0.05 {
        "under 0.1 engineer-days".into()
    } else if size < 9.95 {
        format!("{value:.1} engineer-days")
    } else {
        format!("{} engineer-days", whole(value))
    }
}

/// An hourly price, with as many digits as price lists have.
pub fn hourly(usd_per_hour: f64) -> String {
    let text = format!("{usd_per_hour:.5}");
    let trimmed = text.trim_end_matches('0');
    let decimals = trimmed.len() - trimmed.find('.').map_or(0, |dot| dot + 1);
    if decimals < 2 { format!("${usd_per_hour:.2}/h") } else { format!("${trimmed}/h") }
}

/// A ratio: `12x`, `0.5x`.
pub fn ratio(value: f64) -> String {
    format!("{}x", significant(value))
}
