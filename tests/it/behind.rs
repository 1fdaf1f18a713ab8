//! What is kept: its machines and price, and what it takes where these fall behind at peak.

use crate::command::{one_line, printed, with_rows};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;

// Of the 48 vCPUs of 12 c7a.xlarge consumers keep 36 % busy, which at 3 times the mean is 108 %, and the system 2.5 %; of those of
// `idle` 10 %, which is 15 %.
const FLEET: &str = "\
name,events_per_day,event_size,io_ratio,utilization,current_machine,current_instances,peak_factor,skew,native_share,\
partitions,current_runtime,current_processes
busy,100M,1KB,0,38.5%,c7a.xlarge,12,3,1,0,480,python-aiokafka,48
idle,100M,1KB,0,12.5%,c7a.xlarge,12,1.5,1,0,480,python-aiokafka,48
";

// What runs is known by its bill alone.
const PAID: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,current_instances,\
current_usd_per_month
pings,400M,180,0,1.1,1.8,1,96,python-aiokafka,12,300
retry,23k,2KB,0.8,200,2,1,3,python-aiokafka,1,5
";

fn text(args: &[&str]) -> String {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "200");
    printed(command)
}

fn decisions(file: &str, more: &[&str]) -> Vec<Value> {
    let json = text(&[&["plan", file, "--format", "json"], more].concat());
    serde_json::from_str::<Value>(&json).unwrap()["decisions"].as_array().unwrap().clone()
}

// Of 12 vCPUs of 3 c7g.xlarge 3.1 cores are busy and 0.3 of their systems, 28 %: 3.1 x 4 + 0.3 = 12.7 at peak. 3 faster machines carry that.
#[test]
fn as_many_machines_of_another_type_are_none_that_are_added() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,current_runtime,current_machine,current_instances,\
                peak_factor,partitions,concurrency\nfx,1.1B,220,0,0.02,3.1,go-franz,c7g.xlarge,3,4,24,consumer\n";
    with_rows(rows, |file| {
        let it = decisions(file, &["--region", "eu-west-1", "--runtimes", "go-franz"]).remove(0);
        assert_eq!(
            (&it["planned"], &it["action"]),
            (&"3 x c8g.xlarge".into(), &"add capacity; lags at peak".into())
        );
        let more = &["--region", "eu-west-1", "--runtimes", "go-franz", "--machine-types", "c7g.xlarge"];
        let it = decisions(file, more).remove(0);
        assert_eq!(
            (&it["planned"], &it["action"]),
            (&"5 x c7g.xlarge".into(), &"add machines; lags at peak".into())
        );
        // It is not the machines to come that lag.
        let title = text(&[&["explain", "fx", file], &more[..]].concat());
        assert!(title.starts_with("fx in go-franz: add machines (5 x c7g.xlarge, $"), "{title}");
        assert!(
            title.lines().take(3).collect::<Vec<_>>().join(" ").contains("); today's lag at peak"),
            "{title}"
        );
    });
}

#[test]
fn what_falls_behind_costs_what_carries_the_peak() {
    with_rows(FLEET, |file| {
        let [busy, idle] = &decisions(file, &[])[..] else { panic!() };
        assert_eq!((&busy["lags"], &busy["verdict"]), (&true.into(), &"right_size".into()));
        assert_eq!(busy["action"], "add capacity; lags at peak; spike");
        // 12 x $0.20528 an hour over 730 hours.
        let dollars = |it: &Value, column: &str| it[column].as_f64().unwrap();
        assert!((dollars(busy, "today_usd_per_month") - 12.0 * 0.20528 * 730.0).abs() < 1e-6);
        assert_eq!(busy["usd_per_month"], busy["current_runtime_usd_per_month"]);
        assert!(dollars(busy, "usd_per_month") > dollars(busy, "today_usd_per_month"));
        // At 3 times the mean, more than 17.28 x 3 = 51.8 cores are busy; 9 x 8 faster vCPUs have room for them.
        assert_eq!(busy["planned"], "9 x c8a.2xlarge");
        assert_eq!((&idle["lags"], &idle["action"]), (&false.into(), &"right-size".into()));

        let planned = dollars(busy, "usd_per_month") + dollars(idle, "usd_per_month");
        let more = dollars(busy, "usd_per_month") - dollars(busy, "today_usd_per_month");
        let thousands =
            |dollars: f64| format!("${},{:03}", dollars as u64 / 1000, dollars.round() as u64 % 1000);
        for format in ["table", "markdown", "html"] {
            let said = text(&["plan", file, "--format", format]);
            let at = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what}: {said}"));
            let (planned, more) = (thousands(planned), thousands(more));
            if format == "html" {
                at(&format!("<dt>Planned</dt><dd class=\"value\">{planned}</dd>"));
                at(&format!("<dt>Costs more</dt><dd class=\"value\">{more}</dd>"));
            } else {
                at(&format!("planned {planned}"));
                at(&format!("costs {more} more for workloads that need more than runs today"));
            }
            let said = &said[said.find("Next").unwrap()..];
            let at = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what}: {said}"));
            let mended = at(&format!(": 9 x c8a.2xlarge instead of 12 x c7a.xlarge, {more} more a month"));
            assert!(mended < at(": 5 x c8a.large"), "what falls behind is the first step: {said}");
        }
        let csv = text(&["plan", file, "--format", "csv"]);
        assert!(csv.contains("busy,12 x c7a.xlarge,1798.2528,9 x c8a.2xlarge,2832.1956,"), "{csv}");
    });
}

