//! What to do about a problem as far as it is known, before anybody asks what the answer turns on.

use crate::decide::alternative::AlternativeKind;
use crate::decide::answer::{Answer, Verdict};
use crate::decide::baseline::Footing;
use crate::decide::planner::Planner;
use crate::decide::resize::{at_most_gain, is_undone_by_gain};
use crate::decide::steps::Steps;
use crate::decide::verdict::{Depth, Settled, settle};
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::problem::{Problem, RangeEnd};
use std::cell::LazyCell;

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
        let footing = Footing::of(problem, planner);
        let in_current = planner.cheapest_near(problem, problem.current, near);
        let settled = |steps| settle(problem, planner, footing, in_current.as_ref(), steps, depth);
        let on = in_current.as_ref().ok().map(|plan| plan.machine);
        let settled = at_any_idle_sibling(settled, problem, planner, footing, on, depth);
        Self { footing, in_current, settled }
    }

    /// Whether today can be so: it does not contradict itself, and what is kept, at its limit or to be no worse keeps up, as it is known to run.
    pub(super) fn admits(&self, footing: &Footing) -> bool {
        let keeps_up =
            self.settled.verdict == Verdict::Stay || self.is_no_worse() || self.footing.is_at_limit;
        !(footing.is_contradictory || footing.lags && keeps_up)
    }

    /// Whether machines are recommended that break a limit no more than today's, as none keep it.
    pub(super) fn is_no_worse(&self) -> bool {
        self.settled.verdict == Verdict::RightSize && self.in_current.is_err()
    }
}

/// A verdict that stands whatever an idle hyper-thread gives the other one of its core: no column says that, so a change has
/// to be worth it where it is as much as may be, and more work was done today. None stands where today contradicts itself.
/// What is `settled` is told at the best estimates, with the smaller steps that count; `on` is the machine type of the plan in today's
/// runtime.
pub(super) fn at_any_idle_sibling<'v>(
    settled: impl Fn(Steps) -> Settled<'v>,
    problem: &Problem<'v>,
    planner: &Planner<'v>,
    footing: Footing,
    on: Option<&Machine>,
    depth: Depth,
) -> Settled<'v> {
    if footing.is_contradictory {
        return Settled::without_bill(Verdict::Contradictory);
    }
    let best = settled(Steps::All);
    let Some(most) = at_most_gain(problem) else { return best };
    let today = problem.usd_per_month_today(&planner.policy);
    let stay = |settled: Settled<'v>| Settled {
        verdict: Verdict::Stay,
        to: None,
        usd_per_month: today.or(settled.usd_per_month),
        ..settled
    };
    let in_current = LazyCell::new(|| planner.cheapest_near(&most, problem.current, on));
    let there = |depth| settle(&most, planner, footing, in_current.as_ref(), Steps::All, depth);
    match best.verdict {
        // What is at its limit needs more room rather than less.
        Verdict::RightSize
            if !(footing.lags || footing.is_at_limit)
                && on.is_some_and(|machine| is_undone_by_gain(problem, planner, machine)) =>
        {
            stay(best)
        }
        // Where no language is worth it however fast own code is in it, nobody has to try.
        Verdict::DependsOn(ref asked) => {
            let Answer { ref verdict, usd_per_month, .. } = asked.below;
            match there(Depth::Kind).verdict {
                Verdict::DependsOn(_) | Verdict::Move => best,
                _ => Settled { usd_per_month, ..Settled::without_bill(verdict.clone()) },
            }
        }
        // What costs nothing is tried first whatever that is.
        Verdict::Alternative { step: AlternativeKind::Processes, .. } => best,
        Verdict::Alternative { .. } | Verdict::Move => {
            // Any step mends what falls behind, and the cheapest is that of the best estimates.
            let is_step = |verdict: &Verdict| matches!(verdict, Verdict::Alternative { .. });
            if footing.lags && is_step(&best.verdict) && is_step(&there(Depth::Kind).verdict) {
                return best;
            }
            let there = there(depth);
            if there.verdict == Verdict::None || there.verdict.agrees(&best.verdict) {
                return best;
            }
            let steps = match there.verdict {
                Verdict::Alternative { step, .. } => Steps::Only(step),
                _ => Steps::None,
            };
            let here = settled(steps);
            let on = || planner.priced(problem, there.to.unwrap_or(problem.current), RangeEnd::Best);
            match there.verdict {
                _ if here.verdict.agrees(&there.verdict) => here,
                Verdict::Stay => stay(here),
                Verdict::RightSize | Verdict::Move => {
                    Settled { usd_per_month: on().map(|it| it.usd_per_month), ..there }
                }
                Verdict::Alternative { .. } => here,
                _ => there,
            }
        }
        _ => best,
    }
}
