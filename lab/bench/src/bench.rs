//! One run: a consumer started under a condition, warmed up, bracketed by the calibration kernel, measured
//! and stopped.

pub mod memory;
mod undisturbed;

use crate::broker::Tls;
use crate::condition::{Arrivals, Condition, Network};
use crate::pacer::Pacer;
use crate::runtimes::Runtime;
use crate::scratch::Scratch;
use crate::stop;
use crate::stub::{Probe, Stub};
use crate::topics::Topics;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::consumer::{Consumer, Launch, Line};
use tonnage_measure::core_time::CoreTime;
use tonnage_measure::kafka::now_us;
use tonnage_measure::kernel::Bracket;
use tonnage_measure::machine;
use tonnage_measure::pace::percentile;
use tonnage_measure::sample::Sample;
use tonnage_measure::stretch::{Mark, Stretch, WarmUp};

/// The CPU of the broker, the generator and the stub.
pub const SERVICE_CPU: usize = 0;
/// The CPU of a consumer with one core.
pub const CONSUMER_CPU: usize = 1;
/// Partitions of a topic unless a condition says otherwise.
pub const PARTITIONS: i32 = 12;
/// Seed of all events and arrivals.
pub const SEED: u64 = 20_261_123;

/// How long a consumer may say nothing, and take to stop.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Runs of the kernel before and after a sample. While a backlog is drained, one more follows each report: held
/// longer, a consumer whose events come at their due times would have a backlog too.
const KERNELS_AT_THE_ENDS: u32 = 6;
/// The warm-up ends here, counted from the first event, even if its windows do not agree.
const LONGEST_WARM_UP: Duration = Duration::from_millis(2200);
/// The share of a backlog that the warm-up may take.
const WARMING: f64 = 0.35;
/// The share of a backlog after which its end is too near to measure.
const USABLE: f64 = 0.93;
/// The shortest stretch that is measured, s.
const SHORTEST: f64 = 0.4;
/// How long after the kernel a stretch may begin: what was said before is old, and where events went on to come
/// while the consumer was held, it has to catch up.
const SETTLING: Duration = Duration::from_millis(100);
const CATCHING_UP: Duration = Duration::from_millis(1000);
/// Events due so shortly before the end of a stretch may have been held by the kernel that follows.
const HELD_AT_THE_END: Duration = Duration::from_millis(200);
/// A consumer that uses less of its core while it drains a backlog waits for the broker, and fetches as it would
/// not otherwise. librdkafka pauses by itself, for a second (fetch.queue.backoff.ms) each time that its queue is full: a
/// fast handler on it is busy for a quarter of the time.
const STARVED: f64 = 0.15;
/// Standard deviations by which a Poisson count may miss its mean.
const DEVIATIONS: f64 = 4.0;

/// How a consumer is watched that is never held.
#[derive(Debug, Clone, Copy)]
pub struct Undisturbed {
    /// How long it settles first.
    pub settling: Duration,
    /// How long it is watched, s.
    pub seconds: f64,
}

/// What all runs share.
pub struct Bench {
    pub topics: Topics,
    pub stub: Stub,
    /// How long a sample is, s.
    pub seconds: f64,
    /// Where a consumer of paced events is not to be held: how it is watched.
    pub undisturbed: Option<Undisturbed>,
    /// The most that the brackets of a sample may differ, as a share.
    pub max_gap: f64,
    /// A lock that is held during each run of a series.
    pub turns: Option<File>,
    /// Where consumers' standard error and latencies go.
    pub folder: PathBuf,
    /// The namespace and the broker's address in it, where there is one.
    pub namespace: Option<(String, String)>,
    /// The broker's listener over TLS, where it is the lab's own.
    pub tls: Option<Tls>,
}

impl Bench {
    /// Runs a consumer once. `latencies`: also note each event's.
    pub fn run(
        &self,
        runtime: &Runtime,
        condition: &Condition,
        order: usize,
        latencies: bool,
    ) -> Result<Sample> {
        let name = format!("lab-{}-{order}-{}", std::process::id(), now_us());
        let latency_file = latencies.then(|| self.folder.join(format!("{name}.latencies")));
        let (_scratch, pacer, run) = self.start(runtime, condition, &name, latency_file.as_deref())?;
        let mut sample = run
            .sample(runtime, pacer, latency_file.as_deref())
            .with_context(|| format!("{} under {}", runtime.name, condition.name()))?;
        sample.order = order;
        Ok(sample)
    }

