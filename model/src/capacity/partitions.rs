//! How many partitions a workload needs.

use crate::capacity::bounds::at_least;
use crate::capacity::search::least;
use crate::capacity::sizing::Sizing;

/// Partition counts are looked for up to here.
pub(crate) const MOST_PARTITIONS: u64 = 1 << 62;

impl Sizing {
    /// The least multiple of `members` that carries peak and design rate on its busiest partition and keeps that
    /// partition's queue within what a delay of some seconds leaves of the p99 goal; `None` where none does.
    pub fn partitions_required(&self, members: u64, delay: f64) -> Option<u64> {
        let members = members.max(1);
        self.least_partitions(members, delay)?.checked_next_multiple_of(members)
    }

    /// Events/s that a member carries of one partition alone with its places all taken.
    pub(crate) fn partition_rate(&self) -> f64 {
        self.closed(f64::from(self.in_flight)).throughput()
    }

    fn least_partitions(&self, members: u64, delay: f64) -> Option<u64> {
        let topic = self.topic;
        let alone = self.partition_rate();
        let by_share = |share: f64| topic.partitions_for(share).map(at_least);
        let by_load = |rate: f64, limit: f64| by_share(limit / rate * alone);
        let from = members
            .max(by_load(self.peak_rate, self.policy.max_utilization)?)
            .max(by_load(self.design_rate, self.policy.max_utilization_degraded)?)
            .max(1);
        let carries = |partitions: u64| {
            let p = partitions as f64;
            let k = topic.busiest_over_mean(p);
            let carries = |rate: f64, limit: f64| k * rate <= limit * alone * p;
            carries(self.peak_rate, self.policy.max_utilization)
                && carries(self.design_rate, self.policy.max_utilization_degraded)
        };
        let Some(goal) = self.goal_seconds.map(|goal| goal - delay) else {
            return least(from, MOST_PARTITIONS, carries);
        };
        let busiest = |partitions: u64| {
            let p = partitions as f64;
            self.in_flight_queue_at(topic.busiest_over_mean(p) * self.peak_rate / p)
        };
        let serves = |partitions: u64| carries(partitions) && busiest(partitions).keeps(goal);
        if serves(from) {
            return Some(from);
        }
        let by_queue = by_share(busiest(from).most_arrivals(goal)? * self.batch_events() / self.peak_rate)?;
        least(by_queue.max(from), MOST_PARTITIONS, serves)
    }
}
