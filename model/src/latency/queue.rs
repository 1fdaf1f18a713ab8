//! How long an event takes from reaching a consumer to being handled, at a steady rate.
//!
//! Waiting follows Erlang C with Allen and Cunneen's correction for the service time's variation;
//! the event's own time is matched in its mean and variance. The sum is exact for M/M/c.
//! Sources: A. O. Allen, Probability, Statistics and Queueing Theory (1990), 5.3; H. C. Tijms, A
//! First Course in Stochastic Models (2003), appendix B (two-moment fits).

use crate::latency::erlang::erlang_c;
use crate::root::{TOLERANCE, crossing};

/// The share of events that p99 leaves out.
pub const BEYOND_P99: f64 = 0.01;

/// Measured time over what queueing and fetching give: of all of it at the low end, of that at the cores at the high end.
pub const MEASURED_OVER_QUEUES: [f64; 2] = [0.55, 2.0];

/// How near a bound on arrivals is to the rate that it is of, as a share of the capacity that this leaves free.
const NEAR: f64 = 1e-3;

/// An M/G/c queue whose events leave after a wait for a server and a time of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    /// c, servers working side by side.
    pub servers: u32,
    /// Arrivals, events/s.
    pub arrival_rate: f64,
    /// Mean time for which an event holds a server, s.
    pub service_seconds: f64,
    /// Mean time between an event's leaving the queue and its being handled, s. It is longer than the
    /// service where the event goes on waiting for I/O without holding a server.
    pub own_seconds: f64,
    /// Squared coefficient of variation of the service time.
    pub scv: f64,
    /// The same of the own time.
    pub own_scv: f64,
}

/// An exponential phase that events take with a probability.
struct Phase {
    probability: f64,
    mean_seconds: f64,
}

/// How the time from arrival to handled is distributed: a wait with a probability, and the own time.
struct Sojourn {
    waiting: f64,
    mean_wait: f64,
    shift: f64,
    phases: [Phase; 2],
}

impl Sojourn {
    fn probability_beyond(&self, seconds: f64) -> f64 {
        let rest = seconds - self.shift;
        if self.mean_wait.is_infinite() || rest < 0.0 {
            return 1.0;
        }
        self.phases()
            .map(|phase| {
                let at_once = exponential_tail(phase.mean_seconds, rest);
                let after_wait = sum_of_exponentials_tail(self.mean_wait, phase.mean_seconds, rest);
                phase.probability * ((1.0 - self.waiting) * at_once + self.waiting * after_wait)
            })
            .sum()
    }

    /// Whether p99 is within a goal, s, where that is plain without an exponential.
    ///
    /// No time but the shift is longer than the sum of two exponential ones of the slowest mean, of which 6.64 means
    /// leave out `exp(-6.64) (1 + 6.64) < 0.01`; and 3.9 means of what half of the events take leave out
    /// `0.5 exp(-3.9) > 0.01`.
    fn surely_keeps(&self, goal: f64) -> Option<bool> {
        let rest = goal - self.shift;
        let waits = [(self.waiting, self.mean_wait)];
        let all = || self.phases().map(|phase| (phase.probability, phase.mean_seconds)).chain(waits);
        if rest < 0.0 || all().any(|(share, mean)| share >= 0.5 && rest < 3.9 * mean) {
            Some(false)
        } else {
            all().all(|(_, mean)| rest >= 6.64 * mean).then_some(true)
        }
    }

    /// Phases that some events take.
    fn phases(&self) -> impl Iterator<Item = &Phase> {
        self.phases.iter().filter(|phase| phase.probability > 0.0)
    }

    /// The longest time that `beyond` of all events take, were it for a phase of the own time alone.
    fn own_seconds_beyond(&self, beyond: f64) -> f64 {
        let of_phase = |phase: &Phase| phase.mean_seconds * (phase.probability / beyond).ln();
        self.phases().map(of_phase).fold(0.0, f64::max)
    }

    /// The time that a share `beyond` of all events take longer than.
    ///
    /// Between the own time's and the sum of own time and wait where each is longer for half of them. The logarithm of
    /// the share is nearly straight there.
    fn percentile_beyond(&self, beyond: f64) -> f64 {
        let ratio = |rest: f64| (self.probability_beyond(self.shift + rest) / beyond).ln();
        let low = self.own_seconds_beyond(beyond);
        let own = self.own_seconds_beyond(beyond / 4.0);
        let wait = self.mean_wait * (2.0 * self.waiting / beyond).ln().max(0.0);
        let mut high = own + wait;
        while ratio(high) > 0.0 {
            high *= 2.0;
        }
        self.shift + crossing(low..=high, TOLERANCE, ratio).end()
    }
}

impl Queue {
    /// Servers kept busy, lambda s / c; 1 and more means that the queue grows for ever.
    pub fn utilization(&self) -> f64 {
        self.arrival_rate * self.service_seconds / f64::from(self.servers)
    }

