//! `tonnage export`: YAML that reads back, the numbers of the plan of pods in it, and lag by hand.

use crate::command::refused;
use crate::common::{machine, runtime, workload};
use assert_cmd::Command;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use tonnage::render::yaml;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::policy::Policy;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::Deployment;
use tonnage_model::scenario::failure::{Assignor, GroupSettings};
use tonnage_model::scenario::pool::choice::{Tenant, cheapest};
use tonnage_model::scenario::pool::lag::{LagBasis, LagScaling};
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::workload::{CatchUp, Workload};

fn parsed(text: &str) -> Vec<Value> {
    let documents = serde_yaml_ng::Deserializer::from_str(text);
    documents.map(|document| Value::deserialize(document).unwrap()).collect()
}

// YAML

fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[ -~]{0,8}",
        "[0-9]{1,3}(m|Mi|e3|x)?",
        Just("No".to_owned()),
        Just("null".to_owned()),
        Just("- a: b #c".to_owned()),
    ];
    let leaf = prop_oneof![
        text.prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = "[^#\0]{0,6}|[a-z]{1,3}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(all in prop::collection::vec(values(), 1..3), remark in any::<String>()) {
        let text = yaml::documents(&[remark], &all);
        prop_assert_eq!(parsed(&text), all, "{}", text);
    }
}

/// Go's readers of YAML take `no` for false and `1e3` for a number; a comment is no value, and cannot break out of its line.
#[test]
fn what_some_reader_takes_for_another_thing_stands_in_quotes() {
    let value = json!({
        "#": "one\ntwo: 2",
        "words": ["no", "Off", "y", "1e3", "0x1", "130m", "48Mi", "12:30", "a: b", "IMAGE", "r/{name}:1", ""],
        "left_out": null,
        "nested": [{ "a": 1, "b": { "c": [] } }],
    });
    insta::assert_snapshot!(yaml::documents(&["above".to_owned()], &[value, json!({ "a": {} })]), @r#"
    # above
    # one two: 2
    words:
      - "no"
      - "Off"
      - "y"
      - "1e3"
      - "0x1"
      - 130m
      - 48Mi
      - "12:30"
      - "a: b"
      - IMAGE
      - "r/{name}:1"
      - ""
    nested:
      - a: 1
        b:
          c: []
    ---
    a: {}
    "#);
}

// Lag by hand

/// Pods on nodes of 4 vCPUs of speed 1.0; an event takes 20 us.
fn scaling(workload: &Workload, assignor: Assignor) -> LagScaling {
    let (nodes, python) = (machine("node", 4, 8.0, 0.2), runtime("python", Deployment::Processes));
    let problem = Problem::new(workload, &python, None).unwrap();
    let tenant = Tenant { problem: &problem, runtime: &python };
    let pool = cheapest(&[tenant], &[&nodes], Policy::default(), &PoolRules::default()).pool.unwrap();
    let group = GroupSettings { assignor, ..GroupSettings::default() };
    tenant.lag_scaling(pool.machine, &pool.replicas[0].1, Policy::default(), &group).unwrap()
}

fn of(events_per_second: f64, partitions: u32) -> Workload {
    let topic = Topic { partitions: Some(partitions), ..Topic::default() };
    Workload { topic, ..workload(events_per_second * 86_400.0) }
}

// 180,000/s on 6 of 9 pods with 860m each (tests/it/pods.rs): c = 0.86 / 20 us = 43,000/s, of which 30,000 arrive. A group
// that keeps up has 30,000 x (5 s to a commit + 3 s of a rebalance) = 240,000 a pod; the cooperative assignor stops none of
// the others: 150,000. Window: 2 x 3 s x 6 pods, or 2 x 3 s.
#[test]
fn lag_of_a_group_that_keeps_up() {
    let it = scaling(&of(180e3, 6), Assignor::Eager);
    assert_eq!((it.basis, it.threshold, it.window_seconds), (LagBasis::KeepingUp, 240_000, 36));
    assert_eq!((it.least, it.most), (6, 6));
    assert!((it.pod_rate - 43e3).abs() < 1e-6 && it.reaction_seconds == 18.0);
    let it = scaling(&of(180e3, 6), Assignor::Cooperative);
    assert_eq!((it.threshold, it.window_seconds), (150_000, 6));
    // A goal that a pod comes too late for changes nothing.
    let late = Workload { p99_seconds: Some(18.0), ..of(180e3, 6) };
    assert_eq!(scaling(&late, Assignor::Eager).basis, LagBasis::KeepingUp);
}

// A goal of 30 s leaves 30 - 15 - 3 = 12 s for lag: 43,000 x 12.
#[test]
fn lag_that_a_goal_allows() {
    let it = scaling(&Workload { p99_seconds: Some(30.0), ..of(180e3, 6) }, Assignor::Eager);
    assert_eq!((it.basis, it.threshold), (LagBasis::Goal, 516_000));
    assert_eq!((it.least, it.most), (2, 6));
}

// 10,000/s on two pods with 7 partitions: one has 4 of them, 8/7 of the mean. Alone it takes 0.2 cores of 0.9: 230m, so c is
// 11,500/s, and lag may be 11,500 x 12 / (8/7).
#[test]
fn lag_of_the_busiest_pod_counts() {
    let it = scaling(&Workload { p99_seconds: Some(30.0), ..of(10e3, 7) }, Assignor::Eager);
    assert_eq!((it.threshold, it.least, it.most), (120_750, 2, 7));
}

// After a minute's outage ten are left to drain it: (43,000 - 30,000) x 600 s.
#[test]
fn lag_that_is_drained_in_time() {
    let catch_up = Some(CatchUp { outage_seconds: 60.0, drain_seconds: 600.0 });
    let it = scaling(&Workload { catch_up, ..of(180e3, 6) }, Assignor::Eager);
    assert_eq!((it.basis, it.threshold, it.least), (LagBasis::CatchUp, 7_800_000, 6));
}

// 30,000/s on two pods: a partition of six has 5,000/s of (20 + 100) us each, 0.6 of its one event in flight. So a pod's
// 15,000/s may become 15,000 / 0.6 = 25,000; 670m (0.6 cores on one that is left, over 0.9) would pay for 33,500.
#[test]
fn lag_behind_an_in_flight_limit() {
    let workload = Workload { io_wait_seconds: Some(100e-6), io_calls: Some(0.0), ..of(30e3, 6) };
    assert!((scaling(&workload, Assignor::Eager).pod_rate - 25e3).abs() < 1e-6);
}

// The command

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args);
    command
}

