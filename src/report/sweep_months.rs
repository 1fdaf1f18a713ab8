//! The months to come: what changes when, and what each runtime costs until then.

use super::chart::{Axis, Chart, Series, not_drawn};
use super::column::Unit;
use super::document::Document;
use super::figures::{listed, per_day, plural, significant};
use super::left_of_saving::left_of_saving;
use super::milestones::{self, MilestoneRow, What};
use super::month_rows::{MonthRow, TotalRow, columns, rows_of, total_columns};
use super::plan::kept::Kept;
use super::records::Records;
use super::shown::{self, IN_SUMMARY, MOST_NAMED, in_summary, open_too, titled};
use super::{Report, assumed};
use std::collections::BTreeSet;
use tonnage_model::decide::fleet::Sureness;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::ranked::greatest_first;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::growth::{Forecast, Milestone, Trajectory, Volume};

/// Most changes of counts and types of many workloads in a summary; all that end a course come on top.
const MOST_SHOWN: usize = 40;

/// Lines of a chart: as many as there are colors.
const MOST_LINES: usize = 6;

/// Workloads over the months to come.
pub struct MonthsReport<'a> {
    forecasts: &'a [Forecast<'a>],
    /// Those that count in what is said of all: the surest.
    counted: Vec<&'a Forecast<'a>>,
    /// How many these are, in words.
    count: String,
    /// Those that do not count as their verdict is open.
    open: Vec<&'a str>,
    has_details: bool,
    months: Vec<MonthRow<'a>>,
    milestones: Vec<MilestoneRow<'a>>,
    totals: Vec<TotalRow<'a>>,
    /// What becomes of today's saving.
    saving: Option<String>,
}

impl<'a> MonthsReport<'a> {
    /// The report; `entries` have what is recommended for each forecast's workload. With details its tables have all runtimes
    /// and turning points.
    pub fn new(forecasts: &'a [Forecast<'a>], entries: &[PlannedWorkload<'a>], has_details: bool) -> Self {
        let (mut months, mut milestones, mut totals) = (Vec::new(), Vec::new(), Vec::new());
        let all = entries.iter().map(PlannedWorkload::sureness);
        let surest = all.clone().max().unwrap_or(Sureness::Decided);
        for (forecast, entry) in forecasts.iter().zip(entries) {
            let can_be = entry.sureness() >= surest.min(Sureness::Open);
            let planned: Vec<&Runtime> = forecast.courses.iter().map(|course| course.runtime).collect();
            let shown = in_summary(&planned, forecast.problem.current, entry.recommendation.runtime);
            months.extend(rows_of(forecast));
            for course in &forecast.courses {
                let runtime = course.runtime;
                let is_in_summary = shown.iter().any(|it| it.name == runtime.name);
                totals.push(TotalRow { forecast, course, is_in_summary });
                // Without prices no limit is known.
                let known = course.milestones.iter().filter(|_| !entry.recommendation.lacks_prices());
                milestones.extend(known.map(|Milestone { month, change }| MilestoneRow {
                    forecast,
                    month: *month,
                    what: What::Grows(runtime, change),
                    is_in_summary: is_in_summary && can_be,
                }));
            }
            let told = |month, what| MilestoneRow { forecast, month, what, is_in_summary: can_be };
            // Of a change that is recommended, the months begin with it.
            let already = entry.change.is_none().then(|| Kept::of(entry).already_beyond()).flatten();
            milestones.extend(already.map(|said| told(0, What::Already(forecast.problem.current, said))));
            milestones.extend(forecast.downstream_full.map(|month| told(month, What::DownstreamFull)));
        }
        let counted = forecasts.iter().zip(entries).filter(|(_, entry)| entry.sureness() == surest);
        let saving = left_of_saving(counted.clone());
        let counted = counted.map(|(forecast, _)| forecast).collect();
        let open = entries.iter().filter(|it| it.sureness() == Sureness::Open && surest > Sureness::Open);
        let open = open.map(|it| it.problem.workload.name.as_str()).collect();
        let count = shown::counted(all);
        Self { forecasts, counted, count, open, has_details, months, milestones, totals, saving }
    }

    fn counts(&self, forecast: &Forecast<'_>) -> bool {
        self.counted.iter().any(|it| it.problem.workload.name == forecast.problem.workload.name)
    }

