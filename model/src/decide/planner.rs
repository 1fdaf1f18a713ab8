//! Workloads one by one: the plan in each runtime, and what to do.

use crate::catalog::{Catalog, ProblemError};
use crate::decide::criteria::{self, Criterion};
use crate::decide::evidence::{self, EvidenceSummary};
use crate::decide::options::{Alternative, Options};
use crate::decide::recommendation::{Plans, Recommendation, recommend};
use crate::decide::terms::Terms;
use crate::decide::total_cost::Account;
use crate::machine::Machine;
use crate::offers::{Offers, frontier};
use crate::plan::{NoPlan, Plan, Priced};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::uncertain::confidence::Confidence;
use crate::uncertain::monte_carlo::Risk;
use crate::workload::Workload;
use std::sync::Arc;

/// All that workloads are planned with. It is made once and shared by any number of threads.
#[derive(Debug, Clone)]
pub struct Planner<'a> {
    /// Names that workloads refer to.
    pub catalog: &'a Catalog,
    /// Runtimes to compare.
    pub runtimes: Vec<&'a Runtime>,
    /// Machine types to choose from.
    pub machines: Vec<&'a Machine>,
    /// Head room and failures.
    pub policy: Policy,
    /// What a saving has to be worth.
    pub terms: Terms,
    /// How surely plans have to hold; `None` for the best estimates.
    pub confidence: Option<Confidence<'a>>,
    /// What the machine types give each of the catalog's runtimes.
    offers: Vec<Offers<'a>>,
}

/// What one workload could run on, and what to do about it.
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
    /// What it was planned with.
    pub planner: Arc<Planner<'a>>,
}

impl<'a> Planner<'a> {
    /// Looks up what every workload needs. Of the catalog's machine types those that its filter admits are planned on.
    pub fn new(catalog: &'a Catalog, runtimes: Vec<&'a Runtime>, policy: Policy, terms: Terms) -> Self {
        let machines = catalog.candidates();
        let types = frontier(&machines, policy.purchase);
        let offers = |runtime| Offers::new(runtime, types.iter().copied(), policy.purchase);
        let offers = catalog.runtimes.iter().map(offers).collect();
        Self { catalog, runtimes, machines, policy, terms, confidence: None, offers }
    }

    /// The same with plans that hold in a share of samples.
    pub fn with_confidence(self, confidence: Option<Confidence<'a>>) -> Self {
        Self { confidence, ..self }
    }

    /// Plans a workload in every runtime.
    ///
    /// Fails where it cannot be planned against the catalog, which reading it against the same one refuses.
    pub fn plan<'w>(self: &Arc<Self>, workload: &'w Workload) -> Result<PlannedWorkload<'w>, ProblemError>
    where
        'a: 'w,
    {
        Ok(self.plan_problem(self.catalog.problem(workload)?))
    }

    /// The same of a workload with what runs it today.
    pub fn plan_problem<'w>(self: &Arc<Self>, problem: Problem<'w>) -> PlannedWorkload<'w>
    where
        'a: 'w,
    {
        let planner: Arc<Planner<'w>> = Arc::clone(self) as Arc<Planner<'w>>;
        let plan_in = |&runtime: &&'w Runtime| (runtime, planner.cheapest(&problem, runtime, RangeEnd::Best));
        let plans: Plans<'w> = planner.runtimes.iter().map(plan_in).collect();
        let recommendation = recommend(&Options { problem: &problem, planner: &planner }, &plans);
        PlannedWorkload { problem, plans, recommendation, risk: None, planner }
    }

    /// The cheapest plan for a problem, as surely as plans have to hold.
    pub fn cheapest(
        &self,
        problem: &Problem<'_>,
        runtime: &'a Runtime,
        end: RangeEnd,
    ) -> Result<Plan<'a>, NoPlan> {
        match (&self.confidence, self.offers(runtime)) {
            (None, Some(offers)) => problem.cheapest_of(offers, self.policy, end),
            _ => self.cheapest_among(problem, runtime, &self.machines, end),
        }
    }

    /// The same out of some machine types.
    pub fn cheapest_among<'m>(
        &self,
        problem: &Problem<'_>,
        runtime: &'m Runtime,
        machines: &[&'m Machine],
        end: RangeEnd,
    ) -> Result<Plan<'m>, NoPlan> {
        match &self.confidence {
            Some(confidence) => confidence.cheapest(problem, runtime, machines, self.policy, end),
            None => problem.cheapest(runtime, machines, self.policy, end),
        }
    }

    /// Its machines and bill alone; `None` where there is none.
    pub fn least(&self, problem: &Problem<'_>, runtime: &'a Runtime, end: RangeEnd) -> Option<Priced<'a>> {
        match (&self.confidence, self.offers(runtime)) {
            (None, Some(offers)) => problem.least(offers, None, self.policy, end),
            _ => self.cheapest(problem, runtime, end).ok().map(|plan| plan.priced()),
        }
    }

    /// A bill, USD a month, that no plan for a problem is below; infinite where there is no plan for sure.
    pub fn bill_at_least(&self, problem: &Problem<'_>, runtime: &Runtime, end: RangeEnd) -> f64 {
        let Some(offers) = self.offers(runtime) else { return 0.0 };
        problem.bill_at_least(offers, self.policy, end)
    }

    /// A bill, USD a month, that no plan with an in-flight limit up to `limit` is below: that of the cheapest where events
    /// in flight take no memory. `None` where it is not known.
    pub fn least_with_in_flight(&self, problem: &Problem<'_>, runtime: &Runtime, limit: u32) -> Option<f64> {
        if self.confidence.is_some() {
            return None;
        }
        problem.least_with_in_flight(self.offers(runtime)?, self.policy, limit)
    }

    fn offers(&self, runtime: &Runtime) -> Option<&Offers<'a>> {
        self.offers.iter().find(|offers| std::ptr::eq(offers.runtime, runtime))
    }
}

impl<'a> PlannedWorkload<'a> {
    /// What the workload costs beside its machines.
    pub fn account(&self) -> Account<'a> {
        Account::new(&self.problem, &self.planner.policy, self.planner.terms)
    }

    /// Steps that make the workload cheaper, least effort first.
    pub fn options(&self) -> Vec<Alternative> {
        let it = &self.recommendation;
        let options = Options { problem: &self.problem, planner: &self.planner };
        options.steps(it.in_current.as_ref(), it.library.as_ref(), it.other_language.as_ref())
    }

    /// Reasons for and against moving to the cheapest runtime in another language.
    pub fn criteria(&self) -> Vec<Criterion> {
        let it = &self.recommendation;
        it.other_language.as_ref().map_or_else(Vec::new, |other| {
            let saving = it.before_rewrite.map(|usd| usd - other.usd_per_month);
            let day_rate = self.planner.terms.day_rate_usd;
            criteria::judge(&self.problem, it.in_current.as_ref(), other, saving, day_rate)
        })
    }

    /// What the recommendation stands on.
    pub fn evidence(&self) -> EvidenceSummary {
        let it = &self.recommendation;
        evidence::evidence(&self.problem, &it.verdict, it.in_current.as_ref(), it.elsewhere.as_ref())
    }
}
