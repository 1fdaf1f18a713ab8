//! The runtimes that are built in: what they have, and which are compared only on request.

use crate::command::{one_line, printed, refused, tonnage, with_rows};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tonnage::input::catalogs::embedded::{self, MEASURED, measured, published, serverless_prices};
use tonnage::input::diagnostic::Source;
use tonnage::input::profiles::{read, write};
use tonnage::report::question::{Basis, Question};
use tonnage_model::catalog::HANDLER_KINDS;
use tonnage_model::runtime::{Evidence, Set};
use tonnage_model::units::MIB;
use tonnage_model::workload::REFERENCE_RUNTIME;

const USUAL: [&str; 5] = ["python-aiokafka", "python-confluent", "go-kafka-go", "go-franz", "rust-rdkafka"];
const ON_REQUEST: [&str; 3] = ["java-kafka-clients", "java-kafka-clients-virtual", "node-kafkajs"];

// What is built in

#[test]
fn everything_embedded_is_in_order() {
    for catalog in [measured().unwrap(), published().unwrap()] {
        assert_eq!(catalog.runtimes[0].name, REFERENCE_RUNTIME);
    }
    assert_eq!(measured().unwrap().runtime_names(), [&USUAL[..], &ON_REQUEST].concat());
    // 3, 4, 7, 13, 23, 12 and 12 sizes of 0.25, 0.5, 1, 2, 4, 8 and 16 vCPUs.
    assert_eq!(serverless_prices().unwrap().machines().value.len(), 74);
}

#[test]
fn what_is_published_goes_by_the_name_of_what_is_measured() {
    let measured = measured().unwrap();
    for runtime in published().unwrap().runtimes {
        assert_eq!(runtime.provenance.kind, Evidence::Published);
        assert!(measured.runtime(&runtime.name).is_some(), "{}", runtime.name);
    }
}

#[test]
fn every_kind_of_handler_is_measured() {
    let expected: BTreeSet<&str> = HANDLER_KINDS.into_iter().collect();
    for ((file, _), runtime) in MEASURED.iter().zip(measured().unwrap().runtimes) {
        assert_eq!(*file, format!("profiles/runtimes/{}.toml", runtime.name));
        assert_eq!(runtime.provenance.kind, Evidence::Measured);
        let kinds: BTreeSet<&str> = runtime.cpu.handler.keys().map(String::as_str).collect();
        assert_eq!(kinds, expected, "{file}");
    }
}

/// The published figure comes out again at the published event size.
#[test]
fn published_cost_of_an_event() {
    let catalog = published().unwrap();
    let published = [
        ("python-aiokafka", 0.95 / 45e3),
        ("go-kafka-go", 0.72 * 16.0 / 847e3),
        ("rust-rdkafka", 0.58 * 16.0 / 1.12e6),
    ];
    for (name, core_seconds) in published {
        let cpu = &catalog.runtime(name).unwrap().cpu;
        let cost = cpu.consume.at(1200.0) + cpu.handler["decode"].at(1200.0);
        assert!((cost / core_seconds - 1.0).abs() < 1e-3, "{name}: {cost} {core_seconds}");
    }
}

/// The names that these clients have for what plans set.
#[test]
fn clients_on_request_say_what_their_settings_are_called() {
    let catalog = measured().unwrap();
    let names = |name: &str| -> BTreeMap<String, String> {
        let names = catalog.runtime(name).unwrap().setting_names.clone();
        names.iter().map(|(set, name)| (set.to_string(), name.to_owned())).collect()
    };
    let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(set, name)| ((*set).to_owned(), (*name).to_owned())).collect()
    };
    let java = [
        ("fetch_max_wait", "fetch.max.wait.ms"),
        ("fetch_min_bytes", "fetch.min.bytes"),
        ("poll_interval", "max.poll.interval.ms"),
        ("poll_records", "max.poll.records"),
        ("broker_bytes", "fetch.max.bytes"),
        ("partition_bytes", "max.partition.fetch.bytes"),
        ("threads", "JAVA_TOOL_OPTIONS=-XX:+UseSerialGC -XX:ActiveProcessorCount={}"),
        ("heap_limit", "JAVA_TOOL_OPTIONS=-Xmx{}m"),
    ];
    assert_eq!(names("java-kafka-clients"), of(&java));
    let node = [
        ("fetch_max_wait", "maxWaitTimeInMs"),
        ("fetch_min_bytes", "minBytes"),
        ("session_timeout", "sessionTimeout"),
        ("broker_bytes", "maxBytes"),
        ("partition_bytes", "maxBytesPerPartition"),
        ("heap_limit", "NODE_OPTIONS=--max-old-space-size={}"),
    ];
    assert_eq!(names("node-kafkajs"), of(&node));
}

