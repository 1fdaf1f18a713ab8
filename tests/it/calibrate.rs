//! From bills back to the CPU of an event.

use crate::command::one_line;
use crate::common::{figure, machine, runtime, workload};
use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use tonnage::input::catalogs::{embedded, lists};
use tonnage::input::workloads::Reader;
use tonnage_model::calibration::calibrate::{Calibration, Finding, Uncalibrated};
use tonnage_model::capacity::sizing::Count;
use tonnage_model::catalog::Catalog;
use tonnage_model::policy::Policy;
use tonnage_model::runtime::{Deployment, Figure, Runtime};
use tonnage_model::workload::Workload;

/// 20 us an event to read and decode 1,000 B, of these 10 us between 5 and 40; 0.01 cores to idle.
fn now() -> Runtime {
    let mut now = runtime("now", Deployment::Processes);
    now.cpu.consume.per_event = Figure { low: 5e-6, high: 40e-6, ..figure(10e-6) };
    now.cpu.idle_cores = figure(0.01);
    now
}

/// 1,000/s by 12 processes on three machines of 4 vCPUs, each half as fast as the profile's.
fn asked(handler_seconds: Option<f64>) -> Workload {
    Workload {
        current_machine: Some("four".into()),
        current_instances: Some(3),
        current_processes: Some(12),
        handler_seconds,
        ..workload(1000.0 * 86_400.0)
    }
}

fn calibrated<T>(
    workload: &Workload,
    utilization: f64,
    look: impl Fn(Result<Calibration<'_>, Uncalibrated>) -> T,
) -> T {
    let mut four = machine("four", 4, 8.0, 0.1);
    four.vcpu_speed = Some(0.5);
    let mut unknown = machine("unknown", 4, 8.0, 0.1);
    unknown.vcpu_speed = None;
    let catalog =
        Catalog { runtimes: vec![now()], machines: vec![four, unknown].into(), ..Catalog::default() };
    look(Calibration::of(&catalog.problem(workload).unwrap(), utilization))
}

fn near(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
}

mod findings {
    use super::*;

    // Half of 3 x 4 vCPUs: 6 cores. 12 processes idle at 0.01 cores at speed 1.0, 0.02 here: 0.24. The other 5.76 do 2.88
    // at speed 1.0, for 1,000/s 2.88 ms an event. The profile has 20 us.
    #[test]
    fn what_no_row_tells_is_the_handlers_own_code() {
        calibrated(&asked(None), 0.5, |it| {
            let it = it.unwrap();
            near(it.observed_cores, 6.0);
            near(it.idle_cores, 0.24);
            near(it.implied_core_seconds, 2.88e-3);
            near(it.expected.value, 20e-6);
            near(it.expected.low, 15e-6);
            near(it.expected.high, 50e-6);
            let Finding::OwnCode { core_seconds } = it.finding else { panic!("{:?}", it.finding) };
            near(core_seconds, 2.86e-3);
        });
    }

    // As above, but 0.1 core of each of three machines is the system's: 5.7 cores, 5.46 without idling, 2.73 ms an event.
    #[test]
    fn the_system_is_no_handler() {
        let workload = Workload { system_cores: 0.1, ..asked(None) };
        calibrated(&workload, 0.5, |it| {
            let it = it.unwrap();
            near(it.observed_cores, 5.7);
            near(it.implied_core_seconds, 2.73e-3);
        });
    }

    // 10 ms of which half is waiting: 5 ms on a vCPU of speed 0.5 are 2.5 ms, and of the one call that there is then 100
    // us are the profile's own. 20 us + 100 us + 2.4 ms = 2.52 ms; the bill says 2.88 ms, 1.143 times that.
    #[test]
    fn a_handler_that_works_more_than_its_row_says() {
        let handler = Some(0.010);
        let workload = Workload { io_ratio: 0.5, ..asked(handler) };
        calibrated(&workload, 0.5, |it| {
            let it = it.unwrap();
            near(it.expected.value, 2.52e-3);
            near(it.floor_core_seconds, 120e-6);
            near(it.attempt_wait_seconds, 5e-3);
            let Finding::More { factor } = it.finding else { panic!("{:?}", it.finding) };
            near(factor, 2.88 / 2.52);
        });
        // At 44 %: 5.28 cores less 0.24, at half speed 2.52 ms.
        calibrated(&workload, 0.44, |it| assert_eq!(it.unwrap().finding, Finding::Agrees));
        // At 22 %: 2.64 - 0.24 = 2.4 cores, 1.2 ms.
        calibrated(&workload, 0.22, |it| {
            let Finding::Less { factor } = it.unwrap().finding else { panic!() };
            near(factor, 1.2 / 2.52);
        });
    }

    // (12 u - 0.24)/2 ms: 45 us, within 15 to 50, at u = (0.09 + 0.24)/12.
    #[test]
    fn a_profile_within_its_interval_agrees() {
        calibrated(&asked(None), 0.33 / 12.0, |it| {
            let it = it.unwrap();
            near(it.implied_core_seconds, 45e-6);
            assert_eq!(it.finding, Finding::Agrees);
        });
    }

    #[test]
    fn what_cannot_be_read() {
        let refused =
            |workload: &Workload, share| calibrated(workload, share, |it| it.unwrap_err().to_string());
        let given = asked(None);
        assert!(
            refused(&Workload { current_machine: None, ..given.clone() }, 0.5)
                .contains("current_machine is missing")
        );
        assert!(
            refused(&Workload { current_instances: None, ..given.clone() }, 0.5)
                .contains("current_instances is missing")
        );
        assert_eq!(
            refused(&Workload { current_machine: Some("unknown".into()), ..given.clone() }, 0.5),
            "the speed of current_machine \"unknown\" is not known, so its CPU compares with nothing"
        );
        // 12 x 0.02 = 0.24 cores, which idling burns.
        assert_eq!(
            refused(&given, 0.02),
            "it is too quiet to tell what an event takes: a utilization of 0.02 is 0.240 cores without the system's, and by the \
             profile idle processes take 0.240; measure where it is busier"
        );
    }
}

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.arg("calibrate").args(args).arg("--published").env("COLUMNS", "80");
    command
}

