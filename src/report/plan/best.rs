//! What the best estimates say of today's machines, beside what suits these.

use crate::report::figures::percent;
use tonnage_model::decide::baseline::KNOWN_TO;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::kept::KeptToday;

/// How busy today's machines are at peak by the best estimates, ` (104 % by the best estimates)`, where that is farther above what is told
/// than a peak is known to: what suits today is told.
pub fn at_best(entry: &PlannedWorkload<'_>, told: f64) -> String {
    let best = KeptToday::before(entry).map(|plan| plan.cpu_at_peak());
    let best = best.filter(|best| *best > told + KNOWN_TO);
    best.map_or_else(String::new, |best| format!(" ({} by the best estimates)", percent(best)))
}
