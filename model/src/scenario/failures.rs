//! What bad days do to the cheapest plan in each runtime.

use crate::catalog::{Catalog, ProblemError};
use crate::demand::retries::Retries;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::scenario::failure::{FailureScenario, GroupSettings, Impact};
use crate::scenario::poison::Poison;
use crate::workload::Workload;

/// The bad days of one workload.
#[derive(Debug, Clone)]
pub struct Failures<'a> {
    /// The workload and what runs it today.
    pub problem: Problem<'a>,
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
    /// Each incident once.
    pub impacts: Vec<FailureImpact>,
    /// What the retries that it is made for take, and how many more it bears.
    pub retries: Retries,
    /// One event that cannot be handled.
    pub poison: Poison,
}

/// What an incident does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailureImpact {
    /// The incident.
    pub incident: FailureScenario,
    /// With events coming at their mean rate.
    pub at_mean: Impact,
    /// With events coming at their peak rate all the time.
    pub at_peak: Impact,
}

impl<'a> Failures<'a> {
    /// Puts the cheapest plan in each of `runtimes` through each incident.
    pub fn new(
        catalog: &'a Catalog,
        runtimes: &[&'a Runtime],
        workload: &'a Workload,
        policy: Policy,
        settings: GroupSettings,
    ) -> Result<Self, ProblemError> {
        let problem = catalog.problem(workload)?;
        let machines = catalog.candidates();
        let failures = |&runtime: &&'a Runtime| {
            let plan = problem.cheapest(runtime, &machines, policy, RangeEnd::Best);
            (runtime, plan.map(|plan| RuntimeFailures::new(plan, workload, &settings)))
        };
        let by_runtime = runtimes.iter().map(failures).collect();
        Ok(Self { problem, settings, by_runtime })
    }

    /// Whether there is no plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        self.by_runtime.iter().all(|(_, failures)| failures.is_err())
    }
}

impl<'a> RuntimeFailures<'a> {
    fn new(plan: Plan<'a>, workload: &Workload, settings: &GroupSettings) -> Self {
        let blow = |incident: FailureScenario| FailureImpact {
            incident,
            at_mean: incident.aftermath(&plan, settings, workload.mean_rate()),
            at_peak: incident.aftermath(&plan, settings, workload.peak_rate()),
        };
        Self {
            impacts: FailureScenario::ALL.map(blow).to_vec(),
            retries: plan.retries(workload.outlook.attempts_per_event),
            poison: plan.poison(),
            plan,
        }
    }
}