#[test]
fn of_the_same_type_the_machines_to_add_are_told() {
    let busy = "c8a.large,4,3,1,0,480,go-franz,";
    let rows = FLEET.replace("38.5%,c7a.xlarge,12,3,1,0,480,python-aiokafka,48", &format!("45%,{busy}"));
    with_rows(&rows, |file| {
        let said = text(&["plan", file]);
        // 45 % of 8 vCPUs less 0.1 of each of 4 machines are 3.2, 9.6 at peak: more than there are. 5 of $0.10776 an hour over 730 hours are $393.
        assert!(
            said.contains(
                "busy: add 5 x c8a.large, $393 more a month than today; today's machines are 45 % busy"
            ),
            "{said}"
        );
    });
}

#[test]
fn red_is_for_what_has_to_be_mended_and_not_for_a_question() {
    let rows =
        FLEET.replace("12.5%,c7a.xlarge,12,1.5,1,0,480,python-aiokafka,48", "38.5%,c7a.xlarge,12,,,,,,");
    with_rows(&rows, |file| {
        let said = text(&["plan", file, "--format", "html"]);
        assert!(said.contains("<b class=\"bad\">add capacity; lags at peak"), "{said}");
        assert!(said.contains(">give peak_factor, current_processes and current_fetch_wait_ms<td"), "{said}");
    });
}

