//! What a kill, a deploy and a pause do to a group of real consumers: how long its partitions stand still, how much piles up, when
//! that is worked off, and how many events are handled again.
//!
//! Handlers wait for a call and hardly use the core, so that several groups can be watched at the same time, and what
//! one can do is known.

pub mod course;
mod service;

use crate::bench::{Bench, CONSUMER_CPU, PARTITIONS, SEED, SERVICE_CPU};
use crate::condition::{Arrivals, Condition};
use crate::runtimes::{Concurrency, Runtime};
use crate::scratch::Scratch;
use crate::stop;
use crate::stub::Probe;
use anyhow::{Context, Result, bail};
use course::{Seen, Written, seen};
use serde::{Deserialize, Serialize};
use service::{MOST_EVENTS, Service};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::consumer::{Consumer, Launch, Line};
use tonnage_measure::events::{self, Event};
use tonnage_measure::kafka::{Cluster, Writer, now_us};
use tonnage_measure::machine;
use tonnage_measure::pace::percentile;
use tonnage_model::scenario::failure::Assignor;

/// What happens to the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outage {
    /// SIGKILL of a member, which is started again at once.
    Kill,
    /// SIGKILL of a member, and nothing comes in its place.
    Lost,
    /// Each member in turn: SIGTERM, started again when it is gone, the next when it handles events.
    Deploy,
    /// SIGSTOP of a member for less than the session timeout.
    Pause,
    /// SIGSTOP for longer.
    Fenced,
}

const ALL: [Outage; 5] = [Outage::Kill, Outage::Deploy, Outage::Pause, Outage::Fenced, Outage::Lost];

impl Outage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Lost => "lost",
            Self::Deploy => "deploy",
            Self::Pause => "pause",
            Self::Fenced => "fenced",
        }
    }
}

/// Whether somebody who mends the simulation may look at a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    Seen,
    HeldOut,
    /// Held out as well, made after the simulation was mended by the rows of both others.
    Again,
    /// Held out as well, made after that of `Again` were looked at, with who had which partition.
    Later,
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::HeldOut => "heldout",
            Self::Again => "again",
            Self::Later => "later",
        }
    }
}

/// A group under load.
#[derive(Debug, Clone, Copy)]
struct Load {
    part: Part,
    members: usize,
    call: Duration,
    rate: f64,
    /// Shares of the session timeout that a member is held for.
    pauses: [f64; 2],
}

const LOADS: [Load; 4] = [
    Load { part: Part::Seen, members: 4, call: Duration::from_millis(40), rate: 140.0, pauses: [0.5, 1.35] },
    Load {
        part: Part::HeldOut,
        members: 3,
        call: Duration::from_millis(25),
        rate: 200.0,
        pauses: [0.7, 1.6],
    },
    Load { part: Part::Again, members: 4, call: Duration::from_millis(30), rate: 190.0, pauses: [0.6, 1.45] },
    Load { part: Part::Later, members: 4, call: Duration::from_millis(35), rate: 165.0, pauses: [0.65, 1.5] },
];

