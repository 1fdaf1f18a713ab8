//! Pods: requests, limits and settings worked out by hand, and what `plan --unit pods` prints.

use crate::command::one_line;
use crate::common::{figure, machine, runtime, workload};
use assert_cmd::Command;
use serde_json::Value;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::machine::Machine;
use tonnage_model::policy::Policy;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::{Deployment, Prefetch, Runtime, Set};
use tonnage_model::scenario::pool::choice::{Pool, Tenant, cheapest, paid_share};
use tonnage_model::scenario::pool::node::PoolRules;
use tonnage_model::scenario::pool::pod::PodSettings;
use tonnage_model::scenario::pool::resources::Resources;
use tonnage_model::units::MIB;
use tonnage_model::workload::Workload;

/// Events of 1,000 B, decoded in 20 us at speed 1.0, from a topic of six partitions.
fn of_six(events_per_second: f64) -> Workload {
    let topic = Topic { partitions: Some(6), ..Topic::default() };
    Workload { topic, state_bytes: Some(0.0), ..workload(events_per_second * 86_400.0) }
}

/// Pods of one workload on nodes of 4 vCPUs of speed 1.0, and what to set for each.
fn pods<T>(
    workload: &Workload,
    runtime: &Runtime,
    rules: &PoolRules,
    look: impl Fn(&Pool<'_>, PodSettings) -> T,
) -> T {
    let problem = Problem::new(workload, runtime, None).unwrap();
    pods_of(Tenant { problem: &problem, runtime, kept: None }, rules, look)
}

/// The same of a tenant.
fn pods_of<T>(tenant: Tenant<'_, '_>, rules: &PoolRules, look: impl Fn(&Pool<'_>, PodSettings) -> T) -> T {
    let nodes = machine("node", 4, 8.0, 0.2);
    let pool = cheapest(&[tenant], &[&nodes], Policy::default(), rules).pool.unwrap();
    let settings = tenant.pod_settings(pool.machine, &pool.replicas[0].1, Policy::default()).unwrap();
    look(&pool, settings)
}

fn python() -> Runtime {
    let mut python = runtime("python", Deployment::Processes);
    python.memory.base = figure(40.0 * MIB);
    python.memory.prefetch = Some(Prefetch {
        broker_bytes: Some(figure(50.0 * MIB)),
        partition_bytes: Some(figure(MIB)),
        expansion: figure(1.5),
        ..Prefetch::unlimited()
    });
    python.setting_names.insert(Set::BrokerBytes, "fetch_max_bytes".into());
    python.setting_names.insert(Set::PartitionBytes, "max_partition_fetch_bytes".into());
    python
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

// 180,000/s take 3.6 cores, a partition 0.6: one a process at 0.7, but not two with a zone lost at 0.9. So six have to be
// left of n: n - ceil(n / 3) = 6 is n = 9, of which six run.
//
// CPU: max(0.6 / 0.7, 0.6 / 0.9) = 0.857, written 860m.
// Memory: 40 MiB and 6 events in flight of 3,000 B are 40.02 MiB, requested as 48; a backlog fills 1.5 x 1 MiB of the one
// partition: 41.52 / 0.85 = 48.8 MiB, a limit of 64.
#[test]
fn a_python_pod_by_hand() {
    let mut workload = of_six(180e3);
    let python = python();
    pods(&workload, &python, &PoolRules::default(), |pool, settings| {
        let (_, it) = pool.replicas[0];
        assert_eq!((it.count, it.running, it.threads), (9, 6, 1));
        assert_eq!((it.each.millicores, it.steady_mebibytes, it.each.mebibytes), (860, 48, 64));
        assert_eq!(settings.client, [pair("max_partition_fetch_bytes", "1048576")]);
        assert_eq!(settings.environment, []);
        // 4,000 - 280 millicores hold four: nine pods and places are three nodes, and no zone has more than three.
        assert_eq!((pool.nodes(), pool.least_nodes), (3, 3));
    });
    let standby = PoolRules { standby: true, ..PoolRules::default() };
    pods(&workload, &python, &standby, |pool, _| {
        assert_eq!((pool.replicas[0].1.count, pool.replicas[0].1.running), (9, 9));
        assert_eq!(pool.nodes(), 3);
    });
    // 300 KB for a client that has no such limit: of three brokers' answers, 100 KB each.
    workload.prefetch_bytes = Some(300e3);
    pods(&workload, &python, &standby, |_, settings| {
        assert_eq!(settings.client, [pair("fetch_max_bytes", "100000")]);
    });
}

// 10,000/s take 0.2 cores. With two pods one is left: max(0.1 / 0.7, 0.2 / 0.9) = 0.222, 230m.
//
// State of 40 MiB takes 50 under a memory limit, base 12. 10,000/s x 200 us = 2 events in flight of 2 x 3,000 B:
// 62.01 MiB, 64 requested. 100 messages of 1,000 B read ahead take 2 x 100 KB: 62.2 / 0.85 = 73.2, a limit of 80 MiB,
// of which the collector keeps to 85 %: 68.
#[test]
fn a_go_pod_by_hand() {
    let mut go = runtime("go", Deployment::Threads);
    go.memory.base = figure(12.0 * MIB);
    go.memory.gc_factor = figure(2.0);
    go.memory.prefetch = Some(Prefetch { client_messages: Some(figure(100.0)), ..Prefetch::unlimited() });
    for (set, name) in [
        (Set::ClientMessages, "QueueCapacity"),
        (Set::Threads, "GOMAXPROCS"),
        (Set::MemoryLimit, "GOMEMLIMIT"),
    ] {
        go.setting_names.insert(set, name.into());
    }
    let mut workload = Workload { state_bytes: Some(40.0 * MIB), ..of_six(10e3) };
    pods(&workload, &go, &PoolRules::default(), |pool, settings| {
        let (_, it) = pool.replicas[0];
        assert_eq!((it.count, it.running, it.threads), (2, 2, 1));
        assert_eq!((it.each.millicores, it.steady_mebibytes, it.each.mebibytes), (230, 64, 80));
        assert_eq!(settings.environment, [pair("GOMAXPROCS", "1"), pair("GOMEMLIMIT", "68MiB")]);
        assert_eq!(settings.client, [pair("QueueCapacity", "100")]);
    });
    // A limit of 50 KB is 50 messages.
    workload.prefetch_bytes = Some(50e3);
    pods(&workload, &go, &PoolRules::default(), |_, settings| {
        assert_eq!(settings.client, [pair("QueueCapacity", "50")]);
    });
}

// As above, but nobody says what a process holds: 48 and 64 MiB of the runtime alone are too few of anything, so both are 128. What
// a collector may keep is not said either.
#[test]
fn a_pod_of_unknown_memory_asks_for_a_floor() {
    let mut go = python();
    go.setting_names.insert(Set::MemoryLimit, "GOMEMLIMIT".into());
    let unknown = Workload { state_bytes: None, ..of_six(180e3) };
    pods(&unknown, &go, &PoolRules::default(), |pool, settings| {
        let (_, it) = pool.replicas[0];
        assert_eq!((it.steady_mebibytes, it.each.mebibytes), (128, 128));
        assert_eq!(settings.environment, []);
    });
    // What it holds by memory_mib stands however little it is.
    let known = Workload { memory_bytes_today: Some(50.0 * MIB), ..unknown };
    pods(&known, &go, &PoolRules::default(), |pool, settings| {
        assert_eq!(pool.replicas[0].1.steady_mebibytes, 64);
        assert_eq!(settings.environment.len(), 1);
    });
}

// One partition: n_min of 2, of which one reads and the other takes over.
#[test]
fn the_least_number_runs_whatever_the_partitions() {
    let topic = Topic { partitions: Some(1), ..Topic::default() };
    let of_one = Workload { topic, ..of_six(1000.0) };
    pods(&of_one, &python(), &PoolRules::default(), |pool, _| {
        let (_, it) = pool.replicas[0];
        assert_eq!((it.count, it.running), (2, 2));
    });
    let alone = Workload { current_instances: Some(1), ..of_one };
    pods(&alone, &python(), &PoolRules::default(), |pool, _| assert_eq!(pool.replicas[0].1.running, 1));
}

// Of the nine pods by hand above each has 400 millicores of a proxy beside its 860: two of 1,260 fit on a node of 3,720, and three in
// each of three zones take two nodes. What the manifest says stays 860.
#[test]
fn nodes_have_room_for_sidecars() {
    let proxy = Resources { millicores: 400, mebibytes: 100, ..Resources::default() };
    let workload = Workload { sidecars: proxy, ..of_six(180e3) };
    pods(&workload, &python(), &PoolRules::default(), |pool, _| {
        let (_, it) = pool.replicas[0];
        assert_eq!((it.count, it.each.millicores, it.each.mebibytes, pool.nodes()), (9, 860, 64, 6));
        let all = pool.requested();
        assert_eq!((all.millicores, all.mebibytes, all.replicas), (9 * 1260, 9 * 164, 9));
    });
}

// 10,000/s of 20 us. Of four pods two are left in a lost zone's case, with 3 of 6 partitions each: 0.1 / 0.9, written 120m. Of eight, more
// than partitions, five are left, with 2 of 6 each: 0.0667 / 0.9, 80m; all go on. One left of two binaries takes 100,000/s: 2 / 0.9
// cores, so four threads.
#[test]
fn pods_that_are_kept_stay_as_many() {
    let (python, go) = (python(), runtime("go", Deployment::Threads));
    for (rate, runtime, kept, threads, millicores) in
        [(10e3, &python, 4, 1, 120), (10e3, &python, 8, 1, 80), (100e3, &go, 2, 4, 2230)]
    {
        let workload = of_six(rate);
        let problem = Problem::new(&workload, runtime, None).unwrap();
        pods_of(Tenant { problem: &problem, runtime, kept: Some(kept) }, &PoolRules::default(), |pool, _| {
            let (_, it) = pool.replicas[0];
            assert_eq!((it.count, it.running), (kept, kept));
            assert_eq!((it.threads, it.each.millicores), (threads, millicores));
        });
    }
}

// 150,000/s of 20 us: the busiest of four pods has 2 of 6 partitions, which is one core at speed 1.0, for the 0.7 that it may use. Six pods
// with one each are 50 % busy; nodes have room for nine, as 6 are then left without a zone. On nodes as fast as today's they stay.
#[test]
fn pods_that_are_kept_have_to_carry_the_peak_on_slower_nodes() {
    let (workload, python, node) = (of_six(150e3), python(), machine("node", 4, 8.0, 0.2));
    let on = |speed: Option<f64>| {
        let today = Machine { vcpu_speed: speed, ..machine("today", 4, 8.0, 0.2) };
        let problem = Problem::new(&workload, &python, Some(&today)).unwrap();
        let tenant = Tenant { problem: &problem, runtime: &python, kept: Some(4) };
        let pooling = cheapest(&[tenant], &[&node], Policy::default(), &PoolRules::default());
        pooling.left_out.first().map(|(_, reason)| reason.to_string())
    };
    let said =
        "its 4 pods lack CPU at peak on node: the busiest is 100 % busy and the limit is 70 %; 6 would do";
    assert_eq!(
        [on(Some(1.1)), on(None), on(Some(1.0))],
        [Some(said.to_owned()), Some(said.to_owned()), None]
    );
}

const SLOW: &str = "\
name,events_per_day,event_size,handler_ms,io_ratio,current_runtime,current_node_type,region,current_instances,observed_cores,\
peak_factor,memory_mib,partitions,in_flight,concurrency,skew,io_calls,native_share,current_fetch_wait_ms
scoring,20M,2KB,20,0.2,python-confluent,c8a.2xlarge,us-east-1,24,4,2,900,24,1,consumer,1.2,0,0,5
";

// 463/s of which the busiest of 24 partitions has 1.2/24 = 23.1, at 47.0 ms each on a vCPU of m5.2xlarge: 1.089 cores. On its own
// c8a.2xlarge it is kept.
#[test]
fn what_cannot_run_on_the_nodes_asked_for_is_told_refused_and_not_exported() {
    crate::command::with_rows(SLOW, |file| {
        let of = |args: &[&str]| {
            let mut command = tonnage(&[args, &["--strict"]].concat());
            let output = command.arg(file).output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            (output.status.code(), one_line(&String::from_utf8(text).unwrap()))
        };
        let why = "its 24 pods lack CPU at peak on m5.2xlarge: the busiest partition alone needs 1.089 cores at peak and its one \
                   consumer may use 0.696; at least 41 partitions (which remaps keys) would do";
        let (status, said) = of(&["plan", "--unit=pods", "--node-type=m5.2xlarge"]);
        assert!(status == Some(3) && said.contains(&format!("scoring is in no pool: {why}")), "{said}");
        // In Go the work of 24 partitions fits on as few nodes as zones: 3 x $0.384 x 730 h.
        let other = "no pool carries today's runtimes; in go-kafka-go that of 1 workload costs $841 a month (3 x m5.2xlarge).";
        assert!(said.contains(other), "{said}");
        let (status, said) = of(&["export", "kubernetes", "--node-type=m5.2xlarge"]);
        assert!(status != Some(0) && said.contains(&format!("scoring: {why}")), "{said}");
        let (status, said) = of(&["plan", "--unit=pods", "--node-type=c8a.2xlarge"]);
        assert!(status == Some(0) && said.contains("keep 24 pods"), "{said}");
    });
}

// $1,000 of a list less 10 %: what nodes are priced at is said in the heading, and of spot how often they are taken back.
#[test]
fn pods_say_at_which_prices_they_are() {
    for sharing in ["--unit=pods", "--pool=shared"] {
        let said = printed(&["plan", "examples/workloads.csv", sharing, "--purchase=spot", "--discount=10%"]);
        let said = one_line(&said);
        assert!(said.contains(" a month at spot prices of 2025-06-28 less 10%, "), "{said}");
        assert!(said.contains(" are taken back in a month."), "{said}");
    }
}

// Of base 60 MiB and 0.2 MiB in flight and read ahead, 60.2 / 0.85 = 70.8 MiB, the limit is 80: 68 planned less 60 are 8, so
// half of the limit is the heap's. With 400 MiB of state, 60 + 1.25 x 400 + 0.2 = 560.2, it is 659.1, 672 MiB: 571.2 less 60.
#[test]
fn a_heap_is_told_what_is_beside_its_process() {
    let mut java = runtime("java", Deployment::Threads);
    java.memory.base = figure(60.0 * MIB);
    java.memory.gc_factor = figure(2.0);
    java.memory.prefetch = Some(Prefetch { client_messages: Some(figure(100.0)), ..Prefetch::unlimited() });
    for (set, option) in [(Set::Threads, "-XX:ActiveProcessorCount={}"), (Set::HeapLimit, "-Xmx{}m")] {
        java.setting_names.insert(set, format!("JAVA_TOOL_OPTIONS={option}"));
    }
    for (state_mib, limit, heap) in [(0.0, 80, 40), (400.0, 672, 511)] {
        let workload = Workload { state_bytes: Some(state_mib * MIB), ..of_six(10e3) };
        pods(&workload, &java, &PoolRules::default(), |pool, settings| {
            assert_eq!(pool.replicas[0].1.each.mebibytes, limit);
            let options = format!("-XX:ActiveProcessorCount=1 -Xmx{heap}m");
            assert_eq!(settings.environment, [pair("JAVA_TOOL_OPTIONS", &options)]);
        });
    }
}

/// Two rows of today's machines, $146 by the list with a bill of $73 and $73 without one: 146 / 219 is paid of list prices.
#[test]
fn nodes_cost_what_the_bills_say_of_the_list() {
    let (nodes, python) = (machine("node", 2, 4.0, 0.1), python());
    let with = |instances, bill| Workload {
        current_instances: Some(instances),
        current_usd_per_month: bill,
        ..of_six(1000.0)
    };
    let workloads = [with(2, Some(73.0)), with(1, None), of_six(1000.0)];
    let machines = [Some(&nodes), Some(&nodes), None];
    let problems: Vec<Problem<'_>> = (workloads.iter().zip(machines))
        .map(|(workload, machine)| Problem::new(workload, &python, machine).unwrap())
        .collect();
    let tenants: Vec<Tenant<'_, '_>> =
        problems.iter().map(|problem| Tenant { problem, runtime: &python, kept: None }).collect();
    let listed = Policy { discount_by_bill: false, ..Policy::default() };
    assert!((paid_share(&tenants, &Policy::default()) - 146.0 / 219.0).abs() < 1e-12);
    assert_eq!(paid_share(&tenants, &listed), 1.0);
    let bill =
        |policy| cheapest(&tenants, &[&nodes], policy, &PoolRules::default()).pool.unwrap().usd_per_month;
    // Two zones have a node each: 2 x $73.
    assert!((bill(listed) - 146.0).abs() < 1e-9);
    assert!((bill(Policy::default()) - 146.0 * 146.0 / 219.0).abs() < 1e-9);
    // What fits on no node and is not in the pool has no part in its price either: a tenth of the list is paid for it.
    let large = Workload { state_bytes: Some(1e12), ..with(2, Some(14.6)) };
    let problem = Problem::new(&large, &python, Some(&nodes)).unwrap();
    let all = [&tenants[..], &[Tenant { problem: &problem, runtime: &python, kept: None }]].concat();
    let pooling = cheapest(&all, &[&nodes], Policy::default(), &PoolRules::default());
    assert_eq!(pooling.left_out.len(), 1);
    assert!((pooling.pool.unwrap().usd_per_month - 146.0 * 146.0 / 219.0).abs() < 1e-9);
}

// The command

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "100").env_remove("NO_COLOR");
    command
}

fn printed(args: &[&str]) -> String {
    crate::command::printed(tonnage(args))
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(&[args, &["--format=json"]].concat())).unwrap()
}