#[test]
fn a_kept_row_shows_no_machines_that_are_not_advised() {
    with_rows(PAID, |file| {
        let all = decisions(file, &[]);
        for (row, (pods, bill)) in all.iter().zip([("12 pods", 300.0), ("1 pod", 5.0)]) {
            assert_eq!((&row["planned"], &row["verdict"]), (&pods.into(), &"stay".into()));
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

/// The status of a check of a change that allows $100, the first row of what changed, and the text.
fn checked(old: &str, new: &str) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let files = ["old.csv", "new.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    for (file, rows) in files.iter().zip([old, new]) {
        fs::write(file, rows).unwrap();
    }
    let [old, new] = &files;
    let mut command = Command::cargo_bin("tonnage").unwrap();
    let run = command.args(["diff", old, new, "--format", "json", "--fail-above", "100"]).output().unwrap();
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["diff", old, new, "--fail-above", "100"]).env("COLUMNS", "200");
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    (run.status.code(), json["changes"][0].clone(), text)
}

fn asked(rows: &str) -> f64 {
    with_rows(rows, |file| decisions(file, &[])[0]["current_runtime_usd_per_month"].as_f64().unwrap())
}

fn more(change: &Value) -> Option<f64> {
    change["costs_more_usd_per_month"].as_f64()
}

// What is kept at $300 carries 400M events a day and nobody knows more: where plans ask for more, whatever column says so, what it
// will cost is unknown, and no dollar of it is counted.
#[test]
fn growth_of_what_is_kept_at_the_same_bill_has_no_price() {
    let measured =
        PAID.replace("1.1,1.8,1,96,python-aiokafka,12,300", "1.1,1.8,1,96,python-aiokafka,12,300,6.6");
    let measured = measured.replace("usd_per_month\n", "usd_per_month,observed_cores\n");
    let measured = measured.replace("python-aiokafka,1,5\n", "python-aiokafka,1,5,\n");
    for (old, cell, new) in [(PAID, "400M", "650M"), (PAID, "1.1", "2.2"), (&measured, ",6.6\n", ",13.2\n")] {
        let new = old.replace(cell, new);
        let (before, now) = (asked(old), asked(&new));
        assert!(before > 300.0 && now > before + 100.0, "{before} {now}");
        let (status, change, told) = checked(old, &new);
        assert_eq!(status, Some(4), "{told}");
        assert_eq!(change["old_usd_per_month"], 300.0);
        if change["new_usd_per_month"] == 300.0 {
            assert_eq!(more(&change), Some(0.0));
            let expected =
                "The planned bill stays $305 a month, and what pings will cost is unknown, because inputs";
            assert!(told.starts_with(expected), "{told}");
            let expected = "- pings: now plans ask for more at the same bill\n";
            assert!(told.contains(expected) && told.contains("  $0?  "), "{told}");
        }
        assert!(told.contains(&format!("plan asks ${before:.0} -> ")), "{told}");
        // On the way back nothing is saved of what stays as it is.
        assert!(more(&checked(&new, old).1).is_none_or(|more| more <= 0.0));
    }
    // 1 % more is none.
    assert_eq!(checked(PAID, &PAID.replace("400M", "404M")).0, Some(0));
}

/// So many events on machines that are so busy.
fn parcels(events: &str, utilization: &str) -> String {
    format!(
        "name,events_per_day,event_size,io_ratio,peak_factor,current_machine,current_instances,utilization,current_usd_per_month,\
         current_runtime,partitions\nparcels,{events},900,60%,2,m6i.2xlarge,3,{utilization},900,python-aiokafka,48\n"
    )
}

// Where skew decides the verdict, that is lost, and the $900 of today go on: no bill of the same kind as what was planned.
#[test]
fn an_answer_that_becomes_a_question_is_named_and_not_counted() {
    let (old, new) = (parcels("23M", "11.25%"), parcels("42M", "19.25%"));
    let (status, change, told) = checked(&old, &new);
    assert_eq!(
        (&change["old_verdict"], &change["new_verdict"]),
        (&"right_size".into(), &"depends_on".into())
    );
    assert_eq!(status, Some(4), "{told}");
    assert!(change["old_usd_per_month"].as_f64().unwrap() < 800.0, "{change}");
    assert!(change["new_usd_per_month"].is_null() && more(&change).is_none(), "{change}");
    assert_eq!(change["worse"], serde_json::json!(["no verdict"]));
    assert!(told.contains("- parcels: now no verdict\n") && told.contains("$900 today"), "{told}");
    assert!(told.contains("Not counted: parcels, as "), "{told}");
    // The other way the verdict is found, and nothing is saved by that.
    assert_eq!(checked(&new, &old).0, Some(0));
}

// $900 are paid until somebody says what skew is; twice the events take another setting, at a bill that is known: another kind of bill.
#[test]
fn a_question_that_becomes_a_change_is_named_and_not_counted() {
    let (old, new) = (parcels("66M", "28%"), parcels("146M", "62%"));
    let (status, change, told) = checked(&old, &new);
    assert_eq!(
        (&change["old_verdict"], &change["new_verdict"]),
        (&"depends_on".into(), &"alternative".into())
    );
    assert_eq!(status, Some(4), "{told}");
    assert!(change["new_usd_per_month"].is_f64() && more(&change).is_none(), "{change}");
    assert!(change["old_usd_per_month"].is_null() && told.contains("$900 today"), "{told}");
    assert_eq!(change["worse"], serde_json::json!(["lags at peak"]));
}

// 62 % busy are 124 % at twice the mean. The bill of what has no plan stays what it is, and the check fails all the same.
#[test]
fn what_begins_to_lag_fails_whatever_it_costs() {
    let rows = |utilization: &str| {
        format!(
            "name,events_per_day,event_size,io_ratio,peak_factor,current_machine,current_instances,utilization,\
             current_usd_per_month,current_runtime,partitions\n\
             routes,1.9M,2.5KB,10%,2,c6i.2xlarge,3,{utilization},850,python-aiokafka,24\n"
        )
    };
    let (status, change, told) = checked(&rows("35%"), &rows("62%"));
    assert_eq!(status, Some(4), "{told}");
    let worse = change["worse"].as_array().unwrap();
    assert!(worse.contains(&"lags at peak".into()), "{change}");
    assert!(told.contains("- routes: now lags at peak"), "{told}");
    assert_eq!(checked(&rows("62%"), &rows("62%")).0, Some(0));
}

// Half as many events again on the same 20 % of CPU take each less, which nobody has measured.
#[test]
fn more_events_for_no_more_fail_where_cpu_was_measured_at_fewer() {
    let rows = |events: &str| {
        format!(
            "name,events_per_day,event_size,io_ratio,peak_factor,current_machine,current_instances,utilization,current_runtime,\
             partitions,skew\nbusy,{events},1KB,0,3,c7a.xlarge,12,22.5%,python-aiokafka,480,1\n"
        )
    };
    let (status, change, told) = checked(&rows("100M"), &rows("150M"));
    assert_eq!((status, more(&change)), (Some(4), Some(0.0)), "{told}");
    assert!(told.contains("- busy: now more events than its CPU was measured at\n"), "{told}");
    assert_eq!(checked(&rows("150M"), &rows("100M")).0, Some(0));
    // Of ranges their medians: 110 and 154 millions.
    assert_eq!(checked(&rows("100M..121M"), &rows("90M")).0, Some(0));
    let (_, _, told) = checked(&rows("100M..121M"), &rows("140M..170M"));
    assert!(told.contains("- busy: now more events than its CPU was measured at\n"), "{told}");
}

#[test]
fn growth_beyond_today_is_told_with_what_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old.csv", "new.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    // 30 % at 3 times the mean are 90 %, beside 2.5 % of the system: it keeps up.
    fs::write(&old, FLEET.replace("100M,1KB,0,38.5%", "85M,1KB,0,32.5%")).unwrap();
    fs::write(&new, FLEET).unwrap();
    let told = text(&["diff", &old, &new]);
    assert!(told.contains("add capacity, lags at peak"), "{told}");
    assert!(told.contains("9 x c8a.2xlarge"), "{told}");
}

// Six processes run for $200 and fall behind, 1.8 times 75 % busy; the pods are more and cost more, and the output says so before
// anything is applied.
#[test]
fn more_pods_than_run_today_are_told_with_both_bills() {
    let rows = "name,events_per_day,event_size,io_ratio,peak_factor,skew,partitions,current_runtime,current_machine,\
                current_instances,current_processes,utilization,current_usd_per_month,current_fetch_wait_ms\n\
                pings,400M,180,0,1.8,1,96,python-aiokafka,c7a.large,3,6,75%,200,100\n";
    with_rows(rows, |file| {
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
        let more = format!(
            "pings: {replicas} pods instead of 6, ${bill:.0} a month instead of $200 (add capacity; lags at peak)"
        );
        assert!(warning.starts_with(&more), "{warning}");
    });
}

// Of 12 partitions each has 100/12 events a second of 60 ms: it is busy for 0.5 of the time, one event after another.
fn one_by_one(events: &str, peak: &str, more: (&str, &str)) -> String {
    format!(
        "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,io_calls,partitions,current_runtime,\
         current_machine,current_instances,current_processes{}\n\
         slow,{events},1KB,0.9,60,{peak},1,1,12,python-aiokafka,c7a.large,3,12{more}\n\
         calm,86400,1KB,0.9,60,1.5,1,1,12,python-aiokafka,c7a.large,3,12{more}\n",
        more.0,
        more = more.1
    )
}

#[test]
fn partitions_that_fall_behind_are_mended_at_a_price() {
    // At 2.5 times that 1.25 and a little to read and decode.
    with_rows(
        &one_by_one("8.64M", "2.5", (",in_flight,batch_size", ",1,50")).replace(",60,", ",3000,"),
        |file| {
            let it = decisions(file, &[]).remove(0);
            assert_eq!((&it["lags"], &it["verdict"]), (&true.into(), &"alternative".into()), "{it:#}");
            let busy = |column: &str| it[column].as_f64().unwrap();
            assert!((0.5..0.55).contains(&busy("busy_today")), "{it:#}");
            assert!((1.25..1.375).contains(&busy("busy_today_at_peak")));
            let taken =
                it["options"].as_array().unwrap().iter().find(|option| option["to"] == it["to"]).unwrap();
            for same in ["usd_per_month", "machines", "instances"] {
                let of_option = if same == "machines" { &it["planned"] } else { &it[same] };
                assert_eq!(of_option, &taken[same]);
            }
            let (to, bill) = (it["to"].as_str().unwrap(), taken["usd_per_month"].as_f64().unwrap());
            assert!(
                to.ends_with(" partitions"),
                "order is asked for, and batches are as large as they get: {to}"
            );
            let said = text(&["plan", file]);
            // With as many, what runs keeps up: 3 x $0.10264 an hour over 730 hours are $225.
            assert!((bill - 3.0 * 0.10264 * 730.0).abs() < 1e-6);
            let step = format!(
                "1. slow: with {to}, on 3 x c7a.large as today, for the same bill; today's busiest partition"
            );
            assert!(said.contains(&step), "{step}: {said}");
            assert!(!said.contains(" more for workloads"), "{said}");
            assert_eq!(it["action"], format!("{to} (topic); lags at peak"));
        },
    );
}

#[test]
fn no_row_is_kept_in_peace_where_growth_has_no_plan_in_month_0() {
    // 40, 65 and 75 % busy at the mean rate are 60 %, 98 % and 113 % at 1.5 times that; 110 % cannot be.
    for (events, action) in [
        ("6.9M", "keep"),
        ("8.64M", "keep; plan asks "),
        ("11.2M", "keep, at the limit; plan asks "),
        ("13M", "give in_flight"),
        ("20M", "check "),
    ] {
        with_rows(&one_by_one(events, "1.5", ("", "")), |file| {
            let it = decisions(file, &[]).remove(0);
            let said = it["action"].as_str().unwrap();
            assert!(said.contains(action) && (action != "keep" || said == "keep"), "{events}: {said}");
            let json: Value =
                serde_json::from_str(&text(&["sweep", file, "--over", "months", "--format", "json"]))
                    .unwrap();
            let now = json["months"].as_array().unwrap().iter().find(|it| it["runtime"] == "python-aiokafka");
            // What is kept, and what contradicts itself, begins as it runs today; what lags with the step that mends it.
            assert!(!now.unwrap()["instances"].is_null(), "{events}: {json:#}");
            assert_eq!(text(&["plan", file]).contains(". slow: "), action != "keep", "{events}");
        });
    }
}

#[test]
fn what_cannot_be_in_flight_is_checked() {
    // 30/s on 6 partitions are 5 a second. 0.12 of 4 vCPUs are 0.48 cores, 16 ms an event; waiting for 0.95 of the time an event
    // takes 20 times that, 0.32 s: 1.6 events in flight, of which the runtime is said to take one. 0.1 core of each machine is the
    // system's, 5 % of it.
    let rows = "name,events_per_day,event_size,io_ratio,peak_factor,current_machine,current_instances,utilization,\
                current_runtime,partitions,in_flight\nsms,2.592M,300,95%,1.8,c7a.large,2,17%,go-franz,6,";
    with_rows(&format!("{rows}\n"), |file| {
        let it = decisions(file, &[]).remove(0);
        assert_eq!(
            (&it["baseline"], &it["look_at"]),
            (&"contradictory".into(), &"in_flight, io_ratio or utilization".into())
        );
        assert!((1.4..1.7).contains(&it["busy_today"].as_f64().unwrap()), "{it:#}");
        let said = it["contradiction"].as_str().unwrap();
        assert!(said.contains(" events in flight on average, waiting 3"), "{said}");
        assert!(said.contains(" ms each by io_ratio (95 %), and in_flight is blank, which is 1"), "{said}");
    });
    with_rows(&format!("{rows}4\n"), |file| assert_eq!(decisions(file, &[])[0]["baseline"], "consistent"));
}

#[test]
fn no_verdict_turns_on_less_than_figures_are_known_to() {
    // 36 % at 2.8 times the mean and 2.5 % of the system are 103 %, at 2.5 times 92 %, and at 3 times 110 %.
    let row = |peak: &str| FLEET.replace("12,3,1,0", &format!("12,{peak},1,0"));
    let decided = |peak: &str| {
        with_rows(&row(peak), |file| {
            let said = one_line(&text(&["plan", file]));
            (decisions(file, &[]).remove(0), said)
        })
    };
    let (below, _) = decided("2.5");
    assert!(!below["action"].as_str().unwrap().contains("limit"), "{below:#}");
    for peak in ["2.75", "2.8"] {
        let (it, said) = decided(peak);
        assert_eq!(
            (&it["lags"], &it["verdict"], &it["saves_usd_per_month"]),
            (&false.into(), &"stay".into(), &0.0.into())
        );
        let (asks, today) =
            (&it["current_runtime_usd_per_month"], it["today_usd_per_month"].as_f64().unwrap());
        let asks = asks.as_f64().unwrap();
        let dollars = |usd: f64| format!("${},{:03}", usd.round() as u64 / 1000, usd.round() as u64 % 1000);
        assert!(
            it["action"]
                .as_str()
                .unwrap()
                .starts_with(&format!("keep, at the limit; plan asks {}", dollars(asks)))
        );
        let more = asks - today;
        let more = if more < 1000.0 { format!("${more:.0}") } else { dollars(more) };
        assert!(said.contains(&format!("peak_factor ({peak}) decides whether it keeps up; ")), "{said}");
        assert!(said.contains(&format!(" have room, {more} more a month")), "{more}: {said}");
    }
    assert_eq!(decided("3").0["lags"], true);
}

// 45 % of 32 vCPUs at 2.4 times the mean are 108 %. Where the busiest of 48 partitions has 1.5 times its share, no core is fast
// enough for it, one event at a time; machines are added all the same, as far as is known.
#[test]
fn what_mends_it_turns_on_no_blank_cell() {
    let rows = "name,events_per_day,event_size,io_ratio,peak_factor,current_machine,current_instances,utilization,\
                current_runtime,partitions\neta,31M,700,15%,2.4,c6i.4xlarge,2,45%,python-aiokafka,48\n";
    with_rows(rows, |file| {
        let it = decisions(file, &["--set", "skew=1.5"]).remove(0);
        assert_eq!((&it["lags"], &it["alternative"]), (&true.into(), &"in_flight".into()), "{it:#}");
        let it = decisions(file, &[]).remove(0);
        assert_eq!((&it["lags"], &it["verdict"]), (&true.into(), &"right_size".into()), "{it:#}");
        assert!(it["saves_usd_per_month"].as_f64() < Some(0.0));
    });
}

#[test]
fn what_another_runtime_saves_is_one_figure_of_one_bill() {
    with_rows(FLEET, |file| {
        for it in decisions(file, &[]) {
            let dollars = |it: &Value, column: &str| it[column].as_f64().unwrap();
            let paid = match it["lags"] == true {
                true => dollars(&it, "current_runtime_usd_per_month"),
                false => {
                    dollars(&it, "current_runtime_usd_per_month").min(dollars(&it, "today_usd_per_month"))
                }
            };
            let saves = paid - dollars(&it, "other_runtime_usd_per_month");
            assert!((dollars(&it, "moving_saves_usd_per_month") - saves).abs() < 1e-9, "{it:#}");
            for option in it["options"].as_array().unwrap() {
                let of = match option["kind"].as_str().unwrap() {
                    "right_size" => dollars(&it, "today_usd_per_month"),
                    "language" | "library" | "arm" | "purchase" => paid,
                    _ => continue,
                };
                assert_eq!(dollars(option, "of_usd_per_month"), of, "{option:#}");
                let after = of - dollars(option, "saves_usd_per_month");
                assert!((after - dollars(option, "usd_per_month")).abs() < 1e-9, "{option:#}");
            }
            let Some(most) = it["saves_at_most"].as_f64() else { continue };
            assert!(dollars(&it, "saves_at_least") <= saves && saves <= most, "{it:#}");
            let sentence = it["sentence"].as_str().unwrap();
            assert!(
                sentence.contains(&format!(
                    "of ${},{:03} a month it saves ",
                    paid as u64 / 1000,
                    paid.round() as u64 % 1000
                )),
                "{sentence}"
            );
        }
    });
}

// What runs is known by its bill alone: of 12 partitions each has 13.5/s of 50 ms at the mean rate and twice that at peak, and one
// event at a time. Samples are of runtimes as they are asked for, without the change of a setting that is advised.
#[test]
fn a_change_that_costs_more_is_the_next_step_and_not_against_its_samples() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,\
                current_usd_per_month,concurrency,in_flight\n\
                labels,14M,3KB,80%..90%,50,2,1,12,python-aiokafka,38,partition,1\n\
                other,86400,1KB,0,1,2,1,12,python-aiokafka,90,,\n";
    with_rows(rows, |file| {
        let it = decisions(file, &[]).remove(0);
        let more = it["usd_per_month"].as_f64().unwrap() - 38.0;
        assert!(more > 0.0 && it["action"] == "batch_size 4 (code), add capacity; lags at peak", "{it:#}");
        let said = one_line(&text(&["plan", file]));
        let machines = it["planned"].as_str().unwrap();
        let step = format!(
            "1. labels: with batch_size 4, {machines}, ${more:.0} more a month than today; today's busiest partition would be 1"
        );
        assert!(said.contains(&step), "{step} {said}");
        let sentence = it["sentence"].as_str().unwrap();
        assert!(
            sentence.contains("Without the change there is a plan in none of 512 samples."),
            "{sentence}"
        );
    });
}

