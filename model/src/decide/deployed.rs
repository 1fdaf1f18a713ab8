//! How busy today's machines are with what runs on them.

use crate::capacity::constraint::Constraint;
use crate::capacity::load::LoadOn;
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::machine::Machine;
use crate::problem::Problem;
use crate::runtime::{Concurrency, Deployment, Runtime};
use crate::workload::Workload;
use std::borrow::Cow;

/// Processes that are tried for each vCPU where nobody says how many run.
const PROCESSES_PER_VCPU: u64 = 8;

/// What of today comes closest to its limit, or exceeds it most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busiest {
    /// The CPU of a machine.
    Machine,
    /// The core of a process.
    Process,
    /// The core of a reader, a loop in a binary.
    Reader,
    /// Events in flight of a partition, or of a consumer that takes them from all of its partitions.
    InFlight(Concurrency),
    /// The memory of a machine.
    Memory,
}

/// What runs today on its machines.
pub(super) struct Deployed<'w> {
    pub workload: &'w Workload,
    pub current: &'w Runtime,
    pub sizing: Sizing,
    pub instances: u64,
    /// Those of the instances that are there.
    pub left: u64,
}

impl Deployed<'_> {
    /// How busy the machines are at a rate, events/s, by the constraint that comes closest to its limit or exceeds it most:
    /// the least over all numbers of processes where it is not known.
    pub fn busy(&self, rate: f64) -> Option<(Busiest, f64)> {
        let Self { workload, instances, left, .. } = *self;
        let sizing = self.sizing.at_rate(rate);
        // The highest load with this many members, and the least that any larger number of them can have.
        let tightest = |sizing: &Sizing, members: u64| {
            let load = |rule| sizing.tightest_load(rule, left, members);
            // A blank cell is one event at a time, as in plans: of a partition or a consumer, where somebody says how many there are.
            let holders = match sizing.concurrency {
                Concurrency::Partition => None,
                Concurrency::Consumer => workload.current_processes,
            };
            let is_limited = workload.in_flight.or(workload.topic.partitions).or(holders).is_some();
            let events = sizing.least_in_flight(sizing.peak_rate, left.saturating_mul(members));
            let in_flight = is_limited.then_some(events / f64::from(sizing.in_flight));
            let memory = sizing.memory(left, members).steady() / sizing.machine_memory_bytes;
            let cpu = load(Constraint::Cpu);
            let is_full = members as f64 >= sizing.usable_vcpus();
            let idling = cpu.filter(|load| is_full && load.on == LoadOn::Instance);
            let of_partition = in_flight.filter(|_| sizing.concurrency == Concurrency::Partition);
            let at_least =
                idling.map(|load| load.ratio()).into_iter().chain(of_partition).fold(memory, f64::max);
            let of_cores = match (cpu.map(|load| load.on), sizing.member) {
                (Some(LoadOn::Member), Member::Process) => Busiest::Process,
                (Some(LoadOn::Member), Member::Reader) => Busiest::Reader,
                _ => Busiest::Machine,
            };
            let busiest = [
                (of_cores, cpu.map(|load| load.ratio())),
                (Busiest::InFlight(sizing.concurrency), in_flight),
                (Busiest::Memory, Some(memory)),
            ]
            .into_iter()
            .filter_map(|(rule, busy)| Some((rule, busy.filter(|busy| !busy.is_nan())?)))
            .max_by(|one, other| one.1.total_cmp(&other.1));
            (busiest, at_least)
        };
        let kinds = workload.concurrency_today();
        let current = self.current;
        let of_kind = |concurrency| {
            let member = Member::of(current, concurrency);
            let members_per_instance =
                member.on_each_today(workload.current_processes, instances).unwrap_or(1);
            let all = Sizing { member, concurrency, ..sizing.clone() };
            all.with_members_of(current, Count { instances, members_per_instance })
        };
        let any_number = || {
            let of_machine = PROCESSES_PER_VCPU * u64::from(sizing.vcpus);
            let of_topic = workload.topic.partitions.map(|it| u64::from(it).div_ceil(instances));
            1..=of_topic.map_or(of_machine, |most| most.min(of_machine))
        };
        let is_memory = |busiest: Option<(Busiest, f64)>| busiest.is_none_or(|it| it.0 == Busiest::Memory);
        let least = |sizing: &Sizing| {
            let said = sizing.member.on_each_today(workload.current_processes, instances);
            let mut members = said.map_or_else(any_number, |each| each..=each);
            // Up to one a vCPU, more members lower every load but that of memory.
            let one_each = u64::from(sizing.vcpus).min(*members.end());
            let of_one_each = (*members.start() < one_each).then(|| tightest(sizing, one_each));
            let of_one_each = of_one_each.filter(|it| !is_memory(it.0));
            if of_one_each.is_some() {
                members = one_each + 1..=*members.end();
            }
            let mut least: Option<(Busiest, f64)> = None;
            let others = members.map(|members| tightest(sizing, members));
            for (busiest, at_least) in of_one_each.into_iter().chain(others) {
                least = busiest.filter(|it| least.is_none_or(|least| it.1 < least.1)).or(least);
                if least.is_some_and(|(_, least)| at_least >= least) {
                    break;
                }
            }
            least
        };
        kinds.filter_map(|kind| least(&of_kind(kind))).min_by(|one, other| one.1.total_cmp(&other.1))
    }
}

