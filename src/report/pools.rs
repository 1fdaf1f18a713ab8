//! Workloads on shared pools: what each pool costs beside dedicated machines, and what other libraries and languages
//! would save there.

use super::Report;
use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{memory, plural, significant, usd, whole};
use super::medians;
use super::records::Records;
use std::collections::BTreeMap;
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::fleet::PlannedWorkload;
use tonnage_model::machine::Machine;
use tonnage_model::scenario::pool::choice::{NoPool, Pool};
use tonnage_model::scenario::pool::resources::Resource;
use tonnage_model::scenario::shared_pools::{Composition, FleetPool, PoolChange, PoolShare, SharedPools};

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

/// What the pools say about one question.
pub struct Finding {
    /// The question.
    pub about: &'static str,
    /// The answer.
    pub sentence: String,
}

/// Columns of `pools`: one for each runtime, and one as today where none of these is that.
pub fn columns<'s, 'a>() -> Vec<Column<PoolRow<'s, 'a>>> {
    vec![
        column(word("pool", "pool", "Runtime of all workloads in it, or `as today`"), |it| {
            title(it.pool.written).into()
        }),
        column(data("feasible", "Whether there is such a pool"), |it| it.found().is_some().into()),
        column(data("reason", "Why not"), |it| {
            it.pool.pooling.pool.as_ref().err().map(ToString::to_string).into()
        }),
        column(number("workloads", "workloads", Unit::Count, "Workloads in it").rank(5), |it| {
            it.pool.parts.len().into()
        }),
        column(word("provider", "provider", "Cloud").rank(6), |it| it.machine(|it| &it.provider)),
        column(word("region", "region", "Region").rank(2), |it| it.machine(|it| &it.region)),
        column(number("nodes", "nodes", Unit::Count, "Nodes"), |it| it.of(Pool::nodes)),
        column(word("instance_type", "type", "Machine type of the nodes"), |it| {
            it.machine(|it| &it.instance_type)
        }),
        column(data("nodes_by_zone", "Nodes in each zone that has any"), |it| {
            it.of(|pool| pool.packing.nodes_by_zone())
        }),
        column(
            number(
                "nodes_lower_bound",
                "lower bound",
                Unit::Count,
                "No packing on this type has fewer nodes",
            )
            .rank(4),
            |it| it.of(|pool| pool.least_nodes),
        ),
        column(
            number("cpu_requested", "CPU", Unit::Share, "Share of the nodes' CPU that replicas request")
                .rank(3),
            |it| it.of(|pool| requested(pool, Resource::Cpu)),
        ),
        column(number("memory_requested", "memory", Unit::Share, "The same of their memory").rank(3), |it| {
            it.of(|pool| requested(pool, Resource::Memory))
        }),
        column(data("network_requested", "The same of their network, where its baseline is known"), |it| {
            it.of(|pool| pool.machine.network_bits_per_second.map(|_| requested(pool, Resource::Network)))
        }),
        column(number("usd_per_month", "$/month", Unit::Usd, "Bill, USD a month"), |it| {
            it.of(|pool| pool.usd_per_month).best_if(it.is_cheapest)
        }),
        column(
            data("usd_per_month_lower_bound", "No pool of one machine type costs less, USD a month"),
            |it| it.of(|pool| pool.least_usd_per_month),
        ),
        column(
            number(
                "dedicated_usd_per_month",
                "dedicated",
                Unit::Usd,
                "The same workloads on dedicated machines, USD a month",
            ),
            |it| it.pool.own_usd_per_month.into(),
        ),
        column(
            number(
                "saves_usd_per_month",
                "saves",
                Unit::Usd,
                "What sharing saves in this runtime, USD a month",
            ),
            |it| it.pool.own_usd_per_month.zip(it.found()).map(|(own, it)| own - it.usd_per_month).into(),
        ),
    ]
}

