//! The options of a workload, from a right count of the same machines to another language, and what each gives.

use super::decision::Decision;
use super::paid::share_of_list;
use crate::report::column::{Column, Records, Value, columns};
use crate::report::figures::{listed, percent, usd};
use crate::report::p99;
use tonnage_model::decide::alternative::{Alternative, AlternativeKind, Effect, Machines};
use tonnage_model::decide::families::ties;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::machine::Purchase;

/// A change that a workload may make.
pub struct OptionRow<'e, 'a> {
    entry: &'e PlannedWorkload<'a>,
    option: Alternative,
}

/// Columns of an option.
#[rustfmt::skip]
pub fn columns<'e, 'a>() -> Vec<Column<OptionRow<'e, 'a>>> {
    columns! { OptionRow<'_, '_>, it;
        "kind", "Kind of change" => it.option.kind.word();
        "change" ["option" Word Always], "The change in words" => in_words(it);
        "to", "The setting or runtime to change to" => it.option.to.as_deref();
        "machines" ["machines" Word Always], "Instances and their type after this change alone" =>
            it.option.on.as_ref().map_or_else(|| Value::from("no plan").bad(), |on| on.to_string().into());
        "instances", "Instances" => it.option.on.as_ref().map(|on| on.instances);
        "instance_type", "Machine type" => it.option.on.as_ref().map(|on| &on.instance_type);
        "provider", "Cloud" => it.option.on.as_ref().map(|on| &on.provider);
        "region", "Region" => it.option.on.as_ref().map(|on| &on.region);
        "usd_per_month" ["$/month" Usd Always], "Their bill, USD a month" => it.option.usd_per_month;
        "saves_usd_per_month", "What this change alone saves, USD a month" => it.option.saves_usd_per_month;
        "saves" ["saves" Usd Always], "The same with the bill that it saves of" => saves(&it.option);
        "of_usd_per_month", "That bill, USD a month: today's for the right count, the one without client settings, that of the right count for \
            another machine type, none for traffic, else what is paid; of another purchase both are at list prices" => it.option.of_usd_per_month;
        "cpu_at_peak_before", "CPU of the machines at peak without client settings" =>
            it.option.effect.map(|effect| effect.cpu_at_peak[0]);
        "cpu_at_peak_after", "The same with them" => it.option.effect.map(|effect| effect.cpu_at_peak[1]);
        "p99_before", "p99 at peak without client settings, as a range" =>
            it.option.effect.map(|effect| p99::range(effect.p99[0]));
        "p99_after", "The same with them" => it.option.effect.map(|effect| p99::range(effect.p99[1]));
        "risk" ["risk" Word Rank(1)], "What can go wrong" => hazard_of(it);
    }
}

/// The options of a decision, least effort first.
pub fn records(decision: &Decision<'_, '_>) -> Records<'static> {
    let entry = decision.entry;
    let rows = entry.options().into_iter().map(|option| OptionRow { entry, option });
    Records::of("options", &columns(), &rows.collect::<Vec<_>>()).into_owned()
}

/// What an option saves, with the bill that it saves of: `$57 of $168`.
fn saves(option: &Alternative) -> Option<String> {
    let of = option.of_usd_per_month.map_or("traffic".to_owned(), usd);
    option.saves_usd_per_month.map(|saves| format!("{} of {of}", usd(saves)))
}

fn in_words(OptionRow { entry, option }: &OptionRow<'_, '_>) -> String {
    let by_list = share_of_list(entry).map_or("", |_| " instead of on-demand, both at list prices");
    let to = option.to.as_deref().unwrap_or_default();
    match option.kind {
        AlternativeKind::ClientSettings => match option.effect {
            Some(Effect { cpu_at_peak: [busy, eased], p99: [before, after] }) => format!(
                "{to}: CPU at peak {} instead of {}, p99 {} instead of {}",
                percent(eased),
                percent(busy),
                p99::range(after),
                p99::range(before)
            ),
            None => to.to_owned(),
        },
        AlternativeKind::Processes => {
            format!("{to} on today's machines, so that each reads fewer partitions")
        }
        AlternativeKind::RightSize => "the right count of today's machines".to_owned(),
        AlternativeKind::Purchase => format!("the plan's machines, {to}{by_list}"),
        AlternativeKind::FollowerReads => "reading from the follower in its zone".to_owned(),
        AlternativeKind::PartitionConcurrency => "one event in flight per partition, in order".to_owned(),
        AlternativeKind::Batches => {
            format!("in batches of {}, in order", to.trim_start_matches("batch_size "))
        }
        AlternativeKind::InFlight => format!("{to}, out of order"),
        AlternativeKind::Partitions => to.to_owned(),
        AlternativeKind::Library => format!("the library {to}"),
        AlternativeKind::MachineType => "another machine type".to_owned(),
        AlternativeKind::Arm => "arm machines (--any-arch)".to_owned(),
        AlternativeKind::Language => format!("another language, {to}"),
    }
}

