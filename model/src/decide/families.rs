//! Machine families that a plan cannot be told from.

use crate::capacity::constraint::BoundBy;
use crate::cost::bill::reaches;
use crate::decide::planned::PlannedWorkload;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::problem::RangeEnd;
use crate::ranked::least_first;
use crate::uncertain::catalog::{SPEED_UNCERTAINTY, families, family_name};

/// A family whose cheapest plan costs as good as the same.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyTie {
    /// The family.
    pub family: String,
    /// Its cheapest plan, USD a month.
    pub usd_per_month: f64,
}

/// Families whose cheapest plan costs less than 15 % more than a workload's recommended plan, cheapest first.
///
/// Speeds are not known better than that. Where both plans are held at the least number of instances, speed does not
/// decide between them, and the cheaper one is cheaper for certain.
pub fn ties(entry: &PlannedWorkload<'_>) -> Vec<FamilyTie> {
    let planner = &entry.planner;
    let Some(chosen) = &entry.recommendation.chosen else { return Vec::new() };
    let is_sized = |plan: &Plan<'_>| plan.bound_by() != BoundBy::Minimum;
    let mut ties: Vec<FamilyTie> = families(&planner.machines)
        .into_iter()
        .map(|members| members.into_iter().map(|index| planner.machines[index]).collect::<Vec<&Machine>>())
        .filter(|members| !members.iter().any(|machine| machine == &chosen.machine))
        .filter_map(|members| {
            let plan =
                entry.problem.cheapest(chosen.runtime, &members, planner.policy, RangeEnd::Best).ok()?;
            let as_good = !reaches(plan.usd_per_month, chosen.usd_per_month * (1.0 + SPEED_UNCERTAINTY));
            (as_good && (is_sized(chosen) || is_sized(&plan))).then(|| FamilyTie {
                family: family_name(members.iter().copied()),
                usd_per_month: plan.usd_per_month,
            })
        })
        .collect();
    least_first(&mut ties, |it| it.usd_per_month);
    ties
}
