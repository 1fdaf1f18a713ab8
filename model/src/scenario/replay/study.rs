//! Pods that follow nothing, CPU, the rate or lag: what each costs over a series, and the cheapest that keeps the goal.

use super::autoscaler::{Metric, Rule, SYNC_SECONDS};
use super::simulation::{Bounds, Outage, Outcome, Replay};
use crate::cost::bill::reaches;
use crate::workload::{CatchUp, SECONDS_PER_DAY};
use std::cmp::Ordering::Equal;

/// How long events may wait where a workload has no latency goal, s.
pub const USUAL_GOAL_SECONDS: f64 = 60.0;
/// The share of all events that may be late.
pub const LATE_SHARE: f64 = 0.01;
/// How often a day the number of pods may change: each time the whole group may stop.
pub const SCALINGS_A_DAY: f64 = 48.0;
/// For how long an outage is led up to at most, s.
const BEFORE_OUTAGE_SECONDS: f64 = 6.0 * 3600.0;
/// Parts of what a pod is to take that are tried.
const PARTS: [f64; 5] = [1.0, 0.9, 0.8, 0.7, 0.55];
/// Seconds of a pod's work that are tried as lag.
const LAG_SECONDS: [f64; 4] = [240.0, 60.0, 15.0, 5.0];
/// How long fewer pods have to do, s: by default (`--horizontal-pod-autoscaler-downscale-stabilization`), and where they change
/// too often.
const WINDOWS_SECONDS: [f64; 2] = [300.0, 1800.0];

/// What pods may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Nothing: their number stays.
    Nothing,
    /// CPU over their requests.
    Cpu,
    /// The rate of events.
    Rate,
    /// Events that are not committed.
    Lag,
}

/// What is to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// How long 99 % of all events may wait at most, s.
    pub wait_seconds: f64,
    /// Whether the workload gives that.
    pub is_given: bool,
    /// An outage at the busiest time, and the time in which its backlog is to be drained.
    pub catch_up: Option<CatchUp>,
}

/// What a study starts from.
#[derive(Clone, Copy)]
pub struct Scene<'s> {
    /// The series, the pods and what changes cost; the goal of it is that of `goal`.
    pub replay: Replay<'s>,
    /// What is to be kept.
    pub goal: Goal,
    /// Fewest pods.
    pub least: u64,
    /// Most pods.
    pub most: u64,
    /// For how long a pod too many costs no more than two rebalances, s.
    pub window_seconds: f64,
    /// Lag for each pod by the plan's rules, where one keeps the goal.
    pub threshold: Option<f64>,
    /// Events/s of a pod of the plan at peak.
    pub peak_rate_per_pod: f64,
    /// CPU request of a pod, cores.
    pub request_cores: f64,
    /// What the planned pods cost, USD a month.
    pub usd_per_month: f64,
    /// Of bills that are this share above the cheapest at most, the one with fewest changes of the number of pods is taken.
    pub cost_tolerance: f64,
}

/// One way to run pods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// What they follow.
    pub follows: Follows,
    /// How, with no more pods than planned or than ran in it; nothing where their number stays.
    pub rule: Option<Rule>,
    /// What came of it.
    pub outcome: Outcome,
    /// After an outage at the busiest time, s until nothing waits; infinite where that is not within the series. Nothing where no
    /// outage is asked for.
    pub drained_seconds: Option<f64>,
    /// USD a month.
    pub usd_per_month: f64,
    /// Whether it keeps the goal, over which it is no longer than the planned pods at any time, and changes no more often than is
    /// allowed.
    pub keeps: bool,
}

/// All of them.
#[derive(Debug, Clone)]
pub struct Study {
    /// What was to be kept.
    pub goal: Goal,
    /// Fixed, by CPU, by rate, by lag: of each the best that keeps the goal, or else the most generous.
    pub tried: Vec<Tried>,
    /// The place of the best that keeps the goal; where none does, of the one with fewest late events.
    pub best: usize,
    /// The busiest step over the peak that was planned for.
    pub peak_over_plan: f64,
}

