//! What bad days do to the cheapest plan in each runtime.

use crate::catalog::{Catalog, ProblemError};
use crate::demand::retries::Retries;
use crate::plan::{NoPlan, Plan, Problem, RangeEnd};
use crate::policy::Policy;
use crate::runtime::Runtime;
use crate::scenario::incident::{Aftermath, GroupSettings, Incident};
use crate::scenario::poison::Poison;
use crate::workload::Workload;

/// The bad days of one workload.
#[derive(Debug, Clone)]
pub struct BadDays<'a> {
    /// The workload and what runs it today.
    pub problem: Problem<'a>,
    /// Settings of the consumer group.
    pub settings: GroupSettings,
    /// For each runtime what happens to its cheapest plan, or why there is none.
    pub fates: Vec<(&'a Runtime, Result<Fate<'a>, NoPlan>)>,
}

/// What happens to a plan.
#[derive(Debug, Clone)]
pub struct Fate<'a> {
    /// The plan.
    pub plan: Plan<'a>,
    /// Each incident once.
    pub blows: Vec<Blow>,
    /// What the retries that it is made for take, and how many more it bears.
    pub retries: Retries,
    /// One event that cannot be handled.
    pub poison: Poison,
}

/// What an incident does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blow {
    /// The incident.
    pub incident: Incident,
    /// With events coming at their mean rate.
    pub at_mean: Aftermath,
    /// With events coming at their peak rate all the time.
    pub at_peak: Aftermath,
}

impl<'a> BadDays<'a> {
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
        let fate = |&runtime: &&'a Runtime| {
            let plan = problem.cheapest(runtime, &machines, policy, RangeEnd::Best);
            (runtime, plan.map(|plan| Fate::new(plan, workload, &settings)))
        };
        let fates = runtimes.iter().map(fate).collect();
        Ok(Self { problem, settings, fates })
    }

    /// Whether there is no plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        self.fates.iter().all(|(_, fate)| fate.is_err())
    }
}

impl<'a> Fate<'a> {
    fn new(plan: Plan<'a>, workload: &Workload, settings: &GroupSettings) -> Self {
        let blow = |incident: Incident| Blow {
            incident,
            at_mean: incident.aftermath(&plan, settings, workload.mean_rate()),
            at_peak: incident.aftermath(&plan, settings, workload.peak_rate()),
        };
        Self {
            blows: Incident::ALL.map(blow).to_vec(),
            retries: plan.retries(workload.outlook.attempts_per_event),
            poison: plan.poison(),
            plan,
        }
    }
}
