//! Bad days: what each incident leaves behind, what retries take, and what a poison event stops.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, percent, rate, significant, span, whole};
use super::medians;
use super::recommendation;
use serde::Serialize;
use tonnage_model::demand::retries::MOST_ATTEMPTS;
use tonnage_model::runtime::{Concurrency, Runtime};
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings, Impact};
use tonnage_model::scenario::failures::{FailureImpact, Failures, RuntimeFailures};

/// The report on some workloads.
pub fn document(all: &[Failures<'_>]) -> Document {
    let mut document = Document::default();
    for days in all {
        let workload = days.problem.workload;
        document.heading(format!("{}: bad days at peak, {}", workload.name, rate(workload.peak_rate())));
        document.table(incidents(days));
        document.list(
            days.by_runtime
                .iter()
                .filter_map(|(runtime, failures)| {
                    let reason = failures.as_ref().err()?;
                    Some(format!("{}: no plan, as {reason}.", runtime.name))
                })
                .collect(),
        );
        if by_runtime(days).next().is_some() {
            let attempts = workload.outlook.attempts_per_event;
            let times =
                if attempts == 1.0 { "once".into() } else { format!("{} times", significant(attempts)) };
            document.paragraph_on(
                "Retries",
                format!("plans are made for each event handled {times} on average."),
            );
            document.table(retries(days));
            document.paragraph_on("A poison event", "one on the busiest partition that fails each time.");
            document.table(poison(days));
        }
        document.list(workload_notes(days));
    }
    if let Some(days) = all.first() {
        document.heading("Notes");
        document.list(notes(&days.settings));
    }
    document
}

/// The runtimes that have a plan, with what happens to it.
fn by_runtime<'d, 'a>(
    days: &'d Failures<'a>,
) -> impl Iterator<Item = (&'a Runtime, &'d RuntimeFailures<'a>)> {
    days.by_runtime.iter().filter_map(|(runtime, failures)| Some((*runtime, failures.as_ref().ok()?)))
}

fn incidents(days: &Failures<'_>) -> Table {
    let with_goal = days.problem.workload.p99_seconds.is_some();
    let mut columns = vec![
        Column::grouping("runtime"),
        Column::words("what", 0),
        Column::numbers("share", 4),
        Column::numbers("stopped", 0),
        Column::numbers("the rest", 0),
        Column::numbers("lag", 0),
        Column::numbers("oldest", 5),
        Column::numbers("drained", 0),
    ];
    if with_goal {
        columns.push(Column::numbers("p99 late", 3));
    }
    let mut table = Table::new(columns);
    for (runtime, failures) in by_runtime(days) {
        for FailureImpact { incident, at_peak, .. } in &failures.impacts {
            let mut cells = vec![
                Cell::new(&runtime.name),
                name(*incident).into(),
                percent(at_peak.standstill.share).into(),
                stopped(at_peak.standstill.stops, at_peak.standstill.seconds),
                until(at_peak.standstill.others_seconds),
                lag(at_peak.lag_events),
                until(at_peak.oldest_seconds),
                until(at_peak.drain_seconds),
            ];
            cells.extend(at_peak.goal_missed_seconds.map(until));
            table.row(cells);
        }
    }
    table
}

fn name(incident: FailureScenario) -> &'static str {
    match incident {
        FailureScenario::Crash => "crash",
        FailureScenario::InstanceLost => "instance",
        FailureScenario::ZoneLost => "zone",
        FailureScenario::Deploy => "deploy",
    }
}

/// A time, or that it does not end by itself.
fn until(seconds: f64) -> Cell {
    match seconds.is_finite() {
        true => span(seconds).into(),
        false => Cell::new("no end").toned(Tone::Bad),
    }
}

fn stopped(stops: u64, seconds: f64) -> Cell {
    match stops {
        1 => until(seconds),
        stops => format!("{} x {}", whole(stops as f64), span(seconds)).into(),
    }
}