    /// Starts a consumer: what its run makes on the cluster, the generator unless there is a backlog, and the run.
    fn start<'b>(
        &'b self,
        runtime: &Runtime,
        condition: &'b Condition,
        name: &str,
        latency_file: Option<&Path>,
    ) -> Result<(Scratch<'b>, Option<Pacer>, Run<'b>)> {
        let cluster = &self.topics.cluster;
        let mut scratch = Scratch::new(cluster, self.topics.replication, name);
        let (topic, backlog) = match condition.arrivals {
            Arrivals::Backlog => self.topics.filled(condition)?,
            _ => (scratch.topic(name, condition.partitions)?, 0),
        };
        let output = format!("{name}-output");
        if condition.produces > 0 {
            scratch.topic(&output, condition.partitions)?;
        }
        let mut launch = self.launch(runtime, condition, name, &topic, &output)?;
        if let Some(path) = latency_file {
            launch.environment.push(("LAB_LATENCY_FILE".to_string(), path.display().to_string()));
        }
        let pacer = match condition.arrivals {
            Arrivals::Backlog => None,
            _ => Some(Pacer::new(cluster, &topic, condition)?),
        };
        let run = Run {
            bench: self,
            condition,
            backlog,
            consumer: Consumer::start(&launch, name, None)?,
            versions: String::new(),
            startup: None,
        };
        Ok((scratch, pacer, run))
    }

    fn launch(
        &self,
        runtime: &Runtime,
        condition: &Condition,
        group: &str,
        topic: &str,
        output: &str,
    ) -> Result<Launch> {
        let mut environment = condition.environment();
        environment.extend(self.environment(condition.network, topic, group, output)?);
        let namespace = match (condition.network, &self.namespace) {
            (Network::Veth, Some((name, _))) => Some(name.clone()),
            _ => None,
        };
        let cpus = if condition.cores == 1 { CONSUMER_CPU.to_string() } else { "0,1".to_string() };
        Ok(Launch {
            command: runtime.command(),
            environment,
            cpus: Some(cpus),
            network_namespace: namespace,
            log: Some(self.log()),
        })
    }

    /// What a consumer is told of where it reads, calls and writes.
    pub fn environment(
        &self,
        network: Network,
        topic: &str,
        group: &str,
        output: &str,
    ) -> Result<Vec<(String, String)>> {
        let (address, trusted) =
            self.broker_over(network).context("the lab has no such network to this broker")?;
        let mut environment = vec![
            ("KAFKA_BOOTSTRAP_SERVERS", address.to_string()),
            ("KAFKA_TOPIC", topic.to_string()),
            ("KAFKA_GROUP", group.to_string()),
            ("LAB_STUB_URL", self.stub.url()),
            ("LAB_OUTPUT_TOPIC", output.to_string()),
        ];
        environment.extend(trusted.map(|it| ("LAB_TLS_CA", it.display().to_string())));
        Ok(environment.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
    }

    /// Whether it has the network that a condition asks for.
    pub fn offers(&self, condition: &Condition) -> bool {
        self.broker_over(condition.network).is_some()
    }

    /// The broker's address over a network that is there, and the certificate to trust.
    fn broker_over(&self, network: Network) -> Option<(&str, Option<&Path>)> {
        match network {
            Network::Loopback => Some((self.topics.cluster.bootstrap_servers(), None)),
            Network::Veth => self.namespace.as_ref().map(|(_, address)| (&**address, None)),
            Network::Tls => self.tls.as_ref().map(|tls| (&*tls.address, Some(&*tls.certificate))),
        }
    }

    /// Those whose condition it offers; the names of the others are told.
    pub fn offered<T>(&self, all: Vec<T>, condition: impl Fn(&T) -> &Condition) -> Vec<T> {
        let (offered, others): (Vec<T>, Vec<T>) = all.into_iter().partition(|it| self.offers(condition(it)));
        let names: BTreeSet<String> = others.iter().map(|it| condition(it).name()).collect();
        if !names.is_empty() {
            let names = names.into_iter().collect::<Vec<_>>().join(", ");
            eprintln!("left out, as the lab has no such network to this broker: {names}");
        }
        offered
    }

    /// Where consumers' messages go.
    pub fn log(&self) -> PathBuf {
        self.folder.join("consumers.log")
    }
}

/// A run in progress.
struct Run<'b> {
    bench: &'b Bench,
    condition: &'b Condition,
    /// Events that were there at the start; 0 where they come at their due times.
    backlog: usize,
    consumer: Consumer,
    versions: String,
    startup: Option<f64>,
}

/// What a run gave besides the sample's own cells.
struct Measured {
    from: Mark,
    to: Mark,
    stretch: Stretch,
    kernels: Vec<f64>,
    peak_memory: f64,
    /// What the consumer's core did, where it was not held.
    core: Option<CoreTime>,
}

