//! What fetching takes, by hand.

use proptest::prelude::*;
use tonnage_model::demand::fetch::{FetchCost, Service};

/// 300 us a fetch, 5 ms from one to the next, and 20 us an event.
const SERVICE: Service =
    Service { handling_seconds: 20e-6, fetch: FetchCost { core_seconds: 300e-6, round_trip_seconds: 5e-3 } };

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-12 * expected, "{actual} is not {expected}");
}

#[test]
fn a_fetch_by_hand() {
    let fetch = SERVICE.fetch;
    // 200/s * 5 ms = 1: 1 + 1/e events.
    let events = 1.0 + (-1.0f64).exp();
    close(fetch.events_per_fetch(200.0), events);
    close(SERVICE.seconds_at(200.0, 1.0, 0.0), 20e-6 + 300e-6 / events);
    // 2,000/s * 5 ms = 10.
    close(SERVICE.scaled(2.0).seconds_at(2000.0, 1.0, 0.0), 40e-6 + 600e-6 / (10.0 + (-10.0f64).exp()));
    close(SERVICE.seconds_at(0.0, 1.0, 0.0), 320e-6);
}

#[test]
fn without_a_round_trip_every_event_is_fetched_alone() {
    let at_once = FetchCost { round_trip_seconds: 0.0, ..SERVICE.fetch };
    close(at_once.per_event(1e9, 0.0), 300e-6);
}

#[test]
fn fetching_yields_to_handling() {
    // 49,000/s take 0.98 of a core, and 200 fetches/s of 300 us would take 0.06 more.
    close(SERVICE.seconds_at(49_000.0, 1.0, 0.0), 1.0 / 49_000.0);
    close(SERVICE.seconds_at(49_000.0, 2.0, 0.0), 20e-6 + 300e-6 / 245.0);
    assert_eq!(SERVICE.fetch_seconds_at(60_000.0, 1.0, 0.0), 0.0);
    // However many cores there are, one fetch is under way at a time.
    let long = Service { fetch: FetchCost { core_seconds: 1.0, ..SERVICE.fetch }, ..SERVICE };
    close(long.fetch_seconds_at(1000.0, 8.0, 0.0), 1e-3);
}

#[test]
fn a_free_fetch_is_no_fetch_to_the_last_bit() {
    for rate in [0.0, 1e-9, 1.0, 1e12] {
        let free = FetchCost { core_seconds: 0.0, round_trip_seconds: 7e-3 };
        assert_eq!(Service { handling_seconds: 0.1, fetch: free }.seconds_at(rate, 1.0, 0.0), 0.1);
    }
}

#[test]
fn a_waiting_fetch_by_hand() {
    // 2,000/s for 5 ms and 20 ms more: 50 events, 40 fetches/s of 300 us.
    close(SERVICE.fetch_seconds_at(2000.0, 1.0, 0.02), 300e-6 / 50.0);
    // 40/s: in 20 ms 0.8 of an event is less than exp(-0.2) = 0.82, in 25 ms 1.0 is more.
    assert!(!SERVICE.fetch.is_longer(40.0, 0.02));
    assert!(SERVICE.fetch.is_longer(40.0, 0.025));
}

proptest! {
    #[test]
    fn a_higher_rate_takes_less_of_each_event_and_more_in_all(
        handling in 0.0f64..1e-3, core in 0.0f64..1e-2, trip in 0.0f64..0.1, cores in 0.0f64..8.0,
        rate in 1e-3f64..1e6, more in 0.0f64..1e6,
    ) {
        let fetch = FetchCost { core_seconds: core, round_trip_seconds: trip };
        let service = Service { handling_seconds: handling, fetch };
        let (s, faster) = (service.seconds_at(rate, cores, 0.0), service.seconds_at(rate + more, cores, 0.0));
        prop_assert!(faster <= s * (1.0 + 1e-12));
        prop_assert!((rate + more) * faster >= rate * s * (1.0 - 1e-9));
        prop_assert!(s >= handling && s <= (handling + core) * (1.0 + 1e-12));
        prop_assert!(rate * s <= cores.max(rate * handling) * (1.0 + 1e-9));
    }

    #[test]
    fn a_round_trip_has_at_most_one_fetch(trip in 1e-6f64..1.0, rate in 0.0f64..1e9) {
        let fetch = FetchCost { core_seconds: 0.0, round_trip_seconds: trip };
        prop_assert!(rate / fetch.events_per_fetch(rate) <= rate.min(1.0 / trip) * (1.0 + 1e-12));
    }
}
