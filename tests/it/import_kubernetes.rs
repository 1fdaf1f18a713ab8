//! What kubectl prints as rows of workloads: the made-up cluster of examples/import/kubernetes, with the arithmetic by hand.

use super::command::{printed, refused};
use assert_cmd::Command;
use serde_json::{Value, json};
use tonnage::input::imports::named::owners;

const CLUSTER: &str = "examples/import/kubernetes/cluster.json";
const TOP: &str = "examples/import/kubernetes/top.txt";
const FLEET: &str = "examples/import/kubernetes/fleet.csv";

fn import(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["import", "kubernetes"]).args(arguments);
    command
}

/// What is said on standard error beside the rows.
fn said(arguments: &[&str]) -> String {
    String::from_utf8(import(arguments).output().unwrap().stderr).unwrap()
}

/// The samples, each with a text in the place of another.
fn spoilt(changes: &[(&str, &str, &str)], arguments: &[&str]) -> Command {
    let folder = tempfile::tempdir().unwrap().keep();
    for (name, path) in [("cluster.json", CLUSTER), ("top.txt", TOP)] {
        let mut text = std::fs::read_to_string(path).unwrap();
        for (_, from, to) in changes.iter().filter(|(of, ..)| *of == name) {
            assert!(text.contains(from), "{name} {from}");
            text = text.replace(from, to);
        }
        std::fs::write(folder.join(name), text).unwrap();
    }
    let mut command = import(&["cluster.json", "top.txt"]);
    command.args(arguments).current_dir(folder);
    command
}

#[test]
fn rows_of_a_cluster() {
    // orders: 1.31 + 1.19 + 1.1 cores; (1,180 + 1,220 + 1,200) / 3 MiB. Each pod requests 3 of the 3.92 cores of its node.
    // ledger: 0.62 + 0.58; (700 + 740) / 2. shop/mailer without fluent-bit: 0.21 + 0.19; (298 + 302) / 2. That requests 50m and 64Mi.
    assert_eq!(
        printed(import(&[CLUSTER, TOP])),
        "name,events_per_day,event_size,io_ratio,observed_cores,provider,region,current_machine,current_node_type,\
         current_instances,memory_mib,sidecars\n\
         billing/mailer,,,,0.012,aws,eu-west-1,,m6i.xlarge,1,96,\n\
         ledger,,,,1.2,aws,eu-west-1,,m6i.xlarge,2,720,\n\
         orders,,,,3.6,aws,eu-west-1,c6i.xlarge,,3,1200,\n\
         shop/mailer,,,,0.4,aws,eu-west-1,,m6i.xlarge,2,300,50m/64Mi\n"
    );
}

#[test]
fn what_is_said_beside_them() {
    // Requested: 0.1 + 2 x 1 + 3 x 3 + 2 x 0.5 = 12.1 cores, 128 + 2 x 1,024 + 3 x 2,048 + 2 x 512 = 9,344 MiB. Used:
    // 0.012 + 1.2 + 3.6 + 0.4 = 5.212 cores, 96 + 1,440 + 3,600 + 600 = 5,736 MiB.
    assert_eq!(
        said(&[CLUSTER, TOP]),
        "Found 4 workloads: observed_cores, provider, region, current_machine, current_node_type, current_instances, \
         memory_mib, sidecars.\n\
         Fill in: events_per_day, event_size, io_ratio.\n\
         observed_cores and memory_mib are of one moment, not a mean; print again at other hours, and give all files.\n\
         8 pods use 43 % of the CPU that they request (5.21 cores of 12.1 cores), 61 % of the memory that they request \
         (5.6 GiB of 9.12 GiB).\n\
         Least used: orders (3.6 of 9 cores), ledger (1.2 of 2 cores), shop/mailer (0.4 of 1 cores), billing/mailer \
         (0.012 of 0.1 cores).\n\
         Sidecars, not in observed_cores and memory_mib: fluent-bit (0.016 cores, 64 MiB), istio-proxy (0.12 cores, 180 MiB).\n\
         Left out, scaled to 0: reports.\n\
         To pack pods on nodes as they share now (plan --unit pods, hours, export): --node-type m6i.xlarge.\n\
         Pods of no Deployment or StatefulSet that was given: nightly-29400120-7xq9v.\n\
         Passed over: namespace kube-system.\n"
    );
}

