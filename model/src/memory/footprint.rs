//! Memory and network of the instance that gets most events.

use crate::capacity::assignment::held;
use crate::capacity::sizing::Sizing;
use crate::memory::parts::ReadAhead;
use crate::runtime::Concurrency;

/// Events that a core at the degraded limit holds in its queue and at work.
const EVENTS_HELD_BY_A_BUSY_CORE: f64 = 10.0;

/// What one instance holds, bytes, a collector's share in each part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstanceMemory {
    /// Processes that do nothing: interpreters or binaries, libraries, thread stacks.
    pub processes: f64,
    /// What they hold beside as soon as they work.
    pub working: f64,
    /// What they keep of the workload's own.
    pub state: f64,
    /// Events in flight.
    pub in_flight: f64,
    /// What clients read ahead of a backlog.
    pub read_ahead: f64,
}

/// What limits how much of a backlog clients read ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadAheadLimit {
    /// A client's own.
    Client,
    /// That of a partition.
    Partition,
    /// There is no more.
    Backlog,
}

/// What the clients of one instance read ahead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payload {
    /// Bytes of events.
    pub bytes: f64,
    /// Clients with a partition.
    pub clients: u64,
    /// Partitions of the instance.
    pub held: u64,
    /// Its share of all events.
    pub share: f64,
}

impl InstanceMemory {
    /// Without a backlog: what a graph shows.
    pub fn steady(self) -> f64 {
        self.processes + self.working + self.state + self.in_flight
    }

    /// With a backlog that is read ahead as far as clients do: what has to fit.
    pub fn peak(self) -> f64 {
        self.steady() + self.read_ahead
    }
}

impl Sizing {
    /// R, the most events/s that one instance takes, with a zone lost or a backlog drained.
    pub(crate) fn most_on_one_instance(&self, instances: u64) -> f64 {
        let alive = self.policy.alive(instances);
        let share = |instances: u64| self.topic.busiest_instance_share(instances);
        let draining = self.design_rate * share(instances);
        if alive == 0 { draining } else { draining.max(self.peak_rate * share(alive)) }
    }

    /// A, events in flight on one instance: `R q (10 s' + w)`, at most m q for each partition and for each
    /// holding consumer.
    pub fn events_in_flight(&self, instances: u64, members: u64) -> f64 {
        let busy_cores = EVENTS_HELD_BY_A_BUSY_CORE * self.core_seconds();
        let held =
            self.most_on_one_instance(instances) * (busy_cores + self.wait_seconds) * self.batch_events();
        let in_flight = f64::from(self.in_flight) * self.batch_events();
        let by_partitions = self.topic.partitions.map_or(f64::INFINITY, |p| in_flight * f64::from(p));
        let by_consumers = match self.concurrency {
            Concurrency::Consumer => in_flight * members as f64,
            Concurrency::Partition => f64::INFINITY,
        };
        held.min(by_partitions).min(by_consumers)
    }

    /// Memory that one process at work takes whatever it handles, bytes: base, threads, what work adds, and state.
    pub fn fixed_process_bytes(&self) -> f64 {
        self.process_bytes + self.working_bytes + self.state_bytes
    }

    /// What one instance holds by its parts.
    pub fn memory(&self, instances: u64, members: u64) -> InstanceMemory {
        let processes = self.processes(members) as f64;
        InstanceMemory {
            processes: processes * self.process_bytes,
            working: processes * self.working_bytes,
            state: processes * self.state_bytes,
            in_flight: self.events_in_flight(instances, members) * self.in_flight_event_bytes,
            read_ahead: self.read_ahead_bytes(instances, members),
        }
    }

    /// What the clients of one instance hold of a backlog, bytes: payload and what it takes to keep it.
    pub fn read_ahead_bytes(&self, instances: u64, members: u64) -> f64 {
        let Some(limits) = self.read_ahead else { return 0.0 };
        self.read_ahead_payload(limits, instances, members).0.bytes * limits.held_per_byte
    }

    /// Payload of it, with a zone lost, and which limit binds: that of its clients, that of its partitions or the backlog.
    ///
    /// `min(min(W, held) client, held partition, L ishare outage b)`, where `held` is that of alive(n), or W where
    /// partitions are open: a client without a partition reads nothing.
    pub(crate) fn read_ahead_payload(
        &self,
        limits: ReadAhead,
        instances: u64,
        members: u64,
    ) -> (Payload, ReadAheadLimit) {
        let alive = self.policy.alive(instances).max(1);
        let held = self.topic.partitions.map_or(members, |partitions| held(partitions, alive));
        let clients = members.min(held);
        let share = self.topic.busiest_instance_share(alive);
        let backlog = self.peak_rate * share * limits.outage_seconds * limits.event_bytes;
        let by_limit = [
            (clients as f64 * limits.client_bytes, ReadAheadLimit::Client),
            (held as f64 * limits.partition_bytes, ReadAheadLimit::Partition),
        ];
        let least = (backlog, ReadAheadLimit::Backlog);
        let (bytes, by) =
            by_limit.into_iter().fold(least, |least, it| if it.0 < least.0 { it } else { least });
        (Payload { bytes, clients, held, share }, by)
    }

    /// Memory of the machine after headroom and what its system takes, bytes.
    pub fn usable_memory(&self) -> f64 {
        (1.0 - self.policy.memory_headroom) * self.machine_memory_bytes - self.policy.system_memory_bytes
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
