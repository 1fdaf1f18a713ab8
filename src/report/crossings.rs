//! Where the cheapest runtime changes as one number of a workload grows, exactly.

use super::chart::{self, Chart, Lines, Mark, Plot, Series};
use super::column::{Column, Unit, Value, columns};
use super::document::Document;
use super::figures::{digits, plural_of, significant, usd};
use super::plan::action::decided_in_all;
use super::plan::kept::priced;
use super::records::Records;
use super::{Report, assumed};
use tonnage_model::decide::options::Options;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::crossings::{Axis, CrossingSearch, Crossings, Interval};
use tonnage_model::scenario::sweep::SweepPoint;
use tonnage_model::workload::Workload;

/// What the totals are of.
pub const TOTALS: &str = "Costs are machines (the cheapest; plans may take up to cost_tolerance more), traffic between zones and features. A rewrite is not in \
                          them.";

/// A turn of less than this share of the whole way is not seen.
const SEEN: f64 = 0.05;

/// Crossings that a chart marks.
const MOST_MARKS: usize = 5;

/// A stretch of values with one cheapest runtime.
pub struct IntervalRow<'a> {
    workload: &'a Workload,
    axis: Axis,
    it: &'a Interval<'a>,
    exact_to: f64,
    would_do: Option<String>,
    is_today: bool,
}

/// Columns of the stretches.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<IntervalRow<'a>>> {
    columns! { IntervalRow<'a>, it;
        "workload", "Workload" => &it.workload.name;
        "over", "The column that is moved" => it.axis.input().column();
        "from" ["from" Number Table(0)], "First value" => if it.is_today { "today".into() } else { about(it.axis, it.it.from) };
        "to" ["to" Number Table(0)], "Last value" => it.end();
        "from", "First value" => it.it.from;
        "to", "Last value" => it.it.to;
        "cheapest" ["cheapest" Word Always], "The cheapest runtime" => runtime(it.it.cheapest);
        "total_usd_per_month" ["$/month" Usd Always], "Its cost in the middle, USD a month" =>
            it.it.total.and_then(|total| total.usd_per_month());
        "next" ["next" Word Always], "The next in cost there" => it.it.next.map(|(next, _)| &next.name);
        "difference_usd_per_month" ["more" Usd Always], "What that costs more, USD a month" => it.it.next.map(|(_, more)| more);
        "at" ["costs at" Number Table(2)], "The middle" => about(it.axis, it.it.at);
        "at", "The value in the middle, at which costs are taken" => it.it.at;
        "exact_to", "Share of the value to which changes are followed; 0 where all are found" => it.exact_to;
        "would_do", "Changes with which today's runtime would carry the middle, where none can" => it.would_do.as_deref();
        "tied_with" ["tied with" Word Rank(1)], "Runtimes that cost the same throughout" => names(&it.it.tied);
        "tied_in_part_with", "Runtimes that cost the same in a part of it" => names(&it.it.tied_in_part);
    }
}

/// Crossings of one workload.
pub struct CrossingsReport<'a> {
    crossings: &'a Crossings<'a>,
    drawn: &'a [SweepPoint<'a>],
    entry: &'a PlannedWorkload<'a>,
    workload: &'a Workload,
    rows: Vec<IntervalRow<'a>>,
}

impl IntervalRow<'_> {
    /// Where it ends: at about that, or at today's very value.
    fn end(&self) -> String {
        let shown = if self.is_today { shown_short } else { about };
        shown(self.axis, self.it.to)
    }
}

