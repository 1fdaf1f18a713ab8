//! What is measured of workloads, one entry each: the files that hold it, the PromQL that yields it and what becomes of it.

use tonnage_model::names::NameOf;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Events consumed a second by partition.
    Partitions,
    /// Events consumed a second.
    Rate,
    /// Bytes of an event.
    Size,
    /// CPU cores used.
    Cpu,
    /// Memory that the largest pod holds, bytes.
    Memory,
    /// Pods that run.
    Replicas,
    /// Events not consumed yet.
    Lag,
    /// Share of CPU periods in which a limit held it back.
    Throttled,
}

/// A quantity.
#[derive(Debug)]
pub struct Quantity {
    /// Which.
    pub kind: Kind,
    /// Name of its file, and of its flag.
    pub name: &'static str,
    /// Begins of words by which a file of it is known.
    words: &'static [&'static str],
    /// What becomes of it.
    pub gives: &'static str,
    /// Name of its recording rule.
    pub rule: &'static str,
    /// How series of one workload become one, and the labels to keep beside its name.
    by: (&'static str, &'static str),
    /// Where it is measured; the first is what most have.
    sources: &'static [Source],
}

/// Where a quantity is measured.
#[derive(Debug)]
struct Source {
    exporter: &'static str,
    expression: &'static str,
    named_by: NamedBy,
}

