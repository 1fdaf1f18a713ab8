//! Failure scenarios: what each leaves behind, what retries take, and what a poison message stops.

use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{percent, plural, span, whole};
use super::records::Records;
use super::shown::{IN_SUMMARY, in_summary};
use super::{Report, medians};
use std::collections::BTreeSet;
use tonnage_model::decide::options::Machines;
use tonnage_model::plan::NoPlan;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings, Impact};
use tonnage_model::scenario::failures::{Failures, RuntimeFailures};

/// Rate at which events arrive during a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rate {
    Mean,
    Peak,
}

/// What one scenario does to a plan at one rate; a runtime without a plan has one row that says why.
pub struct ScenarioRow<'a> {
    failures: &'a Failures<'a>,
    runtime: &'a Runtime,
    planned: Result<&'a RuntimeFailures<'a>, &'a NoPlan>,
    impact: Option<(FailureScenario, Rate, &'a Impact)>,
}

/// A plan under retries and with a poison message.
pub struct PlanRow<'a> {
    failures: &'a Failures<'a>,
    runtime: &'a Runtime,
    it: &'a RuntimeFailures<'a>,
}

impl<'a> ScenarioRow<'a> {
    fn impact(&self) -> Option<&'a Impact> {
        self.impact.map(|(_, _, impact)| impact)
    }

    fn is_at_peak(&self) -> bool {
        matches!(self.impact, Some((_, Rate::Peak, _)))
    }
}

/// Columns of the scenarios.
pub fn columns<'a>() -> Vec<Column<ScenarioRow<'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| {
            (&it.failures.problem.workload.name).into()
        }),
        column(word("runtime", "runtime", "Runtime").grouped(), |it| (&it.runtime.name).into()),
        column(data("feasible", "Whether there is a plan"), |it| it.planned.is_ok().into()),
        column(data("reason", "Why there is none"), |it| it.planned.err().map(NoPlan::to_string).into()),
        column(word("scenario", "scenario", "`crash`, `instance_lost`, `zone_lost` or `deploy`"), |it| {
            it.impact.map(|(scenario, _, _)| name(scenario)).into()
        }),
        column(data("rate", "`mean` or `peak`"), |it| {
            it.impact.map(|(_, rate, _)| if rate == Rate::Mean { "mean" } else { "peak" }).into()
        }),
        column(data("events_per_second", "Events that arrive, events/s"), |it| {
            let workload = it.failures.problem.workload;
            let rate = |rate| if rate == Rate::Mean { workload.mean_rate() } else { workload.peak_rate() };
            it.impact.map(|(_, at, _)| rate(at)).into()
        }),
        column(data("instance_type", "Machine type"), |it| {
            it.planned.ok().map(|it| &it.plan.machine.instance_type).into()
        }),
        column(data("instances", "Instances of the plan"), |it| {
            it.planned.ok().map(|it| it.plan.size.instances).into()
        }),
        column(data("instances_left", "Instances that go on"), |it| {
            it.impact().map(|it| it.standstill.instances_left).into()
        }),
        column(
            number("share", "share", Unit::Share, "Share of all events on the partitions of what failed")
                .rank(1),
            |it| it.impact().map(|it| it.standstill.share).into(),
        ),
        column(
            number("stopped_seconds", "pause", Unit::Span, "Time for which these partitions are not read, s"),
            |it| time(it.impact().map(|it| it.standstill.seconds)),
        ),
        column(number("stops", "times", Unit::Count, "Number of such pauses").rank(3), |it| {
            it.impact().map(|it| it.standstill.stops).into()
        }),
        column(
            number(
                "others_stopped_seconds",
                "others",
                Unit::Span,
                "Time for which all others are not read, s",
            )
            .rank(2),
            |it| time(it.impact().map(|it| it.standstill.others_seconds)),
        ),
        column(number("lag_events", "lag", Unit::Count, "Events that wait at most"), |it| {
            time(it.impact().map(|it| it.lag_events))
        }),
        column(
            number("oldest_seconds", "oldest", Unit::Span, "Age of the oldest event when it is its turn, s")
                .rank(5),
            |it| time(it.impact().map(|it| it.oldest_seconds)),
        ),
        column(
            number(
                "drain_seconds",
                "drained in",
                Unit::Span,
                "Time from the end of the pause until no event waits, s",
            ),
            |it| time(it.impact().map(|it| it.drain_seconds)),
        ),
        column(data("drains", "Whether the lag is worked off at all"), |it| {
            it.impact().map(|it| it.drain_seconds.is_finite()).into()
        }),
        column(
            number(
                "goal_missed_seconds",
                "p99 missed",
                Unit::Span,
                "Time for which the p99 goal is missed, s",
            )
            .rank(4),
            |it| time(it.impact().and_then(|it| it.goal_missed_seconds)),
        ),
    ]
}

