//! The list of EC2 instances of instances.vantage.sh: JSON (scraper/aws/ec2/ec2_instance.go of
//! vantage-sh/ec2instances.info).

use super::imported::{File, Imported};
use super::json::{self, EACH};
use crate::input::catalogs::prices::Priced;
use crate::input::diagnostic::InputError;
use serde::Deserialize;
use std::collections::BTreeMap;
use tonnage_model::machine::{Prices, Purchase};

#[derive(Deserialize)]
struct Instance {
    instance_type: String,
    #[serde(default)]
    pricing: BTreeMap<String, Systems>,
}

/// Prices by operating system.
#[derive(Deserialize)]
struct Systems {
    #[serde(default)]
    linux: Linux,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Linux {
    #[serde(deserialize_with = "json::usd")]
    ondemand: Option<f64>,
    #[serde(deserialize_with = "json::usd")]
    spot_avg: Option<f64>,
    pct_interrupt: String,
    reserved: Option<Reserved>,
}

#[derive(Deserialize, Default)]
struct Reserved {
    #[serde(default, deserialize_with = "json::usd", rename = "yrTerm1Standard.noUpfront")]
    one_year: Option<f64>,
    #[serde(default, deserialize_with = "json::usd", rename = "yrTerm3Standard.noUpfront")]
    three_years: Option<f64>,
    #[serde(default, deserialize_with = "json::usd", rename = "yrTerm3Standard.allUpfront")]
    all_upfront: Option<f64>,
}

/// Reads a list.
pub fn read(imported: &mut Imported, file: File<'_>) -> Result<(), InputError> {
    json::each(file.name, file.input, &[EACH], |instance: Instance| {
        for (region, Systems { linux }) in instance.pricing {
            // The prices of China are in its currency.
            if region.starts_with("cn-") {
                imported.left_out.unpriced += 1;
                continue;
            }
            let reserved = linux.reserved.unwrap_or_default();
            imported.add(Priced {
                provider: Some("aws".to_owned()),
                region: Some(region),
                instance_type: instance.instance_type.clone(),
                prices: Prices::default()
                    .with(Purchase::OnDemand, linux.ondemand)
                    .with(Purchase::Spot, linux.spot_avg)
                    .with(Purchase::Reserved1Yr, reserved.one_year)
                    .with(Purchase::Reserved3Yr, reserved.three_years)
                    .with(Purchase::Reserved3YrAllUpfront, reserved.all_upfront),
                spot_interruption: interruption(&linux.pct_interrupt),
                price_date: file.day.to_owned(),
            });
        }
    })
}

/// Share of machines taken back in a month: `<5%`, `5-10%`, `>20%` as the catalog has them.
fn interruption(text: &str) -> Option<String> {
    let percent = text.strip_suffix('%')?;
    Some(match (percent.strip_prefix('<'), percent.strip_prefix('>')) {
        (Some(most), _) => format!("0-{most}"),
        (_, Some(least)) => format!("{least}-100"),
        _ => percent.to_owned(),
    })
}
