//! Linear least squares.
//!
//! By Householder's QR decomposition rather than the normal equations, which square the condition number and
//! with it the rounding errors. Source: G. H. Golub, C. F. Van Loan, *Matrix Computations*, 4th edition, 2013,
//! section 5.3.

use crate::estimate::Estimate;
use nalgebra::{DMatrix, DVector};

/// What is left of a column beside the ones before it, as a share of its length, below which it says nothing of
/// its own.
const DEPENDENT: f64 = 1e-9;

/// The coefficients with the least sum of squared residuals.
#[derive(Debug, Clone)]
pub struct Solution {
    /// One for each column.
    pub coefficients: Vec<Coefficient>,
    /// Target less what the columns make of it, row by row.
    pub residuals: Vec<f64>,
    /// Sum of the squared residuals.
    pub sum_of_squares: f64,
    /// Rows less columns.
    pub degrees_of_freedom: usize,
}

/// One coefficient.
#[derive(Debug, Clone, Copy)]
pub struct Coefficient {
    /// Best estimate.
    pub value: f64,
    /// s sqrt((X'X)^-1), s^2 being the sum of squares over the degrees of freedom.
    pub standard_error: f64,
    /// The most that its column adds in any row, over the largest target.
    pub most: f64,
}

impl Solution {
    /// A coefficient's 95 % interval.
    pub fn estimate(&self, column: usize) -> Estimate {
        self.coefficients.get(column).map_or(Estimate::point(f64::NAN), |it| {
            Estimate::symmetric(it.value, it.standard_error, self.degrees_of_freedom)
        })
    }
}

/// A column that the ones before it make up already, so that its coefficient can be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependent {
    /// Its index.
    pub column: usize,
}

/// Solves `columns * coefficients = target` in the least squares sense. Weighted least squares are the same
/// with each row of both times the square root of its weight.
pub fn solve(columns: &[Vec<f64>], target: &[f64]) -> Result<Solution, Dependent> {
    let (rows, count) = (target.len(), columns.len());
    if rows < count {
        return Err(Dependent { column: rows });
    }
    // Bytes beside events: columns of one length keep the decomposition well conditioned.
    let lengths: Vec<f64> = columns.iter().map(|column| norm(column)).collect();
    if let Some(column) = lengths.iter().position(|&length| length == 0.0) {
        return Err(Dependent { column });
    }
    let matrix = DMatrix::from_fn(rows, count, |row, column| columns[column][row] / lengths[column]);
    let target = DVector::from_column_slice(target);
    let qr = matrix.clone().qr();
    let (q, r) = (qr.q(), qr.r());
    if let Some(column) = (0..count).find(|&column| r[(column, column)].abs() < DEPENDENT) {
        return Err(Dependent { column });
    }
    let dependent = Dependent { column: 0 };
    let solution = r.solve_upper_triangular(&q.tr_mul(&target)).ok_or(dependent)?;
    let inverse = r.solve_upper_triangular(&DMatrix::identity(count, count)).ok_or(dependent)?;
    let residuals = &target - &matrix * &solution;
    let sum_of_squares = residuals.norm_squared();
    let degrees_of_freedom = rows - count;
    let variance =
        if degrees_of_freedom == 0 { f64::INFINITY } else { sum_of_squares / degrees_of_freedom as f64 };
    let largest_target = target.amax();
    let coefficients = (0..count)
        .map(|column| Coefficient {
            value: solution[column] / lengths[column],
            standard_error: variance.sqrt() * inverse.row(column).norm() / lengths[column],
            most: (matrix.column(column) * solution[column]).amax() / largest_target,
        })
        .collect();
    Ok(Solution {
        coefficients,
        residuals: residuals.iter().copied().collect(),
        sum_of_squares,
        degrees_of_freedom,
    })
}

/// What columns leave over of others: the part at right angles to all of them.
///
/// A fit with one more column is that of the two rests (R. Frisch, F. V. Waugh, Econometrica 1(4), 1933; M. C.
/// Lovell, 1963), so that trying many columns in one place does not take as many decompositions.
pub struct Rest {
    q: DMatrix<f64>,
}

impl Rest {
    /// The rest beside `columns`, which are taken as independent.
    pub fn beside(columns: &[Vec<f64>], rows: usize) -> Self {
        let matrix = DMatrix::from_fn(rows, columns.len(), |row, column| columns[column][row]);
        Self { q: matrix.qr().q() }
    }

    /// The rest of one column.
    pub fn of(&self, column: &[f64]) -> Vec<f64> {
        let column = DVector::from_column_slice(column);
        let rest = &column - &self.q * self.q.tr_mul(&column);
        rest.iter().copied().collect()
    }
}

/// The sum of squares that a target keeps beside one column whose coefficient is 0 or more.
pub fn misfit(column: &[f64], target: &[f64]) -> f64 {
    let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    let square = dot(column, column);
    let slope = if square == 0.0 { 0.0 } else { (dot(column, target) / square).max(0.0) };
    target.iter().zip(column).map(|(y, x)| (y - slope * x).powi(2)).sum()
}

fn norm(column: &[f64]) -> f64 {
    column.iter().map(|value| value * value).sum::<f64>().sqrt()
}