fn lag(events: f64) -> Cell {
    match events.is_finite() {
        true => whole(events).into(),
        false => Cell::new("no end").toned(Tone::Bad),
    }
}

fn retries(days: &Failures<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::words("runtime", 0),
        Column::words("machines", 1),
        Column::numbers("CPU", 0),
        Column::numbers("without retries", 0),
        Column::numbers("holds up to", 0),
        Column::words("then breaks", 0),
    ]);
    for (runtime, failures) in by_runtime(days) {
        let it = &failures.retries;
        table.row(vec![
            Cell::new(&runtime.name),
            recommendation::deployment(&failures.plan).into(),
            percent(failures.plan.size.utilization_at_peak).into(),
            percent(it.utilization_without).into(),
            held(it.holds_up_to).into(),
            it.breaks.map_or(NONE.into(), |rule| rule.to_string()).into(),
        ]);
    }
    table
}

fn held(attempts: f64) -> String {
    if attempts >= MOST_ATTEMPTS { format!("{} or more", whole(attempts)) } else { significant(attempts) }
}

fn poison(days: &Failures<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::words("runtime", 0),
        Column::words("stops", 0),
        Column::numbers("share", 0),
        Column::numbers("piles up", 0),
        Column::numbers("no commit", 2),
    ]);
    for (runtime, failures) in by_runtime(days) {
        let it = &failures.poison;
        let per_minute = |events: f64| format!("{}/min", significant(events));
        let (stops, tone) = match (it.places_left, it.concurrency) {
            (0, Concurrency::Partition) => ("its partition".to_owned(), Tone::Plain),
            (0, Concurrency::Consumer) => ("its consumer".to_owned(), Tone::Plain),
            (left, _) if it.load_of_places_left > 1.0 => {
                (format!("1 of {} places, too many", left + 1), Tone::Bad)
            }
            (left, _) => (format!("1 of {} places", left + 1), Tone::Plain),
        };
        let none = || NONE.to_owned();
        let blocks = it.places_left == 0;
        table.row(vec![
            Cell::new(&runtime.name),
            Cell::new(stops).toned(tone),
            if blocks { percent(it.blocked_share) } else { none() }.into(),
            if blocks { per_minute(it.blocked_per_minute) } else { none() }.into(),
            per_minute(it.uncommitted_per_minute).into(),
        ]);
    }
    table
}

fn workload_notes(days: &Failures<'_>) -> Vec<String> {
    let never = |(runtime, failures): (&Runtime, &RuntimeFailures<'_>)| {
        let impacts = failures.impacts.iter().filter(|blow| blow.at_peak.drain_seconds.is_infinite());
        let names: Vec<&str> = impacts.map(|blow| name(blow.incident)).collect();
        (!names.is_empty()).then(|| {
            format!(
                "{}: after {}, what is left is no faster than the peak; the lag grows until the peak is over or \
                 machines come back.",
                runtime.name,
                names.join(", ")
            )
        })
    };
    let medians = medians::note([days.problem.workload]);
    let mut notes: Vec<String> = medians.into_iter().chain(by_runtime(days).filter_map(never)).collect();
    let unknown: Vec<&str> = by_runtime(days)
        .filter(|(runtime, _)| runtime.startup_seconds.is_none())
        .map(|(runtime, _)| runtime.name.as_str())
        .collect();
    if !unknown.is_empty() {
        notes.push(format!("The startup of {} is not known and counts as 0 s.", unknown.join(", ")));
    }
    notes
}

