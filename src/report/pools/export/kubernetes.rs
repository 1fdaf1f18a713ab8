//! A Deployment and a PodDisruptionBudget.

use super::{NO_CPU_LIMIT, Pod, SameName, apart, open, pairs, whole};
use crate::input::imports::kubernetes::existing::Existing;
use crate::report::figures::listed;
use crate::report::shown::MOST_NAMED;
use serde_json::{Value, json};
use tonnage_model::units::MIB;

/// How a container is called where nobody says.
const CONTAINER: &str = "consumer";

/// What is asked of manifests.
#[derive(Debug, Default)]
pub struct Asked {
    /// The image, in which `{name}` stands for what a workload is called.
    pub image: Option<String>,
    /// The namespace of what runs in none that is known, and which one is meant of several that are called the same.
    pub namespace: Option<String>,
    /// How the container of what does not run is called.
    pub container: Option<String>,
    /// What runs, of which the document is a patch.
    pub existing: Vec<Existing>,
}

/// Why there are no manifests.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Two would be called the same in a namespace.
    #[error(transparent)]
    SameName(#[from] SameName),
    /// Which of several Deployments a workload runs in is not said.
    #[error(
        "{workload}: --like has Deployments called {name} in {namespaces}; say which with --namespace, or as NAMESPACE/{name} in \
         the column deployment"
    )]
    Several {
        /// The workload.
        workload: String,
        /// What they are called.
        name: String,
        /// The namespaces that they are in.
        namespaces: String,
    },
    /// A flag is of none of them.
    #[error("--{0}: all of these have one by --like or the column deployment; leave it out")]
    InVain(&'static str),
}

/// The documents of some pods, and a line that names those that are not in the namespace asked for.
pub fn documents(pods: &[Pod<'_, '_, '_>], asked: &Asked) -> Result<(Vec<Value>, Option<String>), Refused> {
    let names = pods.iter().map(|pod| Names::of(pod, asked)).collect::<Result<Vec<_>, _>>()?;
    apart(pods.iter().zip(&names).map(|(pod, of)| (pod.workload(), whole(of.namespace, of.name))))?;
    if asked.container.is_some() && names.iter().all(|it| it.runs) {
        return Err(Refused::InVain("container"));
    }
    let elsewhere = names.iter().filter(|of| of.namespace != asked.namespace.as_deref());
    if asked.namespace.is_some() && elsewhere.clone().count() == names.len() {
        return Err(Refused::InVain("namespace"));
    }
    let elsewhere = listed(elsewhere.map(|of| whole(of.namespace, of.name)), MOST_NAMED);
    let told =
        asked.namespace.as_ref().filter(|_| !elsewhere.is_empty()).map(|wanted| {
            format!("not in {wanted}, as --like or the column deployment says where: {elsewhere}")
        });
    let both = |(pod, of)| [deployment(pod, of, asked.image.as_deref()), budget(pod, of)];
    Ok((pods.iter().zip(&names).flat_map(both).collect(), told))
}

/// What is called how.
struct Names<'n> {
    name: &'n str,
    namespace: Option<&'n str>,
    labels: Value,
    container: &'n str,
    /// Its memory limit as it runs, MiB.
    memory_limit: Option<u64>,
    /// Whether it runs: what does not change is left out.
    runs: bool,
}

impl<'n> Names<'n> {
    fn of(pod: &'n Pod<'_, '_, '_>, asked: &'n Asked) -> Result<Self, Refused> {
        let of_row = pod.namespace.or(asked.namespace.as_deref());
        let all: Vec<&Existing> = asked.existing.iter().filter(|it| it.is(pod.of())).collect();
        let found = match all[..] {
            [] => None,
            [one] => Some(one),
            _ => all.iter().copied().find(|it| Some(it.namespace.as_str()) == of_row),
        };
        if let (None, [first, ..]) = (found, &all[..]) {
            let namespaces: Vec<&str> = all.iter().map(|it| it.namespace.as_str()).collect();
            let (workload, name) = (pod.workload().to_owned(), first.name.clone());
            return Err(Refused::Several { workload, name, namespaces: namespaces.join(" and ") });
        }
        Ok(match found {
            Some(it) => Self {
                name: &it.name,
                namespace: Some(it.namespace.as_str()).filter(|it| !it.is_empty()).or(of_row),
                labels: json!(it.selector),
                container: &it.container,
                memory_limit: it.memory_limit.map(|bytes| (bytes / MIB).ceil() as u64),
                runs: true,
            },
            None => Self {
                name: &pod.name,
                namespace: of_row,
                labels: json!({ "app.kubernetes.io/name": pod.name }),
                container: asked.container.as_deref().unwrap_or(CONTAINER),
                memory_limit: None,
                runs: false,
            },
        })
    }

