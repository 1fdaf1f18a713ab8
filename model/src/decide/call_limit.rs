//! How long a client lets a handler run before its consumer is taken for dead.

use crate::plan::Plan;
use crate::runtime::{Runtime, Set};

/// After so long without a poll it does: `max.poll.interval.ms` of Kafka's own client, librdkafka and aiokafka, unless it is
/// set.
const POLL_INTERVAL_SECONDS: f64 = 300.0;
/// After so long without a heartbeat it does: `sessionTimeout` of kafkajs, which sends them between events.
const SESSION_TIMEOUT_SECONDS: f64 = 30.0;
/// The part of a limit from which a mean call is too long: one that is slower than the mean passes it.
const LONG_CALL: f64 = 0.6;

/// How long a client lets a handler run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit<'r> {
    /// The setting's name in the client.
    pub name: &'r str,
    /// Its default, s.
    pub seconds: f64,
    /// Whether heartbeats from the handler do as well.
    pub is_of_heartbeats: bool,
}

impl<'r> Limit<'r> {
    /// That of a runtime's client.
    pub(super) fn of(runtime: &'r Runtime) -> Self {
        let get = |set| runtime.setting_names.get(set);
        match get(Set::SessionTimeout) {
            Some(name) => Self { name, seconds: SESSION_TIMEOUT_SECONDS, is_of_heartbeats: true },
            None => Self {
                name: get(Set::PollInterval).unwrap_or("max.poll.interval.ms"),
                seconds: POLL_INTERVAL_SECONDS,
                is_of_heartbeats: false,
            },
        }
    }

    /// The longest mean call that is no risk, s.
    pub fn longest_call(&self) -> f64 {
        LONG_CALL * self.seconds
    }
}

/// The most events of a call that neither takes nor gathers longer than the plan's client bears.
pub(super) fn most_events(plan: &Plan<'_>) -> u32 {
    let most = Limit::of(plan.runtime).longest_call();
    let events = f64::from(plan.sizing.batch);
    let wait = plan.sizing.wait_seconds * events;
    let handling = (plan.sizing.call_seconds() - wait) / events;
    ((most - wait) / handling).min(most * events / plan.gathering_seconds()) as u32
}