const SIX: [&str; 7] = [
    "plan",
    "--name=six",
    "--events-per-day=50M",
    "--event-size=1KB",
    "--io-ratio=0.5",
    "--handler-ms=2",
    "--partitions=6",
];

fn six<'t>(more: &[&'t str]) -> Vec<&'t str> {
    [&SIX[..], &["--runtimes=python-aiokafka"], more].concat()
}

/// Of 6 partitions two on one member are too many here, so 6 members have to be alive: alive(8) = 8 - 3 = 5, alive(9) = 6.
/// Six run, and three of them start again where there is room; or nine run, of which three read nothing.
#[test]
fn no_more_replicas_than_partitions_unless_they_stand_by() {
    for (sharing, standby, counts) in [
        ("--unit=pods", "--standby=false", [6, 0, 3]),
        ("--pool=shared", "--standby=false", [6, 0, 3]),
        ("--unit=pods", "--standby", [9, 3, 0]),
        ("--pool=shared", "--standby", [9, 3, 0]),
    ] {
        let row = &json(&six(&[sharing, standby]))["workloads"][0];
        assert_eq!(
            ["replicas", "standby", "room_for_more"].map(|name| row[name].as_u64().unwrap()),
            counts,
            "{sharing} {standby}"
        );
    }
    let said = |more: &[&str]| one_line(&printed(&six(more)));
    for (sharing, standby, expected) in [
        (
            "--pool=shared",
            "--standby=false",
            "Room for replicas of a lost zone to start again in python-aiokafka: 3 beside the 6 of six (6 partitions).",
        ),
        ("--unit=pods", "--standby=false", "run 6 pods, room for 3 more"),
        ("--unit=pods", "--standby", "run 9 pods, 3 standby"),
    ] {
        let text = said(&[sharing, standby]);
        assert!(text.contains(expected), "{text}");
    }
}

