//! Workloads on shared pools: what each pool costs beside dedicated machines, the pods on it, and what other libraries and
//! languages would save there.

mod answer;
pub mod export;
pub mod findings;
mod manifest;
pub mod rows;

use crate::report::Report;
use crate::report::assumed;
use crate::report::document::Document;
use crate::report::figures::{memory, percent, plural, significant};
use crate::report::plan::notes::assumed_speed;
use crate::report::plan::paid::{sentence, taken_back};
use crate::report::records::Records;
use findings::{Finding, beside_plan, whereabouts};
use manifest::manifest;
use rows::{NO_MEMORY, PoolRow, ShareRow, columns, share_columns, title};
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::catalog::MachineFilter;
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::machine::Purchase;
use tonnage_model::scenario::pool::choice::{NoPool, Pool};
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::scenario::pool::replicas::Replicas;
use tonnage_model::scenario::pool::resources::Resources;
use tonnage_model::scenario::shared_pools::{FleetPool, SharedPools};
use tonnage_model::units::MIB;

/// What happens where there is room for replicas, but they do not run.
const UNTIL_STARTED: &str = "Until they have started, those left read their partitions and may lag; --standby runs them all the time.";

/// A fleet on shared pools.
pub struct Pools<'s, 'f, 'a> {
    places: &'s [SharedPools<'f, 'a>],
    rules: &'s PoolRules,
    pools: Vec<PoolRow<'s, 'f, 'a>>,
    shares: Vec<ShareRow<'s, 'f, 'a>>,
    findings: Vec<Finding>,
    shown: Shown,
    discounts: Option<Vec<String>>,
}

/// What people see first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// The pods of each workload, and not the pools of each runtime.
    pub pods: bool,
    /// Each workload in each pool or the settings of its pods, and all notes.
    pub details: bool,
}

impl Report for Pools<'_, '_, '_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        if self.shown.pods {
            document.heading(self.pods_answer());
            document.table(self.pods().table());
            document.table(
                Records::of("pools", &columns(), self.pools_today()).keep(|it| it.name != "pool").table(),
            );
        } else {
            document.heading(self.answer());
            document.table(self.pools().table());
        }
        document.list(self.left_out());
        for Finding { about, place, sentence } in self.findings.iter().filter(|it| self.is_told(it)) {
            let about = if self.places.len() > 1 { format!("{about}, {place}") } else { about.to_string() };
            document.paragraph_on(about, sentence);
        }
        if self.shown.details && self.shown.pods {
            document.heading("Settings of each pod");
            let manifests = self.shares_today().filter_map(manifest);
            manifests.for_each(|text| document.verbatim("yaml", text));
        } else if self.shown.details {
            document.heading("Share of each workload in the pools");
            document.table(self.shares().keep(|it| !matches!(it.name, "runtime" | "action")).table());
        }
        document.list(self.notes());
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            self.shares(),
            self.pools(),
            Records::of("findings", &findings::columns(), &self.findings),
            Records::of("decisions", &rows::decision_columns(), self.shares_today()),
        ]
    }
}