// 600/s of 20 ms, half of it work, are 6 cores and more; 12 % of 8 vCPUs are one.
#[test]
fn measured_cpu_is_offered_where_a_timed_handler_contradicts_it() {
    let row = |name| format!("{name},51.84M,1KB,0.5,20,2,1,48,python-aiokafka,c7a.xlarge,2,12%\n");
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,\
                  current_machine,current_instances,utilization\n";
    let rows = format!("{header}{}{}", row("a"), row("b"));
    with_rows(&rows, |file| {
        let said = one_line(&text(&["plan", file]));
        assert!(
            said.contains(
                "in 2 workloads of $599 a month. If machines and CPU are right, let the CPU stand instead of handler_ms. `tonnage calibrate FILE \
                 --workload a --workload b --replace -o NEW.csv`"
            ),
            "{said}"
        );
        let new = format!("{file}.new.csv");
        text(&["calibrate", file, "--replace", "-o", &new]);
        assert!(decisions(&new, &[]).iter().all(|it| it["baseline"] == "consistent"));
    });
    // What the file cannot be read without is in the commands.
    with_rows(&rows.replace("zation\n", "zation,team\n").replace("12%\n", "12%,\n"), |file| {
        let said = one_line(&text(&["plan", file, "--ignore-columns=Team", "--region=us-east-1"]));
        let flags = "--region=us-east-1 --ignore-columns=Team";
        for command in
            [&format!("--workload b {flags} --replace -o NEW.csv`"), &format!("FILE --details {flags}`")]
        {
            assert!(said.contains(command.as_str()), "{said}");
        }
    });
}

