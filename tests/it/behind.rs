//! What is kept: its machines and price, and what it takes where these fall behind at peak.

use crate::command::printed;
use assert_cmd::Command;
use serde_json::Value;
use std::fs;

// Of the 48 vCPUs of 12 c7a.xlarge 35 % are busy, which at 3 times the mean is 105 %; of those of `idle` 10 %, which is 15 %.
const FLEET: &str = "\
name,events_per_day,event_size,io_ratio,utilization,current_machine,current_instances,peak_factor,skew,native_share,\
partitions,current_runtime,current_processes
busy,100M,1KB,0,35%,c7a.xlarge,12,3,1,0,480,python-aiokafka,48
idle,100M,1KB,0,10%,c7a.xlarge,12,1.5,1,0,480,python-aiokafka,48
";

// What runs is known by its bill alone.
const PAID: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,current_instances,\
current_usd_per_month
pings,400M,180,0,1.1,1.8,1,96,python-aiokafka,12,300
retry,23k,2KB,0.8,200,2,1,3,python-aiokafka,1,5
";

fn with_file<T>(rows: &str, look: impl Fn(&str) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    fs::write(&file, rows).unwrap();
    look(file.to_str().unwrap())
}

fn text(args: &[&str]) -> String {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "200");
    printed(command)
}

fn decisions(file: &str, more: &[&str]) -> Vec<Value> {
    let json = text(&[&["plan", file, "--format", "json"], more].concat());
    serde_json::from_str::<Value>(&json).unwrap()["decisions"].as_array().unwrap().clone()
}

#[test]
fn what_falls_behind_costs_what_carries_the_peak() {
    with_file(FLEET, |file| {
        let [busy, idle] = &decisions(file, &[])[..] else { panic!() };
        assert_eq!((&busy["lags"], &busy["verdict"]), (&true.into(), &"right_size".into()));
        assert_eq!(busy["action"], "add machines; lags at peak; spike");
        // 12 x $0.20528 an hour over 730 hours.
        let dollars = |it: &Value, column: &str| it[column].as_f64().unwrap();
        assert!((dollars(busy, "today_usd_per_month") - 12.0 * 0.20528 * 730.0).abs() < 1e-6);
        assert_eq!(busy["usd_per_month"], busy["current_runtime_usd_per_month"]);
        assert!(dollars(busy, "usd_per_month") > dollars(busy, "today_usd_per_month"));
        // At 3 times the mean, more than 16.8 x 3 = 50.4 cores are busy; 8 x 8 vCPUs have room for them.
        assert_eq!(busy["planned"], "8 x m8a.2xlarge");
        assert_eq!((&idle["lags"], &idle["action"]), (&false.into(), &"right-size".into()));

        let planned = dollars(busy, "usd_per_month") + dollars(idle, "usd_per_month");
        let more = dollars(busy, "usd_per_month") - dollars(busy, "today_usd_per_month");
        let thousands =
            |dollars: f64| format!("${},{:03}", dollars as u64 / 1000, dollars.round() as u64 % 1000);
        for format in ["table", "markdown", "html"] {
            let said = text(&["plan", file, "--format", format]);
            let at = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what}: {said}"));
            at(&format!("planned {}", thousands(planned)));
            at(&format!("costs {} more for workloads that need more than runs today", thousands(more)));
            let said = &said[said.find("Next").unwrap()..];
            let at = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what}: {said}"));
            let more = thousands(more);
            let mended = at(&format!(": 8 x m8a.2xlarge instead of 12 x c7a.xlarge, {more} a month more"));
            assert!(mended < at(": 5 x c8a.large"), "it is the first step: {said}");
        }
        let csv = text(&["plan", file, "--format", "csv"]);
        assert!(csv.contains("busy,12 x c7a.xlarge,1798.2528,8 x m8a.2xlarge,2843.3792,"), "{csv}");
    });
}

#[test]
fn of_the_same_type_the_machines_to_add_are_told() {
    let busy = "c8a.large,4,3,1,0,480,go-franz,";
    let rows = FLEET.replace("35%,c7a.xlarge,12,3,1,0,480,python-aiokafka,48", &format!("40%,{busy}"));
    with_file(&rows, |file| {
        let said = text(&["plan", file]);
        // 40 % of 8 vCPUs are 3.2, 9.6 at peak: more than there are. 5 of $0.10776 an hour over 730 hours are $393.
        assert!(
            said.contains("busy: add 5 x c8a.large, $393 a month more: today's machines are 40 % busy"),
            "{said}"
        );
    });
}

