//! Deployments as they run, for manifests that fit them.

use super::objects::{self, Labels};
use super::workloads::is_sidecar;
use crate::input::diagnostic::{InputError, Source};
use crate::input::imports::begin::wrong;
use tonnage_model::names::NameOf;
use tonnage_model::workload::Workload;

/// A Deployment that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Existing {
    /// Name.
    pub name: String,
    /// Namespace; empty where the file says none.
    pub namespace: String,
    /// Labels by which it knows its pods; they never change.
    pub selector: Labels,
    /// The container that works, of several the first that is no sidecar.
    pub container: String,
    /// Its memory limit, bytes.
    pub memory_limit: Option<f64>,
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
}

/// The Deployments of what `kubectl get deploy -o json` printed.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Existing>, InputError> {
    let mut all = Vec::new();
    let source = Source::new(file, bytes)?;
    objects::each(file, source.text.as_bytes(), |object| {
        let containers = object.spec.template.spec.containers;
        let works = containers.iter().find(|it| !is_sidecar(&it.name)).or(containers.first());
        if let Some(container) = works.filter(|_| object.kind == "Deployment") {
            all.push(Existing {
                name: object.metadata.name,
                namespace: object.metadata.namespace,
                selector: object.spec.selector.match_labels,
                container: container.name.clone(),
                memory_limit: container.resources.limits.memory,
            });
        }
    })?;
    match all.is_empty() {
        true => Err(wrong(
            file,
            "there is no Deployment; give what this prints: kubectl get deploy -A -o json".to_owned(),
        )),
        false => Ok(all),
    }
}
