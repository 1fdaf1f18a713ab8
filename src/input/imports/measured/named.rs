//! Series by the workloads that they are of.

use super::figures::{Flaws, Points, only_rises, points, rates};
use super::quantities::{DEPLOYMENT, GROUPS, Kind, Quantity, TOPIC, WORKLOAD, quantity};
use super::series::{LEGEND, Labels, Series};
use crate::input::diagnostic::Diagnostic;
use crate::input::imports::found::Origin;
use crate::input::imports::kubernetes::workloads::is_sidecar;
use crate::input::imports::named;
use std::collections::{BTreeMap, BTreeSet};

/// Labels that tell copies of a series apart, or nothing; samples of copies are of the same.
const OF_COPIES: [&str; 4] = ["__name__", "__replica__", "prometheus", "prometheus_replica"];
/// The label of a topic's partition.
pub const PARTITION: &str = "partition";
/// The label that names a pod, and with it the Deployment or StatefulSet that it is of.
const POD: &str = "pod";
/// What names workloads in series of pods, the surest first.
const OF_PODS: [&str; 3] = [DEPLOYMENT, "statefulset", POD];
const NAMESPACE: &str = "namespace";
const CONTAINER: &str = "container";
/// Labels that name what comes and goes or holds many, and no workload.
const NO_NAMES: [&str; 6] = [POD, "instance", CONTAINER, "node", NAMESPACE, PARTITION];
/// Ends of names of metrics that count.
const COUNTERS: [&str; 4] = ["_total", "_offset", "_count", "_sum"];

/// The series of some files by what they are of.
#[derive(Debug, Default)]
pub struct Named {
    asked: Vec<String>,
    /// By kind, namespace (where it counts) and name.
    of: BTreeMap<(Kind, (String, String)), Parts>,
    errors: Vec<Diagnostic>,
}

/// The series of one workload.
#[derive(Debug)]
struct Parts {
    origin: Origin,
    /// Samples by the labels beside the name, and whether they are of a counter.
    by: BTreeMap<Labels, (Vec<(f64, f64)>, bool)>,
    lines: BTreeMap<i64, usize>,
}

/// What was measured of a workload.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Where it came from.
    pub origin: Origin,
    /// Its namespace; empty where that is not known or does not count.
    pub namespace: String,
    /// Series by the labels beside the name.
    pub each: Vec<(Labels, Points)>,
    /// All of them as one: their sum, or the largest where a sum says nothing.
    pub points: Points,
    /// What was wrong with samples.
    pub flaws: Flaws,
    /// Lines of the samples by their times in ms, where the file has lines.
    pub lines: BTreeMap<i64, usize>,
    /// Containers that were passed over, as they stand beside the one that works.
    pub sidecars: BTreeSet<String>,
}

impl Whole {
    /// The line of a sample, or else of its series.
    pub fn line(&self, time: i64) -> Option<usize> {
        self.lines.get(&time).copied().or(self.origin.line)
    }

    /// A mistake at a sample.
    pub fn wrong(&self, time: i64, message: String) -> Diagnostic {
        Diagnostic::of_line(&self.origin.file, self.line(time), message)
    }
}

impl Named {
    /// Series whose workloads a label names, the first of those asked for that they have; without one the label `workload`, a
    /// legend or the only label there is.
    pub fn by(asked: Vec<String>) -> Self {
        Self { asked, ..Self::default() }
    }

