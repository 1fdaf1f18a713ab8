//! README.md and docs/ say what the program prints, and name every column and output field.

use tonnage::input::columns::COLUMNS;

#[test]
fn every_command_shown_prints_what_stands_below_it() {
    trycmd::TestCases::new().env("COLUMNS", "80").case("README.md").case("docs/*.md");
}

#[test]
fn every_input_column_is_described() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    for column in COLUMNS {
        let row = format!("| `{}` | {} | {} |", column.name, column.meaning, column.default);
        assert!(readme.contains(&row), "README.md lacks the row\n{row}");
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
