//! Plans and recommendations for a whole file of workloads.

use crate::capacity::constraint::BoundBy;
use crate::catalog::{Catalog, Home, ProblemError};
use crate::decide::planned::PlannedWorkload;
use crate::decide::planner::Planners;
use crate::decide::terms::Terms;
use crate::decide::verdict::Verdict;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::uncertain::catalog::UncertainCatalog;
use crate::uncertain::confidence::Confidence;
use crate::uncertain::latin_hypercube::Sampling;
use crate::uncertain::monte_carlo;
use crate::workload::Workload;
use std::collections::BTreeSet;

/// How sure what is said of a workload is: of several the surest count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// What is given of today cannot be.
    Contradictory,
    /// The verdict turns on a question, or prices are missing.
    Open,
    /// There is a verdict.
    Decided,
}

/// All workloads.
#[derive(Debug, Clone)]
pub struct Fleet<'a> {
    /// In the order of the files.
    pub entries: Vec<PlannedWorkload<'a>>,
    /// Runtimes that were compared.
    pub runtimes: Vec<&'a Runtime>,
    /// Machine types that were to choose from.
    pub machines: Vec<&'a Machine>,
    /// Headroom and failures.
    pub policy: Policy,
    /// What a saving has to be worth.
    pub terms: Terms,
}

impl<'a> Fleet<'a> {
    /// The same without workloads that contradict themselves: what is made of these is not to be believed.
    pub fn believed(&self) -> Self {
        self.with(self.entries.iter().filter(|entry| entry.is_believed()).cloned().collect())
    }

    /// The fleet as it is advised to run, with the changes that are recommended: what commands show that go on from what `plan`
    /// decides.
    pub fn advised(&self) -> Fleet<'_> {
        self.with(self.entries.iter().map(PlannedWorkload::advised).collect())
    }

    /// Other entries, planned with the same.
    fn with<'w>(&self, entries: Vec<PlannedWorkload<'w>>) -> Fleet<'w>
    where
        'a: 'w,
    {
        let (runtimes, machines) = (self.runtimes.clone(), self.machines.clone());
        Fleet { entries, runtimes, machines, policy: self.policy, terms: self.terms }
    }
}

impl<'a> PlannedWorkload<'a> {
    /// Whether what is given of today can be.
    pub fn is_believed(&self) -> bool {
        !self.recommendation.baseline.is_contradictory()
    }

    /// How sure what is said of it is.
    pub fn sureness(&self) -> Sureness {
        match (self.is_believed(), &self.recommendation.verdict) {
            (false, _) => Sureness::Contradictory,
            (true, Verdict::DependsOn(_)) => Sureness::Open,
            (true, _) if self.recommendation.lacks_prices() => Sureness::Open,
            (true, _) => Sureness::Decided,
        }
    }

    /// Whether there is no plan in any of the runtimes.
    pub fn has_no_plan(&self) -> bool {
        self.plans.iter().all(|(_, plan)| plan.is_err())
    }
}

impl<'a> Fleet<'a> {
    /// Plans every workload in every one of `runtimes`; beside all that are compared usually also in its own, where that is one
    /// on request. Where a share of samples is asked for, plans hold in it.
    ///
    /// Fails where a workload cannot be planned against the catalog, which reading it against the same one
    /// refuses.
    pub fn plan(
        catalog: &'a Catalog,
        runtimes: Vec<&'a Runtime>,
        workloads: &'a [Workload],
        policy: Policy,
        terms: Terms,
        wanted: Option<(f64, Sampling)>,
    ) -> Result<Self, ProblemError> {
        let problems =
            workloads.iter().map(|workload| catalog.problem(workload)).collect::<Result<Vec<_>, _>>()?;
        let home = |problem: &Problem<'a>| catalog.home(problem.workload, problem.current_machine);
        let homes: BTreeSet<Home<'a>> = problems.iter().map(home).collect();
        let mut machines: Vec<&Machine> = Vec::new();
        for machine in homes.iter().flat_map(|&home| catalog.candidates(home)) {
            if homes.len() == 1 || !machines.iter().any(|known| std::ptr::eq(*known, machine)) {
                machines.push(machine);
            }
        }
        let confidence = wanted.map(|(share, sampling)| {
            let world = UncertainCatalog::of(&runtimes, &machines, &problems);
            Confidence::new(share, sampling, world)
        });
        let planners = Planners::new(catalog, &runtimes, policy, terms, confidence);
        let plan = |problem: Problem<'a>| planners.of(home(&problem), problem.current).plan_problem(problem);
        let entries: Vec<PlannedWorkload<'a>> = problems.into_iter().map(plan).collect();
        Ok(Self { entries, runtimes, machines, policy, terms })
    }

    /// Samples what is uncertain, so that each entry tells how sure its answer is.
    pub fn sampled(self, sampling: Sampling) -> Self {
        Self { entries: monte_carlo::sampled(self.entries, sampling), ..self }
    }

    /// All that the fleet is planned with, with what is uncertain of it.
    pub fn world(&self) -> UncertainCatalog<'a> {
        UncertainCatalog::of(&self.runtimes, &self.machines, self.entries.iter().map(|entry| &entry.problem))
    }

    /// Workloads whose recommended plan is held at the least number of instances, out of those with one: of what is kept, on no more machines.
    pub fn held_at_minimum(&self) -> (usize, usize) {
        let runs_more = |workload: &Workload| workload.machines_today() > Some(self.policy.min_instances);
        let is_kept_on_more = |it: &PlannedWorkload<'_>| {
            let is_kept = it.recommendation.verdict == Verdict::Stay;
            is_kept && (it.problem.pods_today().is_some() || runs_more(it.problem.workload))
        };
        let plans = self.entries.iter().filter(|it| !is_kept_on_more(it));
        let chosen: Vec<_> = plans.filter_map(|it| it.recommendation.chosen.as_ref()).collect();
        let held = chosen.iter().filter(|plan| plan.bound_by() == BoundBy::Minimum).count();
        (held, chosen.len())
    }

    /// Whether some workload has no plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        self.entries.iter().any(PlannedWorkload::has_no_plan)
    }
}
