//! What the hours of a day make of the bill: a fixed fleet, an autoscaled one, tasks, and a function.

mod charts;

use crate::report::chart::Chart;
use crate::report::column::{Column, Value, columns};
use crate::report::document::Document;
use crate::report::figures::{and_last, memory, percent, plural, significant, span, usd, whole};
use crate::report::pools::findings::beside_today;
use crate::report::records::Records;
use crate::report::{Report, assumed};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::autoscale::Schedule;
use tonnage_model::scenario::functions::FunctionBill;
use tonnage_model::scenario::hours::{
    Delays, Ends, HourTerms, InRuntime, Instances, NoSupply, Offer, Runs, Supply, WorkloadHours,
};
use tonnage_model::scenario::series::SECONDS_PER_HOUR;
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
    fn workload(&self) -> &'a str {
        &self.hours.day.workload.name
    }

    /// Whether it is in the runtime that runs today.
    fn is_today(&self) -> bool {
        self.runtime.name == self.hours.day.workload.current_runtime
    }

    fn bill(&self) -> Option<f64> {
        Some(self.offer.ok()?.usd_per_month)
    }

    fn ends(&self) -> Option<Ends> {
        self.offer.ok()?.usd_at_ends
    }

    fn instances(&self) -> Option<&'a Instances> {
        match &self.offer.ok()?.runs {
            Runs::Instances(instances) => Some(instances),
            Runs::Function(_) => None,
        }
    }

    fn schedule(&self) -> Option<&'a Schedule> {
        Some(&self.instances()?.schedule)
    }

    fn delays(&self) -> Option<Delays> {
        self.instances()?.delays
    }

    fn function(&self) -> Option<&'a FunctionBill> {
        match &self.offer.ok()?.runs {
            Runs::Function(bill) => Some(bill),
            Runs::Instances(_) => None,
        }
    }

    /// What it costs less than a fixed fleet in the same runtime.
    fn saves(&self) -> Option<f64> {
        Some(self.fixed_usd? - self.bill()?)
    }

    /// Whether what the cheapest supplies save adds it up.
    fn is_counted(&self) -> bool {
        self.is_today() && self.saves().is_some()
    }
}

/// Columns of the supplies.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<SupplyRow<'a>>> {
    columns! { SupplyRow<'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => it.workload();
        "runtime" ["runtime" Word Grouped], "Runtime" => &it.runtime.name;
        "title" ["supply" Word Table(0)], "How it is run" => title(it.supply, it.terms);
        "supply", "`fixed`, `autoscaled`, `fixed_tasks`, `autoscaled_tasks` or `functions`" => it.supply.word();
        "feasible", "Whether that carries the load" => it.offer.is_ok();
        "reason", "Why not" => it.offer.err().map(NoSupply::to_string);
        "runs" ["what runs" Word Table(0)], "Instances, or a function's memory" => what_runs(it);
        "instance_type", "Machine type or task size" => it.instances().map(|it| &it.instance_type);
        "least_instances", "Fewest instances" => it.schedule().map(Schedule::least);
        "most_instances", "Most instances" => it.schedule().map(Schedule::most);
        "instance_hours_per_month" ["h/month" Count Rank(3)], "Instance-hours a month" =>
            it.schedule().map(Schedule::instance_hours_per_month);
        "delay_instance_hours" ["delay, h" Count Rank(4)], "Of them, for scaling late" => it.delays().map(|it| it.all);
        "by_step" ["by_step" Number Nested], "Instances of each hour, or shorter step of the series" =>
            it.schedule().map(|it| it.counts.clone());
        "startup_instance_hours", "Of them, for startup" => it.delays().map(|it| it.startup);
        "usd_per_month" ["$/month" Usd Always], "Bill, USD a month" => Value::from(it.bill()).best_if(it.is_cheapest);
        "saves_usd_per_month" ["saves" Usd Always], "Less than fixed in the same runtime, USD a month" => it.saves();
        "ends" ["if vCPUs differ" Word Table(2)], "Bills with fast and slow vCPUs" => {
            let bill = |end: Option<f64>| end.map_or("infeasible".to_owned(), usd);
            it.ends().map(|ends| format!("{} to {}", bill(ends.fast), bill(ends.slow)))
        };
        "usd_per_month_if_fast", "Bill with fast vCPUs" => it.ends().and_then(|it| it.fast);
        "usd_per_month_if_slow", "Bill with slow vCPUs" => it.ends().and_then(|it| it.slow);
        "set_by" ["set by" Word Rank(1)], "What the bill turns on" => set_by(it);
        "memory_mib", "A function's memory, MiB" => it.function().map(|it| it.memory_mib);
        "calls_per_month", "Calls a month" => it.function().map(|it| it.calls_per_month);
        "events_per_call", "Mean events a call" => it.function().map(|it| it.events_per_call);
        "concurrency_at_peak", "Concurrent calls at peak" => it.function().map(|it| it.concurrency_at_peak);
        "partitions_required", "Partitions that calls need to keep up" =>
            it.function().map(|it| it.partitions_required);
        "cold_starts_per_month", "Environments that start in a month" =>
            it.function().map(|it| it.cold_starts_per_month);
        "usd_cpu", "Bill for CPU time" => it.function().map(|it| it.usd_cpu);
        "usd_waiting", "Bill for waiting" => it.function().map(|it| it.usd_waiting);
        "usd_calls", "Bill for calls" => it.function().map(|it| it.usd_calls);
        "usd_cold_starts", "Bill for cold starts" => it.function().map(|it| it.usd_cold_starts);
    }
}

