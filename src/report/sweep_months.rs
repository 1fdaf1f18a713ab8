//! The months to come: what changes when, and what each runtime costs until then.

use super::chart::{Axis, Chart, Series};
use super::column::{Column, Unit, Value, columns};
use super::document::Document;
use super::figures::{per_day, plural};
use super::milestones::{self, MilestoneRow, What};
use super::plan::decision_columns::AS_TODAY;
use super::plan::kept::Kept;
use super::records::Records;
use super::shown::{IN_SUMMARY, in_summary};
use super::{Report, assumed};
use std::collections::BTreeSet;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::plan::{NoPlan, Plan, Priced};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::growth::{Forecast, Milestone, MonthPlan, SoFar, Trajectory, Volume};

/// Most milestones in a summary.
const MOST_SHOWN: usize = 20;

/// One runtime in one month.
pub struct MonthRow<'a> {
    forecast: &'a Forecast<'a>,
    runtime: &'a Runtime,
    volume: &'a Volume,
    planned: &'a Result<MonthPlan<'a>, NoPlan>,
    so_far: SoFar,
    is_turning_point: bool,
}

/// One runtime over all months.
pub struct TotalRow<'a> {
    forecast: &'a Forecast<'a>,
    course: &'a Trajectory<'a>,
    is_in_summary: bool,
}

impl<'a> MonthRow<'a> {
    fn month(&self) -> Option<&'a MonthPlan<'a>> {
        self.planned.as_ref().ok()
    }

    fn plan(&self) -> Option<&'a Plan<'a>> {
        self.month()?.plan.as_ref()
    }

    fn partitions_required(&self) -> Option<u64> {
        match self.planned {
            Ok(month) => month.plan.as_ref()?.partitions_required(),
            Err(none) => none.stuck().and_then(|it| it.remedies.partitions.or(it.partitions_required)),
        }
    }

    fn on(&self) -> Option<&'a Machines> {
        self.month()?.on.as_ref()
    }

    fn cheapest(&self) -> Option<Priced<'a>> {
        self.month()?.cheapest
    }
}

impl<'a> TotalRow<'a> {
    fn first(&self) -> Option<&'a MonthPlan<'a>> {
        self.course.stages.first()?.as_ref().ok()
    }

    fn last(&self) -> Option<&'a MonthPlan<'a>> {
        self.course.stages.last()?.as_ref().ok()
    }

    fn sum(&self) -> SoFar {
        self.course.so_far.last().copied().unwrap_or_default()
    }
}

fn machines<'r>(plan: Option<&'r MonthPlan<'_>>) -> Value<'r> {
    let on = |plan: &MonthPlan<'_>| plan.on.as_ref().map_or_else(|| AS_TODAY.to_owned(), Machines::to_string);
    plan.map_or_else(|| Value::from("no plan").bad(), |plan| on(plan).into())
}

/// Columns of the months.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<MonthRow<'a>>> {
    columns! { MonthRow<'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.forecast.problem.workload.name;
        "runtime" ["runtime" Word Grouped], "Runtime" => &it.runtime.name;
        "month" ["month" Count Always], "Months from now; 0 is today" => it.volume.month;
        "events_per_day" ["volume" PerDay Rank(2)], "Events a day" => it.volume.events_per_day;
        "peak_events_per_second", "Events/s at peak" => it.volume.peak_rate;
        "feasible", "Whether there is a plan" => it.planned.is_ok();
        "reason", "Why there is none" => it.planned.as_ref().err().map(NoPlan::to_string);
        "provider", "Cloud" => it.on().map(|it| &it.provider);
        "region", "Region" => it.on().map(|it| &it.region);
        "instance_type", "Type, kept as long as it serves" => it.on().map(|it| &it.instance_type);
        "instances", "Instances" => it.on().map(|it| it.instances);
        "machines" ["machines" Word Table(0)], "Instances and type; `as today` where nobody says what runs today and it is kept" => machines(it.month());
        "cpu_at_peak" ["CPU" Share Rank(3)], "Share of the vCPUs busy at peak" => it.plan().map(Plan::cpu_at_peak);
        "p99_seconds", "What queueing alone makes of p99 at peak: the least that it can be, s" =>
            it.plan().map(Plan::p99_seconds);
        "p99_ms_low", "The low end of its range, ms" => it.plan().map(|it| it.p99_range().low * 1e3);
        "p99_ms_high", "The high end, ms" => it.plan().map(|it| it.p99_range().high * 1e3);
        "partitions_required", "Partitions that the plan needs, or with which there would be one" =>
            it.partitions_required();
        "usd_per_month" ["$/month" Usd Always], "Bill of the machines, USD a month" =>
            it.month().map(|it| it.usd_per_month);
        "usd_so_far" ["so far" Usd Rank(4)], "Bills from month 1 on, USD, of the months that have a plan" =>
            it.so_far.usd;
        "months_so_far", "How many these are" => it.so_far.months;
        "bound_by" ["bound by" Word Rank(1)], "The binding constraint; empty where machines are kept that run today" =>
            it.month().and_then(|it| Some(it.bound_by()?.to_string()));
        "cheapest_instance_type", "The cheapest type for this month alone" => it.cheapest().map(|it| &it.machine.instance_type);
        "cheapest_instances", "Instances of it" => it.cheapest().map(|it| it.count.instances);
        "cheapest_usd_per_month", "Their bill, USD a month" => it.cheapest().map(|it| it.usd_per_month);
    }
}

