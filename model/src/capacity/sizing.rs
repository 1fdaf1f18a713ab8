//! How many instances of one machine type a workload needs in one runtime, and what decides it.
//!
//! Each instance brings W [members](Member) into the group. What is loaded how much is in [`crate::capacity::loads`], what fits in
//! [`crate::memory::footprint`], how long events take in [`crate::latency::queues`].

use crate::capacity::assignment::Topic;
use crate::demand::fetch::Service;
use crate::machine::Machine;
use crate::memory::parts::ReadAhead;
use crate::policy::Policy;
pub use crate::runtime::Member;
use crate::runtime::{Concurrency, Discipline, Runtime};
use crate::workload::Workload;

/// Processes that people run on a vCPU at most, unless they run more today.
const PROCESSES_PER_VCPU: u64 = 4;
/// The same of readers in one binary, which share its memory.
const READERS_PER_VCPU: u64 = 64;
/// The rate that none is taken for, events/s: an event in thirty years.
const LEAST_RATE: f64 = 1e-9;

/// One workload in one runtime on one machine type, reduced to what sizing needs.
#[derive(Debug, Clone)]
pub struct Sizing {
    /// What the members of the group are.
    pub member: Member,
    /// W of binaries, which divides V; 1 for all others.
    pub binaries: u32,
    /// Who holds m events in flight.
    pub concurrency: Concurrency,
    /// m.
    pub in_flight: u32,
    /// q, events of a call of the handler: a place of the in-flight limit takes so many at a time.
    pub batch: u32,
    /// P and k.
    pub topic: Topic,
    /// L, events/s.
    pub peak_rate: f64,
    /// Ld, events/s.
    pub design_rate: f64,
    /// L0, events/s.
    pub mean_rate: f64,
    /// What an event takes of one vCPU of this machine: s, and the fetch.
    pub service: Service,
    /// w, I/O wait of an event, s.
    pub wait_seconds: f64,
    /// Squared coefficient of variation of the service time.
    pub scv: f64,
    /// scv_w, the same of the I/O wait.
    pub wait_scv: f64,
    /// Whether nobody gives p99 of the wait, so that it is taken to be exponential.
    pub assumes_wait_spread: bool,
    /// When the client sends its next fetch.
    pub discipline: Discipline,
    /// V.
    pub vcpus: u32,
    /// The most processes, or readers, on an instance.
    pub most_processes: u64,
    /// e, perfect cores that a vCPU in use is worth: 1, or `usl(V/W) / (V/W)` where the threads of a binary contend, but no more than
    /// that of today's where this is assumed.
    pub worth: f64,
    /// e_now over what it is where threads contend least: no CPU that was measured is contention by assumption alone.
    pub worth_today: f64,
    /// Cores of this machine that one idle process burns.
    pub idle_cores: f64,
    /// Memory of the machine, bytes.
    pub machine_memory_bytes: f64,
    /// Memory of one process that does nothing, bytes; all threads included.
    pub process_bytes: f64,
    /// What one process holds beside as soon as it works, bytes.
    pub working_bytes: f64,
    /// What one process keeps of the workload's own: model, cache, tables; bytes, a collector's share included.
    pub state_bytes: f64,
    /// Memory of one event in flight, bytes, a collector's share included.
    pub in_flight_event_bytes: f64,
    /// What a client reads ahead of the handler; `None` where it does not.
    pub read_ahead: Option<ReadAhead>,
    /// Network baseline of the machine, bits/s, where known.
    pub network_bits_per_second: Option<f64>,
    /// b, payload of an event, bytes.
    pub event_bytes: f64,
    /// Bits that one event moves, read and written.
    pub bits_per_event: f64,
    /// How long handled events wait for their commit at most, s.
    pub uncommitted_seconds: f64,
    /// p99 goal, s.
    pub goal_seconds: Option<f64>,
    /// Headroom and failures.
    pub policy: Policy,
}

