//! What is moved in the search for crossings, and what they are looked for in.

use crate::decide::change::Change;
use crate::decide::terms::Terms;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::workload::{Input, Workload};

/// The step of an I/O ratio.
pub const IO_RATIO_STEP: f64 = 1e-4;

/// A quantity of a workload that is moved while all others stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Axis {
    /// Events a day, whole numbers. What an event takes is read once, at the workload's own rate.
    EventsPerDay,
    /// The I/O ratio, in steps of [`IO_RATIO_STEP`]. What an event takes is read anew at each.
    IoRatio,
    /// Features a month.
    FeaturesPerMonth,
    /// Any other number. What an event takes is read anew at each value.
    Number(Input),
}

impl Axis {
    /// That of a number of a workload.
    pub fn of(input: Input) -> Self {
        let known = [Self::EventsPerDay, Self::IoRatio, Self::FeaturesPerMonth];
        known.into_iter().find(|axis| axis.input() == input).unwrap_or(Self::Number(input))
    }

    /// The number of a workload that it is.
    pub fn input(self) -> Input {
        match self {
            Self::EventsPerDay => Input::new(
                "events_per_day",
                |it| Some(it.events_per_day),
                |it, value| it.events_per_day = value,
            ),
            Self::IoRatio => Input::new("io_ratio", |it| Some(it.io_ratio), |it, value| it.io_ratio = value),
            Self::FeaturesPerMonth => Input::new(
                "features_per_month",
                |it| Some(it.outlook.features_per_month),
                |it, value| it.outlook.features_per_month = value,
            ),
            Self::Number(input) => input,
        }
    }

    /// The workload moved to a value.
    pub(super) fn moved(self, workload: &Workload, value: f64) -> Workload {
        let mut moved = workload.clone();
        self.input().draw(&mut moved, value);
        moved
    }

    /// The size of a step; 0 where there are none.
    pub fn step(self) -> f64 {
        match self {
            Self::EventsPerDay => 1.0,
            Self::IoRatio => IO_RATIO_STEP,
            Self::FeaturesPerMonth | Self::Number(_) => 0.0,
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
