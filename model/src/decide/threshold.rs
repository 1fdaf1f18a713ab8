//! Where an answer changes between two values, as people would write it.

/// How much of the way from what is assumed to an end of its range is likely: nothing turns on what is beyond.
pub(super) const LIKELY: f64 = 0.9;

/// Halvings by which a threshold is looked for at most.
const STEPS: i32 = 20;

/// The least value as people write it from which on another answer holds: the one that they write before it has the answer of the
/// other side. `same` has one answer and `other` another; `written` is the least value that people write, no less than one, and
/// `before` the one before it. No other values are looked at.
pub(super) fn divide(
    mut same: f64,
    mut other: f64,
    written: impl Fn(f64) -> f64,
    before: impl Fn(f64) -> f64,
    is_other: impl Fn(f64) -> bool,
) -> f64 {
    for _ in 0..STEPS {
        let up = written((same + other) / 2.0);
        let is_between = |it: &f64| *it > same.min(other) && *it < same.max(other);
        let Some(middle) = [up, before(up)].into_iter().find(is_between) else { break };
        if is_other(middle) { other = middle } else { same = middle }
    }
    written(same.max(other))
}

/// The least number of three digits that is no less than a value; of thousands the least whole one.
pub(super) fn up_to_three_digits(value: f64) -> f64 {
    let scale = scale(value);
    (value * scale - 1e-6).ceil() / scale
}

/// The number of three digits before one.
pub(super) fn before(written: f64) -> f64 {
    let scale = scale(written * (1.0 - 1e-6));
    (written * scale - 1.0).round() / scale
}

/// How many numbers of three digits there are for each one, near a value.
fn scale(value: f64) -> f64 {
    if value == 0.0 { 1.0 } else { 10f64.powi(2 - value.abs().log10().floor() as i32).max(1.0) }
}
