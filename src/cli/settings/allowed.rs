//! What settings may be: the usual kinds, to be named and connected in the table, and readers of their values.

use super::{Kind, Setting};
use std::path::PathBuf;
use tonnage::input::quantity;
use tonnage::report::column::Value;

/// Nothing yet, for the kinds below to build on.
const BLANK: Setting = Setting {
    name: "",
    help: "",
    used_by: 0,
    common: false,
    kind: Kind::Number,
    value_name: "",
    allowed: "",
    unset: "",
    example: "",
    set: |_, _| None,
    get: |_| Value::Missing,
};

pub const FLAG: Setting = Setting { kind: Kind::Flag, value_name: "BOOL", allowed: "true or false", ..BLANK };
pub const WORD: Setting = Setting { value_name: "HOW", ..BLANK };
pub const NAME: Setting =
    Setting { kind: Kind::Text, value_name: "NAME", allowed: "a name", unset: "all", ..BLANK };
pub const NAMES: Setting = Setting {
    kind: Kind::List,
    value_name: "A,B",
    allowed: "names with commas between them",
    unset: "all",
    ..BLANK
};
pub const PATH: Setting = Setting { kind: Kind::Path, value_name: "PATH", allowed: "a path", ..BLANK };
/// A share of something that a plan uses.
pub const SHARE_USED: Setting =
    Setting { value_name: "SHARE", allowed: "a share above 0 and up to 1, such as 0.7 or 70%", ..BLANK };
/// A share of something that a plan keeps free.
pub const SHARE_FREE: Setting =
    Setting { value_name: "SHARE", allowed: "a share from 0 to below 1, such as 0.15 or 15%", ..BLANK };
pub const PROBABILITY: Setting = Setting {
    value_name: "SHARE",
    allowed: "a probability from 0.5 to below 1, such as 0.9 or 90%",
    ..BLANK
};
pub const WHOLE: Setting = Setting { value_name: "N", allowed: "a whole number from 1", ..BLANK };
pub const SAMPLES: Setting =
    Setting { value_name: "N", allowed: "a whole number from 10 to 100000", ..BLANK };
pub const CORES: Setting =
    Setting { value_name: "VCPUS", allowed: "a number of vCPUs from 0 to 10000, such as 0.25", ..BLANK };
pub const SIZE: Setting = Setting {
    kind: Kind::Size,
    value_name: "SIZE",
    allowed: "a size from 0 to 1e15 B, such as 1.25GiB or 700MiB",
    ..BLANK
};
/// Dollars that may be none.
pub const DOLLARS: Setting =
    Setting { value_name: "USD", allowed: "an amount of dollars from 0, such as 800", ..BLANK };
/// Dollars that something costs in any case.
pub const PRICE: Setting =
    Setting { value_name: "USD", allowed: "an amount of dollars above 0, such as 800", ..BLANK };
pub const MONTHS: Setting =
    Setting { value_name: "MONTHS", allowed: "a number of months above 0, such as 24", ..BLANK };

/// Puts a value into its place; nothing where there is none.
pub fn put<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

/// The same where the place may stay empty.
pub fn put_some<T>(place: &mut Option<T>, value: Option<T>) -> Option<()> {
    *place = Some(value?);
    Some(())
}

pub fn boolean(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// The value that one of a set of words stands for.
pub fn word<T: Copy>(words: &[(&str, T)], text: &str) -> Option<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
}

/// The word that stands for a value.
pub fn spelled<T: PartialEq>(words: &[(&'static str, T)], value: T) -> Value<'static> {
    words.iter().find(|(_, known)| *known == value).map(|(word, _)| *word).into()
}

/// Names in a list such as `a, b`.
pub fn names(text: &str) -> Vec<String> {
    match text.trim() {
        "" => Vec::new(),
        text => text.split(',').map(|name| name.trim().to_owned()).collect(),
    }
}

pub fn path(path: &Option<PathBuf>) -> Value<'static> {
    path.as_ref().map(|path| path.display().to_string()).into()
}

pub fn share_used(text: &str) -> Option<f64> {
    quantity::share(text).filter(|&share| share > 0.0 && share <= 1.0)
}

pub fn share_free(text: &str) -> Option<f64> {
    quantity::share(text).filter(|share| (0.0..1.0).contains(share))
}

pub fn probability(text: &str) -> Option<f64> {
    quantity::share(text).filter(|share| (0.5..1.0).contains(share))
}

pub fn samples(text: &str) -> Option<usize> {
    quantity::whole(text).filter(|number| (10..=100_000).contains(number)).map(|number| number as usize)
}

pub fn cores(text: &str) -> Option<f64> {
    quantity::number(text).filter(|cores| (0.0..=1e4).contains(cores))
}

pub fn size(text: &str) -> Option<f64> {
    quantity::bytes(text).filter(|bytes| (0.0..=1e15).contains(bytes))
}

pub fn dollars(text: &str) -> Option<f64> {
    quantity::number(text).filter(|usd| *usd >= 0.0)
}

/// A number above 0.
pub fn positive(text: &str) -> Option<f64> {
    quantity::number(text).filter(|number| *number > 0.0)
}
