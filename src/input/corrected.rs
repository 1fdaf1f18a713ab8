//! Rows of a workload file corrected by the cores that were observed, as they can be read back.

use super::columns::{NAME, NAMES};
use super::diagnostic::InputError;
use super::imports::found::{Found, Origin};
use super::imports::merge::merge;
use super::two_readings::never_open;
use super::workloads::Cells;

/// A row with the cores that are busy today instead of `handler_ms` and `utilization`. The wait that was a share of `handler_ms`,
/// `wait_seconds` for one attempt, is written out, since without that it would be guessed anew, and so is the `io_ratio` that was the
/// wait's share of it.
pub fn with_observed_cores(cells: &Cells, observed_cores: f64, io_ratio: f64, wait_seconds: f64) -> Cells {
    let mut cells = cells.clone();
    cells.remove("utilization");
    cells.insert("observed_cores", six_digits(observed_cores));
    if cells.remove("handler_ms").is_some() {
        cells.entry("io_ratio").or_insert_with(|| six_digits(io_ratio));
        if wait_seconds > 0.0 {
            cells.entry("io_wait_ms").or_insert_with(|| six_digits(wait_seconds * 1e3));
        }
    }
    cells
}

/// What a corrected row has no longer, or otherwise: `handler_ms 30`.
pub fn replaced(given: &Cells, corrected: &Cells) -> Vec<String> {
    let measured = ["handler_ms", "observed_cores", "utilization"];
    let differs = |(name, cell): &(&&'static str, &String)| {
        measured.contains(*name) && corrected.get(**name) != Some(*cell)
    };
    given.iter().filter(differs).map(|(name, cell)| format!("{name} {cell}")).collect()
}

/// A row with the median error of its backtest.
pub fn with_backtest_error(cells: &Cells, error: f64) -> Cells {
    let mut cells = cells.clone();
    cells.insert("backtest_error", never_open(format!("{error:.3}")));
    cells
}

/// A CSV file with the rows that were corrected, each pair as it was read and as corrected; all else in it stays.
pub fn in_file<'c>(
    file: &str,
    bytes: &[u8],
    rows: impl Iterator<Item = (&'c Cells, &'c Cells)>,
) -> Result<String, InputError> {
    let mut found = Found::default();
    for (given, corrected) in rows {
        let name = given.get(NAMES[NAME]).map(String::as_str).unwrap_or_default();
        let cleared =
            given.keys().filter(|column| !corrected.contains_key(*column)).map(|column| (column, ""));
        for (column, text) in corrected.iter().map(|(column, text)| (column, text.as_str())).chain(cleared) {
            found.put(name, column, text, Origin::new("", None));
        }
    }
    Ok(merge(file, bytes, &found, true)?.text)
}

/// A header of the columns that some row has, in their usual order, and the rows below it.
pub fn table<'c>(rows: impl Iterator<Item = &'c Cells> + Clone) -> Vec<Vec<String>> {
    let is_used = |name: &&str| rows.clone().any(|row| row.contains_key(name));
    sheet(NAMES.into_iter().filter(is_used).collect(), rows.clone())
}

/// The cells of corrected rows that differ from what was given, each pair of a row as given and as corrected: a header of
/// `name` and the columns that differ in some row, and the rows that differ.
pub fn changes<'c>(rows: impl Iterator<Item = (&'c Cells, &'c Cells)> + Clone) -> Vec<Vec<String>> {
    let changed = rows.filter(|(given, corrected)| given != corrected);
    let differs =
        |name: &&str| changed.clone().any(|(given, corrected)| given.get(*name) != corrected.get(*name));
    let header = NAMES.into_iter().filter(|name| *name == "name" || differs(name)).collect();
    sheet(header, changed.clone().map(|(_, corrected)| corrected))
}

fn sheet<'c>(header: Vec<&str>, rows: impl Iterator<Item = &'c Cells>) -> Vec<Vec<String>> {
    let cell = |cells: &Cells, name: &&str| cells.get(name).cloned().unwrap_or_default();
    let row = |cells: &Cells| header.iter().map(|name| cell(cells, name)).collect();
    let first = header.iter().map(|&name| name.to_owned()).collect();
    std::iter::once(first).chain(rows.map(row)).collect()
}

/// A number as it can be read back, to six significant digits.
pub fn six_digits(value: f64) -> String {
    never_open(format!("{value:.5e}").parse::<f64>().unwrap_or(value).to_string())
}
