//! What failures do to the cheapest plan in each runtime.

use crate::decide::planned::PlannedWorkload;
use crate::demand::retries::Retries;
use crate::plan::{NoPlan, Plan};
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::scenario::failure::{FailureScenario, GroupSettings, Impact};
use crate::scenario::poison::Poison;
use crate::workload::Workload;

/// What failures do to one workload.
#[derive(Debug, Clone)]
pub struct Failures<'a> {
    /// The workload and what runs it today.
    pub problem: Problem<'a>,
    /// The runtime recommended; `None` where no runtime has a plan.
    pub recommended: Option<&'a Runtime>,
    /// Settings of the consumer group.
    pub settings: GroupSettings,
    /// For each runtime what happens to its cheapest plan, or why there is none.
    pub by_runtime: Vec<(&'a Runtime, Result<RuntimeFailures<'a>, NoPlan>)>,
}

/// What happens to a plan.
#[derive(Debug, Clone)]
pub struct RuntimeFailures<'a> {
    /// The plan.
    pub plan: Plan<'a>,
    /// Each scenario once.
    pub impacts: Vec<FailureImpact>,
    /// What the retries that it is made for take, and how many more it bears.
    pub retries: Retries,
    /// One message that cannot be handled.
    pub poison: Poison,
}

/// What a scenario does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailureImpact {
    /// The scenario.
    pub scenario: FailureScenario,
    /// With events coming at their mean rate.
    pub at_mean: Impact,
    /// With events coming at their peak rate all the time.
    pub at_peak: Impact,
}

impl<'a> Failures<'a> {
    /// Puts the cheapest plan in each runtime through each scenario.
    pub fn of(planned: &PlannedWorkload<'a>, settings: GroupSettings) -> Self {
        let workload = planned.problem.workload;
        let of_plan = |plan: &Plan<'a>| RuntimeFailures::new(plan.clone(), workload, &settings);
        let by_runtime = planned
            .plans
            .iter()
            .map(|(runtime, plan)| (*runtime, plan.as_ref().map(of_plan).map_err(Clone::clone)))
            .collect();
        let recommended = planned.recommendation.runtime;
        Self { problem: planned.problem.clone(), recommended, settings, by_runtime }
    }

    /// Whether there is no plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        self.by_runtime.iter().all(|(_, failures)| failures.is_err())
    }
}

impl<'a> RuntimeFailures<'a> {
    fn new(plan: Plan<'a>, workload: &Workload, settings: &GroupSettings) -> Self {
        let impact = |scenario: FailureScenario| FailureImpact {
            scenario,
            at_mean: scenario.aftermath(&plan, settings, workload.mean_rate()),
            at_peak: scenario.aftermath(&plan, settings, workload.peak_rate()),
        };
        Self {
            impacts: FailureScenario::ALL.map(impact).to_vec(),
            retries: plan.retries(workload.outlook.attempts_per_event),
            poison: plan.poison(),
            plan,
        }
    }
}