impl<'a> CrossingsReport<'a> {
    /// The report on what a search found; `drawn` is what is drawn of it.
    pub fn new(
        search: &CrossingSearch<'_, '_>,
        crossings: &'a Crossings<'a>,
        drawn: &'a [SweepPoint<'a>],
        entry: &'a PlannedWorkload<'a>,
    ) -> Self {
        let (workload, axis, exact_to) = (entry.problem.workload, crossings.axis, crossings.exact_to);
        let at =
            |it: &Interval<'_>| search.problem_at(axis, it.at, |problem| instead(problem, entry)).ok()?;
        let row = |it: &'a Interval<'a>| {
            let would_do = if it.cheapest.is_none() { at(it) } else { None };
            IntervalRow { workload, axis, it, exact_to, would_do, is_today: false }
        };
        Self { crossings, drawn, entry, workload, rows: crossings.intervals.iter().map(row).collect() }
    }

    /// Where the workload is today, and where the nearest crossings are.
    fn heading(&self) -> String {
        let Crossings { axis, intervals, .. } = self.crossings;
        let at = |value| match axis {
            Axis::IoRatio => format!("{} of {}", quantity(*axis), shown_short(*axis, value)),
            _ => format!("{} {}", shown_short(*axis, value), quantity(*axis)),
        };
        let today = axis.input().get(self.workload).unwrap_or(0.0);
        let Some(here) = self.here() else {
            return format!("{}: this range is without today's {}", self.workload.name, at(today));
        };
        let name = |position: usize| intervals[position].cheapest.map(|runtime| runtime.name.as_str());
        let is_other = |&other: &usize| match name(here) {
            _ if !self.is_told(other) => false,
            Some(here) => !is_cheapest(&intervals[other], here),
            None => name(other).is_some(),
        };
        let last = intervals.len() - 1;
        let stretch = |position: usize| {
            let ends = [intervals[position].from, intervals[position].to].map(|end| about(*axis, end));
            match ends {
                [_, to] if position == 0 => format!("below {to}"),
                [from, _] if position == last => format!("above {from}"),
                [from, to] => format!("from {from} to {to}"),
            }
        };
        let others =
            [(0..here).rev().find(is_other), (here + 1..intervals.len()).find(is_other)].map(|position| {
                position.map(|position| format!("; {} {}", stretch(position), told(name(position))))
            });
        let text = format!(
            "{} at today's {}: {}. By cost alone {} there",
            self.workload.name,
            at(today),
            decided_in_all(self.entry),
            told(name(here))
        );
        match others {
            [None, None] => text + " and throughout this range",
            [below, above] => text + &below.unwrap_or_default() + &above.unwrap_or_default(),
        }
    }
}

impl CrossingsReport<'_> {
    /// The stretch that has today's value.
    fn here(&self) -> Option<usize> {
        let Crossings { axis, intervals, .. } = self.crossings;
        let today = axis.input().get(self.workload).unwrap_or(0.0);
        // Steps of a ratio are not met to the last bit.
        let reached = |interval: &Interval<'_>| interval.from <= today * (1.0 + 1e-9);
        let is_beyond = intervals.last().is_none_or(|last| last.to < today * (1.0 - 1e-9));
        intervals.iter().rposition(reached).filter(|_| !is_beyond)
    }

    /// Whether people are told a stretch: its ends differ in what they read of them, or today is in it.
    fn is_told(&self, position: usize) -> bool {
        let Interval { from, to, .. } = self.crossings.intervals[position];
        let axis = self.crossings.axis;
        about(axis, from) != about(axis, to) || self.here() == Some(position)
    }
}

/// Whether nothing costs less than a runtime throughout a stretch.
fn is_cheapest(interval: &Interval<'_>, name: &str) -> bool {
    interval.cheapest.into_iter().chain(interval.tied.iter().copied()).any(|it| it.name == name)
}

/// That a runtime is the cheapest, in words.
pub fn told(runtime: Option<&str>) -> String {
    runtime.map_or("no runtime can carry it as it is".into(), |name| format!("{name} is cheapest"))
}

/// What would carry a problem where no runtime can, in words.
pub fn instead(problem: &Problem<'_>, entry: &PlannedWorkload<'_>) -> Option<String> {
    let options = Options::new(problem, &entry.planner);
    priced(&options.remedies(entry.planner.cheapest(problem, problem.current).as_ref()))
}

