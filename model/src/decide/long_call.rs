//! Calls of the handler that take so long that the group takes their consumer for dead.

use crate::decide::planned::PlannedWorkload;

/// After so long without a poll it does: `max.poll.interval.ms` of Kafka's own client, librdkafka and aiokafka, unless it is
/// set.
const MAX_POLL_INTERVAL_SECONDS: f64 = 300.0;
/// The part of it from which a mean call is too long: one that is slower than the mean passes it.
const LONG_CALL: f64 = 0.6;
/// The interval that is proposed, in calls.
const ROOM: f64 = 2.0;

/// A call of the handler that takes too long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongCall {
    /// How long a mean one takes, s.
    pub seconds: f64,
    /// Whether that is longer than the interval, and not only those that are slower than the mean.
    pub is_longer: bool,
    /// The interval to set instead, whole minutes.
    pub interval_minutes: f64,
    /// The most events of a call that is short enough; `None` of single events, or where no number is.
    pub largest_batch: Option<u64>,
    /// Whether today's client keeps its consumer in the group whatever a call takes, as franz-go and kafka-go do.
    pub keeps_consumer: bool,
}

impl LongCall {
    /// That of a workload that is planned, as it says or on the planned machines where that is longer; nothing where calls are
    /// short enough.
    pub fn of(planned: &PlannedWorkload<'_>) -> Option<Self> {
        let (workload, today) = (planned.problem.workload, &planned.problem.today);
        let batch = f64::from(workload.batch_size);
        // A call keeps its wait however few events it takes.
        let wait = today.wait_seconds * batch;
        let said = workload.handler_seconds.map(|it| workload.outlook.attempts_per_event * it);
        let on_plan = planned.recommendation.plan().map_or(0.0, |plan| plan.sizing.call_seconds());
        let seconds = on_plan.max(said.unwrap_or(wait));
        let most = LONG_CALL * MAX_POLL_INTERVAL_SECONDS;
        let handling = (seconds - wait) / batch;
        let fit = ((most - wait) / handling).floor();
        (seconds > most).then(|| Self {
            seconds,
            is_longer: seconds > MAX_POLL_INTERVAL_SECONDS,
            // A thousandth more than whole minutes is what reading the event adds.
            interval_minutes: (ROOM * seconds / 60.0 * (1.0 - 1e-3)).ceil(),
            largest_batch: (batch > 1.0 && fit >= 1.0).then_some(fit as u64),
            keeps_consumer: planned.problem.current.language.name == "go",
        })
    }
}
