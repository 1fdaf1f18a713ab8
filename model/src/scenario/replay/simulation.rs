//! A series of rates against pods that come and go, from moment to moment.

use super::autoscaler::{Metric, Rule, SYNC_SECONDS, Stabilization};
use super::consumers::Consumers;
use super::series::RateSeries;
use crate::scenario::failure::Assignor;
use std::collections::VecDeque;

/// What a rate is the mean over, s: `rate(...[2m])`.
pub const RATE_SECONDS: f64 = 120.0;

/// What a change of the number of pods costs in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// From a pod that is called for to the one that joins the group, s.
    pub startup_seconds: f64,
    /// For how long partitions are not read when members come or go, s.
    pub rebalance_seconds: f64,
    /// What members do meanwhile.
    pub assignor: Assignor,
    /// How long handled events count as lag on average, s: half of what lies between commits.
    pub uncommitted_seconds: f64,
}

/// Nothing is handled for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outage {
    /// When it begins, s from the beginning of the series.
    pub begin: f64,
    /// How long it is, s.
    pub seconds: f64,
}

/// What to stop at: nothing that comes later is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// More time over the goal than this, s.
    pub late_seconds: f64,
    /// More pods on average over the whole series than this.
    pub mean_pods: f64,
    /// The backlog of an outage being gone.
    pub is_drained: bool,
}

impl Bounds {
    /// The whole series.
    pub const NONE: Self = Self { late_seconds: f64::INFINITY, mean_pods: f64::INFINITY, is_drained: false };
}

/// A replay to be run.
#[derive(Clone, Copy)]
pub struct Replay<'r> {
    /// What comes.
    pub series: &'r RateSeries,
    /// What pods can do.
    pub consumers: &'r dyn Consumers,
    /// What changes cost.
    pub delays: Delays,
    /// Events that wait longer are late, s.
    pub goal_seconds: f64,
    /// Of what pods can do, the share above which queues alone make events late, though none waits for a pod.
    pub most_busy: f64,
    /// Pods at the beginning.
    pub planned: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Pods on average, those that start included.
    pub mean_pods: f64,
    /// Fewest of these.
    pub least_pods: u64,
    /// Most of these.
    pub most_pods: u64,
    /// How often their number was changed.
    pub scalings: u64,
    /// Events that waited at most.
    pub most_waiting: f64,
    /// The longest that an event waited, s.
    pub longest_wait_seconds: f64,
    /// Events that waited longer than the goal, and those that came while pods were busier than it allows.
    pub late_events: f64,
    /// Time in which the oldest event had waited longer than the goal, or pods were busier than it allows, s.
    pub late_seconds: f64,
    /// Events that were handled.
    pub handled: f64,
    /// Events that wait in the end.
    pub waiting: f64,
    /// From the end of an outage until nothing waits, s; `None` without one, or where that never comes.
    pub drained_seconds: Option<f64>,
}

impl Replay<'_> {
    /// The whole series with so many pods, or with a rule that changes their number.
    pub fn run(&self, rule: Option<&Rule>) -> Outcome {
        let mut state = State::new(*self, None);
        state.run(rule, Bounds::NONE);
        state.outcome()
    }

    /// The same until a bound is reached; nothing where that is one of those that are not to be passed.
    pub fn run_within(&self, rule: Option<&Rule>, bounds: Bounds) -> Option<Outcome> {
        let mut state = State::new(*self, None);
        state.run(rule, bounds).then(|| state.outcome())
    }

    /// An outage and how long its backlog takes to drain.
    pub fn run_outage(&self, rule: Option<&Rule>, outage: Outage) -> Outcome {
        let mut state = State::new(*self, Some(outage));
        state.run(rule, Bounds { is_drained: true, ..Bounds::NONE });
        state.outcome()
    }
}

/// The moment.
struct State<'r> {
    replay: Replay<'r>,
    outage: Option<Outage>,
    time: f64,
    waiting: f64,
    ready: u64,
    /// Pods that start: when they are ready, and how many.
    starting: VecDeque<(f64, u64)>,
    paused_until: f64,
    /// What is handled in a pause, events/s.
    paused_capacity: f64,
    /// The step in which the oldest event that waits came.
    oldest_step: usize,
    /// How long it has waited, s.
    age: f64,
    /// Pod-seconds beyond those of the pods at the beginning, so that a fixed number adds nothing.
    excess: f64,
    handled_at_sync: f64,
    outcome: Outcome,
}

