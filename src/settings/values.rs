//! Kinds of values that settings have: how they are written, what is allowed, and how they are read.

use super::setting::Kind;
use crate::input::catalogs::discounts::Discounts;
use crate::input::texts::purchase_of;
use crate::input::{quantity, two_readings};
use crate::render::{self, FORMATS, Format};
use tonnage_model::cost::cross_zone::{CrossZone, PRICES};
use tonnage_model::machine::Purchase;
use tonnage_model::units::MIB;

/// A kind of values.
pub struct Values<T> {
    /// How they are written.
    pub kind: Kind,
    /// Stands for one in help.
    pub value_name: &'static str,
    /// What is allowed.
    pub allowed: &'static str,
    /// Reads one.
    pub read: fn(&str) -> Option<T>,
}

/// Whether a pool is shared.
pub const POOLS: [(&str, bool); 2] = [("dedicated", false), ("shared", true)];

/// What is counted.
pub const UNITS: [(&str, bool); 2] = [("machines", false), ("pods", true)];

const fn values<T>(
    kind: Kind,
    value_name: &'static str,
    allowed: &'static str,
    read: fn(&str) -> Option<T>,
) -> Values<T> {
    Values { kind, value_name, allowed, read }
}

#[rustfmt::skip]
mod kinds {
    use super::*;

    pub const FLAG: Values<bool> = values(Kind::Flag, "BOOL", "true or false", |text| text.parse().ok());
    /// A flag for what is not so.
    pub const NOT: Values<bool> = values(Kind::Flag, "BOOL", "true or false", |text| text.parse().ok().map(|so: bool| !so));
    pub const NAME: Values<String> = values(Kind::Text, "NAME", "a name", |text| Some(text.to_owned()));
    pub const NAMES: Values<Vec<String>> =
        values(Kind::List, "A,B", "names with commas between them", |text| Some(names(text)));
    pub const PATH: Values<String> = values(Kind::Path, "PATH", "a path", |text| Some(text.to_owned()));
    pub const PURCHASE: Values<Purchase> =
        values(Kind::Words(|| words(Purchase::WORDS)), "HOW", "", purchase_of);
    pub const DISCOUNTS: Values<Discounts> =
        values(Kind::List, "SHARE", "shares from 0 to below 100%, such as 12% on all or c7a=20% on a family", Discounts::of);
    pub const POOL: Values<bool> =
        values(Kind::Words(|| words(&POOLS)), "HOW", "", |text| value_of(&POOLS, text));
    pub const UNIT: Values<bool> =
        values(Kind::Words(|| words(&UNITS)), "WHAT", "", |text| value_of(&UNITS, text));
    pub const FORMAT: Values<&'static Format> =
        values(Kind::Words(|| FORMATS.iter().map(|it| it.name).collect()), "FORMAT", "", render::by_name);
    /// A share of something that a plan uses.
    pub const USED: Values<f64> =
        values(Kind::Number, "SHARE", "a share above 0 and up to 1, such as 0.7 or 70%",
            |text| quantity::share(text).filter(|&share| share > 0.0 && share <= 1.0));
    /// A share of something that a plan keeps free.
    pub const FREE: Values<f64> =
        values(Kind::Number, "SHARE", "a share from 0 to below 1, such as 0.15 or 15%",
            |text| quantity::share(text).filter(|share| (0.0..1.0).contains(share)));
    pub const PROBABILITY: Values<f64> =
        values(Kind::Number, "SHARE", "a probability from 0.5 to below 1, such as 0.9 or 90%",
            |text| quantity::share(text).filter(|share| (0.5..1.0).contains(share)));
    pub const WHOLE: Values<u32> = values(Kind::Number, "N", "a whole number from 1", quantity::whole);
    pub const SAMPLES: Values<usize> =
        values(Kind::Number, "N", "a whole number from 10 to 100000",
            |text| quantity::whole(text).filter(|n| (10..=100_000).contains(n)).map(|n| n as usize));
    pub const CORES: Values<f64> =
        values(Kind::Number, "VCPUS", "a number of vCPUs from 0 to 10000, such as 0.25 or 250m",
            |text| quantity::cores(text).filter(|cores| (0.0..=1e4).contains(cores)));
    /// Fewer than the smallest machine has.
    pub const SOME_CORES: Values<f64> =
        values(Kind::Number, "VCPUS", "a number of vCPUs from 0 to 0.9, such as 0.1 or 100m",
            |text| quantity::cores(text).filter(|cores| (0.0..=0.9).contains(cores)));
    pub const MEBIBYTES: Values<f64> =
        values(Kind::Number, "MIB", "a number of MiB from 0 to 1e9, such as 300 or 0.3GiB",
            |text| quantity::mebibytes(text).filter(|bytes| (0.0..=1e9 * MIB).contains(bytes)));
    pub const SIZE: Values<f64> =
        values(Kind::Size, "SIZE", "a size from 0 to 1e15 B, such as 1.25GiB or 700MiB",
            |text| quantity::bytes(text).filter(|bytes| (0.0..=1e15).contains(bytes)));
    pub const LIMIT: Values<f64> =
        values(Kind::Size, "SIZE", "a size from 1 B to 1e15 B, such as 64MiB",
            |text| quantity::bytes(text).filter(|bytes| (1.0..=1e15).contains(bytes)));
    /// Dollars that may be none.
    pub const DOLLARS: Values<f64> =
        values(Kind::Number, "USD", "an amount of dollars from 0, such as 800",
            |text| two_readings::counted(text, quantity::dollars).filter(|usd| *usd >= 0.0));
    /// Dollars that something costs in any case.
    pub const PRICE: Values<f64> =
        values(Kind::Number, "USD", "an amount of dollars above 0, such as 800",
            |text| two_readings::counted(text, quantity::dollars).filter(|usd| *usd > 0.0));
    pub const WORKING_DAYS: Values<f64> =
        values(Kind::Number, "DAYS", "a number of days from 0, such as 30",
            |text| quantity::days(text).filter(|days| *days >= 0.0));
    /// A price of each provider; of those not named, the list price.
    pub const ZONE_PRICES: Values<[f64; PRICES.len()]> =
        values(Kind::List, "CLOUD=USD,..", "prices in dollars from 0 by cloud, such as aws=0.02,gcp=0.01, or one for all",
            zone_prices);
    pub const MONTHS: Values<f64> =
        values(Kind::Number, "MONTHS", "a number of months above 0, such as 24",
            |text| quantity::number(text).filter(|months| *months > 0.0));
}
pub use kinds::*;