/// 24 pods each on 3 c8a.xlarge: $472.03 at list. p3 pays $900 of $1,401.60 for its machines, so 64.21 % of all nodes: $303.10, and
/// not less than that of machines of its own.
#[test]
fn a_pool_is_compared_with_machines_at_what_it_pays_itself() {
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_node_type,current_instances,\
                  current_processes,current_usd_per_month,peak_factor,partitions,memory_mib,utilization,observed_cores";
    let plan = |bill: &str| -> Value {
        let rows = format!(
            "{header}\np1,20M,1KB,80%,20,,m6i.2xlarge,24,24,,2,48,200,,1.2\n\
             p2,30M,1KB,80%,20,,m6i.2xlarge,40,40,400,2,80,200,,2\n\
             p3,30M,1KB,80%,20,m6i.2xlarge,,5,40,{bill},2,80,200,6%,\n"
        );
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(["plan", "-", "--unit", "pods", "--format", "json"]).write_stdin(rows);
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
    };
    let [billed, listed] = ["900", ""].map(plan);
    for column in ["usd_per_month", "dedicated_usd_per_month", "saves_usd_per_month"] {
        let of = |it: &Value| it["pools"][0][column].as_f64().unwrap();
        assert!((of(&billed) / of(&listed) - 900.0 / 1401.6).abs() < 1e-9, "{column} {}", billed["pools"][0]);
    }
}

