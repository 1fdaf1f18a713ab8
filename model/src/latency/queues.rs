//! The two queues that can hold an event back: for a core, and for the in-flight limit.

use crate::capacity::partitions::MOST_PARTITIONS;
use crate::capacity::sizing::Sizing;
use crate::latency::queue::{BEYOND_P99, Queue};
use crate::runtime::{Concurrency, Deployment};

impl Sizing {
    /// The queue at the cores of the busiest process or instance, all instances up.
    ///
    /// Processes, W <= V: M/G/1 on the busiest process. W > V: M/G/V on the busiest instance. Threads: M/G/V on the
    /// busiest instance, where all CPU is stretched by `V/usl(V)`.
    pub fn core_queue(&self, instances: u64, members: u64) -> Queue {
        let busiest = self.peak_rate * self.topic.busiest_member_share(instances.saturating_mul(members));
        let on_instance = || self.peak_rate * self.topic.busiest_instance_share(instances);
        let (servers, arrival_rate, service) = match self.deployment {
            Deployment::Processes if members <= u64::from(self.vcpus) => (1, busiest, self.service),
            Deployment::Processes => (self.vcpus, on_instance(), self.service),
            Deployment::Threads => {
                let stretch = f64::from(self.vcpus) / self.relative_capacity;
                (self.vcpus, busiest, self.service.scaled(stretch))
            }
        };
        let service_seconds = service.handling_seconds;
        Queue {
            servers,
            arrival_rate,
            service_seconds,
            fetch_seconds: service.fetch.core_seconds,
            own_seconds: service_seconds + self.wait_seconds,
            scv: self.scv,
        }
    }

    /// The queue for the in-flight limit m of the busiest holder: M/G/m at service s + w.
    pub fn in_flight_queue(&self, instances: u64, members: u64) -> Queue {
        let group = instances.saturating_mul(members);
        let chosen_freely = self.concurrency == Concurrency::Partition && self.topic.partitions.is_none();
        let rate = if chosen_freely {
            let partitions = self.partitions_required(group).unwrap_or(MOST_PARTITIONS);
            self.topic.skew * self.peak_rate / partitions as f64
        } else {
            self.peak_rate * self.busiest_holder_share(group)
        };
        self.in_flight_queue_at(rate)
    }

    pub(crate) fn in_flight_queue_at(&self, arrival_rate: f64) -> Queue {
        Queue {
            servers: self.in_flight,
            arrival_rate,
            service_seconds: self.own_seconds(),
            fetch_seconds: self.service.fetch.core_seconds,
            own_seconds: self.own_seconds(),
            scv: self.scv,
        }
    }

    /// p99 at peak with all instances up, s: the larger of the two queues'.
    pub fn percentile(&self, instances: u64, members: u64) -> f64 {
        let cores = self.core_queue(instances, members).percentile_beyond(BEYOND_P99);
        let in_flight = self.in_flight_queue(instances, members);
        if in_flight.probability_beyond(cores) <= BEYOND_P99 {
            cores
        } else {
            in_flight.percentile_beyond(BEYOND_P99)
        }
    }

    pub(crate) fn within_goal(&self, instances: u64, members: u64, goal: f64) -> bool {
        self.core_queue(instances, members).keeps(goal)
            && self.in_flight_queue(instances, members).keeps(goal)
    }

    /// Whether the queues that depend on the count keep a goal: for a core, and at consumers that hold events in flight.
    pub(crate) fn members_keep(&self, goal: f64, instances: u64, members: u64) -> bool {
        let held_by_partition = self.concurrency == Concurrency::Partition;
        self.core_queue(instances, members).keeps(goal)
            && (held_by_partition || self.in_flight_queue(instances, members).keeps(goal))
    }

    /// Whether the queue of the busiest partition keeps a goal, however many members there are. Where P is free, it is
    /// chosen so that it does, if any does.
    pub(crate) fn partition_keeps(&self, goal: f64) -> bool {
        match self.topic.busiest_partition_share() {
            Some(share) => self.in_flight_queue_at(self.peak_rate * share).keeps(goal),
            None => self.partitions_required(1).is_some() || self.in_flight_queue(1, 1).keeps(goal),
        }
    }
}
