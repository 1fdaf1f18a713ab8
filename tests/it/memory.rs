//! Memory in parts: against samples, by hand, and in whole commands.

use crate::command::{one_line, printed, refused, tonnage, with_rows};
use crate::common::{figure, linear, machine, runtime, workload};
use serde_json::Value;
use std::collections::BTreeMap;
use tonnage::input::catalogs::embedded;
use tonnage::input::diagnostic::Source;
use tonnage::input::profiles;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::memory::parts::{Memory, Prefetch};
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::Deployment;
use tonnage_model::units::MIB;
use tonnage_model::workload::Workload;

fn near(value: f64, expected: f64, relative: f64) {
    assert!((value - expected).abs() <= relative * expected.abs(), "{value} instead of {expected}");
}

// Against samples

/// What the lab's consumers held, MiB: runtime, condition, event size and events in flight, then each accepted sample.
fn held() -> BTreeMap<(String, String, u64, u64), Vec<f64>> {
    let mut all: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for file in ["lab/samples/sweep.csv", "lab/samples/heldout.csv"] {
        let mut rows = csv::Reader::from_path(file).unwrap();
        for row in rows.deserialize::<BTreeMap<String, String>>() {
            let row = row.unwrap();
            let number = |name: &str| row[name].parse::<f64>().unwrap_or(0.0);
            if row["accepted"] == "true" {
                let key = (
                    row["runtime"].clone(),
                    row["condition"].clone(),
                    number("event_bytes") as u64,
                    number("events_in_flight") as u64,
                );
                all.entry(key).or_default().push(number("peak_memory_mib"));
            }
        }
    }
    all
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Base and limits of the lab's consumer, which gives each of its 12 partitions a queue of its own in Go and Rust.
fn measured(name: &str) -> Memory {
    let runtimes = embedded::measured().unwrap().runtimes;
    let profile = runtimes.iter().find(|runtime| runtime.name == name).unwrap();
    let text = std::fs::read_to_string(format!("lab/clients/{name}.toml")).unwrap();
    let client = profiles::client(Source { file: "client", text: &text }).unwrap();
    client.as_measured(&profile.memory)
}

/// MiB of one process that drains so many partitions with so many events in flight, of a backlog of so many bytes.
fn predicted(memory: &Memory, event_bytes: f64, partitions: f64, in_flight: f64, backlog: f64) -> f64 {
    let limits = memory.prefetch.as_ref().unwrap();
    let (client, partition) = limits.payload(event_bytes, None);
    let payload = client.min(partitions * partition).min(backlog);
    let live =
        payload * limits.held_per_byte(event_bytes) + in_flight * memory.per_in_flight_event.at(event_bytes);
    at_work(memory) + memory.gc_factor.value * live / MIB
}

/// MiB of one process that works and has no backlog.
fn at_work(memory: &Memory) -> f64 {
    (memory.base.value + memory.working.value) / MIB
}

#[test]
fn an_idle_process_is_predicted_within_15_percent() {
    let mut runtimes = 0;
    for ((name, condition, ..), samples) in held() {
        if condition == "consume+idle" {
            near(measured(&name).base.value / MIB, mean(&samples), 0.15);
            runtimes += 1;
        }
    }
    assert_eq!(runtimes, 8);
}

/// The consumers with calls drain slowly enough for their queues to fill: 256 and 16,384 B in the sweep, which the profiles
/// are fitted to, and 1,200 and 4,000 B, which they have not seen. docs/validation.md has every condition.
#[test]
fn a_full_queue_is_predicted_within_40_percent() {
    let mut conditions = 0;
    for ((name, condition, bytes, in_flight), samples) in held() {
        if !condition.starts_with("parse+io") {
            continue;
        }
        conditions += 1;
        let value = predicted(&measured(&name), bytes as f64, 12.0, in_flight as f64, f64::INFINITY);
        let error = value / mean(&samples) - 1.0;
        // franz-go fills its queues in more than the 2 s of these: 218 MiB of 256 B here, and 275, still rising, in 15 s.
        let most = if name == "go-franz" { 0.45 } else { 0.4 };
        // What an event in flight takes in kafka-go is 0 to 34.6 KB: the fit cannot tell, and takes 0.
        let is_known = name == "go-kafka-go" && in_flight == 768;
        let is_near = (-0.4..=most).contains(&error);
        assert!(is_near || is_known, "{name} {bytes} B: {value:.0} instead of {samples:?} MiB");
    }
    assert_eq!(conditions, 40);
}

/// The runs in which memory alone was watched: those that the profiles are fitted to, and two parts that they have not seen.
#[test]
fn a_process_at_work_and_its_full_queues_are_predicted_within_40_percent() {
    let mut rows = csv::Reader::from_path("lab/samples/memory.csv").unwrap();
    let mut counts = [0, 0];
    for row in rows.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let number = |name: &str| row[name].parse::<f64>().unwrap_or(0.0);
        let (name, memory) = (&row["runtime"], measured(&row["runtime"]));
        let (offered, backlog) = (number("offered_per_second"), number("backlog_bytes"));
        // One that falls behind has a backlog; GOMEMLIMIT and a part of a client's limits are no profile's.
        let as_usual = row["memory_limit_mib"].is_empty() && number("prefetch_divisor") == 1.0;
        let kept_up = offered > 0.0 && number("events_per_second") >= 0.9 * offered;
        if !(kept_up || backlog > 0.0 && as_usual) {
            continue;
        }
        counts[usize::from(kept_up)] += 1;
        let per_partition = ["go-kafka-go", "go-franz", "rust-rdkafka"].contains(&name.as_str());
        let (bytes, partitions) = (number("event_bytes"), number("partitions"));
        let in_flight = number("in_flight") * if per_partition { partitions } else { 1.0 };
        let value = if kept_up {
            at_work(&memory)
        } else {
            predicted(&memory, bytes, partitions, in_flight, backlog)
        };
        let error = value / number("highest_mib") - 1.0;
        // kafka-go's channels of 1,000 messages for each of 32 partitions were not full: 37 MiB held.
        let is_known = name == "go-kafka-go" && partitions == 32.0;
        assert!(
            error.abs() <= 0.4 || is_known,
            "{name} {}: {value:.0} instead of {row:?} MiB",
            row["condition"]
        );
    }
    // 7 clients: 5 + 3 + 4 conditions with a backlog, and 3 + 1 + 2 without, of which 6 fell behind.
    assert_eq!(counts, [84, 36]);
}

