//! Workloads one by one: the plan in each runtime, and what to do.

use crate::bill_bounds::ROUNDING;
use crate::catalog::ProblemError;
use crate::decide::alternative::{Alternative, Machines};
use crate::decide::change::{Change, Changed};
use crate::decide::criteria::{self, Criterion};
use crate::decide::depends_on::{self, DependsOn};
use crate::decide::evidence::{self, EvidenceSummary};
use crate::decide::known::Known;
use crate::decide::options::Options;
use crate::decide::planner::{Planner, Planners};
use crate::decide::recommendation::{Recommendation, in_current, recommend};
use crate::decide::resize::{at_most_gain, is_worth_resizing};
use crate::decide::total_cost::Account;
use crate::decide::verdict::{Settled, Verdict};
use crate::plan::{Plan, Plans};
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::uncertain::risk::Risk;
use crate::workload::Workload;
use std::sync::Arc;

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
    /// The change that problem and plans have in them already, where the workload was planned as it is advised to run.
    pub change: Option<Change>,
    /// The workload with the change that is recommended, where it is one of settings or of the topic.
    pub(crate) changed: Option<Box<Changed>>,
}

impl<'a> Planner<'a> {
    /// Plans a workload in every runtime, with what runs it today.
    pub fn plan_problem<'w>(self: &Arc<Self>, problem: Problem<'w>) -> PlannedWorkload<'w>
    where
        'a: 'w,
    {
        let planner: Arc<Planner<'w>> = Arc::clone(self) as Arc<Planner<'w>>;
        let plans = planner.plans(&problem);
        let recommendation = recommend(&Options::new(&problem, &planner), &plans);
        let changed = recommendation.step().map(|step| Box::new(step.made(&problem)));
        let (risk, change) = (None, None);
        PlannedWorkload { problem, plans, recommendation, risk, planner, change, changed }
    }

    /// The cheapest plan of a problem in each runtime, or why there is none.
    fn plans(&self, problem: &Problem<'_>) -> Plans<'a> {
        let plan_in = |&runtime: &&'a Runtime| (runtime, self.cheapest(problem, runtime));
        self.runtimes.iter().map(plan_in).collect()
    }
}

impl<'a> Planners<'a> {
    /// Plans a workload in every runtime, where it stays.
    ///
    /// Fails where it cannot be planned against the catalog, which reading it against the same one refuses.
    pub fn plan<'w>(&self, workload: &'w Workload) -> Result<PlannedWorkload<'w>, ProblemError>
    where
        'a: 'w,
    {
        let machine = self.catalog.machine_today(workload);
        let problem = self.catalog.problem_on(workload, machine)?;
        Ok(self.of(self.catalog.home(workload, machine), problem.current).plan_problem(problem))
    }
}

