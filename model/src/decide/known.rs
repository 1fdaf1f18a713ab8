//! What to do about a problem as far as it is known, before anybody asks what the answer turns on.

use crate::decide::answer::Verdict;
use crate::decide::baseline::Footing;
use crate::decide::planner::Planner;
use crate::decide::resize::{at_most_gain, is_worth_resizing};
use crate::decide::verdict::{Depth, Settled, settle};
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::problem::{Problem, RangeEnd};

/// What to do about a problem as far as it is known, with what that rests on.
#[derive(Debug, Clone)]
pub struct Known<'v> {
    /// What runs today.
    pub footing: Footing,
    /// The cheapest plan in today's runtime, or why there is none.
    pub in_current: Result<Plan<'v>, NoPlan>,
    /// What to do.
    pub settled: Settled<'v>,
}

impl<'v> Known<'v> {
    /// That of a problem by itself. `near` is looked at first for today's runtime.
    pub fn of(problem: &Problem<'v>, planner: &Planner<'v>, near: Option<&Machine>, depth: Depth) -> Self {
        let footing = Footing::of(problem, &planner.extremes(problem.current), &planner.policy);
        let in_current = planner.cheapest_near(problem, problem.current, near);
        let settled = || settle(problem, planner, footing, in_current.as_ref(), depth);
        let settled = at_any_idle_sibling(settled, problem, planner, footing, depth);
        Self { footing, in_current, settled }
    }
}

/// A verdict that stands whatever an idle hyper-thread gives the other one of its core: no column says that, so a change has
/// to be worth it where it is as much as may be, and more work was done today. None stands where today contradicts itself.
pub(super) fn at_any_idle_sibling<'v>(
    settled: impl FnOnce() -> Settled<'v>,
    problem: &Problem<'v>,
    planner: &Planner<'v>,
    footing: Footing,
    depth: Depth,
) -> Settled<'v> {
    if footing.is_contradictory {
        return Settled::without_bill(Verdict::Contradictory);
    }
    let settled = settled();
    let Some(most) = at_most_gain(problem) else { return settled };
    match settled.verdict {
        // What is at its limit needs more room rather than less, and where nothing has a plan, today's machines have none either.
        Verdict::RightSize if !(footing.lags || footing.is_at_limit) => {
            match planner.priced(&most, problem.current, RangeEnd::Best) {
                Some(to) if !is_worth_resizing(&most, planner, &to) => Settled {
                    verdict: Verdict::Stay,
                    to: None,
                    usd_per_month: problem.usd_per_month_today(&planner.policy),
                    worth_up_to: settled.worth_up_to,
                },
                _ => settled,
            }
        }
        Verdict::Alternative { .. } | Verdict::Move => {
            let in_current = planner.cheapest_near(&most, problem.current, None);
            let there = settle(&most, planner, footing, in_current.as_ref(), depth);
            match there.verdict {
                Verdict::None => settled,
                _ if there.verdict.agrees(&settled.verdict) => settled,
                _ => there,
            }
        }
        _ => settled,
    }
}
