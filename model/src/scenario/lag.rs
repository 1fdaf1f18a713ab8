//! How many events wait in each moment after a failure, as a fluid.

use crate::plan::Plan;
use crate::scenario::backlog::Ages;
use crate::scenario::failure::{Course, FailureScenario, GroupSettings};

/// Events that wait over the time since a failure, where partitions stop once.
#[derive(Debug, Clone, PartialEq)]
pub struct Lag {
    /// Until all partitions are read again, s; infinite where nobody is left to read them.
    pub stopped_seconds: f64,
    rate: f64,
    share: f64,
    /// How far partitions are behind once they are read again, and how much of that of what failed is done again.
    stop: Ages,
    redone: f64,
    /// A call, s, which is done again from its beginning.
    call_seconds: f64,
    /// Shares of all events, each with what its stations hold as they go on, and by how much that shrinks in a second.
    parts: Vec<(f64, Vec<(f64, f64)>)>,
}

impl FailureScenario {
    /// The lag after it where `rate` events/s arrive all the time; `None` where partitions stop more than once.
    pub fn lag(self, plan: &Plan<'_>, settings: &GroupSettings, rate: f64) -> Option<Lag> {
        let Course { stops, after, .. } = self.course(plan, settings);
        let (share, stop) = (self.standstill(plan, settings).share, stops.only()?);
        let part = |(part, rank)| {
            let stations = plan.stations(rate, after, rank).map(|it| (it.waiting(stop), it.spare()));
            (part, stations.collect())
        };
        let parts = plan.ranks(&[after.members]).map(part).collect();
        let (stopped_seconds, redone) = (stops.second.moved, stops.redone);
        let call_seconds = plan.sizing.call_seconds();
        Some(Lag { stopped_seconds, rate, share, stop, redone, call_seconds, parts })
    }
}

impl Lag {
    /// Events that wait so many seconds after the failure: `L (share (U + t) + (1 - share) t')` while partitions stop, those that did
    /// not fail for the last t'; then what the slowest station of each part has left of that, or what is left of calls done again.
    pub fn at(&self, seconds: f64) -> f64 {
        let Self { rate, share, stop, .. } = *self;
        let behind = |moved: f64, others: f64| rate * (share * moved + (1.0 - share) * others);
        let worked = seconds - self.stopped_seconds;
        if worked <= 0.0 || self.parts.is_empty() {
            let stopped = self.stopped_seconds;
            let since = if stopped.is_finite() { stopped - stop.others } else { 0.0 };
            return behind(seconds + self.redone, (seconds - since).max(0.0));
        }
        let left = |(waiting, spare): &(f64, f64)| match *waiting {
            none if none <= 0.0 => 0.0,
            waiting => ((waiting - spare * worked) / waiting).max(0.0),
        };
        let of_part =
            |(part, stations): &(f64, Vec<(f64, f64)>)| part * stations.iter().map(left).fold(0.0, f64::max);
        let waiting = behind(stop.moved, stop.others) * self.parts.iter().map(of_part).sum::<f64>();
        waiting.max(behind((self.call_seconds - worked).max(0.0), 0.0))
    }
}
