//! What goes on as it runs today: sweeps over months and failures begin with it, as `plan` decides.

use crate::command::{one_line, printed};
use assert_cmd::Command;
use serde_json::Value;

/// Two that are kept, one of them on one machine; one without a verdict; one that is known by its bill alone.
const FLEET: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,current_machine,current_instances,utilization,\
current_usd_per_month,current_runtime,partitions,growth_pct_per_month,skew
scans,58/s,1KB,40%,,3,m6i.xlarge,2,18%,310,python-confluent,24,5,1
retry,23k,2KB,80%,,2,t3.small,1,5%,17,python-aiokafka,3,5,1
parcels,66M,900,60%,,2,m6i.2xlarge,3,28%,900,python-aiokafka,48,5,
paid,400M,180,0,1.1,1.8,,12,,300,python-aiokafka,96,5,1
";

fn told(args: &[&str]) -> String {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).args(["-", "--region", "eu-central-1"]).env("COLUMNS", "120").write_stdin(FLEET);
    printed(command)
}

fn rows(args: &[&str], name: &str) -> Vec<Value> {
    let json: Value = serde_json::from_str(&told(&[args, &["--format", "json"]].concat())).unwrap();
    json[name].as_array().unwrap().clone()
}

fn verdicts() -> Vec<Value> {
    rows(&["plan"], "decisions").into_iter().map(|it| it["verdict"].clone()).collect()
}

#[test]
fn months_begin_with_what_runs_and_leave_it_when_plans_ask_for_more() {
    assert_eq!(verdicts(), ["stay", "stay", "depends_on", "stay"]);
    let months = rows(&["sweep", "--over", "months"], "months");
    let of = |name: &str| -> Vec<&Value> {
        let runtime = if name == "scans" { "python-confluent" } else { "python-aiokafka" };
        months.iter().filter(|it| it["workload"] == name && it["runtime"] == runtime).collect()
    };
    for (name, bill, on, count) in [
        ("scans", 310.0, Some("m6i.xlarge"), Some(2)),
        ("retry", 17.0, Some("t3.small"), Some(1)),
        ("parcels", 900.0, Some("m6i.2xlarge"), Some(3)),
        ("paid", 300.0, None, None),
    ] {
        let first = of(name)[0];
        assert_eq!(first["usd_per_month"], bill, "{name}");
        assert_eq!((first["instance_type"].as_str(), first["instances"].as_u64()), (on, count), "{name}");
        assert!(first["bound_by"].is_null(), "{name}");
    }
    // The bill of what nobody has named stays until the cheapest plan costs more than in the first month, which is above it.
    let paid = of("paid");
    let asks = |it: &Value| it["cheapest_usd_per_month"].as_f64().unwrap();
    let stays = paid.iter().take_while(|it| asks(it) <= asks(paid[0])).count();
    assert!((1..paid.len()).contains(&stays), "{stays}");
    for (at, month) in paid.iter().enumerate() {
        assert_eq!(month["usd_per_month"] == 300.0, at < stays, "month {at}");
        assert_eq!(month["instance_type"].is_null(), at < stays, "month {at}");
    }
    let text = told(&["sweep", "--over", "months"]);
    assert!(text.contains("paid      python-aiokafka   12 pods"), "{text}");
    assert!(text.contains(", as what runs today no longer serves"), "{text}");
}

