//! How many instances of one machine type a workload needs in one runtime, and what decides it.
//!
//! Each instance brings W consumers into the group: as many worker processes, or one process whose threads
//! use all V vCPUs (W = 1). What is loaded how much is in [`crate::capacity::loads`], what fits in
//! [`crate::memory::footprint`], how long events take in [`crate::latency::queues`].

use crate::capacity::assignment::Topic;
use crate::capacity::bounds::GroupBound;
use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::infeasible::{Infeasible, Remedies, UnmetConstraint};
use crate::capacity::search::least;
use crate::demand::fetch::Service;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::runtime::{Concurrency, Deployment, Runtime};
use crate::units::MIB;
use crate::workload::Workload;

/// No plan is looked for beyond this many instances or workers.
const MOST: u64 = 1 << 40;

/// One workload in one runtime on one machine type, reduced to what sizing needs.
#[derive(Debug, Clone)]
pub struct Sizing {
    /// How the runtime uses the vCPUs.
    pub deployment: Deployment,
    /// Who holds m events in progress.
    pub concurrency: Concurrency,
    /// m.
    pub in_flight: u32,
    /// P and k.
    pub topic: Topic,
    /// L, events/s.
    pub peak_rate: f64,
    /// Ld, events/s.
    pub design_rate: f64,
    /// What an event takes of one vCPU of this machine: s, and the fetch.
    pub service: Service,
    /// w, I/O wait of an event, s.
    pub wait_seconds: f64,
    /// Squared coefficient of variation of the service time.
    pub scv: f64,
    /// V.
    pub vcpus: u32,
    /// usl(V): how many perfect threads the machine's V are worth.
    pub relative_capacity: f64,
    /// Cores of this machine that one idle process burns.
    pub idle_cores: f64,
    /// Memory of the machine, bytes.
    pub machine_memory_bytes: f64,
    /// Memory of one process, bytes; all threads included.
    pub process_bytes: f64,
    /// Memory of one event in progress, bytes.
    pub in_flight_event_bytes: f64,
    /// Network baseline of the machine, bits/s, where known.
    pub network_bits_per_second: Option<f64>,
    /// Bits that one event moves, read and written.
    pub bits_per_event: f64,
    /// p99 goal, s.
    pub goal_seconds: Option<f64>,
    /// Head room and failures.
    pub policy: Policy,
}

/// How many instances, and members of the consumer group on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// n.
    pub instances: u64,
    /// W: processes, or 1 for a binary of threads.
    pub members_per_instance: u64,
}

impl Count {
    /// n W, members in all.
    pub fn members(self) -> u64 {
        self.instances.saturating_mul(self.members_per_instance)
    }
}

