//! `tonnage export`: YAML that reads back, and the numbers of the plan of pods in it.

use crate::command::{self, refused, tonnage};
use assert_cmd::Command;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use tonnage::render::yaml;

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
        let key = "[^#~\0]{0,6}|[a-z]{1,3}";
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
        "~gone": true,
        "~here": null,
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
    gone: null
    nested:
      - a: 1
        b:
          c: []
    ---
    a: {}
    "#);
}

// The command

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
                .map(|column| row[column].as_u64());
        let (cpu, request) = (cpu.unwrap(), request.unwrap());
        assert_eq!(
            (&deployment["kind"], &deployment["metadata"]["name"]),
            (&"Deployment".into(), &row["workload"])
        );
        assert_eq!(deployment["spec"]["replicas"], row["replicas"]);
        let mut resources =
            json!({ "requests": { "cpu": format!("{cpu}m"), "memory": format!("{request}Mi") } });
        if let Some(limit) = limit {
            resources["limits"] = json!({ "memory": format!("{limit}Mi") });
        }
        assert_eq!(container["resources"], resources, "{name}");
        let environment: Vec<String> = (container["env"].as_array().unwrap().iter())
            .map(|it| format!("{}={}", it["name"].as_str().unwrap(), it["value"].as_str().unwrap()))
            .collect();
        assert_eq!(json!(environment), row["environment"], "{name}");
        let service = &compose[name];
        assert_eq!(service["deploy"]["replicas"], row["replicas"]);
        let limits = limit.map_or(Value::Null, |limit| json!({ "memory": format!("{limit}m") }));
        assert_eq!(service["deploy"]["resources"].get("limits").unwrap_or(&Value::Null), &limits);
        // Pods that are evicted must leave alive(n) = n - ceil(n / 3), or one may go.
        let [running, room] = ["replicas", "room_for_more"].map(|column| row[column].as_u64().unwrap());
        let alive = running + room - (running + room).div_ceil(3);
        let spare = running.saturating_sub(alive);
        let most = &budget["spec"]["maxUnavailable"];
        match most.as_str() {
            // Kubernetes rounds the share up to whole pods.
            Some(share) => {
                let percent: u64 = share.trim_end_matches('%').parse().unwrap();
                assert_eq!((running * percent).div_ceil(100), spare, "{name}");
            }
            None => assert_eq!((spare, most), (0, &1.into()), "{name}"),
        }
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
    assert_eq!(
        (with[0]["topologyKey"].as_str(), budget),
        (Some("topology.kubernetes.io/zone"), "37%".into())
    );
    let (without, budget) = spread(&["--no-zone-loss"]);
    assert_eq!((without, budget), (Value::Null, 1.into()));
}

#[test]
fn scaled_objects_have_room_for_the_plan() {
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
        // From the policy's minimum on where a pod comes in time for the goal, else all that are planned.
        let least = &spec["minReplicaCount"];
        assert!(*least == json!(2) || *least == row["replicas"], "{name}: {least}");
        // The plan's pods, or more where nothing tells of the handler.
        let most = spec["maxReplicaCount"].as_u64();
        assert!(most >= row["replicas"].as_u64() && most > least.as_u64(), "{name}");
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
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine,current_instances,hot_key_share";
    std::fs::write(file.path(), format!("{header}\n{rows}\n")).unwrap();
    file
}

#[test]
fn what_has_no_pods_is_left_out_with_its_reason_or_refused() {
    // No runtime can split one key of 50 billion events a day.
    let (fine, endless) = ("fine,5M,1KB,0,,12,,,", "endless,50B,1KB,0,,1,,,1");
    let path = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
    let both = file(&format!("{fine}\n{endless}"));
    let text = printed(&["export", "kubernetes", &path(&both)]);
    assert!(text.starts_with("# Left out: endless: "), "{text}");
    assert_eq!(parsed(&text).len(), 2);
    tonnage(&["export", "kubernetes", &path(&both), "--strict"]).assert().code(3);
    let alone = file(endless);
    let error = refused(tonnage(&["export", "kubernetes", &path(&alone)]));
    assert!(error.starts_with("error: nothing to write; endless: "), "{error}");
    let same = file("My Orders,5M,1KB,0,,12,,,\nmy-orders,5M,1KB,0,,12,,,");
    let error = refused(tonnage(&["export", "compose", &path(&same)]));
    assert!(error.contains("\"My Orders\" and \"my-orders\" would both be called my-orders"), "{error}");
}