#[test]
fn failures_are_those_of_what_runs() {
    let scenarios = rows(&["failures"], "scenarios");
    for (name, runtime, today) in [
        ("scans", "python-confluent", Some(("m6i.xlarge", 2))),
        ("scans", "python-aiokafka", None),
        ("retry", "python-aiokafka", Some(("t3.small", 1))),
        ("parcels", "python-aiokafka", Some(("m6i.2xlarge", 3))),
        ("paid", "python-aiokafka", None),
    ] {
        for it in scenarios.iter().filter(|it| it["workload"] == name && it["runtime"] == runtime) {
            assert_eq!(it["runs_today"], today.is_some(), "{it}");
            let on = (it["instance_type"].as_str().unwrap(), it["instances"].as_u64().unwrap());
            assert!(today.is_none_or(|today| today == on), "{it}");
        }
    }
    // Nobody says how many processes run, so as many do as carry the peak best, and t3.small has whole vCPUs for a while: what keeps
    // up with the peak catches up after a crash. 3 times 18 % of two machines are 108 % of one.
    for (name, scenario, drains) in
        [("scans", "crash", true), ("retry", "crash", true), ("scans", "zone_lost", false)]
    {
        let is_it = |it: &&Value| {
            it["workload"] == name
                && it["scenario"] == scenario
                && it["rate"] == "peak"
                && it["runs_today"] == true
        };
        assert_eq!(scenarios.iter().find(is_it).unwrap()["drains"], drains, "{name} {scenario}");
    }
    let retries = rows(&["failures"], "retries");
    let retry = retries.iter().find(|it| it["workload"] == "retry").unwrap();
    assert_eq!(retry["utilization_without_retries"], retry["cpu_at_peak"], "{retry}");
    let text = told(&["failures"]);
    assert!(!text.contains("inf ") && !text.lines().next().unwrap().contains("retry"), "{text}");
    for said in [
        "On today's machines or pods, as no others are recommended: scans, retry, parcels.",
        "as those of today (current_machine, current_instances), their speed or their price are not known: paid.",
        "On one machine, so down until that is back where it is lost: retry.",
    ] {
        assert!(one_line(&text).contains(said), "{said}: {text}");
    }
}

/// What goes on as it runs today is simulated on the machines that `failures` has, and both say so in the same words.
#[test]
fn simulations_are_of_the_machines_that_failures_are_of() {
    let failures = rows(&["failures"], "scenarios");
    let args = ["simulate", "--events", "10k", "--fail", "instance"];
    let simulated = rows(&args, "simulations");
    for it in &simulated {
        let is_of = |row: &&Value| row["workload"] == it["workload"] && row["runtime"] == it["runtime"];
        let row = failures.iter().find(is_of).unwrap();
        for column in ["instance_type", "instances"] {
            assert_eq!(it[column], row[column], "{it}");
        }
        // On one machine nothing is left, and the others of two and three are 2 x 3 x 18 % and 3/2 x 2 x 28 % busy at peak, if each
        // vCPU were a core.
        assert_eq!(it["drain_seconds"].is_null(), it["workload"] != "paid", "{it}");
    }
    assert_eq!(simulated.len(), 4);
    let said = |args: &[&str]| {
        let text = one_line(&told(args));
        let at = text.find("On today's machines").unwrap();
        text[at..at + text[at..].find("not known: paid.").unwrap()].to_owned()
    };
    assert_eq!(said(&args), said(&["failures"]));
}

/// 1.2 cores at 100/s are 12 ms an event, and as long a wait on top; one process that takes one at a time is too slow for the 300/s
/// of a peak that is blank, and two are. What is kept is simulated all the same.
#[test]
fn what_is_slower_than_its_peak_is_named() {
    let fleet = "name,events_per_day,event_size,io_ratio,observed_cores,current_machine,current_instances,current_processes,\
                 partitions\nslow,100/s,1KB,50%,1.2,c7a.large,1,2,12\n";
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["simulate", "-", "--events", "10k"]).write_stdin(fleet);
    let text = one_line(&printed(command));
    assert!(
        text.starts_with("slow on 1 x c7a.large: ") && text.contains(" simulated, unbounded planned "),
        "{text}"
    );
    let named = "Slower than events come at peak, so that lag and p99 grow for as long as that lasts: slow.";
    assert!(text.contains(named), "{text}");
}

