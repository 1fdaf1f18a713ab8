//! Workloads in files that are no text: workbooks, and Parquet.

mod parquet;
pub mod table;
mod workbook;

use super::diagnostic::Diagnostic;
use std::path::Path;
use table::Table;

/// Whether a path names such a file.
pub fn is_table(path: &Path) -> bool {
    workbook::Wanted::of(path).is_some() || parquet::is_parquet(path)
}

/// Reads a file of these, or says why it cannot be read; nothing for all others.
pub fn read(path: &Path) -> Option<Result<Table, Diagnostic>> {
    match workbook::Wanted::of(path) {
        Some(wanted) => Some(wanted.read()),
        None => parquet::is_parquet(path).then(|| parquet::read(path)),
    }
}