fn printed(args: &[&str]) -> String {
    crate::command::printed(tonnage(args))
}

fn refused(args: &[&str]) -> String {
    crate::command::refused(tonnage(args))
}

fn read(catalog: &Catalog, file: &str, bytes: &[u8]) -> Vec<Workload> {
    let entries = Reader::new(catalog).read_bytes(file, bytes, false).unwrap();
    entries.into_iter().map(|entry| entry.workload).collect()
}

/// The fleet put right, planned at its mean rate on the machines and processes that it has, is as busy as was said. Where
/// vCPUs share cores it is 1 + 0.5 x 0.7 = 1.35 times that with all of them busy.
#[test]
fn planning_the_corrected_rows_gives_the_utilization_back() {
    const UTILIZATION: f64 = 0.3;
    let mut catalog = embedded::published().unwrap();
    catalog.machines = lists::machines();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    // The second has workloads with retries.
    for file in ["examples/workloads.csv", "examples/growth.csv"] {
        before.extend(read(&catalog, file, &std::fs::read(file).unwrap()));
        let csv =
            printed(&[file, "--utilization", "0.3", "--system-cores", "0", "--format", "csv", "--replace"]);
        after.extend(read(&catalog, "corrected", csv.as_bytes()));
    }
    assert_eq!(after.len(), 12 + 3);
    for (before, after) in before.iter().zip(&after) {
        let wait = |workload| catalog.problem(workload).unwrap().today.wait_seconds;
        if before.handler_seconds.is_some() {
            assert!((wait(before) - wait(after)).abs() < 1e-9, "{}", after.name);
        }
        let at_mean = Workload { peak_factor: 1.0, ..after.clone() };
        let problem = catalog.problem(&at_mean).unwrap();
        let demand = problem.today.demand_in(&at_mean, problem.current, 1.0).unwrap();
        let machine = problem.current_machine.unwrap();
        let (sizing, _) = problem.offer(problem.current, machine, demand, Policy::default()).unwrap();
        let instances = u64::from(after.current_instances.unwrap());
        let processes = u64::from(after.current_processes.unwrap_or(after.current_instances.unwrap()));
        let each = processes / instances;
        assert_eq!(each * instances, processes, "{}", after.name);
        let planned = sizing.cpu_at_peak(Count { instances, members_per_instance: each }, 0.0);
        let expected = UTILIZATION * if machine.shares_cores() { 1.35 } else { 1.0 };
        assert!((planned - expected).abs() < 1e-5, "{}: {planned}", after.name);
    }
}

#[test]
fn a_wait_is_written_out_for_one_attempt() {
    // Four of 8 vCPUs at 20 %, less 0.1 each; 70 % of 10 ms, of which an event takes 1.2.
    let csv = printed(&["examples/growth.csv", "--utilization", "0.2", "--format", "csv", "--replace"]);
    let row = csv.lines().find(|line| line.starts_with("delivery-tracking,40M,700,70%,,")).unwrap();
    assert!(row.ends_with(",6,7"), "{csv}");
}

