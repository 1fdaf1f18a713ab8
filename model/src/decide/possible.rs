//! Which values of a figure that nobody has said today can have.

use crate::decide::answer::Verdict;
use crate::decide::baseline::Footing;
use crate::decide::depends_on::Asking;
use crate::decide::known::Known;
use crate::decide::unsaid::{Quantity, Unsaid};
use crate::problem::Problem;

impl Unsaid {
    /// The last value on the way to an end with which today `can` be: nothing turns on what cannot be.
    pub fn last_possible(&self, end: f64, can: impl Fn(f64) -> bool) -> f64 {
        if can(end) { end } else { self.quantity.divided(self.assumed, end, |value| !can(value))[0] }
    }

    /// The first one on the way to an end that `can` be, which is what is assumed where that is not read with what suits today alone.
    pub fn first_possible(&self, end: f64, can: impl Fn(f64) -> bool) -> f64 {
        if can(self.assumed) { self.assumed } else { self.quantity.divided(self.assumed, end, can)[1] }
    }
}

impl Asking<'_, '_> {
    /// Whether today can be with a value of a figure.
    pub(super) fn is_possible(
        &self,
        quantity: &Quantity,
        value: f64,
        problem: &Problem<'_>,
        known: &Known<'_>,
    ) -> bool {
        let can = |problem: &Problem<'_>| {
            let extremes = self.planner.extremes(problem.current);
            let footing = Footing::of(problem, &extremes, &self.planner.policy);
            known.admits(footing.is_contradictory, footing.lags)
        };
        quantity.at(value, problem, &can) == Some(true)
    }
}

impl Known<'_> {
    /// Whether today can be so: it does not contradict itself, and what is kept keeps up, as it is known to run.
    pub(super) fn admits(&self, is_contradictory: bool, lags: bool) -> bool {
        !(is_contradictory || lags && self.settled.verdict == Verdict::Stay)
    }
}
