//! A Deployment and a PodDisruptionBudget.

use super::{NO_CPU_LIMIT, Pod, open, pairs};
use serde_json::{Value, json};

/// The documents of some pods, with an image in which `{name}` stands for what a workload is called.
pub fn documents(pods: &[Pod<'_, '_, '_>], image: Option<&str>) -> Vec<Value> {
    pods.iter().flat_map(|pod| [deployment(pod, image), budget(pod)]).collect()
}

fn labels(pod: &Pod<'_, '_, '_>) -> Value {
    json!({ "app.kubernetes.io/name": pod.name })
}

fn deployment(pod: &Pod<'_, '_, '_>, image: Option<&str>) -> Value {
    let labels = labels(pod);
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
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": pod.name, "labels": labels },
        "spec": {
            "replicas": pod.replicas.running,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "topologySpreadConstraints": is_spread.then_some(spread),
                    "containers": [{
                        "name": "consumer",
                        "#image": open(image, "Put your image here, or give it with --image."),
                        "image": pod.filled(image, "IMAGE"),
                        "#client": pod.client(),
                        "env": (!environment.is_empty()).then_some(environment),
                        "resources": {
                            "requests": {
                                "cpu": format!("{}m", pod.replicas.each.millicores),
                                "memory": format!("{}Mi", pod.replicas.steady_mebibytes),
                            },
                            "#cpu": NO_CPU_LIMIT,
                            "limits": { "memory": format!("{}Mi", pod.replicas.each.mebibytes) },
                        },
                        "#yours": "securityContext, probes, secrets and volumes are yours to add.",
                    }],
                },
            },
        },
    })
}

/// So many pods may be evicted at once as the plan does without at peak: those of a zone. It is a share, rounded down, which
/// Kubernetes rounds up to pods: where scaling leaves two, one of them stays. Where the plan needs all that run, one may go,
/// since a budget of none would keep nodes from ever being drained.
fn budget(pod: &Pod<'_, '_, '_>) -> Value {
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
        "metadata": { "name": pod.name, "labels": labels(pod) },
        "spec": {
            "#": about,
            "maxUnavailable": most,
            "selector": { "matchLabels": labels(pod) },
        },
    })
}