    /// The probability that an event finds all servers busy: Erlang C.
    pub fn probability_of_waiting(&self) -> f64 {
        erlang_c(self.servers, self.arrival_rate * self.service_seconds)
    }

    /// Mean wait of those that do wait, s: `(1+scv)/2 * s / (c (1 - rho))`; infinite at rho >= 1.
    pub fn mean_wait_when_waiting(&self) -> f64 {
        let free = 1.0 - self.utilization();
        if free <= 0.0 {
            return f64::INFINITY;
        }
        (1.0 + self.scv) / 2.0 * self.service_seconds / (f64::from(self.servers) * free)
    }

    /// The probability that an event takes longer than `seconds` from arrival to handled.
    pub fn probability_beyond(&self, seconds: f64) -> f64 {
        self.sojourn().probability_beyond(seconds)
    }

    /// The time that a share `beyond` of all events take longer than, s; infinite where the queue has no
    /// steady state. `beyond` is in (0, 1), 0.01 for p99.
    ///
    /// ```
    /// use tonnage_model::latency::queue::{BEYOND_P99, Queue};
    ///
    /// // M/M/1: times are exponential with mean 1/(100 - 50) s.
    /// let queue = Queue {
    ///     servers: 1,
    ///     arrival_rate: 50.0,
    ///     service_seconds: 0.01,
    ///     own_seconds: 0.01,
    ///     scv: 1.0,
    ///     own_scv: 1.0,
    /// };
    /// let exact = 100f64.ln() / 50.0;
    /// assert!((queue.percentile_beyond(BEYOND_P99) / exact - 1.0).abs() < 1e-9);
    /// ```
    pub fn percentile_beyond(&self, beyond: f64) -> f64 {
        let sojourn = self.sojourn();
        if sojourn.mean_wait.is_infinite() {
            return f64::INFINITY;
        }
        sojourn.percentile_beyond(beyond)
    }

    /// Whether p99 is within a goal, s.
    pub(crate) fn keeps(&self, goal: f64) -> bool {
        let sojourn = self.sojourn();
        sojourn.surely_keeps(goal).unwrap_or_else(|| sojourn.probability_beyond(goal) <= BEYOND_P99)
    }

    /// Arrivals, events/s, with more of which p99 is above a goal, s, or little fewer; `None` where it is even without any.
    pub(crate) fn most_arrivals(&self, goal: f64) -> Option<f64> {
        let full = f64::from(self.servers) / self.service_seconds;
        let ratio = |free: f64| {
            let queue = Self { arrival_rate: (1.0 - free) * full, ..*self };
            // Of a steady and idle queue none do, and its logarithm has no bound.
            (queue.probability_beyond(goal).max(f64::MIN_POSITIVE) / BEYOND_P99).ln()
        };
        (ratio(1.0) <= 0.0).then(|| (1.0 - crossing(0.0..=1.0, NEAR, ratio).start()) * full)
    }

    fn sojourn(&self) -> Sojourn {
        let (shift, phases) = self.own_time();
        let waiting = self.probability_of_waiting();
        Sojourn { waiting, mean_wait: self.mean_wait_when_waiting(), shift, phases }
    }

    /// The own time in two moments: a shift, then one of the phases.
    ///
    /// scv <= 1: a shifted exponential, whose exponential part has mean `own * sqrt(scv)`.
    /// scv > 1: a hyperexponential of two phases with balanced means.
    fn own_time(&self) -> (f64, [Phase; 2]) {
        let own = self.own_seconds;
        let scv = self.own_scv;
        if scv <= 1.0 {
            let spread = own * scv.sqrt();
            let only = Phase { probability: 1.0, mean_seconds: spread };
            (own - spread, [only, Phase { probability: 0.0, mean_seconds: spread }])
        } else {
            let quick = (1.0 + ((scv - 1.0) / (scv + 1.0)).sqrt()) / 2.0;
            let phase = |probability: f64| Phase { probability, mean_seconds: own / (2.0 * probability) };
            (0.0, [phase(quick), phase(1.0 - quick)])
        }
    }
}

/// P(X > t) for an exponential X; a mean of 0 is the constant 0.
fn exponential_tail(mean: f64, t: f64) -> f64 {
    if mean > 0.0 { (-t / mean).exp() } else { 0.0 }
}

/// P(X + Y > t) for independent exponentials, stable also where their means are nearly equal.
///
/// With a the longer mean and b the shorter, `exp(-t/a) (1 + (t/a) (exp(d)-1)/d)`, `d = t/a - t/b <= 0`.
fn sum_of_exponentials_tail(one: f64, other: f64, t: f64) -> f64 {
    let (long, short) = if one >= other { (one, other) } else { (other, one) };
    if short <= 0.0 {
        return exponential_tail(long, t);
    }
    let difference = t / long - t / short;
    let correction = if difference == 0.0 { 1.0 } else { difference.exp_m1() / difference };
    (-t / long).exp() * (1.0 + t / long * correction)
}