fn notes(settings: &GroupSettings) -> Vec<String> {
    let GroupSettings { session_timeout_seconds, rebalance_seconds, assignor, deploy_pause_seconds } =
        *settings;
    let others = match assignor {
        Assignor::Eager => {
            "all others stand still during the rebalance, and after a crash from the moment at which the process is \
             back, as the group waits for the dead member"
        }
        Assignor::Cooperative => "all others go on",
    };
    vec![
        format!(
            "Session timeout {}, rebalance {}, {} assignor: {others}. --session-timeout, --rebalance and --assignor \
             set them.",
            span(session_timeout_seconds),
            span(rebalance_seconds),
            match assignor {
                Assignor::Eager => "eager",
                Assignor::Cooperative => "cooperative",
            }
        ),
        format!(
            "A deploy takes one instance after another, with {} between two (--deploy-pause), each of which \
             stops it anew.",
            span(deploy_pause_seconds)
        ),
        "share: of all events, on the partitions of what went. drained: from the end of the stop, with events coming at \
         peak and cores used in full. Mean rates are in the CSV and JSON forms."
            .into(),
    ]
}

/// One incident, runtime and rate. Times that do not end by themselves are empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IncidentRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Whether there is a plan.
    pub feasible: bool,
    /// Why not.
    pub reason: Option<String>,
    /// What happens.
    pub incident: Option<FailureScenario>,
    /// `mean` or `peak`.
    pub rate: Option<&'static str>,
    /// Events that arrive, events/s.
    pub events_per_second: Option<f64>,
    /// Machine type.
    pub instance_type: Option<String>,
    /// n.
    pub instances: Option<u64>,
    /// Instances that go on.
    pub instances_left: Option<u64>,
    /// Share of all events on the partitions of what went.
    pub share: Option<f64>,
    /// Time for which these stand still, s.
    pub stopped_seconds: Option<f64>,
    /// Time for which all others stand still, s.
    pub others_stopped_seconds: Option<f64>,
    /// How often.
    pub stops: Option<u64>,
    /// Events that wait at most.
    pub lag_events: Option<f64>,
    /// Age of the oldest event when it is its turn, s.
    pub oldest_seconds: Option<f64>,
    /// Time to work the lag off, s.
    pub drain_seconds: Option<f64>,
    /// Whether it is worked off at all.
    pub drains: Option<bool>,
    /// Time for which the p99 goal is missed, s; empty without a goal, too.
    pub goal_missed_seconds: Option<f64>,
}

/// A plan under retries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetriesRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Times that an event is handled on average and that the plan is made for.
    pub attempts_per_event: f64,
    /// Share of the vCPUs busy at peak.
    pub utilization_at_peak: f64,
    /// The same if each were handled once.
    pub utilization_without_retries: f64,
    /// The most attempts with which the plan's count holds.
    pub holds_up_to_attempts: f64,
    /// The rule that breaks first beyond these.
    pub breaks: Option<String>,
}

/// A poison event at peak.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoisonRecord {
    /// Workload.
    pub workload: String,
    /// Runtime.
    pub runtime: String,
    /// Who holds events in progress.
    pub concurrency: Concurrency,
    /// Places left for other events.
    pub places_left: u32,
    /// Share of all events that wait behind it.
    pub blocked_share: f64,
    /// Events that pile up behind it, events/min.
    pub blocked_events_per_minute: f64,
    /// Events in progress over the places left; empty where none is left.
    pub load_of_places_left: Option<f64>,
    /// Events of its partition that cannot be committed, events/min.
    pub uncommitted_events_per_minute: f64,
}

/// All that `--format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BadDaysRecord {
    /// Settings of the consumer group.
    pub settings: Option<GroupSettings>,
    /// One for every workload, runtime, incident and rate; one for a runtime without a plan.
    pub incidents: Vec<IncidentRecord>,
    /// One for every workload and runtime with a plan.
    pub retries: Vec<RetriesRecord>,
    /// The same.
    pub poison_events: Vec<PoisonRecord>,
}

