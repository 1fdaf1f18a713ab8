//! What one event does that cannot be handled, until its attempts are used up or somebody skips it.

use crate::plan::Plan;
use crate::runtime::Concurrency;

/// Seconds in a minute.
const MINUTE: f64 = 60.0;

/// A poison event on the busiest partition, at peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poison {
    /// Who holds the places for events in progress, of which it takes one.
    pub concurrency: Concurrency,
    /// Places that it leaves, m - 1.
    pub places_left: u32,
    /// Share of all events that wait behind it: those of its partition, or of its consumer; 0 where places are left.
    pub blocked_share: f64,
    /// Events that pile up behind it, events/min.
    pub blocked_per_minute: f64,
    /// Events in progress over the places left, above 1 where they are not enough; infinite where none is.
    pub load_of_places_left: f64,
    /// Events of its partition that are handled or wait, but cannot be committed before it is, events/min.
    pub uncommitted_per_minute: f64,
}

impl Plan<'_> {
    /// What a poison event does to the plan at peak.
    ///
    /// With m = 1 it stops its partition, `k/P` of all events, or with a place for each consumer all that this one reads,
    /// `share(n W)`. With m > 1 it takes a place of m.
    pub fn poison(&self) -> Poison {
        let sizing = &self.sizing;
        let of_partition = self.busiest_partition_share();
        let of_holder = match sizing.concurrency {
            Concurrency::Partition => of_partition,
            Concurrency::Consumer => sizing.topic.busiest_member_share(self.members()),
        };
        let places_left = sizing.in_flight.saturating_sub(1);
        let blocked_share = if places_left == 0 { of_holder } else { 0.0 };
        let per_minute = sizing.peak_rate * MINUTE;
        Poison {
            concurrency: sizing.concurrency,
            places_left,
            blocked_share,
            blocked_per_minute: per_minute * blocked_share,
            load_of_places_left: match places_left {
                0 => f64::INFINITY,
                places => sizing.peak_rate * of_holder * sizing.own_seconds() / f64::from(places),
            },
            uncommitted_per_minute: per_minute * of_partition,
        }
    }
}
