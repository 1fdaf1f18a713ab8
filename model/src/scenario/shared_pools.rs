//! Shared pools against machines of their own: in each place one pool for each runtime, and what a change of code is worth
//! there.

use crate::capacity::constraint::BoundBy;
use crate::catalog::{Home, MachineFilter};
use crate::cost::bill::micro_usd;
use crate::decide::fleet::Fleet;
use crate::decide::planned::PlannedWorkload;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::problem::RangeEnd;
use crate::runtime::Runtime;
use crate::scenario::pool::choice::{NoPool, Pool, Pooling, Tenant, cheapest};
use crate::scenario::pool::node::PoolRules;
use crate::scenario::pool::replicas::Replicas;
use crate::scenario::pool::resources::Resource;
use std::collections::BTreeMap;

/// Whose replicas a pool has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Composition<'a> {
    /// All workloads in one runtime.
    In(&'a Runtime),
    /// Each in the runtime that it runs in today: containers of several share nodes like any others.
    AsToday,
    /// The same with as many replicas as the constraints ask for, also of what is kept.
    Anew,
}

impl<'a> Composition<'a> {
    /// The runtime of one workload.
    pub fn runtime(self, entry: &PlannedWorkload<'a>) -> &'a Runtime {
        match self {
            Self::In(runtime) => runtime,
            Self::AsToday | Self::Anew => entry.problem.current,
        }
    }

    /// One workload as a tenant of the pool.
    pub fn tenant<'e>(self, entry: &'e PlannedWorkload<'a>) -> Tenant<'e, 'a> {
        let runtime = self.runtime(entry);
        let keeps = self != Self::Anew && runtime.name == entry.problem.current.name;
        let kept = entry.pods_kept().filter(|_| keeps);
        Tenant { problem: &entry.problem, runtime, kept }
    }

    /// The plan of one workload on machines of its own.
    fn own_plan<'e>(self, entry: &'e PlannedWorkload<'a>) -> Option<&'e Result<Plan<'a>, NoPlan>> {
        match self {
            Self::AsToday | Self::Anew => Some(&entry.recommendation.in_current),
            Self::In(runtime) if runtime.name == entry.problem.current.name => {
                Some(&entry.recommendation.in_current)
            }
            Self::In(runtime) => {
                entry.plans.iter().find(|(other, _)| other.name == runtime.name).map(|(_, plan)| plan)
            }
        }
    }
}

/// One workload's part of a pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolShare {
    /// Its position in the fleet.
    pub workload: usize,
    /// What it asks for.
    pub replicas: Replicas,
    /// Its share of the bill: the larger of its shares of the pool's CPU and memory, over the sum of these larger
    /// ones. It is allocated, not what would be saved without the workload.
    pub share: f64,
    /// The same in USD a month.
    pub allocated_usd_per_month: f64,
    /// What machines of its own cost, USD a month; `None` where there is no such plan.
    pub own_usd_per_month: Option<f64>,
}

/// All workloads of a place on one pool.
#[derive(Debug, Clone)]
pub struct FleetPool<'a> {
    /// Where it is: [`SharedPools::place`].
    pub place: Home<'a>,
    /// In which runtimes.
    pub written: Composition<'a>,
    /// The pool, and the positions in the fleet of those that are not in it.
    pub pooling: Pooling<'a>,
    /// Who is in it, in the order of the fleet.
    pub parts: Vec<PoolShare>,
    /// What these cost on machines of their own, USD a month; `None` where one has no such plan.
    pub own_usd_per_month: Option<f64>,
}

/// The pools of a fleet in one place.
#[derive(Debug, Clone)]
pub struct SharedPools<'f, 'a> {
    /// The fleet on machines of its own.
    pub fleet: &'f Fleet<'a>,
    /// The cloud, region and instruction set, as far as its workloads stay with one.
    pub place: Home<'a>,
    /// Positions in the fleet of the workloads that are to run there.
    pub among: Vec<usize>,
    /// One for each runtime compared, and one as today where none of these is that.
    pub pools: Vec<FleetPool<'a>>,
    /// Which of them is as today.
    pub today: usize,
    /// That pool with as many replicas as the constraints ask for, where it keeps some that run and this one costs less or no pool
    /// carries what runs.
    pub anew: Option<FleetPool<'a>>,
    /// The same with only those workloads that have the least number of instances on machines of their own in today's
    /// runtime; `None` where these are all or fewer than two.
    pub small: Option<Box<SharedPools<'f, 'a>>>,
}

