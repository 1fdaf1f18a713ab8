//! What is moved in the search for crossings, and what they are looked for in.

use crate::decide::change::Change;
use crate::decide::terms::Terms;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::workload::Workload;

/// The step of an I/O ratio.
pub const IO_RATIO_STEP: f64 = 1e-4;

/// A quantity of a workload that is moved while all others stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Events a day, whole numbers. What an event takes is read once, at the workload's own rate.
    EventsPerDay,
    /// The I/O ratio, in steps of [`IO_RATIO_STEP`]. What an event takes is read anew at each.
    IoRatio,
    /// Features a month.
    FeaturesPerMonth,
}

impl Axis {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EventsPerDay, Self::IoRatio, Self::FeaturesPerMonth];

    /// The column of the workload that gives it.
    pub fn column(self) -> &'static str {
        match self {
            Self::EventsPerDay => "events_per_day",
            Self::IoRatio => "io_ratio",
            Self::FeaturesPerMonth => "features_per_month",
        }
    }

    /// Where a workload is on it.
    pub fn of(self, workload: &Workload) -> f64 {
        match self {
            Self::EventsPerDay => workload.events_per_day,
            Self::IoRatio => workload.io_ratio,
            Self::FeaturesPerMonth => workload.outlook.features_per_month,
        }
    }

    /// The workload moved to a value.
    pub(super) fn moved(self, workload: &Workload, value: f64) -> Workload {
        let mut moved = workload.clone();
        match self {
            Self::EventsPerDay => moved.events_per_day = value,
            Self::IoRatio => moved.io_ratio = value,
            Self::FeaturesPerMonth => moved.outlook.features_per_month = value,
        }
        moved
    }

    /// The size of a step; 0 where there are none.
    pub fn step(self) -> f64 {
        match self {
            Self::EventsPerDay => 1.0,
            Self::IoRatio => IO_RATIO_STEP,
            Self::FeaturesPerMonth => 0.0,
        }
    }
}

/// What crossings are looked for in.
pub struct CrossingSearch<'s, 'a> {
    /// The workload and what runs it.
    pub problem: &'s Problem<'a>,
    /// Runtimes to choose from.
    pub runtimes: &'s [&'a Runtime],
    /// Machine types to choose from.
    pub machines: &'s [&'a Machine],
    /// Headroom, failures and traffic.
    pub policy: Policy,
    /// The price of an engineer's day.
    pub terms: Terms,
    /// Plans to make at most.
    pub most_plans: usize,
    /// A change that is made at each value.
    pub change: Option<Change>,
}

impl CrossingSearch<'_, '_> {
    /// `look` at a problem with the change.
    pub(super) fn changed<T>(&self, problem: &Problem<'_>, look: impl FnOnce(&Problem<'_>) -> T) -> T {
        match self.change {
            Some(change) => look(&change.made(problem).problem(problem)),
            None => look(problem),
        }
    }
}