// 50/s of 100 ms are 10 in flight at peak, of which 12 processes take one each, and 8 of them with a zone lost too few: 125 %. Of a
// blank `concurrency` the one that carries more counts, which is one for each of 48 partitions.
#[test]
fn a_lost_zone_is_too_much_in_failures_where_it_is_in_plans() {
    let of = |concurrency: &str, args: &[&str]| {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,current_machine,\
             current_instances,current_processes,memory_mib,concurrency\n\
             pay,4.32M,1KB,0.9,100,2,1,48,python-confluent,c7a.large,3,12,100,{concurrency}\n"
        );
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(args).args(["-", "--format", "json"]).write_stdin(rows);
        serde_json::from_str::<Value>(&printed(command)).unwrap()
    };
    for (concurrency, survives) in [("", true), ("consumer", false)] {
        let action = of(concurrency, &["plan"])["decisions"][0]["action"].as_str().unwrap().to_owned();
        assert_eq!(action == "keep", survives, "{action}");
        assert_eq!(action == "keep; lags if a zone is lost", !survives, "{action}");
        let scenarios = of(concurrency, &["failures"])["scenarios"].as_array().unwrap().clone();
        let is_it =
            |it: &&Value| it["runs_today"] == true && it["scenario"] == "zone_lost" && it["rate"] == "peak";
        assert_eq!(scenarios.iter().find(is_it).unwrap()["drains"], survives, "{concurrency}");
    }
}

/// On spot machines, `share` of whose vCPUs is busy on average.
fn on_spot(share: &str, fetch_wait: &str) -> Value {
    let rows = format!(
        "name,events_per_day,event_size,io_ratio,current_runtime,region,current_machine,current_instances,utilization,peak_factor,\
         partitions,purchase,current_fetch_wait_ms\nclicks,480M,520,0,rust-rdkafka,us-east-1,c7a.2xlarge,6,{share},2.5,96,spot,{fetch_wait}\n"
    );
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["plan", "-", "--format", "json"]).write_stdin(rows);
    serde_json::from_str::<Value>(&printed(command)).unwrap()["decisions"][0].clone()
}

// 37 % are 93 % at 2.5 times the mean, and 6 / 4 times what consumers take of it with 2 of 6 machines lost. Machines that survive that cost
// $899, and $974 with fewer of them, by the tolerance: both are told.
#[test]
fn a_plan_that_costs_more_by_the_tolerance_hides_no_lost_zone() {
    let it = on_spot("37%", "0");
    let (today, asks) = (it["today_usd_per_month"].as_f64(), it["current_runtime_usd_per_month"].as_f64());
    assert!(today < asks && asks.unwrap() < today.unwrap() * 1.1, "{today:?} {asks:?}");
    let action = it["action"].as_str().unwrap();
    assert!(
        action.starts_with("keep; plan asks $") && action.ends_with("; lags if a zone is lost"),
        "{action}"
    );
    assert!(it["sentence"].as_str().unwrap().contains("Note: with a zone lost, what is left of"), "{it:#}");
}

// 40 % of 48 vCPUs are 19.2 cores with 0.6 of systems: (18.6 x 2.5 + 0.6) / 48 is 98 %. Threads that are all busy contend more than those that
// are 40 % busy.
#[test]
fn what_is_at_the_limit_is_told_by_the_best_estimates_too() {
    let it = on_spot("40%", "");
    let said = it["sentence"].as_str().unwrap();
    assert!(said.contains("40 % busy on average, 98 % at peak (1"), "{said}");
}

// 32 % of the vCPUs are 61 % at peak, and 14 / 9 times that, 95 %, with 5 of 14 machines lost, whose siblings are as busy.
#[test]
fn a_question_says_that_no_zone_may_be_lost() {
    let rows = "name,events_per_day,event_size,current_runtime,current_machine,current_instances,utilization,partitions,io_ratio,\
                peak_factor,current_usd_per_month\n\
                clicks,1.3B,430,python-confluent,c6i.4xlarge,14,32%,192,10%,1.9,6949\nidle,1M,1KB,,,,,12,0,2,\n";
    let of = |args: &[&str]| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(args).arg("-").write_stdin(rows);
        one_line(&printed(command))
    };
    let json: Value = serde_json::from_str(&of(&["plan", "--format", "json"])).unwrap();
    let it = &json["decisions"][0];
    assert_eq!(it["action"], "give skew; lags if a zone is lost");
    let said = "with a zone lost, what is left of today's machines would be ";
    assert!(it["sentence"].as_str().unwrap().contains(said), "{it:#}");
    assert!(of(&["plan"]).contains(said) && of(&["failures"]).contains(said));
}