/// Whether anything is said of what runs today.
pub(super) fn runs(workload: &Workload) -> bool {
    workload.current_instances.is_some()
        || workload.current_processes.is_some()
        || workload.current_usd_per_month.is_some()
        || workload.observed_cores.is_some()
}

/// What holds the events in flight of something that runs on machines that are not known, and the share of all events that the
/// busiest of these takes: of the consumers given where they hold it, else of the partitions.
pub(super) fn busiest_holder(workload: &Workload) -> Option<(Concurrency, f64)> {
    let topic = workload.topic.with_hot_key();
    match workload.concurrency.filter(|it| *it == Concurrency::Consumer).and(workload.current_processes) {
        Some(consumers) => Some((Concurrency::Consumer, topic.busiest_member_share(consumers.into()))),
        None => Some((Concurrency::Partition, topic.busiest_partition_share().filter(|_| runs(workload))?)),
    }
}

/// How busy what runs is at a rate, events/s, on machines that are not known: the in-flight limit of the busiest holder, and the
/// one core that a process has wherever it runs.
pub(super) fn anywhere(
    workload: &Workload,
    current: &Runtime,
    machine: Option<&Machine>,
    rate: f64,
) -> Option<(Busiest, f64)> {
    let problem = Problem::new(workload, current, machine).ok()?;
    let demand = problem.today.demand_today(workload, current).ok()?;
    let cpu = demand.handling() / problem.vcpu_now.work();
    let seconds = cpu + problem.today.wait_seconds + demand.commit_wait_seconds;
    let in_flight = busiest_holder(workload).map(|(holder, share)| {
        (Busiest::InFlight(holder), rate * share * seconds / f64::from(workload.in_flight.unwrap_or(1)))
    });
    let processes = workload.current_processes.filter(|_| current.deployment == Deployment::Processes);
    let of_cores = processes.map(|processes| {
        let share = workload.topic.with_hot_key().busiest_member_share(processes.into());
        (
            Busiest::Process,
            rate * share * cpu / (1.0 - current.idle_cores_at(problem.vcpu_now.speed)).max(0.0),
        )
    });
    in_flight.into_iter().chain(of_cores).max_by(|one, other| one.1.total_cmp(&other.1))
}

/// A workload in which blank calls are none.
pub(super) fn without_unknown_calls(workload: &Workload) -> Cow<'_, Workload> {
    match workload.io_calls {
        Some(_) => Cow::Borrowed(workload),
        None => Cow::Owned(Workload { io_calls: Some(0.0), ..workload.clone() }),
    }
}

/// vCPUs of today's machines.
pub(super) fn vcpus_today(workload: &Workload, machine: Option<&Machine>) -> Option<f64> {
    Some(f64::from(workload.machines_today()?) * f64::from(machine?.vcpus))
}
