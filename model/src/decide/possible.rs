//! Which values of a figure that nobody has said today can have.

use crate::decide::answer::Verdict;
use crate::decide::baseline::Footing;
use crate::decide::depends_on::Asking;
use crate::decide::known::Known;
use crate::decide::unsaid::{Quantity, Unsaid};
use crate::problem::Problem;

impl Asking<'_, '_> {
    /// The last value on the way to an end with which today can be: nothing turns on what cannot be.
    pub(super) fn last_possible(
        &self,
        it: &Unsaid,
        end: f64,
        problem: &Problem<'_>,
        known: &Known<'_>,
    ) -> f64 {
        let can = |value: f64| self.is_possible(&it.quantity, value, problem, known);
        if can(end) { end } else { it.quantity.divided(it.assumed, end, |value| !can(value))[0] }
    }

    /// The first one on the way to an end that can be, which is what is assumed where that is not read with what suits today alone.
    pub(super) fn first_possible(
        &self,
        it: &Unsaid,
        end: f64,
        problem: &Problem<'_>,
        known: &Known<'_>,
    ) -> f64 {
        let can = |value: f64| self.is_possible(&it.quantity, value, problem, known);
        if can(it.assumed) { it.assumed } else { it.quantity.divided(it.assumed, end, can)[1] }
    }

    /// Whether today can be with a value of a figure.
    fn is_possible(&self, quantity: &Quantity, value: f64, problem: &Problem<'_>, known: &Known<'_>) -> bool {
        let can = |problem: &Problem<'_>| {
            let extremes = self.planner.extremes(problem.current);
            may_be(Footing::of(problem, &extremes, &self.planner.policy), known)
        };
        quantity.at(value, problem, &can) == Some(true)
    }
}

/// Whether today can be so: it does not contradict itself, and what is kept keeps up, as it is known to run.
fn may_be(footing: Footing, known: &Known<'_>) -> bool {
    let lags = footing.lags && known.settled.verdict == Verdict::Stay;
    !(footing.is_contradictory || lags)
}