#[test]
fn several_moments_are_averaged() {
    let folder = tempfile::tempdir().unwrap();
    let later = folder.path().join("later.txt");
    // One of the three pods of orders is gone: (1.31 + 1.19 + 1.1 + 0.9 + 0.7) / 2 = 2.6 cores, (1,180 + 1,220 + 1,200 +
    // 800 + 600) / 5 = 1,000 MiB.
    let text = "NAMESPACE POD NAME CPU(cores) MEMORY(bytes)\n\
                shop orders-7d9c5b8f6d-4xk2p orders 900m 800Mi\n\
                shop orders-7d9c5b8f6d-9vbtz orders 700m 600Mi\n \
                ________ ________\n 1600m 1400Mi\n";
    std::fs::write(&later, text).unwrap();
    let files = [CLUSTER, TOP, later.to_str().unwrap()];
    let rows = printed(import(&files));
    assert!(rows.contains("\norders,,,,2.6,aws,eu-west-1,c6i.xlarge,,3,1000,\n"), "{rows}");
    let said = said(&files);
    assert!(said.contains("observed_cores and memory_mib are means of 2 moments.\n"), "{said}");
    // 2.5 pods on average are 3 replicas, 1 of ledger's 2 is not.
    assert!(
        said.contains("Not as many pods as replicas: ledger (1 of 2), shop/mailer (1 of 2).\n"),
        "{said}"
    );
}

#[test]
fn a_container_is_chosen() {
    // 0.009 + 0.007 cores; (30 + 34) / 2 MiB. The others stay.
    let rows = printed(import(&[CLUSTER, TOP, "--container", "fluent-bit"]));
    assert!(rows.contains("\nshop/mailer,,,,0.016,aws,eu-west-1,,m6i.xlarge,2,32,500m/512Mi\n"), "{rows}");
    assert!(rows.contains("\norders,,,,3.6,"), "{rows}");
    let error = refused(import(&[CLUSTER, TOP, "--container", "ordrs"]));
    assert!(error.contains("unknown container \"ordrs\"; did you mean \"orders\"?"), "{error}");
    // A container that is no known sidecar counts too.
    let changes = [("cluster.json", "fluent-bit", "helper"), ("top.txt", "fluent-bit", "helper")];
    let rows = printed(spoilt(&changes, &[]));
    assert!(rows.contains("\nshop/mailer,,,,0.416,aws,eu-west-1,,m6i.xlarge,2,332\n"), "{rows}");
}

/// Where no pod says its node, those that the selector allows do; without nodes there is no place.
#[test]
fn the_machine_is_that_of_its_nodes() {
    let rows = printed(spoilt(&[("cluster.json", "\"nodeName\"", "\"was\"")], &[]));
    assert!(rows.contains("\norders,,,,3.6,aws,eu-west-1,c6i.xlarge,,3,1200,\n"), "{rows}");
    // Half of a node for each pod: 1.96 of 3.92 cores, so that two fit.
    let rows = printed(spoilt(&[("cluster.json", "\"cpu\": \"3\"", "\"cpu\": \"1960m\"")], &[]));
    assert!(rows.contains("\norders,,,,3.6,aws,eu-west-1,c6i.xlarge,3,1200,\n"), "{rows}");
    assert!(rows.contains(",provider,region,current_node_type,current_instances,"), "{rows}");
    let without = || spoilt(&[("cluster.json", "\"Node\"", "\"Noodle\"")], &[]);
    let rows = printed(without());
    assert!(rows.contains("\norders,,,,3.6,3,1200,\n"), "{rows}");
    let said = String::from_utf8(without().output().unwrap().stderr).unwrap();
    let expected = "No nodes, so provider, region and machine type are left empty; give what this prints: kubectl get \
                    deploy,sts,hpa,pods,nodes -A -o json\n";
    assert!(said.ends_with(expected), "{said}");
}

// Nothing stands for what labels do not say: neither where one node in two has them nor where none does. What does is told.
#[test]
fn nodes_without_labels_are_no_guess() {
    let label = "\"node.kubernetes.io/instance-type\": \"c6i.xlarge\"";
    let none = spoilt(&[("cluster.json", label, "\"a\": \"b\"")], &[]);
    let rows = printed(none);
    assert!(rows.contains("\norders,,,,3.6,aws,eu-west-1,,3,1200,\n"), "{rows}");
    let text = std::fs::read_to_string(CLUSTER).unwrap();
    let (before, after) = text.split_at(text.find(label).unwrap() + label.len());
    let one = before.replace(label, "\"a\": \"b\"");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.json");
    std::fs::write(&file, one + after).unwrap();
    let file = file.to_str().unwrap();
    let rows = printed(import(&[file, TOP]));
    assert!(rows.contains("\norders,,,,3.6,aws,eu-west-1,,3,1200,\n"), "{rows}");
    let told = said(&[file, TOP]);
    let expected = "current_machine left empty, as labels of nodes say none, several or one in no list; fill it in: \
                    orders (c6i.xlarge, no label).\n";
    assert!(told.contains(expected), "{told}");
    let file = folder.path().join("nowhere.json");
    std::fs::write(&file, text.replace("topology.kubernetes.io/region", "region").replace("aws:///", ""))
        .unwrap();
    let told = said(&[file.to_str().unwrap(), TOP]);
    let expected = "region left empty, as labels of nodes say none, several or one in no list; fill it in, or --set \
                    region=... for every row: billing/mailer, ledger, shop/mailer, orders.\n";
    assert!(told.contains(expected) && !told.contains("provider left empty"), "{told}");
}

