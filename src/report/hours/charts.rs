//! A day in pictures: the rate, and the instances that follow it.

use super::{HoursReport, SupplyRow, title};
use crate::report::Report;
use crate::report::chart::{Axis, Chart, Lines, Plot, Series, not_drawn};
use crate::report::column::Unit;
use crate::report::document::{Block, Document};
use crate::report::figures::usd;
use tonnage_model::scenario::hours::{Supply, WorkloadHours};
use tonnage_model::scenario::series::SECONDS_PER_HOUR;

/// Hours in a day.
const DAY: f64 = 24.0;

impl HoursReport<'_> {
    /// All that there is, with the charts that the text has not: those of the first workload above it.
    pub(super) fn on_a_page(&self) -> Document {
        let mut document = self.document();
        let charts = self.charts().into_iter().map(Block::Chart);
        let mut first: Vec<Block> = charts.filter(|it| !document.blocks.contains(it)).collect();
        let mut others = first.split_off(first.len().min(2));
        let is_beside =
            |block: &&Block| matches!(block, Block::Heading(_) | Block::Paragraph { .. } | Block::Chart(_));
        let at = document.blocks.iter().take_while(is_beside).count();
        document.blocks.splice(at..at, first);
        if !others.is_empty() {
            document.heading("Over the day of the others");
            document.blocks.append(&mut others);
        }
        document
    }

    /// The rate of a workload over its hours.
    pub(super) fn rate(of_workload: &[SupplyRow<'_>]) -> Option<Chart> {
        let hours = of_workload.first()?.hours;
        let rates = hours.day.hours.rates(hours.day.workload.mean_rate());
        let busiest = rates.iter().copied().fold(0.0, f64::max);
        let name = &hours.day.workload.name;
        Some(Chart {
            name: "rate",
            title: format!("{name}: {} in the busiest step", Unit::Rate.figure(busiest)),
            about: format!("Events a second over {} h.", hours.day.hours.total_hours()),
            note: String::new(),
            plot: Plot::Lines(Lines {
                x: axis(hours),
                y: Axis::new("events a second", Unit::Rate),
                series: vec![stepped("rate", &rates, hours)],
                marks: Vec::new(),
            }),
        })
    }

    /// What each hour costs in today's runtime, and in the recommended one where that is another; in the cheapest where neither carries it.
    pub(super) fn cost(of_workload: &[SupplyRow<'_>]) -> Option<Chart> {
        let hours = of_workload.first()?.hours;
        let is_recommended = |row: &&SupplyRow<'_>| {
            hours.planned.recommendation.runtime.is_some_and(|it| it.name == row.runtime.name)
        };
        let billed = || of_workload.iter().filter(|row| row.bill().is_some());
        let first = billed().find(|row| row.is_today()).or_else(|| billed().find(is_recommended));
        let first = first.or_else(|| billed().find(|row| row.is_cheapest))?.runtime;
        let is_first = |row: &SupplyRow<'_>| row.runtime.name == first.name;
        let rows: Vec<&SupplyRow<'_>> =
            of_workload.iter().filter(|row| is_first(row) || is_recommended(row)).collect();
        let named = |row: &SupplyRow<'_>| {
            let runtime = if is_first(row) { String::new() } else { format!("{} ", row.runtime.name) };
            runtime + &title(row.supply, row.terms)
        };
        let step = hours.day.hours.step_seconds() / SECONDS_PER_HOUR;
        let is_level = |row: &SupplyRow<'_>| row.supply == Supply::FixedTasks;
        let series = rows.iter().filter(|row| !is_level(row)).filter_map(|row| {
            let costs: Vec<f64> = match row.function() {
                Some(function) => function.usd_of_steps.iter().map(|usd| usd / step).collect(),
                None => {
                    let (schedule, bill) = (row.schedule()?, row.bill()?);
                    // One instance's price is the bill over all of its hours.
                    let price = bill / schedule.instance_hours_per_month();
                    schedule.counts.iter().map(|count| *count as f64 * price).collect()
                }
            };
            Some(stepped(&named(row), &costs, hours))
        });
        let series: Vec<Series> = series.collect();
        let bills =
            rows.iter().filter_map(|row| Some(format!("{} {} a month", named(row), usd(row.bill()?))));
        let bills: Vec<String> = bills.collect();
        let billed = || rows.iter().filter(|row| row.bill().is_some());
        let level = billed().filter(|row| is_level(row)).map(|row| named(row));
        let none = rows.iter().filter(|row| row.bill().is_none()).map(|row| named(row));
        let note =
            [not_drawn("as it costs the same all day", level), not_drawn("as that cannot carry it", none)];
        let bill = |row: &&&SupplyRow<'_>| row.bill().unwrap_or(f64::INFINITY);
        let least = rows.iter().min_by(|one, other| bill(one).total_cmp(&bill(other)))?;
        let (cheapest, least) = (named(least), usd(least.bill()?));
        let name = &hours.day.workload.name;
        (!series.is_empty()).then(|| Chart {
            name: "cost",
            title: format!(
                "{name} in {}: cost over the day; {cheapest} costs least, {least} a month",
                first.name
            ),
            about: format!("Bills: {}.", bills.join(", ")),
            note: note.join(" ").trim().to_owned(),
            plot: Plot::Lines(Lines {
                x: axis(hours),
                y: Axis::new("USD an hour", Unit::UsdPerHour),
                series,
                marks: Vec::new(),
            }),
        })
    }
}

fn axis(hours: &WorkloadHours<'_>) -> Axis {
    let total = hours.day.hours.total_hours();
    Axis::new("hour", Unit::Count).every(if total <= DAY { 3.0 } else { DAY })
}

/// Values of the steps, the last until its end.
fn stepped(name: &str, values: &[f64], hours: &WorkloadHours<'_>) -> Series {
    let step = hours.day.hours.step_seconds() / SECONDS_PER_HOUR;
    let at = |(number, value): (usize, &f64)| (number as f64 * step, Some(*value));
    let end = values.last().map(|last| (values.len() as f64 * step, Some(*last)));
    let points = values.iter().enumerate().map(at).chain(end).collect();
    Series { name: name.to_owned(), points, is_stepped: true }
}
