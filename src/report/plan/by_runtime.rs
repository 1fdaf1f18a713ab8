//! Every workload in every runtime, and what all would cost in each.

use super::decision::rows;
use super::plans;
use super::totals::Totals;
use crate::report::chart::{Axis, BLUE, Bar, Bars, Chart, GRAY, Kind, MOST_NAMED, Part, Plot, not_drawn};
use crate::report::column::{Column, columns};
use crate::report::contradicted::reason;
use crate::report::document::Document;
use crate::report::figures::{listed, plural, usd};
use crate::report::p99;
use crate::report::records::Records;
use crate::report::shown::titled;
use std::collections::BTreeMap;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;

/// The table of plans and the totals.
pub fn document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    document.heading("Plans by runtime");
    let rows = plans::rows(fleet);
    document.table(Records::of("plans", &plans::columns(), &rows).table());
    document.list(fleet.entries.iter().filter_map(reason).chain(without_plan(fleet)).collect());
    let totals = totals(fleet);
    if fleet.entries.len() > 1 && !totals.rows.is_empty() {
        document.heading("All workloads, USD a month");
        document.table(Records::of("totals", &columns(), &totals.rows).table());
        if !totals.left_out.is_empty() {
            document.paragraph(format!(
                "Of the {} that have a plan in every runtime and inputs without contradictions. Not in it: {}.",
                plural(totals.counted.len() as u64, "workload"),
                listed(&totals.left_out, MOST_NAMED)
            ));
        }
    }
    document.paragraph(p99::note());
    document
}

/// What the row of the decisions is called.
const DECIDED: &str = "as decided";

/// What a set of workloads costs, if run one way.
pub struct TotalRow {
    title: String,
    instances: Option<u64>,
    overhead_bytes: Option<f64>,
    usd_per_month: f64,
}

/// Totals of the same workloads in every row.
pub struct RuntimeTotals<'f> {
    /// Names of the workloads that are counted: those with a plan in every runtime.
    pub counted: Vec<&'f str>,
    /// Names of the others.
    pub left_out: Vec<&'f str>,
    /// A row for each runtime, then today and as decided, where these are known of all that are counted.
    pub rows: Vec<TotalRow>,
}

/// Columns of a total.
#[rustfmt::skip]
pub fn columns() -> Vec<Column<TotalRow>> {
    columns! { TotalRow, it;
        "runtime" ["all in" Word Always], "Runtime, as decided, or today" => &it.title;
        "instances" ["instances" Count Always], "Instances" => it.instances;
        "runtime_overhead_bytes" ["memory overhead" Memory Rank(1)],
            "Memory of all interpreters, binaries and stacks, bytes" => it.overhead_bytes;
        "usd_per_month" ["$/month" Usd Always], "Bill of the machines, USD a month" => it.usd_per_month;
    }
}

/// Adds up the workloads that have a plan in every runtime.
pub fn totals<'f>(fleet: &'f Fleet<'_>) -> RuntimeTotals<'f> {
    let in_all = |entry: &&PlannedWorkload<'_>| {
        !entry.recommendation.baseline.is_contradictory() && entry.plans.iter().all(|(_, plan)| plan.is_ok())
    };
    let counted: Vec<&PlannedWorkload<'_>> = fleet.entries.iter().filter(in_all).collect();
    let name = |entry: &'f PlannedWorkload<'_>| entry.problem.workload.name.as_str();
    let left_out = fleet.entries.iter().filter(|entry| !in_all(entry)).map(name).collect();
    if counted.is_empty() {
        return RuntimeTotals { counted: Vec::new(), left_out, rows: Vec::new() };
    }
    let of_runtime = |(index, title): (usize, &str)| {
        let plans = || counted.iter().filter_map(|entry| entry.plans.get(index)?.1.as_ref().ok());
        TotalRow {
            title: title.to_owned(),
            instances: Some(plans().map(|plan| plan.count.instances).sum()),
            overhead_bytes: Some(plans().map(|plan| plan.runtime_overhead_bytes()).sum()),
            usd_per_month: plans().map(|plan| plan.usd_per_month).sum(),
        }
    };
    let names = fleet.runtimes.iter().map(|runtime| runtime.name.as_str());
    let mut totals: Vec<TotalRow> = names.enumerate().map(of_runtime).collect();
    let decisions = rows(fleet);
    let sums = Totals::of(decisions.iter().filter(|decision| in_all(&decision.entry)));
    if sums.workloads == counted.len() {
        let row = |title: &str, usd_per_month| TotalRow {
            title: title.to_owned(),
            instances: None,
            overhead_bytes: None,
            usd_per_month,
        };
        totals.extend([row(DECIDED, sums.planned), row("today", sums.today)]);
    }
    RuntimeTotals { counted: counted.into_iter().map(name).collect(), left_out, rows: totals }
}

/// What all workloads would cost in each runtime; nothing where not all of several have a plan in each.
pub fn chart(fleet: &Fleet<'_>) -> Option<Chart> {
    let totals = totals(fleet);
    let bar = |row: &TotalRow| {
        let bar = Bar::of(&row.title, row.usd_per_month, usd(row.usd_per_month));
        let decides = row.title == DECIDED;
        let kind = usize::from(row.instances.is_none());
        Bar { decides, parts: vec![Part { kind, ..bar.parts[0] }], ..bar }
    };
    let told: Vec<String> =
        totals.rows.iter().map(|row| format!("{} {}", row.title, usd(row.usd_per_month))).collect();
    let beside =
        if totals.rows.iter().any(|row| row.title == DECIDED) { ", as decided, and today" } else { "" };
    // Of few workloads of many it tells nothing about the fleet.
    (totals.counted.len() > 1 && 2 * totals.counted.len() >= fleet.entries.len()).then(|| Chart {
        name: "runtimes",
        title: format!(
            "The bill of {} in each runtime{beside}",
            titled(&totals.counted, fleet.entries.len())
        ),
        about: format!("USD a month: {}.", told.join(", ")),
        note: not_drawn("as a runtime has no plan or inputs contradict each other", &totals.left_out),
        plot: Plot::Bars(Bars {
            axis: Axis::usd_per_month(),
            kinds: vec![Kind::sure("", BLUE), Kind::sure("", GRAY)],
            bars: totals.rows.iter().map(bar).collect(),
            rule: None,
        }),
    })
}

/// Why some have no plan; a reason that holds for several runtimes is said once.
fn without_plan(fleet: &Fleet<'_>) -> Vec<String> {
    let mut points = Vec::new();
    for entry in &fleet.entries {
        let mut runtimes_of_reason: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (runtime, plan) in &entry.plans {
            if let Err(reason) = plan {
                runtimes_of_reason.entry(reason.to_string()).or_default().push(&runtime.name);
            }
        }
        for (reason, runtimes) in runtimes_of_reason {
            points.push(format!("{} in {}: {reason}.", entry.problem.workload.name, runtimes.join(", ")));
        }
    }
    points
}
