//! Lists of machine types, CSV.

use crate::input::diagnostic::{Diagnostic, InputError, Source};
use crate::input::quantity;
use crate::input::sheet::{Row, Sheet};
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
                let name = cells.string("instance_type");
                cells.report(
                    "instance_type",
                    format!("instance_type {name:?} is listed twice for this provider and region"),
                );
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

    fn report(&mut self, name: &str, message: String) {
        let place = Some(self.row.place(Some(Self::index(name))));
        self.errors.push(Diagnostic { file: self.file.to_owned(), place, message });
    }

    /// A cell that `parse` reads, or nothing where it is empty.
    fn parsed<T>(&mut self, name: &str, parse: fn(&str) -> Option<T>, allowed: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(text);
        if value.is_none() {
            let message = format!("{name} is {text:?}, but must be {allowed}");
            self.report(name, message);
        }
        value
    }

    /// Reports an empty cell of a column that the file has; one that it lacks is reported already.
    fn require(&mut self, name: &str, allowed: &str) {
        if self.row.has(Self::index(name)) && self.text(name).is_none() {
            self.report(name, format!("{name} is missing; it must be {allowed}"));
        }
    }

    /// A number above 0, or nothing where the cell is empty.
    fn positive(&mut self, name: &str) -> Option<f64> {
        self.parsed(name, positive, "a number above 0 and below 1e9, or empty where it is not known")
    }

    fn whole(&mut self, name: &str) -> Option<u32> {
        self.parsed(name, quantity::whole, WHOLE)
    }

    fn machine(&mut self) -> Option<Machine> {
        let before = self.errors.len();
        self.require("instance_type", "the name of a machine type");
        self.require("vcpus", WHOLE);
        self.require("memory_gib", POSITIVE);
        let vcpus = self.whole("vcpus");
        let memory_gib = self.parsed("memory_gib", positive, POSITIVE);
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

fn positive(text: &str) -> Option<f64> {
    quantity::number(text).filter(|&value| value > 0.0 && value < 1e9)
}