// The 9 ms that 6 were two thirds of are replaced by what was measured, so the share is of that. Two of 2 vCPUs at 25 %, less 0.1 each
// and 0.00377 that each of two processes idles, leave 0.79245 cores: 7.9245 ms of each of 100 events/s, at speed 0.73975 5.8622 ms,
// less 10.8 us of reading and decoding 5.8514, which take 7.9099 ms there: 6 / (6 + 7.9099) = 0.43135.
#[test]
fn the_share_of_waits_is_written_out_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let row = "a,8.64M,1KB,9ms,6ms,python-aiokafka,c6i.large,2\n";
    let columns = "name,events_per_day,event_size,handler_ms,io_wait_ms,current_runtime,current_machine,current_instances";
    std::fs::write(&file, format!("{columns}\n{row}")).unwrap();
    let csv = printed(&[file.to_str().unwrap(), "--utilization", "25%", "--format", "csv", "--replace"]);
    let heading = csv.lines().next().unwrap().split(',');
    let cells: std::collections::BTreeMap<&str, &str> =
        heading.zip(csv.lines().nth(1).unwrap().split(',')).collect();
    assert_eq!((cells["io_ratio"], cells["io_wait_ms"], cells["handler_ms"]), ("0.431345", "6ms", ""));
}

// Three of 4 vCPUs at 40 % are 4.8 cores, of which the system has 0.3: (3 x 4.5 + 0.3) / 12 = 115 %, which plan would say of the corrected
// row only.
#[test]
fn a_peak_above_all_cpu_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let columns = "name,events_per_day,event_size,handler_ms,io_wait_ms,current_machine,current_instances,utilization,peak_factor";
    std::fs::write(&file, format!("{columns}\nhot,8M,1KB,24,21,c6i.xlarge,3,40%,3\n")).unwrap();
    let file = file.to_str().unwrap();
    let told = "look at peak_factor (3) too: 40 % on average would be 115 % at peak";
    let plan = crate::command::printed({
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(["plan", file]).env("COLUMNS", "400");
        command
    });
    assert!(plan.contains(told), "{plan}");
    let error = refused(&[file, "--utilization", "40%", "--format", "csv"]);
    assert!(error.contains(told), "{error}");
    let error = refused(&[file, "--utilization", "33%", "--format", "csv"]);
    assert!(!error.contains("peak_factor"), "{error}");
}

#[test]
fn only_the_workloads_named_are_put_right() {
    let args = ["examples/workloads.csv", "--utilizations", "examples/utilizations.csv"];
    let csv = printed(&[&args[..], &["--format", "csv", "--replace"]].concat());
    let line = |name: &str| csv.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    // All that is in the file stays; what it lacks comes behind its last column.
    let given = std::fs::read_to_string("examples/workloads.csv").unwrap();
    assert!(
        csv.starts_with(given.lines().next().unwrap()) && csv.contains(",p99_ms,catch_up,io_wait_ms\n"),
        "{csv}"
    );
    // Three of 16 vCPUs at 12 %, less 0.1 each.
    assert!(line("clickstream").starts_with("clickstream,1.2B,800,0,,5.46,,"));
    // 75 % of 30 ms stay a wait of 22.5 ms; two of 2 vCPUs at 14 %, 0.56, less 0.1 each.
    assert!(line("ledger-postings").starts_with("ledger-postings,4M,900,75%,,0.36,"));
    assert!(line("ledger-postings").ends_with(",22.5"));
    let order_events = given.lines().find(|it| it.starts_with("order-events")).unwrap();
    assert_eq!(line("order-events"), format!("{order_events},"));
    let json: Value = serde_json::from_str(&printed(&[&args[..], &["--format", "json"]].concat())).unwrap();
    let json = &json["calibrations"];
    assert_eq!(json.as_array().unwrap().len(), 4);
    assert_eq!(json[3]["workload"], "clickstream");
    let one: Value = serde_json::from_str(&printed(
        &[&args[..], &["--workload", "clickstream", "--format", "json"]].concat(),
    ))
    .unwrap();
    assert_eq!(one["calibrations"], serde_json::json!([json[3]]), "the file may name more than is asked for");
    assert!(json[3]["row"]["handler_ms"].is_null());
    let markdown = printed(&[&args[..], &["--format", "markdown"]].concat());
    assert!(
        markdown
            .contains("\n```csv\nname,handler_ms,observed_cores,io_wait_ms\nledger-postings,,0.36,22.5\n")
    );
    let table = printed(&args);
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(
        table.contains("\nname,handler_ms,observed_cores,io_wait_ms\nledger-postings,,0.36,22.5\n"),
        "{table}"
    );
}

