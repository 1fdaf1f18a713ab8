//! What a simulation draws, and how it counts times.

use tonnage_simulate::histogram::Histogram;
use tonnage_simulate::random::{Random, Variation};

#[test]
fn moments() {
    let n = 400_000;
    for scv in [0.0, 0.25, 1.0, 4.0] {
        let mut random = Random::new(1, 0);
        let variation = Variation::new(scv);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = variation.draw(&mut random);
            (sum, squares) = (sum + x, squares + x * x);
        }
        let mean = sum / f64::from(n);
        let variance = squares / f64::from(n) - mean * mean;
        assert!(
            (mean - 1.0).abs() < 0.02 && (variance - scv).abs() < 0.05 * scv + 1e-9,
            "{scv} {mean} {variance}"
        );
    }
    let mut random = Random::new(1, 1);
    let total: u64 = (0..n).map(|_| random.geometric(5.0)).sum();
    assert!((total as f64 / f64::from(n) - 5.0).abs() < 0.05);
}

#[test]
fn quantiles_by_hand() {
    let mut histogram = Histogram::default();
    (1..=1000).for_each(|ms| histogram.add(f64::from(ms) * 1e-3));
    // The 990th of 1 to 1000 ms.
    assert!((histogram.quantile(0.99) / 0.990 - 1.0).abs() < 0.008);
    assert!((histogram.quantile(0.5) / 0.500 - 1.0).abs() < 0.008);
    assert!((histogram.mean() - 0.5005).abs() < 1e-9);
    assert_eq!(histogram.total(), 1000);
    histogram.clear();
    assert_eq!((histogram.quantile(0.5), histogram.total()), (0.0, 0));
    // Neither is out of bounds.
    histogram.add(0.0);
    histogram.add(1e300);
}
