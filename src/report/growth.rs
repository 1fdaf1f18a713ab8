//! The months to come: for people those in which something changes, as records all of them.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, per_day, percent, plural, significant, usd};
use super::medians;
use serde::Serialize;
use tonnage_model::plan::NoPlan;
use tonnage_model::scenario::growth::{Forecast, GrowthEvent, Milestone, MonthPlan, Trajectory, Volume};

/// What the bills are of.
const MACHINES_ONLY: &str = "Bills are of machines alone. Traffic between zones, which grows with the volume, and \
                             features come on top (tonnage total).";

/// The report on some workloads.
pub fn document(forecasts: &[Forecast<'_>]) -> Document {
    let mut document = Document::default();
    for forecast in forecasts {
        document.heading(title(forecast));
        document.table(months(forecast));
        document.table(totals(forecast));
        document.list(happenings(forecast));
        document
            .list(medians::note([forecast.problem.workload]).into_iter().chain(notes(forecast)).collect());
    }
    document.heading("Notes");
    document.list(vec![MACHINES_ONLY.into()]);
    document
}

fn title(forecast: &Forecast<'_>) -> String {
    let workload = forecast.problem.workload;
    let (name, growth) = (&workload.name, workload.outlook.growth_per_month);
    let horizon = plural(u64::from(last_month(forecast)), "month");
    let ends = [forecast.volumes.first(), forecast.volumes.last()];
    let [now, then] = ends.map(|volume| volume.map_or_else(String::new, |it| per_day(it.events_per_day)));
    match growth {
        0.0 => format!("{name}: {now}, not growing, over {horizon}"),
        _ => format!("{name}: {now}, {} % a month, {then} in {horizon}", signed(growth * 100.0)),
    }
}

fn signed(value: f64) -> String {
    format!("{}{}", if value > 0.0 { "+" } else { "" }, significant(value))
}

fn last_month(forecast: &Forecast<'_>) -> u32 {
    forecast.volumes.last().map_or(0, |volume| volume.month)
}

fn months(forecast: &Forecast<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::grouping("runtime"),
        Column::numbers("month", 0),
        Column::numbers("volume", 1),
        Column::words("machines", 0),
        Column::numbers("CPU", 2),
        Column::numbers("$/month", 0),
        Column::numbers("so far", 3),
        Column::words("bound by", 0),
    ]);
    for course in &forecast.courses {
        for at in course.turning_points() {
            let Some((volume, stage)) = forecast.volumes.get(at).zip(course.stages.get(at)) else { continue };
            let mut cells: Vec<Cell> = vec![
                course.runtime.name.as_str().into(),
                volume.month.to_string().into(),
                per_day(volume.events_per_day).into(),
            ];
            match stage {
                Ok(stage) => cells.extend([
                    stage.on.to_string().into(),
                    percent(stage.utilization_at_peak).into(),
                    usd(stage.usd_per_month).into(),
                    known(stage.usd_so_far).into(),
                    Cell::new(stage.bound_by.to_string()),
                ]),
                Err(_) => {
                    cells.push(Cell::new("infeasible").toned(Tone::Bad));
                    cells.extend((0..4).map(|_| Cell::new(NONE)));
                }
            }
            table.row(cells);
        }
    }
    table
}

fn known(dollars: Option<f64>) -> String {
    dollars.map_or_else(|| NONE.to_owned(), usd)
}

/// What the whole time costs in each runtime, or as much of it as there is a plan for.
fn totals(forecast: &Forecast<'_>) -> Table {
    let last = last_month(forecast);
    let mut table = Table::new(vec![
        Column::words("runtime", 0),
        Column::numbers("$/month now", 0),
        Column::numbers(format!("in month {last}"), 0),
        Column::numbers("served", 0),
        Column::numbers("in all", 0),
        Column::numbers("on any types", 1),
    ]);
    for course in &forecast.courses {
        let bill = |stage: Option<&Result<MonthPlan, NoPlan>>| match stage {
            Some(Ok(stage)) => usd(stage.usd_per_month),
            _ => NONE.to_owned(),
        };
        let to_come: Vec<&MonthPlan> = course.stages.iter().skip(1).flatten().collect();
        let in_all = |bill: fn(&MonthPlan) -> f64| usd(to_come.iter().map(|stage| bill(stage)).sum());
        table.row(vec![
            course.runtime.name.as_str().into(),
            bill(course.stages.first()).into(),
            bill(course.stages.last()).into(),
            format!("{} of {last}", to_come.len()).into(),
            in_all(|stage| stage.usd_per_month).into(),
            in_all(|stage| stage.cheapest_usd_per_month).into(),
        ]);
    }
    table
}

