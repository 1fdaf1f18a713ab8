//! Where the cheapest runtime changes along a quantity.

use super::document::{Column, Document, Table};
use super::figures::{NONE, significant, usd, whole};
use super::medians;
use serde::Serialize;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::crossings::{Axis, Crossings, Interval};
use tonnage_model::workload::Workload;

/// One stretch of the axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntervalRow {
    /// Workload.
    pub workload: String,
    /// What is moved, by the name of its column.
    pub over: &'static str,
    /// First value.
    pub from: f64,
    /// Last value.
    pub to: f64,
    /// The cheapest runtime; empty where none can carry it.
    pub cheapest: Option<String>,
    /// Runtimes that cost the same throughout, separated by commas.
    pub tied_with: Option<String>,
    /// Runtimes that cost the same in a part of it.
    pub tied_in_part_with: Option<String>,
    /// The value in the middle, at which the costs are taken.
    pub at: f64,
    /// What the cheapest costs there in all, USD a month.
    pub total_usd_per_month: Option<f64>,
    /// The next in cost there.
    pub next: Option<String>,
    /// What that costs more, USD a month.
    pub difference_usd_per_month: Option<f64>,
}

/// The intervals as records.
pub fn rows(break_even: &Crossings<'_>, workload: &Workload) -> Vec<IntervalRow> {
    let row = |interval: &Interval<'_>| IntervalRow {
        workload: workload.name.clone(),
        over: column(break_even.axis),
        from: interval.from,
        to: interval.to,
        cheapest: interval.cheapest.map(|runtime| runtime.name.clone()),
        tied_with: (!interval.tied.is_empty()).then(|| names(&interval.tied)),
        tied_in_part_with: (!interval.tied_in_part.is_empty()).then(|| names(&interval.tied_in_part)),
        at: interval.at,
        total_usd_per_month: interval.total.and_then(|total| total.usd_per_month()),
        next: interval.next.map(|(runtime, _)| runtime.name.clone()),
        difference_usd_per_month: interval.next.map(|(_, more)| more),
    };
    break_even.intervals.iter().map(row).collect()
}

/// The report.
pub fn document(break_even: &Crossings<'_>, workload: &Workload) -> Document {
    let axis = break_even.axis;
    let mut document = Document::default();
    document.heading(format!("{}: the cheapest runtime by {}", workload.name, quantity(axis)));
    document.table(table(break_even));
    document.paragraph(here(break_even, workload));
    let mut notes = vec![
        "Costs are those in the middle of each line: machines, traffic between zones and features. A rewrite, and what \
         a change has to be worth, are not in them."
            .to_owned(),
    ];
    notes.push(
        match axis {
            Axis::EventsPerDay => {
                "What an event takes is read once, at the workload's own rate. Changes are exact to \
                                   the event."
            }
            Axis::IoRatio => {
                "Looked at every 0.001; a change is exact to 0.0001, and one that is undone within 0.001 \
                              can be missed."
            }
            Axis::FeaturesPerMonth => {
                "Machines do not depend on features, so changes are where two straight lines meet."
            }
        }
        .into(),
    );
    notes.extend(medians::note([workload]));
    let is_tied = |interval: &Interval<'_>| !interval.tied.is_empty() || !interval.tied_in_part.is_empty();
    if break_even.intervals.iter().any(is_tied) {
        notes.push(
            "Where several cost the same, today's runtime counts as the cheapest, else the one that stays so longest."
                .into(),
        );
    }
    if !break_even.left_out.is_empty() {
        notes.push(format!(
            "Left out, as their days for a feature are not known: {}.",
            names(&break_even.left_out)
        ));
    }
    document.list(notes);
    document
}

fn table(break_even: &Crossings<'_>) -> Table {
    let axis = break_even.axis;
    let mut table = Table::new(vec![
        Column::numbers("from", 0),
        Column::numbers("to", 0),
        Column::words("cheapest", 0),
        Column::numbers("$/month", 0),
        Column::words("next", 0),
        Column::numbers("more", 0),
        Column::numbers("costs at", 1),
    ]);
    for interval in &break_even.intervals {
        let (next, more) = match (&interval.tied[..], interval.next) {
            ([], Some((runtime, more))) => (runtime.name.clone(), usd(more)),
            ([], None) => (NONE.into(), NONE.into()),
            (tied, _) => (format!("tie: {}", names(tied)), usd(0.0)),
        };
        table.row(vec![
            value(axis, interval.from).into(),
            value(axis, interval.to).into(),
            interval.cheapest.map_or(NONE, |runtime| runtime.name.as_str()).into(),
            interval.total.and_then(|total| total.usd_per_month()).map_or(NONE.into(), usd).into(),
            next.into(),
            more.into(),
            value(axis, interval.at).into(),
        ]);
    }
    table
}

/// Where the workload is today, and where the nearest changes are.
fn here(break_even: &Crossings<'_>, workload: &Workload) -> String {
    let axis = break_even.axis;
    let today = axis.of(workload);
    // Steps of a ratio are not met to the last bit.
    let reached = |interval: &Interval<'_>| interval.from <= today * (1.0 + 1e-9);
    let is_beyond = break_even.intervals.last().is_none_or(|last| last.to < today * (1.0 - 1e-9));
    let Some(position) = break_even.intervals.iter().rposition(reached).filter(|_| !is_beyond) else {
        return format!("Today it is at {}, outside of this.", value(axis, today));
    };
    let name = |position: usize| break_even.intervals[position].cheapest.map(|runtime| &runtime.name);
    let it_is =
        |position: usize| name(position).map_or("none can carry it".into(), |name| format!("it is {name}"));
    let is_other = |&other: &usize| name(other) != name(position);
    let below = (0..position).rev().find(is_other);
    let above = (position + 1..break_even.intervals.len()).find(is_other);
    let here = match name(position) {
        Some(name) => format!("{name} is the cheapest"),
        None => "no runtime can carry it".to_owned(),
    };
    let mut text = format!("Today it is at {}, where {here}", value(axis, today));
    if let Some(below) = below {
        text += &format!("; down to {} {}", value(axis, break_even.intervals[below].to), it_is(below));
    }
    if let Some(above) = above {
        text += &format!("; from {} on {}", value(axis, break_even.intervals[above].from), it_is(above));
    }
    if below.is_none() && above.is_none() {
        text += ", as everywhere in this range";
    }
    text + "."
}

fn quantity(axis: Axis) -> &'static str {
    match axis {
        Axis::EventsPerDay => "events a day",
        Axis::IoRatio => "I/O ratio",
        Axis::FeaturesPerMonth => "features a month",
    }
}

/// The column that holds it.
fn column(axis: Axis) -> &'static str {
    match axis {
        Axis::EventsPerDay => "events_per_day",
        Axis::IoRatio => "io_ratio",
        Axis::FeaturesPerMonth => "features_per_month",
    }
}

fn value(axis: Axis, value: f64) -> String {
    match axis {
        Axis::EventsPerDay => whole(value),
        Axis::IoRatio => format!("{value:.4}"),
        Axis::FeaturesPerMonth => significant(value),
    }
}

fn names(runtimes: &[&Runtime]) -> String {
    runtimes.iter().map(|runtime| runtime.name.as_str()).collect::<Vec<_>>().join(", ")
}
