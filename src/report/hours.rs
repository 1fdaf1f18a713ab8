//! What the hours of a day make of the bill: fixed, scaled, as tasks and as a function.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, memory, percent, rate, ratio, seconds, significant, usd, whole};
use super::medians;
use serde::Serialize;
use std::collections::BTreeMap;
use tonnage_model::scenario::hours::{
    Choice, HourTerms, InRuntime, Instances, NoSupply, Offer, Runs, Supply, WorkloadHours,
};
use tonnage_model::units::MIB;

/// The whole report.
pub fn document(entries: &[WorkloadHours<'_>], terms: HourTerms<'_>) -> Document {
    let mut document = Document::default();
    for entry in entries {
        document.heading(title(entry));
        document.table(ways(entry, terms));
        document.list(not_offered(entry, terms));
        document.paragraph(sentence(entry, terms).unwrap_or_default());
        document.table(delays(entry, terms));
    }
    document.heading("Notes");
    let medians = medians::note(entries.iter().map(|entry| &entry.day.workload));
    document.list(medians.into_iter().chain(notes(terms)).collect());
    document
}

fn title(entry: &WorkloadHours<'_>) -> String {
    let day = entry.day;
    let hours = day.hours.count();
    let bursts = match day.burst > 1.0 {
        true => format!(", bursts {}", ratio(day.burst)),
        false => String::new(),
    };
    format!(
        "{}: {} on average, busiest of {hours} hours {}{bursts}",
        day.workload.name,
        rate(day.workload.mean_rate()),
        ratio(day.hours.peak_over_mean()),
    )
}

/// A way by the name that the provider gives it.
fn name(way: Supply, terms: HourTerms<'_>) -> String {
    let tasks = &terms.serverless.tasks.name;
    match way {
        Supply::Fixed => "fixed".to_owned(),
        Supply::Autoscaled => "scaled".to_owned(),
        Supply::FixedTasks => format!("{tasks}, fixed"),
        Supply::AutoscaledTasks => format!("{tasks}, scaled"),
        Supply::Functions => terms.serverless.functions.name.clone(),
    }
}

fn ways(entry: &WorkloadHours<'_>, terms: HourTerms<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::grouping("runtime"),
        Column::words("how", 0),
        Column::words("what runs", 0),
        Column::numbers("h/month", 0),
        Column::numbers("$/month", 0),
        Column::numbers("if vCPUs differ", 2),
        Column::words("set by", 1),
    ]);
    let cheapest = entry.cheapest(|_| true).map(|choice| choice.offer.usd_per_month);
    for InRuntime { runtime, ways } in &entry.runtimes {
        for (way, offer) in ways {
            let start = [Cell::new(&runtime.name), name(*way, terms).into()];
            let none = || Cell::new(NONE);
            let rest = match offer {
                Ok(offer) => {
                    let tone = if Some(offer.usd_per_month) == cheapest { Tone::Good } else { Tone::Plain };
                    [
                        what_runs(offer).into(),
                        instance_hours(offer).map_or_else(none, |hours| whole(hours).into()),
                        Cell::new(usd(offer.usd_per_month)).toned(tone),
                        between(offer).map_or_else(none, Cell::new),
                        set_by(*way, offer).into(),
                    ]
                }
                Err(_) => [Cell::new("infeasible").toned(Tone::Bad), none(), none(), none(), none()],
            };
            table.row(start.into_iter().chain(rest).collect());
        }
    }
    table
}

/// `3 x c7a.medium`, `2-9 x c7a.medium`, or the memory of a function.
fn what_runs(offer: &Offer) -> String {
    match &offer.runs {
        Runs::Instances(Instances { instance_type, schedule, .. }) => {
            let (least, most) = (whole(schedule.least() as f64), whole(schedule.most() as f64));
            let count = if least == most { most } else { format!("{least}-{most}") };
            format!("{count} x {instance_type}")
        }
        Runs::Function(bill) => memory(f64::from(bill.memory_mib) * MIB),
    }
}

fn instance_hours(offer: &Offer) -> Option<f64> {
    match &offer.runs {
        Runs::Instances(instances) => Some(instances.schedule.instance_hours_per_month()),
        Runs::Function(_) => None,
    }
}

/// The bills with fast and with slow vCPUs.
fn between(offer: &Offer) -> Option<String> {
    let ends = offer.usd_at_ends?;
    let bill = |end: Option<f64>| end.map_or("infeasible".to_owned(), usd);
    Some(format!("{} to {}", bill(ends.fast), bill(ends.slow)))
}