/// The answer for one machine type.
#[derive(Debug, Clone, PartialEq)]
pub struct Size {
    /// n.
    pub instances: u64,
    /// W: processes, or 1 for a binary of threads.
    pub members_per_instance: u64,
    /// What set n.
    pub bound_by: BoundBy,
    /// Share of the vCPUs busy at peak with all instances up, as a CPU graph shows it.
    pub utilization_at_peak: f64,
    /// p99 at peak with all instances up, s: what queueing alone makes of it.
    pub p99_seconds: f64,
    /// Memory that one instance needs, bytes.
    pub memory_bytes_per_instance: f64,
    /// Memory of all instances that holds no event: interpreters, binaries, thread stacks.
    pub runtime_overhead_bytes: f64,
    /// The least P that serves; `None` where no number of partitions does.
    pub partitions_required: Option<u64>,
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
        Self {
            deployment: runtime.deployment,
            concurrency: workload.concurrency.unwrap_or(runtime.concurrency),
            in_flight: workload.in_flight.unwrap_or(1),
            topic: workload.topic,
            peak_rate: workload.peak_rate(),
            design_rate: workload.design_rate(),
            service,
            wait_seconds,
            scv: runtime.service_scv.value,
            vcpus: machine.vcpus,
            relative_capacity: runtime.scaling.law().relative_capacity(machine.vcpus),
            idle_cores: runtime.cpu.idle_cores.value * runtime.provenance.vcpu_speed / speed,
            machine_memory_bytes: machine.memory_bytes,
            process_bytes: runtime.overhead_bytes(1, machine.vcpus),
            in_flight_event_bytes: runtime.memory.per_in_flight_event.at(workload.event_bytes),
            network_bits_per_second: machine.network_bits_per_second,
            bits_per_event: workload.event_bytes * (1.0 + workload.produces) * 8.0,
            goal_seconds: workload.p99_seconds,
            policy,
        }
    }

    /// The same at another busiest rate, events/s; a backlog is drained at a rate in proportion.
    pub fn at_rate(&self, peak_rate: f64) -> Self {
        let draining = self.design_rate / self.peak_rate;
        Self { peak_rate, design_rate: peak_rate * draining, ..self.clone() }
    }

    /// The least number of instances that meets all rules, with it the least number of processes, and what
    /// comes of these.
    pub fn solve(&self) -> Result<Size, Infeasible> {
        self.count().map(|count| self.size(count))
    }

    /// The least number of instances that meets all rules, and with it the least number of processes.
    pub fn count(&self) -> Result<Count, Infeasible> {
        let usable = self.usable_memory();
        if self.member_rate() <= 0.0 {
            return Err(Infeasible::IdleTakesAll { idle_cores: self.idle_cores });
        }
        if self.process_bytes > usable {
            return Err(Infeasible::ProcessTooLarge {
                needed_mib: self.process_bytes / MIB,
                usable_mib: usable / MIB,
            });
        }
        let Some(count) = self.least_count() else {
            return Err(self.stuck());
        };
        if self.topic.partitions.is_none() && self.partitions_required(count.members()).is_none() {
            return Err(Infeasible::BeyondSearch);
        }
        Ok(count)
    }

    /// The least count that meets all rules, looked for from a bound up; `None` where none does.
    fn least_count(&self) -> Option<Count> {
        let group = self.group_bound(&Constraint::ALL)?;
        let from = self.instances_for_group_at_least(group, self.most_members()).min(MOST);
        let instances = self.least_instances(from, &Constraint::ALL)?;
        let members_per_instance = self.least_members_of(group, instances, &Constraint::ALL)?;
        Some(Count { instances, members_per_instance })
    }

    /// What comes of a count: load, latency, memory, partitions and what set it.
    pub fn size(&self, count: Count) -> Size {
        let Count { instances, members_per_instance } = count;
        Size {
            instances,
            members_per_instance,
            bound_by: self.bound_by(instances),
            utilization_at_peak: self.utilization(instances, members_per_instance),
            p99_seconds: self.percentile(instances, members_per_instance),
            memory_bytes_per_instance: self.memory_bytes(instances, members_per_instance),
            runtime_overhead_bytes: instances as f64 * members_per_instance as f64 * self.process_bytes,
            partitions_required: self.partitions_required(count.members()),
        }
    }

    /// The least number of instances from `from` up that meets `rules` with some number of processes.
    pub fn least_instances(&self, from: u64, rules: &[Constraint]) -> Option<u64> {
        let group = self.group_bound(rules)?;
        let meets = |instances: u64| self.least_members_of(group, instances, rules).is_some();
        if meets(from) {
            return Some(from);
        }
        self.least_members_of(group, MOST, rules)?;
        least(from + 1, MOST, meets)
    }

    /// The least number of members on each of `instances` instances that meets `rules`, out of those that
    /// fit in memory.
    ///
    /// More members only ever help with some rules and only ever hurt with the others (memory; idle
    /// processes beyond the vCPUs), so the least that helps enough is the only one to look at.
    pub fn least_members(&self, instances: u64, rules: &[Constraint]) -> Option<u64> {
        self.least_members_of(self.group_bound(rules)?, instances, rules)
    }

    fn least_members_of(&self, group: GroupBound, instances: u64, rules: &[Constraint]) -> Option<u64> {
        let most = self.most_members();
        let from = self.members_per_instance_at_least(group, instances);
        let enough = least(from, most, |members| {
            rules.iter().all(|&rule| self.has_members_enough(rule, instances, members))
        })?;
        rules.iter().all(|&rule| self.is_not_hurt_by(rule, instances, enough)).then_some(enough)
    }

    /// Members that fit in memory when no event is in progress.
    fn most_members(&self) -> u64 {
        match self.deployment {
            Deployment::Threads => 1,
            Deployment::Processes if self.process_bytes > 0.0 => {
                ((self.usable_memory() / self.process_bytes).floor() as u64).min(MOST)
            }
            Deployment::Processes => MOST,
        }
    }

    /// The first rule that does not hold on `instances` instances of `members` members each.
    pub fn first_unmet(&self, instances: u64, members: u64) -> Option<Constraint> {
        Constraint::ALL.into_iter().find(|&rule| !self.meets(rule, instances, members))
    }

    /// Whether a rule holds on `instances` instances of `members` members each.
    pub fn meets(&self, rule: Constraint, instances: u64, members: u64) -> bool {
        match rule {
            Constraint::Memory => self.memory_bytes(instances, members) <= self.usable_memory(),
            Constraint::Network => {
                self.usable_network().is_none_or(|usable| self.network_bits(instances) <= usable)
            }
            Constraint::Latency => {
                self.goal_seconds.is_none_or(|goal| self.within_goal(instances, members, goal))
            }
            Constraint::Cpu | Constraint::InFlight | Constraint::Zone | Constraint::CatchUp => {
                self.keeps_limits(rule, instances, members, members)
            }
        }
    }

    /// Whether a rule would hold if members took neither memory nor, beyond the vCPUs, idle CPU.
    fn has_members_enough(&self, rule: Constraint, instances: u64, members: u64) -> bool {
        match rule {
            Constraint::Memory | Constraint::Network => true,
            Constraint::Latency => self.meets(rule, instances, members),
            Constraint::Cpu | Constraint::InFlight | Constraint::Zone | Constraint::CatchUp => {
                self.keeps_limits(rule, instances, members, members.min(u64::from(self.vcpus)))
            }
        }
    }

    /// Whether a rule that enough members meet holds with what they take as well.
    fn is_not_hurt_by(&self, rule: Constraint, instances: u64, members: u64) -> bool {
        match rule {
            Constraint::Memory | Constraint::Network => self.meets(rule, instances, members),
            Constraint::Latency => true,
            Constraint::Cpu | Constraint::InFlight | Constraint::Zone | Constraint::CatchUp => {
                members <= u64::from(self.vcpus) || self.meets(rule, instances, members)
            }
        }
    }

    /// What set the count: the policy's minimum, or the first rule that cannot be met together with those
    /// before it on one instance fewer. A count of which one fewer meets all rules was made for other figures than these.
    fn bound_by(&self, instances: u64) -> BoundBy {
        if instances <= u64::from(self.policy.min_instances) {
            return BoundBy::Minimum;
        }
        match self.first_failing(instances - 1) {
            Some(rule) => BoundBy::Constraint(rule),
            None => BoundBy::Confidence,
        }
    }

    fn first_failing(&self, instances: u64) -> Option<Constraint> {
        (1..=Constraint::ALL.len())
            .find(|&count| self.least_members(instances, &Constraint::ALL[..count]).is_none())
            .map(|count| Constraint::ALL[count - 1])
    }

    /// Which rule no count of instances meets, and by how much.
    fn stuck(&self) -> Infeasible {
        let rule = self.first_failing(MOST).unwrap_or(Constraint::Cpu);
        let before: Vec<Constraint> =
            Constraint::ALL.into_iter().take_while(|&earlier| earlier != rule).collect();
        let members = self.least_members(MOST, &before).unwrap_or(1);
        let load = self.tightest_load(rule, MOST, members);
        if load.is_some() && self.topic.partitions.is_none() {
            return Infeasible::BeyondSearch;
        }
        let (needs, limit) = match (rule, load) {
            (_, Some(load)) => (load.needs, load.limit),
            (Constraint::Memory, _) => (self.memory_bytes(MOST, members), self.usable_memory()),
            (Constraint::Network, _) => (self.network_bits(MOST), self.usable_network().unwrap_or(0.0)),
            _ => (self.percentile(MOST, self.most_members()), self.goal_seconds.unwrap_or(0.0)),
        };
        Infeasible::Unmet(UnmetConstraint {
            rule,
            on: load.map(|load| load.on),
            needs,
            limit,
            service_seconds: self.service.handling_seconds,
            own_seconds: self.own_seconds(),
            scv: self.scv,
            partitions_required: self.partitions_required(1),
            remedies: Remedies::default(),
        })
    }

    /// What would make a stuck problem feasible on this machine type: a number of partitions, where they are
    /// given, or of events in progress. Each is tried out before it is named.
    pub fn remedies(&self) -> Remedies {
        const MOST_TRIED: u64 = 100_000;
        let serves = |changed: &Self| {
            let minimum = u64::from(self.policy.min_instances);
            changed.least_instances(minimum, &Constraint::ALL).is_some()
        };
        let whole = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let with_partitions = |number: u64| {
            let partitions = Some(whole(number));
            Self { topic: Topic { partitions, ..self.topic }, ..self.clone() }
        };
        let with_in_flight = |number: u64| Self { in_flight: whole(number), ..self.clone() };
        Remedies {
            partitions: self.topic.partitions.and_then(|given| {
                least(u64::from(given), MOST_TRIED, |number| serves(&with_partitions(number)))
            }),
            in_flight: least(u64::from(self.in_flight), MOST_TRIED, |number| serves(&with_in_flight(number))),
        }
    }
}