/// The bill, nodes and shares are those of the shared pool: pods are another view of it.
#[test]
fn pods_are_those_of_the_shared_pool() {
    let of = |sharing: &str| json(&["plan", "examples/workloads.csv", sharing]);
    let (mut pods, mut shared) = (of("--unit=pods"), of("--pool=shared"));
    for it in [&mut pods, &mut shared] {
        it.as_object_mut().unwrap().remove("settings");
    }
    assert_eq!(pods, shared);
}

/// Pods that are kept cost what they cost today, $687, whatever nodes of a type that is asked for would.
#[test]
fn pods_that_are_kept_cost_no_more() {
    let rows = "name,events_per_day,event_size,io_ratio,current_runtime,partitions,observed_cores,peak_factor,region,\
                current_node_type,current_instances,memory_mib,current_usd_per_month\n\
                clicks,778770585,700,0,rust-rdkafka,48,9.1,1.638,eu-west-1,m6i.2xlarge,12,408.9,687\n";
    let said = crate::command::with_rows(rows, |file| {
        crate::command::one_line(&printed(&["plan", file, "--unit=pods", "--node-type=m6i.2xlarge"]))
    });
    assert!(said.contains(", all kept at today's $687"), "{said}");
    assert!(!said.contains("more than today's") && !said.contains("what `tonnage plan` decides"), "{said}");
}

