//! Smaller steps than another language: the one that is enough, and the one that mends what falls behind.

use crate::bill_bounds::ROUNDING;
use crate::cost::bill::PRECISION_USD;
use crate::decide::alternative::{Alternative, AlternativeKind, Machines};
use crate::decide::answer::Verdict;
use crate::decide::options::Options;
use crate::decide::verdict::{Case, Depth, Other, Range, Settled};
use crate::plan::Priced;
use crate::runtime::Runtime;
use std::cell::LazyCell;

impl<'a> Case<'_, '_, 'a> {
    /// The least effort that is no other language, is worth it against `paid`, and after which no other runtime
    /// is. Order that was asked for is not given up, and keys are remapped only where nothing else serves.
    pub(super) fn smaller_step(&self, paid: f64) -> Option<Settled<'a>> {
        let Self { options, in_current, .. } = *self;
        let elsewhere = LazyCell::new(|| self.elsewhere());
        let may_any = self.others.iter().any(|other| self.account.may_move_to(other.runtime));
        let account = self.account;
        let leaves_too_little = |usd_per_month: f64| {
            let is_worth = |(runtime, priced): (&Runtime, Priced<'_>)| {
                let saving = usd_per_month - priced.cheapest_usd_per_month;
                account.may_move_to(runtime) && account.is_worth_moving(saving, runtime)
            };
            !(may_any && elsewhere.is_some_and(is_worth))
        };
        let is_enough = |step: &Alternative| {
            if step.keeps_machines || !self.steps.count(step) {
                return false;
            }
            let usd = step.cheapest_usd_per_month;
            usd.is_some_and(|usd| self.is_worth(paid - usd) && leaves_too_little(usd))
        };
        let partitions = || match in_current {
            Err(_) if elsewhere.is_none() => options.partitions(in_current),
            _ => None,
        };
        let library = || self.library().map(|(runtime, priced)| Alternative::library(runtime, priced));
        let enough = |step: Option<Alternative>| step.filter(is_enough);
        // No other is worth it.
        let most_usd_per_month =
            (paid - account.terms.min_saving_usd_per_month + PRECISION_USD) * (1.0 + ROUNDING);
        let options = &Options { most_usd_per_month, ..*options };
        let of_settings = || {
            enough(options.per_partition())
                .or_else(|| enough(options.batches(in_current)))
                .or_else(|| enough(self.more_in_flight(options)))
                .or_else(|| enough(partitions()))
        };
        let may_be_settings = self.is_worth(paid) && self.is_worth(paid - options.bill_at_least());
        let setting = if may_be_settings { of_settings() } else { None };
        setting.or_else(|| enough(library())).and_then(|step| self.taken(step))
    }

    /// The first step to try that is no other language and gives today's runtime a plan: what falls behind at peak is mended whatever
    /// that costs.
    pub(super) fn mended(&self) -> Option<Settled<'a>> {
        let Self { options, in_current, .. } = *self;
        let is_planned = |step: &Alternative| step.on.is_some() && self.steps.count(step);
        let partitions = |enough_usd_per_month: f64| {
            Options { enough_usd_per_month, ..*options }.partitions(in_current).filter(is_planned)
        };
        let library = self.library().map(|(runtime, priced)| Alternative::library(runtime, priced));
        let in_flight = self.more_in_flight(options);
        let others = [options.per_partition(), options.batches(in_current), in_flight, library];
        let mut planned = options.ranked(others.into_iter().flatten().filter(is_planned).collect());
        // Their number takes longest to find, and what they cost counts only beside others or a rewrite.
        if planned.is_empty() && self.depth < Depth::Verdict && self.account.rewrite_days().is_none() {
            return self.taken(partitions(f64::INFINITY)?);
        }
        if !planned.first().is_some_and(|first| options.comes_before_partitions(first)) {
            planned.extend(partitions(0.0));
        }
        let first = options.ranked(planned).into_iter().next()?;
        let paid = options.bill_with(&first);
        let ranges = self.ranges(paid);
        if let Some(range) = self.sure(&ranges, paid) {
            return Some(self.move_to(range.runtime));
        }
        // Keys are remapped once for good, so a rewrite that pays back at the best estimates is looked at first.
        let remaps_keys = first.kind == AlternativeKind::Partitions;
        let pays_back = |range: &&Range<'_>| {
            let is_of = |(runtime, _): &(&Runtime, _)| std::ptr::eq(*runtime, range.runtime);
            self.other_language().filter(is_of).is_some_and(|(runtime, priced)| {
                self.account.is_worth_moving(paid - priced.cheapest_usd_per_month, runtime)
            })
        };
        let open = match self.account.rewrite_days() {
            Some(_) => self.chosen(&ranges).filter(|range| remaps_keys && pays_back(range)),
            None => self.favourite(&ranges),
        };
        let step = self.taken(first)?;
        let left = open.zip(step.usd_per_month);
        Some(Settled { worth_up_to: left.and_then(|(range, paid)| self.worth_up_to(range, paid)), ..step })
    }

    /// More events in flight, unless order is asked for.
    fn more_in_flight(&self, options: &Options<'_, 'a>) -> Option<Alternative> {
        let order_is_asked_for = options.problem.workload.in_flight.is_some();
        if order_is_asked_for { None } else { options.in_flight() }
    }

    /// The verdict to take a step that leads to a plan.
    pub(super) fn taken(&self, step: Alternative) -> Option<Settled<'a>> {
        let is_library = step.kind == AlternativeKind::Library;
        let to = step.to?;
        let named = |other: &&Other<'a>| is_library && other.runtime.name == to;
        let runtime = self.others.iter().find(named).map(|other| other.runtime);
        let kept = Machines::today(self.options.problem).zip(self.today).filter(|_| step.keeps_machines);
        let (on, usd_per_month) = kept.or_else(|| step.on.zip(step.usd_per_month))?;
        let verdict = Verdict::Alternative { step: step.kind, change: step.change, to, on, usd_per_month };
        Some(Settled { verdict, to: runtime, usd_per_month: Some(usd_per_month), worth_up_to: None })
    }
}