/// What names a workload in a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    /// A label of the metrics of consumer groups, unless another one is asked for.
    Group(&'static str),
    /// Its topic, in metrics of what is written to it.
    Topic,
    /// Its pods, without what Kubernetes adds to the name of a Deployment or a StatefulSet.
    Pod,
    /// A label as it is.
    Label(&'static str),
}

impl NamedBy {
    fn of(self) -> NameOf {
        match self {
            Self::Group(_) => NameOf::Group,
            Self::Topic => NameOf::Topic,
            Self::Pod | Self::Label(_) => NameOf::Deployment,
        }
    }
}

/// What asks for workloads by the names of their deployments, which metrics of groups do not have.
pub const DEPLOYMENT: &str = "deployment";
/// What asks for them by their topic: each group has read it, so the metrics of groups would count an event more than once.
pub const TOPIC: &str = "topic";
/// Labels that name consumer groups.
pub const GROUPS: [&str; 2] = ["consumergroup", "group"];
/// The label that all queries yield.
pub const WORKLOAD: &str = "workload";
/// The label to keep that tells sidecars.
const CONTAINER: &str = ", container";
/// A pod's name; Kubernetes adds letters of this set alone.
const POD: &str = "(.+?)(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}|-[0-9]+)";

const fn source(exporter: &'static str, named_by: NamedBy, expression: &'static str) -> Source {
    Source { exporter, expression, named_by }
}

/// All of them, in the order of their use.
#[rustfmt::skip]
pub static QUANTITIES: [Quantity; 8] = [
    Quantity {
        kind: Kind::Rate, name: "rate",
        words: &["rate", "event", "message", "throughput", "consumed"],
        gives: "events_per_day, peak_factor and hourly; skew where there is a label partition",
        rule: "workload:events:rate5m", by: ("sum", ""),
        sources: &[
            source("kafka_exporter", NamedBy::Topic, "rate(kafka_topic_partition_current_offset[5m])"),
            source("kafka_exporter", NamedBy::Group(GROUPS[0]), "rate(kafka_consumergroup_current_offset[5m])"),
            source("kafka-lag-exporter", NamedBy::Group(GROUPS[1]), "rate(kafka_consumergroup_group_offset[5m])"),
            source("Java clients by Micrometer", NamedBy::Pod,
                "rate(kafka_consumer_fetch_manager_records_consumed_total{topic!=\"\"}[5m])"),
            source("Java clients by JMX exporter", NamedBy::Pod,
                "rate(kafka_consumer_consumer_fetch_manager_metrics_records_consumed_total{topic!=\"\"}[5m])"),
        ],
    },
    Quantity {
        kind: Kind::Partitions, name: "partitions",
        words: &["partition", "skew"],
        gives: "skew",
        rule: "workload_partition:events:rate5m", by: ("sum", ", topic, partition"),
        sources: &[
            source("kafka_exporter", NamedBy::Topic, "rate(kafka_topic_partition_current_offset[5m])"),
            source("kafka_exporter", NamedBy::Group(GROUPS[0]), "rate(kafka_consumergroup_current_offset[5m])"),
            source("kafka-lag-exporter", NamedBy::Group(GROUPS[1]), "rate(kafka_consumergroup_group_offset[5m])"),
        ],
    },
    Quantity {
        kind: Kind::Size, name: "size",
        words: &["size"],
        gives: "event_size",
        rule: "workload:event_bytes:ratio_rate5m", by: ("avg", ""),
        sources: &[
            source("Java clients by Micrometer", NamedBy::Pod,
                "rate(kafka_consumer_fetch_manager_bytes_consumed_total{topic!=\"\"}[5m]) \
                 / (rate(kafka_consumer_fetch_manager_records_consumed_total{topic!=\"\"}[5m]) > 0)"),
            source("Java clients by JMX exporter", NamedBy::Pod,
                "rate(kafka_consumer_consumer_fetch_manager_metrics_bytes_consumed_total{topic!=\"\"}[5m]) \
                 / (rate(kafka_consumer_consumer_fetch_manager_metrics_records_consumed_total{topic!=\"\"}[5m]) > 0)"),
        ],
    },
    Quantity {
        kind: Kind::Cpu, name: "cpu",
        words: &["cpu", "core"],
        gives: "observed_cores",
        rule: "workload_container:cpu_cores:rate5m", by: ("sum", CONTAINER),
        sources: &[
            source("cAdvisor (kubelet)", NamedBy::Pod,
                "rate(container_cpu_usage_seconds_total{container!=\"\", container!=\"POD\"}[5m])"),
            source("clients themselves", NamedBy::Label("job"), "rate(process_cpu_seconds_total[5m])"),
        ],
    },
    Quantity {
        kind: Kind::Memory, name: "memory",
        words: &["mem", "working", "rss"],
        gives: "memory_mib",
        rule: "workload_container:memory_bytes:max", by: ("max", CONTAINER),
        sources: &[
            source("cAdvisor (kubelet)", NamedBy::Pod,
                "container_memory_working_set_bytes{container!=\"\", container!=\"POD\"}"),
            source("clients themselves", NamedBy::Label("job"), "process_resident_memory_bytes"),
        ],
    },
    Quantity {
        kind: Kind::Replicas, name: "replicas",
        words: &["replica", "instance", "pods"],
        gives: "current_instances",
        rule: "workload:pods:sum", by: ("sum", ""),
        sources: &[
            source("kube-state-metrics, Deployments", NamedBy::Label("deployment"), "kube_deployment_status_replicas_ready"),
            source("kube-state-metrics, StatefulSets", NamedBy::Label("statefulset"), "kube_statefulset_status_replicas_ready"),
            source("cAdvisor (kubelet)", NamedBy::Pod,
                "group by (namespace, pod) (container_memory_working_set_bytes{container!=\"\", container!=\"POD\"})"),
        ],
    },
    Quantity {
        kind: Kind::Lag, name: "lag",
        words: &["lag", "backlog"],
        gives: "a note where it grows, as the rate is then less than what comes",
        rule: "workload:lag_events:sum", by: ("sum", ""),
        sources: &[
            source("kafka_exporter", NamedBy::Group(GROUPS[0]), "kafka_consumergroup_lag >= 0"),
            source("kafka-lag-exporter", NamedBy::Group(GROUPS[1]), "kafka_consumergroup_group_lag"),
            source("Java clients by Micrometer", NamedBy::Pod, "kafka_consumer_fetch_manager_records_lag"),
        ],
    },
    Quantity {
        kind: Kind::Throttled, name: "throttled",
        words: &["throttl"],
        gives: "a note where a CPU limit holds it back",
        rule: "workload:cpu_throttled_periods:ratio_rate5m", by: ("avg", ""),
        sources: &[
            source("cAdvisor (kubelet)", NamedBy::Pod,
                "rate(container_cpu_cfs_throttled_periods_total{container!=\"\"}[5m]) \
                 / (rate(container_cpu_cfs_periods_total{container!=\"\"}[5m]) > 0)"),
        ],
    },
];

/// The quantities whose words a file's name has.
pub fn named(file_stem: &str) -> Vec<&'static Quantity> {
    let lower = file_stem.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
    let has = |begin: &&str| words.iter().any(|word| word.starts_with(*begin));
    QUANTITIES.iter().filter(|quantity| quantity.words.iter().any(has)).collect()
}

