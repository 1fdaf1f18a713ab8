//! How a plan came about, each number with the numbers that it was made of.

use super::document::{Cell, Column, Document, Table};
use super::figures::{
    NONE, bit_rate, event_size, hourly, memory, percent, plural, rate, seconds, significant, usd, whole,
};
use super::recommendation;
use crate::decide::fleet::{Entry, Fleet};
use crate::model::capacity::Sizing;
use crate::model::demand::WaitBasis;
use crate::model::plan::{Plan, RangeEnd};
use crate::model::rule::Rule;
use crate::model::runtime::{Concurrency, Deployment, Runtime};
use crate::model::workload::HandlerCost;
use serde::Serialize;

/// How many of the machine types that lost are shown.
const RUNNERS_UP: usize = 3;

/// One rule and the count that it alone asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Constraint {
    /// The rule, as in `bound_by`.
    pub rule: Rule,
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
    pub constraints: Vec<Constraint>,
    /// What set the count, in words.
    pub bound: Option<String>,
    /// The next cheapest machine types.
    pub runners_up: Vec<RunnerUp>,
}

/// Takes the plan of one workload in one runtime apart.
pub fn explain(entry: &Entry<'_>, runtime: &Runtime, fleet: &Fleet<'_>) -> Explanation {
    let candidates = entry.problem.candidates(runtime, &fleet.machines, fleet.policy, RangeEnd::Best);
    let mut explanation = Explanation {
        workload: entry.problem.workload.name.clone(),
        runtime: runtime.name.clone(),
        reason: None,
        steps: rates(entry),
        constraints: Vec::new(),
        bound: None,
        runners_up: Vec::new(),
    };
    explanation.steps.extend(today(entry));
    match candidates {
        Err(reason) => explanation.reason = Some(reason.to_string()),
        Ok(plans) => {
            if let Some((best, others)) = plans.split_first() {
                explanation.steps.extend(demand(entry, best));
                explanation.steps.extend(on_machine(best));
                explanation.constraints = constraints(best);
                explanation.bound = Some(bound(best));
                explanation.steps.extend(outcome(best, entry));
                explanation.runners_up =
                    others.iter().take(RUNNERS_UP).map(|other| runner_up(best, other)).collect();
            }
        }
    }
    explanation
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
    document.list(notes.iter().map(|note| format!("Note: {note}.")).collect());
    document
}

fn step(quantity: &str, formula: impl Into<String>, result: impl Into<String>) -> [String; 3] {
    [quantity.to_owned(), formula.into(), result.into()]
}

