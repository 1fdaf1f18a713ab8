//! Names and cells that Markdown or a spreadsheet would take for something else.

use crate::command::{printed, tonnage, with_rows};
use serde_json::Value;
use tonnage::input::spreadsheet::{read, written};
use tonnage::render::markdown;
use tonnage::report::document::{Column, Document, Table};

const HEADER: &str = "name,events_per_day,event_size,io_ratio,handler_ms,current_runtime,utilization,current_machine,current_instances\n";

fn rows(names: &[&str], events: &str) -> String {
    let row = |name: &&str| format!("\"{name}\",{events},1KB,0.2,1,python-confluent,20%,c6i.xlarge,3\n");
    HEADER.to_owned() + &names.iter().map(row).collect::<String>()
}

#[test]
fn a_diff_in_markdown_keeps_names_as_they_are() {
    let names = ["a`b|c", "``` <b>`", "d`e: `f"];
    let (old, new) = (rows(&names, "50M"), rows(&names, "90M"));
    let diff = with_rows(&old, |old| {
        with_rows(&new, |new| printed(tonnage(&["diff", old, new, "--format=markdown"])))
    });
    // Every backtick is itself, so that none of them begins code, and every bar within a cell.
    for name in ["| a\\`b\\|c | ", "| \\`\\`\\` \\<b>\\` | ", "| d\\`e: \\`f | "] {
        assert!(diff.contains(name), "{name}: {diff}");
    }
    // Code of the program stays code beside such a name.
    let plan = with_rows(&old, |file| printed(tonnage(&["plan", file, "--format=markdown"])));
    assert!(plan.contains("`tonnage plan FILE --details`"), "{plan}");
}

/// A spreadsheet computes what begins with one of `= + - @`, unless an apostrophe stands before it.
#[test]
fn no_cell_of_csv_is_a_formula() {
    let names = ["=1+cmd|' /C calc'!A0", "+a", "-b", "@team/c", "d=e", "'=f", "-5"];
    let file = rows(&names, "50M");
    let read_back = |csv: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        reader.records().map(|row| row.unwrap()[0].to_owned()).collect()
    };
    let plan = with_rows(&file, |file| printed(tonnage(&["plan", file, "--format=csv"])));
    let safe = ["'=1+cmd|' /C calc'!A0", "'+a", "'-b", "'@team/c", "d=e", "'=f", "-5"];
    // The sixth is read without its apostrophe, which it gets again.
    assert_eq!(read_back(&plan), safe);
    let diff = with_rows(&file, |old| {
        with_rows(&rows(&names, "90M"), |new| printed(tonnage(&["diff", old, new, "--format=csv"])))
    });
    let mut diff = read_back(&diff);
    diff.sort();
    let mut sorted = safe;
    sorted.sort();
    assert_eq!(diff, sorted);
    // A file with these names has the plan of one with the names as they were.
    let json = |names: &[&str]| -> Value {
        let text = with_rows(&rows(names, "50M"), |file| printed(tonnage(&["plan", file, "--format=json"])));
        serde_json::from_str::<Value>(&text).unwrap()["decisions"].clone()
    };
    assert_eq!(json(&names), json(&safe));
}

#[test]
fn texts_are_read_back_as_they_were() {
    for text in ["=a", "+a", "-a", "@a", "'=a", "''+a", "'a", "a", "", "-", "-5", "+5%", "-$12", "=5", "\t=a"]
    {
        let cell = written(text);
        assert_eq!(read(&cell), text);
        let is_changed = !["'a", "a", "", "-", "-5", "+5%", "-$12"].contains(&text);
        assert_eq!(cell.starts_with('\'') && cell.len() == text.len() + 1, is_changed, "{text:?}");
    }
}

/// A document as Markdown, without its last line break.
fn written_as(tell: impl Fn(&mut Document)) -> String {
    let mut document = Document::default();
    tell(&mut document);
    markdown::document(&document).trim_end_matches('\n').to_owned()
}

fn inline(text: &str) -> String {
    written_as(|it| it.heading(text)).strip_prefix("### ").unwrap().to_owned()
}

fn line(text: &str) -> String {
    written_as(|it| it.paragraph(text))
}

fn within_cell(text: &str) -> String {
    let mut table = Table::new(vec![Column::words("a", 0)]);
    table.row(vec![text.into()]);
    let table = written_as(|it| it.table(table.clone()));
    table.lines().last().unwrap().strip_prefix("| ").unwrap().strip_suffix(" |").unwrap().to_owned()
}

#[test]
fn only_markup_is_escaped() {
    assert_eq!(within_cell("a|b"), "a\\|b");
    assert_eq!(inline("@checkout/team, me@home @ `@x`"), "@<!-- -->checkout/team, me@home @ `@x`");
    assert_eq!(inline("*x* <b> [l](m)"), "\\*x\\* \\<b> \\[l](m)");
    assert_eq!(inline("3 * 4 < 5 > 2 [4]"), "3 * 4 < 5 > 2 [4]");
    assert_eq!(inline("catch_up _x_"), "catch_up \\_x\\_");
    assert_eq!(inline("see `tonnage a_b|c`"), "see `tonnage a_b|c`");
    assert_eq!(within_cell("see `tonnage a_b|c`"), "see `tonnage a_b\\|c`");
    assert_eq!(inline("one ` alone"), "one \\` alone");
    assert_eq!(inline("a`b: give `skew`, c`d"), "a\\`b: give `skew`, c\\`d");
    assert_eq!(inline("``` <b>`"), "\\`\\`\\` \\<b>\\`");
    assert_eq!(within_cell("`a\\|b`"), "\\`a\\\\\\|b\\`");
    assert_eq!(inline("first & last &amp;"), "first & last \\&amp;");
    assert_eq!(inline("$72 of $300"), "$72 of $300");
    assert_eq!(inline("$72/$300"), "\\$72/$300");
    assert_eq!(inline("two\nlines"), "two lines");
}

#[test]
fn a_line_begins_no_list() {
    assert_eq!(line("1. first"), "1\\. first");
    assert_eq!(line("53.5 ms, then 2."), "53.5 ms, then 2.");
    assert_eq!(line("- dash - dash"), "\\- dash - dash");
    assert_eq!(line("-$12 a month"), "-$12 a month");
    assert_eq!(line("# 1"), "\\# 1");
}

/// A fence is longer than any within it.
#[test]
fn a_fence_ends_where_its_text_does() {
    let fenced = |text: &str| written_as(|it| it.verbatim("yaml", text));
    assert_eq!(fenced("a: 1\n"), "```yaml\na: 1\n```");
    assert_eq!(fenced("# ````\na: 1\n"), "`````yaml\n# ````\na: 1\n`````");
}
