//! What a workload costs at a few values of one of its numbers, and roughly where the cheapest runtime changes.

use super::chart::{self, Chart, Mark};
use super::column::{self, Column, columns};
use super::crossings::{TOTALS, bills_over, instead, runtime, told};
use super::document::{self, Cell, Document, Table, Tone};
use super::figures::{NONE, digits, plural, significant, usd};
use super::plan::action::decided_in_all;
use super::records::Records;
use super::{Report, assumed};
use crate::input::number::Number;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::crossings::{Axis, CrossingSearch};
use tonnage_model::scenario::sweep::{Change, Sweep, SweepPoint};
use tonnage_model::workload::Workload;

/// Most changes that the heading names.
const MOST_TOLD: usize = 3;

/// What is moved.
#[derive(Debug, Clone, Copy)]
pub struct Moved<'a> {
    /// Of which workload.
    pub workload: &'a Workload,
    /// Its limits and unit.
    pub number: Number,
    /// It.
    pub axis: Axis,
}

impl Moved<'_> {
    fn column(&self) -> &'static str {
        self.axis.input().column()
    }

    fn today(&self) -> Option<f64> {
        self.axis.input().get(self.workload)
    }
}

/// One value in one runtime.
pub struct PointRow<'a> {
    moved: Moved<'a>,
    point: &'a SweepPoint<'a>,
    runtime: &'a Runtime,
    total: Option<f64>,
}

/// Two neighboring values with another cheapest runtime at each.
pub struct ChangeRow<'a> {
    moved: Moved<'a>,
    it: &'a Change<'a>,
}

/// Columns of the values.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<PointRow<'a>>> {
    columns! { PointRow<'a>, it;
        "workload", "Workload" => &it.moved.workload.name;
        "over", "The column that is moved" => it.moved.column();
        "value", "Its value, in the unit of the column" => it.moved.number.in_column(it.point.value);
        "runtime", "Runtime" => &it.runtime.name;
        "total_usd_per_month", "Its cost, USD a month; empty without a plan" => it.total;
        "is_cheapest", "Whether it is the cheapest" => is_cheapest(it.point, it.runtime);
    }
}

/// Columns of the changes.
#[rustfmt::skip]
pub fn change_columns<'a>() -> Vec<Column<ChangeRow<'a>>> {
    columns! { ChangeRow<'a>, it;
        "workload", "Workload" => &it.moved.workload.name;
        "below", "The lower value" => it.moved.number.in_column(it.it.below);
        "above", "The upper value" => it.moved.number.in_column(it.it.above);
        "from", "The cheapest runtime at the lower value" => runtime(it.it.from);
        "to", "The cheapest runtime at the upper value" => runtime(it.it.to);
    }
}

/// A workload at a few values of one of its numbers.
pub struct SweepReport<'a> {
    sweep: &'a Sweep<'a>,
    moved: Moved<'a>,
    decided: String,
    points: Vec<PointRow<'a>>,
    changes: Vec<ChangeRow<'a>>,
    /// The first value that no runtime can carry, and what would.
    would_do: Option<(f64, String)>,
}

impl<'a> SweepReport<'a> {
    /// The report on what a search found.
    pub fn new(
        search: &CrossingSearch<'_, '_>,
        sweep: &'a Sweep<'a>,
        moved: Moved<'a>,
        entry: &PlannedWorkload<'_>,
    ) -> Self {
        let of_point = |point: &'a SweepPoint<'a>| {
            point.totals.iter().map(move |(runtime, total)| PointRow { moved, point, runtime, total: *total })
        };
        let changes = sweep.changes.iter().map(|it| ChangeRow { moved, it }).collect();
        let decided = decided_in_all(entry);
        let at =
            |value| search.problem_at(moved.axis, value, |problem| instead(problem, entry)).ok().flatten();
        let stuck = sweep.points.iter().find(|point| point.cheapest.is_none()).map(|point| point.value);
        let would_do = stuck.and_then(|value| Some((value, at(value)?)));
        let points = sweep.points.iter().flat_map(of_point).collect();
        Self { sweep, moved, decided, points, changes, would_do }
    }

    fn figure(&self, value: f64) -> String {
        match column::Unit::from(self.moved.number.unit) {
            column::Unit::Share => format!("{} %", significant(value * 100.0)),
            unit => unit.figure(value),
        }
    }

    /// Whether nothing that is paid depends on the number.
    fn is_flat(&self) -> bool {
        self.sweep.points.windows(2).all(|pair| pair[0].totals == pair[1].totals)
    }