impl Run<'_> {
    fn sample(
        mut self,
        runtime: &Runtime,
        pacer: Option<Pacer>,
        latency_file: Option<&Path>,
    ) -> Result<Sample> {
        let started = jiff::Timestamp::now();
        let mut mark = self.first_mark()?;
        let is_paced = matches!(self.condition.arrivals, Arrivals::Paced(_));
        let undisturbed = self.bench.undisturbed.filter(|_| is_paced);
        // It has nothing to do yet.
        let before = undisturbed.map(|_| kernels(KERNELS_AT_THE_ENDS)).transpose()?;
        let paced = match (pacer, self.condition.arrivals) {
            (Some(pacer), Arrivals::Paced(rate)) => Some(pacer.start(self.condition, rate, now_us())?),
            _ => None,
        };
        let warming = Instant::now();
        let longest = runtime.warm_up.map_or(LONGEST_WARM_UP, Duration::from_secs_f64);
        let warm = match undisturbed {
            Some(it) => {
                self.settle(it.settling)?;
                true
            }
            None => self.warm_up(&mut mark, longest)?,
        };
        let warm_seconds = warming.elapsed().as_secs_f64();
        let probe = (self.condition.io_calls > 0).then(|| Probe::start(self.bench.stub.address));
        let mut measured = match undisturbed {
            Some(it) => self.watch(it.seconds)?,
            None => self.measure()?,
        };
        let answers = probe.map(Probe::stop).transpose()?;
        let lateness = paced.map(|pacer| pacer.stop()).transpose()?;
        let patience = if latency_file.is_some() { PATIENCE } else { Duration::from_secs(2) };
        let stopped_well = self.consumer.stop(patience);

        if let Some(before) = before {
            measured.kernels = [before, kernels(KERNELS_AT_THE_ENDS)?].concat();
        }
        let Measured { from, to, stretch, kernels, peak_memory, core } = measured;
        let bracket = Bracket::of(&kernels);
        let mut sample = self.condition.sample(runtime).with(&stretch, bracket, self.bench.max_gap);
        sample.started = started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        sample.versions = self.versions;
        sample.machine = machine::describe();
        sample.startup_seconds = self.startup;
        sample.warm_seconds = warm_seconds;
        sample.peak_memory_mib = Some(peak_memory);
        if self.condition.timed {
            sample.cores_used = None;
        }
        if self.condition.io_calls > 0 {
            // Of one kind of handler at every size, and slow enough for the prefetch queues to fill.
            sample.memory_mib = Some(peak_memory);
            sample.events_in_flight =
                Some(self.condition.in_flight * runtime.holders(self.condition.partitions));
        }
        if let Some(answers) = answers {
            sample.io_wait_ms = Some(answers.mean_ms);
            sample.io_wait_p99_ms = Some(answers.p99_ms);
        }
        if let (Arrivals::Paced(rate), Some(lateness)) = (self.condition.arrivals, lateness) {
            sample.offered_per_second = Some(rate);
            sample.lateness_p99_ms = Some(lateness.p99_us as f64 / 1000.0);
        }
        if !warm && self.condition.arrivals != Arrivals::Idle {
            note(&mut sample, "its windows did not agree within 2 %");
        }
        match core {
            Some(core) => undisturbed::reject_what_was_spoilt(&mut sample, core),
            None => reject_what_was_spoilt(&mut sample, self.condition, &stretch),
        }
        if let Some(path) = latency_file {
            if !stopped_well {
                bail!("the consumer did not stop by itself");
            }
            let latencies = read_latencies(path, &from, &to)?;
            sample.latency_p50_ms = Some(percentile(&latencies, 0.5) as f64 / 1000.0);
            sample.latency_p99_ms = Some(percentile(&latencies, 0.99) as f64 / 1000.0);
        }
        Ok(sample)
    }

    /// The next report.
    fn next(&mut self) -> Result<Mark> {
        loop {
            if stop::asked() {
                bail!("stopped");
            }
            if self.consumer.ended() {
                bail!("the consumer ended by itself; its messages are in {}", self.bench.log().display());
            }
            let heard = self.consumer.hear(PATIENCE)?;
            match &heard.line {
                Line::Start { versions } => {
                    let named = versions.iter().map(|(name, version)| format!("{name}={version}"));
                    self.versions = named.collect::<Vec<_>>().join(",");
                }
                Line::First => self.startup = Some((heard.at - self.consumer.started).as_secs_f64()),
                Line::Done { .. } => bail!("the consumer stopped by itself"),
                Line::Report(_) => {}
            }
            if let Some(mark) = Mark::of(&heard) {
                return Ok(mark);
            }
        }
    }

    /// The first report after the first event.
    fn first_mark(&mut self) -> Result<Mark> {
        let begin = Instant::now();
        loop {
            let mark = self.next()?;
            if self.startup.is_some() {
                return Ok(mark);
            }
            if begin.elapsed() > PATIENCE {
                bail!("no event was handled in {PATIENCE:?}");
            }
        }
    }

    /// Waits until the CPU of an event is steady; whether it became so.
    fn warm_up(&mut self, mark: &mut Mark, longest: Duration) -> Result<bool> {
        let begin = Instant::now();
        let mut warm_up = WarmUp::default();
        loop {
            if warm_up.agrees(*mark) {
                return Ok(true);
            }
            let taken = mark.report.handled as f64 > WARMING * self.backlog as f64;
            if begin.elapsed() > longest || (self.backlog > 0 && taken) {
                return Ok(false);
            }
            *mark = self.next()?;
        }
    }

    /// The stretch, from the kernel before it to the kernel after it.
    fn measure(&mut self) -> Result<Measured> {
        let drains = self.condition.arrivals == Arrivals::Backlog;
        // Calls come back also while the consumer is held, which would make it look faster.
        let interleaved = drains && self.condition.io_calls == 0;
        let mut kernels = self.held(KERNELS_AT_THE_ENDS)?;
        let resumed = Instant::now();
        let mut from = self.next()?;
        while from.at < resumed + if drains { SETTLING } else { CATCHING_UP } {
            from = self.next()?;
        }
        let mut to = from;
        let (mut holding, mut held_until_to) = (Duration::ZERO, Duration::ZERO);
        let mut peak_memory: f64 = 0.0;
        while Stretch::between(&from, &to).seconds < self.bench.seconds {
            if interleaved {
                let start = Instant::now();
                kernels.extend(self.held(1)?);
                holding += start.elapsed();
            }
            let mark = self.next()?;
            if drains && mark.report.handled as f64 > USABLE * self.backlog as f64 {
                break;
            }
            peak_memory = peak_memory.max(self.consumer.pss_mib());
            (to, held_until_to) = (mark, holding);
        }
        kernels.extend(self.held(KERNELS_AT_THE_ENDS)?);
        let mut stretch = Stretch::between(&from, &to);
        stretch.seconds -= held_until_to.as_secs_f64();
        if stretch.seconds < SHORTEST {
            bail!("the backlog of {} events was gone before a stretch could be measured", self.backlog);
        }
        Ok(Measured { from, to, stretch, kernels, peak_memory, core: None })
    }

    /// Runs the kernel on the consumer's core while the consumer is held; each run's CPU time, ms.
    fn held(&self, times: u32) -> Result<Vec<f64>> {
        self.consumer.hold();
        let kernels = kernels(times);
        self.consumer.go_on();
        kernels
    }
}

