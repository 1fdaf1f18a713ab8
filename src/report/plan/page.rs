//! A plan with all that it rests on, for a page: first the answer, then each workload with its arithmetic.

use super::by_runtime;
use super::charts::{memory_of, runtimes, waterfall};
use super::decision::Decision;
use super::details;
use super::next_steps;
use super::notes;
use super::overview;
use super::rests;
use super::totals::Totals;
use crate::report::chart::Chart;
use crate::report::column::Unit;
use crate::report::document::{Document, Figure, Table};
use crate::report::explain::{Explained, explanations};
use crate::report::figures::{NOTHING_USD, percent, plural, usd};
use crate::report::p99;
use crate::report::records::Records;
use crate::report::sensitivity;
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::uncertain::sensitivity::of_fleet;

/// Workloads that are explained each by itself: with more, a page takes long to open, and those that follow save least.
const MOST_EXPLAINED: usize = 60;

/// Up to so many all have their arithmetic in the file; of more, some, and the page works out the others once somebody opens
/// them: so that a usual fleet stays under 1 MB.
const FEW: usize = 12;
const OF_MANY: usize = 10;

/// What stands in a fold that is not wanted.
const LATER: &str = "Worked out when this is opened with scripts allowed; or `tonnage explain NAME FILE`.";

/// The fold of what moves the saving, which takes as long as many plans.
const MOVES: &str = "What moves the saving";

/// The page as it is written, with those that have most at stake.
pub fn as_written(fleet: &Fleet<'_>, heading: &str, flags: &str) -> Document {
    let decisions = overview::sorted(fleet);
    let at_once = if decisions.len() <= FEW { FEW } else { OF_MANY };
    let first: Vec<&str> = decisions.iter().take(at_once).map(Decision::name).collect();
    document(fleet, heading, flags, &|name| name == MOVES || first.contains(&name))
}

/// The whole page, with all of the workloads that are wanted.
pub fn document(fleet: &Fleet<'_>, heading: &str, flags: &str, is_wanted: &dyn Fn(&str) -> bool) -> Document {
    let decisions = overview::sorted(fleet);
    let totals = Totals::of(&decisions);
    let mut document = Document::default();
    let answer = overview::bills(&totals);
    let [title, beside] = match answer.trim_end_matches('.') {
        "" => [heading, ""],
        answer => [answer, heading],
    };
    document.heading(title);
    document.figures(figures(&decisions, &totals, fleet.terms));
    document.paragraph(beside);
    document.paragraph(overview::beside(&decisions, &totals));
    let signs = [&overview::legend(&decisions, usize::MAX), overview::unmeasured(&decisions)].join(" ");
    document.paragraph(signs.trim());
    next_steps::tell(&mut document, fleet, &decisions, &totals, flags);
    let mut bill = Document::default();
    bill.chart(waterfall(&decisions, &totals));
    bill.chart(by_runtime::chart(fleet));
    if totals.saves() >= NOTHING_USD {
        let moved = if is_wanted(MOVES) { moved(&decisions, &totals) } else { later() };
        bill.fold(MOVES, "", moved);
    }
    if !bill.blocks.is_empty() {
        document.heading("The bill");
        document.blocks.append(&mut bill.blocks);
    }
    document.heading("Fleet");
    document.table(table(&decisions));
    overview::assumed_of_all(&decisions).into_iter().for_each(|said| document.paragraph(said));
    document.heading("Workloads");
    let left_out = decisions.len().saturating_sub(MOST_EXPLAINED);
    if left_out > 0 {
        document.paragraph(format!(
            "Those with most at stake; {} more: `tonnage explain NAME FILE`.",
            plural(left_out as u64, "workload")
        ));
    }
    for decision in decisions.iter().take(MOST_EXPLAINED) {
        let within = if is_wanted(decision.name()) { workload(fleet, decision) } else { later() };
        document.fold(decision.name(), saved(decision), within);
    }
    document.heading("What the figures rest on");
    document.list(notes::not_measured(fleet).into_iter().collect());
    document.paragraph(p99::note());
    document.paragraph(overview::commands(&decisions, flags));
    document
}

/// What moves the saving of the workloads that change.
fn moved(decisions: &[Decision<'_, '_>], totals: &Totals) -> Document {
    let changed = decisions.iter().filter(|it| it.saves().is_some() && it.as_planned().is_some());
    let changed: Vec<_> = changed.map(|it| it.entry).collect();
    let mut document = Document::default();
    document.chart(sensitivity::chart_of_fleet(
        &of_fleet(&changed),
        totals.saves(),
        totals.checked - totals.costs_more,
    ));
    document.paragraph(format!(
        "Plans of {} made again with each number at its P10 and its P90, all others at their medians. Hollow: not measured.",
        plural(changed.len() as u64, "changed workload")
    ));
    document
}

/// What is made once somebody opens it.
fn later() -> Document {
    let mut document = Document::default();
    document.paragraph(LATER);
    document
}

