//! A user's own consumer: any command that reads a topic in a group and commits what it has handled.
//!
//! It says nothing, so how far it is is read from what its group has committed. Commits come every few seconds;
//! between two of them CPU time and events are both known.

use crate::affinity;
use crate::consumer::{Consumer, ConsumerError, Launch, Report};
use crate::events::Event;
use crate::kafka::{Cluster, ClusterError, Compression, now_us};
use crate::kernel::{self, Bracket};
use crate::machine;
use crate::pace::{Lateness, write_paced};
use crate::sample::Sample;
use crate::stretch::{Mark, Stretch, WarmUp};
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often commits are looked for: how far a mark may be off.
const LOOKING: Duration = Duration::from_millis(20);
/// How often memory is looked at, which takes longer.
const LOOKING_AT_MEMORY: Duration = Duration::from_millis(500);
/// Windows of the warm-up last from one commit to another, at least so many seconds.
const WINDOW_SECONDS: f64 = 2.0;
/// What the windows of the warm-up may differ by. Either end of a window is off by `LOOKING`, 2 % of the shortest,
/// and by what the command had handled but not committed, some fetches.
const AGREEMENT: f64 = 0.05;
/// The warm-up ends here even if its windows do not agree: three windows at a commit each 5 s take 15 s.
const LONGEST_WARM_UP: Duration = Duration::from_secs(20);
/// How long an idle command is left alone to join its group.
const SETTLING: Duration = Duration::from_secs(10);
/// How long arrivals that were missed while the command was held are caught up.
const CATCHING_UP: Duration = Duration::from_secs(1);
/// The share of a backlog after which its end is too near to measure.
const USABLE: f64 = 0.95;
/// Runs of the kernel while the command is held before and after a sample. While a backlog is drained, one more
/// follows each commit: held longer, a command whose events come at a rate would have a backlog too.
const KERNELS_AT_THE_ENDS: u32 = 3;
/// The least time between two runs of the kernel within a sample: each holds the command for some 25 ms.
const BETWEEN_KERNELS: Duration = Duration::from_secs(1);
const STOPPING: Duration = Duration::from_secs(15);

/// What is measured, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the runtime in the samples.
    pub runtime: String,
    /// Kind of handler in the samples.
    pub handler: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// CPUs that it may run on, as taskset takes them.
    pub cpus: Option<String>,
    /// Cores in the samples.
    pub cores: f64,
    /// Length of a sample, s.
    pub seconds: f64,
    /// The most that the brackets of a sample may differ.
    pub max_gap: f64,
    /// How long nothing may be committed.
    pub patience: Duration,
    /// Partitions of the topics.
    pub partitions: i32,
    /// Replicas of the topics.
    pub replication: i32,
}

/// How events come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// All are there: it drains a backlog.
    Backlog,
    /// At so many events/s.
    Paced(f64),
    /// None come.
    Idle,
}

/// Why there is no sample.
#[derive(Debug, thiserror::Error)]
pub enum NoSample {
    /// The cluster refused something.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The command could not be run.
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    /// It ended while it was measured.
    #[error("the command ended by itself{last}; its messages are in {log}")]
    Ended {
        /// The last of them, after a comma.
        last: String,
        /// Where its standard error went.
        log: String,
    },
    /// It reads something else, or does not commit.
    #[error(
        "the command committed nothing for {seconds:.0} s: it has to read $KAFKA_TOPIC in the group $KAFKA_GROUP \
         from the earliest offset on, and to commit what it has handled; its messages are in {log}"
    )]
    NoCommits {
        /// Where its standard error went.
        log: String,
        /// How long was waited, s.
        seconds: f64,
    },
    /// The backlog is too small.
    #[error(
        "the backlog of {events} events was gone before {seconds:.1} s could be measured; at the rate seen it takes \
         --count {wanted} or more, or fewer --seconds"
    )]
    TooFew {
        /// Events that there were.
        events: usize,
        /// Length wanted, s.
        seconds: f64,
        /// Events that would do.
        wanted: u64,
    },
    /// The generator of events ended in a way that is not its own.
    #[error("the writer of events panicked")]
    Writer,
    /// The processor does not let itself be asked.
    #[error("the calibration kernel did not run")]
    Kernel(#[from] nix::Error),
    /// Ctrl-C.
    #[error("stopped")]
    Stopped,
}

/// A topic that is deleted when dropped.
pub struct Topic<'a> {
    cluster: &'a Cluster,
    /// Its name.
    pub name: String,
    /// Events in it.
    pub events: usize,
}