impl BadDaysRecord {
    /// Flattens the bad days of some workloads.
    pub fn new(all: &[Failures<'_>]) -> Self {
        let retries =
            |days| by_runtime(days).map(|(runtime, failures)| RetriesRecord::new(days, runtime, failures));
        let poison =
            |days| by_runtime(days).map(|(runtime, failures)| PoisonRecord::new(days, runtime, failures));
        Self {
            settings: all.first().map(|days| days.settings),
            incidents: records(all),
            retries: all.iter().flat_map(retries).collect(),
            poison_events: all.iter().flat_map(poison).collect(),
        }
    }
}

/// All incidents of some workloads.
pub fn records(all: &[Failures<'_>]) -> Vec<IncidentRecord> {
    all.iter().flat_map(incident_records).collect()
}

fn incident_records(days: &Failures<'_>) -> Vec<IncidentRecord> {
    let workload = days.problem.workload;
    let mut records = Vec::new();
    for (runtime, failures) in &days.by_runtime {
        match failures {
            Err(reason) => records.push(IncidentRecord {
                reason: Some(reason.to_string()),
                ..IncidentRecord::empty(&workload.name, &runtime.name)
            }),
            Ok(failures) => {
                for blow in &failures.impacts {
                    let at = |rate, events_per_second, aftermath: &Impact| IncidentRecord {
                        incident: Some(blow.incident),
                        rate: Some(rate),
                        events_per_second: Some(events_per_second),
                        instance_type: Some(failures.plan.machine.instance_type.clone()),
                        instances: Some(failures.plan.size.instances),
                        ..IncidentRecord::of(&workload.name, &runtime.name, aftermath)
                    };
                    records.push(at("mean", workload.mean_rate(), &blow.at_mean));
                    records.push(at("peak", workload.peak_rate(), &blow.at_peak));
                }
            }
        }
    }
    records
}

impl IncidentRecord {
    fn empty(workload: &str, runtime: &str) -> Self {
        Self {
            workload: workload.to_owned(),
            runtime: runtime.to_owned(),
            feasible: false,
            reason: None,
            incident: None,
            rate: None,
            events_per_second: None,
            instance_type: None,
            instances: None,
            instances_left: None,
            share: None,
            stopped_seconds: None,
            others_stopped_seconds: None,
            stops: None,
            lag_events: None,
            oldest_seconds: None,
            drain_seconds: None,
            drains: None,
            goal_missed_seconds: None,
        }
    }

    fn of(workload: &str, runtime: &str, aftermath: &Impact) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Self {
            feasible: true,
            instances_left: Some(aftermath.standstill.instances_left),
            share: Some(aftermath.standstill.share),
            stopped_seconds: finite(aftermath.standstill.seconds),
            others_stopped_seconds: finite(aftermath.standstill.others_seconds),
            stops: Some(aftermath.standstill.stops),
            lag_events: finite(aftermath.lag_events),
            oldest_seconds: finite(aftermath.oldest_seconds),
            drain_seconds: finite(aftermath.drain_seconds),
            drains: Some(aftermath.drain_seconds.is_finite()),
            goal_missed_seconds: aftermath.goal_missed_seconds.and_then(finite),
            ..Self::empty(workload, runtime)
        }
    }
}

impl RetriesRecord {
    fn new(days: &Failures<'_>, runtime: &Runtime, failures: &RuntimeFailures<'_>) -> Self {
        let it = &failures.retries;
        Self {
            workload: days.problem.workload.name.clone(),
            runtime: runtime.name.clone(),
            attempts_per_event: it.attempts,
            utilization_at_peak: failures.plan.size.utilization_at_peak,
            utilization_without_retries: it.utilization_without,
            holds_up_to_attempts: it.holds_up_to,
            breaks: it.breaks.map(|rule| rule.to_string()),
        }
    }
}

impl PoisonRecord {
    fn new(days: &Failures<'_>, runtime: &Runtime, failures: &RuntimeFailures<'_>) -> Self {
        let it = &failures.poison;
        Self {
            workload: days.problem.workload.name.clone(),
            runtime: runtime.name.clone(),
            concurrency: it.concurrency,
            places_left: it.places_left,
            blocked_share: it.blocked_share,
            blocked_events_per_minute: it.blocked_per_minute,
            load_of_places_left: Some(it.load_of_places_left).filter(|load| load.is_finite()),
            uncommitted_events_per_minute: it.uncommitted_per_minute,
        }
    }
}