#[test]
fn the_limit_of_what_is_kept_is_that_of_its_machines() {
    // An event takes 30 ms and 18.1 us of reading at a speed of 0.77, 30.02 ms. 16M a day are 259.26/s at 1.4 times the mean, 32.41/s
    // of each of 8 partitions: 0.973 busy on c5.xlarge. A plan there, whose vCPUs are all busy, takes 24 + 4.63 / 0.513 = 33.03 ms:
    // 259.26 x 0.03303 / 0.7 = 12.2, so 13 partitions. On r8a.large, where the CPU of an event takes half the time, it is 0.88 busy.
    const KEPT: &str = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_processes,\
                        peak_factor,partitions,in_flight,skew,concurrency,current_runtime\n\
                        kept,16M,1KB,80%,30,c5.xlarge,3,12,1.4,8,1,1,partition,python-aiokafka\n";
    let told = |args: &[&str]| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(args).arg("-").env("COLUMNS", "400").write_stdin(KEPT);
        one_line(&printed(command))
    };
    // No other machines are worth it.
    let plan = told(&["plan", "--min-resize-saving=500"]);
    // How busy it is stands once, as it runs today.
    let asks = "plans ask for more: the limit of a partition is 70 % busy at peak; with ";
    assert!(plan.contains(asks) && plan.contains("today's busiest partition would be 97 % busy"), "{plan}");
    let json: Value =
        serde_json::from_str(&told(&["plan", "--format", "json", "--min-resize-saving=500"])).unwrap();
    let own = json["plans"].as_array().unwrap().iter().find(|it| it["runtime"] == "python-aiokafka").unwrap();
    // As many as the step has, on machines of its own.
    let step = format!("with {} partitions (which remaps keys)", own["partitions_required"]);
    assert!(plan.contains(&step), "{step}: {plan}");
    // A month stays on its machines, whose vCPUs are all busy.
    let months =
        told(&["sweep", "--over", "months", "--set", "growth_pct_per_month=3", "--min-resize-saving=500"]);
    assert!(
        months.contains("8 partitions are too few; on c5.xlarge 13 partitions or in_flight 2 would do"),
        "{months}"
    );
}

// 20M x 2.5 / 86,400 s are 579/s at peak, 57.9/s of the busiest of 12 partitions at a skew of 1.2. On c6i an event takes 15 ms, so 87 %;
// 12 of them are waiting, 69 %, which leave nothing for work on any machine at a limit of 70 %. Machines that are faster break it by less.
#[test]
fn what_breaks_a_limit_moves_to_cheaper_machines_that_break_it_no_more() {
    const CELLS: &str = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_processes,\
                         partitions,peak_factor,current_runtime,skew\n";
    let plan = |row: &str| -> Value {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(["plan", "-", "--format=json"]).write_stdin(format!("{CELLS}{row}"));
        serde_json::from_str(&printed(command)).unwrap()
    };
    const ROW: &str = "a1,20M,4KB,0.8,15,c6i.xlarge,4,12,12,2.5,python-aiokafka,1.2\n";
    let json = plan(ROW);
    let it = &json["decisions"][0];
    assert_eq!((&it["verdict"], &it["reason"]), (&"right_size".into(), &"saving".into()));
    assert_eq!(it["today_usd_per_month"], 496.4);
    assert!(it["usd_per_month"].as_f64().unwrap() <= 300.0, "{it:#}");
    let said = it["sentence"].as_str().unwrap();
    assert!(said.contains(" busy at peak, and 87 % today; plans ask for more: even on "), "{said}");
    assert!(it["action"].as_str().unwrap().starts_with("right-size; plan asks "), "{it:#}");
    // Other commands go on from these machines.
    let runs = |command: &str| {
        let mut it = Command::cargo_bin("tonnage").unwrap();
        it.args([command, "-", "--format=json"]).write_stdin(format!("{CELLS}{ROW}"));
        let json: Value = serde_json::from_str(&printed(it)).unwrap();
        let all = json["scenarios"].as_array().unwrap().iter();
        let own = all.filter(|it| it["runtime"] == "python-aiokafka");
        own.map(|it| it["instance_type"].as_str().unwrap().to_owned()).next()
    };
    assert_eq!(runs("failures").as_deref(), it["instance_type"].as_str());
    // No plan is one that breaks it.
    assert!(json["plans"].as_array().unwrap().iter().all(|plan| plan["feasible"] == false), "{json:#}");
}

