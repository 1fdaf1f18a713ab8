//! One workload in two plans: its cells, machines, bill and verdict before and after.

use crate::input::columns;
use crate::input::saved_plan::{Planned, SavedPlan};
use crate::report::column::{Column, Value, columns};
use crate::report::figures::{NONE, SAME_BILL, percent, usd};
use std::collections::BTreeMap;

/// Characters of a cell's change in a line of a table; of a longer one only the column is named.
const LONGEST_CELL: usize = 48;
/// The column that measured CPU belongs to, and the columns that have it.
const VOLUME: &str = "events_per_day";
/// The columns of what comes.
const LOAD: [&str; 3] = [VOLUME, "event_size", "peak_factor"];
const MEASURED: [&str; 2] = ["utilization", "observed_cores"];
/// The column of today's runtime.
const RUNTIME: &str = "current_runtime";
/// What becomes of workloads.
pub(super) const INPUTS: &str = "inputs changed";
pub(super) const SAME: &str = "same inputs";
pub(super) const ADDED: &str = "added";
pub(super) const REMOVED: &str = "removed";
/// Share by which bills of one machine differ that are not the same.
const SAME_PRICE: f64 = 1e-9;

/// A cell that differs.
pub struct Cell<'p> {
    /// Its column.
    pub column: &'p str,
    /// What it was; nothing where it was empty.
    pub old: Option<&'p str>,
    /// What it is; nothing where it is empty.
    pub new: Option<&'p str>,
}

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
    /// The column of measured CPU that stayed while the volume changed.
    pub stale: Option<&'static str>,
}

type Cells = BTreeMap<String, String>;

/// Every workload of two plans: in the order of the new one, then those that it has not.
pub fn all<'p>(old: &'p SavedPlan, new: &'p SavedPlan) -> Vec<Change<'p>> {
    let [of_old, of_new] = [old, new].map(by_name);
    let removed = old.decisions.iter().filter(|it| !of_new.contains_key(it.workload.as_str()));
    let change = |it: &'p Planned| {
        let workload = it.workload.as_str();
        let [old, new] = [&of_old, &of_new].map(|all| all.get(workload));
        let cells = old.zip(new).map_or_else(Vec::new, |((_, old), (_, new))| cells(old, new));
        let is_same = |name: &str| cells.iter().all(|cell| cell.column != name);
        let stands =
            |column: &&str| is_same(column) && new.is_some_and(|(_, cells)| cells.contains_key(*column));
        let stale = MEASURED.into_iter().find(stands).filter(|_| !is_same(VOLUME));
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

/// Cells that differ, in the order of the columns.
fn cells<'p>(old: &'p Cells, new: &'p Cells) -> Vec<Cell<'p>> {
    let unknown = old.keys().chain(new.keys()).filter(|name| columns::position(name).is_none());
    let cell = |column: &'p str| {
        let [old, new] = [old, new].map(|cells| cells.get(column).map(String::as_str));
        Cell { column, old, new }
    };
    let all = columns::NAMES.into_iter().chain(unknown.map(String::as_str)).map(cell);
    all.filter(|cell| !cell.is_same()).collect()
}

impl Cell<'_> {
    /// Whether both say the same, however it is written: `50M` and `50,000,000`.
    fn is_same(&self) -> bool {
        let column = columns::position(self.column).map(|at| &columns::COLUMNS[at]);
        let both = column.zip(self.old.zip(self.new));
        self.old == self.new || both.is_some_and(|(column, (old, new))| column.is_same(old, new))
    }

    /// `peak_factor 3 -> 4`.
    pub fn told(&self) -> String {
        let [old, new] = [self.old, self.new].map(|text| text.unwrap_or("empty"));
        format!("{} {old} -> {new}", self.column)
    }

    fn parts(&self) -> Value<'_> {
        Value::Parts(vec![("column", self.column.into()), ("old", self.old.into()), ("new", self.new.into())])
    }

    fn told_shortly(&self) -> String {
        let told = self.told();
        if told.chars().count() > LONGEST_CELL { self.column.to_owned() } else { told }
    }
}

impl<'p> Change<'p> {
    /// Whether anything differs.
    pub fn is_any(&self) -> bool {
        self.at_stake() > 0.0 || !self.told().is_empty()
    }

