//! What the goal for p99 costs, in words.

use crate::report::figures::{seconds, usd};
use tonnage_model::decide::goal::WithoutGoal;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::NoPlan;

/// `p99_ms is too low: 370 would do`, where it is why there is no plan.
pub fn least_goal(none: &NoPlan) -> Option<String> {
    let stuck = none.stuck().filter(|it| it.remedies.goal_seconds.is_some())?;
    Some(stuck.remedies.to_string())
}

/// `p99_ms (150 ms) costs $14,286 a month: without it 14 x n4-standard-8 would do with 180 partitions`; nothing where the bill is no lower
/// without it: a search, made where it is told. Of a question whether there is a plan, the goal with which there would be one.
pub fn goal_costs(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = &entry.recommendation;
    if let (Verdict::DependsOn(_), Err(none)) = (&it.verdict, &it.in_current) {
        return least_goal(none);
    }
    let WithoutGoal { goal_seconds, saves_usd_per_month, on, change } = WithoutGoal::of(entry)?;
    let change = change.map_or_else(String::new, |change| format!(" with {change}"));
    let [goal, costs] = [seconds(goal_seconds), usd(saves_usd_per_month)];
    Some(format!("p99_ms ({goal}) costs {costs} a month: without it {on} would do{change}"))
}
