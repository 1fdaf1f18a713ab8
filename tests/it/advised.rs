//! What `plan` decides is what the commands show that go on from it: steps are taken, and what is open is told.

use crate::command::{one_line, printed};
use assert_cmd::Command;
use serde_json::Value;

/// 40M a day at 5 times the mean are 2,315/s, 64.3/s on each of 36 partitions. Of 20 ms each that is 1.29 of the one event that may
/// be in flight. Batches gather 50 events in 0.8 s, which is no answer to 300 ms.
const BEHIND: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,p99_ms,in_flight,current_runtime,\
current_machine,current_instances,current_processes,growth_pct_per_month,concurrency
push,40M,1KB,88%,20,5,1,36,300,,go-kafka-go,m6i.xlarge,3,12,3,partition
labels,40M,1KB,88%,20,5,1,36,,1,go-kafka-go,m6i.xlarge,3,12,3,partition
ordered,40M,1KB,88%,20,5,1,36,300,1,go-kafka-go,m6i.xlarge,3,12,3,partition
";

/// What is kept: 4 processes have 64.8/s at the mean.
const KEPT: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,skew,partitions,current_runtime,current_machine,current_instances,\
current_processes
stock,5.6M,4KB,80%,22,1,12,python-aiokafka,m6i.large,2,4
";

fn told(rows: &str, args: &[&str]) -> String {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).args(["-", "--region", "eu-central-1"]).env("COLUMNS", "120").write_stdin(rows);
    printed(command)
}

/// In one line, of a file that has its last row under another name too, so that the answer is that of a fleet.
fn said(rows: &str, args: &[&str]) -> String {
    let last = rows.lines().last().unwrap();
    let rows = format!("{rows}also-{last}\n");
    one_line(&told(&rows, args))
}

fn json(rows: &str, args: &[&str]) -> Value {
    serde_json::from_str(&told(rows, &[args, &["--format", "json"]].concat())).unwrap()
}

/// The records of a workload in its own runtime, where they have one.
fn of<'j>(json: &'j Value, records: &str, name: &str) -> Vec<&'j Value> {
    let is_own =
        |it: &&Value| it["workload"] == name && it["runtime"].as_str().is_none_or(|it| it == "go-kafka-go");
    json[records].as_array().unwrap().iter().filter(is_own).collect()
}

fn decision(rows: &str, more: &[&str]) -> Value {
    json(rows, &[&["plan"], more].concat())["decisions"][0].clone()
}

fn action(rows: &str, more: &[&str]) -> String {
    decision(rows, more)["action"].as_str().unwrap().to_owned()
}

#[test]
fn steps_that_plan_recommends_are_taken_by_all() {
    let planned = json(BEHIND, &["plan"]);
    let pods = json(BEHIND, &["plan", "--unit", "pods"]);
    let [failures, months] =
        [&["failures"][..], &["sweep", "--over", "months"]].map(|args| json(BEHIND, args));
    let manifests = told(BEHIND, &["export", "kubernetes"]);
    let more = of(&planned, "decisions", "ordered")[0]["to"].as_str().unwrap();
    assert!(more.ends_with(" partitions"), "{more}");
    for (name, to) in [("push", "in_flight 4"), ("labels", "batch_size 4"), ("ordered", more)] {
        let it = of(&planned, "decisions", name)[0];
        assert_eq!((&it["to"], &it["lags"]), (&to.into(), &true.into()), "{it:#}");
        let pod = of(&pods, "workloads", name)[0];
        assert!(pod["action"].as_str().unwrap().ends_with(&format!(", with {to}")), "{pod:#}");
        let manifest = manifests.split("---").find(|it| it.contains(&format!(" {name}: "))).unwrap();
        let words = one_line(&manifest.replace("# ", ""));
        assert!(words.contains(&format!("planned with {to}, as plan recommends")), "{manifest}");
        let on = |it: &Value| {
            format!("{} x {}", it["instances"], it["instance_type"].as_str().unwrap_or_default())
        };
        for shown in [of(&failures, "scenarios", name)[0], of(&months, "months", name)[0]] {
            assert_eq!(
                (on(shown), &shown["feasible"]),
                (it["planned"].as_str().unwrap().to_owned(), &true.into())
            );
        }
        assert_eq!(of(&months, "months", name)[0]["usd_per_month"], it["usd_per_month"]);
    }
    let with = format!(
        "With what `plan` recommends: push (in_flight 4), labels (batch_size 4), ordered ({more}), also-ordered ({more})."
    );
    for args in [&["failures"][..], &["sweep", "--over", "months"], &["plan", "--unit", "pods"]] {
        assert!(said(BEHIND, args).contains(&with), "{args:?}");
    }
}