#[test]
fn replicas_that_an_autoscaler_sets_are_of_the_moment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hpa.json");
    let told = |kind: &str, name: &str| {
        let autoscaler = json!({ "kind": "HorizontalPodAutoscaler", "metadata": { "name": name, "namespace": "shop" },
            "spec": { "scaleTargetRef": { "kind": kind, "name": name }, "maxReplicas": 9 } });
        std::fs::write(&file, autoscaler.to_string()).unwrap();
        said(&[CLUSTER, TOP, file.to_str().unwrap()])
    };
    // A StatefulSet by the name of a Deployment is another, and what is scaled to 0 has no row.
    for (kind, name) in [("StatefulSet", "orders"), ("Deployment", "reports")] {
        assert!(!told(kind, name).contains("of the moment"), "{kind} {name}");
    }
    let told = told("Deployment", "orders");
    let expected =
        "current_instances of the moment, as a HorizontalPodAutoscaler sets them: orders (orders).\n";
    assert!(told.contains(expected), "{told}");
}

// Two pods of a Deployment and what they use or do not, on a node of each type or of one: nothing is taken for both, and a row on
// machines of its own keeps these.
#[test]
fn the_type_of_nodes_that_pods_share() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let node = |name: &str, kind: &str| {
        format!(
            r#"{{"kind": "Node", "metadata": {{"name": "{name}", "labels": {{"node.kubernetes.io/instance-type": "{kind}"}}}}}}"#
        )
    };
    let pod = |end: &str, node: &str| {
        format!(
            r#"{{"kind": "Pod", "metadata": {{"name": "a-7d9c5b8f6d-{end}", "namespace": "n"}}, "spec": {{"nodeName": "{node}"}}}}"#
        )
    };
    let deployment =
        r#"{"kind": "Deployment", "metadata": {"name": "a", "namespace": "n"}, "spec": {"replicas": 2}}"#;
    std::fs::write(path("fleet.csv"), "name,current_machine,current_instances\na,c6i.xlarge,4\n").unwrap();
    for (on, rows, expected) in [
        ("n1", "a,,,,aws,m6i.xlarge,2\n", "hours, export): --node-type m6i.xlarge.\n"),
        ("n2", "a,,,,aws,2\n", "for every row: a (m5.large, m6i.xlarge).\n"),
    ] {
        let objects = [
            deployment,
            &node("n1", "m6i.xlarge"),
            &node("n2", "m5.large"),
            &pod("4xk2p", "n1"),
            &pod("9vbtz", on),
        ];
        std::fs::write(path("all.json"), format!(r#"{{"kind": "List", "items": [{}]}}"#, objects.join(",")))
            .unwrap();
        let found = printed(import(&[&path("all.json")]));
        assert!(found.ends_with(rows), "{found}");
        let said = said(&[&path("all.json")]);
        assert!(said.contains(expected), "{said}");
        let merged = printed(import(&[&path("all.json"), "--into", &path("fleet.csv"), "-o", "-"]));
        assert_eq!(merged, "name,current_machine,current_instances,provider\na,c6i.xlarge,4,aws\n");
    }
}

/// A list of the API itself, whose items do not say what they are, and an object alone.
#[test]
fn lists_and_single_objects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("objects.json");
    let object = "\"metadata\": {\"name\": \"a\", \"namespace\": \"n\"}, \"spec\": {\"replicas\": 4}";
    for text in [
        format!("{{\"kind\": \"DeploymentList\", \"items\": [{{{object}}}]}}"),
        format!("{{\"kind\": \"StatefulSet\", {object}}}"),
    ] {
        std::fs::write(&path, text).unwrap();
        let file = path.to_str().unwrap();
        assert_eq!(
            printed(import(&[file])),
            "name,events_per_day,event_size,io_ratio,current_instances\na,,,,4\n"
        );
        assert!(said(&[file]).contains("give what this prints too: kubectl top pod --containers -A"));
    }
}

