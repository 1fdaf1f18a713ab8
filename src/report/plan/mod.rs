//! `plan`: what should run, what it costs and what to change.

pub mod action;
mod asks_more;
mod best;
mod by_hours;
pub mod by_runtime;
pub mod charts;
pub mod contradiction;
pub mod decision;
pub mod decision_columns;
mod details;
pub mod evidence;
mod goal;
mod handlers;
pub mod kept;
mod next_step;
mod next_steps;
pub mod notes;
pub mod options;
mod outgrown;
pub mod overview;
mod page;
pub mod paid;
mod passed_over;
pub mod plans;
pub mod questions;
pub mod rests;
mod risk;
mod totals;
mod unlucky;
pub mod without_plan;
pub mod wording;
pub mod worth;

use super::Report;
use super::chart::Chart;
use super::document::Document;
use super::figures::{and_last, plural, span_of_days};
use super::records::Records;
use by_runtime::TotalRow;
use decision::Decision;
use plans::PlanRow;
use std::collections::BTreeSet;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::machine::Purchase;

/// How much of it people get to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The answer on one screen.
    Overview,
    /// Every workload with its runtimes side by side, options, criteria and notes.
    Details,
    /// Every workload in every runtime, a row each.
    ByRuntime,
}

/// The plans and decisions of a fleet.
pub struct PlanReport<'f, 'a> {
    fleet: &'f Fleet<'a>,
    made: Made,
    decisions: Vec<Decision<'f, 'a>>,
    plans: Vec<PlanRow<'f, 'a>>,
    totals: Vec<TotalRow>,
}

/// What a report is made of beside its fleet.
pub struct Made {
    /// What people get to read; CSV and JSON lines have a row a plan by runtime, else a row a decision.
    pub view: View,
    /// What is taken off list prices, as it was given.
    pub discounts: Option<Vec<String>>,
    /// Flags that commands on the same file need too, each behind a blank.
    pub flags: String,
}

impl<'f, 'a> PlanReport<'f, 'a> {
    /// Makes the rows.
    pub fn new(fleet: &'f Fleet<'a>, made: Made) -> Self {
        let totals = by_runtime::totals(fleet).rows;
        Self { fleet, made, decisions: decision::rows(fleet), plans: plans::rows(fleet), totals }
    }
}

impl Report for PlanReport<'_, '_> {
    fn document(&self) -> Document {
        let flags = &self.made.flags;
        match self.made.view {
            View::Overview if self.fleet.entries.len() > 1 => {
                overview::document(self.fleet, &self.heading(), flags)
            }
            View::Overview | View::Details => details::document(self.fleet),
            View::ByRuntime => by_runtime::document(self.fleet),
        }
    }

    fn charts(&self) -> Vec<Chart> {
        page::charts(self.fleet)
    }

    fn page(&self) -> Document {
        page::as_written(self.fleet, &self.heading(), &self.made.flags)
    }

    fn page_of(&self, is_wanted: &dyn Fn(&str) -> bool) -> Document {
        page::document(self.fleet, &self.heading(), &self.made.flags, is_wanted)
    }

    fn records(&self) -> Vec<Records<'_>> {
        let decisions = Records::of("decisions", &decision_columns::columns(), &self.decisions);
        let plans = Records::of("plans", &plans::columns(), &self.plans);
        let totals = Records::of("totals", &by_runtime::columns(), &self.totals);
        match self.made.view {
            View::ByRuntime => vec![plans, decisions, totals],
            View::Overview | View::Details => vec![decisions, plans, totals],
        }
    }
}

impl PlanReport<'_, '_> {
    /// What was planned, where, and at which prices.
    fn heading(&self) -> String {
        let place = match (regions(self.fleet), self.fleet.machines.first()) {
            (1, Some(machine)) => format!("in {}", plans::place(machine)),
            (regions, _) => format!("over {regions} regions"),
        };
        let workloads = plural(self.fleet.entries.len() as u64, "workload");
        format!("{workloads} {place}, {}", prices(self.fleet, self.made.discounts.as_deref()))
    }
}

/// `on-demand prices of 2026-07-20 less 12%`.
pub fn prices(fleet: &Fleet<'_>, discounts: Option<&[String]>) -> String {
    let paid: BTreeSet<Purchase> = fleet.entries.iter().map(|it| it.planner.policy.purchase).collect();
    let workloads = || fleet.entries.iter().map(|it| it.problem.workload);
    let catalog = fleet.entries.first().map(|it| it.planner.catalog);
    let days = catalog.map(|it| it.price_days(workloads(), fleet.policy)).unwrap_or_default();
    let dates = span_of_days(days.into_iter().map(|(_, day)| day).collect());
    let dates = dates.map_or_else(String::new, |days| format!(" of {days}"));
    let less = discounts.map_or_else(String::new, |discounts| format!(" less {}", discounts.join(", ")));
    let paid = and_last(&paid.iter().map(Purchase::to_string).collect::<Vec<_>>());
    format!("{paid} prices{dates}{less}")
}

/// Regions of all clouds that there are to choose from.
pub fn regions(fleet: &Fleet<'_>) -> usize {
    let all: BTreeSet<_> =
        fleet.machines.iter().map(|machine| (&machine.provider, &machine.region)).collect();
    all.len()
}
