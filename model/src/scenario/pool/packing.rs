//! Replicas onto nodes: first fit, largest first, never more of a workload in a zone than the zone rule allows.
//!
//! With one resource and no zones, first fit decreasing needs at most 11/9 of the fewest nodes and 6/9 of one (G. Dosa,
//! 2007). With several there are many ways to say what is largest (L. T. Kou and G. Markowsky, "Multidimensional bin
//! packing algorithms", IBM J. Res. Dev. 21, 1977): a few are tried, and the emptiest node is given up while its
//! replicas fit on the others. No guarantee is claimed for that; [`crate::scenario::pool::bound`] says how good each packing is.

use crate::ranked::greatest_first;
pub use crate::scenario::pool::packed::{PackedNode, Packing};
use crate::scenario::pool::replicas::Replicas;
use crate::scenario::pool::resources::{Resource, Resources};
use crate::scenario::pool::small;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What makes one workload's replicas larger than another's.
const SIZES: [fn(Resources, Resources) -> f64; 4] = [
    |each, node| each.largest_share_of(node),
    |each, node| Resource::ALL.into_iter().map(|resource| each.share_of(node, resource)).sum(),
    |each, node| each.share_of(node, Resource::Cpu),
    |each, node| each.share_of(node, Resource::Memory),
];

/// Packs the replicas of all workloads onto as few nodes as it finds.
///
/// `wanted` is from the number that no packing is below, at which nothing more is tried, to the number beyond which a
/// packing is of no use. `None` where there is none within that, or where a replica is larger than a node.
pub fn pack(all: &[Replicas], node: Resources, zones: u32, wanted: RangeInclusive<u64>) -> Option<Packing> {
    let mut best: Option<Packing> = None;
    let by_size = |size: fn(Resources, Resources) -> f64| {
        let mut order: Vec<usize> = (0..all.len()).collect();
        greatest_first(&mut order, |&at| size(all[at].pod(), node));
        order
    };
    for (size, rotates) in SIZES.into_iter().flat_map(|size| [(size, false), (size, true)]) {
        let most = best.as_ref().map_or(*wanted.end(), |best| best.nodes.len() as u64 - 1);
        let order = by_size(size);
        let mut packer = Packer { rotates, ..Packer::new(all, node, zones) };
        // A tenth more, as some may be given up again.
        let opened = most.saturating_add(most / 10).saturating_add(1);
        if order.into_iter().all(|workload| packer.place(workload, opened)) {
            while packer.nodes.len() as u64 > *wanted.start() && packer.give_up_emptiest() {}
            if packer.nodes.len() as u64 <= most {
                best = Some(Packing { nodes: packer.nodes });
            }
        }
        if best.as_ref().is_some_and(|best| best.nodes.len() as u64 <= *wanted.start()) {
            break;
        }
    }
    let largest_first = by_size(SIZES[0]);
    best.map(|best| small::improve(all, node, zones, *wanted.start(), best, &largest_first))
}

/// A packing under way.
#[derive(Clone)]
struct Packer<'r> {
    all: &'r [Replicas],
    node: Resources,
    zones: u32,
    /// Whether each workload begins in another zone than the one before it.
    rotates: bool,
    nodes: Vec<PackedNode>,
    /// Nodes of each zone that ever had one.
    nodes_in_zone: Vec<u64>,
    /// Replicas of each workload in each zone.
    in_zone: Vec<BTreeMap<usize, u64>>,
}

impl<'r> Packer<'r> {
    fn new(all: &'r [Replicas], node: Resources, zones: u32) -> Self {
        let in_zone = vec![BTreeMap::new(); all.len()];
        Self { all, node, zones, rotates: false, nodes: Vec::new(), nodes_in_zone: Vec::new(), in_zone }
    }

    /// How many more of a workload a zone may have.
    fn room_in_zone(&self, workload: usize, zone: usize) -> u64 {
        let there = self.in_zone[workload].get(&zone).copied().unwrap_or(0);
        self.all[workload].most_in_a_zone(self.zones).saturating_sub(there)
    }

    /// Puts as many of `left` as fit on one node, and gives those that are then left.
    fn put(&mut self, workload: usize, left: u64, index: usize) -> u64 {
        let each = self.all[workload].pod();
        let PackedNode { zone, free, .. } = self.nodes[index];
        let count = left.min(free.holds(each)).min(self.room_in_zone(workload, zone));
        if count > 0 {
            let node = &mut self.nodes[index];
            node.free = free.less(each, count);
            node.add(workload, count);
            *self.in_zone[workload].entry(zone).or_default() += count;
        }
        left - count
    }

    /// Puts `left` of a workload's replicas on the nodes there are, first fit, and gives those that are then left.
    fn settle(&mut self, workload: usize, mut left: u64) -> u64 {
        let zones = self.zones.max(1) as usize;
        let first = if self.rotates { workload % zones } else { 0 };
        for turn in 0..if self.rotates { zones } else { 1 } {
            let zone = (first + turn) % zones;
            for index in 0..self.nodes.len() {
                if left == 0 {
                    return 0;
                }
                if !self.rotates || self.nodes[index].zone == zone {
                    left = self.put(workload, left, index);
                }
            }
        }
        left
    }

    /// Places all of a workload's replicas, on new nodes where they have to be; `false` where that takes more than
    /// `most` nodes.
    fn place(&mut self, workload: usize, most: u64) -> bool {
        let mut left = self.settle(workload, self.all[workload].count);
        while left > 0 {
            if self.nodes.len() as u64 >= most || self.node.holds(self.all[workload].pod()) == 0 {
                return false;
            }
            let Some(zone) = self.zone_to_open(workload) else { return false };
            if zone == self.nodes_in_zone.len() {
                self.nodes_in_zone.push(0);
            }
            self.nodes_in_zone[zone] += 1;
            self.nodes.push(PackedNode { zone, free: self.node, placed: Vec::new() });
            left = self.put(workload, left, self.nodes.len() - 1);
        }
        true
    }

    /// The zone with fewest nodes among those that may have more of a workload.
    fn zone_to_open(&self, workload: usize) -> Option<usize> {
        let untouched = self.nodes_in_zone.len();
        if untouched < self.zones.max(1) as usize {
            return Some(untouched);
        }
        let open = (0..untouched).filter(|&zone| self.room_in_zone(workload, zone) > 0);
        open.min_by_key(|&zone| self.nodes_in_zone[zone])
    }

    /// Takes the emptiest node out if its replicas fit on the others.
    fn give_up_emptiest(&mut self) -> bool {
        let filled = |node: &PackedNode| self.node.less(node.free, 1).largest_share_of(self.node);
        let fill = self.nodes.iter().map(filled).enumerate();
        let Some((emptiest, _)) = fill.min_by(|(_, one), (_, other)| one.total_cmp(other)) else {
            return false;
        };
        let mut without = self.clone();
        let given_up = without.nodes.remove(emptiest);
        for &(workload, count) in &given_up.placed {
            if let Some(there) = without.in_zone[workload].get_mut(&given_up.zone) {
                *there -= count;
            }
        }
        let settled = given_up.placed.iter().all(|&(workload, count)| without.settle(workload, count) == 0);
        if settled {
            *self = without;
        }
        settled
    }
}
