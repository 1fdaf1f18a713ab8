//! CSV files with a known set of columns: cells by column, and the place of each for error messages.

use super::diagnostic::{Diagnostic, Place, Source};
use super::nearest::unknown;

/// A CSV file whose header has been checked.
pub struct Sheet<'t> {
    source: Source<'t>,
    field_of_column: Vec<Option<usize>>,
    rows: Vec<(usize, csv::StringRecord)>,
}

/// One row of a [`Sheet`].
#[derive(Clone, Copy)]
pub struct Row<'s> {
    sheet: &'s Sheet<'s>,
    start: usize,
    record: &'s csv::StringRecord,
}

impl<'t> Sheet<'t> {
    /// Reads a header and all rows. Mistakes go to `errors`; the sheet holds the rows that are in order.
    ///
    /// `columns` are the known names in a fixed order, the first `required` of which must be there. Lines
    /// that start with `#` are comments.
    pub fn read(
        source: Source<'t>,
        columns: &[&str],
        required: &[&str],
        errors: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(source.text.as_bytes());
        let mut sheet = Self { source, field_of_column: vec![None; columns.len()], rows: Vec::new() };
        let mut header: Option<csv::StringRecord> = None;
        let mut record = csv::StringRecord::new();
        loop {
            let from = reader.position().byte() as usize;
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    errors.push(source.at(from, error.to_string()));
                    break;
                }
            }
            let start = sheet.row_start(from);
            match &header {
                None => {
                    sheet.take_header(start, &record, columns, required, errors);
                    header = Some(record.clone());
                }
                Some(header) => sheet.take_row(start, &record, header, errors),
            }
        }
        if header.is_none() {
            errors.push(Diagnostic {
                file: source.file.to_owned(),
                place: None,
                message: format!(
                    "the file is empty; the first line must name columns, at least {}",
                    required.join(", ")
                ),
            });
        }
        sheet
    }

    fn take_header(
        &mut self,
        start: usize,
        record: &csv::StringRecord,
        columns: &[&str],
        required: &[&str],
        errors: &mut Vec<Diagnostic>,
    ) {
        let before = errors.len();
        for (field, name) in record.iter().enumerate() {
            let offset = self.field_start(start, field);
            match columns.iter().position(|column| *column == name) {
                None => errors.push(self.source.at(offset, unknown("column", name, columns))),
                Some(column) if self.field_of_column[column].is_some() => {
                    errors.push(self.source.at(offset, format!("column {name:?} is there twice")));
                }
                Some(column) => self.field_of_column[column] = Some(field),
            }
        }
        let missing: Vec<&str> = required
            .iter()
            .zip(columns.iter())
            .map(|(name, _)| *name)
            .filter(|name| !record.iter().any(|field| field == *name))
            .collect();
        if !missing.is_empty() {
            let none_known = errors.len() - before == record.len();
            let hint = if none_known { "; is the header line missing?" } else { "" };
            errors.push(self.source.at(
                start,
                format!(
                    "required column{} missing: {}{hint}",
                    if missing.len() == 1 { "" } else { "s" },
                    missing.join(", ")
                ),
            ));
        }
    }

    fn take_row(
        &mut self,
        start: usize,
        record: &csv::StringRecord,
        header: &csv::StringRecord,
        errors: &mut Vec<Diagnostic>,
    ) {
        if let Some(field) = record.iter().position(|field| field.contains('\n')) {
            errors.push(self.source.at(
                self.field_start(start, field),
                "the cell runs over a line break; is a quote (\") left open?",
            ));
        } else if record.len() != header.len() {
            errors.push(
                self.source
                    .at(start, format!("{} cells where the header has {}", record.len(), header.len())),
            );
        } else {
            self.rows.push((start, record.clone()));
        }
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(start, record)| Row { sheet: self, start: *start, record })
    }

    /// Where the row that the reader found from `from` on begins: past blank lines and comments.
    fn row_start(&self, mut from: usize) -> usize {
        let bytes = self.source.text.as_bytes();
        loop {
            match bytes.get(from) {
                Some(b'\r' | b'\n') => from += 1,
                Some(b'#') => {
                    from = bytes[from..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |n| from + n);
                }
                _ => return from,
            }
        }
    }

    /// Where a field of the row at `start` begins.
    fn field_start(&self, start: usize, field: usize) -> usize {
        let mut quoted = false;
        let mut commas = 0;
        for (offset, byte) in self.source.text.bytes().enumerate().skip(start) {
            if commas == field {
                return offset;
            }
            match byte {
                b'"' => quoted = !quoted,
                b',' if !quoted => commas += 1,
                _ => {}
            }
        }
        self.source.text.len()
    }
}

impl<'s> Row<'s> {
    /// The cell of a column by its position among the known ones; `None` where it is empty or not there.
    pub fn get(&self, column: usize) -> Option<&'s str> {
        let field = (*self.sheet.field_of_column.get(column)?)?;
        self.record.get(field).filter(|text| !text.is_empty())
    }

    /// The place of a column's cell; of the row where the file lacks the column.
    pub fn place(&self, column: Option<usize>) -> Place {
        let field = column.and_then(|column| self.sheet.field_of_column.get(column).copied().flatten());
        let offset = field.map_or(self.start, |field| self.sheet.field_start(self.start, field));
        self.sheet.source.place(offset)
    }
}