/// Columns of the days, a row a workload.
#[rustfmt::skip]
pub fn day_columns<'a>() -> Vec<Column<WorkloadHours<'a>>> {
    columns! { WorkloadHours<'a>, it;
        "workload", "Workload" => &it.day.workload.name;
        "step_seconds", "How long a step of the series is, s" => it.day.hours.step_seconds();
        "events_per_second" ["events_per_second" Number Nested], "Mean rate of each step" =>
            it.day.hours.rates(it.day.workload.mean_rate());
        "peak_over_mean", "Busiest step over the mean" => it.day.hours.peak_over_mean();
        "burst", "Busiest rate within a step over that step's" => it.day.burst;
    }
}

/// A supply by the name that the provider gives it.
fn title(supply: Supply, terms: HourTerms<'_>) -> String {
    let tasks = &terms.serverless.tasks.name;
    match supply {
        Supply::Fixed | Supply::Autoscaled => supply.to_string(),
        Supply::FixedTasks => format!("{tasks} fixed"),
        Supply::AutoscaledTasks => format!("{tasks} autoscaled"),
        Supply::Functions => terms.serverless.functions.name.clone(),
    }
}

/// `3 x c7a.medium`, `2-9 x c7a.medium`, or the memory of a function.
fn what_runs<'r>(row: &'r SupplyRow<'_>) -> Value<'r> {
    match row.offer.map(|offer| &offer.runs) {
        Ok(Runs::Instances(Instances { instance_type, schedule, .. })) => {
            let (least, most) = (whole(schedule.least() as f64), whole(schedule.most() as f64));
            let count = if least == most { most } else { format!("{least}-{most}") };
            format!("{count} x {instance_type}").into()
        }
        Ok(Runs::Function(bill)) => memory(f64::from(bill.memory_mib) * MIB).into(),
        Err(_) => Value::from("infeasible").bad(),
    }
}

/// What the bill turns on: the binding constraint, the policy's minimum, or the largest part of a function's bill.
fn set_by(row: &SupplyRow<'_>) -> Option<String> {
    let offer = row.offer.ok()?;
    Some(match &offer.runs {
        Runs::Instances(Instances { hours_at_minimum, bound_by, .. }) => match row.supply {
            Supply::Autoscaled | Supply::AutoscaledTasks if *hours_at_minimum > 0.0 => {
                let total = significant(row.hours.day.hours.total_hours());
                format!("minimum in {} of {total} h", significant(*hours_at_minimum))
            }
            _ => match row.hours.day.hours.step_seconds() {
                SECONDS_PER_HOUR => format!("{bound_by}, busiest hour"),
                step => format!("{bound_by}, busiest {}", span(step)),
            },
        },
        Runs::Function(bill) => {
            let parts = [
                ("CPU", bill.usd_cpu),
                ("waiting", bill.usd_waiting),
                ("calls", bill.usd_calls),
                ("startup", bill.usd_cold_starts),
            ];
            let (part, dollars) = parts.into_iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
            format!("{part}, {} of it", percent(dollars / offer.usd_per_month))
        }
    })
}

/// Workloads over the hours of their days.
pub struct HoursReport<'a> {
    hours: &'a [WorkloadHours<'a>],
    terms: HourTerms<'a>,
    has_details: bool,
    supplies: Vec<SupplyRow<'a>>,
}

