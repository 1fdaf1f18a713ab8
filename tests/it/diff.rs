//! What changed between two plans: whole commands, and rules that every comparison keeps.

use super::command::{printed, refused};
use crate::command::one_line;
use assert_cmd::Command;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tonnage::input::fingerprint::Fingerprints;
use tonnage::input::saved_plan::{Planned, SavedPlan};
use tonnage::render::markdown;
use tonnage::report::Report;
use tonnage::report::column::Value as Cell;
use tonnage::report::diff::DiffReport;
use tonnage_model::catalog::Catalog;

const FLEET: &str = "examples/workloads.csv";
/// One row that CPU alone sizes, on one type.
const ONE: &str = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,current_runtime,current_machine,partitions
orders,8640000,1KB,0,10,3,python-confluent,c7a.large,60
";
const ON_ONE_TYPE: [&str; 3] = ["--machine-types=c7a.large", "--runtimes=python-confluent", "--no-zone-loss"];
/// An hour and a month of c7a.large.
const USD_PER_MONTH: f64 = 0.10264 * 730.0;

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "250");
    command
}

/// Files in a folder of their own.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Plans a file and keeps the plan.
    fn saved(&self, name: &str, workloads: &str, settings: &[&str]) -> String {
        let path = self.path(name).to_str().unwrap().to_owned();
        printed(tonnage(&[&["plan", workloads, "--save", &path], settings].concat()));
        path
    }
}

fn status(args: &[&str]) -> Option<i32> {
    tonnage(args).output().unwrap().status.code()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(tonnage(&[args, &["--format=json"]].concat()))).unwrap()
}