/// A runtime's client in a group, by its own defaults: session timeout, s, and what it does in a rebalance. Heartbeats are 3 s apart in all.
pub fn defaults(runtime: &str) -> (f64, Assignor) {
    match runtime {
        "go-franz" => (45.0, Assignor::Cooperative),
        "go-kafka-go" | "node-kafkajs" => (30.0, Assignor::Eager),
        "python-aiokafka" => (10.0, Assignor::Eager),
        _ => (45.0, Assignor::Eager),
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub part: Part,
    pub runtime: String,
    pub outage: Outage,
    pub repetition: u32,
    pub members: usize,
    pub partitions: i32,
    /// Of a member or a partition, as the runtime's concurrency has it.
    pub in_flight: u32,
    pub events_per_second: f64,
    pub session_seconds: f64,
    /// How long a member was held.
    pub pause_seconds: Option<f64>,
    /// When it started, UTC.
    pub started: String,
    /// Runs that were made beside it, and the load of the machine.
    pub beside: usize,
    pub load_average: f64,
    /// How long a call took, mean and p99, as another caller saw it.
    pub call_ms: f64,
    pub call_p99_ms: f64,
    /// p99 of how late the generator was.
    pub late_p99_ms: f64,
    /// Share of the time in which the consumers' core had next to nothing to spare, in windows of 2 s.
    pub full_share: Option<f64>,
    /// From the start of a process to its first event: the longest of those started again.
    pub startup_seconds: Option<f64>,
    pub p99_before_ms: f64,
    pub stood_seconds: f64,
    pub stood_median_seconds: f64,
    /// From the failure until the last partition was read again, and until the last had caught up.
    pub resumed_seconds: Option<f64>,
    pub caught_up_seconds: Option<f64>,
    pub most_lag: f64,
    pub redone: usize,
    pub handled_twice: usize,
    pub never_handled: usize,
    /// Members that ended by themselves and were started again.
    pub ended: u32,
    /// Events that wait, once a second from 5 s before the failure on.
    pub lag: String,
    pub machine: String,
    /// Which member had each partition before the failure; it befell 0. Empty in rows from before this was noted.
    #[serde(default)]
    pub owners: String,
}

impl Row {
    pub fn drain_seconds(&self) -> Option<f64> {
        Some(self.caught_up_seconds? - self.resumed_seconds?)
    }
}

/// The handler of all.
pub fn condition(in_flight: u32, rate: f64) -> Condition {
    Condition {
        io_calls: 1,
        in_flight,
        arrivals: Arrivals::Paced(rate),
        ..Condition::new("parse", EVENT_BYTES)
    }
}

const EVENT_BYTES: usize = 512;
/// From the first event of all members on.
const SETTLING: Duration = Duration::from_secs(10);
/// What was there while members joined has to be handled before a failure, within this time.
const STEADYING: Duration = Duration::from_secs(180);
/// A steady group has less than this waiting, s of arrivals, and p99 is of so long before the failure.
const STEADY_LAG: f64 = 0.3;
const STEADY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(60);
/// How long after the last action a group may take to catch up.
const FOLLOWED: Duration = Duration::from_secs(300);
/// A group that has caught up is followed for so much longer.
const AFTERWARDS: Duration = Duration::from_secs(6);
/// From a member that is held too long, or killed, until the group has noticed and gone on, beyond the session timeout.
const NOTICING: f64 = 12.0;

/// heartbeat.interval.ms, s.
const HEARTBEAT: f64 = 3.0;

/// What is to be run.
pub struct Extent {
    pub outages: Vec<String>,
    pub part: Option<String>,
    pub repetitions: u32,
    pub at_once: usize,
}

struct Planned<'a> {
    runtime: &'a Runtime,
    outage: Outage,
    load: Load,
    repetition: u32,
}

/// What all runs share, between threads.
struct Ground<'a> {
    cluster: &'a Cluster,
    replication: i32,
    log: PathBuf,
}