#[test]
fn namespaces_have_names_of_their_own() {
    let row = |name: &str, deployment: &str| format!("{name},5M,1KB,0,{deployment}\n");
    let rows = |deployments: [&str; 2]| {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let rows = row("a", deployments[0]) + &row("b", deployments[1]);
        std::fs::write(file.path(), format!("name,events_per_day,event_size,io_ratio,deployment\n{rows}"))
            .unwrap();
        file
    };
    let apart = rows(["shop/mailer", "crm/mailer"]);
    let path = apart.path().to_str().unwrap();
    let of = |it: &Value| (it["metadata"]["namespace"].clone(), it["metadata"]["name"].clone());
    let names: Vec<_> = exported(&["kubernetes", path]).iter().step_by(2).map(of).collect();
    assert_eq!(names, [("shop".into(), "mailer".into()), ("crm".into(), "mailer".into())]);
    let compose = refused(tonnage(&["export", "compose", path]));
    assert!(compose.contains("\"a\" and \"b\" would both be called mailer"), "{compose}");
    let same = rows(["crm/mailer", "crm/mailer"]);
    let error = refused(tonnage(&["export", "kubernetes", same.path().to_str().unwrap()]));
    assert!(error.contains("\"a\" and \"b\" would both be called crm/mailer"), "{error}");
    let mixed = rows(["crm/mailer", "mailer"]);
    let error =
        refused(tonnage(&["export", "kubernetes", mixed.path().to_str().unwrap(), "--namespace", "crm"]));
    assert!(error.contains("would both be called crm/mailer"), "{error}");
}

// Of the one nothing is given, of the other both cores and memory.
#[test]
fn what_requests_leave_out_is_told() {
    let rows = "name,events_per_day,event_size,io_ratio,observed_cores,memory_mib\nblank,1.1M,4KB,60%,,\nfull,1.1M,4KB,60%,1,300\n";
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), rows).unwrap();
    let output = tonnage(&["export", "kubernetes", file.path().to_str().unwrap()]).output().unwrap();
    let [text, said] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    let memory = "Memory counts no model, cache or tables, as memory_mib and state_mib are empty: the request is a floor, and there is no limit. Set both by what runs.";
    let cpu = "CPU counts nothing of the handler's own code, as handler_ms, observed_cores and utilization are empty: set the request by what runs.";
    let nowhere = "blank, full: no namespace is given, so it is that of kubectl's context; --namespace, --like or deployment as \
                   namespace/name says which";
    assert_eq!(said, format!("blank: {cpu}\nblank: {memory}\n{nowhere}\n"));
    let (blank, full) = text.split_once("# full: ").unwrap();
    let lines: Vec<&str> = blank.lines().map(|line| line.trim().trim_start_matches("# ")).collect();
    assert!(lines.join(" ").contains(&format!("resources: {cpu} {memory} requests:")), "{blank}");
    assert!(!full.contains("Memory counts") && !full.contains("CPU counts"), "{full}");
}

