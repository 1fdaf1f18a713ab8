//! Objects as `kubectl get -o json` prints them, in a list or alone.

use super::quantity::Amounts;
use crate::input::diagnostic::InputError;
use crate::input::imports::json;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::io::Read;

/// Namespace and name.
pub(super) type Key = (String, String);

/// The kind of what sets the replicas of others.
pub const AUTOSCALER: &str = "HorizontalPodAutoscaler";

/// The kind of what has pods that are numbered.
pub const STATEFUL_SET: &str = "StatefulSet";

/// Names and values.
pub type Labels = BTreeMap<String, String>;

/// An object of any kind, with what is read of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) metadata: Metadata,
    pub(super) spec: Spec,
    pub(super) status: Status,
    items: Vec<Object>,
}

/// What an object is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) labels: Labels,
}

/// What an object is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Spec {
    pub(super) replicas: Option<u32>,
    pub(super) selector: Selector,
    pub(super) template: Template,
    /// Of a pod itself.
    #[serde(flatten)]
    pub(super) pod: PodSpec,
    pub(super) node_name: Option<String>,
    /// What an autoscaler scales.
    pub(super) scale_target_ref: Target,
    /// The machine that a node is, such as `aws:///eu-west-1a/i-0abc`.
    #[serde(rename = "providerID")]
    pub(super) provider_id: String,
}

/// What is scaled, in the namespace of what scales it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(default)]
pub(super) struct Target {
    pub(super) kind: String,
    pub(super) name: String,
}

/// How a Deployment knows its pods.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Selector {
    pub(super) match_labels: Labels,
}

/// The pods of a Deployment or StatefulSet.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Template {
    pub(super) spec: PodSpec,
}

/// What pods are to be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PodSpec {
    pub(super) containers: Vec<Container>,
    /// Those that run before them, and some that run on beside them.
    init_containers: Vec<Container>,
    /// Labels that their nodes must have.
    pub(super) node_selector: Labels,
    pub(super) affinity: Affinity,
}

impl PodSpec {
    /// The containers that run as long as the pod does.
    pub(super) fn running(&self) -> impl Iterator<Item = &Container> {
        let restarted = self.init_containers.iter().filter(|it| it.restart_policy == "Always");
        self.containers.iter().chain(restarted)
    }
}

/// Where pods may run.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Affinity {
    /// Of nodes, whatever it says.
    pub(super) node_affinity: Option<IgnoredAny>,
}

/// A container.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) resources: Resources,
    pub(super) env: Vec<Variable>,
    restart_policy: String,
}

/// A variable of a container's environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable {
    pub(super) name: String,
    /// Its value, where it stands here.
    pub(super) value: Option<String>,
    /// Where its value is read, whatever that is.
    pub(super) value_from: Option<IgnoredAny>,
}

/// What a container requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Resources {
    /// Requests.
    pub requests: Amounts,
    /// Limits, which are the requests too where these are not given.
    pub limits: Amounts,
}

impl Resources {
    /// What the scheduler counts.
    pub fn requested(&self) -> Amounts {
        let Self { requests, limits } = self;
        Amounts { cpu: requests.cpu.or(limits.cpu), memory: requests.memory.or(limits.memory) }
    }
}

/// What a node has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    pub(super) allocatable: Amounts,
}

/// Gives each object of a file.
pub(super) fn each(file: &str, input: impl Read, mut take: impl FnMut(Object)) -> Result<(), InputError> {
    json::each(file, input, &[], |mut object: Object| {
        let items = std::mem::take(&mut object.items);
        // Those of a DeploymentList do not say themselves what they are.
        match object.kind.strip_suffix("List").map(str::to_owned) {
            None => take(object),
            Some(kind) => items.into_iter().for_each(|item| {
                let kind = if item.kind.is_empty() { kind.clone() } else { item.kind };
                take(Object { kind, ..item });
            }),
        }
    })
}
