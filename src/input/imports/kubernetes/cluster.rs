//! What files tell of a cluster: its Deployments and StatefulSets, their pods, and its nodes.

use super::objects::{self, AUTOSCALER, Container, Key, Labels, Object, PodSpec, STATEFUL_SET, Target};
use super::quantity::Amounts;
use super::top::{self, Usage};
use crate::input::diagnostic::{InputError, Source};
use crate::input::imports::begin::wrong;
use crate::input::imports::named;
use std::collections::{BTreeMap, BTreeSet};

/// What prints Deployments, StatefulSets, what scales them, the nodes and which pod runs on which.
pub const COMMAND: &str = "kubectl get deploy,sts,hpa,pods,nodes -A -o json";

/// What prints Deployments, StatefulSets and what scales them.
pub const SCALED: &str = "kubectl get deploy,sts,hpa -A -o json";

/// The namespace of what the cluster itself needs, which is passed over.
const SYSTEM: &str = "kube-system";

/// What files tell of a cluster.
#[derive(Debug, Default)]
pub struct Cluster {
    /// Deployments and StatefulSets.
    pub(super) workloads: BTreeMap<Key, Scaled>,
    /// What sets the replicas of some.
    pub(super) autoscalers: BTreeMap<(String, Target), String>,
    /// Machines.
    pub(super) nodes: BTreeMap<String, Node>,
    /// The node that each pod runs on.
    pub(super) node_of_pod: BTreeMap<Key, String>,
    /// The containers of each pod, those that were put into it too.
    pub(super) containers_of_pod: BTreeMap<Key, Vec<Container>>,
    /// What containers use, of all moments.
    pub(super) used: Vec<Usage>,
    /// Moments that this was looked at.
    pub(super) moments: usize,
    /// Kinds of objects and namespaces that were passed over.
    pub(super) passed_over: BTreeSet<String>,
    /// The files that were read.
    pub(super) files: Vec<String>,
    /// The last of these with what pods use.
    pub(super) top_file: String,
}

/// A Deployment or StatefulSet.
#[derive(Debug)]
pub(super) struct Scaled {
    /// Which of both.
    pub(super) kind: String,
    /// Pods that are wanted.
    pub(super) replicas: u32,
    /// Its pods by their template.
    pub(super) pod: PodSpec,
    /// The file that it was read from.
    pub(super) file: String,
}

/// A machine of a cluster.
#[derive(Debug)]
pub(super) struct Node {
    /// Labels.
    pub(super) labels: Labels,
    /// The cloud that it is of.
    pub(super) provider: Option<&'static str>,
    /// What pods may request.
    pub(super) allocatable: Amounts,
}

impl Cluster {
    /// Takes a file of objects as JSON, or of what pods use as text.
    pub fn read(&mut self, file: &str, bytes: &[u8]) -> Result<(), InputError> {
        let source = Source::new(file, bytes)?;
        self.files.push(file.to_owned());
        if source.text.trim_start().starts_with(['{', '[']) {
            return objects::each(file, source.text.as_bytes(), |object| self.take(file, object));
        }
        if source.text.trim_start().starts_with("apiVersion:") {
            return Err(wrong(file, format!("the file is YAML; save JSON: {COMMAND}")));
        }
        file.clone_into(&mut self.top_file);
        let earlier = self.moments;
        self.moments += top::read(source, |usage| {
            if usage.namespace != SYSTEM {
                self.used.push(Usage { moment: usage.moment + earlier, ..usage });
            }
        })?;
        Ok(())
    }

    fn take(&mut self, file: &str, object: Object) {
        let Object { kind, metadata, spec, status, .. } = object;
        let key = (metadata.namespace, metadata.name);
        match kind.as_str() {
            _ if key.0 == SYSTEM => {
                self.passed_over.insert(format!("namespace {SYSTEM}"));
            }
            "Deployment" | STATEFUL_SET => {
                let scaled = Scaled {
                    kind,
                    replicas: spec.replicas.unwrap_or(1),
                    pod: spec.template.spec,
                    file: file.to_owned(),
                };
                self.workloads.insert(key, scaled);
            }
            AUTOSCALER => {
                self.autoscalers.insert((key.0, spec.scale_target_ref), key.1);
            }
            "Node" => {
                let provider = match spec.provider_id.split(':').next() {
                    Some("aws") => Some("aws"),
                    Some("gce") => Some("gcp"),
                    Some("azure") => Some("azure"),
                    _ => None,
                };
                let node = Node { labels: metadata.labels, provider, allocatable: status.allocatable };
                self.nodes.insert(key.1, node);
            }
            "Pod" => {
                self.containers_of_pod.insert(key.clone(), spec.pod.running().cloned().collect());
                self.node_of_pod.extend(spec.node_name.map(|node| (key, node)));
            }
            _ => {
                self.passed_over.insert(kind);
            }
        }
    }

    /// The Deployment or StatefulSet of a pod, by the pattern of the pod's name.
    pub(super) fn owner(&self, namespace: &str, pod: &str) -> Option<&Key> {
        named::owners(pod).find_map(|(name, is_stateful)| {
            let (key, scaled) = self.workloads.get_key_value(&(namespace.to_owned(), name.to_owned()))?;
            ((scaled.kind == STATEFUL_SET) == is_stateful).then_some(key)
        })
    }
}
