//! Workloads on shared pools: what each pool costs beside dedicated machines, and what other libraries and languages
//! would save there.

pub mod findings;

use crate::report::Report;
use crate::report::column::{Column, Value, columns};
use crate::report::document::Document;
use crate::report::figures::{memory, plural, significant, usd, whole};
use crate::report::medians;
use crate::report::records::Records;
use findings::{Finding, against};
use std::collections::BTreeMap;
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::machine::Machine;
use tonnage_model::scenario::pool::choice::{NoPool, Pool};
use tonnage_model::scenario::pool::resources::Resource;
use tonnage_model::scenario::shared_pools::{Composition, FleetPool, PoolShare, SharedPools};

/// What a pool is called in which each workload has today's runtime.
const AS_TODAY: &str = "as today";

/// A fleet on shared pools.
pub struct Pools<'s, 'f, 'a> {
    sharing: &'s SharedPools<'f, 'a>,
    pools: Vec<PoolRow<'s, 'a>>,
    shares: Vec<ShareRow<'s, 'a>>,
    findings: Vec<Finding>,
    /// Whether people see each workload's share and all notes.
    details: bool,
}

/// One pool.
pub struct PoolRow<'s, 'a> {
    pool: &'s FleetPool<'a>,
    is_cheapest: bool,
}

/// One workload in one pool.
pub struct ShareRow<'s, 'a> {
    entry: &'s PlannedWorkload<'a>,
    pool: &'s FleetPool<'a>,
    workload: usize,
}

/// Columns of `pools`: one for each runtime, and one as today where none of these is that.
pub fn columns<'s, 'a>() -> Vec<Column<PoolRow<'s, 'a>>> {
    columns! { PoolRow<'s, 'a>, it;
        "pool" ["pool" Word Always], "Runtime of all workloads in it, or `as today`" => title(it.pool.written);
        "feasible", "Whether there is such a pool" => it.found().is_some();
        "reason", "Why not" => it.pool.pooling.pool.as_ref().err().map(ToString::to_string);
        "workloads" ["workloads" Count Rank(5)], "Workloads in it" => it.pool.parts.len();
        "provider" ["provider" Word Rank(6)], "Cloud" => it.machine(|it| &it.provider);
        "region" ["region" Word Rank(2)], "Region" => it.machine(|it| &it.region);
        "nodes" ["nodes" Count Always], "Nodes" => it.of(Pool::nodes);
        "instance_type" ["type" Word Always], "Machine type of the nodes" => it.machine(|it| &it.instance_type);
        "nodes_by_zone", "Nodes in each zone that has any" => it.of(|pool| pool.packing.nodes_by_zone());
        "nodes_lower_bound" ["lower bound" Count Rank(4)], "No packing on this type has fewer nodes" =>
            it.of(|pool| pool.least_nodes);
        "cpu_requested" ["CPU" Share Rank(3)], "Share of the nodes' CPU that replicas request" =>
            it.of(|pool| requested(pool, Resource::Cpu));
        "memory_requested" ["memory" Share Rank(3)], "The same of their memory" =>
            it.of(|pool| requested(pool, Resource::Memory));
        "network_requested", "The same of their network, where its baseline is known" =>
            it.of(|pool| pool.machine.network_bits_per_second.map(|_| requested(pool, Resource::Network)));
        "usd_per_month" ["$/month" Usd Always], "Bill, USD a month" =>
            it.of(|pool| pool.usd_per_month).best_if(it.is_cheapest);
        "usd_per_month_lower_bound", "No pool of one machine type costs less, USD a month" =>
            it.of(|pool| pool.least_usd_per_month);
        "dedicated_usd_per_month" ["dedicated" Usd Always], "The same workloads on dedicated machines, USD a month" =>
            it.pool.own_usd_per_month;
        "saves_usd_per_month" ["saves" Usd Always], "What sharing saves in this runtime, USD a month" =>
            it.pool.own_usd_per_month.zip(it.found()).map(|(own, it)| own - it.usd_per_month);
    }
}

