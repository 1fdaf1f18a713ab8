//! How busy machines are, fetches included, and how long each fetch waits.
//!
//! Fetching [yields to handling](crate::demand::fetch), so no member needs a core for it. But graphs, autoscalers and
//! neighbours see it, and a longer wait of each fetch takes less of it.

use crate::capacity::assignment::held;
use crate::capacity::sizing::{Count, Sizing};
use crate::latency::fetched;
use crate::runtime::{Concurrency, Discipline};

/// B: how long a fetch may wait, s.
pub const FETCH_WAITS: [f64; 8] = [0.0, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 100e-3];

/// The part of the p99 goal that a fetch may wait for at most.
pub(crate) const WAIT_OF_GOAL: f64 = 0.25;

impl Sizing {
    /// Members of the group that hold a partition, and so fetch: `min(n W, P)`.
    pub fn reading_members(&self, count: Count) -> u64 {
        self.topic.partitions.map_or(count.members(), |partitions| count.members().min(u64::from(partitions)))
    }

    /// Events/s that one of these reads on average at `rate` events/s of all: `rate / min(n W, P)`.
    pub fn mean_member_rate(&self, rate: f64, count: Count) -> f64 {
        rate / self.reading_members(count) as f64
    }

    /// A reading member's part of the cores of its instance, of which its fetching takes at most what handling leaves.
    fn cores_per_reader(&self, count: Count) -> f64 {
        let Count { instances, members_per_instance } = count;
        let all = self.instance_cores(members_per_instance, members_per_instance as f64) * instances as f64;
        self.member_cores().min(all / self.reading_members(count) as f64)
    }

    /// What an event takes of a vCPU where all bring `rate` events/s and each fetch waits for `wait_seconds`, its part of
    /// the fetch included, s.
    pub fn service_at(&self, rate: f64, count: Count, wait_seconds: f64) -> f64 {
        let member_rate = self.mean_member_rate(rate, count);
        self.service.seconds_at(member_rate, self.cores_per_reader(count), wait_seconds)
    }

    /// An event's part of its fetch alone, s.
    pub fn fetch_seconds(&self, count: Count, wait_seconds: f64) -> f64 {
        self.service_at(self.peak_rate, count, wait_seconds) - self.service.handling_seconds
    }

    /// s', what the CPU of an event takes of its core: s, or s / e where threads contend, s.
    pub fn core_seconds(&self) -> f64 {
        self.service.handling_seconds / self.worth
    }

    /// Cores busy over V at `rate` with all instances up, on an average machine: events, fetches, idle polling, system; where a
    /// core in use is `worth` so much.
    pub(crate) fn cpu(&self, rate: f64, count: Count, seconds_per_event: f64, worth: f64) -> f64 {
        let handled = rate * seconds_per_event / worth / count.instances as f64;
        let idle = count.members_per_instance as f64 * self.idle_cores;
        (handled + idle + self.policy.system_cores) / f64::from(self.vcpus)
    }

    /// The same at peak with fetches that wait for `wait_seconds`, where all cores may be busy and contend.
    pub fn cpu_at_peak(&self, count: Count, wait_seconds: f64) -> f64 {
        let seconds = self.service_at(self.peak_rate, count, wait_seconds);
        self.cpu(self.peak_rate, count, seconds, self.worth)
    }

    /// Whether that keeps to the limit on the machines' CPU.
    pub(crate) fn keeps_cpu(&self, count: Count, wait_seconds: f64) -> bool {
        self.cpu_at_peak(count, wait_seconds) <= self.policy.max_cpu
    }

    /// Whether any wait might: without the fetch it does.
    pub(crate) fn may_keep_cpu(&self, count: Count) -> bool {
        self.cpu(self.peak_rate, count, self.service.handling_seconds, self.worth) <= self.policy.max_cpu
    }

