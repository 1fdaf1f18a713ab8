//! What a rewrite is worth at most, in words.

use crate::report::figures::{days, usd};
use tonnage_model::blank::Blank;
use tonnage_model::decide::planned::PlannedWorkload;

/// What a rewrite is worth at most, and the spike that tells.
pub fn worth_up_to(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = entry.recommendation.worth_up_to.as_ref()?;
    let known = it.of_usd_per_month.zip(it.saves_at_most.zip(it.engineer_days));
    let Some((before, (most, engineer_days))) = known else {
        return Some(format!("{} has a plan: give rewrite_days, and port a spike to it.", it.to));
    };
    let saves = match it.saves_at_least {
        Some(least) if least < 0.0 => {
            format!("it costs up to {} more or saves up to {}", usd(-least), usd(most))
        }
        Some(least) => format!("it saves {} to {}", usd(least), usd(most)),
        None => format!("it saves up to {}", usd(most)),
    };
    let estimate = match entry.account().rewrite_days() {
        Some(_) => "",
        None => " and estimate the rewrite (rewrite_days)",
    };
    let native = match entry.problem.workload.blanks.has(Blank::NativeShare) {
        true => " The more of that is native code already, the less (native_share is blank).",
        false => "",
    };
    Some(format!(
        "Moving to {} is worth up to {}: of {} a month {saves}, by how fast it runs the handler's own code.{native} Port \
         the hot path as a spike (spike_factor){estimate} first.",
        it.to,
        days(engineer_days),
        usd(before)
    ))
}
