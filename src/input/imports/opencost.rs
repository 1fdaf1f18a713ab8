//! Custom prices of OpenCost and Kubecost: CSV, a row an asset (configs/pricing_schema.csv of opencost/opencost).

use super::amount::price;
use super::imported::{File, Imported};
use crate::input::catalogs::prices::Priced;
use crate::input::diagnostic::InputError;
use tonnage_model::machine::{Prices, Purchase};

const COLUMNS: [&str; 5] = ["MarketPriceHourly", "InstanceType", "InstanceID", "Region", "AssetClass"];

/// Reads a price list. A node is of the type that its row names, else of the one that its id is; without a region its
/// price holds in all.
pub fn read(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    let day = file.day;
    file.each_row(&COLUMNS, |row, errors| {
        let usd = price(row, 0, errors);
        if row.get(4) != Some("node") {
            imported.left_out.others += 1;
            return;
        }
        imported.add(Priced {
            region: row.get(3).map(str::to_owned),
            instance_type: row.get(1).or(row.get(2)).unwrap_or_default().to_owned(),
            prices: Prices::default().with(Purchase::OnDemand, usd),
            price_date: day.to_owned(),
            ..Priced::default()
        });
    })
}
