//! CSV files with a known set of columns: cells by column, and the place of each for error messages.

use super::diagnostic::{Diagnostic, Lines, Place, Source};
use super::nearest::{is_slip, unknown};

/// Characters of a broken cell that a message shows: it may hold a whole file.
const SHOWN: usize = 40;

/// A CSV file whose header has been checked.
pub struct Sheet<'t> {
    source: Source<'t>,
    lines: Lines<'t>,
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
    /// `columns` are the known names in a fixed order, and those in `required` must be there. Rows without
    /// any text and lines that start with `#` are passed over.
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
        let mut sheet = Self {
            source,
            lines: Lines::new(source),
            field_of_column: vec![None; columns.len()],
            rows: Vec::new(),
        };
        let mut header: Option<csv::StringRecord> = None;
        let mut record = csv::StringRecord::new();
        loop {
            let from = reader.position().byte() as usize;
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    errors.push(sheet.lines.at(from, error.to_string()));
                    break;
                }
            }
            let start = sheet.row_start(from);
            let is_last = reader.position().byte() as usize >= source.text.len();
            let broken = sheet.broken_cell(start, &record, is_last);
            match &header {
                None if broken.is_none() && is_blank(&record) => {}
                None => {
                    let wrong = broken.or_else(|| sheet.no_header(start, &record, columns, required));
                    if let Some(error) = wrong {
                        errors.push(error);
                        return sheet;
                    }
                    sheet.take_header(start, &record, columns, required, errors);
                    header = Some(record.clone());
                }
                Some(header) => match broken {
                    Some(error) => errors.push(error),
                    None if is_blank(&record) => {}
                    None => sheet.take_row(start, &record, header, errors),
                },
            }
        }
        if header.is_none() {
            errors.push(Diagnostic {
                file: source.file.to_owned(),
                place: None,
                message: format!("the file is empty; the first line must name columns{}", at_least(required)),
            });
        }
        sheet
    }

    /// A cell that no one can have meant: in quotes that do not end where it does, or with characters that
    /// do not print.
    fn broken_cell(&self, start: usize, record: &csv::StringRecord, is_last: bool) -> Option<Diagnostic> {
        if is_last && let Some(opened) = self.open_quote(start) {
            return Some(self.lines.at(opened, "the quote (\") that opens this cell is never closed"));
        }
        let unprintable = |c: char| c.is_control() && c != '\t';
        let (field, text) = record.iter().enumerate().find(|(_, text)| text.contains(unprintable))?;
        let message = if text.contains('\n') {
            "the cell runs over a line break; is a quote (\") left open?".to_owned()
        } else {
            let begin: String = text.chars().take(SHOWN).collect();
            let more = if begin.len() < text.len() { "..." } else { "" };
            format!("the cell {begin:?}{more} holds a control character")
        };
        Some(self.lines.at(self.field_start(start, field), message))
    }

    /// A first line that is no header: not one name that is known or nearly so.
    fn no_header(
        &self,
        start: usize,
        record: &csv::StringRecord,
        columns: &[&str],
        required: &[&str],
    ) -> Option<Diagnostic> {
        if record.iter().any(|name| is_slip(name, columns.iter().copied())) {
            return None;
        }
        let message = match other_separator(record) {
            Some(separator) => format!("the columns are separated by {separator:?}, but must be by commas"),
            None => format!(
                "no known column in the first line; is the header missing? It must name columns{}",
                at_least(required)
            ),
        };
        Some(self.lines.at(start, message))
    }

    fn take_header(
        &mut self,
        start: usize,
        record: &csv::StringRecord,
        columns: &[&str],
        required: &[&str],
        errors: &mut Vec<Diagnostic>,
    ) {
        for (field, name) in record.iter().enumerate() {
            let offset = self.field_start(start, field);
            match columns.iter().position(|column| *column == name) {
                None if name.is_empty() => {
                    errors.push(self.lines.at(offset, "the column has no name; give it one or take it out"));
                }
                None => errors.push(self.lines.at(offset, unknown("column", name, columns))),
                Some(column) if self.field_of_column[column].is_some() => {
                    errors.push(self.lines.at(offset, format!("column {name:?} is there twice")));
                }
                Some(column) => self.field_of_column[column] = Some(field),
            }
        }
        let missing: Vec<&str> =
            required.iter().copied().filter(|name| !record.iter().any(|field| field == *name)).collect();
        if !missing.is_empty() {
            let plural = if missing.len() == 1 { "" } else { "s" };
            errors.push(
                self.lines.at(start, format!("required column{plural} missing: {}", missing.join(", "))),
            );
        }
    }

    fn take_row(
        &mut self,
        start: usize,
        record: &csv::StringRecord,
        header: &csv::StringRecord,
        errors: &mut Vec<Diagnostic>,
    ) {
        let (cells, columns) = (record.len(), header.len());
        if cells == columns {
            self.rows.push((start, record.clone()));
            return;
        }
        let plural = if cells == 1 { "" } else { "s" };
        let hint = if cells > columns {
            "put a cell that holds a comma in quotes (\")"
        } else {
            "an empty cell needs its comma too"
        };
        errors.push(
            self.lines
                .at(start, format!("the row has {cells} cell{plural}, but the header has {columns}; {hint}")),
        );
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(start, record)| Row { sheet: self, start: *start, record })
    }

    /// Whether the header names a column, by its position among the known ones.
    pub fn has(&self, column: usize) -> bool {
        self.field_of_column.get(column).is_some_and(Option::is_some)
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

    /// The bytes from `start` on: where each is, where the reader stands before it, and what it is.
    fn scan(&self, start: usize) -> impl Iterator<Item = (usize, Cell, u8)> {
        let bytes = self.source.text.bytes().enumerate().skip(start);
        bytes.scan(Cell::Start, |state, (offset, byte)| {
            let before = std::mem::replace(state, state.after(byte));
            Some((offset, before, byte))
        })
    }

    /// Where a field of the row at `start` begins.
    fn field_start(&self, start: usize, field: usize) -> usize {
        let starts = self.scan(start).filter(|(_, before, _)| *before == Cell::Start);
        starts.map(|(offset, ..)| offset).nth(field).unwrap_or(self.source.text.len())
    }

    /// Where the cell begins whose quote is open at the end of the text, from the row at `start` on.
    fn open_quote(&self, start: usize) -> Option<usize> {
        let (mut state, mut cell_start) = (Cell::Start, start);
        for (offset, before, byte) in self.scan(start) {
            state = before.after(byte);
            if before == Cell::Start {
                cell_start = offset;
            }
        }
        (state == Cell::Quoted).then_some(cell_start)
    }
}

