//! Prices of machine types by region, and how old each is.

use super::Report;
use super::column::{Column, columns};
use super::document::Document;
use super::figures::{plural, usd};
use super::records::Records;
use jiff::civil::Date;
use std::collections::BTreeSet;
use tonnage_model::cost::bill::HOURS_PER_MONTH;
use tonnage_model::machine::Machine;

/// Prices, a line each.
pub struct PriceList<'m>(pub Vec<Listed<'m>>);

/// A machine type in a region.
#[derive(Clone, Copy)]
pub struct Listed<'m> {
    /// The machine type.
    pub machine: &'m Machine,
    /// Whether plans use it as things are set.
    pub planned: bool,
    /// The newest day that any price in the list is of.
    pub newest: &'m str,
}

/// Columns of `prices`.
pub fn columns<'m>() -> Vec<Column<Listed<'m>>> {
    columns! { Listed<'m>, it;
        "instance_type" ["type" Word Always], "Machine type" => &it.machine.instance_type;
        "provider" ["provider" Word Rank(3)], "Cloud" => &it.machine.provider;
        "region" ["region" Word Always], "Region" => &it.machine.region;
        "on_demand_usd_per_hour" ["$/h" UsdPerHour Always], "On-demand price, USD an hour" =>
            it.machine.on_demand_usd_per_hour;
        "on_demand_usd_per_month" ["$/month" Usd Always], "On-demand price, USD a month of 730 h" =>
            it.on_demand_usd_per_month();
        "reserved_3yr_usd_per_hour" ["reserved" UsdPerHour Rank(2)], "Three years reserved, USD an hour" =>
            it.machine.reserved_3yr_usd_per_hour;
        "reserved_3yr_usd_per_month" ["reserved $/month" Usd Rank(4)], "Three years reserved, USD a month of 730 h" =>
            it.machine.reserved_3yr_usd_per_hour.map(|price| price * HOURS_PER_MONTH);
        "price_date" ["as of" Word Always], "Day of the price" =>
            Some(it.machine.price_date.as_str()).filter(|day| !day.is_empty());
        "months_old" ["months old" Number Always], "Months before the newest price in the list" => it.months_old();
        "planned" ["planned" Word Rank(5)], "Whether plans use the type" => it.planned;
    }
}

impl Listed<'_> {
    fn on_demand_usd_per_month(&self) -> Option<f64> {
        self.machine.on_demand_usd_per_hour.map(|price| price * HOURS_PER_MONTH)
    }

    /// Months between the price and the newest one; `None` where the day is not known.
    fn months_old(&self) -> Option<f64> {
        let date: Date = self.machine.price_date.parse().ok()?;
        let newest: Date = self.newest.parse().ok()?;
        let days = (newest - date).get_days();
        Some(f64::from(days) * 24.0 / HOURS_PER_MONTH)
    }
}

impl Report for PriceList<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        let machines = || self.0.iter().map(|price| price.machine);
        document.heading(format!(
            "{} in {}, {}",
            plural(self.0.len() as u64, "price"),
            regions(machines()),
            days(machines())
        ));
        document.table(Records::of("prices", &columns(), &self.0).table());
        document.paragraph("A month has 730 h. Months old counts back from the newest price in the list.");
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("prices", &columns(), &self.0)]
    }
}

/// The newest day that any price is of; empty where none is dated.
pub fn newest(machines: &[Machine]) -> &str {
    machines.iter().map(|machine| machine.price_date.as_str()).max().unwrap_or("")
}

/// `3 regions of aws, gcp`.
pub(super) fn regions<'m>(machines: impl Iterator<Item = &'m Machine>) -> String {
    let places: BTreeSet<(&str, &str)> =
        machines.map(|machine| (machine.provider.as_str(), machine.region.as_str())).collect();
    let clouds: BTreeSet<&str> =
        places.iter().map(|(provider, _)| *provider).filter(|it| !it.is_empty()).collect();
    let regions = plural(places.len() as u64, "region");
    match clouds.is_empty() {
        true => regions,
        false => format!("{regions} of {}", clouds.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// `of 2026-06-18 to 2026-08-06`.
fn days<'m>(machines: impl Iterator<Item = &'m Machine>) -> String {
    let days: BTreeSet<&str> =
        machines.map(|machine| machine.price_date.as_str()).filter(|day| !day.is_empty()).collect();
    match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => format!("of {first} to {last}"),
        (Some(day), _) => format!("of {day}"),
        _ => "not dated".to_owned(),
    }
}

/// `$284 to $312 a month on demand in 3 regions`.
pub(super) fn range(prices: &[Listed<'_>]) -> String {
    let bills: Vec<f64> = prices.iter().filter_map(Listed::on_demand_usd_per_month).collect();
    let least = bills.iter().copied().fold(f64::INFINITY, f64::min);
    let most = bills.iter().copied().fold(0.0, f64::max);
    let regions = regions(prices.iter().map(|price| price.machine));
    let regions = regions.split(" of ").next().unwrap_or("");
    match bills.is_empty() {
        true => format!("no on-demand price in {regions}"),
        false if usd(least) == usd(most) => format!("{} a month on demand in {regions}", usd(least)),
        false => format!("{} to {} a month on demand in {regions}", usd(least), usd(most)),
    }
}