/// Where nobody says on what it runs, a column that is given with the step's value reads as the step does; that of batches would be
/// read anew.
#[test]
fn a_step_is_what_its_column_says() {
    let rows = BEHIND.replace("m6i.xlarge,3,12", ",,");
    let hours = format!("hourly={}", ["1"; 24].join(" "));
    for (name, cell) in [("push", "in_flight=2"), ("ordered", "partitions=69")] {
        for (args, records) in [
            (&["plan", "--unit", "pods"][..], "pools"),
            (&["failures"], "scenarios"),
            (&["sweep", "--over", "months"], "months"),
            (&["sweep", "--over", "events_per_day"], "intervals"),
            (&["sweep", "--over", "event_size"], "points"),
            (&["hours", "--set", &hours], "supplies"),
        ] {
            let args = [args, &["--workload", name]].concat();
            let given = json(&rows, &[&args[..], &["--set", cell]].concat());
            assert_eq!(json(&rows, &args)[records], given[records], "{args:?}");
        }
    }
    // What is moved is not what the step says.
    let text =
        said(&rows, &["sweep", "--workload", "push", "--over", "in_flight", "--from", "1", "--to", "8"]);
    assert!(!text.contains("With what `plan` recommends"), "{text}");
}

// One event at a time 64.8/s of 22 ms and some to read keep 4 processes 0.36 busy: 1.07 at 3 times the mean, which a blank
// peak_factor is, and 1.05 at 2.94. In parallel each of 12 partitions is 0.12 busy, 0.6 at 5 times the mean.
#[test]
fn a_keep_that_rests_on_a_blank_cell_says_which() {
    assert_eq!(action(KEPT, &[]), "keep if parallel");
    let one_by_one = decision(KEPT, &["--set", "concurrency=consumer"]);
    assert_eq!(
        (&one_by_one["verdict"], &one_by_one["depends_on_column"]),
        (&"stay".into(), &"peak_factor".into())
    );
    let threshold = one_by_one["depends_on_threshold"].as_f64().unwrap();
    assert!((2.8..2.95).contains(&threshold), "{threshold}");
    assert!(one_by_one["action"].as_str().unwrap().starts_with("keep if peak_factor < 2."), "{one_by_one:#}");
    for cells in [["concurrency=partition", "skew=1"], ["concurrency=consumer", "peak_factor=2"]] {
        assert_eq!(action(KEPT, &["--no-zone-loss", "--set", cells[0], "--set", cells[1]]), "keep");
    }
    assert_eq!(decision(KEPT, &["--set", "concurrency=consumer", "--set", "peak_factor=3"])["lags"], true);
    let open = "stock: today's processes would be 107 % busy at peak (3 times the mean, as peak_factor is blank) if each takes \
                1 event at a time, as is usual: set concurrency";
    for args in [
        &["plan"][..],
        &["failures"],
        &["sweep", "--over", "months"],
        &["sweep", "--over", "io_ratio", "--workload", "stock"],
    ] {
        assert!(said(KEPT, args).contains(open), "{args:?}");
    }
}

// 19 % of 4 machines, beside 1.25 % of the system, are 57 % at peak; the zone that has two of them lost, 114 % of what a
// vCPU does beside idle siblings. All of these are busy then, so it is 130 % of what there is.
#[test]
fn what_a_lost_zone_stops_is_told_where_more_costs_no_more() {
    let rows = "name,events_per_day,event_size,io_ratio,utilization,peak_factor,skew,partitions,current_runtime,current_machine,\
                current_instances,current_usd_per_month\nprices,310M,350,5%,20.25%,3,1,64,go-kafka-go,c6i.2xlarge,4,1180\n";
    let it = decision(rows, &[]);
    assert!(it["action"].as_str().unwrap().starts_with("keep; lags if a zone is lost"), "{it:#}");
    assert!(it["current_runtime_usd_per_month"].as_f64().unwrap() < 1180.0, "{it:#}");
    let text = said(rows, &["plan"]);
    let zone = "prices: with a zone lost, what is left of today's machines would be 130 % busy at peak";
    assert!(text.contains(zone) && text.contains(" have room and cost no more"), "{text}");
    assert!(!action(rows, &["--no-zone-loss"]).contains("zone"));
}

// With waits of 17.6 ms whose p99 is 45 ms: on any at least 88.9 ms, on these, by their handler's time as it was taken, 52 ms / 0.55 = 95 ms.
#[test]
fn a_missed_p99_shows_in_the_action_and_the_next_step() {
    let with = |goal: &'static str| {
        [
            "plan",
            "--set",
            "io_wait_p99_ms=45",
            "--set",
            goal,
            "--set",
            "peak_factor=3",
            "--set",
            "concurrency=partition",
        ]
    };
    for (goal, misses) in [("p99_ms=130", false), ("p99_ms=92", true), ("p99_ms=60", true)] {
        assert_eq!(action(KEPT, &with(goal)[1..]).contains("; misses p99"), misses, "{goal}");
        let text = said(KEPT, &with(goal));
        assert_eq!(text.contains("stock: p99 on today's machines is 52 to "), misses, "{text}");
    }
    // Where p99 of the waits is blank it may be that, or 17.6 ms ln 100 = 81 ms.
    let blank = &with("p99_ms=97")[3..];
    let [it, text] = [decision(KEPT, blank).to_string(), said(KEPT, &[&["plan"], blank].concat())];
    assert!(it.contains("keep; p99 depends on io_wait_p99_ms"), "{it}");
    assert!(it.contains("\"depends_on_threshold\":47.6"), "{it}");
    assert!(
        text.contains(
            "stock: p99 misses the goal of 97 ms from an io_wait_p99_ms of 47.6 on, which is blank"
        ),
        "{text}"
    );
}