#[test]
fn a_fleet_keeps_the_rest() {
    let merged = printed(import(&[CLUSTER, TOP, "--into", FLEET, "--only-known", "-o", "-"]));
    assert_eq!(
        merged,
        "name,team,events_per_day,event_size,io_ratio,peak_factor,partitions,skew,in_flight,current_processes,\
         current_fetch_wait_ms,observed_cores,provider,region,current_machine,current_node_type,current_instances,memory_mib,\
         sidecars\n\
         orders,checkout,60M,1.4KB,40%,2,48,1.2,4,12,50,3.6,aws,eu-west-1,c6i.xlarge,,3,1200,\n\
         shop/mailer,growth,3M,2KB,90%,2.5,12,1.2,8,2,50,0.4,aws,eu-west-1,,m6i.xlarge,2,300,50m/64Mi\n\
         ledger,finance,12M,900,50%,2,24,1.2,2,2,50,1.2,aws,eu-west-1,,m6i.xlarge,2,720,\n"
    );
    let mut plan = Command::cargo_bin("tonnage").unwrap();
    plan.args(["plan", "-", "--ignore-columns", "team", "--format=json"]).write_stdin(merged);
    let plan: Value = serde_json::from_str(&printed(plan)).unwrap();
    assert_eq!(plan["decisions"].as_array().unwrap().len(), 3);
}

#[test]
fn what_a_moment_shows_leaves_what_the_file_has() {
    let folder = tempfile::tempdir().unwrap();
    let measured = folder.path().join("fleet.csv");
    std::fs::write(&measured, "name,observed_cores,memory_mib\norders,3.2,\n").unwrap();
    let said = printed(import(&[TOP, CLUSTER, "--into", measured.to_str().unwrap(), "--only-known"]));
    let expected = format!("orders: observed_cores kept 3.2, 3.6 now, memory_mib empty -> 1200 ({TOP}); ");
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn mistakes_are_named_with_their_place_and_remedy() {
    for (name, from, to, expected) in [
        (
            "top.txt",
            "1310m",
            "1310x",
            "top.txt:12:56: CPU(cores) is \"1310x\", but must be a quantity from 0 such as",
        ),
        (
            "top.txt",
            "POD ",
            "    ",
            "top.txt:1:1: the columns are NAMESPACE NAME CPU(cores) MEMORY(bytes), but must be",
        ),
        (
            "top.txt",
            "CPU(cores)",
            "CPU",
            "top.txt:1:1: the header is missing; the columns must be NAMESPACE POD NAME",
        ),
        (
            "top.txt",
            "620m         700Mi",
            "620m",
            "top.txt:4:1: the row has 4 cells, but must have those of NAMESPACE",
        ),
        ("cluster.json", "\"500m\"", "\"half\"", "resources.requests.cpu: \"half\" is not a quantity from 0"),
        (
            "cluster.json",
            "{\n  \"apiVersion\"",
            "apiVersion: v1\n#",
            "cluster.json: the file is YAML; save JSON: kubectl get",
        ),
        (
            "cluster.json",
            "\"kind\"",
            "\"sort\"",
            "cluster.json, top.txt: there is no Deployment or StatefulSet; give",
        ),
    ] {
        let said = refused(spoilt(&[(name, from, to)], &[]));
        assert!(said.contains(expected), "{said}");
    }
}

// Two pods of a Deployment, whose row counts four machines and says how busy these are.
#[test]
fn what_is_written_into_a_file_can_be_planned() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let deployment = r#"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "fraud", "namespace": "risk"},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "c"}]}}}}"#;
    let top = "NAMESPACE POD NAME CPU(cores) MEMORY(bytes)\n\
               risk fraud-7d9f8c6b5d-x7k2p c 4120m 2310Mi\nrisk fraud-7d9f8c6b5d-q9w4z c 4010m 2290Mi\n";
    let header = "name,events_per_day,event_size,io_ratio,observed_cores,utilization,current_machine,current_instances";
    let row = "fraud,20M,2.5KB,15%,,52%,c6i.4xlarge,4";
    let [deployment, top, fleet] =
        [("dep.json", deployment), ("top.txt", top), ("fleet.csv", &format!("{header}\n{row}\n"))].map(
            |(name, text)| {
                std::fs::write(path(name), text).unwrap();
                path(name)
            },
        );
    import(&[&deployment, &top, "--into", &fleet]).assert().success();
    // (2,310 + 2,290) / 2 MiB.
    assert_eq!(std::fs::read_to_string(&fleet).unwrap(), format!("{header},memory_mib\n{row},2300\n"));
    Command::cargo_bin("tonnage").unwrap().args(["plan", &fleet]).assert().success();
}