impl<'s, 'f, 'a> Pools<'s, 'f, 'a> {
    /// The report on the pools of each place.
    pub fn new(places: &'s [SharedPools<'f, 'a>], rules: &'s PoolRules, shown: Shown) -> Self {
        let pool_rows = |sharing: &'s SharedPools<'f, 'a>| {
            let lowest = sharing.pools.iter().filter_map(bill).map(micro_usd).min();
            sharing.pools.iter().map(move |pool| {
                let is_lowest = bill(pool).is_some_and(|it| Some(micro_usd(it)) == lowest);
                let is_cheapest = is_lowest && !shown.pods;
                PoolRow { sharing, pool, is_cheapest }
            })
        };
        let share_rows = |sharing: &'s SharedPools<'f, 'a>| {
            let entries = sharing.among.iter().filter_map(|&at| Some((at, sharing.fleet.entries.get(at)?)));
            entries.flat_map(move |(workload, entry)| {
                sharing.pools.iter().map(move |pool| ShareRow { sharing, pool, entry, workload })
            })
        };
        let mut shares: Vec<_> = places.iter().flat_map(share_rows).collect();
        shares.sort_by_key(|row| row.workload);
        Self {
            places,
            rules,
            pools: places.iter().flat_map(pool_rows).collect(),
            shares,
            findings: places.iter().flat_map(findings::findings).collect(),
            shown,
            discounts: None,
        }
    }

    /// The same with what is taken off list prices, as it was given.
    pub fn less(self, discounts: Option<Vec<String>>) -> Self {
        Self { discounts, ..self }
    }

    fn pools(&self) -> Records<'_> {
        Records::of("pools", &columns(), &self.pools)
    }

    fn shares(&self) -> Records<'_> {
        Records::of("workloads", &share_columns(), &self.shares)
    }

    /// Each workload in today's runtime, as pods.
    fn pods(&self) -> Records<'_> {
        let is_of_pods = |name: &str| !matches!(name, "pool" | "allocated_share" | "dedicated_usd_per_month");
        Records::of("workloads", &share_columns(), self.shares_today()).keep(|it| is_of_pods(it.name))
    }

    /// Whether people are told a finding: of pods, what a change of them or of code does, as the tables have the rest.
    fn is_told(&self, finding: &Finding) -> bool {
        !self.shown.pods || matches!(finding.about, "Replicas" | "Libraries" | "Languages")
    }

    fn shares_today(&self) -> impl Iterator<Item = &ShareRow<'s, 'f, 'a>> + Clone {
        self.shares.iter().filter(|row| is_today(row.sharing, row.pool))
    }

    /// Those of workloads that are pooled.
    fn pooled_today(&self) -> impl Iterator<Item = &ShareRow<'s, 'f, 'a>> + Clone {
        self.shares_today().filter(|row| row.share().is_some())
    }

    fn pools_today(&self) -> impl Iterator<Item = &PoolRow<'s, 'f, 'a>> {
        self.pools.iter().filter(|row| is_today(row.sharing, row.pool))
    }

    /// Pools as today that there are.
    fn found_today(&self) -> Vec<(&FleetPool<'a>, &Pool<'a>)> {
        self.pools_today().filter_map(|row| Some((row.pool, row.pool.found()?))).collect()
    }

    /// Why some workloads or pools are not there; a reason that holds for several pools is said once.
    fn left_out(&self) -> Vec<String> {
        let is_told = |row: &&PoolRow<'_, '_, '_>| !self.shown.pods || is_today(row.sharing, row.pool);
        let told = || self.pools.iter().filter(is_told);
        let mut pools_of_reason: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
        for PoolRow { pool, .. } in told() {
            for (workload, reason) in &pool.pooling.left_out {
                let pools = pools_of_reason.entry((*workload, reason.to_string())).or_default();
                pools.push(title(pool.written));
            }
        }
        let entries = self.places.first().map_or(&[][..], |sharing| &sharing.fleet.entries);
        let workloads = pools_of_reason.into_iter().filter_map(|((workload, reason), pools)| {
            let problem = &entries.get(workload)?.problem;
            let name = &problem.workload.name;
            let reason =
                [Some(reason), assumed_speed(problem)].into_iter().flatten().collect::<Vec<_>>().join("; ");
            Some(match self.shown.pods {
                true => format!("{name} is in no pool: {reason}"),
                false => format!("{name} is not in the pool of {}: {reason}", pools.join(", ")),
            })
        });
        let no_pools = told().filter_map(|PoolRow { pool, .. }| {
            let reason = pool.pooling.pool.as_ref().err().filter(|reason| **reason != NoPool::Empty)?;
            Some(format!("There is no pool of {}: {reason}", title(pool.written)))
        });
        workloads.chain(no_pools).collect()
    }

    /// Replicas beyond the partitions: those that run, or those that nodes only have room for.
    fn beyond_partitions(&self) -> Vec<String> {
        let (legend, what, until) = match self.rules.standby {
            true => (
                "standby: replicas that hold no partition until a zone is lost.",
                "On standby for a lost zone",
                None,
            ),
            false => (
                "room for: replicas beyond the partitions do not run; nodes have room for those of a lost zone to start again.",
                "Room for replicas of a lost zone to start again",
                Some(UNTIL_STARTED),
            ),
        };
        let mut of_pool: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in self.shares.iter().filter(|row| !self.shown.pods || is_today(row.sharing, row.pool)) {
            let name = &row.entry.problem.workload.name;
            let (beyond, Some(share)) = (row.beyond_partitions(), row.share()) else { continue };
            if beyond > 0 {
                let Replicas { running, count, .. } = share.replicas;
                let partitions = plural(count - beyond, "partition");
                of_pool.entry(title(row.pool.written)).or_default().push(match row.runs_all() {
                    true => format!("{beyond} of {name}'s {count} replicas ({partitions})"),
                    false => format!("{beyond} beside the {running} of {name} ({partitions})"),
                });
            }
        }
        let until = until.filter(|_| !of_pool.is_empty()).map(str::to_owned);
        let told: Vec<String> = match self.shown.pods {
            // The table has their numbers.
            true => of_pool.first_key_value().map(|_| legend.to_owned()).into_iter().collect(),
            false => {
                let told =
                    |(pool, beyond): (&str, Vec<String>)| format!("{what} in {pool}: {}.", beyond.join(", "));
                of_pool.into_iter().map(told).collect()
            }
        };
        told.into_iter().chain(until).collect()
    }

    /// Nodes of other types than those asked for, where there are none of these.
    fn of_other_types(&self, found: &[(&FleetPool<'_>, &Pool<'_>)]) -> Option<String> {
        let asked = MachineFilter { types: self.rules.node_types.clone(), ..MachineFilter::default() };
        let others = found.iter().filter(|(_, pool)| !asked.matches_type(pool.machine));
        let others: Vec<String> = others.map(|(it, pool)| whereabouts(pool.machine, it.place)).collect();
        (!others.is_empty()).then(|| {
            let types = asked.types.join(", ");
            format!(
                "There is no {types} in {}: nodes there are of the types that plans may use.",
                others.join(", ")
            )
        })
    }

    /// What the nodes have room for beside the workloads' own containers.
    fn sidecars(&self) -> Option<String> {
        let replicas = self.shares_today().filter_map(|row| Some(row.share()?.replicas));
        let all = replicas.fold(Resources::default(), |sum, it| sum.plus(it.sidecars, it.count));
        let (cores, bytes) = (all.millicores as f64 / 1000.0, all.mebibytes as f64 * MIB);
        (all != Resources::default()).then(|| {
            format!(
                "Sidecars of all replicas request {} vCPUs and {} beside.",
                significant(cores),
                memory(bytes)
            )
        })
    }

    /// What all pods of a workload have in common whatever each of them takes, and what nobody has said of them.
    fn of_pods(&self) -> Vec<String> {
        let of = |counts: fn(&ShareRow<'s, 'f, 'a>) -> bool| {
            let pooled = self.pooled_today().filter(|row| counts(row));
            Some(pooled.count() as u64).filter(|count| *count > 0).map(|count| plural(count, "workload"))
        };
        let skewed = of(|row| {
            let topic = &row.entry.problem.workload.topic;
            topic.skew > 1.0 || topic.hot_key_share > 0.0
        });
        let skewed = skewed.map(|count| {
            format!("Pods of {count} with skew all request what the busiest needs: a Deployment has one size for all.")
        });
        let unknown = of(|row| !row.limits_memory()).map(|count| format!("{count}: {NO_MEMORY}"));
        let unpaid = of(|row| row.entry.recommendation.today_usd_per_month.is_none());
        let unpaid = unpaid.map(|count| format!("Today's bill of {count} is not given."));
        skewed.into_iter().chain(unknown).chain(unpaid).collect()
    }

    fn notes(&self) -> Vec<String> {
        let PoolRules { reserve, .. } = self.rules;
        let found = self.found_today();
        let kept = |(_, pool): &(&FleetPool<'_>, &Pool<'_>)| {
            let cores = significant(reserve.cores_on(pool.machine));
            let bytes = memory(reserve.memory_bytes_on(pool.machine));
            format!("{} {cores} vCPUs and {bytes}", pool.machine.instance_type)
        };
        let paid = |(_, pool): &(&FleetPool<'_>, &Pool<'_>)| {
            let share = (pool.paid_share != 1.0).then(|| percent(pool.paid_share))?;
            let machine = &pool.machine.instance_type;
            Some(format!(
                "{machine} is priced at {share} of the list, as today's machines are by current_usd_per_month."
            ))
        };
        let kept = found.iter().map(kept).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
        let most = plural(u64::from(reserve.replicas), "replica");
        let mut notes =
            vec![format!("Nodes keep for the system and DaemonSets: {kept}. Each holds {most} at most.")];
        notes.retain(|_| !found.is_empty());
        notes.extend(self.of_other_types(&found));
        notes.extend(self.sidecars());
        notes.extend(found.iter().filter_map(paid));
        let on_spot = |(it, pool): &(&FleetPool<'_>, &Pool<'_>)| {
            let policy = it.place.policy(self.places.first()?.fleet.policy);
            (policy.purchase == Purchase::Spot).then(|| sentence(taken_back(pool.machine)))
        };
        notes.extend(found.iter().filter_map(on_spot));
        if self.shown.pods {
            notes.extend(beside_plan(&found, self.decided(), self.rules));
            notes.extend(self.of_pods());
        }
        notes.extend(self.beyond_partitions());
        let Some(sharing) = self.places.first() else { return notes };
        notes.extend(assumed::notes(sharing.fleet.entries.iter().map(|entry| entry.problem.workload)));
        if !self.shown.details {
            notes.push(match self.shown.pods {
                true => "Add --details for a manifest of each workload's pods.".to_owned(),
                false => "Add --details for each workload's share of the pools.".to_owned(),
            });
            return notes;
        }
        let zones = match sharing.fleet.policy.survive_zone_loss {
            true => "No zone has more replicas of a workload than the zone rule allows it to lose.",
            false => "No zone has to be survived, so the nodes are packed as if in one.",
        };
        notes.extend([
            "lower bound: no packing on this type has fewer nodes. CPU: what replicas request of the nodes. Memory: what \
             their limits are of them, as a backlog comes to all at once."
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

/// Whether a pool is the one as today of its place.
fn is_today(sharing: &SharedPools<'_, '_>, pool: &FleetPool<'_>) -> bool {
    sharing.as_today().is_some_and(|today| std::ptr::eq(today, pool))
}

fn bill(pool: &FleetPool<'_>) -> Option<f64> {
    pool.found().map(|pool| pool.usd_per_month)
}