// email-sender has 173.6/s at peak of 120 ms each, 20.8 in flight: of 16 processes with one each that is 1.30, of 48 partitions 0.43.
#[test]
fn a_blank_concurrency_is_asked_for_where_one_event_at_a_time_is_too_little() {
    let with = |concurrency: &str| {
        let set = format!("concurrency={concurrency}");
        let args = ["--workload", "email-sender", "--set", &set];
        decisions("examples/workloads.csv", &args).remove(0)
    };
    let [blank, partition, consumer] = ["", "partition", "consumer"].map(with);
    let action = |it: &Value| it["action"].as_str().unwrap().to_owned();
    assert!(action(&blank).starts_with("keep if parallel"), "{blank}");
    assert!(!action(&partition).contains("concurrency"), "{partition}");
    assert_eq!((&blank["lags"], &consumer["lags"]), (&false.into(), &true.into()));
    let busy = consumer["busy_today_at_peak"].as_f64().unwrap();
    assert!((blank["busy_today_at_peak"].as_f64().unwrap() - 0.434).abs() < 0.01, "{blank}");
    let text = text(&["plan", "examples/workloads.csv", "--workload", "email-sender"]);
    let said = "Note: today's processes would be 130 % busy at peak if each takes 1 event at a time, as is usual: set concurrency";
    let text = one_line(&text);
    assert!((1.25..1.35).contains(&busy) && text.contains(said), "{text}");
}