/// What happens, in words; what happens to several runtimes alike is said once.
fn happenings(forecast: &Forecast<'_>) -> Vec<String> {
    let horizon = plural(u64::from(last_month(forecast)), "month");
    let mut told: Vec<(Vec<&str>, String)> = Vec::new();
    for course in &forecast.courses {
        let mut sentences: Vec<String> = course.milestones.iter().map(|it| sentence(forecast, it)).collect();
        if sentences.is_empty() {
            sentences.push(format!("the same machines do for all {horizon}."));
        }
        for sentence in sentences {
            match told.iter_mut().find(|(_, known)| *known == sentence) {
                Some((runtimes, _)) => runtimes.push(&course.runtime.name),
                None => told.push((vec![&course.runtime.name], sentence)),
            }
        }
    }
    told.into_iter().map(|(runtimes, sentence)| format!("{}: {sentence}", runtimes.join(", "))).collect()
}

/// A milestone in words.
pub fn sentence(forecast: &Forecast<'_>, milestone: &Milestone) -> String {
    let month = milestone.month;
    let volume = forecast.volumes.get(month as usize).map(|volume| per_day(volume.events_per_day));
    let when = format!("month {month} ({})", volume.unwrap_or_default());
    match &milestone.change {
        GrowthEvent::Instances { from, to, bound_by } if to.instances > from.instances => {
            format!("{when} needs more instances, {to} instead of {} ({bound_by}).", from.instances)
        }
        GrowthEvent::Instances { from, to, .. } => {
            format!("{when} does with {to} instead of {}.", from.instances)
        }
        GrowthEvent::MachineType { from, to } => {
            format!("{when} is too much for {}, whatever the count; {to} serve.", from.instance_type)
        }
        GrowthEvent::Partitions { given, reason } => {
            format!("in {when} the {} give out: {reason}.", plural(u64::from(*given), "partition"))
        }
        GrowthEvent::Latency { reason } => format!("in {when} the latency goal gives out: {reason}."),
        GrowthEvent::NoPlan { reason } => format!("in {when} there is no plan: {reason}."),
        GrowthEvent::Served { to } => format!("in {when} there is a plan again, {to}."),
    }
}

fn notes(forecast: &Forecast<'_>) -> Vec<String> {
    let outlook = &forecast.problem.workload.outlook;
    let mut notes = Vec::new();
    if outlook.growth_per_month == 0.0 {
        notes.push("The workload does not grow: growth_pct_per_month is 0.".to_owned());
    }
    notes.extend(downstream(forecast));
    notes
}

/// Whether the systems that it calls bear all months; nothing where they have no limit.
fn downstream(forecast: &Forecast<'_>) -> Option<String> {
    let limit = significant(forecast.problem.workload.outlook.downstream_max_per_second?);
    Some(match forecast.downstream_full {
        Some(month) => format!(
            "The systems that it calls bear {limit} calls/s, and the peak brings more from month {month} on. No \
             runtime and no machine changes that."
        ),
        None => format!("The {limit} calls/s that the systems it calls bear are enough for all months."),
    })
}

/// One runtime in one month. Fields are empty where there is no plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Months from now.
    pub month: u32,
    /// E, events/day.
    pub events_per_day: f64,
    /// L, events/s.
    pub peak_events_per_second: f64,
    /// Whether there is a plan.
    pub feasible: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Cloud.
    pub provider: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Machine type.
    pub instance_type: Option<String>,
    /// n.
    pub instances: Option<u64>,
    /// Share of the vCPUs busy at peak.
    pub utilization_at_peak: Option<f64>,
    /// p99 at peak, s.
    pub p99_seconds: Option<f64>,
    /// Partitions that the plan needs.
    pub partitions_required: Option<u64>,
    /// Bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// Bills from month 1 on, USD.
    pub usd_so_far: Option<f64>,
    /// What sets the count.
    pub bound_by: Option<String>,
    /// The cheapest machine type for this month alone.
    pub cheapest_instance_type: Option<String>,
    /// How many of it.
    pub cheapest_instances: Option<u64>,
    /// Their bill, USD a month.
    pub cheapest_usd_per_month: Option<f64>,
}