#[test]
fn red_is_for_what_has_to_be_mended_and_not_for_a_question() {
    let rows = FLEET.replace("10%,c7a.xlarge,12,1.5,1,0,480,python-aiokafka,48", "35%,c7a.xlarge,12,,,,,,");
    with_file(&rows, |file| {
        let said = text(&["plan", file, "--format", "html"]);
        assert!(said.contains("<b class=\"bad\">add machines; lags at peak"), "{said}");
        assert!(said.contains(">depends on peak_factor</td>"), "{said}");
    });
}

#[test]
fn a_kept_row_shows_no_machines_that_are_not_advised() {
    with_file(PAID, |file| {
        let all = decisions(file, &[]);
        for (row, bill) in all.iter().zip([300.0, 5.0]) {
            assert_eq!((&row["planned"], &row["verdict"]), (&"as today".into(), &"stay".into()));
            assert_eq!(row["usd_per_month"], bill);
            assert!(row["instance_type"].is_null() && row["instances"].is_null());
            let asks = row["current_runtime_usd_per_month"].as_f64().unwrap();
            assert_eq!(row["action"], format!("keep; plan asks ${asks:.0}"));
        }
        // One instance runs today, so no plan is for the loss of a zone.
        let retry = all[1]["sentence"].as_str().unwrap();
        assert!(retry.contains("as the cheapest machine that carries it costs so much"), "{retry}");
        assert!(!retry.contains("survive the loss of a zone"), "{retry}");
    });
}

#[test]
fn growth_of_what_is_kept_costs_what_plans_ask() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old.csv", "new.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    fs::write(&old, PAID).unwrap();
    fs::write(&new, PAID.replace("400M", "650M")).unwrap();
    let asks = |file: &str| decisions(file, &[])[0]["current_runtime_usd_per_month"].as_f64().unwrap();
    let (before, now) = (asks(&old), asks(&new));
    assert!(before > 300.0 && now > before);
    let diff = |from: &str, to: &str| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        let run =
            command.args(["diff", from, to, "--format", "json", "--fail-above", "100"]).output().unwrap();
        let json: Value = serde_json::from_slice(&run.stdout).unwrap();
        (run.status.code(), json["changes"][0]["costs_more_usd_per_month"].as_f64().unwrap())
    };
    let (status, more) = diff(&old, &new);
    assert_eq!(status, Some(4));
    assert!((more - (now - before)).abs() < 1e-9);
    let told = text(&["diff", &old, &new]);
    assert!(
        told.contains(&format!("events_per_day 400M -> 650M; plan asks ${before:.0} -> ${now:.0}")),
        "{told}"
    );
    // The way back is the same with the other sign.
    assert_eq!(diff(&new, &old), (Some(0), -more));
}

#[test]
fn growth_beyond_today_is_told_with_what_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old.csv", "new.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    // 30 % at 3 times the mean are 90 %: it keeps up.
    fs::write(&old, FLEET.replace("100M,1KB,0,35%", "85M,1KB,0,30%")).unwrap();
    fs::write(&new, FLEET).unwrap();
    let told = text(&["diff", &old, &new]);
    assert!(told.contains("add machines; lags at peak"), "{told}");
    assert!(told.contains("8 x m8a.2xlarge"), "{told}");
}

// Three instances run for $200; the pods are more and cost more, and the output says so before anything is applied.
#[test]
fn more_pods_than_run_today_are_told_with_both_bills() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,\
                current_instances,current_usd_per_month\npings,400M,180,0,1.1,1.8,1,96,python-aiokafka,3,200\n";
    with_file(rows, |file| {
        let pods: Value =
            serde_json::from_str(&text(&["plan", file, "--unit", "pods", "--format", "json"])).unwrap();
        let pool =
            pods["pools"].as_array().unwrap().iter().find(|it| it["pool"] == "python-aiokafka").unwrap();
        let bill = pool["usd_per_month"].as_f64().unwrap();
        let said = text(&["plan", file, "--unit", "pods"]);
        assert!(said.contains(&format!("${:.0} more than today's $200", bill - 200.0)), "{said}");

        let mut command = Command::cargo_bin("tonnage").unwrap();
        let run = command.args(["export", "kubernetes", file]).output().unwrap();
        let [manifest, warning] = [run.stdout, run.stderr].map(|it| String::from_utf8(it).unwrap());
        let replicas = manifest.lines().find_map(|line| line.trim().strip_prefix("replicas: ")).unwrap();
        assert_eq!(
            warning,
            format!("pings: {replicas} pods, and 3 run today; ${bill:.0} a month instead of $200\n")
        );
    });
}