    /// First the answer: how fast it grows, and what ends first.
    fn heading(&self, milestones: &[&MilestoneRow<'_>]) -> String {
        let last = self.forecasts.first().and_then(|it| it.volumes.last()).map_or(0, |it| it.month);
        let months = plural(u64::from(last), "month");
        let growth = growth(&self.counted);
        let no_growth =
            "nothing grows, as growth_pct_per_month is blank or 0 (--set growth_pct_per_month=5 tries 5 %)";
        let ends = milestones.iter().filter(|it| it.is_end());
        let open = ends.clone().map(|it| it.workload()).filter(|name| self.open.contains(name));
        let open = open_too("and at a limit or beyond", open);
        let ends = ends.filter(|it| self.counts(it.forecast));
        if let [one] = self.forecasts {
            let at =
                |volume: Option<&Volume>| volume.map_or_else(String::new, |it| per_day(it.events_per_day));
            let [now, then] = [one.volumes.first(), one.volumes.last()].map(at);
            let unreached = if growth.is_none() { no_growth } else { "no limit is reached" };
            let end = ends.min_by_key(|it| (it.month, !it.is_already()));
            let end = end.map_or(unreached.to_owned(), |it| match it.month {
                0 => format!("already beyond its limit: {}", it.short()),
                month => format!("in month {month} {}", it.short()),
            });
            let growth = growth.map_or_else(String::new, |it| format!(" ({it} a month)"));
            return format!("{}: {now} now, {then} in {months}{growth}; {end}", one.problem.workload.name);
        }
        let all = &self.count;
        let beyond: BTreeSet<&str> =
            ends.clone().filter(|it| it.month == 0).map(|it| it.workload()).collect();
        let ends = ends.filter(|it| !beyond.contains(it.workload()));
        let ending: BTreeSet<&str> = ends.clone().map(|it| it.workload()).collect();
        let growing = growth.as_ref().map_or_else(String::new, |it| format!(", growing {it} a month"));
        let later = match ends.min_by_key(|it| it.month) {
            None if growth.is_none() => no_growth.to_owned(),
            None if !beyond.is_empty() => format!("no other reaches one within {months}{growing}"),
            None => format!("None of {all} reaches a limit within {months}{growing}"),
            Some(first) => format!(
                "{} {} within {months}{growing}. First {}, in month {}: {}",
                match (beyond.len(), self.counted.len() - beyond.len()) {
                    (0, _) => format!("{} of {all}", ending.len()),
                    (_, 1) => "the other".to_owned(),
                    (_, others) => format!("{} of the {others} others", ending.len()),
                },
                match (beyond.len(), ending.len()) {
                    (0, 1) => "reaches a limit",
                    (0, _) => "reach a limit",
                    (_, 1) => "reaches one",
                    _ => "reach one",
                },
                first.workload(),
                first.month,
                first.short()
            ),
        };
        match beyond.len() {
            0 if ending.is_empty() && growth.is_none() => format!("{months} ahead of {all}: {later}{open}"),
            0 => later + &open,
            count => format!(
                "{count} of {all} {} beyond a limit already: {}; {later}{open}",
                if count == 1 { "is" } else { "are" },
                listed(beyond, MOST_NAMED)
            ),
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = assumed::notes(self.forecasts.iter().map(|it| it.problem.workload));
        let still: Vec<&str> = self
            .forecasts
            .iter()
            .map(|it| it.problem.workload)
            .filter(|it| it.outlook.growth_per_month == 0.0)
            .map(|it| it.name.as_str())
            .collect();
        // Where nothing grows the heading says so.
        if !still.is_empty() && still.len() < self.forecasts.len() {
            notes.push(format!("Not growing, as growth_pct_per_month is 0: {}.", still.join(", ")));
        }
        let is_bare = |it: &&Forecast<'_>| {
            it.problem.pods_today().is_some() && it.problem.workload.current_usd_per_month.is_none()
        };
        let bare =
            listed(self.forecasts.iter().filter(is_bare).map(|it| &it.problem.workload.name), MOST_NAMED);
        if !bare.is_empty() {
            notes.push(format!("On machines of their own, as no bill of today's pods is given: {bare}."));
        }
        notes.push(
            "What `plan` keeps or has no verdict on begins as it runs today; that, and later each type, stays \
             until it no longer serves or costs too much. Bills are of machines alone; traffic between zones and features come on top."
                .into(),
        );
        notes
    }
}

impl<'a> MonthsReport<'a> {
    /// What a workload costs in each runtime; of many, what each costs in today's, those with the largest bills.
    fn cost(&self) -> Option<Chart> {
        let first = self.counted.first()?;
        let line = |name: &str, course: &Trajectory<'_>| {
            let bill = |at: usize| Some(course.stages.get(at)?.as_ref().ok()?.usd_per_month);
            let points = first.volumes.iter().enumerate().map(|(at, it)| (f64::from(it.month), bill(at)));
            Series { name: name.to_owned(), points: points.collect(), is_stepped: true }
        };
        let of_each = self.counted.iter().filter_map(|it| Some((it, it.course(it.problem.current)?)));
        let mut series: Vec<Series> = match self.counted[..] {
            [one] => one.courses.iter().map(|it| line(&it.runtime.name, it)).collect(),
            _ => of_each.map(|(it, course)| line(&it.problem.workload.name, course)).collect(),
        };
        if self.counted.len() > 1 {
            let most = |it: &Series| it.points.iter().filter_map(|(_, bill)| *bill).fold(0.0, f64::max);
            greatest_first(&mut series, most);
        }
        let smaller = series.split_off(series.len().min(MOST_LINES));
        let names: Vec<&str> = self.counted.iter().map(|it| it.problem.workload.name.as_str()).collect();
        let runtimes = if self.counted.len() > 1 { "today's runtime" } else { "each runtime" };
        let mut chart = Chart::of_bills(
            format!("{}: the bill over the months to come in {runtimes}", titled(&names, names.len())),
            "Machines alone.".to_owned(),
            "where there is no plan",
            Axis::new("months from now", Unit::Count),
            series,
            Vec::new(),
        );
        let smaller = not_drawn("with smaller bills", smaller.iter().map(|it| &it.name));
        chart.note =
            [chart.note, smaller].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        Some(chart)
    }
}

