//! Backlogs that stand still, drain and come in rounds, by hand.

use proptest::prelude::*;
use tonnage_model::scenario::backlog::{Ages, Station, behind_after};

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
    // 3 s behind, of which half a second is caught up while one is away, and 1.5 s in the rest of a round: 3 - 0.5 = 2.5 s, 2.5 - 2 =
    // 0.5 s, and none after the third.
    assert_eq!([1, 2, 3].map(|rounds| behind_after(rounds, 3.0, 0.5, 1.5)), [2.5, 0.5, 0.0]);
    // Those left fall 1 s behind in each, of which 0.25 s are caught up by the next; or all.
    assert_eq!([1, 2, 9].map(|rounds| behind_after(rounds, 3.0, -1.0, 0.25)), [4.0, 4.75, 10.0]);
    assert_eq!([1, 2, 3].map(|rounds| behind_after(rounds, 3.0, -1.0, 3.0)), [4.0, 2.0, 1.0]);
}

proptest! {
    #[test]
    fn the_closed_form_is_what_stepping_gives(
        apart in 0.0f64..100.0, away in -50.0f64..150.0, rest in -50.0f64..150.0, rounds in 1u64..30,
    ) {
        let mut behind = (apart - away).max(0.0);
        for _ in 1..rounds {
            behind = ((behind - rest).max(0.0) - away).max(0.0);
        }
        let found = behind_after(rounds, apart, away, rest);
        prop_assert!((found - behind).abs() < 1e-9, "{found} {behind}");
    }
}
