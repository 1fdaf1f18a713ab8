//! Distributions by the ends that people give.

use proptest::prelude::*;
use tonnage_model::uncertain::distribution::Distribution;
use tonnage_model::uncertain::latin_hypercube::{Sampling, quantile};

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

// A number may be nothing at all: 5 % of the cases are, and none is less.
#[test]
fn a_range_that_begins_or_ends_at_a_bound_is_cut_off_there() {
    let produces = Distribution::LogNormal { above: 0.0, low: 0.0, high: 3.0 };
    assert_eq!((produces.quantile(0.01), produces.quantile(0.05).abs() < 1e-9), (0.0, true));
    close(produces.median(), 1.5);
    close(produces.quantile(0.95), 3.0);
    let peak = Distribution::LogNormal { above: 1.0, low: 1.0, high: 3.0 };
    assert_eq!((peak.quantile(0.01), peak.median()), (1.0, 2.0));
    // Of what remains to 1 the ends are 1 and 0.9, the median sqrt(0.9) = 0.948683.
    let waits = Distribution::LogitNormal { low: 0.0, high: 0.1 };
    assert_eq!(waits.quantile(0.01), 0.0);
    close(waits.median(), 1.0 - 0.9f64.sqrt());
    close(waits.quantile(0.95), 0.1);
    // However far up, it stays below 1, which an io_ratio may not be.
    assert!(Distribution::LogitNormal { low: 0.0, high: 0.99 }.quantile(1.0 - 1e-12) < 1.0);
    let native = Distribution::LogitNormal { low: 0.25, high: 1.0 };
    close(native.quantile(0.05), 0.25);
    close(native.median(), 0.5);
    assert_eq!(native.quantile(0.99), 1.0);
    close(Distribution::LogitNormal { low: 0.0, high: 1.0 }.median(), 0.5);
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
            Distribution::LogNormal { above: low, low, high },
            Distribution::LogitNormal { low: 0.0, high },
            Distribution::LogitNormal { low, high: 1.0 },
            Distribution::Interval { value, low, high },
            Distribution::Interval { value, low: 0.0, high },
        ] {
            prop_assert!(it.quantile(p) <= it.quantile(q) * (1.0 + 1e-12), "{it:?}");
            prop_assert!(it.quantile(p).is_finite());
        }
    }
}

fn sampling(samples: usize) -> Sampling {
    Sampling { samples, seed: 1 }
}

#[test]
fn each_part_has_one_sample() {
    let shares = sampling(100).shares("peak_factor");
    let mut parts: Vec<usize> = shares.iter().map(|share| (share * 100.0) as usize).collect();
    assert_ne!(parts, (0..100).collect::<Vec<_>>());
    parts.sort_unstable();
    assert_eq!(parts, (0..100).collect::<Vec<_>>());
}

#[test]
fn names_and_seeds_are_told_apart() {
    let one = sampling(64);
    assert_eq!(one.shares("a"), one.shares("a"));
    assert_ne!(one.shares("a"), one.shares("b"));
    assert_ne!(one.shares("a"), Sampling { seed: 2, ..one }.shares("a"));
}

#[test]
fn two_quantities_hardly_correlate() {
    let one = sampling(512);
    let product: f64 = one.shares("a").iter().zip(one.shares("b")).map(|(x, y)| (x - 0.5) * (y - 0.5)).sum();
    // The correlation of 512 independent pairs has a standard deviation of 1/sqrt(512) = 0.044.
    assert!((product / 512.0 * 12.0).abs() < 0.15, "{product}");
}

#[test]
fn quantiles_of_ten() {
    let ten: Vec<f64> = (1..=10).map(f64::from).collect();
    assert_eq!([0.1, 0.5, 0.9, 0.91].map(|p| quantile(&ten, p)), [1.0, 5.0, 9.0, 10.0].map(Some));
    assert_eq!(quantile(&[], 0.5), None);
}
