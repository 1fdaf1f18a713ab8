//! Predictions beside measurements, as Markdown: every row, the bad ones too.

use crate::condition::{Arrivals, Condition};
use crate::heldout;
use crate::predict::Prediction;
use crate::runtimes::Runtime;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use tonnage_measure::sample::{SATURATED, Sample};
use tonnage_measure::statistics::{mean, median};
use tonnage_model::runtime::Runtime as Profile;

/// A latency is left out where the generator's own 99th percentile of lateness is more than this share of it.
const SPOILT: f64 = 0.2;

/// What a round of business logic takes in each runtime at speed 1.0, s.
pub type Rounds = BTreeMap<String, f64>;

/// What forty rounds cost more than ten, in the samples that the profiles are fitted to.
pub fn rounds(samples: &[Sample], runtimes: &[(Runtime, Profile)]) -> Result<Rounds> {
    let of_runtime = |(runtime, _): &(Runtime, Profile)| {
        let mean = |rounds| {
            let costs = samples.iter().filter(|sample| {
                sample.accepted
                    && sample.runtime == runtime.name
                    && sample.compute_rounds == rounds
                    && sample.cores == 1.0
            });
            mean(costs.filter_map(|sample| sample.us_per_event))
                .with_context(|| format!("no sample of {} with {rounds} rounds", runtime.name))
        };
        Ok((runtime.name.clone(), (mean(40)? - mean(10)?) / 30.0 / 1e6))
    };
    runtimes.iter().map(of_runtime).collect()
}

/// A prediction with what was measured.
struct Row {
    runtime: String,
    cells: Vec<String>,
    predicted: f64,
    measured: f64,
}

impl Row {
    /// By how much the prediction is above (+) or below the measurement.
    fn error(&self) -> f64 {
        self.predicted / self.measured - 1.0
    }
}

/// Held-out samples of one condition of one runtime.
struct Group<'a> {
    runtime: &'a Runtime,
    profile: &'a Profile,
    condition: Condition,
    samples: Vec<&'a Sample>,
}

impl Group<'_> {
    fn mean(&self, of: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        mean(self.samples.iter().filter_map(|sample| of(sample)))
    }

    fn predict(&self, rounds: &Rounds, speed: f64) -> Result<Prediction> {
        let wait = self.mean(|sample| sample.io_wait_ms).unwrap_or(0.0) / 1000.0;
        Prediction::new(self.profile, &self.condition, rounds[&self.runtime.name], wait, speed)
    }

    /// The speed of the core as the calibration kernel had it.
    fn speed(&self) -> f64 {
        self.mean(|sample| Some(sample.kernel_scale)).unwrap_or(1.0)
    }

    fn work(&self) -> [String; 2] {
        let work = Condition { arrivals: Arrivals::Backlog, ..self.condition.clone() };
        [work.name(), self.condition.event_bytes.to_string()]
    }

    /// What one core does: all of it where it was busy or the broker starved it, else what the places for events
    /// in progress let through.
    fn throughput(&self, rounds: &Rounds) -> Result<Option<Row>> {
        if self.condition.arrivals != Arrivals::Backlog {
            return Ok(None);
        }
        let rate = self.mean(|sample| Some(sample.events_per_second));
        let busy = self.mean(|sample| Some(sample.cpu_seconds / sample.seconds)).unwrap_or(0.0);
        let by_slots = busy < SATURATED && self.condition.io_calls > 0;
        let (bound, predicted, measured) = if by_slots {
            ("in-flight limit", self.predict(rounds, self.speed())?.throughput(), rate)
        } else {
            let bound = if busy < SATURATED { "core, starved" } else { "core" };
            let at_speed_one = self.predict(rounds, 1.0)?.cpu_bound_rate();
            (bound, at_speed_one, self.mean(|sample| Some(1e6 / sample.us_per_event?)))
        };
        let Some(measured) = measured else { return Ok(None) };
        let [work, bytes] = self.work();
        let cells = vec![
            work,
            bytes,
            format!("{:.0}", rate.unwrap_or(f64::NAN)),
            format!("{:.0} %", 100.0 * busy),
            bound.to_string(),
        ];
        Ok(Some(Row { runtime: self.runtime.name.clone(), cells, predicted, measured }))
    }

    fn p99(&self, rounds: &Rounds) -> Result<Option<Row>> {
        let Some(measured) = self.mean(|sample| sample.latency_p99_ms) else { return Ok(None) };
        let Arrivals::Paced(rate) = self.condition.arrivals else { return Ok(None) };
        let late = self.mean(|sample| sample.lateness_p99_ms).unwrap_or(0.0);
        let prediction = self.predict(rounds, self.speed())?;
        let [work, _] = self.work();
        let load = 100.0 * rate / prediction.cpu_bound_rate();
        let kept = if late > SPOILT * measured { "spoilt" } else { "" };
        Ok(Some(Row {
            runtime: self.runtime.name.clone(),
            cells: vec![
                work,
                format!("{rate:.0}"),
                format!("{load:.0} %"),
                format!("{late:.2}"),
                kept.to_string(),
            ],
            predicted: prediction.p99_seconds() * 1000.0,
            measured,
        }))
    }
}

