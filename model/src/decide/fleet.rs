//! Plans and recommendations for a whole file of workloads.

use crate::capacity::constraint::BoundBy;
use crate::catalog::{Catalog, ProblemError};
use crate::decide::options::Options;
use crate::decide::recommendation::{Plans, Recommendation, recommend};
use crate::decide::terms::Terms;
use crate::decide::total_cost::Account;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::uncertain::catalog::UncertainCatalog;
use crate::uncertain::confidence::Confidence;
use crate::uncertain::latin_hypercube::Sampling;
use crate::uncertain::monte_carlo::{self, Risk};
use crate::workload::Workload;

/// What one workload could run on.
#[derive(Debug, Clone)]
pub struct PlannedWorkload<'a> {
    /// The workload and what runs it today.
    pub problem: Problem<'a>,
    /// The cheapest plan in each runtime, or why there is none.
    pub plans: Plans<'a>,
    /// What to do.
    pub recommendation: Recommendation<'a>,
    /// How sure that is; `None` where it was not sampled.
    pub risk: Option<Risk>,
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
    /// Head room and failures.
    pub policy: Policy,
    /// What a saving has to be worth.
    pub terms: Terms,
    /// The share of samples in which plans hold; `None` where they are made at the best estimates.
    pub confidence: Option<f64>,
}

/// A fleet's bill in one runtime.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// USD a month of the workloads that have a plan.
    pub usd_per_month: f64,
    /// Instances of these.
    pub instances: u64,
    /// Memory of all interpreters, binaries and stacks, bytes.
    pub runtime_overhead_bytes: f64,
    /// Workloads that have a plan.
    pub planned: usize,
}

impl<'a> Fleet<'a> {
    /// Plans every workload in every one of `runtimes`.
    ///
    /// Fails where a workload cannot be planned against the catalog, which reading it against the same one
    /// refuses.
    pub fn plan(
        catalog: &'a Catalog,
        runtimes: Vec<&'a Runtime>,
        workloads: &'a [Workload],
        policy: Policy,
        terms: Terms,
    ) -> Result<Self, ProblemError> {
        Self::plan_surely(catalog, runtimes, workloads, policy, terms, None)
    }

    /// The same, with plans that hold in a share of samples where one is asked for.
    pub fn plan_surely(
        catalog: &'a Catalog,
        runtimes: Vec<&'a Runtime>,
        workloads: &'a [Workload],
        policy: Policy,
        terms: Terms,
        wanted: Option<(f64, Sampling)>,
    ) -> Result<Self, ProblemError> {
        let machines = catalog.candidates();
        let problems =
            workloads.iter().map(|workload| catalog.problem(workload)).collect::<Result<Vec<_>, _>>()?;
        let confidence = wanted.map(|(share, sampling)| {
            Confidence::new(share, sampling, UncertainCatalog::of(&runtimes, &machines, &problems))
        });
        let mut entries = Vec::new();
        for problem in problems {
            let confidence = confidence.as_ref();
            let options =
                Options { problem: &problem, runtimes: &runtimes, machines: &machines, policy, confidence };
            let plan_in = |runtime| options.cheapest(&problem, runtime, &machines, RangeEnd::Best);
            let plans: Plans<'a> = runtimes.iter().map(|&runtime| (runtime, plan_in(runtime))).collect();
            let recommendation = recommend(&options, &plans, terms);
            entries.push(PlannedWorkload { problem, plans, recommendation, risk: None });
        }
        Ok(Self { entries, runtimes, machines, policy, terms, confidence: wanted.map(|(share, _)| share) })
    }

    /// What one of the workloads costs beside its machines.
    pub fn account(&self, entry: &PlannedWorkload<'a>) -> Account<'a> {
        Account::new(&entry.problem, &self.policy, self.terms)
    }

    /// Samples what is uncertain, so that each entry tells how sure its answer is.
    pub fn sampled(mut self, sampling: Sampling) -> Self {
        let risks = monte_carlo::simulate(&self, sampling);
        for (entry, risk) in self.entries.iter_mut().zip(risks) {
            entry.risk = Some(risk);
        }
        self
    }

    /// All that the fleet is planned with, with what is uncertain of it.
    pub fn world(&self) -> UncertainCatalog<'a> {
        UncertainCatalog::of(&self.runtimes, &self.machines, self.entries.iter().map(|entry| &entry.problem))
    }

    /// The bill in one of the runtimes, by its position.
    pub fn total(&self, runtime: usize) -> Total {
        let plans = self.entries.iter().filter_map(|entry| entry.plans.get(runtime)?.1.as_ref().ok());
        let none = Total { usd_per_month: 0.0, instances: 0, runtime_overhead_bytes: 0.0, planned: 0 };
        plans.fold(none, |sum, plan| Total {
            usd_per_month: sum.usd_per_month + plan.usd_per_month,
            instances: sum.instances + plan.size.instances,
            runtime_overhead_bytes: sum.runtime_overhead_bytes + plan.size.runtime_overhead_bytes,
            planned: sum.planned + 1,
        })
    }

    /// Workloads whose recommended plan is held at the least number of instances, out of those with a plan.
    pub fn held_at_minimum(&self) -> (usize, usize) {
        let chosen: Vec<_> =
            self.entries.iter().filter_map(|entry| entry.recommendation.chosen.as_ref()).collect();
        let held = chosen.iter().filter(|plan| plan.size.bound_by == BoundBy::Minimum).count();
        (held, chosen.len())
    }

    /// Whether some workload has no plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        self.entries.iter().any(|entry| entry.plans.iter().all(|(_, plan)| plan.is_err()))
    }
}
