//! What was seen of a cluster beside the rows.

use super::figures::{amount, memory, percent, plural, significant};
use super::imported::names;
use crate::input::imports::kubernetes::cluster::COMMAND;
use crate::input::imports::kubernetes::quantity::Amounts;
use crate::input::imports::kubernetes::top;
use crate::input::imports::kubernetes::workloads::Seen;

/// What use is of, what pods request and use, and what was left out or needs a look, beside so many rows.
pub fn summary(seen: &Seen, rows: usize) -> String {
    let mut lines = vec![moments(seen.moments)];
    lines.extend(requests(seen));
    let mut say = |begin: &str, all: Vec<String>| {
        if !all.is_empty() {
            lines.push(format!("{begin}: {}.", names(&all)));
        }
    };
    let unused = |(name, [requested, used]): &(String, [f64; 2])| {
        format!("{name} ({} of {} cores)", significant(*used), significant(*requested))
    };
    say("Least used", seen.unused.iter().map(unused).collect());
    let sidecars = seen.sidecars.iter().map(|(name, used)| format!("{name} ({})", amounts(*used)));
    say("Sidecars, not in observed_cores and memory_mib", sidecars.collect());
    say("Containers taken together, --container NAME chooses", seen.together.clone());
    let pods = |(name, [replicas, pods]): &(String, [u32; 2])| format!("{name} ({pods} of {replicas})");
    say("Not as many pods as replicas", seen.not_all.iter().map(pods).collect());
    say("Without a pod in kubectl top", seen.without_pods.clone());
    say("Left out, scaled to 0", seen.at_zero.clone());
    say("current_instances of the moment, as a HorizontalPodAutoscaler sets them", seen.autoscaled.clone());
    for (column, all) in &seen.unclear {
        // This would take away what other rows have.
        let set = format!(", or --set {column}=... for every row");
        let set = if all.len() == rows { &set } else { "" };
        let why = "as labels of nodes say none, several or one in no list";
        say(&format!("{column} left empty, {why}; fill it in{set}"), all.clone());
    }
    let flags = seen.node_types.iter().map(|it| format!("--node-type {it}")).collect();
    say("To pack pods on nodes as they share now (plan --unit pods, hours, export)", flags);
    say("Pods of no Deployment or StatefulSet that was given", seen.others.iter().cloned().collect());
    say("Passed over", seen.passed_over.iter().cloned().collect());
    if seen.without_nodes {
        lines.push(format!(
            "No nodes, so provider, region and machine type are left empty; give what this prints: {COMMAND}"
        ));
    }
    lines.join("\n") + "\n"
}

fn moments(moments: usize) -> String {
    match moments {
        0 => format!("No use of CPU and memory; give what this prints too: {}", top::COMMAND),
        1 => "observed_cores and memory_mib are of one moment, not a mean; print again at other hours, and give all \
              files."
            .to_owned(),
        _ => format!("observed_cores and memory_mib are means of {moments} moments."),
    }
}

/// What all pods request, and use of that.
fn requests(seen: &Seen) -> Option<String> {
    let Seen { pods, requested, used, .. } = seen;
    let part = |what: &str, requested: Option<f64>, used: Option<f64>, show: fn(f64) -> String| {
        let (requested, used) = (requested.filter(|it| *it > 0.0)?, used?);
        let share = percent(used / requested);
        Some(format!("{share} of the {what} that they request ({} of {})", show(used), show(requested)))
    };
    let cpu = part("CPU", requested.cpu, used.cpu, |cores| amount(cores, "core"));
    let memory = part("memory", requested.memory, used.memory, memory);
    let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
    (!parts.is_empty()).then(|| format!("{} use {}.", plural(*pods as u64, "pod"), parts.join(", ")))
}

fn amounts(used: Amounts) -> String {
    let cores = significant(used.cpu.unwrap_or(0.0));
    format!("{cores} cores, {}", memory(used.memory.unwrap_or(0.0)))
}
