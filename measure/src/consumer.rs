//! A consumer under measurement: started in a group of its own, watched, and stopped.

use crate::cpu_group::CpuGroup;
use crate::process_tree;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How a consumer is started.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Set in its environment.
    pub environment: Vec<(String, String)>,
    /// CPUs that it may run on, as taskset takes them; all without.
    pub cpus: Option<String>,
    /// The network namespace that it runs in; the own without.
    pub network_namespace: Option<String>,
    /// Where its standard error goes; nowhere without.
    pub log: Option<PathBuf>,
}

/// A line of a consumer that reports in the way of the lab.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Line {
    /// Before the first poll.
    Start {
        /// Language, client and libraries.
        versions: BTreeMap<String, String>,
    },
    /// The first event is handled.
    First,
    /// How far it is.
    Report(Report),
    /// It has stopped by itself.
    Done {
        /// The last report.
        #[serde(flatten)]
        report: Report,
        /// What was worked out of the events.
        checksum: BTreeMap<String, f64>,
    },
}

/// How far a consumer is.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Report {
    /// When, µs since the epoch.
    pub t_us: u64,
    /// Events handled since the start.
    pub handled: u64,
    /// Bytes of their values.
    #[serde(default)]
    pub bytes: u64,
    /// Fetches that brought events.
    pub fetches: Option<u64>,
    /// Fetches that brought none.
    pub empty: Option<u64>,
    /// Sum of the handler's times, s.
    pub service_s: Option<f64>,
    /// Sum of their squares, s².
    pub service_s2: Option<f64>,
}

/// A line with what the process tree had used when it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// When the line was read.
    pub at: Instant,
    /// CPU time of the process tree by then, s.
    pub cpu_seconds: f64,
    /// What it said.
    pub line: Line,
}

/// How long a killed process may take to be gone.
const DYING: Duration = Duration::from_secs(5);

/// Where CPU time is read from.
enum Meter {
    Group(CpuGroup),
    Processes,
}

/// A consumer that runs.
pub struct Consumer {
    child: Child,
    meter: Arc<Meter>,
    heard: Receiver<Result<Heard, ConsumerError>>,
    /// When it was started.
    pub started: Instant,
}

/// What went wrong with a consumer.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// It could not be started.
    #[error("cannot start {command}: {reason}")]
    Start {
        /// The program.
        command: String,
        /// Why.
        reason: std::io::Error,
    },
    /// It stopped, or said nothing, when it should have worked.
    #[error("{0}")]
    Silent(String),
    /// Its CPU time could not be read.
    #[error("cannot read the command's CPU time: {0}")]
    Meter(String),
}

impl Consumer {
    /// Starts it, in a control group called `name` where one can be made; `cores` limits it by quota.
    pub fn start(launch: &Launch, name: &str, cores: Option<f64>) -> Result<Self, ConsumerError> {
        let started_error = |reason| ConsumerError::Start { command: launch.command.join(" "), reason };
        let group = CpuGroup::create(name);
        let meter = match group {
            Ok(group) => {
                if let Some(cores) = cores {
                    group.limit_cores(cores).map_err(|error| ConsumerError::Silent(error.to_string()))?;
                }
                Meter::Group(group)
            }
            Err(error) if cores.is_some() => return Err(ConsumerError::Silent(error.to_string())),
            Err(_) => Meter::Processes,
        };
        let mut child = prepare(launch, &meter).spawn().map_err(started_error)?;
        let started = Instant::now();
        let meter = Arc::new(meter);
        let (tell, heard) = channel();
        let root = child.id() as i32;
        if let Some(output) = child.stdout.take() {
            let meter = Arc::clone(&meter);
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    // Read first: parsing the line takes time in which the consumer goes on.
                    let cpu_seconds = meter.used_seconds(root);
                    let at = Instant::now();
                    let Ok(line) = serde_json::from_str(&line) else { continue };
                    let heard = cpu_seconds.map(|cpu_seconds| Heard { at, cpu_seconds, line });
                    if tell.send(heard).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self { child, meter, heard, started })
    }

    /// The next line, or an error if none comes in `patience`.
    pub fn hear(&self, patience: Duration) -> Result<Heard, ConsumerError> {
        self.heard.recv_timeout(patience).map_err(|error| {
            ConsumerError::Silent(format!("the consumer said nothing for {patience:?}: {error}"))
        })?
    }

    /// A line that has come already, if there is one.
    pub fn heard_already(&self) -> Option<Heard> {
        self.heard.try_recv().ok()?.ok()
    }

    /// CPU time of its process tree since the start, s.
    pub fn cpu_seconds(&self) -> Result<f64, ConsumerError> {
        self.meter.used_seconds(self.child.id() as i32)
    }

    /// Memory of its process tree now, MiB.
    pub fn pss_mib(&self) -> f64 {
        process_tree::pss_mib(&self.meter.processes(self.child.id() as i32))
    }

    /// Whether it has ended.
    pub fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Holds all its processes.
    pub fn hold(&self) {
        self.signal_all(Signal::SIGSTOP);
    }

    /// Lets them go on.
    pub fn go_on(&self) {
        self.signal_all(Signal::SIGCONT);
    }

    fn root(&self) -> i32 {
        self.child.id() as i32
    }

    fn signal_group(&self, signal: Signal) {
        // A process that is gone needs no signal.
        let _ = killpg(Pid::from_raw(self.root()), signal);
    }

    /// Also to those that have left its process group.
    fn signal_all(&self, signal: Signal) {
        self.signal_group(signal);
        for process in self.meter.processes(self.root()) {
            let _ = nix::sys::signal::kill(Pid::from_raw(process), signal);
        }
    }