#[test]
fn what_contradicts_itself_is_left_out() {
    // 579 events/s of 50 ms are 29 cores, and three machines of 2 vCPUs have 6.
    let rows = "odd,50M,1KB,0,50,96,c6i.large,3,\nfine,1M,1KB,0,1,96,c6i.large,3,";
    let odd = file(rows);
    let text = printed(&["export", "kubernetes", odd.path().to_str().unwrap()]);
    let said = text.replace("\n# ", " ");
    assert!(said.starts_with("# Left out: odd: handler_ms gives 28.9 cores at the mean rate"), "{text}");
    assert_eq!(parsed(&text)[0]["metadata"]["name"], "fine");
    let alone = refused(tonnage(&[
        "export",
        "kubernetes",
        file(rows.split('\n').next().unwrap()).path().to_str().unwrap(),
    ]));
    assert!(alone.contains("nothing to show until the inputs are mended; odd: "), "{alone}");
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

/// What `hours --history` has as the best is what is written, with its target.
#[test]
fn the_best_of_a_replay_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let row = "orders,13.8M,1KB,0,20,48,c7i.large,2.5,2000,event,1";
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine,peak_factor,p99_ms,commit,in_flight";
    write("fleet.csv", format!("{header}\n{row}\n"));
    // Every third hour is ten times as busy as the two before it.
    let rate = |at: usize| if matches!(at / 12 % 3, 0) { 400 } else { 40 };
    let sample = |at: usize| format!("{},orders,{}\n", 1_782_864_000 + at * 300, rate(at));
    write("spikes.csv", "timestamp,workload,rate\n".to_owned() + &(0..576).map(sample).collect::<String>());
    let command = |args: &[&str]| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.current_dir(folder.path()).args(args).args(["--history", "spikes.csv"]);
        command
    };
    let run = |args: &[&str]| command::printed(command(args));
    let mut seen = std::collections::BTreeSet::new();
    for set in [
        &["--rebalance", "3s"][..],
        &["--boot", "90s"],
        &["--set", "commit=interval"],
        &["--set", "p99_ms=60000"],
    ] {
        let made: Value =
            serde_json::from_str(&run(&[&["hours", "fleet.csv", "--format", "json"], set].concat())).unwrap();
        let rows = made["replays"].as_array().unwrap();
        let best = rows.iter().find(|row| row["is_best"] == true).unwrap();
        let args = [
            &["export", "keda", "fleet.csv", "--topic", "{name}", "--prometheus", "http://prometheus:9090"],
            set,
        ]
        .concat();
        if best["follows"] == "nothing" {
            let said = refused(command(&args));
            assert!(
                said.contains("nothing to write; orders: keep ") && said.contains(" pods at any time"),
                "{said}"
            );
            seen.insert("nothing");
            continue;
        }
        let written = parsed(&run(&args));
        let (spec, trigger) = (&written[0]["spec"], &written[0]["spec"]["triggers"][0]);
        assert_eq!(
            (&spec["minReplicaCount"], &spec["maxReplicaCount"]),
            (&best["min_replicas"], &best["max_replicas"])
        );
        let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
        let (kind, value, target) = match best["follows"].as_str().unwrap() {
            "cpu" => ("cpu", number(&trigger["metadata"]["value"]) / 100.0, &best["cpu_utilization"]),
            "rate" => {
                ("prometheus", number(&trigger["metadata"]["threshold"]), &best["events_per_second_per_pod"])
            }
            other => ("kafka", number(&trigger["metadata"]["lagThreshold"]), {
                assert_eq!(other, "lag");
                &best["lag_per_pod"]
            }),
        };
        assert!((value - target.as_f64().unwrap()).abs() < 1e-6 * value, "{trigger} is not {best}");
        assert_eq!(trigger["type"], kind);
        seen.insert(kind);
        // The share of one container's request, where the pod has others.
        let beside = parsed(&run(&[&args[..], &["--set", "sidecars=100m/128Mi"]].concat()));
        let of = |it: &[Value]| it[0]["spec"]["triggers"][0]["metadata"]["containerName"].clone();
        let expected = if kind == "cpu" { "consumer".into() } else { Value::Null };
        assert_eq!((of(&written), of(&beside)), (Value::Null, expected));
    }
    assert!(seen.len() > 1, "{seen:?}");
}

