//! A Compose file.

use super::{NO_CPU_LIMIT, Pod, SameName, apart, open, pairs};
use serde_json::{Map, Value, json};

/// One document with a service for each workload. Fails where two would be called the same: Compose has no namespaces.
pub fn document(pods: &[Pod<'_, '_, '_>], image: Option<&str>) -> Result<Value, SameName> {
    apart(pods.iter().map(|pod| (pod.workload(), pod.name.clone())))?;
    let services: Map<String, Value> =
        pods.iter().map(|pod| (pod.name.clone(), service(pod, image))).collect();
    Ok(json!({
        "#": "All on one host: nothing here survives its loss. Requests become reservations, which Swarm keeps and docker compose does not.",
        "#cpu": NO_CPU_LIMIT,
        "#image": open(image, "Put your images in, or give them with --image."),
        "services": services,
    }))
}

fn service(pod: &Pod<'_, '_, '_>, image: Option<&str>) -> Value {
    let environment: Map<String, Value> =
        pairs(&pod.settings.environment).map(|(name, value)| (name.to_owned(), value.into())).collect();
    let replicas = pod.replicas;
    json!({
        "#": pod.about(),
        "image": pod.filled(image, "IMAGE"),
        "#client": pod.client(),
        "environment": (!environment.is_empty()).then_some(environment),
        "deploy": {
            "replicas": replicas.running,
            "resources": {
                "#open": pod.open_remark(),
                // Compose takes m for MiB.
                "limits": pod.row.limits_memory().then(|| json!({ "memory": format!("{}m", replicas.each.mebibytes) })),
                "reservations": {
                    "cpus": format!("{:.2}", replicas.each.millicores as f64 / 1000.0),
                    "memory": format!("{}m", replicas.steady_mebibytes),
                },
            },
        },
    })
}
