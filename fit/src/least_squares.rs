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

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, relative: f64) {
        assert!((value / expected - 1.0).abs() < relative, "{value} instead of {expected}");
    }

    /// J. W. Longley's data, made to break regression programs. Certified values: NIST Statistical Reference
    /// Datasets, linear regression, Longley.
    #[test]
    fn longley_as_certified_by_nist() {
        let rows = [
            (60323.0, [83.0, 234_289.0, 2356.0, 1590.0, 107_608.0, 1947.0]),
            (61122.0, [88.5, 259_426.0, 2325.0, 1456.0, 108_632.0, 1948.0]),
            (60171.0, [88.2, 258_054.0, 3682.0, 1616.0, 109_773.0, 1949.0]),
            (61187.0, [89.5, 284_599.0, 3351.0, 1650.0, 110_929.0, 1950.0]),
            (63221.0, [96.2, 328_975.0, 2099.0, 3099.0, 112_075.0, 1951.0]),
            (63639.0, [98.1, 346_999.0, 1932.0, 3594.0, 113_270.0, 1952.0]),
            (64989.0, [99.0, 365_385.0, 1870.0, 3547.0, 115_094.0, 1953.0]),
            (63761.0, [100.0, 363_112.0, 3578.0, 3350.0, 116_219.0, 1954.0]),
            (66019.0, [101.2, 397_469.0, 2904.0, 3048.0, 117_388.0, 1955.0]),
            (67857.0, [104.6, 419_180.0, 2822.0, 2857.0, 118_734.0, 1956.0]),
            (68169.0, [108.4, 442_769.0, 2936.0, 2798.0, 120_445.0, 1957.0]),
            (66513.0, [110.8, 444_546.0, 4681.0, 2637.0, 121_950.0, 1958.0]),
            (68655.0, [112.6, 482_704.0, 3813.0, 2552.0, 123_366.0, 1959.0]),
            (69564.0, [114.2, 502_601.0, 3931.0, 2514.0, 125_368.0, 1960.0]),
            (69331.0, [115.7, 518_173.0, 4806.0, 2572.0, 127_852.0, 1961.0]),
            (70551.0, [116.9, 554_894.0, 4007.0, 2827.0, 130_081.0, 1962.0]),
        ];
        let mut columns = vec![vec![1.0; rows.len()]];
        columns.extend((0..6).map(|column| rows.map(|(_, all)| all[column]).to_vec()));
        let solution = solve(&columns, &rows.map(|(y, _)| y)).unwrap();
        let certified = [
            (-3_482_258.634_595_82, 890_420.383_607_373),
            (15.061_872_271_373_3, 84.914_925_774_766_9),
            (-0.358_191_792_925_910E-01, 0.334_910_077_722_432E-01),
            (-2.020_229_803_816_83, 0.488_399_681_651_699),
            (-1.033_226_867_173_59, 0.214_274_163_161_675),
            (-0.511_041_056_535_807E-01, 0.226_073_200_069_370),
            (1_829.151_464_613_55, 455.478_499_142_212),
        ];
        for (found, (value, error)) in solution.coefficients.iter().zip(certified) {
            near(found.value, value, 1e-7);
            near(found.standard_error, error, 1e-7);
        }
        near((solution.sum_of_squares / 9.0).sqrt(), 304.854_073_561_965, 1e-9);
        assert_eq!(solution.degrees_of_freedom, 9);
    }

    /// y = 1, 3, 2 at x = 0, 1, 2 with weights 1, 4, 1. By hand: weighted means 1 and 15/6, slope
    /// 1 / 2, intercept 2; residuals -1, 1/2, -1, so s^2 = 1 + 4/4 + 1 = 3 with one degree of freedom. The slope's
    /// variance is 3/2, and t is 12.7062.
    #[test]
    fn weighted_line_by_hand() {
        let (x, y, roots) = ([0.0, 1.0, 2.0], [1.0, 3.0, 2.0], [1.0, 2.0, 1.0]);
        let columns = [roots.to_vec(), std::array::from_fn::<f64, 3, _>(|i| x[i] * roots[i]).to_vec()];
        let solution = solve(&columns, &std::array::from_fn::<f64, 3, _>(|i| y[i] * roots[i])).unwrap();
        let slope = solution.estimate(1);
        near(solution.coefficients[0].value, 2.0, 1e-14);
        near(slope.value, 0.5, 1e-14);
        near(solution.sum_of_squares, 3.0, 1e-14);
        near(slope.high - slope.value, 12.706_204_736 * 1.5f64.sqrt(), 1e-9);
    }

    #[test]
    fn rests_give_the_misfit_of_the_whole() {
        let columns = [vec![1.0; 5], vec![0.0, 1.0, 2.0, 3.0, 4.0], vec![-1.0, 0.0, -2.0, 0.0, -3.0]];
        let target = [1.0, 2.0, 2.0, 5.0, 7.0];
        let rest = Rest::beside(&columns[..2], 5);
        let whole = solve(&columns, &target).unwrap().sum_of_squares;
        near(misfit(&rest.of(&columns[2]), &rest.of(&target)), whole, 1e-12);
        near(misfit(&[0.0; 5], &target), 83.0, 1e-15);
        near(misfit(&[-1.0; 5], &target), 83.0, 1e-15);
    }

    #[test]
    fn columns_that_others_make_up_are_found() {
        let (ones, line) = (vec![1.0; 4], vec![0.0, 1.0, 2.0, 3.0]);
        let sum: Vec<f64> = line.iter().map(|x| 3.0 + 2.0 * x).collect();
        let target = [1.0, 2.0, 3.0, 5.0];
        assert_eq!(solve(&[ones.clone(), line, sum], &target).unwrap_err(), Dependent { column: 2 });
        assert_eq!(solve(&[ones.clone(), vec![0.0; 4]], &target).unwrap_err(), Dependent { column: 1 });
        assert_eq!(solve(&[vec![1.0], vec![2.0]], &[1.0]).unwrap_err(), Dependent { column: 1 });
    }
}