// What runs keeps its names: a patch has only what changes, and the budget finds the same pods.
#[test]
fn patches_fit_what_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(
        path("w.csv"),
        "name,events_per_day,event_size,io_ratio,handler_ms\norders-consumer,8M,1KB,50%,5\nnew one,8M,1KB,50%,5\n",
    )
    .unwrap();
    let running = json!({ "kind": "List", "items": [{
        "kind": "Deployment",
        "metadata": { "name": "orders-consumer", "namespace": "shop" },
        "spec": {
            "selector": { "matchLabels": { "app": "orders" } },
            "template": { "spec": { "containers": [{ "name": "istio-proxy" }, {
                "name": "app", "resources": { "limits": { "memory": "512Mi" } },
            }] } },
        },
    }]});
    std::fs::write(path("deploy.json"), running.to_string()).unwrap();
    let mut command = Command::cargo_bin("tonnage").unwrap();
    let (fleet, like) = (path("w.csv"), path("deploy.json"));
    command.args([
        "export",
        "kubernetes",
        &fleet,
        "--like",
        &like,
        "--namespace",
        "ours",
        "--container",
        "worker",
    ]);
    let text = command::printed(command);
    let all = parsed(&text);
    let [patch, budget, new, new_budget] = &all[..] else { panic!("{all:#?}") };
    // The parts that the head tells to make are the documents.
    let split = text.lines().find_map(|line| line.strip_prefix("# awk ")).unwrap();
    std::fs::write(folder.path().join("FILE"), &text).unwrap();
    Command::new("sh").args(["-c", &format!("awk {split}")]).current_dir(folder.path()).assert().success();
    let part = |n: usize| parsed(&std::fs::read_to_string(path(&format!("part-{n}.yaml"))).unwrap());
    assert_eq!((0..4).flat_map(part).collect::<Vec<_>>(), all);
    let each =
        "\n# for p in part-*.yaml; do kubectl patch -f $p --patch-file $p || kubectl create -f $p; done\n";
    assert!(text.contains(each), "{text}");
    assert_eq!(patch["metadata"], json!({ "name": "orders-consumer", "namespace": "shop" }));
    let template = &patch["spec"]["template"];
    let container = &template["spec"]["containers"][0];
    assert_eq!((&container["name"], &container["image"]), (&"app".into(), &Value::Null));
    assert!(container["resources"]["requests"]["cpu"].is_string());
    // The plan asks for less, by no memory that was measured.
    assert_eq!(container["resources"]["limits"]["memory"], "512Mi");
    for left_out in [&patch["spec"]["selector"], &template["metadata"]] {
        assert!(left_out.is_null(), "{patch:#}");
    }
    for labels in [
        &budget["spec"]["selector"]["matchLabels"],
        &template["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
    ] {
        assert_eq!(*labels, json!({ "app": "orders" }));
    }
    assert_eq!(budget["metadata"]["namespace"], "shop");
    let new_container = &new["spec"]["template"]["spec"]["containers"][0]["name"];
    assert_eq!((&new["metadata"]["namespace"], new_container), (&"ours".into(), &"worker".into()));
    assert_eq!(new_budget["metadata"]["namespace"], "ours");
}

/// A Deployment keeps its namespace, `--namespace` is that of what has none, and of several with a name the one that it has.
#[test]
fn namespaces_of_what_runs_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let rows = "orders,8M,1KB,50%,5,\nclicks,8M,1KB,50%,5,\nmail,8M,1KB,50%,5,crm/mail\n";
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,deployment\n";
    std::fs::write(path("w.csv"), header.to_owned() + rows).unwrap();
    let running = |all: &[(&str, &str)]| {
        let items: Vec<Value> = all
            .iter()
            .map(|(namespace, name)| {
                let mut metadata = json!({ "name": name });
                if !namespace.is_empty() {
                    metadata["namespace"] = json!(namespace);
                }
                json!({ "kind": "Deployment", "metadata": metadata, "spec": {
                    "selector": { "matchLabels": { "app": name } },
                    "template": { "spec": { "containers": [{ "name": "app" }] } },
                }})
            })
            .collect();
        std::fs::write(path("deploy.json"), json!({ "kind": "List", "items": items }).to_string()).unwrap();
    };
    let export = |more: &[&str]| {
        let (fleet, like) = (path("w.csv"), path("deploy.json"));
        tonnage(&[&["export", "kubernetes", &fleet, "--like", &like][..], more].concat())
    };
    let namespaces = |more: &[&str]| -> Vec<Value> {
        let all = parsed(&command::printed(export(more)));
        assert!(all.chunks(2).all(|it| it[0]["metadata"]["namespace"] == it[1]["metadata"]["namespace"]));
        all.iter().step_by(2).map(|it| it["metadata"]["namespace"].clone()).collect()
    };
    // One keeps its own, another has none, the third is in the column.
    running(&[("shop", "orders")]);
    assert_eq!(namespaces(&["--namespace", "ours"]), ["shop", "ours", "crm"]);
    let said = String::from_utf8(export(&["--namespace", "ours"]).output().unwrap().stderr).unwrap();
    let told = "not in ours, as --like or the column deployment says where: shop/orders, crm/mail\n";
    assert!(said.ends_with(told), "{said}");
    // A manifest without a namespace is patched in the one that is asked for, or in its row's.
    running(&[("", "orders"), ("", "clicks"), ("", "mail")]);
    assert_eq!(namespaces(&["--namespace", "ours"]), ["ours", "ours", "crm"]);
    assert!(
        refused(export(&["--namespace", "ours", "--container", "worker"]))
            .contains("error: --container: all of these have one")
    );
    // Of two, the one asked for.
    running(&[("shop", "orders"), ("ours", "orders"), ("shop", "clicks")]);
    assert_eq!(namespaces(&["--namespace", "ours"]), ["ours", "shop", "crm"]);
    for more in [&[][..], &["--namespace", "other"]] {
        let said = refused(export(more));
        assert!(
            said.contains("orders: --like has Deployments called orders in shop and ours; say which"),
            "{said}"
        );
    }
    let said = refused(export(&["mail", "--namespace", "ours"]));
    assert!(said.contains("--namespace: all of these have one by --like or the column deployment"), "{said}");
}

