//! Google's SKUs (Cloud Billing Catalog API): JSON, pages of SKUs or those of all pages in one list. A machine is priced by its
//! cores and its memory (cloud.google.com/billing/v1/how-tos/catalog-api).

use super::imported::{File, Imported};
use super::json::{self, EACH};
use super::parts::Part;
use crate::input::diagnostic::InputError;
use serde::Deserialize;
use tonnage_model::machine::Purchase;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sku {
    description: String,
    category: Category,
    #[serde(default)]
    service_regions: Vec<String>,
    #[serde(default)]
    pricing_info: Vec<PricingInfo>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Category {
    usage_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PricingInfo {
    #[serde(default)]
    effective_time: String,
    pricing_expression: Expression,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Expression {
    usage_unit: String,
    tiered_rates: Vec<Rate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    unit_price: Money,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Money {
    currency_code: String,
    #[serde(deserialize_with = "json::usd")]
    units: Option<f64>,
    /// Billionths.
    #[serde(deserialize_with = "json::usd")]
    nanos: Option<f64>,
}

/// Reads a page or a list.
pub fn read(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    let Imported { parts, left_out, .. } = imported;
    json::each(file.name, file.input, &["skus", EACH], |sku: Sku| {
        let (Some((family, part)), Some(purchase)) = (sku.part(), sku.purchase()) else {
            left_out.others += 1;
            return;
        };
        let Some((usd, effective)) = sku.usd_per_hour() else {
            left_out.unpriced += 1;
            return;
        };
        let day = effective.get(..10).unwrap_or(file.day);
        for region in &sku.service_regions {
            parts.add([&family, region], part, (purchase, usd), day);
        }
    })
}

impl Sku {
    /// The family and the part that it prices: `N2D AMD Instance Core running in Frankfurt`, `Commitment v1: N2 Ram in Americas
    /// for 1 Year`. Custom sizes, sole tenancy and reservations have more words.
    fn part(&self) -> Option<(String, Part)> {
        let text = ["Spot ", "Preemptible ", "Commitment v1: ", "Commitment: "]
            .iter()
            .fold(self.description.as_str(), |text, begin| text.strip_prefix(begin).unwrap_or(text));
        let text = text.split(" in ").next()?.replace("Compute optimized", "C2");
        let mut words =
            text.split_whitespace().filter(|word| !["AMD", "Arm", "Instance", "running"].contains(word));
        let family = words.next()?.to_lowercase();
        let part = match (words.next()?, words.next()) {
            ("Core" | "Cpu", None) => Part::Core,
            ("Ram", None) => Part::Gib,
            _ => return None,
        };
        family.contains(|c: char| c.is_ascii_digit()).then_some((family, part))
    }

    fn purchase(&self) -> Option<Purchase> {
        match self.category.usage_type.as_str() {
            "OnDemand" => Some(Purchase::OnDemand),
            "Preemptible" => Some(Purchase::Spot),
            "Commit1Yr" => Some(Purchase::Reserved1Yr),
            "Commit3Yr" => Some(Purchase::Reserved3Yr),
            _ => None,
        }
    }

    /// USD an hour and since when; nothing in another unit or currency.
    fn usd_per_hour(&self) -> Option<(f64, &str)> {
        let PricingInfo { effective_time, pricing_expression } = self.pricing_info.last()?;
        let Money { currency_code, units, nanos } = &pricing_expression.tiered_rates.last()?.unit_price;
        let usd = units.unwrap_or(0.0) + nanos.unwrap_or(0.0) / 1e9;
        let is_hourly = ["h", "GiBy.h"].contains(&pricing_expression.usage_unit.as_str());
        (usd > 0.0 && is_hourly && currency_code == "USD").then_some((usd, effective_time))
    }
}
