//! Cores predicted against cores measured, and the workloads whose advice that leaves standing.

use super::Report;
use super::column::{Column, Value, columns};
use super::document::Document;
use super::figures::{per_day, percent, plural, significant};
use super::records::Records;
use crate::input::diagnostic::Diagnostic;
use jiff::Timestamp;
use tonnage_model::calibration::backtest::{BELIEVED_WITHIN, Backtest, Basis, Cause, TestedHour};
use tonnage_model::problem::Problem;
use tonnage_model::workload::SECONDS_PER_DAY;

/// Hours of a day.
const DAY: i64 = 24;
/// Seconds of an hour.
const HOUR: i64 = 3600;
/// Share of the hours from which on those that are off are told.
const MANY: f64 = 0.25;

/// A workload whose predictions were held against what was measured.
pub struct Tested<'a> {
    /// The workload, as it runs today.
    pub problem: Problem<'a>,
    /// How they compare.
    pub test: Backtest,
}

/// Backtests of some workloads.
pub struct BacktestReport<'a> {
    tested: Vec<Tested<'a>>,
    untested: Vec<Untested>,
    mistakes: Vec<Diagnostic>,
    hours: Vec<HourRow>,
}

/// Workloads that were not tested, and why.
pub struct Untested {
    /// Their names.
    pub workloads: Vec<String>,
    /// Why.
    pub reason: &'static str,
}

/// One hour, or the mean of an hour of the days.
pub struct HourRow {
    workload: String,
    at: String,
    rate: f64,
    measured: f64,
    predicted: f64,
}

/// Columns of `backtests`.
pub fn columns<'a>() -> Vec<Column<Tested<'a>>> {
    columns! { Tested<'_>, it;
        "workload" ["workload" Word Always], "Workload" => &it.problem.workload.name;
        "hours" ["hours" Count Rank(3)], "Hours with load in which rate and cores were measured" => it.test.hours.len();
        "median_error" ["median error" Share Always],
            "Median error of predicted cores against measured ones, without signs; above 0.25 advice is withheld" =>
            match it.test.is_believed() {
                true => Value::from(it.test.median_error),
                false => Value::from(it.test.median_error).bad(),
            };
        "worst_error" ["worst" Share Always], "The largest error of an hour; negative where less was predicted" => it.test.worst.error();
        "worst_hour", "That hour, UTC" => time(it.test.worst.measured.hour);
        "bias" ["bias" Share Always], "Predicted core-hours over measured ones, less 1" => it.test.bias;
        "bias_quiet_hours", "The same of the quieter half of the hours" => it.test.bias_of_halves[0];
        "bias_busy_hours", "The same of the busier half" => it.test.bias_of_halves[1];
        "measured_events_per_day", "Mean rate measured, events a day" => it.measured_per_day();
        "basis", "What the CPU of own code was read from: `handler_ms`, `observed_cores` (these, or utilization, give the \
            level, and the hours check the shape alone) or `profile` (own code costs nothing)" => it.test.basis.to_string();
        "tests" ["tests" Word Table(1)], "What of the prediction is tested" => it.tests();
        "advice" ["advice" Word Always], "`holds`, or `withheld` where the median error is above 0.25 or the profile alone was tested" => it.advice();
        "cause", "Where predictions are off: `volume`, `no_own_code`, `quiet_hours`, `busy_hours` or `level`" =>
            it.test.cause.map(|cause| cause.to_string());
        "sentence", "Why advice is withheld, and what to look at, or how many hours are off where it holds" =>
            Some(it.sentence()).filter(|text| !text.is_empty());
    }
}

/// Columns of `hours`.
pub fn hour_columns() -> Vec<Column<HourRow>> {
    columns! { HourRow, it;
        "workload", "Workload" => &it.workload;
        "hour" ["hour (UTC)" Word Always], "The hour that begins then, UTC" => &it.at;
        "events_per_second" ["rate" Rate Always], "Mean rate measured, events/s" => it.rate;
        "measured_cores" ["measured" Number Always], "Mean cores measured" => it.measured;
        "predicted_cores" ["predicted" Number Always], "Cores predicted at that rate" => it.predicted;
        "error" ["error" Share Always], "Predicted over measured, less 1" => it.predicted / it.measured - 1.0;
    }
}