/// The entry of a kind.
pub fn quantity(kind: Kind) -> Option<&'static Quantity> {
    QUANTITIES.iter().find(|quantity| quantity.kind == kind)
}

impl Quantity {
    /// What its series may be named by, the surest first.
    pub fn named_by(&self) -> Vec<NameOf> {
        let has = |of: &NameOf| self.sources.iter().any(|source| source.named_by.of() == *of);
        [NameOf::Group, NameOf::Deployment, NameOf::Topic].into_iter().filter(has).collect()
    }

    /// Whether it is of pods, and of nothing in Kafka.
    pub fn is_of_pods(&self) -> bool {
        self.named_by() == [NameOf::Deployment]
    }

    /// Where it may be measured, and the PromQL that then yields it by the label `workload`. `label` is the one that names
    /// workloads in metrics of groups, `topic`, or `deployment` for the names that pods have.
    pub fn queries(&self, label: Option<&str>) -> Vec<(&'static str, String)> {
        let is_asked = |source: &&Source| match source.named_by {
            NamedBy::Group(_) => !matches!(label, Some(DEPLOYMENT | TOPIC)),
            NamedBy::Topic => label == Some(TOPIC),
            NamedBy::Pod | NamedBy::Label(_) => true,
        };
        let query = |source: &Source| {
            let (label, pattern) = match source.named_by {
                NamedBy::Group(usual) => (label.unwrap_or(usual), "(.+)"),
                NamedBy::Topic => (TOPIC, "(.+)"),
                NamedBy::Pod => ("pod", POD),
                NamedBy::Label(label) => (label, "(.+)"),
            };
            let (aggregate, keep) = self.by;
            let expression = source.expression;
            let query = format!(
                "{aggregate} by ({WORKLOAD}{keep}) (label_replace({expression}, \"{WORKLOAD}\", \"$1\", \"{label}\", \
                 \"{pattern}\"))"
            );
            (source.exporter, query)
        };
        self.sources.iter().filter(is_asked).map(query).collect()
    }
}

/// All queries with the files to save their answers under, as people read them.
pub fn queries(label: Option<&str>) -> String {
    let mut text =
        "# Save each answer under the name above its query, for two to four weeks in steps of 5 minutes:\n\
         #   curl -sG http://prometheus:9090/api/v1/query_range --data-urlencode 'query=QUERY' \
         -d start=$(date -d '-4 weeks' +%s) -d end=$(date +%s) -d step=300 -o rate.json\n\
         # In Grafana: panel > Inspect > Data > Series joined by time > Download CSV, as rate.csv.\n\
         # Then: tonnage import prometheus *.json --into workloads.csv\n"
            .to_owned();
    for quantity in &QUANTITIES {
        for (at, (exporter, query)) in quantity.queries(label).into_iter().enumerate() {
            text += &match at {
                0 => format!("\n# {}.json: {}\n# {exporter}\n{query}\n", quantity.name, quantity.gives),
                _ => format!("# or {exporter}\n# {query}\n"),
            };
        }
    }
    text
}

/// The first query of each quantity as a file of recording rules
/// (prometheus.io/docs/prometheus/latest/configuration/recording_rules).
pub fn rules(label: Option<&str>) -> String {
    let rule = |quantity: &Quantity| {
        let (_, query) = quantity.queries(label).into_iter().next()?;
        Some(format!("      - record: {}\n        expr: |-\n          {query}\n", quantity.rule))
    };
    let rules: String = QUANTITIES.iter().filter_map(rule).collect();
    format!("groups:\n  - name: tonnage\n    interval: 1m\n    rules:\n{rules}")
}