/// All months of a workload in every runtime.
fn rows_of<'a>(forecast: &'a Forecast<'a>) -> Vec<MonthRow<'a>> {
    let of_course = |course: &'a Trajectory<'a>| {
        let turning_points = course.turning_points();
        let stages = course.stages.iter().zip(&course.so_far);
        forecast.volumes.iter().zip(stages).enumerate().map(move |(at, (volume, (planned, &so_far)))| {
            let is_turning_point = turning_points.contains(&at);
            MonthRow { forecast, runtime: course.runtime, volume, planned, so_far, is_turning_point }
        })
    };
    forecast.courses.iter().flat_map(of_course).collect()
}

/// Columns of the whole time.
#[rustfmt::skip]
fn total_columns<'a>() -> Vec<Column<TotalRow<'a>>> {
    columns! { TotalRow<'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.forecast.problem.workload.name;
        "runtime" ["runtime" Word Always], "Runtime" => &it.course.runtime.name;
        "now" ["now" Word Rank(2)], "Machines today" => machines(it.first());
        "usd_now" ["$/month now" Usd Always], "Bill" => it.first().map(|it| it.usd_per_month);
        "then" ["then" Word Rank(1)], "Machines in the last month" => machines(it.last());
        "usd_then" ["$/month then" Usd Always], "Bill" => it.last().map(|it| it.usd_per_month);
        "months" ["months planned" Count Always], "Months with a plan" => it.sum().months;
        "usd" ["sum" Usd Always], "Bills of these; empty where there are none" => Some(it.sum().usd).filter(|_| it.sum().months > 0);
        "usd_any" ["any type" Usd Rank(4)], "The same on each month's cheapest" => Some(it.sum().cheapest_usd).filter(|_| it.sum().months > 0);
    }
}

/// Workloads over the months to come.
pub struct MonthsReport<'a> {
    forecasts: &'a [Forecast<'a>],
    has_details: bool,
    months: Vec<MonthRow<'a>>,
    milestones: Vec<MilestoneRow<'a>>,
    totals: Vec<TotalRow<'a>>,
}

impl<'a> MonthsReport<'a> {
    /// The report; `entries` have what is recommended for each forecast's workload. With details its tables have all runtimes
    /// and turning points.
    pub fn new(forecasts: &'a [Forecast<'a>], entries: &[PlannedWorkload<'a>], has_details: bool) -> Self {
        let (mut months, mut milestones, mut totals) = (Vec::new(), Vec::new(), Vec::new());
        for (forecast, entry) in forecasts.iter().zip(entries) {
            let planned: Vec<&Runtime> = forecast.courses.iter().map(|course| course.runtime).collect();
            let shown = in_summary(&planned, forecast.problem.current, entry.recommendation.runtime);
            months.extend(rows_of(forecast));
            for course in &forecast.courses {
                let runtime = course.runtime;
                let is_in_summary = shown.iter().any(|it| it.name == runtime.name);
                totals.push(TotalRow { forecast, course, is_in_summary });
                milestones.extend(course.milestones.iter().map(|Milestone { month, change }| MilestoneRow {
                    forecast,
                    month: *month,
                    what: What::Grows(runtime, change),
                    is_in_summary,
                }));
            }
            let told = |month, what| MilestoneRow { forecast, month, what, is_in_summary: true };
            let already =
                Kept::of(entry).already_beyond().map(|said| What::Already(forecast.problem.current, said));
            milestones.extend(already.map(|what| told(0, what)));
            milestones.extend(forecast.downstream_full.map(|month| told(month, What::DownstreamFull)));
        }
        Self { forecasts, has_details, months, milestones, totals }
    }

