//! What to do about a workload: the columns of a decision.

use super::action::action;
use super::contradiction::contradiction;
use super::decision::{Decision, sign, word};
use super::evidence::{criteria, evidence};
use super::notes::notes;
use super::options;
use super::questions::{depends_on, verdict};
use super::wording::sentence;
use crate::report::assumed;
use crate::report::column::{Column, Value, columns};
use crate::report::figures::{NONE, usd};
use crate::report::shown::as_today;
use tonnage_model::decide::depends_on::DependsOn;
use tonnage_model::decide::verdict::{Verdict, WorthUpTo};

/// Columns of a decision.
#[rustfmt::skip]
pub fn columns<'e, 'a>() -> Vec<Column<Decision<'e, 'a>>> {
    columns! { Decision<'_, '_>, it;
        "workload" ["workload" Word Always], "Workload" => it.name();
        "today" ["runs on" Word Rank(2)], "Machines that run today" => it.today();
        "today_usd_per_month" ["today" Usd Always], "Today's bill, USD a month" =>
            it.entry.recommendation.today_usd_per_month;
        "planned" ["plan" Word Always], "Machines after the decision" =>
            match (&it.entry.recommendation.machines, &it.entry.recommendation.verdict) {
                (Some(on), _) => options::located(on, it.entry).into(),
                (None, Verdict::None) => Value::from("no plan").bad(),
                (None, Verdict::Stay) => as_today(it.entry.pods_kept()).into(),
                (None, _) => Value::from(NONE),
            };
        "usd_per_month" ["planned" Usd Always], "Bill after the decision, USD a month" =>
            it.entry.recommendation.usd_per_month;
        "saves_usd_per_month" ["saves_usd_per_month" Usd Data], "What that saves, USD a month; empty where today's bill is not known" => it.saves();
        "saves" ["saves" Usd Table(0)], "The same, signed where it is not checked" => signed(it);
        "action" ["what to do" Word Always], "What to do, in a few words" => {
            let action = Value::from(action(it));
            if is_wrong(it) { action.bad() } else { action }
        };
        "holds" ["holds in" Share Rank(1)], "Share of the samples in which the plan keeps all constraints" => it.holds();
        "check", "The saving: checked against measured CPU, or to be checked" => it.check().map(word);
        "verdict", "stay, right_size, alternative, move, depends_on, or none where nothing has a plan; empty where today is contradictory" =>
            verdict(&it.entry.recommendation.verdict);
        "reason", "Why other machines are recommended: `capacity` where today's fall behind at peak, or are at their limit and the saving alone is too little; else `saving`" =>
            reason(it);
        "baseline", "What is given of today: consistent, unchecked or contradictory" =>
            it.entry.recommendation.baseline.standing.to_string();
        "lags", "Whether it falls behind at peak today" => it.entry.recommendation.baseline.footing.lags;
        "busy_today", "How busy today's machines are at the mean rate: as measured, or what handling takes at the end of all ranges that lets them run where that is more; of whole vCPUs, also of a burstable type unless its baseline is too little" =>
            it.entry.recommendation.baseline.busy;
        "busy_today_at_peak", "The same at peak; what was measured counts `peak_factor` times" => it.entry.recommendation.baseline.busy_at_peak;
        "contradiction", "Two figures that cannot both be, and the columns to look at" =>
            contradiction(it.entry);
        "look_at", "The columns that have to be moved least until they can, up to three: `in_flight, io_ratio or partitions`" =>
            it.entry.recommendation.baseline.contradiction.map(|(_, suspects)| suspects.to_string());
        "depends_on_column", "The column that the verdict turns on, where it does; of `stay` the blank one that decides whether what runs keeps up at peak or meets its p99, of a change the blank one with which nothing, or something else, has to be changed" =>
            question(it).map(|it| it.column).or_else(|| Some(proviso(it)?.0));
        "depends_on_threshold", "Where it changes, in the unit of the column" =>
            question(it).and_then(|it| it.threshold).or_else(|| proviso(it)?.1);
        "verdict_below", "The verdict below that" => question(it).and_then(|it| verdict(&it.below.verdict));
        "verdict_above", "The verdict at the threshold" => question(it).and_then(|it| verdict(&it.above.verdict));
        "depends_on" ["depends on" Word Nested], "What the verdict turns on, with both answers" =>
            question(it).map_or(Value::Missing, depends_on);
        "alternative", "The option taken, where the verdict is that" => alternative(&it.entry.recommendation.verdict);
        "to", "The runtime or setting to change to" => to(it);
        "rewrite_in", "The runtime that a rewrite may pay in, where nobody has estimated one" => worth(it).map(|it| &it.to);
        "spike_in", "The same where a spike in it has to tell, as nobody has ported own code to its language" =>
            worth(it).filter(|it| it.needs_spike).map(|it| &it.to);
        "saves_at_least", "What moving there saves if own code is as slow as it may be, USD a month" => worth(it).and_then(|it| it.saves_at_least);
        "saves_at_most", "The same if it is as fast as it may be" => worth(it).and_then(|it| it.saves_at_most);
        "worth_engineer_days", "Engineer-days that a rewrite may take at most to pay back in time then" => worth(it).and_then(|it| it.engineer_days);
        "current_runtime", "Runtime today" => &it.entry.problem.current.name;
        "runtime", "Runtime after the decision" => it.entry.recommendation.runtime.map(|runtime| &runtime.name);
        "provider", "Cloud of the planned machines" => it.entry.recommendation.machines.as_ref().map(|on| &on.provider);
        "region", "Region of the planned machines" => it.entry.recommendation.machines.as_ref().map(|on| &on.region);
        "region_is_assumed", "Whether nobody has named a region, so that the plan is in that of its cloud or of aws" => assumed::region(it.entry);
        "instance_type", "Type of the planned machines" => it.entry.recommendation.machines.as_ref().map(|on| &on.instance_type);
        "instances", "Number of the planned machines" => it.entry.recommendation.machines.as_ref().map(|on| on.instances);
        "bound_by", "The constraint that sets the number of machines; empty where today's are kept or a setting changes" => it.bound_by();
        "saves_engineer_days_per_month", "The saving in engineers' days" =>
            it.saves().map(|saves| saves / it.entry.planner.terms.day_rate_usd);
        "current_runtime_usd_per_month", "The cheapest plan in today's runtime, USD a month" =>
            it.entry.recommendation.in_current.as_ref().ok().map(|plan| plan.usd_per_month);
        "other_runtime", "The other runtime with the cheapest plan" =>
            it.entry.recommendation.elsewhere.as_ref().map(|plan| &plan.runtime.name);
        "other_runtime_usd_per_month", "That plan, USD a month" =>
            it.entry.recommendation.elsewhere.as_ref().map(|plan| plan.usd_per_month);
        "right_sizing_saves_usd_per_month",
            "From today's bill to the cheapest plan in today's runtime, USD a month" =>
            it.entry.recommendation.right_sizing_saves;
        "moving_saves_usd_per_month", "From what is paid to the cheapest plan in another runtime, USD a month: from today's bill, or the plan in today's runtime where that is less or today's machines fall behind" =>
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
        "wait_basis" ["wait basis" Word Nested], "Where the wait of an event comes from" => it.entry.problem.today.wait_basis.word();
        "notes" ["notes" Word Nested], "What to know of the figures" => notes(it.entry);
    }
}