    /// Asks it to stop and waits for it and all that it started; kills after `patience` what is left. Whether it
    /// stopped by itself with success.
    pub fn stop(&mut self, patience: Duration) -> bool {
        self.signal_group(Signal::SIGTERM);
        self.wait(patience)
    }

    /// Waits for it, and all that it started, to end by themselves; kills after `patience` what is left. Whether
    /// it ended with success.
    pub fn wait(&mut self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut success = None;
        while Instant::now() < end {
            if success.is_none()
                && let Ok(Some(status)) = self.child.try_wait()
            {
                success = Some(status.success());
            }
            if let Some(success) = success
                && self.meter.processes(self.root()).is_empty()
            {
                return success;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
        success.unwrap_or(false)
    }

    /// Kills all that is left, and waits until it is gone: a control group cannot be removed before.
    fn kill(&mut self) {
        let end = Instant::now() + DYING;
        loop {
            let ended = self.ended();
            let left = self.meter.processes(self.root());
            if (ended && left.is_empty()) || Instant::now() > end {
                return;
            }
            // Its id may be another's once it was waited for and its group is empty.
            if !ended {
                self.signal_group(Signal::SIGKILL);
            }
            for process in left {
                let _ = nix::sys::signal::kill(Pid::from_raw(process), Signal::SIGKILL);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Meter {
    fn used_seconds(&self, root: i32) -> Result<f64, ConsumerError> {
        match self {
            Self::Group(group) => {
                group.used_seconds().map_err(|error| ConsumerError::Meter(error.to_string()))
            }
            Self::Processes => {
                process_tree::used_seconds(root).map_err(|error| ConsumerError::Meter(error.to_string()))
            }
        }
    }

    /// Those that live.
    fn processes(&self, root: i32) -> Vec<i32> {
        match self {
            Self::Group(group) => {
                let processes = group.processes().unwrap_or_default();
                processes.into_iter().filter(|process| process_tree::lives(*process)).collect()
            }
            Self::Processes => process_tree::descendants(root),
        }
    }
}

/// The shell joins the control group before it becomes the command, so that nothing runs outside.
fn prepare(launch: &Launch, meter: &Meter) -> Command {
    let mut arguments: Vec<String> = Vec::new();
    if let Some(namespace) = &launch.network_namespace {
        arguments.extend(["ip", "netns", "exec", namespace].map(str::to_string));
    }
    if let Some(cpus) = &launch.cpus {
        arguments.extend(["taskset", "-c", cpus].map(str::to_string));
    }
    arguments.extend(launch.command.iter().cloned());
    let doors = match meter {
        Meter::Group(group) => group.doors(),
        Meter::Processes => Vec::new(),
    };
    let doors: Vec<String> = doors.iter().map(|door| door.display().to_string()).collect();
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg("for door in $DOORS; do echo $$ > \"$door\" || exit 125; done; unset DOORS; exec \"$@\"")
        .arg("sh")
        .args(arguments)
        .env("DOORS", doors.join(" "))
        .envs(launch.environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0);
    match launch.log.as_ref().map(|path| std::fs::OpenOptions::new().create(true).append(true).open(path)) {
        Some(Ok(log)) => command.stderr(log),
        _ => command.stderr(Stdio::null()),
    };
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let line: Line = serde_json::from_str(
            r#"{"event":"done","t_us":5,"handled":3,"bytes":9,"checksum":{"bytes":9,"p95":1.5}}"#,
        )
        .unwrap();
        let Line::Done { report, checksum } = line else { panic!("{line:?}") };
        assert_eq!((report.handled, report.fetches, checksum["p95"]), (3, None, 1.5));
        assert_eq!(serde_json::from_str::<Line>(r#"{"event":"first"}"#).unwrap(), Line::First);
    }

    #[test]
    fn a_command_is_measured_and_stopped() {
        let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; \
                      echo '{\"event\":\"first\"}'; sleep 30";
        let launch = Launch { command: ["sh", "-c", script].map(String::from).into(), ..Launch::default() };
        let mut consumer = Consumer::start(&launch, "tonnage-test-consumer", None).unwrap();
        let heard = consumer.hear(Duration::from_secs(20)).unwrap();
        assert_eq!(heard.line, Line::First);
        assert!(heard.cpu_seconds > 0.01, "{heard:?}");
        assert!(consumer.pss_mib() > 0.1);
        assert!(!consumer.stop(Duration::from_secs(5)), "a signal is no success");
        assert!(consumer.ended());
    }

    #[test]
    fn what_a_wrapper_leaves_behind_is_killed() {
        // The wrapper dies on SIGTERM; its child ignores it.
        let script = "sh -c 'trap \"\" TERM; echo \"{\\\"event\\\":\\\"first\\\"}\"; while :; do sleep 1; done' & wait";
        let launch = Launch { command: ["sh", "-c", script].map(String::from).into(), ..Launch::default() };
        for in_group in [true, false] {
            let name = format!("tonnage-test-wrapper-{in_group}-{}", std::process::id());
            let mut consumer = Consumer::start(&launch, &name, None).unwrap();
            consumer.hear(Duration::from_secs(20)).unwrap();
            if !in_group {
                // As without rights to make control groups; the one made is removed when nothing is in it.
                consumer.meter = Arc::new(Meter::Processes);
            }
            let root = consumer.root();
            assert!(consumer.meter.processes(root).len() > 1);
            consumer.stop(Duration::from_millis(300));
            assert!(consumer.ended());
            assert_eq!(consumer.meter.processes(root), [0; 0]);
            assert_eq!(process_tree::descendants(root), [0; 0]);
        }
    }
}
