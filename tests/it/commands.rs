//! The commands as a whole: names of earlier versions, help, completions and the man page.

use super::command::refused;
use assert_cmd::Command;

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "100").env_remove("NO_COLOR");
    command
}

#[test]
fn names_of_earlier_versions_say_the_new_command_line() {
    for (old, line) in [
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
        (&["catalog", "machines"], &["--published", "--zones=2", "--day-rate=1"]),
        (&["explain"], &["--pool=shared", "--confidence=0.9"]),
        (&["failures"], &["--pool=shared", "--samples=20", "--fetch-from-follower"]),
        (&["hours"], &["--confidence=0.9", "--min-saving=1", "--replicas-per-node=9"]),
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