    /// First the answer: how much grows to how much, and what ends first.
    fn heading(&self, milestones: &[&MilestoneRow<'_>]) -> String {
        let last = self.forecasts.first().and_then(|it| it.volumes.last()).map_or(0, |it| it.month);
        let months = plural(u64::from(last), "month");
        let is_still = |it: &Forecast<'_>| it.problem.workload.outlook.growth_per_month == 0.0;
        let no_growth =
            "nothing grows, as growth_pct_per_month is blank or 0 (--set growth_pct_per_month=5 tries 5 %)";
        let ends = milestones.iter().filter(|it| it.is_end());
        let first = ends.clone().min_by_key(|it| (it.month, !it.is_already()));
        if let [one] = self.forecasts {
            let at =
                |volume: Option<&Volume>| volume.map_or_else(String::new, |it| per_day(it.events_per_day));
            let [now, then] = [one.volumes.first(), one.volumes.last()].map(at);
            let unreached = if is_still(one) { no_growth } else { "no limit is reached" };
            let end = first.map_or(unreached.to_owned(), |it| match it.is_already() {
                true => format!("already beyond its limit: {}", it.short()),
                false => format!("in month {} {}", it.month, it.short()),
            });
            return format!("{}: {now} now, {then} in {months}; {end}", one.problem.workload.name);
        }
        let all = plural(self.forecasts.len() as u64, "workload");
        let beyond: Vec<&str> = ends.clone().filter(|it| it.is_already()).map(|it| it.workload()).collect();
        let ends = ends.filter(|it| !beyond.contains(&it.workload()));
        let ending: BTreeSet<&str> = ends.clone().map(|it| it.workload()).collect();
        let later = match ends.min_by_key(|it| it.month) {
            None if self.forecasts.iter().all(is_still) => match beyond.is_empty() {
                true => format!("{months} ahead of {all}: {no_growth}"),
                false => no_growth.to_owned(),
            },
            None if !beyond.is_empty() => format!("no other reaches one within {months}"),
            None => format!("None of {all} reaches a limit within {months}"),
            Some(first) => format!(
                "{} of {all} {} a limit within {months}. First {}, in month {}: {}",
                ending.len(),
                if ending.len() == 1 { "reaches" } else { "reach" },
                first.workload(),
                first.month,
                first.short()
            ),
        };
        if beyond.is_empty() {
            later
        } else {
            format!("Already beyond a limit: {}; {later}", beyond.join(", "))
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
        notes.push(
            "What `plan` keeps or has no verdict on begins as it runs today; that, and later each machine type, is kept for as \
             long as it serves. Bills are of machines alone; traffic between zones and features come on top."
                .into(),
        );
        notes
    }
}

impl<'a> MonthsReport<'a> {
    /// What all workloads cost in each runtime; nothing of a month in which one has no plan.
    fn cost(&self) -> Option<Chart> {
        let first = self.forecasts.first()?;
        let all = || self.forecasts.iter();
        let is_in_all = |course: &&Trajectory<'_>| all().all(|it| it.course(course.runtime).is_some());
        let series = first.courses.iter().filter(is_in_all).map(|course| {
            let bill = |at: usize| {
                let stage = |it: &'a Forecast<'a>| it.course(course.runtime)?.stages.get(at)?.as_ref().ok();
                all().map(|it| Some(stage(it)?.usd_per_month)).sum()
            };
            let points = first.volumes.iter().enumerate().map(|(at, it)| (f64::from(it.month), bill(at)));
            Series { name: course.runtime.name.clone(), points: points.collect(), is_stepped: true }
        });
        let workloads = match self.forecasts {
            [one] => one.problem.workload.name.clone(),
            all => plural(all.len() as u64, "workload"),
        };
        Some(Chart::of_bills(
            format!("{workloads}: the bill over the months to come in each runtime"),
            "Machines alone.".to_owned(),
            "where a workload has no plan",
            Axis::new("months from now", Unit::Count),
            series.collect(),
            Vec::new(),
        ))
    }
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
        let totals = self.totals.iter().filter(|it| is_shown(it.is_in_summary));
        let mut document = Document::default();
        document.heading(self.heading(&milestones));
        document.chart(self.cost());
        let most = if self.has_details { milestones.len() } else { MOST_SHOWN };
        let (shown, later) = milestones.split_at(most.min(milestones.len()));
        document.table(table(Records::of("milestones", &milestones::columns(), shown.iter().copied())));
        if !later.is_empty() {
            document.paragraph(format!("{} later: --details.", plural(later.len() as u64, "milestone")));
        }
        document.table(table(Records::of("totals", &total_columns(), totals)));
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