/// Runs the kernel on the consumer's core; each run's CPU time, ms.
fn kernels(times: u32) -> Result<Vec<f64>> {
    let kernels = (0..times).map(|_| affinity::kernel_on(CONSUMER_CPU)).collect::<Result<_, _>>();
    kernels.context("the calibration kernel did not run")
}

/// Rejects a sample whose consumer did not get what its condition says.
fn reject_what_was_spoilt(sample: &mut Sample, condition: &Condition, stretch: &Stretch) {
    match condition.arrivals {
        Arrivals::Idle => {}
        Arrivals::Paced(rate) => {
            let expected = rate * stretch.seconds;
            if (stretch.events as f64 - expected).abs() > DEVIATIONS * expected.sqrt() {
                sample.accepted = false;
                note(sample, &format!("handled {} of {expected:.0} offered", stretch.events));
            }
            if condition.timed {
                undisturbed::reject_what_came_late(sample);
            }
        }
        Arrivals::Backlog => {
            let busy = stretch.cores() / f64::from(condition.cores);
            if busy < STARVED && condition.io_calls == 0 && condition.commit == "interval" {
                sample.accepted = false;
                note(sample, &format!("starved: its core was {:.0} % busy", 100.0 * busy));
            }
        }
    }
}

fn note(sample: &mut Sample, text: &str) {
    if !sample.note.is_empty() {
        sample.note.push_str("; ");
    }
    sample.note.push_str(text);
}

/// The latencies of events due between two marks, sorted, µs.
fn read_latencies(path: &Path, from: &Mark, to: &Mark) -> Result<Vec<u64>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("no latencies in {}", path.display()))?;
    let end = to.report.t_us - HELD_AT_THE_END.as_micros() as u64;
    let mut latencies: Vec<u64> = text
        .lines()
        .filter_map(|line| {
            let (due, latency) = line.split_once(',')?;
            let due: u64 = due.parse().ok()?;
            (due >= from.report.t_us && due < end).then(|| latency.parse().ok()).flatten()
        })
        .collect();
    std::fs::remove_file(path)?;
    latencies.sort_unstable();
    Ok(latencies)
}
