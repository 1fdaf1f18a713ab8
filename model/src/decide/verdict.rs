//! What to do about a workload, and the rules by which that is decided.

use crate::capacity::constraint::Constraint;
use crate::decide::options::{Alternative, AlternativeKind, Machines, Options};
use crate::decide::total_cost::Account;
use crate::offers::Offers;
use crate::plan::{NoPlan, Plan, Plans};
use crate::problem::RangeEnd;
use crate::runtime::{Figure, Runtime};
use serde::Serialize;

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing saves enough.
    Stay,
    /// Stay with the runtime; the deployment is larger than it has to be.
    RightSize,
    /// Stay with the language; this smaller step takes enough of what a rewrite would save.
    Alternative {
        /// Kind of step.
        step: AlternativeKind,
        /// The setting or library to change to.
        to: String,
        /// The machines after it.
        on: Machines,
        /// Their bill, USD a month.
        usd_per_month: f64,
        /// What can go wrong.
        risk: &'static str,
    },
    /// Today's runtime misses the latency goal only if its service times are as spread as they are taken to
    /// be, which is known to a range only.
    Unsettled {
        /// The least squared coefficient of variation in that range, with which it keeps the goal.
        service_scv_low: f64,
    },
    /// Whether another language saves enough depends on how much faster it runs the handler's own code, which
    /// is known to a range only.
    Spike {
        /// The runtime to port a spike to.
        to: String,
        /// Saving if it runs that code as slowly as it may, USD a month; `None` where it could not carry the
        /// workload then.
        saves_at_least: Option<f64>,
        /// Saving if it runs it as fast as it may, USD a month.
        saves_at_most: f64,
    },
    /// Move to another runtime.
    Move,
    /// No runtime has a plan.
    None,
}

/// All that a verdict is made of.
pub struct Case<'c, 'l, 'a> {
    /// The workload and what it is planned with.
    pub options: &'c Options<'l, 'a>,
    /// What it costs beside its machines, and what a change has to be worth.
    pub account: &'c Account<'a>,
    /// The cheapest plan of each runtime.
    pub plans: &'c Plans<'a>,
    /// Today's bill, USD a month, where known.
    pub today: Option<f64>,
    /// The cheapest plan in today's runtime, or why there is none.
    pub in_current: Result<&'c Plan<'a>, &'c NoPlan>,
    /// The plan in any other runtime that is cheapest with its engineering.
    pub elsewhere: Option<&'c Plan<'a>>,
    /// The same in another runtime of today's language.
    pub library: Option<&'c Plan<'a>>,
    /// The same in another language.
    pub other_language: Option<&'c Plan<'a>>,
}

/// What moving to a runtime saves on machines, USD a month, if it runs the handler's own code as slowly and as fast
/// as it may.
struct Range<'r> {
    runtime: &'r Runtime,
    slow: f64,
    fast: f64,
}

impl<'a> Case<'_, '_, 'a> {
    /// What to do.
    ///
    /// Each search for another plan is made where the answer can turn on it, and not before.
    pub fn verdict(&self) -> Verdict {
        match (self.in_current, self.elsewhere) {
            (Ok(_), None) => self.stay(),
            (Ok(plan), Some(_)) => self.weigh(plan),
            (Err(none), _) if let Some(service_scv_low) = self.keeps_goal_at(none) => {
                Verdict::Unsettled { service_scv_low }
            }
            (Err(_), other) => self.smaller_step(f64::INFINITY).unwrap_or(match other {
                Some(_) => Verdict::Move,
                None => Verdict::None,
            }),
        }
    }

    /// Both today's runtime and another have a plan.
    fn weigh(&self, plan: &Plan<'_>) -> Verdict {
        let paid = paid(self.today, plan.usd_per_month);
        // A rewrite has to be worth it against what another library does without one.
        let library = self.library.filter(|library| self.is_worth(paid - library.usd_per_month));
        let after_library = library.map_or(paid, |library| library.usd_per_month).min(paid);
        if library.is_none() && !self.may_save_enough(after_library) {
            return self.stay();
        }
        let ranges = self.ranges(after_library);
        if library.is_none() && !ranges.iter().any(|range| self.is_worth(range.fast)) {
            return self.stay();
        }
        if let Some(step) = self.smaller_step(paid) {
            return step;
        }
        let worth_if_fast = |range: &&Range<'_>| self.account.is_worth_moving(range.fast, range.runtime);
        let net_if_fast = |range: &Range<'_>| self.account.net_saving(range.fast, range.runtime);
        let favourite = ranges
            .iter()
            .filter(worth_if_fast)
            .max_by(|one, another| net_if_fast(one).total_cmp(&net_if_fast(another)));
        let cheapest = self.other_language.map(|plan| &plan.runtime.name);
        let chosen = ranges.iter().find(|range| Some(&range.runtime.name) == cheapest).or(favourite);
        if chosen.is_some_and(|range| self.account.is_worth_moving(range.slow, range.runtime)) {
            return Verdict::Move;
        }
        if let Some(step) = library.and_then(|library| as_verdict(self.library_step(library))) {
            return step;
        }
        match chosen.filter(worth_if_fast).or(favourite) {
            Some(turning) => {
                let net = |saving| self.account.net_saving(saving, turning.runtime);
                Verdict::Spike {
                    to: turning.runtime.name.clone(),
                    saves_at_least: turning.slow.is_finite().then(|| net(turning.slow)),
                    saves_at_most: net(turning.fast),
                }
            }
            None => self.stay(),
        }
    }

