//! Memory and network of the instance that gets most events.

use crate::capacity::sizing::Sizing;
use crate::runtime::Concurrency;

/// Events that a core at the degraded limit holds in its queue and at work.
const EVENTS_HELD_BY_A_BUSY_CORE: f64 = 10.0;

impl Sizing {
    /// R, the most events/s that one instance takes, with a zone lost or a backlog drained.
    pub(crate) fn most_on_one_instance(&self, instances: u64) -> f64 {
        let alive = self.policy.alive(instances);
        let share = |instances: u64| self.topic.busiest_instance_share(instances);
        let draining = self.design_rate * share(instances);
        if alive == 0 { draining } else { draining.max(self.peak_rate * share(alive)) }
    }

    /// A, events in flight on one instance: `R (10 s + w)`, at most m for each partition and for each
    /// holding consumer.
    pub fn events_in_flight(&self, instances: u64, members: u64) -> f64 {
        let busy_cores = EVENTS_HELD_BY_A_BUSY_CORE * self.service.handling_seconds;
        let held = self.most_on_one_instance(instances) * (busy_cores + self.wait_seconds);
        let in_flight = f64::from(self.in_flight);
        let by_partitions = self.topic.partitions.map_or(f64::INFINITY, |p| in_flight * f64::from(p));
        let by_consumers = match self.concurrency {
            Concurrency::Consumer => in_flight * members as f64,
            Concurrency::Partition => f64::INFINITY,
        };
        held.min(by_partitions).min(by_consumers)
    }

    /// Memory that one instance needs, bytes: its processes and its events in flight.
    pub fn memory_bytes(&self, instances: u64, members: u64) -> f64 {
        let events = self.events_in_flight(instances, members) * self.in_flight_event_bytes;
        members as f64 * self.process_bytes + events
    }

    /// Memory of all instances that holds no event, bytes: interpreters, binaries, thread stacks.
    pub fn overhead_bytes(&self, instances: u64, members: u64) -> f64 {
        instances as f64 * members as f64 * self.process_bytes
    }

    /// Memory of the machine after headroom, bytes.
    pub fn usable_memory(&self) -> f64 {
        (1.0 - self.policy.memory_headroom) * self.machine_memory_bytes
    }

    /// Network that the busiest instance needs, bits/s: `R b (1 + produces) 8`.
    pub fn network_bits(&self, instances: u64) -> f64 {
        self.most_on_one_instance(instances) * self.bits_per_event
    }

    /// Network baseline after headroom, bits/s, where known.
    pub fn usable_network(&self) -> Option<f64> {
        self.network_bits_per_second.map(|baseline| (1.0 - self.policy.network_headroom) * baseline)
    }
}
