//! What the hours of a day make of the bill: a fixed fleet, an autoscaled one, tasks, and a function.

use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{memory, percent, plural, seconds, significant, usd, whole};
use super::records::Records;
use super::{Report, medians};
use std::collections::BTreeMap;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::functions::FunctionBill;
use tonnage_model::scenario::hours::{
    Choice, Delays, HourTerms, InRuntime, Instances, NoSupply, Offer, Runs, Supply, WorkloadHours,
};
use tonnage_model::units::MIB;

/// One workload in one runtime and supply.
pub struct SupplyRow<'a> {
    hours: &'a WorkloadHours<'a>,
    terms: HourTerms<'a>,
    runtime: &'a Runtime,
    supply: Supply,
    offer: Result<&'a Offer, &'a NoSupply>,
    fixed_usd: Option<f64>,
    is_cheapest: bool,
}

impl<'a> SupplyRow<'a> {
    fn found(&self) -> Option<&'a Offer> {
        self.offer.ok()
    }

    fn instances(&self) -> Option<&'a Instances> {
        match &self.found()?.runs {
            Runs::Instances(instances) => Some(instances),
            Runs::Function(_) => None,
        }
    }

    fn delays(&self) -> Option<Delays> {
        self.instances()?.delays
    }

    fn function(&self) -> Option<&'a FunctionBill> {
        match &self.found()?.runs {
            Runs::Function(bill) => Some(bill),
            Runs::Instances(_) => None,
        }
    }

    fn workload(&self) -> &'a str {
        &self.hours.day.workload.name
    }

    /// What it costs less than a fixed fleet in the same runtime.
    fn saves(&self) -> Option<f64> {
        Some(self.fixed_usd? - self.found()?.usd_per_month)
    }
}

/// Columns of the supplies.
pub fn columns<'a>() -> Vec<Column<SupplyRow<'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| it.workload().into()),
        column(word("runtime", "runtime", "Runtime").grouped(), |it| (&it.runtime.name).into()),
        column(word("name", "supply", "How it is run, by the provider's name").in_tables(0), |it| {
            title(it.supply, it.terms).into()
        }),
        column(
            data("supply", "`fixed`, `autoscaled`, `fixed_tasks`, `autoscaled_tasks` or `functions`"),
            |it| name(it.supply).into(),
        ),
        column(data("feasible", "Whether that carries the load"), |it| it.offer.is_ok().into()),
        column(data("reason", "Why not"), |it| it.offer.err().map(NoSupply::to_string).into()),
        column(word("runs", "what runs", "Instances, or a function's memory").in_tables(0), |it| {
            match it.found() {
                Some(offer) => what_runs(offer).into(),
                None => Value::from("infeasible").bad(),
            }
        }),
        column(data("instance_type", "Machine type or size of task"), |it| {
            it.instances().map(|it| &it.instance_type).into()
        }),
        column(data("least_instances", "Instances in the quietest hour"), |it| {
            it.instances().map(|it| it.schedule.least()).into()
        }),
        column(data("most_instances", "Instances in the busiest hour"), |it| {
            it.instances().map(|it| it.schedule.most()).into()
        }),
        column(
            number("instance_hours_per_month", "h/month", Unit::Count, "Instance-hours a month").rank(3),
            |it| it.instances().map(|it| it.schedule.instance_hours_per_month()).into(),
        ),
        column(
            number("delay_instance_hours", "delay, h", Unit::Count, "Of them, for all delays of scaling")
                .rank(4),
            |it| it.delays().map(|it| it.all).into(),
        ),
        column(data("startup_instance_hours", "Of them, for the startup of processes"), |it| {
            it.delays().map(|it| it.startup).into()
        }),
        column(number("usd_per_month", "$/month", Unit::Usd, "Bill, USD a month"), |it| {
            Value::from(it.found().map(|it| it.usd_per_month)).best_if(it.is_cheapest)
        }),
        column(
            number(
                "saves_usd_per_month",
                "saves",
                Unit::Usd,
                "Less than fixed in the same runtime, USD a month",
            ),
            |it| it.saves().into(),
        ),
        column(word("ends", "if vCPUs differ", "Bills with fast and slow vCPUs").in_tables(2), |it| {
            it.found().and_then(between).into()
        }),
        column(data("usd_per_month_if_fast", "Bill with vCPUs as fast as they may be"), |it| {
            it.found().and_then(|it| it.usd_at_ends?.fast).into()
        }),
        column(data("usd_per_month_if_slow", "Bill with vCPUs as slow as they may be"), |it| {
            it.found().and_then(|it| it.usd_at_ends?.slow).into()
        }),
        column(word("set_by", "set by", "What the bill turns on").rank(1), |it| {
            it.found().map(|offer| set_by(it.supply, offer)).into()
        }),
        column(data("memory_mib", "Memory of a function, MiB"), |it| {
            it.function().map(|it| it.memory_mib).into()
        }),
        column(data("calls_per_month", "Calls a month"), |it| {
            it.function().map(|it| it.calls_per_month).into()
        }),
        column(data("events_per_call", "Events of a call on average"), |it| {
            it.function().map(|it| it.events_per_call).into()
        }),
        column(data("concurrency_at_peak", "Calls in progress at peak"), |it| {
            it.function().map(|it| it.concurrency_at_peak).into()
        }),
        column(data("partitions_required", "Partitions that calls need to keep up"), |it| {
            it.function().map(|it| it.partitions_required).into()
        }),
        column(data("cold_starts_per_month", "Environments that start in a month"), |it| {
            it.function().map(|it| it.cold_starts_per_month).into()
        }),
        column(data("usd_cpu", "Bill for CPU time"), |it| it.function().map(|it| it.usd_cpu).into()),
        column(data("usd_waiting", "Bill for waiting"), |it| it.function().map(|it| it.usd_waiting).into()),
        column(data("usd_calls", "Bill for calls"), |it| it.function().map(|it| it.usd_calls).into()),
        column(data("usd_cold_starts", "Bill for cold starts"), |it| {
            it.function().map(|it| it.usd_cold_starts).into()
        }),
    ]
}