/// Something that happens on the way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MilestoneRecord {
    /// Workload.
    pub workload: String,
    /// Runtime; none where it happens to all.
    pub runtime: Option<String>,
    /// Months from now.
    pub month: u32,
    /// `instances`, `machine_type`, `partitions`, `latency`, `no_plan`, `served` or `downstream`.
    pub change: &'static str,
    /// In words.
    pub sentence: String,
}

/// All that `--format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrowthRecord {
    /// One for every workload, runtime and month.
    pub months: Vec<MonthRecord>,
    /// What happens.
    pub milestones: Vec<MilestoneRecord>,
}

impl GrowthRecord {
    /// Flattens forecasts.
    pub fn new(forecasts: &[Forecast<'_>]) -> Self {
        let milestones = |forecast| milestone_records(forecast);
        Self { months: records(forecasts), milestones: forecasts.iter().flat_map(milestones).collect() }
    }
}

/// All months of some workloads.
pub fn records(forecasts: &[Forecast<'_>]) -> Vec<MonthRecord> {
    let of_course = |forecast, course| month_records(forecast, course);
    forecasts
        .iter()
        .flat_map(|forecast| forecast.courses.iter().flat_map(move |course| of_course(forecast, course)))
        .collect()
}

fn month_records(forecast: &Forecast<'_>, course: &Trajectory<'_>) -> Vec<MonthRecord> {
    let record = |(volume, stage): (&Volume, &Result<MonthPlan, NoPlan>)| {
        let found = stage.as_ref().ok();
        MonthRecord {
            workload: forecast.problem.workload.name.clone(),
            runtime: course.runtime.name.clone(),
            month: volume.month,
            events_per_day: volume.events_per_day,
            peak_events_per_second: volume.peak_rate,
            feasible: found.is_some(),
            reason: stage.as_ref().err().map(ToString::to_string),
            provider: found.map(|stage| stage.on.provider.clone()),
            region: found.map(|stage| stage.on.region.clone()),
            instance_type: found.map(|stage| stage.on.instance_type.clone()),
            instances: found.map(|stage| stage.on.instances),
            utilization_at_peak: found.map(|stage| stage.utilization_at_peak),
            p99_seconds: found.map(|stage| stage.p99_seconds).filter(|p99| p99.is_finite()),
            partitions_required: found.and_then(|stage| stage.partitions_required),
            usd_per_month: found.map(|stage| stage.usd_per_month),
            usd_so_far: found.and_then(|stage| stage.usd_so_far),
            bound_by: found.map(|stage| stage.bound_by.to_string()),
            cheapest_instance_type: found.map(|stage| stage.cheapest.instance_type.clone()),
            cheapest_instances: found.map(|stage| stage.cheapest.instances),
            cheapest_usd_per_month: found.map(|stage| stage.cheapest_usd_per_month),
        }
    };
    forecast.volumes.iter().zip(&course.stages).map(record).collect()
}

fn milestone_records(forecast: &Forecast<'_>) -> Vec<MilestoneRecord> {
    let workload = || forecast.problem.workload.name.clone();
    let of_course = |course: &Trajectory<'_>| -> Vec<MilestoneRecord> {
        let record = |it: &Milestone| MilestoneRecord {
            workload: workload(),
            runtime: Some(course.runtime.name.clone()),
            month: it.month,
            change: kind(&it.change),
            sentence: sentence(forecast, it),
        };
        course.milestones.iter().map(record).collect()
    };
    let full = forecast.downstream_full.zip(downstream(forecast)).map(|(month, sentence)| MilestoneRecord {
        workload: workload(),
        runtime: None,
        month,
        change: "downstream",
        sentence,
    });
    forecast.courses.iter().flat_map(of_course).chain(full).collect()
}

fn kind(change: &GrowthEvent) -> &'static str {
    match change {
        GrowthEvent::Instances { .. } => "instances",
        GrowthEvent::MachineType { .. } => "machine_type",
        GrowthEvent::Partitions { .. } => "partitions",
        GrowthEvent::Latency { .. } => "latency",
        GrowthEvent::NoPlan { .. } => "no_plan",
        GrowthEvent::Served { .. } => "served",
    }
}
