//! Sheets of workbooks (.xlsx).

use super::table::{Table, wrong};
use crate::input::diagnostic::Diagnostic;
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

    /// Says that no workbook is read.
    #[cfg(not(feature = "cli"))]
    pub fn read(self) -> Result<Table, Diagnostic> {
        let sheet = self.sheet.map_or(String::new(), |sheet| format!("sheet {sheet:?}: "));
        Err(wrong(&self.file)(format!(
            "{sheet}this program was built without workbooks; save the sheet as CSV"
        )))
    }

    /// Reads the sheet, or says why it cannot be read.
    #[cfg(feature = "cli")]
    pub fn read(self) -> Result<Table, Diagnostic> {
        use super::table::{Places, line};
        use crate::input::columns::meant;
        use crate::input::nearest::unknown;
        use crate::input::two_readings::never_open;
        use calamine::{Data, Reader, Xlsx};
        let wrong = wrong(&self.file);
        let input = std::fs::File::open(&self.file).map_err(|error| wrong(error.to_string()))?;
        let mut workbook = Xlsx::new(std::io::BufReader::new(input))
            .map_err(|error| wrong(format!("this is no workbook that can be read: {error}")))?;
        let names = workbook.sheet_names();
        let file = self.file.display().to_string();
        let is_named = self.sheet.is_some();
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
        let formulas = workbook.worksheet_formula(&sheet).unwrap_or_default();
        let (above, left) = range.start().unwrap_or_default();
        let text = |(row, column): (usize, usize), cell: &Data| match cell {
            Data::Float(number) => never_open(number.to_string()),
            Data::DateTime(time) => {
                let (year, month, day, ..) = time.to_ymd_hms_milli();
                format!("{year}-{month:02}-{day:02}")
            }
            Data::Empty => {
                let formula = formulas.get_value((above + row as u32, left + column as u32));
                formula.filter(|it| !it.is_empty()).map_or_else(String::new, |it| format!("={it}"))
            }
            other => other.to_string(),
        };
        let mut cells = range.rows().flatten().map(ToString::to_string);
        if let ([_, other, ..], false) = (&names[..], is_named || cells.any(|cell| meant(&cell).is_some())) {
            return Err(wrong(format!(
                "sheet {sheet:?} has no known column; to read another: {file}#{other}"
            )));
        }
        let mut lines = vec![String::new(); above as usize];
        // In quotes an error value such as #DIV/0! is no comment.
        lines.extend(range.rows().enumerate().map(|(at, cells)| match cells.first() {
            Some(Data::String(text)) if text.starts_with('#') => String::new(),
            _ => line(cells.iter().enumerate().map(|(column, cell)| text((at, column), cell))),
        }));
        Ok(Table { file, lines, places: Places::Cells { sheet, left: left as usize } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
