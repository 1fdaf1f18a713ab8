//! What was read of price files, and what was left out.

use super::figures::{listed, plural};
use crate::input::catalogs::prices::{PriceList, Priced};
use crate::input::imports::imported::LeftOut;
use std::collections::BTreeSet;

/// Names that are listed; of more, only the number.
const LISTED: usize = 5;

/// How many prices, of what and where; on a second line what was left out and why.
pub fn summary(list: &PriceList, left_out: &LeftOut) -> String {
    let prices: usize = list.iter().map(|priced| priced.prices.count()).sum();
    let types: BTreeSet<&str> = list.iter().map(|priced| priced.instance_type.as_str()).collect();
    let clouds: BTreeSet<&str> = list.iter().filter_map(|priced| priced.provider.as_deref()).collect();
    let region = |priced: &Priced| priced.region.clone().unwrap_or_else(|| "all regions".to_owned());
    let regions: BTreeSet<String> = list.iter().map(region).collect();
    let read = match prices {
        0 => "No price was read.\n".to_owned(),
        _ => format!(
            "Read {} of {} of {}: {}.\n",
            plural(prices as u64, "price"),
            plural(types.len() as u64, "machine type"),
            clouds.into_iter().collect::<Vec<_>>().join(", "),
            names(&regions)
        ),
    };
    let LeftOut { others, unpriced, unknown, unknown_types } = left_out;
    let reasons: Vec<String> = [
        (*others, "not of shared Linux machines on demand, spot or reserved".to_owned()),
        (*unpriced, "without a full price in US dollars".to_owned()),
        (*unknown, format!("of types that are not in the catalog ({})", names(unknown_types))),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, reason)| format!("{count} {reason}"))
    .collect();
    match reasons.is_empty() {
        true => read,
        false => format!("{read}Left out: {}.\n", reasons.join("; ")),
    }
}

/// The first of some names, and how many more there are.
pub fn names<'n>(all: impl IntoIterator<Item = &'n String>) -> String {
    listed(all, LISTED)
}