impl<'a> BacktestReport<'a> {
    /// The report on those that were tested and those that were not, with what was wrong in their histories.
    pub fn new(tested: Vec<Tested<'a>>, untested: Vec<Untested>, mistakes: Vec<Diagnostic>) -> Self {
        let row = |name: &str, hour: &TestedHour| HourRow {
            workload: name.to_owned(),
            at: time(hour.measured.hour),
            rate: hour.measured.rate,
            measured: hour.measured.cores,
            predicted: hour.predicted,
        };
        let of = |it: &Tested<'_>| -> Vec<HourRow> {
            it.test.hours.iter().map(|hour| row(&it.problem.workload.name, hour)).collect()
        };
        let hours = tested.iter().flat_map(of).collect();
        Self { tested, untested, mistakes, hours }
    }

    fn heading(&self) -> String {
        let holding = self.tested.iter().filter(|it| it.test.is_believed()).count();
        let withheld = match self.tested.len() - holding {
            0 => String::new(),
            some => format!(", withheld for {some}"),
        };
        let tested = plural(self.tested.len() as u64, "workload");
        format!("{tested} backtested: advice holds for {holding}{withheld}")
    }

    /// The hours of a day, each the mean of all days, of the only workload.
    fn day(&self) -> Vec<HourRow> {
        let [it] = &self.tested[..] else { return Vec::new() };
        let of_hour = |at: i64| {
            let hours: Vec<&TestedHour> =
                it.test.hours.iter().filter(|hour| hour.measured.hour.rem_euclid(DAY) == at).collect();
            let mean = |of: fn(&TestedHour) -> f64| {
                hours.iter().map(|hour| of(hour)).sum::<f64>() / hours.len() as f64
            };
            (!hours.is_empty()).then(|| HourRow {
                workload: it.problem.workload.name.clone(),
                at: format!("{at:02}:00"),
                rate: mean(|hour| hour.measured.rate),
                measured: mean(|hour| hour.measured.cores),
                predicted: mean(|hour| hour.predicted),
            })
        };
        (0..DAY).filter_map(of_hour).collect()
    }

    fn notes(&self) -> Vec<String> {
        let by_cores: Vec<&Tested<'_>> =
            self.tested.iter().filter(|it| it.test.basis == Basis::ObservedCores).collect();
        let shape = (!by_cores.is_empty()).then(|| {
            let has_handler = |it: &&Tested<'_>| it.problem.workload.handler_seconds.is_some();
            let with_handler = by_cores.iter().copied().filter(has_handler);
            let names: Vec<&str> = with_handler.map(|it| it.problem.workload.name.as_str()).collect();
            let without = match names.len() < by_cores.len() {
                true => " handler_ms would test the level too.",
                false => "",
            };
            let with = match names.is_empty() {
                true => String::new(),
                false => format!(" Plans of {} go by the cores, which are more than handler_ms says.", names.join(", ")),
            };
            format!(
                "shape: observed_cores give the level of the prediction, so the hours test how cores follow the rate.\
                 {without}{with}"
            )
        });
        let untested = self.untested.iter().filter(|it| !it.workloads.is_empty());
        let untested = untested.map(|it| format!("Not tested, {}: {}.", it.reason, it.workloads.join(", ")));
        let mistakes = self.mistakes.iter().map(|mistake| format!("Not tested: {mistake}."));
        shape.into_iter().chain(untested).chain(mistakes).collect()
    }
}

impl Report for BacktestReport<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.heading());
        document.table(Records::of("backtests", &columns(), &self.tested).table());
        for it in &self.tested {
            document.paragraph_on(&it.problem.workload.name, it.sentence());
        }
        let day = self.day();
        document.table(Records::of("hours", &hour_columns(), &day).table());
        document.list(self.notes());
        document.paragraph(format!(
            "-o FILE.csv writes the workload file with backtest_error too; above {} plan gives no verdict. --format json has \
             every hour.",
            percent(BELIEVED_WITHIN)
        ));
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("backtests", &columns(), &self.tested),
            Records::of("hours", &hour_columns(), &self.hours),
        ]
    }
}

