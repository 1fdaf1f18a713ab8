//! Failure scenarios: what each leaves behind, what retries take, and what a poison message stops.

mod charts;

use crate::report::chart::Chart;
use crate::report::column::{Column, Value, columns};
use crate::report::document::Document;
use crate::report::figures::{events, listed, percent, plural, span};
use crate::report::records::Records;
use crate::report::shown::{IN_SUMMARY, MOST_NAMED, in_summary, on_which_machines};
use crate::report::{Report, assumed};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings, Impact, Pause};
use tonnage_model::scenario::failures::{Failures, RuntimeFailures};

/// Names of the two rates.
const MEAN: &str = "mean";
const PEAK: &str = "peak";

/// What one scenario does to a plan at one rate; a runtime without a plan has one row that says why.
pub struct ScenarioRow<'a> {
    failures: &'a Failures<'a>,
    runtime: &'a Runtime,
    planned: Result<&'a RuntimeFailures<'a>, &'a NoPlan>,
    at: Option<At<'a>>,
}

/// A scenario while events arrive at one rate.
#[derive(Clone, Copy)]
struct At<'a> {
    scenario: FailureScenario,
    rate: &'static str,
    events_per_second: f64,
    impact: &'a Impact,
}

/// A plan under retries and with a poison message.
pub struct PlanRow<'a> {
    failures: &'a Failures<'a>,
    runtime: &'a Runtime,
    it: &'a RuntimeFailures<'a>,
}

impl<'a> ScenarioRow<'a> {
    /// Of which workload and runtime it is.
    fn key(&self) -> (&'a str, &'a str) {
        (self.workload(), &self.runtime.name)
    }

    fn workload(&self) -> &'a str {
        &self.failures.problem.workload.name
    }

    fn plan(&self) -> Option<&'a Plan<'a>> {
        Some(&self.planned.ok()?.plan)
    }

    fn impact(&self) -> Option<&'a Impact> {
        Some(self.at?.impact)
    }

    fn pause(&self) -> Option<&'a Pause> {
        Some(&self.impact()?.standstill)
    }

    fn is_at_peak(&self) -> bool {
        self.at.is_none_or(|at| at.rate == PEAK)
    }

    fn never_drains(&self) -> bool {
        self.impact().is_some_and(|impact| impact.drain_seconds.is_infinite())
    }

    /// Whether nothing reads until what failed is back.
    fn is_down(&self) -> bool {
        self.pause().is_some_and(|pause| pause.seconds.is_infinite())
    }

    /// Whether it was planned for: not where nothing is left, or a zone need not be survived.
    fn is_planned_for(&self) -> bool {
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
        "instances", "Instances" => it.plan().map(|it| it.count.instances);
        "instances_left", "Instances left" => it.pause().map(|it| it.instances_left);
        "share" ["share" Share Rank(1)], "Share of all events that pause" => it.pause().map(|it| it.share);
        "stopped_seconds" ["pause" Span Always], "How long these events pause, s" =>
            time(it.pause().map(|it| it.seconds));
        "stops" ["times" Count Rank(3)], "Pauses" => it.pause().map(|it| it.stops);
        "others_stopped_seconds" ["others" Span Rank(2)], "Pause of all others, s" =>
            time(it.pause().map(|it| it.others_seconds));
        "lag_events" ["lag" Events Always], "Events that wait at most" => time(it.impact().map(|it| it.lag_events));
        "oldest_seconds" ["oldest" Span Rank(5)], "Age of the oldest when handled, s" =>
            time(it.impact().map(|it| it.oldest_seconds));
        "drain_seconds" ["drained in" Span Always], "From the pause until none waits, s" =>
            time(it.impact().map(|it| it.drain_seconds));
        "drains", "Whether it is drained at all" => it.impact().map(|_| !it.never_drains());
        "goal_missed_seconds" ["p99 missed" Span Rank(4)], "Time beyond the p99 goal, s" =>
            time(it.impact().and_then(|it| it.goal_missed_seconds));
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
        "machines" ["machines" Word Table(1)], "Instances and type" => Machines::of(&it.it.plan).to_string();
        "attempts_per_event" ["attempts" Number Always], "Times an event is handled, planned for" =>
            it.it.retries.attempts;
        "cpu_at_peak" ["CPU" Share Always], "Share of the vCPUs busy at peak" => it.it.plan.cpu_at_peak();
        "utilization_without_retries" ["without retries" Share Rank(2)], "The same with one attempt" =>
            it.it.retries.utilization_without;
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

fn subject(scenario: FailureScenario) -> &'static str {
    match scenario {
        FailureScenario::Crash => "a crash",
        FailureScenario::InstanceLost => "a lost instance",
        FailureScenario::ZoneLost => "a lost zone",
        FailureScenario::Deploy => "a deploy",
    }
}

