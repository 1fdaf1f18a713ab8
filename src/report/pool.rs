//! Shared pools for people: the pools, each workload's part of them, and what that says of sharing and of languages.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, days, memory, percent, plural, significant, usd, whole};
use super::medians;
use super::plan::not_measured;
use super::plan::plans::place;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::scenario::pool::choice::{NoPool, Pool};
use tonnage_model::scenario::pool::resources::Resource;
use tonnage_model::scenario::shared_pools::{Composition, FleetPool, PoolChange, PoolShare, SharedPools};
use tonnage_model::units::MIB;

/// What a pool is called in which each workload has today's runtime.
pub const AS_TODAY: &str = "as today";

/// The whole report.
pub fn document(sharing: &SharedPools<'_, '_>) -> Document {
    let mut document = Document::default();
    document.heading("Shared pools");
    document.table(pools(sharing));
    document.list(left_out(sharing));
    document.heading("Workloads in the pools");
    document.table(workloads(sharing));
    document.paragraph(
        "$/month is allocated: the pool's bill by the larger of each workload's shares of its CPU and memory. It is \
         not what the pool would save without the workload, as nodes come whole.",
    );
    let findings = findings(sharing);
    if !findings.is_empty() {
        document.heading("What sharing and languages are worth");
    }
    for Finding { about, text } in findings {
        document.paragraph_on(about, text);
    }
    document.heading("Notes");
    let medians = medians::note(sharing.fleet.entries.iter().map(|entry| entry.problem.workload));
    document.list(notes(sharing).into_iter().chain(medians).collect());
    document
}

/// What the pool is called.
pub fn title(written: Composition<'_>) -> &str {
    match written {
        Composition::In(runtime) => &runtime.name,
        Composition::AsToday => AS_TODAY,
    }
}

fn pools(sharing: &SharedPools<'_, '_>) -> Table {
    let mut table = Table::new(vec![
        Column::words("pool", 0),
        Column::numbers("workloads", 5),
        Column::words("nodes", 0),
        Column::numbers("by zone", 2),
        Column::numbers("at least", 1),
        Column::numbers("CPU", 3),
        Column::numbers("memory", 4),
        Column::numbers("$/month", 0),
        Column::numbers("apart", 0),
    ]);
    let bills = sharing.pools.iter().filter_map(|pool| pool.pooling.pool.as_ref().ok());
    let lowest = bills.map(|pool| pool.usd_per_month).fold(f64::INFINITY, f64::min);
    let all = sharing.fleet.entries.len();
    for pool in &sharing.pools {
        let name = Cell::new(title(pool.written));
        let among = Cell::new(format!("{} of {all}", pool.parts.len()));
        let own = pool.own_usd_per_month.map_or(NONE.to_owned(), usd);
        let among = among.toned(if pool.parts.len() < all { Tone::Bad } else { Tone::Plain });
        table.row(match &pool.pooling.pool {
            Ok(found) => vec![
                name,
                among,
                nodes(found).into(),
                by_zone(found).into(),
                whole(found.least_nodes as f64).into(),
                filled(found, Resource::Cpu).into(),
                filled(found, Resource::Memory).into(),
                Cell::new(usd(found.usd_per_month)).toned(if found.usd_per_month <= lowest {
                    Tone::Good
                } else {
                    Tone::Plain
                }),
                own.into(),
            ],
            Err(_) => {
                let none = || Cell::new(NONE);
                let no = Cell::new("infeasible").toned(Tone::Bad);
                vec![name, among, no, none(), none(), none(), none(), none(), own.into()]
            }
        });
    }
    table
}

/// Count and type of a pool's nodes.
fn nodes(pool: &Pool<'_>) -> String {
    format!("{} x {}", whole(pool.nodes() as f64), pool.machine.instance_type)
}

fn by_zone(pool: &Pool<'_>) -> String {
    let each: Vec<String> =
        pool.packing.nodes_by_zone().into_iter().map(|nodes| whole(nodes as f64)).collect();
    each.join("+")
}

/// How much of what all nodes have to give is asked for.
fn filled(pool: &Pool<'_>, resource: Resource) -> String {
    percent(pool.requested().share_of(pool.capacity(), resource))
}

/// Why some workloads or pools are not there; a reason that holds for several pools is said once.
fn left_out(sharing: &SharedPools<'_, '_>) -> Vec<String> {
    let mut pools_of_reason: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
    for pool in &sharing.pools {
        for (workload, reason) in &pool.pooling.left_out {
            let pools = pools_of_reason.entry((*workload, reason.to_string())).or_default();
            pools.push(title(pool.written));
        }
    }
    let workloads = pools_of_reason.into_iter().filter_map(|((workload, reason), pools)| {
        let name = &sharing.fleet.entries.get(workload)?.problem.workload.name;
        Some(format!("{name} is not in the pool of {}: {reason}", pools.join(", ")))
    });
    let no_pools = sharing.pools.iter().filter_map(|pool| {
        let reason = pool.pooling.pool.as_ref().err().filter(|reason| **reason != NoPool::Empty)?;
        Some(format!("There is no pool of {}: {reason}", title(pool.written)))
    });
    workloads.chain(no_pools).collect()
}

