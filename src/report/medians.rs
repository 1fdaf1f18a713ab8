//! That a report rests on the medians of ranges.

use crate::input::columns::COLUMNS;
use std::collections::BTreeSet;
use tonnage_model::workload::Workload;

/// Which numbers were ranges and were planned at their medians; `None` where none was.
pub fn note<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let used: BTreeSet<&str> = workloads
        .into_iter()
        .flat_map(|workload| &workload.ranges)
        .map(|range| range.input.column())
        .collect();
    let columns: Vec<&str> =
        COLUMNS.iter().map(|column| column.name).filter(|name| used.contains(name)).collect();
    (!columns.is_empty()).then(|| {
        format!(
            "Planned at the medians of {}: `tonnage plan --by runtime` takes the ranges.",
            columns.join(", ")
        )
    })
}