/// What can go wrong with an option.
fn hazard_of(row: &OptionRow<'_, '_>) -> &'static str {
    let OptionRow { entry, option } = row;
    let moves = || option.on.as_ref().is_some_and(|on| on.are_elsewhere(&entry.problem));
    match option.kind {
        AlternativeKind::RightSize if option.on.is_none() => "",
        AlternativeKind::RightSize if option.saves_usd_per_month < Some(0.0) => {
            "low risk: more headroom than today"
        }
        AlternativeKind::RightSize if option.on == Machines::today(&entry.problem) => {
            "low risk: as many run today"
        }
        AlternativeKind::Purchase if option.to.as_deref() == Some(Purchase::Spot.word()) => {
            "high risk: machines are taken back at short notice"
        }
        AlternativeKind::MachineType if moves() => {
            "high risk: another cloud or region, the move itself not priced"
        }
        kind => hazard(kind, entry),
    }
}

/// What can go wrong with a kind of change, and how much.
pub fn hazard(kind: AlternativeKind, entry: &PlannedWorkload<'_>) -> &'static str {
    match kind {
        AlternativeKind::ClientSettings => "low risk: one setting, and events that wait for it",
        AlternativeKind::Processes => "low risk: one setting, and memory of each",
        AlternativeKind::RightSize => "low risk: less headroom than today, as much as the policy asks for",
        AlternativeKind::Purchase => "low risk: paid for whether it runs or not",
        AlternativeKind::FollowerReads => "low risk: settings only; needs a replica in each zone",
        AlternativeKind::PartitionConcurrency => {
            "moderate risk: code changes; order within a partition is kept"
        }
        AlternativeKind::Batches => {
            "moderate risk: code changes, if what it calls takes as many at once in the same time; an event that fails holds \
             up its batch"
        }
        AlternativeKind::InFlight if entry.problem.workload.in_flight > Some(1) => {
            "moderate risk: order is given up already, now over more events"
        }
        AlternativeKind::InFlight => "high risk: gives up order within a partition",
        AlternativeKind::Partitions => "high risk: remaps keys, so order and state by key break once",
        AlternativeKind::Library => "moderate risk: other client or codec; retest errors and rebalances",
        AlternativeKind::MachineType => "low risk: speeds of machine families are known to 15 % at best",
        AlternativeKind::Arm => "moderate risk: every wheel, library and image has to be there for arm64",
        AlternativeKind::Language => "high risk: a rewrite, and a second language to run",
    }
}

/// Machines with where they are, if that is not where the workload runs today.
pub fn located(on: &Machines, entry: &PlannedWorkload<'_>) -> String {
    elsewhere(on, entry).map_or_else(|| on.to_string(), |place| format!("{on} in {place}"))
}

/// The cloud and region of such machines.
pub fn elsewhere(on: &Machines, entry: &PlannedWorkload<'_>) -> Option<String> {
    on.are_elsewhere(&entry.problem).then(|| format!("{} {}", on.provider, on.region))
}

/// What a rewrite in another language is worth.
pub fn rewrite<'e>(decision: &Decision<'e, '_>) -> Value<'e> {
    let Some(change) = &decision.entry.recommendation.rewrite else { return Value::Missing };
    Value::Parts(vec![
        ("to", (&change.to).into()),
        ("compute_saves_usd_per_month", change.compute_saves_usd_per_month.into()),
        ("engineering_costs_usd_per_month", change.engineering_costs_usd_per_month.into()),
        ("saves_usd_per_month", change.saves_usd_per_month.into()),
        ("saves_share", change.saves_share.into()),
        ("rewrite_usd", change.rewrite_usd.into()),
        ("payback_months", change.payback_months.into()),
        ("affordable_rewrite_days", change.affordable_rewrite_days.into()),
        ("judged_usd_per_month", change.judged_usd_per_month.into()),
        ("is_worth_it", change.is_worth_it.into()),
    ])
}

/// What moving to another runtime saves over all samples; missing where nothing was sampled.
pub fn moving<'e>(decision: &Decision<'e, '_>) -> Value<'e> {
    let Some(moving) = decision.entry.risk.as_ref().and_then(|risk| risk.moving.as_ref()) else {
        return Value::Missing;
    };
    Value::Parts(vec![
        ("to", (&moving.to).into()),
        ("saves_p10", moving.saves.p10.into()),
        ("saves_p50", moving.saves.p50.into()),
        ("saves_p90", moving.saves.p90.into()),
        ("worth_it", moving.worth_it.into()),
    ])
}

/// Machine families whose cheapest plan costs about the same; only where the answer was sampled.
pub fn family_ties<'e>(decision: &Decision<'e, '_>) -> Value<'e> {
    if decision.entry.risk.is_none() {
        return Value::Missing;
    }
    let ties = ties(decision.entry);
    ties.into_iter()
        .map(|tie| {
            Value::Parts(vec![("family", tie.family.into()), ("usd_per_month", tie.usd_per_month.into())])
        })
        .collect::<Vec<_>>()
        .into()
}

/// `c6a ($187), m6a ($205) and 3 more`, at most five of them.
pub fn families_in_words(decision: &Decision<'_, '_>) -> Option<String> {
    const MOST: usize = 5;
    let ties = ties(decision.entry);
    let named = ties.iter().map(|tie| format!("{} ({})", tie.family, usd(tie.usd_per_month)));
    (!ties.is_empty()).then(|| listed(named, MOST))
}
