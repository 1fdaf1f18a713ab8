//! Failure scenarios: what each leaves behind, what retries take, and what a poison message stops.

mod charts;
mod rows;

pub use rows::{PlanRow, ScenarioRow, columns, poison_columns, retry_columns};

use crate::report::chart::Chart;
use crate::report::document::Document;
use crate::report::figures::{and_last, events, listed, percent, span};
use crate::report::records::Records;
use crate::report::shown::{IN_SUMMARY, MOST_NAMED, counted, in_summary, on_which_machines, open_too};
use crate::report::{Report, assumed};
use rows::{At, rows_of, worse};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use tonnage_model::decide::fleet::Sureness;
use tonnage_model::runtime::{Assignment, Runtime};
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings, Pause};
use tonnage_model::scenario::failures::Failures;

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

    /// Whether a workload counts in what is said of all: none is surer.
    fn counts(&self, failures: &Failures<'_>) -> bool {
        !self.failures.iter().any(|it| it.sureness > failures.sureness)
    }

    /// The worst scenario at peak for each workload and runtime of the summary, the worst workload first, those without a verdict
    /// behind the others, and last what cannot be.
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
        let mut of_each: Vec<Vec<_>> = of_each.map(|rows| of_workload(rows).collect()).collect();
        let key = |rows: &[&ScenarioRow<'_>]| first(rows).map(|row| (row.failures.sureness, row.harm()));
        of_each.sort_by(|one, other| key(other).partial_cmp(&key(one)).unwrap_or(Ordering::Equal));
        of_each.into_iter().flatten().collect()
    }

    fn heading(&self, worst: &[&ScenarioRow<'_>]) -> String {
        let Some((row, At { scenario, impact, .. })) = first(worst).and_then(|row| Some((row, row.at?)))
        else {
            return "No workload has a plan".to_owned();
        };
        let stuck = worst.iter().filter(|row| row.never_drains() && self.counts(row.failures));
        let stuck: BTreeSet<&str> = stuck.map(|row| row.workload()).collect();
        let lead = match (stuck.len(), row.goal_missed()) {
            (0, Some(missed)) if missed > 0.0 => {
                format!(
                    "Longest beyond its p99 goal at peak, {}, drained in {}",
                    span(missed),
                    span(impact.drain_seconds)
                )
            }
            (0, _) => format!("Longest to catch up at peak, {}", span(impact.drain_seconds)),
            _ if self.failures.len() == 1 => "Cannot catch up after a failure at peak".to_owned(),
            (stuck, _) => {
                let all = counted(self.failures.iter().map(|it| it.sureness));
                format!("{stuck} of {all} cannot catch up after a failure at peak. Worst")
            }
        };
        let is_open = |it: &Failures<'_>| it.sureness == Sureness::Open && !self.counts(it);
        let open = worst.iter().filter(|row| row.never_drains() && is_open(row.failures));
        let open = open_too("and not catching up either", open.map(|row| row.workload()));
        let Pause { share, seconds, others_seconds, .. } = impact.standstill;
        let others = match others_seconds > 0.0 && share < 1.0 {
            true => format!(" and the rest for {}", span(others_seconds)),
            false => String::new(),
        };
        let then =
            if impact.drain_seconds.is_infinite() { " then, and more with each minute of peak" } else { "" };
        format!(
            "{lead}: {} pauses {} of {} in {} for {}{others}; {} events wait{then}{}{open}",
            subject(scenario),
            percent(share),
            row.workload(),
            row.runtime.name,
            span(seconds),
            events(impact.lag_events),
            self.not_planned_for(row)
        )
    }

    /// What is drawn beside the worst, and no plan is made for.
    fn not_planned_for(&self, worst: &ScenarioRow<'_>) -> String {
        let of_it = self.scenarios.iter().filter(|it| it.is_at_peak() && it.key() == worst.key());
        let others = of_it.filter(|it| !it.is_planned_for()).filter_map(|it| Some(subject(it.at?.scenario)));
        let others: Vec<&str> = others.collect();
        if others.is_empty() { String::new() } else { format!("; not planned for: {}", and_last(&others)) }
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
            let names = listed(unknown, usize::MAX);
            notes.push(format!("The startup time of {names} is not known and counts as 0 s."));
        }
        let is_range = |it: &GroupSettings| {
            shown.iter().any(|row| it.assignment(row.runtime.assignment) == Assignment::Range)
        };
        notes.extend(self.failures.first().map(|it| group(&it.settings, is_range(&it.settings))));
        notes.push(
            "pause: of the given share of events, on the partitions of what failed; others: of all other events. \
             redone: in flight as members go, or handled up to 5 s before and not committed (commit); lag has them. drained: after \
             the pause, with events arriving at peak and all of the CPU in use, as a fluid, and no sooner than a call that is begun \
             again; tonnage simulate --fail zone goes event by event."
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

fn group(settings: &GroupSettings, is_range: bool) -> String {
    let GroupSettings { session_timeout_seconds, rebalance_seconds, assignor, deploy_pause_seconds } =
        *settings;
    let assignor = match assignor {
        Assignor::Eager => {
            "eager assignor: consumers pause until all have heard of one, and after a crash until the group gives the \
             dead one up"
        }
        Assignor::Cooperative => "cooperative assignor: consumers keep reading what does not move",
    };
    let heirs =
        if is_range { ", and by range one heir at worst has all that a lost instance had" } else { "" };
    format!(
        "Session timeout {}, a rebalance up to {} (--session-timeout, --rebalance); {assignor}{heirs} (--assignor). A deploy replaces \
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
