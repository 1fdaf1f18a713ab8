//! Workloads whose topic, consumer group and Deployment are not called as they are.

use super::command::{printed, refused, tonnage};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use tonnage::input::imports::called::Called;
use tonnage_model::names::NameOf::{self, Deployment, Group, Topic};

const CLUSTER: &str = "examples/import/kubernetes/cluster.json";
const FLEET: &str = "name,team,events_per_day,event_size,io_ratio,partitions,topic,group,deployment\n\
                     checkout,\"a, b\",60M,1.4KB,40%,48,orders.v2,cg.checkout,orders\n\
                     audit,c,60M,1.4KB,0,48,orders.v2,,ledger\n\
                     mail,c,3M,2KB,90%,12,,,shop/mailer\n";

/// Files in a folder of their own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        Path::join(self.0.path(), name).to_str().unwrap().to_owned()
    }

    /// The rows of `fleet.csv` by their names after an import into it.
    fn after(&self, import: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
        let fleet = self.path("fleet.csv");
        printed(tonnage(&[&["import"], import, &["--into", &fleet, "--only-known"]].concat()));
        let text = std::fs::read_to_string(&fleet).unwrap();
        assert!(text.starts_with(FLEET.split('\n').next().unwrap()) && text.contains(",\"a, b\","), "{text}");
        let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
        rows.map(Result::unwrap).map(|row: BTreeMap<String, String>| (row["name"].clone(), row)).collect()
    }
}

/// 100/s for a day, as Grafana exports it.
fn day(legend: &str) -> String {
    let row = |hour: i64| format!("{},100\n", 1_782_864_000_000 + hour * 3_600_000);
    format!("Time,{legend}\n") + &(0..24).map(row).collect::<String>()
}

#[test]
fn imports_find_rows_by_the_names_that_they_know() {
    let folder = Folder::of(&[("fleet.csv", FLEET), ("rate.csv", &day("orders.v2"))]);
    let rows = folder.after(&["kubernetes", CLUSTER, "examples/import/kubernetes/top.txt"]);
    let of = |rows: &BTreeMap<String, BTreeMap<String, String>>, column: &str| {
        ["checkout", "audit", "mail"].map(|name| rows[name][column].clone())
    };
    assert_eq!(of(&rows, "observed_cores"), ["3.6", "1.2", "0.4"]);
    let rows = folder.after(&["bill", "examples/import/bill/opencost.json"]);
    assert_eq!(of(&rows, "current_usd_per_month"), ["328.5", "73", "36.5"]);
    // Both read the topic: 100/s x 86,400 s. The last has another.
    let rows = folder.after(&["prometheus", &folder.path("rate.csv")]);
    assert_eq!(of(&rows, "events_per_day"), ["8640000", "8640000", "3M"]);
    // A group is of one row alone, and stands before a topic of the same name.
    std::fs::write(folder.path("rate.csv"), day("cg.checkout").replace(",100\n", ",200\n")).unwrap();
    let rows = folder.after(&["prometheus", &folder.path("rate.csv")]);
    assert_eq!(of(&rows, "events_per_day"), ["17280000", "8640000", "3M"]);
}

#[test]
fn what_two_rows_have_of_a_group_nobody_can_tell() {
    let folder = Folder::of(&[
        ("fleet.csv", &FLEET.replace("orders.v2,,", "orders.v2,cg.checkout,")),
        ("rate.csv", &day("cg.checkout")),
    ]);
    let [fleet, rate] = ["fleet.csv", "rate.csv"].map(|name| folder.path(name));
    let said = refused(tonnage(&["import", "prometheus", &rate, "--into", &fleet]));
    assert!(said.contains("group \"cg.checkout\" is that of several rows"), "{said}");
    let unknown = folder.path("rate.csv");
    std::fs::write(&unknown, day("other")).unwrap();
    let run = tonnage(&["import", "prometheus", &unknown, "--into", &fleet, "-o", &folder.path("new.csv")]);
    let said = printed(run);
    assert!(
        said.contains("Where a row of the file is meant, say so in its column topic, group or deployment, or by --rename"),
        "{said}"
    );
}

