//! Mean utilizations of workloads' machines, CSV: name, utilization.

use super::diagnostic::{Diagnostic, InputError, Source};
use super::nearest::unknown;
use super::quantity;
use super::sheet::Sheet;
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
    let mut errors = Vec::new();
    let sheet = Sheet::read(source, &COLUMNS, &COLUMNS, &mut errors);
    let header_is_wrong = !errors.is_empty();
    let mut utilizations = BTreeMap::new();
    let mut rows = 0;
    for row in sheet.rows() {
        rows += 1;
        let mut report = |column, message| {
            let place = Some(row.place(Some(column)));
            errors.push(Diagnostic { file: source.file.to_owned(), place, message });
        };
        let share = match row.get(UTILIZATION) {
            None if !row.has(UTILIZATION) => None,
            None => {
                report(UTILIZATION, format!("utilization is missing; it must be {ALLOWED}"));
                None
            }
            Some(text) => {
                let share = utilization(text);
                if share.is_none() {
                    report(UTILIZATION, format!("utilization is {text:?}, but must be {ALLOWED}"));
                }
                share
            }
        };
        match row.get(NAME) {
            None if !row.has(NAME) => {}
            None => report(NAME, "name is missing; it must be that of a workload".to_owned()),
            Some(name) if !workloads.contains(&name) => report(NAME, unknown("workload", name, workloads)),
            Some(name) => {
                if utilizations.insert(name.to_owned(), share.unwrap_or(1.0)).is_some() {
                    report(NAME, format!("name {name:?} is there twice"));
                }
            }
        }
    }
    if rows == 0 && !header_is_wrong {
        let message = "there is a header but no utilization below it".to_owned();
        errors.push(Diagnostic { file: source.file.to_owned(), place: None, message });
    }
    errors.sort_by_key(|error| error.place);
    if errors.is_empty() { Ok(utilizations) } else { Err(InputError::Invalid(errors)) }
}
