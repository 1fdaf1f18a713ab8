//! Times and values as monitoring systems write them into cells.

use super::quantities::Kind;
use crate::input::hourly::hours_since_epoch;
use crate::input::quantity::{cores, count, given, number};
use tonnage_model::units::{GIB, KIB, MIB};

/// From here on a number is of milliseconds: seconds reach it in the year 5138.
const MILLISECONDS: f64 = 1e11;

/// What a time may look like, for messages.
pub const TIME: &str = "a time such as 1782907200000 (ms), 1782907200 (s) or 2026-07-01 12:00:00";

/// What a value may look like, for messages.
pub fn allowed(kind: Kind) -> &'static str {
    match kind {
        Kind::Cpu => "a number of cores such as 1.5, 35%, 250m or 250 mCPU",
        _ => "a value such as 1200, 1.2 K, 35%, 1.5 GiB or 80 c/s",
    }
}

/// Words of units that say what is counted, and change nothing.
const NOUNS: [&str; 20] = [
    "c", "ops", "req", "reqs", "requests", "msg", "msgs", "mess", "messages", "ev", "evt", "event", "events",
    "records", "rec", "rows", "io", "rd", "wr", "calls",
];
/// Units behind a number that [`count`] does not have.
const UNITS: [(&str, f64); 17] = [
    ("%", 0.01),
    ("Mil", 1e6),
    ("Bil", 1e9),
    ("Tri", 1e12),
    ("KiB", KIB),
    ("MiB", MIB),
    ("GiB", GIB),
    ("TiB", 1024.0 * GIB),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("bytes", 1.0),
    ("ops", 1.0),
    ("reqps", 1.0),
    ("cps", 1.0),
];

/// Seconds since 1970; a time without a zone is in UTC.
pub fn time(text: &str) -> Option<f64> {
    match number(text) {
        Some(milliseconds) if milliseconds >= MILLISECONDS => Some(milliseconds / 1e3),
        Some(seconds) if seconds > 0.0 => Some(seconds),
        Some(_) => None,
        None => Some(hours_since_epoch(text)? * 3600.0),
    }
}

/// A value in its plain unit, a second where it is a rate; NaN where there is none.
pub fn value(text: &str, kind: Kind) -> Option<f64> {
    let text = text.trim();
    let nothing = ["nan", "undefined", "+inf", "inf", "-inf", "no data"];
    if given(text).is_none() || nothing.iter().any(|it| it.eq_ignore_ascii_case(text)) {
        return Some(f64::NAN);
    }
    let (text, per) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match per.trim() {
        "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let text = text.trim();
    let (before, word) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let text = if NOUNS.contains(&word) { before.trim_end() } else { text };
    let is_bytes = matches!(kind, Kind::Memory | Kind::Size);
    // B is a byte or a billion.
    let bytes = text.strip_suffix('B').filter(|_| is_bytes).and_then(number);
    let with_unit = |(unit, factor): &(&str, f64)| Some(number(text.strip_suffix(unit)?)? * factor);
    let cores = Some(text).filter(|_| kind == Kind::Cpu).and_then(cores);
    let value = cores.or(bytes).or_else(|| UNITS.iter().find_map(with_unit)).or_else(|| count(text))?;
    Some(value / seconds)
}
