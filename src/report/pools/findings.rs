//! What sharing, other libraries and other languages are worth, in words.

use super::rows::{ShareRow, title};
use crate::report::column::{Column, columns};
use crate::report::figures::{SAME_BILL, more, plural, reaches, usd, whole};
use crate::report::plan::plans::place;
use std::cmp::Reverse;
use tonnage_model::catalog::{Home, USUAL_ARCH};
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::machine::Machine;
use tonnage_model::scenario::pool::choice::Pool;
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::scenario::shared_pools::{FleetPool, PoolChange, SharedPools};

/// What the pools say about one question.
pub struct Finding {
    /// The question.
    pub about: &'static str,
    /// Where the pools are.
    pub place: String,
    /// The answer.
    pub sentence: String,
}

/// Columns of `findings`: what sharing, libraries and languages are worth.
pub fn columns() -> Vec<Column<Finding>> {
    columns! { Finding, it;
        "about" ["about" Word Always], "What about" => it.about;
        "place" ["place" Word Always], "Cloud and region of the pools" => &it.place;
        "sentence" ["finding" Word Always], "What the pools say" => &it.sentence;
    }
}

/// `aws eu-west-1`, `aws eu-west-1 arm64`; with how nodes are paid for, where rows say it, `aws eu-west-1 spot`.
pub(super) fn whereabouts(machine: &Machine, pools: Home<'_>) -> String {
    let arch = Some(machine.arch.as_str()).filter(|arch| !matches!(*arch, "" | USUAL_ARCH));
    let more = arch.into_iter().chain(pools.purchase.map(|it| it.word()));
    more.fold(place(machine), |told, word| format!("{told} {word}"))
}

/// `6 x c8a.4xlarge`.
pub(super) fn nodes(pool: &Pool<'_>) -> String {
    format!("{} x {}", whole(pool.nodes() as f64), pool.machine.instance_type)
}

/// `$115 less than`, where so much is saved.
pub(super) fn against(saves_usd_per_month: f64) -> String {
    match micro_usd(saves_usd_per_month.abs()) {
        0 => "as much as on".to_owned(),
        _ if saves_usd_per_month > 0.0 => format!("{} less than on", usd(saves_usd_per_month)),
        _ => format!("{} more than on", usd(-saves_usd_per_month)),
    }
}

/// Places that a sentence names; of more the table tells.
const MOST_PLACES: usize = 3;

/// What pools cost beside dedicated machines, and each of them where some cost less and others more.
pub(super) fn beside_dedicated(found: &[(&FleetPool<'_>, &Pool<'_>)], rules: &PoolRules) -> Option<String> {
    let saves = |(today, pool): &(&FleetPool<'_>, &Pool<'_>)| {
        Some((whereabouts(pool.machine, today.place), today.own_usd_per_month? - pool.usd_per_month))
    };
    let saves = found.iter().map(saves).collect::<Option<Vec<_>>>()?;
    let of_types = if rules.node_types.is_empty() { "" } else { " of these types" };
    let is_mixed = saves.len() <= MOST_PLACES
        && [1.0, -1.0].iter().all(|sign| saves.iter().any(|(_, it)| sign * it >= SAME_BILL));
    let each = saves.iter().map(|(place, saves)| format!("{} in {place}", more(-saves)));
    let each = if is_mixed { format!(" ({})", each.collect::<Vec<_>>().join(", ")) } else { String::new() };
    let all = against(saves.iter().map(|(_, saves)| saves).sum());
    Some(format!("{all} dedicated machines{of_types}{each}"))
}

/// What `plan` decides for the workloads that are pooled, USD a month, and why that is another sum than on dedicated machines.
pub(super) fn beside_plan(
    found: &[(&FleetPool<'_>, &Pool<'_>)],
    decided: Option<f64>,
    rules: &PoolRules,
) -> Option<String> {
    let own: f64 = found.iter().map(|(today, _)| today.own_usd_per_month).sum::<Option<f64>>()?;
    let decided = decided.filter(|decided| (own - decided).abs() >= SAME_BILL)?;
    let why = match rules.node_types.is_empty() {
        true => "keeps what runs where a change is not worth it, and counts the changes that it recommends",
        false => "takes machines of any type",
    };
    Some(format!(
        "Dedicated machines for each workload alone: {} a month. `tonnage plan` comes to {} for the same workloads: it {why}.",
        usd(own),
        usd(decided)
    ))
}

