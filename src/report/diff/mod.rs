//! What changed between two plans: in inputs, machines, bills and verdicts, and because of what.

pub mod cause;
pub mod cells;
pub mod change;
pub mod totals;

use super::Report;
use super::document::{Cell, Document, Table};
use super::figures::{NONE, SAME_BILL, and_last, more, plural, usd};
use super::records::Records;
use crate::input::saved_plan::SavedPlan;
use cause::Cause;
use change::{ADDED, Change, REMOVED};
use tonnage_model::catalog::Catalog;
use tonnage_model::ranked::greatest_first;
use totals::Totals;

/// Cells that a line of the table names, and from how many lines on that is one.
const MOST_CELLS: usize = 4;
const MANY: usize = 100;
/// Bytes of the table's cells that people get to read: with all around them they fit into a comment on GitHub, which cuts
/// at 65,536.
const MOST_BYTES: usize = 54_000;
/// Bytes that Markdown puts between two cells.
const BETWEEN_CELLS: usize = 3;
/// Causes of a kind, or workloads of a note, that are named.
const MOST_NAMED: usize = 10;

/// Two plans side by side.
pub struct DiffReport<'p> {
    new: &'p SavedPlan,
    changes: Vec<Change<'p>>,
    causes: Vec<Cause>,
    totals: Totals<'p>,
    allowed: Option<f64>,
}

impl<'p> DiffReport<'p> {
    /// Compares two plans, whose names a catalog has.
    pub fn new(old: &'p SavedPlan, new: &'p SavedPlan, catalog: &Catalog) -> Self {
        let mut changes = change::all(old, new, catalog);
        let totals = Totals::of(&changes);
        changes.retain(|it| it.at_stake() > 0.0 || !it.told().is_empty());
        let named = if changes.len() < MANY { MOST_CELLS } else { 1 };
        changes.iter_mut().for_each(|it| it.named = named);
        greatest_first(&mut changes, Change::at_stake);
        Self { new, changes, causes: cause::all(old, new), totals, allowed: None }
    }

    /// The same with the rise that is allowed, USD a month.
    pub fn allowing(self, allowed: Option<f64>) -> Self {
        Self { allowed, ..self }
    }

    /// What all that can be compared costs more, USD a month; negative where it is less.
    pub fn rise(&self) -> f64 {
        self.totals.all().costs_more()
    }

    /// ` (not counted: 2 workloads)`; nothing where all are.
    fn but(&self) -> String {
        match self.totals.not_counted.len() as u64 {
            0 => String::new(),
            not => format!(" (not counted: {})", plural(not, "workload")),
        }
    }

    /// What has to be looked at, a line each, and fails a check: a rise above what is allowed, and what each workload newly
    /// [has no more](Change::worse), whatever it costs.
    pub fn failures(&self) -> Vec<String> {
        let rise = self.rise();
        let above = self.allowed.filter(|allowed| rise > *allowed).map(|allowed| {
            let [rise, allowed] = [rise, allowed].map(usd);
            format!(
                "the planned bill{} is {rise} a month more, and --fail-above allows {allowed}",
                self.but()
            )
        });
        let worse = self.changes.iter().map(|it| (it.workload, it.worse())).filter(|it| !it.1.is_empty());
        let worse = worse.map(|(workload, what)| format!("{workload}: now {}", what.join(", "))).collect();
        above.into_iter().chain(first(worse)).collect()
    }

    /// Whether some workload of the new plan has no plan in any runtime.
    pub fn has_infeasible(&self) -> bool {
        self.new.decisions.iter().any(|it| it.verdict.as_deref() == Some("none"))
    }

    /// Both bills, and why they differ.
    fn headline(&self) -> String {
        let bills = self.totals.all();
        let reasons = self.reasons();
        let open = self.totals.open.filter(|(_, now)| *now > 0.0).map_or_else(String::new, |(_, now)| {
            format!("; {} of the planned bill is what workloads without a verdict cost today", usd(now))
        });
        if self.changes.is_empty() && self.causes.is_empty() {
            let workloads = plural(self.new.decisions.len() as u64, "workload");
            return format!("Nothing changed: {workloads}, planned bill {} a month{open}", usd(bills.new));
        }
        let (rise, but) = (self.rise(), self.but());
        let stays = rise.abs() < SAME_BILL;
        let [old, new] = [bills.old, bills.new].map(usd);
        let bill = match (bills.workloads, stays) {
            (0, _) => "No bill can be compared".to_owned(),
            (_, true) => format!("The planned bill{but} stays {new} a month"),
            (_, false) => format!("The planned bill{but} went from {old} to {new} a month ({})", more(rise)),
        };
        let unknown = self.changes.iter().filter(|it| it.is_unknown());
        let unknown = match first(unknown.map(|it| it.workload.to_owned()).collect()) {
            none if none.is_empty() => String::new(),
            some => format!(", and what {} will cost is unknown", and_last(&some)),
        };
        let word = if stays && bills.workloads > 0 && unknown.is_empty() { "although" } else { "because" };
        format!("{bill}{unknown}, {word} {reasons}{open}")
    }

