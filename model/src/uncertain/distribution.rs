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
    /// Log-normal above a bound: the logarithm of what is beyond the bound is normal. From the bound itself on, normal and cut
    /// off there.
    LogNormal {
        /// What it never falls to: 0 for most quantities.
        above: f64,
        /// 5th percentile, from the bound up.
        low: f64,
        /// 95th percentile.
        high: f64,
    },
    /// Logit-normal: the log-odds of a share are normal. From 0 or to 1 what is away from the other bound is log-normal and cut
    /// off; from 0 to 1 it is normal.
    LogitNormal {
        /// 5th percentile, from 0 up.
        low: f64,
        /// 95th percentile, up to 1.
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
    /// from a bound  (low + high)/2 + (high - low) z / 2z95, cut off at the bound; of a share from 0 to 1 at both
    /// from 0        1 - sqrt(1 - high) (1 - high)^(z / 2z95), cut off at 0                 of a share
    /// to 1          sqrt(low) low^(-z / 2z95), cut off at 1                                of a share
    /// interval      value (low/value)^(-z / z97.5) below the median, value (high/value)^(z / z97.5) above it
    /// ```
    ///
    /// An interval that begins at 0 is normal on that side, cut off at 0; one whose median is 0 is half a normal.
    pub fn quantile(self, p: f64) -> f64 {
        let z = standard_normal(p);
        let normal = |low: f64, high: f64| f64::midpoint(low, high) + (high - low) * z / (2.0 * Z_RANGE);
        match self {
            Self::LogNormal { above, low, high } if low <= above => normal(low, high).max(above),
            Self::LogNormal { above, low, high } => {
                let (low, high) = (low - above, high - above);
                above + (low * high).sqrt() * (high / low).powf(z / (2.0 * Z_RANGE))
            }
            Self::LogitNormal { low, high } if low <= 0.0 && high >= 1.0 => normal(0.0, 1.0).clamp(0.0, 1.0),
            Self::LogitNormal { low, high } if low <= 0.0 => {
                (1.0 - normal(0.0, (1.0 - high).ln()).exp()).max(0.0)
            }
            Self::LogitNormal { low, high } if high >= 1.0 => normal(low.ln(), 0.0).exp().min(1.0),
            Self::LogitNormal { low, high } => {
                let log_odds = |share: f64| (share / (1.0 - share)).ln();
                1.0 / (1.0 + (-normal(log_odds(low), log_odds(high))).exp())
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
