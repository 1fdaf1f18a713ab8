//! What consumers hold: idle, at three loads, and with a backlog and all queues full, by partitions, sizes of events and
//! the clients' own limits. Memory does not depend on how quiet the machine is.

use crate::bench::memory::Watch;
use crate::bench::{Bench, SEED, SERVICE_CPU};
use crate::condition::{Arrivals, Condition};
use crate::predict::Prediction;
use crate::runtimes::Runtime;
use crate::setup::Standing;
use crate::stop;
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;
use tonnage_measure::affinity;
use tonnage_measure::machine;
use tonnage_model::runtime::{Figure, Runtime as Profile};

/// Whether a fit may see a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// It may.
    Seen,
    /// It may not: other sizes and other numbers of partitions, over another broker.
    HeldOut,
    /// It may not either: of conditions that no part before has, made since the others were looked at.
    Again,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub part: Part,
    pub runtime: String,
    pub condition: String,
    pub handler: String,
    pub event_bytes: usize,
    pub partitions: i32,
    pub in_flight: u32,
    pub io_calls: u32,
    /// What the client's limits were divided by.
    pub prefetch_divisor: u32,
    /// GOMEMLIMIT.
    pub memory_limit_mib: Option<u32>,
    /// What arrived a second, where events came at their due times.
    pub offered_per_second: Option<f64>,
    /// Bytes of events that were there at the start; 0 without a backlog.
    pub backlog_bytes: f64,
    pub repetition: u32,
    /// When it started, UTC.
    pub started: String,
    /// How long it was watched, s.
    pub seconds: f64,
    pub events_per_second: f64,
    pub cores_used: f64,
    /// PSS of the process tree at its highest, MiB.
    pub highest_mib: f64,
    /// And at the end.
    pub end_mib: f64,
    /// Whether it still rose when the watch was over.
    pub rising: bool,
    pub versions: String,
    pub machine: String,
}

/// Events/s without a backlog: from little of a core to half of it and more, most of which is fetches. Business logic would
/// load it as well, but keeps a table for each worker, which is no part of a runtime.
const RATES: [f64; 3] = [200.0, 1000.0, 4000.0];
const RATE_HELD_OUT: f64 = 2000.0;
/// The collector's share that GOMEMLIMIT is set for.
pub const GC_FACTOR_UNDER_LIMIT: f64 = 1.25;
/// Repetitions of an idle consumer: what it holds is in all other rows.
const IDLE_REPETITIONS: u32 = 2;

/// A backlog of events, each of which waits for a call, so that queues fill.
fn draining(event_bytes: usize, partitions: i32) -> Condition {
    Condition { io_calls: 1, partitions, ..Condition::new("parse", event_bytes) }
}

/// What a runtime is run under in a part.
fn conditions(part: Part, runtime: &Runtime, profile: &Profile) -> Result<Vec<Condition>> {
    let paced = |event_bytes, partitions, rate| Condition {
        arrivals: Arrivals::Paced(rate),
        partitions,
        ..Condition::new("parse", event_bytes)
    };
    let quarter = |condition| Condition { prefetch_divisor: 4, ..condition };
    let mut all = match part {
        Part::Seen => {
            let mut all = vec![
                Condition { arrivals: Arrivals::Idle, ..Condition::new("consume", 2048) },
                draining(2048, 12),
                draining(256, 12),
                draining(16_384, 12),
                draining(2048, 1),
                draining(2048, 48),
                quarter(draining(2048, 12)),
            ];
            all.extend(RATES.map(|rate| paced(2048, 12, rate)));
            all
        }
        Part::HeldOut => vec![
            paced(1024, 6, RATE_HELD_OUT),
            draining(1024, 6),
            draining(5000, 24),
            quarter(draining(1024, 6)),
            Condition { in_flight: 16, ..draining(1024, 6) },
        ],
        Part::Again => vec![
            paced(700, 3, 500.0),
            paced(3000, 16, 3000.0),
            draining(700, 3),
            draining(3000, 16),
            draining(700, 32),
            Condition { prefetch_divisor: 2, ..draining(3000, 16) },
            Condition { in_flight: 4, ..draining(3000, 3) },
        ],
    };
    if runtime.language == "go" && part != Part::Again {
        let full = if part == Part::Seen { draining(2048, 12) } else { draining(1024, 6) };
        let mib = predicted_full(&under_limit(profile), runtime, &full, f64::INFINITY)?;
        all.push(Condition { memory_limit_mib: Some(mib.round() as u32), ..full });
    }
    Ok(all)
}

/// The profile of a process that is given the limit that a plan names.
pub fn under_limit(profile: &Profile) -> Profile {
    let mut profile = profile.clone();
    let g = &mut profile.memory.gc_factor;
    *g = Figure { value: g.value.min(GC_FACTOR_UNDER_LIMIT), ..g.clone() };
    profile
}

