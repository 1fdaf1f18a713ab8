//! Commits: how many an event waits for, and how long one that is handled goes without.

use crate::workload::{Commit, Workload};

/// How long handled events may wait for their commit, s: `auto.commit.interval.ms` of Kafka's clients.
const COMMIT_SECONDS: f64 = 5.0;

impl Workload {
    /// Commits that an event waits for: its part of a batch's.
    pub fn commits_per_event(&self) -> f64 {
        match self.commit {
            Commit::Interval => 0.0,
            Commit::Batch => 1.0 / f64::from(self.batch_size),
            Commit::Event => 1.0,
        }
    }

    /// How long handled events wait for their commit at most, s: none where each batch or event is committed.
    pub fn uncommitted_seconds(&self) -> f64 {
        if self.commit == Commit::Interval { COMMIT_SECONDS } else { 0.0 }
    }
}