    /// What changed, and how many workloads came and went.
    fn reasons(&self) -> String {
        let inputs = self.changes.iter().filter(|it| !it.cells.is_empty()).count() as u64;
        let inputs = (inputs > 0).then(|| format!("inputs of {}", plural(inputs, "workload")));
        let made_with = cause::KINDS.into_iter().filter_map(|kind| {
            let first = self.causes.iter().find(|cause| cause.of == kind)?;
            Some(match kind {
                cause::PRICES if first.new != NONE => format!("prices (of {})", first.new),
                cause::VERSION => format!("tonnage (now {})", first.new),
                _ => kind.to_owned(),
            })
        });
        let changed: Vec<String> = inputs.into_iter().chain(made_with).collect();
        let mut clauses = Vec::new();
        if !changed.is_empty() {
            clauses.push(format!("{} changed", and_last(&changed)));
        }
        for kind in [ADDED, REMOVED] {
            match self.changes.iter().filter(|it| it.kind() == kind).count() as u64 {
                0 => {}
                1 => clauses.push(format!("1 workload was {kind}")),
                more => clauses.push(format!("{} were {kind}", plural(more, "workload"))),
            }
        }
        if clauses.is_empty() {
            clauses.push("another program planned them: all that the plans name is the same".to_owned());
        }
        and_last(&clauses)
    }

    /// What both were made with, a line a kind.
    fn made_with(&self) -> Vec<String> {
        let line = |kind: &str| {
            let told = |it: &Cause| match kind {
                cause::PROFILES => it.name.clone(),
                _ if it.old == it.new => format!("{}, both of {}", it.name, it.new),
                _ => format!("{} {} -> {}", it.name, it.old, it.new).trim_start().to_owned(),
            };
            let told = first(self.causes.iter().filter(|it| it.of == kind).map(told).collect());
            (!told.is_empty()).then(|| format!("{kind}: {}", told.join(", ")))
        };
        cause::KINDS.into_iter().filter_map(line).collect()
    }

    /// Workloads whose measured CPU is not of their volume any more.
    fn stale(&self) -> Option<String> {
        let stale = || self.changes.iter().filter_map(|it| Some((it.workload.to_owned(), it.stale?)));
        let (_, column) = stale().next()?;
        Some(format!(
            "events_per_day of {} changed and {column} did not, so by {column} an event takes other CPU than before. Give \
             both of the same time.",
            and_last(&first(stale().map(|(name, _)| name).collect()))
        ))
    }

    /// What is in no sum.
    fn not_counted(&self) -> Option<String> {
        let names = first(self.totals.not_counted.iter().map(|name| (*name).to_owned()).collect());
        let why = "as a bill is not known or only one plan decides";
        (!names.is_empty()).then(|| format!("{}, {why}.", and_last(&names)))
    }

    /// The rows that fit, and how many do not.
    fn table(&self) -> (Table, usize) {
        let mut table = Records::of("changes", &change::columns(), &self.changes).table();
        let mut bytes = 0;
        let fits = |row: &Vec<Cell>| {
            bytes += row.iter().map(|cell| cell.text.len() + BETWEEN_CELLS).sum::<usize>();
            bytes <= MOST_BYTES
        };
        let kept = table.rows.iter().map(fits).take_while(|fits| *fits).count();
        let left_out = table.rows.len() - kept;
        table.rows.truncate(kept);
        (table, left_out)
    }
}

/// The first of many, and how many more there are.
fn first(mut all: Vec<String>) -> Vec<String> {
    if let more @ 1.. = all.len().saturating_sub(MOST_NAMED) {
        all.truncate(MOST_NAMED);
        all.push(format!("{more} more"));
    }
    all
}

impl Report for DiffReport<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.headline());
        document.list(self.failures());
        document.list(self.made_with());
        let (table, left_out) = self.table();
        document.table(table);
        if left_out > 0 {
            let more = plural(left_out as u64, "workload");
            document.paragraph(format!("{more} that change less are not shown; --format csv has all."));
        }
        if !self.changes.is_empty() {
            document.paragraph_on("Total", self.totals.told());
            document.paragraph_on("Not counted", self.not_counted().unwrap_or_default());
        }
        document.paragraph_on("Note", self.stale().unwrap_or_default());
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("changes", &change::columns(), &self.changes),
            Records::of("causes", &cause::columns(), &self.causes),
            Records::of("totals", &totals::columns(), &self.totals.rows),
        ]
    }
}
