//! The rule of Kubernetes' HorizontalPodAutoscaler, which KEDA uses for what is not 0 pods.

use std::collections::VecDeque;

/// How often metrics are compared with what is wanted, s: `--horizontal-pod-autoscaler-sync-period`.
pub const SYNC_SECONDS: f64 = 15.0;
/// Metrics closer than this to what is wanted change nothing: `--horizontal-pod-autoscaler-tolerance`.
const TOLERANCE: f64 = 0.1;
/// Of a sync's length pods may double, or become so many more.
const MORE_AT_ONCE: u64 = 4;

/// What pods follow, each with what is wanted for a pod.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// CPU in use, cores.
    Cpu(f64),
    /// Events that come, events/s.
    Rate(f64),
    /// Events that are not committed yet.
    Lag(f64),
}

impl Metric {
    /// What is wanted for a pod.
    pub fn target(self) -> f64 {
        let (Self::Cpu(target) | Self::Rate(target) | Self::Lag(target)) = self;
        target
    }
}

/// How the number of pods follows a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// What it follows.
    pub metric: Metric,
    /// Fewest pods, at least one.
    pub least: u64,
    /// Most pods.
    pub most: u64,
    /// Time for which fewer pods have to do before one goes, s.
    pub window_seconds: f64,
}

impl Rule {
    /// Pods that a metric's value asks for, where so many are there: `ceil(value / target)`, or none more and none less where
    /// `value / (target pods)` is within the tolerance of 1.
    ///
    /// ```
    /// use tonnage_model::scenario::replay::autoscaler::{Metric, Rule};
    ///
    /// let rule = Rule { metric: Metric::Lag(100.0), least: 2, most: 8, window_seconds: 0.0 };
    /// assert_eq!(rule.wanted(450.0, 4), 5);
    /// // A tenth more than four pods are to have changes nothing; more than eight there never are.
    /// assert_eq!(rule.wanted(440.0, 4), 4);
    /// assert_eq!(rule.wanted(10_000.0, 4), 8);
    /// ```
    pub fn wanted(&self, value: f64, pods: u64) -> u64 {
        let each = value / self.metric.target();
        let is_near = (each / pods as f64 - 1.0).abs() <= TOLERANCE * (1.0 + 1e-12);
        // A little less, so that rounding never makes a whole number one more.
        let wanted = if is_near { pods } else { (each * (1.0 - 1e-12)).ceil() as u64 };
        wanted.clamp(self.least, self.most)
    }
}

/// What was wanted in the last while: as many pods stay as in any moment of the window.
#[derive(Debug, Clone, Default)]
pub struct Stabilization {
    /// Times and pods wanted then; each has fewer than the ones before it.
    wanted: VecDeque<(f64, u64)>,
}

impl Stabilization {
    /// Pods to have at a time where so many are wanted and so many there.
    pub fn decide(&mut self, rule: &Rule, time: f64, wanted: u64, pods: u64) -> u64 {
        while self.wanted.back().is_some_and(|(_, other)| *other <= wanted) {
            self.wanted.pop_back();
        }
        self.wanted.push_back((time, wanted));
        while self.wanted.front().is_some_and(|(then, _)| *then < time - rule.window_seconds) {
            self.wanted.pop_front();
        }
        let stable = self.wanted.front().map_or(wanted, |(_, most)| *most);
        if stable < pods { stable } else { wanted.max(pods).min((2 * pods).max(pods + MORE_AT_ONCE)) }
    }
}
