//! A value with its 95 % interval, by Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeSet;
use tonnage_model::runtime::{Evidence, Figure};

/// Both tails together have 5 %.
const UPPER_TAIL: f64 = 0.975;

/// A number and the interval it lies in with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Best estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// A number that is certain, or of which nothing more is known.
    pub fn point(value: f64) -> Self {
        Self { value, low: value, high: value }
    }

    /// Value and standard error with `degrees` of freedom.
    pub fn symmetric(value: f64, standard_error: f64, degrees: usize) -> Self {
        let half = half_width(standard_error, degrees);
        Self { value, low: value - half, high: value + half }
    }

    /// The same for what is above 0 and varies by factors: symmetric on a logarithmic scale.
    ///
    /// By the delta method the logarithm's standard error is the relative one.
    pub fn by_factor(value: f64, relative_error: f64, degrees: usize) -> Self {
        let factor = half_width(relative_error, degrees).exp();
        Self { value, low: value / factor, high: value * factor }
    }

    /// The same in another unit: every number times `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: self.value * factor, low: self.low * factor, high: self.high * factor }
    }

    /// What of it is above `base`: every number less that.
    pub fn above(self, base: f64) -> Self {
        Self { value: self.value - base, low: self.low - base, high: self.high - base }.not_below_zero()
    }

    /// The part of the interval that is not below 0.
    pub fn not_below_zero(self) -> Self {
        Self { value: self.value.max(0.0), low: self.low.max(0.0), high: self.high.max(0.0) }
    }
}

/// Half the width of a 95 % interval; 0 for an error of 0, and without bound where no degree of freedom is left.
pub fn half_width(standard_error: f64, degrees: usize) -> f64 {
    if standard_error == 0.0 { 0.0 } else { standard_error * student(degrees) }
}

/// The 97.5th percentile of Student's t.
///
/// Source: Student, "The probable error of a mean", Biometrika 6(1), 1908.
fn student(degrees: usize) -> f64 {
    StudentsT::new(0.0, 1.0, degrees as f64).map_or(f64::INFINITY, |t| t.inverse_cdf(UPPER_TAIL))
}

/// An estimate and the samples that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The estimate.
    pub estimate: Estimate,
    /// Lines of the samples.
    pub lines: BTreeSet<usize>,
}

impl Measured {
    /// As a figure of a profile.
    pub fn figure(&self) -> Figure {
        let Estimate { value, low, high } = self.estimate.not_below_zero();
        Figure { value, low, high, evidence: Evidence::Measured, source: None }
    }
}

/// The mean of what samples say of something, `None` where none says anything. One sample has no interval.
pub fn mean(values: impl IntoIterator<Item = (usize, f64)>) -> Option<Measured> {
    let all: Vec<(usize, f64)> = values.into_iter().collect();
    let count = all.len() as f64;
    let value = all.iter().map(|(_, value)| value).sum::<f64>() / count;
    let squares: f64 = all.iter().map(|(_, one)| (one - value).powi(2)).sum();
    let estimate = match all.len() {
        0 => return None,
        1 => Estimate::point(value),
        more => Estimate::symmetric(value, (squares / (count - 1.0) / count).sqrt(), more - 1),
    };
    Some(Measured { estimate, lines: all.into_iter().map(|(line, _)| line).collect() })
}
