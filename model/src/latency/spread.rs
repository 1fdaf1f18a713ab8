//! How spread times are, from their mean and their 99th percentile.

use crate::latency::queue::BEYOND_P99;
use crate::root::{TOLERANCE, crossing};
use crate::workload::Workload;

/// Squared coefficient of variation of times whose p99 is so many times their mean, in the form that
/// [the own time](crate::latency::queue) has.
///
/// ```text
/// x <= ln 100    a constant and an exponential of mean r:  x = 1 - r + r ln 100,  scv = r^2
/// x >  ln 100    two exponentials of balanced means, the slower with probability u:
///                (1 - u) exp(-2 (1 - u) x) + u exp(-2 u x) = 0.01,  scv = (1 + z) / (1 - z),  z = (1 - 2 u)^2
/// ```
///
/// Two such exponentials have a p99 of at most 18 times their mean, at an scv of 18: no more comes out.
///
/// ```
/// use tonnage_model::latency::spread::scv_of_p99;
///
/// // Exponential times have their p99 at ln 100 times the mean, constant ones at the mean.
/// assert!((scv_of_p99(100f64.ln()) - 1.0).abs() < 1e-9);
/// assert_eq!(scv_of_p99(1.0), 0.0);
/// ```
pub fn scv_of_p99(times_mean: f64) -> f64 {
    if times_mean <= exponential_times_mean() {
        return ((times_mean - 1.0).max(0.0) / (exponential_times_mean() - 1.0)).powi(2);
    }
    let tail = |share: f64| share * (-2.0 * share * times_mean).exp();
    let slow = crossing(SLOWEST..=0.5, TOLERANCE, |slow| ((tail(slow) + tail(1.0 - slow)) / BEYOND_P99).ln());
    let z = (1.0 - 2.0 * slow.end()).powi(2);
    (1.0 + z) / (1.0 - z)
}

/// e / 100, the share of the slower exponential with which p99 is the farthest from the mean.
const SLOWEST: f64 = std::f64::consts::E * BEYOND_P99;

/// The p99 of such times is no farther from the mean, as a multiple of it: `1 / (2 SLOWEST)`.
pub const MOST_TIMES_MEAN: f64 = 0.5 / SLOWEST;

/// How many times its mean p99 of a wait may be that nobody gives.
pub const LIKELY_TIMES_MEAN: f64 = 10.0;

/// How many times its mean p99 of an exponential time is, which a wait is taken for whose p99 nobody gives.
pub fn exponential_times_mean() -> f64 {
    -BEYOND_P99.ln()
}

impl Workload {
    /// Squared coefficient of variation of an I/O wait of this mean for each event, s; 1 where its p99 is not given.
    pub fn wait_scv(&self, wait_seconds: f64) -> f64 {
        let p99 = self.io_wait_p99_seconds.filter(|_| wait_seconds > 0.0);
        p99.map_or(1.0, |p99| scv_of_p99(p99 / self.wait_of_attempt(wait_seconds)))
    }

    /// What a call of the handler waits for I/O once, s, where all attempts at an event wait so long.
    pub fn wait_of_attempt(&self, wait_seconds: f64) -> f64 {
        wait_seconds * f64::from(self.batch_size) / self.outlook.attempts_per_event
    }
}
