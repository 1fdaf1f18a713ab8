//! Why options are passed over that would save enough.

use crate::report::figures::{NOTHING_USD, percent, usd};
use tonnage_model::decide::change::Change;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::machine::IDLE_SIBLING;

/// Options that save what a change of code has to, each with why it is not recommended.
pub fn passed_over(entry: &PlannedWorkload<'_>) -> Option<String> {
    let is_ordered = entry.problem.workload.in_flight.is_some();
    let told = entry.passed_over().into_iter().filter_map(|(step, change, at_most_gain)| {
        let why = match (change, at_most_gain) {
            (_, Some(saves)) => if_siblings_give_most(saves),
            (Change::Partitions(_), None) => {
                "but it remaps keys, and is recommended only where nothing else serves".to_owned()
            }
            (Change::InFlight(_), None) if is_ordered => {
                "but in_flight is given, so order matters".to_owned()
            }
            _ if step.keeps_machines => {
                "which is less than the speeds of machine families are known to (cost_tolerance)".to_owned()
            }
            _ => return None,
        };
        Some(format!("{change} would save {} a month, {why}", usd(step.saves_usd_per_month?)))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("Not recommended: {}.", told.join("; ")))
}

/// What a change saves where today's machines do the most work that they may, USD a month: `but only $37 if ...`.
pub fn if_siblings_give_most(saves: f64) -> String {
    format!(
        "but {} if an idle hyper-thread speeds up the other one of its core by {}, as it may",
        if saves >= NOTHING_USD { format!("only {}", usd(saves)) } else { "nothing".to_owned() },
        percent(IDLE_SIBLING.high)
    )
}