/// Files in a folder, and what a command says in it: standard output and standard error.
fn in_folder(files: &[(&str, &str)], args: &[&str]) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
    let output = tonnage(args).current_dir(folder.path()).output().unwrap();
    [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap())
}

/// One StatefulSet or Deployment with a container `app` beside a proxy.
fn runs(kind: &str, name: &str, replicas: u32, app: Value, pod: Value) -> String {
    let mut app = app;
    app["name"] = "app".into();
    let mut pod = pod;
    pod["containers"] = json!([{ "name": "istio-proxy" }, app]);
    json!({
        "kind": kind,
        "metadata": { "name": name, "namespace": "pay" },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": name } },
            "template": { "spec": pod },
        },
    })
    .to_string()
}

// A merge keeps what a patch does not name: the CPU limit, which the request is above, and where a variable is read, beside which it
// may have no value. What is larger stays: the memory limit.
#[test]
fn patches_take_back_what_a_merge_would_keep() {
    let app = json!({
        "resources": { "requests": { "cpu": "10m" }, "limits": { "cpu": "20m", "memory": "64Gi" } },
        "env": [{ "name": "OMP_NUM_THREADS", "valueFrom": { "configMapKeyRef": {} } }, { "name": "A", "value": "1" }],
    });
    let pod = json!({ "nodeSelector": { "pool": "fast" }, "affinity": { "nodeAffinity": {} } });
    let rows =
        "name,events_per_day,event_size,io_ratio,handler_ms,deployment\nentries,8M,1KB,50%,5,pay/ledger\n";
    let stateful = runs("StatefulSet", "ledger", 7, app, pod);
    let files = [("w.csv", rows), ("sts.json", &stateful)];
    let args = ["export", "kubernetes", "w.csv", "--like", "sts.json"];
    let [text, said] = in_folder(&files, &args);
    let [patch, budget] = &parsed(&text)[..] else { panic!("{text}") };
    assert_eq!(patch["kind"], "StatefulSet");
    assert_eq!(patch["metadata"], json!({ "name": "ledger", "namespace": "pay" }));
    let pod = &patch["spec"]["template"]["spec"];
    assert_eq!(pod["topologySpreadConstraints"][0]["matchLabelKeys"], json!(["controller-revision-hash"]));
    let container = &pod["containers"][0];
    assert_eq!(container["resources"]["limits"], json!({ "cpu": null, "memory": "65536Mi" }));
    assert_eq!(container["env"], json!([{ "name": "OMP_NUM_THREADS", "value": "1", "valueFrom": null }]));
    assert_eq!(budget["spec"]["selector"]["matchLabels"], json!({ "app": "ledger" }));
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_start_matches("# ")).collect();
    let flat = lines.join(" ");
    assert!(
        flat.contains("So does nodeSelector pool=fast and nodeAffinity: see that it selects nodes of "),
        "{text}"
    );
    let (replicas, cpu) = (&patch["spec"]["replicas"], &container["resources"]["requests"]["cpu"]);
    let told = format!("entries: {replicas} pods instead of 7, {} instead of 10m, ", cpu.as_str().unwrap());
    assert!(said.starts_with(&told) && !said.contains("namespace"), "{said}");
    // What an autoscaler sets is left to it, and it has to know what it scales.
    let [text, _] = in_folder(&files, &[&args[..], &["--no-replicas"]].concat());
    assert!(!text.contains("replicas:"), "{text}");
    let [text, said] = in_folder(&files, &["export", "keda", "w.csv", "--like", "sts.json"]);
    let scaled = &parsed(&text)[0];
    assert_eq!(scaled["spec"]["scaleTargetRef"], json!({ "kind": "StatefulSet", "name": "ledger" }));
    assert_eq!((&scaled["metadata"]["namespace"], said.as_str()), (&"pay".into(), ""));
    let [_, said] = in_folder(&files, &["export", "keda", "w.csv", "--set", "deployment=ledger"]);
    assert!(said.contains("entries: no namespace is given, so it is that of kubectl's context"), "{said}");
}

