//! What falls behind at peak is mended whatever a blank cell stands for. By which step may turn on that, and then nobody has
//! checked what the step saves.

use crate::decide::answer::DependsOn;
use crate::decide::depends_on::{Asking, decides};
use crate::decide::known::Known;
use crate::problem::Problem;

impl Asking<'_, '_> {
    /// The first figure of which a likely value has something else mend what falls behind, where what does as far as is known saves
    /// something of today's bill.
    pub(super) fn mended_by(&self, problem: &Problem<'_>, known: &Known<'_>) -> Option<DependsOn> {
        let settled = &known.settled;
        let today = problem.usd_per_month_today(&self.planner.policy)?;
        let saves = settled.usd_per_month.is_some_and(|after| after < today);
        if !(known.footing.lags && saves && settled.verdict.mends()) {
            return None;
        }
        let asking = Asking { tells_steps: true, answers: self.answers.clone(), ..*self };
        let [turn, _] = asking.turns(problem, known, false);
        Some(asking.told(problem, turn?, known)).filter(decides)
    }
}