#[test]
fn settings_are_told_in_the_units_of_their_names() {
    let catalog = measured().unwrap();
    let at = |name: &str, set, value| {
        let (setting, value) = catalog.runtime(name).unwrap().setting_names.at(set, value)?;
        Some(format!("{setting} {value}"))
    };
    for (name, set, value, told) in [
        ("node-kafkajs", Set::FetchMaxWait, 0.02, "maxWaitTimeInMs 20"),
        ("go-kafka-go", Set::FetchMaxWait, 0.02, "MaxWait 20ms"),
        ("java-kafka-clients", Set::FetchMaxWait, 0.02, "fetch.max.wait.ms 20"),
        ("java-kafka-clients", Set::HeapLimit, 100.9 * MIB, "JAVA_TOOL_OPTIONS -Xmx100m"),
        ("node-kafkajs", Set::HeapLimit, 100.9 * MIB, "NODE_OPTIONS --max-old-space-size=100"),
        ("go-franz", Set::MemoryLimit, 100.9 * MIB, "GOMEMLIMIT 100MiB"),
    ] {
        assert_eq!(at(name, set, value).unwrap(), told);
    }
    // One thread runs all JavaScript of a process.
    assert_eq!(at("node-kafkajs", Set::Threads, 1.0), None);
}

// Written and read

#[test]
fn what_is_written_reads_back_as_it_was() {
    let measured = measured().unwrap().runtimes;
    for runtime in published().unwrap().runtimes.into_iter().chain(measured) {
        let text = write(&runtime, &["Some words.\nAnd more".to_owned()]);
        let back = read(Source { file: "written", text: &text }, &embedded::languages().unwrap()).unwrap();
        let again = write(&back, &["Some words.\nAnd more".to_owned()]);
        assert_eq!(again, text);
        for ((name, one), (_, other)) in runtime.figures().into_iter().zip(back.figures()) {
            assert!((one.value - other.value).abs() <= 1e-6 * one.value, "{name}");
            assert_eq!((one.evidence, &one.source), (other.evidence, &other.source), "{name}");
        }
        assert_eq!(
            (back.name, back.title, back.provenance, back.setting_names, back.on_request),
            (runtime.name, runtime.title, runtime.provenance, runtime.setting_names, runtime.on_request)
        );
    }
}

#[test]
fn names_and_texts_that_need_quotes() {
    let mut runtime = published().unwrap().runtimes.remove(0);
    runtime.title = "a \"b\" \\ c\nd".to_owned();
    let decode = runtime.cpu.handler["decode"].clone();
    runtime.cpu.handler.insert("v1.2".to_owned(), decode);
    runtime.provenance.versions.insert("lib c".to_owned(), "1\"2".to_owned());
    let text = write(&runtime, &[]);
    let back = read(Source { file: "written", text: &text }, &embedded::languages().unwrap()).unwrap();
    assert_eq!(back.title, "a \"b\" \\ c d");
    assert_eq!(back.provenance.versions["lib c"], "1\"2");
    assert!(back.cpu.handler.contains_key("v1.2"));
}

// Compared on request

/// Two workloads that differ in nothing but what runs them.
const ROWS: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,current_machine,current_instances,current_runtime
ours,50M,1KB,0.5,2,3,24,c7a.xlarge,4,java-kafka-clients
theirs,50M,1KB,0.5,2,3,24,c7a.xlarge,4,python-aiokafka
";

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(tonnage(&[args, &["--format=json"]].concat()))).unwrap()
}

