//! Of machine types none of which serves, the one that comes furthest.

use crate::capacity::infeasible::{Infeasible, UnmetConstraint};
use crate::capacity::sizing::Sizing;
use std::cmp::Ordering;

/// Excesses over a limit that differ by less, as a share, are the same but for rounding.
const SAME_EXCESS: f64 = 1e-9;

/// A machine type that does not serve, by its place in the list.
pub(crate) struct Failed {
    pub index: usize,
    pub sizing: Sizing,
    pub reason: Infeasible,
}

/// Keeps what comes further; of equals the one that is listed first.
pub(crate) fn keep_furthest(furthest: &mut Option<Failed>, failed: Failed) {
    let is_further = |other: &Failed| {
        let order = how_far(&failed.reason, &other.reason);
        order.then(other.index.cmp(&failed.index)).is_gt()
    };
    if furthest.as_ref().is_none_or(is_further) {
        *furthest = Some(failed);
    }
}

/// A later rule failing, or the same one failing by less, is further.
fn how_far(one: &Infeasible, other: &Infeasible) -> Ordering {
    match (one, other) {
        (Infeasible::Unmet(one), Infeasible::Unmet(other)) => {
            let excess = |unmet: &UnmetConstraint| unmet.needs / unmet.limit;
            let by_excess = if (excess(one) - excess(other)).abs() <= SAME_EXCESS * excess(other) {
                Ordering::Equal
            } else {
                excess(other).total_cmp(&excess(one))
            };
            one.rule.cmp(&other.rule).then(by_excess)
        }
        (one, other) => {
            let is_unmet = |reason: &Infeasible| matches!(reason, Infeasible::Unmet(_));
            is_unmet(one).cmp(&is_unmet(other))
        }
    }
}
