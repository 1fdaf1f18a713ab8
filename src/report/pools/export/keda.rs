//! A KEDA ScaledObject: as many pods as lag, rate or CPU call for.

use super::kubernetes::{self, Names, Refused, nowhere};
use super::{Exported, Pod, WithoutPods, open};
use crate::input::imports::kubernetes::objects::AUTOSCALER;
use crate::report::figures::{plural, rate, significant, span};
use crate::report::replay::Replayed;
use serde_json::{Value, json};
use tonnage_model::names::NameOf;
use tonnage_model::scenario::failure::GroupSettings;
use tonnage_model::scenario::pool::resources::Resources;
use tonnage_model::scenario::replay::autoscaler::{Metric, Rule, SYNC_SECONDS};
use tonnage_model::scenario::replay::study::USUAL_GOAL_SECONDS;

/// Whom KEDA asks; in each `{name}` stands for what a workload is called.
#[derive(Debug, Default)]
pub struct Asked {
    /// Brokers, with commas.
    pub bootstrap_servers: Option<String>,
    /// Prometheus.
    pub prometheus: Option<String>,
    /// What runs, and where.
    pub running: kubernetes::Asked,
}

/// How pods are scaled.
struct Scaling {
    metric: Metric,
    least: u64,
    most: u64,
    window_seconds: u64,
    /// What the metric's target stands for.
    about: String,
}

/// A document for each workload whose pods can be scaled, and the others: by the best of a replay where there is one of it,
/// else by lag. `replayed` is empty, or has a place for each pod. Fails where two would be called the same in a namespace.
pub fn documents<'p>(
    pods: &'p [Pod<'_, '_, '_>],
    replayed: &[Option<Replayed<'_, '_, '_, '_>>],
    asked: &Asked,
    group: &GroupSettings,
) -> Result<Exported<'p>, Refused> {
    let names = Names::all(pods, &asked.running)?;
    let (mut documents, mut without) = (Vec::new(), Vec::new());
    let of = replayed.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    for ((pod, names), replayed) in pods.iter().zip(&names).zip(of) {
        let scaling = match (runs_otherwise(pod, names), replayed) {
            (Some(reason), _) => Some(Err(reason)),
            (None, Some(replayed)) => Some(by_replay(replayed)),
            (None, None) => by_plan(pod, group),
        };
        match scaling {
            Some(Ok(scaling)) => documents.push(scaled_object(pod, names, &scaling, asked)),
            Some(Err(reason)) => {
                without.push(WithoutPods { workload: pod.workload(), reason, goes_on: false })
            }
            None => {}
        }
    }
    let told = nowhere(pods, &names).into_iter().collect();
    Ok(Exported { documents, without, told, ..Exported::default() })
}

/// That pods go on as they run which are not those of the plan, so that nobody knows what one more of them takes.
fn runs_otherwise(pod: &Pod<'_, '_, '_>, of: &Names<'_>) -> Option<String> {
    let runs = u64::from(of.runs.filter(|_| pod.is_kept() && pod.instead().is_some())?.replicas);
    let planned = plural(pod.replicas.running, "pod");
    (runs != pod.replicas.running).then(|| {
        format!(
            "its {} go on as they run; a trigger is of pods as the plan would have them, {planned} of {}m",
            plural(runs, "pod"),
            pod.replicas.each.millicores
        )
    })
}

