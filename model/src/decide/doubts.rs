//! What is in doubt of a decision: whether what it keeps bears the loss of a zone, the peak and its p99.

use crate::cost::bill::SAME_BILL;
use crate::decide::baseline::Baseline;
use crate::decide::late::Late;
use crate::decide::planned::PlannedWorkload;
use crate::decide::verdict::Verdict;
use crate::scenario::kept::KeptToday;

/// What is in doubt of a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubts {
    /// How busy what goes on is at peak with a zone lost, where that is too much and no plan that survives it has a higher price.
    pub busy_without_zone: Option<f64>,
    /// How busy it is at peak by the best estimates, where that is more than all: what suits it may be less.
    pub busy_at_best: Option<f64>,
    /// What misses the goal for p99.
    pub late: Late,
}

impl Doubts {
    /// Those of a workload that is planned.
    pub fn of(planned: &PlannedWorkload<'_>) -> Self {
        Self {
            busy_without_zone: busy_without_zone(planned),
            busy_at_best: busy_at_best(planned),
            late: Late::of(planned),
        }
    }
}

fn busy_without_zone(entry: &PlannedWorkload<'_>) -> Option<f64> {
    let it = &entry.recommendation;
    let goes_on = matches!(it.verdict, Verdict::Stay | Verdict::DependsOn(_)) && !it.baseline.footing.lags;
    // Where there is no plan, none has a price that would say it.
    let costs_no_more =
        it.in_current.is_err() || it.right_sizing_saves.is_some_and(|saves| saves > -SAME_BILL);
    let planner = (goes_on && costs_no_more).then_some(&entry.planner)?;
    let extremes = planner.extremes(entry.problem.current);
    Baseline::overloaded_without_zone(&entry.problem, &extremes, &planner.policy)
}

fn busy_at_best(entry: &PlannedWorkload<'_>) -> Option<f64> {
    let it = &entry.recommendation;
    let kept = (it.verdict == Verdict::Stay && !it.baseline.footing.lags).then(|| KeptToday::of(entry))??;
    let plan = kept.plan(&entry.problem, entry.planner.policy)?;
    Some(plan.cpu_at_peak()).filter(|busy| *busy > 1.0)
}
