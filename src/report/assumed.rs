//! That a report rests on the medians of ranges, and on a runtime that nobody has named.

use super::figures::{listed, plural, significant};
use crate::input::columns::COLUMNS;
use std::collections::BTreeSet;
use tonnage_model::blank::Blank;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::workload::Workload;

/// Workloads that a sentence names.
const NAMED: usize = 4;

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

/// A figure this much below another that is taken for it is no rounding of that.
const APART: f64 = 1.1;

/// What is taken for figures that are given, each without a full stop.
pub fn taken<'w>(workloads: impl IntoIterator<Item = &'w Workload> + Clone) -> impl Iterator<Item = String> {
    peaks(workloads.clone()).into_iter().chain(hot_keys(workloads))
}

/// Workloads whose `peak_factor` is below the busiest of their hours, which plans take.
fn peaks<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let raised = |workload: &Workload| {
        let (given, taken) = (workload.outlook.peak_below_hours?, workload.peak_factor);
        let said = || format!("{} ({} for {})", workload.name, significant(taken), significant(given));
        (taken > APART * given).then(said)
    };
    let raised: Vec<String> = workloads.into_iter().filter_map(raised).collect();
    (!raised.is_empty()).then(|| {
        format!(
            "peak_factor is below the busiest hour of hourly, which plans take: {}",
            listed(raised, NAMED)
        )
    })
}

/// Workloads whose hottest key alone makes more of the busiest partition than the `skew` that is given beside it, which plans
/// take.
fn hot_keys<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let raised = |workload: &Workload| {
        let Topic { skew, partitions, .. } = workload.topic;
        let taken = workload.topic.busiest_over_mean(f64::from(partitions?));
        let said = || format!("{} ({} for {})", workload.name, significant(taken), significant(skew));
        (taken > APART * skew && !workload.blanks.has(Blank::Skew)).then(said)
    };
    let raised: Vec<String> = workloads.into_iter().filter_map(raised).collect();
    (!raised.is_empty()).then(|| {
        format!(
            "skew is below what hot_key_share alone makes it, which plans take: {}",
            listed(raised, NAMED)
        )
    })
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