// By hand

fn limits(change: impl FnOnce(&mut Prefetch)) -> Option<Prefetch> {
    let mut limits = Prefetch::unlimited();
    change(&mut limits);
    Some(limits)
}

/// A plan's sizing on machines of two vCPUs and 8 GiB, three zones.
fn memory_of(workload: &Workload, deployment: Deployment, memory: Memory, n: u64, members: u64) -> [f64; 4] {
    let mut runtime = runtime("now", deployment);
    runtime.memory = memory;
    let machine = machine("m", 2, 8.0, 0.1);
    let problem = Problem::new(workload, &runtime, Some(&machine)).unwrap();
    let demand = problem.demand_in(&runtime, RangeEnd::Best).unwrap();
    let sizing = problem.sizing(&runtime, &machine, 1.0, demand, Policy::default());
    let it = sizing.memory(n, members);
    // 20 MiB of work in each of 50 MiB, and 2 threads of 1 MiB in a binary.
    near(it.working, it.processes * if deployment == Deployment::Threads { 20.0 / 52.0 } else { 0.4 }, 1e-12);
    [it.processes, it.state, it.in_flight, it.read_ahead]
}

fn parts(gc_factor: f64, prefetch: Option<Prefetch>) -> Memory {
    Memory {
        base: figure(50.0 * MIB),
        working: figure(20.0 * MIB),
        thread: figure(MIB),
        per_in_flight_event: linear(1000.0, 2.0),
        gc_factor: figure(gc_factor),
        prefetch,
    }
}

/// 12 partitions on 4 instances, of which 2 are left: 6 each. 1,000 events/s of 1,000 B.
fn twelve_partitions() -> Workload {
    let topic = Topic { partitions: Some(12), ..Topic::default() };
    Workload { topic, ..workload(86_400e3) }
}

