//! How a plan came about, each number with the numbers that it was made of.

use super::document::{Cell, Column, Document, Table};
use super::figures::{
    NONE, bit_rate, event_size, hourly, memory, percent, plural, rate, seconds, significant, usd, whole,
};
use super::plan::evidence::scaling;
use super::plan::notes::notes as notes_of;
use super::plan::plans::workers as workers_of;
use serde::Serialize;
use tonnage_model::capacity::constraint::Constraint;
use tonnage_model::capacity::load::{Load, LoadOn};
use tonnage_model::capacity::sizing::Sizing;
use tonnage_model::decide::evidence::ScalingEvidence;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::demand::event::{Demand, WaitBasis, profile_today};
use tonnage_model::latency::queue::BEYOND_P99;
use tonnage_model::machine::Machine;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::problem::RangeEnd;
use tonnage_model::runtime::{Concurrency, Deployment, Linear, Runtime};
use tonnage_model::workload::{HandlerCost, Workload};

/// How many of the machine types that lost are shown.
const RUNNERS_UP: usize = 3;

/// One rule and the count that it alone asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConstraintRow {
    /// The rule, as in `bound_by`.
    pub rule: Constraint,
    /// Instances that it asks for by itself; `None` where no number meets it.
    pub instances: Option<u64>,
    /// Processes on each of these, the least that will do; 1 for a binary of threads.
    pub members_per_instance: Option<u64>,
    /// The formula with its numbers at the count planned.
    pub because: String,
}

/// A machine type that was not chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunnerUp {
    /// Cloud.
    pub provider: String,
    /// Region.
    pub region: String,
    /// Machine type.
    pub instance_type: String,
    /// Instances.
    pub instances: u64,
    /// What sets that number.
    pub bound_by: String,
    /// Bill, USD a month.
    pub usd_per_month: f64,
    /// Why it lost.
    pub lost_because: String,
}

/// A plan taken apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Why there is no plan, where there is none.
    pub reason: Option<String>,
    /// The steps in order: quantity, formula with numbers, result.
    pub steps: Vec<[String; 3]>,
    /// Each rule by itself.
    pub constraints: Vec<ConstraintRow>,
    /// What set the count, in words.
    pub bound: Option<String>,
    /// How the count turns on what threads share, in words, where it does or where that is assumed.
    pub scaling: Option<String>,
    /// The next cheapest machine types.
    pub runners_up: Vec<RunnerUp>,
}

/// Takes the plan of one workload in one runtime apart.
pub fn explain(entry: &PlannedWorkload<'_>, runtime: &Runtime, fleet: &Fleet<'_>) -> Explanation {
    let candidates = entry.problem.candidates(runtime, &fleet.machines, fleet.policy, RangeEnd::Best);
    let mut explanation = Explanation {
        workload: entry.problem.workload.name.clone(),
        runtime: runtime.name.clone(),
        reason: None,
        steps: rates(entry),
        constraints: Vec::new(),
        bound: None,
        scaling: None,
        runners_up: Vec::new(),
    };
    explanation.steps.extend(today(entry));
    match candidates {
        Err(none) => {
            explanation.steps.extend(closest(entry, runtime, fleet, &none));
            explanation.reason = Some(none.to_string());
        }
        Ok(plans) => {
            if let Some((best, others)) = plans.split_first() {
                let fetch =
                    Fetch { member_rate: best.member_rate(), core_seconds: best.fetch_core_seconds() };
                explanation.steps.extend(demand(entry, runtime, &best.demand, fetch));
                explanation.steps.extend(on_machine(best.machine, &best.demand, &best.sizing));
                explanation.constraints = constraints(best);
                explanation.bound = Some(bound(best));
                explanation.scaling = ScalingEvidence::of(best).map(|evidence| scaling(&evidence));
                explanation.steps.extend(outcome(best, entry));
                explanation.runners_up =
                    others.iter().take(RUNNERS_UP).map(|other| runner_up(best, other)).collect();
            }
        }
    }
    explanation
}

