//! The machine type on which a pool costs least.

use crate::capacity::infeasible::Infeasible;
use crate::capacity::sizing::Member;
use crate::cost::bill::{micro_usd, usd_per_month};
use crate::demand::event::{Demand, Unmeasured};
use crate::machine::Machine;
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::ranked::least_first;
use crate::runtime::Runtime;
use crate::scenario::pool::bound::least_nodes;
use crate::scenario::pool::node::{PoolRules, usable};
use crate::scenario::pool::packing::{Packing, pack};
use crate::scenario::pool::readers::replicas_of_readers;
use crate::scenario::pool::replicas::{Replicas, carried, replicas};
use crate::scenario::pool::resources::{Resource, Resources};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// No pool is looked for beyond this many nodes.
const MOST_NODES: u64 = 100_000;

/// One workload and the runtime that its replicas are to have.
#[derive(Debug, Clone, Copy)]
pub struct Tenant<'p, 'a> {
    /// The workload and what runs it today.
    pub problem: &'p Problem<'a>,
    /// The runtime in the pool.
    pub runtime: &'a Runtime,
    /// Replicas that run already and are kept.
    pub kept: Option<u64>,
}

/// Machines of one type with the replicas of several workloads on them.
#[derive(Debug, Clone)]
pub struct Pool<'a> {
    /// The machine type.
    pub machine: &'a Machine,
    /// What replicas may ask for on one.
    pub node: Resources,
    /// The position of each workload among the tenants, and its replicas.
    pub replicas: Vec<(usize, Replicas)>,
    /// Where they run; workloads are counted in the order of `replicas`.
    pub packing: Packing,
    /// A number of nodes of this type that no packing is below.
    pub least_nodes: u64,
    /// What is paid of list prices: see [`paid_share`].
    pub paid_share: f64,
    /// The bill, USD a month.
    pub usd_per_month: f64,
    /// A bill that no packing on nodes of one type, whichever of those on offer, is below, USD a month.
    pub least_usd_per_month: f64,
}

impl Pool<'_> {
    /// Nodes.
    pub fn nodes(&self) -> u64 {
        self.packing.nodes.len() as u64
    }

    /// What all replicas ask for.
    pub fn requested(&self) -> Resources {
        self.replicas.iter().fold(Resources::default(), |sum, (_, replicas)| sum.plus(replicas.in_all(), 1))
    }

    /// What replicas may ask for on all nodes.
    pub fn capacity(&self) -> Resources {
        Resources::default().plus(self.node, self.nodes())
    }
}

/// Why a workload is in no pool.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LeftOut {
    /// The runtime's profile lacks a figure.
    #[error(transparent)]
    Unmeasured(#[from] Unmeasured),
    /// No number of replicas serves.
    #[error("{reason} (in a container on {machines})")]
    Unserved {
        /// A machine family on which that was found; without one, the type.
        machines: String,
        /// Why it is so.
        reason: Box<Infeasible>,
    },
    /// What runs today has too little CPU there.
    #[error("its {pods} pods lack CPU at peak on {instance_type}: {reason}")]
    TooSlow {
        /// Pods that run today.
        pods: u64,
        /// The machine type.
        instance_type: String,
        /// How much it lacks, and what would do.
        reason: Box<Infeasible>,
    },
    /// One replica is larger than a node.
    #[error(
        "a replica asks for {needs} of {resource} and a node has {gives} to give (on {instance_type}, which comes \
         closest){}",
        would_do.map_or(String::new(), |pods| format!("; {pods} pods would fit")),
        needs = resource.amount(*needs), gives = resource.amount(*gives)
    )]
    TooLarge {
        /// The machine type that lacks least.
        instance_type: String,
        /// What it lacks.
        resource: Resource,
        /// What a replica asks for.
        needs: u64,
        /// What an empty node has.
        gives: u64,
        /// Of a workload whose pods are kept: how many others would fit.
        would_do: Option<u64>,
    },
}

