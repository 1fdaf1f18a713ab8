//! A Deployment, or a patch of what runs, and a PodDisruptionBudget.

use super::given_options::merged;
use super::{Exported, NO_CPU_LIMIT, Pod, SameName, WithoutPods, apart, left_open, open, pairs, whole};
use crate::input::imports::kubernetes::existing::Existing;
use crate::input::imports::kubernetes::objects::AUTOSCALER;
use crate::report::figures::{listed, plural, usd};
use crate::report::plan::action::action;
use crate::report::plan::decision::Decision;
use crate::report::plan::kept::Kept;
use crate::report::shown::MOST_NAMED;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tonnage_model::units::MIB;

/// How a container is called where nobody says.
const CONTAINER: &str = "consumer";

/// How a file with patches gets into a cluster: `kubectl patch` reads one document of a file, Kustomize takes no budget for a patch,
/// and `kubectl apply`, also on the server, may take away what a patch leaves out.
const HOW: [&str; 3] = [
    "Patches, and what is new. In an empty folder (--dry-run=server with patch and create shows it):",
    "awk '{ n += /^---$/; print > (\"part-\" n \".yaml\") }' FILE",
    "for p in part-*.yaml; do kubectl patch -f $p --patch-file $p || kubectl create -f $p; done",
];

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
    /// Machine types of the nodes there, where they are known.
    pub node_types: BTreeSet<String>,
    /// Whether an autoscaler says how many pods there are.
    pub no_replicas: bool,
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

