//! p99 as a range: by what measurements differ from queueing.
//!
//! The figures describe runs and promise nothing: in three of four of docs/validation.md, p99 was at least 0.55 times what queueing and
//! fetching give, and at most twice as long at the cores and 20 ms more. What an event waits for I/O is spent at no core, and is not
//! stretched.

use crate::capacity::sizing::{Count, Sizing};
pub use crate::latency::queue::MEASURED_OVER_QUEUES;
use crate::latency::queue::{BEYOND_P99, Queue};
use crate::plan::Plan;

/// p99 of events that are received and not handled, s: what generator, broker and machine of the bench take by themselves, in nine of
/// ten of its runs at most.
pub const RECEIVING_SECONDS: f64 = 20e-3;

/// The ends between which p99 lies, s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct P99Range {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl P99Range {
    /// The range of what queueing and fetching give, `at_cores` of it at the cores.
    ///
    /// ```
    /// use tonnage_model::latency::range::P99Range;
    ///
    /// // 4 ms at the cores, and 100 ms of waiting for I/O.
    /// let range = P99Range::of(0.104, 0.004);
    /// assert!((range.low - 0.0572).abs() < 1e-12 && (range.high - 0.128).abs() < 1e-12);
    /// assert!(range.leaves_open(0.12) && !range.leaves_open(0.2));
    /// ```
    pub fn of(queues: f64, at_cores: f64) -> Self {
        let [low, high] = MEASURED_OVER_QUEUES;
        Self { low: low * queues, high: queues + (high - 1.0) * at_cores + RECEIVING_SECONDS }
    }

    /// Whether a goal, s, may be missed: the range does not end below it. It has to be tested.
    pub fn leaves_open(self, goal_seconds: f64) -> bool {
        self.high > goal_seconds
    }
}

impl Sizing {
    /// p99 at peak with all instances up where each fetch waits for `wait_seconds`, as a range.
    pub fn percentile_range(&self, count: Count, wait_seconds: f64) -> P99Range {
        let cores = self.core_queue(count.instances, count.members_per_instance);
        let without_waits = Queue { own_seconds: cores.service_seconds, own_scv: cores.scv, ..cores };
        let at_cores = without_waits.percentile_beyond(BEYOND_P99);
        let fetch = if wait_seconds > 0.0 { self.least_fetch_delay() } else { self.fetch_delay(count, 0.0) };
        P99Range::of(self.percentile(count, wait_seconds), at_cores + fetch)
    }
}

impl Plan<'_> {
    /// p99 at peak with all instances up, as a range; gathering a batch takes as long at both ends.
    pub fn p99_range(&self) -> P99Range {
        self.range_of(&self.sizing)
    }

    /// The same at peak or at the mean rate, whichever is higher, and whether that is the mean: batches gather more slowly then.
    pub fn slowest_range(&self) -> (P99Range, bool) {
        let slowest = self.slowest(&self.sizing);
        (self.range_of(&slowest), slowest.peak_rate < self.sizing.peak_rate)
    }

    fn range_of(&self, sizing: &Sizing) -> P99Range {
        let P99Range { low, high } = sizing.percentile_range(self.count, self.fetch_wait_seconds);
        let gathering = self.gathering_of(sizing);
        P99Range { low: low + gathering, high: high + gathering }
    }
}