// Of the limit that runs, 2,048 MiB, 85 % are 1,740.8 MiB, and 85 % of one that is raised are of the plan's. A heap has these less what an
// idle process takes: 69.0 of Java, 55.3 of Node.js.
#[test]
fn heaps_keep_to_the_limit_in_force() {
    for (runtime, variable, option, unit, idle) in [
        ("go-franz", "GOMEMLIMIT", "", "MiB", 0.0),
        ("java-kafka-clients", "JAVA_TOOL_OPTIONS", "-Xmx", "m", 69.0273),
        ("node-kafkajs", "NODE_OPTIONS", "--max-old-space-size=", "", 55.2515),
    ] {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,memory_mib,current_runtime\na,8M,1KB,50%,5,300,{runtime}\n"
        );
        for (runs_at, stays) in [("2Gi", true), ("64Mi", false)] {
            let app = json!({ "resources": { "limits": { "memory": runs_at } } });
            let like = runs("Deployment", "a", 9, app, json!({}));
            let args = ["export", "kubernetes", "w.csv", "--like", "all.json"];
            let [text, said] = in_folder(&[("w.csv", &rows), ("all.json", &like)], &args);
            let Some(patch) = parsed(&text).into_iter().next() else { panic!("{said}") };
            let container = &patch["spec"]["template"]["spec"]["containers"][0];
            let limit = container["resources"]["limits"]["memory"].as_str().unwrap();
            assert_eq!((limit == "2048Mi", limit == "64Mi"), (stays, false), "{text}");
            let heap = 0.85 * limit.trim_end_matches("Mi").parse::<f64>().unwrap() - idle;
            let env = container["env"].as_array().unwrap();
            let value = env.iter().find(|it| it["name"] == variable).unwrap()["value"].as_str().unwrap();
            assert!(value.ends_with(&format!("{option}{}{unit}", heap.floor())), "{value} under {limit}");
        }
    }
}

// A patch replaces a whole variable. A heap and a collector of what runs give way to those of the plan, and so does a value that is read elsewhere.
#[test]
fn options_that_run_stay_beside_those_of_a_plan() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,memory_mib,current_runtime\na,8M,1KB,50%,5,300,java-kafka-clients\n";
    let value = |env: Value| {
        let app = json!({ "resources": { "limits": { "memory": "2Gi" } }, "env": [env] });
        let like = runs("Deployment", "a", 9, app, json!({}));
        let args = ["export", "kubernetes", "w.csv", "--like", "all.json"];
        let [text, _] = in_folder(&[("w.csv", rows), ("all.json", &like)], &args);
        parsed(&text)[0]["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let java = |given: &str| value(json!({ "name": "JAVA_TOOL_OPTIONS", "value": given }));
    let planned = java("");
    assert!(planned.ends_with("-Xmx1671m"), "{planned}");
    assert_eq!(
        java("-javaagent:/otel.jar -XX:+UseG1GC -Xmx900m -Da=b"),
        format!("-javaagent:/otel.jar -Da=b {planned}")
    );
    let read = json!({ "name": "JAVA_TOOL_OPTIONS", "valueFrom": { "configMapKeyRef": { "name": "a", "key": "b" } } });
    assert_eq!(value(read), planned);
}

/// An autoscaler sets how many run: a patch leaves that to it, and KEDA, which refuses a second one, takes it over. One that KEDA made
/// is of the ScaledObject by its name.
#[test]
fn what_an_autoscaler_scales_is_left_to_it_or_taken_over() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,deployment\nentries,8M,1KB,50%,5,24,pay/ledger\n";
    let fitted = |name: &str, namespace: &str, kind: &str| {
        let deployment: Value =
            serde_json::from_str(&runs("Deployment", "ledger", 7, json!({}), json!({}))).unwrap();
        let autoscaler = json!({
            "kind": "HorizontalPodAutoscaler",
            "metadata": { "name": name, "namespace": namespace },
            "spec": { "scaleTargetRef": { "kind": kind, "name": "ledger" }, "minReplicas": 3, "maxReplicas": 12 },
        });
        let list = json!({ "kind": "List", "items": [autoscaler, deployment] }).to_string();
        let of = |what: &str| {
            in_folder(
                &[("w.csv", rows), ("all.json", &list)],
                &["export", what, "w.csv", "--like", "all.json"],
            )
        };
        let [patches, told] = of("kubernetes");
        let [scaled, _] = of("keda");
        (parsed(&patches).swap_remove(0), told, parsed(&scaled).swap_remove(0))
    };
    // What is to be printed has them, too.
    let [_, said] = in_folder(
        &[("w.csv", rows), ("all.json", "{}")],
        &["export", "kubernetes", "w.csv", "--like", "all.json"],
    );
    assert!(said.contains("give what this prints: kubectl get deploy,sts,hpa -A -o json"), "{said}");
    let (patch, told, scaled) = fitted("by-cpu", "pay", "Deployment");
    assert_eq!(patch["spec"]["replicas"], Value::Null);
    let by = " pods planned where HorizontalPodAutoscaler by-cpu sets how many run\n";
    assert!(told.contains(by), "{told}");
    let annotations = json!({ "scaledobject.keda.sh/transfer-hpa-ownership": "true" });
    assert_eq!(
        (&scaled["metadata"]["name"], &scaled["metadata"]["annotations"]),
        (&"ledger".into(), &annotations)
    );
    assert_eq!(scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["name"], "by-cpu");
    let (patch, _, scaled) = fitted("keda-hpa-ledger-lag", "pay", "Deployment");
    assert_eq!(patch["spec"]["replicas"], Value::Null);
    let config = &scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"];
    let of_keda = (&scaled["metadata"]["name"], &scaled["metadata"]["annotations"], &config["name"]);
    assert_eq!(of_keda, (&"ledger-lag".into(), &Value::Null, &Value::Null));
    // That of another namespace is of another Deployment, and that of a StatefulSet by the name of none.
    for (namespace, kind) in [("elsewhere", "Deployment"), ("pay", "StatefulSet")] {
        let (patch, _, scaled) = fitted("by-cpu", namespace, kind);
        assert!(
            patch["spec"]["replicas"].is_u64() && scaled["metadata"]["annotations"].is_null(),
            "{patch:#}"
        );
    }
}