/// By lag as the plan has it, or why not; nothing where no pod can run.
fn by_plan(pod: &Pod<'_, '_, '_>, group: &GroupSettings) -> Option<Result<Scaling, String>> {
    let policy = pod.row.sharing.fleet.policy;
    let lag = pod.row.tenant().lag_scaling(pod.node, &pod.replicas, policy, group)?;
    let pods = plural(pod.replicas.running.min(lag.most), "pod");
    let workload = pod.row.entry.problem.workload;
    let assumed = if workload.p99_seconds.is_some() { "" } else { " (p99_ms is not given)" };
    let goal_seconds = workload.p99_seconds.unwrap_or(USUAL_GOAL_SECONDS);
    let goal = format!("{}{assumed}", span(goal_seconds));
    let reaction = span(lag.reaction_seconds);
    let late = if lag.reaction_seconds < goal_seconds {
        format!("which leaves less of the goal of {goal} than commits and rebalances lag by themselves")
    } else {
        format!("too late for the goal of {goal}")
    };
    let times = significant(lag.busiest_over_mean);
    let uneven =
        format!(", divided by {times}: the busiest pod's lag over the mean one's, which KEDA counts");
    let uneven = if times == "1" { "" } else { &uneven };
    let most = match workload.topic.partitions {
        Some(partitions) if u64::from(partitions) <= lag.most => "one for each partition that it can have",
        _ => "the plan needs no more, with a zone lost too",
    };
    Some(match lag.threshold {
        None => Err(format!(
            "its {pods} all run at any time: one more would read {reaction} after lag calls for it, {late}"
        )),
        Some(_) if lag.most <= lag.least => Err(format!("its {pods} all run at any time: {most}")),
        Some(threshold) => Ok(Scaling {
            metric: Metric::Lag(threshold as f64),
            least: lag.least,
            most: lag.most,
            window_seconds: lag.window_seconds,
            about: format!(
                "A pod's request pays for {}. The goal is {goal}, and a pod reads {reaction} after it is called for: the rest is \
                 what lag may take{uneven}.",
                rate(lag.pod_rate)
            ),
        }),
    })
}

/// As the best of a replay, or why nothing is scaled.
fn by_replay(replayed: &Replayed<'_, '_, '_, '_>) -> Result<Scaling, String> {
    let about = replayed.sentence();
    let best = replayed.study.best();
    match best.rule.filter(|_| best.keeps) {
        None => Err(about.trim_end_matches('.').to_owned()),
        Some(Rule { metric, least, most, window_seconds }) => {
            // Pods whose handler nothing tells of may have to be more than the plan's.
            let workload = replayed.pod.of();
            let partitions = workload.topic.partitions.filter(|_| workload.says_nothing_of_cpu());
            let most = partitions.map_or(most, u64::from);
            Ok(Scaling { metric, least, most, window_seconds: window_seconds.ceil() as u64, about })
        }
    }
}

fn scaled_object(pod: &Pod<'_, '_, '_>, of: &Names<'_>, scaling: &Scaling, asked: &Asked) -> Value {
    let window = scaling.window_seconds;
    // One that KEDA made is of the ScaledObject by that name.
    let scaled = of.runs.and_then(|it| it.autoscaler.as_ref());
    let by_keda = scaled.and_then(|by| by.strip_prefix("keda-hpa-"));
    let taken = scaled.filter(|_| by_keda.is_none());
    let annotations = json!({ "scaledobject.keda.sh/transfer-hpa-ownership": "true" });
    let stateful = of.runs.filter(|it| it.is_stateful()).map(|it| &it.kind);
    json!({
        "#": pod.about(),
        "#replicas": "Leave replicas out of what it scales (export kubernetes --no-replicas), else each apply undoes what was scaled.",
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {
            "name": by_keda.unwrap_or(of.name),
            "namespace": of.namespace,
            "labels": { "app.kubernetes.io/name": of.name },
            "#taken": taken.map(|by| format!(
                "It takes over {AUTOSCALER} {by}, beside which KEDA refuses to scale: take that out of what deploys it."
            )),
            "annotations": taken.map(|_| annotations),
        },
        "spec": {
            "scaleTargetRef": { "kind": stateful, "name": of.name },
            "minReplicaCount": scaling.least,
            "#most": ceiling(pod, scaling.most),
            "maxReplicaCount": scaling.most,
            "#zero": "These two count on the way to and from no pods only.",
            "pollingInterval": SYNC_SECONDS as u64,
            "cooldownPeriod": window,
            "advanced": { "horizontalPodAutoscalerConfig": { "name": taken, "behavior": { "scaleDown": {
                "#": "For so long fewer pods have to do before one goes.",
                "stabilizationWindowSeconds": window,
            } } } },
            "triggers": [trigger(pod, of, scaling, asked)],
        },
    })
}

