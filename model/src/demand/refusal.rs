//! Why the cost of an event cannot be told.

/// A workload that contradicts itself or its runtime's profile.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DemandError {
    /// The wait is part of the handler's time, so it cannot be longer.
    #[error(
        "the wait, {wait_seconds} s, is longer than the handler's time, {handler_seconds} s, which includes it"
    )]
    WaitExceedsHandler {
        /// Wait per event, s.
        wait_seconds: f64,
        /// Handler's wall time, s.
        handler_seconds: f64,
    },
    /// What runs today cannot be priced.
    #[error(
        "{runtime}, which runs today, has no figure for {lacking}, and {needed_for} cannot be read without it"
    )]
    Unmeasured {
        /// Current runtime.
        runtime: String,
        /// What its profile lacks.
        lacking: Lacking,
        /// What needs it.
        needed_for: Reading,
    },
}

/// What is read out of a workload's figures with the help of the current runtime's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reading {
    /// The wait that an I/O ratio alone implies.
    #[error("the wait that its I/O ratio implies")]
    WaitFromRatio,
    /// The CPU in a handler's wall time.
    #[error("the CPU in its handler's time")]
    CpuOfHandler,
    /// The CPU in the cores observed.
    #[error("the CPU in the cores observed")]
    CpuOfCores,
}

/// A figure that a profile may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    /// A kind of handler.
    #[error("handler kind {kind:?} (it has {})", known.join(", "))]
    HandlerKind {
        /// The kind asked for.
        kind: String,
        /// The kinds that it has.
        known: Vec<String>,
    },
    /// Downstream calls.
    #[error("downstream calls (io_call)")]
    IoCall,
    /// Writing events.
    #[error("writing events (produce)")]
    Produce,
    /// Commits that are waited for.
    #[error("commits that are waited for (commit)")]
    Commit,
}

/// Something that a runtime's profile has no figure for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{runtime} has no figure for {lacking}")]
pub struct Unmeasured {
    /// The runtime.
    pub runtime: String,
    /// What its profile lacks.
    pub lacking: Lacking,
}
