//! What to do about a workload: the columns of a decision.

use super::decision::{Check, Decision};
use super::evidence::{criteria, evidence};
use super::notes::notes;
use super::options;
use super::wording::{action, sentence, wait_basis};
use crate::report::column::{Column, Value, columns};
use crate::report::figures::{NONE, usd};
use tonnage_model::cost::traffic::Traffic;
use tonnage_model::decide::verdict::Verdict;

/// Columns of a decision.
#[rustfmt::skip]
pub fn columns<'e, 'a>() -> Vec<Column<Decision<'e, 'a>>> {
    columns! { Decision<'_, '_>, it;
        "workload" ["workload" Word Always], "Workload" => it.name();
        "today" ["runs on" Word Rank(2)], "Machines that run today" => it.today();
        "today_usd_per_month" ["today" Usd Always], "Today's bill, USD a month" =>
            it.entry.recommendation.today_usd_per_month;
        "planned" ["plan" Word Always], "Machines after the decision" =>
            it.machines().map_or_else(|| Value::from("no plan").bad(), |on| on.to_string().into());
        "usd_per_month" ["planned" Usd Always], "Bill after the decision, USD a month" =>
            it.entry.recommendation.usd_per_month;
        "saves_usd_per_month" ["saves_usd_per_month" Usd Data], "What that saves, USD a month" => it.entry.recommendation.saves;
        "saves" ["saves" Usd Table(0)], "The same, signed where it is not checked" => signed(it);
        "action" ["what to do" Word Always], "What to do, in a few words" => {
            let action = Value::from(action(it));
            if it.machines().is_none() { action.bad() } else { action }
        };
        "holds" ["holds in" Share Always], "Share of the samples in which the plan keeps all constraints" => it.holds();
        "check", "The saving: checked against measured CPU, to be checked, or contradicted by it" => it.check().map(Check::word);
        "verdict", "stay, right_size, alternative, spike, unsettled, move or none" =>
            verdict(&it.entry.recommendation.verdict);
        "alternative", "The option taken, where the verdict is that" => alternative(&it.entry.recommendation.verdict);
        "to", "The runtime or setting to change to" => to(it);
        "saves_at_least", "What moving saves at the slow end, where a spike decides, USD a month" =>
            spike(&it.entry.recommendation.verdict).and_then(|(least, _)| least);
        "saves_at_most", "The same at the fast end" => spike(&it.entry.recommendation.verdict).map(|(_, most)| most);
        "current_runtime", "Runtime today" => &it.entry.problem.current.name;
        "runtime", "Runtime after the decision" => it.entry.recommendation.runtime.map(|runtime| &runtime.name);
        "provider", "Cloud of the planned machines" => it.machines().map(|on| on.provider);
        "region", "Region of the planned machines" => it.machines().map(|on| on.region);
        "instance_type", "Type of the planned machines" => it.machines().map(|on| on.instance_type);
        "instances", "Number of the planned machines" => it.machines().map(|on| on.instances);
        "bound_by", "The constraint that sets the number of machines; empty where today's are kept or a setting changes" => it.bound_by();
        "saves_engineer_days_per_month", "The saving in engineers' days" =>
            it.entry.recommendation.saves.map(|saves| saves / it.entry.planner.terms.day_rate_usd);
        "current_runtime_usd_per_month", "The cheapest plan in today's runtime, USD a month" =>
            it.entry.recommendation.in_current.as_ref().ok().map(|plan| plan.usd_per_month);
        "other_runtime", "The other runtime with the cheapest plan" =>
            it.entry.recommendation.elsewhere.as_ref().map(|plan| &plan.runtime.name);
        "other_runtime_usd_per_month", "That plan, USD a month" =>
            it.entry.recommendation.elsewhere.as_ref().map(|plan| plan.usd_per_month);
        "right_sizing_saves_usd_per_month",
            "From today's bill to the cheapest plan in today's runtime, USD a month" =>
            it.entry.recommendation.right_sizing_saves;
        "moving_saves_usd_per_month", "From there to the cheapest plan in another runtime, USD a month" =>
            it.entry.recommendation.moving_saves;
        "traffic_usd_per_month", "Traffic between zones, USD a month" => traffic(it);
        "samples", "Samples that percentiles and shares are of" => it.entry.risk.as_ref().map(|risk| risk.samples);
        "sentence" ["sentence" Word Nested], "The decision in words, with the figures that decide it" => sentence(it);
        "options" ["options" Word Nested], "What each smaller or larger change would give" => options::records(it);
        "rewrite" ["rewrite" Word Nested], "What a rewrite in another language is worth" => options::rewrite(it);
        "criteria" ["criteria" Word Nested], "The article's criteria with this workload's figures" =>
            criteria(it.entry, true);
        "evidence" ["evidence" Word Nested], "What the decision rests on" => evidence(it.entry);
        "family_ties" ["ties" Word Nested], "Machine families that cost the same within 15 %" =>
            options::family_ties(it);
        "moving" ["moving" Word Nested], "What moving saves over all samples" => options::moving(it);
        "wait_basis" ["wait basis" Word Nested], "Where the wait of an event comes from" => wait_basis(it.entry);
        "notes" ["notes" Word Nested], "What to know of the figures" => notes(it.entry);
    }
}

fn traffic(decision: &Decision<'_, '_>) -> f64 {
    let policy = &decision.entry.planner.policy;
    Traffic::of(decision.entry.problem.workload, policy).usd_per_month(policy.cross_zone)
}

fn alternative(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Alternative { step, .. } => Some(options::name(*step)),
        _ => None,
    }
}

fn to<'r>(decision: &'r Decision<'_, '_>) -> Option<&'r String> {
    match &decision.entry.recommendation.verdict {
        Verdict::Alternative { to, .. } | Verdict::Spike { to, .. } => Some(to),
        Verdict::Move => decision.entry.recommendation.runtime.map(|runtime| &runtime.name),
        _ => None,
    }
}

fn spike(verdict: &Verdict) -> Option<(Option<f64>, f64)> {
    match verdict {
        Verdict::Spike { saves_at_least, saves_at_most, .. } => Some((*saves_at_least, *saves_at_most)),
        _ => None,
    }
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Stay => "stay",
        Verdict::RightSize => "right_size",
        Verdict::Alternative { .. } => "alternative",
        Verdict::Unsettled { .. } => "unsettled",
        Verdict::Spike { .. } => "spike",
        Verdict::Move => "move",
        Verdict::None => "none",
    }
}

/// What is saved. Of a bill that nobody knows it is in no sum, so it is in no row.
fn signed(decision: &Decision<'_, '_>) -> Option<String> {
    let saves = decision.entry.recommendation.saves?;
    let sign = decision.check().map_or("", Check::sign);
    Some(decision.bills().map_or_else(|| NONE.to_owned(), |_| usd(saves) + sign))
}
