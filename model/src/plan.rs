//! The cheapest deployment of one workload in one runtime.

use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::infeasible::{Infeasible, UnmetConstraint};
use crate::capacity::load::LoadOn;
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::demand::event::{Demand, Unmeasured};
use crate::latency::queue::BEYOND_P99;
use crate::machine::{IDLE_SIBLING, Machine, MachineId, Purchase};
use crate::memory::footprint::InstanceMemory;
use crate::runtime::{Concurrency, Deployment, Runtime, Set};
use crate::setting_names::Assignment;

/// Numbers of events a call that are tried out.
pub const MOST_BATCHES: usize = 10_000;

/// One way to run a workload: a machine type, a count and what it costs.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// The machine type.
    pub machine: &'a Machine,
    /// CPU of one event by its parts, core-s at speed 1.0; that of the fetch turns on the rate of a member.
    pub demand: Demand,
    /// s, the fetch and all that sizing started from.
    pub sizing: Sizing,
    /// How many instances, and members of the consumer group on each.
    pub count: Count,
    /// B: how long each fetch waits for more events, s; 0 where it waits for one.
    pub fetch_wait_seconds: f64,
    /// Price of one instance, USD/h.
    pub usd_per_hour: f64,
    /// Price of all, USD a month.
    pub usd_per_month: f64,
    /// Bill of the cheapest plan, by which plans are compared, USD a month: this one has no more instances, and costs more
    /// by the cost tolerance at most.
    pub cheapest_usd_per_month: f64,
    /// Price of a million events, USD.
    pub usd_per_million_events: f64,
}

/// Instances of a machine type and their bill: as much of a plan as a comparison needs.
#[derive(Debug, Clone, Copy)]
pub struct Priced<'a> {
    /// The machine type.
    pub machine: &'a Machine,
    /// How many.
    pub count: Count,
    /// Price of all, USD a month.
    pub usd_per_month: f64,
    /// Bill of the cheapest plan, by which plans are compared, USD a month.
    pub cheapest_usd_per_month: f64,
}

/// Why a runtime has no plan for a workload.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoPlan {
    /// Its profile lacks a figure.
    #[error(transparent)]
    Unmeasured(#[from] Unmeasured),
    /// No machine type to choose from has a known speed and price.
    #[error("no machine type to choose from{place} has both a known speed and a price for {purchase}")]
    NoMachines {
        /// Where they were to be, ` in aws us-east-1`; empty for anywhere.
        place: String,
        /// How machines were to be paid for.
        purchase: Purchase,
    },
    /// No machine type there has a price for the purchase.
    #[error("no {purchase} prices{place}")]
    NoPrices {
        /// Where, as above.
        place: String,
        /// How machines were to be paid for.
        purchase: Purchase,
    },
    /// Machine types to choose from have another instruction set.
    #[error("machine types to choose from{place} are {arch}, and it runs on {today}")]
    OtherArch {
        /// Where they are, as above.
        place: String,
        /// Theirs.
        arch: String,
        /// That of today.
        today: String,
    },
    /// No machine type carries it; the reason is that of the one that came furthest.
    #[error("{reason} (on {}, which comes closest)", machine.instance_type)]
    NoneServes {
        /// The machine type that fails last.
        machine: Box<MachineId>,
        /// Why it does.
        reason: Infeasible,
    },
}

/// The cheapest plan of each runtime, or why it has none.
pub type Plans<'a> = Vec<(&'a Runtime, Result<Plan<'a>, NoPlan>)>;

impl NoPlan {
    /// The rule that no count of instances meets, where it is one.
    pub fn stuck(&self) -> Option<&UnmetConstraint> {
        match self {
            Self::NoneServes { reason: Infeasible::Unmet(stuck), .. } => Some(stuck),
            _ => None,
        }
    }

    /// Whether that is the goal for p99.
    pub(crate) fn is_late(&self) -> bool {
        self.stuck().is_some_and(|stuck| stuck.rule == Constraint::Latency)
    }
}

