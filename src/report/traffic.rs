//! What of the bytes read and written crosses zones, and at what price, in words.

use super::figures::significant;
use tonnage_model::policy::Policy;

/// The share that crosses and its price, then a sentence on what that means, and the flags that change it.
pub fn note(policy: &Policy, meaning: &str) -> String {
    let zones = policy.zones;
    let price = policy.cross_zone;
    let crossing = match (zones, price.fetch_from_follower) {
        (1, _) => "with one zone, nothing crosses".to_owned(),
        (_, true) => format!("{}/{zones} of the bytes written cross zones, none of those read", zones - 1),
        (_, false) => format!("{}/{zones} of the bytes read and written cross zones", zones - 1),
    };
    format!(
        "Traffic: {crossing}, at ${} a GB of 10^9 bytes for both sides together. {meaning} \
         (--cross-zone-usd-per-gb, --fetch-from-follower, --zones).",
        significant(price.usd_per_gb)
    )
}