/// The decisions, with money beside the names and what to do behind it: a phone shows the first columns.
fn table(decisions: &[Decision<'_, '_>]) -> Table {
    let mut columns = overview::columns_of_tables();
    columns.sort_by_key(|it| match (it.heading.name, it.heading.unit) {
        ("workload", _) => 0,
        (_, Unit::Usd) => 1,
        ("action", _) => 2,
        _ => 3,
    });
    Records::of("decisions", &columns, decisions).table()
}

/// From today's bill to the planned one, and all workloads in each runtime; of one workload its own.
pub fn charts(fleet: &Fleet<'_>) -> Vec<Chart> {
    let decisions = overview::sorted(fleet);
    let of_fleet = [waterfall(&decisions, &Totals::of(&decisions)), by_runtime::chart(fleet)];
    match fleet.entries.as_slice() {
        [only] => [runtimes(only), memory_of(only)].into_iter().flatten().collect(),
        _ => of_fleet.into_iter().flatten().collect(),
    }
}

/// The bills and what is saved, as far as these are known.
fn figures(decisions: &[Decision<'_, '_>], totals: &Totals, terms: Terms) -> Vec<Figure> {
    let (is_decided, is_part) = (totals.workloads > 0, totals.is_part());
    let less = 1.0 - totals.planned / totals.today;
    let less = if less >= 0.005 { format!(", {} less", percent(less)) } else { String::new() };
    let of = if is_part { format!("for the {} decided", usd(totals.today)) } else { "a month".to_owned() };
    let planned = of + &less;
    let [unchecked, more] = [totals.to_be_checked, totals.costs_more];
    let traffic = totals.traffic_in_a_step(terms);
    let with_it = format!("by reading within zones; {} in all", usd(totals.saves() + traffic));
    let figures = [
        (is_decided || is_part, "Today", totals.paid(), "a month"),
        (is_part, "Open", totals.open, "of today, until its questions are answered"),
        (is_decided, "Planned", totals.planned, &planned),
        (is_decided, "Saved, checked", totals.checked, "against measured CPU"),
        (unchecked >= NOTHING_USD, "Saved, to be checked", unchecked, &to_be_checked(decisions, unchecked)),
        (traffic >= NOTHING_USD, "Traffic saved, up to", traffic, &with_it),
        (more >= NOTHING_USD, "Costs more", more, "needs more than runs today"),
    ];
    let known = figures.into_iter().filter(|(is_known, ..)| *is_known);
    let figure = |(_, title, value, remark): (bool, &str, f64, &str)| Figure {
        title: title.to_owned(),
        value: usd(value),
        remark: remark.to_owned(),
    };
    known.map(figure).collect()
}

/// From what to what a saving goes that is to be checked, and on what it rests: `$0 to $1,532; rests on CPU in use (1), batches (3)`.
fn to_be_checked(decisions: &[Decision<'_, '_>], saves: f64) -> String {
    let unchecked = || decisions.iter().filter(|it| it.check() == Some(Standing::Unchecked));
    let sampled = |it: &Decision<'_, '_>| {
        let (plan, risk) = it.as_planned().zip(it.entry.risk.as_ref())?;
        let bill = risk.runtimes.iter().find(|risk| risk.runtime == plan.runtime.name)?.usd_per_month;
        let today = it.bills()?.0;
        Some((today - bill.p90?, today - bill.p10?))
    };
    let sampled: Option<Vec<(f64, f64)>> = unchecked().map(sampled).collect();
    let range = sampled.map_or_else(
        || format!("{} to {}", usd(0.0), usd(saves)),
        |ends| {
            let [low, high] = [ends.iter().map(|it| it.0).sum(), ends.iter().map(|it| it.1).sum()].map(usd);
            format!("P10 {low}, P90 {high}")
        },
    );
    format!("{range}; rests on {}", rests::told(&rests::of(decisions)))
}

/// `saves $2,712?`, as in the table.
fn saved(decision: &Decision<'_, '_>) -> String {
    let it = &decision.entry.recommendation;
    let bill = || it.usd_per_month.or(it.today_usd_per_month).map(|bill| format!("{} a month", usd(bill)));
    decision.saving().or_else(bill).unwrap_or_default()
}

/// One workload: what is said of it, then every number with its arithmetic.
fn workload(fleet: &Fleet<'_>, decision: &Decision<'_, '_>) -> Document {
    let entry = decision.entry;
    let mut document = Document::default();
    document.paragraph(details::load(entry));
    if entry.recommendation.baseline.is_contradictory() {
        details::tell(&mut document, decision);
        return document;
    }
    document.chart(runtimes(entry));
    let explanations = explanations(entry, fleet);
    let explained = Explained::new(entry, fleet, &explanations, None, false);
    document.chart(explained.of_decision());
    document.chart(memory_of(entry));
    details::tell(&mut document, decision);
    document.blocks.extend(explained.arithmetic().blocks);
    document
}