/// What failures do to the plans of some workloads.
pub struct FailureReport<'a> {
    failures: &'a [Failures<'a>],
    has_details: bool,
    scenarios: Vec<ScenarioRow<'a>>,
    plans: Vec<PlanRow<'a>>,
}

impl<'a> FailureReport<'a> {
    /// The report; with details its tables have every scenario and runtime, else the worst for each workload.
    pub fn new(failures: &'a [Failures<'a>], has_details: bool) -> Self {
        let of_workload = |failures: &'a Failures<'a>| {
            let planned = failures.by_runtime.iter();
            planned
                .filter_map(move |(runtime, it)| Some(PlanRow { failures, runtime, it: it.as_ref().ok()? }))
        };
        let plans = failures.iter().flat_map(of_workload).collect();
        let scenarios = failures.iter().flat_map(rows_of).collect();
        Self { failures, has_details, scenarios, plans }
    }

    /// Whether a workload counts in what is said of all: where its inputs can be, or nobody's can.
    fn counts(&self, failures: &Failures<'_>) -> bool {
        failures.is_believed || !self.failures.iter().any(|it| it.is_believed)
    }

    /// The worst scenario at peak for each workload and runtime of the summary, the worst workload first, and last what does not
    /// count.
    fn worst<'r>(&'r self) -> Vec<&'r ScenarioRow<'a>> {
        let of_workload = |rows: &'r [ScenarioRow<'a>]| {
            let failures = rows[0].failures;
            let planned: Vec<&Runtime> = failures.by_runtime.iter().map(|(runtime, _)| *runtime).collect();
            let shown = in_summary(&planned, failures.problem.current, failures.recommended);
            shown.into_iter().filter_map(move |runtime| {
                let of_runtime = rows.iter().filter(|row| row.runtime.name == runtime.name);
                of_runtime.filter(|row| row.is_at_peak() && row.is_planned_for()).max_by(worse)
            })
        };
        let of_each = self.scenarios.chunk_by(|one, other| one.workload() == other.workload());
        let mut of_each: Vec<Vec<&'r ScenarioRow<'a>>> =
            of_each.map(|rows| of_workload(rows).collect()).collect();
        of_each.sort_by(|one, other| {
            let counts = |rows: &[&ScenarioRow<'_>]| rows.iter().any(|row| self.counts(row.failures));
            let by_harm = first(other).zip(first(one)).map(|(other, one)| worse(&other, &one));
            counts(other).cmp(&counts(one)).then(by_harm.unwrap_or(Ordering::Equal))
        });
        of_each.into_iter().flatten().collect()
    }

    fn heading(&self, worst: &[&ScenarioRow<'_>]) -> String {
        let Some((row, At { scenario, impact, .. })) = first(worst).and_then(|row| Some((row, row.at?)))
        else {
            return "No workload has a plan".to_owned();
        };
        let Pause { share, seconds, others_seconds, .. } = impact.standstill;
        let others = match others_seconds > 0.0 {
            true => format!(" and the rest for {}", span(others_seconds)),
            false => String::new(),
        };
        let pause = format!(
            "{} pauses {} of {} in {} for {}{others}",
            subject(scenario),
            percent(share),
            row.workload(),
            row.runtime.name,
            span(seconds)
        );
        let lag = events(impact.lag_events);
        if impact.drain_seconds.is_finite() {
            let drained = span(impact.drain_seconds);
            return format!("Longest to catch up at peak, {drained}: {pause}; {lag} events wait");
        }
        if self.failures.len() == 1 {
            return format!("Cannot catch up after a failure at peak: {pause}; {lag} events wait");
        }
        let stuck = worst.iter().filter(|row| row.never_drains() && self.counts(row.failures));
        let stuck: BTreeSet<&str> = stuck.map(|row| row.workload()).collect();
        let all = self.failures.iter().filter(|it| self.counts(it)).count();
        format!(
            "{} of {} cannot catch up after a failure at peak. Worst: {pause}; {lag} events wait",
            stuck.len(),
            plural(all as u64, "workload")
        )
    }

    fn notes(&self, shown: &[&ScenarioRow<'_>]) -> Vec<String> {
        let mut notes: Vec<String> = assumed::notes(self.failures.iter().map(|it| it.problem.workload));
        let no_plan = |row: &&ScenarioRow<'_>| {
            let reason = row.planned.err()?;
            Some(format!("{} in {}: no plan, as {reason}.", row.workload(), row.runtime.name))
        };
        notes.extend(shown.iter().filter_map(no_plan));
        let kept = self.failures.iter().map(|it| (it.problem.workload.name.as_str(), it.kept));
        notes.extend(on_which_machines(kept));
        let keys: BTreeSet<(&str, &str)> = shown.iter().map(|row| row.key()).collect();
        let down = self.scenarios.iter().filter(|row| row.is_down() && keys.contains(&row.key()));
        let down: BTreeSet<&str> = down.map(|row| row.workload()).collect();
        if !down.is_empty() {
            let names = listed(down, MOST_NAMED);
            notes.push(format!("On one machine, so down until that is back where it is lost: {names}."));
        }
        if shown.iter().any(|row| row.never_drains() && !row.is_down()) {
            notes.push(
                "unbounded: what is left is no faster than the peak, so the lag grows until the peak is over or \
                 instances come back."
                    .into(),
            );
        }
        let unknown: BTreeSet<&str> = shown
            .iter()
            .filter(|row| row.planned.is_ok() && row.runtime.startup_seconds.is_none())
            .map(|row| row.runtime.name.as_str())
            .collect();
        if !unknown.is_empty() {
            let names: Vec<&str> = unknown.into_iter().collect();
            notes.push(format!("The startup time of {} is not known and counts as 0 s.", names.join(", ")));
        }
        notes.extend(self.failures.first().map(|it| group(&it.settings)));
        notes.push(
            "pause: of the given share of events, on the partitions of what failed; others: of all other events. \
             drained: after the pause, with events arriving at peak and all of the CPU in use, \
             as a fluid; tonnage simulate --fail zone goes event by event."
                .into(),
        );
        notes
    }
}