#[test]
fn the_least_limit_binds() {
    let ahead = |members, change: fn(&mut Prefetch)| {
        memory_of(&twelve_partitions(), Deployment::Processes, parts(1.0, limits(change)), 4, members)[3]
    };
    // 3 clients of 10 MB; 8 processes share 6 partitions, so 6 of them read.
    near(ahead(3, |it| it.client_bytes = Some(figure(10e6))), 30e6, 1e-12);
    near(ahead(8, |it| it.client_bytes = Some(figure(10e6))), 60e6, 1e-12);
    // 6 partitions of 1 MB, whoever reads them.
    near(ahead(3, |it| it.partition_bytes = Some(figure(1e6))), 6e6, 1e-12);
    // 3 brokers of 1 MB for each of 3 clients.
    near(ahead(3, |it| it.broker_bytes = Some(figure(1e6))), 9e6, 1e-12);
    // 2,000 messages of 1,000 B for each client; 100 for each partition.
    near(ahead(3, |it| it.client_messages = Some(figure(2e3))), 6e6, 1e-12);
    near(ahead(3, |it| it.partition_messages = Some(figure(100.0))), 6e5, 1e-12);
    // Half of 1,000/s for an hour is all there is.
    near(ahead(3, |it| it.client_bytes = Some(figure(1e12))), 500.0 * 3600.0 * 1000.0, 1e-12);
    // A byte is kept with half another, and a message with 500 B.
    let kept = |it: &mut Prefetch| {
        (it.client_bytes, it.expansion, it.bytes_per_message) =
            (Some(figure(1e6)), figure(1.5), figure(500.0));
    };
    near(ahead(1, kept), 2e6, 1e-12);
    // One event of 1,000 B is fetched however low the limit.
    near(ahead(1, |it| it.client_bytes = Some(figure(1.0))), 1000.0, 1e-12);
    // Without limits, nothing is read ahead.
    assert_eq!(memory_of(&twelve_partitions(), Deployment::Processes, parts(1.0, None), 4, 3)[3], 0.0);
}

#[test]
fn a_limit_that_is_given_stands_instead_of_the_clients() {
    let prefetch = || limits(|it| it.client_bytes = Some(figure(10e6)));
    let it = Workload { prefetch_bytes: Some(2e6), ..twelve_partitions() };
    near(memory_of(&it, Deployment::Processes, parts(1.0, prefetch()), 4, 3)[3], 6e6, 1e-12);
    let higher = Workload { prefetch_bytes: Some(20e6), ..twelve_partitions() };
    near(memory_of(&higher, Deployment::Processes, parts(1.0, prefetch()), 4, 3)[3], 60e6, 1e-12);
}

/// 2 vCPUs: base and two threads. 100 MiB of state: once a binary, once each Python process; a quarter more under a
/// collector, whose factor of 2 holds for all else that is live.
#[test]
fn state_is_held_once_a_process_and_by_a_quarter_more_under_a_collector() {
    let it = Workload { state_bytes: Some(100.0 * MIB), ..twelve_partitions() };
    let prefetch = limits(|it| it.client_bytes = Some(figure(1e6)));
    let [processes, state, in_flight, ahead] =
        memory_of(&it, Deployment::Threads, parts(2.0, prefetch.clone()), 4, 1);
    near(processes, 52.0 * MIB, 1e-12);
    near(state, 125.0 * MIB, 1e-12);
    near(ahead, 2e6, 1e-12);
    // R = 500/s, 20 us an event, which waits for nothing: 500 x 10 x 20 us = 0.1 events of 3,000 B, twice.
    near(in_flight, 0.1 * 6000.0, 1e-9);
    let [processes, state, ..] = memory_of(&it, Deployment::Processes, parts(1.0, prefetch), 4, 3);
    near(processes, 150.0 * MIB, 1e-12);
    near(state, 300.0 * MIB, 1e-12);
}

