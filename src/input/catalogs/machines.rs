//! Lists of machine types, CSV.

use super::lists::{self, prices};
use crate::input::diagnostic::{Diagnostic, InputError, Source};
use crate::input::quantity;
use crate::input::sheet::{Columns, Row, Sheet};
use jiff::civil::Date;
use std::collections::BTreeSet;
use tonnage_model::machine::Machine;

/// Columns of a machine list, the required ones first.
#[rustfmt::skip]
pub const COLUMNS: [&str; 25] = [
    "instance_type", "vcpus", "memory_gib", "on_demand_usd_per_hour", "vcpu_speed",
    "provider", "region", "family", "physical_cores", "network_gbps", "arch", "cpu",
    "spot_usd_per_hour", "spot_interruption_pct", "reserved_1yr_usd_per_hour", "reserved_3yr_usd_per_hour",
    "reserved_3yr_all_upfront_usd_per_hour", "speed_basis", "speed_low", "speed_high", "burst_baseline", "current", "price_date",
    // Written by `tonnage catalog machines`, and of no use when read.
    "months_old", "planned",
];
/// How many of [`COLUMNS`] must be there.
const REQUIRED: usize = 5;
const WHOLE: &str = "a whole number from 1";
const POSITIVE: &str = "a number above 0 and below 1e9";
const SHARE: &str = "a share above 0 and up to 1, or empty where all of each vCPU is there all the time";
const POSITIVE_IF_KNOWN: &str = "a number above 0 and below 1e9, or empty where it is not known";

/// Reads a machine list, with no day after `today`. All mistakes come at once.
pub fn read(source: Source<'_>, today: &str) -> Result<Vec<Machine>, InputError> {
    let columns = Columns::new("machine type", &COLUMNS, &COLUMNS[..REQUIRED]);
    let mut machines: Vec<Machine> = Vec::new();
    let mut seen = BTreeSet::new();
    Sheet::read(source, columns, |row, errors| {
        let Some(machine) = machine(row, today, errors) else { return };
        let key = (machine.provider.clone(), machine.region.clone(), machine.instance_type.clone());
        if seen.insert(key) {
            machines.push(machine);
        } else {
            let name = machine.instance_type;
            let message = format!("instance_type {name:?} is listed twice for this provider and region");
            errors.push(row.wrong(row.column("instance_type"), message));
        }
    })?;
    Ok(machines)
}

/// A machine type out of its row, where all of it can be.
pub(super) fn machine(row: Row<'_>, today: &str, errors: &mut Vec<Diagnostic>) -> Option<Machine> {
    let before = errors.len();
    check_day(row, today, errors);
    row.required(row.column("instance_type"), "the name of a machine type", |_| Some(()), errors);
    let yes_or_no = |text: &str| ["yes", "no"].contains(&text).then_some(());
    row.parsed(row.column("current"), "yes or no", yes_or_no, errors);
    let mut read = |name: &str| {
        let column = row.column(name);
        match name {
            "vcpus" => row.required(column, WHOLE, quantity::whole, errors).map(f64::from),
            "memory_gib" => row.required(column, POSITIVE, positive, errors),
            "physical_cores" => row.parsed(column, WHOLE, quantity::whole, errors).map(f64::from),
            "burst_baseline" => row.parsed(column, SHARE, share, errors),
            price if price.ends_with("usd_per_hour") => row.parsed(column, POSITIVE_IF_KNOWN, usd, errors),
            _ => row.parsed(column, POSITIVE_IF_KNOWN, positive, errors),
        }
    };
    let prices = prices(&mut read);
    let machine = lists::machine(|name| row.get(row.column(name)).unwrap_or_default(), read);
    (errors.len() == before).then_some(Machine { prices, ..machine })
}

/// Whether the day of a price is one, and not to come.
pub(super) fn check_day(row: Row<'_>, today: &str, errors: &mut Vec<Diagnostic>) {
    let is_day = |text: &str| text.len() == today.len() && text.parse::<Date>().is_ok() && text <= today;
    let allowed = format!("a day such as 2026-07-20, and {today} at the latest");
    row.parsed(row.column("price_date"), &allowed, |text| is_day(text).then_some(()), errors);
}

fn share(text: &str) -> Option<f64> {
    quantity::share(text).filter(|&share| share > 0.0 && share <= 1.0)
}

fn positive(text: &str) -> Option<f64> {
    quantity::number(text).filter(|&value| value > 0.0 && value < 1e9)
}

/// A price, with or without its `$`.
pub(super) fn usd(text: &str) -> Option<f64> {
    quantity::dollars(text).filter(|&value| value > 0.0 && value < 1e9)
}
