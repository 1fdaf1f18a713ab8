//! Workbooks and Parquet as workload files: the same rows, numbers and mistakes as in CSV, at their cells.

use super::command::{printed, refused, tonnage};
use serde_json::Value;
use std::path::Path;
use tonnage::input::tables;

fn decisions(args: &[&str], input: &str) -> Value {
    let mut command = tonnage(&["plan", "--format=json", "--ignore-columns=team"]);
    command.args(args).write_stdin(input);
    serde_json::from_str::<Value>(&printed(command)).unwrap()["decisions"].take()
}

/// The rows of examples/fleet.xlsx and examples/fleet.parquet.
const FLEET: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,team
order-events,20M,1.2KB,85%,8,c6i.xlarge,3,shop
clickstream,1.2B,350,5%,0.1,c6i.4xlarge,3,web
audit-log,580/s,2KiB,0.4,0.5,c6i.xlarge,3,
";

/// Numbers, percentages, shares as text, and numbers as people write them; a comment and a blank row are passed over, and a
/// line break in a cell of somebody else's column does not matter.
#[test]
fn a_workbook_is_read_as_the_same_csv() {
    assert_eq!(decisions(&["examples/fleet.xlsx"], ""), decisions(&["-"], FLEET));
}

#[test]
fn a_sheet_is_chosen_by_its_name() {
    let plan = printed(tonnage(&["plan", "examples/fleet.xlsx#Last year", "--format=json"]));
    let plan: Value = serde_json::from_str(&plan).unwrap();
    // 2 c6i.xlarge at $0.17 an hour, where this year has 3.
    let today = plan["decisions"][0]["today_usd_per_month"].as_f64().unwrap();
    assert!((today - 2.0 * 0.17 * 730.0).abs() < 1e-9, "{today}");
    assert_eq!(plan["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(
        refused(tonnage(&["plan", "examples/fleet.xlsx#Next year"])),
        "error: examples/fleet.xlsx: unknown sheet \"Next year\"; did you mean \"Last year\"? Known: Fleet, Last year.\n"
    );
}

/// The sheet begins at B3, and has a cell with a comma and quotes, and two whose formulas fail.
#[test]
fn mistakes_are_told_with_their_cell() {
    let said = refused(tonnage(&["plan", "examples/mistakes.xlsx"]));
    let expected = [
        "cell F3: unknown column \"partitons\"; did you mean \"partitions\"? To skip it: --ignore-columns partitons",
        "cell B5: name \"orders\" is taken already by examples/mistakes.xlsx:4",
        "cell C5: events_per_day is \"-5\", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or \
         580/s",
        "cell E5: io_ratio is \"85\", but must be a share from 0 to below 1, such as 0.85 or 85%",
        "cell G5: unknown current_machine \"c6i.xlarg\"; did you mean \"c6i.xlarge\"?",
        "cell B6: name is \"#DIV/0!\": a formula of the spreadsheet failed; mend it",
        "cell E6: io_ratio is \"#N/A\": a formula of the spreadsheet failed; mend it",
        "cell E7: io_ratio is \"0,6\", but must be a share from 0 to below 1, such as 0.85 or 85%; \"0.6\" may be meant",
    ];
    let expected = expected.map(|line| format!("error: examples/mistakes.xlsx, sheet \"Fleet\", {line}\n"));
    assert_eq!(said, expected.concat());
    // What calibrate finds is at the cell of the name.
    let said = refused(tonnage(&[
        "calibrate",
        "examples/fleet.xlsx",
        "--ignore-columns=team",
        "--utilization=0.01%",
    ]));
    assert!(said.contains("error: examples/fleet.xlsx, sheet \"Fleet\", cell A2: "), "{said}");
}

/// `4/1`, of which Excel has made a date, and a formula that nobody has opened the file with; the first sheet has no column of ours.
#[test]
fn what_a_spreadsheet_makes_of_cells_is_told() {
    let book = "tests/it/dates.xlsx";
    let error =
        format!("error: {book}: sheet \"Notes\" has no known column; to read another: {book}#Fleet\n");
    assert_eq!(refused(tonnage(&["plan", book])), error);
    let said = refused(tonnage(&["plan", &format!("{book}#Fleet")]));
    let expected = [
        "cell F2: current_instances is \"2026-01-04\", but must be a whole number from 1; a spreadsheet has made a date of it",
        "cell B3: events_per_day is \"=20*B2\", but must be a number of events from 1 to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s; \
         the workbook has no value of this formula: open and save it once",
    ];
    assert_eq!(said, expected.map(|line| format!("error: {book}, sheet \"Fleet\", {line}\n")).concat());
}

/// Whatever a file holds, reading it ends with rows or with a message.
#[test]
fn a_broken_workbook_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.xlsx");
    let whole = std::fs::read("examples/mistakes.xlsx").unwrap();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(29) {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        std::fs::write(&path, &broken).unwrap();
        refused += usize::from(tables::read(&path).unwrap().is_err());
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(tables::read(&path).unwrap().is_err(), "{at}");
    }
    assert!(refused > 20, "{refused}");
    for other in ["fleet.xls", "fleet.ODS", "fleet.xlsm"] {
        let error = tables::read(Path::new(other)).unwrap().err().unwrap().to_string();
        assert_eq!(error, format!("{other}: workbooks of this kind are not read; save it as .xlsx or CSV"));
    }
    let error = tables::read(Path::new("nosuch.xlsx")).unwrap().err().unwrap();
    assert!(error.to_string().starts_with("nosuch.xlsx: "), "{error}");
}

/// Columns of both codecs that notebooks use, snappy and zstd; 580/s are 50,112,000 a day.
#[cfg(feature = "parquet")]
#[test]
fn parquet_is_read_as_the_same_csv() {
    assert_eq!(decisions(&["examples/fleet.parquet"], ""), decisions(&["-"], FLEET));
}

/// A number of instances that is NaN is not given.
#[cfg(feature = "parquet")]
#[test]
fn mistakes_in_parquet_are_told_with_row_and_column() {
    let said = refused(tonnage(&["plan", "examples/mistakes.parquet"]));
    let expected = [
        "column \"team\": unknown column \"team\"; to skip it: --ignore-columns team (tonnage init lists all columns)",
        "row 2, column \"events_per_day\": events_per_day is \"-5\", but must be a number of events from 1 to 1e15, such as \
         50M, 1.2B, 800k, 5e7 or 580/s",
        "row 2, column \"io_ratio\": io_ratio is \"85\", but must be a share from 0 to below 1, such as 0.85 or 85%",
        "row 2, column \"current_machine\": unknown current_machine \"c6i.xlarg\"; did you mean \"c6i.xlarge\"?",
        "row 2, column \"current_instances\": current_instances is \"2.5\", but must be a whole number from 1",
    ];
    assert_eq!(said, expected.map(|line| format!("error: examples/mistakes.parquet, {line}\n")).concat());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.parquet");
    let whole = std::fs::read("examples/fleet.parquet").unwrap();
    for at in (0..whole.len()).step_by(29) {
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(tables::read(&path).unwrap().is_err(), "{at}");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_so() {
    let said = refused(tonnage(&["plan", "examples/fleet.parquet"]));
    assert!(
        said.starts_with("error: examples/fleet.parquet: this program was built without Parquet: build it"),
        "{said}"
    );
}