/// What changing the code of a whole pool gives.
#[derive(Debug, Clone, Copy)]
pub struct PoolChange<'s, 'a> {
    /// The pool after it.
    pub pool: &'s Pool<'a>,
    /// The runtime of all workloads after it.
    pub runtime: &'a Runtime,
    /// Workloads whose runtime changes.
    pub changed: usize,
    /// Workloads that it has besides those of the pool as today.
    pub besides: usize,
    /// What it saves of the pool as today, USD a month, or of that with other numbers of replicas where these cost less; negative
    /// where it costs more.
    pub saves_usd_per_month: f64,
}

impl PoolChange<'_, '_> {
    /// The saving for each workload changed, USD a month.
    pub fn saves_each_usd_per_month(&self) -> f64 {
        self.saves_usd_per_month / self.changed.max(1) as f64
    }
}

impl<'f, 'a> SharedPools<'f, 'a> {
    /// Packs the workloads of each place onto a pool for each of the fleet's runtimes, and as today.
    pub fn in_each_place(fleet: &'f Fleet<'a>, rules: &PoolRules) -> Vec<Self> {
        let mut places: BTreeMap<Home<'a>, Vec<usize>> = BTreeMap::new();
        for (workload, entry) in fleet.entries.iter().enumerate() {
            let place = Home { family: None, ..entry.planner.home };
            places.entry(place).or_default().push(workload);
        }
        places.into_iter().map(|(place, among)| Self::new(fleet, rules, place, among)).collect()
    }

