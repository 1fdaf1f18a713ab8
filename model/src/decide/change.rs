//! Changes of settings or of the topic, and a workload with one: what is advised of it, for all commands that show that.

use crate::capacity::assignment::Topic;
use crate::demand::event::Today;
use crate::problem::Problem;
use crate::runtime::Concurrency;
use crate::workload::Workload;
use std::fmt;

/// Another value of one column, that needs no other library or language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
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
    workload: Workload,
    today: Today,
}

impl Change {
    /// The column, and what to put there.
    pub fn cell(self) -> (&'static str, String) {
        match self {
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
}

impl Change {
    /// Whether it does what another one does: more in flight does for fewer, and so do more partitions.
    pub(super) fn does_for(self, other: Self) -> bool {
        match (self, other) {
            (Self::InFlight(it), Self::InFlight(other)) => it >= other,
            (Self::Partitions(it), Self::Partitions(other)) => it >= other,
            _ => self == other,
        }
    }

    /// A problem's workload as it is described once the change is made. `None` of batches whose calls would be timed anew.
    pub(super) fn described(self, problem: &Problem<'_>) -> Option<Workload> {
        let Problem { workload, current_machine, .. } = *problem;
        let is_read_alike = !matches!(self, Self::Batches(_))
            || workload.handler_seconds.is_some() && workload.cores_in_use(current_machine).is_some();
        is_read_alike.then(|| self.made(problem).workload)
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
            Self::PerPartition => f.write_str("one event in flight per partition"),
            Self::Batches(number) => write!(f, "batch_size {number}"),
            Self::InFlight(number) => write!(f, "in_flight {number}"),
            Self::Partitions(number) => write!(f, "{number} partitions"),
        }
    }
}
