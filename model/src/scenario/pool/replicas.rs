//! What one workload asks of a pool: so many containers, each with so much CPU, memory and network.
//!
//! A replica is one process in a container of its own: an interpreter, a binary with k threads (GOMAXPROCS and its like) for
//! k vCPUs, or one with several readers. It is sized by the rules of a machine of k vCPUs that it has to itself, so
//! the count keeps the peak, the loss of a zone, events in flight and the latency goal as instances do. k is 1
//! unless no number of such replicas serves; of 2, 4, 8, ... it is then the first that does.
//!
//! Those beyond the partitions would read nothing until a zone is lost. They need not run beyond the least number of instances:
//! nodes keep room for them, and there the pods of a lost zone start again.
//!
//! It asks for less than k vCPUs where it needs less. The request is what the scheduler sets aside, not a limit: a
//! replica may use the whole of its k vCPUs while nobody else wants them. Memory has a limit, up to which a backlog that
//! is read ahead may fill it. A backlog comes to all replicas at once, so nodes have room for the limits.

use crate::capacity::constraint::Constraint;
use crate::capacity::infeasible::{Infeasible, UnmetConstraint};
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::policy::Policy;
use crate::runtime::{Deployment, Runtime};
use crate::scenario::pool::resources::Resources;
use crate::units::MIB;

/// The replicas of one workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicas {
    /// n, how many nodes have room for.
    pub count: u64,
    /// Those that run with all zones up: `min(n, max(P, n_min))`, and n where the others are to stand by.
    pub running: u64,
    /// k, threads of each: 1 of a process.
    pub threads: u32,
    /// W, members of the group in each: 1 but of plain loops in a binary.
    pub readers: u64,
    /// What nodes set aside for each, other containers of its pod apart; of memory the limit.
    pub each: Resources,
    /// What these request.
    pub sidecars: Resources,
    /// The memory request of each, MiB: what it holds without a backlog.
    pub steady_mebibytes: u64,
}

impl Replicas {
    /// So many containers; with `all_run`, those beyond the partitions run too.
    pub(super) fn of(container: &Sizing, count: u64, all_run: bool) -> Self {
        let holders = container.topic.partitions.filter(|_| !all_run);
        let least = u64::from(container.policy.min_instances);
        let readers = container.most_processes;
        Self {
            count,
            running: count.min(holders.map_or(count, |it| u64::from(it).max(least))),
            threads: container.vcpus,
            readers,
            each: requests(container, count),
            sidecars: Resources::default(),
            steady_mebibytes: up_to(MEBIBYTES, container.memory(count, readers).steady() / MIB),
        }
    }

    /// Replicas in one of `zones` zones at most, `ceil(n/Z)`: what the zone rule takes to be lost with it.
    pub fn most_in_a_zone(&self, zones: u32) -> u64 {
        self.count.div_ceil(u64::from(zones.max(1)))
    }

    /// The same where nobody says what a process holds beside its runtime, so that what is known is a floor.
    pub(super) fn of_unknown_memory(self) -> Self {
        let mebibytes = self.each.mebibytes.max(UNKNOWN_MEBIBYTES);
        let steady_mebibytes = self.steady_mebibytes.max(UNKNOWN_MEBIBYTES);
        Self { each: Resources { mebibytes, ..self.each }, steady_mebibytes, ..self }
    }

    /// What nodes set aside for a pod of one.
    pub fn pod(&self) -> Resources {
        self.each.plus(self.sidecars, 1)
    }

    /// What all ask for.
    pub fn in_all(&self) -> Resources {
        Resources::default().plus(self.pod(), self.count)
    }
}

/// Replicas on nodes whose one-vCPU speed is that of the machine that `alone` is for, with `most_threads` threads at
/// most.
///
/// Memory and network of that machine are no limits here: whether a replica fits on a node is another question, and
/// its answer does not change how many there are. With `standby`, those beyond the partitions run too. Those that are `kept`
/// run already, each with so many readers: of them only threads and requests are open.
pub fn replicas(
    alone: &Sizing,
    runtime: &Runtime,
    most_threads: u32,
    standby: bool,
    kept: Option<u64>,
    readers: u64,
) -> Result<Replicas, Infeasible> {
    let mut threads = 1;
    let mut closest: Option<Infeasible> = None;
    loop {
        let container = container(alone, runtime, threads, readers);
        let may_grow = runtime.deployment == Deployment::Threads && threads < most_threads;
        let found = match kept {
            Some(kept) if may_grow && cores(&container, kept) > f64::from(threads) => None,
            Some(kept) => Some(Ok(kept)),
            None => match container.count() {
                Ok(count) => Some(Ok(count.instances)),
                Err(reason) => {
                    // More threads contend more, so that the last are not the ones that come closest.
                    let closer = closest.take().filter(|it| !reason.comes_closer(it));
                    closest = closer.or(Some(reason));
                    if may_grow { None } else { closest.take().map(Err) }
                }
            },
        };
        if let Some(found) = found {
            return Ok(Replicas::of(&container, found?, standby || kept.is_some()));
        }
        threads = threads.saturating_mul(2).min(most_threads);
    }
}

