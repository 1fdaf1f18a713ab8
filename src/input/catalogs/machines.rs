//! Lists of machine types, CSV.

use crate::input::diagnostic::{Diagnostic, InputError, Source};
use crate::input::quantity;
use crate::input::sheet::{Columns, Row, Sheet};
use std::collections::BTreeSet;
use tonnage_model::machine::Machine;
use tonnage_model::units::GIB;

/// Columns of a machine list, the required ones first.
pub const COLUMNS: [&str; 16] = [
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
    "reserved_3yr_usd_per_hour",
    "speed_basis",
    "price_date",
    // Written by `tonnage catalog machines`, and of no use when read.
    "planned",
];
/// How many of [`COLUMNS`] must be there.
const REQUIRED: usize = 5;
const WHOLE: &str = "a whole number from 1";
const POSITIVE: &str = "a number above 0 and below 1e9";
const POSITIVE_IF_KNOWN: &str = "a number above 0 and below 1e9, or empty where it is not known";

/// Reads a machine list. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<Vec<Machine>, InputError> {
    let columns = Columns::new("machine type", &COLUMNS, &COLUMNS[..REQUIRED]);
    let (mut sheet, mut errors) = Sheet::of(source, columns);
    let mut machines: Vec<Machine> = Vec::new();
    let mut seen = BTreeSet::new();
    sheet.each_row(&mut errors, |row, errors| {
        let Some(machine) = machine(row, errors) else { return };
        let key = (machine.provider.clone(), machine.region.clone(), machine.instance_type.clone());
        if seen.insert(key) {
            machines.push(machine);
        } else {
            let name = machine.instance_type;
            let message = format!("instance_type {name:?} is listed twice for this provider and region");
            errors.push(row.wrong(index("instance_type"), message));
        }
    });
    InputError::unless_empty(errors).map(|()| machines)
}

fn index(name: &str) -> usize {
    COLUMNS.iter().position(|known| *known == name).unwrap_or(usize::MAX)
}

fn machine(row: Row<'_>, errors: &mut Vec<Diagnostic>) -> Option<Machine> {
    let before = errors.len();
    let text = |name: &str| row.get(index(name)).unwrap_or_default().to_owned();
    row.required(index("instance_type"), "the name of a machine type", |_| Some(()), errors);
    let vcpus = row.required(index("vcpus"), WHOLE, quantity::whole, errors);
    let memory_gib = row.required(index("memory_gib"), POSITIVE, positive, errors);
    let physical_cores = row.parsed(index("physical_cores"), WHOLE, quantity::whole, errors);
    let mut if_known = |name: &str| row.parsed(index(name), POSITIVE_IF_KNOWN, positive, errors);
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
        network_bits_per_second: if_known("network_gbps").map(|gbps| gbps * 1e9),
        vcpu_speed: if_known("vcpu_speed"),
        speed_basis: text("speed_basis"),
        on_demand_usd_per_hour: if_known("on_demand_usd_per_hour"),
        reserved_3yr_usd_per_hour: if_known("reserved_3yr_usd_per_hour"),
        price_date: text("price_date"),
    };
    (errors.len() == before).then_some(machine)
}

fn positive(text: &str) -> Option<f64> {
    quantity::number(text).filter(|&value| value > 0.0 && value < 1e9)
}
