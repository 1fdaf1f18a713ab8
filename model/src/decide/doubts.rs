//! What is in doubt of a decision: whether what it keeps bears the loss of a zone, the peak and its p99.

use crate::cost::bill::SAME_BILL;
use crate::decide::baseline::Baseline;
use crate::decide::late::Late;
use crate::decide::planned::PlannedWorkload;
use crate::decide::verdict::Verdict;
use crate::plan::Plan;
use crate::scenario::kept::KeptToday;

/// What is in doubt of a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubts {
    /// How busy what goes on is at peak with a zone lost, where that is too much and the plan, which survives it, costs no more, or by the cost tolerance.
    pub busy_without_zone: Option<f64>,
    /// How busy it is then by the best estimates, where it keeps up with what suits it alone, or has less room than plans leave.
    pub tight_without_zone: Option<f64>,
    /// How busy it is at peak by the best estimates, where that is more than all: what suits it may be less.
    pub busy_at_best: Option<f64>,
    /// What misses the goal for p99.
    pub late: Late,
}

impl Doubts {
    /// Those of a workload that is planned.
    pub fn of(planned: &PlannedWorkload<'_>) -> Self {
        let it = &planned.recommendation;
        let stays = it.verdict == Verdict::Stay && !it.baseline.footing.lags;
        let survives = survives_for_no_more(planned);
        let busy_without_zone = survives.then(|| overloaded_without_zone(planned)).flatten();
        let may_be_tight = survives && busy_without_zone.is_none();
        let kept = (stays || may_be_tight).then(|| KeptToday::planned(planned));
        let kept = kept.and_then(|(kept, plan)| kept.zip(plan));
        let kept = kept.as_ref();
        Self {
            busy_without_zone,
            tight_without_zone: kept.filter(|_| may_be_tight).and_then(|(kept, plan)| {
                let busy = kept.busy_without_zone(plan, planned.problem.workload)?;
                (busy > plan.sizing.policy.max_utilization_degraded).then_some(busy)
            }),
            busy_at_best: kept
                .filter(|_| stays)
                .map(|(_, plan)| plan.cpu_at_peak())
                .filter(|busy| *busy > 1.0),
            late: Late::of(planned),
        }
    }
}

/// How busy today's machines are at peak with a zone lost, where that is more than all whatever blank cells stand for.
pub fn overloaded_without_zone(entry: &PlannedWorkload<'_>) -> Option<f64> {
    let PlannedWorkload { problem, planner, .. } = entry;
    Baseline::overloaded_without_zone(problem, &planner.extremes(problem.current), &planner.policy)
}

/// Whether what runs today goes on, and machines that survive the loss of a zone cost no more, or by no more than the cost tolerance.
fn survives_for_no_more(entry: &PlannedWorkload<'_>) -> bool {
    let it = &entry.recommendation;
    let goes_on = matches!(it.verdict, Verdict::Stay | Verdict::DependsOn(_)) && !it.baseline.footing.lags;
    let most = it.today_usd_per_month.map(|today| today * (1.0 + entry.planner.policy.cost_tolerance));
    let costs_no_more = |plan: &Plan<'_>| most.is_some_and(|most| plan.usd_per_month - most < SAME_BILL);
    goes_on && it.in_current.as_ref().ok().is_none_or(costs_no_more)
}
