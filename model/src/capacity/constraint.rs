//! What a plan has to satisfy, by the names that reports use.

use crate::words::words;
use std::fmt;

/// What an instance count has to satisfy, in the order in which it is named as the reason for the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constraint {
    /// The cores carry the peak with all instances up.
    Cpu,
    /// The events in flight leave room for the peak with all instances up.
    InFlight,
    /// Processes, threads and events in flight fit in memory.
    Memory,
    /// Bytes in and out fit the network baseline.
    Network,
    /// p99 at peak stays within the goal.
    Latency,
    /// The machines' CPU, fetches included, stays within its limit at peak with all instances up.
    MaxCpu,
    /// The peak is carried with a zone lost.
    Zone,
    /// The backlog of an outage is drained in time.
    CatchUp,
}

impl Constraint {
    /// All rules, in order.
    pub const ALL: [Self; 8] = [
        Self::Cpu,
        Self::InFlight,
        Self::Memory,
        Self::Network,
        Self::Latency,
        Self::MaxCpu,
        Self::Zone,
        Self::CatchUp,
    ];
}

words!(Constraint {
    Cpu = "cpu",
    InFlight = "in_flight",
    Memory = "memory",
    Network = "network",
    Latency = "latency",
    MaxCpu = "max_cpu",
    Zone = "zone",
    CatchUp = "catch_up",
});

/// What set the number of instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundBy {
    /// The least number that the policy allows is enough.
    Minimum,
    /// One instance fewer breaks this rule.
    Constraint(Constraint),
    /// One instance fewer keeps all rules at the best estimates, but not as surely as was asked for.
    Confidence,
}

impl fmt::Display for BoundBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minimum => f.write_str("minimum"),
            Self::Constraint(rule) => rule.fmt(f),
            Self::Confidence => f.write_str("confidence"),
        }
    }
}
