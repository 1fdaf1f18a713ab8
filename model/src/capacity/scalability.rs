//! The Universal Scalability Law.

/// Contention and coherency of one runtime's worker threads, dimensionless and >= 0.
///
/// Source: N. J. Gunther, Guerrilla Capacity Planning (2007), chapter 4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scalability {
    /// Contention: the share of the work that is serial.
    pub sigma: f64,
    /// Coherency: the cost of keeping each pair of threads consistent.
    pub kappa: f64,
}

impl Scalability {
    /// Relative capacity of `threads` threads: how many perfect ones they are worth.
    ///
    /// `C(N) = N / (1 + sigma (N-1) + kappa N (N-1))`, Gunther's equation 4.31.
    ///
    /// ```
    /// use tonnage_model::capacity::scalability::Scalability;
    ///
    /// let law = Scalability { sigma: 0.1, kappa: 0.01 };
    /// // 4 / (1 + 0.1 * 3 + 0.01 * 4 * 3)
    /// assert!((law.relative_capacity(4) - 4.0 / 1.42).abs() < 1e-12);
    /// ```
    pub fn relative_capacity(self, threads: u32) -> f64 {
        let n = f64::from(threads);
        n / (1.0 + self.sigma * (n - 1.0) + self.kappa * n * (n - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_is_one_thread() {
        assert_eq!(Scalability { sigma: 0.3, kappa: 0.1 }.relative_capacity(1), 1.0);
    }

    #[test]
    fn linear_without_penalties() {
        assert_eq!(Scalability { sigma: 0.0, kappa: 0.0 }.relative_capacity(64), 64.0);
    }

    #[test]
    fn four_threads_by_hand() {
        // 4 / (1 + 0.1*3 + 0.01*4*3) = 4 / 1.42
        let law = Scalability { sigma: 0.1, kappa: 0.01 };
        assert!((law.relative_capacity(4) - 4.0 / 1.42).abs() < 1e-15);
    }

    /// Schwartz's seven points have their least squares at sigma 0.02735, kappa 0.0007704, lambda
    /// 1001.1: found here by Newton's method on the sum of squares of `lambda * C(N)`.
    #[test]
    fn least_squares_on_published_points() {
        let points = [
            (1, 955.16),
            (5, 4315.54),
            (10, 7867.61),
            (15, 9645.37),
            (20, 10798.52),
            (25, 12075.41),
            (30, 12118.04),
        ];
        let residuals = |[sigma, kappa, lambda]: [f64; 3]| {
            points.map(|(n, x)| lambda * Scalability { sigma, kappa }.relative_capacity(n) - x)
        };
        let mut at = [0.01, 0.0001, 1000.0];
        for _ in 0..50 {
            let base = residuals(at);
            let slopes = [0, 1, 2].map(|i| {
                let step = at[i] * 1e-6;
                let mut moved = at;
                moved[i] += step;
                let there = residuals(moved);
                std::array::from_fn::<f64, 7, _>(|j| (there[j] - base[j]) / step)
            });
            let dot = |a: &[f64; 7], b: &[f64; 7]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
            let normal = slopes.map(|a| slopes.map(|b| dot(&a, &b)));
            let right = slopes.map(|a| -dot(&a, &base));
            let step = solve_by_cramer(normal, right);
            for i in 0..3 {
                at[i] += step[i];
            }
        }
        assert!((at[0] - 0.02735).abs() < 1e-3 * 0.02735, "{at:?}");
        assert!((at[1] - 0.0007704).abs() < 1e-3 * 0.0007704, "{at:?}");
        assert!((at[2] - 1001.1).abs() < 1e-3 * 1001.1, "{at:?}");
    }

    fn solve_by_cramer(m: [[f64; 3]; 3], r: [f64; 3]) -> [f64; 3] {
        let determinant = |a: [[f64; 3]; 3]| {
            a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1])
                - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
                + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0])
        };
        let whole = determinant(m);
        [0, 1, 2].map(|column| {
            let mut replaced = m;
            for row in 0..3 {
                replaced[row][column] = r[row];
            }
            determinant(replaced) / whole
        })
    }
}
