//! The bills that a search for crossings compares, and what bounds them.

use crate::cheapest::BestEstimates;
use crate::cost::bill::micro_usd;
use crate::decide::total_cost::{Account, TotalCost};
use crate::demand::event::{Demand, DemandError, Today, base};
use crate::machine::Machine;
use crate::offers::Offers;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::scenario::axis::{Axis, CrossingSearch};
use crate::scenario::envelope::{Functions, NEVER};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The bills of a search, each asked for once.
pub(super) struct Bills<'s, 'a> {
    search: &'s CrossingSearch<'s, 'a>,
    offers: Vec<Offers<'a>>,
    /// The machine type that won last in each runtime: it wins again nearly everywhere.
    last: RefCell<Vec<Option<&'a Machine>>>,
    left: Cell<usize>,
}

impl<'s, 'a> Bills<'s, 'a> {
    pub(super) fn new(search: &'s CrossingSearch<'s, 'a>) -> Self {
        let CrossingSearch { runtimes, machines, policy, most_plans, .. } = *search;
        let offers = |&runtime: &&'a Runtime| Offers::new(runtime, machines.iter().copied(), policy.purchase);
        Self {
            search,
            offers: runtimes.iter().map(offers).collect(),
            last: RefCell::new(vec![None; runtimes.len()]),
            left: Cell::new(most_plans),
        }
    }

    /// Whether no more plans are to be made.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// What a problem costs in a runtime, by its position; `None` where it has no plan.
    pub(super) fn total(&self, problem: &Problem<'_>, runtime: usize) -> Option<TotalCost> {
        let demand = problem.demand_in(self.search.runtimes[runtime], RangeEnd::Best).ok()?;
        self.total_of(problem, runtime, demand)
    }

    /// The same with another CPU of an event.
    fn total_of(&self, problem: &Problem<'_>, runtime: usize, demand: Demand) -> Option<TotalCost> {
        self.left.set(self.left.get().saturating_sub(1));
        let CrossingSearch { policy, terms, runtimes, .. } = self.search;
        let first = self.last.borrow()[runtime];
        let search = problem.search_by(&BestEstimates, &self.offers[runtime], *policy, demand);
        let least = search.least_within(first, f64::INFINITY)?;
        self.last.borrow_mut()[runtime] = Some(least.machine);
        let account = Account::new(problem, policy, *terms);
        Some(account.total(runtimes[runtime], &least.machine.provider, least.cheapest_usd_per_month))
    }
}

/// What is compared: all but traffic, which is the same in all runtimes.
pub(super) fn compared(total: Option<TotalCost>) -> u64 {
    total.and_then(|total| Some(micro_usd(total.compute + total.engineering?))).unwrap_or(NEVER)
}

/// The bills along an axis of steps.
pub(super) struct Along<'b, 's, 'a> {
    axis: Axis,
    bills: &'b Bills<'s, 'a>,
    known: HashMap<(usize, u64), u64>,
    /// The first mistake met.
    pub error: Option<DemandError>,
}

impl<'b, 's, 'a> Along<'b, 's, 'a> {
    pub(super) fn new(axis: Axis, bills: &'b Bills<'s, 'a>) -> Self {
        Self { axis, bills, known: HashMap::new(), error: None }
    }

    /// `look` at the problem at a step.
    fn at<T>(&mut self, at: u64, look: impl FnOnce(&Problem<'_>) -> T) -> Option<T> {
        let value = at as f64 * self.axis.step();
        match self.bills.search.problem_at(self.axis, value, look) {
            Ok(found) => Some(found),
            Err(error) => {
                self.error.get_or_insert(error);
                None
            }
        }
    }
}

impl Functions for Along<'_, '_, '_> {
    fn count(&self) -> usize {
        self.bills.search.runtimes.len()
    }

    fn value(&mut self, runtime: usize, at: u64) -> u64 {
        if let Some(known) = self.known.get(&(runtime, at)) {
            return *known;
        }
        let bills = self.bills;
        let value = self.at(at, |problem| compared(bills.total(problem, runtime))).unwrap_or(NEVER);
        self.known.insert((runtime, at), value);
        value
    }

    /// No bill falls as the rate rises. Along the I/O ratio each part of an event's CPU, and its wait, goes one way only, and no
    /// bill falls as any of them rises: so none is below what the least of all parts cost, or above what the most of all do.
    fn bounds(&mut self, runtime: usize, from: u64, to: u64) -> [u64; 2] {
        if self.axis == Axis::EventsPerDay {
            return [from, to].map(|at| self.value(runtime, at));
        }
        let (bills, profile) = (self.bills, self.bills.search.runtimes[runtime]);
        let workload = bills.search.problem.workload;
        let demand = |problem: &Problem<'_>| {
            (problem.today.wait_seconds, problem.demand_in(profile, RangeEnd::Best).ok())
        };
        let (Some((wait_from, at_from)), Some((wait_to, at_to))) =
            (self.at(from, demand), self.at(to, demand))
        else {
            return [NEVER; 2];
        };
        let (Some(one), Some(other)) = (at_from, at_to) else {
            // Without a figure for calls there is a plan only where nothing waits.
            return [if at_from.is_some() || at_to.is_some() { 0 } else { NEVER }, NEVER];
        };
        let mut cost = |wait_seconds: f64, demand: Demand| {
            let total = self.at(from, |problem| {
                let today = Today { wait_seconds, ..problem.today };
                bills.total_of(&Problem { today, ..problem.clone() }, runtime, demand)
            });
            compared(total.flatten())
        };
        let least = cost(wait_from.min(wait_to), one.by_parts(other, f64::min));
        let mut most = one.by_parts(other, f64::max);
        if workload.io_calls.is_none() {
            // One call is made where there is a wait, so that calls may come and go between the ends.
            most.io_calls =
                base(workload, profile, 1.0).map_or(most.io_calls, |it| most.io_calls.max(it.io_calls));
        }
        [least, cost(wait_from.max(wait_to), most)]
    }

    fn is_spent(&self) -> bool {
        self.bills.is_spent()
    }
}