/// What the bill turns on: the rule that sets the count, the policy's minimum, or the largest part of a function's.
fn set_by(way: Supply, offer: &Offer) -> String {
    match &offer.runs {
        Runs::Instances(instances) => {
            let (minimal, hours) = (instances.hours_at_minimum, instances.schedule.counts.len());
            match way {
                Supply::Autoscaled | Supply::AutoscaledTasks if minimal > 0 => {
                    format!("minimum in {minimal} of {hours} h")
                }
                _ => format!("{}, busiest hour", instances.bound_by),
            }
        }
        Runs::Function(bill) => {
            let parts = [
                ("CPU", bill.usd_cpu),
                ("waiting", bill.usd_waiting),
                ("calls", bill.usd_calls),
                ("startup", bill.usd_cold_starts),
            ];
            let largest = parts.into_iter().max_by(|one, other| one.1.total_cmp(&other.1));
            largest.map_or(String::new(), |(part, dollars)| {
                format!("{part}, {} of it", percent(dollars / offer.usd_per_month))
            })
        }
    }
}

/// Why some ways are none; a reason that holds for several is said once.
fn not_offered(entry: &WorkloadHours<'_>, terms: HourTerms<'_>) -> Vec<String> {
    let mut where_of_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for InRuntime { runtime, ways } in &entry.runtimes {
        for (way, offer) in ways {
            if let Err(reason) = offer {
                let place = format!("{} {}", runtime.name, name(*way, terms));
                where_of_reason.entry(reason.to_string()).or_default().push(place);
            }
        }
    }
    where_of_reason.into_iter().map(|(reason, places)| format!("{}: {reason}", places.join("; "))).collect()
}

/// The cheapest way and what sets it; `None` where nothing serves.
pub fn sentence(entry: &WorkloadHours<'_>, terms: HourTerms<'_>) -> Option<String> {
    let best = entry.cheapest(|_| true)?;
    let current = &entry.day.workload.current_runtime;
    let mut text = format!("Cheapest is {}, set by {}", told(best, terms), set_by(best.way, best.offer));
    text += &match fixed_bill(entry, best) {
        Some(fixed) => format!("; a fixed fleet in {} is {}.", best.runtime.name, usd(fixed)),
        None => ".".to_owned(),
    };
    if best.runtime.name != *current
        && let Some(here) = entry.cheapest(|runtime| runtime.name == *current)
    {
        let set_by = set_by(here.way, here.offer);
        text += &format!(" In today's runtime it is {}, set by {set_by}.", told(here, terms));
    }
    if let Some(other) = within_reach(entry, best) {
        text +=
            &format!(" {} may be as cheap: how fast its vCPUs are is assumed.", capital(&told(other, terms)));
    }
    Some(text)
}

/// What a fixed fleet in the same runtime costs, where that is not the choice itself.
fn fixed_bill(entry: &WorkloadHours<'_>, best: Choice<'_>) -> Option<f64> {
    let it = entry.runtimes.iter().find(|it| it.runtime.name == best.runtime.name)?;
    let (_, fixed) = it.ways.iter().find(|(way, _)| *way == Supply::Fixed && *way != best.way)?;
    Some(fixed.as_ref().ok()?.usd_per_month)
}

fn told(choice: Choice<'_>, terms: HourTerms<'_>) -> String {
    let Choice { runtime, way, offer } = choice;
    format!(
        "{} {} ({}) at {} a month",
        runtime.name,
        name(way, terms),
        what_runs(offer),
        usd(offer.usd_per_month)
    )
}

/// The text with its first letter as at the start of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// A way whose bill with fast vCPUs is below that of the cheapest, where it is dearer as assumed.
fn within_reach<'e>(entry: &'e WorkloadHours<'_>, best: Choice<'_>) -> Option<Choice<'e>> {
    let mut rivals = entry.runtimes.iter().flat_map(|it| {
        let offers = it.ways.iter().filter_map(|(way, offer)| Some((*way, offer.as_ref().ok()?)));
        offers.map(|(way, offer)| Choice { runtime: it.runtime, way, offer })
    });
    rivals.find(|rival| {
        let is_other = rival.way != best.way || rival.runtime.name != best.runtime.name;
        let at_fast = rival.offer.usd_at_ends.and_then(|ends| ends.fast);
        is_other && at_fast.is_some_and(|dollars| dollars < best.offer.usd_per_month)
    })
}

