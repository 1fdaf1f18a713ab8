//! A workload in detail: its runtimes side by side, the options, the criteria and what the decision rests on.

use super::by_hours;
use super::decision::{Decision, rows};
use super::evidence::{criteria, evidence_in_words};
use super::notes::notes;
use super::plans;
use super::wording::sentence;
use super::{options, risk};
use crate::report::assumed;
use crate::report::document::Document;
use crate::report::figures::{event_size, per_day, percent, rate};
use crate::report::p99;
use crate::report::records::Records;
use std::slice;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::uncertain::catalog::{SPEED_UNCERTAINTY, family_name};

/// All workloads in detail.
pub fn document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    let decisions = rows(fleet);
    for decision in &decisions {
        document.heading(format!("{}: {}", decision.name(), load(decision.entry)));
        tell(&mut document, decision);
    }
    let has_p99 = |PlannedWorkload { problem, recommendation: it, .. }: &PlannedWorkload<'_>| {
        !(it.baseline.is_contradictory() || problem.may_be_of_system_alone())
    };
    if decisions.iter().any(|it| has_p99(it.entry)) {
        document.paragraph(p99::note());
    }
    document
}

/// What comes, and where it is handled.
pub fn load(entry: &PlannedWorkload<'_>) -> String {
    let (workload, home) = (entry.problem.workload, entry.planner.home);
    let is_assumed = home.region.is_some() && assumed::region(entry);
    format!(
        "{}, {} each, {} at peak{home}{}",
        per_day(workload.events_per_day),
        event_size(workload.event_bytes),
        rate(workload.peak_rate()),
        if is_assumed { " (assumed)" } else { "" }
    )
}

/// Adds what is said of one workload.
pub fn tell(document: &mut Document, decision: &Decision<'_, '_>) {
    let entry = decision.entry;
    document.paragraph(sentence(decision));
    // Plans that are made of what cannot be are not shown beside those that can be believed.
    if entry.recommendation.baseline.is_contradictory() {
        return document.list(notes(entry).into_iter().map(|note| format!("Note: {note}.")).collect());
    }
    let plans = plans::rows_of(entry);
    let any = |is: &dyn Fn(&Plan<'_>) -> bool| {
        entry.plans.iter().filter_map(|(_, plan)| plan.as_ref().ok()).any(is)
    };
    let records: Records<'_> =
        Records::of("plans", &plans::columns::<'_, '_>(), &plans).keep(|heading| match heading.name {
            "workload" => false,
            "fetch_seconds_per_event" => entry.plans.iter().any(|(runtime, _)| runtime.cpu.fetch.is_some()),
            "fetch_wait_ms" => any(&|plan| plan.fetch_wait_seconds > 0.0),
            "standby_members" => any(&|plan| plan.standby_members() > 0),
            _ => true,
        });
    document.table(records.sideways(&ranks(entry)));
    document.list(
        entry
            .plans
            .iter()
            .filter_map(|(runtime, plan)| {
                let is_current = runtime.name == entry.problem.current.name;
                let reason =
                    |none: &NoPlan| if is_current { decision.kept().no_plan() } else { none.to_string() };
                Some(format!("{}: {}.", runtime.name, plan.as_ref().err().map(reason)?))
            })
            .collect(),
    );
    document.table(options::records(decision).table());
    let said = entry.risk.as_ref().and_then(risk::weaknesses).into_iter();
    let least = entry.planner.terms.min_resize_saving_usd_per_month;
    let by_hours = by_hours::follow(slice::from_ref(decision), least).map(|(_, step)| step);
    document.list(
        said.chain(by_hours)
            .chain(family_ties(decision))
            .chain(criteria(entry, false))
            .chain(evidence_in_words(entry))
            .chain(notes(entry).into_iter().map(|note| format!("Note: {note}.")))
            .collect(),
    );
}

/// Which runtimes go first where there is no room for all: today's stays, and of the others the cheapest of each language
/// before those that cost more; of equal bills, the first counts as the cheaper.
fn ranks(entry: &PlannedWorkload<'_>) -> Vec<u8> {
    let bill = |index: usize| entry.plans[index].1.as_ref().map_or(f64::INFINITY, |plan| plan.usd_per_month);
    let language = |index: usize| &entry.plans[index].0.language;
    let is_before =
        |one: usize, other: usize| bill(one).total_cmp(&bill(other)).then(one.cmp(&other)).is_lt();
    let beaten_by = |index: usize| {
        let rivals = (0..entry.plans.len()).filter(|&rival| language(rival) == language(index));
        rivals.filter(|&rival| is_before(rival, index)).count()
    };
    let mut others: Vec<usize> = (0..entry.plans.len())
        .filter(|&index| entry.plans[index].0.name != entry.problem.current.name)
        .collect();
    others.sort_by(|&one, &other| {
        beaten_by(one).cmp(&beaten_by(other)).then(bill(one).total_cmp(&bill(other)))
    });
    let mut ranks = vec![0; entry.plans.len()];
    for (rank, index) in others.into_iter().enumerate() {
        ranks[index] = u8::try_from(rank + 1).unwrap_or(u8::MAX);
    }
    ranks
}

/// Machine families that cannot be told from that of the plan; only where the answer was sampled.
fn family_ties(decision: &Decision<'_, '_>) -> Option<String> {
    decision.entry.risk.as_ref()?;
    let chosen = decision.entry.recommendation.chosen.as_ref()?;
    let families = options::families_in_words(decision)?;
    Some(format!(
        "As good as {}, as machine speeds are known to {} at best: {families}.",
        family_name([chosen.machine]),
        percent(SPEED_UNCERTAINTY),
    ))
}