fn words<T>(all: &[(&'static str, T)]) -> Vec<&'static str> {
    all.iter().map(|(word, _)| *word).collect()
}

fn value_of<T: Copy>(all: &[(&str, T)], text: &str) -> Option<T> {
    all.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
}

/// The word that stands for a value.
pub fn word_of<T: PartialEq>(all: &[(&'static str, T)], value: T) -> Option<&'static str> {
    all.iter().find(|(_, known)| *known == value).map(|(word, _)| *word)
}

/// Prices such as `aws=0.02, gcp=0.01`, or one for all.
fn zone_prices(text: &str) -> Option<[f64; PRICES.len()]> {
    let price = |text: &str| quantity::dollars(text).filter(|usd| *usd >= 0.0);
    if !text.contains('=') {
        return price(text).map(|usd| [usd; PRICES.len()]);
    }
    let mut prices = CrossZone::default().usd_per_gb;
    for item in text.split(',') {
        let (provider, usd) = item.split_once('=')?;
        let index = PRICES.iter().position(|price| price.provider == provider.trim())?;
        prices[index] = price(usd)?;
    }
    Some(prices)
}

/// Prices as [`zone_prices`] reads them.
pub fn written_prices(prices: CrossZone) -> String {
    let each = PRICES.iter().zip(prices.usd_per_gb).map(|(price, usd)| format!("{}={usd}", price.provider));
    each.collect::<Vec<_>>().join(",")
}

/// Names in a list such as `a, b`.
fn names(text: &str) -> Vec<String> {
    match text.trim() {
        "" => Vec::new(),
        text => text.split(',').map(|name| name.trim().to_owned()).collect(),
    }
}