/// Nothing that was given is lost without a word, and nothing that disagrees without being asked for.
#[test]
fn what_is_replaced_is_told_and_what_disagrees_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let header =
        "name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,current_machine,current_instances";
    let name = file.to_str().unwrap();
    // Two of 4 vCPUs, a quarter busy, less 0.1 each: 1.8 cores.
    std::fs::write(&file, format!("{header}\na,1M,1KB,0,,1.85,c7a.xlarge,2\n")).unwrap();
    let near = tonnage(&[name, "--utilization", "25%", "--format", "csv"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&near.stderr), "a: observed_cores 1.8 replaces observed_cores 1.85\n");
    assert!(String::from_utf8_lossy(&near.stdout).contains("\na,1M,1KB,0,,1.8,c7a.xlarge,2\n"));
    std::fs::write(&file, format!("{header}\na,1M,1KB,0,,1.8,c7a.xlarge,2\nb,1M,1KB,0,1,6,c7a.xlarge,2\n"))
        .unwrap();
    let said = refused(&[name]);
    assert!(said.ends_with("; where observed_cores and handler_ms disagree, empty one of them\n"), "{said}");
    let said = refused(&[name, "--utilization", "25%", "--format", "csv"]);
    assert_eq!(
        said,
        format!(
            "error: {name}:3:1: b: observed_cores 1.8 as measured would replace handler_ms 1, observed_cores 6, which \
             disagrees; mend the row, or add --replace\n"
        )
    );
    // All rows are told of together, and nothing else is; that c says nothing of its machines is no mistake.
    std::fs::write(
        &file,
        format!("{header}\nn,1M,1KB,0,,1.85,c7a.xlarge,2\na,1M,1KB,0,,9,c7a.xlarge,2\nb,1M,1KB,0,1,6,c7a.xlarge,2\nc,1M,1KB,0,,,c7a.xlarge,\n"),
    )
    .unwrap();
    let said = refused(&[name, "--utilization", "25%", "--format", "csv"]);
    let places: Vec<&str> = said.lines().filter_map(|line| line.split(": ").nth(2)).collect();
    assert_eq!((said.lines().count(), places), (2, vec!["a", "b"]), "{said}");
    std::fs::write(&file, format!("{header}\na,1M,1KB,0,,1.8,c7a.xlarge,2\nb,1M,1KB,0,1,6,c7a.xlarge,2\n"))
        .unwrap();
    let replaced = tonnage(&[name, "--utilization", "25%", "--format", "csv", "--replace"]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&replaced.stderr),
        "b: observed_cores 1.8 replaces handler_ms 1, observed_cores 6\n"
    );
    let table = printed(&[name, "--utilization", "25%"]);
    let words = one_line(&table);
    assert!(words.contains("observed_cores 1.8 replaces handler_ms 1, observed_cores 6."), "{table}");
}

/// Two of 4 vCPUs, a quarter busy: 2 cores. Comments, columns of others, quotes and line breaks stay.
#[test]
fn nothing_of_the_file_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let name = file.to_str().unwrap();
    let given = "# Ours; since 2024\r\nteam;Name;events_per_day;event_size;io_ratio;current_machine;current_instances;\
                 utilization;notes\r\nx;a;1M;1KB;0;c7a.xlarge;2;25%;\"keep; me\"\r\n# second\r\n\
                 y;b;2M;1KB;0;c7a.xlarge;2;;\r\n";
    std::fs::write(&file, given).unwrap();
    let expected = given
        .replace("notes\r\n", "notes;observed_cores\r\n")
        .replace("25%;\"keep; me\"", ";\"keep; me\";1.8")
        .replace("2;;\r\n", "2;;;\r\n");
    let args = ["--ignore-columns", "team,notes", "--format", "csv"];
    assert_eq!(printed(&[&[name][..], &args].concat()), expected);
    let mut piped = tonnage(&[&["-"][..], &args].concat());
    piped.write_stdin(given);
    let said = crate::command::refused(piped);
    assert!(said.contains("the columns that are passed over (team, notes) would be lost"), "{said}");
}

