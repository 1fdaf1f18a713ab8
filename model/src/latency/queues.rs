//! The two queues that can hold an event back: for a core, and for the in-flight limit. What arrives at them are calls of
//! the handler, each with the events of a batch.

use crate::capacity::partitions::MOST_PARTITIONS;
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::latency::queue::{BEYOND_P99, Queue};
use crate::runtime::Concurrency;

impl Sizing {
    /// The queue at the cores of the busiest process or instance, all instances up.
    ///
    /// Processes and readers, W <= V: M/G/1 on the busiest of them. W > V: M/G/V on the busiest instance. A binary:
    /// M/G/(V/W) on the busiest. The CPU of threads is stretched by their contention.
    pub fn core_queue(&self, instances: u64, members: u64) -> Queue {
        let busiest = self.peak_rate * self.topic.busiest_member_share(instances.saturating_mul(members));
        let on_instance = || self.peak_rate * self.topic.busiest_instance_share(instances);
        let (servers, arrival_rate) = match self.member {
            Member::Binary => (self.process_vcpus(), busiest),
            Member::Process | Member::Reader if members <= u64::from(self.vcpus) => (1, busiest),
            Member::Process | Member::Reader => (self.vcpus, on_instance()),
        };
        let batch = self.batch_events();
        Queue {
            servers,
            arrival_rate: arrival_rate / batch,
            service_seconds: batch * self.core_seconds(),
            own_seconds: self.call_seconds(),
            scv: self.scv,
            own_scv: self.own_scv(),
        }
    }

    /// The queue for the in-flight limit m of the busiest holder: M/G/m at service s' + w. Where P is chosen, it is chosen
    /// for a delay of that many seconds by fetches.
    pub fn in_flight_queue(&self, instances: u64, members: u64, delay: f64) -> Queue {
        let group = instances.saturating_mul(members);
        let chosen_freely = self.concurrency == Concurrency::Partition && self.topic.partitions.is_none();
        let rate = if chosen_freely {
            let partitions = self.partitions_required(group, delay).unwrap_or(MOST_PARTITIONS);
            let p = partitions as f64;
            self.topic.busiest_over_mean(p) * self.peak_rate / p
        } else {
            self.peak_rate * self.busiest_holder_share(group)
        };
        self.in_flight_queue_at(rate)
    }

    pub(crate) fn in_flight_queue_at(&self, arrival_rate: f64) -> Queue {
        let own_scv = self.own_scv();
        Queue {
            servers: self.in_flight,
            arrival_rate: arrival_rate / self.batch_events(),
            service_seconds: self.call_seconds(),
            own_seconds: self.call_seconds(),
            scv: own_scv,
            own_scv,
        }
    }

    /// Squared coefficient of variation of CPU and wait together: `(scv s'^2 + scv_w w^2) / (s' + w)^2`.
    pub fn own_scv(&self) -> f64 {
        let Self { wait_seconds, scv, wait_scv, .. } = *self;
        if wait_seconds == 0.0 {
            return scv;
        }
        (scv * self.core_seconds().powi(2) + wait_scv * wait_seconds.powi(2)) / self.own_seconds().powi(2)
    }

    /// p99 at peak with all instances up where each fetch waits for `wait_seconds`, s: what fetching adds, and the larger
    /// of the two queues' once its batch is gathered.
    pub fn percentile(&self, count: Count, wait_seconds: f64) -> f64 {
        let Count { instances, members_per_instance } = count;
        let delay = self.fetch_delay(count, wait_seconds);
        let cores = self.core_queue(instances, members_per_instance).percentile_beyond(BEYOND_P99);
        let in_flight = self.in_flight_queue(instances, members_per_instance, delay);
        let keeps = in_flight.probability_beyond(cores) <= BEYOND_P99;
        delay + if keeps { cores } else { in_flight.percentile_beyond(BEYOND_P99) }
    }

    /// Whether both queues keep a goal, of which fetching leaves the rest.
    pub(crate) fn members_keep(&self, goal: f64, instances: u64, members: u64, wait_seconds: f64) -> bool {
        let count = Count { instances, members_per_instance: members };
        let rest = goal - self.fetch_delay(count, wait_seconds);
        self.core_queue(instances, members).keeps(rest)
            && match self.concurrency {
                Concurrency::Partition => self.partition_keeps(rest),
                Concurrency::Consumer => self.in_flight_queue(instances, members, 0.0).keeps(rest),
            }
    }

    /// Whether the queue of the busiest partition keeps a goal that fetching has been taken off, however many members
    /// there are. Where P is free, it is chosen so that it does, if any does.
    pub(crate) fn partition_keeps(&self, goal: f64) -> bool {
        let share = self.topic.busiest_partition_share().unwrap_or(0.0);
        self.in_flight_queue_at(self.peak_rate * share).keeps(goal)
    }
}
