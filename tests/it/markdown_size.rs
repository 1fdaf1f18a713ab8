//! A plan has to fit into a pull request: GitHub cuts comments at 65,536 bytes.

const MOST_BYTES: usize = 20_000;

/// `examples/forty.csv` is `benches/peers/fleet.py 40 1`.
#[test]
fn markdown_of_forty_workloads_is_under_twenty_kilobytes() {
    let output = assert_cmd::Command::cargo_bin("tonnage")
        .unwrap()
        .args(["plan", "examples/forty.csv", "--format", "markdown"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!((1..=40).filter(|number| !text.contains(&format!("topic-{number:07}"))).count(), 0);
    assert!(text.len() < MOST_BYTES, "{} bytes", text.len());
}
