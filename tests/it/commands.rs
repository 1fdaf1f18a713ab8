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