impl CrossingsReport<'_> {
    /// What each runtime costs, with today's value and the crossings.
    fn cost(&self) -> Chart {
        let Crossings { axis, intervals, .. } = self.crossings;
        let ends =
            intervals.first().zip(intervals.last()).map_or((0.0, 0.0), |(first, last)| (first.from, last.to));
        let mut before = intervals.first().and_then(|it| it.cheapest);
        let told = intervals.iter().enumerate().skip(1).filter(|(position, _)| self.is_told(*position));
        let crossing = told.filter_map(|(_, it)| {
            if before.is_some_and(|before| is_cheapest(it, &before.name)) {
                return None;
            }
            before = it.cheapest;
            Some(Mark { at: it.from, title: format!("{} from {}", before?.name, about(*axis, it.from)) })
        });
        let x = drawn_along(*axis);
        bills_over(self.workload, *axis, x, ends, self.drawn, crossing.take(MOST_MARKS))
    }

    /// What the cheapest runtime of another language saves of the cheapest one of today's.
    fn gap(&self) -> Option<Chart> {
        let axis = self.crossings.axis;
        let is_current = |it: &&(&Runtime, Option<f64>)| it.0.name == self.workload.current_runtime;
        let language = &self.drawn.first()?.totals.iter().find(is_current)?.0.language;
        let gap = |point: &SweepPoint<'_>| {
            let least = |is_today: bool| {
                let of = point.totals.iter().filter(|it| (it.0.language == *language) == is_today);
                of.filter_map(|it| it.1).reduce(f64::min)
            };
            (point.value, least(true).zip(least(false)).map(|(here, there)| here - there))
        };
        let points: Vec<(f64, Option<f64>)> = self.drawn.iter().map(gap).collect();
        let known: Vec<(f64, f64)> = points.iter().filter_map(|(at, gap)| Some((*at, (*gap)?))).collect();
        let (first, last) = known.first().zip(known.last())?;
        let [mut least, mut most] = [first.1; 2];
        let [mut rises, mut falls] = [0.0_f64; 2];
        for (_, gap) in &known {
            (least, most) = (least.min(*gap), most.max(*gap));
            (rises, falls) = (rises.max(gap - least), falls.max(most - gap));
        }
        let turns = format!("goes up and down between {} and {}", usd(least), usd(most));
        let verb = match last.1 - first.1 {
            _ if rises.min(falls) >= SEEN * (most - least) => turns.as_str(),
            less if less <= -1.0 => "narrows",
            more if more >= 1.0 => "widens",
            _ => "ends as it begins",
        };
        let [from, to] = [first, last].map(|(at, gap)| format!("{} at {}", usd(*gap), about(axis, *at)));
        Some(Chart {
            name: "gap",
            title: format!("The gap between {} and other languages {verb}: {from}, {to}", language.title),
            about: "What the cheapest runtime of another language costs less, USD a month.".to_owned(),
            note: String::new(),
            plot: Plot::Lines(Lines {
                x: drawn_along(axis).log_if_wide(first.0, last.0),
                y: chart::Axis::new("USD a month less", Unit::Usd),
                series: vec![Series { name: "gap".to_owned(), points, is_stepped: false }],
                marks: Vec::new(),
            }),
        })
    }
}

impl Report for CrossingsReport<'_> {
    fn charts(&self) -> Vec<Chart> {
        std::iter::once(self.cost()).chain(self.gap()).collect()
    }

    fn page(&self) -> Document {
        self.told(self.charts())
    }

    fn document(&self) -> Document {
        self.told(vec![self.cost()])
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("intervals", &columns(), &self.rows)]
    }
}

