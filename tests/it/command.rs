//! What commands print, and how they refuse.

use assert_cmd::Command;

/// What a command that succeeds prints on standard output.
pub fn printed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command that fails says on standard error; it prints nothing on standard output.
pub fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// A text in one line, with one blank between its words.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A look at a file of these rows.
pub fn with_rows<T>(rows: &str, look: impl Fn(&str) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    std::fs::write(&file, rows).unwrap();
    look(file.to_str().unwrap())
}

/// The program with arguments.
pub fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args);
    command
}
