//! A table as CSV, so that it is read as every other sheet is, with its own names for places.

use crate::input::diagnostic::{Diagnostic, Place};
use std::path::Path;

/// A table that was read.
pub struct Table {
    /// Name of the file.
    pub file: String,
    /// Its rows as CSV, each in the line of its number.
    pub lines: Vec<String>,
    /// What places in it are called.
    pub places: Places,
}

/// What places are called.
pub enum Places {
    /// Cells of a sheet.
    Cells {
        /// The sheet.
        sheet: String,
        /// Columns to the left of the first that is used.
        left: usize,
    },
    /// Rows, counted from 1 without the header, and these columns.
    Columns(Vec<String>),
}

/// A row as a line of CSV, with all cells in quotes. One row has to stay one line.
pub fn line(cells: impl IntoIterator<Item = String>) -> String {
    let quoted = |cell: String| format!("\"{}\"", cell.replace(['\r', '\n'], " ").replace('"', "\"\""));
    cells.into_iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// Mistakes of a file as a whole.
pub fn wrong(file: &Path) -> impl Fn(String) -> Diagnostic {
    let file = file.display().to_string();
    move |message| Diagnostic { file: file.clone(), place: None, message }
}

impl Table {
    /// The rows as CSV.
    pub fn csv(&self) -> Vec<u8> {
        self.lines.join("\n").into_bytes()
    }

    /// A place in the CSV by its own name: `fleet.xlsx, sheet "Fleet", cell C7`.
    pub fn at(&self, place: Option<Place>) -> String {
        let field = |Place { line, column }: Place| {
            let text = self.lines.get(line.saturating_sub(1)).map(String::as_str).unwrap_or_default();
            let mut is_quoted = false;
            let is_end = |c: &char| {
                is_quoted ^= *c == '"';
                *c == ',' && !is_quoted
            };
            (line, text.chars().take(column.saturating_sub(1)).filter(is_end).count())
        };
        let file = &self.file;
        match (&self.places, place.map(field)) {
            (Places::Cells { sheet, left }, Some((line, field))) => {
                format!("{file}, sheet {sheet:?}, cell {}{line}", letters(left + field))
            }
            (Places::Cells { sheet, .. }, None) => format!("{file}, sheet {sheet:?}"),
            (Places::Columns(names), Some((line, field))) => {
                let row = if line > 1 { format!(", row {}", line - 1) } else { String::new() };
                format!("{file}{row}, column {:?}", names.get(field).map(String::as_str).unwrap_or_default())
            }
            (Places::Columns(_), None) => file.clone(),
        }
    }
}

/// The letters of a column: A, B, ... Z, AA, AB, ...
fn letters(column: usize) -> String {
    let last = char::from(b'A' + (column % 26) as u8);
    match column / 26 {
        0 => last.to_string(),
        more => letters(more - 1) + &last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_letters() {
        let named = [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (column, name) in named {
            assert_eq!(letters(column), name);
        }
    }
}