    fn new(fleet: &'f Fleet<'a>, rules: &PoolRules, place: Home<'a>, all: Vec<usize>) -> Self {
        let is_small = |entry: &PlannedWorkload<'a>| {
            let plan = entry.recommendation.in_current.as_ref();
            plan.is_ok_and(|plan| plan.bound_by() == BoundBy::Minimum)
        };
        let small: Vec<usize> =
            all.iter().copied().filter(|&at| fleet.entries.get(at).is_some_and(is_small)).collect();
        let some_are_small = small.len() > 1 && small.len() < all.len();
        let small = some_are_small.then(|| Box::new(Self::among(fleet, rules, place, small)));
        Self { small, ..Self::among(fleet, rules, place, all) }
    }

    /// The same of the workloads at some positions only.
    fn among(fleet: &'f Fleet<'a>, rules: &PoolRules, place: Home<'a>, among: Vec<usize>) -> Self {
        let is_as_today = |runtime: &Runtime| {
            let mut entries = among.iter().filter_map(|&workload| fleet.entries.get(workload));
            entries.all(|entry| entry.problem.current.name == runtime.name)
        };
        let mut written: Vec<Composition<'a>> =
            fleet.runtimes.iter().map(|&it| Composition::In(it)).collect();
        let as_today = fleet.runtimes.iter().position(|runtime| is_as_today(runtime));
        let today = as_today.unwrap_or_else(|| {
            written.push(Composition::AsToday);
            written.len() - 1
        });
        let machines = node_types(fleet, rules, &among);
        let pool_of = |written| FleetPool::new(fleet, rules, place, &machines, written, &among);
        let pools: Vec<FleetPool<'a>> = written.into_iter().map(pool_of).collect();
        let mut entries = among.iter().filter_map(|&workload| fleet.entries.get(workload));
        let keeps = entries.any(|entry| entry.pods_kept().is_some());
        let anew = pools.get(today).filter(|_| keeps).map(|today| (today, pool_of(Composition::Anew)));
        let anew = anew.filter(|(today, anew)| anew.costs_less_than(today)).map(|(_, anew)| anew);
        Self { fleet, place, among, pools, today, anew, small: None }
    }

    /// The pool in which each workload has today's runtime.
    pub fn as_today(&self) -> Option<&FleetPool<'a>> {
        self.pools.get(self.today)
    }

    /// What a change of code is compared with: other numbers of replicas need none, so that what they save is not saved by one.
    pub fn before_change(&self) -> Option<&FleetPool<'a>> {
        self.anew.as_ref().or(self.as_today())
    }

    /// The cheapest pool with other libraries in today's languages.
    pub fn best_libraries(&self) -> Option<PoolChange<'_, 'a>> {
        self.best_change(|runtime, entry| runtime.language == entry.problem.current.language)
    }

    /// The cheapest pool in which every workload that changes does so to another language.
    pub fn best_rewrite(&self) -> Option<PoolChange<'_, 'a>> {
        self.best_change(|runtime, entry| {
            runtime.name == entry.problem.current.name || runtime.language != entry.problem.current.language
        })
    }

    /// The cheapest pool that is not as today and has all workloads of that one, among those in whose runtime each
    /// workload `may` be. Where it has more of them, it saves more than is said.
    fn best_change(
        &self,
        may: impl Fn(&Runtime, &PlannedWorkload<'a>) -> bool,
    ) -> Option<PoolChange<'_, 'a>> {
        let today = self.before_change()?;
        let paid = today.found()?.usd_per_month;
        let pooled: Vec<usize> = today.parts.iter().map(|part| part.workload).collect();
        let others = self.pools.iter().enumerate().filter(|&(index, _)| index != self.today);
        let changes = others.filter_map(|(_, other)| {
            let Composition::In(runtime) = other.written else { return None };
            let entries = || pooled.iter().filter_map(|&workload| self.fleet.entries.get(workload));
            let pool = other.found()?;
            let has_all = pooled.iter().all(|&workload| other.part_of(workload).is_some());
            let comparable = has_all && entries().all(|entry| may(runtime, entry));
            let changed = entries().filter(|entry| entry.problem.current.name != runtime.name).count();
            let saves_usd_per_month = paid - pool.usd_per_month;
            let besides = other.parts.len() - pooled.len().min(other.parts.len());
            comparable.then_some(PoolChange { pool, runtime, changed, besides, saves_usd_per_month })
        });
        changes.min_by(|one, other| one.pool.usd_per_month.total_cmp(&other.pool.usd_per_month))
    }

    /// Whether some workload is in none of the pools, or not in the one as today alone.
    pub fn leaves_out(&self, of_today: bool) -> bool {
        let counts = |at: usize| !of_today || at == self.today;
        let pools = || self.pools.iter().enumerate().filter(|(at, _)| counts(*at));
        self.among.iter().any(|&workload| pools().all(|(_, pool)| pool.part_of(workload).is_none()))
    }
}

impl<'a> FleetPool<'a> {
    /// A pool of the workloads at the positions `among` on nodes of one of the machine types.
    fn new(
        fleet: &Fleet<'a>,
        rules: &PoolRules,
        place: Home<'a>,
        machines: &[&'a Machine],
        written: Composition<'a>,
        among: &[usize],
    ) -> Self {
        let policy = place.policy(fleet.policy);
        let entries = among.iter().filter_map(|&workload| fleet.entries.get(workload));
        let tenants: Vec<Tenant<'_, 'a>> = entries.map(|entry| written.tenant(entry)).collect();
        let mut pooling = cheapest(&tenants, machines, policy, rules);
        if let Err(NoPool::NoMachines { among, .. }) = &mut pooling.pool {
            let types = rules.node_types.join(", ");
            let arch = place.arch.map_or(String::new(), |arch| format!(", {arch}"));
            *among = if types.is_empty() { place.to_string() } else { format!(" ({types}{place}{arch})") };
        }
        for (position, _) in &mut pooling.left_out {
            *position = among.get(*position).copied().unwrap_or(*position);
        }
        let pool_paid = pooling.pool.as_ref().map_or(1.0, |pool| pool.paid_share);
        let own_usd = |workload: usize| {
            let entry = fleet.entries.get(workload)?;
            let own_paid = Some(entry.problem.paid_share(&policy)).filter(|share| *share > 0.0)?;
            // At what is paid of the list in the pool, so that no workload's own discount is taken for what sharing gives.
            let as_in_pool = |usd: f64| usd / own_paid * pool_paid;
            if rules.node_types.is_empty() {
                return written.own_plan(entry)?.as_ref().ok().map(|plan| as_in_pool(plan.usd_per_month));
            }
            // On the same types, for the same reason.
            let runtime = written.runtime(entry);
            let plan = entry.problem.cheapest(runtime, machines, policy, RangeEnd::Best);
            plan.ok().map(|plan| as_in_pool(plan.usd_per_month))
        };
        let parts = pooling.pool.as_ref().map_or_else(|_| Vec::new(), |pool| parts(pool, among, own_usd));
        let own = parts.iter().map(|part| part.own_usd_per_month);
        let own_usd_per_month = if parts.is_empty() { None } else { own.sum() };
        Self { place, written, pooling, parts, own_usd_per_month }
    }

    /// The pool, where there is one.
    pub fn found(&self) -> Option<&Pool<'a>> {
        self.pooling.pool.as_ref().ok()
    }