// 50/s of 100 ms are 5 in flight and 10 at peak: more than 6 loops take, one at a time each, and 12 have room, in as many pods or fewer.
#[test]
fn loops_of_pods_are_as_busy_as_processes_are() {
    let of = |runtime: &str, consumers: &str| {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,current_instances,\
             current_processes,memory_mib,concurrency\npay,4.32M,1KB,0.95,100,2,1,48,{runtime},3,{consumers},300,consumer\n"
        );
        with_rows(&rows, |file| decisions(file, &[]).remove(0))
    };
    for runtime in ["java-kafka-clients", "python-confluent"] {
        for (consumers, lags, busy) in [("6", true, 10.0 / 6.0), ("12", false, 10.0 / 12.0)] {
            let it = of(runtime, consumers);
            assert_eq!(it["lags"], lags, "{it:#}");
            assert!((it["busy_today_at_peak"].as_f64().unwrap() / busy - 1.0).abs() < 0.02, "{it:#}");
        }
        // Of three pods nobody says how many loops each has.
        assert!(
            of(runtime, "")["action"].as_str().unwrap().starts_with("keep if several a pod"),
            "{runtime}"
        );
    }
}

// 46.3/s of 120 ms are 5.55 in flight on average, and 2 processes run: they work on several, so that 6 partitions with one each,
// 3.7 at 4 times the mean, are no reason to change anything.
#[test]
fn what_works_on_several_events_is_kept_until_in_flight_is_given() {
    let rows = |more: (&str, &str)| {
        format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,memory_mib,current_runtime,\
             current_machine,current_instances,current_processes{}\n\
             notify,4M,800,95%,120,4,6,250,python-aiokafka,m6i.large,2,2{}\n",
            more.0, more.1
        )
    };
    with_rows(&rows(("", "")), |file| {
        let it = decisions(file, &[]).remove(0);
        assert_eq!((&it["verdict"], &it["lags"]), (&"stay".into(), &false.into()), "{it:#}");
        assert!(it["action"].as_str().unwrap().starts_with("keep if parallel"), "{it:#}");
        assert_eq!(
            (&it["saves_usd_per_month"], &it["depends_on_column"]),
            (&0.0.into(), &"in_flight".into())
        );
        let why = "370 % busy at peak with one event in flight, but 5.55 are on average, and 2 processes run: set in_flight";
        assert!(it["sentence"].as_str().unwrap().contains(why), "{it:#}");
    });
    // One at a time as is given cannot be, and 16 each are more than the 22 of the peak.
    with_rows(&rows((",in_flight,concurrency", ",1,consumer")), |file| {
        assert_eq!(decisions(file, &[]).remove(0)["baseline"], "contradictory");
    });
    with_rows(&rows((",in_flight", ",16")), |file| {
        let it = decisions(file, &[]).remove(0);
        assert!(it["depends_on_column"].is_null() && it["lags"] == false, "{it:#}");
    });
}

