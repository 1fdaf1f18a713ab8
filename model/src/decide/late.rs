//! What misses the goal for p99, and what a blank `io_wait_p99_ms` decides of that.

use crate::decide::planned::PlannedWorkload;
use crate::decide::unsaid::Unsaid;
use crate::decide::verdict::Verdict;
use crate::latency::range::P99Range;
use crate::plan::{NoPlan, Plan};
use crate::problem::Problem;
use crate::scenario::kept::KeptToday;

/// What misses the goal for p99, whatever a blank `io_wait_p99_ms` is likely to stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Late {
    /// What is kept, or batches that take too long to gather: their p99 and the goal, s.
    pub decided: Option<(P99Range, f64)>,
    /// Whether no plan of what is kept meets it.
    pub anywhere: bool,
    /// The `io_wait_p99_ms` from which on one of these is so too, where a blank one decides that.
    pub from_wait_p99: Option<f64>,
}

impl Late {
    /// That of a workload that is planned.
    pub fn of(entry: &PlannedWorkload<'_>) -> Self {
        let it = &entry.recommendation;
        let is_kept = it.verdict == Verdict::Stay;
        let anywhere = is_kept && it.in_current.as_ref().is_err_and(NoPlan::is_late);
        let late = Self { decided: missed(entry), anywhere, from_wait_p99: None };
        if is_kept && late.misses() { late.at_any_wait(entry).unwrap_or(late) } else { late }
    }

    /// Whether the goal is missed, by what is decided or by every plan of it.
    pub fn misses(&self) -> bool {
        self.anywhere || self.decided.is_some()
    }

    /// As much of it as is so at the least value that is likely; nothing where that is all.
    fn at_any_wait(self, entry: &PlannedWorkload<'_>) -> Option<Self> {
        let unsaid = Unsaid::of_wait(&entry.problem)?;
        let Unsaid { ref quantity, assumed, low, .. } = unsaid;
        let least = quantity.last_written(assumed, unsaid.likely(low))?;
        let of = |problem: &Problem<'_>| {
            let none = || entry.planner.cheapest_near(problem, problem.current, None).err();
            let decided = self.decided.is_some_and(|(_, goal)| as_today(entry, problem, goal).is_some());
            (decided, self.anywhere && none().is_some_and(|none| none.is_late()))
        };
        let at = |value: f64| quantity.at(value, &entry.problem, &of);
        let (decided, anywhere) = at(least).filter(|it| *it != (self.decided.is_some(), self.anywhere))?;
        let [_, from] = quantity.divided(least, assumed, |value| at(value) != Some((decided, anywhere)));
        Some(Self { decided: self.decided.filter(|_| decided), anywhere, from_wait_p99: Some(from) })
    }
}

fn missed(entry: &PlannedWorkload<'_>) -> Option<(P99Range, f64)> {
    let it = &entry.recommendation;
    let goal = entry.problem.goal_seconds()?;
    let plan = match it.verdict {
        Verdict::Stay => as_today(entry, &entry.problem, goal)?,
        Verdict::RightSize | Verdict::Move => {
            it.chosen.as_ref().filter(|plan| plan.misses_goal_by_batches())?.clone()
        }
        _ => return None,
    };
    // What is unbounded is told as busy.
    plan.p99_seconds().is_finite().then(|| (plan.slowest_range().0, goal))
}

/// What is kept of a problem, on its machines, where its p99 misses a goal, s.
fn as_today<'a>(entry: &PlannedWorkload<'a>, problem: &Problem<'_>, goal: f64) -> Option<Plan<'a>> {
    let kept = KeptToday::of(entry)?.plan_in_time(problem, entry.planner.policy);
    kept.filter(|plan| plan.p99_seconds() > goal || plan.misses_goal_by_batches())
}