impl Tested<'_> {
    fn measured_per_day(&self) -> f64 {
        self.test.rate_over_row * self.problem.workload.mean_rate() * SECONDS_PER_DAY
    }

    fn tests(&self) -> &'static str {
        match self.test.basis {
            Basis::HandlerMs => "level and shape",
            Basis::ObservedCores => "shape",
            Basis::Profile => "the profile alone",
        }
    }

    fn advice(&self) -> Value<'static> {
        if self.test.is_believed() { "holds".into() } else { Value::from("withheld").bad() }
    }

    /// How many hours are off by more than is believed, where these are over a quarter.
    fn hours_off(&self) -> Option<String> {
        let hours = &self.test.hours;
        let off = hours.iter().filter(|hour| hour.error().abs() > BELIEVED_WITHIN).count();
        (self.test.is_believed() && off as f64 > MANY * hours.len() as f64).then(|| {
            let within = percent(BELIEVED_WITHIN);
            format!("{off} of {} hours are off by more than {within}.", hours.len())
        })
    }

    /// The mean of the cores measured in hours with load.
    fn measured_cores(&self) -> f64 {
        let hours = &self.test.hours;
        hours.iter().map(|hour| hour.measured.cores).sum::<f64>() / hours.len() as f64
    }

    /// Why advice is withheld and what to look at, and what else the history says; may be empty.
    fn sentence(&self) -> String {
        let test = &self.test;
        let [quiet, busy] = test.bias_of_halves.map(percent);
        let off = format!("off by {quiet} in quiet hours and by {busy} in busy ones");
        let cores = significant(self.measured_cores());
        let row = per_day(self.problem.workload.events_per_day);
        let measured = per_day(self.measured_per_day());
        let why = test.cause.map(|cause| match cause {
            Cause::Volume => format!(
                "events_per_day is {row}, and {measured} were measured: observed_cores are of another volume. Give both \
                 of the same weeks."
            ),
            Cause::NoOwnCode => format!(
                "nothing tells what the handler takes, so the prediction is the profile's part alone. Give handler_ms, or \
                 observed_cores ({cores} measured)."
            ),
            Cause::QuietHours if test.bias_of_halves[0] > 0.0 => format!(
                "predictions are {off}: less CPU is taken where few events come. Look at current_processes and \
                 current_fetch_wait_ms."
            ),
            Cause::QuietHours => format!(
                "predictions are {off}: something takes CPU whether events come or not. Look at current_processes, \
                 current_fetch_wait_ms and what else runs in these containers."
            ),
            Cause::BusyHours if test.bias_of_halves[1] > 0.0 => format!(
                "predictions are {off}: an event costs less when it is busy. Look at batch_size, and at handler_ms, \
                 which may be of quiet hours."
            ),
            Cause::BusyHours => format!(
                "predictions are {off}: an event costs more when it is busy. Look at retries (attempts_per_event) and \
                 batch_size."
            ),
            Cause::Level => format!(
                "predictions are {off}, so an event takes {}. Look at {}; {cores} cores were measured.",
                if test.bias > 0.0 { "less" } else { "more" },
                match test.basis {
                    Basis::HandlerMs => "handler_ms and io_ratio",
                    _ => "observed_cores, current_processes and current_fetch_wait_ms",
                }
            ),
        });
        let volume = (test.rate_over_row - 1.0).abs() > BELIEVED_WITHIN && test.cause != Some(Cause::Volume);
        let volume = volume.then(|| {
            format!("events_per_day is {row}, but {measured} were measured; plans are made for the former.")
        });
        let withheld = why.map(|why| format!("advice is withheld: {why}"));
        withheld.into_iter().chain(self.hours_off()).chain(volume).collect::<Vec<_>>().join(" ")
    }
}

/// The begin of an hour since 1970, UTC.
fn time(hour: i64) -> String {
    let time = Timestamp::from_second(hour.saturating_mul(HOUR)).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%MZ").to_string()
}
