//! One workload in two plans: its cells, machines, bill and verdict before and after.

use super::cells::{Cell, Cells, PLACE, RUNTIME, as_asked, differing, growth};
use crate::input::lookup::Lookup;
use crate::input::saved_plan::{Planned, SavedPlan};
use crate::report::column::{Column, columns};
use crate::report::figures::{NONE, SAME_BILL, percent, usd};
use std::collections::BTreeMap;
use tonnage_model::calibration::calibrate::AGREES_WITHIN;
use tonnage_model::catalog::Catalog;

/// The columns of measured CPU.
const MEASURED: [&str; 2] = ["utilization", "observed_cores"];
/// What a plan newly has where nobody knows what it will cost.
const OPEN: &str = "no verdict";
const UNMEASURED: &str = "more events than its CPU was measured at";
const ASKS_MORE: &str = "plans ask for more at the same bill";
/// What becomes of workloads.
pub(super) const INPUTS: &str = "inputs changed";
pub(super) const SAME: &str = "same inputs";
pub(super) const ADDED: &str = "added";
pub(super) const REMOVED: &str = "removed";
/// Share by which bills of one machine differ that are not the same.
const SAME_PRICE: f64 = 1e-9;

/// A workload of which something differs.
pub struct Change<'p> {
    /// Its name.
    pub workload: &'p str,
    /// The old decision; nothing where the workload was added.
    pub old: Option<&'p Planned>,
    /// The new decision; nothing where the workload was removed.
    pub new: Option<&'p Planned>,
    /// Cells that differ, of a workload in both plans.
    pub cells: Vec<Cell<'p>>,
    /// How many of these a line of a table names.
    pub named: usize,
    /// The column of measured CPU that stayed while the volume changed by more than such a measurement tells.
    pub stale: Option<&'static str>,
}

/// Every workload of two plans, whose names a catalog has: in the order of the new one, then those that it has not.
pub fn all<'p>(old: &'p SavedPlan, new: &'p SavedPlan, catalog: &Catalog) -> Vec<Change<'p>> {
    let asked = [old, new].map(|plan| as_asked(plan, catalog));
    let lookups = asked.each_ref().map(Lookup::new);
    let [of_old, of_new] = [old, new].map(by_name);
    let removed = old.decisions.iter().filter(|it| !of_new.contains_key(it.workload.as_str()));
    let change = |it: &'p Planned| {
        let workload = it.workload.as_str();
        let [old, new] = [&of_old, &of_new].map(|all| all.get(workload));
        let cells =
            old.zip(new).map_or_else(Vec::new, |((_, old), (_, new))| differing([old, new], &lookups));
        let is_same = |name: &str| cells.iter().all(|cell| cell.column != name);
        let stands =
            |column: &&str| is_same(column) && new.is_some_and(|(_, cells)| cells.contains_key(*column));
        let stale =
            MEASURED.into_iter().find(stands).filter(|_| (growth(&cells) - 1.0).abs() > AGREES_WITHIN);
        Change {
            workload,
            old: old.map(|it| it.0),
            new: new.map(|it| it.0),
            named: cells.len(),
            cells,
            stale,
        }
    };
    new.decisions.iter().chain(removed).map(change).collect()
}

/// The decision on each workload and its cells.
fn by_name(plan: &SavedPlan) -> BTreeMap<&str, (&Planned, &Cells)> {
    static NONE: Cells = Cells::new();
    let cells: BTreeMap<_, _> = plan.inputs.iter().filter_map(|it| Some((it.get("name")?, it))).collect();
    let of = |it| cells.get(it).copied().unwrap_or(&NONE);
    plan.decisions.iter().map(|it| (it.workload.as_str(), (it, of(&it.workload)))).collect()
}

impl<'p> Change<'p> {
    /// The bills that are like each other, USD a month: planned ones, or today's where neither plan has one, as these go on.
    fn bills(&self) -> [Option<f64>; 2] {
        let is_unplanned = self.is_unplanned();
        let bill = |it: &Planned| if is_unplanned { it.today_usd_per_month } else { it.usd_per_month };
        [self.old, self.new].map(|it| it.and_then(bill))
    }