/// Makes the runs that `output` does not have yet.
pub fn measure(bench: &Bench, runtimes: &[Runtime], extent: &Extent, output: &Path) -> Result<()> {
    affinity::pin(SERVICE_CPU)?;
    let known = if output.exists() { read(output)? } else { Vec::new() };
    let mut planned = Vec::new();
    for repetition in 1..=extent.repetitions {
        for load in LOADS {
            for outage in ALL {
                // A plain loop has one event in progress, and would not carry the load.
                let those = runtimes.iter().filter(|runtime| runtime.reading.is_none());
                planned.extend(those.map(|runtime| Planned { runtime, outage, load, repetition }));
            }
        }
    }
    planned.retain(|it| {
        (extent.outages.is_empty() || extent.outages.iter().any(|name| name == it.outage.name()))
            && extent.part.as_deref().is_none_or(|name| name == it.load.part.name())
            && !known.iter().any(|row| {
                row.runtime == it.runtime.name
                    && row.outage == it.outage
                    && row.part == it.load.part
                    && row.repetition == it.repetition
            })
    });
    let ground =
        Ground { cluster: &bench.topics.cluster, replication: bench.topics.replication, log: bench.log() };
    let file = File::options().append(true).create(true).open(output)?;
    let writer = Mutex::new(csv::WriterBuilder::new().has_headers(known.is_empty()).from_writer(file));
    let (next, beside) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for turn in 0..extent.at_once.max(1) {
            let (ground, planned, writer, next) = (&ground, &planned, &writer, &next);
            let (beside, failures) = (&beside, &failures);
            scope.spawn(move || {
                // Members of several groups do not start all at once.
                std::thread::sleep(Duration::from_secs(2 * turn as u64));
                while let Some(it) = planned.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop::asked() {
                        return;
                    }
                    let others = beside.fetch_add(1, Ordering::Relaxed);
                    let made = run(ground, it, others).and_then(|row| {
                        row.print();
                        let mut writer = writer.lock().map_err(|_| anyhow::anyhow!("a run panicked"))?;
                        writer.serialize(row)?;
                        Ok(writer.flush()?)
                    });
                    beside.fetch_sub(1, Ordering::Relaxed);
                    if let (Err(error), Ok(mut failures)) = (made, failures.lock()) {
                        let error = format!("{} {}: {error:#}", it.runtime.name, it.outage.name());
                        eprintln!("failed: {error}");
                        failures.push(error);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    if !failures.is_empty() {
        bail!("{} runs failed:\n{}", failures.len(), failures.join("\n"));
    }
    Ok(())
}

/// The members of a group, each with a process or none.
struct Members<'a> {
    ground: &'a Ground<'a>,
    runtime: &'a Runtime,
    environment: Vec<(String, String)>,
    service: &'a Service,
    group: &'a str,
    running: Vec<Option<Consumer>>,
    started: usize,
    startups: Vec<f64>,
    ended: u32,
}

impl Members<'_> {
    fn start(&mut self, member: usize) -> Result<()> {
        let mut environment = self.environment.clone();
        environment.push(("LAB_STUB_URL".to_string(), self.service.url(member)));
        let launch = Launch {
            command: self.runtime.command(),
            environment,
            cpus: Some(CONSUMER_CPU.to_string()),
            log: Some(self.ground.log.clone()),
            ..Launch::default()
        };
        self.started += 1;
        let name = format!("{}-{}", self.group, self.started);
        self.running[member] = Some(Consumer::start(&launch, &name, None)?);
        Ok(())
    }

    /// Waits until a member handles events; notes how long it took.
    fn wait_for_first(&mut self, member: usize) -> Result<()> {
        let consumer = self.running[member].as_ref().context("a member is not there")?;
        loop {
            if stop::asked() {
                bail!("stopped");
            }
            let heard = consumer.hear(PATIENCE)?;
            if heard.line == Line::First {
                self.startups.push(heard.at.duration_since(consumer.started).as_secs_f64());
                return Ok(());
            }
        }
    }

    /// Starts those again that have ended by themselves, as a supervisor does.
    fn mend(&mut self, but: Option<usize>) -> Result<()> {
        for member in (0..self.running.len()).filter(|member| Some(*member) != but) {
            if self.running[member].as_mut().is_some_and(Consumer::ended) {
                self.ended += 1;
                self.start(member)?;
            }
        }
        Ok(())
    }
}

fn run(ground: &Ground<'_>, planned: &Planned<'_>, beside: usize) -> Result<Row> {
    let Planned { runtime, outage, load, repetition } = *planned;
    let started = jiff::Timestamp::now();
    let cluster = ground.cluster;
    let name = format!("lab-outage-{}-{}-{}", runtime.name, outage.name(), now_us());
    let mut scratch = Scratch::new(cluster, ground.replication, &name);
    scratch.topic(&name, PARTITIONS)?;
    let service = Service::start(load.call, SERVICE_CPU)?;
    let in_flight = match runtime.concurrency {
        Concurrency::Consumer => PARTITIONS as u32 / load.members as u32,
        Concurrency::Partition => 1,
    };
    let mut environment = condition(in_flight, load.rate).environment();
    for (variable, value) in [
        ("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrap_servers()),
        ("KAFKA_TOPIC", &name),
        ("KAFKA_GROUP", &name),
    ] {
        environment.push((variable.to_string(), value.to_string()));
    }
    let mut members = Members {
        ground,
        runtime,
        environment,
        service: &service,
        group: &name,
        running: (0..load.members).map(|_| None).collect(),
        started: 0,
        startups: Vec::new(),
        ended: 0,
    };
    (0..load.members).try_for_each(|member| members.start(member))?;
    let generator = Generator::start(cluster, &name, load.rate, now_us())?;
    for member in 0..load.members {
        members.wait_for_first(member)?;
    }
    members.startups.clear();
    wait(SETTLING)?;
    settle(&generator, &service, load.rate)?;
    let settled_us = now_us();
    let probe = Probe::start(service.address);

    let (session, _) = defaults(&runtime.name);
    let pause = match outage {
        Outage::Pause => Some(load.pauses[0] * session),
        Outage::Fenced => Some(load.pauses[1] * session),
        _ => None,
    };
    let full = Full::watch();
    wait(STEADY)?;
    let mut actions = vec![now_us()];
    let mut noticing = Duration::from_secs_f64(session + NOTICING);
    match outage {
        Outage::Kill => {
            members.running[0] = None;
            members.start(0)?;
        }
        Outage::Lost => members.running[0] = None,
        Outage::Deploy => {
            for member in 0..load.members {
                actions.push(now_us());
                if let Some(consumer) = &mut members.running[member] {
                    consumer.stop(PATIENCE);
                }
                members.running[member] = None;
                members.start(member)?;
                members.wait_for_first(member)?;
            }
            noticing = Duration::from_secs_f64(NOTICING);
        }
        Outage::Pause | Outage::Fenced => {
            let hold = members.running[0].as_ref().context("a member is not there")?;
            hold.hold();
            wait(Duration::from_secs_f64(pause.unwrap_or(0.0)))?;
            hold.go_on();
            actions.push(now_us());
            noticing = Duration::from_secs_f64(NOTICING);
        }
    }
    // A member that is gone is missed after the session timeout, others are heard of at the next heartbeat.
    let silent = if matches!(outage, Outage::Kill | Outage::Lost) { session } else { 0.0 };
    let noticed_us = now_us() + ((silent + 2.0 * HEARTBEAT) * 1e6) as u64;
    let begin = Instant::now();
    let mut caught_up: Option<Instant> = None;
    let by_partition = runtime.concurrency == Concurrency::Partition;
    let look = |generator: &Generator| {
        let written = generator.written();
        seen(&written, &service.calls(), &actions, settled_us, noticed_us, now_us(), by_partition)
    };
    while caught_up.is_none_or(|at| at.elapsed() < AFTERWARDS) && begin.elapsed() < FOLLOWED {
        wait(Duration::from_secs(1))?;
        members.mend((outage == Outage::Lost).then_some(0))?;
        let is_over = begin.elapsed() > noticing && look(&generator).caught_up.is_some();
        caught_up = if is_over { caught_up.or_else(|| Some(Instant::now())) } else { None };
    }
    if outage == Outage::Kill {
        members.wait_for_first(0)?;
    }
    let Seen {
        p99_before,
        stood,
        stood_median,
        resumed,
        caught_up,
        most_lag,
        redone,
        handled_twice,
        lost,
        lags,
    } = look(&generator);
    let owners = course::owners(&generator.written(), &service.calls(), actions[0]);
    let answers = probe.stop()?;
    let late_p99_ms = generator.stop()?;
    let full_share = full.stop()?;
    for consumer in members.running.iter_mut().flatten() {
        consumer.stop(Duration::from_secs(15));
    }
    let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let listed = |all: &[usize]| all.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
    Ok(Row {
        part: load.part,
        runtime: runtime.name.clone(),
        outage,
        repetition,
        members: load.members,
        partitions: PARTITIONS,
        in_flight,
        events_per_second: load.rate,
        session_seconds: session,
        pause_seconds: pause,
        started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        beside,
        load_average: loads.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or_default(),
        call_ms: answers.mean_ms,
        call_p99_ms: answers.p99_ms,
        late_p99_ms,
        full_share: Some(full_share),
        startup_seconds: members.startups.iter().copied().reduce(f64::max),
        p99_before_ms: p99_before * 1000.0,
        stood_seconds: stood,
        stood_median_seconds: stood_median,
        resumed_seconds: Some(resumed),
        caught_up_seconds: caught_up,
        most_lag,
        redone,
        handled_twice,
        never_handled: lost,
        ended: members.ended,
        lag: listed(&lags),
        machine: machine::describe(),
        owners: listed(&owners),
    })
}

impl Row {
    fn print(&self) {
        println!(
            "{:<18} {:<7} {:.0}/s: stood {:.1} s (median {:.1}), resumed {:.1} s, drained {:.1} s, {:.0} waited, {} redone \
             ({} handled twice, {} never), {} ended, call {:.1} ms, p99 {:.1}, generator late {:.1} ms, load {}",
            self.runtime,
            self.outage.name(),
            self.events_per_second,
            self.stood_seconds,
            self.stood_median_seconds,
            self.resumed_seconds.unwrap_or(f64::NAN),
            self.drain_seconds().unwrap_or(f64::NAN),
            self.most_lag,
            self.redone,
            self.handled_twice,
            self.never_handled,
            self.ended,
            self.call_ms,
            self.call_p99_ms,
            self.late_p99_ms,
            self.load_average,
        );
    }
}

/// Waits until a group handles events as they come.
fn settle(generator: &Generator, service: &Service, rate: f64) -> Result<()> {
    let begin = Instant::now();
    let mut steady = 0;
    while steady < 3 {
        if begin.elapsed() > STEADYING {
            bail!("the group does not keep up");
        }
        wait(Duration::from_secs(1))?;
        let handled: std::collections::HashSet<usize> =
            service.calls().iter().filter(|call| call.answered_us.is_some()).map(|call| call.event).collect();
        let waiting = generator.written().len().saturating_sub(handled.len());
        steady = if (waiting as f64) < STEADY_LAG * rate { steady + 1 } else { 0 };
    }
    Ok(())
}

/// Watches how full the consumers' core is: a sign that something else disturbs, whatever comes of a run.
struct Full {
    going: Arc<AtomicBool>,
    watching: JoinHandle<f64>,
}

impl Full {
    fn watch() -> Self {
        let going = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&going);
        let watching = std::thread::spawn(move || {
            let (mut windows, mut full, mut last) = (0u32, 0u32, idle_ticks());
            while asked.load(Ordering::Relaxed) {
                std::thread::sleep(WINDOW);
                let idle = idle_ticks();
                windows += 1;
                full += u32::from(idle.saturating_sub(last) < LEAST_IDLE_TICKS);
                last = idle;
            }
            f64::from(full) / f64::from(windows.max(1))
        });
        Self { going, watching }
    }

    fn stop(self) -> Result<f64> {
        self.going.store(false, Ordering::Relaxed);
        self.watching.join().map_err(|_| anyhow::anyhow!("the watch of the core panicked"))
    }
}

const WINDOW: Duration = Duration::from_secs(2);
/// Of the 200 of a window.
const LEAST_IDLE_TICKS: u64 = 6;

/// Hundredths of a second for which the consumers' core has been idle.
fn idle_ticks() -> u64 {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let its = text.lines().find(|line| line.split(' ').next() == Some(&format!("cpu{CONSUMER_CPU}")));
    its.and_then(|line| line.split(' ').nth(4)?.parse().ok()).unwrap_or_default()
}

/// Writes events of known skus at their due times until it is dropped.
struct Generator {
    going: Arc<AtomicBool>,
    written: Arc<Mutex<Vec<Written>>>,
    writing: Option<JoinHandle<Result<f64>>>,
}

impl Generator {
    fn start(cluster: &Cluster, topic: &str, rate: f64, seed: u64) -> Result<Self> {
        let (going, written) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(Vec::new())));
        let (asked, noted) = (Arc::clone(&going), Arc::clone(&written));
        let writer = cluster.writer()?;
        let topic = topic.to_string();
        let writing = std::thread::Builder::new().name(format!("generator of {topic}")).spawn(move || {
            affinity::pin(SERVICE_CPU)?;
            write(&writer, &topic, rate, seed, &asked, &noted)
        })?;
        Ok(Self { going, written, writing: Some(writing) })
    }

    fn written(&self) -> Vec<Written> {
        self.written.lock().map(|written| written.clone()).unwrap_or_default()
    }

    /// p99 of how late it was, ms.
    fn stop(mut self) -> Result<f64> {
        self.going.store(false, Ordering::Relaxed);
        let writing = self.writing.take().context("the generator stopped twice")?;
        writing.join().map_err(|_| anyhow::anyhow!("the generator panicked"))?
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.going.store(false, Ordering::Relaxed);
    }
}

