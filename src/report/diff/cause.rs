//! What two plans were made with that differs: settings, prices, profiles and the program.

use crate::input::saved_plan::SavedPlan;
use crate::report::column::{Column, columns};
use crate::report::figures::NONE;
use serde_json::Value;
use std::collections::BTreeMap;

/// Kinds of things that may differ, in the order in which they are told.
pub const KINDS: [&str; 4] = [SETTINGS, PRICES, PROFILES, VERSION];
pub(super) const SETTINGS: &str = "settings";
pub(super) const PRICES: &str = "prices";
pub(super) const PROFILES: &str = "profiles";
pub(super) const VERSION: &str = "version";

/// The setting that changes every price, so that prices are not told to differ as well.
const DISCOUNT: &str = "discount";

/// Something that both plans were made with and that differs.
pub struct Cause {
    /// One of [`KINDS`].
    pub of: &'static str,
    /// A setting, a region or a profile; empty for the program.
    pub name: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Columns of a cause.
pub fn columns() -> Vec<Column<Cause>> {
    columns! { Cause, it;
        "of", "settings, prices, profiles or version" => it.of;
        "name", "The setting, the cloud and region, or the profile" => &it.name;
        "old", "What it was; of prices their days, which may be the same, and of profiles a fingerprint" => &it.old;
        "new", "What it is" => &it.new;
    }
}

/// All that differs.
pub fn all(old: &SavedPlan, new: &SavedPlan) -> Vec<Cause> {
    let mut causes = Vec::new();
    let mut add = |of, name: &str, [old, new]: [&str; 2]| {
        // Prices may differ within a day.
        if old != new || of == PRICES {
            causes.push(Cause { of, name: name.to_owned(), old: old.to_owned(), new: new.to_owned() });
        }
    };
    for (name, values) in in_both(&old.settings, &new.settings) {
        let [old, new] = values.map(written);
        add(SETTINGS, name, [&old, &new]);
    }
    // A workload in a region that the other plan has none in changes no price.
    let is_discounted = old.settings.get(DISCOUNT) != new.settings.get(DISCOUNT);
    for (region, prints) in in_both(&old.fingerprints.prices, &new.fingerprints.prices) {
        let cloud = region.split(' ').next().unwrap_or_default();
        let dates = [old, new].map(|plan| plan.price_dates.get(cloud).map_or(NONE, String::as_str));
        if prints[0] != prints[1] && (dates[0] != dates[1] || !is_discounted) {
            add(PRICES, region, dates);
        }
    }
    let profiles = [old, new].map(|plan| &plan.fingerprints.profiles);
    if profiles.iter().all(|profiles| !profiles.is_empty()) {
        let added = profiles[1].keys().filter(|name| !profiles[0].contains_key(*name));
        for name in profiles[0].keys().chain(added) {
            add(PROFILES, name, profiles.map(|all| all.get(name).map_or(NONE, String::as_str)));
        }
    }
    add(VERSION, "", [&old.version, &new.version]);
    causes
}

/// What two maps both have.
fn in_both<'m, V>(
    old: &'m BTreeMap<String, V>,
    new: &'m BTreeMap<String, V>,
) -> impl Iterator<Item = (&'m str, [&'m V; 2])> {
    old.iter().filter_map(|(name, value)| Some((name.as_str(), [value, new.get(name)?])))
}

/// A value as people write it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "unset".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(written).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
