//! Lists of machine types, CSV.

use super::lists::prices;
use crate::input::diagnostic::{Diagnostic, InputError, Source};
use crate::input::quantity;
use crate::input::sheet::{Columns, Row, Sheet};
use std::collections::BTreeSet;
use tonnage_model::machine::Machine;
use tonnage_model::units::GIB;

/// Columns of a machine list, the required ones first.
pub const COLUMNS: [&str; 25] = [
    "instance_type",
    "vcpus",
    "memory_gib",
    "on_demand_usd_per_hour",
    "vcpu_speed",
    "provider",
    "region",
    "family",
    "physical_cores",
    "network_gbps",
    "arch",
    "cpu",
    "spot_usd_per_hour",
    "spot_interruption_pct",
    "reserved_1yr_usd_per_hour",
    "reserved_3yr_usd_per_hour",
    "reserved_3yr_all_upfront_usd_per_hour",
    "speed_basis",
    "speed_low",
    "speed_high",
    "burst_baseline",
    "current",
    "price_date",
    // Written by `tonnage catalog machines`, and of no use when read.
    "months_old",
    "planned",
];
/// How many of [`COLUMNS`] must be there.
const REQUIRED: usize = 5;
const WHOLE: &str = "a whole number from 1";
const POSITIVE: &str = "a number above 0 and below 1e9";
const SHARE: &str = "a share above 0 and up to 1, or empty where all of each vCPU is there all the time";
const POSITIVE_IF_KNOWN: &str = "a number above 0 and below 1e9, or empty where it is not known";

/// Reads a machine list. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<Vec<Machine>, InputError> {
    let columns = Columns::new("machine type", &COLUMNS, &COLUMNS[..REQUIRED]);
    let mut machines: Vec<Machine> = Vec::new();
    let mut seen = BTreeSet::new();
    Sheet::read(source, columns, |row, errors| {
        let Some(machine) = machine(row, errors) else { return };
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

fn machine(row: Row<'_>, errors: &mut Vec<Diagnostic>) -> Option<Machine> {
    let before = errors.len();
    let text = |name: &str| row.get(row.column(name)).unwrap_or_default().to_owned();
    row.required(row.column("instance_type"), "the name of a machine type", |_| Some(()), errors);
    let vcpus = row.required(row.column("vcpus"), WHOLE, quantity::whole, errors);
    let memory_gib = row.required(row.column("memory_gib"), POSITIVE, positive, errors);
    let physical_cores = row.parsed(row.column("physical_cores"), WHOLE, quantity::whole, errors);
    let mut if_known = |name: &str| row.parsed(row.column(name), POSITIVE_IF_KNOWN, positive, errors);
    let prices = prices(&mut if_known);
    let network_gbps = if_known("network_gbps");
    let (vcpu_speed, speed_low, speed_high) =
        (if_known("vcpu_speed"), if_known("speed_low"), if_known("speed_high"));
    let burst_baseline = row.parsed(row.column("burst_baseline"), SHARE, share, errors);
    let current = row.parsed(row.column("current"), "yes or no", yes_or_no, errors);
    let machine = Machine {
        provider: text("provider"),
        region: text("region"),
        instance_type: text("instance_type"),
        family: text("family"),
        arch: text("arch"),
        cpu: text("cpu"),
        vcpus: vcpus.unwrap_or(1),
        physical_cores,
        memory_bytes: memory_gib.unwrap_or(0.0) * GIB,
        network_bits_per_second: network_gbps.map(|gbps| gbps * 1e9),
        vcpu_speed,
        speed_range: speed_low.zip(speed_high),
        speed_basis: text("speed_basis"),
        burst_baseline,
        is_previous_generation: current == Some(false),
        prices,
        spot_interruption: text("spot_interruption_pct"),
        price_date: text("price_date"),
    };
    (errors.len() == before).then_some(machine)
}

fn yes_or_no(text: &str) -> Option<bool> {
    [("yes", true), ("no", false)].into_iter().find(|(word, _)| *word == text).map(|(_, value)| value)
}

fn share(text: &str) -> Option<f64> {
    quantity::share(text).filter(|&share| share > 0.0 && share <= 1.0)
}

pub(super) fn positive(text: &str) -> Option<f64> {
    quantity::number(text).filter(|&value| value > 0.0 && value < 1e9)
}
