//! What runs of each Deployment and StatefulSet, and what it uses.

use super::cluster::{COMMAND, Cluster, Node, Scaled};
use super::objects::{Container, Key, Target};
use super::place;
use super::quantity::Amounts;
use crate::input::diagnostic::InputError;
use crate::input::imports::begin::wrong;
use crate::input::imports::called::Called;
use crate::input::imports::found::{Found, Origin};
use crate::input::imports::named;
use crate::input::nearest::unknown;
use crate::input::texts;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::names::NameOf;
use tonnage_model::units::MIB;

/// Containers that proxies, agents and exporters put beside the one that works.
const SIDECARS: &str = "cloud-sql-proxy cloudsql-proxy config-reloader consul-dataplane daprd datadog-agent envoy \
    envoy-sidecar filebeat fluent-bit fluentd istio-proxy jaeger-agent jmx-exporter kuma-sidecar \
    linkerd-proxy oauth2-proxy opentelemetry-collector otc-container otel-collector vault-agent \
    xray-daemon";

/// What is said beside the rows.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    /// Moments of which use is the mean; none where there was no `kubectl top`.
    pub moments: usize,
    /// Pods that were matched.
    pub pods: usize,
    /// What all pods that were matched request, and what they use.
    pub requested: Amounts,
    /// The same in use.
    pub used: Amounts,
    /// Cores requested and in use, by workload, of those that use less than they request.
    pub unused: Vec<(String, [f64; 2])>,
    /// Sidecars with what they use.
    pub sidecars: BTreeMap<String, Amounts>,
    /// Workloads of which several containers were taken together.
    pub together: Vec<String>,
    /// Workloads with more or fewer pods than replicas: these, then the pods.
    pub not_all: Vec<(String, [u32; 2])>,
    /// Workloads without a pod in `kubectl top`.
    pub without_pods: Vec<String>,
    /// Workloads that are scaled to 0.
    pub at_zero: Vec<String>,
    /// Workloads whose replicas an autoscaler sets, with its name.
    pub autoscaled: Vec<String>,
    /// Machine types of nodes that pods share.
    pub node_types: BTreeSet<String>,
    /// Workloads whose nodes say no one cloud, region or type that is in a list, by the column.
    pub unclear: BTreeMap<&'static str, Vec<String>>,
    /// Whether there were no nodes.
    pub without_nodes: bool,
    /// Pods of nothing that was given.
    pub others: BTreeSet<String>,
    /// Kinds of objects and namespaces that were passed over.
    pub passed_over: BTreeSet<String>,
}

/// What the pods of a workload use.
#[derive(Default)]
struct Running {
    pods: BTreeSet<Key>,
    used: Amounts,
    containers: BTreeSet<String>,
    /// Pods, each as often as it was looked at.
    samples: BTreeSet<(usize, Key)>,
}

/// Finds the workloads of a cluster, as a file calls them. Of a workload that has a container with one of the names in `chosen`, only those are
/// counted; of the others, all but sidecars.
pub fn find(cluster: &Cluster, chosen: &[String], called: &Called) -> Result<(Found, Seen), InputError> {
    if cluster.workloads.is_empty() {
        let message = format!("there is no Deployment or StatefulSet; give what this prints: {COMMAND}");
        return Err(wrong(&cluster.files.join(", "), message));
    }
    let mut seen = Seen {
        moments: cluster.moments,
        passed_over: cluster.passed_over.clone(),
        without_nodes: cluster.nodes.is_empty(),
        ..Seen::default()
    };
    let running = running(cluster, chosen, &mut seen)?;
    let names = named::names(cluster.workloads.keys());
    let mut found = Found::default();
    let of_pods: BTreeMap<&Key, &[Container]> = (cluster.containers_of_pod.iter())
        .filter_map(|((namespace, pod), all)| Some((cluster.owner(namespace, pod)?, all.as_slice())))
        .collect();
    let mut nodes_of: BTreeMap<&Key, BTreeSet<&str>> = BTreeMap::new();
    for ((namespace, pod), node) in &cluster.node_of_pod {
        if let Some(owner) = cluster.owner(namespace, pod) {
            nodes_of.entry(owner).or_default().insert(node);
        }
    }
    for ((key, scaled), name) in cluster.workloads.iter().zip(&names) {
        let none = Running::default();
        let running = running.get(key).unwrap_or(&none);
        let put_in = of_pods.get(key).into_iter().flat_map(|all| all.iter());
        let is_new = |it: &&Container| scaled.pod.running().all(|own| own.name != it.name);
        let containers: Vec<&Container> = scaled.pod.running().chain(put_in.filter(is_new)).collect();
        let nodes = nodes_of.get(key).into_iter().flatten();
        let nodes: Vec<&Node> = nodes.filter_map(|name| cluster.nodes.get(*name)).collect();
        let target = Target { kind: scaled.kind.clone(), name: key.1.clone() };
        let autoscaler = cluster.autoscalers.get(&(key.0.clone(), target)).filter(|_| scaled.replicas > 0);
        let mut row = |name: &str| {
            seen.autoscaled.extend(autoscaler.map(|by| format!("{name} ({by})")));
            row(cluster, (name, scaled, running, &containers, &nodes), chosen, &mut found, &mut seen);
        };
        match called.workloads(&[NameOf::Deployment], &[name, &named::whole(key)]) {
            Ok(all) => all.into_iter().for_each(&mut row),
            Err(message) => found.refuse(Origin::new(&scaled.file, None).wrong(message)),
        }
    }
    seen.unused
        .sort_by(|(_, [one, used]), (_, [other, other_used])| (other - other_used).total_cmp(&(one - used)));
    Ok((found, seen))
}