/// The runtimes that a workload has plans in, in their order.
fn planned_in(json: &Value, workload: &str) -> Vec<String> {
    let plans = json["plans"].as_array().unwrap().iter().filter(|plan| plan["workload"] == workload);
    plans.map(|plan| plan["runtime"].as_str().unwrap().to_owned()).collect()
}

fn profiles(json: &Value) -> BTreeSet<String> {
    json["fingerprints"]["profiles"].as_object().unwrap().keys().cloned().collect()
}

fn set_of(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn five_are_compared_unless_somebody_asks() {
    let json = json(&["plan", "examples/workloads.csv"]);
    assert_eq!(planned_in(&json, "order-events"), USUAL);
    assert_eq!(profiles(&json), set_of(&USUAL));
    let usual: Vec<String> = measured().unwrap().usual().map(|it| it.name.clone()).collect();
    assert_eq!(usual, USUAL);
}

/// Who names no such runtime gets the same figures as where there is none.
#[test]
fn others_are_planned_as_if_a_row_on_request_was_not_there() {
    let (both, alone) = with_rows(ROWS, |both| {
        let without: String =
            ROWS.lines().filter(|line| !line.starts_with("ours")).map(|line| format!("{line}\n")).collect();
        with_rows(&without, |alone| (json(&["plan", both]), json(&["plan", alone])))
    });
    let of = |json: &Value, list: &str| -> Vec<Value> {
        json[list].as_array().unwrap().iter().filter(|it| it["workload"] == "theirs").cloned().collect()
    };
    for list in ["plans", "decisions"] {
        assert_eq!(of(&both, list), of(&alone, list), "{list}");
    }
    assert_eq!(planned_in(&both, "theirs"), USUAL);
    assert_eq!(profiles(&alone), set_of(&USUAL));
    assert_eq!(profiles(&both), set_of(&[&USUAL[..], &ON_REQUEST[..1]].concat()));
}

#[test]
fn a_workload_is_planned_in_its_own_beside_the_five() {
    let json = with_rows(ROWS, |file| json(&["plan", file]));
    assert_eq!(planned_in(&json, "ours"), [&USUAL[..], &ON_REQUEST[..1]].concat());
    let decision = json["decisions"].as_array().unwrap().iter().find(|it| it["workload"] == "ours").unwrap();
    assert_eq!(decision["current_runtime"], "java-kafka-clients");
    assert_eq!(decision["baseline"], "unchecked");
    let own =
        json["plans"].as_array().unwrap().iter().find(|it| it["runtime"] == "java-kafka-clients").unwrap();
    assert_eq!(own["feasible"], true);
    // Row by row it is the same.
    let lines =
        with_rows(ROWS, |file| printed(tonnage(&["plan", file, "--by", "runtime", "--format", "jsonl"])));
    assert_eq!(lines.lines().count(), 6 + 5);
}

#[test]
fn runtimes_that_are_named_are_compared_for_all_rows() {
    let asked = ["java-kafka-clients", "go-franz"];
    let json = with_rows(ROWS, |file| json(&["plan", file, "--runtimes", &asked.join(",")]));
    for workload in ["ours", "theirs"] {
        assert_eq!(planned_in(&json, workload), asked);
    }
    let node = with_rows(ROWS, |file| self::json(&["plan", file, "--runtimes", "node-kafkajs"]));
    for workload in ["ours", "theirs"] {
        assert_eq!(planned_in(&node, workload), ["node-kafkajs"]);
    }
    let unknown = refused(tonnage(&["plan", "examples/workloads.csv", "--runtimes", "java-kafka-client"]));
    assert!(unknown.contains("did you mean \"java-kafka-clients\"?"), "{unknown}");
}

#[test]
fn other_commands_compare_the_same() {
    with_rows(ROWS, |file| {
        let names = |json: Value, list: &str, workload: &str| -> BTreeSet<String> {
            let rows = json[list].as_array().unwrap().iter().filter(|it| it["workload"] == workload);
            rows.map(|it| it["runtime"].as_str().unwrap().to_owned()).collect()
        };
        let six = set_of(&[&USUAL[..], &ON_REQUEST[..1]].concat());
        for (args, list) in
            [(&["sweep", file, "--over", "months"][..], "months"), (&["failures", file], "scenarios")]
        {
            assert_eq!(names(json(args), list, "ours"), six, "{list}");
            assert_eq!(names(json(args), list, "theirs"), set_of(&USUAL), "{list}");
        }
        let curve = |of: &str| json(&["sweep", file, "--workload", of, "--over", "handler_ms"]).to_string();
        assert!(curve("ours").contains("java-kafka-clients"));
        // Its fingerprints, too, are of what it stands on.
        assert!(!curve("theirs").contains("java-kafka-clients"));
    });
}

/// A page carries the profiles that its plans can stand on, and no others.
#[test]
fn a_page_carries_a_profile_on_request_where_somebody_asked() {
    let catalog = measured().unwrap();
    let carried = || {
        let basis = Basis { given: BTreeMap::new(), catalog: &catalog, listed: &catalog.machines };
        let question = Question::of(None, &basis, &[]);
        question.runtimes.into_iter().map(|it| it.name).collect::<BTreeSet<String>>()
    };
    assert_eq!(carried(), set_of(&USUAL));
    catalog.runtime("node-kafkajs").unwrap();
    assert_eq!(carried(), set_of(&[&USUAL[..], &ON_REQUEST[2..]].concat()));
    // Nor does a profile say so that is always compared, which would change all that was saved.
    let text = serde_json::to_string(&catalog.runtimes[0]).unwrap();
    assert!(!text.contains("on_request"));
}

#[test]
fn the_catalog_says_which_are_compared_on_request() {
    let text = one_line(&printed(tonnage(&["catalog", "runtimes"])));
    assert!(text.starts_with("8 runtimes: "), "{text}");
    let said = "Compared only where --runtimes names it or a workload runs in it today: java-kafka-clients, java-kafka-clients-virtual, node-kafkajs.";
    assert!(text.contains(said), "{text}");
    let rows = json(&["catalog", "runtimes"]);
    for row in rows["runtimes"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        assert_eq!(row["on_request"], ON_REQUEST.contains(&name), "{name}");
    }
    let one = printed(tonnage(&["catalog", "runtimes", "node-kafkajs"]));
    assert!(one.contains("- compared only where --runtimes names it"), "{one}");
}

#[test]
fn languages_are_those_of_the_runtimes() {
    let languages = embedded::languages().unwrap();
    for runtime in measured().unwrap().runtimes {
        assert!(languages.contains(&runtime.language), "{}", runtime.name);
    }
}

/// A JVM keeps its state in its heap: 1.25 times 1,024 MiB and what is in flight and read ahead, beside the process itself.
#[test]
fn state_in_a_heap_needs_its_limit() {
    let flags = "plan --events-per-day 5M --event-size 1KB --io-ratio 0 --handler-ms 1 --state-mib 1024 --details \
                 --current-runtime java-kafka-clients";
    let args: Vec<&str> = flags.split_whitespace().collect();
    let text = one_line(&printed(tonnage(&args)));
    let (_, limit) = text.split_once("java-kafka-clients needs JAVA_TOOL_OPTIONS -Xmx").unwrap();
    let limit: f64 = limit.split_once('m').unwrap().0.parse().unwrap();
    let plans = json(&args);
    let plan =
        plans["plans"].as_array().unwrap().iter().find(|it| it["runtime"] == "java-kafka-clients").unwrap();
    let number = |name: &str| plan[name].as_f64().unwrap();
    let base = measured().unwrap().runtime("java-kafka-clients").unwrap().memory.base.value / MIB;
    assert_eq!(number("processes_per_instance"), 1.0);
    assert_eq!(limit, (number("memory_peak_mib") - base).ceil());
    assert!(limit >= 1280.0, "{limit}");
}
