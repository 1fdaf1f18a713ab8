//! That a report rests on the medians of ranges, and on a runtime that nobody has named.

use super::figures::{listed, plural, significant};
use crate::input::columns::COLUMNS;
use std::collections::BTreeSet;
use tonnage_model::blank::Blank;
use tonnage_model::decide::checked::{raised_peak, raised_skew};
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

/// What is taken for figures that are given, each without a full stop.
pub fn taken<'w>(workloads: impl IntoIterator<Item = &'w Workload> + Clone) -> impl Iterator<Item = String> {
    let peaks = raised(workloads.clone(), raised_peak, "peak_factor is below the busiest hour of hourly");
    let skews = raised(workloads, raised_skew, "skew is below what hot_key_share alone makes it");
    peaks.into_iter().chain(skews)
}

/// Workloads of which `by` tells a figure that is given and the greater one that plans take.
fn raised<'w>(
    workloads: impl IntoIterator<Item = &'w Workload>,
    by: impl Fn(&Workload) -> Option<(f64, f64)>,
    what: &str,
) -> Option<String> {
    let raised = workloads.into_iter().filter_map(|it| {
        let (given, taken) = by(it)?;
        Some(format!("{} ({} for {})", it.name, significant(taken), significant(given)))
    });
    let raised: Vec<String> = raised.collect();
    (!raised.is_empty()).then(|| format!("{what}, which plans take: {}", listed(raised, NAMED)))
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
            "Planned at the medians of {}: `tonnage plan` samples the ranges, and withholds a step that seldom holds.",
            columns.join(", ")
        )
    })
}
