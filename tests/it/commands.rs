//! The commands as a whole: names of earlier versions, help, completions and the man page.

use super::command::{printed, refused};
use assert_cmd::Command;

const FLEET: &str = "examples/workloads.csv";

/// All commands, in the order of `--help`, and those below them.
const COMMANDS: &[&[&str]] = &[
    &["init"],
    &["plan"],
    &["diff"],
    &["explain"],
    &["sweep"],
    &["failures"],
    &["simulate"],
    &["hours"],
    &["calibrate"],
    &["fit"],
    &["catalog"],
    &["import"],
    &["export"],
    &["completions"],
    &["man"],
    &["catalog", "runtimes"],
    &["catalog", "machines"],
    &["catalog", "prices"],
    &["import", "prices"],
    &["export", "kubernetes"],
    &["export", "keda"],
    &["export", "compose"],
];

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "100").env_remove("NO_COLOR");
    command
}

#[test]
fn names_of_earlier_versions_say_the_new_command_line() {
    for (old, line) in [
        ("pipeline", "tonnage plan FILE.toml"),
        ("pipeline", "tonnage plan FILE.toml"),
        ("compare", "tonnage plan FILE --workload NAME --details"),
        ("total", "tonnage plan FILE --by runtime"),
        ("risk", "tonnage plan FILE --by runtime"),
        ("bad-days", "tonnage failures FILE"),
        ("growth", "tonnage sweep --over months FILE"),
        ("breakeven", "tonnage sweep --over QUANTITY FILE"),
        ("runtimes", "tonnage catalog runtimes"),
        ("machines", "tonnage catalog machines"),
    ] {
        let mut command = tonnage(&[old, "fleet.csv"]);
        assert_eq!(command.output().unwrap().status.code(), Some(2));
        let said = refused(command);
        assert!(said.starts_with(&format!("error: {old:?} is now ")), "{said}");
        assert!(said.ends_with(&format!(": {line}\n")), "{said}");
    }
}

/// What nothing in a command depends on, it does not take; the same key in tonnage.toml is for the commands that use it.
#[test]
fn a_flag_that_a_command_does_not_use_is_refused() {
    for (command, flags) in [
        (&["catalog", "runtimes"][..], &["--max-utilization=0.5", "--provider=aws", "--strict"][..]),
        (&["catalog", "machines"], &["--published", "--zones=2", "--day-rate=1", "--strict"]),
        (&["explain"], &["--pool=shared", "--confidence=0.9"]),
        (&["failures"], &["--pool=shared", "--samples=20", "--fetch-from-follower"]),
        (&["hours"], &["--confidence=0.9", "--min-saving=1", "--pool=shared"]),
        (&["sweep", "--over=months"], &["--confidence=0.9", "--pool=shared"]),
        (&["calibrate"], &["--strict", "--zones=2", "--runtimes=go-franz", "--include-provisional"]),
        (&["fit", "-"], &["--config=x", "--provider=aws"]),
    ] {
        for flag in flags {
            let run = tonnage(&[command, &[flag]].concat()).output().unwrap();
            let said = String::from_utf8(run.stderr).unwrap();
            assert_eq!(run.status.code(), Some(2), "{command:?} {flag}: {said}");
            assert!(said.starts_with("error: unexpected argument"), "{command:?} {flag}: {said}");
        }
    }
}

/// A command whose settings file has every key, also those of others, checks them all.
#[test]
fn keys_of_other_commands_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("t.toml");
    let config = config.to_str().unwrap();
    std::fs::write(config, "pool = \"shared\"\nday_rate = 900\n").unwrap();
    assert!(tonnage(&["catalog", "runtimes", "--config", config]).output().unwrap().status.success());
    std::fs::write(config, "pool = \"common\"\nday_rate = 0\n").unwrap();
    let said = refused(tonnage(&["catalog", "runtimes", "--config", config]));
    assert!(said.contains(":1:8: pool is \"common\", but must be one of dedicated, shared\n"), "{said}");
    assert!(said.contains(":2:12: day_rate is 0, but must be an amount of dollars above 0"), "{said}");
}

#[test]
fn commands_are_listed_in_their_order() {
    let help = printed(tonnage(&["--help"]));
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    let expected: Vec<&str> =
        COMMANDS.iter().filter(|command| command.len() == 1).map(|command| command[0]).collect();
    assert_eq!(listed, expected);
    assert!(help.contains("cargo install tonnage-measure"), "{help}");
}