    /// Takes the series of a file.
    pub fn add(&mut self, kind: Kind, file: &str, all: Vec<Series>) {
        let is_of_pods = quantity(kind).is_some_and(Quantity::is_of_pods);
        let legends: BTreeSet<String> = all.iter().filter_map(|it| it.labels.get(LEGEND)).cloned().collect();
        for Series { mut labels, samples, line, lines } in all {
            if let Some(pod) = labels.get(LEGEND).filter(|it| is_of_pods && is_pod(it, &legends)).cloned() {
                labels = [(POD.to_owned(), pod)].into();
            }
            let origin = Origin::new(file, line);
            let is_counter =
                labels.get("__name__").is_some_and(|it| COUNTERS.iter().any(|end| it.ends_with(end)));
            labels.retain(|label, _| !OF_COPIES.contains(&label.as_str()));
            let is_apart = is_of_pods && !self.asked.iter().any(|it| it == NAMESPACE);
            let namespace = is_apart.then(|| labels.remove(NAMESPACE)).flatten().unwrap_or_default();
            let name = self.label_of(&labels, is_of_pods).and_then(|label| match label.as_str() {
                // Each pod of several stays a series of its own.
                POD => labels
                    .get(POD)
                    .map(|pod| named::owners(pod).next_back().map_or(pod.as_str(), |it| it.0).to_owned()),
                _ => labels.remove(&label),
            });
            let Some(name) = name else {
                let message = format!("{} leaves open which workload it is of", shown(&labels));
                let names =
                    labels.keys().filter(|label| *label != LEGEND && !NO_NAMES.contains(&label.as_str()));
                let flags: Vec<String> = names.map(|label| format!("--label {label}")).collect();
                self.refuse(kind, &origin, &message, &flags.join(" or "));
                continue;
            };
            let new = || Parts { origin, by: BTreeMap::new(), lines: BTreeMap::new() };
            let parts = self.of.entry((kind, (namespace, name))).or_insert_with(new);
            let times = samples.iter().map(|(seconds, _)| (seconds * 1e3).round() as i64);
            parts.lines.extend(times.zip(lines));
            let part = parts.by.entry(labels).or_default();
            part.0.extend(samples);
            part.1 |= is_counter;
        }
    }

    /// The label whose value is the workload's name.
    fn label_of(&self, labels: &Labels, is_of_pods: bool) -> Option<String> {
        let asked = self.asked.iter().map(String::as_str).chain([WORKLOAD]);
        if let Some(label) = asked.into_iter().find(|label| labels.contains_key(*label)) {
            return Some(label.to_owned());
        }
        // A series of a Deployment may have the pod of its exporter.
        let mut of_pods = OF_PODS.into_iter().filter(|label| is_of_pods && labels.contains_key(*label));
        if let Some(label) = of_pods.next() {
            return Some(label.to_owned());
        }
        // Grafana says Value, or the query itself, where there is no legend.
        let is_query = |legend: &String| legend == "Value" || legend.contains('(');
        let mut others = labels.keys().filter(|label| *label != PARTITION);
        match (others.next(), others.next()) {
            (Some(label), None) if label == LEGEND => {
                (!labels.get(label).is_some_and(is_query)).then(|| label.clone())
            }
            _ if !self.asked.is_empty() => None,
            (Some(label), None) => (!NO_NAMES.contains(&label.as_str())).then(|| label.clone()),
            _ => None,
        }
    }

    /// A mistake, with the flags and the query that mend it.
    fn refuse(&mut self, kind: Kind, origin: &Origin, message: &str, flags: &str) {
        let queries =
            quantity(kind).map(|it| it.queries(self.asked.first().map(String::as_str))).unwrap_or_default();
        let query = queries.first().map(|(_, query)| query.as_str()).unwrap_or_default();
        let say = if flags.is_empty() { String::new() } else { format!("say {flags}, or ") };
        let message = format!("{message}; {say}ask for\n  {query}");
        self.errors.push(origin.wrong(message));
    }

    /// What was measured of each workload, and all mistakes. Where several namespaces have one of the same name, it is
    /// `namespace/name`.
    pub fn whole(mut self) -> (BTreeMap<(Kind, String), Whole>, Vec<Diagnostic>) {
        let of = std::mem::take(&mut self.of);
        let kinds: BTreeSet<Kind> = of.keys().map(|(kind, _)| *kind).collect();
        let keys = |of_kind| of.keys().filter(move |(kind, _)| *kind == of_kind).map(|(_, key)| key);
        let names: Vec<String> = kinds.into_iter().flat_map(|kind| named::names(keys(kind))).collect();
        let mut all = BTreeMap::new();
        for (((kind, (namespace, _)), parts), name) in of.into_iter().zip(names) {
            if let Some(whole) = self.whole_of(kind, namespace, &name, parts) {
                all.insert((kind, name), whole);
            }
        }
        (all, self.errors)
    }

