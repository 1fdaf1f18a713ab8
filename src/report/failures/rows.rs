//! What a failure does to a plan: what a row of `failures` has.

use crate::report::column::{Column, Value, columns};
use crate::report::shown::instances;
use std::cmp::Ordering;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::failure::{FailureScenario, Impact, Pause};
use tonnage_model::scenario::failures::{Failures, RuntimeFailures};

/// Names of the two rates.
const MEAN: &str = "mean";
const PEAK: &str = "peak";

/// What one scenario does to a plan at one rate; a runtime without a plan has one row that says why.
pub struct ScenarioRow<'a> {
    pub(super) failures: &'a Failures<'a>,
    pub(super) runtime: &'a Runtime,
    pub(super) planned: Result<&'a RuntimeFailures<'a>, &'a NoPlan>,
    pub(super) at: Option<At<'a>>,
}

/// A scenario while events arrive at one rate.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) scenario: FailureScenario,
    pub(super) rate: &'static str,
    pub(super) events_per_second: f64,
    pub(super) impact: &'a Impact,
}

/// A plan under retries and with a poison message.
pub struct PlanRow<'a> {
    pub(super) failures: &'a Failures<'a>,
    pub(super) runtime: &'a Runtime,
    pub(super) it: &'a RuntimeFailures<'a>,
}

impl<'a> ScenarioRow<'a> {
    /// Of which workload and runtime it is.
    pub(super) fn key(&self) -> (&'a str, &'a str) {
        (self.workload(), &self.runtime.name)
    }

    pub(super) fn workload(&self) -> &'a str {
        &self.failures.problem.workload.name
    }

    pub(super) fn plan(&self) -> Option<&'a Plan<'a>> {
        Some(&self.planned.ok()?.plan)
    }

    pub(super) fn impact(&self) -> Option<&'a Impact> {
        Some(self.at?.impact)
    }

    pub(super) fn pause(&self) -> Option<&'a Pause> {
        Some(&self.impact()?.standstill)
    }

    pub(super) fn is_at_peak(&self) -> bool {
        self.at.is_none_or(|at| at.rate == PEAK)
    }

    pub(super) fn never_drains(&self) -> bool {
        self.impact().is_some_and(|impact| impact.drain_seconds.is_infinite())
    }

    /// How long the p99 goal is missed, if there is one, s.
    pub(super) fn goal_missed(&self) -> Option<f64> {
        self.impact()?.goal_missed_seconds
    }

    /// How long the p99 goal is missed, then how long it takes to drain, s, and how many events wait; without a goal what is never
    /// drained misses any.
    pub(super) fn harm(&self) -> [f64; 3] {
        let missed = if self.never_drains() { f64::INFINITY } else { self.goal_missed().unwrap_or(0.0) };
        self.impact().map_or([0.0; 3], |it| [missed, it.drain_seconds, it.lag_events])
    }

    /// Whether nothing reads until what failed is back.
    pub(super) fn is_down(&self) -> bool {
        self.pause().is_some_and(|pause| pause.seconds.is_infinite())
    }

    /// Whether it was planned for: not where nothing is left, or a zone need not be survived.
    pub(super) fn is_planned_for(&self) -> bool {
        let is_zone = self.at.is_some_and(|at| at.scenario == FailureScenario::ZoneLost);
        let survives = self.plan().is_none_or(|plan| plan.sizing.policy.survive_zone_loss);
        !self.is_down() && (survives || !is_zone)
    }
}

/// Columns of the scenarios.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<ScenarioRow<'a>>> {
    columns! { ScenarioRow<'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => it.workload();
        "runtime" ["runtime" Word Grouped], "Runtime" => &it.runtime.name;
        "feasible", "Whether there is a plan" => it.planned.is_ok();
        "reason", "Why there is none" => it.planned.err().map(NoPlan::to_string);
        "scenario" ["scenario" Word Always], "`crash`, `instance_lost`, `zone_lost` or `deploy`" =>
            it.at.map(|it| it.scenario.word());
        "rate", "`mean` or `peak`" => it.at.map(|it| it.rate);
        "events_per_second", "Arrivals, events/s" => it.at.map(|it| it.events_per_second);
        "instance_type", "Machine type" => it.plan().map(|it| &it.machine.instance_type);
        "runs_today", "Whether these machines run today; if not, they are planned" => it.failures.runs_today(it.runtime);
        "instances", "Instances; pods where these run today" => it.plan().map(|it| it.count.instances);
        "instances_left", "Instances left" => it.pause().map(|it| it.instances_left);
        "share" ["share" Share Rank(2)], "Share of all events that pause" => it.pause().map(|it| it.share);
        "stopped_seconds" ["pause" Span Rank(1)], "How long these events pause, s" =>
            time(it.pause().map(|it| it.seconds));
        "stops" ["times" Count Rank(5)], "Pauses" => it.pause().map(|it| it.stops);
        "others_stopped_seconds" ["others" Span Rank(3)], "Pause of all others, s" =>
            time(it.pause().map(|it| it.others_seconds));
        "redone_events" ["redone" Events Rank(4)], "Events handled again: in flight as members go, or handled and not committed" =>
            it.impact().map(|it| it.redone_events);
        "lag_events" ["lag" Events Always], "Events that wait at most" => time(it.impact().map(|it| it.lag_events));
        "oldest_seconds" ["oldest" Span Rank(6)], "Age of the oldest when handled, s" =>
            time(it.impact().map(|it| it.oldest_seconds));
        "drain_seconds" ["drained in" Span Always], "From the pause until none waits, s" =>
            time(it.impact().map(|it| it.drain_seconds));
        "drains", "Whether it is drained at all" => it.impact().map(|_| !it.never_drains());
        "goal_missed_seconds" ["p99 missed" Span Always], "Time beyond the p99 goal, s" => time(it.goal_missed());
    }
}