fn printed(args: &[&str]) -> String {
    crate::command::printed(tonnage(args))
}

fn exported(args: &[&str]) -> Vec<Value> {
    parsed(&printed(&[&["export"], args].concat()))
}

const FLEET: &str = "examples/workloads.csv";

/// What `plan --unit pods` says of each workload in today's runtime.
fn planned() -> Vec<Value> {
    let plan: Value =
        serde_json::from_str(&printed(&["plan", FLEET, "--unit=pods", "--format=json"])).unwrap();
    let rows = plan["workloads"].as_array().unwrap().clone();
    rows.into_iter().filter(|row| row["pool"] == "python-aiokafka").collect()
}

#[test]
fn manifests_have_what_the_plan_of_pods_has() {
    let (rows, documents) = (planned(), exported(&["kubernetes", FLEET]));
    let compose = &exported(&["compose", FLEET])[0]["services"];
    assert_eq!((rows.len(), documents.len()), (12, 24));
    for (row, pair) in rows.iter().zip(documents.chunks(2)) {
        let (deployment, budget) = (&pair[0], &pair[1]);
        let name = row["workload"].as_str().unwrap();
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        let [cpu, request, limit] =
            ["millicores_per_replica", "memory_request_mib_per_replica", "memory_mib_per_replica"]
                .map(|column| row[column].as_u64().unwrap());
        assert_eq!(
            (&deployment["kind"], &deployment["metadata"]["name"]),
            (&"Deployment".into(), &row["workload"])
        );
        assert_eq!(deployment["spec"]["replicas"], row["replicas"]);
        let resources = json!({
            "requests": { "cpu": format!("{cpu}m"), "memory": format!("{request}Mi") },
            "limits": { "memory": format!("{limit}Mi") },
        });
        assert_eq!(container["resources"], resources, "{name}");
        let environment: Vec<String> = (container["env"].as_array().unwrap().iter())
            .map(|it| format!("{}={}", it["name"].as_str().unwrap(), it["value"].as_str().unwrap()))
            .collect();
        assert_eq!(json!(environment), row["environment"], "{name}");
        let service = &compose[name];
        assert_eq!(service["deploy"]["replicas"], row["replicas"]);
        assert_eq!(service["deploy"]["resources"]["limits"]["memory"], format!("{limit}m"));
        // Pods that are evicted must leave alive(n) = n - ceil(n / 3), or one may go.
        let [running, room] = ["replicas", "room_for_more"].map(|column| row[column].as_u64().unwrap());
        let alive = running + room - (running + room).div_ceil(3);
        assert_eq!(budget["spec"]["maxUnavailable"], running.saturating_sub(alive).max(1), "{name}");
        assert_eq!(budget["spec"]["selector"], deployment["spec"]["selector"]);
        assert_eq!(
            deployment["spec"]["selector"]["matchLabels"],
            deployment["spec"]["template"]["metadata"]["labels"]
        );
    }
}