    fn whole_of(&mut self, kind: Kind, namespace: String, name: &str, parts: Parts) -> Option<Whole> {
        let Parts { origin, mut by, lines } = parts;
        let sidecars = without_sidecars(&mut by);
        let mut flaws = Flaws::default();
        let mut each: Vec<(Labels, Points)> = Vec::new();
        for (labels, (samples, is_counter)) in by {
            let mut points = points(&samples, &mut flaws);
            let is_rate = matches!(kind, Kind::Rate | Kind::Partitions | Kind::Cpu);
            if is_rate && is_counter {
                points = rates(&points, &mut flaws);
            } else if is_rate && only_rises(&points) {
                let message = format!("{name:?} only rises, so it is a counter and no rate");
                self.refuse(kind, &origin, &message, "");
                return None;
            }
            each.push((labels, points));
        }
        // Pods come and go, so that most have no samples at some times.
        if each.iter().all(|(labels, _)| labels.contains_key(POD)) {
            flaws.missing = 0;
        }
        // A series that another label named has that one no more.
        if self.asked.iter().any(|it| it == TOPIC)
            && each.iter().all(|(labels, _)| !labels.contains_key(TOPIC))
        {
            flaws.groups += of_one_group(&mut each);
        }
        let is_sum = !matches!(kind, Kind::Size | Kind::Memory | Kind::Throttled);
        let mut whole = Points::new();
        if kind == Kind::Memory {
            each = pods_of(each);
        }
        for (time, value) in each.iter().flat_map(|(_, points)| points) {
            let at = whole.entry(*time).or_insert(0.0);
            *at = if is_sum { *at + value } else { at.max(*value) };
        }
        Some(Whole { origin, namespace, each, points: whole, flaws, lines, sidecars })
    }
}

/// Whether a legend is the name of a pod. A number alone may end any name; pods that have one begin with 0.
fn is_pod(legend: &str, all: &BTreeSet<String>) -> bool {
    named::owners(legend).any(|(name, is_numbered)| !is_numbered || all.contains(&format!("{name}-0")))
}

/// Leaves the containers that work, and gives the others.
fn without_sidecars<T>(by: &mut BTreeMap<Labels, T>) -> BTreeSet<String> {
    let is_beside = |labels: &Labels| labels.get(CONTAINER).is_some_and(|it| is_sidecar(it));
    // What stands alone is no sidecar.
    if by.keys().all(is_beside) {
        return BTreeSet::new();
    }
    let sidecars = by.keys().filter(|it| is_beside(it)).filter_map(|it| it.get(CONTAINER)).cloned().collect();
    by.retain(|labels, _| !is_beside(labels));
    sidecars
}

/// Containers of each pod as one.
fn pods_of(each: Vec<(Labels, Points)>) -> Vec<(Labels, Points)> {
    let mut pods: BTreeMap<Labels, Points> = BTreeMap::new();
    for (mut labels, points) in each {
        labels.remove(CONTAINER);
        let pod = pods.entry(labels).or_default();
        points.into_iter().for_each(|(time, value)| *pod.entry(time).or_insert(0.0) += value);
    }
    pods.into_iter().collect()
}

/// Leaves the group that reads most of a topic, and counts the others.
fn of_one_group(each: &mut Vec<(Labels, Points)>) -> usize {
    let group = |labels: &Labels| GROUPS.iter().find_map(|label| labels.get(*label)).cloned();
    let mut read: BTreeMap<Option<String>, f64> = BTreeMap::new();
    for (labels, points) in each.iter() {
        *read.entry(group(labels)).or_default() += points.values().sum::<f64>();
    }
    let others = read.len().saturating_sub(1);
    if let Some((most, _)) = read.into_iter().max_by(|(_, one), (_, other)| one.total_cmp(other)) {
        each.retain(|(labels, _)| group(labels) == most);
    }
    others
}

/// Labels as Prometheus writes them.
fn shown(labels: &Labels) -> String {
    match labels.get(LEGEND) {
        Some(legend) => format!("the series {legend:?}"),
        None => {
            let pairs: Vec<String> =
                labels.iter().map(|(label, value)| format!("{label}={value:?}")).collect();
            format!("the series {{{}}}", pairs.join(", "))
        }
    }
}