/// Columns of `workloads`: one row for each workload in each pool.
pub fn share_columns<'s, 'a>() -> Vec<Column<ShareRow<'s, 'a>>> {
    columns! { ShareRow<'s, 'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.entry.problem.workload.name;
        "pool" ["pool" Word Always], "Runtime of all workloads in the pool, or `as today`" => title(it.pool.written);
        "runtime", "This workload's runtime in it" => &it.pool.written.runtime(it.entry).name;
        "pooled", "Whether it is in the pool" => it.share().is_some();
        "reason", "Why not" => it.reason();
        "instance_type", "Machine type of the nodes" =>
            it.pool.pooling.pool.as_ref().ok().map(|pool| &pool.machine.instance_type);
        "nodes", "Nodes of the whole pool" => it.pool.pooling.pool.as_ref().ok().map(Pool::nodes);
        "replicas" ["replicas" Count Always], "Replicas" => it.of(|it| it.replicas.count);
        "threads", "Threads of each" => it.of(|it| it.replicas.threads);
        "millicores_per_replica" ["millicores each" Count Rank(2)], "CPU that each requests, thousandths of a vCPU" =>
            it.of(|it| it.replicas.each.millicores);
        "memory_mib_per_replica" ["MiB each" Count Rank(3)], "Memory that each requests, MiB" =>
            it.of(|it| it.replicas.each.mebibytes);
        "network_kbit_per_second_per_replica", "Network that each needs, kbit/s" =>
            it.of(|it| it.replicas.each.kilobits_per_second);
        "allocated_share" ["share" Share Rank(4)], "Share of the pool's bill by the larger of its shares of CPU and memory" =>
            it.of(|it| it.share);
        "allocated_usd_per_month" ["$/month" Usd Always], "That share of the bill, USD a month" =>
            it.of(|it| it.allocated_usd_per_month);
        "dedicated_usd_per_month" ["dedicated" Usd Always], "Dedicated machines, USD a month" =>
            it.of(|it| it.own_usd_per_month);
    }
}

impl<'a> PoolRow<'_, 'a> {
    fn found(&self) -> Option<&Pool<'a>> {
        self.pool.pooling.pool.as_ref().ok()
    }

    fn of<'r, T: Into<Value<'r>>>(&'r self, quantity: impl Fn(&'r Pool<'a>) -> T) -> Value<'r> {
        self.found().map(quantity).into()
    }

    fn machine<'r>(&'r self, name: impl Fn(&'r Machine) -> &'r String) -> Value<'r> {
        self.of(|pool| name(pool.machine))
    }
}

impl ShareRow<'_, '_> {
    fn share(&self) -> Option<&PoolShare> {
        self.pool.part_of(self.workload)
    }

    fn of<'r, T: Into<Value<'r>>>(&'r self, quantity: impl Fn(&'r PoolShare) -> T) -> Value<'r> {
        self.share().map(quantity).into()
    }

    fn reason(&self) -> Option<String> {
        let left_out = self.pool.pooling.left_out.iter().find(|(other, _)| *other == self.workload);
        let no_pool = || self.pool.pooling.pool.as_ref().err().map(ToString::to_string);
        left_out.map(|(_, reason)| reason.to_string()).or_else(no_pool)
    }
}

impl Report for Pools<'_, '_, '_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.answer());
        document.table(self.pools().table());
        document.list(self.left_out());
        for Finding { about, sentence } in &self.findings {
            document.paragraph_on(*about, sentence);
        }
        if self.details {
            document.heading("Share of each workload in the pools");
            document.table(self.shares().table());
        }
        document.list(self.notes());
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![self.shares(), self.pools(), Records::of("findings", &findings::columns(), &self.findings)]
    }
}

impl<'s, 'f, 'a> Pools<'s, 'f, 'a> {
    /// The report on pools; `details` adds each workload's share and all notes for people.
    pub fn new(sharing: &'s SharedPools<'f, 'a>, details: bool) -> Self {
        let lowest = sharing.pools.iter().filter_map(bill).map(micro_usd).min();
        let pool_row =
            |pool| PoolRow { pool, is_cheapest: bill(pool).is_some_and(|it| Some(micro_usd(it)) == lowest) };
        let shares = sharing.fleet.entries.iter().enumerate().flat_map(|(workload, entry)| {
            sharing.pools.iter().map(move |pool| ShareRow { entry, pool, workload })
        });
        Self {
            sharing,
            pools: sharing.pools.iter().map(pool_row).collect(),
            shares: shares.collect(),
            findings: findings::findings(sharing),
            details,
        }
    }

