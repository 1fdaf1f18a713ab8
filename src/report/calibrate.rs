//! What bills say that events cost, whether profiles agree, and the rows of the workload file put right.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{percent, ratio, seconds, significant};
use super::medians;
use serde::Serialize;
use std::collections::BTreeMap;
use tonnage_model::decide::calibrate::{Calibration, Expected, Finding};
use tonnage_model::workload::HandlerCost;

/// Idle polling is told of where it takes more of the busy cores than this.
const NOTEWORTHY_IDLE: f64 = 0.05;

/// A workload's row, and what its utilization implies where one is given.
pub struct Entry<'a> {
    /// What follows from the utilization.
    pub calibration: Option<Calibration<'a>>,
    /// The row put right, by column; as it was read without a utilization.
    pub row: BTreeMap<&'static str, String>,
}

/// The whole report; `rows` are the rows put right as CSV.
pub fn document(entries: &[Entry<'_>], rows: &str) -> Document {
    let mut document = Document::default();
    document.heading("CPU an event, at speed 1.0");
    let mut table = Table::new(vec![
        Column::words("workload", 0),
        Column::words("runs on", 1),
        Column::numbers("cores busy", 1),
        Column::numbers("by the bill", 0),
        Column::numbers("as described", 0),
        Column::numbers("interval", 0),
        Column::numbers("ratio", 0),
    ]);
    for it in calibrations(entries) {
        let Expected { value, low, high } = it.expected;
        let tone = match it.finding {
            Finding::Agrees | Finding::OwnCode { .. } => Tone::Plain,
            Finding::More { .. } | Finding::Less { .. } => Tone::Bad,
        };
        table.row(vec![
            Cell::new(&it.workload.name),
            format!("{} x {} at {}", it.instances, it.machine.instance_type, percent(it.utilization)).into(),
            significant(it.observed_cores).into(),
            seconds(it.implied_core_seconds).into(),
            seconds(value).into(),
            format!("{} to {}", seconds(low), seconds(high)).into(),
            Cell::new(ratio(it.implied_core_seconds / value)).toned(tone),
        ]);
    }
    document.table(table);
    for entry in entries {
        if let Some(it) = &entry.calibration {
            document.paragraph_on(&it.workload.name, sentence(it, &entry.row));
        }
    }
    document.list(medians::note(calibrations(entries).map(|it| it.workload)).into_iter().collect());
    document.heading("Rows put right");
    document.verbatim("csv", rows);
    document
}

fn calibrations<'e, 'a>(entries: &'e [Entry<'a>]) -> impl Iterator<Item = &'e Calibration<'a>> {
    entries.iter().filter_map(|entry| entry.calibration.as_ref())
}

/// What the bill says, and what to make of it.
fn sentence(it: &Calibration<'_>, row: &BTreeMap<&'static str, String>) -> String {
    let (described, else_because) = match it.workload.handler_cost {
        HandlerCost::Profile => ("its profile", "Either fewer or smaller events come than the row says"),
        HandlerCost::Wall { .. } => {
            ("its profile and handler_ms", "Either the handler's time is split otherwise into work and wait")
        }
        HandlerCost::ObservedCores { .. } => {
            ("the row's observed_cores", "Either those are of other days or other machines")
        }
    };
    let mut text = match it.finding {
        Finding::Agrees => format!("the bill agrees with {described}."),
        Finding::OwnCode { core_seconds } => format!(
            "{described} accounts for reading and decoding; the other {} an event are the handler's own code, of \
             which the row says nothing.",
            seconds(core_seconds)
        ),
        Finding::More { factor } => format!(
            "the bill is for {} the CPU that {described} would ask for. {else_because}, or other things run on \
             these machines too.",
            ratio(factor)
        ),
        Finding::Less { factor } => format!(
            "the bill is for {} the CPU that {described} would ask for. {else_because}, or the profile of {} is \
             too dear for this consumer.",
            ratio(factor),
            it.runtime.name
        ),
    };
    if it.implied_core_seconds < it.floor_core_seconds {
        text += &format!(
            " Plans take {} an event all the same, which is the profile's without any code of the handler.",
            seconds(it.floor_core_seconds)
        );
    }
    if it.counts_processes() && !row.contains_key("current_processes") {
        text += " current_processes is not given, so one process in all is taken to idle and fetch.";
    }
    if it.idle_cores > NOTEWORTHY_IDLE * it.observed_cores {
        text += &format!(
            " Idle polling takes {} of the {} busy cores.",
            significant(it.idle_cores),
            significant(it.observed_cores)
        );
    }
    text
}

/// One calibrated workload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationRecord {
    /// Workload.
    pub workload: String,
    /// Runtime that it runs in today.
    pub runtime: String,
    /// Machine type that it runs on today.
    pub instance_type: String,
    /// Instances that run today.
    pub instances: u32,
    /// Mean utilization given.
    pub utilization: f64,
    /// Cores busy on average.
    pub observed_cores: f64,
    /// Of them, what idle processes burn.
    pub idle_cores: f64,
    /// CPU an event by the bill, core-s at speed 1.0.
    pub implied_core_seconds: f64,
    /// CPU an event by profile and row, core-s at speed 1.0.
    pub expected_core_seconds: Expected,
    /// Whether they agree.
    #[serde(flatten)]
    pub finding: Finding,
    /// The same in words.
    pub sentence: String,
    /// The row put right.
    pub row: BTreeMap<&'static str, String>,
}

/// The records of all workloads that were calibrated.
pub fn records(entries: &[Entry<'_>]) -> Vec<CalibrationRecord> {
    let record = |entry: &Entry<'_>| {
        let it = entry.calibration.as_ref()?;
        Some(CalibrationRecord {
            workload: it.workload.name.clone(),
            runtime: it.runtime.name.clone(),
            instance_type: it.machine.instance_type.clone(),
            instances: it.instances,
            utilization: it.utilization,
            observed_cores: it.observed_cores,
            idle_cores: it.idle_cores,
            implied_core_seconds: it.implied_core_seconds,
            expected_core_seconds: it.expected,
            finding: it.finding,
            sentence: sentence(it, &entry.row),
            row: entry.row.clone(),
        })
    };
    entries.iter().filter_map(record).collect()
}