/// What is known of a runtime without a plan: its demand, and on the machine type that comes closest what the
/// busiest partition asks for.
fn closest(
    entry: &PlannedWorkload<'_>,
    runtime: &Runtime,
    fleet: &Fleet<'_>,
    none: &NoPlan,
) -> Vec<[String; 3]> {
    let problem = &entry.problem;
    let factor = problem.compute_factor(runtime, RangeEnd::Best);
    let NoPlan::NoneServes { instance_type, .. } = none else { return Vec::new() };
    let Ok(asked) = problem.today.demand_in(problem.workload, runtime, factor) else { return Vec::new() };
    // As many members as there can be: the busiest reads one partition, or next to nothing where these are open.
    let share = problem.workload.topic.busiest_partition_share().unwrap_or(0.0);
    let member_rate = problem.workload.peak_rate() * share;
    let fetch = Fetch { member_rate, core_seconds: asked.fetch.per_event(member_rate) };
    let mut steps = demand(entry, runtime, &asked, fetch);
    let machine = fleet.machines.iter().find(|machine| machine.instance_type == *instance_type);
    let offer = machine.and_then(|machine| {
        let (sizing, _) = problem.offer(runtime, machine, asked, fleet.policy)?;
        Some((machine, sizing))
    });
    if let Some((machine, sizing)) = offer {
        steps.extend(on_machine(machine, &asked, &sizing));
        if let (Some(share), Some(partitions)) =
            (sizing.topic.busiest_partition_share(), sizing.topic.partitions)
        {
            let busiest = sizing.peak_rate * share;
            steps.push(step(
                "busiest partition",
                format!(
                    "{} x skew {} / {partitions}",
                    rate(sizing.peak_rate),
                    significant(sizing.topic.skew)
                ),
                rate(busiest),
            ));
            steps.push(step(
                "in progress there",
                format!("{} x (s + w) {}", rate(busiest), seconds(sizing.own_seconds())),
                significant(busiest * sizing.own_seconds()),
            ));
        }
    }
    steps
}

/// Explanations for people.
pub fn document(explanations: &[Explanation], notes: &[String]) -> Document {
    let mut document = Document::default();
    for it in explanations {
        document.heading(format!("{} in {}", it.workload, it.runtime));
        let mut steps = Table::new(vec![
            Column::words("quantity", 0),
            Column::words("how", 0),
            Column::numbers("result", 0),
        ]);
        for [quantity, formula, result] in &it.steps {
            steps.row(vec![Cell::new(quantity), Cell::new(formula), Cell::new(result)]);
        }
        document.table(steps);
        if let Some(reason) = &it.reason {
            document.paragraph(format!("No plan: {reason}."));
        }
        let mut rules = Table::new(vec![
            Column::words("rule", 0),
            Column::numbers("asks for", 0),
            Column::words("at the count planned", 0),
        ]);
        for constraint in &it.constraints {
            let count = match (constraint.instances, constraint.members_per_instance) {
                (None, _) => "no count".to_owned(),
                (Some(n), Some(members)) if members > 1 => format!("{} x {members}", whole(n as f64)),
                (Some(n), _) => whole(n as f64),
            };
            rules.row(vec![constraint.rule.to_string().into(), count.into(), Cell::new(&constraint.because)]);
        }
        document.table(rules);
        if it.constraints.iter().any(|constraint| constraint.members_per_instance > Some(1)) {
            document.paragraph("asks for: instances x processes that this rule alone would take.");
        }
        document.paragraph(it.bound.clone().unwrap_or_default());
        document.paragraph(it.scaling.clone().unwrap_or_default());
        let mut others = Table::new(vec![
            Column::words("next machine types", 0),
            Column::words("where", 1),
            Column::numbers("$/month", 0),
            Column::words("bound by", 2),
            Column::words("why it lost", 0),
        ]);
        for other in &it.runners_up {
            others.row(vec![
                format!("{} x {}", other.instances, other.instance_type).into(),
                format!("{} {}", other.provider, other.region).into(),
                usd(other.usd_per_month).into(),
                Cell::new(&other.bound_by),
                Cell::new(&other.lost_because),
            ]);
        }
        document.table(others);
    }
    document.list(notes.to_vec());
    document
}

fn step(quantity: &str, formula: impl Into<String>, result: impl Into<String>) -> [String; 3] {
    [quantity.to_owned(), formula.into(), result.into()]
}