impl<'a> Topic<'a> {
    /// An empty one.
    pub fn create(cluster: &'a Cluster, name: String, settings: &Settings) -> Result<Self, ClusterError> {
        cluster.create_topic(&name, settings.partitions, settings.replication)?;
        Ok(Self { cluster, name, events: 0 })
    }

    /// Writes `count` events, taken in turn from `events`, while `going` says so.
    pub fn fill(
        &mut self,
        settings: &Settings,
        events: &[Event],
        count: usize,
        going: impl FnMut(usize) -> bool,
    ) -> Result<(), ClusterError> {
        self.events +=
            self.cluster.fill(&self.name, settings.partitions, events, count, Compression::None, going)?;
        Ok(())
    }
}

impl Drop for Topic<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.cluster.delete_topic(&self.name) {
            eprintln!("warning: {error}");
        }
    }
}

/// The groups of the runs. Each is deleted after its run; one that a member did not leave, as when it was killed,
/// is tried again after each later run and when this is dropped.
pub struct Groups<'a> {
    cluster: &'a Cluster,
    left: RefCell<Vec<String>>,
}

impl<'a> Groups<'a> {
    /// None yet.
    pub fn new(cluster: &'a Cluster) -> Self {
        Self { cluster, left: RefCell::default() }
    }

    fn delete(&self) {
        self.left.borrow_mut().retain(|name| match self.cluster.delete_empty_group(name) {
            Ok(gone) => !gone,
            Err(error) => {
                eprintln!("warning: {error}");
                false
            }
        });
    }
}

impl Drop for Groups<'_> {
    fn drop(&mut self) {
        self.delete();
        for name in self.left.get_mut() {
            eprintln!("warning: the command did not leave group {name}; the broker removes it in a while");
        }
    }
}

/// A group in use.
struct Group<'a> {
    groups: &'a Groups<'a>,
    name: String,
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        self.groups.left.borrow_mut().push(std::mem::take(&mut self.name));
        self.groups.delete();
    }
}

/// A thread that writes events at a rate, until it is dropped.
struct Writing {
    going: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<Lateness, ClusterError>>>,
}

impl Writing {
    fn start(
        cluster: &Cluster,
        topic: &str,
        partitions: i32,
        events: &[Event],
        rate: f64,
    ) -> Result<Self, ClusterError> {
        let going = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&going);
        let (writer, topic, events) = (cluster.writer()?, topic.to_string(), events.to_vec());
        let thread = std::thread::spawn(move || {
            let going = || asked.load(Ordering::Relaxed);
            write_paced(&writer, &topic, partitions, &events, rate, f64::INFINITY, now_us(), going)
        });
        Ok(Self { going, thread: Some(thread) })
    }

    /// Whether it ended by itself: something went wrong.
    fn ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    fn stop(&mut self) -> Result<Option<Lateness>, NoSample> {
        self.going.store(false, Ordering::Relaxed);
        match self.thread.take() {
            Some(thread) => Ok(Some(thread.join().map_err(|_| NoSample::Writer)??)),
            None => Ok(None),
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Its topic is about to be deleted.
        let _ = self.stop();
    }
}

