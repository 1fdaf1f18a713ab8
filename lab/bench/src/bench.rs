//! One run: a consumer started under a condition, warmed up, bracketed by the calibration kernel, measured
//! and stopped.

use crate::condition::{Arrivals, Condition, Network};
use crate::runtimes::Runtime;
use crate::stop;
use crate::stub::Stub;
use crate::topics::Topics;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::consumer::{Consumer, Launch, Line};
use tonnage_measure::kafka::{Cluster, now_us};
use tonnage_measure::kernel::Bracket;
use tonnage_measure::machine;
use tonnage_measure::pace::{Lateness, percentile, write_paced};
use tonnage_measure::sample::Sample;
use tonnage_measure::stretch::{Mark, Stretch, WarmUp};

/// The CPU of the broker, the generator and the stub.
pub const SERVICE_CPU: usize = 0;
/// The CPU of a consumer with one core.
pub const CONSUMER_CPU: usize = 1;
/// Partitions of every topic.
pub const PARTITIONS: i32 = 12;
/// Seed of all events and arrivals.
pub const SEED: u64 = 20_261_123;

const PATIENCE: Duration = Duration::from_secs(30);
/// Runs of the kernel before and after a sample. While a backlog is drained, one more follows each report: held
/// longer, a consumer whose events come at their due times would have a backlog too.
const KERNELS_AT_THE_ENDS: u32 = 3;
/// The warm-up ends here even if its windows do not agree.
const LONGEST_WARM_UP: Duration = Duration::from_millis(2200);
/// The share of a backlog after which its end is too near to measure.
const USABLE: f64 = 0.93;
/// The share of a backlog that the warm-up may take.
const WARMING: f64 = 0.35;

/// What all runs share.
pub struct Bench {
    pub topics: Topics,
    pub stub: Stub,
    /// How long a sample is, s.
    pub seconds: f64,
    /// The most that the brackets of a sample may differ, as a share.
    pub max_gap: f64,
    /// Where consumers' standard error and latencies go.
    pub folder: PathBuf,
    /// The namespace and the broker's address in it, where there is one.
    pub namespace: Option<(String, String)>,
}

/// A generator that writes until it is dropped.
pub struct Pacer {
    going: Arc<AtomicBool>,
    writing: Option<JoinHandle<Result<Lateness>>>,
}

