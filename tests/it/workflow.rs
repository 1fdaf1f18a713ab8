//! examples/ci/plan.yml: its steps run, as GitHub runs them.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Runs a step's script in a folder, with GitHub's variables; gives its exit status.
fn run(script: &str, folder: &Path, base: &str) -> Option<i32> {
    let program = assert_cmd::cargo::cargo_bin("tonnage");
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-eo", "pipefail", "-c", script]).current_dir(folder);
    command.env("PATH", path).env("BASE", base).env("GITHUB_STEP_SUMMARY", folder.join("summary.md"));
    command.output().unwrap().status.code()
}

#[test]
fn the_workflow_plans_and_compares_with_the_base() {
    let text = std::fs::read_to_string("examples/ci/plan.yml").unwrap();
    let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
    let steps = workflow["jobs"]["plan"]["steps"].as_array().unwrap();
    let script = |name: &str| steps.iter().find(|it| it["name"] == name).unwrap()["run"].as_str().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let fleet = folder.path().join("workloads.csv");
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,partitions";
    let write =
        |events: &str| std::fs::write(&fleet, format!("{header}\norders,{events},1KB,0.5,2,96\n")).unwrap();
    write("50M");
    let git =
        "git init -q && git add . && git -c user.name=a -c user.email=a@b commit -qm base && git tag base";
    assert_eq!(run(git, folder.path(), ""), Some(0));
    write("55M");
    assert_eq!(run(script("Plan"), folder.path(), "base"), Some(0));
    assert!(std::fs::read_to_string(folder.path().join("summary.md")).unwrap().contains("orders"));
    assert_eq!(run(script("Compare with the base"), folder.path(), "base"), Some(0));
    // Ten times the events are $787 a month more; the comment is there all the same.
    write("500M");
    std::fs::remove_file(folder.path().join("changes.md")).unwrap();
    assert_eq!(run(script("Compare with the base"), folder.path(), "base"), Some(4));
    let changes = std::fs::read_to_string(folder.path().join("changes.md")).unwrap();
    assert!(changes.contains("50M -> 500M"), "{changes}");
    assert!(script("Comment").contains("--body-file changes.md"));
}