// What `idle` saves of its $1,798 is checked, and `slow`, which batches mend, stays on 3 machines. Traffic of 8 x
// 100M x 1 KB over 30.42 days, two thirds of it across zones at 2 cents a GB, is $324, and that of `slow` $4. Five steps have room, and one line for
// the others.
#[test]
fn the_next_steps_begin_with_what_is_worth_most() {
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,utilization,peak_factor,skew,io_calls,native_share,partitions,\
                  current_runtime,current_machine,current_instances,current_processes,memory_mib,concurrency,current_fetch_wait_ms\n";
    let slow = "slow,8.64M,1KB,0.9,60,,2.5,1,1,0,12,python-aiokafka,c7a.large,3,12,,partition,\n";
    let idle = |name: &str| {
        format!("{name},100M,1KB,0,,10%,1.5,1,0,0,480,python-aiokafka,c7a.xlarge,12,48,100,,0\n")
    };
    let all: String = ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().map(idle).collect();
    with_rows(&format!("{header}{slow}{all}"), |file| {
        let said = text(&["plan", file]);
        let (_, next) = said.split_once("Next").expect(&said);
        let steps: Vec<&str> =
            next.lines().filter_map(|line| line.split_once(". ")?.1.split([':', '(']).next()).collect();
        let traffic = "Read within zones ";
        assert_eq!(steps[..6], ["slow", "a", "b", "c", traffic, "Other savings a month"], "{next}");
        assert!(next.contains("a month: d $1,562, e $1,562, f $1,562, g $1,562, h $1,562.\n"), "{next}");
    });
}

// Keys are remapped once for good: go-kafka-go, whose 45 days pay back within 24 months, is to be looked at first.
#[test]
fn more_partitions_wait_for_a_rewrite_that_pays_back() {
    let rows = |days: &str| {
        format!(
            "name,events_per_day,event_size,io_ratio,utilization,peak_factor,partitions,p99_ms,memory_mib,rewrite_days,\
             features_per_month,current_runtime,current_machine,current_instances\n\
             fraud,20M,2.5KB,15%,52.625%,3,64,500,1638,{days},2,python-aiokafka,c6i.4xlarge,4\n"
        )
    };
    let action = |days| with_rows(&rows(days), |file| decisions(file, &[]).remove(0)["action"].clone());
    let ends = |days, with: &str| action(days).as_str().unwrap().ends_with(with);
    assert!(ends("45", " partitions (topic), add capacity; lags at peak; spike"), "{}", action("45"));
    assert!(ends("450", " partitions (topic), add capacity; lags at peak"), "{}", action("450"));
}

// 463/s of 5 ms of CPU are 2.31 cores, and each of 2 pods is one Python process: 1.16 cores each at the mean rate. Of 12 processes each has
// 2 of 24 partitions, 0.19 of its core and 0.39 at twice the mean. 347/s of 150 ms, 97 % of it waiting, are 4.5 ms of CPU and its call's: 3 processes
// that take 100 events at a time have 0.52 of their cores each, and 1.57 at 3 times the mean. Go's binary has all cores of its pod.
#[test]
fn a_process_has_one_core_in_whatever_pod_it_runs() {
    let of = |more: &str| {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,skew,memory_mib,current_runtime,current_instances,current_processes,\
             concurrency,in_flight,partitions,peak_factor\n{more}\n"
        );
        with_rows(&rows, |file| decisions(file, &[]).remove(0))
    };
    let pods =
        |runtime: &str, processes: &str| of(&format!("cpu,40M,1KB,0,5,1,200,{runtime},2,{processes},,,24,2"));
    let two = pods("python-aiokafka", "2");
    assert_eq!(two["baseline"], "contradictory");
    assert!((two["busy_today"].as_f64().unwrap() - 1.16).abs() < 0.01, "{two:#}");
    let why = "handler_ms gives 2.31 cores at the mean rate, and 2 processes use a core each at most";
    assert!(two["contradiction"].as_str().unwrap().starts_with(why), "{two:#}");
    let twelve = pods("python-aiokafka", "12");
    assert!((twelve["busy_today_at_peak"].as_f64().unwrap() - 0.388).abs() < 0.003, "{twelve:#}");
    let blank = pods("python-aiokafka", "");
    assert!(blank["action"].as_str().unwrap().starts_with("keep if several a pod"), "{blank:#}");
    assert_eq!(blank["depends_on_column"], "current_processes");
    assert_eq!(pods("go-franz", "2")["lags"], false);
    let parallel =
        |peak: &str| of(&format!("io,30M,1KB,97%,150,1,200,python-aiokafka,3,3,consumer,100,6,{peak}"));
    let (at_limit, behind) = (parallel("2"), parallel("3"));
    assert!(at_limit["action"].as_str().unwrap().starts_with("keep, at the limit"), "{at_limit:#}");
    assert_eq!((&behind["lags"], &behind["verdict"]), (&true.into(), &"right_size".into()), "{behind:#}");
    assert!((behind["busy_today_at_peak"].as_f64().unwrap() - 1.57).abs() < 0.01, "{behind:#}");
}

// 50,000 events a day of 25 s are 14.5 in flight, and 22 at 1.5 times the mean: more than the 4 processes of 2 machines of 2 vCPUs
// take one by one. Of 4 s they are 2.3 and 4.6: 4 processes would be 1.16 busy, and 8 have room.
#[test]
fn blank_processes_are_asked_for_where_one_a_vcpu_is_too_few() {
    let of = |runtime: &str, handler: &str, processes: &str, peak: &str| {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,memory_mib,current_runtime,current_machine,current_instances,\
             current_processes\npdf,50k,2KB,99%,{handler},{peak},200,{runtime},c7a.large,2,{processes}\n"
        );
        with_rows(&rows, |file| decisions(file, &[]).remove(0))
    };
    for (runtime, handler, processes, peak) in [
        ("node-kafkajs", "25s", "", "1.5"),
        ("node-kafkajs", "25s", "2", "1.5"),
        ("python-confluent", "4s", "", "2"),
    ] {
        let it = of(runtime, handler, processes, peak);
        assert_eq!((&it["action"], &it["lags"]), (&"keep if parallel".into(), &false.into()), "{it:#}");
    }
    assert_eq!(of("python-confluent", "4s", "8", "2")["action"], "keep");
    let said = of("python-confluent", "4s", "", "2")["sentence"].as_str().unwrap().to_owned();
    let why = "today's processes, one a vCPU, would be 116 % busy at peak if each takes 1 event at a time, as is usual: set \
               concurrency (consumer or partition), in_flight, or current_processes where more run";
    assert!(said.contains(why), "{said}");
}