    /// Whether neither plan has a bill of it, so that today's counts.
    pub fn is_unplanned(&self) -> bool {
        [self.old, self.new].into_iter().flatten().all(|it| it.usd_per_month.is_none())
    }

    /// Both bills, where both are known, USD a month; what a plan has not costs it nothing.
    pub fn compared(&self) -> Option<(f64, f64)> {
        let [old, new] = self.bills();
        let or_nothing = |bill: Option<f64>, it: Option<_>| bill.or(it.is_none().then_some(0.0));
        or_nothing(old, self.old).zip(or_nothing(new, self.new))
    }

    /// What it costs more, USD a month.
    pub fn costs_more(&self) -> Option<f64> {
        self.compared().map(|(old, new)| new - old)
    }

    /// Whether nobody knows what it will cost, and the bill says nothing of it.
    pub fn is_unknown(&self) -> bool {
        let says_nothing = self.costs_more().is_none_or(|more| more < SAME_BILL);
        says_nothing && self.worse().iter().any(|it| [OPEN, UNMEASURED, ASKS_MORE].contains(it))
    }

    /// What plans ask for before and now, where inputs make it differ and it is more than is planned to be paid, USD a month.
    fn asks(&self) -> Option<(f64, f64)> {
        let (old, new) = self.old.zip(self.new)?;
        let (before, now) = asks(old).zip(asks(new))?;
        let is_more = [old, new].into_iter().any(|it| is_kept(it) && it.usd_per_month < asks(it));
        let differs = (now - before).abs() >= SAME_BILL && !self.cells.is_empty();
        (is_more && differs).then_some((before, now))
    }

    /// Whether what runs goes on for the same bill, which is less than plans ask for, and they ask for more than before; where
    /// it runs is another question.
    fn asks_more(&self) -> bool {
        let is_load = self.cells.iter().any(|cell| !PLACE.contains(&cell.column));
        let stays = self.costs_more().is_some_and(|more| more.abs() < SAME_BILL);
        let goes_on = stays && [self.old, self.new].into_iter().flatten().all(is_kept);
        let is_more = |(before, now)| now > before * (1.0 + AGREES_WITHIN) && self.bills()[1] < Some(now);
        is_load && goes_on && self.asks().is_some_and(is_more)
    }

