//! Lists of machine types, CSV.

use super::diagnostic::{Diagnostic, InputError, Source};
use super::quantity;
use super::sheet::{Row, Sheet};
use crate::model::machine::Machine;
use std::collections::BTreeSet;

/// Columns of a machine list, the required ones first.
pub const COLUMNS: [&str; 15] = [
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
];
/// How many of [`COLUMNS`] must be there.
const REQUIRED: usize = 5;
const GIB: f64 = 1_073_741_824.0;

/// Reads a machine list. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<Vec<Machine>, InputError> {
    let mut errors = Vec::new();
    let sheet = Sheet::read(source, &COLUMNS, &COLUMNS[..REQUIRED], &mut errors);
    let mut machines: Vec<Machine> = Vec::new();
    let mut seen = BTreeSet::new();
    for row in sheet.rows() {
        let mut cells = Cells { row, file: source.file, errors: &mut errors };
        if let Some(machine) = cells.machine() {
            let key = (machine.provider.clone(), machine.region.clone(), machine.instance_type.clone());
            if seen.insert(key) {
                machines.push(machine);
            } else {
                cells.refuse("instance_type", "is listed twice for this provider and region");
            }
        }
    }
    if errors.is_empty() && machines.is_empty() {
        errors.push(Diagnostic {
            file: source.file.to_owned(),
            place: None,
            message: "there is a header but no machine type below it".into(),
        });
    }
    errors.sort_by_key(|error| error.place);
    if errors.is_empty() { Ok(machines) } else { Err(InputError::Invalid(errors)) }
}

struct Cells<'s, 'e> {
    row: Row<'s>,
    file: &'s str,
    errors: &'e mut Vec<Diagnostic>,
}

impl Cells<'_, '_> {
    fn index(name: &str) -> usize {
        COLUMNS.iter().position(|known| *known == name).unwrap_or(usize::MAX)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.row.get(Self::index(name))
    }

    fn string(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    fn refuse(&mut self, name: &str, what: &str) {
        let value = self.string(name);
        self.errors.push(Diagnostic {
            file: self.file.to_owned(),
            place: Some(self.row.place(Some(Self::index(name)))),
            message: format!("{name} {value:?} {what}"),
        });
    }

    /// A number above 0, or nothing where the cell is empty.
    fn positive(&mut self, name: &str) -> Option<f64> {
        let text = self.text(name)?;
        let value = quantity::number(text).filter(|&value| value > 0.0 && value < 1e9);
        if value.is_none() {
            self.refuse(name, "must be a number above 0 and below 1e9, or empty where it is not known");
        }
        value
    }

    /// A number above 0 that must be there.
    fn required(&mut self, name: &str) -> Option<f64> {
        if self.text(name).is_none() {
            self.refuse(name, "must be a number above 0");
        }
        self.positive(name)
    }

    fn whole(&mut self, name: &str) -> Option<u32> {
        let text = self.text(name)?;
        let value = quantity::whole(text);
        if value.is_none() {
            self.refuse(name, "must be a whole number from 1");
        }
        value
    }

    fn machine(&mut self) -> Option<Machine> {
        let before = self.errors.len();
        if self.text("instance_type").is_none() {
            self.refuse("instance_type", "must not be empty");
        }
        if self.text("vcpus").is_none() {
            self.refuse("vcpus", "must be a whole number from 1");
        }
        let vcpus = self.whole("vcpus");
        let memory_gib = self.required("memory_gib");
        let machine = Machine {
            provider: self.string("provider"),
            region: self.string("region"),
            instance_type: self.string("instance_type"),
            family: self.string("family"),
            arch: self.string("arch"),
            cpu: self.string("cpu"),
            vcpus: vcpus.unwrap_or(1),
            physical_cores: self.whole("physical_cores"),
            memory_bytes: memory_gib.unwrap_or(0.0) * GIB,
            network_bits_per_second: self.positive("network_gbps").map(|gbps| gbps * 1e9),
            vcpu_speed: self.positive("vcpu_speed"),
            speed_basis: self.string("speed_basis"),
            on_demand_usd_per_hour: self.positive("on_demand_usd_per_hour"),
            reserved_3yr_usd_per_hour: self.positive("reserved_3yr_usd_per_hour"),
            price_date: self.string("price_date"),
        };
        (self.errors.len() == before).then_some(machine)
    }
}
