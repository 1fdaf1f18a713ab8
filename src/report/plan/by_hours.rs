//! What following the hours of a day saves beyond what is decided, which runs all day as the peak needs.

use super::decision::Decision;
use crate::report::figures::{NOTHING_USD, and_last, listed, plural, usd};
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::scenario::autoscale::Autoscaler;
use tonnage_model::scenario::hours::{Instances, Offer, Runs, autoscaled};

/// Workloads that the step names.
const MOST_NAMED: usize = 2;

/// What is saved in all where an autoscaler follows the hours of those of which that saves at least so much, USD a month, and the
/// step in words; nothing where none does.
pub fn follow(decisions: &[Decision<'_, '_>], least: f64) -> Option<(f64, String)> {
    let mut found: Vec<(f64, String)> = decisions
        .iter()
        .filter_map(|it| {
            let (saves, on) = saved(it).filter(|(saves, _)| *saves >= least.max(NOTHING_USD))?;
            Some((saves, format!("{} ({on})", it.name())))
        })
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    let all: f64 = found.iter().map(|(saves, _)| saves).sum();
    let names: Vec<&String> = found.iter().map(|(_, name)| name).collect();
    let names = if names.len() <= MOST_NAMED { and_last(&names) } else { listed(names, MOST_NAMED) };
    (!found.is_empty()).then(|| {
        let step = format!(
            "Follow the hours of {names} with an autoscaler: saves {}? a month more than what is planned, which runs all day. Each \
             change is a rebalance. Compare: `tonnage hours FILE`",
            usd(all)
        );
        (all, step)
    })
}

/// What an autoscaler saves of one decision, and what it runs.
fn saved(decision: &Decision<'_, '_>) -> Option<(f64, String)> {
    let it = &decision.entry.recommendation;
    // A change of settings or library makes plans anew, which `hours` does.
    let planned = it
        .usd_per_month
        .filter(|_| matches!(it.verdict, Verdict::Stay | Verdict::RightSize | Verdict::Move))?;
    let Offer { runs: Runs::Instances(Instances { schedule, instance_type, .. }), usd_per_month, .. } =
        autoscaled(decision.entry, Autoscaler::USUAL)?
    else {
        return None;
    };
    let changes = plural(schedule.changes() as u64, "change");
    let on = format!("{}-{} x {instance_type}, {changes} a day", schedule.least(), schedule.most());
    Some((planned - usd_per_month, on))
}