#[test]
fn a_history_may_call_a_workload_by_its_group() {
    let rows: String = (0..24)
        .flat_map(|hour| [0, 1800].map(|second| 1_782_864_000 + hour * 3600 + second))
        .map(|time| format!("{time},cg.checkout,100,0.2\n"))
        .collect();
    // Errors are written for rows that say what the handler takes.
    let handled =
        FLEET.replace("io_ratio,", "io_ratio,handler_ms,").replace("%,", "%,1,").replace(",0,48", ",0,1,48");
    let folder = Folder::of(&[
        ("fleet.csv", &handled),
        ("week.csv", &format!("timestamp,workload,rate,cores\n{}", rows.replace(",0.2\n", ",\n"))),
        ("cpu.csv", &format!("timestamp,workload,cores\n{}", rows.replace("cg.checkout,100", "orders"))),
    ]);
    let [fleet, week, cpu] = ["fleet.csv", "week.csv", "cpu.csv"].map(|name| folder.path(name));
    let args = ["calibrate", &fleet, "--ignore-columns=team", "--history", &week, "--history", &cpu];
    let tested: Value =
        serde_json::from_str(&printed(tonnage(&[&args[..], &["--format=json"]].concat()))).unwrap();
    assert_eq!(
        (&tested["backtests"][0]["workload"], &tested["backtests"][0]["hours"]),
        (&"checkout".into(), &24.into())
    );
    // The file stays as it is but for the errors.
    let written = printed(tonnage(&[&args[..], &["--format=csv"]].concat()));
    assert!(
        written.starts_with(&handled.replace("deployment\n", "deployment,backtest_error\n")[..90]),
        "{written}"
    );
    assert!(
        written.contains("\ncheckout,\"a, b\",60M,1.4KB,40%,1,48,orders.v2,cg.checkout,orders,"),
        "{written}"
    );
}

#[test]
fn manifests_have_the_names_that_run() {
    let folder = Folder::of(&[("fleet.csv", FLEET)]);
    let fleet = folder.path("fleet.csv");
    let exported =
        |args: &[&str]| printed(tonnage(&[&["export"], args, &[&fleet, "--ignore-columns=team"]].concat()));
    let new = exported(&["kubernetes", "--workload=mail"]);
    assert!(new.starts_with("# mail: ") && !new.contains("kubectl patch"), "{new}");
    assert!(new.contains("\n  name: mailer\n  namespace: shop\n") && !new.contains("name: mail\n"), "{new}");
    let patch = exported(&["kubernetes", "--workload=checkout", "--like", CLUSTER]);
    assert!(patch.contains("A strategic-merge patch") && patch.contains("\n  name: orders\n"), "{patch}");
    let keda = |more: &[&str]| exported(&[&["keda", "--workload=checkout"], more].concat());
    let scaled = keda(&[]);
    for line in [
        "  name: orders\n",
        "topic: orders.v2\n",
        "consumerGroup: cg.checkout\n",
        "bootstrapServers: BOOTSTRAP",
    ] {
        assert!(scaled.contains(line), "{line} {scaled}");
    }
    // A flag stands instead of the column, with the workload's name in it.
    let scaled = keda(&["--topic={name}.v3", "--consumer-group=g"]);
    assert!(scaled.contains("topic: checkout.v3\n") && scaled.contains("consumerGroup: g\n"), "{scaled}");
}

#[test]
fn a_row_has_the_names_of_its_cells_or_its_own() {
    let file = "# ours\nname,topic,group,deployment\norders,orders.v2,,\nbilling,orders.v2,cg,shop/billing\n\
                mail,,cg,\n";
    let called = Called::in_file("fleet.csv", file.as_bytes()).unwrap();
    let of = |of: &[NameOf], names: &[&'static str]| called.workloads(of, names).unwrap();
    assert_eq!(of(&[Topic], &["orders.v2"]), ["orders", "billing"]);
    assert_eq!(of(&[Group, Topic], &["orders"]), ["orders"]);
    assert_eq!(of(&[Deployment], &["billing", "shop/billing"]), ["billing"]);
    // Its own name is none of its Deployment, and is taken where nothing else is called so.
    assert_eq!(of(&[Deployment], &["billing"]), ["billing"]);
    assert_eq!(of(&[Topic], &["new"]), ["new"]);
    assert!(called.workloads(&[Group], &["cg"]).unwrap_err().starts_with("group \"cg\" is that of several"));
}