fn rates(entry: &PlannedWorkload<'_>) -> Vec<[String; 3]> {
    let workload = entry.problem.workload;
    let mut steps = vec![
        step(
            "mean rate L0",
            format!("{} events / 86,400 s", whole(workload.events_per_day)),
            rate(workload.mean_rate()),
        ),
        step(
            "peak rate L",
            format!("{} x peak_factor {}", rate(workload.mean_rate()), significant(workload.peak_factor)),
            rate(workload.peak_rate()),
        ),
    ];
    if let Some(goal) = workload.catch_up {
        let how = format!(
            "{} x (1 + outage {} / drain {})",
            rate(workload.peak_rate()),
            seconds(goal.outage_seconds),
            seconds(goal.drain_seconds)
        );
        steps.push(step("design rate Ld", how, rate(workload.design_rate())));
    }
    steps
}

fn today(entry: &PlannedWorkload<'_>) -> Vec<[String; 3]> {
    let workload = entry.problem.workload;
    let it = &entry.problem.today;
    let name = &entry.problem.current.name;
    let member_rate = workload.member_rate_today(entry.problem.current.deployment);
    let fetching = match entry.problem.current.cpu.fetch {
        Some(_) => format!(" at {} a member", rate(member_rate)),
        None => String::new(),
    };
    let ratio = significant(workload.io_ratio);
    let times = times(workload);
    let wait = match (it.wait_basis, workload.handler_cost) {
        (WaitBasis::Given, _) if workload.io_wait_seconds.is_some() => format!("io_wait_ms, as given{times}"),
        (WaitBasis::Given, _) => "io_ratio 0: the handler does not wait".to_owned(),
        (WaitBasis::ShareOfHandler, HandlerCost::Wall { seconds: wall }) => {
            format!("io_ratio {ratio} x handler_ms {}{times}", seconds(wall))
        }
        _ => format!(
            "{ratio} / (1 - {ratio}) x CPU an event in {name}{fetching}, today's machine: inferred, usually too \
             small"
        ),
    };
    let speed = significant(entry.problem.speed_now());
    let speed_cur = entry.problem.current.provenance.vcpu_speed;
    let own = match workload.handler_cost {
        HandlerCost::Profile => "neither handler_ms nor observed_cores given".to_owned(),
        HandlerCost::Wall { seconds: wall } => {
            let call =
                entry.problem.current.cpu.io_call.as_ref().map_or(0.0, |call| call.at(workload.event_bytes));
            format!(
                "({}{times} - {}) x speed {speed}, less {}{times} x {} x speed {}; not below 0",
                seconds(wall),
                seconds(it.wait_seconds),
                calls(it.io_calls),
                seconds(call),
                significant(speed_cur)
            )
        }
        HandlerCost::ObservedCores { cores } => {
            let tried = match workload.outlook.attempts_per_event {
                1.0 => String::new(),
                attempts => format!(" with {} attempts", significant(attempts)),
            };
            let floor =
                profile_today(workload, entry.problem.current, it.io_calls, entry.problem.speed_now())
                    .unwrap_or(0.0);
            format!(
                "({} cores - {} x {} idle) / {} x speed {speed}, less {} in {name}{fetching} by profile{tried}; not below 0",
                significant(cores),
                workload.current_processes,
                significant(
                    entry.problem.current.cpu.idle_cores.value * speed_cur / entry.problem.speed_now()
                ),
                rate(workload.mean_rate()),
                seconds(floor)
            )
        }
    };
    vec![
        step("I/O wait w", wait, seconds(it.wait_seconds)),
        step("handler's own CPU H", own, seconds(it.handler_core_seconds)),
    ]
}

fn calls(calls: f64) -> String {
    format!("{} call{}", significant(calls), if calls == 1.0 { "" } else { "s" })
}

/// How often an event is handled, as a factor behind what one attempt takes; nothing where that is once.
fn times(workload: &Workload) -> String {
    match workload.outlook.attempts_per_event {
        1.0 => String::new(),
        attempts => format!(" x {} attempts", significant(attempts)),
    }
}

