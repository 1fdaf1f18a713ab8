//! What is asked before a step is recommended: what would be asked once it is taken.

use crate::decide::answer::{DependsOn, Verdict};
use crate::decide::change::Change;
use crate::decide::depends_on::{Asking, Turn};
use crate::decide::known::Known;
use crate::decide::unsaid::Quantity;
use crate::problem::Problem;
use std::cell::RefCell;

impl Asking<'_, '_> {
    /// What nobody has said on which it turns what is decided once the step is taken that is recommended: keys are not remapped
    /// first and the skew asked for then. It is told by what is decided before.
    pub(super) fn once_followed(&self, problem: &Problem<'_>, known: &Known<'_>) -> Option<DependsOn> {
        let (quantity, _, threshold) = self.turn_once_followed(problem, known)?;
        let turn = Turn { from: quantity.just_below(threshold), to: threshold, quantity };
        Some(DependsOn { threshold: Some(threshold), ..self.told(problem, turn, known) })
    }

    /// That figure, what is assumed of it, and where another step is taken.
    pub(super) fn turn_once_followed(
        &self,
        problem: &Problem<'_>,
        known: &Known<'_>,
    ) -> Option<(Quantity, f64, f64)> {
        let Verdict::Alternative { change: Some(change), .. } = known.settled.verdict else { return None };
        let workload = change.described(problem);
        let followed = Problem::new(&workload, problem.current, problem.current_machine).ok()?;
        let asking = Asking { answers: RefCell::default(), ..*self };
        let then = asking.known(&followed);
        let [turn, _] = asking.turns(&followed, &then, false);
        let Turn { quantity, from, to } = turn?;
        let turn = Turn { quantity: quantity.clone(), from, to };
        let end = asking.told(&followed, turn, &then).threshold?;
        // The step may be another one sooner.
        let takes_another = |value: f64| {
            let takes_another = |problem: &Problem<'_>| is_another(&self.at(problem).0.verdict, change);
            quantity.at(value, problem, &takes_another) == Some(true)
        };
        let threshold = || quantity.divided(from, end, takes_another).into_iter().reduce(f64::max);
        Some((quantity.clone(), from, takes_another(end).then(threshold)??))
    }
}

/// Whether a verdict that can be is another one than to make a change.
fn is_another(verdict: &Verdict, to: Change) -> bool {
    match verdict {
        Verdict::Alternative { change, .. } => change.is_none_or(|it| !to.does_for(it)),
        Verdict::Contradictory => false,
        _ => true,
    }
}
