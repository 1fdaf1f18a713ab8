//! Least squares for what cannot be negative.
//!
//! An active set: solve, take out a coefficient that came out negative for no more than noise, solve again.
//! Source: C. L. Lawson, R. J. Hanson, *Solving Least Squares Problems*, 1974, chapter 23, here with the
//! difference that a coefficient which is negative beyond doubt is not hidden.

use crate::estimate::Estimate;
use crate::least_squares::Solution;

/// A coefficient that adds less than this share of the largest target is 0 but for rounding.
const NEGLIGIBLE: f64 = 1e-10;

/// What becomes of a coefficient whose whole interval is below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BelowZero {
    /// The samples contradict the model.
    Refused,
    /// It is 0 like the others.
    Clamped,
}

/// A coefficient that is 0 or more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    /// Estimate with its interval, none of it below 0.
    pub estimate: Estimate,
    /// The negative value that it had, where it was no more than noise below 0.
    pub clamped_from: Option<f64>,
}

/// Why there is no solution.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure<E> {
    /// Solving failed.
    Solving(E),
    /// A coefficient is negative beyond doubt.
    Negative {
        /// Its index.
        index: usize,
        /// Its interval.
        estimate: Estimate,
    },
}

/// Solves for `count` coefficients. `below_zero` tells by its index what becomes of each; `solve` is given the indices of those that are free and has to give
/// their coefficients first, in that order.
pub fn fit<E>(
    count: usize,
    below_zero: impl Fn(usize) -> BelowZero,
    mut solve: impl FnMut(&[usize]) -> Result<Solution, E>,
) -> Result<(Vec<Bounded>, Solution), Failure<E>> {
    let mut bounded = vec![Bounded { estimate: Estimate::point(0.0), clamped_from: None }; count];
    let mut free: Vec<usize> = (0..count).collect();
    loop {
        let solution = solve(&free).map_err(Failure::Solving)?;
        let estimate_of = |at: usize| solution.estimate(at);
        let is_rounding = |at: &usize| solution.coefficients.get(*at).is_some_and(|it| it.most < NEGLIGIBLE);
        let negative = || (0..free.len()).filter(|&at| estimate_of(at).value < 0.0);
        let is_noise =
            |at: &usize| below_zero(free[*at]) == BelowZero::Clamped || estimate_of(*at).high >= 0.0;
        // The one that is furthest below, by its own error, as the others may only make up for it.
        let distance =
            |at: usize| solution.coefficients.get(at).map_or(0.0, |it| it.value / it.standard_error);
        let worst = |one: &usize, other: &usize| distance(*one).total_cmp(&distance(*other));
        let zero = |at: usize| Estimate { value: 0.0, low: 0.0, high: estimate_of(at).high.max(0.0) };
        if let Some(at) = (0..free.len()).find(is_rounding) {
            bounded[free[at]] = Bounded { estimate: zero(at), clamped_from: None };
            free.remove(at);
        } else if let Some(at) = negative().filter(is_noise).min_by(worst) {
            bounded[free[at]] = Bounded { estimate: zero(at), clamped_from: Some(estimate_of(at).value) };
            free.remove(at);
        } else if let Some(at) = negative().min_by(worst) {
            return Err(Failure::Negative { index: free[at], estimate: estimate_of(at) });
        } else {
            for (at, &index) in free.iter().enumerate() {
                bounded[index].estimate = estimate_of(at).not_below_zero();
            }
            return Ok((bounded, solution));
        }
    }
}
