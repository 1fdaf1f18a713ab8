//! One sample, as a row of the CSV that `tonnage fit` reads.

use crate::kernel::Bracket;
use crate::stretch::Stretch;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What was run and what came of it. Empty cells are what was not measured or does not apply.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sample {
    /// The consumer.
    pub runtime: String,
    /// A short name of the conditions.
    pub condition: String,
    /// What was done with each event: `consume`, `decode`, `validate`, `aggregate`.
    pub handler: String,
    /// Bytes of an event's value.
    pub event_bytes: usize,
    /// Downstream calls per event.
    pub io_calls: u32,
    /// Events written per event read.
    pub produces: u32,
    /// Rounds of plain business logic per event.
    pub compute_rounds: u32,
    /// Events in progress at once, per process or per partition.
    pub in_flight: u32,
    /// Cores that the consumer could use.
    pub cores: f64,
    /// `interval` or `batch`.
    pub commit: String,
    /// Of the topic: `none` or `lz4`.
    pub compression: String,
    /// `loopback`, `tls` over it, or `veth` with the consumer in a network namespace of its own.
    pub network: String,
    /// Partitions of the topic.
    pub partitions: i32,
    /// Which repetition.
    pub repetition: u32,
    /// Which run of the whole series: they are drawn in random order.
    pub order: usize,
    /// When it started, UTC.
    pub started: String,
    /// How long it was, s.
    pub seconds: f64,
    /// Events handled in it.
    pub events: u64,
    /// Events handled a second.
    pub events_per_second: f64,
    /// Whether a backlog was drained, so that fetches were full.
    #[serde(default)]
    pub backlog: bool,
    /// Whether the consumer was what held it back: its core at least 90 % busy.
    pub saturated: bool,
    /// CPU time of the process tree, s, as measured.
    pub cpu_seconds: f64,
    /// CPU time of the calibration kernel before, ms.
    pub kernel_before_ms: f64,
    /// And after.
    pub kernel_after_ms: f64,
    /// What CPU times are multiplied by to hold for speed 1.0.
    pub kernel_scale: f64,
    /// Cores busy at speed 1.0: what the fit reads. Empty where the instruments themselves took CPU.
    pub cores_used: Option<f64>,
    /// CPU of an event at speed 1.0, µs; empty without events.
    pub us_per_event: Option<f64>,
    /// Fetches that brought events.
    pub fetches: Option<u64>,
    /// Fetches that brought none.
    pub empty_fetches: Option<u64>,
    /// PSS of the process tree at its highest, MiB.
    pub peak_memory_mib: Option<f64>,
    /// The same, where `events_in_flight` tells the fit what it goes with.
    pub memory_mib: Option<f64>,
    /// Events in progress in the whole process.
    pub events_in_flight: Option<u32>,
    /// Start of the process to the first event handled, s.
    pub startup_seconds: Option<f64>,
    /// Squared coefficient of variation of the handler's time.
    pub service_scv: Option<f64>,
    /// What arrived a second, where events came at their due times.
    pub offered_per_second: Option<f64>,
    /// Median time from due to handled, ms.
    pub latency_p50_ms: Option<f64>,
    /// 99th percentile of the same, ms.
    pub latency_p99_ms: Option<f64>,
    /// 99th percentile of how late the generator was, ms.
    pub lateness_p99_ms: Option<f64>,
    /// What a call took at the stub in the mean, ms.
    pub io_wait_ms: Option<f64>,
    /// 99th percentile of the same, ms: what it is above the set delay is the stub's own lateness.
    pub io_wait_p99_ms: Option<f64>,
    /// How long a fetch was told to wait, ms; 0 is the client's default.
    #[serde(default)]
    pub fetch_wait_ms: u32,
    /// Share of the stretch for which the machine under the consumer's core gave it to others (steal).
    #[serde(default)]
    pub stolen_share: Option<f64>,
    /// Share of the stretch for which its core worked for others than the consumer, interrupts included.
    #[serde(default)]
    pub others_share: Option<f64>,
    /// How long it warmed up, s.
    pub warm_seconds: f64,
    /// Versions of the runtime and its libraries, `name=version` with commas.
    #[serde(default)]
    pub versions: String,
    /// The machine.
    #[serde(default)]
    pub machine: String,
    /// Whether it counts.
    pub accepted: bool,
    /// Why not, or what else is to be known.
    pub note: String,
}

/// The share of its cores that a consumer has to use for what it does to be its capacity.
pub const SATURATED: f64 = 0.9;

impl Sample {
    /// Fills in what was measured. Rejected if the brackets differ by more than `max_gap`.
    pub fn with(mut self, stretch: &Stretch, bracket: Bracket, max_gap: f64) -> Self {
        self.seconds = stretch.seconds;
        self.events = stretch.events;
        self.events_per_second = stretch.events_per_second();
        self.cpu_seconds = stretch.cpu_seconds;
        self.saturated = stretch.cores() >= SATURATED * self.cores;
        self.kernel_before_ms = bracket.before_ms;
        self.kernel_after_ms = bracket.after_ms;
        self.kernel_scale = bracket.scale();
        self.cores_used = Some(stretch.cores() * bracket.scale());
        self.us_per_event = (stretch.events > 0).then(|| stretch.cpu_per_event() * bracket.scale() * 1e6);
        self.fetches = stretch.fetches;
        self.empty_fetches = stretch.empty_fetches;
        self.service_scv = stretch.service_scv;
        self.accepted = bracket.holds(max_gap);
        if !self.accepted {
            self.note = format!("the brackets are {:.1} % apart", 100.0 * bracket.gap());
        }
        self
    }
}

/// A CSV of samples that is on the disk after each of them.
pub struct Samples {
    writer: csv::Writer<File>,
    path: PathBuf,
}

impl Samples {
    /// A new file; one that is there is an error.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        Ok(Self { writer: csv::Writer::from_writer(file), path: path.to_path_buf() })
    }

    /// The file so far.
    pub fn so_far(&self) -> &Path {
        &self.path
    }

    /// Adds a row.
    pub fn add(&mut self, sample: &Sample) -> io::Result<()> {
        self.writer.serialize(sample).map_err(io::Error::other)?;
        self.writer.flush()
    }
}

/// Reads samples back.
pub fn read(path: &Path) -> Result<Vec<Sample>, csv::Error> {
    csv::Reader::from_path(path)?.deserialize().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{MAX_BRACKET_GAP, REFERENCE_MS};

    #[test]
    fn a_sample_is_scaled_to_speed_one_and_rejected_by_its_brackets() {
        let stretch = Stretch {
            seconds: 4.0,
            events: 100_000,
            cpu_seconds: 3.8,
            fetches: Some(100),
            empty_fetches: None,
            service_scv: None,
        };
        let slow = Bracket { before_ms: 1.25 * REFERENCE_MS, after_ms: 1.25 * REFERENCE_MS };
        let sample = Sample { cores: 1.0, ..Sample::default() }.with(&stretch, slow, MAX_BRACKET_GAP);
        assert!((sample.us_per_event.unwrap() - 38.0 * 0.8).abs() < 1e-9);
        assert!((sample.cores_used.unwrap() - 0.76).abs() < 1e-12);
        assert!(sample.saturated && sample.accepted);
        let sample = Sample { cores: 1.0, ..Sample::default() }.with(
            &stretch,
            Bracket { before_ms: 100.0, after_ms: 110.0 },
            MAX_BRACKET_GAP,
        );
        assert_eq!((sample.accepted, &*sample.note), (false, "the brackets are 10.0 % apart"));
    }
}
