//! A user's own consumer: any command that reads a topic in a group and commits what it has handled.
//!
//! It says nothing, so how far it is is read from what its group has committed. Commits come every few seconds;
//! between two of them CPU time and events are both known.

use crate::affinity;
use crate::consumer::{Consumer, ConsumerError, Launch, Report};
use crate::events::Event;
use crate::kafka::{Cluster, ClusterError, Compression, Progress, now_us};
use crate::kernel::{self, Bracket};
use crate::pace::write_paced;
use crate::sample::Sample;
use crate::stretch::{Mark, Stretch, WarmUp};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often commits are looked for.
const LOOKING: Duration = Duration::from_millis(100);
/// The warm-up ends here even if its windows do not agree.
const LONGEST_WARM_UP: Duration = Duration::from_secs(40);
/// The share of a backlog after which its end is too near to measure.
const USABLE: f64 = 0.95;
const KERNELS: u32 = 8;
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
    #[error("the command ended by itself; its messages are in {log}")]
    Ended {
        /// Where its standard error went.
        log: String,
    },
    /// It reads something else, or does not commit.
    #[error(
        "the command committed nothing for {seconds:.0} s: it has to read $KAFKA_TOPIC in the group $KAFKA_GROUP \
         from the earliest offset on, and to commit what it has handled"
    )]
    NoCommits {
        /// How long was waited, s.
        seconds: f64,
    },
    /// The backlog is too small.
    #[error(
        "the backlog of {events} events was gone before {seconds:.1} s could be measured; ask for more with --count"
    )]
    TooFew {
        /// Events that there were.
        events: usize,
        /// Length wanted, s.
        seconds: f64,
    },
    /// The processor does not let itself be asked.
    #[error("the calibration kernel did not run: {0}")]
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