/// How many instances, and members of the consumer group on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// n.
    pub instances: u64,
    /// W: processes, binaries or readers.
    pub members_per_instance: u64,
}

impl Count {
    /// n W, members in all.
    pub fn members(self) -> u64 {
        self.instances.saturating_mul(self.members_per_instance)
    }
}

impl Sizing {
    /// Puts a workload, a runtime and a machine type together.
    ///
    /// `speed` is the machine's one-vCPU speed and `service` what an event takes there; the wait is the same on
    /// any machine.
    pub fn new(
        workload: &Workload,
        runtime: &Runtime,
        machine: &Machine,
        speed: f64,
        service: Service,
        wait_seconds: f64,
        policy: Policy,
    ) -> Self {
        Self::anywhere(workload, runtime, wait_seconds, policy).on(runtime, machine, speed, service)
    }

    /// What is the same on all machine types; what is not is 0.
    pub(crate) fn anywhere(
        workload: &Workload,
        runtime: &Runtime,
        wait_seconds: f64,
        policy: Policy,
    ) -> Self {
        let given_scv = workload.service_scv.filter(|_| workload.current_runtime == runtime.name);
        Self {
            member: workload.member_in(runtime),
            binaries: 1,
            concurrency: workload.concurrency_in(runtime),
            in_flight: workload.in_flight.unwrap_or(1),
            batch: workload.batch_size,
            topic: workload.topic.with_hot_key(),
            peak_rate: workload.peak_rate(),
            design_rate: workload.design_rate(),
            mean_rate: workload.mean_rate(),
            service: Service::default(),
            wait_seconds,
            scv: given_scv.unwrap_or(runtime.service_scv.value),
            wait_scv: workload.wait_scv(wait_seconds),
            assumes_wait_spread: wait_seconds > 0.0 && workload.io_wait_p99_seconds.is_none(),
            discipline: runtime.fetching.discipline,
            vcpus: 0,
            most_processes: 0,
            worth: 1.0,
            worth_today: 1.0,
            idle_cores: 0.0,
            machine_memory_bytes: 0.0,
            process_bytes: 0.0,
            working_bytes: runtime.memory.working.value,
            state_bytes: runtime.memory.state_factor() * workload.state_bytes.unwrap_or(0.0),
            in_flight_event_bytes: runtime.memory.in_flight_event_bytes(workload.event_bytes),
            read_ahead: ReadAhead::of(
                &runtime.memory,
                workload.event_bytes,
                workload.prefetch_bytes.or(policy.prefetch_bytes),
                workload.outage_seconds(),
            ),
            network_bits_per_second: None,
            event_bytes: workload.event_bytes,
            bits_per_event: workload.event_bytes * (1.0 + workload.produces) * 8.0,
            uncommitted_seconds: workload.uncommitted_seconds(),
            goal_seconds: workload.p99_seconds,
            policy,
        }
    }

    /// The same on a machine type.
    pub(crate) fn on(&self, runtime: &Runtime, machine: &Machine, speed: f64, service: Service) -> Self {
        // The system takes as much of a vCPU that is there a part of the time only.
        let system_cores = self.policy.system_cores / machine.burst_baseline.unwrap_or(1.0);
        let each = if self.member == Member::Reader { READERS_PER_VCPU } else { PROCESSES_PER_VCPU };
        Self {
            service,
            vcpus: machine.vcpus,
            most_processes: u64::from(machine.vcpus) * each,
            worth: self.worth_of(runtime, machine.vcpus),
            idle_cores: runtime.idle_cores_at(speed),
            machine_memory_bytes: machine.memory_bytes,
            process_bytes: runtime.process_bytes(machine.vcpus),
            network_bits_per_second: machine.network_bits_per_second,
            policy: Policy { system_cores, ..self.policy },
            ..self.clone()
        }
    }

