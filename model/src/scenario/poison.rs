//! What one message does that cannot be handled, until its attempts are used up or somebody skips it.

use crate::plan::Plan;
use crate::runtime::Concurrency;

/// Seconds in a minute.
const MINUTE: f64 = 60.0;

/// A poison message on the busiest partition, at peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poison {
    /// What the in-flight limit, of which it takes one, is for.
    pub concurrency: Concurrency,
    /// Events that may be in progress beside it, m - 1.
    pub in_flight_left: u32,
    /// Share of all events that wait behind it: those of its partition, or of its consumer; 0 where others may be in progress.
    pub blocked_share: f64,
    /// Events that pile up behind it, events/min.
    pub blocked_per_minute: f64,
    /// Events in flight over those that may be beside it, above 1 where these are not enough; infinite where none may.
    pub load_of_in_flight_left: f64,
    /// Events of its partition that are handled or wait, but cannot be committed before it is, events/min.
    pub uncommitted_per_minute: f64,
}

impl Plan<'_> {
    /// What a poison message does to the plan at peak.
    ///
    /// With m = 1 it stops its partition, `k/P` of all events, or where each consumer handles one at a time all that this one reads,
    /// `share(n W)`. With m > 1 it takes one of m.
    pub fn poison(&self) -> Poison {
        let sizing = &self.sizing;
        let of_partition = self.busiest_partition_share();
        let of_holder = match sizing.concurrency {
            Concurrency::Partition => of_partition,
            Concurrency::Consumer => sizing.topic.busiest_member_share(self.members()),
        };
        let in_flight_left = sizing.in_flight.saturating_sub(1);
        let blocked_share = if in_flight_left == 0 { of_holder } else { 0.0 };
        let per_minute = sizing.peak_rate * MINUTE;
        Poison {
            concurrency: sizing.concurrency,
            in_flight_left,
            blocked_share,
            blocked_per_minute: per_minute * blocked_share,
            load_of_in_flight_left: match in_flight_left {
                0 => f64::INFINITY,
                left => sizing.peak_rate * of_holder * sizing.own_seconds() / f64::from(left),
            },
            uncommitted_per_minute: per_minute * of_partition,
        }
    }
}