    /// Whether it has all workloads of another and costs less, or there is no other.
    fn costs_less_than(&self, other: &Self) -> bool {
        let has_all = other.parts.iter().all(|part| self.part_of(part.workload).is_some());
        let bill = |pool: &Self| pool.found().map(|it| micro_usd(it.usd_per_month));
        has_all && bill(self).is_some_and(|its| bill(other).is_none_or(|other| its < other))
    }

    /// The part of one workload, where it is in the pool.
    pub fn part_of(&self, workload: usize) -> Option<&PoolShare> {
        let at = self.parts.binary_search_by_key(&workload, |part| part.workload).ok()?;
        self.parts.get(at)
    }
}

/// The machine types that nodes for some workloads may be of, where these run: those asked for, and where there are none of
/// these, those that plans may use.
fn node_types<'a>(fleet: &Fleet<'a>, rules: &PoolRules, among: &[usize]) -> Vec<&'a Machine> {
    let planners = among.iter().filter_map(|&at| fleet.entries.get(at)).map(|entry| &entry.planner);
    let by_home: BTreeMap<Home<'a>, _> = planners.map(|planner| (planner.home, planner)).collect();
    let mut types: Vec<&'a Machine> = Vec::new();
    for (home, planner) in by_home {
        let filter = MachineFilter { types: rules.node_types.clone(), ..planner.catalog.filter.clone() };
        let asked = match rules.node_types.is_empty() {
            true => Vec::new(),
            false => planner.catalog.candidates_by(&filter, home),
        };
        for machine in if asked.is_empty() { planner.machines.clone() } else { asked } {
            if !types.iter().any(|known| std::ptr::eq(*known, machine)) {
                types.push(machine);
            }
        }
    }
    types
}

/// Each workload's part of a pool and of its bill: `bill x d / sum of all d`, where d is the larger of what it asks for
/// of the CPU and of the memory that all nodes have to give. It is the dominant share of A. Ghodsi and others, "Dominant
/// resource fairness" (NSDI 2011): what is plentiful costs nobody much. `among` gives the workloads' positions in the
/// fleet.
fn parts(pool: &Pool<'_>, among: &[usize], own_usd: impl Fn(usize) -> Option<f64>) -> Vec<PoolShare> {
    let capacity = pool.capacity();
    let larger = |replicas: &Replicas| {
        let all = replicas.in_all();
        all.share_of(capacity, Resource::Cpu).max(all.share_of(capacity, Resource::Memory))
    };
    let sum: f64 = pool.replicas.iter().map(|(_, replicas)| larger(replicas)).sum();
    let part = |&(tenant, replicas): &(usize, Replicas)| {
        let workload = *among.get(tenant)?;
        let share = larger(&replicas) / sum;
        let allocated_usd_per_month = share * pool.usd_per_month;
        let own_usd_per_month = own_usd(workload);
        Some(PoolShare { workload, replicas, share, allocated_usd_per_month, own_usd_per_month })
    };
    pool.replicas.iter().filter_map(part).collect()
}
