//! What a number of a workload counts: how it is written, its limits, and how a range of it is read.

use super::quantity;
use super::two_readings::{Marks, hint, is_open};
use std::ops::{Bound, RangeBounds};
use tonnage_model::uncertain::distribution::Distribution;
use tonnage_model::units::{GIB, MIB};

/// What a number counts, and with it how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Events a day: `50M`.
    PerDay,
    /// Something a second: `2k`.
    PerSecond,
    /// Bytes: `1.2KB`.
    Size,
    /// MiB, or a size with its unit; bytes inside.
    Mebibytes,
    /// A share: `0.85` or `85%`.
    Share,
    /// Per cent, with or without `%`; a share inside.
    Percent,
    /// Milliseconds; seconds inside.
    Time,
    /// A whole number.
    Whole,
    /// Dollars: `1250` or `$1,250`.
    Usd,
    /// Cores: `1.5` or `250m`.
    Cores,
    /// Working days: `20` or `20 days`.
    Days,
    /// Any other number.
    Plain,
}

/// A kind of number with its limits.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// What it counts.
    pub unit: Unit,
    noun: &'static str,
    from: Bound<f64>,
    to: Bound<f64>,
    more: &'static str,
}

impl Number {
    /// Numbers of a unit from `least` to `most`, both included; `noun` and `more` are for messages: `a NOUN from .. to
    /// .., MORE`.
    pub const fn new(unit: Unit, noun: &'static str, least: f64, most: f64, more: &'static str) -> Self {
        Self { unit, noun, from: Bound::Included(least), to: Bound::Included(most), more }
    }

    /// A plain number.
    pub const fn plain(least: f64, most: f64, more: &'static str) -> Self {
        Self::new(Unit::Plain, "number", least, most, more)
    }

    /// A time of up to eleven days.
    pub const fn time(more: &'static str) -> Self {
        Self::new(Unit::Time, "time", 0.0, LONGEST_SECONDS, more)
    }

    /// The same up to another limit.
    pub const fn up_to(self, most: f64) -> Self {
        Self { to: Bound::Included(most), ..self }
    }

    /// A whole number from 1.
    pub const fn whole() -> Self {
        Self { to: Bound::Unbounded, ..Self::new(Unit::Whole, "whole number", 1.0, 0.0, "") }
    }

    /// The same without the lower limit itself.
    pub const fn above(self, least: f64) -> Self {
        Self { from: Bound::Excluded(least), ..self }
    }

    /// The same without the upper limit itself.
    pub const fn below(self, most: f64) -> Self {
        Self { to: Bound::Excluded(most), ..self }
    }

    /// What a cell may hold, after "must be".
    pub fn allowed(&self) -> String {
        let show = |limit| self.limit_in_words(limit);
        let (from, and) = match self.from {
            Bound::Included(least) => (format!(" from {}", show(least)), ""),
            Bound::Excluded(least) => (format!(" above {}", show(least)), " and up"),
            Bound::Unbounded => (String::new(), ""),
        };
        let to = match self.to {
            Bound::Included(most) => format!("{and} to {}", show(most)),
            Bound::Excluded(most) => format!("{and} to below {}", show(most)),
            Bound::Unbounded => String::new(),
        };
        let comma = if self.more.is_empty() { "" } else { ", " };
        format!("a {}{from}{to}{comma}{}", self.noun, self.more)
    }

    /// A limit as a cell would have it.
    fn limit_in_words(&self, limit: f64) -> String {
        let short = |value: f64| if value.abs() < 1e5 { value.to_string() } else { format!("{value:e}") };
        match self.unit {
            Unit::Size if limit >= GIB => format!("{} GiB", limit / GIB),
            Unit::Size => format!("{limit} B"),
            Unit::Mebibytes => short(limit / MIB),
            Unit::Time if limit > 0.0 => format!("{} ms", short(limit * 1e3)),
            Unit::Percent => short(limit * 100.0),
            _ => short(limit),
        }
    }

