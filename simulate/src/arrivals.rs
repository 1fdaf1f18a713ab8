//! When events arrive: Poisson, in bursts, at a rate that may change in steps.

use crate::random::Random;

/// How events arrive.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrivals {
    /// Events/s in each step; they start over at the end.
    rates: Vec<f64>,
    step_seconds: f64,
    /// Mean events of a burst, which arrive at one moment; 1 for a Poisson process.
    burst: f64,
}

impl Arrivals {
    /// Poisson at one rate, events/s.
    pub fn steady(rate: f64) -> Self {
        Self { rates: vec![rate], step_seconds: f64::INFINITY, burst: 1.0 }
    }

    /// Poisson at rates, events/s, that change every `step_seconds`; at least one has to be above 0.
    pub fn in_steps(rates: Vec<f64>, step_seconds: f64) -> Self {
        Self { rates, step_seconds, burst: 1.0 }
    }

    /// The same events in bursts of that mean size: bursts are Poisson, sizes geometric, and each event falls on a
    /// partition of its own.
    pub fn in_bursts(self, mean: f64) -> Self {
        Self { burst: mean.max(1.0), ..self }
    }

    /// Events/s at a time.
    pub fn rate_at(&self, seconds: f64) -> f64 {
        self.rates[self.step(seconds)]
    }

    /// Events/s on average.
    pub fn mean_rate(&self) -> f64 {
        self.rates.iter().sum::<f64>() / self.rates.len() as f64
    }

    /// All steps together, s.
    pub fn seconds(&self) -> f64 {
        self.step_seconds * self.rates.len() as f64
    }

    fn step(&self, seconds: f64) -> usize {
        if self.rates.len() == 1 { 0 } else { (seconds / self.step_seconds) as usize % self.rates.len() }
    }

    /// The next burst after `now`, s, and how many events it has.
    #[inline]
    pub(crate) fn next(&self, now: f64, random: &mut Random) -> (f64, u64) {
        let mut left = random.exponential() * self.burst;
        let size = random.geometric(self.burst);
        let mut at = now;
        if self.rates.len() == 1 {
            return (at + left / self.rates[0], size);
        }
        // An exponential of mean 1 is used up at the rate of each step.
        let mut number = (now / self.step_seconds).floor();
        loop {
            let end = (number + 1.0) * self.step_seconds;
            let rate = self.rates[number as usize % self.rates.len()];
            let holds = rate * (end - at).max(0.0);
            if left < holds {
                return (at + left / rate, size);
            }
            left -= holds;
            (at, number) = (end, number + 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_has_its_rate() {
        // 100/s for 10 s, none for 10 s, in bursts of 4 events: 1,000 in each 20 s, none of them in the second half.
        let arrivals = Arrivals::in_steps(vec![100.0, 0.0], 10.0).in_bursts(4.0);
        let mut random = Random::new(3, 0);
        let (mut now, mut events) = (0.0, 0);
        loop {
            let (next, size) = arrivals.next(now, &mut random);
            if next > 20_000.0 {
                break;
            }
            assert!(next % 20.0 <= 10.0);
            (now, events) = (next, events + size);
        }
        assert!((events as f64 / 1e6 - 1.0).abs() < 0.01, "{events}");
        assert_eq!(
            (arrivals.rate_at(25.0), arrivals.rate_at(35.0), arrivals.mean_rate()),
            (100.0, 0.0, 50.0)
        );
    }
}