    /// What the new plan has no more, in words; nothing where it has all that the old one has.
    pub fn worse(&self) -> Vec<&'static str> {
        const WORSE: [&str; 3] = ["lags at peak", "no plan carries it", OPEN];
        let has = |it: &Planned| {
            let no_plan =
                it.verdict.as_deref() == Some("none") || is_kept(it) && !is_open(it) && asks(it).is_none();
            [it.lags, no_plan, is_open(it)]
        };
        let Some(new) = self.new else { return Vec::new() };
        // A question about what was added is not lost where its bill is known.
        let old = self.old.map_or([false, false, self.compared().is_some()], has);
        let added = WORSE.into_iter().zip(has(new)).zip(old);
        let added = added.filter(|((_, now), before)| *now && !before).map(|((what, _), _)| what);
        let stale = self.stale.filter(|_| growth(&self.cells) > 1.0).map(|_| UNMEASURED);
        added.chain(stale).chain(self.asks_more().then_some(ASKS_MORE)).collect()
    }

    /// Dollars a month that are in question: of a bill that one plan does not know all of it.
    pub fn at_stake(&self) -> f64 {
        let [old, new] = self.bills().map(|bill| bill.unwrap_or(0.0));
        (new - old).abs()
    }

    /// What became of it.
    pub fn kind(&self) -> &'static str {
        match (self.old, self.new) {
            (None, _) => ADDED,
            (_, None) => REMOVED,
            _ if self.cells.is_empty() => SAME,
            _ => INPUTS,
        }
    }

    /// What differs, in one line.
    pub(super) fn told(&self) -> String {
        let (old, new) = match (self.old, self.new) {
            (Some(old), Some(new)) => (old, new),
            (Some(it), None) | (None, Some(it)) => {
                let paid = it.today_usd_per_month.filter(|_| self.is_unplanned());
                let paid = paid.map_or_else(String::new, |bill| format!("; {}", today(bill)));
                return format!("{}: {}, {}{paid}", self.kind(), it.planned, it.action);
            }
            (None, None) => return NONE.to_owned(),
        };
        let mut said: Vec<String> = self.cells.iter().take(self.named).map(Cell::told_shortly).collect();
        match self.cells.len().saturating_sub(self.named) {
            0 => {}
            more => said.push(format!("{more} more cells")),
        }
        // Where the verdict is open, what to do tells so.
        let is_open = old.planned == NONE || new.planned == NONE;
        if old.planned != new.planned && !is_open {
            said.push(match (old.instances, new.instances) {
                (Some(from), Some(to)) if old.instance_type == new.instance_type => {
                    format!("{from} -> {} x {}", to, new.instance_type.as_deref().unwrap_or_default())
                }
                _ => format!("{} -> {}", old.planned, new.planned),
            });
        }
        // Of another runtime today the cell is told.
        let runtime = |it: &Planned| {
            it.runtime.clone().filter(|_| self.cells.iter().all(|cell| cell.column != RUNTIME))
        };
        let differing = [place(old).zip(place(new)), runtime(old).zip(runtime(new))];
        let differing = differing.into_iter().flatten().filter(|(old, new)| old != new);
        said.extend(differing.map(|(old, new)| format!("{old} -> {new}")));
        let is_billed = self.cells.iter().any(|cell| cell.column == "current_usd_per_month");
        said.extend(price(old, new).filter(|_| !is_billed));
        let before_asked = said.len();
        said.extend(self.asks().map(|(before, now)| format!("plan asks {} -> {}", usd(before), usd(now))));
        let [before, now] = [old, new].map(action);
        if before != now {
            said.push(format!("{before} -> {now}"));
        }
        let is_any = !said.is_empty() || self.at_stake() >= SAME_BILL;
        let paid_today = old.today_usd_per_month.or(new.today_usd_per_month);
        if let Some(bill) = paid_today.filter(|_| is_any && self.compared().is_none()) {
            said.insert(before_asked, today(bill));
        }
        if said.is_empty() && self.at_stake() >= SAME_BILL {
            let is_of_pods = new.planned.contains(" of ");
            let what = if is_of_pods { "another share of the nodes" } else { "other prices or settings" };
            said.push(what.to_owned());
        }
        said.join("; ")
    }
}

fn today(usd_per_month: f64) -> String {
    format!("{} today", usd(usd_per_month))
}

/// Whether what runs today goes on, as it is to be kept or there is no verdict yet.
fn is_kept(it: &Planned) -> bool {
    it.verdict.as_deref() == Some("stay") || is_open(it)
}

/// Whether there is no verdict.
fn is_open(it: &Planned) -> bool {
    it.verdict.as_deref().is_none_or(|verdict| verdict == "depends_on")
}

/// What a plan asks for, USD a month: where nothing changes, or nobody knows yet, the cheapest in today's runtime. Of what
/// contradicts itself nothing is asked.
fn asks(it: &Planned) -> Option<f64> {
    it.verdict.as_ref()?;
    if is_kept(it) { it.current_runtime_usd_per_month } else { it.usd_per_month }
}

/// What to do, without what another plan would cost.
fn action(it: &Planned) -> String {
    let parts = it.action.split("; ").filter(|part| !part.starts_with("plan asks"));
    parts.collect::<Vec<_>>().join(", ")
}

/// `aws us-east-1`.
fn place(it: &Planned) -> Option<String> {
    Some(format!("{} {}", it.provider.as_deref()?, it.region.as_deref()?))
}

