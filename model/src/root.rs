//! Where a falling function crosses zero.

use std::ops::RangeInclusive;

/// How near the two ends of an exact answer are, as a share of it.
pub(crate) const TOLERANCE: f64 = 1e-13;

/// An interval no wider than a share `tolerance` of its upper end in which `f`, which falls, crosses zero.
///
/// In: an interval with `f(low) > 0 >= f(high)`, both finite. False position, where an end that stays put counts half
/// (the Illinois rule), so that both ends close in faster than by halves where `f` is smooth.
/// Source: M. Dowell and P. Jarratt, "A modified regula falsi method", BIT 11 (1971).
pub(crate) fn crossing(
    within: RangeInclusive<f64>,
    tolerance: f64,
    f: impl Fn(f64) -> f64,
) -> RangeInclusive<f64> {
    let (mut low, mut high) = within.into_inner();
    let (mut above, mut below) = (f(low), f(high));
    if above <= 0.0 {
        return low..=low;
    }
    let mut moved = None;
    while high - low > tolerance * high {
        // Never so close to an end that the interval could not shrink from the other.
        let inset = 0.4 * tolerance * high;
        let middle = (high + below * (high - low) / (above - below)).clamp(low + inset, high - inset);
        let value = f(middle);
        let end = if value > 0.0 { End::Low } else { End::High };
        match end {
            End::Low => {
                (low, above) = (middle, value);
                if moved == Some(end) {
                    below /= 2.0;
                }
            }
            End::High => {
                (high, below) = (middle, value);
                if moved == Some(end) {
                    above /= 2.0;
                }
            }
        }
        moved = Some(end);
    }
    low..=high
}

/// Which end of the interval moved last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_takes_a_step_or_two() {
        let steps = std::cell::Cell::new(0);
        let at = crossing(0.0..=10.0, TOLERANCE, |x| {
            steps.set(steps.get() + 1);
            3.0 - x
        });
        let at = *at.end();
        assert!((3.0..=3.0 + 1e-10).contains(&at) && steps.get() <= 6, "{at} in {}", steps.get());
    }

    proptest! {
        #[test]
        fn it_is_where_the_sign_changes(root in 1e-6f64..1e3, power in 0.2f64..5.0, above in 1.0f64..1e3) {
            let f = |x: f64| 1.0 - (x / root).powf(power);
            let at = *crossing(0.0..=root * above, TOLERANCE, f).end();
            prop_assert!(f(at) <= 0.0 && f(at * (1.0 - 2.0 * TOLERANCE)) >= 0.0, "{at} for {root}");
        }
    }
}