/// Why other machines are recommended.
fn reason(decision: &Decision<'_, '_>) -> Option<&'static str> {
    let entry = decision.entry;
    let word = if entry.is_for_capacity() { "capacity" } else { "saving" };
    entry.recommendation.changes_machines().then_some(word)
}

/// Whether something has to be mended: what runs today, or what is said of it. A question is no fault.
fn is_wrong(decision: &Decision<'_, '_>) -> bool {
    let it = &decision.entry.recommendation;
    it.falls_behind() || matches!(it.verdict, Verdict::Contradictory | Verdict::None)
}

/// Where the decision runs it, else where it runs today.
fn traffic(decision: &Decision<'_, '_>) -> Option<f64> {
    Some(decision.entry.account().traffic_usd_per_month(decision.provider()?))
}

fn alternative(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Alternative { step, .. } => Some(step.word()),
        _ => None,
    }
}

fn to<'r>(decision: &'r Decision<'_, '_>) -> Option<&'r String> {
    match &decision.entry.recommendation.verdict {
        Verdict::Alternative { to, .. } => Some(to),
        Verdict::Move => decision.entry.recommendation.runtime.map(|runtime| &runtime.name),
        _ => None,
    }
}

fn question<'e>(decision: &Decision<'e, '_>) -> Option<&'e DependsOn> {
    let it = &decision.entry.recommendation;
    match &it.verdict {
        Verdict::DependsOn(question) => Some(question),
        _ => it.turns_on(),
    }
}

/// The blank column on which it turns how well what is kept runs, and where.
fn proviso(decision: &Decision<'_, '_>) -> Option<(&'static str, Option<f64>)> {
    let it = &decision.entry.recommendation;
    let keeps_up = it.baseline.keeps_up_if.filter(|_| it.verdict == Verdict::Stay);
    let late = || Some(("io_wait_p99_ms", Some(decision.kept().found.late.from_wait_p99?)));
    keeps_up.map(|it| (it.cell.word(), it.threshold())).or_else(late)
}

fn worth<'e>(decision: &Decision<'e, '_>) -> Option<&'e WorthUpTo> {
    decision.entry.recommendation.worth_up_to.as_ref()
}

/// The same with its sign.
fn signed(decision: &Decision<'_, '_>) -> Option<String> {
    decision.entry.recommendation.saves?;
    let sign = decision.check().map_or("", sign);
    Some(decision.saves().map_or_else(|| NONE.to_owned(), |saves| usd(saves) + sign))
}
