//! Machines that break a limit no more than today's do, where none keep it.

use crate::capacity::load::LoadOn;
use crate::decide::options::Options;
use crate::decide::resize::{at_most_gain, is_worth_resizing};
use crate::decide::verdict::Case;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::scenario::kept::KeptToday;

impl<'a> Case<'_, '_, 'a> {
    /// The plan in today's runtime whose busiest consumer is no busier at peak than today's, which keeps up, where one partition is
    /// too much for the limits on any machine and the plan is worth a change, whatever an idle hyper-thread gives.
    pub(super) fn no_worse(&self) -> Option<Plan<'a>> {
        let Options { problem, planner, .. } = self.options;
        let on = self.in_current.err()?.stuck()?.on;
        on.filter(|on| *on != LoadOn::Instance && !self.footing.lags)?;
        let today = KeptToday::today(problem, &planner.policy)?.plan_in_time(problem, planner.policy)?;
        let busy = Some(today.busiest_consumer()).filter(|busy| *busy <= 1.0)?;
        let worth = |problem: &Problem<'_>| {
            let plan = planner.cheapest_as_busy(problem, problem.current, busy)?;
            is_worth_resizing(problem, planner, &plan.priced()).then_some(plan)
        };
        let plan = worth(problem)?;
        at_most_gain(problem).is_none_or(|most| worth(&most).is_some()).then_some(plan)
    }
}
