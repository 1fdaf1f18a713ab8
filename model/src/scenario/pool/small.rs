//! Small pools: all placements of their replicas, up to a number of steps.

use crate::scenario::pool::packed::{PackedNode, Packing};
use crate::scenario::pool::replicas::Replicas;
use crate::scenario::pool::resources::{Resource, Resources};

/// Replicas beyond which not all placements are tried: first fit is within a few per cent there.
const MOST_REPLICAS: u64 = 64;

/// Placements tried for one number of nodes.
const STEPS: u32 = 5_000;

/// A packing on fewer nodes than one that is known, and on fewer still while there is one: down to `least`, or to what the
/// steps show.
pub(super) fn improve(
    all: &[Replicas],
    node: Resources,
    zones: u32,
    least: u64,
    known: Packing,
    order: &[usize],
) -> Packing {
    let count: u64 = all.iter().map(|it| it.count).sum();
    let mut best = known;
    while count <= MOST_REPLICAS && best.nodes.len() as u64 > least {
        let most = best.nodes.len() - 1;
        match Placements::new(all, node, zones, most, order).packing() {
            Some(fewer) => best = fewer,
            None => break,
        }
    }
    best
}

/// A search through all placements of replicas on so many nodes.
struct Placements<'r> {
    all: &'r [Replicas],
    node: Resources,
    zones: usize,
    most: usize,
    steps: u32,
    /// The workload of each replica, in the order in which they are placed.
    items: Vec<usize>,
    /// What each replica and those after it ask for.
    rest: Vec<Resources>,
    /// The node of each replica placed.
    placed: Vec<usize>,
    /// Zone and free resources of each node.
    nodes: Vec<(usize, Resources)>,
    /// Replicas of each workload in each zone.
    in_zone: Vec<Vec<u64>>,
}

impl<'r> Placements<'r> {
    fn new(all: &'r [Replicas], node: Resources, zones: u32, most: usize, order: &[usize]) -> Self {
        let zones = zones.max(1) as usize;
        let items: Vec<usize> = order.iter().flat_map(|&it| vec![it; all[it].count as usize]).collect();
        let mut rest = vec![Resources::default(); items.len() + 1];
        for (at, &workload) in items.iter().enumerate().rev() {
            rest[at] = rest[at + 1].plus(all[workload].pod(), 1);
        }
        let in_zone = vec![vec![0; zones]; all.len()];
        let (placed, nodes) = (Vec::with_capacity(items.len()), Vec::with_capacity(most));
        Self { all, node, zones, most, steps: STEPS, items, rest, placed, nodes, in_zone }
    }

    fn packing(mut self) -> Option<Packing> {
        if !self.place(0) {
            return None;
        }
        let mut nodes: Vec<PackedNode> =
            self.nodes.iter().map(|&(zone, free)| PackedNode { zone, free, placed: Vec::new() }).collect();
        for (&workload, &node) in self.items.iter().zip(&self.placed) {
            nodes[node].add(workload, 1);
        }
        Some(Packing { nodes })
    }

    /// Places a replica and all after it. Replicas of one workload are alike, so none goes on an earlier node than the one
    /// before it; and so are nodes of one zone with as much free, so that the first of them stands for all.
    fn place(&mut self, item: usize) -> bool {
        let Some(&workload) = self.items.get(item) else { return true };
        if self.steps == 0 || !self.has_room_for(self.rest[item]) {
            return false;
        }
        self.steps -= 1;
        let each = self.all[workload].pod();
        let most_in_zone = self.all[workload].most_in_a_zone(self.zones as u32);
        let goes_on = item > 0 && self.items[item - 1] == workload;
        let from = if goes_on { self.placed[item - 1] } else { 0 };
        for index in from..self.nodes.len() {
            let (zone, free) = self.nodes[index];
            let is_first = !self.nodes[from..index].contains(&(zone, free));
            if is_first && free.holds(each) > 0 && self.in_zone[workload][zone] < most_in_zone {
                self.nodes[index].1 = free.less(each, 1);
                if self.place_on(item, workload, zone, index) {
                    return true;
                }
                self.nodes[index].1 = free;
            }
        }
        if self.nodes.len() == self.most || self.node.holds(each) == 0 {
            return false;
        }
        // Zones without a node are alike.
        let touched = self.nodes.iter().map(|(zone, _)| zone + 1).max().unwrap_or(0);
        for zone in 0..self.zones.min(touched + 1) {
            if self.in_zone[workload][zone] < most_in_zone {
                self.nodes.push((zone, self.node.less(each, 1)));
                if self.place_on(item, workload, zone, self.nodes.len() - 1) {
                    return true;
                }
                self.nodes.pop();
            }
        }
        false
    }

    fn place_on(&mut self, item: usize, workload: usize, zone: usize, index: usize) -> bool {
        self.in_zone[workload][zone] += 1;
        self.placed.push(index);
        if self.place(item + 1) {
            return true;
        }
        self.placed.pop();
        self.in_zone[workload][zone] -= 1;
        false
    }

    /// Whether all nodes together have as much free.
    fn has_room_for(&self, wanted: Resources) -> bool {
        let unopened = (self.most - self.nodes.len()) as u64;
        let free = Resources::default().plus(self.node, unopened);
        let free = self.nodes.iter().fold(free, |sum, (_, free)| sum.plus(*free, 1));
        Resource::ALL.into_iter().all(|resource| wanted.of(resource) <= free.of(resource))
    }
}