impl<'r> State<'r> {
    fn new(replay: Replay<'r>, outage: Option<Outage>) -> Self {
        let planned = replay.planned;
        Self {
            replay,
            outage,
            time: 0.0,
            waiting: 0.0,
            ready: planned,
            starting: VecDeque::new(),
            paused_until: 0.0,
            paused_capacity: 0.0,
            oldest_step: 0,
            age: 0.0,
            excess: 0.0,
            handled_at_sync: 0.0,
            outcome: Outcome {
                mean_pods: planned as f64,
                least_pods: planned,
                most_pods: planned,
                scalings: 0,
                most_waiting: 0.0,
                longest_wait_seconds: 0.0,
                late_events: 0.0,
                late_seconds: 0.0,
                handled: 0.0,
                waiting: 0.0,
                drained_seconds: None,
            },
        }
    }

    fn outcome(mut self) -> Outcome {
        self.outcome.mean_pods = self.replay.planned as f64 + self.excess / self.time.max(1e-9);
        self.outcome.waiting = self.waiting;
        if self.age > self.replay.goal_seconds {
            self.outcome.late_events += self.waiting;
        }
        self.outcome
    }

    /// Goes through the series; `false` where a bound that is not to be passed was.
    fn run(&mut self, rule: Option<&Rule>, bounds: Bounds) -> bool {
        let end = self.replay.series.seconds();
        let most_excess = (bounds.mean_pods - self.replay.planned as f64) * end;
        // The least that is still to come.
        let least = rule.map_or(0.0, |rule| rule.least as f64 - self.replay.planned as f64);
        let mut stabilization = Stabilization::default();
        let mut sync = 0u64;
        while self.time < end {
            if let Some(rule) = rule.filter(|_| sync > 0) {
                let pods = self.pods();
                let wanted = rule.wanted(self.value(rule.metric), pods);
                self.scale(stabilization.decide(rule, self.time, wanted, pods));
            }
            sync += 1;
            self.handled_at_sync = self.outcome.handled;
            let until = (sync as f64 * SYNC_SECONDS).min(end);
            while self.time < until {
                self.advance(until);
            }
            if self.outcome.late_seconds > bounds.late_seconds
                || self.excess + least * (end - self.time) > most_excess
            {
                return false;
            }
            if bounds.is_drained && self.outcome.drained_seconds.is_some() {
                break;
            }
        }
        true
    }

    fn pods(&self) -> u64 {
        self.ready + self.starting.iter().map(|(_, pods)| pods).sum::<u64>()
    }

    /// What the autoscaler sees of a metric, all pods together.
    fn value(&self, metric: Metric) -> f64 {
        let handled = (self.outcome.handled - self.handled_at_sync) / SYNC_SECONDS;
        match metric {
            Metric::Cpu(_) => self.replay.consumers.cores(handled, self.ready),
            Metric::Lag(_) => self.waiting + handled * self.replay.delays.uncommitted_seconds,
            Metric::Rate(_) => {
                let since = (self.time - RATE_SECONDS).max(0.0);
                let series = self.replay.series;
                (series.arrived_until(self.time) - series.arrived_until(since)) / (self.time - since)
            }
        }
    }

    /// Calls for more pods, or takes some away: those that start yet first.
    fn scale(&mut self, wanted: u64) {
        let pods = self.pods();
        if wanted == pods {
            return;
        }
        self.outcome.scalings += 1;
        if wanted > pods {
            self.starting.push_back((self.time + self.replay.delays.startup_seconds, wanted - pods));
        }
        let mut fewer = pods.saturating_sub(wanted);
        while let Some((_, starting)) = self.starting.back_mut().filter(|_| fewer > 0) {
            let gone = fewer.min(*starting);
            *starting -= gone;
            fewer -= gone;
            if *starting == 0 {
                self.starting.pop_back();
            }
        }
        self.rebalance(self.ready - fewer);
        self.outcome.least_pods = self.outcome.least_pods.min(wanted);
        self.outcome.most_pods = self.outcome.most_pods.max(wanted);
    }

