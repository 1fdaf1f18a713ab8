//! Windows of amounts by country.

use std::collections::BTreeMap;

const WINDOW: usize = 1000;

/// Sums over groups, each of which is one country in one window.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Statistics {
    pub windows: u64,
    pub groups: u64,
    pub count: u64,
    pub sum: f64,
    pub mean: f64,
    pub p95: f64,
}

impl Statistics {
    pub fn add(&mut self, other: &Self) {
        self.windows += other.windows;
        self.groups += other.groups;
        self.count += other.count;
        self.sum += other.sum;
        self.mean += other.mean;
        self.p95 += other.p95;
    }

    fn add_group(&mut self, mut amounts: Vec<f64>) {
        let sum: f64 = amounts.iter().sum();
        amounts.sort_unstable_by(f64::total_cmp);
        self.groups += 1;
        self.count += amounts.len() as u64;
        self.sum += sum;
        self.mean += sum / amounts.len() as f64;
        self.p95 += percentile(&amounts, 0.95);
    }
}

/// The window of one partition that is being filled, and the statistics of those before.
#[derive(Default)]
pub struct Windows {
    size: usize,
    // In the order of the countries, since sums of floating-point numbers depend on theirs.
    amounts: BTreeMap<String, Vec<f64>>,
    closed: Statistics,
}

impl Windows {
    pub fn add(&mut self, country: &str, amount: f64) {
        match self.amounts.get_mut(country) {
            Some(amounts) => amounts.push(amount),
            None => {
                self.amounts.insert(country.to_owned(), vec![amount]);
            }
        }
        self.size += 1;
        if self.size == WINDOW {
            self.close();
        }
    }

    fn close(&mut self) {
        self.closed.windows += 1;
        for amounts in std::mem::take(&mut self.amounts).into_values() {
            self.closed.add_group(amounts);
        }
        self.size = 0;
    }

    /// The statistics, with what is left as the last window.
    pub fn finish(mut self) -> Statistics {
        if self.size > 0 {
            self.close();
        }
        self.closed
    }
}

/// Linear interpolation between order statistics.
fn percentile(sorted: &[f64], p: f64) -> f64 {
    let rank = p * sorted.len().saturating_sub(1) as f64;
    let below = rank.floor() as usize;
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(low), Some(high)) => low + (high - low) * rank.fract(),
        (Some(low), None) => *low,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentile_is_interpolated() {
        assert_eq!(percentile(&[7.0], 0.95), 7.0);
        assert!((percentile(&[1.0, 2.0, 3.0, 4.0], 0.95) - 3.85).abs() < 1e-12);
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert!((percentile(&hundred, 0.95) - 95.05).abs() < 1e-12);
        assert_eq!(percentile(&hundred[..21], 0.95), 20.0);
    }

    #[test]
    fn a_window_has_a_thousand_events_and_the_last_one_what_is_left() {
        let mut windows = Windows::default();
        for event in 0..2001 {
            windows.add(if event % 2 == 0 { "DE" } else { "SE" }, 2.0);
        }
        let statistics = windows.finish();
        assert_eq!((statistics.windows, statistics.groups, statistics.count), (3, 5, 2001));
        assert_eq!((statistics.sum, statistics.mean, statistics.p95), (4002.0, 10.0, 10.0));
    }

    #[test]
    fn no_events_are_no_window() {
        assert_eq!(Windows::default().finish(), Statistics::default());
    }
}
