//! What a plan to right-size rests on where own code is what cores in use leave beside reading and fetching.

use crate::cost::bill::reaches;
use crate::decide::answer::{Answer, Verdict};
use crate::decide::baseline::Footing;
use crate::decide::depends_on::Asking;
use crate::decide::known::Known;
use crate::decide::resize::least_resize_saving;
use crate::decide::unsaid::{Unsaid, own_cpu};
use crate::demand::event::{base, observed_today};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::runtime::Runtime;

/// An event may take so many times the CPU that a plan has for it: speeds of machines are known no better, and plans have room for that.
const NO_WORSE_KNOWN: f64 = 1.15;

impl Asking<'_, '_> {
    /// The plan with the least own code that a blank wait of today's fetches may leave, where it saves enough more to be asked for.
    pub(super) fn cheaper(&self, problem: &Problem<'_>, known: &Known<'_>) -> Option<Answer> {
        let usd = known.settled.usd_per_month.filter(|_| known.settled.verdict == Verdict::RightSize)?;
        let it = Unsaid::of_fetch_wait(problem)?;
        let can_be = |problem: &Problem<'_>| known.admits(&Footing::of(problem, self.planner));
        let last = it.last_possible(it.low, |value| it.quantity.at(value, problem, &can_be) == Some(true));
        let value = it.quantity.last_written(it.assumed, last)?;
        let answer = it.quantity.at(value, problem, &|problem| self.to_run(problem))?;
        let saves = usd - answer.usd_per_month?;
        reaches(saves, least_resize_saving(self.planner, usd, true))
            .then_some(Answer { at: Some(value), ..answer })
    }
}

/// Whether a plan in today's runtime has no room for the own code that cores in use leave with `least`, the profile with its CPU at
/// the low ends of its intervals.
pub(super) fn may_be_too_small(problem: &Problem<'_>, plan: &Plan<'_>, least: &Runtime) -> bool {
    let (workload, current_machine) = (problem.workload, problem.current_machine);
    let cores = workload.cores_in_use(current_machine).filter(|_| workload.handler_seconds.is_none());
    let by_least = |cores| {
        let handled = base(workload, least, problem.today.charged_calls()).ok()?.handling();
        let Problem { ref today, vcpu_now, .. } = *problem;
        // Where today's profile takes more than is used, any of that may be the handler's.
        let all = match today.carried.core_seconds > 0.0 {
            true => handled + own_cpu(problem, cores, least)?,
            false => observed_today(workload, problem.current, cores, vcpu_now, today.carried.members),
        };
        Some(all / plan.demand.handling())
    };
    cores.and_then(by_least).filter(|times| *times > NO_WORSE_KNOWN).is_some_and(|times| {
        let mut sizing = plan.sizing.clone();
        sizing.service.handling_seconds *= times;
        !sizing.count().is_ok_and(|count| count.instances <= plan.count.instances)
    })
}
