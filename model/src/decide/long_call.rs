//! Calls of the handler that take so long that the group takes their consumer for dead.

use crate::decide::call_limit::Limit;
use crate::decide::planned::PlannedWorkload;
use crate::runtime::{Concurrency, Set};

/// Events that one poll of a client returns that can limit them: `max.poll.records` of Kafka's own.
const POLL_RECORDS: f64 = 500.0;
/// The limit that is proposed, in calls.
const ROOM: f64 = 2.0;

/// A call of the handler, or the calls of one poll, that take too long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongCall<'r> {
    /// How long a mean call takes, s.
    pub seconds: f64,
    /// Its events.
    pub batch: u32,
    /// What it is too long for.
    pub limit: Limit<'r>,
    /// Whether one call is too long, and not only all those of a poll.
    pub is_of_one: bool,
    /// The limit to set instead, whole minutes.
    pub limit_minutes: f64,
    /// The most events of a call that is short enough; `None` of single events, or where no number is.
    pub largest_batch: Option<u64>,
    /// What limits the events of a poll, and the most that are short enough, or one call's.
    pub poll_records: Option<(&'r str, u64)>,
    /// Whether the client keeps its consumer in the group whatever a call takes, as franz-go and kafka-go do.
    pub keeps_consumer: bool,
}

impl<'r> LongCall<'r> {
    /// That of a workload with what is recommended, as it says or on the planned machines where that is longer; nothing where
    /// calls are short enough.
    pub fn of(planned: &'r PlannedWorkload<'_>) -> Option<Self> {
        let (problem, recommendation) = (&planned.problem, &planned.recommendation);
        let (workload, plan) = (problem.workload, recommendation.plan().ok());
        let runtime = plan.map_or(problem.current, |plan| plan.runtime);
        let changed = recommendation.step().map(|step| step.made(problem).workload);
        let after = changed.as_ref().unwrap_or(workload);
        let (before, batch) = (f64::from(workload.batch_size), f64::from(after.batch_size));
        // What may be the system's says nothing of a call.
        let is_known = !problem.may_be_of_system_alone();
        let known_wait = is_known || workload.io_wait_seconds.is_some();
        // A call keeps its wait however few events it takes.
        let wait = if known_wait { problem.today.wait_seconds * before } else { 0.0 };
        let said = workload.handler_seconds.map(|it| workload.outlook.attempts_per_event * it);
        let on_plan = plan.filter(|_| is_known).map_or(0.0, |plan| plan.sizing.call_seconds());
        let handling = (on_plan.max(said.unwrap_or(wait)) - wait) / before;
        let seconds = wait + handling * batch;
        let limit = Limit::of(runtime);
        let most = limit.longest_call();
        let fit = ((most - wait) / handling).floor();
        let is_of_one = seconds > most;
        let largest_batch = (is_of_one && batch > 1.0 && fit >= 1.0).then_some(fit as u64);
        // A thousandth more is what reading the event adds. Calls of a poll come one after another where none goes to a worker.
        let calls = (most / seconds * (1.0 + 1e-3)).floor().max(1.0);
        let is_plain =
            after.concurrency_in(runtime) == Concurrency::Consumer && after.in_flight.unwrap_or(1) == 1;
        let poll_records =
            runtime.setting_names.get(Set::PollRecords).filter(|_| is_plain && calls * batch < POLL_RECORDS);
        (is_of_one || poll_records.is_some()).then(|| Self {
            seconds,
            batch: after.batch_size,
            limit,
            is_of_one,
            limit_minutes: (ROOM * seconds / 60.0 * (1.0 - 1e-3)).ceil(),
            largest_batch,
            poll_records: poll_records.map(|name| (name, largest_batch.unwrap_or((calls * batch) as u64))),
            keeps_consumer: runtime.language.name == "go",
        })
    }
}