/// Columns of `workloads`: one row for each workload in each pool.
pub fn share_columns<'s, 'a>() -> Vec<Column<ShareRow<'s, 'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| {
            (&it.entry.problem.workload.name).into()
        }),
        column(word("pool", "pool", "Runtime of all workloads in the pool, or `as today`"), |it| {
            title(it.pool.written).into()
        }),
        column(data("runtime", "This workload's runtime in it"), |it| {
            (&it.pool.written.runtime(it.entry).name).into()
        }),
        column(data("pooled", "Whether it is in the pool"), |it| it.share().is_some().into()),
        column(data("reason", "Why not"), |it| it.reason().into()),
        column(data("instance_type", "Machine type of the nodes"), |it| {
            it.pool.pooling.pool.as_ref().ok().map(|pool| &pool.machine.instance_type).into()
        }),
        column(data("nodes", "Nodes of the whole pool"), |it| {
            it.pool.pooling.pool.as_ref().ok().map(Pool::nodes).into()
        }),
        column(number("replicas", "replicas", Unit::Count, "Replicas"), |it| it.of(|it| it.replicas.count)),
        column(data("threads", "Threads of each"), |it| it.of(|it| it.replicas.threads)),
        column(
            number(
                "millicores_per_replica",
                "millicores each",
                Unit::Count,
                "CPU that each requests, thousandths of a vCPU",
            )
            .rank(2),
            |it| it.of(|it| it.replicas.each.millicores),
        ),
        column(
            number("memory_mib_per_replica", "MiB each", Unit::Count, "Memory that each requests, MiB")
                .rank(3),
            |it| it.of(|it| it.replicas.each.mebibytes),
        ),
        column(data("network_kbit_per_second_per_replica", "Network that each needs, kbit/s"), |it| {
            it.of(|it| it.replicas.each.kilobits_per_second)
        }),
        column(
            number(
                "allocated_share",
                "share",
                Unit::Share,
                "Share of the pool's bill by the larger of its shares of CPU and memory",
            )
            .rank(4),
            |it| it.of(|it| it.share),
        ),
        column(
            number("allocated_usd_per_month", "$/month", Unit::Usd, "That share of the bill, USD a month"),
            |it| it.of(|it| it.allocated_usd_per_month),
        ),
        column(
            number("dedicated_usd_per_month", "dedicated", Unit::Usd, "Dedicated machines, USD a month"),
            |it| it.of(|it| it.own_usd_per_month),
        ),
    ]
}