/// `, $91 more than today's $1,629`: the sum of today's bills, where all are known, how much of it is of workloads without a verdict,
/// and whether all that is measured which savings rest on.
pub fn beside_today(
    usd_per_month: f64,
    today: impl Iterator<Item = (Option<f64>, bool)> + Clone,
    undecided: f64,
) -> Option<String> {
    let are_checked = today.clone().all(|(_, is_checked)| is_checked);
    let today: f64 = today.map(|(usd, _)| usd).sum::<Option<f64>>()?;
    let saves = usd_per_month - today;
    let open = if saves <= -SAME_BILL && !are_checked { ", still to be checked" } else { "" };
    let of_it = match undecided > 0.0 {
        true => format!(" ({} of it without a verdict)", usd(undecided)),
        false => String::new(),
    };
    Some(format!("{} than today's {}{of_it}{open}", more(saves), usd(today)))
}

/// What pods are paid beside today's bills, of which those that are kept cost what they cost today, whatever nodes would; and what all
/// are paid so, USD a month.
pub(super) fn pods_beside_today<'r, 's: 'r, 'f: 's, 'a: 'f>(
    usd_per_month: f64,
    rows: impl Iterator<Item = &'r ShareRow<'s, 'f, 'a>> + Clone,
) -> (f64, Option<String>) {
    let kept = rows.clone().filter(|it| it.entry.pods_kept().is_some());
    let spared = kept.clone().filter_map(|it| {
        Some(it.share()?.allocated_usd_per_month - it.entry.recommendation.today_usd_per_month?)
    });
    let paid = usd_per_month - spared.sum::<f64>();
    let entries = rows.map(|it| it.entry);
    let open = entries.clone().map(|it| &it.recommendation).filter(|it| !it.has_verdict());
    let open = open.filter_map(|it| it.today_usd_per_month).sum();
    let today =
        entries.clone().map(|it| (it.recommendation.today_usd_per_month, it.is_checked_in_containers()));
    let (all, kept) = (entries.count(), kept.count());
    let than = beside_today(paid, today, open).map(|than| match kept {
        0 => than,
        _ if kept == all => format!("all kept at today's {}", usd(paid)),
        _ => format!("{than} with {kept} kept as they are"),
    });
    (paid, than)
}

/// What saves a smaller share of a pool's bill is not worth a sentence.
const LEAST_SHARE: f64 = 0.01;

/// What sharing small workloads alone saves as they are written today, and what other libraries and languages save in the pool of all.
pub(super) fn findings(sharing: &SharedPools<'_, '_>) -> Vec<Finding> {
    let replicas = sharing.as_today().zip(sharing.anew.as_ref());
    let replicas = replicas.and_then(|(today, anew)| on_replicas(today, anew));
    let found = sharing.before_change().and_then(|today| Some((today, today.found()?)));
    let Some((today, pool)) = found else { return in_others(sharing).into_iter().collect() };
    let small =
        sharing.small.as_deref().zip(sharing.as_today()).and_then(|(small, all)| on_small(small, all));
    let counts = |it: &PoolChange<'_, '_>| it.saves_usd_per_month > LEAST_SHARE * pool.usd_per_month;
    let libraries = sharing.best_libraries().filter(counts);
    let languages = sharing.best_rewrite().filter(counts);
    let said = [
        ("Small workloads", small),
        ("Replicas", replicas),
        ("Libraries", libraries.map(|change| on_change(sharing, change))),
        ("Languages", languages.map(|change| on_rewrite(sharing, today, pool, change))),
    ];
    let place = whereabouts(pool.machine, sharing.place);
    let finding = |(about, sentence): (_, Option<_>)| {
        Some(Finding { about, place: place.clone(), sentence: sentence? })
    };
    said.into_iter().filter_map(finding).collect()
}