    /// Something that is left out of a patch.
    fn unless_runs<T>(&self, value: T) -> Option<T> {
        (!self.runs).then_some(value)
    }
}

fn deployment(pod: &Pod<'_, '_, '_>, of: &Names<'_>, image: Option<&str>) -> Value {
    let labels = &of.labels;
    let planned = pod.replicas.each.mebibytes;
    let kept = of.memory_limit.filter(|limit| *limit > planned || !pod.row.limits_memory());
    let limit = kept.or(pod.row.limits_memory().then_some(planned));
    let request =
        limit.map_or(pod.replicas.steady_mebibytes, |limit| limit.min(pod.replicas.steady_mebibytes));
    let environment: Vec<Value> = pairs(&pod.settings.environment)
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let is_spread = pod.row.sharing.fleet.policy.zones_kept_apart() > 1;
    // Without nodeTaintsPolicy a lost zone still counts, and pods that start again in others would break the skew.
    let spread = json!([{
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "nodeTaintsPolicy": "Honor",
        "labelSelector": { "matchLabels": labels },
        "matchLabelKeys": ["pod-template-hash"],
    }]);
    json!({
        "#": pod.about(),
        "#patch": of.runs.then_some("A strategic-merge patch of what runs, for kubectl patch --patch-file or Kustomize: all else stays."),
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": of.name, "namespace": of.namespace, "labels": of.unless_runs(labels) },
        "spec": {
            "replicas": pod.replicas.running,
            "selector": of.unless_runs(json!({ "matchLabels": labels })),
            "template": {
                "metadata": of.unless_runs(json!({ "labels": labels })),
                "spec": {
                    "topologySpreadConstraints": is_spread.then_some(spread),
                    "containers": [{
                        "name": of.container,
                        "#image": of.unless_runs(open(image, "Put your image here, or give it with --image.")),
                        "image": (!of.runs || image.is_some()).then(|| pod.filled(image, "IMAGE")),
                        "#client": pod.client(),
                        "env": (!environment.is_empty()).then_some(environment),
                        "resources": {
                            "#open": pod.open_remark(),
                            "requests": {
                                "cpu": format!("{}m", pod.replicas.each.millicores),
                                "memory": format!("{request}Mi"),
                            },
                            "#cpu": NO_CPU_LIMIT,
                            "#memory": kept.filter(|_| pod.row.limits_memory()).map(|_| format!(
                                "The plan asks for {planned}Mi. The limit that runs stays: lower it by memory of a week, not of a moment."
                            )),
                            "limits": limit.map(|limit| json!({ "memory": format!("{limit}Mi") })),
                        },
                        "#yours": of.unless_runs("securityContext, probes, secrets and volumes are yours to add."),
                    }],
                },
            },
        },
    })
}

/// So many pods may be evicted at once as the plan does without at peak: those of a zone. It is a share, rounded down, which
/// Kubernetes rounds up to pods: where scaling leaves two, one of them stays. Where the plan needs all that run, one may go,
/// since a budget of none would keep nodes from ever being drained.
fn budget(pod: &Pod<'_, '_, '_>, of: &Names<'_>) -> Value {
    let policy = pod.row.sharing.fleet.policy.for_today(pod.row.entry.problem.workload.current_instances);
    let running = pod.replicas.running;
    let (about, most): (_, Value) = match running.saturating_sub(policy.alive(pod.replicas.count)) {
        0 => ("The plan needs every pod at peak: drain nodes at a quiet time.".to_owned(), 1.into()),
        spare => (
            format!("Without {spare} of {running} pods the others carry the peak."),
            format!("{}%", 100 * spare / running).into(),
        ),
    };
    json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": { "name": of.name, "namespace": of.namespace, "labels": of.labels },
        "spec": {
            "#": about,
            "maxUnavailable": most,
            "selector": { "matchLabels": of.labels },
        },
    })
}