    fn pools(&self) -> Records<'_> {
        Records::of("pools", &columns(), &self.pools)
    }

    fn shares(&self) -> Records<'_> {
        Records::of("workloads", &share_columns(), &self.shares)
    }

    /// What sharing costs beside dedicated machines, as all run today.
    fn answer(&self) -> String {
        let today = self.sharing.as_today().and_then(|today| Some((today, bill(today)?)));
        let Some((today, bill)) = today else {
            return "No shared pool carries these workloads in today's runtimes".to_owned();
        };
        let workloads = plural(today.parts.len() as u64, "workload");
        let shared = format!("{workloads} on one shared pool cost {} a month", usd(bill));
        let Some(own) = today.own_usd_per_month else { return shared };
        let small = self.sharing.small.as_deref().and_then(|small| {
            let today = small.as_today()?;
            Some((today.parts.len() as u64, today.own_usd_per_month? - self::bill(today)?))
        });
        let small = small.filter(|&(_, saves)| saves > (own - bill).max(0.0)).map(|(count, saves)| {
            let workloads = plural(count, "small workload");
            format!(". Sharing only the {workloads} saves {} a month", usd(saves))
        });
        format!("{shared}, {} dedicated machines{}", against(own - bill), small.unwrap_or_default())
    }

    /// Why some workloads or pools are not there; a reason that holds for several pools is said once.
    fn left_out(&self) -> Vec<String> {
        let mut pools_of_reason: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
        for PoolRow { pool, .. } in &self.pools {
            for (workload, reason) in &pool.pooling.left_out {
                let pools = pools_of_reason.entry((*workload, reason.to_string())).or_default();
                pools.push(title(pool.written));
            }
        }
        let workloads = pools_of_reason.into_iter().filter_map(|((workload, reason), pools)| {
            let name = &self.sharing.fleet.entries.get(workload)?.problem.workload.name;
            Some(format!("{name} is not in the pool of {}: {reason}", pools.join(", ")))
        });
        let no_pools = self.sharing.pools.iter().filter_map(|pool| {
            let reason = pool.pooling.pool.as_ref().err().filter(|reason| **reason != NoPool::Empty)?;
            Some(format!("There is no pool of {}: {reason}", title(pool.written)))
        });
        workloads.chain(no_pools).collect()
    }

    /// Replicas beyond the partitions, which read nothing until a zone is lost.
    fn standby(&self) -> Vec<String> {
        let of_pool = |pool: &FleetPool<'_>| -> Option<String> {
            let found = pool.pooling.pool.as_ref().ok()?;
            let beyond = found.replicas.iter().filter_map(|(workload, replicas)| {
                let workload = self.sharing.fleet.entries.get(*workload)?.problem.workload;
                let partitions = u64::from(workload.topic.partitions?);
                let standby = replicas.count.checked_sub(partitions).filter(|standby| *standby > 0)?;
                Some(format!(
                    "{standby} of {}'s {} replicas ({partitions} partitions)",
                    workload.name, replicas.count
                ))
            });
            let beyond: Vec<String> = beyond.collect();
            let told =
                || format!("On standby for a lost zone in {}: {}.", title(pool.written), beyond.join(", "));
            (!beyond.is_empty()).then(told)
        };
        self.sharing.pools.iter().filter_map(of_pool).collect()
    }

    fn notes(&self) -> Vec<String> {
        let SharedPools { reserve, fleet, .. } = self.sharing;
        let mut notes = vec![format!(
            "Each node keeps {} vCPUs and {} for the system and its DaemonSets and holds {} replicas at most.",
            significant(reserve.cores),
            memory(reserve.memory_bytes),
            whole(f64::from(reserve.replicas)),
        )];
        notes.extend(self.standby());
        notes.extend(medians::note(fleet.entries.iter().map(|entry| entry.problem.workload)));
        if !self.details {
            notes.push("Add --details for each workload's share of the pools.".to_owned());
            return notes;
        }
        let zones = match fleet.policy.survive_zone_loss {
            true => "No zone has more replicas of a workload than the zone rule allows it to lose.",
            false => "No zone has to be survived, so the nodes are packed as if in one.",
        };
        notes.extend([
            "lower bound: no packing on this type has fewer nodes. CPU and memory: what replicas request of the nodes."
                .to_owned(),
            "A workload's $/month is its share of the pool's bill by the larger of its shares of CPU and memory. \
             Nodes come whole, so taking it away may save less."
                .to_owned(),
            "All replicas request CPU for their own peak, as if all peaks came at once. p99 counts no bursts of \
             neighbors."
                .to_owned(),
            zones.to_owned(),
        ]);
        notes
    }
}

/// What the pool is called.
fn title(written: Composition<'_>) -> &str {
    match written {
        Composition::In(runtime) => &runtime.name,
        Composition::AsToday => AS_TODAY,
    }
}

fn bill(pool: &FleetPool<'_>) -> Option<f64> {
    pool.pooling.pool.as_ref().ok().map(|pool| pool.usd_per_month)
}

/// Share of what all nodes have to give.
fn requested(pool: &Pool<'_>, resource: Resource) -> f64 {
    pool.requested().share_of(pool.capacity(), resource)
}
