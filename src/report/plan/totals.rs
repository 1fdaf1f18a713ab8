//! What a fleet costs today and after its decisions.

use super::decision::Decision;
use crate::report::figures::{NOTHING_USD, reaches};
use crate::report::traffic::saved_by_followers;
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::terms::Terms;

/// What a fleet costs today, what of it is decided, and what the same workloads are planned at. Of these both bills are known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Workloads decided.
    pub workloads: usize,
    /// Today's bills of these, USD a month.
    pub today: f64,
    /// Bills after the decisions, USD a month.
    pub planned: f64,
    /// Savings checked against measured CPU, USD a month.
    pub checked: f64,
    /// Savings to be checked, USD a month.
    pub to_be_checked: f64,
    /// What decisions cost more than today, USD a month.
    pub costs_more: f64,
    /// Today's bills of the others, USD a month.
    pub open: f64,
    /// What reading from followers saves of traffic between zones at most, in no bill here, USD a month.
    pub traffic: f64,
    /// What of all these bills of today is given as a bill, and not computed by the list, USD a month.
    pub billed: f64,
}

impl Totals {
    /// Adds up decisions, one after the other.
    pub fn of<'d, 'e: 'd, 'a: 'e>(decisions: impl IntoIterator<Item = &'d Decision<'e, 'a>>) -> Self {
        let mut totals = Self::default();
        decisions.into_iter().for_each(|decision| totals.add(decision));
        totals
    }

    /// What is paid today, USD a month.
    pub fn paid(&self) -> f64 {
        self.today + self.open
    }

    /// What decisions save in all, USD a month.
    pub fn saves(&self) -> f64 {
        self.today - self.planned
    }

    /// What reading from followers saves, USD a month; 0 where that is not worth a step.
    pub fn traffic_in_a_step(&self, terms: Terms) -> f64 {
        if reaches(self.traffic, terms.min_resize_saving_usd_per_month) { self.traffic } else { 0.0 }
    }

    /// Whether some of what is paid is open.
    pub fn is_part(&self) -> bool {
        self.open >= NOTHING_USD
    }

    /// Adds one decision.
    pub fn add(&mut self, decision: &Decision<'_, '_>) {
        self.traffic += saved_by_followers(decision);
        self.billed += decision.entry.problem.workload.current_usd_per_month.unwrap_or(0.0);
        let Some((today, planned)) = decision.bills() else {
            self.open += decision.entry.recommendation.today_usd_per_month.unwrap_or(0.0);
            return;
        };
        self.workloads += 1;
        self.today += today;
        self.planned += planned;
        match decision.check() {
            Some(Standing::Consistent) => self.checked += today - planned,
            Some(Standing::Unchecked) => self.to_be_checked += today - planned,
            Some(Standing::Contradictory) | None => self.costs_more += (planned - today).max(0.0),
        }
    }
}