fn workloads(sharing: &SharedPools<'_, '_>) -> Table {
    let mut table = Table::new(vec![
        Column::grouping("workload"),
        Column::words("pool", 0),
        Column::numbers("replicas", 0),
        Column::numbers("vCPU each", 2),
        Column::numbers("memory each", 3),
        Column::numbers("share", 4),
        Column::numbers("$/month", 0),
        Column::numbers("apart", 0),
    ]);
    for (workload, entry) in sharing.fleet.entries.iter().enumerate() {
        for pool in &sharing.pools {
            let mut cells = vec![Cell::new(&entry.problem.workload.name), Cell::new(title(pool.written))];
            cells.extend(match pool.part_of(workload) {
                Some(part) => part_cells(part),
                None => (0..6).map(|_| Cell::new(NONE)).collect(),
            });
            table.row(cells);
        }
    }
    table
}

fn part_cells(part: &PoolShare) -> Vec<Cell> {
    let each = part.replicas.each;
    vec![
        whole(part.replicas.count as f64).into(),
        significant(each.millicores as f64 / 1000.0).into(),
        memory(each.mebibytes as f64 * MIB).into(),
        percent(part.share).into(),
        usd(part.allocated_usd_per_month).into(),
        part.own_usd_per_month.map_or(NONE.to_owned(), usd).into(),
    ]
}

/// One thing that the pools say.
pub struct Finding {
    /// What about.
    pub about: &'static str,
    /// In words.
    pub text: String,
}

/// What sharing saves as it is written today, and what other libraries and languages save then.
pub fn findings(sharing: &SharedPools<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some((today, pool)) =
        sharing.as_today().and_then(|today| Some((today, today.pooling.pool.as_ref().ok()?)))
    else {
        return findings;
    };
    findings.push(Finding { about: "Sharing", text: worth_of_sharing(sharing, today, pool) });
    findings.extend(sharing.small.as_deref().and_then(|small| worth_of_small(small, today)));
    if let Some(change) = sharing.best_libraries().filter(|change| change.saves_usd_per_month > 0.0) {
        findings.push(Finding { about: "Libraries", text: worth_of(sharing, change) });
    }
    if let Some(change) = sharing.best_rewrite() {
        findings.push(Finding { about: "Languages", text: worth_of_rewrite(sharing, today, pool, change) });
    }
    findings
}

fn worth_of_sharing(sharing: &SharedPools<'_, '_>, today: &FleetPool<'_>, pool: &Pool<'_>) -> String {
    let shared = format!(
        "As written today, {} on a shared pool of {}",
        plural(today.parts.len() as u64, "workload"),
        nodes(pool)
    );
    let bill = usd(pool.usd_per_month);
    let bound = match pool.nodes() - pool.least_nodes {
        0 => "no packing has fewer nodes".to_owned(),
        _ => format!("no packing has fewer than {} nodes", whole(pool.least_nodes as f64)),
    };
    let bound = match pool.least_usd_per_month < pool.usd_per_month {
        true => format!("{bound}, and no pool of one type costs less than {}", usd(pool.least_usd_per_month)),
        false => format!("{bound}, and no pool of one type costs less"),
    };
    let Some(own) = today.own_usd_per_month else {
        return format!(
            "{shared} cost {bill} a month; {bound}. Not all have a plan on machines of their own."
        );
    };
    let saves = own - pool.usd_per_month;
    let worth = match micro_usd(own).cmp(&micro_usd(pool.usd_per_month)) {
        Ordering::Greater => format!("Sharing saves {} and changes no code", amount(saves, sharing)),
        Ordering::Equal => "Sharing all saves nothing: it costs the same".to_owned(),
        Ordering::Less => format!("Sharing all saves nothing: it costs {} more", usd(-saves)),
    };
    format!(
        "{shared} cost {bill} a month, on machines of their own {}. {worth}. Of this type {bound}.",
        usd(own)
    )
}