fn write(
    writer: &Writer,
    topic: &str,
    rate: f64,
    seed: u64,
    going: &AtomicBool,
    noted: &Mutex<Vec<Written>>,
) -> Result<f64> {
    let templates = events::generate(SEED, EVENT_BYTES, 4096)?;
    let mut random = fastrand::Rng::with_seed(seed);
    let start = now_us();
    let mut due = 0.0;
    let mut late = Vec::new();
    for (number, template) in templates.iter().cycle().take(MOST_EVENTS).enumerate() {
        due += -(1.0 - random.f64()).ln() / rate;
        let due_us = start + (due * 1e6) as u64;
        let mut ahead = due_us.saturating_sub(now_us());
        while ahead > 0 && going.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_micros(ahead).min(Duration::from_millis(50)));
            ahead = due_us.saturating_sub(now_us());
        }
        if !going.load(Ordering::Relaxed) {
            break;
        }
        late.push(now_us().saturating_sub(due_us));
        let partition = random.i32(0..PARTITIONS);
        if let Ok(mut noted) = noted.lock() {
            noted.push(Written { due_us, partition: partition as usize });
        }
        writer.write(topic, partition, &marked(template, number)?, due_us)?;
    }
    writer.flush()?;
    late.sort_unstable();
    Ok(percentile(&late, 0.99) as f64 / 1000.0)
}

/// The event with the sku that stands for its number.
fn marked(event: &Event, number: usize) -> Result<Event> {
    const BEFORE: &str = "\"sku\":\"";
    let at = event.value.find(BEFORE).context("an event has no sku")? + BEFORE.len();
    let end = at + event.value[at..].find('"').context("a sku does not end")?;
    let mut value = event.value.clone();
    value.replace_range(at..end, &service::sku(number));
    Ok(Event { value, ..event.clone() })
}

/// Sleeps, and fails if it is to stop.
fn wait(time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if stop::asked() {
            bail!("stopped");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// The rows of a file.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    let rows: csv::Result<Vec<Row>> = csv::Reader::from_path(path)?.into_deserialize().collect();
    rows.with_context(|| format!("in {}", path.display()))
}
