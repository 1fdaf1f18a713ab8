//! Calls that go round between cores and a wait: by hand, and against mean value analysis.

use proptest::prelude::*;
use tonnage_model::capacity::closed::{Closed, Shared};

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected, "{actual} is not {expected}");
}

fn closed(places: f64, cores: f64, wait_seconds: f64) -> Closed {
    Closed { places, cores, core_seconds: 1.0, wait_seconds }
}

#[test]
fn one_place_takes_its_own_time() {
    // 1 / (1/0.8 + 3).
    close(closed(1.0, 0.8, 3.0).throughput(), 1.0 / 4.25);
}

#[test]
fn without_a_wait_or_with_endless_places_cores_are_busy() {
    close(closed(3.0, 0.9, 0.0).throughput(), 0.9);
    close(closed(3.0, 8.0, 0.0).throughput(), 3.0);
    close(closed(1e6, 4.0, 100.0).throughput(), 4.0);
    // So few at so many cores that none waits: 4 / (1 + 1e9).
    close(closed(4.0, 64.0, 1e5).throughput(), 4.0 / (1.0 + 1e5));
}

#[test]
fn three_places_on_two_cores_by_hand() {
    // Weights of 0 to 3 at work, w = 1: 1, 3, 3 * 2 / 2 = 3, 3 * 1 / 2 = 1.5; (3 + 2 * 4.5) / 8.5.
    close(closed(3.0, 2.0, 1.0).throughput(), 12.0 / 8.5);
}

#[test]
fn processes_that_share_by_hand() {
    // Three of one place on 1.5 cores, w = 1: 1, 3, 3 * 2 / 1.5 = 4, 4 / 1.5 = 8/3; (3 + 1.5 (4 + 8/3)) / (8 + 8/3).
    let each = closed(1.0, 1.0, 1.0);
    close(Shared { members: 3.0, cores: 1.5, each }.throughput(), 13.0 / (32.0 / 3.0));
    // One call uses one of the cores, however many there are.
    close(Shared { members: 1.0, cores: 3.9, each: closed(1.0, 3.9, 0.0) }.throughput(), 1.0);
    // Where there are cores for all, each is alone.
    let each = closed(3.0, 0.9, 2.0);
    close(Shared { members: 4.0, cores: 3.6, each }.throughput(), 4.0 * each.throughput());
}

/// Reiser and Lavenberg's mean value analysis of one core: `R(N) = s (1 + Q(N-1))`.
fn mean_value_analysis(places: u32, wait: f64) -> f64 {
    let (mut queue, mut throughput) = (0.0, 0.0);
    for n in 1..=places {
        let residence = 1.0 + queue;
        throughput = f64::from(n) / (residence + wait);
        queue = throughput * residence;
    }
    throughput
}

proptest! {
    #[test]
    fn it_is_mean_value_analysis(places in 1u32..200, wait in 1e-3f64..300.0) {
        let exact = mean_value_analysis(places, wait);
        let found = closed(f64::from(places), 1.0, wait).throughput();
        prop_assert!((found / exact - 1.0).abs() < 1e-9, "{found} {exact}");
    }

    #[test]
    fn more_of_anything_carries_more_and_each_place_less(
        places in 1.0f64..60.0, more in 0.0f64..20.0, cores in 0.2f64..9.0, wait in 1e-2f64..90.0,
        factor in 1.0f64..3.0, members in 1.0f64..20.0,
    ) {
        let it = closed(places, cores, wait);
        let x = it.throughput();
        let at_least = |other: f64, than: f64| other >= than * (1.0 - 1e-9);
        let wider = Closed { places: places + more, ..it }.throughput();
        prop_assert!(at_least(wider, x), "{it:?}");
        prop_assert!(at_least(x / places, wider / (places + more)), "{it:?}");
        prop_assert!(at_least(Closed { cores: cores * factor, ..it }.throughput(), x), "{it:?}");
        prop_assert!(at_least(x, Closed { core_seconds: factor, ..it }.throughput()), "{it:?}");
        prop_assert!(at_least(x, Closed { wait_seconds: wait * factor, ..it }.throughput()), "{it:?}");
        prop_assert!(x <= cores.min(places / (1.0 + wait)) * (1.0 + 1e-9));
        prop_assert!(it.carries(x * (1.0 - 1e-9)) && !it.carries(x * (1.0 + 1e-9)));

        let each = Closed { cores: cores.min(1.0), ..it };
        let shared = Shared { members, cores, each };
        let all = shared.throughput();
        prop_assert!(at_least(Shared { members: members + more, ..shared }.throughput(), all), "{it:?}");
        prop_assert!(at_least(all / members, Shared { members: members + more, ..shared }.throughput() / (members + more)), "{it:?}");
        prop_assert!(at_least(Shared { cores: cores * factor, ..shared }.throughput(), all), "{it:?}");
        let slower = Closed { core_seconds: factor, ..each };
        prop_assert!(at_least(all, Shared { each: slower, ..shared }.throughput()), "{it:?}");
        let later = Closed { wait_seconds: wait * factor, ..each };
        prop_assert!(at_least(all, Shared { each: later, ..shared }.throughput()), "{it:?}");
        prop_assert!(all <= cores.min(members * each.throughput()) * (1.0 + 1e-9));
        let of_each = all / members;
        prop_assert!(shared.carries(of_each * (1.0 - 1e-9)) && !shared.carries(of_each * (1.0 + 1e-9)));
    }
}