#[test]
fn the_table_fits_and_says_what_to_run() {
    let text = printed(&["plan", "examples/workloads.csv", "--unit=pods", "--details"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let header = text.lines().find(|line| line.starts_with("workload ")).unwrap();
    let titles = ["runtime", "pods", "CPU", "memory / limit", "$/month", "what to do"];
    assert!(titles.iter().all(|title| header.contains(title)), "{header}");
    // One process a vCPU, no CPU limit, and requests in round figures.
    let block = text.split("# search-indexer in python-aiokafka\n").nth(1).unwrap();
    let block = block.split("\n\n").next().unwrap();
    let lines: Vec<&str> = block.lines().map(str::trim).collect();
    assert_eq!(lines[0], "replicas: 6");
    assert!(
        lines[2].starts_with("requests: { cpu: ")
            && lines[3].starts_with("# no limit: memory_mib and state_mib are empty"),
        "{block}"
    );
    assert_eq!(lines[5], "- { name: OMP_NUM_THREADS, value: \"1\" }");
    assert!(lines[6].contains("max_partition_fetch_bytes 1048576"), "{block}");
}

const PLACES: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_runtime,provider,region
here,50M,1KB,0.5,2,m5.large,3,python-aiokafka,aws,eu-west-1
there,20M,1KB,0.2,1,n2-standard-4,2,python-aiokafka,gcp,us-central1
arm,20M,1KB,0.2,1,m6g.large,2,go-franz,aws,eu-west-1
";

fn places(args: &[&str], look: impl Fn(Command)) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("w.csv"), PLACES).unwrap();
    let mut command = tonnage(&[&["plan", "w.csv"], args].concat());
    command.current_dir(folder.path());
    look(command);
}