impl<'a> HoursReport<'a> {
    /// The report; with details its tables have all runtimes and supplies, else the cheapest for each workload.
    pub fn new(hours: &'a [WorkloadHours<'a>], terms: HourTerms<'a>, has_details: bool) -> Self {
        let supplies = hours.iter().flat_map(|hours| rows_of(hours, terms)).collect();
        Self { hours, terms, has_details, supplies }
    }

    /// The rows of each workload, first of that which saves most in today's runtime, last of those that are in no sum.
    fn of_each(&self) -> impl Iterator<Item = &[SupplyRow<'a>]> {
        let saves = |rows: &&[SupplyRow<'_>]| {
            let saved = rows.iter().filter(|row| row.is_counted()).filter_map(SupplyRow::saves);
            saved.fold(f64::NEG_INFINITY, f64::max)
        };
        let of_each = self.supplies.chunk_by(|one, other| one.workload() == other.workload());
        let mut of_each: Vec<&[SupplyRow<'a>]> = of_each.collect();
        of_each.sort_by(|one, other| saves(other).total_cmp(&saves(one)));
        of_each.into_iter()
    }

    /// The cheapest supply of each workload in today's runtime, and in any where that is cheaper.
    fn cheapest<'r>(&'r self) -> Vec<&'r SupplyRow<'a>> {
        let of_workload = |rows: &'r [SupplyRow<'a>]| {
            let billed = rows.iter().filter(|row| row.is_today()).filter_map(|row| Some((row, row.bill()?)));
            let here = billed.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(row, _)| row);
            let best = rows.iter().find(|row| row.is_cheapest).filter(|best| !best.is_today());
            here.into_iter().chain(best)
        };
        self.of_each().flat_map(of_workload).collect()
    }

    /// What the cheapest supplies are in today's runtimes, what they cost and what that saves.
    fn heading(&self, cheapest: &[&SupplyRow<'_>]) -> String {
        let counted = || cheapest.iter().filter(|row| row.is_counted());
        let fixed: f64 = counted().filter_map(|row| row.fixed_usd).sum();
        let saved: f64 = counted().filter_map(|row| row.saves()).sum();
        let mut kinds: Vec<(usize, String)> = Vec::new();
        for kind in counted().map(|row| title(row.supply, self.terms)) {
            match kinds.iter_mut().find(|(_, known)| *known == kind) {
                Some((count, _)) => *count += 1,
                None => kinds.push((1, kind)),
            }
        }
        kinds.sort_by_key(|(count, _)| Reverse(*count));
        let (count, all) = (counted().count(), self.hours.len());
        let (of, kinds) = match &kinds[..] {
            [] => return "No fixed fleet in today's runtimes carries these workloads".to_owned(),
            [(_, kind)] if all == 1 => (String::new(), kind.clone()),
            _ => {
                let kinds = kinds.iter().map(|(count, kind)| format!("{kind} for {count}"));
                let of = if count < all { format!("{count} of ") } else { String::new() };
                let of = format!(" for {of}{}", plural(all as u64, "workload"));
                (of, kinds.collect::<Vec<_>>().join(", "))
            }
        };
        let today = counted().map(|row| (row.hours.today_usd_per_month, row.hours.is_checked));
        let today = beside_today(fixed - saved, today, 0.0).map_or_else(String::new, |it| format!(", {it}"));
        let runtimes = if all == 1 { "runtime" } else { "runtimes" };
        format!(
            "Cheapest in today's {runtimes}, {} a month{of}: {kinds}. That is {} less than fixed machines ({}){today}",
            usd(fixed - saved),
            usd(saved),
            usd(fixed)
        )
    }

    /// Workloads that are in no sum: another runtime carries them, or nothing does.
    fn left_out(&self, cheapest: &[&SupplyRow<'_>]) -> Option<String> {
        let counted = cheapest.iter().filter(|row| row.is_counted());
        let counted: BTreeSet<&str> = counted.map(|row| row.workload()).collect();
        let names = self.hours.iter().map(|hours| hours.day.workload.name.as_str());
        let names: Vec<&str> = names.filter(|name| !counted.contains(name)).collect();
        let reasons = if self.has_details { "" } else { "; --details tells why" };
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!("Not counted, as no fixed machines carry them in today's runtime: {names}{reasons}.")
        })
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

    /// Workloads for which another supply would be cheapest if its vCPUs were as fast as they may be.
    fn unsure(&self) -> Option<String> {
        let is_rival = |row: &&SupplyRow<'_>| {
            let best = row.hours.cheapest(|_| true).map(|best| best.offer.usd_per_month);
            !row.is_cheapest && row.ends().and_then(|ends| ends.fast).is_some_and(|fast| Some(fast) < best)
        };
        let told = |rows: &[SupplyRow<'_>]| {
            let rivals = rows.iter().filter(is_rival);
            let rivals = rivals.map(|row| format!("{} {}", row.runtime.name, title(row.supply, self.terms)));
            let rivals: Vec<String> = rivals.collect();
            (!rivals.is_empty()).then(|| format!("{} ({})", rows[0].workload(), rivals.join(", ")))
        };
        let rivals: Vec<String> = self.of_each().filter_map(told).collect();
        (!rivals.is_empty())
            .then(|| format!("With faster vCPUs than assumed, cheaper still: {}.", rivals.join(", ")))
    }

    fn notes(&self) -> Vec<String> {
        let HourTerms { autoscaler, serverless: it, batch } = self.terms;
        let speed = it.vcpu_speed;
        let regions: BTreeSet<&str> = self.hours.iter().filter_map(|it| it.region).collect();
        let elsewhere: Vec<&str> = regions.into_iter().filter(|region| *region != it.region).collect();
        let elsewhere = match elsewhere[..] {
            [] => String::new(),
            _ => format!(", also for {}, where they may be others", and_last(&elsewhere)),
        };
        let mut notes: Vec<String> = assumed::notes(self.hours.iter().map(|it| &it.day.workload));
        notes.extend([
            format!(
                "The autoscaler adds an instance {} after the rate has risen and removes one {} after it has fallen; \
                 both are assumed (--reaction, --scale-in-after).",
                span(autoscaler.reaction_seconds),
                span(autoscaler.scale_in_seconds),
            ),
            format!(
                "{} and {}: prices of {}, {} {}{elsewhere}; their vCPUs are taken for {} of an AWS c7a's, and may have {} to {} \
                 of it (--serverless). {}: up to {batch} events a call; queueing, the poller and logs are left out.",
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
        let is_bare = |hours: &&WorkloadHours<'_>| hours.day.workload.says_nothing_of_cpu();
        let bare: Vec<&str> =
            self.hours.iter().filter(is_bare).map(|hours| hours.day.workload.name.as_str()).collect();
        if !bare.is_empty() {
            notes.push(format!(
                "Neither handler_ms nor observed_cores is given for {}: the handler's own code costs nothing here, and every \
                 bill is a lower bound.",
                bare.join(", ")
            ));
        }
        notes.extend(self.unsure());
        notes
    }
}

/// All runtimes and supplies of a workload.
fn rows_of<'a>(hours: &'a WorkloadHours<'a>, terms: HourTerms<'a>) -> impl Iterator<Item = SupplyRow<'a>> {
    let least = hours.cheapest(|_| true).map(|choice| choice.offer.usd_per_month);
    let bill = |offer: &Result<Offer, NoSupply>| offer.as_ref().ok().map(|offer| offer.usd_per_month);
    hours.runtimes.iter().flat_map(move |InRuntime { runtime, supplies }| {
        let fixed = supplies.iter().find(|(supply, _)| *supply == Supply::Fixed);
        let fixed_usd = fixed.and_then(|(_, offer)| bill(offer));
        supplies.iter().map(move |(supply, offer)| {
            let is_cheapest = least.is_some() && bill(offer) == least;
            SupplyRow {
                hours,
                terms,
                runtime,
                supply: *supply,
                offer: offer.as_ref(),
                fixed_usd,
                is_cheapest,
            }
        })
    })
}

impl Report for HoursReport<'_> {
    fn charts(&self) -> Vec<Chart> {
        let of_workload = |rows: &[SupplyRow<'_>]| Self::cost(rows).into_iter().chain(Self::rate(rows));
        self.of_each().flat_map(of_workload).collect()
    }

    fn page(&self) -> Document {
        self.on_a_page()
    }

    fn document(&self) -> Document {
        let mut document = Document::default();
        let cheapest = self.cheapest();
        document.heading(self.heading(&cheapest));
        document.paragraph(self.left_out(&cheapest).unwrap_or_default());
        if self.hours.len() == 1 {
            document.chart(Self::cost(&self.supplies));
        }
        if self.has_details {
            document.table(Records::of("supplies", &columns(), self.of_each().flatten()).table());
            document.list(self.infeasible());
        } else {
            document.table(Records::of("supplies", &columns(), cheapest.iter().copied()).table());
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
            Records::of("days", &day_columns(), self.hours),
        ]
    }
}