/// A process holds 300 MiB today: less 50 MiB of base, 20 MiB of work and 100/s x 20 ms = 2 events of 3,000 B (1 ms of it is CPU, read with
/// the 20 us of the profile beside) the rest is state.
#[test]
fn what_is_held_today_gives_the_state() {
    let it = Workload {
        memory_bytes_today: Some(300.0 * MIB),
        current_processes: Some(10),
        io_wait_seconds: Some(19e-3),
        io_calls: Some(0.0),
        handler_seconds: Some(20e-3),
        ..twelve_partitions()
    };
    let state = |it: &Workload| memory_of(it, Deployment::Processes, parts(1.0, None), 4, 1)[1];
    near(state(&it), 230.0 * MIB - 100.0 * 20.02e-3 * 3000.0, 1e-9);
    // Of these 7 MiB are known to move to other languages; a process of today's still holds the rest.
    let given = Workload { state_bytes: Some(7.0 * MIB), ..it.clone() };
    near(state(&given), state(&it), 1e-12);
    let more = Workload { state_bytes: Some(280.0 * MIB), ..it.clone() };
    near(state(&more), 280.0 * MIB, 1e-12);
    let unmeasured = Workload { memory_bytes_today: None, ..given };
    near(state(&unmeasured), 7.0 * MIB, 1e-12);
    // Two pods are ten processes, five each.
    let pods = Workload { memory_bytes_today: Some(1500.0 * MIB), current_instances: Some(2), ..it.clone() };
    near(state(&pods), state(&it), 1e-12);
    let less_than_base = Workload { memory_bytes_today: Some(MIB), ..it };
    assert_eq!(state(&less_than_base), 0.0);
}

// Whole commands

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(tonnage(&[args, &["--format", "json"]].concat()))).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// librdkafka queues 64 MiB of a client, however many partitions it reads: 67,109 events of 1,000 B at 354.3 B beside each,
/// 1.0117 B a byte, and 5.43 MiB of base with 0.27 at work are 5.70 + 22.68 + 64.75 = 93.12 MiB. It was 810 MiB, the twelve queues of the lab.
#[test]
fn a_queue_is_limited_to_that_of_its_client() {
    for partitions in ["--partitions=1", "--partitions=1000"] {
        let json = json(&[
            "plan",
            "--events-per-day=20M",
            "--event-size=1KB",
            "--io-ratio=0",
            "--handler-ms=0.05",
            "--runtimes=rust-rdkafka",
            partitions,
        ]);
        let plan = &json["plans"][0];
        near(number(&plan["memory_peak_mib"]), 93.12, 1e-3);
        near(number(&plan["memory_steady_mib"]), 5.70, 1e-3);
        // A limit of its own: 4 MiB take 4 x (1.0117 + 0.3543) MiB.
    }
    let limited = json(&[
        "plan",
        "--events-per-day=20M",
        "--event-size=1KB",
        "--io-ratio=0",
        "--runtimes=rust-rdkafka",
        "--prefetch-limit=4MiB",
    ]);
    near(number(&limited["plans"][0]["memory_peak_mib"]), 5.70 + 4.0 * 1.3660, 1e-3);
}

/// A model of 1,600 MiB in each Python process and once in a binary: 0.85 of 2 GiB are 1,741 MiB, enough for one Python
/// process (1,638 and its queue) and not for two; Go takes 1.25 x 1,600 + 12.6 MiB = 2,012.6 MiB under GOMEMLIMIT, which
/// takes machines of 4 GiB or more.
#[test]
fn each_process_holds_a_model_and_more_under_a_collector() {
    let args = [
        "plan",
        "--events-per-day=60M",
        "--event-size=2KB",
        "--handler-ms=25",
        "--io-ratio=10%",
        "--native-share=80%",
        "--set=state_mib=1600",
    ];
    let json = json(&args);
    for plan in json["plans"].as_array().unwrap() {
        let parts = &plan["memory_parts"];
        let state = number(&parts["state_mib"]);
        let (runtime, processes) =
            (plan["runtime"].as_str().unwrap(), number(&plan["processes_per_instance"]));
        let each = if runtime.starts_with("go-") { 2000.0 } else { 1600.0 };
        near(state, each * processes, 1e-12);
        assert!(number(&plan["memory_peak_mib"]) >= state + number(&parts["processes_mib"]));
    }
    let text = printed(tonnage(&[&args[..], &["--details"]].concat()));
    let words = one_line(&text);
    assert!(words.contains("go-kafka-go needs GOMEMLIMIT 2"), "{text}");
    assert!(!words.contains("memory counts no model"), "{text}");
}

