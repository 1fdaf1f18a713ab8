//! What a second thread is worth: the consumers' own handlers on events of a file, without broker, client or generator.
//!
//! Four ways of working take turns, so that all of them meet the same machine: one thread on either core, a process of one
//! thread on each core at once, and one process of two threads. The second process costs what the cores share below any
//! program; what two threads take beyond that is the runtime's.

use crate::condition::Condition;
use crate::runtimes::{Deployment, Runtime};
use crate::stop;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};
use tonnage_measure::consumer::{Consumer, Launch};
use tonnage_measure::core_time::CoreTime;
use tonnage_measure::stretch::{Mark, Stretch};
use tonnage_measure::{events, machine};

use crate::bench::{PATIENCE, SEED};

/// Events of the file: more than a core's caches hold.
const EVENTS: usize = 4096;
const CORES: [usize; 2] = [0, 1];

/// Who works in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    FirstCore,
    SecondCore,
    TwoProcesses,
    TwoThreads,
}

/// All of a round.
pub const TURNS: [Turn; 4] = [Turn::FirstCore, Turn::SecondCore, Turn::TwoProcesses, Turn::TwoThreads];

/// One turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub runtime: String,
    pub condition: String,
    pub event_bytes: usize,
    pub round: u32,
    pub turn: Turn,
    /// When it started, UTC.
    pub started: String,
    pub seconds: f64,
    pub events_per_second: f64,
    /// Cores that those at work used.
    pub cores_used: f64,
    /// Share of both cores that others used.
    pub others_share: f64,
    /// Share of both cores that the machine below them gave to others (steal).
    pub stolen_share: f64,
    pub versions: String,
    pub machine: String,
}

/// What is handled.
fn conditions() -> Vec<Condition> {
    let parse = || Condition::new("parse", 2048);
    vec![Condition { compute_rounds: 40, ..parse() }, parse()]
}

/// How long it all takes.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    pub rounds: u32,
    pub warm_up: Duration,
    pub turn: Duration,
}

/// A consumer that is held unless it is its turn.
struct Worker {
    consumer: Consumer,
    versions: String,
}

impl Worker {
    fn start(runtime: &Runtime, condition: &Condition, cpus: &str, file: &Path) -> Result<Self> {
        let mut environment = condition.environment();
        let cores = cpus.split(',').count().to_string();
        for (name, value) in [
            ("KAFKA_BOOTSTRAP_SERVERS", "none"),
            ("KAFKA_TOPIC", "none"),
            ("KAFKA_GROUP", "none"),
            ("LAB_CORES", &*cores),
            ("LAB_EVENTS_FILE", &*file.display().to_string()),
        ] {
            environment.push((name.to_string(), value.to_string()));
        }
        let launch = Launch {
            command: runtime.command(),
            environment,
            cpus: Some(cpus.to_string()),
            ..Launch::default()
        };
        let name = format!("scaling-{}-{}", std::process::id(), cpus.replace(',', "-"));
        let consumer = Consumer::start(&launch, &name, None)?;
        Ok(Self { consumer, versions: String::new() })
    }

    /// The next report.
    fn mark(&mut self) -> Result<Mark> {
        loop {
            if stop::asked() {
                bail!("stopped");
            }
            let heard = self.consumer.hear(PATIENCE)?;
            if let tonnage_measure::consumer::Line::Start { versions } = &heard.line {
                let named = versions.iter().map(|(name, version)| format!("{name}={version}"));
                self.versions = named.collect::<Vec<_>>().join(",");
            }
            if let Some(mark) = Mark::of(&heard) {
                return Ok(mark);
            }
        }
    }

    /// Lets it work for so long after a report; what it did meanwhile.
    fn work(&mut self, time: Duration) -> Result<Stretch> {
        // What it said before it was held is old.
        while self.consumer.heard_already().is_some() {}
        let _old = self.mark()?;
        let from = self.mark()?;
        let mut to = from;
        while Stretch::between(&from, &to).seconds < time.as_secs_f64() {
            to = self.mark()?;
        }
        Ok(Stretch::between(&from, &to))
    }
}

/// Runs all of them, or the conditions named, and writes every turn.
pub fn measure(runtimes: &[Runtime], only: &[String], extent: Extent, output: &Path) -> Result<()> {
    let mut writer = csv::Writer::from_writer(File::options().write(true).create_new(true).open(output)?);
    let able = |it: &&Runtime| it.deployment == Deployment::Threads && it.reading.is_none();
    for condition in conditions().iter().filter(|it| only.is_empty() || only.contains(&it.name())) {
        for runtime in runtimes.iter().filter(able) {
            turns(runtime, condition, extent, &mut writer)
                .with_context(|| format!("{} under {}", runtime.name, condition.name()))?;
        }
    }
    Ok(())
}

