//! All that plans are looked for with: runtimes, machine types and what each gives the other.

use crate::catalog::{Catalog, Home};
use crate::decide::extremes::Extremes;
use crate::decide::terms::Terms;
use crate::machine::Machine;
use crate::offers::{Offers, frontier};
use crate::plan::{NoPlan, Plan, Priced};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::uncertain::confidence::Confidence;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// All that workloads are planned with. It is made once and shared by any number of threads.
#[derive(Debug, Clone)]
pub struct Planner<'a> {
    /// Names that workloads refer to.
    pub catalog: &'a Catalog,
    /// Runtimes to compare.
    pub runtimes: Vec<&'a Runtime>,
    /// What plans stay with.
    pub home: Home<'a>,
    /// Machine types to choose from.
    pub machines: Vec<&'a Machine>,
    /// Headroom and failures.
    pub policy: Policy,
    /// What a saving has to be worth.
    pub terms: Terms,
    /// How surely plans have to hold; `None` for the best estimates.
    pub confidence: Option<Confidence<'a>>,
    /// What the machine types give each of the catalog's runtimes that workloads here are compared or run in.
    offers: Vec<Offers<'a>>,
    /// Each of these with its figures at the ends of their intervals.
    extremes: Arc<Vec<Extremes>>,
}

type Made<'a> = BTreeMap<(Home<'a>, Option<&'a str>), Arc<Planner<'a>>>;

/// A planner for each home that workloads have, and each runtime on request that some run in, made when it is first asked for
/// and shared by any number of threads.
#[derive(Debug)]
pub struct Planners<'a> {
    /// Names that workloads refer to.
    pub catalog: &'a Catalog,
    runtimes: Vec<&'a Runtime>,
    policy: Policy,
    terms: Terms,
    confidence: Option<Confidence<'a>>,
    made: RwLock<Made<'a>>,
}

impl<'a> Planners<'a> {
    /// Planners that differ in their homes.
    pub fn new(
        catalog: &'a Catalog,
        runtimes: &[&'a Runtime],
        policy: Policy,
        terms: Terms,
        confidence: Option<Confidence<'a>>,
    ) -> Self {
        let runtimes = runtimes.to_vec();
        Self { catalog, runtimes, policy, terms, confidence, made: RwLock::default() }
    }

    /// The planner of a home for workloads that run in a runtime today.
    pub fn of(&self, home: Home<'a>, current: &Runtime) -> Arc<Planner<'a>> {
        let home = Home { purchase: home.purchase.filter(|it| *it != self.policy.purchase), ..home };
        let is_own = |it: &&Runtime| it.on_request && it.name == current.name;
        let own = self.catalog.runtimes.iter().find(is_own);
        let key = (home, own.map(|it| it.name.as_str()));
        // A panic cannot leave a half-built planner, so a poisoned lock is safe to use.
        let known = self.made.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(made.entry(key).or_insert_with(|| Arc::new(Planner::new(self, home, own))))
        })
    }
}

impl<'a> Planner<'a> {
    /// Looks up what every workload needs that stays with a home. Of the catalog's machine types those that its filter admits
    /// are planned on. Beside all that are compared usually stands their own runtime, where it is one on request.
    fn new(of: &Planners<'a>, home: Home<'a>, own: Option<&'a Runtime>) -> Self {
        let Planners { catalog, terms, .. } = *of;
        let policy = home.policy(of.policy);
        let machines = catalog.candidates(home);
        let types = frontier(&machines, policy.purchase);
        let offers = |runtime| Offers::new(runtime, types.iter().copied(), policy.purchase);
        let is_named = |it: &Runtime| of.runtimes.iter().any(|known| known.name == it.name);
        let beside = own.filter(|it| !is_named(it) && catalog.usual().all(is_named));
        let is_own = |it: &Runtime| own.is_some_and(|own| own.name == it.name);
        let has_part = |it: &&Runtime| !it.on_request || is_named(it) || is_own(it);
        let offers: Vec<Offers<'_>> = catalog.runtimes.iter().filter(has_part).map(offers).collect();
        Self {
            catalog,
            home,
            policy,
            terms,
            confidence: of.confidence.clone(),
            extremes: Arc::new(offers.iter().map(|it| Extremes::of(it.runtime)).collect()),
            offers,
            runtimes: of.runtimes.iter().copied().chain(beside).collect(),
            machines,
        }
    }