#[test]
fn a_blank_state_is_said() {
    let args =
        ["plan", "--events-per-day=1M", "--event-size=1KB", "--io-ratio=0", "--handler-ms=1", "--details"];
    let text = printed(tonnage(&args));
    assert!(one_line(&text).contains("memory counts no model, cache or tables"), "{text}");
}

/// 100 requests/s of 30 ms, 28.5 ms of it waiting. A function is handed its events, so that neither language reads ahead:
/// 5.6 MiB of base in Rust and 38 MiB in Python, both below the least of 128 MiB. Rust was 960 MiB and $123, Python $45.
#[test]
fn a_function_reads_nothing_ahead_and_rust_costs_no_more_than_python() {
    let hours = ["1"; 24].join(" ");
    let bill = |runtime: &str| {
        let runtimes = format!("--runtimes={runtime}");
        let json = json(&[
            "hours",
            "--events-per-day=8.64M",
            "--event-size=1KB",
            "--handler-ms=30",
            "--io-ratio=0.95",
            "--peak-factor=1",
            "--hourly",
            &hours,
            &runtimes,
        ]);
        let supplies = json["supplies"].as_array().unwrap();
        let function = supplies.iter().find(|it| it["memory_mib"].is_number()).unwrap();
        (number(&function["memory_mib"]), number(&function["usd_per_month"]))
    };
    let (rust, python) = (bill("rust-rdkafka"), bill("python-aiokafka"));
    assert_eq!(rust.0, 128.0);
    assert!(python.0 >= 128.0 && rust.1 <= python.1, "{rust:?} {python:?}");
}

/// 12 pods hold 2,600 MiB each, of which 800 are a model. Python asks for all of it: two processes of an instance hold 5,200 MiB, with the one
/// event in flight of each in place of today's 57.9/s x 5.9 ms = 0.34, 2 x 0.66 x 57 KB more. Go keeps the model, 1.25 x 800 MiB under its
/// collector. It was 1,660 MiB in Python, the model alone.
#[test]
fn what_a_process_is_measured_to_hold_stays_in_its_language_and_the_state_moves() {
    let header = "name,events_per_day,event_size,io_ratio,state_mib,memory_mib,current_runtime,current_instances,current_processes,\
                  current_node_type,observed_cores,partitions,peak_factor";
    let row = |memory: &str| {
        format!("{header}\nrank,60M,1KB,0,800,{memory},python-confluent,12,12,m7i.2xlarge,4.2,24,1.6\n")
    };
    with_rows(&row("2600"), |file| {
        let report = json(&["plan", file]);
        let of = |runtime: &str| {
            report["plans"].as_array().unwrap().iter().find(|it| it["runtime"] == runtime).unwrap()
        };
        let python = of("python-confluent");
        assert_eq!(python["workers_per_instance"], 2, "{python:#}");
        near(number(&python["memory_steady_mib"]), 5200.0, 1e-4);
        near(number(&of("go-kafka-go")["memory_parts"]["state_mib"]), 1000.0, 1e-9);
        let pods = one_line(&printed(tonnage(&["export", "kubernetes", file])));
        assert!(pods.contains("memory: 2608Mi"), "{pods}");
    });
    // 820 MiB hold no 800 beside the 29.9 of a process that does nothing.
    with_rows(&row("820"), |file| {
        let said = refused(tonnage(&["plan", file]));
        let left = "state_mib is \"800\", but must be at most what memory_mib (\"820\") leaves a process of python-confluent, which holds 29.9 MiB";
        assert!(said.contains(left), "{said}");
    });
}

/// Two processes on 8 GiB hold 12,000 MiB: 146 %, whatever part of it is the workload's own.
#[test]
fn memory_that_machines_do_not_have_contradicts_with_state_too() {
    let header = "name,events_per_day,event_size,io_ratio,utilization,current_runtime,current_machine,current_instances,\
                  current_processes,partitions,peak_factor,memory_mib,state_mib";
    for state in ["", "500"] {
        let row =
            format!("{header}\nheld,30M,1KB,0,30%,python-aiokafka,m6i.large,6,12,24,1.5,6000,{state}\n");
        with_rows(&row, |file| {
            let said = one_line(&printed(tonnage(&["plan", file])));
            assert!(said.contains("its processes need 146 % of the memory of 6 x m6i.large"), "{said}");
        });
    }
}
