//! One workload in one runtime and supply: what a row of `hours` has.

use crate::report::column::{Column, Value, columns};
use crate::report::figures::{memory, percent, significant, span, usd, whole};
use tonnage_model::decide::fleet::Sureness;
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
    pub(super) hours: &'a WorkloadHours<'a>,
    pub(super) terms: HourTerms<'a>,
    pub(super) runtime: &'a Runtime,
    pub(super) supply: Supply,
    pub(super) offer: Result<&'a Offer, &'a NoSupply>,
    pub(super) fixed_usd: Option<f64>,
    pub(super) is_cheapest: bool,
}

impl<'a> SupplyRow<'a> {
    pub(super) fn workload(&self) -> &'a str {
        &self.hours.day.workload.name
    }

    /// Whether it is in the runtime that runs today.
    pub(super) fn is_today(&self) -> bool {
        self.runtime.name == self.hours.day.workload.current_runtime
    }

    pub(super) fn bill(&self) -> Option<f64> {
        Some(self.offer.ok()?.usd_per_month)
    }

    pub(super) fn ends(&self) -> Option<Ends> {
        self.offer.ok()?.usd_at_ends
    }

    pub(super) fn instances(&self) -> Option<&'a Instances> {
        match &self.offer.ok()?.runs {
            Runs::Instances(instances) => Some(instances),
            Runs::Function(_) => None,
        }
    }

    pub(super) fn schedule(&self) -> Option<&'a Schedule> {
        Some(&self.instances()?.schedule)
    }

    pub(super) fn delays(&self) -> Option<Delays> {
        self.instances()?.delays
    }

    pub(super) fn function(&self) -> Option<&'a FunctionBill> {
        match &self.offer.ok()?.runs {
            Runs::Function(bill) => Some(bill),
            Runs::Instances(_) => None,
        }
    }

    /// What it costs less than runs today.
    pub(super) fn saves_of_today(&self) -> Option<f64> {
        Some(self.hours.planned.recommendation.today_usd_per_month? - self.bill()?)
    }

    /// What it costs less than a fixed fleet in the same runtime.
    pub(super) fn saves(&self) -> Option<f64> {
        Some(self.fixed_usd? - self.bill()?)
    }

    /// How well what it costs can be compared, in today's runtime and with a fixed fleet: how sure the verdict is, and whether today's
    /// bill is known.
    pub(super) fn known(&self) -> Option<(Sureness, bool)> {
        let it = self.hours.planned;
        let has_bill = it.recommendation.today_usd_per_month.is_some();
        (self.is_today() && self.saves().is_some()).then(|| (it.sureness(), has_bill))
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
        "delay_instance_hours" ["early or late" Count Rank(4)], "Of them, those run before the rate has risen or after it has fallen" => it.delays().map(|it| it.all);
        "by_step" ["by_step" Number Nested], "Instances of each hour, or shorter step of the series" =>
            it.schedule().map(|it| it.counts.clone());
        "startup_instance_hours", "Of them, for startup" => it.delays().map(|it| it.startup);
        "usd_per_month" ["$/month" Usd Always], "Bill, USD a month" => Value::from(it.bill()).best_if(it.is_cheapest);
        "saves_of_today_usd_per_month" ["saves" Usd Always], "Less than today's bill, as `saves` of `plan`, USD a month; empty where that is not known" =>
            it.saves_of_today();
        "saves_usd_per_month" ["below fixed" Usd Rank(2)], "Less than fixed in the same runtime, USD a month" => it.saves();
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
        "partitions_required", "Partitions that calls need to keep up" => it.function().map(|it| it.partitions_required);
        "cold_starts_per_month", "Environments that start in a month" => it.function().map(|it| it.cold_starts_per_month);
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
pub(super) fn title(supply: Supply, terms: HourTerms<'_>) -> String {
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

/// All runtimes and supplies of a workload.
pub(super) fn rows_of<'a>(
    hours: &'a WorkloadHours<'a>,
    terms: HourTerms<'a>,
) -> impl Iterator<Item = SupplyRow<'a>> {
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
