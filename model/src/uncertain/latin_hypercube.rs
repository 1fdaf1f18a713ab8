//! Samples that cover every uncertain quantity evenly.
//!
//! Of N samples, each quantity has exactly one in every Nth part of its distribution, at a random place there, and the
//! parts are dealt out in a random order. A quantile of a sum of few quantities then needs far fewer samples than
//! independent draws. Source: M. D. McKay, R. J. Beckman and W. J. Conover, "A comparison of three methods for selecting
//! values of input variables in the analysis of output from a computer code", Technometrics 21(2), 1979.

use crate::uncertain::split_mix::SplitMix64;

/// How many samples, and which of the many possible sets of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// N, samples.
    pub samples: usize,
    /// Another seed gives another set, the same seed always the same.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { samples: 512, seed: 1 }
    }
}

impl Sampling {
    /// The shares at which a quantity is drawn in each sample, one in every Nth part of (0, 1).
    ///
    /// A name picks the stream of random numbers. So a quantity is drawn alike whatever else is uncertain, in whatever
    /// order.
    pub fn shares(&self, name: &str) -> Vec<f64> {
        let mut random = SplitMix64(self.seed ^ fnv_1a(name));
        let mut parts: Vec<usize> = (0..self.samples).collect();
        for last in (1..parts.len()).rev() {
            parts.swap(last, random.below(last + 1));
        }
        parts.into_iter().map(|part| (part as f64 + random.unit()) / self.samples as f64).collect()
    }
}

/// The value that a share `p` of `sorted` values does not exceed: the one at place `ceil(p N)`; `None` of none.
///
/// ```
/// use tonnage_model::uncertain::latin_hypercube::quantile;
///
/// assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.0));
/// ```
///
/// Of a quantity alone in a Latin hypercube, that value lies in the same Nth part of the distribution as the quantile.
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = (p * sorted.len() as f64).ceil() as usize;
    sorted.get(place.max(1) - 1).copied()
}

/// The 64 bits of the FNV-1a hash of a text.
fn fnv_1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers() {
        // The published hash of "a".
        assert_eq!(fnv_1a("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
