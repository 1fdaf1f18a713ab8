//! What fetching costs: every fetch costs the same, how many events it brings follows from their rate, and fetching
//! yields to handling.
//!
//! A consumer that keeps up asks again after a round trip T. Where events came meanwhile, of Poisson arrivals at x/s
//! with probability `1 - exp(-x T)`, it is answered at once, else after another 1/x on average: a cycle takes
//! `T + exp(-x T)/x` and brings `x T + exp(-x T)` events. A quiet consumer pays a whole fetch for nearly every event,
//! a busy one a small part of it.
//!
//! The next fetch also waits until the last batch is handled. So fetches get what handling leaves of a core, and none
//! where handling takes it all: the cycle is as long as F takes of the rest, `F / (1 - x h)`, where that is more. It is
//! a queue with gated vacations; compare H. Takagi, *Analysis of Polling Systems* (1986).

/// CPU and time of one fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FetchCost {
    /// F, CPU of one fetch however many events it brings, core-s.
    pub core_seconds: f64,
    /// T, time from one fetch to the next that can be sent, s.
    pub round_trip_seconds: f64,
}

impl FetchCost {
    /// Events that one fetch brings a member that keeps up with `member_rate` events/s: `x T + exp(-x T)`.
    ///
    /// ```
    /// use tonnage_model::demand::fetch::FetchCost;
    ///
    /// let fetch = FetchCost { core_seconds: 300e-6, round_trip_seconds: 5e-3 };
    /// // A quiet member fetches every event alone, a busy one ten at a time.
    /// assert_eq!(fetch.events_per_fetch(0.0), 1.0);
    /// assert!((fetch.events_per_fetch(2000.0) - 10.0).abs() < 1e-4);
    /// ```
    pub fn events_per_fetch(self, member_rate: f64) -> f64 {
        let arrivals = member_rate * self.round_trip_seconds;
        arrivals + (-arrivals).exp()
    }

    /// The same where a fetch waits for `wait_seconds` (B) however many events there are, which a client does that is
    /// told to wait for more bytes than come in that time: `x (T + B)`. At B = 0 it waits for one event.
    pub fn events_per_waiting_fetch(self, member_rate: f64, wait_seconds: f64) -> f64 {
        if wait_seconds > 0.0 {
            member_rate * (self.round_trip_seconds + wait_seconds)
        } else {
            self.events_per_fetch(member_rate)
        }
    }

    /// Whether a fetch brings more at that wait than without: `x B > exp(-x T)`.
    pub fn is_longer(self, member_rate: f64, wait_seconds: f64) -> bool {
        member_rate * wait_seconds > (-member_rate * self.round_trip_seconds).exp()
    }

    /// An event's share of the fetch that brings it, core-s: `F / (x T + exp(-x T))`, or `F / (x (T + B))`.
    pub fn per_event(self, member_rate: f64, wait_seconds: f64) -> f64 {
        self.core_seconds / self.events_per_waiting_fetch(member_rate, wait_seconds)
    }

    /// The same fetch where CPU takes `factor` times as long; the round trip stays.
    pub fn scaled(self, factor: f64) -> Self {
        Self { core_seconds: self.core_seconds * factor, ..self }
    }
}

/// What one event takes of a vCPU.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Service {
    /// h, all but the fetch, s. It alone says what a member can carry.
    pub handling_seconds: f64,
    /// The fetch on the same vCPU.
    pub fetch: FetchCost,
}

impl Service {
    /// An event's share of the fetch where a member reads `member_rate` events/s with `cores` vCPUs for handling and
    /// fetching and each fetch waits for `wait_seconds`, s.
    ///
    /// All its fetches take at most what handling leaves of these, and at most one core, as there is one at a time.
    pub fn fetch_seconds_at(self, member_rate: f64, cores: f64, wait_seconds: f64) -> f64 {
        self.fetch.per_event(member_rate, wait_seconds).min(self.left(member_rate, cores) / member_rate)
    }

    /// What handling `member_rate` events/s leaves of some cores for fetching, at most one core, as a member has one
    /// fetch under way at a time.
    pub fn left(self, member_rate: f64, cores: f64) -> f64 {
        (cores - member_rate * self.handling_seconds).clamp(0.0, 1.0)
    }

    /// `h + F / (x T + exp(-x T))` under the same limits, s.
    ///
    /// Without a wait it falls with the rate, while the work of a member, x times that, never falls.
    pub fn seconds_at(self, member_rate: f64, cores: f64, wait_seconds: f64) -> f64 {
        self.handling_seconds + self.fetch_seconds_at(member_rate, cores, wait_seconds)
    }

    /// The same work where all CPU takes `factor` times as long.
    pub fn scaled(self, factor: f64) -> Self {
        Self { handling_seconds: self.handling_seconds * factor, fetch: self.fetch.scaled(factor) }
    }
}
