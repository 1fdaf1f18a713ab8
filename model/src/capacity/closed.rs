//! What calls carry that go round between cores and a wait: a closed queue, as a call begins only where another has ended.
//!
//! With all N places of the in-flight limit taken, j calls are at c cores, which finish `min(j, c) / s` calls a second, and
//! N - j wait, each for w. In balance `p(j) min(j, c) / s = p(j-1) (N - j + 1) / w`: the machine repair model. One core is
//! idle as often as Erlang's loss formula says of N servers and w/s erlangs. It holds for any distribution of w, and for any
//! of s where cores are shared evenly.
//! Sources: L. Takács, Introduction to the Theory of Queues (1962), chapter 5; F. Baskett, K. M. Chandy, R. R. Muntz and
//! F. G. Palacios, "Open, closed, and mixed networks of queues", Journal of the ACM 22(2), 1975.

/// What is left out of a sum, as a share of it.
const NEGLIGIBLE: f64 = 1e-13;

/// Calls that go round in one member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Closed {
    /// N, at least 1. Between whole numbers the last place is taken a part of the time.
    pub places: f64,
    /// c, cores that they share; a call is on one at most.
    pub cores: f64,
    /// s, CPU of a call, s.
    pub core_seconds: f64,
    /// w, its wait without CPU, s.
    pub wait_seconds: f64,
}

/// Members that share cores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shared {
    /// How many members, each as busy as the busiest.
    pub members: f64,
    /// Cores of all of them.
    pub cores: f64,
    /// What goes round in each, on cores of its own.
    pub each: Closed,
}

impl Closed {
    /// Calls/s.
    ///
    /// ```
    /// use tonnage_model::capacity::closed::Closed;
    ///
    /// // Two places, as much wait as work: B(2, 1) = (1/2)/(1 + 1 + 1/2) = 1/5 of the core is idle.
    /// let two = Closed { places: 2.0, cores: 1.0, core_seconds: 0.01, wait_seconds: 0.01 };
    /// assert!((two.throughput() - 80.0).abs() < 1e-9);
    /// ```
    pub fn throughput(self) -> f64 {
        let by_cores = if self.core_seconds > 0.0 {
            self.cores.max(0.0) / self.core_seconds * (1.0 - self.idle(None))
        } else {
            f64::INFINITY
        };
        by_cores.min(self.most_in_flight())
    }

    /// Calls/s where none waits for a core, N / (s + w).
    fn most_in_flight(self) -> f64 {
        self.places / (self.core_seconds + self.wait_seconds)
    }

    /// Whether that is a rate at least, in calls/s.
    ///
    /// Surely where the places are as many as calls there would be on average if they came at that rate from outside: by
    /// Jensen's inequality, as places carry less and less. Of those `rate (s + w) + u / (1 - u)` is more, u being the share of
    /// the cores in use.
    pub fn carries(self, rate: f64) -> bool {
        let spare = 1.0 - rate * self.core_seconds / self.cores;
        let free = self.places - rate * (self.core_seconds + self.wait_seconds);
        let may = self.cores > 0.0 && spare >= 0.0 && free >= 0.0;
        may && (free * spare >= 1.0 - spare || self.idle(Some(spare)) <= spare)
    }