/// One workload's hours.
pub struct DayRow<'a> {
    hours: &'a WorkloadHours<'a>,
    terms: HourTerms<'a>,
    schedules: Vec<ScheduleRow<'a>>,
}

/// Instances hour by hour.
pub struct ScheduleRow<'a> {
    runtime: &'a str,
    supply: Supply,
    counts: &'a [u64],
}

/// Columns of the days.
pub fn day_columns<'a>() -> Vec<Column<DayRow<'a>>> {
    vec![
        column(data("workload", "Workload"), |it| (&it.hours.day.workload.name).into()),
        column(data("events_per_second", "Mean rate of each hour").nested(), |it| {
            let day = it.hours.day;
            day.hours.rates(day.workload.mean_rate()).into()
        }),
        column(data("peak_over_mean", "The busiest hour's rate over the mean"), |it| {
            it.hours.day.hours.peak_over_mean().into()
        }),
        column(data("burst", "How far the rate rises above its hour's"), |it| it.hours.day.burst.into()),
        column(data("sentence", "The cheapest supply in words"), |it| sentence(it.hours, it.terms).into()),
        column(data("instances", "Instances hour by hour").nested(), |it| {
            Records::of("instances", &schedule_columns(), &it.schedules).into()
        }),
    ]
}

fn schedule_columns<'a>() -> Vec<Column<ScheduleRow<'a>>> {
    vec![
        column(data("runtime", "Runtime"), |it| it.runtime.into()),
        column(data("supply", "How it is run"), |it| name(it.supply).into()),
        column(data("by_hour", "Instances of each hour"), |it| it.counts.to_vec().into()),
    ]
}

fn name(supply: Supply) -> &'static str {
    match supply {
        Supply::Fixed => "fixed",
        Supply::Autoscaled => "autoscaled",
        Supply::FixedTasks => "fixed_tasks",
        Supply::AutoscaledTasks => "autoscaled_tasks",
        Supply::Functions => "functions",
    }
}

