//! Workloads in files that are no text: workbooks, and Parquet.

mod parquet;
pub mod table;
mod workbook;

use super::diagnostic::Diagnostic;
use std::path::Path;
use table::{Table, wrong};

/// What other workbooks end with.
const NOT_READ: [&str; 5] = ["xls", "xlsm", "xlsb", "ods", "numbers"];

/// Whether a path names such a file.
pub fn is_table(path: &Path) -> bool {
    workbook::Wanted::of(path).is_some() || has_ending(path, &["parquet"])
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|it| endings.iter().any(|ending| it.eq_ignore_ascii_case(ending)))
}

/// Reads a file of these, or says why it cannot be read; nothing for all others.
pub fn read(path: &Path) -> Option<Result<Table, Diagnostic>> {
    if has_ending(path, &NOT_READ) {
        return Some(Err(wrong(path)(
            "workbooks of this kind are not read; save it as .xlsx or CSV".to_owned(),
        )));
    }
    match workbook::Wanted::of(path) {
        Some(wanted) => Some(wanted.read()),
        None => has_ending(path, &["parquet"]).then(|| parquet::read(path)),
    }
}