/// One of a plan of all is as in that plan; `--workload` plans it alone.
#[test]
fn names_choose_of_the_plan_of_all() {
    let all = exported(&["kubernetes", FLEET]);
    let some = exported(&["kubernetes", FLEET, "order-events", "audit-log"]);
    let named =
        |name: &str| all.iter().filter(|it| it["metadata"]["name"] == name).cloned().collect::<Vec<_>>();
    assert_eq!(some, [named("order-events"), named("audit-log")].concat());
    assert!(
        refused(tonnage(&["export", "kubernetes", FLEET, "order-evens"]))
            .contains("did you mean \"order-events\"?")
    );
}

#[test]
fn zones_that_need_not_survive_are_not_spread_over() {
    let spread = |more: &[&str]| {
        let documents = exported(&[&["kubernetes", FLEET, "order-events"], more].concat());
        (
            documents[0]["spec"]["template"]["spec"]["topologySpreadConstraints"].clone(),
            documents[1]["spec"]["maxUnavailable"].clone(),
        )
    };
    let (with, budget) = spread(&[]);
    assert_eq!((with[0]["topologyKey"].as_str(), budget), (Some("topology.kubernetes.io/zone"), 3.into()));
    let (without, budget) = spread(&["--no-zone-loss"]);
    assert_eq!((without, budget), (Value::Null, 1.into()));
}

#[test]
fn scaled_objects_stay_between_the_plan_and_the_partitions() {
    let documents = exported(&[
        "keda",
        FLEET,
        "--topic",
        "{name}-v1",
        "--consumer-group",
        "g",
        "--bootstrap-servers",
        "k:9092",
    ]);
    let rows = planned();
    assert!(!documents.is_empty());
    for document in &documents {
        let (spec, name) = (&document["spec"], &document["metadata"]["name"]);
        let row = rows.iter().find(|row| row["workload"] == *name).unwrap();
        assert_eq!(
            spec["minReplicaCount"], row["replicas"],
            "{name}: no goal there is longer than a pod takes to come"
        );
        assert!(spec["maxReplicaCount"].as_u64() > spec["minReplicaCount"].as_u64(), "{name}");
        let trigger = &spec["triggers"][0]["metadata"];
        assert_eq!(trigger["topic"], format!("{}-v1", name.as_str().unwrap()));
        assert!(trigger["lagThreshold"].as_str().unwrap().parse::<u64>().unwrap() > 0);
    }
    let text = printed(&["export", "keda", FLEET]);
    let left_out = text.lines().filter(|line| line.starts_with("# Left out: ")).count();
    assert_eq!(documents.len() + left_out, rows.len());
    assert!(text.contains("bootstrapServers: BOOTSTRAP_SERVERS"));
}

fn file(rows: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let header =
        "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine,current_instances";
    std::fs::write(file.path(), format!("{header}\n{rows}\n")).unwrap();
    file
}

#[test]
fn what_has_no_pods_is_left_out_with_its_reason_or_refused() {
    // No runtime can split one partition of 50 billion events a day.
    let (fine, endless) = ("fine,5M,1KB,0,,12,,", "endless,50B,1KB,0,,1,,");
    let path = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
    let both = file(&format!("{fine}\n{endless}"));
    let text = printed(&["export", "kubernetes", &path(&both)]);
    assert!(text.starts_with("# Left out: endless: "), "{text}");
    assert_eq!(parsed(&text).len(), 2);
    tonnage(&["export", "kubernetes", &path(&both), "--strict"]).assert().code(3);
    let alone = file(endless);
    let error = refused(tonnage(&["export", "kubernetes", &path(&alone)]));
    assert!(error.starts_with("error: nothing to write; endless: "), "{error}");
    let same = file("My Orders,5M,1KB,0,,12,,\nmy-orders,5M,1KB,0,,12,,");
    let error = refused(tonnage(&["export", "compose", &path(&same)]));
    assert!(error.contains("\"My Orders\" and \"my-orders\" would both be called my-orders"), "{error}");
}

#[test]
fn what_contradicts_itself_says_so() {
    // 579 events/s of 50 ms are 29 cores, and three machines of 2 vCPUs have 6.
    let odd = file("odd,50M,1KB,0,50,96,c6i.large,3");
    let text = printed(&["export", "kubernetes", odd.path().to_str().unwrap()]);
    let said = text.replace("\n# ", " ");
    assert!(said.contains("Not to be believed before the inputs are mended: "), "{text}");
    assert_eq!(parsed(&text)[0]["kind"], "Deployment");
}

#[test]
fn a_file_is_written_whole_and_none_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("manifests.yaml");
    tonnage(&["export", "kubernetes", FLEET, "-o", to.to_str().unwrap()]).assert().success().stdout("");
    assert_eq!(std::fs::read_to_string(to).unwrap(), printed(&["export", "kubernetes", FLEET]));
    let error = refused(tonnage(&["export", "compose", FLEET, "-o", FLEET]));
    assert!(error.contains("it is read, and would be lost"), "{error}");
}
