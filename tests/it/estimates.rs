//! Estimates with their intervals, fits that stay above zero, and the least of a function.

use tonnage_fit::estimate::{Estimate, half_width, mean};
use tonnage_fit::least_squares;
use tonnage_fit::nonnegative::{BelowZero, Bounded, Failure, fit};
use tonnage_fit::search::minimum;

/// Percentiles from the NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
#[test]
fn students_t_as_tabulated() {
    for (degrees, tabulated) in [(1, 12.706), (2, 4.303), (10, 2.228), (30, 2.042), (100, 1.984)] {
        assert!(
            (half_width(1.0, degrees) - tabulated).abs() < 5e-4,
            "{degrees}: {}",
            half_width(1.0, degrees)
        );
    }
}

/// Of 1, 2, 3, 4 the mean is 2.5 and s = sqrt(5/3), so the interval is 2.5 +- 3.1824 * s / 2.
#[test]
fn mean_of_four_by_hand() {
    let four = mean([(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]).unwrap().estimate;
    let half = 3.182_446_305 * (5.0f64 / 3.0).sqrt() / 2.0;
    assert!((four.value - 2.5).abs() < 1e-15);
    assert!((four.high - 2.5 - half).abs() < 1e-8 && (2.5 - four.low - half).abs() < 1e-8, "{four:?}");
}

#[test]
fn one_sample_has_no_interval() {
    assert_eq!(mean([(1, 2.0)]).unwrap().estimate, Estimate::point(2.0));
    assert_eq!(mean([]), None);
}

#[test]
fn factors_stay_above_zero() {
    let wide = Estimate::by_factor(2.0, 3.0, 10);
    assert!(wide.low > 0.0 && (wide.low * wide.high - 4.0).abs() < 1e-9, "{wide:?}");
}

fn line(y: [f64; 5], below_zero: BelowZero) -> Result<Vec<Bounded>, Failure<least_squares::Dependent>> {
    let columns = [vec![1.0; 5], vec![0.0, 1.0, 2.0, 3.0, 4.0]];
    let solve = |free: &[usize]| {
        least_squares::solve(&free.iter().map(|&it| columns[it].clone()).collect::<Vec<_>>(), &y)
    };
    fit(2, |_| below_zero, solve).map(|(bounded, _)| bounded)
}

/// The slope is -0.1 +- 0.9 and is taken out; what is left is the mean.
#[test]
fn noise_below_zero_is_zero() {
    let [intercept, slope] = line([2.0, 1.0, 2.0, 0.0, 2.0], BelowZero::Refused).unwrap()[..] else {
        panic!()
    };
    assert!((intercept.estimate.value - 1.4).abs() < 1e-14);
    assert_eq!((slope.estimate.value, slope.estimate.low), (0.0, 0.0));
    assert!((slope.clamped_from.unwrap() + 0.1).abs() < 1e-14);
    assert!(slope.estimate.high > 0.5 && slope.estimate.high < 1.0, "{slope:?}");
}

#[test]
fn beyond_doubt_is_an_error_unless_asked_otherwise() {
    let falling = [5.0, 4.1, 2.9, 2.0, 1.0];
    let Err(Failure::Negative { index: 1, estimate }) = line(falling, BelowZero::Refused) else { panic!() };
    assert!(estimate.high < 0.0);
    assert_eq!(line(falling, BelowZero::Clamped).unwrap()[1].estimate.value, 0.0);
}

#[test]
fn rounding_below_zero_is_no_contradiction() {
    let [_, slope] = line([1e6, 1e6, 1e6, 1e6, 1e6 - 1e-9], BelowZero::Refused).unwrap()[..] else {
        panic!()
    };
    assert_eq!(slope.estimate.value, 0.0);
}

#[test]
fn a_parabola() {
    assert!((minimum(-3.0, 5.0, |x| (x - 1.234).powi(2)) - 1.234).abs() < 1e-7);
}

#[test]
fn the_deeper_of_two_valleys() {
    let two = |x: f64| (x * x - 1.0).powi(2) + 0.1 * x;
    assert!((minimum(-2.0, 2.0, two) + 1.0).abs() < 0.05);
}

#[test]
fn an_end() {
    assert!((minimum(0.0, 1.0, |x| x) - 0.0).abs() < 1e-9);
    assert!((minimum(0.0, 1.0, |x| -x) - 1.0).abs() < 1e-9);
}