/// What pods follow.
fn trigger(pod: &Pod<'_, '_, '_>, of: &Names<'_>, scaling: &Scaling, asked: &Asked) -> Value {
    let Asked { bootstrap_servers, prometheus, .. } = asked;
    let [topic, group] = [NameOf::Topic, NameOf::Group].map(|of| pod.of().names.get(of));
    let about = &scaling.about;
    let topic_name = pod.filled(topic, "TOPIC");
    let topics: Vec<&str> = topic_name.split([';', ',', ' ']).filter(|it| !it.is_empty()).collect();
    let several = topics.len() > 1;
    let (is, queried) = match several {
        true => ("=~", topics.join("|").replace('.', r"\\.")),
        false => ("=", topic_name.clone()),
    };
    match scaling.metric {
        Metric::Lag(threshold) => {
            let is_open = [bootstrap_servers.as_deref(), topic, group].into_iter().any(|it| it.is_none());
            json!({
                "type": "kafka",
                "metadata": {
                    "#open": open((!is_open).then_some(""), "Capitals are yours to fill in: --bootstrap-servers, and topic and group as columns or flags."),
                    "bootstrapServers": pod.filled(bootstrap_servers.as_deref(), "BOOTSTRAP_SERVERS"),
                    "#topic": several.then(|| format!("Without a topic it is the lag of all that the group reads: {}.", topics.join(", "))),
                    "topic": (!several).then_some(&topic_name),
                    "consumerGroup": pod.filled(group, "CONSUMER_GROUP"),
                    "#threshold": about,
                    "lagThreshold": threshold.to_string(),
                },
            })
        }
        Metric::Rate(threshold) => {
            let is_open = prometheus.is_none() || topic.is_none();
            json!({
                "type": "prometheus",
                "metadata": {
                    "#open": open((!is_open).then_some(""), "Capitals are yours to fill in: --prometheus, and topic as column or flag."),
                    "serverAddress": pod.filled(prometheus.as_deref(), "PROMETHEUS"),
                    "#query": "What comes to the topic, as kafka_exporter has it.",
                    "query": format!("sum(rate(kafka_topic_partition_current_offset{{topic{is}\"{queried}\"}}[2m]))"),
                    "#threshold": about,
                    "threshold": threshold.to_string(),
                },
            })
        }
        Metric::Cpu(cores) => {
            // Of a pod of several containers it would be the share of what all of them request.
            let is_one_of_several = of.runs.is_some() || pod.of().sidecars != Resources::default();
            let runs = of.runs.filter(|_| pod.is_kept()).and_then(|it| it.resources.requested().cpu);
            json!({
                "type": "cpu",
                "metricType": "Utilization",
                "metadata": {
                    "containerName": is_one_of_several.then_some(of.container),
                    "#value": about,
                    "value": (100.0 * cores / runs.unwrap_or(pod.request_cores())).round().to_string(),
                },
            })
        }
    }
}

/// Why there may be no more pods, and whether nodes have room for these.
fn ceiling(pod: &Pod<'_, '_, '_>, most: u64) -> Option<String> {
    let count = pod.replicas.count;
    let partitions = pod.of().topic.partitions.map_or(most, u64::from);
    let enough =
        format!("No more are needed, with a zone lost too; {partitions} partitions let as many read.");
    let beyond = format!("The nodes of the plan hold {count}: for more, the cluster has to grow.");
    let said = [(partitions > most, enough), (most > count, beyond)];
    let said: Vec<String> = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, what)| what).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