impl Pacer {
    /// Starts it on the services' core.
    pub fn start(
        cluster: &Cluster,
        topic: &str,
        condition: &Condition,
        rate: f64,
        seed: u64,
    ) -> Result<Self> {
        let going = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&going);
        let writer = cluster.writer()?;
        let topic = topic.to_string();
        let events = tonnage_measure::events::generate(SEED, condition.event_bytes, 4096)?;
        let writing = std::thread::spawn(move || {
            affinity::pin(SERVICE_CPU)?;
            let going = || asked.load(Ordering::Relaxed);
            Ok(write_paced(&writer, &topic, PARTITIONS, &events, rate, 600.0, seed, going)?)
        });
        Ok(Self { going, writing: Some(writing) })
    }

    /// Stops it and says how late it was.
    pub fn stop(mut self) -> Result<Lateness> {
        self.going.store(false, Ordering::Relaxed);
        let writing = self.writing.take().context("the generator stopped twice")?;
        writing.join().map_err(|_| anyhow::anyhow!("the generator panicked"))?
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.going.store(false, Ordering::Relaxed);
    }
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
        let cluster = &self.topics.cluster;
        let (topic, backlog) = match condition.arrivals {
            Arrivals::Backlog => self.topics.filled(condition.event_bytes, condition.compression)?,
            _ => {
                cluster.create_topic(&name, PARTITIONS, self.topics.replication)?;
                (name.clone(), 0)
            }
        };
        let output = format!("{name}-output");
        if condition.produces > 0 {
            cluster.create_topic(&output, PARTITIONS, self.topics.replication)?;
        }
        let result = self.watch(runtime, condition, &name, &topic, backlog, &output, latencies);
        if topic == name {
            cluster.delete_topic(&name)?;
        }
        if condition.produces > 0 {
            cluster.delete_topic(&output)?;
        }
        cluster.delete_group(&name)?;
        result.with_context(|| format!("{} under {}", runtime.name, condition.name()))
    }

    #[allow(clippy::too_many_arguments)]
    fn watch(
        &self,
        runtime: &Runtime,
        condition: &Condition,
        name: &str,
        topic: &str,
        backlog: usize,
        output: &str,
        latencies: bool,
    ) -> Result<Sample> {
        let latency_file = self.folder.join(format!("{name}.latencies"));
        let mut launch = self.launch(runtime, condition, name, topic, output)?;
        if latencies {
            let path = latency_file.display().to_string();
            launch.environment.push(("LAB_LATENCY_FILE".to_string(), path));
        }
        let started = jiff::Timestamp::now();
        let idle = condition.arrivals == Arrivals::Idle;
        self.stub.take_answers();
        let mut consumer = Consumer::start(&launch, name, None)?;
        let pacer = match condition.arrivals {
            Arrivals::Paced(rate) => {
                Some(Pacer::start(&self.topics.cluster, topic, condition, rate, now_us())?)
            }
            _ => None,
        };
        let mut versions = String::new();
        let mut startup = None;
        let mut warm_up = WarmUp::default();
        let mut warm = false;
        let running = |consumer: &mut Consumer| -> Result<Mark> {
            loop {
                if consumer.ended() {
                    bail!("the consumer ended by itself; its messages are in {}", self.log().display());
                }
                if stop::asked() {
                    bail!("stopped");
                }
                let heard = consumer.hear(PATIENCE)?;
                match &heard.line {
                    Line::Start { versions: told } => {
                        let named = told.iter().map(|(name, version)| format!("{name}={version}"));
                        versions = named.collect::<Vec<_>>().join(",");
                    }
                    Line::First => startup = Some((heard.at - consumer.started).as_secs_f64()),
                    Line::Done { .. } => bail!("the consumer stopped by itself"),
                    Line::Report(_) => {}
                }
                if let Some(mark) = Mark::of(&heard)
                    && (startup.is_some() || idle)
                {
                    return Ok(mark);
                }
            }
        };
        let mut next = running;
        let warming = Instant::now();
        while !warm && warming.elapsed() < LONGEST_WARM_UP {
            let mark = next(&mut consumer)?;
            warm = warm_up.agrees(mark);
            if backlog > 0 && mark.report.handled as f64 > WARMING * backlog as f64 {
                break;
            }
        }
        let warm_seconds = warming.elapsed().as_secs_f64();
        let mut kernels = held(&consumer, KERNELS_AT_THE_ENDS)?;
        let resumed = Instant::now();
        let mut from = next(&mut consumer)?;
        // What was said before the kernel ran is old; what was missed during it is caught up first.
        while (from.at - consumer.started).saturating_sub(resumed - consumer.started)
            < self.settling(condition)
        {
            from = next(&mut consumer)?;
        }
        let mut to = from;
        let mut holding = Duration::ZERO;
        let mut held_until_to = holding;
        let mut peak_memory: f64 = 0.0;
        loop {
            let mark = next(&mut consumer)?;
            if backlog > 0 && mark.report.handled as f64 > USABLE * backlog as f64 {
                break;
            }
            peak_memory = peak_memory.max(consumer.pss_mib());
            (to, held_until_to) = (mark, holding);
            if Stretch::between(&from, &to).seconds >= self.seconds {
                break;
            }
            if condition.arrivals == Arrivals::Backlog {
                let start = Instant::now();
                kernels.extend(held(&consumer, 1)?);
                holding += start.elapsed();
            }
        }
        kernels.extend(held(&consumer, KERNELS_AT_THE_ENDS)?);
        let answers = self.stub.take_answers();
        let lateness = pacer.map(Pacer::stop).transpose()?;
        let stopped_well = consumer.stop(if latencies { PATIENCE } else { Duration::from_secs(2) });
        let mut stretch = Stretch::between(&from, &to);
        stretch.seconds -= held_until_to.as_secs_f64();
        if stretch.seconds < 0.4 {
            bail!("the backlog of {backlog} events was gone before a stretch could be measured");
        }
        let bracket = Bracket::of(&kernels);
        let mut sample = condition.sample(runtime, PARTITIONS).with(&stretch, bracket, self.max_gap);
        sample.started = started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        sample.warm_seconds = warm_seconds;
        sample.startup_seconds = startup;
        if condition.timed {
            sample.cores_used = None;
        }
        sample.peak_memory_mib = Some(peak_memory);
        // With its prefetch queues full, as a backlog keeps them; a writer's queue is something else.
        let drains = condition.arrivals == Arrivals::Backlog && condition.produces == 0;
        if drains && (sample.saturated || condition.io_calls > 0) {
            sample.memory_mib = Some(peak_memory);
            sample.events_in_flight = Some(condition.in_flight * runtime.holders(PARTITIONS));
        }
        if !warm && !idle {
            note(&mut sample, "not warm: its windows did not agree within 2 %");
        }
        if latencies && !stopped_well {
            bail!("the consumer did not stop by itself");
        }
        if condition.io_calls > 0 {
            sample.io_wait_ms = Some(answers.mean_ms);
            sample.io_wait_p99_ms = Some(answers.p99_ms);
        }
        if let (Arrivals::Paced(rate), Some(lateness)) = (condition.arrivals, lateness) {
            sample.offered_per_second = Some(rate);
            sample.lateness_p99_ms = Some(lateness.p99_us as f64 / 1000.0);
        }
        if latencies {
            let latencies = read_latencies(&latency_file, &from, &to)?;
            sample.latency_p50_ms = Some(percentile(&latencies, 0.5) as f64 / 1000.0);
            sample.latency_p99_ms = Some(percentile(&latencies, 0.99) as f64 / 1000.0);
        }
        sample.versions = versions;
        sample.machine = machine::describe();
        Ok(sample)
    }

    /// How long after the kernel a stretch may begin: arrivals went on while the consumer was held.
    fn settling(&self, condition: &Condition) -> Duration {
        match condition.arrivals {
            Arrivals::Paced(_) => Duration::from_millis(1000),
            _ => Duration::from_millis(100),
        }
    }

    fn launch(
        &self,
        runtime: &Runtime,
        condition: &Condition,
        group: &str,
        topic: &str,
        output: &str,
    ) -> Result<Launch> {
        let (namespace, address) = match (condition.network, &self.namespace) {
            (Network::Loopback, _) => (None, self.topics.cluster.bootstrap_servers().to_string()),
            (Network::Veth, Some((name, address))) => (Some(name.clone()), address.clone()),
            (Network::Veth, None) => bail!("there is no network namespace"),
        };
        let mut environment = condition.environment();
        for (name, value) in [
            ("KAFKA_BOOTSTRAP_SERVERS", address),
            ("KAFKA_TOPIC", topic.to_string()),
            ("KAFKA_GROUP", group.to_string()),
            ("LAB_STUB_URL", self.stub.url()),
            ("LAB_OUTPUT_TOPIC", output.to_string()),
        ] {
            environment.push((name.to_string(), value));
        }
        let cpus = if condition.cores == 1 { CONSUMER_CPU.to_string() } else { "0,1".to_string() };
        Ok(Launch {
            command: runtime.command(),
            environment,
            cpus: Some(cpus),
            network_namespace: namespace,
            log: Some(self.log()),
        })
    }

    /// Where consumers' messages go.
    pub fn log(&self) -> PathBuf {
        self.folder.join("consumers.log")
    }
}

fn note(sample: &mut Sample, text: &str) {
    if !sample.note.is_empty() {
        sample.note.push_str("; ");
    }
    sample.note.push_str(text);
}

/// Runs the kernel on the consumer's core while the consumer is held; each run's CPU time, ms.
fn held(consumer: &Consumer, times: u32) -> Result<Vec<f64>> {
    consumer.hold();
    let kernels = (0..times).map(|_| affinity::kernel_on(CONSUMER_CPU)).collect::<Result<_, _>>();
    consumer.go_on();
    kernels.context("the calibration kernel did not run")
}

/// The latencies of events due between two marks, sorted, µs.
fn read_latencies(path: &Path, from: &Mark, to: &Mark) -> Result<Vec<u64>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("no latencies in {}", path.display()))?;
    let mut latencies: Vec<u64> = text
        .lines()
        .filter_map(|line| {
            let (due, latency) = line.split_once(',')?;
            let due: u64 = due.parse().ok()?;
            (due >= from.report.t_us && due < to.report.t_us).then(|| latency.parse().ok()).flatten()
        })
        .collect();
    std::fs::remove_file(path)?;
    latencies.sort_unstable();
    Ok(latencies)
}
