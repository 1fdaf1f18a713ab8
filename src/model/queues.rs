//! The two queues that can hold an event back: for a core, and for a place among the events in progress.

use super::fetch::Service;
use super::latency::{BEYOND_P99, Queue};
use super::partitions::MOST_PARTITIONS;
use super::runtime::{Concurrency, Deployment};
use super::sizing::Sizing;

impl Sizing {
    /// The queue at the cores of the busiest process or instance, all instances up.
    ///
    /// Processes, W <= V: M/G/1 on the busiest process. W > V: M/G/V on the instance. Threads: M/G/V on the
    /// busiest instance, where all CPU is stretched by `V/usl(V)`.
    pub fn core_queue(&self, instances: u64, members: u64) -> Queue {
        self.core_queue_of(instances, members, members)
    }

    /// The same where `polling` processes of each instance fetch for themselves.
    fn core_queue_of(&self, instances: u64, members: u64, polling: u64) -> Queue {
        let busiest = self.peak_rate * self.topic.busiest_member_share(instances.saturating_mul(members));
        let each = self.peak_rate / instances as f64;
        let on_a_process = (1.0, 1.0);
        let on_all_threads = (f64::from(self.vcpus), self.relative_capacity);
        let (servers, arrival_rate, member_rate, (threads, worth)) = match self.deployment {
            Deployment::Processes if members <= u64::from(self.vcpus) => (1, busiest, busiest, on_a_process),
            Deployment::Processes => (self.vcpus, each, each / polling as f64, on_a_process),
            Deployment::Threads => (self.vcpus, busiest, busiest, on_all_threads),
        };
        let stretched = |seconds: f64| seconds * threads / worth;
        let Service { handling_seconds, fetch } = self.service;
        let service_seconds = stretched(handling_seconds);
        Queue {
            servers,
            arrival_rate,
            service_seconds,
            fetch_share_seconds: stretched(fetch.per_event(member_rate)),
            fetch_seconds: stretched(fetch.core_seconds),
            own_seconds: service_seconds + self.wait_seconds,
            scv: self.scv,
        }
    }

    /// The queue for a place among the m events in progress of the busiest holder: M/G/m at service s + w.
    pub fn slot_queue(&self, instances: u64, members: u64) -> Queue {
        let group = instances.saturating_mul(members);
        let chosen_freely = self.concurrency == Concurrency::Partition && self.topic.partitions.is_none();
        let rate = if chosen_freely {
            let partitions = self.partitions_required(group).unwrap_or(MOST_PARTITIONS);
            self.topic.skew * self.peak_rate / partitions as f64
        } else {
            self.peak_rate * self.busiest_holder_share(group)
        };
        self.slot_queue_at(rate)
    }

    /// The same where the holder gets `arrival_rate` events/s, as much as the member that fetches them reads at
    /// least.
    pub(super) fn slot_queue_at(&self, arrival_rate: f64) -> Queue {
        let Service { handling_seconds, fetch } = self.service;
        let held = handling_seconds + self.wait_seconds;
        Queue {
            servers: self.in_flight,
            arrival_rate,
            service_seconds: held,
            fetch_share_seconds: fetch.per_event(arrival_rate),
            fetch_seconds: fetch.core_seconds,
            own_seconds: held,
            scv: self.scv,
        }
    }

    /// p99 at peak with all instances up, s: the larger of the two queues'.
    pub fn percentile(&self, instances: u64, members: u64) -> f64 {
        let cores = self.core_queue(instances, members).percentile_beyond(BEYOND_P99);
        cores.max(self.slot_queue(instances, members).percentile_beyond(BEYOND_P99))
    }

    /// Whether both queues keep the goal, where there is one, when `polling` processes of each instance fetch for
    /// themselves.
    pub(super) fn keeps_goal(&self, instances: u64, members: u64, polling: u64) -> bool {
        self.goal_seconds.is_none_or(|goal| {
            self.core_queue_of(instances, members, polling).probability_beyond(goal) <= BEYOND_P99
                && self.slot_queue(instances, members).probability_beyond(goal) <= BEYOND_P99
        })
    }
}
