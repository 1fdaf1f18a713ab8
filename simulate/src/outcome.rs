//! What is seen of a run.

use crate::histogram::Histogram;

/// What one run is for.
#[derive(Debug, Clone)]
pub struct Horizon {
    /// Time after which what is seen counts, s.
    pub from_seconds: f64,
    /// End, s.
    pub to_seconds: f64,
    /// Time between two looks at the lag, s; without end for none.
    pub look_seconds: f64,
}

/// What one run came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Times from arrival to handled of all events, s.
    pub times: Histogram,
    /// The same of those that the busiest members handled.
    pub busiest: Histogram,
    /// Time that counts, s.
    pub seconds: f64,
    /// Events arrived in it.
    pub arrived: u64,
    /// Events that were there as it began, and as it ended.
    pub there: [u64; 2],
    /// Events that had arrived and were not handled, on average over it.
    pub mean_lag: f64,
    /// CPU of calls and fetches that were finished in it, core-s.
    pub core_seconds: f64,
    /// Fetches that were finished in it.
    pub fetches: u64,
    /// Events that had arrived and were not handled at each look.
    pub lags: Vec<f64>,
    /// Age of the oldest of those that waited at each look, s.
    pub ages: Vec<f64>,
    /// Most events that had arrived and were not handled, from the failure on.
    pub most_lag: f64,
    /// Events handled again: those in flight as members went, and those that were not committed.
    pub redone: f64,
    /// When the last partition had caught up after a failure: it handled an event within the p99 from before, or had
    /// none left; `None` where one had not.
    pub caught_up: Option<f64>,
    /// Alarms that rang in the whole run.
    pub alarms: u64,
    /// Whether the events of each partition were handled in the order in which they arrived.
    #[cfg(test)]
    pub in_order: bool,
}

/// Watches a run.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Times of all but the busiest members, and of these.
    others: Histogram,
    busiest: Histogram,
    pub alarms: u64,
    pub fetches: u64,
    core_seconds: f64,
    arrived: u64,
    there: u64,
    there_first: u64,
    from: f64,
    is_before: bool,
    /// Where it ends early: at the failure.
    until: Option<f64>,
    there_last: u64,
    area: f64,
    since: f64,
    lags: Vec<f64>,
    ages: Vec<f64>,
    most_lag: u64,
    redone: usize,
    normal: f64,
    behind: Vec<bool>,
    left_behind: usize,
    /// When they were left behind, s.
    assigned: f64,
    caught_up: Option<f64>,
    #[cfg(test)]
    last: Vec<f64>,
    #[cfg(test)]
    is_disordered: bool,
}

impl Watch {
    pub fn horizon(&mut self, horizon: &Horizon) {
        self.from = horizon.from_seconds;
        self.is_before = true;
    }

    /// Looks taken.
    pub fn looks(&self) -> usize {
        self.lags.len()
    }

    pub fn look(&mut self, age: f64) {
        self.lags.push(self.there as f64);
        self.ages.push(age);
    }

    #[inline]
    fn pass(&mut self, now: f64) {
        if self.is_before && now >= self.from {
            self.is_before = false;
            self.others.clear();
            self.busiest.clear();
            (self.area, self.core_seconds, self.fetches, self.arrived) = (0.0, 0.0, 0, 0);
            (self.since, self.there_first) = (self.from, self.there);
        }
        self.area += self.there as f64 * (now - self.since);
        self.since = now;
    }

    #[inline]
    pub fn arrive(&mut self, now: f64) {
        if self.until.is_none() {
            self.pass(now);
            self.arrived += 1;
        }
        self.there += 1;
        self.most_lag = self.most_lag.max(self.there);
    }

    #[inline]
    pub fn handle(&mut self, now: f64, seconds: f64, is_busiest: bool, queue: usize) {
        if self.until.is_none() {
            self.pass(now);
            if is_busiest { &mut self.busiest } else { &mut self.others }.add(seconds);
        }
        self.there -= 1;
        // A call that was under way when partitions were assigned tells nothing of what waits since.
        if self.left_behind > 0 && seconds <= self.normal && now - seconds >= self.assigned {
            self.catch_up(queue, now);
        }
    }

    #[cfg(test)]
    pub fn check_order(&mut self, partition: u32, arrived: f64) {
        let partition = partition as usize;
        self.last.resize(self.last.len().max(partition + 1), 0.0);
        self.is_disordered |= self.last[partition] > arrived;
        self.last[partition] = arrived;
    }

    pub fn work(&mut self, core_seconds: f64) {
        if self.until.is_none() {
            self.core_seconds += core_seconds;
        }
    }

    /// What counts ends with the first change.
    pub fn begin_failure(&mut self, now: f64) {
        if self.until.is_none() {
            self.pass(now);
            self.until = Some(now);
            self.there_last = self.there;
            self.normal = self.others.with(&self.busiest).quantile(0.99);
            self.most_lag = self.there;
        }
    }

    /// So many events are handled again.
    pub fn redo(&mut self, events: usize) {
        self.redone += events;
    }

    /// So many events, which were handled, wait again.
    pub fn wait_again(&mut self, events: usize) {
        self.there += events as u64;
        self.most_lag = self.most_lag.max(self.there);
        #[cfg(test)]
        self.last.fill(0.0);
    }

    /// These of all queues have events that waited for a change.
    pub fn fall_behind(&mut self, all: usize, queues: &[usize], now: f64) {
        self.behind = vec![false; all];
        queues.iter().for_each(|&queue| self.behind[queue] = true);
        (self.left_behind, self.assigned) = (queues.len(), now);
        self.caught_up = queues.is_empty().then_some(now);
    }

    #[inline]
    pub fn catch_up(&mut self, queue: usize, now: f64) {
        if self.left_behind > 0 && self.behind[queue] {
            self.behind[queue] = false;
            self.left_behind -= 1;
            if self.left_behind == 0 {
                self.caught_up = Some(now);
            }
        }
    }

    pub fn end(mut self, to: f64) -> Outcome {
        if self.until.is_none() {
            self.pass(to);
            self.there_last = self.there;
        }
        let seconds = self.until.unwrap_or(to) - self.from;
        Outcome {
            seconds,
            arrived: self.arrived,
            there: [self.there_first, self.there_last],
            mean_lag: self.area / seconds,
            core_seconds: self.core_seconds,
            fetches: self.fetches,
            lags: self.lags,
            ages: self.ages,
            most_lag: self.most_lag as f64,
            redone: self.redone as f64,
            caught_up: self.caught_up,
            alarms: self.alarms,
            times: self.others.with(&self.busiest),
            busiest: self.busiest,
            #[cfg(test)]
            in_order: !self.is_disordered,
        }
    }
}