/// Groups the accepted samples by runtime and condition. Every backlog has to be there; what was paced is taken as
/// it was run, since a profile that was fitted again since would choose other rates.
fn groups<'a>(samples: &'a [Sample], runtimes: &'a [(Runtime, Profile)]) -> Result<Vec<Group<'a>>> {
    let mut groups = Vec::new();
    for (runtime, profile) in runtimes {
        let own: Vec<&Sample> = samples.iter().filter(|sample| sample.runtime == runtime.name).collect();
        let mut conditions = heldout::backlogs();
        for sample in own.iter().filter(|sample| sample.offered_per_second.is_some()) {
            let condition = heldout::paced_as(sample);
            if !conditions.contains(&condition) {
                conditions.push(condition);
            }
        }
        for condition in conditions {
            let name = condition.name();
            let same = own
                .iter()
                .filter(|sample| sample.condition == name && sample.event_bytes == condition.event_bytes);
            let samples: Vec<&Sample> = same.copied().filter(|sample| sample.accepted).collect();
            if samples.is_empty() {
                bail!("no accepted sample of {} under {name} with {} B", runtime.name, condition.event_bytes);
            }
            groups.push(Group { runtime, profile, condition, samples });
        }
    }
    Ok(groups)
}

/// Prints both tables.
pub fn print(samples: &[Sample], runtimes: &[(Runtime, Profile)], rounds: &Rounds) -> Result<()> {
    let groups = groups(samples, runtimes)?;
    let rows = |row: &dyn Fn(&Group<'_>) -> Result<Option<Row>>| -> Result<Vec<Row>> {
        groups.iter().filter_map(|group| row(group).transpose()).collect()
    };
    table(
        "Throughput of one core, events/s",
        &["work", "bytes", "handled/s", "core busy", "bound by"],
        &rows(&|group| group.throughput(rounds))?,
        0,
    );
    table(
        "p99 at three load levels, ms",
        &["work", "events/s", "load", "generator late by, p99", "kept"],
        &rows(&|group| group.p99(rounds))?,
        2,
    );
    Ok(())
}

fn table(title: &str, columns: &[&str], rows: &[Row], decimals: usize) {
    println!("### {title}\n");
    println!("| runtime | {} | predicted | measured | error |", columns.join(" | "));
    println!("| --- |{} ---: | ---: | ---: |", " --- |".repeat(columns.len()));
    for row in rows {
        println!(
            "| {} | {} | {:.decimals$} | {:.decimals$} | {:+.1} % |",
            row.runtime,
            row.cells.join(" | "),
            row.predicted,
            row.measured,
            100.0 * row.error(),
        );
    }
    let counted: Vec<&Row> =
        rows.iter().filter(|row| row.cells.last().is_none_or(|cell| cell != "spoilt")).collect();
    let errors = |rows: &[&Row]| rows.iter().map(|row| 100.0 * row.error().abs()).collect::<Vec<f64>>();
    let worst = errors(&counted).into_iter().fold(0.0, f64::max);
    println!(
        "\n{} rows: median error {:.1} %, largest {worst:.1} %. By runtime: {}.\n",
        counted.len(),
        median(&errors(&counted)),
        by_runtime(&counted, errors),
    );
}

fn by_runtime(rows: &[&Row], errors: impl Fn(&[&Row]) -> Vec<f64>) -> String {
    let mut names: Vec<&str> = rows.iter().map(|row| &*row.runtime).collect();
    names.dedup();
    let median_of = |name: &&str| {
        let own: Vec<&Row> = rows.iter().copied().filter(|row| row.runtime == **name).collect();
        format!("{name} {:.1} %", median(&errors(&own)))
    };
    names.iter().map(median_of).collect::<Vec<_>>().join(", ")
}