    /// One number within the limits, among others with these marks before their decimals; none where a mark is open.
    pub fn read(&self, text: &str, marks: Marks) -> Option<f64> {
        let text = if self.unit == Unit::Usd { quantity::without_month(text) } else { text };
        if (marks != Marks::POINT && is_open(text)) || self.lacks_unit(text) {
            return None;
        }
        let value = match self.unit {
            Unit::PerDay => quantity::per_day(text),
            Unit::PerSecond => quantity::per_second(text),
            Unit::Size => quantity::bytes(text),
            Unit::Mebibytes => quantity::mebibytes(text),
            Unit::Share => quantity::share(text),
            Unit::Percent => quantity::percentage(text),
            Unit::Time => quantity::milliseconds(text),
            Unit::Whole => quantity::whole(text).map(f64::from),
            Unit::Usd => quantity::dollars(text),
            Unit::Cores => quantity::cores(text),
            Unit::Days => quantity::days(text),
            Unit::Plain => quantity::number(text.trim_end_matches(['x', '\u{d7}'])),
        }?;
        (self.from, self.to).contains(&value).then_some(value)
    }

    /// Whether it is a fraction of a byte or of an event a day: what was counted in millions, or measured in KB. What
    /// has an exponent was written by a program.
    fn lacks_unit(&self, text: &str) -> bool {
        let is_fraction = |value: f64| value < LEAST_MEAN && value.fract() != 0.0;
        let is_typed = !text.contains(['e', 'E']) && matches!(self.unit, Unit::PerDay | Unit::Size);
        is_typed && quantity::number(text).is_some_and(is_fraction)
    }

    /// A cell with a unit that a heading has, where that is not the unit of the column: `2KB` of bytes, `2/s` of a day's.
    pub fn with_unit(&self, unit: &str) -> Option<String> {
        let read = |cell: &str| self.read(cell, Marks::POINT);
        let cell = [format!("2{unit}"), format!("2/{unit}")].into_iter().find(|it| read(it).is_some())?;
        (read("2") != read(&cell)).then_some(cell)
    }

    /// What may be meant by a text that is none, behind what it must be.
    pub fn hint(&self, text: &str) -> String {
        if let Some(about) = text.trim().strip_prefix(['~', '≈']) {
            return format!("; write {about}, or a range (LOW..HIGH) of which it is the middle");
        }
        match self.unit {
            Unit::PerDay if self.lacks_unit(text) => {
                format!("; its unit is missing: {text}k, {text}M or {text}/s")
            }
            Unit::Size if self.lacks_unit(text) => format!("; its unit is missing: {text}B or {text}KB"),
            Unit::Time if text.trim().ends_with('%') => {
                "; the share that a handler waits is io_ratio".to_owned()
            }
            Unit::Usd if text.contains(['€', '£']) => "; amounts are in US dollars".to_owned(),
            _ => hint(text, |meant| meant.split("..").all(|end| self.read(end, Marks::POINT).is_some())),
        }
    }

    /// The same number in the unit of its column: milliseconds, MiB and per cent instead of seconds, bytes and shares.
    pub fn in_column(&self, value: f64) -> f64 {
        match self.unit {
            Unit::Time => value * 1e3,
            Unit::Mebibytes => value / MIB,
            Unit::Percent => value * 100.0,
            _ => value,
        }
    }

    /// The number between the limits, or at one of them, that is nearest to a value.
    pub fn clamp(&self, value: f64) -> f64 {
        let limit = |bound, open| match bound {
            Bound::Included(limit) | Bound::Excluded(limit) => limit,
            Bound::Unbounded => open,
        };
        value.max(limit(self.from, f64::NEG_INFINITY)).min(limit(self.to, f64::INFINITY))
    }

    /// How a range of it is read.
    pub fn distribution(&self, low: f64, high: f64) -> Distribution {
        match self.unit {
            Unit::Share if high <= 1.0 => Distribution::LogitNormal { low, high },
            _ => Distribution::LogNormal { above: self.bound(), low, high },
        }
    }

    /// What it can come near to but never falls to: its lower limit for plain numbers and per cent, 0 for all else. Whole
    /// numbers are rounded, so their bound is 0 as well.
    pub fn bound(&self) -> f64 {
        match (self.unit, self.from) {
            (
                Unit::Plain | Unit::Cores | Unit::Days | Unit::Percent,
                Bound::Included(least) | Bound::Excluded(least),
            ) => least,
            _ => 0.0,
        }
    }
}

/// What may be a mean with its fraction: less of bytes, or of events a day, is whole.
const LEAST_MEAN: f64 = 1000.0;
/// Most of anything that has no natural limit.
pub const MOST: f64 = 1e6;
/// Longest time, s.
pub const LONGEST_SECONDS: f64 = 1e6;