/// What one machine costs more or less, where both plans have the same type, or as many machines without a plan run today.
fn price(old: &Planned, new: &Planned) -> Option<String> {
    let each = |it: &Planned| Some((it.instance_type.clone()?, it.usd_per_month? / it.instances? as f64));
    let today = |it: &Planned| {
        Some((it.today.clone()?, it.today_usd_per_month.filter(|_| it.usd_per_month.is_none())?))
    };
    let both = each(old).zip(each(new)).or_else(|| today(old).zip(today(new)))?;
    let ((was, before), (on, now)) = both;
    let more = now / before - 1.0;
    let word = if more > 0.0 { "more" } else { "less" };
    let of = on.rsplit(" x ").next()?;
    (was == on && more.abs() > SAME_PRICE).then(|| format!("{of} costs {} {word}", percent(more.abs())))
}

/// Dollars with their sign, for tables: `+$112`, `-$50`, `$0`.
fn signed(dollars: f64) -> String {
    let plus = if dollars >= SAME_BILL { "+" } else { "" };
    format!("{plus}{}", usd(if dollars.abs() < SAME_BILL { 0.0 } else { dollars }))
}

/// Columns of a workload that differs.
#[rustfmt::skip]
pub fn columns<'p>() -> Vec<Column<Change<'p>>> {
    columns! { Change<'_>, it;
        "workload" ["workload" Word Always], "Workload" => it.workload;
        "kind", "inputs changed, same inputs, added or removed" => it.kind();
        "old_usd_per_month" ["was" Usd Rank(2)], "Bill after the old decision, USD a month; today's where neither plan has one" => it.bills()[0];
        "new_usd_per_month" ["now" Usd Rank(1)], "The same after the new decision, USD a month" => it.bills()[1];
        "costs_more_usd_per_month", "The new bill less the old one, USD a month; empty where one plan alone has one" => it.costs_more();
        "change" ["change" Usd Table(0)], "The same, with `?` where it says nothing of what is to be paid" =>
            if it.is_unknown() { Some(it.costs_more().map_or_else(String::new, signed) + "?") } else { it.costs_more().map(signed) };
        "worse", "What it newly has: `lags at peak`, `no plan carries it`, `no verdict`, `more events than its CPU was measured at`, `plans ask for more at the same bill`" => it.worse();
        "told" ["what changed" Word Table(0)], "Cells, machines, prices and what to do" => it.told();
        "cells", "Cells that differ, each with what it was and what it is" => it.cells.iter().map(Cell::told).collect::<Vec<_>>();
        "inputs" ["inputs" Word Nested], "The same: column, old and new" => it.cells.iter().map(Cell::parts).collect::<Vec<_>>();
        "old_planned", "Machines after the old decision" => it.old.map(|it| &it.planned);
        "new_planned", "Machines after the new decision" => it.new.map(|it| &it.planned);
        "old_instances", "Number of the old machines" => it.old.and_then(|it| it.instances);
        "new_instances", "Number of the new machines" => it.new.and_then(|it| it.instances);
        "old_instance_type", "Type of the old machines" => it.old.and_then(|it| it.instance_type.as_ref());
        "new_instance_type", "Type of the new machines" => it.new.and_then(|it| it.instance_type.as_ref());
        "old_region", "Cloud and region of the old machines" => it.old.and_then(place);
        "new_region", "Cloud and region of the new machines" => it.new.and_then(place);
        "old_runtime", "Runtime after the old decision" => it.old.and_then(|it| it.runtime.as_ref());
        "new_runtime", "Runtime after the new decision" => it.new.and_then(|it| it.runtime.as_ref());
        "old_verdict", "The old verdict" => it.old.and_then(|it| it.verdict.as_ref());
        "new_verdict", "The new verdict" => it.new.and_then(|it| it.verdict.as_ref());
        "old_action", "What was to do" => it.old.map(|it| &it.action);
        "new_action", "What is to do" => it.new.map(|it| &it.action);
    }
}
