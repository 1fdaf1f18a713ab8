//! That a report rests on the medians of ranges, and on a runtime that nobody has named.

use super::figures::{and_last, listed, plural, significant};
use crate::input::columns::{COLUMNS, NAMES};
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::blank::Blank;
use tonnage_model::decide::checked::{disputed_ratio, raised_peak, raised_skew};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::workload::Workload;

/// Workloads that a sentence names.
const NAMED: usize = 4;

/// Both, where they are so.
pub fn notes<'w>(workloads: impl IntoIterator<Item = &'w Workload, IntoIter: Clone>) -> Vec<String> {
    let workloads = workloads.into_iter();
    let blank = read_as_blank(workloads.clone()).map(|said| said + ".");
    medians(workloads.clone()).into_iter().chain(runtime(workloads)).chain(blank).collect()
}

/// How many cells hold no more than a word for nothing, and of which columns, without a full stop.
fn read_as_blank<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let cells: Vec<_> = workloads.into_iter().flat_map(|it| &it.read_as_blank).collect();
    let (_, word) = cells.first()?;
    let of = |column: &str| cells.iter().filter(|(name, _)| *name == column).count();
    let told = NAMES.into_iter().filter(|name| of(name) > 0).map(|name| format!("{name} ({})", of(name)));
    let (count, are) = (plural(cells.len() as u64, "cell"), if cells.len() == 1 { "is" } else { "are" });
    Some(format!("{count} such as {word:?} {are} read as blank: {}", listed(told, NAMED)))
}

/// Which runtime is taken for that of today where none is named, and of how many.
pub fn runtime<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let mut blank = workloads.into_iter().filter(|it| it.blanks.has(Blank::CurrentRuntime));
    let runtime = &blank.next()?.current_runtime;
    let count = plural(blank.count() as u64 + 1, "workload");
    Some(format!("current_runtime is blank for {count}: {runtime} is assumed."))
}

/// Whether nobody has named the region of a workload, so that one is taken for it.
pub fn region(it: &PlannedWorkload<'_>) -> bool {
    !it.problem.workload.names_region() && it.planner.catalog.filter.region.is_none()
}

/// Which regions are taken for those that nobody has named, and of how many, where a heading names more than one.
pub fn regions(entries: &[&PlannedWorkload<'_>]) -> Option<String> {
    let of = |it: &PlannedWorkload<'_>| {
        Some((it.planner.home.provider?.to_owned(), it.planner.home.region?.to_owned()))
    };
    let mut assumed: BTreeMap<(String, String), usize> = BTreeMap::new();
    entries
        .iter()
        .filter(|it| region(it))
        .filter_map(|it| of(it))
        .for_each(|place| *assumed.entry(place).or_default() += 1);
    let all: BTreeSet<_> = entries.iter().map(|it| of(it)).collect();
    let count = plural(assumed.values().sum::<usize>() as u64, "workload");
    let told: Vec<String> = assumed
        .iter()
        .map(|((provider, region), count)| format!("{provider} {region} for {count}"))
        .collect();
    let is_told = all.len() > 1 && !told.is_empty();
    is_told.then(|| format!("region is blank for {count}: assumed are {}.", and_last(&told)))
}

/// What is taken for what is given, each without a full stop.
pub fn taken<'w>(workloads: impl IntoIterator<Item = &'w Workload> + Clone) -> impl Iterator<Item = String> {
    let peaks = raised(workloads.clone(), raised_peak, "peak_factor is below the busiest hour of hourly");
    let skews = raised(workloads.clone(), raised_skew, "skew is below what hot_key_share alone makes it");
    let ratios =
        raised(workloads.clone(), disputed_ratio, "io_ratio is not what io_wait_ms is of handler_ms");
    peaks.into_iter().chain(skews).chain(ratios).chain(read_as_blank(workloads))
}

/// Workloads of which `by` tells a figure that is given and the other one that plans take.
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
