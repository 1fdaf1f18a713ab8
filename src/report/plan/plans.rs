//! A workload in a runtime: the columns of a plan.

use crate::report::column::{Column, Value, columns};
use crate::report::figures::{plural, plural_of};
use crate::report::p99;
use tonnage_model::capacity::sizing::Member;
use tonnage_model::decide::change::Change;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::total_cost::{RuntimeChange, TotalCost};
use tonnage_model::machine::Machine;
use tonnage_model::memory::footprint::InstanceMemory;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::Runtime;
use tonnage_model::uncertain::monte_carlo::RuntimeRisk;
use tonnage_model::units::MIB;

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
            total: plan.ok().map(|plan| account.total(runtime, &plan.machine.provider, plan.usd_per_month)),
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

    /// What follows from how long an event takes, where something says that.
    fn in_time<'r, T: Into<Value<'r>>>(&self, value: impl Fn(&Plan<'_>) -> T) -> Value<'r> {
        if self.entry.problem.may_be_of_system_alone() { Value::Missing } else { self.of(value) }
    }

    fn risk<'r, T: Into<Value<'r>>>(&self, value: impl Fn(&RuntimeRisk) -> T) -> Value<'r> {
        self.risk.map(|risk| value(risk).into()).unwrap_or(Value::Missing)
    }

    fn machines(&self) -> Value<'static> {
        match self.plan {
            Ok(plan) => machines(plan).into(),
            Err(_) => Value::from("no plan").bad(),
        }
    }

    fn partitions_required(&self) -> Option<u64> {
        match self.plan {
            Ok(plan) => plan.partitions_required(),
            Err(none) => {
                let stuck = none.stuck()?;
                let is_own = self.runtime.name == self.entry.problem.current.name;
                let step = if is_own { self.entry.option_search().partitions(self.plan) } else { None };
                let told = step.filter(|it| it.on.is_some()).and_then(|it| match it.change? {
                    Change::Partitions(number) => Some(number),
                    _ => None,
                });
                told.or(stuck.remedies.partitions).map(u64::from)
            }
        }
    }

    fn builds_features(&self) -> bool {
        self.entry.problem.workload.outlook.features_per_month > 0.0
    }
}

/// `3 x c7a.large`.
pub fn machines(plan: &Plan<'_>) -> String {
    format!("{} x {}", plan.count.instances, plan.machine.instance_type)
}

/// `aws us-east-1`.
pub fn place(machine: &Machine) -> String {
    format!("{} {}", machine.provider, machine.region)
}

/// What a plan on the machines of today changes on them.
pub fn on_same_machines(plan: &Plan<'_>) -> String {
    match plan.client_setting() {
        Some(setting) => format!("set {setting}"),
        None => format!("run {} on each machine", workers(plan)),
    }
}

/// `12 processes`, `8 threads`, `2 x 4 threads` of two binaries, `8 threads, 3 readers`.
pub fn workers(plan: &Plan<'_>) -> String {
    let threads = |number: u64| plural(number, "thread");
    match (plan.sizing.member, plan.processes_per_instance()) {
        (Member::Process, processes) => plural_of(processes, ("process", "processes")),
        (Member::Binary, 1) => threads(plan.workers_per_instance()),
        (Member::Binary, split) => format!("{split} x {}", threads(plan.workers_per_instance() / split)),
        (Member::Reader, _) => {
            let readers = plural(plan.count.members_per_instance, "reader");
            format!("{}, {readers}", threads(plan.workers_per_instance()))
        }
    }
}

