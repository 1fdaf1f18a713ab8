//! What of the bytes read and written crosses zones, and at what price, in words.

use super::figures::{significant, usd};
use super::plan::decision::Decision;
use tonnage_model::cost::traffic::Traffic;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::policy::Policy;

/// The share that crosses and its price at a provider, then a sentence on what that means, and the flags that change it.
pub fn note(policy: &Policy, provider: &str, meaning: &str) -> String {
    let zones = policy.zones;
    let price = policy.cross_zone;
    let crossing = match (zones, price.fetch_from_follower) {
        (1, _) => "with one zone, nothing crosses".to_owned(),
        (_, true) => format!("{}/{zones} of the bytes written cross zones, none of those read", zones - 1),
        (_, false) => format!("{}/{zones} of the bytes read and written cross zones", zones - 1),
    };
    format!(
        "Traffic: {crossing}, at ${} a GB on {provider}, both sides together. {meaning} (--zones, --fetch-from-follower, \
         --usd-per-gb-between-zones).",
        significant(price.usd_per_gb(provider))
    )
}

/// What reading from the follower in one's own zone saves at most (compression is not counted), USD a month; nothing where it is done
/// already. What contradicts itself is in no sum.
pub fn saved_by_followers(decision: &Decision<'_, '_>) -> f64 {
    let PlannedWorkload { problem, planner, recommendation, .. } = decision.entry;
    let provider = decision.provider().filter(|_| !recommendation.baseline.is_contradictory());
    provider.map_or(0.0, |it| Traffic::saved_by_followers(problem.workload, &planner.policy, it))
}

/// The step that saves so much, USD a month.
pub fn follower_reads(saves: f64) -> String {
    let saves = usd(saves);
    format!(
        "Read within zones (client.rack, replica.selector.class): saves up to {saves} a month of traffic."
    )
}