    /// Waits that the p99 goal allows, 0 first; 0 alone where a fetch costs nothing.
    pub(crate) fn fetch_waits(&self) -> &'static [f64] {
        if self.service.fetch.core_seconds <= 0.0 || !self.policy.fetch_waits {
            return &FETCH_WAITS[..1];
        }
        let most = self.goal_seconds.map_or(f64::INFINITY, |goal| WAIT_OF_GOAL * goal);
        &FETCH_WAITS[..FETCH_WAITS.partition_point(|&wait| wait <= most).max(1)]
    }

    /// Whether a wait takes less CPU than none at a rate of all events.
    pub(crate) fn wait_saves(&self, rate: f64, count: Count, wait_seconds: f64) -> bool {
        self.service.fetch.is_longer(self.mean_member_rate(rate, count), wait_seconds)
    }

    /// Whether a count may have a wait: none, or one that saves CPU at peak and keeps the p99 goal.
    fn may_wait(&self, count: Count, wait_seconds: f64) -> bool {
        let Count { instances, members_per_instance } = count;
        let keeps = |goal| self.members_keep(goal, instances, members_per_instance, wait_seconds);
        wait_seconds == 0.0
            || self.wait_saves(self.peak_rate, count, wait_seconds) && self.goal_seconds.is_none_or(keeps)
    }

    /// Whether some wait keeps the machines' CPU within its limit.
    pub(crate) fn keeps_cpu_somehow(&self, count: Count) -> bool {
        let keeps = |&&wait: &&f64| self.may_wait(count, wait) && self.keeps_cpu(count, wait);
        self.may_keep_cpu(count) && self.fetch_waits().iter().find(keeps).is_some()
    }

    /// B of a count, s: none, or the least that it may have with its CPU within the limit. Where none keeps that, the
    /// longest that it may have, which takes least CPU.
    pub fn fetch_wait(&self, count: Count) -> f64 {
        let mut waits = self.fetch_waits().iter().copied().filter(|&wait| self.may_wait(count, wait));
        let longest = waits.clone().next_back();
        waits.find(|&wait| self.keeps_cpu(count, wait)).or(longest).unwrap_or(0.0)
    }

    /// Events/s that the busiest member takes at peak.
    pub fn busiest_member_rate(&self, count: Count) -> f64 {
        self.peak_rate * self.topic.busiest_member_share(count.members())
    }

    /// What fetching adds to the latency of nearly all events of the busiest member, x events/s, s:
    ///
    /// ```text
    /// F' + T + (c where x c >= 1, else 0)     B = 0       c = max(T + B, F' / left)
    /// F' + T + fetched(c', rho, held)         B > 0       c' = c / (1 - rho g)
    /// ```
    ///
    /// An event goes through a whole fetch, and before it waits for the one under way. Fetches that wait bring batches, in
    /// which it [waits for those before it](fetched::p99_seconds) too, and g of a batch holds up the next. One without CPU is none.
    pub fn fetch_delay(&self, count: Count, wait_seconds: f64) -> f64 {
        if self.service.fetch.core_seconds <= 0.0 {
            return 0.0;
        }
        let rate = self.busiest_member_rate(count);
        let cycle = self.fetch_cycle(rate, wait_seconds);
        let gap = if wait_seconds > 0.0 {
            let busy = self.handling_share(rate);
            let held = self.held_partitions(count);
            fetched::p99_seconds(cycle / (1.0 - busy * self.gated_share(rate * cycle, held)), busy, held)
        } else if rate * cycle >= 1.0 {
            cycle
        } else {
            0.0
        };
        self.least_fetch_delay() + gap
    }

    /// c, from one fetch of a member that reads `rate` events/s to the next where nothing holds it up, s.
    pub fn fetch_cycle(&self, rate: f64, wait_seconds: f64) -> f64 {
        let fetch = self.service.fetch;
        let by_cpu = fetch.core_seconds / self.service.left(rate, self.member_cores());
        by_cpu.max(fetch.round_trip_seconds + wait_seconds)
    }

    /// g, the share of a fetch of so many events that a gated client waits for before the next: all but those in flight, which
    /// are taken.
    pub fn gated_share(&self, events: f64, held: f64) -> f64 {
        let holders = if self.concurrency == Concurrency::Partition { held } else { 1.0 };
        let taken = f64::from(self.in_flight) * self.batch_events() * holders;
        if self.discipline == Discipline::Gated { (1.0 - taken / events).max(0.0) } else { 0.0 }
    }

    /// Partitions that the busiest member holds; where P is open, as many as make no difference.
    pub fn held_partitions(&self, count: Count) -> f64 {
        const MANY: f64 = 1e6;
        self.topic.partitions.map_or(MANY, |partitions| held(partitions, count.members()) as f64)
    }

    /// rho, the share of its time that a member handles events that reads `rate` events/s: of its cores, or of its in-flight limit
    /// where that is the member's and calls wait for I/O. 0.95 at most, so that what follows from it has an end.
    pub fn handling_share(&self, rate: f64) -> f64 {
        const MOST: f64 = 0.95;
        let of_cores = rate * self.service.handling_seconds / self.member_cores();
        let in_flight = match self.concurrency {
            Concurrency::Consumer => rate * self.own_seconds() / f64::from(self.in_flight),
            Concurrency::Partition => 0.0,
        };
        of_cores.max(in_flight).min(MOST)
    }

    /// What fetching adds at a rate of next to nothing and without a wait: F' + T.
    pub(crate) fn least_fetch_delay(&self) -> f64 {
        let fetch = self.service.fetch;
        if fetch.core_seconds > 0.0 { fetch.core_seconds + fetch.round_trip_seconds } else { 0.0 }
    }
}
