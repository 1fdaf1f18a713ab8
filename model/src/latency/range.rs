//! p99 as a range: by what measurements differ from queueing.
//!
//! The factors describe runs and promise nothing: in four of five of docs/validation.md without I/O and waits of fetches, p99 was at
//! least 0.55 times what queueing and fetching give, and at most 9 times as long at the cores. What an event waits for I/O is spent at
//! no core, and is not stretched.

use crate::capacity::sizing::{Count, Sizing};
use crate::latency::queue::{BEYOND_P99, Queue};
use crate::plan::Plan;
use crate::runtime::Discipline;

/// Measured time over what queueing and fetching give: of all of it at the low end, of that at the cores at the high end.
pub const MEASURED_OVER_QUEUES: [f64; 2] = [0.55, 9.0];

/// The busiest that a gated member is taken to be: nearer to all busy, its fetches come ever later.
const BUSIEST: f64 = 0.95;

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
    /// assert!((range.low - 0.0572).abs() < 1e-12 && (range.high - 0.136).abs() < 1e-12);
    /// assert!(range.leaves_open(0.13) && !range.leaves_open(0.2));
    /// ```
    pub fn of(queues: f64, at_cores: f64) -> Self {
        let [low, high] = MEASURED_OVER_QUEUES;
        Self { low: low * queues, high: queues + (high - 1.0) * at_cores }
    }

    /// Whether a goal, s, may be missed: the range does not end below it. It has to be tested.
    pub fn leaves_open(self, goal_seconds: f64) -> bool {
        self.high > goal_seconds
    }
}

impl Sizing {
    /// Time after which 99 % of the events are handled that fetches bring which wait for `wait_seconds`, from their arrival at the
    /// broker, s; 0 without a wait.
    ///
    /// ```text
    /// c = T + B, over 1 - rho where the next fetch waits until the last is handled      rho: handling at peak, share of a member's cores
    /// c (1 + rho) - c sqrt(0.02 rho)
    /// ```
    ///
    /// An event waits for the rest of the cycle and then for those before it in the batch: a sum of two uniform times, up to c and up
    /// to rho c, whose highest hundredth is a triangle.
    fn gathered_seconds(&self, count: Count, wait_seconds: f64, discipline: Discipline) -> f64 {
        if wait_seconds <= 0.0 {
            return 0.0;
        }
        let handling = self.service.handling_seconds * self.stretch();
        let busy = (self.busiest_member_rate(count) * handling / self.member_cores()).min(BUSIEST);
        let free = if discipline == Discipline::Gated { 1.0 - busy } else { 1.0 };
        let cycle = (self.service.fetch.round_trip_seconds + wait_seconds) / free;
        cycle * (1.0 + busy - (2.0 * BEYOND_P99 * busy).sqrt().min(busy))
    }

    /// p99 at peak with all instances up where each fetch waits for `wait_seconds`, as a range.
    pub fn percentile_range(&self, count: Count, wait_seconds: f64, discipline: Discipline) -> P99Range {
        let cores = self.core_queue(count.instances, count.members_per_instance);
        let without_waits = Queue { own_seconds: cores.service_seconds, ..cores };
        let at_cores = without_waits.percentile_beyond(BEYOND_P99);
        let queues = self.percentile(count, wait_seconds) - self.fetch_delay(count, wait_seconds);
        let fetch = if wait_seconds > 0.0 { self.least_fetch_delay() } else { self.fetch_delay(count, 0.0) };
        let gathered = self.gathered_seconds(count, wait_seconds, discipline);
        P99Range::of(queues + fetch + gathered, at_cores + fetch)
    }
}

impl Plan<'_> {
    /// p99 at peak with all instances up, as a range; gathering a batch takes as long at both ends.
    pub fn p99_range(&self) -> P99Range {
        let P99Range { low, high } = self.sizing.percentile_range(
            self.count,
            self.fetch_wait_seconds,
            self.runtime.fetching.discipline,
        );
        let gathering = self.gathering_seconds();
        P99Range { low: low + gathering, high: high + gathering }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured and predicted p99 of docs/validation.md, ms: runs without I/O and without a fetch that waits.
    const TABLE: [(f64, f64); 20] = [
        (2.3, 2.0),
        (2.8, 3.1),
        (4.3, 3.2),
        (16.1, 7.7),
        (2.7, 1.6),
        (158.7, 2.5),
        (7.3, 2.9),
        (6.7, 9.0),
        (4.1, 1.1),
        (13.8, 1.6),
        (9.0, 2.0),
        (7.0, 6.9),
        (2.2, 1.1),
        (3.8, 1.2),
        (102.7, 1.8),
        (8.5, 6.4),
        (3.0, 1.1),
        (6.4, 1.9),
        (15.0, 2.0),
        (5.9, 5.2),
    ];

    #[test]
    fn four_runs_of_five_are_in_the_range() {
        let [low, high] = MEASURED_OVER_QUEUES;
        let within = TABLE.iter().filter(|(measured, predicted)| {
            let factor = measured / predicted;
            low <= factor && factor <= high
        });
        assert!(5 * within.count() >= 4 * TABLE.len());
    }
}
