//! What a rewrite is worth at most, and when it pays back, in words.

use crate::report::figures::{NOTHING_USD, amount, days, reaches, significant, usd};
use tonnage_model::blank::Blank;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::total_cost::RuntimeChange;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::Plan;
use tonnage_model::problem::RangeEnd;
use tonnage_model::runtime::Runtime;

/// What a rewrite is worth at most, and the spike that tells where nobody has ported the handler's own code.
pub fn worth_up_to(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = entry.recommendation.worth_up_to.as_ref()?;
    let known = it.of_usd_per_month.zip(it.saves_at_most.zip(it.engineer_days));
    let Some((before, (most, engineer_days))) = known else {
        let spike = if it.needs_spike { ", and port a spike to it" } else { "" };
        return Some(format!("{} has a plan: give rewrite_days{spike}.", it.to));
    };
    let saves = match it.saves_at_least {
        Some(least) if least < 0.0 => {
            format!("it costs up to {} more or saves up to {}", usd(-least), usd(most))
        }
        Some(_) if !it.needs_spike => format!("it saves {}", usd(most)),
        Some(least) => format!("it saves {} to {}", usd(least), usd(most)),
        None => format!("it saves up to {}", usd(most)),
    };
    let worth = format!(
        "Moving to {} is worth up to {}: of {} a month {saves}",
        it.to,
        days(engineer_days),
        usd(before)
    );
    if !it.needs_spike {
        return Some(format!("{worth}. Estimate the rewrite (rewrite_days)."));
    }
    let estimate = match entry.account().rewrite_days() {
        Some(_) => "",
        None => " and estimate the rewrite (rewrite_days)",
    };
    let native = match entry.problem.workload.blanks.has(Blank::NativeShare) {
        true => " The more of that is native code already, the less (native_share is blank).",
        false => "",
    };
    Some(format!(
        "{worth}, by how fast it runs the handler's own code.{native} Port the hot path as a spike (spike_factor){estimate} first."
    ))
}

/// Whether today's runtime and its settings are kept.
pub fn is_kept(entry: &PlannedWorkload<'_>) -> bool {
    matches!(entry.recommendation.verdict, Verdict::Stay | Verdict::RightSize)
}

/// Why a move is not to the runtime of another language that comes first by its bill: what both take where own code is as slow as it may be.
pub fn rather_than(entry: &PlannedWorkload<'_>) -> Option<String> {
    let (account, to) = (entry.account(), entry.recommendation.chosen.as_ref()?);
    let bill = |plan: &Plan<'_>| -account.net_saving(-plan.cheapest_usd_per_month, plan.runtime);
    let others = entry.plans.iter().filter_map(|(_, plan)| plan.as_ref().ok());
    let others = others.filter(|plan| account.is_rewrite(plan.runtime));
    let first = others.min_by(|one, other| bill(one).total_cmp(&bill(other)))?;
    let slow = |plan: &Plan<'_>| {
        let slow = entry.planner.priced(&entry.problem, plan.runtime, RangeEnd::High);
        slow.map_or("no plan".to_owned(), |it| usd(it.usd_per_month))
    };
    let told = || {
        let [bill, slow, other] = [usd(first.usd_per_month), slow(first), slow(to)];
        let [name, to] = [first, to].map(|plan| &plan.runtime.name);
        format!(
            " {name} costs {bill}, but {slow} with own code as slow as it may be, where {to} costs {other}."
        )
    };
    (first.runtime.language != to.runtime.language).then(told)
}

/// `it pays back in 59 months (14 against today's bill), and payback_months allows 24`, of the saving that is told: today's bill is told where
/// that is higher, and the saving between the cheapest plans, which decides, where by that alone it pays back in time, or too late.
pub fn pays_back(change: &RuntimeChange, entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let it = &entry.recommendation;
    let months = |saves: f64| Some(change.rewrite_usd.filter(|_| saves > 0.0)? / saves);
    let more = it.today_usd_per_month.zip(it.before_rewrite).map_or(0.0, |(today, before)| today - before);
    let of_today = months(change.saves_usd_per_month + more).filter(|_| more >= NOTHING_USD);
    let of_today = of_today.map(|it| format!(" ({} against today's bill)", significant(it)));
    let by_judged = months(change.judged_usd_per_month);
    let is_late = |after: Option<f64>| after.is_none_or(|it| !reaches(terms.payback_months, it));
    let (after, by) = match is_late(by_judged) == is_late(change.payback_months) {
        true => (change.payback_months, String::new()),
        false => {
            (by_judged, format!(" by the {} that the cheapest plans save", usd(change.judged_usd_per_month)))
        }
    };
    let pays = after
        .map_or("it never pays back".to_owned(), |it| format!("it pays back in {}{by}", amount(it, "month")));
    let allowed = after.filter(|it| is_late(Some(*it)));
    let allowed =
        allowed.map(|_| format!(", and payback_months allows {}", significant(terms.payback_months)));
    // A question about own code tells what is saved where its answer turns.
    let is_asked = matches!(it.verdict, Verdict::DependsOn(_));
    let is_guessed = |to: &&Runtime| to.name == change.to && entry.problem.guesses_own_code(to);
    let usual = match is_asked && entry.planner.runtimes.iter().any(is_guessed) {
        true => "with own code as fast as it usually is there ",
        false => "",
    };
    usual.to_owned() + &pays + &of_today.unwrap_or_default() + &allowed.unwrap_or_default()
}
