//! What failures do to what goes on as it runs today, and to the cheapest plan in each other runtime.

use crate::decide::fleet::Sureness;
use crate::decide::planned::PlannedWorkload;
use crate::demand::retries::Retries;
use crate::plan::{NoPlan, Plan};
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::scenario::failure::{FailureScenario, GroupSettings, Impact};
use crate::scenario::kept::KeptToday;
use crate::scenario::poison::Poison;
use crate::workload::Workload;

/// What failures do to one workload.
#[derive(Debug, Clone)]
pub struct Failures<'a> {
    /// The workload and what runs it today.
    pub problem: Problem<'a>,
    /// The runtime recommended; `None` where no runtime has a plan.
    pub recommended: Option<&'a Runtime>,
    /// How sure its verdict is.
    pub sureness: Sureness,
    /// Settings of the consumer group.
    pub settings: GroupSettings,
    /// What goes on as it runs today; `None` where other machines are recommended, or nobody knows what runs.
    pub kept: Option<KeptToday<'a>>,
    /// For each runtime what happens to its cheapest plan, or why there is none; in today's to what goes on, where its machines
    /// are known.
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
    /// Puts what goes on as it runs today, and the cheapest plan in each other runtime, through each scenario.
    pub fn of(planned: &PlannedWorkload<'a>, settings: GroupSettings) -> Self {
        let problem = &planned.problem;
        let workload = problem.workload;
        let (kept, running) = KeptToday::running(planned);
        let in_runtime = |(runtime, plan): &(&'a Runtime, Result<Plan<'a>, NoPlan>)| {
            let running = running.as_ref().filter(|it| it.runtime.name == runtime.name);
            let slowed = |rate, left| kept?.slowed(running?, workload, rate, left);
            let plan = running.map_or_else(|| plan.as_ref().map_err(Clone::clone), Ok);
            (*runtime, plan.map(|plan| RuntimeFailures::new(plan.clone(), workload, &settings, slowed)))
        };
        let by_runtime = planned.plans.iter().map(in_runtime).collect();
        let (recommended, sureness) = (planned.recommendation.runtime, planned.sureness());
        Self { problem: problem.clone(), recommended, sureness, settings, kept, by_runtime }
    }

    /// Whether a runtime's machines are those that run today.
    pub fn runs_today(&self, runtime: &Runtime) -> bool {
        self.kept.is_some_and(|it| it.on.is_some()) && runtime.name == self.problem.current.name
    }

    /// Whether a runtime's plan is of pods that run today.
    pub fn in_pods(&self, runtime: &Runtime) -> bool {
        self.runs_today(runtime) && self.kept.is_some_and(|it| it.in_pods)
    }

    /// Whether there is no plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        self.by_runtime.iter().all(|(_, failures)| failures.is_err())
    }
}

impl<'a> RuntimeFailures<'a> {
    /// `slowed` is the plan at a rate, events/s, on the instances left, where these are slower the fewer they are.
    fn new(
        plan: Plan<'a>,
        workload: &Workload,
        settings: &GroupSettings,
        slowed: impl Fn(f64, u64) -> Option<Plan<'a>>,
    ) -> Self {
        let impact = |scenario: FailureScenario| {
            let at = |rate| {
                let slowed = slowed(rate, scenario.standstill(&plan, settings).instances_left);
                scenario.aftermath(slowed.as_ref().unwrap_or(&plan), settings, rate)
            };
            let (at_mean, at_peak) = (at(workload.mean_rate()), at(workload.peak_rate()));
            FailureImpact { scenario, at_mean, at_peak }
        };
        Self {
            impacts: FailureScenario::ALL.map(impact).to_vec(),
            retries: plan.retries(workload.outlook.attempts_per_event),
            poison: plan.poison(),
            plan,
        }
    }
}