fn turns(
    runtime: &Runtime,
    condition: &Condition,
    extent: Extent,
    writer: &mut csv::Writer<File>,
) -> Result<()> {
    let file = tempfile::NamedTempFile::new().context("no file for the events")?;
    let events = events::generate(SEED, condition.event_bytes, EVENTS)?;
    let lines: Vec<&str> = events.iter().map(|event| &*event.value).collect();
    std::fs::write(file.path(), lines.join("\n"))?;
    let mut workers = ["0", "1", "0,1"]
        .iter()
        .map(|cpus| Worker::start(runtime, condition, cpus, file.path()))
        .collect::<Result<Vec<_>>>()?;
    let warming = Instant::now();
    while warming.elapsed() < extent.warm_up {
        for worker in &mut workers {
            worker.mark()?;
        }
    }
    workers.iter().for_each(|it| it.consumer.hold());
    for round in 1..=extent.rounds {
        // In another order each time.
        let mut order = TURNS;
        fastrand::Rng::with_seed(SEED + u64::from(round)).shuffle(&mut order);
        for turn in order {
            let row = take_turn(&mut workers, turn, extent.turn)?;
            writer.serialize(Row {
                runtime: runtime.name.clone(),
                condition: condition.name(),
                event_bytes: condition.event_bytes,
                round,
                versions: workers[0].versions.clone(),
                machine: machine::describe(),
                ..row
            })?;
            writer.flush()?;
        }
    }
    for worker in &mut workers {
        worker.consumer.go_on();
        worker.consumer.stop(Duration::from_secs(2));
    }
    Ok(())
}

fn take_turn(workers: &mut [Worker], turn: Turn, time: Duration) -> Result<Row> {
    let [first, second, both] = workers else { bail!("three consumers take turns") };
    let at_work = match turn {
        Turn::FirstCore => vec![first],
        Turn::SecondCore => vec![second],
        Turn::TwoProcesses => vec![first, second],
        Turn::TwoThreads => vec![both],
    };
    let started = jiff::Timestamp::now();
    at_work.iter().for_each(|it| it.consumer.go_on());
    let begin = Instant::now();
    let before = CORES.iter().map(|core| CoreTime::now(*core)).collect::<std::io::Result<Vec<_>>>()?;
    let used = |all: &[&mut Worker]| -> Result<f64> {
        Ok(all.iter().map(|it| it.consumer.cpu_seconds()).sum::<Result<f64, _>>()?)
    };
    let used_before = used(&at_work)?;
    // Side by side, so that both stretches are of the same time.
    let mut at_work = at_work;
    let stretches = std::thread::scope(|scope| {
        let threads: Vec<_> =
            at_work.iter_mut().map(|worker| scope.spawn(move || worker.work(time))).collect();
        let joined =
            threads.into_iter().map(|it| it.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?);
        joined.collect::<Result<Vec<Stretch>>>()
    })?;
    let own = used(&at_work)? - used_before;
    let since = CORES.iter().zip(before).map(|(core, before)| Ok(CoreTime::now(*core)?.since(before)));
    let since = since.collect::<std::io::Result<Vec<_>>>()?;
    let busy: f64 = since.iter().map(|it| it.busy).sum();
    let stolen: f64 = since.iter().map(|it| it.stolen).sum();
    let of_both = begin.elapsed().as_secs_f64() * CORES.len() as f64;
    at_work.iter().for_each(|it| it.consumer.hold());
    Ok(Row {
        runtime: String::new(),
        condition: String::new(),
        event_bytes: 0,
        round: 0,
        turn,
        started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        seconds: stretches.iter().map(|it| it.seconds).fold(0.0, f64::max),
        events_per_second: stretches.iter().map(Stretch::events_per_second).sum(),
        cores_used: stretches.iter().map(Stretch::cores).sum(),
        others_share: ((busy - own) / of_both).max(0.0),
        stolen_share: stolen / of_both,
        versions: String::new(),
        machine: String::new(),
    })
}

/// The rows of several files.
pub fn read(paths: &[std::path::PathBuf]) -> Result<Vec<Row>> {
    let of_file = |path: &std::path::PathBuf| -> csv::Result<Vec<Row>> {
        csv::Reader::from_path(path)?.into_deserialize().collect()
    };
    let files: csv::Result<Vec<_>> = paths.iter().map(of_file).collect();
    Ok(files?.into_iter().flatten().collect())
}
