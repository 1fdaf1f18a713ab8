//! A plan in pictures: from today's bill to the planned one, and a workload in each runtime.

use super::action::action;
use super::decision::Decision;
use super::totals::Totals;
use crate::report::chart::{Axis, Bar, Bars, Chart, Kind, Part, Plot};
use crate::report::chart::{BLUE, GRAY, GREEN, ORANGE, PURPLE, not_drawn, told};
use crate::report::column::Unit;
use crate::report::figures::{NOTHING_USD, memory, usd};
use std::collections::BTreeMap;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::plan::Plan;
use tonnage_model::ranked::greatest_first;
use tonnage_model::runtime::Runtime;

/// From today's bill to the planned one by action; nothing where no bill of today is known, or nothing changes it.
pub fn waterfall(decisions: &[Decision<'_, '_>], totals: &Totals) -> Option<Chart> {
    let mut all: BTreeMap<String, Totals> = BTreeMap::new();
    for decision in decisions.iter().filter(|it| it.saves().is_some_and(|saves| saves.abs() >= NOTHING_USD)) {
        let action = action(decision);
        let action = action.split(';').next().unwrap_or_default();
        all.entry(action.to_owned()).or_default().add(decision);
    }
    let less = |it: &Totals| it.today - it.planned;
    let mut all: Vec<(String, Totals)> = all.into_iter().collect();
    greatest_first(&mut all, |(_, it)| less(it));
    let mut level = totals.today;
    let mut bars = vec![Bar::of("Today", totals.today, usd(totals.today))];
    for (action, saved) in &all {
        let mut parts = Vec::new();
        for (kind, amount) in (1..).zip([saved.checked, saved.to_be_checked, -saved.costs_more]) {
            if amount != 0.0 {
                parts.push(Part { kind, from: level, to: level - amount });
            }
            level -= amount;
        }
        let title = format!("{action} ({})", saved.workloads);
        bars.push(Bar { title, parts, figure: usd(-less(saved)), ..Bar::default() });
    }
    let about =
        format!("Changes of the bill by action (of so many workloads): {}.", told(&bars[1..]).join(", "));
    bars.push(Bar { decides: true, ..Bar::of("Planned", totals.planned, usd(totals.planned)) });
    let kinds = vec![
        Kind::sure("", GRAY),
        Kind::sure("saved, checked", GREEN),
        Kind::unsure("saved, to be checked", BLUE),
        Kind::sure("costs more", ORANGE),
    ];
    let left_out = decisions.iter().filter(|it| it.bills().is_none()).map(|it| it.name());
    let note = not_drawn("as it is open or has no bill of today", left_out);
    let from = if totals.is_part() { "What is decided: from" } else { "From" };
    (!all.is_empty()).then(|| Chart {
        name: "waterfall",
        title: format!("{from} {} a month today to {} planned", usd(totals.today), usd(totals.planned)),
        about,
        note,
        plot: Plot::Bars(Bars { axis: Axis::usd_per_month(), kinds, bars, rule: None }),
    })
}

/// Runtimes that have no bar.
fn infeasible(entry: &PlannedWorkload<'_>) -> String {
    let without = entry.plans.iter().filter(|(_, plan)| plan.is_err());
    not_drawn("as there is no plan", without.map(|(runtime, _)| &runtime.name))
}

fn feasible<'p>(entry: &'p PlannedWorkload<'_>) -> impl Iterator<Item = (usize, &'p Runtime, &'p Plan<'p>)> {
    let plans = entry.plans.iter().enumerate();
    plans.filter_map(|(index, (runtime, plan))| Some((index, *runtime, plan.as_ref().ok()?)))
}

/// What a workload costs in each runtime, with P10 and P90 where it was sampled.
pub fn runtimes(entry: &PlannedWorkload<'_>) -> Option<Chart> {
    let name = &entry.problem.workload.name;
    let today = entry.recommendation.today_usd_per_month;
    let chosen = entry.recommendation.chosen.as_ref().map(|plan| &plan.runtime.name);
    let bar = |(index, runtime, plan): (usize, &Runtime, &Plan<'_>)| {
        let risk = entry.risk.as_ref().and_then(|risk| risk.runtimes.get(index));
        let range = risk.and_then(|it| it.usd_per_month.p10.zip(it.usd_per_month.p90));
        let sampled =
            range.map_or_else(String::new, |(low, high)| format!(" ({} to {})", usd(low), usd(high)));
        let figure = usd(plan.usd_per_month) + &sampled;
        let decides = chosen == Some(&runtime.name);
        Bar { range, decides, ..Bar::of(&runtime.name, plan.usd_per_month, figure) }
    };
    let bars: Vec<Bar> = feasible(entry).map(bar).collect();
    let range = if entry.risk.is_some() { ", with P10 to P90" } else { "" };
    let today = today.map(|usd_per_month| Bar {
        parts: vec![Part { kind: 1, from: 0.0, to: usd_per_month }],
        ..Bar::of("today", usd_per_month, usd(usd_per_month))
    });
    (!bars.is_empty()).then(|| Chart {
        name: "runtimes",
        title: format!("{name}: the bill in each runtime{range}"),
        about: format!("USD a month: {}.", told(&bars).join(", ")),
        note: infeasible(entry),
        plot: Plot::Bars(Bars {
            axis: Axis::usd_per_month(),
            kinds: vec![Kind::sure("", BLUE), Kind::sure("", GRAY)],
            bars: bars.into_iter().chain(today).collect(),
            rule: None,
        }),
    })
}

/// What all instances hold by its parts, in each runtime.
pub fn memory_of(entry: &PlannedWorkload<'_>) -> Option<Chart> {
    let bar = |(_, runtime, plan): (usize, &Runtime, &Plan<'_>)| {
        let (it, instances) = (plan.memory(), plan.count.instances as f64);
        let mut level = 0.0;
        let mut part = |kind: usize, bytes: f64| {
            let from = level;
            level += bytes * instances;
            Part { kind, from, to: level }
        };
        let processes = it.processes + it.working;
        let parts =
            vec![part(0, processes), part(1, it.state), part(2, it.in_flight), part(3, it.read_ahead)];
        let [steady, peak] = [it.steady(), it.peak()].map(|bytes| memory(bytes * instances));
        let figure = if steady == peak { peak } else { format!("{steady}, full {peak}") };
        Bar { title: runtime.name.clone(), parts, figure, ..Bar::default() }
    };
    let bars: Vec<Bar> = feasible(entry).map(bar).collect();
    let kinds = vec![
        Kind::sure("processes", BLUE),
        Kind::sure("state", PURPLE),
        Kind::sure("in flight", GREEN),
        Kind::unsure("read ahead of a backlog", ORANGE),
    ];
    (!bars.is_empty()).then(|| Chart {
        name: "memory",
        title: format!("{}: memory of all instances by part", entry.problem.workload.name),
        about: format!("Steady memory, and with full queues: {}.", told(&bars).join("; ")),
        note: infeasible(entry),
        plot: Plot::Bars(Bars { axis: Axis::new("memory", Unit::Memory), kinds, bars, rule: None }),
    })
}