    /// e of a process of so many vCPUs, all of them busy: `min(usl(V)/V, usl_low(V)/V * e_now/e_now_low)`.
    pub(crate) fn worth_of(&self, runtime: &Runtime, vcpus: u32) -> f64 {
        let worth = runtime.worth(vcpus.into());
        if self.worth_today < 1.0 { worth.min(self.worth_at_least_contention(runtime, vcpus)) } else { worth }
    }

    /// The second of these.
    pub(crate) fn worth_at_least_contention(&self, runtime: &Runtime, vcpus: u32) -> f64 {
        runtime.worth_at(|figure| figure.low, vcpus.into()) * self.worth_today
    }

    /// Makes room for a workload of which `processes` run on `vcpus` vCPUs today: so many on each are not too many.
    pub(crate) fn allow_processes_today(&mut self, processes: u32, vcpus: u64) {
        let today = u64::from(processes) * u64::from(self.vcpus) / vcpus.max(1);
        self.most_processes = self.most_processes.max(today);
    }

    /// The same with `binaries` of V/W vCPUs each on an instance.
    pub fn in_binaries(self, runtime: &Runtime, binaries: u32) -> Self {
        if binaries == self.binaries {
            return self;
        }
        let split = Self { binaries, ..self };
        let vcpus = split.process_vcpus();
        Self { worth: split.worth_of(runtime, vcpus), process_bytes: runtime.process_bytes(vcpus), ..split }
    }

    /// Numbers of binaries that divide the vCPUs, one first; one alone where its members are no binaries.
    pub(crate) fn numbers_of_binaries(&self) -> impl Iterator<Item = u32> + use<> {
        let most = if self.member == Member::Binary { self.vcpus } else { 1 };
        (1..=most).filter(move |binaries| most.is_multiple_of(*binaries))
    }

    /// The same with as many binaries as a count has members on each instance, where these are binaries.
    pub(crate) fn with_members_of(self, runtime: &Runtime, count: Count) -> Self {
        match self.member {
            Member::Binary => self.in_binaries(runtime, count.members_per_instance as u32),
            Member::Process | Member::Reader => self,
        }
    }

    /// One binary without what several may spare it: contention of its threads, CPU of its fetches and what these add to
    /// latency beyond the least.
    pub(crate) fn at_its_best(mut self) -> Self {
        let least = self.least_fetch_delay();
        self.goal_seconds = self.goal_seconds.map(|goal| goal - least);
        self.service.fetch.core_seconds = 0.0;
        self.worth = self.worth_today;
        self
    }

    /// vCPUs of a process: V/W of a binary, all of the machine's for readers.
    pub fn process_vcpus(&self) -> u32 {
        (self.vcpus / self.binaries).max(1)
    }

    /// Processes on an instance of so many members: readers share one.
    pub fn processes(&self, members: u64) -> u64 {
        if self.member == Member::Reader { 1 } else { members }
    }

    /// q as a factor.
    pub(crate) fn batch_events(&self) -> f64 {
        f64::from(self.batch)
    }

    /// A call of the handler: q s' + w of q events, s.
    pub fn call_seconds(&self) -> f64 {
        self.batch_events() * self.own_seconds()
    }

    /// The same with another number of events a call, each of which takes the CPU that it takes now, and each call the
    /// wait.
    pub fn in_batches_of(&self, batch: u32) -> Self {
        let wait_seconds = self.wait_seconds * self.batch_events() / f64::from(batch);
        Self { batch, wait_seconds, ..self.clone() }
    }

    /// The same at another busiest rate, events/s, of which the mean is no more; a backlog is drained at a rate in
    /// proportion. A rate of 0 keeps the rules that a small one keeps: an event may come.
    pub fn at_rate(&self, peak_rate: f64) -> Self {
        let peak_rate = peak_rate.max(LEAST_RATE);
        let draining = self.design_rate / self.peak_rate;
        let mean_rate = self.mean_rate.min(peak_rate);
        Self { peak_rate, design_rate: peak_rate * draining, mean_rate, ..self.clone() }
    }
}
