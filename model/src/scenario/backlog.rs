//! Backlogs as a fluid: they grow while work stands still, and shrink by what capacity exceeds arrivals.

/// A place through which events have to go, and that is fast enough or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Events that arrive, events/s.
    pub arrivals: f64,
    /// The part of them on partitions that somebody else held before, events/s.
    pub taken_over: f64,
    /// Events that it can do at most, events/s.
    pub capacity: f64,
}

impl Station {
    /// Events that wait here once partitions that were taken over have stood still for `seconds` and all others for
    /// `others_seconds`: `taken_over T + (arrivals - taken_over) T'`.
    pub fn piled_up(self, seconds: f64, others_seconds: f64) -> f64 {
        let others = self.arrivals - self.taken_over;
        part(self.taken_over, seconds) + part(others, others_seconds)
    }

    /// `capacity - arrivals`, events/s by which a backlog shrinks; it grows where this is negative.
    pub fn spare(self) -> f64 {
        self.capacity - self.arrivals
    }

    /// Seconds until `backlog` events are worked off, `backlog / spare`; infinite where nothing is to spare.
    pub fn drain_seconds(self, backlog: f64) -> f64 {
        if backlog <= 0.0 {
            0.0
        } else if self.spare() <= 0.0 {
            f64::INFINITY
        } else {
            backlog / self.spare()
        }
    }
}

/// `rate * seconds`, where none of nothing is nothing however long it takes.
fn part(rate: f64, seconds: f64) -> f64 {
    if rate <= 0.0 { 0.0 } else { rate * seconds }
}

/// Stops that come again and again, each at its place in a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// Events that pile up in the first stop.
    pub first: f64,
    /// Events worked off before the second; negative where more come.
    pub before_second: f64,
    /// Events that pile up in the second stop.
    pub second: f64,
    /// Events worked off before the next round; negative where more come.
    pub before_next: f64,
}

/// A backlog over rounds of stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounds {
    /// The most that ever waits, events.
    pub most: f64,
    /// What waits after the last stop, events.
    pub at_the_end: f64,
}

impl Round {
    /// What waits over `rounds` of these, one after another, at least one.
    ///
    /// With p the backlog after a round's second stop, `p1 = max(0, first - before_second) + second`. A round more adds
    /// `net = first - before_second + second - before_next`, and leaves p1 where that is not above 0, as
    /// `p' = max(p1, p + net)`. So `p = p1 + (rounds - 1) max(0, net)`.
    pub fn repeated(self, rounds: u64) -> Rounds {
        let Self { first, before_second, second, before_next } = self;
        let more_rounds = rounds.saturating_sub(1) as f64;
        let net = (first - before_second + second - before_next).max(0.0);
        let after_one = (first - before_second).max(0.0) + second;
        let at_the_end = after_one + more_rounds * net;
        let carried_over = match rounds {
            0 | 1 => 0.0,
            _ => (at_the_end - net - before_next).max(0.0),
        };
        Rounds { most: at_the_end.max(carried_over + first), at_the_end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forty_five_seconds_by_hand() {
        // 30 of 100 events/s stand still for 45 s: 1,350 wait. 150/s can be done, so 50/s more than arrive: 27 s.
        let station = Station { arrivals: 100.0, taken_over: 30.0, capacity: 150.0 };
        assert_eq!(station.piled_up(45.0, 0.0), 1350.0);
        assert_eq!(station.drain_seconds(1350.0), 27.0);
        // The other 70/s stand still for 3 s: 210 more.
        assert_eq!(station.piled_up(45.0, 3.0), 1560.0);
    }

    #[test]
    fn what_just_keeps_up_never_catches_up() {
        let station = Station { arrivals: 100.0, taken_over: 0.0, capacity: 100.0 };
        assert_eq!(station.drain_seconds(1.0), f64::INFINITY);
        assert_eq!(station.drain_seconds(0.0), 0.0);
        assert_eq!(station.piled_up(f64::INFINITY, 1.0), 100.0);
    }

    #[test]
    fn rounds_by_hand() {
        // 100 wait, 30 of them are done, 100 more: 170; 50 are done before the next: 120 + 100 - 30 + 100 = 290.
        let round = Round { first: 100.0, before_second: 30.0, second: 100.0, before_next: 50.0 };
        assert_eq!(round.repeated(1), Rounds { most: 170.0, at_the_end: 170.0 });
        assert_eq!(round.repeated(2), Rounds { most: 290.0, at_the_end: 290.0 });
        // Enough time between: every round is as the first, and its first stop the worst.
        let calm = Round { first: 100.0, before_second: 500.0, second: 40.0, before_next: 500.0 };
        assert_eq!(calm.repeated(9), Rounds { most: 100.0, at_the_end: 40.0 });
    }

    proptest! {
        #[test]
        fn the_closed_form_is_what_stepping_gives(
            first in 0.0f64..100.0, before_second in -50.0f64..150.0,
            second in 0.0f64..100.0, before_next in -50.0f64..150.0, rounds in 1u64..30,
        ) {
            let (mut waiting, mut most, mut at_the_end) = (0.0f64, 0.0f64, 0.0);
            for _ in 0..rounds {
                waiting += first;
                most = most.max(waiting);
                waiting = (waiting - before_second).max(0.0) + second;
                most = most.max(waiting);
                at_the_end = waiting;
                waiting = (waiting - before_next).max(0.0);
            }
            let found = Round { first, before_second, second, before_next }.repeated(rounds);
            prop_assert!((found.most - most).abs() < 1e-9, "{found:?} {most}");
            prop_assert!((found.at_the_end - at_the_end).abs() < 1e-9, "{found:?} {at_the_end}");
        }
    }
}
