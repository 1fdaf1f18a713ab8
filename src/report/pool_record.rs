//! Shared pools as flat records, numbers in full precision.

use super::pool::{findings, title};
use serde::Serialize;
use tonnage_model::decide::fleet::PlannedWorkload;
use tonnage_model::scenario::pool::choice::Pool;
use tonnage_model::scenario::pool::resources::Resource;
use tonnage_model::scenario::shared_pools::{FleetPool, SharedPools};

/// One pool. Fields are empty where there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolRecord {
    /// Runtime of all workloads in it, or `as today`.
    pub pool: String,
    /// Whether there is one.
    pub feasible: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Workloads in it.
    pub workloads: usize,
    /// Cloud.
    pub provider: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Machine type.
    pub instance_type: Option<String>,
    /// Nodes.
    pub nodes: Option<u64>,
    /// Nodes in each zone that has any.
    pub nodes_by_zone: Vec<u64>,
    /// Nodes that no packing on this type is below.
    pub nodes_at_least: Option<u64>,
    /// Share of the CPU of all nodes, without the reserve, that replicas ask for.
    pub cpu_requested: Option<f64>,
    /// Share of the memory of all nodes, without reserve and head room, that replicas ask for.
    pub memory_requested: Option<f64>,
    /// Share of the network of all nodes, without head room, that replicas ask for; none where it is not known.
    pub network_requested: Option<f64>,
    /// Bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// A bill that no pool of one type is below, USD a month.
    pub usd_per_month_at_least: Option<f64>,
    /// The same workloads on machines of their own, USD a month.
    pub own_usd_per_month: Option<f64>,
}

/// One workload in one pool. Fields are empty where it is not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartRecord {
    /// Workload.
    pub workload: String,
    /// Runtime of all workloads in the pool, or `as today`.
    pub pool: String,
    /// This workload's runtime in it.
    pub runtime: String,
    /// Whether it is in the pool.
    pub pooled: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Machine type of the nodes.
    pub instance_type: Option<String>,
    /// Nodes of the whole pool.
    pub nodes: Option<u64>,
    /// Replicas.
    pub replicas: Option<u64>,
    /// Threads of each.
    pub threads: Option<u32>,
    /// CPU that each asks for, thousandths of a vCPU.
    pub millicores_per_replica: Option<u64>,
    /// Memory that each asks for, MiB.
    pub memory_mib_per_replica: Option<u64>,
    /// Network that each needs, kbit/s.
    pub network_kbit_per_second_per_replica: Option<u64>,
    /// Share of the pool's bill: allocated, not avoidable.
    pub allocated_share: Option<f64>,
    /// The same, USD a month.
    pub allocated_usd_per_month: Option<f64>,
    /// Machines of its own, USD a month.
    pub own_usd_per_month: Option<f64>,
}

/// What the pools say, in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingRecord {
    /// What about.
    pub about: &'static str,
    /// In words.
    pub sentence: String,
}

/// All that `--format json` prints of shared pools.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharingRecord {
    /// One for every runtime, and one as today where none of these is that.
    pub pools: Vec<PoolRecord>,
    /// One for every workload and pool.
    pub workloads: Vec<PartRecord>,
    /// What sharing, libraries and languages are worth.
    pub findings: Vec<FindingRecord>,
}

impl SharingRecord {
    /// Flattens the pools of a fleet.
    pub fn new(sharing: &SharedPools<'_, '_>) -> Self {
        let finding =
            |finding: super::pool::Finding| FindingRecord { about: finding.about, sentence: finding.text };
        Self {
            pools: sharing.pools.iter().map(PoolRecord::new).collect(),
            workloads: parts(sharing),
            findings: findings(sharing).into_iter().map(finding).collect(),
        }
    }
}

impl PoolRecord {
    fn new(pool: &FleetPool<'_>) -> Self {
        let found = pool.pooling.pool.as_ref().ok();
        let machine = found.map(|found| found.machine);
        let requested = |found: &Pool<'_>, resource| found.requested().share_of(found.capacity(), resource);
        Self {
            pool: title(pool.written).to_owned(),
            feasible: found.is_some(),
            reason: pool.pooling.pool.as_ref().err().map(ToString::to_string),
            workloads: pool.parts.len(),
            provider: machine.map(|machine| machine.provider.clone()),
            region: machine.map(|machine| machine.region.clone()),
            instance_type: machine.map(|machine| machine.instance_type.clone()),
            nodes: found.map(Pool::nodes),
            nodes_by_zone: found.map(|found| found.packing.nodes_by_zone()).unwrap_or_default(),
            nodes_at_least: found.map(|found| found.least_nodes),
            cpu_requested: found.map(|found| requested(found, Resource::Cpu)),
            memory_requested: found.map(|found| requested(found, Resource::Memory)),
            network_requested: found
                .filter(|found| found.machine.network_bits_per_second.is_some())
                .map(|found| requested(found, Resource::Network)),
            usd_per_month: found.map(|found| found.usd_per_month),
            usd_per_month_at_least: found.map(|found| found.least_usd_per_month),
            own_usd_per_month: pool.own_usd_per_month,
        }
    }
}

/// One record for every workload and pool.
pub fn parts(sharing: &SharedPools<'_, '_>) -> Vec<PartRecord> {
    let entries = sharing.fleet.entries.iter().enumerate();
    entries.flat_map(|(at, entry)| sharing.pools.iter().map(move |pool| part(pool, at, entry))).collect()
}

fn part<'a>(pool: &FleetPool<'a>, workload: usize, entry: &PlannedWorkload<'a>) -> PartRecord {
    let found = pool.pooling.pool.as_ref();
    let part = pool.part_of(workload);
    let left_out = pool.pooling.left_out.iter().find(|(other, _)| *other == workload);
    let no_pool = || found.err().map(ToString::to_string);
    PartRecord {
        workload: entry.problem.workload.name.clone(),
        pool: title(pool.written).to_owned(),
        runtime: pool.written.runtime(entry).name.clone(),
        pooled: part.is_some(),
        reason: left_out.map(|(_, reason)| reason.to_string()).or_else(no_pool),
        instance_type: found.ok().map(|found| found.machine.instance_type.clone()),
        nodes: found.ok().map(Pool::nodes),
        replicas: part.map(|part| part.replicas.count),
        threads: part.map(|part| part.replicas.threads),
        millicores_per_replica: part.map(|part| part.replicas.each.millicores),
        memory_mib_per_replica: part.map(|part| part.replicas.each.mebibytes),
        network_kbit_per_second_per_replica: part.map(|part| part.replicas.each.kilobits_per_second),
        allocated_share: part.map(|part| part.share),
        allocated_usd_per_month: part.map(|part| part.allocated_usd_per_month),
        own_usd_per_month: part.and_then(|part| part.own_usd_per_month),
    }
}
