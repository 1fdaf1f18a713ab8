//! Pools, and workloads in them: their columns.

use crate::report::column::{Column, Value, columns};
use crate::report::figures::{NONE, plural};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::pool::choice::{Pool, Tenant};
use tonnage_model::scenario::pool::pod::PodSettings;
use tonnage_model::scenario::pool::replicas::Replicas;
use tonnage_model::scenario::pool::resources::Resource;
use tonnage_model::scenario::shared_pools::{Composition, FleetPool, PoolShare, SharedPools};
use tonnage_model::setting_names::Assignment;

/// What memory leaves out where nobody gives it.
pub(super) const NO_MEMORY: &str = "Memory counts no model, cache or tables, as memory_mib and state_mib are empty: the request is a floor, and there is no limit. Set both by what runs.";

/// One pool.
pub struct PoolRow<'s, 'f, 'a> {
    pub(super) sharing: &'s SharedPools<'f, 'a>,
    pub(super) pool: &'s FleetPool<'a>,
    pub(super) is_cheapest: bool,
}

/// One workload in one pool.
pub struct ShareRow<'s, 'f, 'a> {
    pub(super) sharing: &'s SharedPools<'f, 'a>,
    pub(super) pool: &'s FleetPool<'a>,
    pub(super) entry: &'s PlannedWorkload<'a>,
    pub(super) workload: usize,
}

/// Columns of `pools`: in each place one for each runtime, and one as today where none of these is that.
pub fn columns<'s, 'f, 'a>() -> Vec<Column<PoolRow<'s, 'f, 'a>>> {
    columns! { PoolRow<'s, 'f, 'a>, it;
        "pool" ["pool" Word Always], "Runtime of all workloads in it, or `as today`" => title(it.pool.written);
        "feasible", "Whether there is such a pool" => it.pool.found().is_some();
        "reason", "Why not" => it.pool.pooling.pool.as_ref().err().map(ToString::to_string);
        "workloads" ["workloads" Count Rank(5)], "Workloads in it" => it.pool.parts.len();
        "provider" ["provider" Word Rank(6)], "Cloud" =>
            it.pool.found().map(|pool| pool.machine.provider.as_str()).or(it.sharing.place.provider);
        "region" ["region" Word Rank(2)], "Region" => it.pool.found().map(|pool| pool.machine.region.as_str()).or(it.sharing.place.region);
        "arch" ["arch" Word Rank(1)], "Instruction set" => it.pool.found().map(|pool| pool.machine.arch.as_str()).or(it.sharing.place.arch);
        "purchase" ["paid" Word Rank(2)], "How nodes are paid for, where rows say it" => it.sharing.place.purchase.map(|by| by.word());
        "nodes" ["nodes" Count Always], "Nodes" => it.of(Pool::nodes);
        "instance_type" ["type" Word Always], "Machine type of the nodes" => it.of(|pool| &pool.machine.instance_type);
        "nodes_by_zone", "Nodes in each zone that has any" => it.of(|pool| pool.packing.nodes_by_zone());
        "nodes_lower_bound" ["lower bound" Count Rank(4)], "No packing on this type has fewer nodes" => it.of(|pool| pool.least_nodes);
        "cpu_requested" ["CPU" Share Rank(3)], "Share of the nodes' CPU that replicas request" =>
            it.of(|pool| requested(pool, Resource::Cpu));
        "memory_requested" ["memory" Share Rank(3)], "Share of the nodes' memory that the limits of replicas take" =>
            it.of(|pool| requested(pool, Resource::Memory));
        "network_requested", "The same of their network, where its baseline is known" =>
            it.of(|pool| pool.machine.network_bits_per_second.map(|_| requested(pool, Resource::Network)));
        "usd_per_month" ["$/month" Usd Always], "Bill, USD a month" => it.of(|pool| pool.usd_per_month).best_if(it.is_cheapest);
        "usd_per_month_lower_bound", "No pool of one machine type costs less, USD a month" => it.of(|pool| pool.least_usd_per_month);
        "dedicated_usd_per_month" ["dedicated" Usd Always], "The same workloads on dedicated machines, of the node types asked for where some are, at what is paid of the list in the pool, USD a month" =>
            it.pool.own_usd_per_month;
        "saves_usd_per_month" ["saves" Usd Always], "What sharing saves in this runtime, USD a month" =>
            it.pool.own_usd_per_month.zip(it.pool.found()).map(|(own, it)| own - it.usd_per_month);
    }
}

