//! Whether today's runtime should run on other machines than today's.

use crate::bill_bounds::ROUNDING;
use crate::cost::bill::{SAME_BILL, reaches};
use crate::decide::alternative::Machines;
use crate::decide::baseline::Footing;
use crate::decide::planner::Planner;
use crate::machine::{IDLE_SIBLING, Machine};
use crate::plan::{Plan, Priced};
use crate::problem::{Problem, RangeEnd};

/// Whether today's runtime is to run on other machines, on which its plan is: today's fall behind, others are worth what they save, or
/// today's are at their limit and others have room for no more.
pub(super) fn is_to_be_resized(
    problem: &Problem<'_>,
    planner: &Planner<'_>,
    footing: Footing,
    to: &Priced<'_>,
) -> bool {
    let today = problem.usd_per_month_today(&planner.policy);
    // Others for no more; and a setting that gives today's machines room costs nothing.
    let has_room_for_no_more = || {
        today.is_some_and(|today| to.usd_per_month <= today + SAME_BILL)
            && on_same_machines(problem, planner).is_none()
    };
    footing.lags || is_worth_resizing(problem, planner, to) || footing.is_at_limit && has_room_for_no_more()
}

/// Whether the bill of machines in today's runtime is so far below today's that it is worth a change: by as much as the
/// terms ask for, and on another family, whose speed is not known that well, by the cost tolerance too.
pub(super) fn is_worth_resizing(problem: &Problem<'_>, planner: &Planner<'_>, to: &Priced<'_>) -> bool {
    let Some(today) = problem.usd_per_month_today(&planner.policy) else { return false };
    let saves = today - to.usd_per_month;
    let is_of_family = problem.current_machine.is_some_and(|machine| machine.family == to.machine.family);
    !reaches(0.0, saves) && reaches(saves, least_resize_saving(planner, today, is_of_family))
}

/// Whether right-sizing to a machine type that is worth it at best estimates is not where an idle hyper-thread of today's machines
/// gives as much as it may. What no number of today's machines serves then is no reason to keep them.
pub(super) fn is_undone_by_gain(problem: &Problem<'_>, planner: &Planner<'_>, to: &Machine) -> bool {
    let Some(most) = at_most_gain(problem) else { return false };
    let today = problem.usd_per_month_today(&planner.policy);
    let enough = today.map_or(0.0, |today| enough_to_resize(planner, today));
    if planner.least_within(&most, problem.current, to, enough).is_some() {
        return false;
    }
    let there = planner.priced_within(&most, problem.current, RangeEnd::Best, Some(to), f64::INFINITY);
    there.is_some_and(|to| !is_worth_resizing(&most, planner, &to) && on_same_type(&most, planner).is_some())
}

/// Whether today's machines are kept where `to` is the plan in today's runtime: they carry the peak, and others are not worth it.
pub(super) fn keeps_machines(problem: &Problem<'_>, planner: &Planner<'_>, to: &Priced<'_>) -> bool {
    let today = Machines::today(problem);
    let footing = Footing::of(problem, planner);
    if today.is_none() || footing.is_contradictory || footing.lags {
        return false;
    }
    // What is at its limit needs more room rather than less.
    !is_to_be_resized(problem, planner, footing, to)
        || !footing.is_at_limit && is_undone_by_gain(problem, planner, to.machine)
}

/// The problem where an idle hyper-thread of today's machines gives the other one of its core as much as it may; `None` where
/// none share a core.
pub(super) fn at_most_gain<'p>(problem: &Problem<'p>) -> Option<Problem<'p>> {
    let Problem { workload, current, current_machine, .. } = *problem;
    let shares_cores = current_machine.is_some_and(|machine| machine.shares_cores());
    let most = || Problem::with_idle_sibling(workload, current, current_machine, IDLE_SIBLING.high).ok();
    if shares_cores { most() } else { None }
}

/// The cheapest plan in today's runtime on machines of today's type, where any number of them meets every limit.
pub(super) fn on_same_type<'a>(problem: &Problem<'a>, planner: &Planner<'a>) -> Option<Plan<'a>> {
    planner.cheapest_among(problem, problem.current, &[problem.current_machine?], RangeEnd::Best).ok()
}

/// That plan where today's machines are enough for it, so that settings of theirs are all that it takes.
pub(super) fn on_same_machines<'a>(problem: &Problem<'a>, planner: &Planner<'a>) -> Option<Plan<'a>> {
    let today = problem.workload.machines_today()?;
    on_same_type(problem, planner).filter(|plan| plan.count.instances <= u64::from(today))
}

/// A bill, USD a month, of which the cheapest plan is worth resizing to on any family: plans to run cost more by the tolerance at most.
pub(super) fn enough_to_resize(planner: &Planner<'_>, today: f64) -> f64 {
    let most = today - least_resize_saving(planner, today, false);
    most * (1.0 - ROUNDING) / (1.0 + planner.policy.cost_tolerance)
}

/// The least that such a change has to save of today's bill, USD a month.
pub(super) fn least_resize_saving(planner: &Planner<'_>, today: f64, is_of_family: bool) -> f64 {
    let least = if is_of_family { 0.0 } else { planner.policy.cost_tolerance * today };
    planner.terms.min_resize_saving_usd_per_month.max(least)
}
