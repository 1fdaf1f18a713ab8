//! Inputs that somebody has changed in the page.

use crate::controls::{Control, Of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tonnage::input::columns;
use tonnage::input::two_readings::Marks;
use tonnage::render::number::rounded;
use tonnage_model::workload::Workload;

/// What stands in the columns of a workload.
pub type Cells = BTreeMap<String, String>;

/// What the file says of today's CPU, which belongs to the volume that it says, too.
const OF_VOLUME: [&str; 2] = ["observed_cores", "utilization"];
const VOLUME: &str = "events_per_day";

/// An input with another value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The workload that it is of; empty for all of them, and for settings.
    pub of: String,
    /// The column or setting.
    pub name: String,
    /// The value as a file would have it.
    pub text: String,
}

/// The last of some changes of a column or setting.
pub fn last<'c>(changes: &'c [Change], of: &str, name: &str) -> Option<&'c str> {
    changes.iter().rfind(|it| it.of == of && it.name == name).map(|it| it.text.as_str())
}

/// The same changes with one more, which stands instead of what was changed there before; an empty text takes it back. A
/// change of all workloads stands instead of what was changed of each.
pub fn with(mut changes: Vec<Change>, change: Change) -> Vec<Change> {
    let is_replaced = |it: &Change| it.name == change.name && (it.of == change.of || change.of.is_empty());
    changes.retain(|it| !is_replaced(it));
    changes.extend((!change.text.is_empty()).then_some(change));
    changes
}

/// The cells of a workload with the changes of its columns.
pub fn cells(cells: &Cells, changes: &[Change]) -> Cells {
    let name = cells.get("name").map_or("", String::as_str);
    let is_column = |it: &&Change| Control::of(&it.name).is_some_and(|control| control.of == Of::Column);
    let of_it = |it: &&Change| it.of.is_empty() || it.of == name;
    let mut changed = cells.clone();
    for Change { name, text, .. } in changes.iter().filter(is_column).filter(of_it) {
        changed.insert(name.clone(), text.clone());
    }
    let volume = |cells: &Cells| Some(number(VOLUME, cells.get(VOLUME)?)?.1);
    if let (Some(before), Some(after)) = (volume(cells), volume(&changed)) {
        for column in OF_VOLUME {
            let is_kept = changed.get(column) == cells.get(column);
            let observed = cells.get(column).filter(|_| is_kept && before != after);
            if let Some((text, value)) = observed.and_then(|text| number(column, text)) {
                debug_assert!(!text.is_empty());
                changed.insert(column.to_owned(), rounded(value * after / before).to_string());
            }
        }
    }
    changed
}

/// A text of a column with the number that it is.
fn number<'t>(column: &str, text: &'t str) -> Option<(&'t str, f64)> {
    Some((text, columns::number(column)?.0.read(text, Marks::POINT)?))
}

/// The number of a workload in the unit of its column.
pub fn in_column(column: &str, workload: &Workload) -> Option<f64> {
    let (number, input) = columns::number(column)?;
    Some(number.in_column(input.get(workload)?))
}