#[test]
fn pods_are_known_by_their_names() {
    // A StatefulSet numbers its pods; a Deployment's have two hashes, the second of 5 letters, neither with a vowel.
    for (pod, expected) in [
        ("a-6c9d8f7b5c-x2k4p", Some(("a", false))),
        ("a-2d5f-6c9d8f7b5c-x2k4p", Some(("a-2d5f", false))),
        ("a-b-0", Some(("a-b", true))),
        ("a-b-17", Some(("a-b", true))),
        // Of a hash that is all digits the Deployment is likelier.
        ("a-6c9d8f7b5c-24567", Some(("a", false))),
        // A vowel, a short end, a DaemonSet's pod, a Job's, no pod.
        ("a-6c9d8f7b5c-x2k4a", None),
        ("a-6c9d8f7b5c-x2k4", None),
        ("my-db-x2k4p", None),
        ("nightly-29400120-7xq9v", None),
        ("a", None),
    ] {
        assert_eq!(owners(pod).next_back(), expected, "{pod}");
    }
}

/// orders requests 3 cores of its own; each pod has a proxy in its template, one that was put into it, one that is an init
/// container which goes on, and one that ends: 100 + 50 + 25 millicores, 128 + 64 + 32 MiB.
#[test]
fn sidecars_are_what_other_containers_request() {
    let folder = tempfile::tempdir().unwrap();
    let container = |name: &str, cpu: &str, memory: &str, more: &str| {
        format!(
            "{{\"name\": {name:?}, \"resources\": {{\"requests\": {{\"cpu\": {cpu:?}, \"memory\": {memory:?}}}}}{more}}}"
        )
    };
    let own = container("app", "3", "1Gi", "");
    let proxy = container("istio-proxy", "100m", "128Mi", "");
    let put_in = container("helper", "50m", "64Mi", "");
    let goes_on = container("agent", "25m", "32Mi", ", \"restartPolicy\": \"Always\"");
    let ends = container("migrate", "1", "1Gi", "");
    let spec = |containers: &[&str]| {
        format!("\"containers\": [{}], \"initContainers\": [{goes_on}, {ends}]", containers.join(", "))
    };
    let named = |name: &str| format!("\"metadata\": {{\"name\": {name:?}, \"namespace\": \"n\"}}");
    let objects = [
        format!(
            "{{\"kind\": \"Deployment\", {}, \"spec\": {{\"replicas\": 2, \"template\": {{\"spec\": {{{}}}}}}}}}",
            named("orders"),
            spec(&[&own, &proxy])
        ),
        format!(
            "{{\"kind\": \"Pod\", {}, \"spec\": {{{}}}}}",
            named("orders-6c9d8f7b5c-x2k4p"),
            spec(&[&own, &proxy, &put_in])
        ),
    ];
    for (objects, sidecars) in [(&objects[..], "175m/224Mi"), (&objects[..1], "125m/160Mi")] {
        let path = folder.path().join("o.json");
        std::fs::write(&path, format!("{{\"kind\": \"List\", \"items\": [{}]}}", objects.join(", ")))
            .unwrap();
        let rows = printed(import(&[path.to_str().unwrap()]));
        assert_eq!(
            rows,
            format!(
                "name,events_per_day,event_size,io_ratio,current_instances,sidecars\norders,,,,2,{sidecars}\n"
            )
        );
    }
}

/// A proxy that stands alone is what works: 0.2 cores and 300 MiB.
#[test]
fn an_only_container_is_no_sidecar() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let objects = "{\"kind\": \"Deployment\", \"metadata\": {\"name\": \"gateway\", \"namespace\": \"edge\"}, \
                   \"spec\": {\"replicas\": 1, \"template\": {\"spec\": {\"containers\": [{\"name\": \"envoy\", \
                   \"resources\": {\"requests\": {\"cpu\": \"1\", \"memory\": \"1Gi\"}}}]}}}}";
    let top = "NAMESPACE POD NAME CPU(cores) MEMORY(bytes)\nedge gateway-9xhlmbgrw-5vz24 envoy 200m 300Mi\n";
    std::fs::write(path("objects.json"), objects).unwrap();
    std::fs::write(path("top.txt"), top).unwrap();
    let rows = printed(import(&[&path("objects.json"), &path("top.txt")]));
    assert_eq!(
        rows,
        "name,events_per_day,event_size,io_ratio,observed_cores,current_instances,memory_mib\ngateway,,,,0.2,1,300\n"
    );
}
