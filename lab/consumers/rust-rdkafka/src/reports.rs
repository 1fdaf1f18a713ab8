//! One JSON object a line on standard output.

use anyhow::{Context, Result};
use rdkafka::util::get_rdkafka_version;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::settings::Work;
use crate::worker::{Job, Latency, Outcome, now_us};

const INTERVAL: Duration = Duration::from_millis(250);

fn print(report: &impl Serialize) -> Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line).and_then(|()| stdout.flush()).context("writing a report")
}

pub fn start() -> Result<()> {
    let pairs = env!("LAB_VERSIONS").split(' ').filter_map(|pair| pair.split_once('='));
    let mut versions: Map<String, Value> =
        pairs.map(|(name, version)| (name.into(), version.into())).collect();
    versions.insert("librdkafka".into(), get_rdkafka_version().1.into());
    print(&json!({"event": "start", "versions": versions}))
}

pub fn first() -> Result<()> {
    print(&json!({"event": "first"}))
}

#[derive(Serialize)]
struct Report {
    event: &'static str,
    t_us: i64,
    handled: u64,
    bytes: u64,
    // librdkafka tells the requests only, so those that brought nothing are among them, and once a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    fetches: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_s2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<Value>,
}

impl Report {
    fn of(job: &Job) -> Self {
        let sums = job.workers.sums();
        let timed = job.settings.service_times;
        Self {
            event: "report",
            t_us: now_us(),
            handled: sums.handled,
            bytes: sums.bytes,
            fetches: Some(job.fetches.load(Relaxed)).filter(|fetches| *fetches > 0),
            service_s: timed.then_some(sums.service_s),
            service_s2: timed.then_some(sums.service_s2),
            checksum: None,
        }
    }
}

/// Reports from a thread of its own, so that reports are on time however busy the workers are.
pub struct Reporter {
    stop: Sender<()>,
    thread: JoinHandle<Result<()>>,
}

impl Reporter {
    pub fn start(job: Arc<Job>) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut next = Instant::now() + INTERVAL;
            while let Err(RecvTimeoutError::Timeout) =
                stopped.recv_timeout(next.saturating_duration_since(Instant::now()))
            {
                print(&Report::of(&job))?;
                next += INTERVAL;
            }
            Ok(())
        });
        Self { stop, thread }
    }

    pub fn stop(self) -> Result<()> {
        drop(self.stop);
        // A panic has already been printed.
        self.thread.join().unwrap_or(Ok(()))
    }
}

pub fn done(job: &Job, outcome: &Outcome) -> Result<()> {
    let report = Report::of(job);
    let checksum = Some(checksum(job, report.bytes, outcome));
    print(&Report { event: "done", checksum, ..report })
}

fn checksum(job: &Job, bytes: u64, outcome: &Outcome) -> Value {
    let counts = &outcome.counts;
    let mut sums = json!({"bytes": bytes});
    match job.settings.work {
        Work::Consume => {}
        Work::Decode | Work::Parse => {
            sums["paid"] = counts.paid.into();
            sums["customers"] = counts.customers.into();
        }
        Work::Validate => {
            sums["valid"] = counts.valid.into();
            sums["invalid"] = counts.invalid.into();
        }
        Work::Aggregate => {
            let statistics = &counts.aggregates;
            sums["windows"] = statistics.windows.into();
            sums["groups"] = statistics.groups.into();
            sums["count"] = statistics.count.into();
            sums["sum"] = statistics.sum.into();
            sums["mean"] = statistics.mean.into();
            sums["p95"] = statistics.p95.into();
        }
    }
    if job.settings.compute_rounds > 0 {
        sums["score"] = counts.score.into();
        sums["updates"] = counts.updates.into();
    }
    if job.prices.is_some() {
        sums["calls"] = outcome.calls.into();
    }
    if job.output.is_some() {
        sums["produced"] = outcome.produced.into();
    }
    sums
}

pub fn latencies(path: &str, latencies: &[Latency]) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for Latency { due_us, latency_us } in latencies {
            writeln!(file, "{due_us},{latency_us}")?;
        }
        file.flush()
    };
    write().with_context(|| format!("writing {path}"))
}