/// The documents of some pods, those that go on as they run, and what is told of either.
pub fn documents<'p>(pods: &'p [Pod<'_, '_, '_>], asked: &Asked) -> Result<Exported<'p>, Refused> {
    let names = Names::all(pods, asked)?;
    if asked.container.is_some() && names.iter().all(|it| it.runs.is_some()) {
        return Err(Refused::InVain("container"));
    }
    let elsewhere = names.iter().filter(|of| of.namespace != asked.namespace.as_deref());
    if asked.namespace.is_some() && elsewhere.clone().count() == names.len() {
        return Err(Refused::InVain("namespace"));
    }
    let elsewhere = listed(elsewhere.map(|of| whole(of.namespace, of.name)), MOST_NAMED);
    let elsewhere =
        asked.namespace.as_ref().filter(|_| !elsewhere.is_empty()).map(|wanted| {
            format!("not in {wanted}, as --like or the column deployment says where: {elsewhere}")
        });
    let has_patches = pods.iter().zip(&names).any(|(pod, of)| of.runs.is_some() && !pod.is_kept());
    let head = if has_patches { HOW.map(str::to_owned).to_vec() } else { Vec::new() };
    let (mut documents, mut without) = (Vec::new(), Vec::new());
    for (pod, of) in pods.iter().zip(&names) {
        match of.runs.filter(|_| pod.is_kept()) {
            Some(it) => {
                let doubt =
                    Kept::of(pod.row.entry).strain().map_or_else(String::new, |strain| format!("; {strain}"));
                let reason = format!("its {} go on as they run{doubt}", plural(it.replicas.into(), "pod"));
                without.push(WithoutPods { workload: pod.workload(), reason, goes_on: true });
            }
            None => documents.extend([manifest(pod, of, asked), budget(pod, of)]),
        }
    }
    let told = unlike_today(pods, &names).into_iter().chain(left_open(pods));
    let told = told.chain(nowhere(pods, &names)).chain(elsewhere);
    let told = told.chain(on_other_nodes(pods, asked).filter(|_| !documents.is_empty())).collect();
    Ok(Exported { head, documents, without, told })
}

/// A line for each workload whose pods are to be others than run today: their number and requests, what they cost where that is
/// more, and what plan decides; then what these cost more in all.
fn unlike_today(pods: &[Pod<'_, '_, '_>], names: &[Names<'_>]) -> Vec<String> {
    let (mut told, mut extra) = (Vec::new(), Vec::new());
    for (pod, &Names { runs, .. }) in pods.iter().zip(names) {
        if runs.is_some() && pod.is_kept() {
            continue;
        }
        let today: Option<u64> =
            runs.map(|it| it.replicas.into()).or_else(|| pod.row.entry.problem.processes_today());
        let scaled = runs.and_then(|it| it.autoscaler.as_ref());
        let instead = |what: String, before: Option<String>| {
            before.filter(|before| *before != what).map(|before| format!("{what} instead of {before}"))
        };
        let requests = runs.map(|it| it.resources.requested());
        let before = |amount: Option<f64>, unit: &str| amount.map(|it| format!("{:.0}{unit}", it));
        let cpu = requests.and_then(|it| before(it.cpu.map(|cores| 1000.0 * cores), "m"));
        let memory = requests.and_then(|it| before(it.memory.map(|bytes| bytes / MIB), "Mi"));
        let (running, bills) = (pod.replicas.running, pod.costs_more_than_today());
        let changed: Vec<String> = [
            match today {
                _ if scaled.is_some() => scaled.map(|by| {
                    format!("{} planned where {AUTOSCALER} {by} sets how many run", plural(running, "pod"))
                }),
                Some(today) if today != running => {
                    Some(format!("{} instead of {today}", plural(running, "pod")))
                }
                Some(_) => None,
                None => bills.map(|_| plural(running, "pod")),
            },
            instead(format!("{}m", pod.replicas.each.millicores), cpu),
            instead(format!("{}Mi", pod.replicas.steady_mebibytes), memory),
            bills.map(|(bill, before)| format!("{} a month instead of {}", usd(bill), usd(before))),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !changed.is_empty() {
            // Where a file says nothing of today there is nothing to keep.
            let entry = Some(pod.row.entry).filter(|it| it.recommendation.baseline.footing.runs);
            let why = entry.map(|entry| format!(" ({})", action(&Decision::of(entry))));
            told.push(format!("{}: {}{}", pod.workload(), changed.join(", "), why.unwrap_or_default()));
        }
        extra.extend(bills.map(|(bill, before)| bill - before));
    }
    if extra.len() > 1 {
        told.push(format!("these cost {} a month more than today", usd(extra.iter().sum())));
    }
    told
}

/// That requests are those of nodes that the cluster does not have.
fn on_other_nodes(pods: &[Pod<'_, '_, '_>], asked: &Asked) -> Option<String> {
    let types: BTreeSet<&str> = pods.iter().map(|pod| pod.node.instance_type.as_str()).collect();
    let others: Vec<&&str> = types.iter().filter(|it| !asked.node_types.contains(**it)).collect();
    let has: Vec<String> = asked.node_types.iter().map(|it| format!("--node-type {it}")).collect();
    (!has.is_empty() && !others.is_empty()).then(|| {
        format!(
            "requests are of cores of {}, which no node in --like has; plan for those that it has: {}",
            listed(&others, MOST_NAMED),
            has.join(" ")
        )
    })
}

/// That nobody says in which namespace some are.
pub(super) fn nowhere(pods: &[Pod<'_, '_, '_>], names: &[Names<'_>]) -> Option<String> {
    let all = pods.iter().zip(names).filter(|(_, of)| of.namespace.is_none());
    let all: Vec<&str> = all.map(|(pod, _)| pod.workload()).collect();
    (!all.is_empty()).then(|| {
        format!(
            "{}: no namespace is given, so it is that of kubectl's context; --namespace, --like or deployment as \
             namespace/name says which",
            listed(&all, MOST_NAMED)
        )
    })
}

/// What is called how.
pub(super) struct Names<'n> {
    pub name: &'n str,
    pub namespace: Option<&'n str>,
    labels: Value,
    pub container: &'n str,
    /// What runs, of which nothing is written that does not change.
    pub runs: Option<&'n Existing>,
}

impl<'n> Names<'n> {
    /// Of each pod. Fails where two would be called the same in a namespace, or nobody can tell in what one runs.
    pub fn all(pods: &'n [Pod<'_, '_, '_>], asked: &'n Asked) -> Result<Vec<Self>, Refused> {
        let names = pods.iter().map(|pod| Self::of(pod, asked)).collect::<Result<Vec<_>, _>>()?;
        apart(pods.iter().zip(&names).map(|(pod, of)| (pod.workload(), whole(of.namespace, of.name))))?;
        Ok(names)
    }

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
                runs: Some(it),
            },
            None => Self {
                name: &pod.name,
                namespace: of_row,
                labels: json!({ "app.kubernetes.io/name": pod.name }),
                container: asked.container.as_deref().unwrap_or(CONTAINER),
                runs: None,
            },
        })
    }

    /// Something that is left out of a patch.
    fn unless_runs<T>(&self, value: T) -> Option<T> {
        self.runs.is_none().then_some(value)
    }
}

