//! A KEDA ScaledObject: as many pods as the lag calls for.

use super::{Pod, WithoutPods, open};
use crate::report::figures::{plural, rate, span};
use serde_json::{Value, json};
use tonnage_model::scenario::failure::GroupSettings;
use tonnage_model::scenario::pool::lag::{LagBasis, LagScaling, SYNC_SECONDS};

/// Where the lag is; in each `{name}` stands for what a workload is called.
#[derive(Debug, Clone, Default)]
pub struct Kafka {
    /// Brokers, with commas.
    pub bootstrap_servers: Option<String>,
    /// The topic.
    pub topic: Option<String>,
    /// The consumer group.
    pub consumer_group: Option<String>,
}

/// A document for each workload whose pods can follow its lag, and the others.
pub fn documents<'p>(
    pods: &'p [Pod<'_, '_, '_>],
    kafka: &Kafka,
    group: &GroupSettings,
) -> (Vec<Value>, Vec<WithoutPods<'p>>) {
    let (mut documents, mut fixed) = (Vec::new(), Vec::new());
    for pod in pods {
        let policy = pod.row.sharing.fleet.policy;
        let found = pod.row.tenant().lag_scaling(pod.node, &pod.replicas, policy, group);
        let Some(scaling) = found else { continue };
        if scaling.most > scaling.least {
            documents.push(scaled_object(pod, &scaling, kafka));
        } else {
            fixed.push(WithoutPods { workload: pod.workload(), reason: nothing_to_scale(pod, &scaling) });
        }
    }
    (documents, fixed)
}

fn nothing_to_scale(pod: &Pod<'_, '_, '_>, scaling: &LagScaling) -> String {
    match pod.row.entry.problem.workload.topic.partitions {
        Some(_) => format!(
            "its {} all run at any time, one for each partition; more partitions would give them room to grow",
            plural(scaling.least, "pod")
        ),
        None => format!(
            "its {} all run at any time, and partitions is blank, so that nobody knows how many more could read",
            plural(scaling.least, "pod")
        ),
    }
}

/// What the threshold stands for.
fn about(pod: &Pod<'_, '_, '_>, scaling: &LagScaling) -> String {
    let workload = pod.row.entry.problem.workload;
    let reaction = span(scaling.reaction_seconds);
    let why = match (scaling.basis, workload.p99_seconds, workload.catch_up) {
        (LagBasis::Goal, Some(goal), _) => format!(
            "The goal is {}, and a pod reads {reaction} after it is called for: the rest is what lag may take.",
            span(goal)
        ),
        (basis, goal, catch_up) => {
            let goal = goal.map_or(String::new(), |goal| {
                format!(
                    "A pod reads {reaction} after it is called for, too late for the goal of {}: the planned pods run at any time. ",
                    span(goal)
                )
            });
            let what = match (basis, catch_up) {
                (LagBasis::CatchUp, Some(it)) => {
                    format!("Lag below the threshold is drained within {}.", span(it.drain_seconds))
                }
                _ => {
                    "A group that keeps up has so much lag between commits and after a rebalance.".to_owned()
                }
            };
            format!("{goal}{what}")
        }
    };
    format!("A pod's request pays for {}. {why}", rate(scaling.pod_rate))
}

fn scaled_object(pod: &Pod<'_, '_, '_>, scaling: &LagScaling, kafka: &Kafka) -> Value {
    let Kafka { bootstrap_servers, topic, consumer_group } = kafka;
    let window = scaling.window_seconds;
    let is_open = [bootstrap_servers, topic, consumer_group].into_iter().any(Option::is_none);
    json!({
        "#": pod.about(),
        "#replicas": "Leave replicas out of the Deployment, else each apply undoes what was scaled.",
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": { "name": pod.name, "labels": { "app.kubernetes.io/name": pod.name } },
        "spec": {
            "scaleTargetRef": { "name": pod.name },
            "minReplicaCount": scaling.least,
            "#most": beyond_plan(pod, scaling),
            "maxReplicaCount": scaling.most,
            "#zero": "These two count on the way to and from no pods only.",
            "pollingInterval": SYNC_SECONDS as u64,
            "cooldownPeriod": window,
            "advanced": { "horizontalPodAutoscalerConfig": { "behavior": { "scaleDown": {
                "#": "For so long a pod too many costs no more than the rebalances of taking it away and back.",
                "stabilizationWindowSeconds": window,
            } } } },
            "triggers": [{
                "type": "kafka",
                "metadata": {
                    "#open": open((!is_open).then_some(""), "Capitals are yours to fill in: --bootstrap-servers, --topic, --consumer-group."),
                    "bootstrapServers": pod.filled(bootstrap_servers.as_deref(), "BOOTSTRAP_SERVERS"),
                    "topic": pod.filled(topic.as_deref(), "TOPIC"),
                    "consumerGroup": pod.filled(consumer_group.as_deref(), "CONSUMER_GROUP"),
                    "#threshold": about(pod, scaling),
                    "lagThreshold": scaling.threshold.to_string(),
                },
            }],
        },
    })
}

/// That nodes have no room for the most there may be.
fn beyond_plan(pod: &Pod<'_, '_, '_>, scaling: &LagScaling) -> Option<String> {
    let count = pod.replicas.count;
    (scaling.most > count)
        .then(|| format!("One for each partition. The plan's nodes have room for {count}; beyond these the cluster has to grow."))
}
