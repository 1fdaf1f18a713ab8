//! p99 as a range: what queueing makes of it lies far below what was measured.
//!
//! The factors describe one table and predict nothing: in the 12 runs of docs/validation.md whose load generator kept up,
//! measured p99 was 3.53 to 58.8 times what the queue for cores and one whole fetch give. Most of it is time for which a core is busy with fetches. No
//! run had I/O waits, which no core spends, so only the time at the cores is stretched.

use crate::capacity::sizing::{Count, Sizing};
use crate::latency::queue::{BEYOND_P99, Queue};
use crate::plan::Plan;

/// Measured time at the cores over that of the queues, least and most.
pub const MEASURED_OVER_QUEUES: [f64; 2] = [3.5, 59.0];

/// The ends between which p99 lies, s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct P99Range {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl P99Range {
    /// The range of what the queues alone give, `at_cores` of it at the cores.
    ///
    /// ```
    /// use tonnage_model::latency::range::P99Range;
    ///
    /// // 4 ms at the cores, and 100 ms of waiting for I/O.
    /// let range = P99Range::of(0.104, 0.004);
    /// assert!((range.low - 0.114).abs() < 1e-12 && (range.high - 0.336).abs() < 1e-12);
    /// assert!(range.leaves_open(0.2) && !range.leaves_open(0.4));
    /// ```
    pub fn of(queues: f64, at_cores: f64) -> Self {
        let [low, high] = MEASURED_OVER_QUEUES.map(|times| queues + (times - 1.0) * at_cores);
        Self { low, high }
    }

    /// Whether a goal, s, may be missed: the range does not end below it. It has to be tested.
    pub fn leaves_open(self, goal_seconds: f64) -> bool {
        self.high > goal_seconds
    }
}

impl Sizing {
    /// p99 at peak with all instances up where each fetch waits for `wait_seconds`, as a range. The table was made with the
    /// queue for cores and one whole fetch, so that is what is stretched.
    fn percentile_range(&self, count: Count, wait_seconds: f64) -> P99Range {
        let cores = self.core_queue(count.instances, count.members_per_instance);
        let without_waits = Queue { own_seconds: cores.service_seconds, ..cores };
        let at_cores = without_waits.percentile_beyond(BEYOND_P99);
        let least = self.percentile(count, wait_seconds);
        let queues = least - self.fetch_delay(count, wait_seconds);
        let fetch = self.service.fetch.core_seconds;
        let P99Range { low, high } = P99Range::of(queues + fetch + wait_seconds, at_cores + fetch);
        P99Range { low: low.max(least), high: high.max(least) }
    }
}

impl Plan<'_> {
    /// p99 at peak with all instances up, as a range; gathering a batch takes as long at both ends.
    pub fn p99_range(&self) -> P99Range {
        let P99Range { low, high } = self.sizing.percentile_range(self.count, self.fetch_wait_seconds);
        let gathering = self.gathering_seconds();
        P99Range { low: low + gathering, high: high + gathering }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured and predicted p99 of docs/validation.md, ms, without the rows that do not count.
    const TABLE: [(f64, f64); 12] = [
        (43.28, 4.84),
        (18.91, 2.50),
        (16.85, 4.78),
        (30.97, 2.24),
        (19.40, 3.69),
        (37.33, 8.46),
        (15.41, 1.31),
        (103.98, 2.26),
        (244.62, 4.16),
        (14.32, 1.23),
        (49.84, 2.14),
        (198.23, 4.59),
    ];

    #[test]
    fn the_range_is_that_of_the_table() {
        let factors = TABLE.map(|(measured, predicted)| measured / predicted);
        let [low, high] = MEASURED_OVER_QUEUES;
        let least = factors.into_iter().fold(f64::INFINITY, f64::min);
        let most = factors.into_iter().fold(0.0, f64::max);
        assert!(low <= least && least < low + 0.1, "{least}");
        assert!(high - 1.0 < most && most <= high, "{most}");
    }
}