/// Where in a cell the reader is. A quote opens a cell only as its first character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Before its first character.
    Start,
    /// Outside quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// Behind a quote that ends the quoted text, or with the next one stands for a quote.
    Quote,
}

impl Cell {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Quote,
            (Self::Quoted, _) | (Self::Start | Self::Quote, b'"') => Self::Quoted,
            (_, b',' | b'\r' | b'\n') => Self::Start,
            _ => Self::Plain,
        }
    }
}

fn is_blank(record: &csv::StringRecord) -> bool {
    record.iter().all(str::is_empty)
}

/// What else than commas a row of several names is separated by.
fn other_separator(record: &csv::StringRecord) -> Option<char> {
    let mut cells = record.iter();
    let (Some(only), None) = (cells.next(), cells.next()) else { return None };
    [';', '\t', '|'].into_iter().find(|separator| only.contains(*separator))
}

fn at_least(required: &[&str]) -> String {
    if required.is_empty() { String::new() } else { format!(", at least {}", required.join(", ")) }
}

impl<'s> Row<'s> {
    /// The cell of a column by its position among the known ones; `None` where it is empty or not there.
    pub fn get(&self, column: usize) -> Option<&'s str> {
        let field = (*self.sheet.field_of_column.get(column)?)?;
        self.record.get(field).filter(|text| !text.is_empty())
    }

    /// Whether the file has a column.
    pub fn has(&self, column: usize) -> bool {
        self.sheet.has(column)
    }

    /// The place of a column's cell; of the row where the file lacks the column.
    pub fn place(&self, column: Option<usize>) -> Place {
        let field = column.and_then(|column| self.sheet.field_of_column.get(column).copied().flatten());
        let offset = field.map_or(self.start, |field| self.sheet.field_start(self.start, field));
        self.sheet.lines.place(offset)
    }
}