/// Columns of plans under retries.
pub fn retry_columns<'a>() -> Vec<Column<PlanRow<'a>>> {
    let rest: [Column<PlanRow<'a>>; 6] = [
        column(word("machines", "machines", "The plan's machines").in_tables(1), |it| {
            Machines::of(&it.it.plan).to_string().into()
        }),
        column(
            number(
                "attempts_per_event",
                "attempts",
                Unit::Number,
                "Times that an event is handled on average and that the plan is made for",
            ),
            |it| it.it.retries.attempts.into(),
        ),
        column(number("utilization_at_peak", "CPU", Unit::Share, "Share of the vCPUs busy at peak"), |it| {
            it.it.plan.size.utilization_at_peak.into()
        }),
        column(
            number(
                "utilization_without_retries",
                "without retries",
                Unit::Share,
                "Share of the vCPUs busy at peak if each event were handled once",
            )
            .rank(2),
            |it| it.it.retries.utilization_without.into(),
        ),
        column(
            number(
                "holds_up_to_attempts",
                "holds up to",
                Unit::Number,
                "The most attempts with which the plan holds; 1,000 stands for any number",
            ),
            |it| it.it.retries.holds_up_to.into(),
        ),
        column(word("breaks", "then breaks", "The constraint that breaks first beyond these"), |it| {
            it.it.retries.breaks.map(|rule| rule.to_string()).into()
        }),
    ];
    keys().into_iter().chain(rest).collect()
}

/// Columns of a poison message: one on the busiest partition that fails each time.
pub fn poison_columns<'a>() -> Vec<Column<PlanRow<'a>>> {
    let rest: [Column<PlanRow<'a>>; 6] = [
        column(
            word(
                "concurrency",
                "stops",
                "What works on one event at a time: each `partition` or each `consumer`",
            ),
            |it| it.it.poison.concurrency.to_string().into(),
        ),
        column(
            number(
                "in_flight_left",
                "in flight left",
                Unit::Count,
                "Events that may still be in progress beside it",
            ),
            |it| it.it.poison.places_left.into(),
        ),
        column(
            number(
                "load_of_in_flight_left",
                "used",
                Unit::Share,
                "Events in progress over those that still may be",
            )
            .rank(1),
            |it| {
                let load = it.it.poison.load_of_places_left;
                let value = Value::from(Some(load).filter(|load| load.is_finite()));
                if load.is_finite() && load > 1.0 { value.bad() } else { value }
            },
        ),
        column(
            number("blocked_share", "blocked", Unit::Share, "Share of all events that wait behind it"),
            |it| it.it.poison.blocked_share.into(),
        ),
        column(
            number(
                "blocked_events_per_minute",
                "blocked/min",
                Unit::Number,
                "Events that pile up behind it, events/min",
            ),
            |it| it.it.poison.blocked_per_minute.into(),
        ),
        column(
            number(
                "uncommitted_events_per_minute",
                "uncommitted/min",
                Unit::Number,
                "Events of its partition that cannot be committed, events/min",
            )
            .rank(2),
            |it| it.it.poison.uncommitted_per_minute.into(),
        ),
    ];
    keys().into_iter().chain(rest).collect()
}

fn keys<'a>() -> Vec<Column<PlanRow<'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| {
            (&it.failures.problem.workload.name).into()
        }),
        column(word("runtime", "runtime", "Runtime"), |it| (&it.runtime.name).into()),
    ]
}

/// What does not end by itself is bad.
fn time<'r>(seconds: Option<f64>) -> Value<'r> {
    match seconds {
        Some(endless) if endless.is_infinite() => Value::from(endless).bad(),
        seconds => seconds.into(),
    }
}

