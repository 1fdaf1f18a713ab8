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
    /// What one of n threads is worth of a perfect one, `C(n) / n`, where `C(n) = n / (1 + sigma (n-1) + kappa n (n-1))` is Gunther's
    /// relative capacity, equation 4.31.
    ///
    /// ```
    /// use tonnage_model::capacity::scalability::Scalability;
    ///
    /// let law = Scalability { sigma: 0.1, kappa: 0.01 };
    /// // 1 / (1 + 0.1 * 3 + 0.01 * 4 * 3)
    /// assert!((law.worth(4.0) - 1.0 / 1.42).abs() < 1e-12);
    /// ```
    pub fn worth(self, n: f64) -> f64 {
        1.0 / (1.0 + self.sigma * (n - 1.0) + self.kappa * n * (n - 1.0))
    }
}
