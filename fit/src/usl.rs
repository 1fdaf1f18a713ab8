//! Least squares of the Universal Scalability Law.
//!
//! `X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))`. Source: N. J. Gunther, Guerrilla Capacity Planning
//! (2007), chapters 4 and 5.

use crate::estimate::Estimate;
use crate::least_squares::{Dependent, Solution, solve};
use crate::nonnegative::{self, BelowZero, Bounded, Failure};

/// Steps of Gauss and Newton's method at most; it takes about five.
const STEPS: usize = 100;
/// A step that is smaller than this, relative to what it changes, ends it.
const CONVERGED: f64 = 1e-13;

/// The law that fits best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usl {
    /// Contention.
    pub sigma: Bounded,
    /// Coherency.
    pub kappa: Bounded,
    /// Throughput of one.
    pub lambda: Estimate,
    /// Points less unknowns.
    pub degrees_of_freedom: usize,
}

/// A law at some point of the search.
#[derive(Debug, Clone, Copy)]
struct Law {
    coefficients: [f64; 2],
    lambda: f64,
}

impl Law {
    fn at(self, n: f64) -> f64 {
        let [sigma, kappa] = self.coefficients;
        self.lambda * n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0))
    }

    fn misfit(self, points: &[(f64, f64)]) -> f64 {
        points.iter().map(|&(n, x)| (x - self.at(n)).powi(2)).sum()
    }
}

/// What sigma and kappa are multiplied with.
fn penalty(index: usize, n: f64) -> f64 {
    if index == 0 { n - 1.0 } else { n * (n - 1.0) }
}

/// Fits points of threads (or cores) and throughput; `None` where they do not determine the law.
pub fn fit(points: &[(f64, f64)]) -> Option<Usl> {
    let solved = nonnegative::fit(
        2,
        |_| BelowZero::Clamped,
        |free| gauss_newton(points, free).ok_or(Dependent { column: 0 }),
    );
    let (bounded, solution) = match solved {
        Ok(solved) => solved,
        Err(Failure::Solving(_) | Failure::Negative { .. }) => return None,
    };
    let [sigma, kappa] = bounded.try_into().ok()?;
    let lambda = solution.estimate(solution.coefficients.len() - 1);
    Some(Usl { sigma, kappa, lambda, degrees_of_freedom: solution.degrees_of_freedom })
}

/// The least squares with the coefficients of `free`, then lambda; the others are 0.
fn gauss_newton(points: &[(f64, f64)], free: &[usize]) -> Option<Solution> {
    let mut law = start(points, free)?;
    for _ in 0..STEPS {
        let step = step(points, free, law)?;
        let mut length = 1.0;
        let moved = loop {
            let moved = law.moved(free, &step, length);
            if moved.misfit(points) <= law.misfit(points) || length < 1e-6 {
                break moved;
            }
            length /= 2.0;
        };
        let scale = |index: usize| law.coefficients.get(index).map_or(0.0, |it| it.abs());
        let done = free
            .iter()
            .zip(&step.coefficients)
            .all(|(&index, it)| it.value.abs() <= CONVERGED * scale(index));
        if moved.misfit(points) >= law.misfit(points) && (done || length < 1e-6) {
            break;
        }
        law = moved;
        if done {
            break;
        }
    }
    // At the least misfit the step is nothing, and its standard errors are those of the law.
    let mut solution = step(points, free, law)?;
    let most = points.iter().map(|&(n, _)| n).fold(1.0, f64::max);
    for (&index, it) in free.iter().zip(solution.coefficients.iter_mut()) {
        it.value = law.coefficients.get(index).copied()?;
        it.most = it.value.abs() * penalty(index, most);
    }
    solution.coefficients.last_mut()?.value = law.lambda;
    Some(solution)
}

impl Law {
    fn moved(mut self, free: &[usize], step: &Solution, length: f64) -> Self {
        let all = free.iter().zip(&step.coefficients);
        all.for_each(|(&index, it)| self.coefficients[index] += length * it.value);
        self.lambda += length * step.coefficients.last().map_or(0.0, |it| it.value);
        self
    }
}

/// A first guess: `N/X` is linear in `1`, `N - 1` and `N (N - 1)`.
fn start(points: &[(f64, f64)], free: &[usize]) -> Option<Law> {
    let column = |of: &dyn Fn(f64) -> f64| points.iter().map(|&(n, _)| of(n)).collect::<Vec<f64>>();
    let mut columns: Vec<Vec<f64>> = free.iter().map(|&index| column(&|n| penalty(index, n))).collect();
    columns.push(vec![1.0; points.len()]);
    let inverse: Vec<f64> = points.iter().map(|&(n, x)| n / x).collect();
    let solution = solve(&columns, &inverse).ok()?;
    let lambda = 1.0 / solution.coefficients.last()?.value;
    let mut law = Law { coefficients: [0.0; 2], lambda };
    for (&index, it) in free.iter().zip(&solution.coefficients) {
        law.coefficients[index] = it.value * lambda;
    }
    Some(law)
}

/// The step of Gauss and Newton's method.
fn step(points: &[(f64, f64)], free: &[usize], law: Law) -> Option<Solution> {
    let slope = |index: usize| {
        points.iter().map(|&(n, _)| -law.at(n).powi(2) / (law.lambda * n) * penalty(index, n)).collect()
    };
    let mut columns: Vec<Vec<f64>> = free.iter().map(|&index| slope(index)).collect();
    columns.push(points.iter().map(|&(n, _)| law.at(n) / law.lambda).collect());
    let misses: Vec<f64> = points.iter().map(|&(n, x)| x - law.at(n)).collect();
    solve(&columns, &misses).ok()
}

/// The contention that alone explains the relative capacity of `n` cores, n > 1; negative where they are worth more than n.
pub fn contention(n: f64, relative_capacity: f64) -> f64 {
    (n / relative_capacity - 1.0) / (n - 1.0)
}
