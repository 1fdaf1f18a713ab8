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

/// A number of a workload, in the unit of the field that it sets. Two of the same name are the same.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    column: &'static str,
    get: fn(&Workload) -> Option<f64>,
    set: fn(&mut Workload, f64),
}

impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        self.column == other.column
    }
}

impl Input {
    /// The number that a column gives, with the field that it is.
    pub const fn new(
        column: &'static str,
        get: fn(&Workload) -> Option<f64>,
        set: fn(&mut Workload, f64),
    ) -> Self {
        Self { column, get, set }
    }

    /// The column that gives it.
    pub fn column(self) -> &'static str {
        self.column
    }

    /// What a workload has; `None` where it says nothing.
    pub fn get(self, workload: &Workload) -> Option<f64> {
        (self.get)(workload)
    }

    /// Puts a number into a workload as it is.
    pub fn set(self, workload: &mut Workload, value: f64) {
        (self.set)(workload, value);
    }

    /// Puts a number into a workload, and keeps that possible: skew is at most the number of partitions, and the wait at
    /// most the handler's time.
    pub fn draw(self, workload: &mut Workload, value: f64) {
        self.set(workload, value);
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

/// A number as a count: rounded, and 1 at least.
pub fn whole(value: f64) -> u32 {
    value.round().clamp(1.0, f64::from(u32::MAX)) as u32
}

impl Workload {
    /// The workload with each of its uncertain numbers at the quantile that `p` gives for it.
    ///
    /// All are set once, and what is bounded by another again, so that the order in which they stand does not matter.
    pub fn drawn(&self, p: impl Fn(Input) -> f64) -> Self {
        let mut drawn = self.clone();
        for Uncertain { input, distribution } in self.ranges.iter().chain(&self.ranges) {
            input.draw(&mut drawn, distribution.quantile(p(*input)));
        }
        drawn
    }
}