/// Why there is no pool.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoPool {
    /// No workload can be in one.
    #[error("no workload can be in it")]
    Empty,
    /// No machine type to choose from has a known speed and price.
    #[error("no machine type to choose from{among} has both a known speed and a price for {purchase}")]
    NoMachines {
        /// Where they were to be and which, ` in aws us-east-1`; empty for any anywhere.
        among: String,
        /// How machines were to be paid for.
        purchase: String,
    },
    /// Each workload finds a machine type, but no one type takes all.
    #[error("no one machine type takes all workloads; one that does not fit is {workload}: {reason}")]
    NoTypeTakesAll {
        /// A workload.
        workload: String,
        /// Why a machine type does not take it.
        reason: Box<LeftOut>,
    },
    /// The load is beyond any pool that is looked for.
    #[error("it would take more than {MOST_NODES} nodes")]
    BeyondSearch,
}

/// The cheapest pool, and the workloads that are not in it.
#[derive(Debug, Clone)]
pub struct Pooling<'a> {
    /// The pool, or why there is none.
    pub pool: Result<Pool<'a>, NoPool>,
    /// Positions of tenants that fit in no pool, and why.
    pub left_out: Vec<(usize, LeftOut)>,
}

/// The cheapest pool of machines of one type for all tenants that fit on some type by themselves.
///
/// Machine types are gone through from the cheapest work on; one whose bill cannot be as low as that of a pool found
/// before is passed over.
pub fn cheapest<'a>(
    tenants: &[Tenant<'_, 'a>],
    machines: &[&'a Machine],
    policy: Policy,
    rules: &PoolRules,
) -> Pooling<'a> {
    let mut search = Search::new(machines, policy, rules);
    let mut left_out = Vec::new();
    let mut members = Vec::new();
    if search.offers.is_empty() {
        let (among, purchase) = (String::new(), policy.purchase.to_string());
        return Pooling { pool: Err(NoPool::NoMachines { among, purchase }), left_out };
    }
    for (index, tenant) in tenants.iter().enumerate() {
        let member = tenant
            .problem
            .demand_in(tenant.runtime, RangeEnd::Best)
            .map_err(LeftOut::from)
            .map(|demand| Pooled { index, tenant: *tenant, demand })
            .and_then(|member| search.finds_a_type(&member).map(|()| member));
        match member {
            Ok(member) => members.push(member),
            Err(reason) => left_out.push((index, reason)),
        }
    }
    Pooling { pool: search.cheapest(&members), left_out }
}

/// What is paid of every list price: the bills of today's machines over their list prices, of all tenants of the pool whose
/// machines are known, with the list price for the bill where none is given; all of it where none is known or a discount is set.
pub fn paid_share<'t>(tenants: impl IntoIterator<Item = &'t Tenant<'t, 't>>, policy: &Policy) -> f64 {
    let lists = tenants.into_iter().filter_map(|Tenant { problem, .. }| {
        let list = problem.list_usd_per_month_of_bill(policy.purchase)?;
        Some((problem.paid_share(policy) * list, list))
    });
    let (paid, list) = lists.fold((0.0, 0.0), |(paid, all), (bill, list)| (paid + bill, all + list));
    if paid == list { 1.0 } else { paid / list }
}

/// A tenant with what an event takes there.
struct Pooled<'p, 'a> {
    index: usize,
    tenant: Tenant<'p, 'a>,
    demand: Demand,
}

/// A machine type with a known speed and price, as a node.
#[derive(Clone, Copy)]
struct Offer<'a> {
    machine: &'a Machine,
    speed: f64,
    usd_per_hour: f64,
    node: Resources,
}

impl Offer<'_> {
    /// USD an hour for as much CPU as one vCPU of speed 1.0.
    fn usd_per_speed(&self) -> f64 {
        self.usd_per_hour / (self.node.millicores as f64 * self.speed)
    }

    /// Why a replica is larger than a node, if it is.
    fn lacks(&self, each: Resources) -> Option<LeftOut> {
        let excess = |&resource: &Resource| 1.0 / self.node.share_of(each, resource);
        let lacking =
            Resource::ALL.into_iter().filter(|&resource| each.of(resource) > self.node.of(resource));
        lacking.max_by(|one, other| excess(one).total_cmp(&excess(other))).map(|resource| LeftOut::TooLarge {
            instance_type: self.machine.instance_type.clone(),
            resource,
            needs: each.of(resource),
            gives: self.node.of(resource),
            would_do: None,
        })
    }
}