#[rustfmt::skip]
fn keys<'a>() -> Vec<Column<PlanRow<'a>>> {
    columns! { PlanRow<'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => &it.failures.problem.workload.name;
        "runtime" ["runtime" Word Always], "Runtime" => &it.runtime.name;
    }
}

/// Columns of plans under retries.
#[rustfmt::skip]
pub fn retry_columns<'a>() -> Vec<Column<PlanRow<'a>>> {
    let rest = columns! { PlanRow<'a>, it;
        "machines" ["machines" Word Table(1)], "Instances and type" => instances(&it.it.plan, it.failures.in_pods(it.runtime));
        "attempts_per_event" ["attempts" Number Always], "Times an event is handled, planned for" =>
            it.it.retries.attempts;
        "cpu_at_peak" ["CPU" Share Always], "Share of the vCPUs busy at peak; none of pods, which share them" => (!it.failures.in_pods(it.runtime)).then(|| it.it.plan.cpu_at_peak());
        "utilization_without_retries" ["without retries" Share Rank(2)], "The same with one attempt" =>
            (!it.failures.in_pods(it.runtime)).then_some(it.it.retries.utilization_without);
        "holds_up_to_attempts" ["holds up to" Number Always], "Most attempts that hold, up to 1,000" =>
            it.it.retries.holds_up_to;
        "breaks" ["then breaks" Word Always], "The constraint that breaks first beyond these" =>
            it.it.retries.breaks.map(|rule| rule.to_string());
    };
    keys().into_iter().chain(rest).collect()
}

/// Columns of a poison message: one on the busiest partition that fails each time.
#[rustfmt::skip]
pub fn poison_columns<'a>() -> Vec<Column<PlanRow<'a>>> {
    let rest = columns! { PlanRow<'a>, it;
        "concurrency" ["stops" Word Always], "Whether `partition` or `consumer` stops" =>
            it.it.poison.concurrency.to_string();
        "in_flight_left" ["in flight left" Count Always], "Events that may be in flight beside it" =>
            it.it.poison.in_flight_left;
        "load_of_in_flight_left" ["used" Share Rank(1)], "Events in flight over these" => {
            let load = Some(it.it.poison.load_of_in_flight_left).filter(|load| load.is_finite());
            if load > Some(1.0) { Value::from(load).bad() } else { load.into() }
        };
        "blocked_share" ["blocked" Share Always], "Share of all events that wait behind it" =>
            it.it.poison.blocked_share;
        "blocked_events_per_minute" ["blocked/min" Number Always], "Events that pile up behind it" =>
            it.it.poison.blocked_per_minute;
        "uncommitted_events_per_minute" ["uncommitted/min" Number Rank(2)], "Events not to be committed" =>
            it.it.poison.uncommitted_per_minute;
    };
    keys().into_iter().chain(rest).collect()
}

/// What does not end by itself is bad.
fn time<'r>(seconds: Option<f64>) -> Value<'r> {
    match seconds {
        Some(endless) if endless.is_infinite() => Value::from(endless).bad(),
        seconds => seconds.into(),
    }
}

pub(super) fn worse(one: &&ScenarioRow<'_>, other: &&ScenarioRow<'_>) -> Ordering {
    one.harm().partial_cmp(&other.harm()).unwrap_or(Ordering::Equal)
}

/// All rows of a workload.
pub(super) fn rows_of<'a>(failures: &'a Failures<'a>) -> Vec<ScenarioRow<'a>> {
    let of_runtimes = failures.by_runtime.iter();
    of_runtimes.flat_map(|(runtime, planned)| scenarios(failures, runtime, planned.as_ref())).collect()
}

fn scenarios<'a>(
    failures: &'a Failures<'a>,
    runtime: &'a Runtime,
    planned: Result<&'a RuntimeFailures<'a>, &'a NoPlan>,
) -> Vec<ScenarioRow<'a>> {
    let row = |at| ScenarioRow { failures, runtime, planned, at };
    let Ok(found) = planned else { return vec![row(None)] };
    let workload = failures.problem.workload;
    let both = found.impacts.iter().flat_map(|it| {
        [(MEAN, workload.mean_rate(), &it.at_mean), (PEAK, workload.peak_rate(), &it.at_peak)].map(
            |(rate, events_per_second, impact)| At { scenario: it.scenario, rate, events_per_second, impact },
        )
    });
    both.map(|at| row(Some(at))).collect()
}
