//! A runtime in one month, and over all months: what is said of each, as columns.

use super::column::{Column, Value, columns};
use super::shown::as_today;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::plan::{NoPlan, Plan, Priced};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::growth::{Forecast, MonthPlan, SoFar, Trajectory, Volume};

/// One runtime in one month.
pub struct MonthRow<'a> {
    pub forecast: &'a Forecast<'a>,
    pub runtime: &'a Runtime,
    pub volume: &'a Volume,
    pub planned: &'a Result<MonthPlan<'a>, NoPlan>,
    pub so_far: SoFar,
    pub is_turning_point: bool,
}

/// One runtime over all months.
pub struct TotalRow<'a> {
    pub forecast: &'a Forecast<'a>,
    pub course: &'a Trajectory<'a>,
    pub is_in_summary: bool,
}

impl<'a> MonthRow<'a> {
    pub fn month(&self) -> Option<&'a MonthPlan<'a>> {
        self.planned.as_ref().ok()
    }

    pub fn plan(&self) -> Option<&'a Plan<'a>> {
        self.month()?.plan.as_ref()
    }

    /// The plan where something says how long an event takes.
    fn timed(&self) -> Option<&'a Plan<'a>> {
        self.plan().filter(|_| !self.forecast.problem.may_be_of_system_alone())
    }

    pub fn partitions_required(&self) -> Option<u64> {
        match self.planned {
            Ok(month) => month.plan.as_ref()?.partitions_required(),
            Err(none) => none.stuck()?.remedies.partitions.map(u64::from),
        }
    }

    pub fn on(&self) -> Option<&'a Machines> {
        self.month()?.on.as_ref()
    }

    pub fn cheapest(&self) -> Option<Priced<'a>> {
        self.month()?.cheapest
    }
}

impl<'a> TotalRow<'a> {
    pub fn first(&self) -> Option<&'a MonthPlan<'a>> {
        self.course.stages.first()?.as_ref().ok()
    }

    pub fn last(&self) -> Option<&'a MonthPlan<'a>> {
        self.course.stages.last()?.as_ref().ok()
    }

    pub fn sum(&self) -> SoFar {
        self.course.so_far.last().copied().unwrap_or_default()
    }
}

fn machines<'r>(plan: Option<&'r MonthPlan<'_>>, forecast: &Forecast<'_>) -> Value<'r> {
    let kept = || as_today(forecast.problem.pods_today());
    let on = |plan: &MonthPlan<'_>| plan.on.as_ref().map_or_else(kept, Machines::to_string);
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
        "instance_type", "Type, kept until it no longer serves or costs too much" => it.on().map(|it| &it.instance_type);
        "instances", "Instances" => it.on().map(|it| it.instances);
        "machines" ["machines" Word Table(0)], "Instances and type; pods that are kept, or `as today` where nobody says what runs today and it is kept" => machines(it.month(), it.forecast);
        "cpu_at_peak" ["CPU" Share Rank(3)], "Share of the vCPUs busy at peak" => it.plan().map(Plan::cpu_at_peak);
        "p99_seconds", "What queueing alone makes of p99 at peak: the least that it can be, s" =>
            it.timed().map(Plan::p99_seconds);
        "p99_ms_low", "The low end of its range, ms" => it.timed().map(|it| it.p99_range().low * 1e3);
        "p99_ms_high", "The high end, ms" => it.timed().map(|it| it.p99_range().high * 1e3);
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
pub fn rows_of<'a>(forecast: &'a Forecast<'a>) -> Vec<MonthRow<'a>> {
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
pub fn total_columns<'a>() -> Vec<Column<TotalRow<'a>>> {
    columns! { TotalRow<'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.forecast.problem.workload.name;
        "runtime" ["runtime" Word Always], "Runtime" => &it.course.runtime.name;
        "now" ["now" Word Rank(2)], "Machines today" => machines(it.first(), it.forecast);
        "usd_now" ["$/month now" Usd Always], "Bill" => it.first().map(|it| it.usd_per_month);
        "then" ["then" Word Rank(1)], "Machines in the last month" => machines(it.last(), it.forecast);
        "usd_then" ["$/month then" Usd Always], "Bill" => it.last().map(|it| it.usd_per_month);
        "months" ["months" Count Always], "Months with a plan" => it.sum().months;
        "usd" ["sum" Usd Always], "Bills of these; empty where there are none" => Some(it.sum().usd).filter(|_| it.sum().months > 0);
        "usd_any" ["any type" Usd Rank(4)], "The same on each month's cheapest" => Some(it.sum().cheapest_usd).filter(|_| it.sum().months > 0);
    }
}