const HOOKS: &str = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,current_instances,\
                     current_usd_per_month,observed_cores\n\
                     hooks,8.64M,1KB,95%,90,1.5,48,4,100,0.6\n";

/// What `plan` decides of the only row, by its columns.
fn decided(rows: &str, more: &[&str]) -> Value {
    let args = [&["plan", "w.csv", "--format", "json"], more].concat();
    let [text, said] = in_folder(&[("w.csv", rows)], &args);
    let json: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{said}"));
    json["decisions"][0].clone()
}

// 100/s of 90 ms are 9 in flight on average, 13.5 at peak, and 4 pods run: 3.4 each, so they work on several. What runs is kept, and
// so are its pods, whatever a plan of one at a time asks for.
#[test]
fn what_is_kept_holds_what_runs() {
    let it = decided(HOOKS, &[]);
    assert!(it["action"].as_str().unwrap().starts_with("keep if parallel"), "{it:#}");
    assert_eq!((&it["depends_on_column"], &it["lags"]), (&"concurrency".into(), &false.into()));
    let why = "today's 4 pods would be 34";
    assert!(it["sentence"].as_str().unwrap().contains(why), "{it:#}");
    let consumer = decided(HOOKS, &["--set", "concurrency=consumer"]);
    assert_eq!(consumer["depends_on_column"], "current_processes");
    // As many as the pods, of one event each, cannot be; sixteen can.
    let processes = |count: &str| {
        decided(HOOKS, &["--set", "concurrency=consumer", "--set", &format!("current_processes={count}")])
    };
    assert_eq!(processes("4")["baseline"], "contradictory");
    assert_eq!(
        (&processes("16")["lags"], &processes("16")["depends_on_column"]),
        (&false.into(), &Value::Null)
    );
    let pods = decided(HOOKS, &["--unit", "pods"]);
    assert_eq!(pods["action"], "keep 4 pods");
    let files = [("w.csv", HOOKS)];
    let [text, said] = in_folder(&files, &["export", "kubernetes", "w.csv", "--namespace", "pay"]);
    assert_eq!(parsed(&text)[0]["spec"]["replicas"], 4);
    assert!(!said.contains("instead of") && text.replace("\n# ", " ").contains(why), "{text} {said}");
    let [_, said] = in_folder(&files, &["export", "keda", "w.csv"]);
    assert!(said.starts_with("error: nothing to write; hooks: ") && said.contains(why), "{said}");
    // Of what goes on as it runs no patch is needed.
    let like = runs("Deployment", "hooks", 4, json!({}), json!({}));
    let files = [("w.csv", HOOKS), ("deploy.json", like.as_str())];
    let [text, said] = in_folder(&files, &["export", "kubernetes", "w.csv", "--like", "deploy.json"]);
    assert!(said.contains("\nLeft out: hooks: its 4 pods go on as they run; "), "{said}");
    assert!(text.lines().all(|line| line.starts_with("# ")), "{text}");
}

