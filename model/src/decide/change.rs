//! Changes of settings or of the topic, and a workload with one: what is advised of it, for all commands that show that.

use crate::capacity::assignment::Topic;
use crate::decide::deployed::vcpus_today;
use crate::demand::event::{Today, base};
use crate::problem::Problem;
use crate::runtime::Concurrency;
use crate::workload::Workload;
use std::fmt;

/// Another value of one column, that needs no other library or language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Processes that run.
    Processes(u32),
    /// One event in flight for each partition instead of each consumer.
    PerPartition,
    /// Events of one call of the handler.
    Batches(u32),
    /// Events in flight.
    InFlight(u32),
    /// Partitions.
    Partitions(u32),
}

/// A workload with a change, and what an event of it takes then.
#[derive(Debug, Clone)]
pub struct Changed {
    pub(super) workload: Workload,
    today: Today,
}

impl Change {
    /// The column, and what to put there.
    pub fn cell(self) -> (&'static str, String) {
        match self {
            Self::Processes(number) => ("current_processes", number.to_string()),
            Self::PerPartition => ("concurrency", Concurrency::Partition.to_string()),
            Self::Batches(number) => ("batch_size", number.to_string()),
            Self::InFlight(number) => ("in_flight", number.to_string()),
            Self::Partitions(number) => ("partitions", number.to_string()),
        }
    }

    /// A problem's workload with it. A call of the handler waits and calls as often as it does now, whatever it takes; of more
    /// partitions one key is as hot as it may be.
    pub fn made(self, problem: &Problem<'_>) -> Changed {
        let (mut workload, mut today) = (problem.workload.clone(), problem.today);
        match self {
            Self::Processes(number) => {
                workload.current_processes = Some(number);
                today.members = number.into();
            }
            Self::PerPartition => workload.concurrency = Some(Concurrency::Partition),
            Self::Batches(batch) => {
                let share = f64::from(workload.batch_size) / f64::from(batch);
                today.wait_seconds *= share;
                today.io_calls *= share;
                workload.batch_size = batch;
            }
            Self::InFlight(limit) => workload.in_flight = Some(limit),
            Self::Partitions(number) => {
                workload.topic = Topic { partitions: Some(number), ..workload.topic.at_worst() };
            }
        }
        Changed { workload, today }
    }

    /// Whether it does what another one does: more in flight does for fewer, and so do more partitions.
    pub(super) fn does_for(self, other: Self) -> bool {
        match (self, other) {
            (Self::InFlight(it), Self::InFlight(other)) => it >= other,
            (Self::Partitions(it), Self::Partitions(other)) => it >= other,
            _ => self == other,
        }
    }

    /// A problem's workload as it is described once the change is made. A call of a batch is timed anew: it waits and calls as
    /// often as one did before, and takes the CPU of all its events.
    pub fn described(self, problem: &Problem<'_>) -> Workload {
        let workload = self.made(problem).workload;
        match self {
            Self::Batches(batch) => in_calls_of(f64::from(batch), problem, workload),
            _ => workload,
        }
    }
}

fn in_calls_of(batch: f64, problem: &Problem<'_>, workload: Workload) -> Workload {
    let Problem { today, vcpu_now, current, .. } = problem;
    let before = f64::from(problem.workload.batch_size);
    let attempts = workload.outlook.attempts_per_event;
    let demand = base(problem.workload, current, today.charged_calls());
    // CPU of the downstream calls of one event, and of one call of the handler, on today's vCPUs, s.
    let of_event = demand.map_or(0.0, |it| it.io_calls) / vcpu_now.work();
    let of_call = of_event * before / attempts;
    let wait = today.wait_seconds * before / attempts;
    let times = batch / before;
    let in_all = |call: f64| wait + (call - wait).max(0.0) * times - of_call * (times - 1.0);
    let cores_saved = of_event * (1.0 - before / batch) * workload.mean_rate();
    let vcpus = vcpus_today(&workload, problem.current_machine).unwrap_or(1.0);
    Workload {
        handler_seconds: workload.handler_seconds.map(|call| in_all(call).max(wait)),
        io_wait_seconds: Some(wait),
        observed_cores: workload.observed_cores.map(|cores| (cores - cores_saved).max(0.0)),
        utilization: workload.utilization.map(|share| (share - cores_saved / vcpus).max(0.0)),
        ..workload
    }
}

impl Changed {
    /// The problem that it was made of, with the change.
    pub fn problem<'w>(&'w self, before: &Problem<'w>) -> Problem<'w> {
        Problem { workload: &self.workload, today: self.today, ..before.clone() }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processes(number) => write!(f, "current_processes {number}"),
            Self::PerPartition => f.write_str("one event in flight per partition"),
            Self::Batches(number) => write!(f, "batch_size {number}"),
            Self::InFlight(number) => write!(f, "in_flight {number}"),
            Self::Partitions(number) => write!(f, "{number} partitions"),
        }
    }
}