fn rates(entry: &Entry<'_>) -> Vec<[String; 3]> {
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

fn today(entry: &Entry<'_>) -> Vec<[String; 3]> {
    let workload = entry.problem.workload;
    let it = &entry.problem.today;
    let name = &entry.problem.current.name;
    let ratio = significant(workload.io_ratio);
    let wait = match (it.wait_basis, workload.handler_cost) {
        (WaitBasis::Given, _) if workload.io_wait_seconds.is_some() => "io_wait_ms, as given".to_owned(),
        (WaitBasis::Given, _) => "io_ratio 0: the handler does not wait".to_owned(),
        (WaitBasis::ShareOfHandler, HandlerCost::Wall { seconds: wall }) => {
            format!("io_ratio {ratio} x handler_ms {}", seconds(wall))
        }
        _ => format!(
            "{ratio} / (1 - {ratio}) x CPU an event in {name}, today's machine: inferred, usually too small"
        ),
    };
    let own = match workload.handler_cost {
        HandlerCost::Profile => "neither handler_ms nor observed_cores given".to_owned(),
        HandlerCost::Wall { seconds: wall } => format!(
            "({} - {}) x speed of today's machine, less {} in {name}",
            seconds(wall),
            seconds(it.wait_seconds),
            calls(it.io_calls)
        ),
        HandlerCost::ObservedCores { cores } => format!(
            "{} cores observed / {}, less idling and what {name} takes to read an event",
            significant(cores),
            rate(workload.mean_rate())
        ),
    };
    vec![
        step("I/O wait w", wait, seconds(it.wait_seconds)),
        step("handler's own CPU H", own, seconds(it.handler_core_seconds)),
    ]
}

fn calls(calls: f64) -> String {
    format!("{} call{}", significant(calls), if calls == 1.0 { "" } else { "s" })
}

fn demand(entry: &Entry<'_>, plan: &Plan<'_>) -> Vec<[String; 3]> {
    let workload = entry.problem.workload;
    let it = &entry.problem.today;
    let cpu = &plan.runtime.cpu;
    let speed = significant(plan.runtime.provenance.vcpu_speed);
    let bytes = event_size(workload.event_bytes);
    let linear = |cost: &crate::model::runtime::Linear| {
        format!(
            "speed {speed} x ({} + {} ns/B x {bytes})",
            seconds(cost.per_event.value),
            significant(cost.per_byte.value * 1e9)
        )
    };
    let mut steps = vec![step("fetch", linear(&cpu.consume), seconds(plan.demand.consume))];
    if let Some(kind) = cpu.handler.get(&workload.handler) {
        steps.push(step(&workload.handler, linear(kind), seconds(plan.demand.handler_kind)));
    }
    if let Some(io_call) = cpu.io_call.as_ref().filter(|_| it.io_calls > 0.0) {
        let how = format!("speed {speed} x {} x {}", calls(it.io_calls), seconds(io_call.value));
        steps.push(step("downstream calls", how, seconds(plan.demand.io_calls)));
    }
    if let Some(produce) = cpu.produce.as_ref().filter(|_| workload.produces > 0.0) {
        let how = format!("{} writes x {}", significant(workload.produces), linear(produce));
        steps.push(step("write", how, seconds(plan.demand.produce)));
    }
    if it.handler_core_seconds > 0.0 {
        let native = workload.native_share;
        let factor = entry.problem.compute_factor(plan.runtime, RangeEnd::Best);
        let how = format!(
            "H {} x ({} native + {} x compute factor {})",
            seconds(it.handler_core_seconds),
            significant(native),
            significant(1.0 - native),
            significant(factor)
        );
        steps.push(step("own code", how, seconds(plan.demand.own_code)));
    }
    steps.push(step("CPU an event, speed 1.0", "sum of the above", seconds(plan.demand.total())));
    steps
}

fn on_machine(plan: &Plan<'_>) -> Vec<[String; 3]> {
    let sizing = &plan.sizing;
    let machine = plan.machine;
    let speed = machine.vcpu_speed.unwrap_or(1.0);
    let service = step(
        "service time s",
        format!(
            "{} / speed {} of {}",
            seconds(plan.demand.total()),
            significant(speed),
            machine.instance_type
        ),
        seconds(sizing.service_seconds),
    );
    let s = seconds(sizing.service_seconds);
    let idle = significant(sizing.idle_cores);
    let member = match sizing.deployment {
        Deployment::Processes => step("one process takes", format!("(1 core - {idle} idle) / {s}"), ""),
        Deployment::Threads => step(
            "one instance takes",
            format!(
                "({} of {} vCPUs - {idle} idle) / {s}",
                significant(sizing.relative_capacity),
                machine.vcpus
            ),
            "",
        ),
    };
    let [quantity, formula, _] = member;
    vec![service, [quantity, formula, rate(sizing.member_rate())]]
}

fn constraints(plan: &Plan<'_>) -> Vec<Constraint> {
    let asked: Vec<Rule> = Rule::ALL.into_iter().filter(|&rule| applies(rule, plan)).collect();
    asked
        .into_iter()
        .map(|rule| {
            let instances = plan.sizing.least_instances(1, &[rule]);
            let members = |n| plan.sizing.least_members(n, &[rule]);
            Constraint {
                rule,
                instances,
                members_per_instance: instances.and_then(members),
                because: because(rule, plan),
            }
        })
        .collect()
}

fn applies(rule: Rule, plan: &Plan<'_>) -> bool {
    let sizing = &plan.sizing;
    match rule {
        Rule::Latency => sizing.goal_seconds.is_some(),
        Rule::Network => sizing.network_bits_per_second.is_some(),
        Rule::Zone => sizing.policy.survive_zone_loss,
        Rule::CatchUp => sizing.design_rate > sizing.peak_rate,
        _ => true,
    }
}

/// A rule's inequality at the planned count.
fn because(rule: Rule, plan: &Plan<'_>) -> String {
    let sizing = &plan.sizing;
    let (n, members) = (plan.size.instances, plan.size.members_per_instance);
    let policy = &sizing.policy;
    match rule {
        Rule::Cpu => cores(sizing, sizing.peak_rate, policy.max_utilization, n, members),
        Rule::Slots => slots(sizing, members * n),
        Rule::Zone => {
            let alive = policy.alive(n);
            format!(
                "{} left: {}",
                plural(alive, "instance"),
                cores(sizing, sizing.peak_rate, policy.max_utilization_degraded, alive.max(1), members)
            )
        }
        Rule::CatchUp => cores(sizing, sizing.design_rate, policy.max_utilization_degraded, n, members),
        Rule::Memory => format!(
            "{} used, {} of the machine to give; {} events in progress",
            memory(sizing.memory_bytes(n, members)),
            memory(sizing.usable_memory()),
            significant(sizing.events_in_flight(n, members))
        ),
        Rule::Network => format!(
            "{} at most on one, {} to give",
            bit_rate(sizing.network_bits(n)),
            sizing.usable_network().map_or(NONE.into(), bit_rate)
        ),
        Rule::Latency => format!(
            "p99 {} (cores {}, slots {}), goal {}",
            seconds(plan.size.p99_seconds),
            seconds(sizing.core_queue(n, members).percentile_beyond(0.01)),
            seconds(sizing.slot_queue(n, members).percentile_beyond(0.01)),
            sizing.goal_seconds.map_or(NONE.into(), seconds)
        ),
    }
}

fn cores(sizing: &Sizing, at: f64, limit: f64, instances: u64, members: u64) -> String {
    let share = sizing.topic.busiest_member_share(instances * members);
    format!(
        "busiest of {} takes {} of {}; may take {} x {} = {}",
        plural(instances * members, "member"),
        percent(share),
        rate(at),
        percent(limit),
        rate(sizing.member_rate()),
        rate(limit * sizing.member_rate())
    )
}

fn slots(sizing: &Sizing, members: u64) -> String {
    let limit = sizing.policy.max_utilization * f64::from(sizing.in_flight);
    let chosen_freely = sizing.concurrency == Concurrency::Partition && sizing.topic.partitions.is_none();
    let holder = match sizing.concurrency {
        Concurrency::Partition => "partition",
        Concurrency::Consumer => "consumer",
    };
    if chosen_freely {
        return "partitions are chosen to suffice".to_owned();
    }
    format!(
        "busiest {holder} has {} events in progress; may have {} x in_flight {} = {}",
        significant(sizing.in_progress(sizing.peak_rate, members)),
        percent(sizing.policy.max_utilization),
        sizing.in_flight,
        significant(limit)
    )
}

fn bound(plan: &Plan<'_>) -> String {
    let n = plan.size.instances;
    let by = plan.size.bound_by.to_string();
    if by == "minimum" {
        let carried = plan.sizing.least_instances(1, &[Rule::Cpu]).unwrap_or(1);
        format!(
            "{}: the policy's minimum; the CPU alone would need {}.",
            plural(n, "instance"),
            plural(carried, "instance")
        )
    } else {
        format!("{}, bound by {by}: with {} that rule fails.", plural(n, "instance"), n - 1)
    }
}

fn outcome(plan: &Plan<'_>, entry: &Entry<'_>) -> Vec<[String; 3]> {
    let n = plan.size.instances;
    let partitions = match (entry.problem.workload.topic.partitions, plan.size.partitions_required) {
        (Some(given), Some(required)) => format!("{given} given, {} required", whole(required as f64)),
        (Some(given), None) => format!("{given} given, no number suffices"),
        (None, Some(required)) => format!("{} required", whole(required as f64)),
        (None, None) => "no number suffices".to_owned(),
    };
    vec![
        step(
            "workers an instance",
            match plan.runtime.deployment {
                Deployment::Processes => "the least W with which the rules hold",
                Deployment::Threads => "a thread on each vCPU of one binary",
            },
            recommendation::workers(plan),
        ),
        step("partitions", "members and slots of the busiest partition", partitions),
        step(
            "CPU at peak",
            format!(
                "{} x {} over {} of {}, and idling",
                rate(plan.sizing.peak_rate),
                seconds(plan.sizing.service_seconds),
                plural(n, "instance"),
                plural(u64::from(plan.machine.vcpus), "vCPU")
            ),
            percent(plan.size.utilization_at_peak),
        ),
        step("p99 at peak", "the larger of the cores' and the slots' queue", seconds(plan.size.p99_seconds)),
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

/// What to know of the figures behind an entry's explanations.
pub fn notes(entry: &Entry<'_>) -> Vec<String> {
    let mut notes = recommendation::notes(entry);
    notes.extend(recommendation::grounds(entry).map(|text| text.trim_end_matches('.').to_owned()));
    notes
}