#[test]
fn what_has_no_verdict_is_left_out() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_runtime\n\
                open,50M,1KB,0.5,2,6,go-kafka-go\nfine,100M,1KB,0,1,12,python-aiokafka\n";
    let it = decided(rows, &["--workload", "open"]);
    assert_eq!(it["action"], "give peak_factor and skew");
    for what in ["kubernetes", "keda", "compose"] {
        let [text, said] = in_folder(&[("w.csv", rows)], &["export", what, "w.csv"]);
        let reason = "Left out: open: there is no verdict yet: it depends on peak_factor";
        assert!(said.contains(reason) && text.replace("\n# ", " ").contains(reason), "{text} {said}");
        assert!(!text.contains("name: open") && text.contains("fine"), "{text}");
    }
}

// 3 pods of a node each are kept, and a plan has smaller ones: a target for these would be none for those.
#[test]
fn what_is_kept_in_other_pods_than_the_plans_gets_no_trigger() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,observed_cores,current_machine,\
                current_instances,concurrency\norders,36M,1KB,70%,25,1.95,48,3.5,c6i.xlarge,3,partition\n";
    let like = runs("Deployment", "orders", 3, json!({}), json!({}));
    let files = [("w.csv", rows), ("deploy.json", like.as_str())];
    let [_, said] = in_folder(&files, &["export", "keda", "w.csv", "--like", "deploy.json"]);
    assert!(
        said.contains("orders: its 3 pods go on as they run; a trigger is of pods as the plan would"),
        "{said}"
    );
    let [text, _] = in_folder(&files, &["export", "keda", "w.csv"]);
    assert!(
        text.replace("\n# ", " ").contains("Plan keeps 3 x c6i.xlarge; 9 pods would run instead"),
        "{text}"
    );
    // How many each takes is a question for pods and machines alike.
    let text = printed(&["export", "keda", FLEET]).replace("\n# ", " ");
    assert!(text.contains("Left out: email-sender: today's processes would be 130 % busy"), "{text}");
}

// The eight pods of the plan read 61 partitions, so one has 8 where the mean has 7.63: 1.05 times that. A pod pays for c, so lag may take
// c (90 - a) s / 1.05, of the figures in the comment, which have three digits.
#[test]
fn the_comment_of_a_threshold_gives_it() {
    let rows = "name,events_per_day,event_size,io_ratio,observed_cores,current_runtime,peak_factor,partitions,p99_ms,memory_mib,current_fetch_wait_ms\n\
                orders,77.84M,1.8KB,20%,2.6,go-franz,1.63,61,90000,517.5,0\n";
    let [text, said] = in_folder(&[("w.csv", rows)], &["export", "keda", "w.csv"]);
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_start_matches("# ")).collect();
    let flat = lines.join(" ");
    let after = |begin: &str| {
        let rest = flat.split_once(begin).unwrap_or_else(|| panic!("no {begin}: {text} {said}")).1;
        rest.split([' ', '/', ':', '"', '\n']).next().unwrap().parse::<f64>().unwrap()
    };
    assert_eq!((after("maxReplicaCount: "), after("divided by ")), (8.0, 1.05));
    let told = after("pays for ") * (90.0 - after("a pod reads ")) / 1.05;
    let written = after("lagThreshold: \"");
    assert!((told / written - 1.0).abs() < 0.01, "{told} {written}");
}

// One trigger for each topic would scale by the larger lag, not by that of the group.
#[test]
fn several_topics_are_scaled_by_the_lag_of_the_group() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,topic,group,peak_factor\n\
                notify,8M,1KB,50%,5,12,placed; paid,cg,3\n";
    let [text, _] =
        in_folder(&[("w.csv", rows)], &["export", "keda", "w.csv", "--bootstrap-servers", "k:9092"]);
    let trigger = &parsed(&text)[0]["spec"]["triggers"][0]["metadata"];
    assert_eq!((&trigger["topic"], &trigger["consumerGroup"]), (&Value::Null, &"cg".into()));
    assert!(
        text.replace("\n        # ", " ").contains("the lag of all that the group reads: placed, paid."),
        "{text}"
    );
}
