//! That a report rests on the medians of ranges, and on a runtime that nobody has named.

use super::figures::plural;
use crate::input::columns::COLUMNS;
use std::collections::BTreeSet;
use tonnage_model::blank::Blank;
use tonnage_model::workload::Workload;

/// Both, where they are so.
pub fn notes<'w>(workloads: impl IntoIterator<Item = &'w Workload, IntoIter: Clone>) -> Vec<String> {
    let workloads = workloads.into_iter();
    medians(workloads.clone()).into_iter().chain(runtime(workloads)).collect()
}

/// Which runtime is taken for that of today where none is named, and of how many.
pub fn runtime<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let mut blank = workloads.into_iter().filter(|it| it.blanks.has(Blank::CurrentRuntime));
    let runtime = &blank.next()?.current_runtime;
    let count = plural(blank.count() as u64 + 1, "workload");
    Some(format!("current_runtime is blank for {count}: {runtime} is assumed."))
}

/// Which numbers were ranges and were planned at their medians; `None` where none was.
pub fn medians<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
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
