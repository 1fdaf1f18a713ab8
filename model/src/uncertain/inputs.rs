//! The numbers of a workload that may be given as a range.

use crate::uncertain::distribution::Distribution;
use crate::workload::{HandlerCost, Workload};

/// A number of a workload that is not known exactly; the workload itself has its median.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertain {
    /// Which number.
    pub input: Input,
    /// What may come of it.
    pub distribution: Distribution,
}

impl Uncertain {
    /// Puts the quantile of `p` into a workload.
    pub fn draw(self, workload: &mut Workload, p: f64) {
        self.input.set(workload, self.distribution.quantile(p));
    }
}

/// A number of a workload, in the unit of the field that it sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// `events_per_day`.
    EventsPerDay,
    /// `event_size`, bytes.
    EventSize,
    /// `io_ratio`, a share.
    IoRatio,
    /// `handler_ms`, s.
    HandlerTime,
    /// `observed_cores`, cores.
    ObservedCores,
    /// `io_wait_ms`, s.
    IoWait,
    /// `io_calls`.
    IoCalls,
    /// `produces`.
    Produces,
    /// `native_share`, a share.
    NativeShare,
    /// `current_instances`, whole.
    CurrentInstances,
    /// `current_processes`, whole.
    CurrentProcesses,
    /// `peak_factor`.
    PeakFactor,
    /// `partitions`, whole.
    Partitions,
    /// `in_flight`, whole.
    InFlight,
    /// `skew`.
    Skew,
    /// `p99_ms`, s.
    P99,
    /// `features_per_month`.
    Features,
    /// `rewrite_days`.
    RewriteDays,
    /// `growth_pct_per_month`, a share.
    Growth,
    /// `downstream_max_per_second`.
    DownstreamMax,
    /// `attempts_per_event`.
    Attempts,
}

impl Input {
    /// All, in the order of the columns.
    pub const ALL: [Self; 21] = [
        Self::EventsPerDay,
        Self::EventSize,
        Self::IoRatio,
        Self::HandlerTime,
        Self::ObservedCores,
        Self::IoWait,
        Self::IoCalls,
        Self::Produces,
        Self::NativeShare,
        Self::CurrentInstances,
        Self::CurrentProcesses,
        Self::PeakFactor,
        Self::Partitions,
        Self::InFlight,
        Self::Skew,
        Self::P99,
        Self::Features,
        Self::RewriteDays,
        Self::Growth,
        Self::DownstreamMax,
        Self::Attempts,
    ];

    /// The column that gives it.
    pub fn column(self) -> &'static str {
        match self {
            Self::EventsPerDay => "events_per_day",
            Self::EventSize => "event_size",
            Self::IoRatio => "io_ratio",
            Self::HandlerTime => "handler_ms",
            Self::ObservedCores => "observed_cores",
            Self::IoWait => "io_wait_ms",
            Self::IoCalls => "io_calls",
            Self::Produces => "produces",
            Self::NativeShare => "native_share",
            Self::CurrentInstances => "current_instances",
            Self::CurrentProcesses => "current_processes",
            Self::PeakFactor => "peak_factor",
            Self::Partitions => "partitions",
            Self::InFlight => "in_flight",
            Self::Skew => "skew",
            Self::P99 => "p99_ms",
            Self::Features => "features_per_month",
            Self::RewriteDays => "rewrite_days",
            Self::Growth => "growth_pct_per_month",
            Self::DownstreamMax => "downstream_max_per_second",
            Self::Attempts => "attempts_per_event",
        }
    }

    /// The number of a column, where it is one that may be a range.
    pub fn of_column(column: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|input| input.column() == column)
    }

    /// How a range of it is read.
    pub fn distribution(self, low: f64, high: f64) -> Distribution {
        match self {
            Self::IoRatio | Self::NativeShare => Distribution::LogitNormal { low, high },
            _ => Distribution::LogNormal { above: self.bound(), low, high },
        }
    }

    /// What it can come near to but never falls to: 1 for what counts from 1, a loss of everything for growth, 0 for
    /// all else. Whole numbers are rounded, so their bound is 0 as well.
    pub fn bound(self) -> f64 {
        match self {
            Self::PeakFactor | Self::Skew | Self::Attempts => 1.0,
            Self::Growth => -1.0,
            _ => 0.0,
        }
    }

    /// What it stays below, where there is a natural limit.
    pub fn limit(self) -> Option<f64> {
        matches!(self, Self::IoRatio | Self::NativeShare).then_some(1.0)
    }

    /// Puts a number into a workload.
    ///
    /// Whole numbers are rounded and 1 at least. What a workload cannot be is not made of it: skew is at most the number
    /// of partitions, and the wait at most the handler's time.
    pub fn set(self, workload: &mut Workload, value: f64) {
        let whole = value.round().clamp(1.0, f64::from(u32::MAX)) as u32;
        let outlook = &mut workload.outlook;
        match self {
            Self::EventsPerDay => workload.events_per_day = value,
            Self::EventSize => workload.event_bytes = value,
            Self::IoRatio => workload.io_ratio = value,
            Self::HandlerTime => workload.handler_cost = HandlerCost::Wall { seconds: value },
            Self::ObservedCores => workload.handler_cost = HandlerCost::ObservedCores { cores: value },
            Self::IoWait => workload.io_wait_seconds = Some(value),
            Self::IoCalls => workload.io_calls = Some(value),
            Self::Produces => workload.produces = value,
            Self::NativeShare => workload.native_share = value,
            Self::CurrentInstances => workload.current_instances = Some(whole),
            Self::CurrentProcesses => workload.current_processes = whole,
            Self::PeakFactor => workload.peak_factor = value,
            Self::Partitions => workload.topic.partitions = Some(whole),
            Self::InFlight => workload.in_flight = Some(whole),
            Self::Skew => workload.topic.skew = value,
            Self::P99 => workload.p99_seconds = Some(value),
            Self::Features => outlook.features_per_month = value,
            Self::RewriteDays => outlook.rewrite_days = Some(value),
            Self::Growth => outlook.growth_per_month = value,
            Self::DownstreamMax => outlook.downstream_max_per_second = Some(value),
            Self::Attempts => outlook.attempts_per_event = value,
        }
        if let Some(partitions) = workload.topic.partitions {
            workload.topic.skew = workload.topic.skew.min(f64::from(partitions));
        }
        if let (Some(wait), HandlerCost::Wall { seconds }) =
            (&mut workload.io_wait_seconds, workload.handler_cost)
        {
            *wait = wait.min(seconds);
        }
    }
}

impl Workload {
    /// The workload with each of its uncertain numbers at the quantile that `p` gives for it.
    ///
    /// All are set once, and what is bounded by another again, so that the order in which they stand does not matter.
    pub fn drawn(&self, p: impl Fn(Input) -> f64) -> Self {
        let mut drawn = self.clone();
        for uncertain in self.ranges.iter().chain(&self.ranges) {
            uncertain.draw(&mut drawn, p(uncertain.input));
        }
        drawn
    }
}