/// What startup, the scaler's slowness and memory cost, by runtime.
fn delays(entry: &WorkloadHours<'_>, terms: HourTerms<'_>) -> Table {
    let function = &terms.serverless.functions.name;
    let mut table = Table::new(vec![
        Column::words("what slowness costs", 0),
        Column::numbers("startup", 0),
        Column::numbers("scaler, h/month", 0),
        Column::numbers("of it startup", 0),
        Column::numbers(format!("{function}, cold starts"), 0),
        Column::numbers("$/month", 0),
    ]);
    for it in &entry.runtimes {
        let offer =
            |wanted| it.ways.iter().find(|(way, _)| *way == wanted).and_then(|(_, it)| it.as_ref().ok());
        let delays = offer(Supply::Autoscaled).and_then(|offer| match &offer.runs {
            Runs::Instances(instances) => instances.delays,
            Runs::Function(_) => None,
        });
        let bill = offer(Supply::Functions).and_then(|offer| match &offer.runs {
            Runs::Function(bill) => Some(bill),
            Runs::Instances(_) => None,
        });
        let number = |value: Option<f64>, show: fn(f64) -> String| value.map_or(NONE.to_owned(), show);
        let startup = it.runtime.startup_seconds.as_ref().map(|figure| figure.value);
        table.row(vec![
            Cell::new(&it.runtime.name),
            number(startup, seconds).into(),
            number(delays.map(|delays| delays.all), significant).into(),
            number(delays.map(|delays| delays.startup), significant).into(),
            number(bill.map(|bill| bill.cold_starts_per_month), whole).into(),
            number(bill.map(|bill| bill.usd_cold_starts), usd).into(),
        ]);
    }
    table
}

fn notes(terms: HourTerms<'_>) -> Vec<String> {
    let it = terms.serverless;
    let scaler = terms.scaler;
    let speed = it.vcpu_speed;
    vec![
        format!(
            "The scaler has an instance up {} after the rate has risen, and takes one away {} after it has fallen; \
             both are assumed (--reaction, --scale-in-after). A process's startup comes on top.",
            minutes(scaler.reaction_seconds),
            minutes(scaler.scale_in_seconds),
        ),
        format!(
            "{} and {}: prices of {}, {} {}. How fast their vCPUs are is not published; {} is assumed (AWS c7a is \
             1), and wider tables, CSV and JSON also have the bills for {} and {} (--serverless).",
            it.tasks.name,
            it.functions.name,
            it.price_date,
            it.provider,
            it.region,
            speed.value,
            speed.slow,
            speed.fast
        ),
        format!(
            "{}: up to {} events a call, in_flight of them at a time. Queueing, the poller and logs are left out.",
            it.functions.name, terms.batch
        ),
        "Bills are of what runs alone. Traffic between zones and features come on top (tonnage total)."
            .into(),
    ]
}

fn minutes(span: f64) -> String {
    if span >= 60.0 { format!("{} min", significant(span / 60.0)) } else { seconds(span) }
}

/// One workload in one runtime and way. Fields are empty where they do not apply.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WayRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// How it is run.
    pub way: Supply,
    /// Whether that serves.
    pub feasible: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Machine type or size of task.
    pub instance_type: Option<String>,
    /// Instances in the quietest hour.
    pub least_instances: Option<u64>,
    /// Instances in the busiest hour.
    pub most_instances: Option<u64>,
    /// Instance-hours a month.
    pub instance_hours_per_month: Option<f64>,
    /// Of them, what all delays of scaling cost.
    pub delay_instance_hours: Option<f64>,
    /// Of them, what the startup of processes costs.
    pub startup_instance_hours: Option<f64>,
    /// Bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// Bill with vCPUs as fast as they may be.
    pub usd_per_month_if_fast: Option<f64>,
    /// Bill with vCPUs as slow as they may be.
    pub usd_per_month_if_slow: Option<f64>,
    /// What the bill turns on.
    pub set_by: Option<String>,
    /// Memory of a function, MiB.
    pub memory_mib: Option<u32>,
    /// Calls a month.
    pub calls_per_month: Option<f64>,
    /// Events of a call on average.
    pub events_per_call: Option<f64>,
    /// Calls in progress at peak.
    pub concurrency_at_peak: Option<f64>,
    /// Partitions that calls need to keep up.
    pub partitions_required: Option<f64>,
    /// Environments that start in a month.
    pub cold_starts_per_month: Option<f64>,
    /// Bill for CPU time.
    pub usd_cpu: Option<f64>,
    /// Bill for waiting.
    pub usd_waiting: Option<f64>,
    /// Bill for calls.
    pub usd_calls: Option<f64>,
    /// Bill for cold starts.
    pub usd_cold_starts: Option<f64>,
}

