//! Pods as they are written into a manifest.

use super::rows::{ShareRow, written};
use std::fmt::Write;

/// Replicas, requests, limit, environment and client settings of a workload; nothing where it is in no pool.
pub(super) fn manifest(row: &ShareRow<'_, '_, '_>) -> Option<String> {
    let (share, settings) = (row.share()?, row.settings(None)?);
    let replicas = share.replicas;
    let limit = match row.limits_memory() {
        true => format!("limits: {{ memory: {}Mi }}", replicas.each.mebibytes),
        false => {
            "# no limit: memory_mib and state_mib are empty, so the request is a floor; set both by what runs"
                .to_owned()
        }
    };
    let mut text = format!(
        "# {} in {}{}\nreplicas: {}\nresources:\n  requests: {{ cpu: {}m, memory: {}Mi }}\n  {limit}\n",
        row.entry.problem.workload.name,
        row.tenant().runtime.name,
        row.entry.change.map_or_else(String::new, |it| format!(" with {it}")),
        replicas.running,
        replicas.each.millicores,
        replicas.steady_mebibytes,
    );
    // Writing to a string cannot fail.
    if !settings.environment.is_empty() {
        let _ = writeln!(text, "env:");
    }
    for (name, value) in &settings.environment {
        let _ = writeln!(text, "  - {{ name: {name}, value: \"{value}\" }}");
    }
    if replicas.readers > 1 {
        let _ = writeln!(text, "# {} readers in each pod", replicas.readers);
    }
    if !settings.client.is_empty() {
        let _ = writeln!(text, "# client: {}", written(&settings.client, " ").join(", "));
    }
    Some(text)
}
