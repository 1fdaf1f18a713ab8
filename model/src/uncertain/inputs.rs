//! The numbers of a workload that may be given as a range.

use crate::workload::Workload;
pub use crate::workload::{Input, Uncertain};

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