    /// Runtimes of other languages.
    fn others(&self) -> impl Iterator<Item = &'a Runtime> {
        let Options { problem, planner } = self.options;
        planner.runtimes.iter().copied().filter(|runtime| runtime.language != problem.current.language)
    }

    /// Whether a bill in another language can be so far below `paid` that moving may be worth it, by what no plan there
    /// is below.
    fn may_save_enough(&self, paid: f64) -> bool {
        let Options { problem, planner } = self.options;
        self.others()
            .any(|runtime| self.is_worth(paid - planner.bill_at_least(problem, runtime, RangeEnd::Low)))
    }

    /// What moving to each runtime of another language saves on machines against `paid` at both ends of its compute
    /// factor's range.
    fn ranges(&self, paid: f64) -> Vec<Range<'a>> {
        let Options { problem, planner } = self.options;
        let own_code = problem.today.handler_core_seconds * (1.0 - problem.workload.native_share);
        let planned = |runtime: &'a Runtime| {
            let plan = self.plans.iter().find(|(other, _)| std::ptr::eq(*other, runtime));
            plan.and_then(|(_, plan)| plan.as_ref().ok()).map(|plan| plan.usd_per_month)
        };
        let saves = |runtime: &'a Runtime, end| {
            let usd = if own_code > 0.0 || planner.confidence.is_some() {
                planner.least(problem, runtime, end).map(|priced| priced.usd_per_month)
            } else {
                planned(runtime)
            };
            usd.map_or(f64::NEG_INFINITY, |usd| paid - usd)
        };
        self.others()
            .map(|runtime| {
                let fast = saves(runtime, RangeEnd::Low);
                let slow = if own_code > 0.0 { saves(runtime, RangeEnd::High) } else { fast };
                Range { runtime, slow, fast }
            })
            .collect()
    }

    /// The step to another library of today's language.
    fn library_step(&self, library: &Plan<'a>) -> Alternative {
        self.options.library(library, self.in_current.ok().map(|plan| plan.usd_per_month))
    }

    /// Whether a saving is worth a change of code.
    fn is_worth(&self, saving: f64) -> bool {
        self.account.terms.is_worth_a_change(saving)
    }

    fn stay(&self) -> Verdict {
        let saves = self.today.zip(self.in_current.ok()).map(|(today, plan)| today - plan.usd_per_month);
        match saves {
            Some(saves) if saves > 0.0 && saves >= self.account.terms.min_resize_saving_usd_per_month => {
                Verdict::RightSize
            }
            _ => Verdict::Stay,
        }
    }

    /// The least effort that is no other language, is worth it against `paid`, and after which no other runtime
    /// is. Order that was asked for is not given up, and keys are remapped only where nothing else serves.
    fn smaller_step(&self, paid: f64) -> Option<Verdict> {
        let Self { options, in_current, .. } = *self;
        let base = in_current.ok().map(|plan| plan.usd_per_month);
        let leaves_too_little = |usd_per_month: f64| {
            self.elsewhere.is_none_or(|other| {
                !self.account.is_worth_moving(usd_per_month - other.usd_per_month, other.runtime)
            })
        };
        let is_enough = |step: &Alternative| {
            step.usd_per_month.is_some_and(|usd| self.is_worth(paid - usd) && leaves_too_little(usd))
        };
        let order_is_asked_for = options.problem.workload.in_flight.is_some();
        let in_flight = || if order_is_asked_for { None } else { options.in_flight(base) };
        let partitions = || if self.elsewhere.is_none() { options.partitions(in_current) } else { None };
        let library = || self.library.map(|library| self.library_step(library));
        let enough = |step: Option<Alternative>| step.filter(is_enough);
        enough(options.per_partition(base))
            .or_else(|| enough(in_flight()))
            .or_else(|| enough(partitions()))
            .or_else(|| enough(library()))
            .and_then(as_verdict)
    }

    /// The low end of the range of service_scv, if it is the latency goal that today's runtime misses and it
    /// would keep it there.
    fn keeps_goal_at(&self, none: &NoPlan) -> Option<f64> {
        let Options { problem, planner } = self.options;
        let scv = &problem.current.service_scv;
        if none.stuck()?.rule != Constraint::Latency || scv.low >= scv.value {
            return None;
        }
        let steadier = Figure { value: scv.low, ..scv.clone() };
        let steadier = Runtime { service_scv: steadier, ..problem.current.clone() };
        let offers = Offers::new(&steadier, planner.machines.iter().copied(), planner.policy.purchase);
        problem.least(&offers, None, planner.policy, RangeEnd::Best).map(|_| scv.low)
    }
}

/// The verdict to take a step that leads to a plan.
fn as_verdict(step: Alternative) -> Option<Verdict> {
    Some(Verdict::Alternative {
        step: step.kind,
        to: step.to?,
        on: step.on?,
        usd_per_month: step.usd_per_month?,
        risk: step.risk,
    })
}

/// What counts as paid today, USD a month, where the cheapest plan in today's runtime costs `current`: nobody
/// saves what they do not pay, so where fewer machines run today it is their bill.
pub fn paid(today: Option<f64>, current: f64) -> f64 {
    today.map_or(current, |today| today.min(current))
}
