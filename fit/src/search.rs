//! The least value of a function of one variable.

/// (sqrt(5) - 1) / 2.
const GOLDEN: f64 = 0.618_033_988_749_894_9;
/// Points of the grid that brackets the least value, as golden section finds only the nearest of several.
const GRID: usize = 60;
/// Width at which the search ends, as a share of the whole.
const WIDTH: f64 = 1e-12;

/// Where `function` is least between `low` and `high`: a grid, then golden section round its best point.
///
/// Source: J. Kiefer, "Sequential minimax search for a maximum", Proceedings of the AMS 4(3), 1953.
pub fn minimum(low: f64, high: f64, mut function: impl FnMut(f64) -> f64) -> f64 {
    let step = (high - low) / GRID as f64;
    let mut best = (low, f64::INFINITY);
    for point in 0..=GRID {
        let at = low + step * point as f64;
        let value = function(at);
        if value < best.1 {
            best = (at, value);
        }
    }
    let (mut from, mut to) = ((best.0 - step).max(low), (best.0 + step).min(high));
    let (mut left, mut right) = (to - GOLDEN * (to - from), from + GOLDEN * (to - from));
    let (mut at_left, mut at_right) = (function(left), function(right));
    while to - from > WIDTH * (high - low) {
        if at_left <= at_right {
            (to, right, at_right) = (right, left, at_left);
            left = to - GOLDEN * (to - from);
            at_left = function(left);
        } else {
            (from, left, at_left) = (left, right, at_right);
            right = from + GOLDEN * (to - from);
            at_right = function(right);
        }
    }
    (from + to) / 2.0
}
