//! What users see when their input is wrong: the exact message, the exit status, and nothing written.
#![cfg(unix)]

use assert_cmd::Command;
use insta::assert_snapshot;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use tempfile::TempDir;

const HEADER: &str = "name,events_per_day,event_size,io_ratio";
const FLAGS: &str = "plan --events-per-day 1M --event-size 1KB --io-ratio 0.5";
const TABLE: &str =
    "[[workload]]\nname = \"a\"\nevents_per_day = \"1M\"\nevent_size = \"1KB\"\nio_ratio = 0.5\n";
const MACHINES: &str = "instance_type,vcpus,memory_gib,on_demand_usd_per_hour,vcpu_speed\n";
const PROFILE: &str = "name = \"x\"\nlanguage = \"go\"\ndeployment = \"threads\"\nprovenance = { kind = \"measured\", vcpu_speed = 1 }\n\
    memory = { base_mib = 10 }\n[cpu]\nidle_cores = 1\nconsume = { us_per_event = 1 }\nhandler = {}\n";

/// A folder to run in, with some files.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, content) in files {
            let path = folder.0.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    /// Arguments are apart by blanks; `''` stands for an empty one.
    fn run(&self, args: &str) -> Output {
        let args = args.split(' ').map(|arg| if arg == "''" { "" } else { arg });
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.current_dir(&self.0).env_remove("COLUMNS").args(args).output().unwrap()
    }

    fn contents(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let entries = std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), std::fs::read(path).ok())).collect()
    }

    /// What a failing command says; it must print and write nothing else.
    fn refused_with(&self, status: i32, args: &str) -> String {
        let before = self.contents();
        let output = self.run(args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{stderr}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        assert_eq!(self.contents(), before, "files changed");
        assert!(stderr.ends_with('\n') && !stderr.contains('\x1b'), "{stderr:?}");
        stderr
    }

    fn refused(&self, args: &str) -> String {
        self.refused_with(1, args)
    }
}

/// What `plan` says of a workload file.
fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    Folder::new(&[(name, content.as_ref())]).refused(&format!("plan {name} -o out.md"))
}

fn csv(content: impl AsRef<[u8]>) -> String {
    file("w.csv", content)
}

fn toml(content: impl AsRef<[u8]>) -> String {
    file("w.toml", content)
}

/// What `plan` says of a row that is in order but for the cells of the columns added.
fn cells(columns: &str, cells: &str) -> String {
    csv(format!("{HEADER},{columns}\na,1M,1KB,0.5,{cells}\n"))
}

/// Whether every one of some values in the second line's column at `place` is refused as not `allowed`.
fn all_refused(values: &[&str], place: &str, column: &str, allowed: &str, row: impl Fn(&str) -> String) {
    for value in values {
        let shown = value.trim_matches('"');
        let line = format!("error: w.csv:2:{place}: {column} is {shown:?}, but must be {allowed}\n");
        assert_eq!(csv(row(value)), line);
    }
}

/// Whether every one of some cells in a column of its own is refused as not `allowed`.
fn cells_refused(values: &[&str], column: &str, allowed: &str) {
    all_refused(values, "14", column, allowed, |value| format!("{HEADER},{column}\na,1M,1KB,0.5,{value}\n"));
}

/// What `plan` says of a flag.
fn flag(flags: &str) -> String {
    Folder::new(&[]).refused(&format!("{FLAGS} -o out.md {flags}"))
}

/// What the parser of the command line says of a flag.
fn usage(flags: &str) -> String {
    Folder::new(&[]).refused_with(2, &format!("{FLAGS} -o out.md {flags}"))
}

/// What `plan` says of a settings file.
fn settings(content: &str) -> String {
    Folder::new(&[("tonnage.toml", content.as_bytes())]).refused(&format!("{FLAGS} -o out.md"))
}

/// What `plan` says of a machine list.
fn machines(content: impl AsRef<[u8]>) -> String {
    Folder::new(&[("m.csv", content.as_ref())]).refused(&format!("{FLAGS} -o out.md --machines m.csv"))
}

/// What `plan` says of a folder with one profile.
fn profile(content: &str) -> String {
    Folder::new(&[("prof/x.toml", content.as_bytes())]).refused(&format!("{FLAGS} -o out.md --profiles prof"))
}