/// The worst row of the workload that is first.
fn first<'r, 'a>(rows: &[&'r ScenarioRow<'a>]) -> Option<&'r ScenarioRow<'a>> {
    let of_first = rows.iter().copied().take_while(|row| row.workload() == rows[0].workload());
    of_first.max_by(worse)
}

fn worse(one: &&ScenarioRow<'_>, other: &&ScenarioRow<'_>) -> Ordering {
    let of = |row: &ScenarioRow<'_>| row.impact().map_or((0.0, 0.0), |it| (it.drain_seconds, it.lag_events));
    let ((drain, lag), (other_drain, other_lag)) = (of(one), of(other));
    drain.total_cmp(&other_drain).then(lag.total_cmp(&other_lag))
}

/// All rows of a workload.
fn rows_of<'a>(failures: &'a Failures<'a>) -> Vec<ScenarioRow<'a>> {
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

fn group(settings: &GroupSettings) -> String {
    let GroupSettings { session_timeout_seconds, rebalance_seconds, assignor, deploy_pause_seconds } =
        *settings;
    let assignor = match assignor {
        Assignor::Eager => {
            "eager assignor: all consumers pause during a rebalance, and after a crash until the group gives the dead \
             one up"
        }
        Assignor::Cooperative => "cooperative assignor: consumers keep reading what does not move",
    };
    format!(
        "Session timeout {}, rebalance {} (--session-timeout, --rebalance); {assignor} (--assignor). A deploy replaces \
         one instance after another, {} apart (--deploy-pause).",
        span(session_timeout_seconds),
        span(rebalance_seconds),
        span(deploy_pause_seconds)
    )
}

impl<'a> Report for FailureReport<'a> {
    fn charts(&self) -> Vec<Chart> {
        first(&self.worst()).and_then(|row| self.lag(row)).into_iter().collect()
    }

    fn document(&self) -> Document {
        let mut document = Document::default();
        let worst = self.worst();
        let has_many = self.failures.len() > 1;
        let table = |records: Records<'_>| records.keep(|it| has_many || it.name != "workload").table();
        let scenarios =
            |rows: &[&ScenarioRow<'a>]| table(Records::of("scenarios", &columns(), rows.iter().copied()));
        document.heading(self.heading(&worst));
        self.charts().into_iter().for_each(|chart| document.chart(chart));
        if !self.has_details {
            document.table(scenarios(&worst));
            document.list(self.notes(&worst));
            document.paragraph(format!(
                "{IN_SUMMARY} --details, or --workload NAME, shows all runtimes and scenarios, retries and a poison \
                 message."
            ));
            return document;
        }
        let place = |name: &str| worst.iter().position(|row| row.workload() == name).unwrap_or(worst.len());
        let mut all: Vec<&ScenarioRow<'a>> = self.scenarios.iter().collect();
        all.sort_by_key(|row| place(row.workload()));
        let mut plans: Vec<&PlanRow<'a>> = self.plans.iter().collect();
        plans.sort_by_key(|row| place(&row.failures.problem.workload.name));
        let plans = || plans.iter().copied();
        let at_peak: Vec<&ScenarioRow<'_>> =
            all.iter().copied().filter(|row| row.is_at_peak() && row.at.is_some()).collect();
        document.table(scenarios(&at_peak));
        document
            .paragraph_on("Retries", "attempts an event that each plan is made for, and how many it holds.");
        document.table(table(Records::of("retries", &retry_columns(), plans())));
        document.paragraph_on("A poison message", "one on the busiest partition that fails each time.");
        document.table(table(Records::of("poison_messages", &poison_columns(), plans())));
        document.list(self.notes(&all));
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("scenarios", &columns(), &self.scenarios),
            Records::of("retries", &retry_columns(), &self.plans),
            Records::of("poison_messages", &poison_columns(), &self.plans),
        ]
    }
}