impl Study {
    /// The best that keeps the goal, or comes closest.
    pub fn best(&self) -> &Tried {
        &self.tried[self.best]
    }
}

impl Scene<'_> {
    /// Replays each way and chooses.
    ///
    /// Targets are at most what a pod of the plan takes at peak, so that its queues are no longer than planned, and as much of
    /// it is spare.
    pub fn study(&self) -> Study {
        let kinds = [(Follows::Cpu, self.cpu()), (Follows::Rate, self.rate()), (Follows::Lag, self.lag())];
        let fixed = self.tried(Follows::Nothing, None, Bounds::NONE);
        // A little more, so that rounding never makes the same time longer.
        let late_seconds = fixed.map_or(0.0, |it| it.outcome.late_seconds) * (1.0 + 1e-9);
        let scaled =
            kinds.into_iter().filter_map(|(follows, metrics)| self.best_of(follows, &metrics, late_seconds));
        let tried: Vec<Tried> = fixed.into_iter().chain(scaled).collect();
        let late = |at: &usize| {
            let it = &tried[*at];
            (it.outcome.late_events, it.drained_seconds.unwrap_or(0.0))
        };
        let least_late =
            || (0..tried.len()).min_by(|one, other| late(one).partial_cmp(&late(other)).unwrap_or(Equal));
        let best = self.best(&tried).or_else(least_late).unwrap_or(0);
        let busiest = self.replay.series.rates().iter().copied().fold(0.0, f64::max);
        let planned = self.peak_rate_per_pod * self.replay.planned as f64;
        Study { goal: self.goal, tried, best, peak_over_plan: busiest / planned }
    }

    /// Of those that keep the goal and cost no more than the tolerance above the cheapest of them, the one with fewest
    /// changes of the number of pods; of equal ones the cheapest.
    fn best(&self, tried: &[Tried]) -> Option<usize> {
        let keeping = || tried.iter().enumerate().filter(|(_, it)| it.keeps);
        let least = keeping().map(|(_, it)| it.usd_per_month).fold(f64::INFINITY, f64::min);
        let is_near = |it: &Tried| reaches(least * (1.0 + self.cost_tolerance), it.usd_per_month);
        let order = |one: &Tried, other: &Tried| {
            let by_changes = one.outcome.scalings.cmp(&other.outcome.scalings);
            by_changes.then(one.usd_per_month.total_cmp(&other.usd_per_month))
        };
        let near = keeping().filter(|(_, it)| is_near(it));
        near.min_by(|(_, one), (_, other)| order(one, other)).map(|(at, _)| at)
    }

    fn rate(&self) -> Vec<Metric> {
        PARTS.iter().map(|part| Metric::Rate(two_digits(part * self.peak_rate_per_pod))).collect()
    }

    /// Whole per cents of the request.
    fn cpu(&self) -> Vec<Metric> {
        let pods = self.replay.planned;
        let of = |part: &f64| {
            let cores = self.replay.consumers.cores(part * self.peak_rate_per_pod * pods as f64, pods);
            let percent = (cores / pods as f64 / self.request_cores * 100.0).floor().max(1.0);
            Metric::Cpu(percent / 100.0 * self.request_cores)
        };
        PARTS.iter().map(of).collect()
    }

    /// Seconds of work, and what the plan says. Less than the 5 s between commits would call for pods where nothing is late.
    fn lag(&self) -> Vec<Metric> {
        let planned = self.replay.planned;
        let can = self.replay.consumers.capacity(planned) / planned as f64;
        let of_work = LAG_SECONDS.iter().map(|seconds| seconds * can);
        let mut all: Vec<f64> =
            of_work.chain(self.threshold).map(|lag| two_digits(lag).round().max(1.0)).collect();
        all.sort_by(|one, other| other.total_cmp(one));
        all.dedup();
        all.into_iter().map(Metric::Lag).collect()
    }

    /// The best rule with one of some metrics, over the goal for so many seconds at most; the most generous where none keeps it.
    fn best_of(&self, follows: Follows, metrics: &[Metric], late_seconds: f64) -> Option<Tried> {
        let planned = self.replay.planned;
        let mut leasts = vec![self.least, planned.div_ceil(2).max(self.least), planned.max(self.least)];
        leasts.dedup();
        let mut windows = vec![self.window_seconds];
        windows.extend(WINDOWS_SECONDS);
        windows.dedup();
        let (mut keeping, mut least_pods) = (Vec::new(), f64::INFINITY);
        let mut generous = None;
        for &least in &leasts {
            for &metric in metrics.iter().filter(|metric| self.acts_in_time(**metric, least)) {
                for &window_seconds in &windows {
                    let rule = Rule { metric, least, most: self.most.max(least), window_seconds };
                    let bounds = Bounds {
                        late_seconds,
                        mean_pods: least_pods * (1.0 + self.cost_tolerance),
                        is_drained: false,
                    };
                    let tried = self.tried(follows, Some(rule), bounds).filter(|it| it.keeps);
                    least_pods = tried.map_or(least_pods, |it| least_pods.min(it.outcome.mean_pods));
                    keeping.extend(tried);
                    generous = Some(rule);
                }
            }
        }
        let late = || Some(Tried { keeps: false, ..self.tried(follows, generous, Bounds::NONE)? });
        self.best(&keeping).map(|at| keeping[at]).or_else(late)
    }

    /// Whether fewer pods than planned are joined by others before lag alone makes events late:
    /// `T / can + sync + startup + R <= goal`. A series in which lag never gets that high does not show it.
    fn acts_in_time(&self, metric: Metric, least: u64) -> bool {
        let Replay { planned, delays, .. } = self.replay;
        match metric {
            Metric::Lag(lag) if least < planned => {
                let can = self.replay.consumers.capacity(planned) / planned as f64;
                let reaction = SYNC_SECONDS + delays.startup_seconds + delays.rebalance_seconds;
                lag / can + reaction <= self.goal.wait_seconds
            }
            _ => true,
        }
    }

    fn tried(&self, follows: Follows, rule: Option<Rule>, bounds: Bounds) -> Option<Tried> {
        let outcome = self.replay.run_within(rule.as_ref(), bounds)?;
        let after_outage = self.goal.catch_up.map(|goal| self.after_outage(rule.as_ref(), goal));
        let drained_seconds = after_outage.map(|it| it.drained_seconds.unwrap_or(f64::INFINITY));
        let ran = [Some(outcome), after_outage].into_iter().flatten().map(|it| it.most_pods).max();
        let rule = rule.map(|rule| Rule { most: ran.unwrap_or(rule.most), ..rule });
        let is_drained = self.goal.catch_up.zip(drained_seconds);
        let is_drained = is_drained.is_none_or(|(goal, drained)| drained <= goal.drain_seconds);
        let days = self.replay.series.seconds() / SECONDS_PER_DAY;
        let is_calm = outcome.scalings as f64 <= SCALINGS_A_DAY * days;
        let keeps = is_drained && is_calm && outcome.late_events <= LATE_SHARE * self.replay.series.events();
        let usd_per_month = self.usd_per_month * (outcome.mean_pods / self.replay.planned as f64);
        Some(Tried { follows, rule, outcome, drained_seconds, usd_per_month, keeps })
    }

    /// An outage before the busiest time of the series.
    fn after_outage(&self, rule: Option<&Rule>, goal: CatchUp) -> Outcome {
        let CatchUp { outage_seconds, drain_seconds } = goal;
        let span = outage_seconds + drain_seconds;
        let before = (self.replay.series.seconds() - span).clamp(0.0, BEFORE_OUTAGE_SECONDS);
        let (series, begin) = self.replay.series.around_busiest(span, before);
        let replay = Replay { series: &series, ..self.replay };
        replay.run_outage(rule, Outage { begin, seconds: outage_seconds })
    }
}

/// A number rounded down to two digits, as people would set it.
fn two_digits(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return value;
    }
    let unit = 10f64.powf(value.log10().floor() - 1.0);
    (value / unit * (1.0 + 1e-12)).floor() * unit
}
