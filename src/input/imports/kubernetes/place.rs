//! Where the pods of a workload run.

use super::cluster::{Cluster, Key, Node, Scaled};
use super::quantity::Amounts;
use crate::input::catalogs::prices::clouds_with;
use std::collections::BTreeSet;

const MACHINE: [&str; 2] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
const REGION: [&str; 2] = ["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"];

/// Where the pods of a workload run, as far as all its nodes agree.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Place {
    /// Cloud.
    pub(super) provider: Option<&'static str>,
    /// Region.
    pub(super) region: Option<String>,
    /// The machine type of which each pod has one to itself, by what it requests.
    pub(super) machine: Option<String>,
    /// Machine types of the nodes.
    pub(super) machines: BTreeSet<String>,
}

/// The place of a workload: the nodes that its pods run on, or else those that its selector allows.
pub(super) fn of(cluster: &Cluster, scaled: &Scaled, pods: &BTreeSet<Key>, requested: Amounts) -> Place {
    let by_pods: BTreeSet<&String> = pods.iter().filter_map(|pod| cluster.node_of_pod.get(pod)).collect();
    let is_allowed = |node: &Node| {
        scaled.pod.node_selector.iter().all(|(label, value)| node.labels.get(label) == Some(value))
    };
    let nodes: Vec<&Node> = match by_pods.is_empty() {
        false => by_pods.into_iter().filter_map(|name| cluster.nodes.get(name)).collect(),
        true => cluster.nodes.values().filter(|node| is_allowed(node)).collect(),
    };
    let label = |names: [&str; 2], node: &Node| names.iter().find_map(|name| node.labels.get(*name)).cloned();
    let machines: BTreeSet<String> = nodes.iter().filter_map(|node| label(MACHINE, node)).collect();
    let regions: BTreeSet<String> = nodes.iter().filter_map(|node| label(REGION, node)).collect();
    let providers: BTreeSet<&str> = nodes
        .iter()
        .filter_map(|node| node.provider.or_else(|| clouds_with(&label(MACHINE, node)?).next()))
        .collect();
    let fills = |wanted: Option<f64>, has: Option<f64>| {
        wanted.zip(has).is_some_and(|(wanted, has)| 2.0 * wanted > has)
    };
    let is_filled = |node: &&Node| {
        fills(requested.cpu, node.allocatable.cpu) || fills(requested.memory, node.allocatable.memory)
    };
    let machine = only(machines.clone()).filter(|it| clouds_with(it).next().is_some());
    Place {
        provider: only(providers),
        region: only(regions),
        machine: machine.filter(|_| nodes.iter().all(is_filled)),
        machines,
    }
}

/// The one thing that there is.
fn only<T>(all: BTreeSet<T>) -> Option<T> {
    let one = all.len() == 1;
    all.into_iter().next().filter(|_| one)
}
