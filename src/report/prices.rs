//! Prices of machine types by region, and how old each is.

use super::Report;
use super::column::{Column, columns};
use super::document::Document;
use super::figures::{and_last, plural, significant, usd};
use super::records::Records;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::cost::bill::HOURS_PER_MONTH;
use tonnage_model::machine::{Machine, Purchase};

/// Prices, a line each.
pub struct PriceList<'m>(pub Vec<Listed<'m>>);

/// A machine type in a region.
#[derive(Clone, Copy)]
pub struct Listed<'m> {
    /// The machine type.
    pub machine: &'m Machine,
    /// Whether plans use it as things are set.
    pub planned: bool,
    /// The day on which ages are told.
    pub today: &'m str,
}

/// Days from when a price was true until a day; `None` where either is not known.
pub fn age(price_date: &str, today: &str) -> Option<i32> {
    let [date, today]: [Date; 2] = [price_date.parse().ok()?, today.parse().ok()?];
    Some((today - date).get_days())
}

/// Columns of `prices`.
pub fn columns<'m>() -> Vec<Column<Listed<'m>>> {
    columns! { Listed<'m>, it;
        "instance_type" ["type" Word Always], "Machine type" => &it.machine.instance_type;
        "provider" ["provider" Word Rank(7)], "Cloud" => &it.machine.provider;
        "region" ["region" Word Always], "Region" => &it.machine.region;
        "on_demand_usd_per_hour" ["$/h" UsdPerHour Always], "On-demand price, USD an hour" => it.price(Purchase::OnDemand);
        "on_demand_usd_per_month" ["$/month" Usd Always], "On-demand price, USD a month of 730 h" =>
            it.price(Purchase::OnDemand).map(|price| price * HOURS_PER_MONTH);
        "spot_usd_per_hour" ["spot" UsdPerHour Rank(2)], "Spot price, USD an hour" => it.price(Purchase::Spot);
        "spot_interruption_pct" ["taken back %" Word Rank(5)], "Spot machines taken back in a month, per cent" =>
            known(&it.machine.spot_interruption);
        "reserved_1yr_usd_per_hour" ["1 year" UsdPerHour Rank(4)], "One year reserved, USD an hour" => it.price(Purchase::Reserved1Yr);
        "reserved_3yr_usd_per_hour" ["3 years" UsdPerHour Rank(3)], "Three years reserved, USD an hour" => it.price(Purchase::Reserved3Yr);
        "reserved_3yr_all_upfront_usd_per_hour" ["upfront" UsdPerHour Rank(6)],
            "Three years reserved, all paid upfront, USD an hour" => it.price(Purchase::Reserved3YrAllUpfront);
        "price_date" ["as of" Word Rank(1)], "Day of the on-demand price" => known(&it.machine.price_date);
        "months_old" ["months old" Number Always], "Months since that day" => it.months_old();
        "spot_date", "Day of the spot price" => it.machine.day_of(Purchase::Spot);
        "reserved_1yr_date", "Day of the price reserved for one year" => it.machine.day_of(Purchase::Reserved1Yr);
        "reserved_3yr_date", "Day of the price reserved for three years" => it.machine.day_of(Purchase::Reserved3Yr);
        "reserved_3yr_all_upfront_date", "Day of the price paid upfront" => it.machine.day_of(Purchase::Reserved3YrAllUpfront);
        "planned" ["planned" Word Rank(8)], "Whether plans use the type" => it.planned;
    }
}

fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl Listed<'_> {
    fn price(&self, purchase: Purchase) -> Option<f64> {
        self.machine.usd_per_hour(purchase)
    }

    fn months_old(&self) -> Option<f64> {
        months(&self.machine.price_date, self.today)
    }
}

/// Months from a day to another.
fn months(day: &str, today: &str) -> Option<f64> {
    age(day, today).map(|days| f64::from(days) * 24.0 / HOURS_PER_MONTH)
}

/// How old prices are that are not those on demand: `spot of 2025-06-28, 17 months old`.
pub(super) fn ages<'m>(listed: impl Iterator<Item = Listed<'m>>) -> String {
    let mut of_day: BTreeMap<&str, BTreeSet<Purchase>> = BTreeMap::new();
    let mut today = "";
    for Listed { machine, today: now, .. } in listed {
        today = now;
        for (purchase, day) in &machine.other_dates {
            if machine.usd_per_hour(*purchase).is_some() && !day.is_empty() {
                of_day.entry(day).or_default().insert(*purchase);
            }
        }
    }
    let told = of_day.into_iter().map(|(day, purchases)| {
        let purchases: Vec<&str> = purchases.into_iter().map(|it| it.word()).collect();
        let old = months(day, today).map_or(String::new(), |it| format!(", {} months old", significant(it)));
        format!("{} of {day}{old}", and_last(&purchases))
    });
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => "A month has 730 h.".to_owned(),
        false => format!("A month has 730 h. Other prices: {}.", told.join("; ")),
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
        document.paragraph(ages(self.0.iter().copied()));
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("prices", &columns(), &self.0)]
    }
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
    let bills: Vec<f64> = prices
        .iter()
        .filter_map(|it| it.price(Purchase::OnDemand))
        .map(|price| price * HOURS_PER_MONTH)
        .collect();
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