impl Priced<'_> {
    /// The same at a share of the list price.
    pub(crate) fn paid(self, share: f64) -> Self {
        Self {
            usd_per_month: self.usd_per_month * share,
            cheapest_usd_per_month: self.cheapest_usd_per_month * share,
            ..self
        }
    }
}

impl<'a> Plan<'a> {
    /// The same at a share of the list price.
    pub(crate) fn paid(self, share: f64) -> Self {
        Self {
            usd_per_hour: self.usd_per_hour * share,
            usd_per_month: self.usd_per_month * share,
            cheapest_usd_per_month: self.cheapest_usd_per_month * share,
            usd_per_million_events: self.usd_per_million_events * share,
            ..self
        }
    }

    /// Its machines and bill alone.
    pub fn priced(&self) -> Priced<'a> {
        let Self { machine, count, usd_per_month, cheapest_usd_per_month, .. } = *self;
        Priced { machine, count, usd_per_month, cheapest_usd_per_month }
    }

    /// What set the number of instances.
    pub fn bound_by(&self) -> BoundBy {
        self.sizing.bound_by(self.count.instances)
    }

    /// Whether the in-flight limit set the number of instances: by itself, with a zone lost or while a backlog drains.
    pub fn is_bound_by_in_flight(&self) -> bool {
        let Count { instances, members_per_instance } = self.count;
        let BoundBy::Constraint(constraint) = self.bound_by() else { return false };
        self.sizing
            .tightest_load(constraint, instances, members_per_instance)
            .is_some_and(|load| load.on == LoadOn::InFlight)
    }

    /// Whether one instance fewer would do with more processes on each than people run.
    pub fn is_bound_by_processes(&self) -> bool {
        let Count { instances, members_per_instance } = self.count;
        let unlimited = || Sizing { most_processes: u64::from(u32::MAX), ..self.sizing.clone() };
        self.sizing.member == Member::Process
            && members_per_instance == self.sizing.most_processes
            && instances > u64::from(self.sizing.policy.min_instances)
            && unlimited().least_members(instances - 1, &Constraint::ALL).is_some()
    }

    /// Share of the vCPUs busy at peak with all instances up, as if no sibling idled.
    pub fn cpu_at_peak(&self) -> f64 {
        self.sizing.cpu_at_peak(self.count, self.fetch_wait_seconds)
    }

    /// Share of the vCPUs that a CPU graph shows at the mean rate, as a `utilization` is read: that at which what is busy does the
    /// work that there is.
    pub fn cpu_at_mean(&self) -> f64 {
        let Self { sizing, count, machine, .. } = self;
        let system = sizing.policy.system_cores / f64::from(machine.vcpus);
        let seconds = sizing.service_at(sizing.mean_rate, *count, self.fetch_wait_seconds)
            + (self.handling_counted_on() - 1.0) * sizing.service.handling_seconds;
        let vcpus = f64::from(sizing.process_vcpus());
        let shown = |share: f64| {
            let worth = self.runtime.worth(share.min(1.0) * vcpus);
            let work = sizing.cpu(sizing.mean_rate, *count, seconds, worth) - system;
            machine.share_shown(work, system, IDLE_SIBLING.value)
        };
        // The more are busy the more they contend, so each is closer to it than the one before, from below.
        let mut share = 0.0;
        while let Some(more) = Some(shown(share)).filter(|more| *more > share * (1.0 + 1e-15)) {
            share = more;
        }
        share
    }

    /// How many times the handling of the best estimates it has room for, as today's threads may contend less than is assumed.
    pub(crate) fn handling_counted_on(&self) -> f64 {
        self.runtime.worth(self.sizing.process_vcpus().into()) / self.sizing.worth
    }

    /// How busy its busiest consumer is at peak: of its cores, or of the in-flight limit.
    pub fn busiest_consumer(&self) -> f64 {
        let Count { instances, members_per_instance: members } = self.count;
        let at_work = self.sizing.at_work(instances, members, members as f64);
        let busy = |on| at_work.load(on, self.sizing.peak_rate, 1.0).ratio();
        busy(LoadOn::Member).max(busy(LoadOn::InFlight))
    }

    /// Members of the group that hold no partition: those beyond P.
    pub fn standby_members(&self) -> u64 {
        self.count.members() - self.sizing.reading_members(self.count)
    }

    /// p99 at peak with all instances up, s: what queueing alone makes of it, and gathering a batch.
    pub fn p99_seconds(&self) -> f64 {
        self.p99_in(&self.sizing)
    }

    fn p99_in(&self, sizing: &Sizing) -> f64 {
        sizing.percentile(self.count, self.fetch_wait_seconds) + self.gathering_of(sizing)
    }

    /// How long a batch takes to gather at peak, s: `q / x`, x of the slowest holders that 1 % of events go to; 0 of one event.
    pub fn gathering_seconds(&self) -> f64 {
        self.gathering_of(&self.sizing)
    }

    /// The same at the mean rate.
    pub fn gathering_seconds_at_mean(&self) -> f64 {
        self.gathering_seconds() * self.sizing.peak_rate / self.sizing.mean_rate
    }

    pub(crate) fn gathering_of(&self, sizing: &Sizing) -> f64 {
        if sizing.batch == 1 {
            return 0.0;
        }
        let (mut topic, mut holders) = (sizing.topic, self.count.members());
        if sizing.concurrency == Concurrency::Partition {
            let chosen = || self.partitions_required().unwrap_or(holders).try_into().unwrap_or(u32::MAX);
            let partitions = topic.partitions.unwrap_or_else(chosen);
            (topic.partitions, holders) = (Some(partitions), u64::from(partitions));
            topic.skew = topic.skew.min(f64::from(partitions));
        }
        sizing.batch_events() / (sizing.peak_rate * topic.member_share_at(1.0 - BEYOND_P99, holders))
    }

    /// A sizing at its peak or at its mean rate, whichever p99 is higher at: fewer events take longer to gather a batch.
    pub(crate) fn slowest(&self, sizing: &Sizing) -> Sizing {
        let at_mean = sizing.at_rate(sizing.mean_rate);
        let is_slower = sizing.batch > 1 && self.p99_in(&at_mean) > self.p99_in(sizing);
        if is_slower { at_mean } else { sizing.clone() }
    }

    /// Whether gathering batches takes p99 above the goal, at peak or at the mean rate.
    pub fn misses_goal_by_batches(&self) -> bool {
        let misses = |goal| !self.keeps_goal(&self.sizing, goal);
        self.sizing.batch > 1 && self.sizing.goal_seconds.is_some_and(misses)
    }

    /// Whether p99 keeps a goal, s, at peak and, of batches, at the mean rate.
    fn keeps_goal(&self, sizing: &Sizing, goal: f64) -> bool {
        let keeps = |sizing: &Sizing| self.p99_in(sizing) <= goal;
        (sizing.batch == 1 || keeps(&sizing.at_rate(sizing.mean_rate))) && keeps(sizing)
    }

    /// The most events a call, fewer than now, with which p99 keeps the goal on these machines at either rate; `None` where no number
    /// does, or none is asked for. Numbers are tried from the largest down, [`MOST_BATCHES`] of them.
    pub fn largest_batch(&self) -> Option<u32> {
        let goal = self.sizing.goal_seconds?;
        let in_time = goal / (self.gathering_seconds_at_mean() / self.sizing.batch_events());
        let most = (self.sizing.batch - 1).min(in_time as u32);
        let keeps = |&batch: &u32| self.keeps_goal(&self.sizing.in_batches_of(batch), goal);
        (1..=most).rev().take(MOST_BATCHES).find(keeps)
    }

    /// The settings of the client for B, by its own names; `None` where a fetch waits for one event, as by default.
    pub fn client_setting(&self) -> Option<String> {
        let settings = fetch_settings(self.runtime, &self.sizing, self.count, self.fetch_wait_seconds)?;
        Some(settings.map(|(name, value)| format!("{name} {value}")).join(", "))
    }

    /// Memory of one instance by its parts.
    pub fn memory(&self) -> InstanceMemory {
        self.sizing.memory(self.count.instances, self.count.members_per_instance)
    }

    /// The limit to give the collector of one process (GOMEMLIMIT), bytes: what the process needs at most; of a heap, beside
    /// what it takes that does nothing. `None` where no collector doubles what it keeps of its own.
    pub fn collector_limit_bytes(&self) -> Option<f64> {
        let needs_limit = self.runtime.memory.gc_factor.value > 1.0 && self.sizing.state_bytes > 0.0;
        let is_of_heap = self.runtime.setting_names.iter().any(|(set, _)| set == Set::HeapLimit);
        let outside = if is_of_heap { self.sizing.process_bytes } else { 0.0 };
        needs_limit.then(|| self.memory().peak() / self.processes_per_instance() as f64 - outside)
    }

    /// Memory of all instances that holds no event, bytes: interpreters, binaries, thread stacks.
    pub fn runtime_overhead_bytes(&self) -> f64 {
        self.count.instances as f64 * self.memory().processes
    }

    /// The least P that serves and spreads evenly; `None` where no number of partitions does.
    pub fn partitions_required(&self) -> Option<u64> {
        let delay = self.sizing.fetch_delay(self.count, self.fetch_wait_seconds);
        self.sizing.partitions_required(self.count.members(), delay)
    }

    /// Events/s that a member which holds a partition reads on average at peak, `L / min(n W, P)`: the rate at which the
    /// plan's CPU an event is told.
    pub fn member_rate(&self) -> f64 {
        self.sizing.mean_member_rate(self.sizing.peak_rate, self.count)
    }

    /// CPU of one event at that rate, core-s at speed 1.0.
    pub fn core_seconds_per_event(&self) -> f64 {
        self.demand.handling() + self.fetch_core_seconds()
    }

    /// The part of it that is an event's share of its fetch, core-s at speed 1.0.
    pub fn fetch_core_seconds(&self) -> f64 {
        self.fetch_seconds() * self.machine.sustained_speed().unwrap_or(1.0)
    }

    /// CPU of one event at that rate on the plan's machine: s and the fetch, s.
    pub fn service_seconds(&self) -> f64 {
        self.sizing.service_at(self.sizing.peak_rate, self.count, self.fetch_wait_seconds)
    }

    /// The part of it that is an event's share of its fetch, s.
    pub fn fetch_seconds(&self) -> f64 {
        self.sizing.fetch_seconds(self.count, self.fetch_wait_seconds)
    }

    /// Processes on each instance: one of a binary, or as many as it is split into.
    pub fn processes_per_instance(&self) -> u64 {
        self.sizing.processes(self.count.members_per_instance)
    }

    /// Processes, or threads of all binaries, on each instance.
    pub fn workers_per_instance(&self) -> u64 {
        match self.runtime.deployment {
            Deployment::Processes => self.count.members_per_instance,
            Deployment::Threads => u64::from(self.machine.vcpus),
        }
    }
}

/// The settings of a client whose fetches wait; `None` where they wait for one event, as by default.
///
/// The least bytes are twice what the busiest member gets in the wait and a round trip, as a power of two.
pub(crate) fn fetch_settings(
    runtime: &Runtime,
    sizing: &Sizing,
    count: Count,
    wait_seconds: f64,
) -> Option<[Assignment; 2]> {
    let cycle = wait_seconds + sizing.service.fetch.round_trip_seconds;
    let bytes = 2.0 * sizing.busiest_member_rate(count) * cycle * sizing.event_bytes;
    let bytes = (bytes.ceil() as u64).checked_next_power_of_two().unwrap_or(u64::MAX);
    let at = |set, value| runtime.setting_names.at(set, value);
    let wait = (wait_seconds > 0.0).then(|| at(Set::FetchMaxWait, wait_seconds))??;
    Some([wait, at(Set::FetchMinBytes, bytes as f64)?])
}
