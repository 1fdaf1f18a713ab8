//! What fetching costs: every fetch costs the same, and how many events it brings follows from their rate.
//!
//! A fetch waits for an event and then takes a round trip T, in which `x T` further events arrive for a consumer
//! that reads x events/s; the next fetch brings these, `1 + x T` events a fetch in all. Fetches are to events as
//! the counts of a counter with dead time T are to particles: `x / (1 + x T)`, the counter of type I in W. Feller,
//! "On probability problems in the theory of counters" (1948). A quiet consumer pays a whole fetch for nearly
//! every event, a busy one a small part of it.

use serde::Serialize;

/// CPU and time of one fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct FetchCost {
    /// F, CPU of one fetch however many events it brings, core-s.
    pub core_seconds: f64,
    /// T, time from one fetch to the next that can be sent, s.
    pub round_trip_seconds: f64,
}

impl FetchCost {
    /// Events that one fetch brings a member that reads `member_rate` events/s: `1 + x T`.
    pub fn events_per_fetch(self, member_rate: f64) -> f64 {
        1.0 + member_rate * self.round_trip_seconds
    }

    /// Fetches/s of a member that reads `member_rate` events/s: `x / (1 + x T)`, never above 1/T.
    pub fn fetches_per_second(self, member_rate: f64) -> f64 {
        member_rate / self.events_per_fetch(member_rate)
    }

    /// An event's share of the fetch that brings it, core-s: `F / (1 + x T)`.
    pub fn per_event(self, member_rate: f64) -> f64 {
        self.core_seconds / self.events_per_fetch(member_rate)
    }

    /// The same fetch where CPU takes `factor` times as long; the round trip stays.
    pub fn scaled(self, factor: f64) -> Self {
        Self { core_seconds: self.core_seconds * factor, ..self }
    }
}

/// s(x): what one event takes of a vCPU, as a function of the rate at which its consumer reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Service {
    /// All but the fetch, s. It is what s comes down to where fetches bring many events.
    pub handling_seconds: f64,
    /// The fetch on the same vCPU.
    pub fetch: FetchCost,
}

impl Service {
    /// The same at any rate.
    pub fn constant(handling_seconds: f64) -> Self {
        Self { handling_seconds, fetch: FetchCost::default() }
    }

    /// `s(x) = handling + F / (1 + x T)` for a member that reads `member_rate` events/s, s.
    ///
    /// It falls with the rate, while the work of a member, `x s(x)`, grows with it and is concave.
    pub fn seconds_at(self, member_rate: f64) -> f64 {
        self.handling_seconds + self.fetch.per_event(member_rate)
    }

    /// The same work where all CPU takes `factor` times as long.
    pub fn scaled(self, factor: f64) -> Self {
        Self { handling_seconds: self.handling_seconds * factor, fetch: self.fetch.scaled(factor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 300 us a fetch, 5 ms from one to the next, and 20 us an event.
    const SERVICE: Service = Service {
        handling_seconds: 20e-6,
        fetch: FetchCost { core_seconds: 300e-6, round_trip_seconds: 5e-3 },
    };

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 1e-12 * expected, "{actual} is not {expected}");
    }

    #[test]
    fn a_fetch_by_hand() {
        let fetch = SERVICE.fetch;
        // 1 + 100/s * 5 ms = 1.5 events; 100/1.5 fetches/s; 300/1.5 us.
        close(fetch.events_per_fetch(100.0), 1.5);
        close(fetch.fetches_per_second(100.0), 100.0 / 1.5);
        close(fetch.per_event(100.0), 200e-6);
        close(SERVICE.seconds_at(100.0), 220e-6);
        // 1 + 1,800/s * 5 ms = 10 events.
        close(SERVICE.seconds_at(1800.0), 50e-6);
        close(SERVICE.seconds_at(0.0), 320e-6);
        close(SERVICE.scaled(2.0).seconds_at(1800.0), 100e-6);
    }

    #[test]
    fn without_a_round_trip_every_event_is_fetched_alone() {
        let at_once = FetchCost { round_trip_seconds: 0.0, ..SERVICE.fetch };
        close(at_once.per_event(1e9), 300e-6);
    }

    #[test]
    fn a_free_fetch_is_no_fetch_to_the_last_bit() {
        for rate in [0.0, 1e-9, 1.0, 1e12] {
            assert_eq!(Service::constant(0.1).seconds_at(rate), 0.1);
            let free = FetchCost { core_seconds: 0.0, round_trip_seconds: 7e-3 };
            assert_eq!(Service { handling_seconds: 0.1, fetch: free }.seconds_at(rate), 0.1);
        }
    }

    proptest! {
        #[test]
        fn a_higher_rate_takes_less_of_each_event_and_more_in_all(
            handling in 0.0f64..1e-3, core in 0.0f64..1e-2, trip in 0.0f64..0.1,
            rate in 0.0f64..1e6, more in 0.0f64..1e6,
        ) {
            let fetch = FetchCost { core_seconds: core, round_trip_seconds: trip };
            let service = Service { handling_seconds: handling, fetch };
            let (s, faster) = (service.seconds_at(rate), service.seconds_at(rate + more));
            prop_assert!(faster <= s);
            prop_assert!((rate + more) * faster >= rate * s * (1.0 - 1e-12));
            prop_assert!(s >= handling && s <= handling + core);
        }

        #[test]
        fn a_round_trip_has_at_most_one_fetch(trip in 1e-6f64..1.0, rate in 0.0f64..1e9) {
            let fetch = FetchCost { core_seconds: 0.0, round_trip_seconds: trip };
            prop_assert!(fetch.fetches_per_second(rate) <= rate.min(1.0 / trip) * (1.0 + 1e-12));
        }
    }
}