/// How fast workloads grow a month, in words; nothing where none does.
fn growth(forecasts: &[&Forecast<'_>]) -> Option<String> {
    let rates = forecasts.iter().map(|it| it.problem.workload.outlook.growth_per_month * 100.0);
    let mut rates: Vec<f64> = rates.filter(|it| *it != 0.0).collect();
    rates.sort_by(f64::total_cmp);
    let (low, high) = (*rates.first()?, *rates.last()?);
    let [from, to] = [low, high].map(significant);
    Some(if from == to { format!("{to} %") } else { format!("{from} to {to} %") })
}

impl<'a> Report for MonthsReport<'a> {
    fn charts(&self) -> Vec<Chart> {
        self.cost().into_iter().collect()
    }

    fn document(&self) -> Document {
        let has_many = self.forecasts.len() > 1;
        let table = |records: Records<'_>| records.keep(|it| has_many || it.name != "workload").table();
        let is_shown = |is_in_summary: bool| self.has_details || is_in_summary;
        let mut milestones: Vec<&MilestoneRow<'a>> =
            self.milestones.iter().filter(|it| is_shown(it.is_in_summary)).collect();
        milestones.sort_by_key(|it| it.month);
        let mut totals: Vec<&TotalRow<'a>> =
            self.totals.iter().filter(|it| is_shown(it.is_in_summary)).collect();
        totals.sort_by_key(|it| !self.counts(it.forecast));
        let mut document = Document::default();
        let heading = self.heading(&milestones);
        document.heading(match &self.saving {
            Some(saving) => format!("{saving}. {heading}"),
            None => heading,
        });
        document.chart(self.cost());
        let most = if self.has_details || !has_many { usize::MAX } else { MOST_SHOWN };
        let all = milestones.len();
        let mut changes = 0;
        milestones.retain(|it| {
            changes += usize::from(!it.is_end());
            it.is_end() || changes <= most
        });
        document.table(table(Records::of("milestones", &milestones::columns(), milestones.iter().copied())));
        if milestones.len() < all {
            let later = plural((all - milestones.len()) as u64, "later change");
            document.paragraph(format!("{later} of machines: --details."));
        }
        document.table(table(Records::of("totals", &total_columns(), totals.iter().copied())));
        if self.has_details {
            let months = self.months.iter().filter(|it| it.is_turning_point);
            document.table(table(Records::of("months", &columns(), months)));
            let ends = milestones.iter().filter(|it| it.reason().is_some());
            let told = |it: &&MilestoneRow<'_>| {
                format!("{} in {}: {}", it.workload(), it.runtime().unwrap_or("all"), it.sentence())
            };
            document.list(ends.map(told).collect());
        }
        document.list(self.notes());
        if !self.has_details {
            document
                .paragraph(format!("{IN_SUMMARY} --details shows all runtimes, turning points and reasons."));
        }
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("months", &columns(), &self.months),
            Records::of("milestones", &milestones::columns(), &self.milestones),
        ]
    }
}
