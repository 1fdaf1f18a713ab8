//! What following the hours of a day saves beyond what is decided, which runs all day as the peak needs.

use super::decision::Decision;
use crate::report::figures::{NOTHING_USD, and_last, listed, plural, reaches, usd};
use tonnage_model::ranked::greatest_first;
use tonnage_model::scenario::autoscale::Autoscaler;
use tonnage_model::scenario::hours::{Instances, Runs, autoscaled};

/// Workloads that the step names.
const MOST_NAMED: usize = 2;

/// What is saved in all where an autoscaler follows the hours of those of which that saves at least so much, USD a month, and the
/// step in words; nothing where none does.
pub fn follow(decisions: &[Decision<'_, '_>], least: f64) -> Option<(f64, String)> {
    let of_one = |it| saved(it).filter(|(saves, _)| reaches(*saves, least.max(NOTHING_USD)));
    let mut found: Vec<(f64, String)> = decisions.iter().filter_map(of_one).collect();
    greatest_first(&mut found, |(saves, _)| *saves);
    let all: f64 = found.iter().map(|(saves, _)| saves).sum();
    let names: Vec<&String> = found.iter().map(|(_, name)| name).collect();
    let names = if names.len() <= MOST_NAMED { and_last(&names) } else { listed(names, MOST_NAMED) };
    let step = format!(
        "Follow the hours of {names} with an autoscaler: saves {}? a month more than what is planned, which runs all day. Each \
         change is a rebalance. Compare: `tonnage hours FILE`",
        usd(all)
    );
    (!found.is_empty()).then_some((all, step))
}

/// What an autoscaler saves of one decision, and how many machines it runs: `orders (2-9 x c8a.large, 4 changes a day)`.
fn saved(decision: &Decision<'_, '_>) -> Option<(f64, String)> {
    let it = &decision.entry.recommendation;
    let planned = it.usd_per_month?;
    let offer = autoscaled(decision.entry, Autoscaler::USUAL)?;
    let Runs::Instances(Instances { schedule, instance_type, .. }) = offer.runs else { return None };
    let changes = plural(schedule.changes() as u64, "change");
    let (name, least, most) = (decision.name(), schedule.least(), schedule.most());
    // What is planned may cost more than today, and this less.
    let below =
        it.today_usd_per_month.filter(|today| planned > *today).map(|today| today - offer.usd_per_month);
    let below = below.filter(|below| *below >= NOTHING_USD);
    let below = below.map_or_else(String::new, |below| format!(", {} less than today", usd(below)));
    let said = format!("{name} ({least}-{most} x {instance_type}, {changes} a day{below})");
    Some((planned - offer.usd_per_month, said))
}
