//! How a number that is not known exactly may fall, by its quantile function.
//!
//! People give the 5th and the 95th percentile, profiles a best estimate with a 95 % interval. Both are read as normal on
//! a scale on which any number is possible: the logarithm for what is above a bound, the log-odds for a share.

use statrs::distribution::{ContinuousCDF, Normal};

/// z of the 95th percentile: a range runs from -z to z.
const Z_RANGE: f64 = 1.644_853_626_951_472_2;
/// z of the 97.5th percentile: the interval of a profile's figure runs from -z to z.
const Z_INTERVAL: f64 = 1.959_963_984_540_054;

/// What may come of one uncertain number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Log-normal above a bound: the logarithm of what is beyond the bound is normal.
    LogNormal {
        /// What it never falls to: 0 for most quantities.
        above: f64,
        /// 5th percentile, above the bound.
        low: f64,
        /// 95th percentile.
        high: f64,
    },
    /// Logit-normal: the log-odds of a share are normal.
    LogitNormal {
        /// 5th percentile, above 0.
        low: f64,
        /// 95th percentile, below 1.
        high: f64,
    },
    /// A best estimate as the median, with a 95 % interval around it that need not be even.
    Interval {
        /// Median, >= 0.
        value: f64,
        /// 2.5th percentile, from 0 to the median.
        low: f64,
        /// 97.5th percentile, from the median up.
        high: f64,
    },
}

impl Distribution {
    /// What a share `p` of all cases stays below; `p` is between 0 and 1, the ends not included.
    ///
    /// With z the standard normal's quantile of p:
    ///
    /// ```text
    /// log-normal    a + sqrt(l h) (h/l)^(z / 2z95)     l = low - a, h = high - a, z95 = 1.645
    /// logit-normal  1 / (1 + exp(-y)), y = (y_l + y_h)/2 + (y_h - y_l) z / 2z95, y_x = ln(x / (1 - x))
    /// interval      value (low/value)^(-z / z97.5) below the median, value (high/value)^(z / z97.5) above it
    /// ```
    ///
    /// An interval that begins at 0 is normal on that side, cut off at 0; one whose median is 0 is half a normal.
    pub fn quantile(self, p: f64) -> f64 {
        let z = standard_normal(p);
        match self {
            Self::LogNormal { above, low, high } => {
                let (low, high) = (low - above, high - above);
                above + (low * high).sqrt() * (high / low).powf(z / (2.0 * Z_RANGE))
            }
            Self::LogitNormal { low, high } => {
                let log_odds = |share: f64| (share / (1.0 - share)).ln();
                let (low, high) = (log_odds(low), log_odds(high));
                let middle = f64::midpoint(low, high);
                1.0 / (1.0 + (-(middle + (high - low) * z / (2.0 * Z_RANGE))).exp())
            }
            Self::Interval { value, low, .. } if z < 0.0 => {
                let steps = -z / Z_INTERVAL;
                if low > 0.0 {
                    value * (low / value).powf(steps)
                } else {
                    (value - (value - low) * steps).max(0.0)
                }
            }
            Self::Interval { value, high, .. } => {
                let steps = z / Z_INTERVAL;
                if value > 0.0 { value * (high / value).powf(steps) } else { high * steps }
            }
        }
    }

    /// What half of all cases stay below.
    pub fn median(self) -> f64 {
        self.quantile(0.5)
    }

    /// Whether only one number can come of it.
    pub fn is_certain(self) -> bool {
        match self {
            Self::LogNormal { low, high, .. } | Self::LogitNormal { low, high } => low == high,
            Self::Interval { value, low, high } => low == value && high == value,
        }
    }
}

/// The standard normal's quantile; `p` outside (0, 1) is taken to its nearest end.
fn standard_normal(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= 1e-9 * expected.abs(), "{actual} is not {expected}");
    }

    #[test]
    fn a_range_runs_from_the_5th_to_the_95th_percentile() {
        let rate = Distribution::LogNormal { above: 0.0, low: 40e6, high: 60e6 };
        close(rate.quantile(0.05), 40e6);
        close(rate.quantile(0.95), 60e6);
        // The median of a log-normal is the geometric mean of its ends: sqrt(40 * 60) = 48.990.
        close(rate.median(), 2400f64.sqrt() * 1e6);
        // z of the 90th percentile is 1.281552: 48.990 * 1.5^(1.281552 / 3.289707) = 57.373.
        close(rate.quantile(0.9), 2400f64.sqrt() * 1e6 * 1.5f64.powf(1.281_551_565_545 / 3.289_707_253_903));
    }

    #[test]
    fn a_bound_is_never_reached() {
        let peak = Distribution::LogNormal { above: 1.0, low: 2.0, high: 5.0 };
        // 1 + sqrt(1 * 4).
        close(peak.median(), 3.0);
        assert!(peak.quantile(1e-12) > 1.0);
        let shrinking = Distribution::LogNormal { above: -1.0, low: -0.1, high: 0.21 };
        close(shrinking.median(), (0.9f64 * 1.21).sqrt() - 1.0);
    }

    #[test]
    fn a_share_by_its_log_odds() {
        let share = Distribution::LogitNormal { low: 0.2, high: 0.8 };
        close(share.quantile(0.05), 0.2);
        close(share.median(), 0.5);
        close(share.quantile(0.95), 0.8);
        // ln(0.5/0.5) and ln(0.9/0.1) = ln 9; half of it is ln 3: 3/4.
        close(Distribution::LogitNormal { low: 0.5, high: 0.9 }.median(), 0.75);
    }

    #[test]
    fn an_uneven_interval_keeps_its_estimate_and_both_ends() {
        let cost = Distribution::Interval { value: 10.0, low: 8.0, high: 20.0 };
        assert_eq!(cost.median(), 10.0);
        close(cost.quantile(0.025), 8.0);
        close(cost.quantile(0.975), 20.0);
        let from_nothing = Distribution::Interval { value: 6.8, low: 0.0, high: 54.4 };
        assert_eq!(from_nothing.quantile(0.01), 0.0);
        close(from_nothing.quantile(0.975), 54.4);
        let contention = Distribution::Interval { value: 0.0, low: 0.0, high: 0.05 };
        assert_eq!((contention.quantile(0.3), contention.median()), (0.0, 0.0));
        close(contention.quantile(0.975), 0.05);
    }

    #[test]
    fn without_an_interval_it_is_the_estimate_to_the_last_bit() {
        for value in [0.0, 13.6e-6, 1e300] {
            let point = Distribution::Interval { value, low: value, high: value };
            assert!(point.is_certain());
            for p in [0.001, 0.3, 0.5, 0.999] {
                assert_eq!(point.quantile(p), value);
            }
        }
    }

    proptest! {
        #[test]
        fn quantiles_never_fall(low in 1e-9f64..0.5, width in 0.0f64..0.49, p in 0.0f64..1.0, q in 0.0f64..1.0) {
            let (p, q) = if p < q { (p, q) } else { (q, p) };
            let (value, high) = (low + width / 2.0, low + width);
            for it in [
                Distribution::LogNormal { above: 0.0, low, high },
                Distribution::LogitNormal { low, high },
                Distribution::Interval { value, low, high },
                Distribution::Interval { value, low: 0.0, high },
            ] {
                prop_assert!(it.quantile(p) <= it.quantile(q) * (1.0 + 1e-12), "{it:?}");
                prop_assert!(it.quantile(p).is_finite());
            }
        }
    }
}
