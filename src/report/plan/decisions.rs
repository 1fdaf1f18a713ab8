//! What to do about a workload: the columns of a decision.

use super::decision::{Check, Decision};
use super::evidence::{criteria, evidence};
use super::notes::notes;
use super::options;
use super::wording::{action, sentence, wait_basis};
use crate::report::column::{Column, Unit, Value, column, data, number, word};
use tonnage_model::cost::traffic::Traffic;
use tonnage_model::decide::verdict::Verdict;

/// Columns of a decision.
pub fn columns<'e, 'a>() -> Vec<Column<Decision<'e, 'a>>> {
    vec![
        column(word("workload", "workload", "Workload"), |it| it.name().into()),
        column(word("today", "runs on", "Machines that run today").rank(2), |it| it.today().into()),
        column(number("today_usd_per_month", "today", Unit::Usd, "Today's bill, USD a month"), |it| {
            it.entry.recommendation.today_usd_per_month.into()
        }),
        column(word("planned", "plan", "Machines after the decision"), |it| match it.planned() {
            Some(machines) => machines.into(),
            None => Value::from("no plan").bad(),
        }),
        column(number("usd_per_month", "planned", Unit::Usd, "Bill after the decision, USD a month"), |it| {
            it.entry.recommendation.usd_per_month.into()
        }),
        column(number("saves_usd_per_month", "saves", Unit::Usd, "What that saves, USD a month"), |it| {
            it.entry.recommendation.saves.into()
        }),
        column(word("action", "what to do", "What to do, in a few words"), |it| action(it).into()),
        column(data("check", "Whether the saving is checked against measured CPU, or to be checked"), |it| {
            it.check().map(Check::word).into()
        }),
        column(data("verdict", "stay, right_size, alternative, spike, unsettled, move or none"), |it| {
            verdict(&it.entry.recommendation.verdict).into()
        }),
        column(data("alternative", "The option taken, where the verdict is that"), |it| {
            match &it.entry.recommendation.verdict {
                Verdict::Alternative { step, .. } => options::name(*step).into(),
                _ => Value::Missing,
            }
        }),
        column(data("to", "The runtime or setting to change to"), |it| {
            match &it.entry.recommendation.verdict {
                Verdict::Alternative { to, .. } | Verdict::Spike { to, .. } => to.into(),
                Verdict::Move => it.entry.recommendation.runtime.map(|runtime| &runtime.name).into(),
                _ => Value::Missing,
            }
        }),
        column(
            data("saves_at_least", "What moving saves at the slow end, where a spike decides, USD a month"),
            |it| match it.entry.recommendation.verdict {
                Verdict::Spike { saves_at_least, .. } => saves_at_least.into(),
                _ => Value::Missing,
            },
        ),
        column(data("saves_at_most", "The same at the fast end"), |it| {
            match it.entry.recommendation.verdict {
                Verdict::Spike { saves_at_most, .. } => saves_at_most.into(),
                _ => Value::Missing,
            }
        }),
        column(data("current_runtime", "Runtime today"), |it| (&it.entry.problem.current.name).into()),
        column(data("runtime", "Runtime after the decision"), |it| {
            it.entry.recommendation.runtime.map(|runtime| &runtime.name).into()
        }),
        column(data("provider", "Cloud of the plan"), |it| it.plan(|plan| plan.machine.provider.clone())),
        column(data("region", "Its region"), |it| it.plan(|plan| plan.machine.region.clone())),
        column(data("instance_type", "Its machine type"), |it| {
            it.plan(|plan| plan.machine.instance_type.clone())
        }),
        column(data("instances", "Its instances"), |it| it.plan(|plan| plan.size.instances)),
        column(data("bound_by", "The constraint that sets their number"), |it| {
            it.plan(|plan| plan.size.bound_by.to_string())
        }),
        column(data("saves_engineer_days_per_month", "The saving in engineers' days"), |it| {
            it.entry.recommendation.saves.map(|saves| saves / it.entry.planner.terms.day_rate_usd).into()
        }),
        column(
            data("current_runtime_usd_per_month", "The cheapest plan in today's runtime, USD a month"),
            |it| it.entry.recommendation.in_current.as_ref().ok().map(|plan| plan.usd_per_month).into(),
        ),
        column(data("other_runtime", "The other runtime with the cheapest plan"), |it| {
            it.entry.recommendation.elsewhere.as_ref().map(|plan| &plan.runtime.name).into()
        }),
        column(data("other_runtime_usd_per_month", "That plan, USD a month"), |it| {
            it.entry.recommendation.elsewhere.as_ref().map(|plan| plan.usd_per_month).into()
        }),
        column(
            data(
                "right_sizing_saves_usd_per_month",
                "From today's bill to the cheapest plan in today's runtime, USD a month",
            ),
            |it| it.entry.recommendation.right_sizing_saves.into(),
        ),
        column(
            data(
                "moving_saves_usd_per_month",
                "From there to the cheapest plan in another runtime, USD a month",
            ),
            |it| it.entry.recommendation.moving_saves.into(),
        ),
        column(data("traffic_usd_per_month", "Traffic between zones, USD a month"), |it| {
            let policy = &it.entry.planner.policy;
            Traffic::of(it.entry.problem.workload, policy).usd_per_month(policy.cross_zone).into()
        }),
        column(data("samples", "Samples that percentiles and shares are of"), |it| {
            it.entry.risk.as_ref().map(|risk| risk.samples).into()
        }),
        column(data("sentence", "The decision in words, with the figures that decide it").nested(), |it| {
            sentence(it).into()
        }),
        column(data("options", "What each smaller or larger change would give").nested(), |it| {
            options::records(it).into()
        }),
        column(data("rewrite", "What a rewrite in another language is worth").nested(), |it| {
            options::rewrite(it)
        }),
        column(data("criteria", "The article's criteria with this workload's figures").nested(), |it| {
            criteria(it.entry, true).into()
        }),
        column(data("evidence", "What the decision rests on").nested(), |it| evidence(it.entry)),
        column(data("family_ties", "Machine families that cost the same within 15 %").nested(), |it| {
            options::family_ties(it)
        }),
        column(data("moving", "What moving saves over all samples").nested(), |it| options::moving(it)),
        column(data("wait_basis", "Where the wait of an event comes from").nested(), |it| {
            wait_basis(it.entry).into()
        }),
        column(data("notes", "What to know of the figures").nested(), |it| notes(it.entry).into()),
    ]
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
