//! The reasons usually given for one language or another, each with this workload's number.

use crate::capacity::constraint::Constraint;
use crate::latency::range::P99Range;
use crate::plan::{NoPlan, Plan};
use crate::problem::Problem;
use crate::runtime::Runtime;

/// Below this peak rate the compared article sees no need to leave Python, events/s.
pub const THROUGHPUT_LINE: f64 = 100_000.0;

/// Which way a criterion favors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Favors {
    /// For staying with what runs today.
    Staying,
    /// For moving to the other runtime.
    Moving,
    /// For neither.
    Neither,
}

/// A criterion with the numbers that it was judged by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Peak rate against the article's line.
    Throughput {
        /// Peak rate, events/s.
        peak_events_per_second: f64,
        /// Cores busy at peak in today's runtime and in the other.
        cores_today: Option<f64>,
        /// The same in the other.
        cores_other: f64,
    },
    /// p99 against the goal.
    Latency {
        /// p99 at peak in today's runtime.
        today: Option<P99Range>,
        /// The same in the other.
        other: P99Range,
        /// The goal, s.
        goal_seconds: Option<f64>,
    },
    /// What piles up while a process starts.
    Startup {
        /// Start to first event today, s.
        seconds_today: Option<f64>,
        /// The same in the other.
        seconds_other: Option<f64>,
        /// Events that arrive at peak while one starts today.
        events_waiting_today: Option<f64>,
    },
    /// Native numerical code and the libraries that a rewrite would lose.
    Analytics {
        /// Share of the handler's own CPU that is native already.
        native_share: f64,
        /// Whether today's runtime has data and ML libraries that the other lacks.
        loses_libraries: bool,
    },
    /// Working days for one feature.
    TeamSpeed {
        /// Days for a feature today.
        days_today: Option<f64>,
        /// The same in the other.
        days_other: Option<f64>,
        /// Features a month whose extra days cost as much as moving saves.
        features_that_eat_the_saving: Option<f64>,
    },
}

/// One criterion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criterion {
    /// What was judged.
    pub measure: Measure,
    /// Which way it favors.
    pub favors: Favors,
}

/// Judges moving from today's runtime to that of `other`. `in_current` is today's runtime's plan or why it has
/// none; `saving` what moving saves, USD a month; `day_rate` an engineer's day, USD.
pub fn judge(
    problem: &Problem<'_>,
    in_current: Result<&Plan<'_>, &NoPlan>,
    other: &Plan<'_>,
    saving: Option<f64>,
    day_rate: f64,
) -> Vec<Criterion> {
    let workload = problem.workload;
    let current = problem.current;
    let peak = workload.peak_rate();
    let cores = |plan: &Plan<'_>| peak * plan.service_seconds();

    let throughput = Criterion {
        measure: Measure::Throughput {
            peak_events_per_second: peak,
            cores_today: in_current.ok().map(cores),
            cores_other: cores(other),
        },
        favors: if peak < THROUGHPUT_LINE { Favors::Staying } else { Favors::Moving },
    };

    let latency = Criterion {
        measure: Measure::Latency {
            today: in_current.ok().map(|plan| plan.p99_range()),
            other: other.p99_range(),
            goal_seconds: problem.goal_seconds(),
        },
        favors: match in_current.err().and_then(NoPlan::stuck) {
            Some(stuck) if stuck.rule == Constraint::Latency => Favors::Moving,
            _ => Favors::Neither,
        },
    };

    let startup = |runtime: &Runtime| runtime.startup_seconds.as_ref().map(|figure| figure.value);
    let (starts, other_starts) = (startup(current), startup(other.runtime));
    let too_slow = |seconds: Option<f64>| {
        workload.p99_seconds.zip(seconds).is_some_and(|(goal, seconds)| seconds > goal)
    };
    let startup = Criterion {
        measure: Measure::Startup {
            seconds_today: starts,
            seconds_other: other_starts,
            events_waiting_today: starts.map(|seconds| seconds * peak),
        },
        favors: if too_slow(starts) && !too_slow(other_starts) { Favors::Moving } else { Favors::Neither },
    };

    let loses_libraries =
        current.capabilities.iter().any(|capability| !other.runtime.capabilities.contains(capability));
    let analytical = workload.native_share > 0.0 || workload.handler == "aggregate";
    let analytics = Criterion {
        measure: Measure::Analytics { native_share: workload.native_share, loses_libraries },
        favors: if analytical && loses_libraries { Favors::Staying } else { Favors::Neither },
    };

    let days = |runtime: &Runtime| runtime.language.days_per_feature.as_ref().map(|figure| figure.value);
    let (days_today, days_other) = (days(current), days(other.runtime));
    let extra = days_today.zip(days_other).map(|(today, other)| other - today);
    let team_speed = Criterion {
        measure: Measure::TeamSpeed {
            days_today,
            days_other,
            features_that_eat_the_saving: extra
                .zip(saving)
                .filter(|(extra, saving)| *extra > 0.0 && *saving > 0.0)
                .map(|(extra, saving)| saving / (extra * day_rate)),
        },
        favors: match extra {
            Some(extra) if extra > 0.0 => Favors::Staying,
            Some(extra) if extra < 0.0 => Favors::Moving,
            _ => Favors::Neither,
        },
    };
    let is_timed = !problem.may_be_of_system_alone();
    [throughput]
        .into_iter()
        .chain(is_timed.then_some(latency))
        .chain([startup, analytics, team_speed])
        .collect()
}