// `plan` leaves the $300 out of its sum.
#[test]
fn a_bill_without_a_verdict_is_told_beside_the_sum() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_runtime,current_usd_per_month\n\
                open,50M,1KB,0.5,2,6,go-kafka-go,300\nfine,1M,1KB,0,1,12,python-aiokafka,100\n";
    let file = folder.path().join("w.csv");
    std::fs::write(&file, rows).unwrap();
    let text = one_line(&printed(&["plan", file.to_str().unwrap(), "--unit=pods"]));
    assert!(text.contains("than today's $400 ($300 of it without a verdict), still to be checked"), "{text}");
}

/// Each cloud, region and instruction set has nodes of its own, and their bills are those of the workloads there.
#[test]
fn every_place_is_packed_apart() {
    for sharing in ["--unit=pods", "--pool=shared"] {
        places(&[sharing, "--runtimes=go-franz", "--format=json"], |command| {
            let json: Value = serde_json::from_str(&crate::command::printed(command)).unwrap();
            let field = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
            let today: Vec<&Value> = json["pools"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["arch"] == "arm64" || it["pool"] == "as today")
                .collect();
            let place = |it: &&Value| ["provider", "region", "arch"].map(|name| field(it, name)).join(" ");
            assert_eq!(
                today.iter().map(place).collect::<Vec<_>>(),
                ["aws eu-west-1 arm64", "aws eu-west-1 x86_64", "gcp us-central1 x86_64"]
            );
            for (pool, workload) in today.into_iter().zip(["arm", "here", "there"]) {
                assert_eq!(pool["workloads"], 1);
                let rows = json["workloads"].as_array().unwrap();
                let row =
                    rows.iter().find(|it| it["workload"] == workload && it["pool"] == pool["pool"]).unwrap();
                assert_eq!(
                    (&row["instance_type"], &row["region"]),
                    (&pool["instance_type"], &pool["region"])
                );
                let of = |it: &Value, name: &str| it[name].as_f64().unwrap();
                let apart = of(row, "allocated_usd_per_month") - of(pool, "usd_per_month");
                assert!(apart.abs() < 1e-9, "{workload}");
            }
        });
    }
}

