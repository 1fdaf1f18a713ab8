//! What bills say that events cost, whether profiles agree, and the corrected rows of the workload file.

use super::Report;
use super::assumed;
use super::column::{Column, Value, columns};
use super::document::Document;
use super::figures::{percent, plural, plural_of, ratio, seconds, significant};
use super::records::Records;
use crate::input::diagnostic::Diagnostic;
use crate::input::workloads::Cells;
use tonnage_model::calibration::calibrate::{Calibration, Finding};
use tonnage_model::runtime::Member;

/// Idle polling is mentioned where it takes more of the busy cores than this.
const NOTEWORTHY_IDLE: f64 = 0.05;

/// What bills say, and the rows that they correct.
pub struct CalibrationReport<'a> {
    rows: Vec<CalibrationRow<'a>>,
    workloads: usize,
    /// The cells that the bills change, as CSV.
    changes: String,
    left_out: Vec<Diagnostic>,
}

/// One workload that was calibrated.
pub struct CalibrationRow<'a> {
    /// What follows from its utilization.
    pub calibration: Calibration<'a>,
    /// Its row, corrected.
    pub row: Cells,
    /// The cells that are no longer in it, or otherwise.
    pub replaced: Vec<String>,
}

/// Columns of `calibrations`. CPU is that of one event in core-s at speed 1.0.
pub fn columns<'a>() -> Vec<Column<CalibrationRow<'a>>> {
    columns! { CalibrationRow<'a>, it;
        "workload" ["workload" Word Always], "Workload" => &it.calibration.workload.name;
        "runtime", "Runtime that it runs in today" => &it.calibration.runtime.name;
        "instance_type" ["type" Word Rank(2)], "Machine type that it runs on today" => &it.calibration.machine.instance_type;
        "instances" ["instances" Count Rank(3)], "Instances that run today" => it.calibration.instances;
        "utilization" ["utilization" Share Rank(1)], "Mean utilization given" => it.calibration.utilization;
        "observed_cores" ["busy cores" Number Rank(4)], "Cores busy on average" => it.calibration.observed_cores;
        "idle_cores", "Of them, what idle processes burn" => it.calibration.idle_cores;
        "implied_core_seconds" ["by the bill" Seconds Always], "CPU by the bill" => it.calibration.implied_core_seconds;
        "expected_core_seconds" ["as described" Seconds Always], "CPU by profile and row" => it.calibration.expected.value;
        "expected_core_seconds_low" ["from" Seconds Rank(5)], "The same at the low ends of the profile" => it.calibration.expected.low;
        "expected_core_seconds_high" ["to" Seconds Rank(5)], "The same at the high ends" => it.calibration.expected.high;
        "factor" ["ratio" Ratio Always], "CPU by the bill over CPU by profile and row" => it.factor();
        "finding" ["finding" Word Always], "`agrees`, `own_code`, `more` or `less`" => it.finding();
        "own_core_seconds", "CPU of the handler's own code, where that is the finding" => it.own_core_seconds();
        "replaced", "Cells of the row that what was measured replaces" => it.replaced.clone();
        "sentence", "The finding in words" => it.sentence();
        "row" ["row" Number Nested], "The corrected row" =>
            Value::Parts(it.row.iter().map(|(&column, cell)| (column, cell.into())).collect());
    }
}

impl<'a> CalibrationReport<'a> {
    /// The report on what was calibrated out of so many workloads; `changes` are the changed cells as CSV, `left_out` says why
    /// others were not.
    pub fn new(
        rows: Vec<CalibrationRow<'a>>,
        workloads: usize,
        changes: String,
        left_out: Vec<Diagnostic>,
    ) -> Self {
        Self { rows, workloads, changes, left_out }
    }
}

impl Report for CalibrationReport<'_> {
    fn document(&self) -> Document {
        let differ = self.rows.iter().filter(|row| row.is_off());
        let mut document = Document::default();
        document.heading(format!(
            "{} of {} calibrated: bill and profile disagree on {}",
            self.rows.len(),
            plural(self.workloads as u64, "workload"),
            differ.count()
        ));
        document.table(Records::of("calibrations", &columns(), &self.rows).table());
        for row in &self.rows {
            document.paragraph_on(&row.calibration.workload.name, row.sentence());
        }
        let workloads = self.rows.iter().map(|row| row.calibration.workload);
        let left_out = self.left_out.iter().map(|it| format!("Not calibrated: {it}."));
        document.list(assumed::notes(workloads).into_iter().chain(left_out).collect());
        document.heading("Cells to change in the workload file");
        document.verbatim("csv", &self.changes);
        document
            .paragraph("`--format csv` writes the whole corrected file. CPU is for one event at speed 1.0.");
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("calibrations", &columns(), &self.rows)]
    }
}