fn name(scenario: FailureScenario) -> &'static str {
    match scenario {
        FailureScenario::Crash => "crash",
        FailureScenario::InstanceLost => "instance_lost",
        FailureScenario::ZoneLost => "zone_lost",
        FailureScenario::Deploy => "deploy",
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
        let all = || {
            failures.iter().flat_map(|failures| {
                failures
                    .by_runtime
                    .iter()
                    .map(move |(runtime, planned)| (failures, *runtime, planned.as_ref()))
            })
        };
        let scenarios = all().flat_map(|(failures, runtime, planned)| scenarios(failures, runtime, planned));
        let plans = all().filter_map(|(failures, runtime, planned)| {
            Some(PlanRow { failures, runtime, it: planned.ok()? })
        });
        Self { failures, has_details, scenarios: scenarios.collect(), plans: plans.collect() }
    }

    /// The worst scenario at peak for each workload and runtime of the summary.
    fn worst(&self) -> Vec<&ScenarioRow<'a>> {
        let of_workload = |failures: &'a Failures<'a>| {
            let planned: Vec<&Runtime> = failures.by_runtime.iter().map(|(runtime, _)| *runtime).collect();
            let shown = in_summary(&planned, failures.problem.current, failures.recommended);
            shown.into_iter().map(move |runtime| (failures, runtime))
        };
        let keys = self.failures.iter().flat_map(of_workload);
        keys.filter_map(|(failures, runtime)| {
            let is_of = |row: &&ScenarioRow<'_>| {
                std::ptr::eq(row.failures, failures) && std::ptr::eq(row.runtime, runtime)
            };
            self.scenarios
                .iter()
                .filter(is_of)
                .filter(|row| row.impact.is_none() || row.is_at_peak())
                .max_by(worse)
        })
        .collect()
    }

    fn heading(&self, worst: &[&ScenarioRow<'_>]) -> String {
        let row = worst.iter().max_by(|one, other| worse(one, other));
        let Some((row, (scenario, _, impact))) = row.and_then(|row| Some((row, row.impact?))) else {
            return "No workload has a plan".to_owned();
        };
        let pause = format!(
            "{} pauses {} of {} in {} for {}",
            subject(scenario),
            percent(impact.standstill.share),
            row.workload(),
            row.runtime.name,
            span(impact.standstill.seconds)
        );
        let lag = whole(impact.lag_events);
        if impact.drain_seconds.is_finite() {
            let drained = span(impact.drain_seconds);
            return format!("Worst at peak: {pause}; {lag} events wait and are worked off in {drained}");
        }
        let stuck: BTreeSet<&str> =
            worst.iter().filter(|row| row.never_drains()).map(|row| row.workload()).collect();
        let (stuck, all) = (stuck.len(), plural(self.failures.len() as u64, "workload"));
        format!("{stuck} of {all} cannot catch up at peak. Worst: {pause}, and {lag} events wait")
    }

    fn notes(&self, shown: &[&ScenarioRow<'_>]) -> Vec<String> {
        let mut notes: Vec<String> =
            medians::note(self.failures.iter().map(|it| it.problem.workload)).into_iter().collect();
        let reasons: BTreeSet<String> = shown
            .iter()
            .filter_map(|row| {
                Some(format!(
                    "{} in {}: no plan, as {}.",
                    row.workload(),
                    row.runtime.name,
                    row.planned.err()?
                ))
            })
            .collect();
        notes.extend(reasons);
        if shown.iter().any(|row| row.never_drains()) {
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
             drained: after the pause, with events arriving at peak and all of the CPU in use."
                .into(),
        );
        notes
    }
}

impl ScenarioRow<'_> {
    fn workload(&self) -> &str {
        &self.failures.problem.workload.name
    }

    fn never_drains(&self) -> bool {
        self.impact().is_some_and(|impact| impact.drain_seconds.is_infinite())
    }
}

fn worse(one: &&ScenarioRow<'_>, other: &&ScenarioRow<'_>) -> std::cmp::Ordering {
    let of = |row: &ScenarioRow<'_>| row.impact().map_or((0.0, 0.0), |it| (it.drain_seconds, it.lag_events));
    let ((drain, lag), (other_drain, other_lag)) = (of(one), of(other));
    drain.total_cmp(&other_drain).then(lag.total_cmp(&other_lag))
}

fn scenarios<'a>(
    failures: &'a Failures<'a>,
    runtime: &'a Runtime,
    planned: Result<&'a RuntimeFailures<'a>, &'a NoPlan>,
) -> Vec<ScenarioRow<'a>> {
    let row = |impact| ScenarioRow { failures, runtime, planned, impact };
    let Ok(found) = planned else { return vec![row(None)] };
    let at_both = found
        .impacts
        .iter()
        .flat_map(|it| [(it.incident, Rate::Mean, &it.at_mean), (it.incident, Rate::Peak, &it.at_peak)]);
    at_both.map(|impact| row(Some(impact))).collect()
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
    fn document(&self) -> Document {
        let mut document = Document::default();
        let worst = self.worst();
        let keep_workload = self.failures.len() > 1;
        let of_plans = |name, columns: Vec<Column<PlanRow<'a>>>| {
            Records::of(name, &columns, &self.plans).keep(|it| keep_workload || it.name != "workload").table()
        };
        let of_scenarios = |rows: &[&ScenarioRow<'a>]| {
            Records::of("scenarios", &columns(), rows.iter().copied())
                .keep(|it| keep_workload || it.name != "workload")
                .table()
        };
        document.heading(self.heading(&worst));
        if !self.has_details {
            document.table(of_scenarios(&worst));
            document.list(self.notes(&worst));
            document.paragraph(format!(
                "{IN_SUMMARY} --details, or --workload NAME, shows all runtimes and scenarios, retries and a poison message."
            ));
            return document;
        }
        let all: Vec<&ScenarioRow<'_>> = self.scenarios.iter().collect();
        let at_peak: Vec<&ScenarioRow<'_>> = all.iter().copied().filter(|row| row.is_at_peak()).collect();
        document.table(of_scenarios(&at_peak));
        document
            .paragraph_on("Retries", "attempts an event that each plan is made for, and how many it holds.");
        document.table(of_plans("retries", retry_columns()));
        document.paragraph_on("A poison message", "one on the busiest partition that fails each time.");
        document.table(of_plans("poison_messages", poison_columns()));
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