/// The plan that comes of a workload file.
fn planned(content: impl AsRef<[u8]>) -> String {
    let output = Folder::new(&[("w.csv", content.as_ref())]).run("plan w.csv --format csv");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

// Forms of CSV that are taken

#[test]
fn byte_order_mark_line_ends_quotes_and_blank_lines_change_nothing() {
    let plain = planned(format!("{HEADER}\na,1M,1KB,0.5\nb,2M,1KB,0.5\n"));
    assert!(plain.contains("\na,") && plain.contains("\nb,"), "{plain}");
    assert_eq!(planned(format!("\u{feff}{HEADER}\na,1M,1KB,0.5\nb,2M,1KB,0.5\n")), plain);
    assert_eq!(planned(format!("{HEADER}\r\na,1M,1KB,0.5\r\nb,2M,1KB,0.5\r\n")), plain);
    assert_eq!(planned(format!("{HEADER}\n\"a\",\"1M\",1KB,\" 0.5\"\n b , 2M ,1KB,\t0.5")), plain);
    assert_eq!(
        planned(format!("# c\n\n \t\n{HEADER}\n\na,1M,1KB,0.5\n   \n,,,\n# c\nb,2M,1KB,0.5\n\n")),
        plain
    );
}

#[test]
fn quoted_cell_with_a_comma_and_quotes() {
    let plan = planned(format!("{HEADER}\n\"a, \"\"b\"\"\",1M,1KB,0.5\n"));
    assert!(plan.contains("\n\"a, \"\"b\"\"\","), "{plan}");
}

#[test]
fn lines_are_counted_with_blank_ones_and_comments() {
    assert_snapshot!(csv(format!("# c\r\n{HEADER}\r\n\r\n# c\r\na,0,1KB,0\r\n  \r\n\r\nb,1M,0,0\r\n")), @r#"
    error: w.csv:5:3: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:8:6: event_size is "0", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    "#);
}

#[test]
fn columns_are_counted_in_characters_and_past_quotes() {
    assert_snapshot!(csv(format!("{HEADER}\n\"é, \"\"ü\"\"\",0,1KB,0\n5\" pipe,0,1KB,0\n")), @r#"
    error: w.csv:2:12: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:3:9: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    "#);
}

// The file as a whole

#[test]
fn empty_file() {
    assert_snapshot!(csv(""), @"error: w.csv: the file is empty; the first line must name columns, at least name, events_per_day, event_size");
    assert_snapshot!(toml(""), @"error: w.toml: there is no workload; each starts with [[workload]]");
}

#[test]
fn only_whitespace_or_comments() {
    assert_snapshot!(csv("  \n\n \t\r\n"), @"error: w.csv: the file is empty; the first line must name columns, at least name, events_per_day, event_size");
    assert_snapshot!(csv("# nothing yet\n"), @"error: w.csv: the file is empty; the first line must name columns, at least name, events_per_day, event_size");
}

#[test]
fn header_only() {
    assert_snapshot!(csv(HEADER), @"error: w.csv: there is a header but no workload below it");
    assert_snapshot!(csv(format!("{HEADER}\n\n,,,\n")), @"error: w.csv: there is a header but no workload below it");
}

#[test]
fn header_missing() {
    assert_snapshot!(csv("orders,1M,1KB,0\nclicks,1M,1KB,0\n"), @"error: w.csv:1:1: no known column in the first line; is the header missing? It must name columns, at least name, events_per_day, event_size");
}

#[test]
fn other_separator() {
    assert_snapshot!(csv(format!("{HEADER}\na,1M,1KB,0\n").replace(',', "|")), @"error: w.csv:1:1: the columns are separated by '|', but must be by commas, semicolons or tabs");
    assert_snapshot!(csv(format!("{HEADER}\na,1M,1KB\n").replace(',', ";")), @"error: w.csv:2:1: the row has 3 cells, but the header has 4; an empty cell needs its semicolon too");
    assert_snapshot!(csv(format!("{HEADER}\na;1M;1KB;0,5\n").replace(',', ";").replace("0;5", "0,5")), @r#"error: w.csv:2:10: io_ratio is "0,5", but must be a share from 0 to below 1, such as 0.85 or 85%; "0.5" may be meant"#);
}

#[test]
fn bytes_that_are_not_utf8() {
    assert_snapshot!(csv(b"name,events_per_day\n\xc3\xa9\xe9,1M\n"), @"
    error: w.csv:1:1: required column missing: event_size
    error: w.csv:2:2: byte 0xe9 is not UTF-8; save the file as UTF-8
    ");
    assert_snapshot!(csv(b"\xef\xbb\xbf\xff\n"), @"error: w.csv:1:1: byte 0xff is not UTF-8; save the file as UTF-8");
    assert_snapshot!(toml(b"[[workload]]\nname = '\xff'\n"), @"error: w.toml:2:9: byte 0xff is not UTF-8; save the file as UTF-8");
}

#[test]
fn no_such_file_and_a_folder() {
    let folder = Folder::new(&[("d/x", b""), ("bad.csv", b"name\n")]);
    assert_snapshot!(folder.refused("plan nope.csv -o out.md"), @"error: nope.csv: No such file or directory (os error 2)");
    assert_snapshot!(folder.refused("plan d -o out.md"), @"error: d: Is a directory (os error 21)");
    assert_snapshot!(folder.refused("plan nope.toml bad.csv d -o out.md"), @"
    error: nope.toml: No such file or directory (os error 2)
    error: bad.csv:1:1: required columns missing: events_per_day, event_size
    error: d: Is a directory (os error 21)
    ");
    assert_snapshot!(folder.refused_with(2, "plan ''"), @"
    error: a value is required for '[WORKLOADS]...' but none was supplied

    For more information, try '--help'.
    ");
}

#[test]
fn standard_input() {
    let refused = |content: &str| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        let folder = TempDir::new().unwrap();
        let assert = command.current_dir(&folder).args(["plan", "-"]).write_stdin(content).assert();
        String::from_utf8(assert.code(1).stdout("").get_output().stderr.clone()).unwrap()
    };
    assert_snapshot!(refused(&format!("{HEADER}\na,1M,0,0\n")), @r#"error: <stdin>:2:6: event_size is "0", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)"#);
    assert_snapshot!(refused(&TABLE.replace("1KB", "0")), @r#"error: <stdin>:4:14: event_size is "0", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)"#);
    assert_snapshot!(refused(""), @"error: <stdin>: the file is empty; the first line must name columns, at least name, events_per_day, event_size");
}

// Header and rows

#[test]
fn duplicate_column() {
    assert_snapshot!(csv(format!("{HEADER},name\na,1M,1KB,0,b\n")), @r#"error: w.csv:1:41: column "name" is there twice"#);
}

#[test]
fn column_without_a_name() {
    assert_snapshot!(csv(format!("{HEADER},\na,1M,1KB,0,b\n")), @"error: w.csv:1:41: the column has no name; give it one or take it out");
}

#[test]
fn unknown_column() {
    assert_snapshot!(csv(format!("{HEADER},partitons,zzz\na,1M,1KB,0,1,2\n")), @r#"
    error: w.csv:1:41: unknown column "partitons"; did you mean "partitions"? To skip it: --ignore-columns partitons
    error: w.csv:1:51: unknown column "zzz"; to skip it: --ignore-columns zzz (tonnage init lists all columns)
    "#);
}

#[test]
fn headings_of_sheets_name_their_columns() {
    assert_snapshot!(csv(format!("{HEADER},Mem per process,Handler p50 (ms),Lib\na,1M,1KB,0,900,2,python\n")), @r#"
    error: w.csv:1:41: unknown column "Mem per process"; did you mean "memory_mib"? To skip it: --ignore-columns 'Mem per process'
    error: w.csv:1:57: unknown column "Handler p50 (ms)"; did you mean "handler_ms"? To skip it: --ignore-columns 'Handler p50 (ms)'
    error: w.csv:1:74: unknown column "Lib"; did you mean "current_runtime"? To skip it: --ignore-columns Lib
    error: w.csv:2:18: current_runtime is "python", a language; say which of its runtimes: "python-aiokafka" or "python-confluent"
    "#);
    // Excel's first line says what stands between cells; places are those of the file.
    let excel = format!("sep=;\n{HEADER}\na,1M,1KB,no\n").replace(',', ";");
    assert_snapshot!(csv(excel), @r#"error: w.csv:3:10: io_ratio is "no", but must be a share from 0 to below 1, such as 0.85 or 85%"#);
}

#[test]
fn columns_of_what_is_set_elsewhere() {
    assert_snapshot!(csv(format!("{HEADER},Savings plan (%),Paid as\na,1M,1KB,0,20,lease\n")), @r#"
    error: w.csv:1:41: unknown column "Savings plan (%)"; a discount is in current_usd_per_month beside current_list_usd_per_month, or --discount of all rows. To skip it: --ignore-columns 'Savings plan (%)'
    error: w.csv:1:58: unknown column "Paid as"; did you mean "purchase"? To skip it: --ignore-columns 'Paid as'
    error: w.csv:2:15: purchase is "lease", but must be one of on-demand, spot, reserved-1yr, reserved-3yr or reserved-3yr-all-upfront
    "#);
    assert_snapshot!(csv(format!("{HEADER},current_machine\na,1M,1KB,0,eu-west-1/c6i.xlarge\n")), @r#"error: w.csv:2:12: current_machine "eu-west-1/c6i.xlarge" lacks its cloud; did you mean "aws/eu-west-1/c6i.xlarge"?"#);
}

#[test]
fn names_that_people_give_columns() {
    assert_snapshot!(csv("service,msgs_per_day,Payload Size,io ratio,team\na,x,1KB,2,b\n"), @r#"
    error: w.csv:1:1: unknown column "service"; did you mean "name"? To skip it: --ignore-columns service
    error: w.csv:1:9: unknown column "msgs_per_day"; did you mean "events_per_day"? To skip it: --ignore-columns msgs_per_day
    error: w.csv:1:22: unknown column "Payload Size"; did you mean "event_size"? To skip it: --ignore-columns 'Payload Size'
    error: w.csv:1:44: unknown column "team"; to skip it: --ignore-columns team (tonnage init lists all columns)
    error: w.csv:2:3: events_per_day is "x", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:2:9: io_ratio is "2", but must be a share from 0 to below 1, such as 0.85 or 85%
    "#);
    assert_snapshot!(csv("Service,Messages/day,Payload (bytes),IO %,CPU %,Count\na,1M,900,0,35%,2\n"), @r#"
    error: w.csv:1:1: unknown column "Service"; did you mean "name"? To skip it: --ignore-columns Service
    error: w.csv:1:9: unknown column "Messages/day"; did you mean "events_per_day"? To skip it: --ignore-columns Messages/day
    error: w.csv:1:22: unknown column "Payload (bytes)"; did you mean "event_size"? To skip it: --ignore-columns 'Payload (bytes)'
    error: w.csv:1:38: unknown column "IO %"; did you mean "io_ratio"? Write its unit into the cells, as in 2%. To skip it: --ignore-columns 'IO %'
    error: w.csv:1:43: unknown column "CPU %"; did you mean "utilization"? Write its unit into the cells, as in 2%. To skip it: --ignore-columns 'CPU %'
    error: w.csv:1:49: unknown column "Count"; did you mean "current_instances"? To skip it: --ignore-columns Count
    error: w.csv:2:12: utilization is "35%", but current_machine is missing, without which it says nothing
    "#);
    assert_snapshot!(csv(format!("{HEADER},library,cores\na,1M,1KB,0,aiokafka,few\n")), @r#"
    error: w.csv:1:41: unknown column "library"; did you mean "current_runtime"? To skip it: --ignore-columns library
    error: w.csv:1:49: unknown column "cores"; did you mean "observed_cores"? To skip it: --ignore-columns cores
    error: w.csv:2:21: observed_cores is "few", but must be a number of cores from 0 to 1e9, such as 3.5 or 250m
    "#);
    // Pods are no machines: each is a process.
    let pods = csv(format!("{HEADER},Pods,consumer group\na,1M,1KB,0,3,g\n"));
    assert_snapshot!(pods, @r#"
    error: w.csv:1:41: unknown column "Pods"; did you mean "current_processes"? To skip it: --ignore-columns Pods
    error: w.csv:1:46: unknown column "consumer group"; did you mean "group"? To skip it: --ignore-columns 'consumer group'
    "#);
    assert_snapshot!(csv(format!("{HEADER},runtime\na,1M,1KB,0,\n")), @r#"error: w.csv:1:41: unknown column "runtime"; did you mean "current_runtime"? To skip it: --ignore-columns runtime"#);
    // The name that is right counts where both are there.
    assert_snapshot!(csv(format!("{HEADER},app\na,1M,1KB,0,\na,1M,1KB,0,b\n")), @r#"
    error: w.csv:1:41: unknown column "app"; did you mean "name"? To skip it: --ignore-columns app
    error: w.csv:3:1: name "a" is taken already by w.csv:2
    "#);
}

#[test]
fn columns_of_somebody_else() {
    let rows = format!("{HEADER},Team,cost center\na,1M,1KB,0,x,\u{e9}\n");
    let table = format!("{TABLE}team = ['x']\n'cost-center' = 3\n");
    let folder = Folder::new(&[("w.csv", rows.as_bytes()), ("w.toml", table.as_bytes())]);
    for file in ["w.csv", "w.toml"] {
        assert!(folder.run(&format!("plan {file} --ignore-columns team,cost_center")).status.success());
    }
    assert_snapshot!(folder.refused("plan w.csv --ignore-columns team -o out.md"), @r#"error: w.csv:1:46: unknown column "cost center"; to skip it: --ignore-columns 'cost center' (tonnage init lists all columns)"#);
    // What no file has is misspelt, but not in tonnage.toml, which lists the columns of all files.
    assert_snapshot!(folder.refused("plan w.toml --ignore-columns cost_center,tem,owner -o out.md"), @r#"
    error: w.toml:6:1: unknown key "team"; to skip it: --ignore-columns team (tonnage init lists all columns)
    error: --ignore-columns: unknown column "tem"; did you mean "team"? Known: cost-center, event_size, events_per_day, io_ratio, name, team.
    error: --ignore-columns: unknown column "owner"; known: cost-center, event_size, events_per_day, io_ratio, name, team
    "#);
    std::fs::write(folder.0.path().join("b.csv"), format!("{HEADER}\nb,1M,1KB,0\n")).unwrap();
    assert!(folder.run("plan b.csv w.csv --ignore-columns=team,cost_center --format=csv").status.success());
    assert_snapshot!(folder.refused("plan w.csv --ignore-columns team,cost_center,skw -o out.csv"), @r#"error: --ignore-columns: unknown column "skw"; known: Team, cost center, event_size, events_per_day, io_ratio, name"#);
    assert_snapshot!(folder.refused("plan --events-per-day=1M --event-size=1KB --io-ratio=0 --ignore-columns=team"), @"error: --ignore-columns: no file is read that has columns");
    std::fs::write(folder.0.path().join("t.toml"), "ignore_columns = ['team', 'cost center', 'owner']")
        .unwrap();
    assert!(folder.run("plan w.csv --config t.toml").status.success());
    assert_snapshot!(folder.refused("plan w.csv --ignore-columns team,cost_center,name -o out.md"), @"error: w.csv:1:1: required column missing: name");
}

#[test]
fn of_very_many_mistakes_the_first_are_told() {
    // Names that differ are mistakes of their own.
    let rows: String = (0..205).map(|row| format!("{row},1M,1KB,0,c{}\n", "y".repeat(row))).collect();
    let said = csv(format!("{HEADER},current_machine\n{rows}"));
    assert_eq!(said.lines().count(), 101);
    assert_eq!(said.lines().last(), Some("error: w.csv: and 105 more mistakes"));
}

// 205 cells of one mistake.
#[test]
fn of_a_mistake_that_is_in_many_cells_the_first_is_told() {
    let rows: String = (0..205).map(|row| format!("{row},1M,{row}.5 furlongs,0\n")).collect();
    let said = csv(format!("{HEADER}\n{rows}"));
    assert_eq!(said.lines().count(), 1);
    assert!(said.starts_with("error: w.csv:2:6: event_size is \"0.5 furlongs\""), "{said}");
    assert!(said.trim_end().ends_with("(204 more like it, the last in line 206)"), "{said}");
}

#[test]
fn required_columns_missing() {
    assert_snapshot!(csv("name,events_per_day,io_ratio\na,1M,0\n"), @"error: w.csv:1:1: required column missing: event_size");
    assert_snapshot!(csv("name,event_size\na,0\n"), @r#"
    error: w.csv:1:1: required column missing: events_per_day
    error: w.csv:2:1: io_ratio is missing; it must be a share from 0 to below 1, such as 0.85 or 85%; 0 if it calls nobody, a range such as 0.5..0.9 if nobody knows; or give handler_ms and io_wait_ms
    error: w.csv:2:3: event_size is "0", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    "#);
}

#[test]
fn required_columns_misspelt() {
    assert_snapshot!(csv("Namee,events_per_day,event sizes,io_ratio\na,1M,1KB,0\n"), @r#"
    error: w.csv:1:1: unknown column "Namee"; did you mean "name"? To skip it: --ignore-columns Namee
    error: w.csv:1:22: unknown column "event sizes"; did you mean "event_size"? To skip it: --ignore-columns 'event sizes'
    "#);
}

#[test]
fn required_cells_empty() {
    assert_snapshot!(csv(format!("{HEADER},p99_ms\n,,,,5\n")), @"
    error: w.csv:2:1: name is missing; it must be text without control characters
    error: w.csv:2:2: events_per_day is missing; it must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:2:3: event_size is missing; it must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    error: w.csv:2:4: io_ratio is missing; it must be a share from 0 to below 1, such as 0.85 or 85%; 0 if it calls nobody, a range such as 0.5..0.9 if nobody knows; or give handler_ms and io_wait_ms
    ");
}

#[test]
fn too_many_and_too_few_cells() {
    assert_snapshot!(csv(format!("{HEADER}\na,1,000,000,1KB,0\nb,1M\nc\n")), @r#"
    error: w.csv:2:1: the row has 6 cells, but the header has 4; put a cell that holds a comma in quotes (")
    error: w.csv:3:1: the row has 2 cells, but the header has 4; an empty cell needs its comma too
    error: w.csv:4:1: the row has 1 cell, but the header has 4; an empty cell needs its comma too
    "#);
}

// A line that begins with # is a comment, but not where a formula of its first cell has failed: the row was lost without a word.
#[test]
fn a_name_that_a_formula_failed_in_is_no_comment() {
    assert_snapshot!(csv(format!("{HEADER}\n# why?\n#why, indeed?\n#N/A,1M,1KB,0\nb,1M,1KB,0\n#NAME?,1M,1KB,0\n")), @r##"
    error: w.csv:4:1: the row begins with "#N/A": a formula of the spreadsheet failed; mend it
    error: w.csv:6:1: the row begins with "#NAME?": a formula of the spreadsheet failed; mend it
    "##);
}

#[test]
fn quote_left_open() {
    assert_snapshot!(csv(format!("{HEADER}\na,0,1KB,0\nb,\"1M,1KB,0\nc,1M,1KB,0\n")), @r#"
    error: w.csv:2:3: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:3:3: the quote (") that opens this cell is never closed
    "#);
    assert_snapshot!(csv(format!("{HEADER}\na,1M,1KB,\"0")), @r#"error: w.csv:2:10: the quote (") that opens this cell is never closed"#);
    assert_snapshot!(csv("name,\"events_per_day,event_size,io_ratio\na,1M,1KB,0\n"), @r#"error: w.csv:1:6: the quote (") that opens this cell is never closed"#);
    assert_snapshot!(csv(format!("{HEADER}\na,\"1M,1KB,0\nb,\"1M,1KB,0\n")), @r#"error: w.csv:2:3: the cell runs over a line break; is a quote (") left open?"#);
}

#[test]
fn control_characters() {
    assert_snapshot!(csv(format!("{HEADER}\na\u{1b}[31m,1M,1KB,0\na\tb,1M,1KB,0\na\0,1M,1KB,0\n")), @r#"
    error: w.csv:2:1: the cell "a\u{1b}[31m" holds a control character
    error: w.csv:3:1: name is "a\tb", but must be text without control characters
    error: w.csv:4:1: the cell "a\0" holds a control character
    "#);
    let long = format!("{HEADER}\n{}\0,1M,1KB,0\n", "x".repeat(1000));
    assert_snapshot!(csv(long), @r#"error: w.csv:2:1: the cell "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"... holds a control character"#);
    assert_snapshot!(toml(TABLE.replace("\"a\"", r#""a\u0007\u001b[31m""#)), @r#"error: w.toml:2:8: name is "a\u{7}\u{1b}[31m", but must be text without control characters"#);
}

#[test]
fn duplicate_names() {
    assert_snapshot!(csv(format!("{HEADER}\na,1M,1KB,0\nb,1M,1KB,0\n\na,1M,1KB,2\n")), @r#"
    error: w.csv:5:1: name "a" is taken already by w.csv:2
    error: w.csv:5:10: io_ratio is "2", but must be a share from 0 to below 1, such as 0.85 or 85%
    "#);
    assert_snapshot!(toml(format!("{TABLE}\n{TABLE}")), @r#"error: w.toml:8:8: name "a" is taken already by w.toml:1"#);
    let row = format!("{HEADER}\na,1M,1KB,0\n");
    let folder = Folder::new(&[("w.csv", row.as_bytes()), ("w.toml", TABLE.as_bytes())]);
    assert_snapshot!(folder.refused("plan w.csv w.toml -o out.md"), @r#"error: w.toml:2:8: name "a" is taken already by w.csv:2"#);
    assert_snapshot!(folder.refused("plan w.csv w.csv -o out.md"), @r#"error: w.csv:2:1: name "a" is taken already by w.csv:2"#);
    assert_snapshot!(folder.refused("plan w.csv w.toml --name x -o out.md"), @r#"error: --name: name "x" is taken already by w.csv:2"#);
}

#[test]
fn several_mistakes_come_in_the_order_of_the_lines() {
    assert_snapshot!(
        csv(format!("{HEADER},handler\n,0,0,1,decod\nb\n\nc,x,1KB,0,\nc,1M,y,z,\n")), @r#"
    error: w.csv:2:1: name is missing; it must be text without control characters
    error: w.csv:2:2: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:2:4: event_size is "0", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    error: w.csv:2:6: io_ratio is "1", but must be a share from 0 to below 1, such as 0.85 or 85%
    error: w.csv:2:8: unknown handler "decod"; did you mean "decode"? Known: aggregate, decode, parse, validate.
    error: w.csv:3:1: the row has 1 cell, but the header has 5; an empty cell needs its comma too
    error: w.csv:5:3: events_per_day is "x", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:6:1: name "c" is taken already by w.csv:5
    error: w.csv:6:6: event_size is "y", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    error: w.csv:6:8: io_ratio is "z", but must be a share from 0 to below 1, such as 0.85 or 85%
    "#);
}

// Cells

#[test]
fn events_per_day() {
    all_refused(
        &["1e300", "1e400", "1e16", "0", "-5", "NaN", "inf", "-inf", "50Q", "1 00", "0x10"],
        "3",
        "events_per_day",
        "a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s",
        |value| format!("{HEADER}\na,{value},1KB,0\n"),
    );
}

#[test]
fn event_size() {
    all_refused(
        &["0", "2GiB", "1.2Q", "-1KB", "NaN", "inf", "1e400B", "KB", "5 TB"],
        "6",
        "event_size",
        "a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)",
        |value| format!("{HEADER}\na,1M,{value},0\n"),
    );
}

#[test]
fn io_ratio() {
    all_refused(
        &["1", "1.5", "-0.1", "100%", "101%", "85", "NaN", "inf", "%"],
        "10",
        "io_ratio",
        "a share from 0 to below 1, such as 0.85 or 85%",
        |value| format!("{HEADER}\na,1M,1KB,{value}\n"),
    );
}

#[test]
fn times() {
    let time = |example: &str| format!("a time from 0 to 1e9 ms, such as {example}");
    for (column, example) in [("handler_ms", "12.5 or 2s"), ("io_wait_ms", "40"), ("p99_ms", "250")] {
        cells_refused(&["-1", "2 weeks", "1e10", "NaN", "inf", "x"], column, &time(example));
    }
}

#[test]
fn numbers() {
    cells_refused(
        &["-1", "1e10", "NaN", "3 eggs"],
        "observed_cores",
        "a number of cores from 0 to 1e9, such as 3.5 or 250m",
    );
    cells_refused(&["-1", "1e7", "inf", "two"], "io_calls", "a number from 0 to 1e6, such as 2 or 0.1");
    cells_refused(&["-1", "1e7", "inf", "two"], "produces", "a number from 0 to 1e6, such as 2 or 0.1");
    cells_refused(&["-0.1", "1.1", "101%", "NaN"], "native_share", "a share from 0 to 1, such as 0.4 or 40%");
    cells_refused(&["0.9", "0", "-3", "1e7", "NaN"], "peak_factor", "a number from 1 to 1e6, such as 3");
}

#[test]
fn whole_numbers() {
    for column in ["current_instances", "current_processes", "partitions", "in_flight"] {
        cells_refused(&["0", "1.5", "-1", "5e9", "1e300", "NaN", "x"], column, "a whole number from 1");
    }
}

#[test]
fn skew() {
    let allowed = "a number from 1 to 1e6, at most the number of partitions";
    cells_refused(&["0.5", "1e7", "NaN"], "skew", allowed);
    assert_snapshot!(cells("partitions,skew", "4,5"), @r#"error: w.csv:2:16: skew is "5", but must be a number from 1 to 1e6, at most the number of partitions"#);
}

#[test]
fn catch_up() {
    cells_refused(
        &[
            "30m",
            "30m/",
            "/2h",
            "30/2",
            "30m/0h",
            "30m/2h/3h",
            "-5m/2h",
            "30m/2w",
            "x/y",
            "20d/1h",
            "1h/NaNh",
        ],
        "catch_up",
        "two times such as 30m/2h, each up to 1e6 s, the second above 0",
    );
}

#[test]
fn concurrency() {
    cells_refused(&["partitions", "Consumer"], "concurrency", "\"partition\" or \"consumer\"");
}

#[test]
fn unknown_handler() {
    assert_snapshot!(cells("handler", "decod"), @r#"error: w.csv:2:14: unknown handler "decod"; did you mean "decode"? Known: aggregate, decode, parse, validate."#);
    assert_snapshot!(cells("handler", "XYZ"), @r#"error: w.csv:2:14: unknown handler "XYZ"; known: aggregate, decode, parse, validate"#);
}

#[test]
fn handler_without_a_figure() {
    let row = format!("{HEADER},handler\na,1M,1KB,0.5,validate\n");
    let folder = Folder::new(&[("w.csv", row.as_bytes())]);
    assert_snapshot!(folder.refused("plan w.csv --published -o out.md"), @r#"error: w.csv:2:14: python-aiokafka, which runs today, has no figure for handler kind "validate" (it has decode), and the wait that its I/O ratio implies cannot be read without it"#);
}

#[test]
fn unknown_current_runtime() {
    assert_snapshot!(cells("current_runtime", "pythn"), @r#"error: w.csv:2:14: unknown current_runtime "pythn"; did you mean "python-aiokafka"? Known: python-aiokafka, python-confluent, go-kafka-go, go-franz, rust-rdkafka, java-kafka-clients, java-kafka-clients-virtual, node-kafkajs."#);
}

#[test]
fn names_that_people_give_runtimes() {
    for (given, meant) in
        [("aiokafk", "python-aiokafka"), ("franz", "go-franz"), ("confluent", "python-confluent")]
    {
        let said = cells("current_runtime", given);
        assert!(said.contains(&format!("did you mean {meant:?}?")), "{said}");
    }
}

#[test]
fn unknown_current_machine() {
    assert_snapshot!(cells("current_machine", "c6i.larg"), @r#"error: w.csv:2:14: unknown current_machine "c6i.larg"; did you mean "c6i.large"?"#);
    assert_snapshot!(cells("current_machine", "aws/us-est-1/c6i.large"), @r#"error: w.csv:2:14: unknown current_machine "aws/us-est-1/c6i.large"; did you mean "aws/us-east-1/c6i.large"?"#);
}

#[test]
fn utilization_together_with_observed_cores_or_without_machines() {
    assert_snapshot!(cells("current_machine,current_instances,utilization,observed_cores", "c6i.large,2,35%,3"), @r#"error: w.csv:2:26: utilization is "35%", but observed_cores is given too; give only one"#);
    assert_snapshot!(cells("current_machine,current_node_type", "c6i.large,m6i.large"), @r#"error: w.csv:2:24: current_node_type is "m6i.large", but current_machine is given too; give only one"#);
    assert_snapshot!(cells("current_node_type", "c6i.larg"), @r#"error: w.csv:2:14: unknown current_node_type "c6i.larg"; did you mean "c6i.large"?"#);
    assert_snapshot!(cells("utilization,current_instances", "35%,2"), @r#"error: w.csv:2:14: utilization is "35%", but current_machine is missing, without which it says nothing"#);
}

#[test]
fn io_wait_longer_than_handler() {
    assert_snapshot!(cells("handler_ms,io_wait_ms", "0.8,0.9"), @r#"error: w.csv:2:18: io_wait_ms is "0.9", but must be at most handler_ms ("0.8"), which includes it"#);
    assert_snapshot!(cells("memory_mib,state_mib", "1200,1.6GiB"), @r#"error: w.csv:2:19: state_mib is "1.6GiB", but must be at most what memory_mib ("1200") leaves a process of rust-rdkafka, which holds 5.4 MiB before its first event"#);
}

// The low ends of python-confluent and rust-rdkafka are 26.9 and 5.11 MiB, of which half are 13.45 and 2.55.
#[test]
fn memory_of_another_unit() {
    assert_snapshot!(cells("current_runtime,memory_mib", "python-confluent,1.2"), @r#"error: w.csv:2:31: memory_mib is "1.2", but a process of python-confluent holds 29.9 MiB before its first event; another unit is written behind it, such as 1.6GiB"#);
    assert_snapshot!(cells("memory_mib", "2.1"), @r#"error: w.csv:2:14: memory_mib is "2.1", but a process of rust-rdkafka holds 5.4 MiB before its first event; another unit is written behind it, such as 1.6GiB"#);
    // Where only another cell is wrong.
    let is_alone = |memory: &str| !cells("memory_mib,skew", &format!("{memory},0")).contains("memory_mib is");
    assert!(is_alone("2.6") && is_alone("1.2GiB") && !is_alone("2.5"));
    assert!(!cells("current_runtime,memory_mib,skew", "python-confluent,13.5,0").contains("memory_mib is"));
}

#[test]
fn io_wait_p99_below_its_mean() {
    assert_snapshot!(cells("io_wait_ms,io_wait_p99_ms", "20,15"), @r#"error: w.csv:2:17: io_wait_p99_ms is "15", but must be at least io_wait_ms ("20"), the mean"#);
    assert_snapshot!(cells("handler_ms,io_wait_p99_ms", "40,15"), @r#"error: w.csv:2:17: io_wait_p99_ms is "15", but must be at least the mean wait of 20 ms that follows from io_ratio ("0.5")"#);
}

// TOML workloads

#[test]
fn toml_syntax() {
    assert_snapshot!(toml("[[workload]\n"), @"error: w.toml:1:12: this is not TOML: unclosed array table, expected `]`");
    assert_snapshot!(toml("[[workload]]\nname = \"a\nio_ratio = 1.5\n"), @r#"error: w.toml:2:10: this is not TOML: invalid basic string, expected `"`"#);
    assert_snapshot!(toml("[[workload]]\nname =\nevents_per_day = 50M\n"), @r#"
    error: w.toml:2:7: this is not TOML: the value is missing
    error: w.toml:3:18: this is not TOML: "50M": string values must be quoted, expected literal string
    "#);
    assert_snapshot!(toml(format!("{TABLE}name = 'b'\n")), @r#"error: w.toml:6:1: this is not TOML: "name": duplicate key"#);
}

#[test]
fn toml_unknown_key() {
    assert_snapshot!(toml(format!("titel = 'x'\n{TABLE}event_sizes = 1\n")), @r#"
    error: w.toml:1:1: unknown key "titel"; known: workload, pipeline
    error: w.toml:7:1: unknown key "event_sizes"; did you mean "event_size"? To skip it: --ignore-columns event_sizes
    "#);
}

#[test]
fn toml_wrong_type() {
    assert_snapshot!(
        toml("[[workload]]\nname = ['a']\nevents_per_day = true\nevent_size = 2025-01-01\nio_ratio = { a = 1 }\n"),
        @"
    error: w.toml:2:8: workload.name is ['a'], but must be a string or a number
    error: w.toml:3:18: workload.events_per_day is true, but must be a string or a number
    error: w.toml:4:14: workload.event_size is 2025-01-01, but must be a string or a number
    error: w.toml:5:12: workload.io_ratio is { a = 1 }, but must be a string or a number
    ");
}

#[test]
fn toml_without_workloads() {
    assert_snapshot!(toml("# nothing yet\n"), @"error: w.toml: there is no workload; each starts with [[workload]]");
    assert_snapshot!(toml("workload = []\n"), @"error: w.toml: there is no workload; each starts with [[workload]]");
    assert_snapshot!(toml("[[workloads]]\nname = 'a'\n"), @r#"
    error: w.toml: there is no workload; each starts with [[workload]]
    error: w.toml:1:3: unknown key "workloads"; did you mean "workload"? Known: workload, pipeline.
    "#);
    assert_snapshot!(toml("[workload]\nname = 'a'\n"), @"error: w.toml:1:1: workload is [workload], but must be a list of tables, written as [[workload]]");
    assert_snapshot!(toml("workload = [1, 'a']\n"), @"
    error: w.toml:1:13: workload is 1, but must be a table
    error: w.toml:1:16: workload is 'a', but must be a table
    ");
}

#[test]
fn toml_required_keys_missing() {
    assert_snapshot!(toml("\n  [[workload]]\nname = ''\nevents_per_day = 1\n"), @"
    error: w.toml:2:3: event_size is missing; it must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    error: w.toml:2:3: io_ratio is missing; it must be a share from 0 to below 1, such as 0.85 or 85%; 0 if it calls nobody, a range such as 0.5..0.9 if nobody knows; or give handler_ms and io_wait_ms
    error: w.toml:3:8: name is missing; it must be text without control characters
    ");
}

#[test]
fn toml_several_mistakes() {
    assert_snapshot!(
        toml(format!(
            "{TABLE}\n[[workload]]\nname = 'b'\n  events_per_day = 0\nevent_size = '1.2Q'\nio_ratio = nan\n\
             handler = 'decod'\nskew = []\n"
        )),
        @r#"
    error: w.toml:9:20: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.toml:10:14: event_size is "1.2Q", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    error: w.toml:11:12: io_ratio is "nan", but must be a share from 0 to below 1, such as 0.85 or 85%
    error: w.toml:12:11: unknown handler "decod"; did you mean "decode"? Known: aggregate, decode, parse, validate.
    error: w.toml:13:8: workload.skew is [], but must be a string or a number
    "#);
}

// Flags

#[test]
fn bad_column_flag() {
    assert_snapshot!(
        Folder::new(&[]).refused("plan --events-per-day -5 --event-size 1.2Q --io-ratio '' --name x -o out.md"),
        @r#"
    error: --events-per-day: events_per_day is "-5", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: --event-size: event_size is "1.2Q", but must be a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)
    error: --io-ratio: io_ratio is missing; it must be a share from 0 to below 1, such as 0.85 or 85%; 0 if it calls nobody, a range such as 0.5..0.9 if nobody knows; or give handler_ms and io_wait_ms
    "#);
    assert_snapshot!(flag("--handler decod --handler-ms 5 --io-wait-ms 6"), @r#"
    error: --handler: unknown handler "decod"; did you mean "decode"? Known: aggregate, decode, parse, validate.
    error: --io-wait-ms: io_wait_ms is "6", but must be at most handler_ms ("5"), which includes it
    "#);
    assert_snapshot!(flag("--name ''"), @"error: --name: name is missing; it must be text without control characters");
}

#[test]
fn bad_column_flag_for_many_rows_is_told_once() {
    let rows = format!("{HEADER}\na,1M,1KB,0\nb,0,1KB,0\n");
    let folder = Folder::new(&[("w.csv", rows.as_bytes())]);
    assert_snapshot!(folder.refused("plan w.csv w.csv --io-ratio 2 --skew 0 -o out.md"), @r#"
    error: --io-ratio: io_ratio is "2", but must be a share from 0 to below 1, such as 0.85 or 85%
    error: --skew: skew is "0", but must be a number from 1 to 1e6, at most the number of partitions
    error: w.csv:3:3: events_per_day is "0", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s
    error: w.csv:2:1: name "a" is taken already by w.csv:2
    error: w.csv:3:1: name "b" is taken already by w.csv:3
    "#);
}

#[test]
fn units_that_were_lost() {
    // In a heading they say what is to be written, by brackets or words.
    let heading = |name: &str, like: &str| {
        let said = cells(name, "1.4");
        let hint = format!("Write its unit into the cells, as in {like}.");
        assert!(said.contains(&hint), "{name}: {said}");
    };
    heading("Memory (GiB)", "2GiB");
    heading("p99 SLO (s)", "2s");
    heading("memory_gib", "2gib");
    heading("Avg CPU (%)", "2%");
    heading("Msgs/sec", "2/sec");
    heading("Events per hour", "2/hour");
    for name in ["Handler time (ms)", "duration_ms", "Monthly cost ($)", "cpu cores"] {
        let said = cells(name, "1.4");
        assert!(said.contains("did you mean") && !said.contains("its unit"), "{said}");
    }
    assert!(cells("io_wait_ms", "75%").contains("; the share that a handler waits is io_ratio"));
    let either = "did you mean \"io_ratio\" (a share, such as 85%) or \"io_wait_ms\" (a time)? To skip it: ";
    assert!(cells("DB wait", "75%").contains(either));
    assert!(cells("DB wait (ms)", "7.5").contains("did you mean \"io_wait_ms\"? To skip it: "));
    assert!(cells("Comment", "nightly").contains("unknown column \"Comment\"; to skip it: "));
    assert!(cells("VMs", "3").contains("did you mean \"current_instances\"?"));
    // 48.5 events a day, or a payload of 1.4 bytes, is none. A mean of 1234.5 may be.
    let row = |events: &str, size: &str| csv(format!("{HEADER}\na,{events},{size},0.5\n"));
    let said = row("48.5", "1.4");
    assert!(said.contains("; its unit is missing: 48.5k, 48.5M or 48.5/s"), "{said}");
    assert!(said.contains("; its unit is missing: 1.4B or 1.4KB"), "{said}");
    assert!(row("0.8", "0.65").matches("its unit is missing").count() == 2);
    for (events, size) in [("1234.5", "1234.5"), ("48.5k", "812.5B"), ("0.5/s", "90")] {
        let row = format!("{HEADER}\na,{events},{size},0.5\n");
        let run = Folder::new(&[("w.csv", row.as_bytes())]).run("plan w.csv");
        assert!(run.status.success(), "{row}: {run:?}");
    }
}

#[test]
fn headings_that_people_have() {
    let file = "Service,Cloud,Region,Language,Client,Messages / day (M),Payload (KB),Wait share (%),Avg CPU (%)\n\
                a,AWS,EU-West-1,Python,aiokafka,48.5M,1.4KB,82%,\n";
    let said = csv(file);
    for (name, column) in
        [("Wait share (%)", "io_ratio"), ("Avg CPU (%)", "utilization"), ("Client", "current_runtime")]
    {
        assert!(said.contains(&format!("unknown column {name:?}; did you mean {column:?}?")), "{said}");
    }
    assert!(said.contains("\"Language\" may be the same; keep one of them."), "{said}");
    for (name, column) in [
        ("Handler (ms)", "handler_ms"),
        ("Instance", "current_machine"),
        ("# inst", "current_instances"),
        ("$/mo", "current_usd_per_month"),
        ("Monthly spend (€)", "current_usd_per_month"),
        ("Lang / lib", "current_runtime"),
        ("vCPU used", "observed_cores"),
    ] {
        let said = cells(name, "1");
        assert!(said.contains(&format!("unknown column {name:?}; did you mean {column:?}?")), "{said}");
    }
    assert!(!said.contains("missing") && !said.contains("AWS"), "{said}");
}

#[test]
fn clouds_and_clients_as_people_write_them() {
    let row = |more: &str, cells: &str| {
        let text = format!("{HEADER},{more}\na,1M,1KB,0.5,{cells}\n");
        let run = Folder::new(&[("w.csv", text.as_bytes())]).run("plan w.csv --format json");
        String::from_utf8(run.stdout).unwrap()
    };
    let place = row("provider,region", "GCP,Europe-West1");
    assert!(place.contains("\"region\": \"europe-west1\""), "{place}");
    for (cell, runtime) in
        [("aiokafka", "python-aiokafka"), ("franz-go", "go-franz"), ("Kafka-Go", "go-kafka-go")]
    {
        let plan = row("current_runtime", cell);
        assert!(plan.contains(&format!("\"current_runtime\": \"{runtime}\"")), "{plan}");
    }
    // A client of several languages is not guessed.
    assert!(cells("current_runtime", "confluent-kafka").contains("did you mean \"python-confluent\"?"));
}

#[test]
fn flags_missing() {
    let folder = Folder::new(&[]);
    assert_snapshot!(folder.refused("plan"), @"error: no workload to plan: name a CSV, .xlsx or TOML file, - for standard input, or describe one by flags (missing: --events-per-day, --event-size, --io-ratio)");
    assert_snapshot!(folder.refused("plan --events-per-day 1M --io-ratio 0 -o out.md"), @"error: no workload to plan: name a CSV, .xlsx or TOML file, - for standard input, or describe one by flags (missing: --event-size)");
}

#[test]
fn bad_settings_flag() {
    assert_snapshot!(usage("--max-utilization 1.5"), @"
    error: invalid value '1.5' for '--max-utilization <SHARE>': must be a share above 0 and up to 1, such as 0.7 or 70%

    For more information, try '--help'.
    ");
    assert_snapshot!(usage("--memory-headroom 100%"), @"
    error: invalid value '100%' for '--memory-headroom <SHARE>': must be a share from 0 to below 1, such as 0.15 or 15%

    For more information, try '--help'.
    ");
    assert_snapshot!(usage("--min-instances 1.5"), @"
    error: invalid value '1.5' for '--min-instances <N>': must be a whole number from 1

    For more information, try '--help'.
    ");
    assert_snapshot!(usage("--day-rate -5"), @"
    error: invalid value '-5' for '--day-rate <USD>': must be an amount of dollars above 0, such as 800

    For more information, try '--help'.
    ");
    assert_snapshot!(usage("--purchase lease"), @"
    error: invalid value 'lease' for '--purchase <HOW>'
      [possible values: on-demand, spot, reserved-1yr, reserved-3yr, reserved-3yr-all-upfront]

    For more information, try '--help'.
    ");
    assert_snapshot!(usage("--format tabel"), @"
    error: invalid value 'tabel' for '--format <FORMAT>'
      [possible values: table, markdown, csv, json, jsonl, html]

      tip: a similar value exists: 'table'

    For more information, try '--help'.
    ");
    assert_snapshot!(usage("--strict=maybe"), @"
    error: invalid value 'maybe' for '--strict[=<BOOL>]'
      [possible values: true, false]

    For more information, try '--help'.
    ");
}

#[test]
fn unknown_flag_and_command() {
    assert_snapshot!(usage("--event-sise 3"), @"
    error: unexpected argument '--event-sise' found

      tip: a similar argument exists: '--event-size'

    Usage: tonnage plan --events-per-day <VALUE> --event-size <VALUE> --io-ratio <VALUE> --output <FILE> [WORKLOADS]...

    For more information, try '--help'.
    ");
    assert_snapshot!(Folder::new(&[]).refused_with(2, "paln"), @"
    error: unrecognized subcommand 'paln'

      tip: some similar subcommands exist: 'man', 'plan'

    Usage: tonnage <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn unknown_workload() {
    let rows = format!("{HEADER}\norders,1M,1KB,0\nclicks,1M,1KB,0\n");
    let folder = Folder::new(&[("w.csv", rows.as_bytes())]);
    assert_snapshot!(folder.refused("explain w.csv -o out.md --workload order"), @r#"error: unknown workload "order"; did you mean "orders"? Known: orders, clicks."#);
    assert_snapshot!(folder.refused("explain w.csv -o out.md"), @"error: there are 2 workloads; choose one with --workload NAME, out of orders, clicks");
}

#[test]
fn unknown_provider_region_machine_type_and_runtime() {
    assert_snapshot!(flag("--provider awss"), @r#"error: --provider: unknown provider "awss"; did you mean "aws"? Known: aws, azure, gcp."#);
    assert_snapshot!(flag("--region us-est-1"), @r#"error: --region: unknown region "us-est-1"; did you mean "us-east-1"?"#);
    assert_snapshot!(flag("--provider gcp --region us-east-1"), @r#"error: --region: unknown region "us-east-1"; did you mean "us-east1"?"#);
    assert_snapshot!(flag("--machine-types c6i.larg,zz* --runtimes pythn,java,go"), @r#"
    error: --runtimes: unknown runtime "pythn"; did you mean "python-aiokafka"? Known: python-aiokafka, python-confluent, go-kafka-go, go-franz, rust-rdkafka, java-kafka-clients, java-kafka-clients-virtual, node-kafkajs.
    error: --runtimes: runtime is "go", a language; say which of its runtimes: "go-kafka-go" or "go-franz"
    error: --machine-types: unknown machine type "c6i.larg"; did you mean "c6i.large"?
    error: --machine-types: no machine type matches "zz*"
    "#);
}

#[test]
fn provisional_machine_type() {
    assert_snapshot!(flag("--machine-types e2-medium"), @r#"error: --machine-types: the speed of "e2-medium" is only a rough figure; add --include-provisional to use it"#);
}

#[test]
fn machine_type_without_speed() {
    let list = format!("{MACHINES}x,1,2,1,\ny,1,2,1,1\n");
    let folder = Folder::new(&[("m.csv", list.as_bytes())]);
    assert_snapshot!(folder.refused(&format!("{FLAGS} --machines m.csv --machine-types x -o out.md")), @r#"error: --machine-types: the speed of "x" is not known, so no plan can use it"#);
}

#[test]
fn one_zone_cannot_be_lost() {
    assert_snapshot!(flag("--zones 1"), @"error: --zones: zones is 1, and no plan survives the loss of the only zone; take 2 or more, or add --no-zone-loss");
    assert_snapshot!(settings("no_zone_loss = false\nzones = 1\n"), @"error: tonnage.toml:2:9: zones is 1, and no plan survives the loss of the only zone; take 2 or more, or add --no-zone-loss");
}

#[test]
fn machines_asked_for_that_are_not_there() {
    let folder = Folder::new(&[]);
    assert_snapshot!(folder.refused("catalog machines c7i.larg -o out.md"), @r#"error: unknown machine type "c7i.larg"; did you mean "c7i.large"?"#);
    assert_snapshot!(folder.refused("catalog machines zz* -o out.md"), @r#"error: no machine type matches "zz*""#);
    assert_snapshot!(folder.refused("catalog machines --arch arm -o out.md"), @r#"error: --arch: unknown instruction set "arm"; did you mean "arm64"? Known: arm64, x86_64."#);
    assert_snapshot!(folder.refused("catalog machines --min-vcpus 100000 -o out.md"), @"error: no machine type meets all of these conditions");
    assert_snapshot!(folder.refused("catalog machines e2-* -o out.md"), @"error: no machine type meets all of these conditions here; gcp has such types: --provider gcp");
    assert_snapshot!(folder.refused_with(2, "catalog machines --max-vcpus many"), @"
    error: invalid value 'many' for '--max-vcpus <N>': must be a whole number from 1

    For more information, try '--help'.
    ");
    assert_snapshot!(folder.refused_with(2, "catalog machines --min-memory -1"), @"
    error: invalid value '-1' for '--min-memory <GIB>': must be a number of GiB from 0, such as 16

    For more information, try '--help'.
    ");
}

#[test]
fn runtimes_asked_for_that_are_not_there() {
    let folder = Folder::new(&[]);
    assert_snapshot!(folder.refused("catalog runtimes pythn -o out.md"), @r#"error: unknown runtime "pythn"; did you mean "python-aiokafka"? Known: python-aiokafka, python-confluent, go-kafka-go, go-franz, rust-rdkafka, java-kafka-clients, java-kafka-clients-virtual, node-kafkajs."#);
    assert_snapshot!(folder.refused("catalog runtimes --language pyton -o out.md"), @r#"error: --language: unknown language "pyton"; did you mean "python"? Known: go, java, node, python, rust."#);
    assert_snapshot!(folder.refused("catalog runtimes go-kafka-go --language rust -o out.md"), @"error: no runtime meets all of these conditions");
    assert_snapshot!(folder.refused_with(2, "catalog runtimes --event-size 2GiB"), @"
    error: invalid value '2GiB' for '--event-size <SIZE>': must be a size from 1 B to 1 GiB, such as 1.2KB

    For more information, try '--help'.
    ");
}

// tonnage.toml

#[test]
fn settings_unknown_key() {
    assert_snapshot!(settings("\nzonse = 3\n"), @r#"error: tonnage.toml:2:1: unknown key "zonse"; did you mean "zones"?"#);
}

#[test]
fn settings_bad_values() {
    assert_snapshot!(
        settings(
            "zones = 0\npurchase = \"lease\"\nformat = 'xml'\nstrict = \"yes\"\nmax_utilization = 1.5\n\
             memory_headroom = \"100%\"\nday_rate = -1\nmin_saving = nan\nruntimes = 'x'\nprovider = 3\n\
             machine_types = [1, 'a', true]\nregion = \"a\\u001b[31m\"\n"
        ),
        @r#"
    error: tonnage.toml:1:9: zones is 0, but must be a whole number from 1
    error: tonnage.toml:2:12: purchase is "lease", but must be one of on-demand, spot, reserved-1yr, reserved-3yr, reserved-3yr-all-upfront
    error: tonnage.toml:3:10: format is 'xml', but must be one of table, markdown, csv, json, jsonl, html
    error: tonnage.toml:4:10: strict is "yes", but must be true or false
    error: tonnage.toml:5:19: max_utilization is 1.5, but must be a share above 0 and up to 1, such as 0.7 or 70%
    error: tonnage.toml:6:19: memory_headroom is "100%", but must be a share from 0 to below 1, such as 0.15 or 15%
    error: tonnage.toml:7:12: day_rate is -1, but must be an amount of dollars above 0, such as 800
    error: tonnage.toml:8:14: min_saving is nan, but must be an amount of dollars from 0, such as 800
    error: tonnage.toml:10:12: provider is 3, but must be a string
    error: tonnage.toml:11:18: machine_types is 1, but must be a string
    error: tonnage.toml:11:26: machine_types is true, but must be a string
    error: tonnage.toml:12:10: region is "a\u001b[31m", but must be a string without control characters
    "#);
}

#[test]
fn settings_syntax() {
    assert_snapshot!(settings("zones = \n[\n"), @"
    error: tonnage.toml:1:9: this is not TOML: the value is missing
    error: tonnage.toml:2:2: this is not TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`
    ");
}

#[test]
fn settings_unknown_names() {
    assert_snapshot!(settings("provider = 'awss'\n  runtimes = ['pythn']\n"), @r#"
    error: tonnage.toml:1:12: unknown provider "awss"; did you mean "aws"? Known: aws, azure, gcp.
    error: tonnage.toml:2:14: unknown runtime "pythn"; did you mean "python-aiokafka"? Known: python-aiokafka, python-confluent, go-kafka-go, go-franz, rust-rdkafka, java-kafka-clients, java-kafka-clients-virtual, node-kafkajs.
    "#);
    assert_snapshot!(settings("machine_types = ['e2-medium']\nruntimes = []\n"), @r#"
    error: tonnage.toml:1:17: the speed of "e2-medium" is only a rough figure; add --include-provisional to use it
    error: tonnage.toml:2:12: no runtime is named; known: python-aiokafka, python-confluent, go-kafka-go, go-franz, rust-rdkafka, java-kafka-clients, java-kafka-clients-virtual, node-kafkajs
    "#);
}

#[test]
fn settings_files_that_are_not_there() {
    assert_snapshot!(flag("--config nope.toml"), @"error: nope.toml: No such file or directory (os error 2)");
    assert_snapshot!(settings("machines = 'nope.csv'\n"), @"error: nope.csv: No such file or directory (os error 2)");
    assert_snapshot!(settings("profiles = 'nope'\n"), @"error: nope: No such file or directory (os error 2)");
}

// Profiles and machine lists

#[test]
fn profiles_folder_missing_empty_or_a_file() {
    let folder = Folder::new(&[("none/readme.md", b""), ("f.toml", b"")]);
    for (name, reason) in [
        ("nope", "No such file or directory (os error 2)"),
        ("none", "there is no profile (*.toml) in this folder"),
        ("f.toml", "Not a directory (os error 20)"),
    ] {
        let line = format!("error: {name}: {reason}\n");
        assert_eq!(folder.refused(&format!("{FLAGS} -o out.md --profiles {name}")), line);
    }
}

#[test]
fn profile_with_nothing_in_it() {
    assert_snapshot!(profile(""), @"
    error: prof/x.toml:1:1: name is missing
    error: prof/x.toml:1:1: deployment is missing
    error: prof/x.toml:1:1: provenance is missing
    error: prof/x.toml:1:1: cpu is missing
    error: prof/x.toml:1:1: memory is missing
    ");
}

#[test]
fn profile_figures() {
    let figure = |text: &str| profile(&PROFILE.replace("idle_cores = 1", &format!("idle_cores = {text}")));
    assert_snapshot!(figure("{ value = 1, low = 2 }"), @"error: prof/x.toml:7:14: cpu.idle_cores is { value = 1, low = 2 }, but must be an interval with low <= value <= high");
    assert_snapshot!(figure("{ value = 1, high = 0.5 }"), @"error: prof/x.toml:7:14: cpu.idle_cores is { value = 1, high = 0.5 }, but must be an interval with low <= value <= high");
    assert_snapshot!(figure("-1"), @"error: prof/x.toml:7:14: cpu.idle_cores is -1, but must be a number from 0 to 1e12");
    assert_snapshot!(figure("{ low = 1 }"), @"error: prof/x.toml:7:14: cpu.idle_cores.value is missing");
    assert_snapshot!(figure("'1'"), @"error: prof/x.toml:7:14: cpu.idle_cores is '1', but must be a number from 0 to 1e12");
    assert_snapshot!(figure("inf"), @"error: prof/x.toml:7:14: cpu.idle_cores is inf, but must be a number from 0 to 1e12");
    assert_snapshot!(figure("{ value = 1, kind = 'measurd', hi = 2 }"), @r#"
    error: prof/x.toml:7:34: unknown cpu.idle_cores.kind "measurd"; did you mean "measured"? Known: measured, published, assumed.
    error: prof/x.toml:7:45: unknown cpu.idle_cores key "hi"; did you mean "high"? Known: value, low, high, kind, source.
    "#);
}

#[test]
fn profile_sections_and_keys() {
    assert_snapshot!(profile("name = 'a b'\ndeployment = 'thread'\ntitel = ''\nprovenance = 3\n[cpu]\n[memory]\n"), @r#"
    error: prof/x.toml:1:8: name is 'a b', but must be a name of letters, digits, '-', '_' and '.'
    error: prof/x.toml:2:14: unknown deployment "thread"; did you mean "threads"? Known: processes, threads.
    error: prof/x.toml:3:1: unknown key "titel"; did you mean "title"? Known: name, title, language, deployment, concurrency, assignment, capabilities, on_request, provenance, cpu, fetching, client, environment, memory, scaling, latency, startup, commit.
    error: prof/x.toml:4:14: provenance is 3, but must be a table
    error: prof/x.toml:5:1: cpu.consume is missing
    error: prof/x.toml:5:1: cpu.handler is missing
    error: prof/x.toml:6:1: memory.base_mib is missing
    "#);
    assert_snapshot!(profile(&format!("{PROFILE}ns_per_bite = 1\n[scaling]\nsgma = 1\n")), @r#"
    error: prof/x.toml:10:1: unknown cpu key "ns_per_bite"; known: idle_cores, fetch, consume, produce, io_call, handler
    error: prof/x.toml:12:1: unknown scaling key "sgma"; did you mean "sigma"? Known: sigma, kappa.
    "#);
}

#[test]
fn profile_memory_has_parts() {
    let memory = |text: &str| profile(&PROFILE.replace("base_mib = 10", text));
    assert_snapshot!(memory("base_mib = 10, gc_factor = 0.5, prefetch = { client_mb = 1 }"), @r#"
    error: prof/x.toml:5:39: memory.gc_factor is 0.5, but must be from 1 up
    error: prof/x.toml:5:57: unknown memory.prefetch key "client_mb"; did you mean "client_mib"? Known: client_mib, client_messages, broker_mib, brokers, partition_mib, partition_messages, bytes_per_message, expansion.
    "#);
}

#[test]
fn profile_fetch() {
    let fetch =
        |text: &str| profile(&PROFILE.replace("idle_cores = 1", &format!("idle_cores = 1\nfetch = {text}")));
    assert_snapshot!(fetch("300"), @"error: prof/x.toml:8:9: cpu.fetch is 300, but must be a table");
    assert_snapshot!(fetch("{ us = 300 }"), @"error: prof/x.toml:8:9: cpu.fetch.round_trip_ms is missing");
    assert_snapshot!(fetch("{ us = -1, round_trip_ms = 'fast' }"), @r"
    error: prof/x.toml:8:16: cpu.fetch.us is -1, but must be a number from 0 to 1e12
    error: prof/x.toml:8:36: cpu.fetch.round_trip_ms is 'fast', but must be a number from 0 to 1e12
    ");
    assert_snapshot!(fetch("{ us = { value = 3, low = 4 }, round_trip = 5 }"), @r#"
    error: prof/x.toml:8:9: cpu.fetch.round_trip_ms is missing
    error: prof/x.toml:8:16: cpu.fetch.us is { value = 3, low = 4 }, but must be an interval with low <= value <= high
    error: prof/x.toml:8:40: unknown cpu.fetch key "round_trip"; did you mean "round_trip_ms"? Known: us, round_trip_ms.
    "#);
}

#[test]
fn profile_name_twice() {
    let folder = Folder::new(&[("prof/a.toml", PROFILE.as_bytes()), ("prof/b.toml", PROFILE.as_bytes())]);
    assert_snapshot!(folder.refused("catalog runtimes --profiles prof -o out.md"), @r#"error: prof/b.toml: name "x" is taken already by prof/a.toml"#);
}

#[test]
fn machine_list_columns() {
    assert_snapshot!(machines(""), @"error: m.csv: the file is empty; the first line must name columns, at least instance_type, vcpus, memory_gib, on_demand_usd_per_hour, vcpu_speed");
    assert_snapshot!(machines(MACHINES), @"error: m.csv: there is a header but no machine type below it");
    assert_snapshot!(machines("instance_type,memory_gib,vcpu\nx,1,2\n"), @r#"
    error: m.csv:1:1: required columns missing: on_demand_usd_per_hour, vcpu_speed
    error: m.csv:1:26: unknown column "vcpu"; did you mean "vcpus"? Known: instance_type, vcpus, memory_gib, on_demand_usd_per_hour, vcpu_speed, provider, region, family, physical_cores, network_gbps, arch, cpu, spot_usd_per_hour, spot_interruption_pct, reserved_1yr_usd_per_hour, reserved_3yr_usd_per_hour, reserved_3yr_all_upfront_usd_per_hour, speed_basis, speed_low, speed_high, burst_baseline, current, price_date, months_old, planned.
    "#);
}

#[test]
fn machine_list_cells() {
    assert_snapshot!(machines(format!("{MACHINES}x,0,2,-1,NaN\n,1.5,,x,1e9\ny\u{1b}[31m,1,2,1,1\n")), @r#"
    error: m.csv:2:3: vcpus is "0", but must be a whole number from 1
    error: m.csv:2:7: on_demand_usd_per_hour is "-1", but must be a number above 0 and below 1e9, or empty where it is not known
    error: m.csv:2:10: vcpu_speed is "NaN", but must be a number above 0 and below 1e9, or empty where it is not known
    error: m.csv:3:1: instance_type is missing; it must be the name of a machine type
    error: m.csv:3:2: vcpus is "1.5", but must be a whole number from 1
    error: m.csv:3:6: memory_gib is missing; it must be a number above 0 and below 1e9
    error: m.csv:3:7: on_demand_usd_per_hour is "x", but must be a number above 0 and below 1e9, or empty where it is not known
    error: m.csv:3:9: vcpu_speed is "1e9", but must be a number above 0 and below 1e9, or empty where it is not known
    error: m.csv:4:1: the cell "y\u{1b}[31m" holds a control character
    "#);
}

#[test]
fn machine_list_duplicate() {
    assert_snapshot!(machines(format!("{MACHINES}x,1,2,1,1\ny,1,2,1,1\nx,2,2,1,1\n")), @r#"error: m.csv:4:1: instance_type "x" is listed twice for this provider and region"#);
}

#[test]
fn machine_list_not_there() {
    let folder = Folder::new(&[("d/x", b"")]);
    assert_snapshot!(folder.refused(&format!("{FLAGS} --machines nope.csv")), @"error: nope.csv: No such file or directory (os error 2)");
    assert_snapshot!(folder.refused(&format!("{FLAGS} --machines d")), @"error: d: Is a directory (os error 21)");
}

// Output

#[test]
fn output_into_no_folder() {
    let folder = Folder::new(&[("d/x", b"")]);
    assert_snapshot!(folder.refused(&format!("{FLAGS} -o no/out.md")), @"error: no/out.md: there is no folder no");
    assert_snapshot!(folder.refused(&format!("{FLAGS} -o d")), @"error: d: Is a directory (os error 21)");
    assert_snapshot!(folder.refused_with(2, &format!("{FLAGS} -o ''")), @"
    error: a value is required for '--output <FILE>' but none was supplied

    For more information, try '--help'.
    ");
}

#[test]
fn output_that_is_there_stays_when_planning_fails() {
    let folder = Folder::new(&[("out.md", b"before"), ("w.csv", b"name\n")]);
    assert_snapshot!(folder.refused("plan w.csv -o out.md"), @"error: w.csv:1:1: required columns missing: events_per_day, event_size");
    assert!(folder.run(&format!("{FLAGS} -o out.md")).status.success());
    assert_ne!(std::fs::read(folder.0.path().join("out.md")).unwrap(), b"before");
}

#[test]
fn strict_prints_the_plan_and_fails() {
    let folder = Folder::new(&[]);
    let impossible = "plan --events-per-day 1e15 --event-size 1KB --io-ratio 0 --partitions 1";
    let lax = folder.run(impossible);
    let strict = folder.run(&format!("{impossible} --strict"));
    assert_eq!((lax.status.code(), strict.status.code()), (Some(0), Some(3)));
    assert!(!strict.stdout.is_empty() && strict.stdout == lax.stdout);
    assert!(strict.stderr.is_empty());
    assert_eq!(folder.run(&format!("{FLAGS} --strict")).status.code(), Some(0));
}

#[test]
fn strict_holds_for_all_commands_that_plan() {
    let hours: String = (0..24).map(|hour| format!("{hour},1\n")).collect();
    let folder = Folder::new(&[("hours.csv", format!("hour,rate\n{hours}").as_bytes())]);
    let statuses = |command: &str, events: &str| {
        let args =
            format!("{command} --event-size 1KB --io-ratio 0 --partitions 1 --events-per-day {events}");
        [folder.run(&args), folder.run(&format!("{args} --strict"))].map(|output| output.status.code())
    };
    for command in
        ["explain", "plan --by runtime", "sweep --over months", "failures", "hours --hourly-csv hours.csv"]
    {
        assert_eq!(statuses(command, "1e12"), [Some(0), Some(3)], "{command}");
        assert_eq!(statuses(command, "1M"), [Some(0), Some(0)], "{command}");
    }
    // A month to come counts, too: a million a day times 11^7 is more than one partition bears.
    let growth =
        |months| statuses(&format!("sweep --over months --growth-pct-per-month 1000 --to {months}"), "1M");
    assert_eq!((growth(1), growth(7)), ([Some(0), Some(0)], [Some(0), Some(3)]));
}

#[test]
fn init_never_overwrites() {
    let folder = Folder::new(&[]);
    assert!(folder.run("init").status.success());
    assert_snapshot!(folder.refused("init"), @"error: workloads.csv and tonnage.toml are there already; nothing was written");
    std::fs::remove_file(folder.0.path().join("workloads.csv")).unwrap();
    assert_snapshot!(folder.refused("init ."), @"error: tonnage.toml is there already; nothing was written");
    std::fs::write(folder.0.path().join("file"), "").unwrap();
    assert_snapshot!(folder.refused("init file"), @"error: file: File exists (os error 17)");
}

#[test]
fn what_init_writes_can_be_planned() {
    let folder = Folder::new(&[]);
    let said = folder.run("init");
    assert_eq!(
        String::from_utf8(said.stdout).unwrap(),
        "Wrote workloads.csv and tonnage.toml. Next: tonnage plan workloads.csv\n"
    );
    let plan = folder.run("plan workloads.csv --strict");
    assert!(plan.status.success() && plan.stderr.is_empty() && !plan.stdout.is_empty());
    let said = folder.run("init new/folder");
    assert_eq!(
        String::from_utf8(said.stdout).unwrap(),
        "Wrote workloads.csv and tonnage.toml. Next: tonnage plan new/folder/workloads.csv\n"
    );
    assert!(folder.run("plan new/folder/workloads.csv --config new/folder/tonnage.toml").status.success());
}

#[test]
fn closed_pipe_is_no_error() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_tonnage"))
        .args(["catalog", "machines", "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

/// Sheets end with the sum of their rows, which would count them twice.
#[test]
fn a_row_of_sums_is_no_workload() {
    let rows = "name,events_per_day,event_size,io_ratio\na,1M,1KB,0\nTotal,1M,1KB,0\n";
    assert_snapshot!(csv(rows), @r#"error: w.csv:3:1: name "Total" is of a sum, which would count all rows twice; leave the row out, or name the workload otherwise"#);
}