/// A supply by the name that the provider gives it.
fn title(supply: Supply, terms: HourTerms<'_>) -> String {
    let tasks = &terms.serverless.tasks.name;
    match supply {
        Supply::Fixed | Supply::Autoscaled => name(supply).to_owned(),
        Supply::FixedTasks => format!("{tasks}, fixed"),
        Supply::AutoscaledTasks => format!("{tasks}, autoscaled"),
        Supply::Functions => terms.serverless.functions.name.clone(),
    }
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

/// The bills with fast and with slow vCPUs.
fn between(offer: &Offer) -> Option<String> {
    let ends = offer.usd_at_ends?;
    let bill = |end: Option<f64>| end.map_or("infeasible".to_owned(), usd);
    Some(format!("{} to {}", bill(ends.fast), bill(ends.slow)))
}

/// What the bill turns on: the constraint that sets the count, the policy's minimum, or the largest part of a function's.
fn set_by(supply: Supply, offer: &Offer) -> String {
    match &offer.runs {
        Runs::Instances(instances) => {
            let (minimal, hours) = (instances.hours_at_minimum, instances.schedule.counts.len());
            match supply {
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

/// The cheapest supply and what sets it; `None` where nothing carries the load.
pub fn sentence(hours: &WorkloadHours<'_>, terms: HourTerms<'_>) -> Option<String> {
    let best = hours.cheapest(|_| true)?;
    let current = &hours.day.workload.current_runtime;
    let mut text = format!("Cheapest is {}, set by {}", told(best, terms), set_by(best.supply, best.offer));
    text += &match fixed_usd(hours, best.runtime).filter(|_| best.supply != Supply::Fixed) {
        Some(fixed) => format!("; a fixed fleet in {} is {}.", best.runtime.name, usd(fixed)),
        None => ".".to_owned(),
    };
    if best.runtime.name != *current
        && let Some(here) = hours.cheapest(|runtime| runtime.name == *current)
    {
        let set_by = set_by(here.supply, here.offer);
        text += &format!(" In today's runtime it is {}, set by {set_by}.", told(here, terms));
    }
    if let Some(other) = within_reach(hours, best) {
        text += &format!(" With faster vCPUs than assumed, {} would be cheaper.", told(other, terms));
    }
    Some(text)
}

/// What a fixed fleet in a runtime costs, USD a month.
fn fixed_usd(hours: &WorkloadHours<'_>, runtime: &Runtime) -> Option<f64> {
    let it = hours.runtimes.iter().find(|it| it.runtime.name == runtime.name)?;
    let (_, fixed) = it.supplies.iter().find(|(supply, _)| *supply == Supply::Fixed)?;
    Some(fixed.as_ref().ok()?.usd_per_month)
}

fn told(choice: Choice<'_>, terms: HourTerms<'_>) -> String {
    let Choice { runtime, supply, offer } = choice;
    let runs = what_runs(offer);
    format!("{} {} ({runs}) at {} a month", runtime.name, title(supply, terms), usd(offer.usd_per_month))
}

/// A supply whose bill with fast vCPUs is below that of the cheapest.
fn within_reach<'e>(hours: &'e WorkloadHours<'_>, best: Choice<'_>) -> Option<Choice<'e>> {
    let mut rivals = hours.runtimes.iter().flat_map(|it| {
        let offers = it.supplies.iter().filter_map(|(supply, offer)| Some((*supply, offer.as_ref().ok()?)));
        offers.map(|(supply, offer)| Choice { runtime: it.runtime, supply, offer })
    });
    rivals.find(|rival| {
        let is_other = rival.supply != best.supply || rival.runtime.name != best.runtime.name;
        let at_fast = rival.offer.usd_at_ends.and_then(|ends| ends.fast);
        is_other && at_fast.is_some_and(|dollars| dollars < best.offer.usd_per_month)
    })
}

/// Workloads over the hours of their days.
pub struct HoursReport<'a> {
    hours: &'a [WorkloadHours<'a>],
    terms: HourTerms<'a>,
    has_details: bool,
    supplies: Vec<SupplyRow<'a>>,
    days: Vec<DayRow<'a>>,
}

impl<'a> HoursReport<'a> {
    /// The report; with details its tables have all runtimes and supplies, else the cheapest for each workload.
    pub fn new(hours: &'a [WorkloadHours<'a>], terms: HourTerms<'a>, has_details: bool) -> Self {
        let supplies = hours
            .iter()
            .flat_map(|hours| hours.runtimes.iter().flat_map(move |it| of_runtime(hours, it, terms)));
        let days = hours.iter().map(|hours| DayRow {
            hours,
            terms,
            schedules: hours.runtimes.iter().flat_map(schedules).collect(),
        });
        Self { hours, terms, has_details, supplies: supplies.collect(), days: days.collect() }
    }

    /// The cheapest supply of each workload in today's runtime, and in any where that is cheaper.
    fn cheapest(&self) -> Vec<&SupplyRow<'a>> {
        let of_workload = |hours: &'a WorkloadHours<'a>| {
            let current = &hours.day.workload.current_runtime;
            let here = hours.cheapest(|runtime| runtime.name == *current);
            let best = hours.cheapest(|_| true).filter(|best| best.runtime.name != *current);
            here.into_iter().chain(best).map(move |choice| (hours, choice))
        };
        let row = |(hours, choice): (&WorkloadHours<'_>, Choice<'_>)| {
            self.supplies.iter().find(|row| {
                std::ptr::eq(row.hours, hours)
                    && std::ptr::eq(row.runtime, choice.runtime)
                    && row.supply == choice.supply
            })
        };
        self.hours.iter().flat_map(of_workload).filter_map(row).collect()
    }

    /// What the cheapest supply saves in today's runtimes.
    fn heading(&self, cheapest: &[&SupplyRow<'_>]) -> String {
        let here = cheapest.iter().filter(|row| row.runtime.name == row.hours.day.workload.current_runtime);
        let (mut fixed, mut saved) = (0.0, 0.0);
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        for row in here.filter(|row| row.saves().is_some()) {
            fixed += row.fixed_usd.unwrap_or(0.0);
            saved += row.saves().unwrap_or(0.0);
            *kinds.entry(title(row.supply, self.terms)).or_default() += 1;
        }
        if kinds.is_empty() {
            return "No fixed fleet in today's runtimes carries these workloads".to_owned();
        }
        let kinds: Vec<String> = kinds
            .into_iter()
            .map(|(kind, count)| format!("{kind} for {}", plural(count, "workload")))
            .collect();
        format!(
            "In today's runtimes, {} costs {} a month: {} less than fixed machines ({})",
            kinds.join(", "),
            usd(fixed - saved),
            usd(saved),
            usd(fixed)
        )
    }

    /// Why some supplies do not carry the load; a reason that holds for several is said once.
    fn infeasible(&self) -> Vec<String> {
        let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in &self.supplies {
            if let Err(reason) = row.offer {
                let place =
                    format!("{} {} {}", row.workload(), row.runtime.name, title(row.supply, self.terms));
                by_reason.entry(reason.to_string()).or_default().push(place);
            }
        }
        by_reason.into_iter().map(|(reason, places)| format!("{}: {reason}.", places.join("; "))).collect()
    }

    fn notes(&self) -> Vec<String> {
        let HourTerms { scaler, serverless: it, batch } = self.terms;
        let speed = it.vcpu_speed;
        let mut notes: Vec<String> =
            medians::note(self.hours.iter().map(|it| &it.day.workload)).into_iter().collect();
        notes.extend([
            format!(
                "The autoscaler adds an instance {} after the rate has risen and removes one {} after it has fallen; \
                 both are assumed (--reaction, --scale-in-after).",
                minutes(scaler.reaction_seconds),
                minutes(scaler.scale_in_seconds),
            ),
            format!(
                "{} and {}: prices of {}, {} {}; their vCPUs are taken for {} of an AWS c7a's, and may have {} to {} of it \
                 (--serverless). {}: up to {batch} events a call; queueing, the poller and logs are left out.",
                it.tasks.name,
                it.functions.name,
                it.price_date,
                it.provider,
                it.region,
                speed.value,
                speed.slow,
                speed.fast,
                it.functions.name
            ),
            "Bills are of what runs alone; traffic between zones and features come on top.".into(),
        ]);
        notes
    }
}