/// Machine types and what has been found out about workloads on them.
struct Search<'a> {
    offers: Vec<Offer<'a>>,
    policy: Policy,
    /// Threads of the largest machine type.
    most_threads: u32,
    standby: bool,
    /// Replicas by tenant, speed and whether they are kept: all that changes them.
    known: HashMap<(usize, u64, bool), Result<Replicas, Infeasible>>,
}

impl<'a> Search<'a> {
    fn new(machines: &[&'a Machine], policy: Policy, rules: &PoolRules) -> Self {
        let offer = |&machine: &&'a Machine| {
            Some(Offer {
                machine,
                speed: machine.sustained_speed()?,
                usd_per_hour: machine.usd_per_hour(policy.purchase)?,
                node: usable(machine, &policy, &rules.reserve),
            })
        };
        let mut offers: Vec<Offer<'a>> = machines.iter().filter_map(offer).collect();
        least_first(&mut offers, Offer::usd_per_speed);
        let most_threads = offers.iter().map(|offer| offer.machine.vcpus).max().unwrap_or(1);
        Self { offers, policy, most_threads, standby: rules.standby, known: HashMap::new() }
    }

    /// A tenant's replicas on nodes of a type.
    fn replicas(&mut self, member: &Pooled<'_, 'a>, offer: Offer<'a>) -> Result<Replicas, LeftOut> {
        let Pooled { index, tenant: Tenant { problem, runtime, kept }, demand } = member;
        let found = match self.known.entry((*index, offer.speed.to_bits(), kept.is_some())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let alone = problem.sizing(runtime, offer.machine, offer.speed, *demand, self.policy);
                let sidecars = problem.workload.sidecars;
                let (most, standby) = (self.most_threads, self.standby);
                let found = |kept: Option<u64>| match (alone.member, kept) {
                    (Member::Reader, None) => replicas_of_readers(&alone, runtime, most, standby),
                    (member, kept) => {
                        let loops = problem.workload.current_processes.filter(|_| member == Member::Reader);
                        let readers = loops.zip(kept).map_or(1, |(it, pods)| u64::from(it).div_ceil(pods));
                        replicas(&alone, runtime, most, standby, kept, readers)
                    }
                };
                let today = problem.current_machine.and_then(Machine::sustained_speed);
                let found = match kept.filter(|_| today.is_none_or(|today| offer.speed < today)) {
                    Some(_) => found(*kept).and_then(|it| carried(&alone, runtime, it, || found(None))),
                    None => found(*kept),
                };
                let found = found.map(|it| Replicas { sidecars, ..it });
                let is_unknown = problem.says_nothing_of_memory();
                unknown.insert(found.map(|it| if is_unknown { it.of_unknown_memory() } else { it }))
            }
        };
        match found {
            Ok(replicas) => offer.lacks(replicas.pod()).map_or(Ok(*replicas), Err),
            Err(reason) => {
                let (Machine { family, instance_type, .. }, reason) =
                    (offer.machine, Box::new(reason.clone()));
                if let Some(pods) = *kept {
                    return Err(LeftOut::TooSlow { pods, instance_type: instance_type.clone(), reason });
                }
                let machines = if family.is_empty() { instance_type } else { family }.clone();
                Err(LeftOut::Unserved { machines, reason })
            }
        }
    }

    /// Whether a tenant fits on some type; of the reasons why not, that of the type that comes closest.
    fn finds_a_type(&mut self, member: &Pooled<'_, 'a>) -> Result<(), LeftOut> {
        let mut closest = None;
        for offer in self.offers.clone() {
            match self.replicas(member, offer) {
                Ok(_) => return Ok(()),
                Err(it) if closest.as_ref().is_some_and(|other| !comes_closer(&it, other)) => {}
                Err(it) => closest = Some(it),
            }
        }
        let Some(mut reason) = closest else { return Ok(()) };
        if let (LeftOut::TooLarge { would_do, .. }, Some(_)) = (&mut reason, member.tenant.kept) {
            let anew = Pooled { tenant: Tenant { kept: None, ..member.tenant }, ..*member };
            let mut offers = self.offers.clone().into_iter();
            *would_do = offers.find_map(|offer| Some(self.replicas(&anew, offer).ok()?.running));
        }
        Err(reason)
    }

    fn cheapest(&mut self, members: &[Pooled<'_, 'a>]) -> Result<Pool<'a>, NoPool> {
        if members.is_empty() {
            return Err(NoPool::Empty);
        }
        let work = members.iter().map(|member| {
            member.tenant.problem.workload.peak_rate() * member.demand.handling()
                / self.policy.max_utilization
        });
        let work_millicores = 1000.0 * work.sum::<f64>();
        let zones = self.policy.zones_kept_apart();
        let paid_share = paid_share(members.iter().map(|it| &it.tenant), &self.policy);
        let mut best: Option<Pool<'a>> = None;
        let mut least_usd = f64::INFINITY;
        let mut reason = NoPool::BeyondSearch;
        for offer in self.offers.clone() {
            let bill = |nodes: u64| usd_per_month(nodes, offer.usd_per_hour * paid_share);
            let lowest = best.as_ref().map_or(f64::INFINITY, |pool| pool.usd_per_month);
            let by_work = work_millicores / offer.speed / (offer.node.millicores as f64) * (1.0 - 1e-9);
            if bill(by_work.ceil() as u64) > lowest {
                continue;
            }
            let mut all = Vec::with_capacity(members.len());
            for member in members {
                match self.replicas(member, offer) {
                    Ok(replicas) => all.push(replicas),
                    Err(why) => {
                        let workload = member.tenant.problem.workload.name.clone();
                        reason = NoPool::NoTypeTakesAll { workload, reason: Box::new(why) };
                        break;
                    }
                }
            }
            if all.len() < members.len() {
                continue;
            }
            let least = least_nodes(&all, offer.node, zones);
            if bill(least) > lowest {
                continue;
            }
            least_usd = least_usd.min(bill(least));
            if least > MOST_NODES {
                reason = NoPool::BeyondSearch;
                continue;
            }
            let most = ((lowest / bill(1)) as u64).saturating_add(1).min(2 * MOST_NODES);
            let Some(packing) = pack(&all, offer.node, zones, least..=most) else { continue };
            let pool = Pool {
                machine: offer.machine,
                node: offer.node,
                usd_per_month: bill(packing.nodes.len() as u64),
                packing,
                replicas: members.iter().map(|member| member.index).zip(all).collect(),
                least_nodes: least,
                paid_share,
                least_usd_per_month: least_usd,
            };
            if best.as_ref().is_none_or(|best| rank(&pool) < rank(best)) {
                best = Some(pool);
            }
        }
        best.map(|pool| Pool { least_usd_per_month: least_usd, ..pool }).ok_or(reason)
    }
}

/// A workload that would fit on a larger node is closer than one that no number of replicas serves.
fn comes_closer(one: &LeftOut, other: &LeftOut) -> bool {
    let excess = |reason: &LeftOut| match reason {
        LeftOut::TooLarge { needs, gives, .. } => *needs as f64 / *gives as f64,
        _ => f64::INFINITY,
    };
    excess(one) < excess(other)
}

/// Cheapest first, to a millionth of a dollar; then fewer nodes, less memory, the name.
fn rank<'p>(pool: &'p Pool<'_>) -> impl Ord + 'p {
    let Machine { memory_bytes, instance_type, provider, region, .. } = pool.machine;
    let bill = micro_usd(pool.usd_per_month);
    (bill, pool.nodes(), memory_bytes.round() as u64, instance_type, provider, region)
}
