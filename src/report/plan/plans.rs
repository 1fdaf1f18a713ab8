//! A workload in a runtime: the columns of a plan.

use crate::report::column::{Column, Unit, Value, column, data, number, word};
use crate::report::figures::plural_of;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::decide::total_cost::{RuntimeChange, TotalCost};
use tonnage_model::machine::Machine;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::{Deployment, Runtime};
use tonnage_model::uncertain::monte_carlo::RuntimeRisk;

/// One workload in one runtime, with or without a plan.
pub struct PlanRow<'e, 'a> {
    entry: &'e PlannedWorkload<'a>,
    runtime: &'a Runtime,
    plan: Result<&'e Plan<'a>, &'e NoPlan>,
    total: Option<TotalCost>,
    change: Option<RuntimeChange>,
    risk: Option<&'e RuntimeRisk>,
    is_cheapest: bool,
}

/// The rows of a fleet, a workload's runtimes together.
pub fn rows<'e, 'a>(fleet: &'e Fleet<'a>) -> Vec<PlanRow<'e, 'a>> {
    fleet.entries.iter().flat_map(rows_of).collect()
}

/// The rows of one workload.
pub fn rows_of<'e, 'a>(entry: &'e PlannedWorkload<'a>) -> Vec<PlanRow<'e, 'a>> {
    let account = entry.account();
    let bills = entry.plans.iter().filter_map(|(_, plan)| plan.as_ref().ok()).map(|plan| plan.usd_per_month);
    let lowest = bills.fold(f64::INFINITY, f64::min);
    let row = |(index, (runtime, plan)): (usize, &'e (&'a Runtime, Result<Plan<'a>, NoPlan>))| {
        let plan = plan.as_ref();
        let other = plan.ok().filter(|_| runtime.name != entry.problem.current.name);
        PlanRow {
            entry,
            runtime,
            plan,
            total: plan.ok().map(|plan| account.total(runtime, plan.usd_per_month)),
            change: other.and_then(|plan| entry.recommendation.change(&account, plan)),
            risk: entry.risk.as_ref().and_then(|risk| risk.runtimes.get(index)),
            is_cheapest: plan.is_ok_and(|plan| plan.usd_per_month <= lowest),
        }
    };
    entry.plans.iter().enumerate().map(row).collect()
}