/// Runs the command once over a topic and takes a sample of it. `stopped` is asked often.
pub fn measure(
    groups: &Groups<'_>,
    settings: &Settings,
    topic: &Topic<'_>,
    events: &[Event],
    arrivals: Arrivals,
    stopped: &dyn Fn() -> bool,
) -> Result<Sample, NoSample> {
    let started = jiff::Timestamp::now();
    let cluster = groups.cluster;
    let name = format!("tonnage-measure-{}-{}", std::process::id(), now_us());
    let log = std::env::temp_dir().join(format!("{name}.log"));
    let environment = [
        ("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrap_servers()),
        ("KAFKA_TOPIC", &topic.name),
        ("KAFKA_GROUP", &name),
    ];
    let launch = Launch {
        command: settings.command.clone(),
        environment: environment.map(|(name, value)| (name.to_string(), value.to_string())).into(),
        cpus: settings.cpus.clone(),
        network_namespace: None,
        log: Some(log.clone()),
    };
    let progress = cluster.progress(&topic.name, settings.partitions, &name)?;
    let ends = match arrivals {
        Arrivals::Backlog => Some(progress.written_by_partition()?),
        Arrivals::Paced(_) | Arrivals::Idle => None,
    };
    // Dropped last: the command has to have left it.
    let _group = Group { groups, name: name.clone() };
    let mut consumer = Consumer::start(&launch, &name, None)?;
    let mut writing = match arrivals {
        Arrivals::Paced(rate) => {
            Some(Writing::start(cluster, &topic.name, settings.partitions, events, rate)?)
        }
        Arrivals::Backlog | Arrivals::Idle => None,
    };
    let committed = || progress.committed_by_partition();
    let writer_ended = || writing.as_ref().is_some_and(Writing::ended);
    let mut watch = Watch {
        consumer: &mut consumer,
        settings,
        committed: &committed,
        commits: Commits::new(settings.partitions, ends, settings.patience / 4),
        log: &log,
        stopped: &|| stopped() || writer_ended(),
        peak_memory: 0.0,
        memory_seen: None,
    };
    let result = watch.run(topic.events as u64, arrivals);
    consumer.stop(STOPPING);
    drop(consumer);
    let lateness = match &mut writing {
        // Why it ended says more than that the measurement ended because of it.
        Some(writing) => writing.stop()?,
        None => None,
    };
    if !matches!(result, Err(NoSample::Ended { .. } | NoSample::NoCommits { .. })) {
        let _ = std::fs::remove_file(&log);
    }
    let watched = result?;
    let bytes = events.iter().map(|event| event.value.len()).sum::<usize>() / events.len().max(1);
    let mut sample = Sample {
        runtime: settings.runtime.clone(),
        condition: match arrivals {
            Arrivals::Backlog => settings.handler.clone(),
            Arrivals::Paced(rate) => format!("{}+{rate:.0}/s", settings.handler),
            Arrivals::Idle => format!("{}+idle", settings.handler),
        },
        handler: settings.handler.clone(),
        event_bytes: bytes,
        in_flight: 1,
        backlog: arrivals == Arrivals::Backlog,
        cores: settings.cores,
        commit: "interval".to_string(),
        compression: "none".to_string(),
        network: "loopback".to_string(),
        partitions: settings.partitions,
        started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        peak_memory_mib: Some(watched.peak_memory),
        warm_seconds: watched.warm_seconds,
        machine: machine::describe(),
        ..Sample::default()
    }
    .with(&watched.stretch, Bracket::of(&watched.kernels), settings.max_gap);
    if arrivals != Arrivals::Idle {
        sample.memory_mib = Some(watched.peak_memory);
    }
    if let Arrivals::Paced(rate) = arrivals {
        sample.offered_per_second = Some(rate);
    }
    sample.lateness_p99_ms = lateness.map(|lateness| lateness.p99_us as f64 / 1000.0);
    if !watched.warm {
        let not_warm = format!("not warm: its windows did not agree within {:.0} %", 100.0 * AGREEMENT);
        sample.note = match &*sample.note {
            "" => not_warm,
            note => format!("{note}; {not_warm}"),
        };
    }
    Ok(sample)
}

/// What a group has committed, and when that makes a mark.
///
/// Each member of a group commits in its own time, so right after one commit the others lag behind by up to an
/// interval, and the next time by as much more or less. A mark is therefore taken when all partitions that move
/// have moved since the last one.
struct Commits {
    /// Where a partition cannot move any more; not known where events still come.
    ends: Option<Vec<u64>>,
    committed: Vec<u64>,
    moved: Vec<Option<Instant>>,
    since_mark: Vec<bool>,
    /// A partition that has not moved for so long is not waited for: it may be read in turn with others.
    forgetting: Duration,
}

impl Commits {
    fn new(partitions: i32, ends: Option<Vec<u64>>, forgetting: Duration) -> Self {
        let count = partitions.max(0) as usize;
        Self {
            ends,
            committed: vec![0; count],
            moved: vec![None; count],
            since_mark: vec![false; count],
            forgetting,
        }
    }

    /// Takes what is committed now; whether this makes a mark.
    fn take(&mut self, now: Instant, committed: &[u64]) -> bool {
        let mut moved = false;
        for (index, &offset) in committed.iter().enumerate().take(self.committed.len()) {
            if offset > self.committed[index] {
                self.committed[index] = offset;
                self.moved[index] = Some(now);
                self.since_mark[index] = true;
                moved = true;
            }
        }
        let is_waited_for = |index: usize| {
            let at_end = self.ends.as_ref().and_then(|ends| ends.get(index));
            !self.since_mark[index]
                && at_end.is_none_or(|&end| self.committed[index] < end)
                && self.moved[index].is_some_and(|at| now.saturating_duration_since(at) <= self.forgetting)
        };
        let marks = moved && !(0..self.committed.len()).any(is_waited_for);
        if marks {
            self.since_mark.fill(false);
        }
        marks
    }

    /// Events committed.
    fn handled(&self) -> u64 {
        self.committed.iter().sum()
    }
}

/// What was seen of a command.
struct Watched {
    stretch: Stretch,
    /// CPU time of all runs of the kernel, ms.
    kernels: Vec<f64>,
    /// MiB.
    peak_memory: f64,
    warm: bool,
    warm_seconds: f64,
}

struct Watch<'a> {
    consumer: &'a mut Consumer,
    settings: &'a Settings,
    committed: &'a dyn Fn() -> Result<Vec<u64>, ClusterError>,
    commits: Commits,
    log: &'a Path,
    stopped: &'a dyn Fn() -> bool,
    peak_memory: f64,
    memory_seen: Option<Instant>,
}