impl WayRecord {
    fn new(entry: &WorkloadHours<'_>, runtime: &str, way: Supply, offer: &Result<Offer, NoSupply>) -> Self {
        let found = offer.as_ref().ok();
        let instances = found.and_then(|offer| match &offer.runs {
            Runs::Instances(instances) => Some(instances),
            Runs::Function(_) => None,
        });
        let bill = found.and_then(|offer| match &offer.runs {
            Runs::Function(bill) => Some(bill),
            Runs::Instances(_) => None,
        });
        let schedule = instances.map(|instances| &instances.schedule);
        let delays = instances.and_then(|instances| instances.delays);
        let ends = found.and_then(|offer| offer.usd_at_ends);
        Self {
            workload: entry.day.workload.name.clone(),
            runtime: runtime.to_owned(),
            way,
            feasible: offer.is_ok(),
            reason: offer.as_ref().err().map(ToString::to_string),
            instance_type: instances.map(|instances| instances.instance_type.clone()),
            least_instances: schedule.map(|schedule| schedule.least()),
            most_instances: schedule.map(|schedule| schedule.most()),
            instance_hours_per_month: schedule.map(|schedule| schedule.instance_hours_per_month()),
            delay_instance_hours: delays.map(|delays| delays.all),
            startup_instance_hours: delays.map(|delays| delays.startup),
            usd_per_month: found.map(|offer| offer.usd_per_month),
            usd_per_month_if_fast: ends.and_then(|ends| ends.fast),
            usd_per_month_if_slow: ends.and_then(|ends| ends.slow),
            set_by: found.map(|offer| set_by(way, offer)),
            memory_mib: bill.map(|bill| bill.memory_mib),
            calls_per_month: bill.map(|bill| bill.calls_per_month),
            events_per_call: bill.map(|bill| bill.events_per_call),
            concurrency_at_peak: bill.map(|bill| bill.concurrency_at_peak),
            partitions_required: bill.map(|bill| bill.partitions_required),
            cold_starts_per_month: bill.map(|bill| bill.cold_starts_per_month),
            usd_cpu: bill.map(|bill| bill.usd_cpu),
            usd_waiting: bill.map(|bill| bill.usd_waiting),
            usd_calls: bill.map(|bill| bill.usd_calls),
            usd_cold_starts: bill.map(|bill| bill.usd_cold_starts),
        }
    }
}

/// The records of all workloads, runtimes and ways.
pub fn records(entries: &[WorkloadHours<'_>]) -> Vec<WayRecord> {
    let of_runtime = |entry, it: &InRuntime<'_>| -> Vec<WayRecord> {
        it.ways.iter().map(|(way, offer)| WayRecord::new(entry, &it.runtime.name, *way, offer)).collect()
    };
    entries.iter().flat_map(|entry| entry.runtimes.iter().flat_map(move |it| of_runtime(entry, it))).collect()
}

/// A workload's hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayRecord {
    /// Workload.
    pub workload: String,
    /// Mean rate of each hour.
    pub events_per_second: Vec<f64>,
    /// The busiest hour's rate over the mean.
    pub peak_over_mean: f64,
    /// How far the rate rises above its hour's.
    pub burst: f64,
    /// The cheapest way in words.
    pub sentence: Option<String>,
    /// Instances hour by hour, of ways that run any.
    pub instances: Vec<ScheduleRecord>,
}

/// Instances hour by hour in one way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleRecord {
    /// Runtime.
    pub runtime: String,
    /// Supply.
    pub way: Supply,
    /// n of each hour.
    pub by_hour: Vec<u64>,
}

/// All that `--format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HoursRecord {
    /// One for every workload, runtime and way.
    pub ways: Vec<WayRecord>,
    /// One for every workload.
    pub days: Vec<DayRecord>,
}

impl HoursRecord {
    /// Flattens a study.
    pub fn new(entries: &[WorkloadHours<'_>], terms: HourTerms<'_>) -> Self {
        let day = |entry: &WorkloadHours<'_>| DayRecord {
            workload: entry.day.workload.name.clone(),
            events_per_second: entry.day.hours.rates(entry.day.workload.mean_rate()),
            peak_over_mean: entry.day.hours.peak_over_mean(),
            burst: entry.day.burst,
            sentence: sentence(entry, terms),
            instances: entry.runtimes.iter().flat_map(schedules).collect(),
        };
        Self { ways: records(entries), days: entries.iter().map(day).collect() }
    }
}

fn schedules(it: &InRuntime<'_>) -> Vec<ScheduleRecord> {
    let by_hour = |(way, offer): &(Supply, Result<Offer, NoSupply>)| match &offer.as_ref().ok()?.runs {
        Runs::Instances(instances) => Some(ScheduleRecord {
            runtime: it.runtime.name.clone(),
            way: *way,
            by_hour: instances.schedule.counts.clone(),
        }),
        Runs::Function(_) => None,
    };
    it.ways.iter().filter_map(by_hour).collect()
}