impl PlanRow<'_, '_> {
    fn of<'r, T: Into<Value<'r>>>(&self, value: impl Fn(&Plan<'_>) -> T) -> Value<'r> {
        self.plan.ok().map(|plan| value(plan).into()).unwrap_or(Value::Missing)
    }

    fn risk<'r, T: Into<Value<'r>>>(&self, value: impl Fn(&RuntimeRisk) -> T) -> Value<'r> {
        self.risk.map(|risk| value(risk).into()).unwrap_or(Value::Missing)
    }

    fn builds_features(&self) -> bool {
        self.entry.problem.workload.outlook.features_per_month > 0.0
    }
}

/// `3 x c7a.large`.
pub fn machines(plan: &Plan<'_>) -> String {
    format!("{} x {}", plan.size.instances, plan.machine.instance_type)
}

/// `aws us-east-1`.
pub fn place(machine: &Machine) -> String {
    format!("{} {}", machine.provider, machine.region)
}

/// `12 processes`, `8 threads`.
pub fn workers(plan: &Plan<'_>) -> String {
    let noun = match plan.runtime.deployment {
        Deployment::Processes => ("process", "processes"),
        Deployment::Threads => ("thread", "threads"),
    };
    plural_of(plan.workers_per_instance(), noun)
}

/// Columns of a plan.
pub fn columns<'e, 'a>() -> Vec<Column<PlanRow<'e, 'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| {
            (&it.entry.problem.workload.name).into()
        }),
        column(word("runtime", "runtime", "Runtime"), |it| (&it.runtime.name).into()),
        column(data("feasible", "Whether there is a plan"), |it| it.plan.is_ok().into()),
        column(word("machines", "machines", "Instances and their type"), |it| match it.plan {
            Ok(plan) => machines(plan).into(),
            Err(_) => Value::from("no plan").bad(),
        }),
        column(data("reason", "Why there is no plan"), |it| it.plan.err().map(ToString::to_string).into()),
        column(data("provider", "Cloud"), |it| it.plan.ok().map(|plan| &plan.machine.provider).into()),
        column(data("region", "Region"), |it| it.plan.ok().map(|plan| &plan.machine.region).into()),
        column(data("instance_type", "Machine type"), |it| {
            it.plan.ok().map(|plan| &plan.machine.instance_type).into()
        }),
        column(data("instances", "Instances"), |it| it.of(|plan| plan.size.instances)),
        column(
            word("workers", "workers", "Processes, or threads of one process, an instance").rank(6),
            |it| it.of(workers),
        ),
        column(data("workers_per_instance", "Number of these"), |it| {
            it.of(|plan| plan.workers_per_instance())
        }),
        column(
            number(
                "core_seconds_per_event",
                "CPU an event, speed 1",
                Unit::Seconds,
                "CPU of an event at speed 1, s",
            )
            .data(),
            |it| it.of(|plan| plan.core_seconds_per_event()),
        ),
        column(
            number(
                "cpu_seconds_per_event",
                "CPU an event, this machine",
                Unit::Seconds,
                "CPU of an event on this machine type, its share of the fetch included, s",
            )
            .data(),
            |it| it.of(|plan| plan.service_seconds()),
        ),
        column(
            number(
                "fetch_seconds_per_event",
                "of it the fetch",
                Unit::Seconds,
                "An event's share of its fetch, s; 0 where the profile does not give the fetch",
            )
            .data(),
            |it| it.of(|plan| plan.fetch_seconds()),
        ),
        column(
            number(
                "io_wait_seconds_per_event",
                "I/O wait an event",
                Unit::Seconds,
                "Waiting of an event, all attempts, s",
            )
            .data(),
            |it| it.entry.problem.today.wait_seconds.into(),
        ),
        column(data("peak_events_per_second", "Peak rate, events/s"), |it| {
            it.entry.problem.workload.peak_rate().into()
        }),
        column(
            number("cores_at_peak", "cores busy at peak", Unit::Number, "Cores busy at peak").data(),
            |it| it.of(|plan| plan.sizing.peak_rate * plan.service_seconds()),
        ),
        column(
            number(
                "utilization_at_peak",
                "CPU",
                Unit::Share,
                "Share of the vCPUs busy at peak with all instances up",
            )
            .rank(3),
            |it| it.of(|plan| plan.size.utilization_at_peak),
        ),
        column(
            number("p99_seconds", "p99", Unit::Seconds, "99th percentile of latency at peak, s").rank(4),
            |it| it.of(|plan| plan.size.p99_seconds),
        ),
        column(
            number(
                "memory_bytes_per_instance",
                "memory an instance",
                Unit::Memory,
                "Memory that an instance needs, bytes",
            )
            .data(),
            |it| it.of(|plan| plan.size.memory_bytes_per_instance),
        ),
        column(
            number(
                "runtime_overhead_bytes",
                "overhead",
                Unit::Memory,
                "Memory of all interpreters, binaries and stacks, bytes",
            )
            .rank(5),
            |it| it.of(|plan| plan.size.runtime_overhead_bytes),
        ),
        column(
            number("partitions_required", "partitions", Unit::Count, "Partitions that the plan needs").data(),
            |it| match it.plan {
                Ok(plan) => plan.size.partitions_required.into(),
                Err(none) => none.stuck().and_then(|unmet| unmet.partitions_required).into(),
            },
        ),
        column(number("usd_per_month", "$/month", Unit::Usd, "Bill of the machines, USD a month"), |it| {
            it.of(|plan| plan.usd_per_month).best_if(it.is_cheapest)
        }),
        column(
            word("bound_by", "bound by", "The constraint that sets the number of instances").rank(2),
            |it| it.of(|plan| plan.size.bound_by.to_string()),
        ),
        column(
            number("usd_per_million_events", "$/million events", Unit::Usd, "Bill, USD per million events")
                .data(),
            |it| it.of(|plan| plan.usd_per_million_events),
        ),
        column(
            number(
                "traffic_usd_per_month",
                "traffic, $/month",
                Unit::Usd,
                "Traffic between zones, USD a month",
            )
            .data(),
            |it| it.total.map(|total| total.traffic).into(),
        ),
        column(
            number(
                "engineering_usd_per_month",
                "features, $/month",
                Unit::Usd,
                "Building features, USD a month; empty where none are built or their days are not known",
            )
            .data(),
            |it| it.total.filter(|_| it.builds_features()).and_then(|total| total.engineering).into(),
        ),
        column(
            number(
                "total_usd_per_month",
                "total, $/month",
                Unit::Usd,
                "Machines, traffic and features, USD a month",
            )
            .data(),
            |it| it.total.and_then(|total| total.usd_per_month()).into(),
        ),
        column(
            number(
                "saves_usd_per_month",
                "saves, $/month",
                Unit::Usd,
                "What it saves of what is paid today, features counted, USD a month",
            )
            .data(),
            |it| it.change.as_ref().map(|change| change.saves_usd_per_month).into(),
        ),
        column(number("rewrite_usd", "rewrite, $ once", Unit::Usd, "The rewrite, USD once").data(), |it| {
            it.change.as_ref().and_then(|change| change.rewrite_usd).into()
        }),
        column(
            number("payback_months", "pays back in", Unit::Months, "Months until the rewrite is paid back")
                .data(),
            |it| it.change.as_ref().and_then(|change| change.payback_months).into(),
        ),
        column(
            number(
                "usd_per_month_p10",
                "P10",
                Unit::Usd,
                "10th percentile of the bill over all samples, USD a month",
            ),
            |it| it.risk(|risk| risk.usd_per_month.p10),
        ),
        column(
            number("usd_per_month_p50", "P50", Unit::Usd, "Median of the bill, USD a month").data(),
            |it| it.risk(|risk| risk.usd_per_month.p50),
        ),
        column(
            number("usd_per_month_p90", "P90", Unit::Usd, "90th percentile of the bill, USD a month"),
            |it| it.risk(|risk| risk.usd_per_month.p90),
        ),
        column(
            number(
                "cheapest",
                "cheapest in",
                Unit::Share,
                "Share of the samples in which it is the cheapest",
            )
            .rank(1),
            |it| it.risk(|risk| risk.cheapest),
        ),
        column(data("tied", "Share of the samples in which another has the same lowest bill"), |it| {
            it.risk(|risk| risk.tied)
        }),
        column(
            number(
                "holds",
                "holds in",
                Unit::Share,
                "Share of the samples in which this plan keeps all constraints",
            )
            .rank(1),
            |it| it.risk(|risk| risk.holds),
        ),
        column(data("weakest_constraint", "The constraint that this plan breaks in most samples"), |it| {
            it.risk(|risk| risk.weakest.map(|(constraint, _)| constraint.to_string()))
        }),
        column(data("weakest_share", "Share of the samples in which it does"), |it| {
            it.risk(|risk| risk.weakest.map(|(_, share)| share))
        }),
        column(number("startup_seconds", "startup", Unit::Seconds, "Start to first event, s").data(), |it| {
            it.runtime.startup_seconds.as_ref().map(|figure| figure.value).into()
        }),
        column(
            number("days_per_feature", "days a feature", Unit::Number, "Working days for one feature").data(),
            |it| it.runtime.days_per_feature.as_ref().map(|figure| figure.value).into(),
        ),
    ]
}