    fn heading(&self) -> String {
        let (workload, column) = (self.moved.workload, self.moved.column());
        let [Some(first), Some(last)] = [self.sweep.points.first(), self.sweep.points.last()] else {
            return format!("{}: no value of {column} is possible", workload.name);
        };
        let today = match self.moved.today() {
            Some(it) => format!("at today's {column} of {}: {}", self.figure(it), self.decided),
            None => format!("by {column}: {} today", self.decided),
        };
        let of = |runtime: Option<&Runtime>| told(runtime.map(|it| it.name.as_str()));
        let mut text = format!("{} {today}. By cost alone {}", workload.name, of(first.cheapest));
        if self.is_flat() {
            let [from, to] = [first, last].map(|point| self.figure(point.value));
            return text + &format!(", and no cost changes from {from} to {to}");
        }
        if self.changes.is_empty() {
            return text + " throughout";
        }
        for ChangeRow { it, .. } in self.changes.iter().take(MOST_TOLD) {
            text += &format!("; from about {} {}", self.figure(digits(it.above, 2)), of(it.to));
        }
        if self.changes.len() > MOST_TOLD {
            text += &format!("; {} more", plural((self.changes.len() - MOST_TOLD) as u64, "change"));
        }
        text
    }

    /// A line a value, a column a runtime.
    fn table(&self) -> Table {
        let runtimes = self.sweep.points.first().map_or(&[][..], |point| &point.totals[..]);
        // Where there is no room for all, today's and what is the cheapest somewhere stay.
        let runtimes = (1..).zip(runtimes).map(|(position, (runtime, _))| {
            let is_today = runtime.name == self.moved.workload.current_runtime;
            let stays = is_today || self.sweep.points.iter().any(|point| is_cheapest(point, runtime));
            document::Column::numbers(&runtime.name, if stays { 0 } else { position })
        });
        let value = document::Column::numbers(self.moved.column(), 0);
        let mut table = Table::new(std::iter::once(value).chain(runtimes).collect());
        for point in &self.sweep.points {
            let cell = |(runtime, total): &(&Runtime, Option<f64>)| {
                let tone = if is_cheapest(point, runtime) { Tone::Good } else { Tone::Plain };
                Cell::new(total.map_or(NONE.into(), usd)).toned(tone)
            };
            let today = if self.moved.today() == Some(point.value) { ", today" } else { "" };
            let value = Cell::new(self.figure(point.value) + today);
            table.row(std::iter::once(value).chain(point.totals.iter().map(cell)).collect());
        }
        table
    }
}

fn is_cheapest(point: &SweepPoint<'_>, runtime: &Runtime) -> bool {
    point.cheapest.is_some_and(|cheapest| cheapest.name == runtime.name)
}

impl SweepReport<'_> {
    /// What each runtime costs; nothing where no cost changes.
    fn cost(&self) -> Option<Chart> {
        let [first, last] = [self.sweep.points.first()?, self.sweep.points.last()?];
        let changes = self.changes.iter().take(MOST_TOLD).filter_map(|ChangeRow { it, .. }| {
            Some(Mark {
                at: it.above,
                title: format!("{} from about {}", it.to?.name, self.figure(digits(it.above, 2))),
            })
        });
        let Moved { workload, axis, .. } = self.moved;
        let x = chart::Axis::new(self.moved.column(), self.moved.number.unit.into());
        let ends = (first.value, last.value);
        (!self.is_flat()).then(|| bills_over(workload, axis, x, ends, &self.sweep.points, changes))
    }
}

impl Report for SweepReport<'_> {
    fn charts(&self) -> Vec<Chart> {
        self.cost().into_iter().collect()
    }

    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.heading());
        document.chart(self.cost());
        if !self.is_flat() {
            document.table(self.table());
        }
        let mut notes = vec![format!(
            "{TOTALS} USD a month; * is the cheapest; of several today's runtime, else the first. What an event takes \
             is read anew at each value. Changes are approximate, to 0.1 %, and looked for only between two lines that \
             differ."
        )];
        notes.extend(assumed::notes([self.moved.workload]));
        notes.extend(self.would_do.as_ref().map(|(value, would_do)| {
            format!("At {} no runtime can carry it as it is; {would_do}.", self.figure(*value))
        }));
        document.list(notes);
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("points", &columns(), &self.points),
            Records::of("changes", &change_columns(), &self.changes),
        ]
    }
}