    /// The plan for a problem, as surely as plans have to hold.
    pub fn cheapest(&self, problem: &Problem<'_>, runtime: &'a Runtime) -> Result<Plan<'a>, NoPlan> {
        self.found(problem, runtime, None, true)
    }

    /// The same without what would do where there is none, found sooner where it is on a machine type that is given.
    pub fn cheapest_near(
        &self,
        problem: &Problem<'_>,
        runtime: &'a Runtime,
        near: Option<&Machine>,
    ) -> Result<Plan<'a>, NoPlan> {
        self.found(problem, runtime, near, false)
    }

    fn found(
        &self,
        problem: &Problem<'_>,
        runtime: &'a Runtime,
        near: Option<&Machine>,
        tells_remedies: bool,
    ) -> Result<Plan<'a>, NoPlan> {
        match (&self.confidence, self.offers(runtime)) {
            (None, Some(offers)) => {
                problem.search(offers, self.policy, RangeEnd::Best)?.cheapest(near, tells_remedies)
            }
            _ => self.cheapest_among(problem, runtime, &self.machines, RangeEnd::Best),
        }
        .map_err(|none| match none {
            NoPlan::NoMachines { purchase, .. } => {
                let (place, today) = (self.home.to_string(), self.home.arch.unwrap_or_default().to_owned());
                let mut regions = self.catalog.machines.regions().iter();
                let has_prices = regions.any(|region| {
                    region.is(self.home.provider, self.home.region)
                        && region.machines().iter().any(|it| it.usd_per_hour(purchase).is_some())
                });
                match self.catalog.of_other_arch(&self.catalog.filter, self.home) {
                    Some(other) => NoPlan::OtherArch { place, arch: other.arch.clone(), today },
                    None if has_prices => NoPlan::NoMachines { place, purchase },
                    None => NoPlan::NoPrices { place, purchase },
                }
            }
            other => other,
        })
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

    /// Machines and bill of the plan to run; `None` where there is none.
    pub fn priced(&self, problem: &Problem<'_>, runtime: &'a Runtime, end: RangeEnd) -> Option<Priced<'a>> {
        self.priced_within(problem, runtime, end, None, f64::INFINITY)
    }

    /// The same where the bill may be no more than `usd` a month, found sooner where it is on a machine type
    /// that is given; `None` as well where every plan's is more.
    pub fn priced_within(
        &self,
        problem: &Problem<'_>,
        runtime: &'a Runtime,
        end: RangeEnd,
        near: Option<&Machine>,
        usd: f64,
    ) -> Option<Priced<'a>> {
        match (&self.confidence, self.offers(runtime)) {
            (None, Some(offers)) => problem.search(offers, self.policy, end).ok()?.priced_within(near, usd),
            (Some(confidence), _) => {
                confidence.priced_within(problem, runtime, &self.machines, self.policy, end, usd)
            }
            (None, None) => Some(self.cheapest_among(problem, runtime, &self.machines, end).ok()?.priced()),
        }
    }

    /// Those of the cheapest, by which plans are compared; `None` where there is none.
    pub fn least(&self, problem: &Problem<'_>, runtime: &'a Runtime, end: RangeEnd) -> Option<Priced<'a>> {
        match (&self.confidence, self.offers(runtime)) {
            (None, Some(offers)) => {
                problem.search(offers, self.policy, end).ok()?.least_within(None, f64::INFINITY)
            }
            _ => self.priced(problem, runtime, end),
        }
    }

    /// The bill of the cheapest plan whose fetches wait for one event each, as clients have them do by default, USD a
    /// month; `None` where there is none.
    pub fn usd_per_month_without_waits(&self, problem: &Problem<'_>, runtime: &'a Runtime) -> Option<f64> {
        let policy = Policy { fetch_waits: false, ..self.policy };
        let planner = Self { policy, ..self.clone() };
        planner.priced(problem, runtime, RangeEnd::Best).map(|plan| plan.usd_per_month)
    }

    /// The cheapest plan at the best estimates, or another one on a machine type that is looked at first, for no more than `usd` a
    /// month; `None` where there is none, or plans have to hold more surely.
    pub fn least_within(
        &self,
        problem: &Problem<'_>,
        runtime: &Runtime,
        machine: &Machine,
        usd: f64,
    ) -> Option<Priced<'a>> {
        let offers = self.offers(runtime).filter(|_| self.confidence.is_none())?;
        let search = problem.search(offers, self.policy, RangeEnd::Best).ok()?;
        let is_within = |priced: &Priced<'_>| priced.usd_per_month <= usd;
        let there = search.least_on(machine).filter(is_within);
        there.or_else(|| search.least_within(Some(machine), usd).filter(is_within))
    }

    /// The plan in a runtime whose consumers may be `busy` at peak whatever the limits are, which it is held against; `None` where there is
    /// none, or plans have to hold more surely.
    pub fn cheapest_as_busy(&self, problem: &Problem<'_>, runtime: &Runtime, busy: f64) -> Option<Plan<'a>> {
        let offers = self.offers(runtime).filter(|_| self.confidence.is_none())?;
        let policy = Policy { busiest_consumer: busy, ..self.policy };
        let mut plan = problem.search(offers, policy, RangeEnd::Best).ok()?.cheapest(None, false).ok()?;
        plan.sizing.policy.busiest_consumer = 0.0;
        Some(plan)
    }

    /// A bill, USD a month, that no plan for a problem is below; infinite where there is no plan for sure.
    pub fn bill_at_least(&self, problem: &Problem<'_>, runtime: &Runtime, end: RangeEnd) -> f64 {
        let Some(offers) = self.offers(runtime) else { return 0.0 };
        problem.bill_at_least(offers, self.policy, end)
    }

    /// Whether a bill in another runtime can be so far below `paid`, USD a month, that moving may be worth it, by what no
    /// plan there is below.
    pub fn may_save_enough(&self, problem: &Problem<'_>, runtime: &Runtime, paid: f64) -> bool {
        let is_worth = |saving| self.terms.is_worth_a_change(saving);
        is_worth(paid) && is_worth(paid - self.bill_at_least(problem, runtime, RangeEnd::Low))
    }

    /// A bill, USD a month, that no plan with an in-flight limit up to `limit` is below: that of the cheapest where events
    /// in flight take no memory. `None` where it is not known.
    pub fn least_with_in_flight(&self, problem: &Problem<'_>, runtime: &Runtime, limit: u32) -> Option<f64> {
        if self.confidence.is_some() {
            return None;
        }
        problem.least_with_in_flight(self.offers(runtime)?, self.policy, limit)
    }

    /// A runtime with its figures at the ends of their intervals.
    pub fn extremes(&self, runtime: &Runtime) -> Cow<'_, Extremes> {
        let position = self.offers.iter().position(|offers| std::ptr::eq(offers.runtime, runtime));
        match position.and_then(|position| self.extremes.get(position)) {
            Some(extremes) => Cow::Borrowed(extremes),
            None => Cow::Owned(Extremes::of(runtime)),
        }
    }

    fn offers(&self, runtime: &Runtime) -> Option<&Offers<'a>> {
        self.offers.iter().find(|offers| std::ptr::eq(offers.runtime, runtime))
    }
}