/// An event's share of its fetch, core-s at speed 1.0, for a member that reads so many events/s.
#[derive(Clone, Copy)]
struct Fetch {
    member_rate: f64,
    core_seconds: f64,
}

/// The parts of an event's CPU.
fn demand(entry: &PlannedWorkload<'_>, runtime: &Runtime, demand: &Demand, share: Fetch) -> Vec<[String; 3]> {
    let workload = entry.problem.workload;
    let it = &entry.problem.today;
    let cpu = &runtime.cpu;
    let speed = significant(runtime.provenance.vcpu_speed);
    let bytes = event_size(workload.event_bytes);
    let parts = |cost: &Linear| {
        format!(
            "({} + {} ns/B x {bytes})",
            seconds(cost.per_event.value),
            significant(cost.per_byte.value * 1e9)
        )
    };
    let linear = |cost: &Linear| format!("speed {speed} x {}", parts(cost));
    let mut steps = Vec::new();
    // Without a figure for the fetch, it is part of what consuming takes.
    let consume = match &cpu.fetch {
        None => "fetch",
        Some(fetch) => {
            let yields = share.core_seconds < demand.fetch.per_event(share.member_rate) * (1.0 - 1e-9);
            let how = format!(
                "speed {speed} x {} / {} events a fetch ({} a member, a round trip of {}){}",
                seconds(fetch.core_seconds.value),
                significant(demand.fetch.events_per_fetch(share.member_rate)),
                rate(share.member_rate),
                seconds(fetch.round_trip_seconds.value),
                if yields { ", at most what handling leaves of a core" } else { "" }
            );
            steps.push(step("fetch", how, seconds(share.core_seconds)));
            "hand over"
        }
    };
    steps.push(step(consume, linear(&cpu.consume), seconds(demand.consume)));
    let times = times(workload);
    if let Some(kind) = cpu.handler.get(&workload.handler) {
        steps.push(step(&workload.handler, linear(kind) + &times, seconds(demand.handler_kind)));
    }
    if let Some(io_call) = cpu.io_call.as_ref().filter(|_| it.io_calls > 0.0) {
        let each = match io_call.per_byte.value {
            0.0 => seconds(io_call.per_event.value),
            _ => parts(io_call),
        };
        let how = format!("speed {speed} x {} x {each}{times}", calls(it.io_calls));
        steps.push(step("downstream calls", how, seconds(demand.io_calls)));
    }
    if let Some(produce) = cpu.produce.as_ref().filter(|_| workload.produces > 0.0) {
        let how = format!("produces {} x {}", significant(workload.produces), linear(produce));
        steps.push(step("write", how, seconds(demand.produce)));
    }
    if it.handler_core_seconds > 0.0 {
        let native = workload.native_share;
        let factor = entry.problem.compute_factor(runtime, RangeEnd::Best);
        let how = format!(
            "H {} x ({} native + {} x compute factor {})",
            seconds(it.handler_core_seconds),
            significant(native),
            significant(1.0 - native),
            significant(factor)
        );
        steps.push(step("own code", how, seconds(demand.own_code)));
    }
    steps.push(step(
        "CPU an event, speed 1.0",
        "sum of the above",
        seconds(demand.handling() + share.core_seconds),
    ));
    steps
}

fn on_machine(machine: &Machine, demand: &Demand, sizing: &Sizing) -> Vec<[String; 3]> {
    let speed = machine.vcpu_speed.unwrap_or(1.0);
    let s = seconds(sizing.service.handling_seconds);
    let without = if demand.fetch.core_seconds > 0.0 { "without the fetch, " } else { "" };
    let service = step(
        "service time s",
        format!(
            "{without}{} / speed {} of {}",
            seconds(demand.handling()),
            significant(speed),
            machine.instance_type
        ),
        s.clone(),
    );
    let idle = significant(sizing.idle_cores);
    let (what, how) = match sizing.deployment {
        Deployment::Processes => ("one process takes", format!("(1 core - {idle} idle) / {s}")),
        Deployment::Threads => {
            let capacity = significant(sizing.relative_capacity);
            ("one instance takes", format!("({capacity} of {} vCPUs - {idle} idle) / {s}", machine.vcpus))
        }
    };
    vec![service, step(what, how, rate(sizing.member_rate()))]
}