/// What it gives to leave large workloads apart. `all` is the pool of all, as they are written today.
fn worth_of_small(small: &SharedPools<'_, '_>, all: &FleetPool<'_>) -> Option<Finding> {
    let today = small.as_today()?;
    let pool = today.pooling.pool.as_ref().ok()?;
    let own = today.own_usd_per_month?;
    let saves = own - pool.usd_per_month;
    let worth = match micro_usd(own).cmp(&micro_usd(pool.usd_per_month)) {
        Ordering::Greater => format!("saves {}", amount(saves, small)),
        Ordering::Equal => "costs the same".to_owned(),
        Ordering::Less => format!("costs {} more", usd(-saves)),
    };
    let in_all = all.own_usd_per_month.map_or(String::new(), |all| {
        format!("; with the others apart that makes {} for all", usd(all - saves))
    });
    let rewritten = small.best_rewrite().filter(|change| change.saves_usd_per_month > 0.0);
    let rewritten = rewritten.map_or("No other language makes that pool cheaper.".to_owned(), |change| {
        format!(
            "With these in {} the pool costs {} ({}): {} a month less for each of them.",
            change.runtime.name,
            usd(change.pool.usd_per_month),
            nodes(change.pool),
            usd(change.saves_each_usd_per_month()),
        )
    });
    let text = format!(
        "{} need no more than the {} that the policy wants in any case. To share only these, as written today, {worth}: \
         {} for {} in place of {}{in_all}. {rewritten}",
        plural(today.parts.len() as u64, "workload"),
        plural(u64::from(small.fleet.policy.min_instances), "instance"),
        usd(pool.usd_per_month),
        nodes(pool),
        usd(own),
    );
    Some(Finding { about: "The small", text })
}

fn worth_of(sharing: &SharedPools<'_, '_>, change: PoolChange<'_, '_>) -> String {
    let least = sharing.fleet.terms.min_saving_usd_per_month;
    let each = change.saves_each_usd_per_month();
    let reaches = match each >= least {
        true => "which reaches",
        false => "below",
    };
    let besides = match change.besides {
        0 => String::new(),
        more => format!(", with {} more in it", plural(more as u64, "workload")),
    };
    format!(
        "With all in {} the pool costs {} ({}{besides}), {} less. For each of the {} to be changed that is {} a month, \
         {reaches} the {} that a change of code has to be worth.",
        change.runtime.name,
        usd(change.pool.usd_per_month),
        nodes(change.pool),
        amount(change.saves_usd_per_month, sharing),
        plural(change.changed as u64, "workload"),
        usd(each),
        usd(least),
    )
}

fn worth_of_rewrite(
    sharing: &SharedPools<'_, '_>,
    today: &FleetPool<'_>,
    pool: &Pool<'_>,
    change: PoolChange<'_, '_>,
) -> String {
    if change.saves_usd_per_month <= 0.0 {
        return format!(
            "A rewrite of everything saves nothing: in {} the pool costs {}.",
            change.runtime.name,
            usd(change.pool.usd_per_month)
        );
    }
    let text = worth_of(sharing, change);
    let sharing_saves = today.own_usd_per_month.map_or(0.0, |own| own - pool.usd_per_month);
    let below = change.saves_each_usd_per_month() < sharing.fleet.terms.min_saving_usd_per_month;
    match below && sharing_saves > change.saves_usd_per_month {
        true => format!("{text} Once machines are shared, the language is not what costs."),
        false => text,
    }
}

/// Dollars a month, also in engineers' days.
fn amount(saves: f64, sharing: &SharedPools<'_, '_>) -> String {
    format!("{} a month ({})", usd(saves), days(saves / sharing.fleet.terms.day_rate_usd))
}

fn notes(sharing: &SharedPools<'_, '_>) -> Vec<String> {
    let reserve = &sharing.reserve;
    let mut notes = vec![
        format!(
            "Each node keeps {} vCPUs and {} for its system and DaemonSets, and has {} replicas at most; CPU and \
             memory are what replicas ask for of the rest. at least: no packing on this type has fewer nodes. apart: \
             on machines of their own.",
            significant(reserve.cores),
            memory(reserve.memory_bytes),
            whole(f64::from(reserve.replicas)),
        ),
        "Replicas ask for their own peak at the same time. p99 is planned as if each had its vCPUs to itself; a \
         neighbour's burst is not in it."
            .into(),
        format!(
            "{} `tonnage plan` without --pool tells what to do with machines of their own.",
            match sharing.fleet.policy.survive_zone_loss {
                true => "Of one workload, no zone has more replicas than the zone rule takes to be lost with it.",
                false => "No zone has to be survived, so nodes may be in any, and are packed as if in one.",
            }
        ),
    ];
    notes.extend(places(sharing));
    notes.extend(not_measured(sharing.fleet));
    notes
}

/// Where the pools are, when there was more than one place to choose from.
fn places(sharing: &SharedPools<'_, '_>) -> Option<String> {
    let found = sharing.pools.iter().filter_map(|pool| Some((pool, pool.pooling.pool.as_ref().ok()?)));
    let each: Vec<String> =
        found.map(|(pool, found)| format!("{} in {}", title(pool.written), place(found.machine))).collect();
    let several = super::plan::regions(sharing.fleet) > 1;
    (several && !each.is_empty()).then(|| format!("Pools are where they cost least: {}.", each.join("; ")))
}