/// The pool in another runtime that has most workloads and then costs least, where none has them as they are written today.
fn in_others(sharing: &SharedPools<'_, '_>) -> Option<Finding> {
    let others = sharing.pools.iter().filter_map(|it| Some((it, it.found()?)));
    let rank =
        |(it, pool): &(&FleetPool<'_>, &Pool<'_>)| (Reverse(it.parts.len()), micro_usd(pool.usd_per_month));
    let (it, pool) = others.min_by_key(rank)?;
    Some(Finding {
        about: "Languages",
        place: whereabouts(pool.machine, sharing.place),
        sentence: format!(
            "no pool carries today's runtimes; in {} that of {} costs {} a month ({}).",
            title(it.written),
            plural(it.parts.len() as u64, "workload"),
            usd(pool.usd_per_month),
            nodes(pool)
        ),
    })
}

/// What it gives to share small workloads only. `all` is the pool of all, as they are written today.
fn on_small(small: &SharedPools<'_, '_>, all: &FleetPool<'_>) -> Option<String> {
    let today = small.as_today()?;
    let pool = today.found()?;
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
    Some(format!(
        "{} run on the minimum of {}. A pool of only these ({}) costs {} a month, {} dedicated machines{in_all}. \
         {rewritten}",
        plural(today.parts.len() as u64, "workload"),
        plural(u64::from(small.fleet.policy.min_instances), "instance"),
        nodes(pool),
        usd(pool.usd_per_month),
        against(saves),
    ))
}

/// What other numbers of replicas cost, and save of a pool that keeps those that run, where there is one.
fn on_replicas(today: &FleetPool<'_>, anew: &FleetPool<'_>) -> Option<String> {
    let cheaper = anew.found()?;
    let others = anew.parts.iter().filter(|part| {
        today.part_of(part.workload).is_none_or(|kept| kept.replicas.running != part.replicas.running)
    });
    let (pods, count) = others.fold((0, 0), |(pods, count), it| (pods + it.replicas.running, count + 1));
    let (pods, workloads) = (plural(pods, "pod"), plural(count, "workload"));
    let costs = format!("costs {} a month ({})", usd(cheaper.usd_per_month), nodes(cheaper));
    let Some(kept) = today.found() else {
        return Some(format!("no pool carries the pods that run; with {pods} for {workloads} it {costs}."));
    };
    let saves = kept.usd_per_month - cheaper.usd_per_month;
    let reaches = saves > LEAST_SHARE * kept.usd_per_month && count > 0;
    reaches.then(|| format!("with {pods} for {workloads} the pool {costs}, {} less.", usd(saves)))
}

fn on_change(sharing: &SharedPools<'_, '_>, change: PoolChange<'_, '_>) -> String {
    let least = usd(sharing.fleet.terms.min_saving_usd_per_month);
    let each = change.saves_each_usd_per_month();
    let verdict = match reaches(each, sharing.fleet.terms.min_saving_usd_per_month) {
        true => format!("at least min_saving ({least})"),
        false => format!("less than min_saving ({least})"),
    };
    let than = if sharing.anew.is_some() { " than with other numbers of pods" } else { "" };
    let besides = match change.besides {
        0 => String::new(),
        more => format!(", with {} more on it", plural(more as u64, "workload")),
    };
    format!(
        "in {} the pool costs {} a month ({}{besides}), {} less{than}. That is {} a month for {} to change, {verdict}.",
        change.runtime.name,
        usd(change.pool.usd_per_month),
        nodes(change.pool),
        usd(change.saves_usd_per_month),
        usd(each),
        match change.changed {
            1 => "the one workload".to_owned(),
            many => format!("each of {}", plural(many as u64, "workload")),
        },
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
    let below = !reaches(change.saves_each_usd_per_month(), sharing.fleet.terms.min_saving_usd_per_month);
    match below && sharing_saves > change.saves_usd_per_month {
        true => format!("{text} Sharing saves more here: {}.", usd(sharing_saves)),
        false => text,
    }
}
