//! `tonnage measure` runs a program of its own.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use tempfile::TempDir;

/// One test at a time: a script cannot be run while a process that another test starts still holds it open.
static ALONE: Mutex<()> = Mutex::new(());

/// Prints its arguments, a line each, and leaves with a status of its own.
const SCRIPT: &str = "#!/bin/sh\nfor argument; do printf '<%s>\\n' \"$argument\"; done\nexit 37\n";

/// A folder with nothing but the program in it, as the build's own may have the real tonnage-measure beside it.
fn installed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let program = folder.path().join("tonnage");
    std::fs::hard_link(env!("CARGO_BIN_EXE_tonnage"), &program).unwrap();
    (folder, program)
}

fn put_script(folder: &Path, text: &str) {
    let path = folder.join("tonnage-measure");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn run(program: &Path, path: &Path, args: &[&str]) -> Output {
    Command::new(program).arg("measure").args(args).env("PATH", path).output().unwrap()
}

fn printed(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn arguments_and_exit_status_pass_through() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (_folder, program) = installed();
    let path = tempfile::tempdir().unwrap();
    put_script(path.path(), SCRIPT);
    for args in [
        &["own", "--rates", "100,1000", "-o", "a b.csv", "--", "./consumer", "--help", "", "-x"][..],
        &["--name", "mine", "--", "--version"],
        &["--", "./consumer", "--", "*"],
        &["own", "--help"],
        &[],
    ] {
        let output = run(&program, path.path(), args);
        let expected: String = args.iter().map(|it| format!("<{it}>\n")).collect();
        assert_eq!((printed(&output), output.status.code()), (expected.as_str(), Some(37)));
    }
}

#[test]
fn one_beside_the_program_comes_before_one_on_the_path() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (folder, program) = installed();
    let path = tempfile::tempdir().unwrap();
    put_script(path.path(), SCRIPT);
    put_script(folder.path(), "#!/bin/sh\necho beside\n");
    let output = run(&program, path.path(), &["own"]);
    assert_eq!((printed(&output), output.status.code()), ("beside\n", Some(0)));
}

#[test]
fn without_it_the_error_says_how_to_install_it() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (_folder, program) = installed();
    let path = tempfile::tempdir().unwrap();
    let output = run(&program, path.path(), &["own", "--", "./consumer"]);
    assert_eq!((printed(&output), output.status.code()), ("", Some(2)));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: measure: there is no tonnage-measure"), "{error}");
    assert!(error.contains("`cargo install tonnage-measure`"), "{error}");
}

#[test]
fn the_help_is_there_without_it() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (_folder, program) = installed();
    let path = tempfile::tempdir().unwrap();
    let output = run(&program, path.path(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let words: Vec<&str> = printed(&output).split_whitespace().collect();
    assert!(words.join(" ").contains("`cargo install tonnage-measure`"), "{words:?}");
}