/// Columns of `findings`: what sharing, libraries and languages are worth.
pub fn finding_columns() -> Vec<Column<Finding>> {
    vec![
        column(word("about", "about", "What about"), |it| it.about.into()),
        column(word("sentence", "finding", "What the pools say"), |it| (&it.sentence).into()),
    ]
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
        vec![self.shares(), self.pools(), Records::of("findings", &finding_columns(), &self.findings)]
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
            findings: findings(sharing),
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

    fn notes(&self) -> Vec<String> {
        let SharedPools { reserve, fleet, .. } = self.sharing;
        let mut notes = vec![format!(
            "Each node keeps {} vCPUs and {} for the system and its DaemonSets and holds {} replicas at most.",
            significant(reserve.cores),
            memory(reserve.memory_bytes),
            whole(f64::from(reserve.replicas)),
        )];
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

/// `6 x c8a.4xlarge`.
fn nodes(pool: &Pool<'_>) -> String {
    format!("{} x {}", whole(pool.nodes() as f64), pool.machine.instance_type)
}

/// `$115 less than`, where so much is saved.
fn against(saves_usd_per_month: f64) -> String {
    match micro_usd(saves_usd_per_month.abs()) {
        0 => "as much as on".to_owned(),
        _ if saves_usd_per_month > 0.0 => format!("{} less than on", usd(saves_usd_per_month)),
        _ => format!("{} more than on", usd(-saves_usd_per_month)),
    }
}

/// What sharing saves as it is written today, and what other libraries and languages save then.
fn findings(sharing: &SharedPools<'_, '_>) -> Vec<Finding> {
    let found = sharing.as_today().and_then(|today| Some((today, today.pooling.pool.as_ref().ok()?)));
    let Some((today, pool)) = found else { return Vec::new() };
    let mut findings = vec![Finding { about: "Sharing", sentence: on_sharing(today, pool) }];
    findings.extend(sharing.small.as_deref().and_then(|small| on_small(small, today)));
    if let Some(change) = sharing.best_libraries().filter(|change| change.saves_usd_per_month > 0.0) {
        findings.push(Finding { about: "Libraries", sentence: on_change(sharing, change) });
    }
    if let Some(change) = sharing.best_rewrite() {
        findings.push(Finding { about: "Languages", sentence: on_rewrite(sharing, today, pool, change) });
    }
    findings
}

fn on_sharing(today: &FleetPool<'_>, pool: &Pool<'_>) -> String {
    let Machine { provider, region, .. } = pool.machine;
    let nodes_bound = match pool.nodes() - pool.least_nodes {
        0 => "No packing on this type needs fewer nodes".to_owned(),
        _ => format!("The lower bound for this type is {}", plural(pool.least_nodes, "node")),
    };
    let bill_bound = match pool.least_usd_per_month < pool.usd_per_month {
        true => format!("no pool of one type costs less than {}", usd(pool.least_usd_per_month)),
        false => "no pool of one type costs less".to_owned(),
    };
    let own = match today.own_usd_per_month {
        Some(own) => format!("dedicated machines cost {}", usd(own)),
        None => "not all have a plan on dedicated machines".to_owned(),
    };
    format!(
        "in today's runtimes the pool is {} in {provider} {region}; {own}. {nodes_bound}, and {bill_bound}.",
        nodes(pool)
    )
}

/// What it gives to share small workloads only. `all` is the pool of all, as they are written today.
fn on_small(small: &SharedPools<'_, '_>, all: &FleetPool<'_>) -> Option<Finding> {
    let today = small.as_today()?;
    let pool = today.pooling.pool.as_ref().ok()?;
    let own = today.own_usd_per_month?;
    let saves = own - pool.usd_per_month;
    let in_all = all.own_usd_per_month.map_or(String::new(), |all| {
        format!("; with the others on dedicated machines, all cost {}", usd(all - saves))
    });
    let rewritten = small.best_rewrite().filter(|change| change.saves_usd_per_month > 0.0);
    let rewritten = rewritten.map_or("No other language makes that pool cheaper.".to_owned(), |change| {
        format!(
            "In {} that pool costs {} ({}), {} a month less for each workload rewritten.",
            change.runtime.name,
            usd(change.pool.usd_per_month),
            nodes(change.pool),
            usd(change.saves_each_usd_per_month()),
        )
    });
    let sentence = format!(
        "{} run on the minimum of {}. A pool of only these ({}) costs {} a month, {} dedicated machines{in_all}. \
         {rewritten}",
        plural(today.parts.len() as u64, "workload"),
        plural(u64::from(small.fleet.policy.min_instances), "instance"),
        nodes(pool),
        usd(pool.usd_per_month),
        against(saves),
    );
    Some(Finding { about: "Small workloads", sentence })
}

fn on_change(sharing: &SharedPools<'_, '_>, change: PoolChange<'_, '_>) -> String {
    let least = usd(sharing.fleet.terms.min_saving_usd_per_month);
    let each = change.saves_each_usd_per_month();
    let verdict = match each >= sharing.fleet.terms.min_saving_usd_per_month {
        true => format!("which reaches the {least} that a change has to save"),
        false => format!("less than the {least} that a change has to save"),
    };
    let besides = match change.besides {
        0 => String::new(),
        more => format!(", with {} more on it", plural(more as u64, "workload")),
    };
    format!(
        "in {} the pool costs {} a month ({}{besides}), {} less. That is {} a month for each of {} to change, {verdict}.",
        change.runtime.name,
        usd(change.pool.usd_per_month),
        nodes(change.pool),
        usd(change.saves_usd_per_month),
        usd(each),
        plural(change.changed as u64, "workload"),
    )
}

fn on_rewrite(
    sharing: &SharedPools<'_, '_>,
    today: &FleetPool<'_>,
    pool: &Pool<'_>,
    change: PoolChange<'_, '_>,
) -> String {
    if change.saves_usd_per_month <= 0.0 {
        let bill = usd(change.pool.usd_per_month);
        return format!("a rewrite of all saves nothing; in {} the pool costs {bill}.", change.runtime.name);
    }
    let text = on_change(sharing, change);
    let sharing_saves = today.own_usd_per_month.map_or(0.0, |own| own - pool.usd_per_month);
    let below = change.saves_each_usd_per_month() < sharing.fleet.terms.min_saving_usd_per_month;
    match below && sharing_saves > change.saves_usd_per_month {
        true => format!("{text} Sharing saves more than any rewrite."),
        false => text,
    }
}