impl<'a> PlannedWorkload<'a> {
    /// The workload planned with the change that is recommended, where it is one of settings or of the topic; the recommendation
    /// stays what it is.
    pub(super) fn advised<'w>(&'w self) -> PlannedWorkload<'w>
    where
        'a: 'w,
    {
        let Some(changed) = &self.changed else { return self.clone().as_chosen() };
        let problem = changed.problem(&self.problem);
        let planner: Arc<Planner<'w>> = Arc::clone(&self.planner) as Arc<Planner<'w>>;
        let plans = planner.plans(&problem);
        let in_current = in_current(&Options::new(&problem, &planner), &plans);
        let chosen = in_current.as_ref().ok().cloned();
        let before = &self.recommendation;
        // With the change, what runs is kept as any other is.
        let verdict = match &before.verdict {
            Verdict::Alternative { on, .. } if Machines::today(&problem).as_ref() == Some(on) => {
                Verdict::Stay
            }
            verdict => verdict.clone(),
        };
        let recommendation = Recommendation { in_current, chosen, verdict, ..before.clone() };
        let (risk, change, changed) = (None, before.step(), None);
        PlannedWorkload { problem, plans, recommendation, risk, planner, change, changed }
    }

    /// The same with what is recommended although it breaks a limit as the plan in today's runtime, and with that limit.
    pub fn as_chosen(mut self) -> Self {
        let it = &mut self.recommendation;
        let Some(plan) = it.chosen.clone().filter(|_| it.is_no_worse()) else { return self };
        Arc::make_mut(&mut self.planner).policy.busiest_consumer = plan.busiest_consumer() * (1.0 + ROUNDING);
        let own = self.plans.iter_mut().filter(|(runtime, _)| std::ptr::eq(*runtime, plan.runtime));
        own.for_each(|(_, it)| *it = Ok(plan.clone()));
        it.in_current = Ok(plan);
        self
    }

    /// Pods that run today and go on as they are.
    pub fn pods_kept(&self) -> Option<u64> {
        self.problem.pods_today().filter(|_| self.recommendation.verdict == Verdict::Stay)
    }

    /// What the workload costs beside its machines.
    pub fn account(&self) -> Account<'a> {
        Account::new(&self.problem, &self.planner.policy, self.planner.terms)
    }

    /// Steps that make the workload cheaper, least effort first.
    pub fn options(&self) -> Vec<Alternative> {
        let it = &self.recommendation;
        let (library, language) = (it.library.as_ref(), it.other_language.as_ref());
        let steps = self.option_search().steps(it.in_current.as_ref(), library, language, it.paid);
        let told = |step: Alternative| match &it.verdict {
            Verdict::Alternative { change, on, usd_per_month, .. }
                if step.keeps_machines && step.change == *change =>
            {
                let of = step.of_usd_per_month;
                Alternative { on: Some(on.clone()), usd_per_month: Some(*usd_per_month), ..step }.of(of)
            }
            _ => step,
        };
        steps.into_iter().map(told).collect()
    }

    /// What right-sizing that is worth it at best estimates saves, USD a month, if an idle hyper-thread of today's machines gives the
    /// other one of its core as much as it may, so that more work is done today. `None` where it is not worth it at best estimates, nothing
    /// hangs on that, or there is no plan then.
    pub fn right_sizing_saves_at_most_gain(&self) -> Option<f64> {
        let Self { problem, planner, .. } = self;
        let plan = self.recommendation.in_current.as_ref().ok()?;
        let most = at_most_gain(problem).filter(|_| is_worth_resizing(problem, planner, &plan.priced()))?;
        let today = problem.usd_per_month_today(&planner.policy)?;
        let there = planner.priced(&most, problem.current, RangeEnd::Best)?;
        Some(today - there.usd_per_month)
    }

    /// Changes that would save what a change of code has to, of which none is recommended, each with what it saves if an idle
    /// hyper-thread of today's machines gives the other one of its core as much as it may, where that is less than so much; USD a month.
    pub fn passed_over(&self) -> Vec<(Alternative, Change, Option<f64>)> {
        let Self { problem, planner, recommendation: it, .. } = self;
        let is_kept = matches!(it.verdict, Verdict::Stay | Verdict::RightSize);
        let is_worth = |saves: f64| planner.terms.is_worth_a_change(saves);
        let most = at_most_gain(problem);
        let there = |change: Change, of: f64| {
            let most = most.as_ref()?;
            let changed = change.made(most);
            let to = planner.priced(&changed.problem(most), problem.current, RangeEnd::Best);
            let saves = to.map_or(0.0, |to| of - to.usd_per_month);
            (!is_worth(saves)).then_some(saves.max(0.0))
        };
        let over = |step: Alternative| {
            let change = step.change.filter(|_| is_kept && step.saves_usd_per_month.is_some_and(is_worth))?;
            let saves = there(change, step.of_usd_per_month?);
            Some((step, change, saves))
        };
        self.options().into_iter().filter_map(over).collect()
    }

    /// Whether a change is for capacity: what runs falls behind at peak, or is at its limit and what others save would not be worth it.
    pub fn is_for_capacity(&self) -> bool {
        let Self { problem, planner, recommendation: it, .. } = self;
        let is_worth = |plan: &Plan<'_>| is_worth_resizing(problem, planner, &plan.priced());
        it.falls_behind() || it.lacks_capacity() && it.in_current.as_ref().is_ok_and(|plan| !is_worth(plan))
    }

    /// Whether what it saves in containers of a size that is made for it is checked: what its processes hold has to be known.
    pub fn is_checked_in_containers(&self) -> bool {
        self.recommendation.is_checked() && !self.problem.says_nothing_of_memory()
    }

    /// The first figure that would have to be near an end of its range to change the verdict, where that is no question. It is looked for
    /// where it is told.
    pub fn unlikely(&self) -> Option<DependsOn> {
        let Self { problem, planner, recommendation: it, .. } = self;
        if self.change.is_some() || matches!(it.verdict, Verdict::DependsOn(_) | Verdict::Contradictory) {
            return None;
        }
        let to = it.runtime.filter(|runtime| runtime.name != problem.current.name);
        let (verdict, usd_per_month) = (it.verdict.clone(), it.usd_per_month);
        let settled = Settled { verdict, to, usd_per_month, worth_up_to: None };
        let known = Known { footing: it.baseline.footing, in_current: it.in_current.clone(), settled };
        depends_on::unlikely(problem, planner, &known)
    }

    /// What its options are looked for with.
    pub fn option_search(&self) -> Options<'_, 'a> {
        Options::new(&self.problem, &self.planner)
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