/// What the model says with all queues full and all places taken, MiB.
pub fn predicted_full(
    profile: &Profile,
    runtime: &Runtime,
    condition: &Condition,
    backlog_bytes: f64,
) -> Result<f64> {
    let in_flight = f64::from(condition.in_flight * runtime.holders(condition.partitions));
    let prediction = Prediction::new(profile, condition, 0.0, 0.0, 1.0)?;
    Ok(prediction.memory_mib(in_flight, backlog_bytes))
}

/// A run that is still to be made.
struct Planned<'a> {
    runtime: &'a Runtime,
    condition: Condition,
    repetition: u32,
}

impl Planned<'_> {
    fn made(&self, row: &Row) -> bool {
        // A limit follows from the profile, which may be another since.
        let but_limit = |name: &str| name.split("+limit=").next().map(str::to_string);
        row.runtime == self.runtime.name
            && but_limit(&row.condition) == but_limit(&self.condition.name())
            && row.memory_limit_mib.is_some() == self.condition.memory_limit_mib.is_some()
            && row.event_bytes == self.condition.event_bytes
            && row.repetition == self.repetition
    }
}

/// Makes the runs of a part that `output` does not have yet, on a bench that `stand` gives if there are any; only those
/// of conditions named, if some are.
pub fn measure(
    part: Part,
    runtimes: &[(Runtime, Profile)],
    only: &[String],
    watch: Watch,
    output: &Path,
    stand: impl FnOnce() -> Result<Standing>,
) -> Result<()> {
    let known = if output.exists() { read(output)? } else { Vec::new() };
    let mut planned = Vec::new();
    for (runtime, profile) in runtimes {
        for condition in conditions(part, runtime, profile)? {
            let times = if condition.arrivals == Arrivals::Idle { IDLE_REPETITIONS } else { 1 };
            let repeated = |repetition| Planned { runtime, condition: condition.clone(), repetition };
            planned.extend((1..=times).map(repeated));
        }
    }
    planned.retain(|it| only.is_empty() || only.contains(&it.condition.name()));
    planned.retain(|it| !known.iter().any(|row| row.part == part && it.made(row)));
    if planned.is_empty() {
        return Ok(());
    }
    fastrand::Rng::with_seed(SEED).shuffle(&mut planned);
    let standing = stand()?;
    let made = run(&standing.bench, part, &planned, watch, output);
    drop(standing);
    made
}

fn run(bench: &Bench, part: Part, planned: &[Planned<'_>], watch: Watch, output: &Path) -> Result<()> {
    affinity::pin(SERVICE_CPU)?;
    let fresh = !output.exists();
    let file = File::options().append(true).create(true).open(output)?;
    let mut writer = csv::WriterBuilder::new().has_headers(fresh).from_writer(file);
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta} left  {msg}")?;
    let bar = ProgressBar::new(planned.len() as u64).with_style(style);
    let mut failures = Vec::new();
    for it in planned {
        bar.set_message(format!("{} {}", it.runtime.name, it.condition.name()));
        match bench.memory(it.runtime, &it.condition, watch) {
            Ok(held) => {
                let condition = &it.condition;
                writer.serialize(Row {
                    part,
                    runtime: it.runtime.name.clone(),
                    condition: condition.name(),
                    handler: condition.handler.to_string(),
                    event_bytes: condition.event_bytes,
                    partitions: condition.partitions,
                    in_flight: condition.in_flight,
                    io_calls: condition.io_calls,
                    prefetch_divisor: condition.prefetch_divisor,
                    memory_limit_mib: condition.memory_limit_mib,
                    offered_per_second: match condition.arrivals {
                        Arrivals::Paced(rate) => Some(rate),
                        Arrivals::Backlog | Arrivals::Idle => None,
                    },
                    backlog_bytes: (held.backlog * condition.event_bytes) as f64,
                    repetition: it.repetition,
                    started: held.started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    seconds: held.seconds,
                    events_per_second: held.events_per_second,
                    cores_used: held.cores_used,
                    highest_mib: held.highest_mib,
                    end_mib: held.end_mib,
                    rising: held.rising,
                    versions: held.versions,
                    machine: machine::describe(),
                })?;
                writer.flush()?;
            }
            Err(_) if stop::asked() => bail!("stopped; the samples so far are in {}", output.display()),
            Err(error) => {
                bar.suspend(|| eprintln!("failed: {error:#}"));
                failures.push(format!("{error:#}"));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if !failures.is_empty() {
        bail!("{} runs failed:\n{}", failures.len(), failures.join("\n"));
    }
    Ok(())
}

/// The rows of a file.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    let rows: csv::Result<Vec<Row>> = csv::Reader::from_path(path)?.into_deserialize().collect();
    rows.with_context(|| format!("in {}", path.display()))
}