fn constraints(plan: &Plan<'_>) -> Vec<ConstraintRow> {
    Constraint::ALL
        .into_iter()
        .filter(|&rule| applies(rule, plan))
        .map(|rule| {
            let instances = plan.sizing.least_instances(1, &[rule]);
            let members = |n| plan.sizing.least_members(n, &[rule]);
            ConstraintRow {
                rule,
                instances,
                members_per_instance: instances.and_then(members),
                because: because(rule, plan),
            }
        })
        .collect()
}

fn applies(rule: Constraint, plan: &Plan<'_>) -> bool {
    let sizing = &plan.sizing;
    match rule {
        Constraint::Latency => sizing.goal_seconds.is_some(),
        Constraint::Network => sizing.network_bits_per_second.is_some(),
        Constraint::Zone => sizing.policy.survive_zone_loss,
        Constraint::CatchUp => sizing.design_rate > sizing.peak_rate,
        _ => true,
    }
}

/// A rule's inequality at the planned count; of several, the one that is closest to its limit.
fn because(rule: Constraint, plan: &Plan<'_>) -> String {
    let sizing = &plan.sizing;
    let (n, members) = (plan.size.instances, plan.size.members_per_instance);
    if let Some(load) = sizing.tightest_load(rule, n, members) {
        return loaded(rule, load, sizing, n, members);
    }
    match rule {
        Constraint::Memory => format!(
            "{} used, {} of the machine to give; {} events in progress",
            memory(sizing.memory_bytes(n, members)),
            memory(sizing.usable_memory()),
            significant(sizing.events_in_flight(n, members))
        ),
        Constraint::Network => format!(
            "{} at most on one, {} to give",
            bit_rate(sizing.network_bits(n)),
            sizing.usable_network().map_or(NONE.into(), bit_rate)
        ),
        _ => format!(
            "p99 {}, goal {}",
            seconds(plan.size.p99_seconds),
            sizing.goal_seconds.map_or(NONE.into(), seconds)
        ),
    }
}

fn loaded(rule: Constraint, load: Load, sizing: &Sizing, instances: u64, members: u64) -> String {
    let policy = &sizing.policy;
    let (limit, up, at) = match rule {
        Constraint::Zone => (policy.max_utilization_degraded, policy.alive(instances), sizing.peak_rate),
        Constraint::CatchUp => (policy.max_utilization_degraded, instances, sizing.design_rate),
        _ => (policy.max_utilization, instances, sizing.peak_rate),
    };
    let left =
        if rule == Constraint::Zone { format!("{} left: ", plural(up, "instance")) } else { String::new() };
    let limit = percent(limit);
    let what = match load.on {
        LoadOn::Member => {
            let group = up.saturating_mul(members);
            format!(
                "busiest of {} takes {} of {}; may take {limit} x {} = {}",
                plural(group, "member"),
                percent(sizing.topic.busiest_member_share(group)),
                rate(at),
                rate(sizing.member_rate()),
                rate(load.limit)
            )
        }
        LoadOn::Instance => format!(
            "each of {} takes {}; may take {limit} of its cores, {}",
            plural(up, "instance"),
            rate(load.needs),
            rate(load.limit)
        ),
        LoadOn::InFlight
            if sizing.concurrency == Concurrency::Partition && sizing.topic.partitions.is_none() =>
        {
            "partitions are chosen to suffice".to_owned()
        }
        LoadOn::InFlight => format!(
            "busiest {} has {} events in progress; may have {limit} x in_flight {} = {}",
            sizing.concurrency,
            significant(load.needs),
            sizing.in_flight,
            significant(load.limit)
        ),
    };
    left + &what
}

fn bound(plan: &Plan<'_>) -> String {
    let n = plan.size.instances;
    let by = plan.size.bound_by.to_string();
    if by == "minimum" {
        let carried = plan.sizing.least_instances(1, &[Constraint::Cpu]).unwrap_or(1);
        format!(
            "{}: the policy's minimum, and no rule asks for more; the CPU alone asks for {}.",
            plural(n, "instance"),
            whole(carried as f64)
        )
    } else {
        format!("{}, bound by {by}: with {} that rule fails.", plural(n, "instance"), n - 1)
    }
}