// 694/s at peak on 3 partitions are 231/s of 5 ms, none of it waiting: 1.16 of the one core that a Python process has, however many
// events it takes at a time. Half of it waiting, 0.58 is CPU, and several in flight would do.
#[test]
fn several_events_in_flight_are_no_excuse_of_a_busy_core() {
    let said = |io_ratio: &str| {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,partitions,current_runtime,current_machine,\
             current_instances,current_processes,concurrency\n\
             busy,40M,1KB,{io_ratio},5,1.5,1,3,python-confluent,c7a.xlarge,2,8,partition\n"
        );
        with_rows(&rows, |file| decisions(file, &[])[0]["sentence"].as_str().unwrap().to_owned())
    };
    let busy = "today's busiest partition would be 116 % busy at peak: it falls behind at peak, ";
    let (computing, waiting) = (said("0"), said("0.5"));
    assert!(computing.contains(&format!("{busy}or peak_factor (1.5) is too high")), "{computing}");
    assert!(waiting.contains(&format!("{busy}has more than one event in flight")), "{waiting}");
}

// A plan for a p99 of 50 ms has fetches that wait for 12.5 ms at most, and today's wait for 500: whatever runs, they have to be told.
#[test]
fn a_fetch_that_waits_longer_than_the_goal_is_told_with_its_setting() {
    let of = |machines: &str, wait: &str, runtime: &str| {
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,skew,io_calls,partitions,p99_ms,io_wait_p99_ms,current_runtime,\
             current_machine,current_instances,current_processes,current_fetch_wait_ms,memory_mib\n\
             fast,50M,500,0.5,2,2,1,1,24,50,3,{runtime},c7a.large,{machines},{wait},200\n"
        );
        with_rows(&rows, |file| (decisions(file, &[]).remove(0), one_line(&text(&["plan", file]))))
    };
    let (sized, told) = of("4,8", "500", "python-confluent");
    assert_eq!(sized["verdict"], "right_size");
    assert!(told.contains(" a month on 2 x c7i.large with fetch.min.bytes 1. "), "{told}");
    let (kept, told) = of("2,8", "500", "python-confluent");
    assert_eq!(kept["action"], "keep; misses p99");
    assert!(
        told.contains(
            "all above the goal of 50 ms: test it; fetches wait 500 ms: with fetch.min.bytes 1 it is "
        ),
        "{told}"
    );
    assert!(of("4,", "500", "go-kafka-go").1.contains(" with MinBytes 1. "));
    // A quarter of the goal is what plans may use.
    assert!(!of("4,8", "12.5", "python-confluent").1.contains("fetch.min.bytes"));
    assert!(!of("4,8", "", "python-confluent").1.contains("fetch.min.bytes"));
}

/// $124 today are $236 planned, $112 more; reading within zones saves $96 of traffic, so all rises by $16.
#[test]
fn a_rise_that_traffic_does_not_make_up_for_is_told_as_one() {
    let rows = "name,events_per_day,event_size,io_ratio,handler_ms,current_runtime,current_machine,current_instances,partitions,peak_factor\n\
                a,250M,900,0,0.5,go-kafka-go,c6i.large,2,48,3\nb,12M,1KB,0,1,go-kafka-go,c6i.large,2,48,3\n";
    with_rows(rows, |file| {
        let said = one_line(&text(&["plan", file]));
        let rise = "Reading within zones saves up to $96 of traffic; in all the bill rises by $16.";
        assert!(said.contains("costs $112 more for workloads") && said.contains(rise), "{said}");
    });
}

/// Without a plan in today's runtime the bill that is moved is of another one; Fargate's prices are said to stand for regions of AWS alone.
#[test]
fn what_is_told_says_of_what_it_is() {
    let header = "name,provider,region,events_per_day,event_size,io_ratio,handler_ms,current_runtime,current_machine,current_instances,\
                  utilization,current_usd_per_month,partitions,peak_factor,hourly\n";
    let of = |provider: &str, region: &str, machine: &str, more: &str| {
        format!("{header}a,{provider},{region},12M,10 KiB,90%,80,python-aiokafka,{machine},6,15%,{more}\n")
    };
    with_rows(&of("gcp", "europe-west1", "e2-standard-4", "$700,48,3,"), |file| {
        let said = one_line(&text(&["explain", "a", file]));
        assert!(
            said.contains("The bill in go-kafka-go. Each by itself, all others at their medians"),
            "{said}"
        );
    });
    let hours = "1 1 1 1 1 1 2 3 4 5 6 7 8 9 9 8 7 6 5 4 3 2 1 1";
    let also = |rows: &str| with_rows(rows, |file| one_line(&text(&["hours", file])).contains(", also for "));
    assert!(also(&of("aws", "eu-west-1", "c6i.xlarge", &format!(",48,,{hours}"))));
    assert!(!also(&of("azure", "westeurope", "Standard_D4s_v5", &format!(",48,,{hours}"))));
}
