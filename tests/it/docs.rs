//! README.md and docs/ say what the program prints, and name every column and output field.

use tonnage::input::columns::{COLUMNS, Column};
use tonnage::input::samples;

#[test]
fn every_command_shown_prints_what_stands_below_it() {
    trycmd::TestCases::new().env("COLUMNS", "80").case("README.md").case("docs/*.md");
}

#[test]
fn every_input_column_is_described() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    for column in COLUMNS {
        let Column { name, meaning, allowed, default } = column;
        let row = format!("| `{name}` | {meaning} | {default} | {allowed} |");
        assert!(readme.contains(&row), "README.md lacks the row\n{row}");
    }
}

#[test]
fn every_sample_column_is_described() {
    let page = std::fs::read_to_string("docs/fit.md").unwrap();
    for samples::Column { name, meaning, allowed, if_empty } in samples::USED {
        let row = format!("| `{name}` | {meaning} | {if_empty} | {allowed} |");
        assert!(page.contains(&row), "docs/fit.md lacks the row\n{row}");
    }
    for name in samples::PASSED_OVER {
        assert!(page.contains(&format!("`{name}`")), "docs/fit.md lacks {name}");
    }
}

#[test]
fn every_output_field_is_described() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let output = assert_cmd::Command::cargo_bin("tonnage")
        .unwrap()
        .args(["plan", "examples/article.toml", "--format", "json"])
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for list in ["plans", "recommendations"] {
        for field in json[list][0].as_object().unwrap().keys() {
            assert!(readme.contains(&format!("`{field}`")), "README.md lacks {list}.{field}");
        }
    }
}

/// `src/FILE.rs`, followed by names in it: each of them has to be there.
#[test]
fn every_function_that_the_model_points_to_exists() {
    let mut checked = 0;
    let document = std::fs::read_to_string("docs/model.md").unwrap();
    for paragraph in document.split("\n\n").flat_map(|part| part.split(" |\n")) {
        let mut source: Option<String> = None;
        for quoted in paragraph.split('`').skip(1).step_by(2) {
            let is_name = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
            match &source {
                _ if quoted.contains("src/") && quoted.ends_with(".rs") => {
                    source = Some(std::fs::read_to_string(quoted).unwrap());
                }
                Some(text) if is_name => {
                    let name = quoted.rsplit("::").next().unwrap();
                    assert!(text.contains(name), "{quoted} is not where docs/model.md says");
                    checked += 1;
                }
                _ => {}
            }
        }
    }
    assert!(checked > 40, "only {checked} names were found");
}