    /// Share of the cores that is idle. Beside a share to compare it with it may be any that lies on the same side.
    fn idle(self, than: Option<f64>) -> f64 {
        let Self { places, cores, core_seconds, wait_seconds } = self;
        let ratio = core_seconds / wait_seconds;
        let idle_in = |at_work: f64| (1.0 - at_work / cores).max(0.0);
        if wait_seconds <= 0.0 {
            return idle_in(cores.min(places));
        }
        // The first state without an idle core, or with all calls at work, weighs 1.
        let first = cores.min(places).ceil().max(1.0);
        let (mut total, mut idle) = (1.0, idle_in(first));
        let (mut at_work, mut weight) = (first, 1.0);
        while at_work >= 1.0 {
            weight *= at_work.min(cores) / ((places - at_work + 1.0) * ratio);
            at_work -= 1.0;
            total += weight;
            idle += weight * idle_in(at_work);
        }
        if !total.is_finite() {
            // Next to nothing is at work.
            return 1.0 - self.most_in_flight() * core_seconds / cores;
        }
        (at_work, weight) = (first, 1.0);
        while at_work < places {
            at_work += 1.0;
            let grows_by = (places - at_work + 1.0) * ratio / cores;
            weight *= grows_by;
            total += weight;
            // Weights grow by less and less.
            let rest = if grows_by < 1.0 { weight * grows_by / (1.0 - grows_by) } else { f64::INFINITY };
            let is_told = match than {
                Some(than) => idle <= than * total || idle > than * (total + rest),
                None => rest <= NEGLIGIBLE * total || idle <= NEGLIGIBLE * total,
            };
            if is_told {
                break;
            }
        }
        idle / total
    }
}

impl Shared {
    /// Calls/s of all members together.
    ///
    /// d of W members have calls at work, each at `min(1, C / (d c))` of its speed. A member at that speed is idle for a part I
    /// of the time, so that `p(d) = p(d-1) (W - d + 1) / d (1 - I) / I`: exact for one place each, and where nobody has to
    /// share.
    ///
    /// ```
    /// use tonnage_model::capacity::closed::{Closed, Shared};
    ///
    /// // Two processes of one call each, as much wait as work, on one core: that is two places on one core.
    /// let each = Closed { places: 1.0, cores: 1.0, core_seconds: 0.01, wait_seconds: 0.01 };
    /// assert!((Shared { members: 2.0, cores: 1.0, each }.throughput() - 80.0).abs() < 1e-9);
    /// ```
    pub fn throughput(self) -> f64 {
        if let Some(pooled) = self.pooled() {
            return pooled.throughput();
        }
        let Self { members, cores, each } = self;
        let alone = members * each.throughput();
        let at_work = |wanting: f64| (wanting * each.cores).min(cores);
        let unhindered = each.idle(None);
        let idle = |wanting: f64| match at_work(wanting) / wanting {
            share if share < each.cores => Closed { cores: share, ..each }.idle(None),
            _ => unhindered,
        };
        let mut wanting = members.ceil();
        let (mut weight, mut total, mut busy) = (1.0, 1.0, at_work(wanting));
        while wanting >= 1.0 {
            let idle = idle(wanting);
            let grows_by = wanting * idle / ((members - wanting + 1.0) * (1.0 - idle));
            weight *= grows_by;
            wanting -= 1.0;
            total += weight;
            busy += weight * at_work(wanting);
            if grows_by < 1.0 && weight <= NEGLIGIBLE * total {
                break;
            }
        }
        let together = busy / total / each.core_seconds;
        if together.is_finite() { together.min(alone) } else { alone }
    }

    /// The same as one member, where each has one place and one core at most: as many places on all cores, each no faster than
    /// its own.
    fn pooled(self) -> Option<Closed> {
        let Self { members, cores, each: Closed { places, cores: own, core_seconds, wait_seconds } } = self;
        let all =
            Closed { places: members, cores: cores / own, core_seconds: core_seconds / own, wait_seconds };
        (places == 1.0 && own <= 1.0).then_some(all)
    }

    /// Whether that is a rate of each at least, in calls/s.
    pub fn carries(self, rate: f64) -> bool {
        if let Some(pooled) = self.pooled() {
            return pooled.carries(rate * self.members);
        }
        // None is faster than alone, or slower than with all others at work.
        let slowest = self.cores / self.members;
        self.each.carries(rate)
            && (slowest >= self.each.cores
                || Closed { cores: slowest, ..self.each }.carries(rate)
                || rate * self.members <= self.throughput())
    }
}