/// Replicas that run today, where they keep the constraint `cpu`; else by how much they do not, and how many of those that are `planned`
/// anew would, or what would let any.
pub(super) fn carried(
    alone: &Sizing,
    runtime: &Runtime,
    today: Replicas,
    planned: impl FnOnce() -> Result<Replicas, Infeasible>,
) -> Result<Replicas, Infeasible> {
    let Replicas { count, readers, threads, .. } = today;
    let pod = container(alone, runtime, threads, readers);
    let Some(load) = pod.tightest_load(Constraint::Cpu, count, readers).filter(|load| !load.holds()) else {
        return Ok(today);
    };
    let limit = pod.policy.max_utilization;
    Err(match planned() {
        Ok(Replicas { running, .. }) => {
            Infeasible::TooBusy { busy: load.ratio() * limit, limit, would_do: running }
        }
        Err(Infeasible::Unmet(unmet)) => {
            Infeasible::Unmet(Box::new(UnmetConstraint { remedies: pod.remedies(), ..*unmet }))
        }
        Err(other) => other,
    })
}

/// A machine of `threads` vCPUs whose one process, or so many readers of it, use them all. On one vCPU a process is what a binary is.
pub(super) fn container(alone: &Sizing, runtime: &Runtime, threads: u32, readers: u64) -> Sizing {
    Sizing {
        member: if alone.member == Member::Reader { Member::Reader } else { Member::Binary },
        vcpus: threads,
        most_processes: readers,
        worth: alone.worth_of(runtime, threads),
        process_bytes: runtime.process_bytes(threads),
        machine_memory_bytes: f64::INFINITY,
        // The node keeps what its system takes.
        policy: Policy { system_cores: 0.0, system_memory_bytes: 0.0, ..alone.policy },
        network_bits_per_second: None,
        ..alone.clone()
    }
}

/// So many containers as a count.
pub(crate) fn count_of(container: &Sizing, instances: u64) -> Count {
    Count { instances, members_per_instance: container.most_processes }
}

/// What a pod asks for at least where nobody has looked: consumers hold 80 to 200 MiB before any model or cache.
const UNKNOWN_MEBIBYTES: u64 = 128;

/// CPU requests are written in so many millicores, and memory in so many MiB.
const MILLICORES: u64 = 10;
const MEBIBYTES: u64 = 16;

/// The least multiple of `step` that is an amount or more.
fn up_to(step: u64, amount: f64) -> u64 {
    // A little less than the quotient, so that rounding never makes a whole number one more.
    (amount / step as f64 * (1.0 - 1e-12)).ceil() as u64 * step
}

/// What each of `count` replicas asks for, rounded up as people write it: the CPU request, and the memory limit, of which
/// the policy's headroom stays free at the peak.
fn requests(container: &Sizing, count: u64) -> Resources {
    let limit =
        container.memory(count, container.most_processes).peak() / (1.0 - container.policy.memory_headroom);
    Resources {
        millicores: up_to(MILLICORES, 1000.0 * cores(container, count).min(f64::from(container.vcpus))),
        mebibytes: up_to(MEBIBYTES, limit / MIB),
        kilobits_per_second: up_to(1, container.network_bits(count) / 1e3),
        replicas: 1,
    }
}

/// vCPUs that the busiest of `count` replicas needs, so that its use stays within the policy's shares of them; of the k that it
/// has it requests all at most:
///
/// ```text
/// c = W idle + max(work(L, n) / rho, work(L, alive(n)) / rho_d, work(Ld, n) / rho_d)
/// work(x, n) = x ishare(n) (s + fetch(x share(n W), B)) k / usl(k)
/// ```
///
/// Unlike on a machine of its own, fetching counts: on a shared node it takes from the neighbours.
fn cores(container: &Sizing, count: u64) -> f64 {
    let Policy { max_utilization, max_utilization_degraded, .. } = container.policy;
    let Sizing { peak_rate, design_rate, .. } = *container;
    let per_member = container.member_cores();
    let wait = container.fetch_wait(count_of(container, count));
    let needs = |rate: f64, replicas: u64, limit: f64| {
        let reader = rate * container.topic.busiest_member_share(count_of(container, replicas).members());
        let busiest = rate * container.topic.busiest_instance_share(replicas);
        let work = busiest * container.service.seconds_at(reader, per_member, wait);
        work / container.worth / limit
    };
    let all_up = needs(peak_rate, count, max_utilization);
    let zone_lost = needs(peak_rate, container.policy.alive(count).max(1), max_utilization_degraded);
    let draining = needs(design_rate, count, max_utilization_degraded);
    container.most_processes as f64 * container.idle_cores + all_up.max(zone_lost).max(draining)
}
