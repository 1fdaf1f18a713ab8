//! What moves a bill: how far each uncertain number moves it by itself.

use super::document::{Cell, Column, Document, Table};
use super::figures::{event_size, per_day, percent, rate, ratio, seconds, significant, usd};
use crate::input::columns;
use crate::input::number::Unit;
use serde::Serialize;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::uncertain::inputs::{Input, whole};
use tonnage_model::uncertain::sensitivity::{Swing, Tornado, tornado};

/// Rows of the table of what matters.
const MOST_ROWS: usize = 10;

/// One uncertain number of one workload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensitivityRecord {
    /// Workload.
    pub workload: String,
    /// The runtime whose bill is looked at.
    pub runtime: String,
    /// The runtime that moving goes to.
    pub moving_to: Option<String>,
    /// A column of the workload, a figure of a profile, or the speed of a machine family.
    pub input: String,
    /// Its 10th percentile: of a column, in the unit of SI or as a share; of a profile's figure, in SI units; of a speed,
    /// as a factor on the one that is listed.
    pub p10: f64,
    /// Its median.
    pub p50: f64,
    /// Its 90th percentile.
    pub p90: f64,
    /// The bill with it at its P10, USD a month; empty where there is no plan.
    pub usd_per_month_at_p10: Option<f64>,
    /// The same at its P90.
    pub usd_per_month_at_p90: Option<f64>,
    /// What moving saves with it at its P10, USD a month.
    pub moving_saves_at_p10: Option<f64>,
    /// The same at its P90.
    pub moving_saves_at_p90: Option<f64>,
}

/// One record for each number that matters.
pub fn sensitivity(fleet: &Fleet<'_>) -> Vec<SensitivityRecord> {
    let world = fleet.world();
    let of_entry = |entry: &PlannedWorkload<'_>| {
        let tornado = tornado(entry, &world);
        let workload = &entry.problem.workload.name;
        let records = tornado.into_iter().flat_map(|it| {
            let Tornado { runtime, moving_to, swings, .. } = it;
            swings.into_iter().map(move |swing| SensitivityRecord {
                workload: workload.clone(),
                runtime: runtime.clone(),
                moving_to: moving_to.clone(),
                input: swing.input,
                p10: swing.p10,
                p50: swing.p50,
                p90: swing.p90,
                usd_per_month_at_p10: swing.usd_per_month_at_p10,
                usd_per_month_at_p90: swing.usd_per_month_at_p90,
                moving_saves_at_p10: swing.moving_saves_at_p10,
                moving_saves_at_p90: swing.moving_saves_at_p90,
            })
        });
        records.collect::<Vec<_>>()
    };
    fleet.entries.iter().flat_map(of_entry).collect()
}

/// What matters alone.
pub fn sensitivity_document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    let world = fleet.world();
    for entry in &fleet.entries {
        document.heading(heading(entry));
        what_matters(&mut document, tornado(entry, &world));
    }
    document
}

fn heading(entry: &PlannedWorkload<'_>) -> String {
    let workload = entry.problem.workload;
    let ranges: Vec<&str> = workload.ranges.iter().map(|range| range.input.column()).collect();
    let known = if ranges.is_empty() {
        "no ranges given".to_owned()
    } else {
        format!("ranges for {}", ranges.join(", "))
    };
    format!("{}: {known}", workload.name)
}

fn bill(usd_per_month: Option<f64>) -> String {
    usd_per_month.map_or_else(|| "no plan".to_owned(), usd)
}

fn what_matters(document: &mut Document, tornado: Option<Tornado>) {
    let Some(tornado) = tornado else { return };
    let Tornado { runtime, moving_to, swings, .. } = &tornado;
    let mut columns = vec![
        Column::words("what matters", 0),
        Column::numbers("from P10 to P90", 0),
        Column::numbers("$/month", 0),
    ];
    if moving_to.is_some() {
        columns.push(Column::numbers("moving saves", 1));
    }
    let mut table = Table::new(columns);
    for swing in swings.iter().take(MOST_ROWS) {
        let mut cells: Vec<Cell> = vec![
            Cell::new(&swing.input),
            between(ends(swing)).into(),
            between([swing.usd_per_month_at_p10, swing.usd_per_month_at_p90].map(bill)).into(),
        ];
        if moving_to.is_some() {
            cells.push(between([swing.moving_saves_at_p10, swing.moving_saves_at_p90].map(bill)).into());
        }
        table.row(cells);
    }
    if !swings.is_empty() {
        let saving =
            moving_to.as_ref().map_or_else(String::new, |to| format!(", and what moving to {to} saves"));
        document.paragraph(format!("What moves the bill of {runtime}{saving}:"));
    }
    document.table(table);
    let left_out = tornado.swings.len().saturating_sub(MOST_ROWS);
    let smaller = if left_out > 0 { format!("{left_out} more move it less. ") } else { String::new() };
    document.paragraph(format!(
        "{smaller}{}, with all others at their medians.",
        match tornado.without_effect {
            1 => "1 uncertain number moves nothing by itself".to_owned(),
            count => format!("{count} uncertain numbers move nothing by themselves"),
        }
    ));
}

/// `$112 to $197`, or one of them where both read the same.
fn between([low, high]: [String; 2]) -> String {
    if low == high { low } else { format!("{low} to {high}") }
}

/// P10 and P90 of a number, for people.
fn ends(swing: &Swing) -> [String; 2] {
    [swing.p10, swing.p90].map(|value| match swing.column {
        Some(input) => show(input, value),
        None if swing.p50 > 0.0 => ratio(value / swing.p50),
        None => significant(value),
    })
}

/// A number of a workload in the unit that it is usually given in.
fn show(input: Input, value: f64) -> String {
    let unit = columns::number(input.column()).map_or(Unit::Plain, |(number, _)| number.unit);
    match unit {
        Unit::PerDay => per_day(value),
        Unit::Size => event_size(value),
        Unit::Share | Unit::Percent => percent(value),
        Unit::Time => seconds(value),
        Unit::PerSecond => rate(value),
        Unit::Whole => whole(value).to_string(),
        Unit::Plain => significant(value),
    }
}
