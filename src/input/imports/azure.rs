//! Azure's retail prices: JSON, pages of items, or the items of all pages in one list
//! (learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices).

use super::amount::{THREE_YEARS, YEAR};
use super::imported::{File, Imported};
use super::json::{self, EACH};
use crate::input::catalogs::prices::Priced;
use crate::input::diagnostic::InputError;
use serde::Deserialize;
use std::collections::BTreeMap;
use tonnage_model::machine::{Prices, Purchase};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    currency_code: String,
    #[serde(default, deserialize_with = "json::usd")]
    retail_price: Option<f64>,
    arm_region_name: Option<String>,
    arm_sku_name: Option<String>,
    /// RFC 3339, so that the order of texts is that of days.
    #[serde(default)]
    effective_start_date: String,
    #[serde(default)]
    meter_name: String,
    #[serde(default)]
    product_name: String,
    service_name: String,
    #[serde(rename = "type")]
    kind: String,
    reservation_term: Option<String>,
    unit_of_measure: Option<String>,
}

impl Item {
    /// Hours of its unit: of `1 Hour` or `100 Hours`; nothing where it is another.
    fn hours(&self) -> Option<f64> {
        let Some(unit) = &self.unit_of_measure else { return Some(1.0) };
        let (count, word) = unit.split_once(' ')?;
        count.parse().ok().filter(|count| word.starts_with("Hour") && *count > 0.0)
    }

    /// What it is the price of, and the hours that are paid with it.
    fn purchase(&self) -> Option<(Purchase, f64)> {
        let product = self.product_name.to_lowercase().replace(' ', "");
        // Cloud Services and Windows have the same type, service and meter as the machine itself.
        let is_other = ["windows", "cloudservices", "dedicatedhost"].iter().any(|it| product.contains(it));
        if is_other || self.service_name != "Virtual Machines" || self.meter_name.ends_with("Low Priority") {
            return None;
        }
        let hours = self.hours()?;
        match (self.kind.as_str(), self.reservation_term.as_deref()) {
            ("Consumption", _) if self.meter_name.ends_with("Spot") => Some((Purchase::Spot, hours)),
            ("Consumption", _) => Some((Purchase::OnDemand, hours)),
            ("Reservation", Some("1 Year")) => Some((Purchase::Reserved1Yr, YEAR)),
            ("Reservation", Some("3 Years")) => Some((Purchase::Reserved3Yr, THREE_YEARS)),
            _ => None,
        }
    }
}

/// Reads a page or a list. Of the prices of a meter the last counts that has begun.
pub fn read(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    let mut latest: BTreeMap<_, (String, Option<f64>)> = BTreeMap::new();
    json::each(file.name, file.input, &["Items", EACH], |item: Item| {
        let Some((purchase, hours)) = item.purchase() else {
            imported.left_out.others += 1;
            return;
        };
        let has_begun = item.effective_start_date.get(..file.day.len()).is_none_or(|begin| begin <= file.day);
        let key = (item.arm_region_name, item.arm_sku_name, purchase);
        let usd = item.retail_price.map(|usd| usd / hours).filter(|_| item.currency_code == "USD");
        let known = latest.entry(key).or_default();
        if has_begun && known.0 <= item.effective_start_date {
            *known = (item.effective_start_date, usd);
        }
    })?;
    for ((region, instance_type, purchase), (_, usd)) in latest {
        imported.add(Priced {
            provider: Some("azure".to_owned()),
            region,
            instance_type: instance_type.unwrap_or_default(),
            prices: Prices::default().with(purchase, usd),
            price_date: file.day.to_owned(),
            ..Priced::default()
        });
    }
    Ok(())
}
