//! What a packing is: nodes, and which replicas are on each.

use crate::scenario::pool::resources::Resources;
use std::collections::BTreeMap;

/// One node with what is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedNode {
    /// Which zone it is in, from 0.
    pub zone: usize,
    /// What nobody has asked for.
    pub free: Resources,
    /// Replicas on it: the workload's position and how many of it.
    pub placed: Vec<(usize, u64)>,
}

impl PackedNode {
    /// Notes so many more replicas of a workload.
    pub(super) fn add(&mut self, workload: usize, count: u64) {
        match self.placed.iter_mut().find(|(other, _)| *other == workload) {
            Some((_, there)) => *there += count,
            None => self.placed.push((workload, count)),
        }
    }
}

/// All nodes of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    /// In the order in which they were opened.
    pub nodes: Vec<PackedNode>,
}

impl Packing {
    /// Nodes in each zone that has any.
    pub fn nodes_by_zone(&self) -> Vec<u64> {
        let mut by_zone: BTreeMap<usize, u64> = BTreeMap::new();
        for node in &self.nodes {
            *by_zone.entry(node.zone).or_default() += 1;
        }
        by_zone.into_values().collect()
    }
}