fn manifest(pod: &Pod<'_, '_, '_>, of: &Names<'_>, asked: &Asked) -> Value {
    let (labels, image) = (&of.labels, asked.image.as_deref());
    let is_stateful = of.runs.is_some_and(Existing::is_stateful);
    let scaled = of.runs.and_then(|it| it.autoscaler.as_ref());
    let limits = of.runs.map(|it| it.resources.limits).unwrap_or_default();
    let planned = pod.replicas.each.mebibytes;
    let kept = limits.memory.map(|bytes| (bytes / MIB).ceil() as u64);
    let kept = kept.filter(|limit| *limit > planned || !pod.row.limits_memory());
    let limit = kept.or(pod.row.limits_memory().then_some(planned));
    let request = pod.replicas.steady_mebibytes.min(limit.unwrap_or(u64::MAX));
    // A heap or a collector keeps to the limit in force.
    let variables = pod.row.settings(limit).unwrap_or_default().environment;
    let environment: Vec<Value> = pairs(&variables)
        .map(|(name, value)| {
            let runs = of.runs.and_then(|it| it.variables.get(name));
            let value = match runs {
                Some(Some(given)) if name.ends_with("_OPTIONS") => merged(given, value),
                _ => value.to_string(),
            };
            // A variable has one of both.
            json!({ "name": name, "value": value, "~valueFrom": matches!(runs, Some(None)).then_some(true) })
        })
        .collect();
    let is_spread = pod.row.sharing.fleet.policy.zones_kept_apart() > 1;
    // Without nodeTaintsPolicy a lost zone still counts, and pods that start again in others would break the skew.
    let spread = json!([{
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "nodeTaintsPolicy": "Honor",
        "labelSelector": { "matchLabels": labels },
        "matchLabelKeys": [if is_stateful { "controller-revision-hash" } else { "pod-template-hash" }],
    }]);
    json!({
        "#": pod.about(),
        "#patch": of.runs.map(|_| "A strategic-merge patch of what runs: all else stays."),
        "#nodes": of.runs.and_then(|it| Some(format!(
            "So does {}: see that it selects nodes of {}, or plan for those that it does with --node-type.",
            it.nodes.as_ref()?,
            pod.node.instance_type
        ))),
        "apiVersion": "apps/v1",
        "kind": of.runs.map_or("Deployment", |it| &it.kind),
        "metadata": { "name": of.name, "namespace": of.namespace, "labels": of.unless_runs(labels) },
        "spec": {
            "#scaled": scaled.map(|by| format!(
                "{AUTOSCALER} {by} sets replicas, so none stand here. The plan has {} at peak; targets that are shares of requests are shares \
                 of those below.",
                pod.replicas.running
            )),
            "replicas": (!asked.no_replicas && scaled.is_none()).then_some(pod.replicas.running),
            "selector": of.unless_runs(json!({ "matchLabels": labels })),
            "template": {
                "metadata": of.unless_runs(json!({ "labels": labels })),
                "spec": {
                    "topologySpreadConstraints": is_spread.then_some(spread),
                    "containers": [{
                        "name": of.container,
                        "#image": of.unless_runs(open(image, "Put your image here, or give it with --image.")),
                        "image": (of.runs.is_none() || image.is_some()).then(|| pod.filled(image, "IMAGE")),
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
                            "limits": (limit.is_some() || limits.cpu.is_some()).then(|| json!({
                                "~cpu": limits.cpu.map(|_| true),
                                "memory": limit.map(|limit| format!("{limit}Mi")),
                            })),
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
            "#other": of.runs.map(|_| "Leave it out where these pods have a budget: Kubernetes evicts none that has two."),
            "maxUnavailable": most,
            "selector": { "matchLabels": of.labels },
        },
    })
}