impl CalibrationRow<'_> {
    fn finding(&self) -> &'static str {
        match self.calibration.finding {
            Finding::Agrees => "agrees",
            Finding::OwnCode { .. } => "own_code",
            Finding::More { .. } => "more",
            Finding::Less { .. } => "less",
        }
    }

    /// Whether bill and profile differ by more than the profile's intervals.
    fn is_off(&self) -> bool {
        matches!(self.calibration.finding, Finding::More { .. } | Finding::Less { .. })
    }

    fn factor(&self) -> Value<'_> {
        let factor = Value::from(self.calibration.implied_core_seconds / self.calibration.expected.value);
        if self.is_off() { factor.bad() } else { factor }
    }

    /// How many times at the ends of the profile's intervals: ` (4.3x to 9.1x)`.
    fn within(&self) -> String {
        let it = &self.calibration;
        let [low, high] = [it.expected.high, it.expected.low].map(|end| ratio(it.implied_core_seconds / end));
        if low == high { String::new() } else { format!(" ({low} to {high} within its profile)") }
    }

    fn own_core_seconds(&self) -> Option<f64> {
        match self.calibration.finding {
            Finding::OwnCode { core_seconds } => Some(core_seconds),
            _ => None,
        }
    }

    /// What the bill says, and what to make of it.
    fn sentence(&self) -> String {
        let it = &self.calibration;
        let (described, reason) = match it.workload {
            workload if workload.says_nothing_of_cpu() => {
                ("its profile", "fewer or smaller events come than the row says (events_per_day, event_size)")
            }
            workload if workload.handler_seconds.is_some() => (
                "its profile and handler_ms",
                "the handler's time splits differently into work and wait (io_ratio) or is another (handler_ms)",
            ),
            _ => ("the row's observed_cores", "those are of other days or other machines"),
        };
        let mut text = match it.finding {
            Finding::Agrees => format!("measured CPU agrees with {described}."),
            Finding::OwnCode { core_seconds } => format!(
                "{described} explains reading and decoding; the other {} per event are the handler's own code, which \
                 the row does not mention.",
                seconds(core_seconds)
            ),
            Finding::More { factor } => format!(
                "measured CPU is {}{} that of {described}. Either {reason}, or other things run on these machines.",
                ratio(factor),
                self.within()
            ),
            Finding::Less { factor } => format!(
                "measured CPU is {}{} that of {described}. Either {reason}, or the profile of {} is too high for this \
                 consumer.",
                ratio(factor),
                self.within(),
                it.runtime.name
            ),
        };
        if !self.replaced.is_empty() {
            let cores = significant(it.observed_cores);
            text += &format!(" observed_cores {cores} replaces {}.", self.replaced.join(", "));
        }
        if it.implied_core_seconds < it.floor_core_seconds {
            text += &format!(
                " Plans keep to {} per event, the profile's CPU without any handler code.",
                seconds(it.floor_core_seconds)
            );
        }
        if let Some(wait) = it.assumed_fetch_wait_seconds.filter(|wait| *wait > 0.0) {
            text += &format!(
                " current_fetch_wait_ms is blank; plans take it for {}, as fetches that never wait would take more.",
                seconds(wait)
            );
        }
        if it.counts_processes() && !self.row.contains_key("current_processes") {
            let members = it.workload.members_today(Member::Process, Some(it.observed_cores));
            text += &format!(
                " current_processes is missing; {} are taken to idle and fetch, one an instance and a busy core at least.",
                plural_of(members as u64, ("process", "processes"))
            );
        }
        if let Some(processes) = it.workload.current_processes
            && it.counts_processes()
            && it.observed_cores > f64::from(processes)
        {
            text += &format!(
                " {} busy cores are more than {} can use, a core each: check current_processes, current_instances and \
                 the utilization, or what else runs there.",
                significant(it.observed_cores),
                plural_of(u64::from(processes), ("process", "processes"))
            );
        }
        if it.idle_cores > NOTEWORTHY_IDLE * it.observed_cores {
            text += &format!(
                " Idle polling takes {} of the busy cores.",
                percent(it.idle_cores / it.observed_cores)
            );
        }
        text
    }
}