#[test]
fn nodes_are_of_the_types_that_there_are() {
    places(&["--unit=pods", "--node-type=m6i.2xlarge,n2-standard-8", "--node-type=m6g.xlarge"], |command| {
        let text = one_line(&crate::command::printed(command));
        let types = ["m6i.2xlarge", "n2-standard-8", "m6g.xlarge"];
        assert!(types.iter().all(|name| text.contains(&format!(" {name} "))), "{text}");
    });
    places(&["--unit=pods", "--node-type=m6i.2xlarge", "--strict"], |command| {
        let text = one_line(&crate::command::printed(command));
        let none = "There is no m6i.2xlarge in aws eu-west-1 arm64, gcp us-central1: nodes there are of the types that plans";
        assert!(text.contains(none), "{text}");
    });
    let mistakes = [
        (
            &["--unit=pods", "--node-type=m6i.2xlage"][..],
            "unknown machine type \"m6i.2xlage\"; did you mean \"m6i.2xlarge\"?",
        ),
        (&["--node-type=m6i.2xlarge"], "only pods and shared pools have nodes; add --unit pods"),
    ];
    for (args, message) in mistakes {
        let errors = crate::command::refused(tonnage(&[&SIX[..], args].concat()));
        assert_eq!(errors, format!("error: --node-type: {message}\n"));
    }
    let in_vain = crate::command::refused(tonnage(&[&SIX[..], &["--replicas-per-node=20"]].concat()));
    assert_eq!(
        in_vain,
        "error: --replicas-per-node: only pods and shared pools have nodes; add --unit pods\n"
    );
}

const FLEET: &str = "examples/workloads.csv";

