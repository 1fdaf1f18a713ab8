//! Where the pods of a workload run.

use super::cluster::{Cluster, Node, Scaled};
use super::objects::Labels;
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
    /// The machine type of all nodes, where a list has it.
    pub(super) machine: Option<String>,
    /// Whether each pod has a node to itself, by what it requests.
    pub(super) is_alone: bool,
    /// Machine types of the nodes.
    pub(super) machines: BTreeSet<String>,
}

/// The place of a workload: the nodes that its pods run on, or else those that its selector allows.
pub(super) fn of(cluster: &Cluster, scaled: &Scaled, of_pods: &[&Node], requested: Amounts) -> Place {
    let is_allowed = |node: &Node| {
        scaled.pod.node_selector.iter().all(|(label, value)| node.labels.get(label) == Some(value))
    };
    let nodes: Vec<&Node> = match of_pods.is_empty() {
        false => of_pods.to_vec(),
        true => cluster.nodes.values().filter(|node| is_allowed(node)).collect(),
    };
    let region = |labels: &Labels| REGION.iter().find_map(|name| labels.get(*name)).cloned();
    let unknown = || "no label".to_owned();
    let machines: BTreeSet<String> =
        nodes.iter().map(|node| machine_type(&node.labels).unwrap_or_else(unknown)).collect();
    let regions: BTreeSet<String> = nodes.iter().filter_map(|node| region(&node.labels)).collect();
    let providers: BTreeSet<&str> = nodes
        .iter()
        .filter_map(|node| node.provider.or_else(|| clouds_with(&machine_type(&node.labels)?).next()))
        .collect();
    let fills = |wanted: Option<f64>, has: Option<f64>| {
        wanted.zip(has).is_some_and(|(wanted, has)| 2.0 * wanted > has)
    };
    let is_filled = |node: &&Node| {
        fills(requested.cpu, node.allocatable.cpu) || fills(requested.memory, node.allocatable.memory)
    };
    Place {
        provider: only(providers),
        region: only(regions),
        machine: only(machines.clone()).filter(|it| clouds_with(it).next().is_some()),
        is_alone: nodes.iter().all(is_filled),
        machines,
    }
}

/// The machine type of a node.
pub(super) fn machine_type(labels: &Labels) -> Option<String> {
    MACHINE.iter().find_map(|name| labels.get(*name)).cloned()
}

/// The one thing that there is.
fn only<T>(all: BTreeSet<T>) -> Option<T> {
    let one = all.len() == 1;
    all.into_iter().next().filter(|_| one)
}
