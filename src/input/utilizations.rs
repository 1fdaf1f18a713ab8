//! Mean utilizations of workloads' machines, CSV: name, utilization.

use super::diagnostic::{InputError, Source};
use super::nearest::unknown;
use super::quantity;
use super::sheet::{Columns, Sheet};
use std::collections::BTreeMap;

const COLUMNS: [&str; 2] = ["name", "utilization"];
const NAME: usize = 0;
const UTILIZATION: usize = 1;

/// What a utilization may be.
pub const ALLOWED: &str = "a share above 0 and up to 1, such as 0.35 or 35%";

/// A utilization, or nothing where it is none.
pub fn utilization(text: &str) -> Option<f64> {
    quantity::share(text).filter(|&share| share > 0.0 && share <= 1.0)
}

/// Reads the utilization of each workload that the file names, one of `workloads` each. All mistakes come at once.
pub fn read(source: Source<'_>, workloads: &[&str]) -> Result<BTreeMap<String, f64>, InputError> {
    let mut utilizations = BTreeMap::new();
    Sheet::read(source, Columns::new("utilization", &COLUMNS, &COLUMNS), |row, errors| {
        let name = row.required(NAME, "that of a workload", |text| Some(text.to_owned()), errors);
        let share = row.required(UTILIZATION, ALLOWED, utilization, errors);
        let Some(name) = name else { return };
        if !workloads.contains(&name.as_str()) {
            errors.push(row.wrong(NAME, unknown("workload", &name, workloads)));
        } else if utilizations.insert(name.clone(), share.unwrap_or(1.0)).is_some() {
            errors.push(row.wrong(NAME, format!("name {name:?} is there twice")));
        }
    })?;
    Ok(utilizations)
}
