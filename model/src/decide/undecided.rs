//! A step whose plan breaks in most samples of what is uncertain is none: it is the question which range decides it.

use crate::decide::answer::{Answer, DependsOn, Verdict};
use crate::decide::depends_on::{Asking, Turn};
use crate::decide::planned::PlannedWorkload;
use crate::decide::unsaid::Quantity;
use crate::problem::{Problem, RangeEnd};
use crate::uncertain::risk::Risk;
use crate::uncertain::sensitivity::difference;
use crate::workload::Uncertain;
use std::cell::RefCell;

/// The share of samples in which the plan of a step has to keep all constraints: what breaks more often than it holds would have to
/// be mended again. One that keeps them by nothing holds in half, give or take the standard error of that.
fn least_share(samples: usize) -> f64 {
    0.5 - 0.5 / (samples as f64).sqrt()
}

/// The shares of a range that are looked at, as what matters is.
const ENDS: [f64; 2] = [0.1, 0.9];

impl PlannedWorkload<'_> {
    /// The workload with how sure its answer is; without a step where its plan holds too seldom.
    pub(crate) fn at_risk(self, risk: Risk) -> Self {
        let sampled = Self { risk: Some(risk), ..self };
        match sampled.to_narrow() {
            Some(question) => {
                Self { recommendation: sampled.recommendation.clone().asking(question), ..sampled }
            }
            None => sampled,
        }
    }

    /// The range that moves the bill of the plan most, with the answers at its ends, where that plan holds too seldom. What falls behind
    /// is mended whatever a figure is.
    fn to_narrow(&self) -> Option<DependsOn> {
        let Self { problem, planner, recommendation: it, .. } = self;
        let is_step = matches!(it.verdict, Verdict::RightSize | Verdict::Move) && !it.falls_behind();
        let plan = it.chosen.as_ref().filter(|_| is_step)?;
        let risk = self.risk.as_ref()?;
        let of_plan = risk.runtimes.iter().find(|it| it.runtime == plan.runtime.name)?;
        let holds = of_plan.holds.filter(|share| *share < least_share(risk.samples))?;
        let ends = |range: &Uncertain| {
            let quantity = Quantity::Range(range.input);
            let values = ENDS.map(|share| quantity.in_column(range.distribution.quantile(share)));
            let priced = |problem: &Problem<'_>| planner.priced(problem, plan.runtime, RangeEnd::Best);
            let [low, high] = values.map(|value| Some(quantity.at(value, problem, &priced)??.usd_per_month));
            let moves = difference(low, high);
            let median = quantity.in_column(range.distribution.median());
            (moves, quantity, median, values)
        };
        let ranges = problem.workload.ranges.iter().map(ends);
        // What breaks by figures that no cell gives is no question of a cell.
        let ranges = ranges.filter(|(moves, ..)| *moves > 0.0);
        let (_, quantity, median, values) = ranges.max_by(|one, other| one.0.total_cmp(&other.0))?;
        let asking =
            Asking { planner, near: Some(plan.machine), tells_steps: false, answers: RefCell::default() };
        let known = asking.known(problem);
        let at = |value| quantity.at(value, problem, &|problem| asking.to_run(problem));
        let [Some(below), Some(above)] = values.map(|value| Some(Answer { at: Some(value), ..at(value)? }))
        else {
            return None;
        };
        let assumed = at(median)?;
        let other = [&above, &below].into_iter().find(|it| !it.agrees(&assumed)).and_then(|it| it.at);
        let question = match other {
            Some(to) => asking.told(problem, Turn { quantity, from: median, to }, &known),
            None => DependsOn::either(quantity.column(), below, above),
        };
        Some(DependsOn { holds: Some(holds), ..question })
    }
}
