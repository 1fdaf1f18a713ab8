//! How few nodes there can be at all, so that it shows how far from optimal a packing can be at most.

use crate::scenario::pool::replicas::Replicas;
use crate::scenario::pool::resources::{Resource, Resources};

/// Dual feasible functions are tried up to this k.
const MOST_PARTS: u64 = 12;

/// A number of nodes that no packing is below. It is the largest of
///
/// - what each resource alone asks for,
/// - Z times what each asks for of the replicas that every zone has at least, `n - (Z - 1) ceil(n/Z)` of each
///   workload, and
/// - the zones that the workload with most replicas has to be in, `n / ceil(n/Z)`.
pub fn least_nodes(all: &[Replicas], node: Resources, zones: u32) -> u64 {
    let other_zones = u64::from(zones.max(1)) - 1;
    let in_every_zone = all.iter().map(|replicas| {
        let elsewhere = other_zones.saturating_mul(replicas.most_in_a_zone(zones));
        Replicas { count: replicas.count.saturating_sub(elsewhere), ..*replicas }
    });
    let spread = all.iter().map(|replicas| replicas.count.div_ceil(replicas.most_in_a_zone(zones).max(1)));
    by_resources(all.iter().copied(), node)
        .max(by_resources(in_every_zone, node).saturating_mul(other_zones + 1))
        .max(spread.max().unwrap_or(0))
}

/// Nodes that each resource alone asks for, the most of them.
///
/// For k = 0 that is `ceil(sum n x)`, x being the share of a node that one replica takes. For k = 1, 2, ... x is
/// replaced by u_k(x), with `u_k(x) = x` where (k+1) x is whole and `floor((k+1) x) / k` else. Shares that fit on a
/// node still sum to at most 1 after that, and large ones count for more: u_1 counts a replica above half a node as
/// a whole one. Source: S. P. Fekete and J. Schepers, "New classes of fast lower bounds for bin packing problems",
/// Mathematical Programming 91 (2001).
fn by_resources(all: impl Iterator<Item = Replicas> + Clone, node: Resources) -> u64 {
    let bounds = Resource::ALL.into_iter().flat_map(|resource| (0..=MOST_PARTS).map(move |k| (resource, k)));
    bounds
        .map(|(resource, k)| {
            let capacity = u128::from(node.of(resource)).max(1);
            // In units of a k-th of a unit of the resource, to stay whole.
            let parts = u128::from(k.max(1));
            let weight = |each: u128| match (u128::from(k) + 1) * each {
                _ if k == 0 => each,
                scaled if scaled.is_multiple_of(capacity) => each * parts,
                scaled => scaled / capacity * capacity,
            };
            let weights = all.clone().map(|replicas| {
                u128::from(replicas.count).saturating_mul(weight(u128::from(replicas.pod().of(resource))))
            });
            let total = weights.fold(0u128, u128::saturating_add);
            u64::try_from(total.div_ceil(capacity * parts)).unwrap_or(u64::MAX)
        })
        .max()
        .unwrap_or(0)
}