    /// So many pods are in the group now: partitions that move are not read for a while, or none of them.
    fn rebalance(&mut self, ready: u64) {
        let before = std::mem::replace(&mut self.ready, ready);
        if before == ready {
            return;
        }
        let Delays { rebalance_seconds, assignor, .. } = self.replay.delays;
        let (few, many) = (before.min(ready), before.max(ready));
        self.paused_until = self.time + rebalance_seconds;
        self.paused_capacity = match assignor {
            Assignor::Eager => 0.0,
            Assignor::Cooperative => self.replay.consumers.capacity(few) * few as f64 / many as f64,
        };
    }

    /// Goes on to the next moment at which something changes.
    fn advance(&mut self, until: f64) {
        while let Some(&(_, pods)) = self.starting.front().filter(|(ready, _)| *ready <= self.time) {
            self.starting.pop_front();
            self.rebalance(self.ready + pods);
        }
        if let Some(end) = self.outage.map(|it| it.begin + it.seconds)
            && self.time >= end
            && self.waiting <= 0.0
        {
            self.outcome.drained_seconds.get_or_insert(self.time - end);
        }
        let series = self.replay.series;
        let step = series.step_at(self.time);
        let is_out = self.outage.is_some_and(|it| (it.begin..it.begin + it.seconds).contains(&self.time));
        let capacity = match is_out {
            true => 0.0,
            false if self.time < self.paused_until => self.paused_capacity,
            false => self.replay.consumers.capacity(self.ready),
        };
        let outage = self.outage.into_iter().flat_map(|it| [it.begin, it.begin + it.seconds]);
        let next = [(step + 1) as f64 * series.step_seconds(), self.paused_until]
            .into_iter()
            .chain(self.starting.front().map(|(ready, _)| *ready))
            .chain(outage)
            .filter(|&moment| moment > self.time)
            .fold(until, f64::min);
        self.work(series.rates()[step], capacity, next);
    }

    /// Works at a rate and a capacity until a moment, or until nothing waits.
    fn work(&mut self, rate: f64, capacity: f64, until: f64) {
        let seconds = until - self.time;
        let extra = self.pods() as f64 - self.replay.planned as f64;
        self.excess += extra * seconds;
        if self.waiting <= 0.0 && rate <= capacity {
            self.outcome.handled += rate * seconds;
            if rate > self.replay.most_busy * capacity {
                self.outcome.late_events += rate * seconds;
                self.outcome.late_seconds += seconds;
            }
            self.time = until;
            return;
        }
        let drained = if rate < capacity { self.waiting / (capacity - rate) } else { f64::INFINITY };
        if drained < seconds {
            self.excess -= extra * (seconds - drained);
            self.waiting = 0.0;
            self.serve(capacity, drained);
        } else {
            self.waiting += (rate - capacity) * seconds;
            self.serve(capacity, seconds);
            self.time = until;
        }
    }

    /// Handles the oldest events for a while, in which their age goes in a straight line to what it is then.
    fn serve(&mut self, capacity: f64, seconds: f64) {
        let series = self.replay.series;
        let before = self.age;
        self.time += seconds;
        self.age = match self.waiting > 0.0 {
            true => {
                let gone = series.arrived_until(self.time) - self.waiting;
                (self.time - series.time_of(gone, &mut self.oldest_step)).max(0.0)
            }
            false => 0.0,
        };
        let goal = self.replay.goal_seconds;
        let late = match (before > goal, self.age > goal) {
            (true, true) => 1.0,
            (false, false) => 0.0,
            (true, false) => (before - goal) / (before - self.age),
            (false, true) => (self.age - goal) / (self.age - before),
        };
        let outcome = &mut self.outcome;
        outcome.handled += capacity * seconds;
        outcome.late_seconds += late * seconds;
        outcome.late_events += late * capacity * seconds;
        outcome.most_waiting = outcome.most_waiting.max(self.waiting);
        outcome.longest_wait_seconds = outcome.longest_wait_seconds.max(self.age);
    }
}