// 0.9 cores of two processes on 3 c6i.large, one of which is empty: a crash stops half, and a lost zone leaves one process with 1.8 cores of
// work at peak.
#[test]
fn an_empty_machine_takes_nothing() {
    const KEPT: &str = "name,events_per_day,event_size,io_ratio,io_wait_ms,observed_cores,current_runtime,current_machine,\
                        current_instances,current_processes,peak_factor,partitions,in_flight,memory_mib\n\
                        kept,4M,1.4KB,0,20,0.9,python-confluent,c6i.large,3,2,2,20,,200\n";
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["failures", "-", "--format=json"]).write_stdin(KEPT);
    let json: Value = serde_json::from_str(&printed(command)).unwrap();
    let of = |scenario: &str, rate: &str| {
        let is_it =
            |it: &&Value| it["runs_today"] == true && it["scenario"] == scenario && it["rate"] == rate;
        json["scenarios"].as_array().unwrap().iter().find(is_it).unwrap().clone()
    };
    assert_eq!(of("crash", "peak")["share"], 0.5);
    assert_eq!(of("zone_lost", "peak")["instances_left"], 1);
    assert_eq!(of("zone_lost", "peak")["drains"], false);
}

/// Pods that are kept are on no machines of their own: 6 pods over 3 zones lose 2, a third of 12 partitions. Nobody pays 2 machines for them.
#[test]
fn kept_pods_are_pods_and_have_no_bill_of_machines() {
    const PODS: &str = "name,provider,region,events_per_day,event_size,io_ratio,handler_ms,current_runtime,current_instances,partitions,\
                        current_node_type,memory_mib\n\
                        cart,aws,eu-west-1,9M,1KB,80%,9,python-aiokafka,6,12,m6i.xlarge,260\n";
    let json = |args: &[&str]| -> Value {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(args).args(["-", "--format=json"]).write_stdin(PODS);
        serde_json::from_str(&printed(command)).unwrap()
    };
    let decision = &json(&["plan"])["decisions"][0];
    assert_eq!((&decision["planned"], &decision["verdict"]), (&"6 pods".into(), &"stay".into()));
    let of_machines = ["usd_per_month", "saves_usd_per_month", "instance_type", "instances"];
    assert!(of_machines.iter().all(|name| decision[name].is_null()), "{decision}");
    assert!(
        decision["sentence"].as_str().unwrap().contains("It runs in 6 pods; `--unit pods` tells"),
        "{decision}"
    );
    let failures = json(&["failures"]);
    let is_it =
        |it: &&Value| it["runs_today"] == true && it["scenario"] == "zone_lost" && it["rate"] == "peak";
    let lost = failures["scenarios"].as_array().unwrap().iter().find(is_it).unwrap();
    assert_eq!((&lost["instances"], &lost["instances_left"]), (&6.into(), &4.into()));
    assert!((lost["share"].as_f64().unwrap() - 4.0 / 12.0).abs() < 1e-9, "{lost}");
    assert!(failures["retries"][0]["cpu_at_peak"].is_null());
    let simulated = json(&["simulate", "--events", "10k"])["simulations"][0].clone();
    assert_eq!((&simulated["instances"], &simulated["instance_type"]), (&6.into(), &"m6i.xlarge".into()));
    assert!(["cpu", "planned_cpu"].iter().all(|column| simulated[column].is_null()), "{simulated}");
    let command = |args: &[&str]| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(args).args(["-", "--set", "current_usd_per_month=150"]).write_stdin(PODS);
        printed(command)
    };
    let told = command(&["simulate", "--events", "10k"]);
    assert!(told.starts_with("cart on 6 pods: p99 ") && !told.contains("CPU of the machines"), "{told}");
    let months = command(&["sweep", "--over", "months", "--details"]);
    assert!(one_line(&months).contains("0 9M/day 6 pods"), "{months}");
}