// 41 % of 80 vCPUs, beside 0.625 % of the system, at 2.5 times the mean are 1.03 of them. The busiest of 80 processes has 2 of 96 partitions, 1.67 times the mean.
#[test]
fn an_unlikely_value_is_told_beside_the_verdict_and_what_is_busy_is_named() {
    let rows = "name,events_per_day,event_size,io_ratio,utilization,peak_factor,partitions,current_runtime,current_machine,\
                current_instances,current_processes\n\
                clicks,900M,620,0,41.625%,2.5,96,python-confluent,c6i.4xlarge,5,80\n";
    let it = decision(rows, &[]);
    assert_eq!((&it["verdict"], &it["lags"]), (&"right_size".into(), &true.into()), "{it:#}");
    let unlikely = "only an unlikely skew changes the verdict: below 1.9";
    assert!(it["notes"].to_string().contains(unlikely), "{it:#}");
    let text = said(rows, &["plan"]);
    assert!(
        text.contains("today's busiest process would be 19") && text.contains(" % busy at peak"),
        "{text}"
    );
}

#[test]
fn what_would_do_has_one_number_and_its_price() {
    let rows = "name,events_per_day,event_size,io_ratio,utilization,peak_factor,skew,partitions,p99_ms,io_wait_p99_ms,current_runtime,\
                current_machine,current_instances,current_processes\n\
                orders,12.4M,1.8KB,85%,12%,3.5,1,48,500,143,python-aiokafka,m6i.xlarge,4,16\n";
    let it = decision(rows, &[]);
    let options = it["options"].as_array().unwrap();
    let text = said(rows, &["plan", "--details"]);
    for (kind, but) in [("partitions", "remaps keys"), ("in_flight", "gives up order")] {
        let it = options.iter().find(|it| it["kind"] == kind).unwrap();
        let [to, on] = ["to", "machines"].map(|name| it[name].as_str().unwrap());
        let bill = it["usd_per_month"].as_f64().unwrap();
        let told = format!("with {to} (which {but}) {on} would do, ${bill:.0} a month");
        assert!(text.contains(&told), "{told}: {text}");
    }
    let own = text.split("python-aiokafka: ").nth(1).unwrap().split(" - ").next().unwrap();
    assert!(!own.contains("comes closest"), "{own}");
    let asks = options.iter().find(|it| it["kind"] == "in_flight").unwrap()["to"].as_str().unwrap();
    assert!(it["action"].as_str().unwrap().contains(&format!("; plan asks {asks}")), "{it:#}");
}

#[test]
fn processes_of_a_binary_are_the_pods_that_run() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,peak_factor,current_runtime,current_processes\n\
                images,400k,24KB,60%,180,400m,3,go-franz,12\n";
    let pods = json(rows, &["plan", "--unit", "pods"]);
    let own = pods["workloads"].as_array().unwrap().iter().find(|it| it["runtime"] == "go-franz").unwrap();
    assert_eq!(own["action"], format!("{} pods instead of 12", own["replicas"]));
}

// Each number up to twice the least that serves, one by one: none is cheaper than the one that is told.
#[test]
fn no_other_number_of_partitions_is_cheaper() {
    let header = "name,events_per_day,event_size,io_ratio,utilization,peak_factor,skew,partitions,p99_ms,memory_mib,\
                  current_runtime,current_machine,current_instances\n";
    for (runtime, row) in [
        ("python-aiokafka", "20M,2.5KB,15%,52%,3,1,PARTITIONS,500,1638,python-aiokafka,c6i.4xlarge,4"),
        ("python-aiokafka", "12.4M,1.8KB,85%,12%,3.5,1,PARTITIONS,500,,python-aiokafka,m6i.xlarge,4"),
        ("python-confluent", "40M,1KB,50%,40%,4,1,PARTITIONS,,,python-confluent,c7a.xlarge,6"),
    ] {
        let args = ["plan", "--runtimes", runtime, "--cost-tolerance", "0"];
        let with = |partitions: u64| {
            format!("p{partitions},{}\n", row.replace("PARTITIONS", &partitions.to_string()))
        };
        let given = json(&format!("{header}{}", with(6)), &args);
        let required = given["plans"][0]["partitions_required"].as_u64().unwrap();
        let options = given["decisions"][0]["options"].as_array().unwrap();
        let told = options.iter().find(|it| it["kind"] == "partitions").unwrap();
        let all: String = (required..=2 * required).map(with).collect();
        let all = json(&format!("{header}{all}"), &args);
        let bills = all["plans"].as_array().unwrap().iter().filter_map(|it| it["usd_per_month"].as_f64());
        let least = bills.fold(f64::INFINITY, f64::min);
        assert!((told["usd_per_month"].as_f64().unwrap() - least).abs() < 0.01, "{told:#}, not {least}");
    }
}
