//! The universal scalability law fitted to points.

use tonnage_fit::estimate::Estimate;
use tonnage_fit::usl::*;
use tonnage_model::capacity::scalability::Scalability;

fn near(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() < relative, "{value} instead of {expected}");
}

/// B. Schwartz, *Practical Scalability Analysis with the Universal Scalability Law*; the fit was checked with SciPy.
#[test]
fn published_points() {
    let points = [
        (1.0, 955.16),
        (5.0, 4315.54),
        (10.0, 7867.61),
        (15.0, 9645.37),
        (20.0, 10798.52),
        (25.0, 12075.41),
        (30.0, 12118.04),
    ];
    let usl = fit(&points).unwrap();
    near(usl.sigma.estimate.value, 0.02735, 1e-3);
    near(usl.kappa.estimate.value, 0.000_770_4, 1e-3);
    near(usl.lambda.value, 1001.1, 1e-3);
    assert_eq!(usl.degrees_of_freedom, 4);
    let Estimate { low, high, .. } = usl.sigma.estimate;
    assert!(low == 0.0 && 0.05 < high && high < 0.07, "{usl:?}");
}

#[test]
fn exact_points_give_the_law_back() {
    for (sigma, kappa) in [(0.1, 0.01), (0.3, 0.0), (0.0, 0.002)] {
        let law = Scalability { sigma, kappa };
        let points = [1.0, 2.0, 3.0, 4.0, 8.0].map(|n| (n, 1.02 * n * law.worth(n)));
        let usl = fit(&points).unwrap();
        near(usl.lambda.value, 1.02, 1e-9);
        assert!((usl.sigma.estimate.value - sigma).abs() < 1e-9, "{usl:?}");
        assert!((usl.kappa.estimate.value - kappa).abs() < 1e-9, "{usl:?}");
    }
}

#[test]
fn more_than_linear_is_linear() {
    let usl = fit(&[(1.0, 1.0), (2.0, 2.1), (4.0, 4.3), (8.0, 8.9)]).unwrap();
    assert_eq!((usl.sigma.estimate.value, usl.kappa.estimate.value), (0.0, 0.0));
    assert!(usl.sigma.clamped_from.is_some() || usl.kappa.clamped_from.is_some());
}

#[test]
fn two_points_do_not_determine_the_law() {
    assert_eq!(fit(&[(1.0, 1.0), (2.0, 1.8)]), None);
    assert_eq!(fit(&[(1.0, 1.0), (2.0, 1.8), (2.0, 1.8), (1.0, 1.0)]), None);
}

/// usl(2) = 2 / (1 + sigma) = 1.6 for sigma 0.25.
#[test]
fn contention_of_two_by_hand() {
    near(contention(2.0, 1.6), 0.25, 1e-15);
    assert!(contention(2.0, 2.1) < 0.0);
}
