//! What the goal for p99 costs, by what would do without it.

use crate::cost::bill::{NOTHING_USD, SAME_BILL};
use crate::decide::alternative::Machines;
use crate::decide::change::Change;
use crate::decide::options::Options;
use crate::decide::planned::PlannedWorkload;
use crate::decide::verdict::Verdict;
use crate::problem::Problem;
use crate::workload::Workload;

/// What would do without the goal.
#[derive(Debug, Clone)]
pub struct WithoutGoal {
    /// The goal, s.
    pub goal_seconds: f64,
    /// What would be paid less, USD a month.
    pub saves_usd_per_month: f64,
    /// The machines that would do.
    pub on: Machines,
    /// The change that today's runtime needs all the same.
    pub change: Option<Change>,
}

impl WithoutGoal {
    /// That of what is planned, or of the change that is to make a plan of it; nothing where no lower bill would do.
    pub fn of(entry: &PlannedWorkload<'_>) -> Option<Self> {
        let PlannedWorkload { problem, planner, recommendation: it, .. } = entry;
        let goal_seconds = problem.goal_seconds()?;
        let workload = Workload { p99_seconds: None, ..problem.workload.clone() };
        let free = Problem { workload: &workload, ..problem.clone() };
        let (runtime, [bill, compared]) = match (&it.verdict, &it.in_current, &it.chosen) {
            (Verdict::Alternative { usd_per_month, .. }, Err(_), _) => (problem.current, [*usd_per_month; 2]),
            (Verdict::Alternative { .. }, Ok(_), _) => return None,
            (Verdict::Move, _, Some(plan)) | (_, Ok(plan), _) => {
                (plan.runtime, [plan.usd_per_month, plan.cheapest_usd_per_month])
            }
            (_, Err(none), _) => {
                let remedies = entry.option_search().remedies(Err(none));
                (problem.current, [remedies.first()?.usd_per_month?; 2])
            }
        };
        let (on, [would, least], change) = match planner.cheapest_near(&free, runtime, None) {
            Ok(plan) => (Machines::of(&plan), [plan.usd_per_month, plan.cheapest_usd_per_month], None),
            Err(none) => {
                let first = Options::new(&free, planner).remedies(Err(&none)).into_iter().next()?;
                (first.on?, [first.usd_per_month?; 2], first.change)
            }
        };
        let saves_usd_per_month = bill - would;
        (compared - least >= SAME_BILL && saves_usd_per_month >= NOTHING_USD).then_some(Self {
            goal_seconds,
            saves_usd_per_month,
            on,
            change,
        })
    }
}
