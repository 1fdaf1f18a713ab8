//! README.md and docs/ say what the program prints, and point to what is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tonnage_model::explain::step::Quantity;

#[test]
fn every_command_shown_prints_what_stands_below_it() {
    trycmd::TestCases::new()
        .env("COLUMNS", "80")
        .env("SOURCE_DATE_EPOCH", "1795651200")
        .case("README.md")
        .case("docs/**/*.md");
}

/// The reference is what the program writes of itself.
#[test]
fn the_reference_is_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::Command::cargo_bin("tonnage").unwrap();
    command.arg("reference").arg(folder.path()).assert().success();
    let names = |folder: &Path| -> BTreeSet<_> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    let written = names(folder.path());
    assert_eq!(written, names(Path::new("docs/reference")));
    for name in written {
        let [now, there] = [folder.path(), Path::new("docs/reference")]
            .map(|folder| std::fs::read_to_string(folder.join(&name)).unwrap());
        let name = name.to_string_lossy();
        assert!(now == there, "docs/reference/{name} is out of date: cargo run -- reference docs/reference");
    }
}

/// What `explain` calls a quantity stands in the table from a printed number to its formula.
#[test]
fn every_step_of_explain_is_in_the_table_of_printed_numbers() {
    let page = std::fs::read_to_string("docs/model/README.md").unwrap();
    let printed: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    for quantity in Quantity::ALL {
        let title = quantity.title();
        let is_told = |cell: &&str| {
            cell.split([',', ';']).any(|part| part.trim() == title)
                || cell.contains(title) && title.contains(',')
        };
        assert!(
            printed.iter().any(is_told),
            "{title} is not in docs/model/README.md, \"Find a printed number\""
        );
    }
}

/// `FOLDER/src/FILE.rs`, followed by names of functions, types and constants that it has to define.
#[test]
fn every_function_that_the_model_points_to_exists() {
    let mut checked = 0;
    for page in pages("docs/model") {
        let text = std::fs::read_to_string(&page).unwrap();
        for paragraph in text.split("\n\n").flat_map(|part| part.split(" |\n")) {
            let mut source: Option<String> = None;
            for quoted in paragraph.split('`').skip(1).step_by(2) {
                let is_name = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
                match &source {
                    _ if quoted.contains("src/") && quoted.ends_with(".rs") => {
                        let found = std::fs::read_to_string(quoted);
                        source = Some(
                            found.unwrap_or_else(|_| panic!("{page} names {quoted}, which is not there")),
                        );
                    }
                    Some(code) if is_name => {
                        let name = quoted.rsplit("::").next().unwrap();
                        assert!(defines(code, name), "{quoted} is not where {page} says");
                        checked += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(checked > 250, "only {checked} names were found");
}

/// Whether code has a function, type or constant of this name.
fn defines(code: &str, name: &str) -> bool {
    ["fn", "struct", "enum", "trait", "const"].iter().any(|kind| {
        code.split(&format!("{kind} {name}"))
            .skip(1)
            .any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// A link has to lead to a file, and one with a `#` to a heading there.
#[test]
fn every_link_leads_somewhere() {
    let mut checked = 0;
    for page in ["", "docs", "docs/model", "docs/guide"].into_iter().flat_map(pages) {
        let text = std::fs::read_to_string(&page).unwrap();
        let folder = Path::new(&page).parent().unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { PathBuf::from(&page) } else { folder.join(file) };
            assert!(target.exists(), "{page} links to {link}, which is not there");
            if !heading.is_empty() {
                let headings = headings(&std::fs::read_to_string(&target).unwrap());
                assert!(
                    headings.iter().any(|slug| slug == heading),
                    "{page} links to {link}, no heading there"
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 250, "only {checked} links were found");
}

/// The Markdown files of a folder.
fn pages(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(".").join(folder)).unwrap();
    let paths = entries.map(|entry| Path::new(folder).join(entry.unwrap().file_name()));
    let mut pages: Vec<String> = paths.map(|path| path.display().to_string()).collect();
    pages.retain(|path| path.ends_with(".md"));
    pages.sort();
    pages
}

/// The headings of a page as GitHub spells them in links.
fn headings(page: &str) -> Vec<String> {
    let heading = |line: &str| {
        let kept = line.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|&c| c.is_alphanumeric() || "-_ ".contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    page.lines().filter(|line| line.starts_with('#')).map(heading).collect()
}
