//! The price list of Amazon EC2 (offer file), of a region or of all: CSV and JSON
//! (docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html).

use super::amount::{THREE_YEARS, price};
use super::imported::{File, Imported};
use super::json::{self, Along, EACH};
use crate::input::catalogs::prices::Priced;
use crate::input::diagnostic::InputError;
use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, HashMap};
use tonnage_model::machine::{Prices, Purchase};

#[rustfmt::skip]
const COLUMNS: [&str; 15] = [
    "SKU", "TermType", "LeaseContractLength", "OfferingClass", "PurchaseOption", "Unit", "PricePerUnit", "Currency",
    "Region Code", "Instance Type", "Product Family", "Operating System", "Tenancy", "Pre Installed S/W", "CapacityStatus",
];

/// Cells of the last columns for a machine with Linux, shared with others, nothing installed, not a mere reservation.
const WANTED: [&str; 5] = ["Compute Instance", "Linux", "Shared", "NA", "Used"];

/// What a price is of, and the hours that are paid with it: by kind of term, its length, class and option, and unit.
fn purchase(is_reserved: bool, terms: [&str; 3], unit: &str) -> Option<(Purchase, f64)> {
    match (is_reserved, terms, unit) {
        (false, _, "Hrs") => Some((Purchase::OnDemand, 1.0)),
        (true, ["1yr", "standard", "No Upfront"], "Hrs") => Some((Purchase::Reserved1Yr, 1.0)),
        (true, ["3yr", "standard", "No Upfront"], "Hrs") => Some((Purchase::Reserved3Yr, 1.0)),
        (true, ["3yr", "standard", "All Upfront"], "Quantity") => {
            Some((Purchase::Reserved3YrAllUpfront, THREE_YEARS))
        }
        _ => None,
    }
}

/// The day that a file says it is of.
fn day(time: &str) -> Option<&str> {
    time.get(..10)
}

/// Reads a CSV.
pub fn csv(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    let published = file.begin.lines().find(|line| line.contains("Publication Date"));
    let published = published.and_then(|line| day(line.split(',').nth(1)?.trim_matches('"')));
    let price_date = published.unwrap_or(file.day).to_owned();
    file.each_row(&COLUMNS, |row, errors| {
        let cell = |column: usize| row.get(column).unwrap_or("NA");
        let is_wanted = WANTED.iter().enumerate().all(|(at, wanted)| cell(10 + at) == *wanted);
        let purchase = purchase(cell(1) == "Reserved", [2, 3, 4].map(cell), cell(5)).filter(|_| is_wanted);
        let Some((purchase, hours)) = purchase else {
            imported.left_out.others += 1;
            return;
        };
        let usd = price(row, 6, errors).map(|usd| usd / hours).filter(|_| cell(7) == "USD");
        imported.add(Priced {
            provider: Some("aws".to_owned()),
            region: row.get(8).map(str::to_owned),
            instance_type: cell(9).to_owned(),
            prices: Prices::default().with(purchase, usd),
            price_date: price_date.clone(),
            ..Priced::default()
        });
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offers {
    #[serde(default)]
    publication_date: String,
    #[serde(default, deserialize_with = "products")]
    products: HashMap<String, Option<Attributes>>,
    #[serde(default, deserialize_with = "terms")]
    terms: HashMap<String, Prices>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Product {
    sku: String,
    #[serde(default)]
    product_family: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Attributes {
    region_code: String,
    instance_type: String,
    operating_system: String,
    tenancy: String,
    pre_installed_sw: String,
    #[serde(rename = "capacitystatus")]
    capacity_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    sku: String,
    #[serde(default)]
    price_dimensions: BTreeMap<String, Dimension>,
    #[serde(default)]
    term_attributes: TermAttributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    unit: String,
    price_per_unit: PricePerUnit,
}

#[derive(Deserialize)]
struct PricePerUnit {
    #[serde(default, rename = "USD", deserialize_with = "json::usd")]
    usd: Option<f64>,
}

/// Empty for what is paid on demand.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct TermAttributes {
    lease_contract_length: String,
    offering_class: String,
    purchase_option: String,
}

/// The products that are wanted, by SKU; nothing stands for each of the others.
fn products<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<HashMap<String, Option<Attributes>>, D::Error> {
    let mut products = HashMap::new();
    let mut take = |Product { sku, product_family, attributes }: Product| {
        let Attributes { operating_system, tenancy, pre_installed_sw, capacity_status, .. } = &attributes;
        let is_wanted = [&product_family, operating_system, tenancy, pre_installed_sw, capacity_status]
            .iter()
            .zip(WANTED)
            .all(|(has, wanted)| *has == wanted);
        products.insert(sku, is_wanted.then_some(attributes));
    };
    Along::new(&[EACH], &mut take).deserialize(deserializer)?;
    Ok(products)
}

/// The prices of all products, by SKU.
fn terms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<String, Prices>, D::Error> {
    let mut all: HashMap<String, Prices> = HashMap::new();
    let mut take = |Term { sku, price_dimensions, term_attributes }: Term| {
        let TermAttributes { lease_contract_length, offering_class, purchase_option } = &term_attributes;
        let terms = [lease_contract_length, offering_class, purchase_option].map(String::as_str);
        for Dimension { unit, price_per_unit } in price_dimensions.into_values() {
            let is_reserved = !lease_contract_length.is_empty();
            if let (Some((purchase, hours)), Some(usd)) =
                (purchase(is_reserved, terms, &unit), price_per_unit.usd)
            {
                let prices = all.entry(sku.clone()).or_default();
                *prices = prices.with(purchase, Some(usd / hours));
            }
        }
    };
    Along::new(&[EACH, EACH, EACH], &mut take).deserialize(deserializer)?;
    Ok(all)
}

/// Reads a JSON.
pub fn json(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    json::each(file.name, file.input, &[], |Offers { publication_date, products, terms }: Offers| {
        for (sku, product) in products {
            let Some(attributes) = product else {
                imported.left_out.others += 1;
                continue;
            };
            imported.add(Priced {
                provider: Some("aws".to_owned()),
                region: Some(attributes.region_code),
                instance_type: attributes.instance_type,
                prices: terms.get(&sku).copied().unwrap_or_default(),
                price_date: day(&publication_date).unwrap_or(file.day).to_owned(),
                ..Priced::default()
            });
        }
    })
}
