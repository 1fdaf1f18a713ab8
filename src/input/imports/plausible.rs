//! Cores in a workload file that what runs cannot have used, mostly thousandths that were taken for cores.

use super::found::Found;
use super::merge::Change;
use crate::input::catalogs::lists::types;
use crate::input::columns::{NAME, NAMES, position};
use crate::input::diagnostic::{InputError, Source};
use crate::input::quantity::{cores, whole};
use crate::input::sheet::{Columns, Sheet};
use tonnage_model::catalog::HOMES;

/// Cores of an instance of which nothing else is known: pods with more are rare.
const MOST_CORES: u32 = 64;
/// How many times what a cell held a new figure may be, or a part of it.
const MOST_TIMES: f64 = 100.0;
/// The column.
const CORES: &str = "observed_cores";

/// Cores that cannot be.
#[derive(Debug, Clone, PartialEq)]
pub struct Implausible {
    /// Workload.
    pub workload: String,
    /// Its cell.
    pub cores: f64,
    /// Why.
    pub because: Because,
}

/// Why cores cannot be.
#[derive(Debug, Clone, PartialEq)]
pub enum Because {
    /// So many instances have so many vCPUs each, on their machine type where it is known.
    Instances(u32, u32, Option<String>),
    /// The cell had something else.
    Was(f64),
}

/// Those of a workload file with what was found, by its text.
pub fn implausible(
    file: &str,
    text: &str,
    found: &Found,
    changes: &[Change],
) -> Result<Vec<Implausible>, InputError> {
    let columns = [CORES, "current_instances", "current_machine"].map(position);
    let [Some(used), Some(instances), Some(machine)] = columns else { return Ok(Vec::new()) };
    let is_found = |name: &str| found.workloads().get(name).is_some_and(|values| values.contains_key(&used));
    let was = |name: &str| {
        let change = changes.iter().find(|it| it.workload == name && it.column == CORES)?;
        cores(change.old.as_deref()?).filter(|old| *old > 0.0)
    };
    let mut all = Vec::new();
    let required = [NAMES[NAME]];
    let source = Source { file, text };
    Sheet::read(source, Columns::among_others("workload", &NAMES, &required), |row, _| {
        let (Some(name), Some(cores)) = (row.get(NAME), row.get(used).and_then(cores)) else { return };
        if !is_found(name) {
            return;
        }
        let known = row.get(machine).and_then(|name| Some((vcpus(name)?, name.to_owned())));
        let each = known.as_ref().map_or(MOST_CORES, |(vcpus, _)| *vcpus);
        let too_many =
            row.get(instances).and_then(whole).filter(|count| cores > f64::from(*count) * f64::from(each));
        let because = match (too_many, was(name)) {
            (Some(count), _) => Because::Instances(count, each, known.map(|(_, name)| name)),
            (None, Some(old)) if (cores / old).max(old / cores) >= MOST_TIMES => Because::Was(old),
            _ => return,
        };
        all.push(Implausible { workload: name.to_owned(), cores, because });
    })?;
    Ok(all)
}

/// vCPUs of a machine type of any cloud.
fn vcpus(name: &str) -> Option<u32> {
    HOMES.iter().filter_map(|(provider, _)| types(provider).get(name)).map(|machine| machine.vcpus).max()
}
