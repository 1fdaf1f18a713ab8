//! Estimates from independent runs.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean over runs and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean over runs.
    pub mean: f64,
    /// Half the width of its 95 % confidence interval; 0 of a single run, which tells none.
    pub half_width: f64,
}

impl Estimate {
    /// From a value of each run: the mean with Student's t for their spread.
    ///
    /// ```
    /// use tonnage_simulate::estimate::Estimate;
    ///
    /// // Mean 2, standard deviation 1: t(0.975, 2) = 4.303 over the root of 3.
    /// let estimate = Estimate::of(&[1.0, 2.0, 3.0]);
    /// assert!(estimate.mean == 2.0 && (estimate.half_width - 4.303 / 3f64.sqrt()).abs() < 1e-3);
    /// assert!(estimate.covers(4.4) && !estimate.covers(4.5));
    /// ```
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let t = StudentsT::new(0.0, 1.0, n - 1.0).map(|t| t.inverse_cdf(0.975));
        let half_width = t.map_or(0.0, |t| t * (variance / n).sqrt());
        Self { mean, half_width }
    }

    /// The same of something of each run.
    pub fn of_each<T>(runs: &[T], of: impl Fn(&T) -> f64) -> Self {
        Self::of(&runs.iter().map(of).collect::<Vec<_>>())
    }

    /// Whether a value is within the interval.
    pub fn covers(&self, value: f64) -> bool {
        (value - self.mean).abs() <= self.half_width
    }

    /// The same in another unit.
    pub fn scaled(self, factor: f64) -> Self {
        Self { mean: self.mean * factor, half_width: self.half_width * factor }
    }
}
