//! The numbers of a workload that may be given as a range.

use crate::uncertain::latin_hypercube::Sampling;
use crate::workload::Workload;
pub use crate::workload::{Input, Uncertain};

/// A number as a count: rounded, and 1 at least.
pub fn whole(value: f64) -> u32 {
    value.round().clamp(1.0, f64::from(u32::MAX)) as u32
}

impl Workload {
    /// The workload with each of its uncertain numbers at the quantile that `p` gives for it.
    pub fn drawn(&self, p: impl Fn(Input) -> f64) -> Self {
        let value = |range: &Uncertain| range.distribution.quantile(p(range.input));
        let values: Vec<f64> = self.ranges.iter().map(value).collect();
        self.with_ranges(|place| values[place])
    }

    /// What each of the workload's ranges is in each sample, in the order of the ranges.
    pub fn draws(&self, sampling: &Sampling) -> Vec<Vec<f64>> {
        let values = |range: &Uncertain| {
            let shares = sampling.shares(&format!("{}: {}", self.name, range.input.column()));
            shares.into_iter().map(|share| range.distribution.quantile(share)).collect()
        };
        self.ranges.iter().map(values).collect()
    }

    /// The workload of one sample; `draws` as [`Workload::draws`] gives them.
    pub fn sampled(&self, draws: &[Vec<f64>], sample: usize) -> Self {
        self.with_ranges(|place| draws[place][sample])
    }

    /// The workload with a number for each of its ranges, by their places.
    ///
    /// All are set once, and what is bounded by another again, so that the order in which they stand does not matter.
    fn with_ranges(&self, value: impl Fn(usize) -> f64) -> Self {
        let mut drawn = self.clone();
        for _ in 0..2 {
            for (place, range) in self.ranges.iter().enumerate() {
                range.input.draw(&mut drawn, value(place));
            }
        }
        drawn
    }
}
