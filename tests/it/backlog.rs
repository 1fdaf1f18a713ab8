//! Backlogs that stand still, drain and come in rounds, by hand.

use proptest::prelude::*;
use tonnage_model::scenario::backlog::{Ages, Round, Rounds, Station};

#[test]
fn forty_five_seconds_by_hand() {
    // 30 of 100 events/s stand still for 45 s: 1,350 wait. 150/s can be done, so 50/s more than arrive: 27 s.
    let station = Station { arrivals: 100.0, taken_over: 30.0, capacity: 150.0 };
    let behind = |moved, others| station.waiting(Ages { moved, others });
    assert_eq!(behind(45.0, 0.0), 1350.0);
    assert_eq!(station.drain_seconds(1350.0), 27.0);
    // The other 70/s stand still for 3 s: 210 more.
    assert_eq!(behind(45.0, 3.0), 1560.0);
}

#[test]
fn what_just_keeps_up_never_catches_up() {
    let station = Station { arrivals: 100.0, taken_over: 0.0, capacity: 100.0 };
    assert_eq!(station.drain_seconds(1.0), f64::INFINITY);
    assert_eq!(station.drain_seconds(0.0), 0.0);
    assert_eq!(station.waiting(Ages { moved: f64::INFINITY, others: 1.0 }), 100.0);
}

#[test]
fn those_that_moved_catch_up_last() {
    // 10 of 40/s are 48 s behind, the other 30/s are 3 s: 570. At 50/s these catch up by 1/4 s a second: 12 s for all of
    // their 3 s, after which 570 - 120 = 450 events are left, 45 s of those taken over.
    let station = Station { arrivals: 40.0, taken_over: 10.0, capacity: 50.0 };
    let after = station.worked(Ages { moved: 48.0, others: 3.0 }, 12.0);
    assert_eq!(after, Ages { moved: 45.0, others: 0.0 });
    // At 20/s all fall behind by half a second a second.
    let slow = Station { capacity: 20.0, ..station };
    assert_eq!(slow.worked(Ages { moved: 48.0, others: 3.0 }, 2.0), Ages { moved: 49.0, others: 4.0 });
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
