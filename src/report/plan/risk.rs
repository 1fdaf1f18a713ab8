//! How sure an answer is, in words: over all samples of what is uncertain.

use super::decision::Decision;
use super::plans::machines;
use crate::report::figures::{NOTHING_USD, days, percent, plural, usd};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::uncertain::monte_carlo::{Moving, Percentiles, Risk, RuntimeRisk};

/// Shares of samples that differ by no more are taken for the same.
const AS_OFTEN: f64 = 0.02;
/// Share of samples below which a tie or a broken constraint is not worth a word.
const RARE: f64 = 0.01;

/// Which runtime is the cheapest and how often, what moving saves, and whether the plan holds.
pub fn sentence(decision: &Decision<'_, '_>, risk: &Risk, terms: Terms) -> String {
    let entry = decision.entry;
    let most = risk.runtimes.iter().map(|it| it.cheapest).fold(0.0, f64::max);
    let leaders: Vec<&RuntimeRisk> =
        risk.runtimes.iter().filter(|it| it.cheapest > 0.0 && it.cheapest >= most - AS_OFTEN).collect();
    let samples = plural(risk.samples as u64, "sample");
    // Runtimes are sampled as they are planned, without the change of a setting.
    let is_before_a_change = matches!(entry.recommendation.verdict, Verdict::Alternative { .. });
    let cheapest = match leaders.as_slice() {
        [] if is_before_a_change => {
            return format!("Without the change there is a plan in none of {samples}.");
        }
        [] => return format!("In none of {samples} is there a plan."),
        [alone] => {
            let tied = match alone.tied {
                none if none < RARE => String::new(),
                some => format!(", in {} at the same bill as another", percent(some)),
            };
            format!("{} is cheapest in {} of {samples}{tied}", alone.runtime, percent(alone.cheapest))
        }
        [others @ .., last] => {
            let least = leaders.iter().map(|it| it.cheapest).fold(most, f64::min);
            let tied = leaders.iter().map(|it| it.tied).fold(f64::INFINITY, f64::min);
            let others: Vec<&str> = others.iter().map(|it| it.runtime.as_str()).collect();
            format!(
                "{} and {} are cheapest in {} of {samples} each, in {} at the same bill as another",
                others.join(", "),
                last.runtime,
                percent(least),
                percent(tied)
            )
        }
    };
    let moving =
        risk.moving.as_ref().map_or_else(String::new, |moving| format!("; {}", saves(moving, entry, terms)));
    let holds = entry.recommendation.chosen.as_ref().zip(decision.holds());
    let holds = holds.map_or_else(String::new, |(plan, share)| {
        format!(" {} in {} hold in {}.", machines(plan), plan.runtime.name, percent(share))
    });
    format!("{cheapest}{moving}.{holds}")
}

/// `moving to go-franz saves $310 a month in the median (P10 $120, P90 $640), worth 0.4 engineer-days`.
fn saves(moving: &Moving, entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let to = &moving.to;
    let Percentiles { p10: Some(p10), p50: Some(p50), p90: Some(p90) } = moving.saves else {
        return format!("what moving to {to} saves is open: one of the two has no plan in too many samples");
    };
    if p10.abs().max(p50.abs()).max(p90.abs()) < NOTHING_USD {
        return format!("moving to {to} saves nothing");
    }
    let builds_features = entry.problem.workload.outlook.features_per_month > 0.0;
    let net = if builds_features { " with features counted" } else { "" };
    let worth = match p50 >= NOTHING_USD {
        true => format!(", worth {}", days(p50 / terms.day_rate_usd)),
        false => String::new(),
    };
    format!(
        "moving to {to} saves {} a month{net} in the median (P10 {}, P90 {}){worth}",
        usd(p50),
        usd(p10),
        usd(p90)
    )
}

/// The constraints that plans break most.
pub fn weaknesses(risk: &Risk) -> Option<String> {
    let said: Vec<String> = risk
        .runtimes
        .iter()
        .filter_map(|it| {
            let (constraint, share) = it.weakest.filter(|(_, share)| *share >= RARE)?;
            Some(format!("{} {constraint} (in {})", it.runtime, percent(share)))
        })
        .collect();
    (!said.is_empty()).then(|| format!("The constraint that plans break most often: {}.", said.join(", ")))
}