/// Columns of `workloads`: one row for each workload in each pool of its place.
pub fn share_columns<'s, 'f, 'a>() -> Vec<Column<ShareRow<'s, 'f, 'a>>> {
    columns! { ShareRow<'s, 'f, 'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.entry.problem.workload.name;
        "pool" ["pool" Word Always], "Runtime of all workloads in the pool, or `as today`" => title(it.pool.written);
        "runtime" ["runtime" Word Rank(3)], "This workload's runtime in it" => &it.tenant().runtime.name;
        "pooled", "Whether it is in the pool" => it.share().is_some();
        "reason", "Why not" => it.reason();
        "provider", "Cloud" => it.pool.found().map(|pool| pool.machine.provider.as_str()).or(it.sharing.place.provider);
        "region", "Region" => it.pool.found().map(|pool| pool.machine.region.as_str()).or(it.sharing.place.region);
        "instance_type", "Machine type of the nodes" => it.pool.found().map(|pool| &pool.machine.instance_type);
        "nodes", "Nodes of the whole pool" => it.pool.found().map(Pool::nodes);
        "replicas" ["pods" Count Always], "Replicas that run: pods" => it.of(|it| it.replicas.running);
        "standby", "Of these, how many hold no partition until a zone is lost" =>
            it.of(|_| if it.runs_all() { it.beyond_partitions() } else { 0 });
        "room_for_more", "Replicas besides that nodes have room for: as many as a lost zone may have to start again" =>
            it.of(|it| it.replicas.count - it.replicas.running);
        "threads", "Threads of each" => it.of(|it| it.replicas.threads);
        "readers", "Readers of each: consumer threads, goroutines or tasks of a plain loop" => it.of(|it| it.replicas.readers);
        "cpu" ["CPU" Word Table(1)], "CPU request of each" => it.of(|it| format!("{}m", it.replicas.each.millicores));
        "memory" ["memory / limit" Word Table(2)], "Memory request and limit of each" =>
            it.of(|share| {
                let limit = if it.limits_memory() { format!("{}Mi", share.replicas.each.mebibytes) } else { "none".to_owned() };
                format!("{}Mi / {limit}", share.replicas.steady_mebibytes)
            });
        "millicores_per_replica", "CPU request of each, thousandths of a vCPU" => it.of(|it| it.replicas.each.millicores);
        "memory_request_mib_per_replica", "Memory request of each, MiB: what it holds without a backlog" =>
            it.of(|it| it.replicas.steady_mebibytes);
        "memory_mib_per_replica", "Memory limit of each, MiB: with a backlog read ahead; nodes have room for it; none where nobody \
         says what a process holds" => it.of(|share| it.limits_memory().then_some(share.replicas.each.mebibytes));
        "network_kbit_per_second_per_replica", "Network that each needs, kbit/s" => it.of(|it| it.replicas.each.kilobits_per_second);
        "sidecar_millicores_per_replica", "CPU that other containers of its pod request, thousandths of a vCPU" =>
            it.of(|it| it.replicas.sidecars.millicores);
        "sidecar_mib_per_replica", "Memory that they request, MiB" => it.of(|it| it.replicas.sidecars.mebibytes);
        "environment", "Environment variables of each" => it.settings(None).map(|it| written(&it.environment, "="));
        "client_settings", "Settings of its client that the plan relies on" => it.settings(None).map(|it| written(&it.client, " "));
        "allocated_share" ["share" Share Rank(4)], "Share of the pool's bill by the larger of its shares of CPU and memory" =>
            it.of(|it| it.share);
        "allocated_usd_per_month" ["$/month" Usd Always], "That share of the bill, USD a month" => it.of(|it| it.allocated_usd_per_month);
        "dedicated_usd_per_month" ["dedicated" Usd Always], "Dedicated machines, of the node types asked for where some are, at what is paid of the list in the pool, USD a month" =>
            it.of(|it| it.own_usd_per_month);
        "action" ["what to do" Word Always], "What to do" => it.action();
    }
}

/// Columns of `decisions`, by which plans are compared: each workload as it runs today, on pods.
pub fn decision_columns<'s, 'f, 'a>() -> Vec<Column<ShareRow<'s, 'f, 'a>>> {
    columns! { ShareRow<'s, 'f, 'a>, it;
        "workload", "Workload" => &it.entry.problem.workload.name;
        "planned", "Pods, and what each requests" => it.share().map_or_else(|| NONE.to_owned(), |it| {
            let Replicas { running, each, steady_mebibytes, .. } = it.replicas;
            format!("{} of {}m and {steady_mebibytes}Mi", plural(running, "pod"), each.millicores)
        });
        "usd_per_month", "Their share of the bill of all nodes, USD a month" => it.of(|it| it.allocated_usd_per_month);
        "today_usd_per_month", "Today's bill, USD a month" => it.entry.recommendation.today_usd_per_month;
        "action", "What to do" => it.action();
        "verdict", "`right_size`, or `none` where it is in no pool" => if it.share().is_some() { "right_size" } else { "none" };
        "lags", "Whether what runs today falls behind at peak" => it.entry.recommendation.baseline.footing.lags;
        "runtime", "Runtime" => &it.tenant().runtime.name;
    }
}