impl Watch<'_> {
    fn run(&mut self, events: u64, arrivals: Arrivals) -> Result<Watched, NoSample> {
        match arrivals {
            Arrivals::Backlog => self.draining(events),
            Arrivals::Paced(_) => self.paced(),
            Arrivals::Idle => self.idle(),
        }
    }

    /// Whether to go on, with a look at memory now and then.
    fn check(&mut self) -> Result<(), NoSample> {
        if (self.stopped)() {
            return Err(NoSample::Stopped);
        }
        if self.consumer.ended() {
            let text = std::fs::read_to_string(self.log).unwrap_or_default();
            let last = text.lines().rev().find(|line| !line.trim().is_empty());
            let last = last.map(|line| format!(", and said last: {line}")).unwrap_or_default();
            return Err(NoSample::Ended { last, log: self.log.display().to_string() });
        }
        if self.memory_seen.is_none_or(|seen| seen.elapsed() >= LOOKING_AT_MEMORY) {
            self.peak_memory = self.peak_memory.max(self.consumer.pss_mib());
            self.memory_seen = Some(Instant::now());
        }
        Ok(())
    }

    fn mark(&self) -> Result<Mark, NoSample> {
        let report = Report {
            t_us: now_us(),
            handled: self.commits.handled(),
            bytes: 0,
            fetches: None,
            empty: None,
            service_s: None,
            service_s2: None,
        };
        Ok(Mark { at: Instant::now(), cpu_seconds: self.consumer.cpu_seconds()?, report })
    }

    /// The moment of the next commit, of all members that commit.
    fn next_commit(&mut self) -> Result<Mark, NoSample> {
        let mut moved = Instant::now();
        loop {
            self.check()?;
            let before = self.commits.handled();
            let committed = (self.committed)()?;
            let now = Instant::now();
            if self.commits.take(now, &committed) {
                return self.mark();
            }
            if self.commits.handled() > before {
                moved = now;
            }
            if moved.elapsed() > self.settings.patience {
                return Err(NoSample::NoCommits {
                    log: self.log.display().to_string(),
                    seconds: self.settings.patience.as_secs_f64(),
                });
            }
            std::thread::sleep(LOOKING);
        }
    }

    /// Runs the kernel while the command is held, on its first CPU where that is told.
    fn held(&self, times: u32) -> Result<Vec<f64>, NoSample> {
        let first =
            self.settings.cpus.as_deref().and_then(|cpus| cpus.split([',', '-']).next()?.parse().ok());
        let run = |_| match first {
            Some(cpu) => affinity::kernel_on(cpu),
            None => kernel::run(),
        };
        self.consumer.hold();
        let kernels = (0..times).map(run).collect::<Result<_, _>>();
        self.consumer.go_on();
        Ok(kernels?)
    }

    /// The last mark of the warm-up, whether it is warm, and how long that took. Ends early where one more commit
    /// would not leave enough of a backlog of so many events.
    fn warm_up(&mut self, backlog: Option<u64>) -> Result<(Mark, bool, f64), NoSample> {
        let warming = Instant::now();
        let mut warm_up = WarmUp::new(WINDOW_SECONDS, AGREEMENT);
        let (mut last_at, mut last_handled) = (self.consumer.started, 0);
        loop {
            let mark = self.next_commit()?;
            let warm = warm_up.agrees(mark);
            let interval = mark.at.saturating_duration_since(last_at).as_secs_f64();
            let handled = mark.report.handled;
            let ends_soon = backlog.is_some_and(|events| {
                let rate = handled.saturating_sub(last_handled) as f64 / interval;
                let left = USABLE * events as f64 - handled as f64;
                left < rate * (self.settings.seconds + 2.0 * interval)
            });
            if warm || ends_soon || warming.elapsed() >= LONGEST_WARM_UP {
                return Ok((mark, warm, warming.elapsed().as_secs_f64()));
            }
            (last_at, last_handled) = (mark.at, handled);
        }
    }

    fn draining(&mut self, events: u64) -> Result<Watched, NoSample> {
        let near_end = |mark: &Mark| mark.report.handled as f64 > USABLE * events as f64;
        let (from, warm, warm_seconds) = self.warm_up(Some(events))?;
        let mut stretch: Option<Stretch> = None;
        let mut kernels = Vec::new();
        if !near_end(&from) {
            let mut holding = Duration::ZERO;
            let mut last_held = Instant::now();
            kernels = self.held(KERNELS_AT_THE_ENDS)?;
            holding += last_held.elapsed();
            loop {
                let mark = self.next_commit()?;
                if near_end(&mark) {
                    break;
                }
                let mut until_here = Stretch::between(&from, &mark);
                until_here.seconds -= holding.as_secs_f64();
                stretch = Some(until_here);
                if until_here.seconds >= self.settings.seconds {
                    break;
                }
                if last_held.elapsed() >= BETWEEN_KERNELS {
                    last_held = Instant::now();
                    kernels.extend(self.held(1)?);
                    holding += last_held.elapsed();
                }
            }
            kernels.extend(self.held(KERNELS_AT_THE_ENDS)?);
        }
        match stretch {
            Some(stretch) if stretch.seconds >= self.settings.seconds / 2.0 => {
                Ok(Watched { stretch, kernels, peak_memory: self.peak_memory, warm, warm_seconds })
            }
            _ => {
                let handled = self.commits.handled() as f64;
                let mut rate = handled / self.consumer.started.elapsed().as_secs_f64();
                if near_end(&from) {
                    // It may have been through long before it committed, but not without its CPU.
                    let by_cpu = handled / self.consumer.cpu_seconds()? * self.settings.cores;
                    rate = rate.max(if by_cpu.is_finite() { by_cpu } else { 0.0 });
                }
                let wanted = enough(rate, self.settings.seconds);
                let seconds = self.settings.seconds;
                Err(NoSample::TooFew { events: events as usize, seconds, wanted })
            }
        }
    }

    fn paced(&mut self) -> Result<Watched, NoSample> {
        let (_, warm, warm_seconds) = self.warm_up(None)?;
        let mut kernels = self.held(KERNELS_AT_THE_ENDS)?;
        let resumed = Instant::now();
        let mut from = self.next_commit()?;
        while from.at.saturating_duration_since(resumed) < CATCHING_UP {
            from = self.next_commit()?;
        }
        let stretch = loop {
            let mark = self.next_commit()?;
            let stretch = Stretch::between(&from, &mark);
            if stretch.seconds >= self.settings.seconds {
                break stretch;
            }
        };
        kernels.extend(self.held(KERNELS_AT_THE_ENDS)?);
        Ok(Watched { stretch, kernels, peak_memory: self.peak_memory, warm, warm_seconds })
    }

    fn idle(&mut self) -> Result<Watched, NoSample> {
        self.wait(SETTLING.as_secs_f64())?;
        let mut kernels = self.held(KERNELS_AT_THE_ENDS)?;
        self.wait(CATCHING_UP.as_secs_f64())?;
        let from = self.mark()?;
        self.wait(self.settings.seconds / 3.0)?;
        let stretch = Stretch::between(&from, &self.mark()?);
        kernels.extend(self.held(KERNELS_AT_THE_ENDS)?);
        let warm_seconds = SETTLING.as_secs_f64();
        Ok(Watched { stretch, kernels, peak_memory: self.peak_memory, warm: true, warm_seconds })
    }

    fn wait(&mut self, seconds: f64) -> Result<(), NoSample> {
        let begin = Instant::now();
        while begin.elapsed().as_secs_f64() < seconds {
            self.check()?;
            std::thread::sleep(LOOKING);
        }
        Ok(())
    }
}

