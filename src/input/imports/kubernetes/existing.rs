//! Deployments and StatefulSets as they run, for manifests that fit them.

use super::cluster::SCALED;
use super::objects::{self, AUTOSCALER, Container, Labels, Resources, STATEFUL_SET, Target};
use super::place;
use super::workloads::is_sidecar;
use crate::input::diagnostic::{InputError, Source};
use crate::input::imports::begin::wrong;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::names::NameOf;
use tonnage_model::workload::Workload;

/// A Deployment or StatefulSet that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Existing {
    /// Which of both.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace; empty where the file says none.
    pub namespace: String,
    /// Its pods.
    pub replicas: u32,
    /// The HorizontalPodAutoscaler that sets their number.
    pub autoscaler: Option<String>,
    /// Labels by which it knows its pods; they never change.
    pub selector: Labels,
    /// The container that works, of several the first that is no sidecar.
    pub container: String,
    /// What that requests, and its limits.
    pub resources: Resources,
    /// Variables of its environment, with the values that stand there; of those that are read from somewhere without.
    pub variables: BTreeMap<String, Option<String>>,
    /// What says which nodes its pods run on, where something does: `nodeSelector pool=fast and nodeAffinity`.
    pub nodes: Option<String>,
}

impl Existing {
    /// Whether a workload runs in it, by what its Deployment is called, or with the namespace before that.
    pub fn is(&self, workload: &Workload) -> bool {
        let called = workload.called(NameOf::Deployment);
        let in_namespace = |(namespace, name)| {
            self.name == name && (self.namespace.is_empty() || self.namespace == namespace)
        };
        self.name == called || called.split_once('/').is_some_and(in_namespace)
    }

    /// Whether its pods are numbered.
    pub fn is_stateful(&self) -> bool {
        self.kind == STATEFUL_SET
    }
}

/// The Deployments and StatefulSets of what [`SCALED`] printed, and the machine types of nodes in it.
pub fn read(file: &str, bytes: &[u8]) -> Result<(Vec<Existing>, BTreeSet<String>), InputError> {
    let (mut all, mut autoscalers, mut node_types) =
        (Vec::<Existing>::new(), BTreeMap::new(), BTreeSet::new());
    let source = Source::new(file, bytes)?;
    objects::each(file, source.text.as_bytes(), |object| {
        if object.kind == "Node" {
            node_types.extend(place::machine_type(&object.metadata.labels));
        }
        if object.kind == AUTOSCALER {
            let of = (object.metadata.namespace.clone(), object.spec.scale_target_ref.clone());
            autoscalers.insert(of, object.metadata.name.clone());
        }
        if !matches!(object.kind.as_str(), "Deployment" | STATEFUL_SET) {
            return;
        }
        let pod = object.spec.template.spec;
        let works = pod.containers.iter().find(|it| !is_sidecar(&it.name)).or(pod.containers.first());
        let Some(Container { name: container, resources, env, .. }) = works else { return };
        let labels = pod.node_selector.iter().map(|(label, value)| format!("nodeSelector {label}={value}"));
        let affinity = pod.affinity.node_affinity.map(|_| "nodeAffinity".to_owned());
        let nodes: Vec<String> = labels.chain(affinity).collect();
        all.push(Existing {
            kind: object.kind,
            name: object.metadata.name,
            namespace: object.metadata.namespace,
            replicas: object.spec.replicas.unwrap_or(1),
            autoscaler: None,
            selector: object.spec.selector.match_labels,
            container: container.clone(),
            resources: *resources,
            variables: (env.iter())
                .map(|it| (it.name.clone(), it.value.clone().filter(|_| it.value_from.is_none())))
                .collect(),
            nodes: (!nodes.is_empty()).then(|| nodes.join(" and ")),
        });
    })?;
    for it in &mut all {
        let target = Target { kind: it.kind.clone(), name: it.name.clone() };
        it.autoscaler = autoscalers.remove(&(it.namespace.clone(), target));
    }
    if all.is_empty() {
        let message = format!("there is no Deployment or StatefulSet; give what this prints: {SCALED}");
        return Err(wrong(file, message));
    }
    Ok((all, node_types))
}
