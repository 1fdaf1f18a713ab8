//! Sheets of workbooks (.xlsx) as CSV, so that they are read as every other sheet is.

use super::diagnostic::{Diagnostic, Place};
use super::nearest::unknown;
use calamine::{Data, Reader, Xlsx};
use std::path::{Path, PathBuf};

/// What workbooks end with.
const ENDING: &str = ".xlsx";
/// What stands between a workbook and the name of a sheet.
const OF_SHEET: char = '#';

/// A sheet of a workbook: the first, unless one is named, `FILE.xlsx#SHEET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    file: PathBuf,
    sheet: Option<String>,
}

/// A sheet that was read.
pub struct Table {
    /// Name of the file.
    pub file: String,
    sheet: String,
    /// Its rows as CSV, each in the line of its number.
    lines: Vec<String>,
    /// Columns to the left of the first that is used.
    left: usize,
}

impl Wanted {
    /// The sheet that a path names; nothing where it is no workbook.
    pub fn of(path: &Path) -> Option<Self> {
        let text = path.to_str()?;
        let ends = |text: &str| text.len() > ENDING.len() && text.to_ascii_lowercase().ends_with(ENDING);
        match text.rsplit_once(OF_SHEET) {
            Some((file, sheet)) if ends(file) => {
                Some(Self { file: file.into(), sheet: Some(sheet.to_owned()) })
            }
            _ => ends(text).then(|| Self { file: path.to_owned(), sheet: None }),
        }
    }

    /// Reads the sheet, or says why it cannot be read.
    pub fn read(self) -> Result<Table, Diagnostic> {
        let file = self.file.display().to_string();
        let wrong = |message: String| Diagnostic { file: file.clone(), place: None, message };
        let input = std::fs::File::open(&self.file).map_err(|error| wrong(error.to_string()))?;
        let mut workbook = Xlsx::new(std::io::BufReader::new(input))
            .map_err(|error| wrong(format!("this is no workbook that can be read: {error}")))?;
        let names = workbook.sheet_names();
        let sheet = match self.sheet {
            Some(sheet) if !names.contains(&sheet) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                return Err(wrong(unknown("sheet", &sheet, &names)));
            }
            sheet => sheet.or_else(|| names.first().cloned()).unwrap_or_default(),
        };
        let range = workbook
            .worksheet_range(&sheet)
            .map_err(|error| wrong(format!("sheet {sheet:?} cannot be read: {error}")))?;
        let (above, left) = range.start().unwrap_or_default();
        let mut lines = vec![String::new(); above as usize];
        lines.extend(range.rows().map(|row| line(row).unwrap_or_default()));
        Ok(Table { file, sheet, lines, left: left as usize })
    }
}

/// A row as a line of CSV, none for a comment. With all cells in quotes an error value such as `#DIV/0!` begins none.
fn line(row: &[Data]) -> Option<String> {
    if matches!(row.first(), Some(Data::String(text)) if text.starts_with('#')) {
        return None;
    }
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    // One row of the sheet has to stay one line.
    writer.write_record(row.iter().map(|cell| cell.to_string().replace(['\r', '\n'], " "))).ok()?;
    let line = String::from_utf8(writer.into_inner().ok()?).ok()?;
    Some(line.trim_end().to_owned())
}

impl Table {
    /// The rows as CSV.
    pub fn csv(&self) -> Vec<u8> {
        self.lines.join("\n").into_bytes()
    }

    /// A place in the CSV as a cell: `fleet.xlsx, sheet "Fleet", cell C7`.
    pub fn cell(&self, place: Option<Place>) -> String {
        let cell = |Place { line, column }: Place| {
            let text = self.lines.get(line.saturating_sub(1)).map(String::as_str).unwrap_or_default();
            let mut is_quoted = false;
            let is_end = |c: &char| {
                is_quoted ^= *c == '"';
                *c == ',' && !is_quoted
            };
            let before = text.chars().take(column.saturating_sub(1)).filter(is_end).count();
            format!(", cell {}{line}", letters(self.left + before))
        };
        format!("{}, sheet {:?}{}", self.file, self.sheet, place.map(cell).unwrap_or_default())
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
    use super::*;

    #[test]
    fn columns_have_letters() {
        let named = [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (column, name) in named {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn a_sheet_may_be_named() {
        let wanted = |path: &str| Wanted::of(Path::new(path)).map(|it| (it.file, it.sheet));
        assert_eq!(wanted("a/Fleet.XLSX"), Some(("a/Fleet.XLSX".into(), None)));
        assert_eq!(wanted("fleet.xlsx#Our fleet"), Some(("fleet.xlsx".into(), Some("Our fleet".to_owned()))));
        for path in ["fleet.csv", "-", ".xlsx", "fleet.xlsx.csv", "#1.toml"] {
            assert_eq!(wanted(path), None, "{path}");
        }
    }
}
