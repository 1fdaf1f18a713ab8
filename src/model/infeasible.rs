//! Why no number of instances serves, and what would.

use super::rule::Rule;
use std::fmt;

/// Why no number of instances serves.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Infeasible {
    /// A process that does nothing already takes a member's whole capacity.
    #[error("an idle process burns {idle_cores:.2} cores here, all that it could use")]
    IdleTakesAll {
        /// Cores burnt.
        idle_cores: f64,
    },
    /// Not even one process fits.
    #[error("one process needs {needed_mib:.0} MiB and the machine has {usable_mib:.0} MiB to give")]
    ProcessTooLarge {
        /// MiB of one process.
        needed_mib: f64,
        /// MiB after head room.
        usable_mib: f64,
    },
    /// Partitions are free to choose, but the load is beyond any number of them.
    #[error("no number of partitions carries so many events in progress")]
    NoPartitionCount,
    /// A rule that more instances do not help with.
    #[error("{0}")]
    Stuck(Stuck),
}

/// A rule that fails on any number of instances, because it fails on the busiest partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Stuck {
    /// The rule.
    pub rule: Rule,
    /// P, where given.
    pub partitions: Option<u32>,
    /// What the busiest member or partition would have to take, and what it can, in the rule's unit.
    pub needs: f64,
    /// The limit on `needs`.
    pub limit: f64,
    /// s + w, s.
    pub own_seconds: f64,
    /// Squared coefficient of variation of the service time.
    pub scv: f64,
    /// A number of partitions that would do.
    pub partitions_required: Option<u64>,
    /// A number of events in progress that would do, where it is events in progress that lack.
    pub in_flight_required: Option<u64>,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, needs, limit, .. } = self;
        match rule {
            Rule::Cpu => write!(
                f,
                "the busiest partition alone needs {needs:.3} cores at peak and its one consumer may use {limit:.3}"
            )?,
            Rule::Slots => write!(
                f,
                "the busiest partition has {needs:.3} events in progress at peak and may have {limit:.3}"
            )?,
            Rule::Memory => write!(
                f,
                "events in progress take memory to {:.0} MiB where {:.0} MiB are to give",
                needs / 1_048_576.0,
                limit / 1_048_576.0
            )?,
            Rule::Network => write!(
                f,
                "the busiest partition moves {:.0} Mbit/s and the network gives {:.0} Mbit/s",
                needs / 1e6,
                limit / 1e6
            )?,
            Rule::Latency => write!(
                f,
                "p99 is at least {:.1} ms however many instances run, from the event's own {:.1} ms and their \
                 spread (service_scv {}), above the goal of {:.1} ms",
                needs * 1e3,
                self.own_seconds * 1e3,
                self.scv,
                limit * 1e3
            )?,
            Rule::Zone => write!(
                f,
                "with a zone lost the busiest partition would need {needs:.3} of the {limit:.3} it may use"
            )?,
            Rule::CatchUp => write!(
                f,
                "to drain its backlog in time the busiest partition would need {needs:.3} of the {limit:.3} it \
                 may use"
            )?,
        }
        let more_partitions = self
            .partitions_required
            .filter(|&required| self.partitions.is_some_and(|given| required > u64::from(given)))
            .map(|required| format!("{required} partitions (which remaps keys)"));
        let more_in_flight = self
            .in_flight_required
            .filter(|&required| required <= 100_000)
            .map(|required| format!("in_flight {required} (which gives up order)"));
        match (more_partitions, more_in_flight) {
            (Some(one), Some(other)) => write!(f, "; {one} or {other} would do"),
            (Some(one), None) | (None, Some(one)) => write!(f, "; {one} would do"),
            (None, None) => Ok(()),
        }
    }
}
