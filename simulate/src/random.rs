//! Random numbers from a seed: the same on every machine and any number of threads.
//!
//! xoshiro256++ by D. Blackman and S. Vigna (2019), seeded by SplitMix64 as they advise.

use tonnage_model::uncertain::split_mix::SplitMix64;

/// A generator of random numbers.
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of that number under a seed; streams are independent for all purposes here.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut seeds = SplitMix64(seed ^ SplitMix64(stream).next());
        Self { state: std::array::from_fn(|_| seeds.next()) }
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform above 0 and up to 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Exponential of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Geometric from 1 up with a mean of at least 1.
    pub fn geometric(&mut self, mean: f64) -> u64 {
        if mean <= 1.0 { 1 } else { 1 + (self.uniform().ln() / (1.0 - 1.0 / mean).ln()) as u64 }
    }
}

/// Times around a mean of 1 with a squared coefficient of variation, as the model's latency has them (Tijms 2003,
/// appendix B): constant plus exponential up to 1, beyond one of two exponentials.
#[derive(Debug, Clone, Copy)]
pub struct Variation {
    shift: f64,
    /// Of the first exponential.
    probability: f64,
    means: [f64; 2],
}

impl Variation {
    /// By the squared coefficient of variation, from 0 up.
    pub fn new(scv: f64) -> Self {
        if scv <= 1.0 {
            let deviation = scv.sqrt();
            return Self { shift: 1.0 - deviation, probability: 1.0, means: [deviation; 2] };
        }
        let h = (1.0 + ((scv - 1.0) / (scv + 1.0)).sqrt()) / 2.0;
        Self { shift: 0.0, probability: h, means: [0.5 / h, 0.5 / (1.0 - h)] }
    }

    /// One of them.
    pub fn draw(&self, random: &mut Random) -> f64 {
        if self.means[0] == 0.0 {
            return self.shift;
        }
        let second = self.probability < 1.0 && random.uniform() > self.probability;
        self.shift + self.means[usize::from(second)] * random.exponential()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of xoshiro256++ from the state 1, 2, 3, 4: 41943041, 58720359 as in its authors' program.
    #[test]
    fn the_published_sequence() {
        let mut random = Random { state: [1, 2, 3, 4] };
        assert_eq!([random.next(), random.next()], [41_943_041, 58_720_359]);
    }
}