/// What the pods of each workload use.
fn running<'c>(
    cluster: &'c Cluster,
    chosen: &[String],
    seen: &mut Seen,
) -> Result<BTreeMap<&'c Key, Running>, InputError> {
    let mut all: BTreeMap<&Key, Running> = BTreeMap::new();
    for usage in &cluster.used {
        let Some(owner) = cluster.owner(&usage.namespace, &usage.pod) else {
            seen.others.insert(usage.pod.clone());
            continue;
        };
        let of_owner = all.entry(owner).or_default();
        let pod = (usage.namespace.clone(), usage.pod.clone());
        of_owner.samples.insert((usage.moment, pod.clone()));
        of_owner.pods.insert(pod);
        let scaled = &cluster.workloads[owner];
        if counts(scaled, &usage.container, chosen) {
            of_owner.used = of_owner.used.plus(usage.used);
            of_owner.containers.insert(usage.container.clone());
        } else {
            let sidecar = seen.sidecars.entry(usage.container.clone()).or_default();
            *sidecar = sidecar.plus(usage.used.times(1.0 / cluster.moments.max(1) as f64));
        }
    }
    let own = cluster.workloads.values().flat_map(|it| &it.pod.containers).map(|it| it.name.as_str());
    let known: BTreeSet<&str> = own.chain(cluster.used.iter().map(|it| it.container.as_str())).collect();
    match chosen.iter().find(|name| !known.contains(name.as_str())) {
        Some(name) => {
            Err(wrong("--container", unknown("container", name, &known.into_iter().collect::<Vec<_>>())))
        }
        None => Ok(all),
    }
}

/// Whether a container of a workload is what it works with: one that was chosen where it has one, else one of its own
/// template that is no sidecar, which its only one never is.
fn counts(scaled: &Scaled, container: &str, chosen: &[String]) -> bool {
    let is_chosen = |name: &str| chosen.iter().any(|chosen| chosen == name);
    let own = || scaled.pod.containers.iter().map(|it| it.name.as_str());
    match own().any(is_chosen) {
        true => is_chosen(container),
        false => own().any(|own| own == container) && (own().count() == 1 || !is_sidecar(container)),
    }
}

/// Whether a container is one that is put beside others.
pub(in crate::input::imports) fn is_sidecar(container: &str) -> bool {
    SIDECARS.split(' ').any(|it| it == container)
}

/// Notes what is known of a workload.
fn row(
    cluster: &Cluster,
    (name, scaled, running, containers, nodes): (&str, &Scaled, &Running, &[&Container], &[&Node]),
    chosen: &[String],
    found: &mut Found,
    seen: &mut Seen,
) {
    if scaled.replicas == 0 {
        seen.at_zero.push(name.to_owned());
        return;
    }
    let of_objects = || Origin::new(&scaled.file, None);
    let of_top = || Origin { only_fills: true, ..Origin::new(&cluster.top_file, None) };
    found.add(name, "current_instances", scaled.replicas.to_string(), of_objects());
    let [requested, sidecars] = [true, false].map(|is_own| {
        let all = containers.iter().filter(|it| counts(scaled, &it.name, chosen) == is_own);
        all.fold(Amounts::default(), |sum, it| sum.plus(it.resources.requested()))
    });
    if let Some(text) = texts::of_sidecars(sidecars.cpu.unwrap_or(0.0), sidecars.memory.unwrap_or(0.0)) {
        found.add(name, "sidecars", text, of_objects());
    }
    if !running.pods.is_empty() {
        let moments = cluster.moments.max(1) as f64;
        let samples = running.samples.len() as f64;
        let cores = running.used.cpu.unwrap_or(0.0) / moments;
        let pods = samples / moments;
        found.add_number(name, "observed_cores", cores, of_top());
        found.add_number(name, "memory_mib", running.used.memory.unwrap_or(0.0) / samples / MIB, of_top());
        let all_requested = requested.times(pods);
        seen.pods += running.pods.len();
        seen.requested = seen.requested.plus(all_requested);
        seen.used = seen.used.plus(running.used.times(1.0 / moments).where_known(requested));
        seen.unused.extend(
            all_requested.cpu.filter(|requested| *requested > cores).map(|it| (name.to_owned(), [it, cores])),
        );
        if running.containers.len() > 1 {
            seen.together.push(name.to_owned());
        }
        if (pods - f64::from(scaled.replicas)).abs() > 0.5 {
            seen.not_all.push((name.to_owned(), [scaled.replicas, pods.round() as u32]));
        }
    } else if cluster.moments > 0 {
        seen.without_pods.push(name.to_owned());
    }
    let place = place::of(cluster, scaled, nodes, requested);
    let of_machine = if place.is_alone { "current_machine" } else { "current_node_type" };
    for (column, value) in [
        ("provider", place.provider),
        ("region", place.region.as_deref()),
        (of_machine, place.machine.as_deref()),
    ] {
        match value {
            Some(value) => found.add(name, column, value, of_objects()),
            None if place.machines.is_empty() => {}
            None => seen.unclear.entry(column).or_default().push(match column == of_machine {
                true => format!("{name} ({})", place.machines.iter().cloned().collect::<Vec<_>>().join(", ")),
                false => name.to_owned(),
            }),
        }
    }
    seen.node_types.extend(place.machine.filter(|_| !place.is_alone));
}