#[test]
fn short_help_fits_one_screen_and_has_three_examples() {
    for command in [&[] as &[&str]].iter().chain(COMMANDS) {
        let mut narrow = tonnage(&[*command, &["-h"]].concat());
        narrow.env("COLUMNS", "80");
        let narrow = printed(narrow);
        assert!(narrow.lines().count() <= 40, "{command:?}: {} lines", narrow.lines().count());
        let help = printed(tonnage(&[*command, &["-h"]].concat()));
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        assert_eq!(examples.take_while(|line| line.starts_with("  tonnage ")).count(), 3, "{help}");
    }
}

/// The table of columns is in `--help` alone. Those that are settings too have a flag that serves all rows.
#[test]
fn columns_are_flags_that_only_long_help_shows() {
    let [short, long] = ["-h", "--help"].map(|flag| printed(tonnage(&["plan", flag])));
    let is_flag =
        |name: &str| !["provider", "region", "purchase", "prefetch_limit", "rewrite_days"].contains(&name);
    for column in tonnage::input::columns::COLUMNS.iter().filter(|column| is_flag(column.name)) {
        let flag = format!("--{} <VALUE>", column.name.replace('_', "-"));
        assert!(!short.contains(&flag) && long.contains(&flag), "{flag}");
    }
}

#[test]
fn completions_know_the_commands_and_what_a_setting_may_be() {
    for shell in ["bash", "zsh", "fish"] {
        let text = printed(tonnage(&["completions", shell]));
        for word in ["failures", "max-utilization", "reserved-3yr", "jsonl"] {
            assert!(text.contains(word), "{shell} lacks {word}");
        }
        assert!(!text.contains("bad-days"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    assert!(printed(tonnage(&["man"])).contains(".TH tonnage 1"));
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    assert_eq!(printed(tonnage(&["man", pages.to_str().unwrap()])), "");
    for command in COMMANDS {
        let page = std::fs::read_to_string(pages.join(format!("tonnage-{}.1", command.join("-")))).unwrap();
        assert!(page.contains(".SH EXTRA") && page.contains("Examples:"), "{command:?}");
    }
}

fn rows(args: &[&str]) -> Vec<String> {
    let csv = printed(tonnage(&[args, &["--format", "csv"]].concat()));
    csv.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn set_is_the_flag_of_the_same_column() {
    for (assignment, flag) in [
        ("peak_factor=1", ["--peak-factor", "1"]),
        ("peak-factor = 1", ["--peak-factor", "1"]),
        ("event_size=1KB..2KB", ["--event-size", "1KB..2KB"]),
        ("current_machine=", ["--current-machine", ""]),
        ("utilization=", ["--utilization", ""]),
    ] {
        let by_flag = rows(&[&["plan", FLEET][..], &flag].concat());
        assert_eq!(rows(&["plan", FLEET, "--set", assignment]), by_flag, "{assignment}");
    }
    let alone = ["--set", "events_per_day=1M", "--set", "event_size=1KB", "--set", "io_ratio=0"];
    assert_eq!(rows(&[&["plan"][..], &alone].concat()).len(), 1);
}

#[test]
fn what_cannot_be_set_is_told_with_the_nearest_column() {
    for (assignment, said) in [
        ("peak_facter=1", "did you mean \"peak_factor\"?"),
        ("peak_factor", "must be COLUMN=VALUE, such as peak_factor=4"),
    ] {
        let mut command = tonnage(&["plan", FLEET, "--set", assignment]);
        assert_eq!(command.output().unwrap().status.code(), Some(2));
        let error = refused(command);
        assert!(error.contains(said), "{error}");
    }
    let error = refused(tonnage(&["plan", FLEET, "--set", "peak_factor=0"]));
    assert!(error.contains("peak_factor is \"0\""), "{error}");
}

#[test]
fn workloads_are_chosen_by_name_in_every_command_that_reads_them() {
    let both = ["--workload", "fraud-scores", "--workload", "audit-log"];
    let chosen = rows(&[&["plan", FLEET][..], &both].concat());
    let all = rows(&["plan", FLEET]);
    let of_both: Vec<String> = all
        .into_iter()
        .filter(|row| row.starts_with("audit-log,") || row.starts_with("fraud-scores,"))
        .collect();
    assert_eq!((chosen.len(), &chosen), (2, &of_both));
    for command in [
        &["plan"][..],
        &["explain"],
        &["sweep", "--over=months"],
        &["failures"],
        &["simulate"],
        &["hours"],
        &["calibrate", "--utilization=0.4"],
    ] {
        let said = refused(tonnage(&[command, &[FLEET, "--workload", "fraud-score"]].concat()));
        assert!(said.contains("did you mean \"fraud-scores\"?"), "{command:?}: {said}");
    }
}

#[test]
fn explain_takes_the_name_first_or_none_where_there_is_one() {
    let asked = |args: &[&str]| printed(tonnage(&[&["explain"], args].concat()));
    assert_eq!(asked(&["audit-log", FLEET]), asked(&[FLEET, "--workload", "audit-log"]));
    let article = "examples/article.toml";
    assert_eq!(asked(&["article", article]), asked(&[article]));
    let said = refused(tonnage(&["explain", FLEET]));
    assert!(said.contains("choose one with --workload NAME"), "{said}");
}

#[test]
fn columns_of_somebody_else_are_skipped_by_flag_and_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    std::fs::write(&file, "name,team,events_per_day,event_size,io_ratio,owner\na,x,1M,1KB,0,y\n").unwrap();
    let file = file.to_str().unwrap();
    assert!(refused(tonnage(&["plan", file])).contains("team"));
    let by_flag = rows(&["plan", file, "--ignore-columns", "team, owner"]);
    let config = folder.path().join("t.toml");
    std::fs::write(&config, "ignore_columns = [\"team\", \"owner\"]\n").unwrap();
    assert_eq!(rows(&["plan", file, "--config", config.to_str().unwrap()]), by_flag);
}

#[test]
fn standard_input_is_named() {
    let mut command = tonnage(&["plan"]);
    command.write_stdin("name,events_per_day,event_size,io_ratio\na,1M,1KB,0\n");
    let said = refused(command);
    assert!(said.contains("name a CSV, .xlsx or TOML file, - for standard input"), "{said}");
}

/// What `plan` says on standard error of flags and files beside its answer.
fn noted(args: &[&str]) -> String {
    let output = tonnage(args).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn samples_that_are_not_drawn_are_told() {
    let [fleet, ranges] = ["examples/workloads.csv", "examples/ranges.csv"];
    let no_range = "no cell is a range such as 5-10, and --confidence is not given.\n";
    let seed = format!("Note: --seed changes nothing: {no_range}");
    for format in ["--format=csv", "--format=json"] {
        assert_eq!(noted(&["plan", fleet, "--seed=2", format]), seed);
        let both = noted(&["plan", fleet, "--seed=2", "--samples=64", format]);
        assert_eq!(both, format!("Note: --samples changes nothing: {no_range}{seed}"));
        assert_eq!(noted(&["plan", ranges, "--seed=2", format]), "");
    }
    assert_eq!(noted(&["plan", fleet, "--seed=2", "--confidence=0.9", "--samples=20"]), "");
    let best = "Note: --seed changes nothing: all is planned at the best estimates.\n";
    for args in
        [&["plan", ranges, "--unit=pods"][..], &["plan", "examples/pipeline.toml"], &["diff", ranges, ranges]]
    {
        assert_eq!(noted(&[args, &["--seed=2"]].concat()), best, "{args:?}");
    }
}

#[test]
fn prices_that_are_words_for_nothing_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let prices = folder.path().join("prices.csv");
    let note = |rows: &str| {
        let header = "instance_type,provider,region,on_demand_usd_per_hour,spot_usd_per_hour";
        std::fs::write(&prices, format!("{header}\n{rows}")).unwrap();
        noted(&["plan", "examples/workloads.csv", "--prices", prices.to_str().unwrap()])
    };
    assert_eq!(note("c7a.large,aws,us-east-1,0.1,\n"), "");
    let told = note(
        "c7a.large,aws,us-east-1,0.1,\nc6a.large,aws,us-east-1,0.07,tbd\nc6i.large,aws,us-east-1,n/a,0.03\n",
    );
    let expected = "prices.csv: prices left blank: 2, the first by \"tbd\" in line 3.\n";
    assert!(told.starts_with("Note: ") && told.ends_with(expected), "{told}");
}
