//! SkyPilot's catalog: CSV, a row a machine type and zone (schema of skypilot-org/skypilot-catalog).

use super::amount::price;
use super::imported::{File, Imported};
use crate::input::catalogs::prices::Priced;
use crate::input::diagnostic::InputError;
use std::collections::BTreeMap;
use tonnage_model::machine::{Prices, Purchase};

const COLUMNS: [&str; 4] = ["InstanceType", "Region", "Price", "SpotPrice"];

/// Reads a catalog. Spot prices differ by zone: that of a region is their mean.
pub fn read(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    let day = file.day;
    let mut zones: BTreeMap<_, (Option<f64>, Vec<f64>)> = BTreeMap::new();
    file.each_row(&COLUMNS, |row, errors| {
        let place = [row.get(0), row.get(1)].map(|cell| cell.map(str::to_owned));
        let (on_demand, spot) = zones.entry(place).or_default();
        *on_demand = price(row, 2, errors).or(*on_demand);
        spot.extend(price(row, 3, errors));
    })?;
    for ([instance_type, region], (on_demand, spot)) in zones {
        let mean = (!spot.is_empty()).then(|| spot.iter().sum::<f64>() / spot.len() as f64);
        imported.add(Priced {
            region,
            instance_type: instance_type.unwrap_or_default(),
            prices: Prices::default().with(Purchase::OnDemand, on_demand).with(Purchase::Spot, mean),
            price_date: day.to_owned(),
            ..Priced::default()
        });
    }
    Ok(())
}