/// What sharing gives is no difference between machine types: dedicated machines are of the types that nodes are.
#[test]
fn nodes_of_a_type_are_compared_with_machines_of_it() {
    let pods = json(&["plan", FLEET, "--unit=pods", "--node-type=m6i.2xlarge"]);
    let plan = json(&["plan", FLEET, "--machine-types=m6i.2xlarge"]);
    let rows = pods["workloads"].as_array().unwrap().iter();
    let in_today = |it: &&Value| it["pool"] == "python-aiokafka" && it["pooled"] == true;
    let as_today = rows.filter(in_today).filter(|it| !it["action"].to_string().contains(", with"));
    let mut compared = 0;
    for row in as_today {
        let decision =
            plan["decisions"].as_array().unwrap().iter().find(|it| it["workload"] == row["workload"]);
        let Some(alone) = decision.unwrap()["current_runtime_usd_per_month"].as_f64() else { continue };
        let dedicated = row["dedicated_usd_per_month"].as_f64().unwrap();
        assert!((dedicated / alone - 1.0).abs() < 1e-9, "{row}: {alone}");
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
    let said = one_line(&printed(&["plan", FLEET, "--unit=pods", "--node-type=m6i.2xlarge"]));
    // A type that somebody asks for is no sharing that saves: what plan decides, on any type, stands beside it.
    assert!(said.contains(" more than what `tonnage plan` decides "), "{said}");
}

/// A type of one cloud is asked for; the other has the nodes that it has without.
#[test]
fn a_node_type_is_that_of_the_clouds_that_have_it() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,provider,memory_mib\n\
                a,50M,1KB,0.5,2,aws,100\nb,50M,1KB,0.5,2,gcp,100\n";
    let plan = |more: &[&str]| {
        let args = [&["plan", "-", "--unit=pods"], more].concat();
        let run = tonnage(&args).write_stdin(rows).output().unwrap();
        one_line(&String::from_utf8(run.stdout).unwrap())
    };
    let said = plan(&["--node-type=m6i.2xlarge"]);
    assert!(
        said.contains("on 6 nodes in 2 places") && said.contains("us-east-1 x86_64 3 m6i.2xlarge"),
        "{said}"
    );
    assert!(said.contains(
        "There is no m6i.2xlarge in gcp us-central1: nodes there are of the types that plans may use."
    ));
    assert!(!plan(&[]).contains("There is no"));
}

/// Without what a process holds a limit would stop it; the manifest says why there is none.
#[test]
fn no_limit_stands_where_nobody_says_what_a_process_holds() {
    let said = |more: &[&str]| printed(&[&six(&["--unit=pods", "--details"])[..], more].concat());
    let unknown = said(&[]);
    assert!(!unknown.contains("limits:") && unknown.contains("memory: 128Mi"), "{unknown}");
    assert!(unknown.contains("\n  # no limit: memory_mib and state_mib are empty"), "{unknown}");
    let known = said(&["--memory-mib=150"]);
    assert!(known.contains("limits: { memory:") && !known.contains("no limit"), "{known}");
}

/// How many processes run on six machines nobody has said; of pods, instances are what runs.
#[test]
fn pods_are_held_against_processes_alone() {
    let action = |more: &[&str]| {
        let plan = json(&[&six(&["--unit=pods", "--current-instances=6"])[..], more].concat());
        plan["workloads"][0]["action"].as_str().unwrap().to_owned()
    };
    assert!(action(&["--current-machine=m6i.xlarge"]).contains(" pods instead of 6 machines"));
    assert!(!action(&["--current-machine=m6i.xlarge", "--current-processes=6"]).contains("machine"));
    assert!(!action(&[]).contains("machine"));
}

#[test]
fn another_library_saves_nothing_that_other_numbers_of_pods_save() {
    // Eight pods that keep running ask for 22 vCPUs each, for 20 that are used: five nodes of 64 at $3.072 * 730. As many pods as the
    // constraints ask for fit on three, in either library.
    let plan = |runtime: &str, node: &str| {
        let args = "--name g1 --events-per-day 300M --event-size 1KB --io-ratio 0 --observed-cores 20 --current-node-type m6i.16xlarge \
                    --current-instances 8 --peak-factor 2 --partitions 96 --memory-mib 300 --unit pods";
        let all = ["plan", "--current-runtime", runtime, "--node-type", node];
        one_line(&printed(&all.into_iter().chain(args.split_whitespace()).collect::<Vec<_>>()))
    };
    for runtime in ["go-franz", "go-kafka-go"] {
        let printed = plan(runtime, "m6i.16xlarge");
        assert!(
            printed.contains("Replicas: with 96 pods for 1 workload the pool costs $6,728 a month"),
            "{printed}"
        );
        assert!(!printed.contains("Libraries"), "{printed}");
    }
    let printed = plan("go-franz", "m6i.2xlarge");
    assert!(printed.contains("(on m6i.2xlarge, which comes closest); 96 pods would fit"), "{printed}");
    assert!(printed.contains("no pool carries the pods that run; with 96 pods"), "{printed}");
}