fn outcome(plan: &Plan<'_>, entry: &PlannedWorkload<'_>) -> Vec<[String; 3]> {
    let (n, members) = (plan.size.instances, plan.size.members_per_instance);
    let sizing = &plan.sizing;
    let one_fewer = (members > 1).then(|| sizing.first_unmet(n, members - 1)).flatten();
    let workers = match (plan.runtime.deployment, one_fewer) {
        (Deployment::Threads, _) => "a thread on each vCPU of one binary".to_owned(),
        (Deployment::Processes, Some(rule)) => format!("with {} the rule {rule} fails", members - 1),
        (Deployment::Processes, None) => "one is enough".to_owned(),
    };
    let required = plan.size.partitions_required.map_or("no number".to_owned(), |p| whole(p as f64));
    let partitions = match entry.problem.workload.topic.partitions {
        Some(given) => format!("{given} given, {required} required"),
        None => format!("{required} required"),
    };
    let limit = sizing.policy.max_utilization;
    let skewed = sizing.topic.skew * sizing.peak_rate;
    let asked = format!(
        "most of members {}, slots {} x {} / ({} x {}) = {}, cores {} / ({} x {}) = {}{}",
        whole(n.saturating_mul(members) as f64),
        rate(skewed),
        seconds(sizing.own_seconds()),
        percent(limit),
        sizing.in_flight,
        significant(skewed * sizing.own_seconds() / (limit * f64::from(sizing.in_flight))),
        rate(skewed),
        percent(limit),
        rate(sizing.member_rate()),
        significant(skewed / (limit * sizing.member_rate())),
        if sizing.goal_seconds.is_some() { ", and the latency goal" } else { "" }
    );
    let p99 = format!(
        "the larger of the queues at the cores, {}, and for slots, {}",
        seconds(sizing.core_queue(n, members).percentile_beyond(BEYOND_P99)),
        seconds(sizing.slot_queue(n, members).percentile_beyond(BEYOND_P99))
    );
    let busy = format!(
        "{} x {} over {} of {}, and idling",
        rate(sizing.peak_rate),
        seconds(plan.service_seconds()),
        plural(n, "instance"),
        plural(u64::from(plan.machine.vcpus), "vCPU")
    );
    vec![
        step("workers an instance", workers, workers_of(plan)),
        step("partitions", asked, partitions),
        step("CPU at peak", busy, percent(plan.size.utilization_at_peak)),
        step("p99 at peak", p99, seconds(plan.size.p99_seconds)),
        step(
            "bill",
            format!("{n} x {} x 730 h", hourly(plan.usd_per_hour)),
            format!("{} a month", usd(plan.usd_per_month)),
        ),
    ]
}

fn runner_up(best: &Plan<'_>, other: &Plan<'_>) -> RunnerUp {
    let more = other.usd_per_month - best.usd_per_month;
    let lost_because = if more >= 0.005 {
        format!(
            "{} more a month: {} at {} where {} cost {}",
            usd(more),
            plural(other.size.instances, "instance"),
            hourly(other.usd_per_hour),
            best.size.instances,
            hourly(best.usd_per_hour)
        )
    } else if other.size.instances > best.size.instances {
        "same bill, more instances".to_owned()
    } else if other.machine.memory_bytes > best.machine.memory_bytes {
        "same bill and count, more memory than needed".to_owned()
    } else {
        "same in all; later by name".to_owned()
    };
    RunnerUp {
        provider: other.machine.provider.clone(),
        region: other.machine.region.clone(),
        instance_type: other.machine.instance_type.clone(),
        instances: other.size.instances,
        bound_by: other.size.bound_by.to_string(),
        usd_per_month: other.usd_per_month,
        lost_because,
    }
}

/// What to know of the figures behind an entry's explanations, as points of a list.
pub fn notes(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> Vec<String> {
    let mut points = notes_of(entry).into_iter().map(|note| format!("Note: {note}.")).collect::<Vec<_>>();
    let medians = super::medians::note([entry.problem.workload]);
    points.extend(
        super::plan::not_measured(fleet).into_iter().chain(medians).map(|text| format!("Note: {text}")),
    );
    points
}