/// Tells its writing thread to stop when dropped.
struct Writing(Arc<AtomicBool>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Runs the command once over a topic and takes a sample of it. `stopped` is asked often.
pub fn measure(
    cluster: &Cluster,
    settings: &Settings,
    topic: &Topic<'_>,
    events: &[Event],
    arrivals: Arrivals,
    stopped: &dyn Fn() -> bool,
) -> Result<Sample, NoSample> {
    let group = format!("tonnage-measure-{}-{}", std::process::id(), now_us());
    let log = std::env::temp_dir().join(format!("{group}.log"));
    let environment = [
        ("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrap_servers()),
        ("KAFKA_TOPIC", &topic.name),
        ("KAFKA_GROUP", &group),
    ];
    let launch = Launch {
        command: settings.command.clone(),
        environment: environment.map(|(name, value)| (name.to_string(), value.to_string())).into(),
        cpus: settings.cpus.clone(),
        network_namespace: None,
        log: Some(log.clone()),
    };
    let before = kernel(settings)?;
    let progress = cluster.progress(&topic.name, settings.partitions, &group)?;
    let mut consumer = Consumer::start(&launch, &group, None)?;
    let going = Arc::new(AtomicBool::new(true));
    let _writing = Writing(Arc::clone(&going));
    if let Arrivals::Paced(rate) = arrivals {
        let (writer, name, events) = (cluster.writer()?, topic.name.clone(), events.to_vec());
        let partitions = settings.partitions;
        std::thread::spawn(move || {
            let going = || going.load(Ordering::Relaxed);
            write_paced(&writer, &name, partitions, &events, rate, 3600.0, now_us(), going)
        });
    }
    let mut watch = Watch {
        consumer: &mut consumer,
        progress: &progress,
        log: log.display().to_string(),
        patience: settings.patience,
        stopped,
        handled: 0,
    };
    let result = watch.stretch(settings, topic, arrivals);
    drop(_writing);
    consumer.stop(STOPPING);
    drop(consumer);
    let after = kernel(settings)?;
    // A member that was killed is still in the group until its session ends: then the broker removes both.
    let _ = cluster.delete_group(&group);
    let (stretch, peak_memory_mib, warm, warm_seconds) = result?;
    let _ = std::fs::remove_file(&log);
    let bytes = events.iter().map(|event| event.value.len()).sum::<usize>() / events.len().max(1);
    let mut sample = Sample {
        runtime: settings.runtime.clone(),
        condition: match arrivals {
            Arrivals::Backlog => settings.handler.clone(),
            Arrivals::Paced(rate) => format!("{}+{rate:.0}/s", settings.handler),
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
        started: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        peak_memory_mib: Some(peak_memory_mib),
        memory_mib: Some(peak_memory_mib),
        warm_seconds,
        ..Sample::default()
    }
    .with(&stretch, Bracket { before_ms: before, after_ms: after }, settings.max_gap);
    if let Arrivals::Paced(rate) = arrivals {
        sample.offered_per_second = Some(rate);
    }
    if !warm {
        sample.note = format!("{} not warm: its windows did not agree within 2 %", sample.note).trim().into();
    }
    Ok(sample)
}

/// Mean CPU time of some runs of the kernel, on the command's first CPU where it is told, ms.
fn kernel(settings: &Settings) -> Result<f64, nix::Error> {
    let first = settings.cpus.as_deref().and_then(|cpus| cpus.split([',', '-']).next()?.parse().ok());
    let mut sum = 0.0;
    for _ in 0..KERNELS {
        sum += match first {
            Some(cpu) => affinity::kernel_on(cpu)?,
            None => kernel::run()?,
        };
    }
    Ok(sum / f64::from(KERNELS))
}

struct Watch<'a> {
    consumer: &'a mut Consumer,
    progress: &'a Progress,
    log: String,
    patience: Duration,
    stopped: &'a dyn Fn() -> bool,
    handled: u64,
}

impl Watch<'_> {
    /// The moment of the next commit; all of `memory` that was used until then goes into the maximum.
    fn next_commit(&mut self, peak_memory: &mut f64) -> Result<Mark, NoSample> {
        let begin = Instant::now();
        loop {
            if (self.stopped)() {
                return Err(NoSample::Stopped);
            }
            if self.consumer.ended() {
                return Err(NoSample::Ended { log: self.log.clone() });
            }
            if begin.elapsed() > self.patience {
                return Err(NoSample::NoCommits { seconds: self.patience.as_secs_f64() });
            }
            let handled = self.progress.committed()?;
            let mark = Mark {
                at: Instant::now(),
                cpu_seconds: self.consumer.cpu_seconds(),
                report: Report {
                    t_us: now_us(),
                    handled,
                    bytes: 0,
                    fetches: None,
                    empty: None,
                    service_s: None,
                    service_s2: None,
                },
            };
            *peak_memory = peak_memory.max(self.consumer.pss_mib());
            if handled > self.handled {
                self.handled = handled;
                return Ok(mark);
            }
            std::thread::sleep(LOOKING);
        }
    }

    fn stretch(
        &mut self,
        settings: &Settings,
        topic: &Topic<'_>,
        arrivals: Arrivals,
    ) -> Result<(Stretch, f64, bool, f64), NoSample> {
        let mut peak_memory = 0.0;
        let near_end = |mark: &Mark| {
            arrivals == Arrivals::Backlog && mark.report.handled as f64 > USABLE * topic.events as f64
        };
        let mut warm_up = WarmUp::default();
        let warming = Instant::now();
        let mut from = self.next_commit(&mut peak_memory)?;
        let mut warm = warm_up.agrees(from);
        while !warm && warming.elapsed() < LONGEST_WARM_UP && !near_end(&from) {
            from = self.next_commit(&mut peak_memory)?;
            warm = warm_up.agrees(from);
            // Half of a backlog is kept for the sample.
            if arrivals == Arrivals::Backlog && from.report.handled * 2 > topic.events as u64 {
                break;
            }
        }
        let warm_seconds = warming.elapsed().as_secs_f64();
        let mut stretch = None;
        while stretch.is_none_or(|stretch: Stretch| stretch.seconds < settings.seconds) {
            let mark = self.next_commit(&mut peak_memory)?;
            if near_end(&mark) {
                break;
            }
            stretch = Some(Stretch::between(&from, &mark));
        }
        match stretch {
            Some(stretch) if stretch.seconds >= settings.seconds / 2.0 => {
                Ok((stretch, peak_memory, warm, warm_seconds))
            }
            _ => Err(NoSample::TooFew { events: topic.events, seconds: settings.seconds }),
        }
    }
}