fn of_runtime<'a>(
    hours: &'a WorkloadHours<'a>,
    it: &'a InRuntime<'a>,
    terms: HourTerms<'a>,
) -> impl Iterator<Item = SupplyRow<'a>> {
    let least = hours.cheapest(|_| true).map(|choice| choice.offer.usd_per_month);
    let fixed_usd = fixed_usd(hours, it.runtime);
    it.supplies.iter().map(move |(supply, offer)| {
        let offer = offer.as_ref();
        let is_cheapest = least.is_some() && offer.ok().map(|offer| offer.usd_per_month) == least;
        SupplyRow { hours, terms, runtime: it.runtime, supply: *supply, offer, fixed_usd, is_cheapest }
    })
}

fn schedules<'a>(it: &'a InRuntime<'a>) -> impl Iterator<Item = ScheduleRow<'a>> {
    it.supplies.iter().filter_map(|(supply, offer)| match &offer.as_ref().ok()?.runs {
        Runs::Instances(Instances { schedule, .. }) => {
            Some(ScheduleRow { runtime: &it.runtime.name, supply: *supply, counts: &schedule.counts })
        }
        Runs::Function(_) => None,
    })
}

fn minutes(span: f64) -> String {
    if span >= 60.0 { format!("{} min", significant(span / 60.0)) } else { seconds(span) }
}

impl Report for HoursReport<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        let cheapest = self.cheapest();
        document.heading(self.heading(&cheapest));
        if self.has_details {
            document.table(Records::of("supplies", &columns(), &self.supplies).table());
            document.list(self.infeasible());
        } else {
            document.table(Records::of("supplies", &columns(), cheapest).table());
        }
        document.list(self.notes());
        if !self.has_details {
            document.paragraph(
                "Each workload has its cheapest supply in today's runtime, and then in the cheapest runtime. --details \
                 shows all runtimes and supplies.",
            );
        }
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("supplies", &columns(), &self.supplies),
            Records::of("days", &day_columns(), &self.days),
        ]
    }
}
