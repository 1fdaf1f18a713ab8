//! The least whole number that meets a monotone condition.

/// The least `x` in `low..=high` for which `holds(x)`, or `None` when it holds for none of them.
///
/// `holds` must be monotone: once true, true for every greater `x`. The answer is bracketed by
/// doubling steps from `low` and then bisected, so the cost is logarithmic in the answer's distance
/// from `low` and not in the width of the range.
///
/// ```
/// use tonnage_model::capacity::search::least;
///
/// assert_eq!(least(1, 1_000_000, |x| x * x >= 2000), Some(45));
/// ```
pub fn least(low: u64, high: u64, mut holds: impl FnMut(u64) -> bool) -> Option<u64> {
    if low > high {
        return None;
    }
    let mut failing = None;
    let mut candidate = low;
    let mut step = 1u64;
    while !holds(candidate) {
        if candidate == high {
            return None;
        }
        failing = Some(candidate);
        candidate = candidate.saturating_add(step).min(high);
        step = step.saturating_mul(2);
    }
    let Some(mut below) = failing else {
        return Some(candidate);
    };
    while candidate - below > 1 {
        let middle = below + (candidate - below) / 2;
        if holds(middle) {
            candidate = middle;
        } else {
            below = middle;
        }
    }
    Some(candidate)
}