    /// Both bills, where both are known, or the one of a workload that was added or removed, USD a month.
    pub fn bills(&self) -> Option<(f64, f64)> {
        let bill = |it: Option<&Planned>| it.map_or(Some(0.0), |it| self.bill(it));
        bill(self.old).zip(bill(self.new))
    }

    /// The bill after one of both decisions: of machines that are kept while plans ask for [other ones](Self::asks), what
    /// these ask.
    fn bill(&self, it: &Planned) -> Option<f64> {
        let asks = if self.asks().is_some() && is_kept(it) { it.current_runtime_usd_per_month } else { None };
        it.usd_per_month.map(|bill| bill.max(asks.unwrap_or(0.0)))
    }

    /// What both plans ask for, USD a month, where more or less comes than before, and one of them keeps machines that cost less
    /// than it asks for: that they carry what they carry says nothing of another load.
    pub fn asks(&self) -> Option<(f64, f64)> {
        let (old, new) =
            self.old.zip(self.new).filter(|_| self.cells.iter().any(|it| LOAD.contains(&it.column)))?;
        let asks = |it: &Planned| it.current_runtime_usd_per_month;
        let is_above = |it: &Planned| is_kept(it) && asks(it) > it.usd_per_month;
        let (before, now) = asks(old).zip(asks(new))?;
        (is_above(old) || is_above(new))
            .then_some((before, now))
            .filter(|_| (now - before).abs() >= SAME_BILL)
    }

    /// Dollars a month that are in question: of a bill that one plan does not know all of it.
    pub fn at_stake(&self) -> f64 {
        let bill = |it: Option<&Planned>| it.and_then(|it| self.bill(it)).unwrap_or(0.0);
        (bill(self.new) - bill(self.old)).abs()
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
    fn told(&self) -> String {
        let (old, new) = match (self.old, self.new) {
            (Some(old), Some(new)) => (old, new),
            (Some(it), None) | (None, Some(it)) => {
                return format!("{}: {}, {}", self.kind(), it.planned, it.action);
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
        said.extend(price(old, new));
        said.extend(self.asks().map(|(before, now)| format!("plan asks {} -> {}", usd(before), usd(now))));
        let [before, now] = [old, new].map(action);
        if before != now {
            said.push(format!("{before} -> {now}"));
        }
        said.join("; ")
    }
}

/// Whether what runs today is kept.
fn is_kept(it: &Planned) -> bool {
    it.verdict.as_deref() == Some("stay")
}

/// What to do, without what another plan would cost.
fn action(it: &Planned) -> String {
    let parts = it.action.split("; ").filter(|part| !part.starts_with("plan asks"));
    parts.collect::<Vec<_>>().join("; ")
}

/// `aws us-east-1`.
fn place(it: &Planned) -> Option<String> {
    Some(format!("{} {}", it.provider.as_deref()?, it.region.as_deref()?))
}

/// What one machine costs more or less, where both plans have the same type.
fn price(old: &Planned, new: &Planned) -> Option<String> {
    let each = |it: &Planned| Some(it.usd_per_month? / it.instances? as f64);
    let (before, now) = (each(old)?, each(new)?);
    let more = now / before - 1.0;
    let differs = old.instance_type == new.instance_type && more.abs() > SAME_PRICE;
    let word = if more > 0.0 { "more" } else { "less" };
    let of = new.instance_type.as_deref()?;
    differs.then(|| format!("{of} costs {} {word}", percent(more.abs())))
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
        "old_usd_per_month" ["was" Usd Rank(2)], "Bill after the old decision, USD a month; where the load changes and what is kept costs less than plans ask for, what they ask" => it.old.and_then(|old| it.bill(old));
        "new_usd_per_month" ["now" Usd Rank(1)], "The same after the new decision, USD a month" => it.new.and_then(|new| it.bill(new));
        "costs_more_usd_per_month", "The new bill less the old one; empty where a plan does not know it, USD a month" =>
            it.bills().map(|(old, new)| new - old);
        "costs_more" ["change" Usd Table(0)], "The same with its sign" => it.bills().map(|(old, new)| signed(new - old));
        "told" ["what changed" Word Table(0)], "Cells, machines, prices and what to do" => it.told();
        "cells", "Cells that differ, each with what it was and what it is" =>
            it.cells.iter().map(Cell::told).collect::<Vec<_>>();
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