/// Events that are enough for a sample of this length at this rate, with the warm-up before it, and commits that are
/// 5 s apart at either end. Two digits, rounded up.
fn enough(rate: f64, seconds: f64) -> u64 {
    let needed = LONGEST_WARM_UP.as_secs_f64() + seconds + 10.0;
    let exact = (rate * needed / USABLE).max(10.0);
    let unit = 10_f64.powf(exact.log10().floor() - 1.0);
    ((exact / unit).ceil() * unit) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn settings(seconds: f64, patience: Duration) -> Settings {
        Settings {
            runtime: "own".into(),
            handler: "decode".into(),
            command: vec!["sleep".into(), "30".into()],
            cpus: None,
            cores: 1.0,
            seconds,
            max_gap: 1.0,
            patience,
            partitions: 2,
            replication: 1,
        }
    }

    /// Watches a sleeping command that commits, each time it is looked at, what `committed` says by the count.
    fn watch(
        settings: &Settings,
        committed: impl Fn(u64) -> Vec<u64>,
        events: u64,
        arrivals: Arrivals,
    ) -> Result<Watched, NoSample> {
        let launch = Launch { command: settings.command.clone(), ..Launch::default() };
        let name = format!("tonnage-test-own-{}-{}", std::process::id(), now_us());
        let mut consumer = Consumer::start(&launch, &name, None).unwrap();
        let looked = Cell::new(0);
        let committed = || {
            looked.set(looked.get() + 1);
            Ok(committed(looked.get()))
        };
        let ends = (arrivals == Arrivals::Backlog).then(|| vec![events / 2; 2]);
        let mut watch = Watch {
            consumer: &mut consumer,
            settings,
            committed: &committed,
            commits: Commits::new(2, ends, settings.patience / 4),
            log: Path::new("log"),
            stopped: &|| false,
            peak_memory: 0.0,
            memory_seen: None,
        };
        watch.run(events, arrivals)
    }

    #[test]
    fn all_in_one_commit_is_too_few() {
        let begin = Instant::now();
        let settings = settings(1.0, Duration::from_secs(20));
        let result = watch(&settings, |_| vec![500, 500], 1000, Arrivals::Backlog);
        let Err(NoSample::TooFew { events: 1000, wanted, .. }) = result else { panic!("not too few") };
        assert!(wanted > 1000, "{wanted}");
        assert!(begin.elapsed() < Duration::from_secs(10), "waited for more");
    }

    #[test]
    fn nothing_in_patience_is_told() {
        let settings = settings(1.0, Duration::from_millis(200));
        let result = watch(&settings, |_| vec![0, 0], 1000, Arrivals::Backlog);
        assert!(matches!(result, Err(NoSample::NoCommits { .. })));
    }

    #[test]
    fn a_backlog_is_measured_without_the_time_that_the_command_was_held() {
        let settings = settings(1.0, Duration::from_secs(20));
        // A commit each second or so, after one that is so fast that the backlog would not last.
        let committed = |looked: u64| vec![(510 + looked / 40).min(1000); 2];
        let watched = watch(&settings, committed, 2000, Arrivals::Backlog).ok().unwrap();
        assert!(watched.kernels.len() >= 6);
        assert!(watched.stretch.seconds >= 1.0 && watched.stretch.events > 0, "{:?}", watched.stretch);
    }

    #[test]
    fn marks_wait_for_all_members() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut commits = Commits::new(3, Some(vec![100, 100, 3]), Duration::from_secs(15));
        // Nobody but the first has moved yet.
        assert!(commits.take(at(1), &[10, 0, 0]));
        assert!(!commits.take(at(2), &[10, 0, 0]), "nothing moved");
        assert!(!commits.take(at(3), &[10, 5, 3]), "the first has not moved again");
        assert!(commits.take(at(6), &[20, 5, 3]));
        // The third is at its end.
        assert!(!commits.take(at(8), &[20, 9, 3]));
        assert!(commits.take(at(11), &[30, 9, 3]));
        assert_eq!(commits.handled(), 42);
        // Whoever has not moved for long is not waited for, but a mark is always a commit.
        assert!(!commits.take(at(24), &[30, 10, 3]));
        assert!(!commits.take(at(28), &[30, 10, 3]));
        assert!(commits.take(at(29), &[30, 11, 3]));
    }

    #[test]
    fn counts_that_are_enough_are_rounded_up() {
        // 30,000/s x 60 s / 0.95 = 1.895 million.
        assert_eq!(enough(30_000.0, 30.0), 1_900_000);
        assert_eq!(enough(0.0, 30.0), 10);
    }
}