#[test]
fn mistakes_have_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("u.csv");
    let given = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let path = file.to_str().unwrap();
        refused(&["examples/workloads.csv", "--utilizations", path]).replace(path, "u.csv")
    };
    let known = given("name,utilization\nclickstreem,0.3\naudit-log,130%\naudit-log,\n");
    let lines: Vec<&str> = known.lines().collect();
    assert!(
        lines[0]
            .starts_with("error: u.csv:2:1: unknown workload \"clickstreem\"; did you mean \"clickstream\"?")
    );
    assert_eq!(
        lines[1],
        "error: u.csv:3:11: utilization is \"130%\", but must be a share above 0 and up to 1, such as 0.35 or 35%"
    );
    assert_eq!(lines[2], "error: u.csv:4:1: name \"audit-log\" is there twice");
    assert!(lines[3].starts_with("error: u.csv:4:11: utilization is missing"));
    assert_eq!(given("name,utilization\n"), "error: u.csv: there is a header but no utilization below it\n");
    assert!(Path::new("examples/hours.csv").is_file());
    assert!(refused(&["examples/hours.csv"]).contains("--utilization"));
    assert!(
        refused(&["examples/hours.csv", "--utilization", "0"])
            .contains("must be a share above 0 and up to 1")
    );
}

#[test]
fn all_that_lack_a_machine_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let text = "name,events_per_day,event_size,io_ratio,current_machine\na,1M,1KB,0,\nb,1M,1KB,0,c6i.large\n";
    std::fs::write(&file, text).unwrap();
    let name = file.to_str().unwrap();
    assert_eq!(
        refused(&[name, "--utilization", "0.3"]),
        format!(
            "error: {name}:2:1: a: current_machine is missing; without the machine type a utilization says nothing\n\
             error: {name}:3:1: b: current_instances is missing; without the number of machines a utilization says \
             nothing\n"
        )
    );
}

/// 2 x 4 vCPUs, 0.1 % busy: 0.008 cores, of which the system takes half; two idle processes take 0.0056.
#[test]
fn a_row_that_is_too_quiet_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let text = "name,events_per_day,event_size,io_ratio,current_machine,current_instances,utilization\n\
                quiet,1M,1KB,0,c7a.xlarge,2,0.1%\nbusy,1M,1KB,0,c7a.xlarge,2,30%\n";
    std::fs::write(&file, text).unwrap();
    let name = file.to_str().unwrap();
    let said = one_line(&printed(&[name]));
    assert!(said.starts_with("1 of 2 workloads calibrated"), "{said}");
    let why =
        "2:1: quiet: it is too quiet to tell what an event takes: a utilization of 0.001 is 0.004 cores";
    assert!(said.contains(&format!("Not calibrated: {name}:{why}")), "{said}");
    let corrected = printed(&[name, "--format", "csv"]);
    assert!(corrected.contains("\nquiet,1M,1KB,0,c7a.xlarge,2,0.1%"), "{corrected}");
}

#[test]
fn more_busy_cores_than_processes_can_use_are_told() {
    // Three single-core processes on 3 x 16 vCPUs, half of them busy, less 0.1 each: 23.7 cores.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let row = |processes| {
        format!(
            "name,events_per_day,event_size,io_ratio,current_machine,current_instances,current_processes\n\
             a,100M,1KB,0,c6i.4xlarge,3,{processes}\n"
        )
    };
    let said = |processes: u32| {
        std::fs::write(&file, row(processes)).unwrap();
        let text = printed(&[file.to_str().unwrap(), "--utilization", "50%"]);
        one_line(&text)
    };
    assert!(
        said(3).contains("23.7 busy cores are more than 3 processes can use, a core each"),
        "{}",
        said(3)
    );
    assert!(!said(48).contains("busy cores are more"), "{}", said(48));
}

/// A blank fetch wait is read alike in `plan` and here: what a shorter wait explains agrees, and given as 0 it does not.
#[test]
fn a_blank_fetch_wait_agrees_with_what_a_plan_takes_it_for() {
    // 40 % of 4 x 4 vCPUs less 0.1 of each machine's system are 6 cores.
    let rows = |column: &str, cell: &str| {
        format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,utilization,peak_factor,\
             partitions,current_runtime,current_processes{column}\n\
             it,2B,1KB,0,0.05,c7a.xlarge,4,0.40,2,96,python-aiokafka,16{cell}\n"
        )
    };
    let calibration = |rows: String| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        let printed =
            command.args(["calibrate", "-", "--format", "json"]).write_stdin(rows).output().unwrap().stdout;
        let json: Value = serde_json::from_slice(&printed).unwrap();
        json["calibrations"][0].clone()
    };
    let blank = calibration(rows("", ""));
    assert_eq!((&blank["finding"], &blank["observed_cores"]), (&"agrees".into(), &6.0.into()));
    assert_eq!(blank["expected_core_seconds"], blank["implied_core_seconds"]);
    let sentence = blank["sentence"].as_str().unwrap();
    assert!(sentence.contains("current_fetch_wait_ms is blank; plans take it for 100 ms"), "{sentence}");
    assert_eq!(calibration(rows(",current_fetch_wait_ms", ",0"))["finding"], "less");
}