/// A CSV with a value in another place: that of a workload in a column.
fn changed(csv: &str, workload: &str, column: &str, value: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = header.iter().position(|name| name == column).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for row in reader.records().map(Result::unwrap) {
        let is_it = &row[0] == workload;
        let cells =
            row.iter().enumerate().map(|(index, cell)| if is_it && index == at { value } else { cell });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// An event takes 10.03 ms of one core, and 0.1 core of two is the system's: an instance takes 189 events a second, of which
/// 70 % are planned with, 132. At peak come 100/s x 3 = 300, so 300 / 132 = 2.3 instances are 3; 600 / 132 = 4.5 are 5. Two
/// more of $0.10264 x 730 = $74.93 are $149.85.
#[test]
fn twice_the_events_cost_two_more_machines() {
    let files = Files::new();
    let one = files.write("one.csv", ONE);
    let two = files.write("two.csv", &ONE.replace("8640000", "200/s"));
    let told = printed(tonnage(&[&["diff", &one, &two][..], &ON_ONE_TYPE].concat()));
    assert!(told.starts_with(
        "The planned bill went from $225 to $375 a month ($150 more), because inputs of 1 workload changed\n"
    ));
    assert!(
        told.contains("orders    $225  $375   +$150  events_per_day 8640000 -> 200/s; 3 -> 5 x c7a.large\n")
    );
    assert!(told.contains("Total: 1 workload in both plans $225 -> $375 ($150 more).\n"), "{told}");
    let json = json(&[&["diff", &one, &two][..], &ON_ONE_TYPE].concat());
    let [change] = json["changes"].as_array().unwrap().as_slice() else { panic!("{json}") };
    let number = |name: &str| change[name].as_f64().unwrap();
    assert!((number("old_usd_per_month") - 3.0 * USD_PER_MONTH).abs() < 1e-6);
    assert!((number("new_usd_per_month") - 5.0 * USD_PER_MONTH).abs() < 1e-6);
    assert!((number("costs_more_usd_per_month") - 2.0 * USD_PER_MONTH).abs() < 1e-6);
    assert_eq!((number("old_instances"), number("new_instances")), (3.0, 5.0));
    assert_eq!(
        change["inputs"],
        serde_json::json!([{"column": "events_per_day", "old": "8640000", "new": "200/s"}])
    );
    assert!(json["causes"].as_array().unwrap().is_empty());
}

/// A rise of $149.85: more than $149, not more than $150.
#[test]
fn a_rise_above_the_limit_ends_with_status_4() {
    let files = Files::new();
    let one = files.write("one.csv", ONE);
    let two = files.write("two.csv", &ONE.replace("8640000", "17.28M"));
    let status = |old: &str, new: &str, limit: &str| {
        status(&[&["diff", old, new, "--fail-above", limit][..], &ON_ONE_TYPE].concat())
    };
    assert_eq!(status(&one, &two, "149"), Some(4));
    assert_eq!(status(&one, &two, "$0.149k"), Some(4));
    assert_eq!(status(&one, &two, "150"), Some(0));
    assert_eq!(status(&two, &one, "0"), Some(0));
    assert_eq!(status(&one, &one, "0"), Some(0));
    assert_eq!(status(&one, &two, "-1"), Some(2));
    let output =
        tonnage(&[&["diff", &one, &two, "--fail-above=149"][..], &ON_ONE_TYPE].concat()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "the planned bill is $150 a month more, and --fail-above allows $149.\n");
}

/// Cores stand for 5 % more events or less, as calibrate has it; beyond that nobody measured what 8M x 1.06 or x 3.3 take, however little
/// more a plan of fewer cores an event costs, unless 0.9 x 3.3 = 2.97 cores were.
#[test]
fn more_events_than_were_measured_end_with_status_4_whatever_they_cost() {
    let files = Files::new();
    let row = |events: &str, cores: &str| {
        let header = "name,events_per_day,event_size,io_ratio,observed_cores,current_machine,current_instances,current_usd_per_month,\
                      partitions,peak_factor,skew,current_processes,current_fetch_wait_ms";
        let text = format!("{header}\nx,{events},1KB,0,{cores},c6i.xlarge,3,372,48,2,1,12,0\n");
        files.write(&format!("{events}-{cores}.csv"), &text)
    };
    let before = row("8M", "0.9");
    for (events, cores, expected) in [
        ("8.32M", "0.9", 0),
        ("8.48M", "0.9", 4),
        ("26.4M", "0.9", 4),
        ("26.4M", "2.97", 0),
        ("7M", "0.9", 0),
    ] {
        let args = ["diff", &before, &row(events, cores), "--fail-above", "10000"];
        assert_eq!(status(&args), Some(expected), "{events} {cores}");
    }
}

#[test]
fn a_workload_without_a_plan_is_status_3_where_asked_for() {
    let files = Files::new();
    let one = files.write("one.csv", ONE);
    // An event takes longer than its goal.
    let never = ONE.replace(",partitions\n", ",partitions,p99_ms\n").replace(",60\n", ",60,5\n");
    let never = files.write("never.csv", &never);
    let plan = [&["diff", &one, &never][..], &ON_ONE_TYPE].concat();
    assert_eq!((status(&plan), status(&[&plan[..], &["--strict"]].concat())), (Some(0), Some(3)));
    let told = printed(tonnage(&plan));
    let expected = "No bill can be compared, because inputs of 1 workload changed\n";
    assert!(
        told.starts_with(expected) && told.contains("\nNot counted: orders, as ") && !told.contains("Total"),
        "{told}"
    );
}

/// Of two workloads one has no bill any more, as its events take longer than their goal: what is summed is 2 machines of the other, $149.85.
#[test]
fn sums_say_how_many_they_do_not_count() {
    let files = Files::new();
    let rows = |events: &str, goal: &str| {
        let row =
            |name, events, goal| format!("{name},{events},1KB,0,10,3,python-confluent,c7a.large,60,{goal}\n");
        let header = ONE.lines().next().unwrap();
        format!("{header},p99_ms\n{}{}", row("orders", events, ""), row("late", "8640000", goal))
    };
    let one = files.write("one.csv", &rows("8640000", ""));
    let two = files.write("two.csv", &rows("17.28M", "5"));
    let output =
        tonnage(&[&["diff", &one, &two, "--fail-above=149"][..], &ON_ONE_TYPE].concat()).output().unwrap();
    let [told, said] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    let but = "(not counted: 1 workload)";
    assert!(one_line(&told).contains(&format!("The planned bill {but} went from $225 to $375")), "{told}");
    assert!(told.contains("Not counted: late, as "), "{told}");
    let rise = format!("the planned bill {but} is $150 a month more, and --fail-above allows $149\n");
    assert!(said.contains(&rise) || said.contains(&rise.replace('\n', ".")), "{said}");
}

#[test]
fn a_plan_and_itself_differ_in_nothing() {
    let files = Files::new();
    let kept = files.saved("kept.json", FLEET, &[]);
    for (old, new) in [(&kept[..], &kept[..]), (&kept, FLEET), (FLEET, &kept), (FLEET, FLEET)] {
        let told = printed(tonnage(&["diff", old, new, "--fail-above=0"]));
        assert!(told.starts_with("Nothing changed: 12 workloads, planned bill $"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

// 243/s at peak of 120 ms are 29 in flight: 24 partitions are too few, and p99_ms rules out batches. Today is paid for either way.
#[test]
fn what_has_no_plan_differs_in_nothing_from_itself() {
    let files = Files::new();
    let row = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,partitions,peak_factor,\
               current_runtime,p99_ms\nnp,3.5M,2KB,92%,120,m6i.large,3,24,6,python-confluent,300\n";
    let np = files.write("np.csv", row);
    let told = printed(tonnage(&["diff", &np, &np]));
    assert!(told.starts_with("Nothing changed"), "{told}");
}

/// 1M x 1 s a day are 11.6 cores, not one: no verdict, and 3 x c6i.xlarge at $0.17 for 730 hours go on.
#[test]
fn todays_bills_without_a_verdict_are_told_of_a_planned_bill() {
    let files = Files::new();
    let row = "name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,current_machine,current_instances\n\
               a,1M,1KB,0,1000,1,c6i.xlarge,3\n";
    let file = files.write("a.csv", row);
    let told = one_line(&printed(tonnage(&["diff", &file, &file])));
    let expected = "Nothing changed: 1 workload, planned bill $372 a month; $372 of the planned bill is what workloads without a verdict cost today";
    assert_eq!(told, expected);
    // $0.204 instead of $0.17 an hour are 20 % more, 3 x 0.204 x 730 = $447.
    let plan = files.saved("a.json", &file, &[]);
    let prices = "instance_type,provider,region,on_demand_usd_per_hour,price_date\nc6i.xlarge,aws,us-east-1,0.204,2026-11-01\n";
    let prices = files.write("prices.csv", prices);
    let told = one_line(&printed(tonnage(&["diff", &plan, &file, "--prices", &prices])));
    assert!(told.contains(" a $372 $447 +$74 c6i.xlarge costs 20 % more "), "{told}");
    let days = "prices (of 2026-07-20 to 2026-11-01) changed; $447 of the planned bill is what workloads without a verdict cost today";
    assert!(told.contains(days), "{told}");
}

/// The same number written in another way is no change.
#[test]
fn how_a_number_is_written_is_no_change() {
    let files = Files::new();
    let one = files.write("one.csv", ONE);
    let other = files.write("other.csv", &ONE.replace("8640000", "8.64M").replace(",1KB,", ",1000,"));
    assert!(printed(tonnage(&["diff", &one, &other])).starts_with("Nothing changed"));
}

/// On spot, thumbnails takes 11 x c7a.large at $0.03182, $255.51 a month; on demand 8 x c8a.large at $0.10777, $629.38.
#[test]
fn how_a_row_is_paid_is_a_change() {
    let files = Files::new();
    let csv = std::fs::read_to_string("examples/paid.csv").unwrap();
    let as_written = files.write("a.csv", &csv.replace(",spot,", ",Spot,"));
    assert!(printed(tonnage(&["diff", "examples/paid.csv", &as_written])).starts_with("Nothing changed"));
    let on_demand = files.write("b.csv", &csv.replace(",spot,", ",,"));
    let text = printed(tonnage(&["diff", "examples/paid.csv", &on_demand, "--format", "markdown"]));
    assert!(
        text.contains(
            "| thumbnails | $256 | $629 | +$374 | purchase spot -> empty; 11 x c7a.large -> 8 x c8a.large |"
        ),
        "{text}"
    );
}

#[test]
fn the_most_dollars_come_first_and_sums_have_what_both_plans_know() {
    let files = Files::new();
    let old = std::fs::read_to_string(FLEET).unwrap();
    let without = |csv: &str, name: &str| -> String {
        csv.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect()
    };
    let new = changed(&without(&old, "#"), "clickstream", "peak_factor", "2");
    // The verdict is open then: nobody knows the bill.
    let new = changed(&without(&new, "audit-log"), "order-events", "events_per_day", "16M");
    let new = new + "returns,10M,1KB,50%,10,,,,,,,,,,,,,\n";
    let new = files.write("new.csv", &new);
    let json = json(&["diff", FLEET, &new]);
    let changes = json["changes"].as_array().unwrap();
    let rows: Vec<_> =
        changes.iter().map(|it| (it["workload"].as_str().unwrap(), it["kind"].as_str().unwrap())).collect();
    let expected = [
        ("returns", "added"),
        ("order-events", "inputs changed"),
        ("audit-log", "removed"),
        ("clickstream", "inputs changed"),
    ];
    assert_eq!(rows, expected);
    let totals = json["totals"].as_array().unwrap();
    let bill = |it: &Value, name: &str| it[name].as_f64();
    let stakes: Vec<f64> = changes
        .iter()
        .map(|it| bill(it, "new_usd_per_month").unwrap_or(0.0) - bill(it, "old_usd_per_month").unwrap_or(0.0))
        .collect();
    assert!(stakes.windows(2).all(|pair| pair[0].abs() >= pair[1].abs()), "{stakes:?}");
    assert_eq!(
        (changes[1]["new_verdict"].as_str(), changes[1]["worse"].to_string()),
        (Some("depends_on"), "[\"no verdict\"]".to_owned())
    );
    assert!(changes[1]["costs_more_usd_per_month"].is_null(), "{}", changes[1]);
    // Of twelve, one was removed and one lost its verdict: 10 and 1 added.
    let counts: Vec<_> = totals.iter().map(|it| it["workloads"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 9, 10, 1, 1, 12]);
    let all = bill(&totals[5], "costs_more_usd_per_month").unwrap();
    assert!((all - stakes[0] - stakes[2] - stakes[3]).abs() < 1e-6, "{stakes:?}: {all}");
    let told = printed(tonnage(&["diff", FLEET, &new]));
    assert!(told.starts_with("The planned bill (not counted: 1 workload) went from "), "{told}");
    assert!(told.contains("Not counted: order-events, as ") && told.contains("$372 today"), "{told}");
}

#[test]
fn tables_fit_their_page() {
    let files = Files::new();
    let new =
        changed(&std::fs::read_to_string("examples/trial/july.csv").unwrap(), "orders", "utilization", "80%");
    let new = files.write("new.csv", &changed(&new, "clicks", "events_per_day", "1.2B"));
    for width in [80, 100] {
        let mut command = tonnage(&["diff", "examples/trial/july.csv", &new, "--ignore-columns=team,notes"]);
        command.env("COLUMNS", width.to_string());
        let told = printed(command);
        assert!(told.lines().all(|line| line.chars().count() <= width), "{told}");
        assert!(["was", "now", "change", "what changed"].iter().all(|title| told.contains(title)), "{told}");
        assert!(told.contains("Note: events_per_day of clicks changed and utilization did not"), "{told}");
    }
}

/// Four hundred workloads fit into a comment on GitHub whatever changed, and all of them where it is a few cells each.
#[test]
fn markdown_of_four_hundred_workloads_is_under_sixty_kilobytes() {
    let files = Files::new();
    let fleet = |name: &str, times: u64, more: bool| {
        let mut text =
            "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,produces,skew\n".to_owned();
        for row in 1..=400 {
            let [events, size, ms] = [row * 1_234_567 * times, 900 + row * times, row % 7 + 1];
            let rest = if more { [size * 2, ms * 2, times + 2, times] } else { [size, ms, 3, 1] };
            let [size, ms, peak, produces] = rest;
            text += &format!("service-{row:05},{events},{size},{times}%,{ms},{peak},{produces},1\n");
        }
        files.write(name, &text)
    };
    let [july, august, other] = [("july.csv", 1, false), ("august.csv", 2, false), ("other.csv", 3, true)]
        .map(|(name, times, more)| fleet(name, times, more));
    let markdown = |old: &str, new: &str| printed(tonnage(&["diff", old, new, "--format=markdown"]));
    let few = markdown(&july, &august);
    assert_eq!((1..=400).filter(|row| !few.contains(&format!("service-{row:05}"))).count(), 0);
    let many = markdown(&july, &other);
    assert!(many.contains(" that change less are not shown; --format csv has all."));
    for text in [few, many] {
        assert!((40_000..60_000).contains(&text.len()), "{} bytes", text.len());
        assert!(text.contains("\n**Total**: "));
    }
}

#[test]
fn prices_settings_and_versions_that_differ_are_said() {
    let files = Files::new();
    let price = |usd: f64, date: &str| {
        let row = format!("instance_type,on_demand_usd_per_hour,price_date\nc7a.large,{usd},{date}\n");
        files.write("prices.csv", &row)
    };
    let one = files.write("one.csv", ONE);
    let prices = price(0.1, "2026-08-01");
    let kept = files.saved("kept.json", &one, &[&ON_ONE_TYPE[..], &["--prices", &prices]].concat());
    price(0.11, "2026-10-01");
    // Three machines: 3 x 730 x $0.10 = $219, and $240.90 at $0.11.
    let with = |more: &[&str]| {
        printed(tonnage(&[&["diff", &kept, &one, "--prices", &prices][..], &ON_ONE_TYPE, more].concat()))
    };
    let told = with(&[]);
    assert!(told.starts_with(
        "The planned bill went from $219 to $241 a month ($22 more), because prices (of 2026-10-01) changed\n\n\
         - prices: aws us-east-1 2026-08-01 -> 2026-10-01\n"
    ), "{told}");
    assert!(told.contains("orders    $219  $241    +$22  c7a.large costs 10 % more\n"), "{told}");
    let told = with(&["--zones=2", "--min-instances=4"]);
    assert!(told.contains("because settings and prices (of 2026-10-01) changed"), "{told}");
    assert!(told.contains("- settings: min_instances 2 -> 4, zones 3 -> 2\n"), "{told}");
    // The same day, another price.
    price(0.11, "2026-08-01");
    assert!(with(&[]).contains("- prices: aws us-east-1, both of 2026-08-01\n"));
    // A discount is a setting, and changes no list price; another output changes nothing.
    price(0.1, "2026-08-01");
    let told = with(&["--discount=10%"]);
    assert!(told.contains("- settings: discount unset -> 10%\n") && !told.contains("- prices:"), "{told}");
    assert!(with(&["--strict"]).starts_with("Nothing changed"));
    let text = std::fs::read_to_string(&kept).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let older = files.write("older.json", &text.replace(version, "0.0.1"));
    let told = printed(tonnage(&["diff", &older, &kept]));
    let headline = format!("The planned bill stays $219 a month, although tonnage (now {version}) changed\n");
    assert!(told.starts_with(&headline), "{told}");
    assert!(told.contains(&format!("- version: 0.0.1 -> {version}\n")), "{told}");
}

#[test]
fn what_is_no_plan_is_refused_at_its_place() {
    let files = Files::new();
    let kept = files.saved("kept.json", "examples/trial/july.csv", &["--ignore-columns=team,notes"]);
    let text = std::fs::read_to_string(&kept).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let newer = text.replacen(version, "99.1.0", 1);
    let sweep =
        printed(tonnage(&["sweep", "--over=peak_factor", FLEET, "--workload=audit-log", "--format=json"]));
    let pipelines = printed(tonnage(&["plan", "examples/pipeline.toml", "--format=json"]));
    let line_of_last = pipelines.trim_end().lines().count();
    for (name, text, said) in [
        (
            "newer",
            &newer[..],
            format!("2:3: tonnage 99.1.0 has written it, and this is tonnage {version}, which may"),
        ),
        (
            "odd",
            &text.replacen(version, "new", 1),
            "2:3: version is \"new\", but must be one such as".to_owned(),
        ),
        (
            "sweep",
            &sweep,
            "3:3: tonnage sweep has written it, but only plans can be compared; tonnage plan".to_owned(),
        ),
        (
            "pipelines",
            &pipelines,
            format!("{line_of_last}:1: it is no plan that can be compared: missing field"),
        ),
        (
            "other",
            "{\n\"a\": 1}",
            "1:1: it is no plan: it has no command; tonnage plan WORKLOADS --save".to_owned(),
        ),
        ("cut", &text[..100], "6:17: it is no JSON: EOF while".to_owned()),
        ("empty", "", "1:1: it is no JSON: EOF while parsing a value".to_owned()),
    ] {
        let path = files.write(&format!("{name}.json"), text);
        for order in [[&path, &kept], [&kept, &path]] {
            let refusal = refused(tonnage(&["diff", order[0], order[1]]));
            assert!(refusal.starts_with(&format!("error: {path}:{said}")), "{name}: {refusal}");
        }
    }
    let lost = refused(tonnage(&["diff", &kept, FLEET, "-o", &kept]));
    assert!(lost.contains("it is read, and would be lost"), "{lost}");
}

#[test]
fn a_plan_is_kept_beside_the_output_and_only_where_it_succeeds() {
    let files = Files::new();
    let kept = files.path("kept.json");
    let plan = |more: &[&str]| {
        let mut command = tonnage(&[&["plan"], more].concat());
        command.arg("--save").arg(&kept).output().unwrap()
    };
    assert_eq!(plan(&["examples/mistakes.csv"]).status.code(), Some(1));
    assert!(!kept.exists());
    // What is printed is the same as without, also in formats that are written row by row.
    for format in ["--format=table", "--format=csv"] {
        let output = plan(&[FLEET, format]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), printed(tonnage(&["plan", FLEET, format])));
    }
    let read = || std::fs::read_to_string(&kept).unwrap();
    let text = read();
    assert_eq!(
        text,
        printed(tonnage(&["plan", FLEET, "--format=json"]))
            .replace("\"format\": \"json\"", "\"format\": \"csv\"")
    );
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["inputs"].as_array().unwrap().len(), 12);
    assert_eq!(json["fingerprints"]["profiles"].as_object().unwrap().len(), 5);
    assert!(json["fingerprints"]["prices"]["aws us-east-1"].is_string());
    assert_eq!(json["price_dates"]["aws"], "2026-07-20");
    for failing in [&["examples/mistakes.csv"][..], &["nowhere.csv"], &[FLEET, "-o", "/nowhere/plan.md"]] {
        assert_eq!(plan(failing).status.code(), Some(1), "{failing:?}");
        assert_eq!(read(), text, "{failing:?}");
    }
    assert!(!Path::new("kept.json").exists());
    let output = plan(&["examples/pipeline.toml"]);
    assert!(
        String::from_utf8(output.stderr).unwrap().contains("--save: the files hold pipelines only"),
        "pipelines"
    );
    let fleet = files.write("fleet.json", ONE);
    let lost = refused(tonnage(&["plan", &fleet, "--save", &fleet]));
    assert!(lost.contains(&format!("--save {fleet}: it is read, and would be lost")), "{lost}");
    assert_eq!(status(&["plan", FLEET, "--save", "plan.csv"]), Some(2));
}

/// Reading `D4s v5` looks at another region of Azure, which has no part in the plan.
#[test]
fn prices_are_compared_where_workloads_live() {
    let files = Files::new();
    let rows = "name,region,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine,current_instances\n\
                orders,eu-west-1,8640000,1KB,0,10,60,c6i.large,2\n\
                clicks,westeurope,8640000,1KB,0,10,60,D4s v5,2\n";
    let kept = files.saved("kept.json", &files.write("w.csv", rows), &["--runtimes=python-confluent"]);
    let json: Value = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    let regions: Vec<&String> = json["fingerprints"]["prices"].as_object().unwrap().keys().collect();
    assert_eq!(regions, ["aws eu-west-1", "azure westeurope"]);
}

/// What pods cost in both plans is what `plan --unit pods` says, and what a contradiction leaves out of pods was not removed.
#[test]
fn pods_are_kept_and_compared() {
    let files = Files::new();
    let one = files.write("one.csv", ONE);
    let two = files.write("two.csv", &ONE.replace("8640000", "800/s"));
    // 800/s of 10 ms are 8 cores, of which two vCPUs have no part.
    let wrong = ONE.replace("8640000", "800/s").replace("partitions", "partitions,current_instances");
    let wrong = files.write("wrong.csv", &wrong.replace(",60\n", ",60,1\n"));
    let pods = ["--unit=pods", "--runtimes=python-confluent"];
    let kept = files.saved("kept.json", &one, &pods);
    let diff = |new: &str| json(&[&["diff", &kept, new][..], &pods].concat());
    assert!(diff(&one)["changes"].as_array().unwrap().is_empty());
    let bill = |file: &str| {
        let planned = json(&[&["plan", file][..], &pods].concat());
        planned["pools"][0]["usd_per_month"].as_f64().unwrap()
    };
    let grown = &diff(&two)["changes"][0];
    let dollars = |name: &str| grown[name].as_f64().unwrap();
    assert!((dollars("old_usd_per_month") - bill(&one)).abs() < 1e-6);
    assert!((dollars("costs_more_usd_per_month") - (bill(&two) - bill(&one))).abs() < 1e-6);
    assert!(dollars("costs_more_usd_per_month") > 0.0);
    assert!(grown["new_planned"].as_str().unwrap().contains(" pods of "), "{grown}");
    let left_out = &diff(&wrong)["changes"][0];
    assert_eq!((&left_out["kind"], &left_out["new_usd_per_month"]), (&"inputs changed".into(), &Value::Null));
    assert!(left_out["new_action"].as_str().unwrap().starts_with("check "), "{left_out}");
    let settings = printed(tonnage(&["diff", &kept, &one, "--runtimes=python-confluent"]));
    assert!(settings.contains("- settings: unit "), "{settings}");
}

/// Regions are known when all is planned, also those that no row names.
#[test]
fn a_workload_by_flags_has_its_price_date() {
    let json = json(&["plan", "--events-per-day=50M", "--event-size=1KB", "--io-ratio=0.5"]);
    assert_eq!(json["price_dates"], serde_json::json!({"aws": "2026-07-20"}));
}

/// Pairs of plans of some workloads, each with its skew, and what both have.
fn kept_plan(rows: &[(&str, &str, Planned)]) -> SavedPlan {
    SavedPlan {
        version: "0.1.0".to_owned(),
        settings: BTreeMap::new(),
        price_dates: BTreeMap::new(),
        fingerprints: Fingerprints::default(),
        inputs: rows
            .iter()
            .map(|(name, skew, _)| {
                [("name", *name), ("skew", *skew)].map(|(k, v)| (k.into(), v.into())).into()
            })
            .collect(),
        decisions: rows
            .iter()
            .map(|(name, _, it)| Planned { workload: (*name).to_owned(), ..it.clone() })
            .collect(),
        contradicted: Vec::new(),
    }
}

/// A decision: its verdict, the planned bill, today's, and that of the plan in today's runtime.
fn decided(verdict: Option<&str>, bill: Option<f64>, today: Option<f64>, asks: Option<f64>) -> Planned {
    Planned {
        planned: "-".to_owned(),
        verdict: verdict.map(str::to_owned),
        usd_per_month: bill,
        today_usd_per_month: today,
        current_runtime_usd_per_month: asks,
        ..Planned::default()
    }
}

fn right_size(bill: f64, today: f64) -> Planned {
    decided(Some("right_size"), Some(bill), Some(today), Some(bill))
}

fn stay(bill: f64, asks: f64) -> Planned {
    decided(Some("stay"), Some(bill), Some(bill), Some(asks))
}

fn question(today: f64, asks: f64) -> Planned {
    decided(Some("depends_on"), None, Some(today), Some(asks))
}

/// What both plans have beside the workloads of a case: right-sized for $200, then for $230.
const BESIDE: [f64; 2] = [200.0, 230.0];

/// Each case beside a workload that went from $200 to $230: what is like each other is added to its $30, and what is not is named.
#[test]
fn what_is_counted_by_hand() {
    let contradicted = || decided(None, None, Some(500.0), Some(900.0));
    let no_plan = |today| decided(Some("none"), None, Some(today), None);
    for (what, old, new, bills, not_counted) in [
        // 200 + 234 and 230 + 252: what is kept costs its bill, whatever its plans ask for.
        ("kept, other bill", Some(stay(234.0, 100.0)), Some(stay(252.0, 300.0)), [434.0, 482.0], None),
        // $800 were planned to add capacity to $500; that nobody knows now is nothing saved.
        (
            "withdrawn",
            Some(right_size(800.0, 500.0)),
            Some(question(500.0, 900.0)),
            [200.0, 230.0],
            Some("a"),
        ),
        ("contradicted", Some(right_size(800.0, 500.0)), Some(contradicted()), [200.0, 230.0], Some("a")),
        (
            "kept, now asked",
            Some(stay(500.0, 400.0)),
            Some(question(500.0, 400.0)),
            [200.0, 230.0],
            Some("a"),
        ),
        // An answer that is found is nothing saved of the $372 that were paid before.
        ("decided", Some(question(372.0, 236.0)), Some(right_size(112.0, 372.0)), [200.0, 230.0], Some("a")),
        // Nobody knows in either plan, so what is paid counts: 200 + 372 and 230 + 447.
        ("open", Some(question(372.0, 236.0)), Some(question(447.0, 236.0)), [572.0, 677.0], None),
        ("no plan", Some(no_plan(372.0)), Some(question(400.0, 300.0)), [572.0, 630.0], None),
        // A plan without a workload pays nothing for it.
        ("added", None, Some(right_size(100.0, 234.0)), [200.0, 330.0], None),
        ("removed", Some(right_size(112.0, 300.0)), None, [312.0, 230.0], None),
        (
            "added, no bill",
            None,
            Some(decided(Some("depends_on"), None, None, Some(230.0))),
            [200.0, 230.0],
            Some("a"),
        ),
        // Pods that are kept at a bill that nobody knows.
        (
            "bill missing",
            Some(stay(142.0, 142.0)),
            Some(decided(Some("stay"), None, None, Some(142.0))),
            [200.0, 230.0],
            Some("a"),
        ),
    ] {
        let beside = |at: usize| ("b", "1", right_size(BESIDE[at], 900.0));
        let rows = |at: usize, it: Option<Planned>| -> Vec<_> {
            let a = it.map(|it| ("a", if at == 0 { "1" } else { "2" }, it));
            std::iter::once(beside(at)).chain(a).collect()
        };
        let (old, new) = (kept_plan(&rows(0, old)), kept_plan(&rows(1, new)));
        let report = DiffReport::new(&old, &new, &Catalog::default());
        let rise = bills[1] - bills[0];
        assert_eq!(report.rise(), rise, "{what}");
        let text = one_line(&markdown::document(&report.document()));
        let but = not_counted.map_or("", |_| " (not counted: 1 workload)");
        let [from, to] = bills;
        let more = if rise < 0.0 { format!("${:.0} less", -rise) } else { format!("${rise:.0} more") };
        let headline = format!("The planned bill{but} went from ${from:.0} to ${to:.0} a month ({more})");
        assert!(text.contains(&headline), "{what}: {text}");
        assert_eq!(text.contains("**Not counted**: a, as "), not_counted.is_some(), "{what}: {text}");
        // What may be $1 less fails with the same figure.
        let report = report.allowing(Some(rise - 1.0));
        let failure = format!(
            "the planned bill{but} is ${rise:.0} a month more, and --fail-above allows ${:.0}",
            rise - 1.0
        );
        assert_eq!(report.failures().contains(&failure), rise > 1.0, "{what}: {:?}", report.failures());
    }
}

/// Each number of a row follows from those beside it: `change` is `now` less `was`, and where one of them is missing the words have
/// what is paid.
#[test]
fn numbers_of_a_row_follow_from_those_beside_them() {
    let none = |today| decided(Some("none"), None, Some(today), None);
    let no_bill = decided(Some("depends_on"), None, None, Some(230.0));
    for (old, new, shown, said) in [
        (Some(question(372.0, 236.0)), Some(right_size(112.0, 372.0)), ["", "112", ""], "$372 today"),
        (Some(right_size(112.0, 372.0)), Some(question(372.0, 167.0)), ["112", "", "?"], "$372 today"),
        // 1,539 is more than the $610 that are paid for twice the skew.
        (
            Some(stay(610.0, 770.0)),
            Some(stay(610.0, 1539.0)),
            ["610", "610", "$0?"],
            "plan asks $770 -> $1,539",
        ),
        (
            Some(stay(610.0, 1539.0)),
            Some(stay(610.0, 770.0)),
            ["610", "610", "$0"],
            "plan asks $1,539 -> $770",
        ),
        (
            Some(stay(610.0, 770.0)),
            Some(right_size(1368.0, 610.0)),
            ["610", "1368", "+$758"],
            "plan asks $770 -> $1,368",
        ),
        (Some(right_size(225.0, 372.0)), Some(none(372.0)), ["225", "", ""], "$372 today"),
        (Some(none(372.0)), Some(question(400.0, 300.0)), ["372", "400", "+$28"], "skew 1 -> 2"),
        (None, Some(no_bill), ["", "", "?"], "added: -, "),
        (Some(none(372.0)), None, ["372", "", "-$372"], "$372 today"),
    ] {
        let plan = |it: Option<Planned>, skew| {
            kept_plan(&it.map(|it| ("a", skew, it)).into_iter().collect::<Vec<_>>())
        };
        let (old, new) = (plan(old, "1"), plan(new, "2"));
        let report = DiffReport::new(&old, &new, &Catalog::default());
        let text = |column| match values(&report, column).swap_remove(0) {
            Cell::Missing => String::new(),
            Cell::Text(text) => text.into_owned(),
            Cell::Number(number) => number.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(["old_usd_per_month", "new_usd_per_month", "change"].map(text), shown, "{said}");
        assert!(text("told").contains(said), "{said}: {}", text("told"));
    }
}

fn planned() -> impl Strategy<Value = (Planned, u8)> {
    (prop::option::weighted(0.8, 0.0f64..1e5), 1u64..9, 0u8..3, 0u8..3).prop_map(
        |(usd_per_month, n, kind, cell)| {
            let planned = Planned {
                planned: format!("{n} x t{kind}"),
                usd_per_month,
                action: ["keep", "right-size", "move"][usize::from(kind)].to_owned(),
                instance_type: Some(format!("t{kind}")),
                instances: Some(n),
                ..Planned::default()
            };
            (planned, cell)
        },
    )
}

/// A plan of some of ten workloads.
fn plan() -> impl Strategy<Value = SavedPlan> {
    prop::collection::btree_map(0u8..10, planned(), 0..10).prop_map(|all| {
        let name = |index: u8| format!("workload-{index}");
        let cells = |(&index, (_, cell)): (&u8, &(Planned, u8))| {
            BTreeMap::from([("name".to_owned(), name(index)), ("skew".to_owned(), cell.to_string())])
        };
        let inputs = all.iter().map(cells).collect();
        let decisions =
            all.into_iter().map(|(index, (it, _))| Planned { workload: name(index), ..it }).collect();
        SavedPlan {
            version: "0.1.0".to_owned(),
            settings: BTreeMap::new(),
            price_dates: BTreeMap::new(),
            fingerprints: Fingerprints::default(),
            inputs,
            decisions,
            contradicted: Vec::new(),
        }
    })
}

/// The values of a column of the changes.
fn values<'r>(report: &'r DiffReport<'_>, column: &str) -> Vec<Cell<'r>> {
    let changes = report.records().swap_remove(0);
    let at = changes.headings.iter().position(|heading| heading.name == column).unwrap();
    changes.rows.into_iter().map(|mut row| row.swap_remove(at)).collect()
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(plan in plan()) {
        let report = DiffReport::new(&plan, &plan, &Catalog::default());
        prop_assert!(values(&report, "workload").is_empty());
        prop_assert_eq!(report.rise(), 0.0);
    }

    /// What was added comes off where it is removed, and the rows have all of it, the most first.
    #[test]
    fn rows_add_up_to_the_rise(old in plan(), new in plan()) {
        let (there, back) = (DiffReport::new(&old, &new, &Catalog::default()), DiffReport::new(&new, &old, &Catalog::default()));
        prop_assert!((there.rise() + back.rise()).abs() < 1e-6);
        let number = |value: &Cell<'_>| if let Cell::Number(number) = value { *number } else { 0.0 };
        let more: f64 = values(&there, "costs_more_usd_per_month").iter().map(number).sum();
        prop_assert!((more - there.rise()).abs() < 1e-6);
        let (was, is) = (values(&there, "old_usd_per_month"), values(&there, "new_usd_per_month"));
        let stakes: Vec<f64> = was.iter().zip(&is).map(|(was, is)| (number(is) - number(was)).abs()).collect();
        prop_assert!(stakes.windows(2).all(|pair| pair[0] >= pair[1]), "{:?}", stakes);
        prop_assert_eq!(was.len(), values(&back, "workload").len());
    }
}

/// What a plan was kept with is given again, and nothing has changed; without it the rows differ.
#[test]
fn values_for_every_row_as_plan_has_them() {
    let files = Files::new();
    let one = files.write("one.csv", ONE);
    let old = files.saved("old.json", &one, &[&ON_ONE_TYPE[..], &["--set", "skew=1.2"]].concat());
    let inputs = |more: &[&str]| {
        let report = json(&[&["diff", &old, &one][..], &ON_ONE_TYPE, more].concat());
        report.to_string().contains("skew 1.2 -> empty")
    };
    assert!(inputs(&[]));
    assert!(!inputs(&["--set", "skew=1.2"]));
}

/// Names that are read alike are no change, however they are written.
#[test]
fn a_name_written_otherwise_is_no_change() {
    let files = Files::new();
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,current_runtime,provider,region,current_machine,current_instances,purchase\n";
    let one = header.to_owned() + "a,5M,1KB,0.5,2,python-aiokafka,azure,westeurope,Standard_D4s_v5,3,spot\n";
    let two = header.to_owned() + "a,5M,1KB,0.5,2,aiokafka,Azure,WestEurope,D4s v5,3,Spot\n";
    let other = one.replace("D4s_v5", "D8s_v5");
    let [one, two, other] = [("one", &one), ("two", &two), ("other", &other)]
        .map(|(name, text)| files.write(&format!("{name}.csv"), text));
    let changes = |new: &str| json(&["diff", &one, new])["changes"].as_array().unwrap().clone();
    assert!(
        changes(&two).iter().all(|it| it["inputs"].as_array().is_none_or(Vec::is_empty)),
        "{:?}",
        changes(&two)
    );
    assert_eq!(changes(&other)[0]["inputs"][0]["column"], "current_machine");
    // A type with its cloud, its region or in other letters, and a language with one runtime; but not another region.
    let row = |runtime: &str, region: &str, machine: &str| {
        let row = format!("a,5M,1KB,0.5,2,{runtime},,{region},{machine},3,spot\n");
        files.write(&format!("{}.csv", machine.replace('/', "-")), &(header.to_owned() + &row))
    };
    let plain = row("java-kafka-clients", "", "c6i.xlarge");
    for (runtime, region, machine) in [
        ("java", "", "aws/us-east-1/c6i.xlarge"),
        ("Java-Kafka-Clients", "us-east-1", "C6I.xlarge"),
        ("java-kafka-clients", "US-East-1", "aws/c6i.xlarge"),
    ] {
        let report = json(&["diff", &plain, &row(runtime, region, machine)]);
        assert_eq!(report["changes"].as_array().map(Vec::len), Some(0), "{machine} {report:#}");
    }
    let moved = json(&["diff", &plain, &row("java", "eu-west-1", "aws/c6i.xlarge")]);
    assert_eq!(moved["changes"][0]["inputs"][0]["column"], "region");
}

/// 5 machines or 6, of which 3 are needed: what is equal is said in words.
#[test]
fn equal_bills_are_the_same_cost() {
    let files = Files::new();
    let [old, new] = ["5", "6"].map(|n| {
        files.write(
            n,
            &ONE.replace("partitions\n", "partitions,current_instances\n")
                .replace(",60\n", &format!(",60,{n}\n")),
        )
    });
    let said = one_line(&printed(tonnage(&[&["diff", &old, &new], &ON_ONE_TYPE[..]].concat())));
    assert!(said.contains("(same cost)") && !said.contains("$0 more"), "{said}");
}