/// What the memory of an instance is made of.
fn memory_parts(plan: &Plan<'_>) -> Value<'static> {
    let InstanceMemory { processes, working, state, in_flight, read_ahead } = plan.memory();
    let parts = [
        ("processes_mib", processes),
        ("working_mib", working),
        ("state_mib", state),
        ("in_flight_mib", in_flight),
        ("read_ahead_mib", read_ahead),
    ];
    Value::Parts(parts.map(|(name, bytes)| (name, (bytes / MIB).into())).to_vec())
}

/// Columns of a plan.
#[rustfmt::skip]
pub fn columns<'e, 'a>() -> Vec<Column<PlanRow<'e, 'a>>> {
    columns! { PlanRow<'_, '_>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.entry.problem.workload.name;
        "baseline", "What is given of today: consistent, unchecked or contradictory" =>
            it.entry.recommendation.baseline.standing.to_string();
        "runtime" ["runtime" Word Always], "Runtime" => &it.runtime.name;
        "feasible", "Whether there is a plan" => it.plan.is_ok();
        "machines" ["machines" Word Always], "Instances and their type" => it.machines();
        "usd_per_month" ["$/month" Usd Always], "Bill of the machines, USD a month" =>
            it.of(|plan| plan.usd_per_month).best_if(it.is_cheapest);
        "cheapest_usd_per_month", "Bill of the cheapest plan, by which plans are compared, USD a month" =>
            it.of(|plan| plan.cheapest_usd_per_month);
        "reason", "Why there is no plan" => it.plan.err().map(ToString::to_string);
        "provider", "Cloud" => it.plan.ok().map(|plan| &plan.machine.provider);
        "region", "Region" => it.plan.ok().map(|plan| &plan.machine.region);
        "instance_type", "Machine type" => it.plan.ok().map(|plan| &plan.machine.instance_type);
        "instances", "Instances" => it.of(|plan| plan.count.instances);
        "workers" ["workers" Word Rank(6)], "Processes, or threads of the binary or binaries, an instance" => it.of(workers);
        "workers_per_instance", "Number of these" => it.of(|plan| plan.workers_per_instance());
        "processes_per_instance", "Processes an instance" => it.of(|plan| plan.processes_per_instance());
        "readers_per_instance", "Readers of a plain loop in the process of an instance" =>
            it.of(|plan| (plan.sizing.member == Member::Reader).then_some(plan.count.members_per_instance));
        "core_seconds_per_event" ["CPU an event, speed 1" Seconds Data], "CPU of an event at speed 1, s" =>
            it.of(|plan| plan.core_seconds_per_event());
        "cpu_seconds_per_event" ["CPU an event, this machine" Seconds Data],
            "CPU of an event on this machine type, its share of the fetch included, s" =>
            it.of(|plan| plan.service_seconds());
        "fetch_seconds_per_event" ["of it the fetch" Seconds Data],
            "An event's share of its fetch, s; 0 where the profile does not give the fetch" =>
            it.of(|plan| plan.fetch_seconds());
        "commit_seconds_per_event", "What an event waits for commits, s; part of no I/O wait" =>
            it.of(|plan| plan.demand.commit_wait_seconds);
        "io_wait_seconds_per_event" ["I/O wait an event" Seconds Data], "Waiting of an event, all attempts, s" =>
            it.entry.problem.today.wait_seconds;
        "peak_events_per_second", "Peak rate, events/s" => it.entry.problem.workload.peak_rate();
        "cores_at_peak" ["cores busy at peak" Number Data], "Cores busy at peak" =>
            it.of(|plan| plan.sizing.peak_rate * plan.service_seconds());
        "cpu_at_peak" ["CPU" Share Rank(3)], "Share of the vCPUs busy at peak with all instances up, fetches and the system included" =>
            it.of(|plan| plan.cpu_at_peak());
        "cpu_at_mean" ["CPU graph, mean" Share Data], "What a CPU graph shows at the mean rate, and `utilization` is to be once it runs: a vCPU does more while the other one of its core idles, which no plan counts on at peak" => it.of(|plan| plan.cpu_at_mean());
        "fetch_wait_ms" ["fetch waits, ms" Number Data],
            "How long each fetch waits for more events, ms; 0 where it waits for one" =>
            it.of(|plan| plan.fetch_wait_seconds * 1e3);
        "client_setting", "The settings of the client for that wait" =>
            it.plan.ok().and_then(|plan| plan.client_setting());
        "standby_members" ["standby" Count Data], "Members of the group that hold no partition" =>
            it.of(|plan| plan.standby_members());
        "p99" ["p99" Word Table(4)], "p99 at peak, as a range" => it.in_time(|plan| p99::range(plan.p99_range()));
        "p99_seconds",
            "What queueing alone makes of the 99th percentile of latency at peak, and gathering: the least that it can be, s" =>
            it.in_time(|plan| plan.p99_seconds());
        "p99_ms_low", "The low end of its range, ms" => it.in_time(|plan| plan.p99_range().low * 1e3);
        "p99_ms_high", "The high end, ms" => it.in_time(|plan| plan.p99_range().high * 1e3);
        "gathering_seconds", "How long a batch of batch_size events takes to gather at peak, s; part of p99_seconds" =>
            it.of(|plan| plan.gathering_seconds());
        "memory_steady_mib" ["memory, MiB" Number Data],
            "Memory of an instance without a backlog, MiB: what a graph shows" =>
            it.of(|plan| plan.memory().steady() / MIB);
        "memory_peak_mib" ["with full queues, MiB" Number Data],
            "Memory that an instance needs, MiB: with a backlog read ahead" => it.of(|plan| plan.memory().peak() / MIB);
        "memory_parts" ["memory_parts" Number Nested], "Its parts, MiB an instance" => it.of(memory_parts);
        "heap_limit_mib" ["heap limit a process" Number Data],
            "Limit to give the collector of each process (GOMEMLIMIT), or its heap (-Xmx), MiB; where it would double state" =>
            it.plan.ok().and_then(|plan| plan.collector_limit_bytes()).map(|bytes| bytes / MIB);
        "runtime_overhead_bytes" ["overhead" Memory Rank(5)],
            "Memory of all interpreters, binaries and stacks, bytes" => it.of(|plan| plan.runtime_overhead_bytes());
        "partitions_required" ["least partitions" Count Data], "Partitions that the plan needs at least, where every member has as many, standby members too; without a plan those with which there would be one" => it.partitions_required();
        "bound_by" ["bound by" Word Rank(2)], "The constraint that sets the number of instances" =>
            it.of(|plan| plan.bound_by().to_string());
        "usd_per_million_events" ["$/million events" Usd Data], "Bill, USD per million events" =>
            it.of(|plan| plan.usd_per_million_events);
        "traffic_usd_per_month" ["traffic, $/month" Usd Data], "Traffic between zones, USD a month" =>
            it.total.map(|total| total.traffic);
        "engineering_usd_per_month" ["features, $/month" Usd Data],
            "Building features, USD a month; empty where none are built or their days are not known" =>
            it.total.filter(|_| it.builds_features()).and_then(|total| total.engineering);
        "total_usd_per_month" ["total, $/month" Usd Data], "Machines, traffic and features, USD a month" =>
            it.total.and_then(|total| total.usd_per_month());
        "saves_usd_per_month" ["saves, $/month" Usd Data],
            "What it saves of what is paid today, features counted, USD a month" =>
            it.change.as_ref().map(|change| change.saves_usd_per_month);
        "rewrite_usd" ["rewrite, $ once" Usd Data], "The rewrite, USD once" =>
            it.change.as_ref().and_then(|change| change.rewrite_usd);
        "payback_months" ["pays back in" Months Data], "Months until the rewrite is paid back" =>
            it.change.as_ref().and_then(|change| change.payback_months);
        "usd_per_month_p10" ["P10" Usd Always], "10th percentile of the bill over all samples, USD a month" =>
            it.risk(|risk| risk.usd_per_month.p10);
        "usd_per_month_p50" ["P50" Usd Data], "Median of the bill, USD a month" => it.risk(|risk| risk.usd_per_month.p50);
        "usd_per_month_p90" ["P90" Usd Always], "90th percentile of the bill, USD a month" =>
            it.risk(|risk| risk.usd_per_month.p90);
        "cheapest" ["cheapest in" Share Rank(1)], "Share of the samples in which it is the cheapest" =>
            it.risk(|risk| risk.cheapest);
        "tied", "Share of the samples in which another has the same lowest bill" => it.risk(|risk| risk.tied);
        "holds" ["holds in" Share Rank(1)], "Share of the samples in which this plan keeps all constraints" =>
            it.risk(|risk| risk.holds);
        "weakest_constraint", "The constraint that this plan breaks in most samples" =>
            it.risk(|risk| risk.weakest.map(|(constraint, _)| constraint.to_string()));
        "weakest_share", "Share of the samples in which it does" =>
            it.risk(|risk| risk.weakest.map(|(_, share)| share));
        "startup_seconds" ["startup" Seconds Data], "Start to first event, s" =>
            it.runtime.startup_seconds.as_ref().map(|figure| figure.value);
        "days_per_feature" ["days a feature" Number Data], "Working days for one feature" =>
            it.runtime.language.days_per_feature.as_ref().map(|figure| figure.value);
    }
}