impl<'a> PoolRow<'_, '_, 'a> {
    fn of<'r, T: Into<Value<'r>>>(&'r self, quantity: impl Fn(&'r Pool<'a>) -> T) -> Value<'r> {
        self.pool.found().map(quantity).into()
    }
}

impl<'s, 'a> ShareRow<'s, '_, 'a> {
    pub(super) fn tenant(&self) -> Tenant<'s, 'a> {
        self.pool.written.tenant(self.entry)
    }

    pub(super) fn share(&self) -> Option<&'s PoolShare> {
        self.pool.part_of(self.workload)
    }

    fn of<'r, T: Into<Value<'r>>>(&'r self, quantity: impl Fn(&'r PoolShare) -> T) -> Value<'r> {
        self.share().map(quantity).into()
    }

    /// Whether its pods have a memory limit: without what a process holds, one would stop them.
    pub(super) fn limits_memory(&self) -> bool {
        !self.entry.problem.says_nothing_of_memory()
    }

    /// What to set for its pods, under a memory limit of so many MiB or the plan's.
    pub(super) fn settings(&self, limit: Option<u64>) -> Option<PodSettings> {
        let (pool, mut replicas) = (self.pool.found()?, self.share()?.replicas);
        replicas.each.mebibytes = limit.unwrap_or(replicas.each.mebibytes);
        self.tenant().pod_settings(pool.machine, &replicas, self.sharing.fleet.policy)
    }

    /// Replicas beyond the partitions, running or not.
    pub(super) fn beyond_partitions(&self) -> u64 {
        let partitions = self.entry.problem.workload.topic.partitions;
        let beyond = |share: &PoolShare| {
            share.replicas.count.saturating_sub(u64::from(partitions.unwrap_or(u32::MAX)))
        };
        self.share().map_or(0, beyond)
    }

    /// Whether nodes have room for no more than run.
    pub(super) fn runs_all(&self) -> bool {
        self.share().is_some_and(|share| share.replicas.running == share.replicas.count)
    }

    /// The change of the number of consumers.
    fn action(&self) -> Value<'static> {
        let Some(share) = self.share() else { return Value::from("in no pool").bad() };
        let problem = &self.entry.problem;
        let (running, pods) = (share.replicas.running, plural(share.replicas.running, "pod"));
        let machines = problem.workload.current_instances;
        let change = match (problem.processes_today(), machines) {
            (Some(today), _) if today == running => format!("keep {pods}"),
            (Some(today), _) => format!("{pods} instead of {today}"),
            (None, Some(machines)) => format!("{pods} instead of {}", plural(machines.into(), "machine")),
            (None, None) => format!("run {pods}"),
        };
        let room = match (self.beyond_partitions(), self.runs_all()) {
            (0, _) => String::new(),
            (beyond, true) => format!(", {beyond} standby"),
            (beyond, false) => format!(", room for {beyond} more"),
        };
        let readers = match share.replicas.readers {
            1 => String::new(),
            readers => format!(", {readers} readers each"),
        };
        let with = self.entry.change.map_or_else(String::new, |it| format!(", with {it}"));
        format!("{change}{room}{readers}{with}").into()
    }

    pub(super) fn reason(&self) -> Option<String> {
        let left_out = self.pool.pooling.left_out.iter().find(|(other, _)| *other == self.workload);
        let no_pool = || self.pool.pooling.pool.as_ref().err().map(ToString::to_string);
        left_out.map(|(_, reason)| reason.to_string()).or_else(no_pool)
    }
}

/// What the pool is called.
pub(super) fn title(written: Composition<'_>) -> &str {
    match written {
        Composition::In(runtime) => &runtime.name,
        Composition::AsToday | Composition::Anew => "as today",
    }
}

/// Share of what all nodes have to give.
fn requested(pool: &Pool<'_>, resource: Resource) -> f64 {
    pool.requested().share_of(pool.capacity(), resource)
}

/// `GOMAXPROCS=1`.
pub(super) fn written(settings: &[Assignment], between: &str) -> Vec<String> {
    settings.iter().map(|(name, value)| format!("{name}{between}{value}")).collect()
}