impl CrossingsReport<'_> {
    /// The answer, with some charts.
    fn told(&self, charts: Vec<Chart>) -> Document {
        let Crossings { axis, intervals, left_out, exact_to, today } = self.crossings;
        let mut document = Document::default();
        document.heading(self.heading());
        charts.into_iter().for_each(|chart| document.chart(chart));
        let told = self.rows.iter().enumerate().filter(|(position, _)| self.is_told(*position));
        let (told, all) = (told.map(|(_, row)| row).collect::<Vec<_>>(), self.rows.len());
        let (workload, axis, exact_to) = (self.workload, *axis, *exact_to);
        let of_today = |it| IntervalRow { workload, axis, it, exact_to, would_do: None, is_today: true };
        let today = today.as_ref().map(of_today);
        let shown = today.iter().chain(told.iter().copied());
        document.table(Records::of("intervals", &columns(), shown).table());
        let followed = format!(
            "Bills have more steps than the search follows: a change is told to within {} % of the value, and one that is undone \
             within that is missed. A narrower range or fewer runtimes tell more.",
            significant(exact_to * 100.0)
        );
        let exact = match axis {
            _ if exact_to > 0.0 => followed.as_str(),
            Axis::EventsPerDay => {
                "What an event takes is read once, at the workload's own rate. CSV has crossings to the event."
            }
            Axis::IoRatio => "CSV has crossings to 0.0001.",
            Axis::FeaturesPerMonth | Axis::Number(_) => {
                "Machines do not depend on features, so crossings are where two lines meet."
            }
        };
        let mut notes = vec![format!("{TOTALS} They are those in the middle of each line. {exact}")];
        let narrow = (all - told.len()) as u64;
        notes.extend((narrow > 0).then(|| {
            format!("CSV also has {} too narrow to tell.", plural_of(narrow, ("stretch", "stretches")))
        }));
        notes.extend(assumed::notes([self.workload]));
        notes.extend(told.iter().filter_map(|row| {
            let [from, to, at] = [row.it.from, row.it.to, row.it.at].map(|value| about(axis, value));
            let would_do = row.would_do.as_ref()?;
            Some(format!("No runtime can carry {from} to {to} as it is; at {at}, {would_do}."))
        }));
        if intervals.iter().any(|it| !it.tied.is_empty() || !it.tied_in_part.is_empty()) {
            notes.push(
                "Of equal costs today's runtime counts as cheapest, else the one that stays so longest."
                    .into(),
            );
        }
        notes.extend(
            names(left_out).map(|names| format!("Left out, as their days a feature are not known: {names}.")),
        );
        document.list(notes);
        document
    }
}

/// What each runtime costs over a quantity from `low` to `high`, with today's value and some changes of the cheapest.
pub fn bills_over(
    workload: &Workload,
    axis: Axis,
    x: chart::Axis,
    (low, high): (f64, f64),
    points: &[SweepPoint<'_>],
    changes: impl Iterator<Item = Mark>,
) -> Chart {
    let runtimes = points.first().map_or(&[][..], |first| &first.totals[..]);
    let series = runtimes.iter().enumerate().map(|(position, (runtime, _))| Series {
        name: runtime.name.clone(),
        points: points.iter().map(|point| (point.value, point.totals[position].1)).collect(),
        is_stepped: false,
    });
    let today = axis.input().get(workload).filter(|it| (low..=high).contains(it));
    let today = today.map(|at| Mark { at, title: "today".to_owned() });
    Chart::of_bills(
        format!("{}: the bill in each runtime over {}", workload.name, x.title),
        format!("{TOTALS} Marked are today's value and where the cheapest runtime changes."),
        "where there is no plan",
        x.log_if_wide(low, high),
        series.collect(),
        today.into_iter().chain(changes).collect(),
    )
}

/// The axis of a chart.
fn drawn_along(axis: Axis) -> chart::Axis {
    let unit = if axis == Axis::EventsPerDay { Unit::PerDay } else { Unit::Number };
    chart::Axis::new(quantity(axis), unit)
}

/// A value as short as a chart needs it.
fn shown_short(axis: Axis, value: f64) -> String {
    drawn_along(axis).figure(value)
}

fn quantity(axis: Axis) -> &'static str {
    match axis {
        Axis::EventsPerDay => "events a day",
        Axis::IoRatio => "I/O ratio",
        Axis::FeaturesPerMonth => "features a month",
        Axis::Number(input) => input.column(),
    }
}

/// A crossing, with no more digits than a bill is worth.
fn about(axis: Axis, value: f64) -> String {
    shown_short(axis, digits(value, 2))
}

/// The name of a runtime; missing where there is none.
pub fn runtime<'r>(runtime: Option<&'r Runtime>) -> Value<'r> {
    runtime.map(|it| &it.name).into()
}

/// Names with commas between them; `None` where there are none.
fn names(runtimes: &[&Runtime]) -> Option<String> {
    let names: Vec<&str> = runtimes.iter().map(|runtime| runtime.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
