//! What of the bytes read and written crosses zones, and at what price, in words.

use super::figures::{NOTHING_USD, plural, significant, usd};
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

/// The share of a saving that is nearly all of it.
const NEARLY_ALL: f64 = 0.95;

/// What reading from the follower in one's own zone saves in all at most (compression is not counted), USD a month, and the
/// step in words; nothing where it is done already. What contradicts itself is in no sum.
pub fn follower_reads(decisions: &[Decision<'_, '_>]) -> Option<(f64, String)> {
    let saves: Vec<f64> = decisions
        .iter()
        .filter(|decision| !decision.entry.recommendation.baseline.is_contradictory())
        .filter_map(|decision| {
            let PlannedWorkload { problem, planner, .. } = decision.entry;
            Some(Traffic::saved_by_followers(problem.workload, &planner.policy, decision.provider()?))
        })
        .collect();
    let all: f64 = saves.iter().sum();
    let mut largest = saves.clone();
    largest.sort_by(|one, other| other.total_cmp(one));
    let before = largest.iter().scan(0.0, |sum, saves| Some(std::mem::replace(sum, *sum + saves)));
    let counted = before.take_while(|before| *before < NEARLY_ALL * all).count();
    (all >= NOTHING_USD).then(|| {
        let most = match counted < saves.len() {
            true => format!(", nearly all of it in {}", plural(counted as u64, "workload")),
            false => String::new(),
        };
        let step = format!(
            "Read from the follower in your own zone (client.rack and a rack-aware replica selector): saves up to {} a month \
             of traffic between zones{most}.",
            usd(all),
        );
        (all, step)
    })
}
