//! What of the bytes read and written crosses zones, and at what price, in words.

use super::figures::{NOTHING_USD, significant, usd};
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

/// What reading from the follower in one's own zone saves in all at most (compression is not counted), USD a month, and the
/// step in words; nothing where it is done already. What contradicts itself is in no sum.
pub fn follower_reads(decisions: &[Decision<'_, '_>]) -> Option<(f64, String)> {
    let believed = decisions.iter().filter(|it| !it.entry.recommendation.baseline.is_contradictory());
    let saves = believed.filter_map(|decision| {
        let PlannedWorkload { problem, planner, .. } = decision.entry;
        Some(Traffic::saved_by_followers(problem.workload, &planner.policy, decision.provider()?))
    });
    let all: f64 = saves.sum();
    (all >= NOTHING_USD).then(|| {
        let step = format!(
            "Read from the follower in your own zone (client.rack and a rack-aware replica selector): saves up to {} a month \
             of traffic between zones.",
            usd(all),
        );
        (all, step)
    })
}
