//! CSV row by row in constant memory: cells by column, and the place of each where one is wrong.

use super::diagnostic::{Diagnostic, InputError, Place, Source};
use super::nearest::{plain, slip_of, unknown};
use super::quantity;
use super::spreadsheet;
use super::two_readings::{Marks, hint};
use std::io::{Cursor, Read};
use std::ops::Range;

/// Characters of a broken cell that a message shows: it may hold a whole file.
const SHOWN: usize = 40;
/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// The columns that a sheet may have.
#[derive(Clone, Copy)]
pub struct Columns<'k> {
    /// What a row is, for messages.
    pub row: &'static str,
    /// Known names, in the order by which cells are asked for.
    pub known: &'static [&'static str],
    /// Those that must be there.
    pub required: &'k [&'static str],
    /// The column that another name surely means.
    pub meant: fn(&Self, &str) -> Option<&'static str>,
    /// What to say of a column that is not known.
    pub unknown: fn(&Self, &str) -> String,
    /// Columns to pass over, as [`plain`] has them.
    pub ignored: &'k [&'k str],
    /// Whether the file is somebody else's: the header is the first row with the first required column, and columns
    /// that are not known are passed over.
    pub among_others: bool,
}

impl<'k> Columns<'k> {
    /// Columns without other names.
    pub fn new(row: &'static str, known: &'static [&'static str], required: &'k [&'static str]) -> Self {
        Self {
            row,
            known,
            required,
            meant: |columns, name| slip_of(name, columns.known.iter().copied()),
            unknown: |columns, name| unknown("column", name, columns.known),
            ignored: &[],
            among_others: false,
        }
    }

    /// Columns in a file of somebody else's.
    pub fn among_others(
        row: &'static str,
        known: &'static [&'static str],
        required: &'k [&'static str],
    ) -> Self {
        Self { among_others: true, ..Self::new(row, known, required) }
    }

    fn is_ignored(&self, name: &str) -> bool {
        let is_of_others = self.among_others && self.position(name).is_none();
        is_of_others || self.ignored.contains(&plain(name).as_str())
    }

    /// Whether a row stands before the header.
    fn is_before(&self, row: &csv::StringRecord) -> bool {
        let first = self.required.first().filter(|_| self.among_others);
        first.is_some_and(|first| !row.iter().any(|cell| self.position(cell.trim()) == self.position(first)))
    }

    /// Where a column stands among the known ones. Letter case, spaces and hyphens of a header do not matter.
    fn position(&self, name: &str) -> Option<usize> {
        let exact = self.known.iter().position(|known| *known == name);
        exact.or_else(|| self.known.iter().position(|known| plain(known) == plain(name)))
    }

    fn at_least(&self) -> String {
        let required = self.required.join(", ");
        if required.is_empty() { required } else { format!(", at least {required}") }
    }
}

/// A CSV file whose header has been read, and the row that it stands at.
pub struct Sheet<'s> {
    file: String,
    /// What stands between cells.
    delimiter: u8,
    reader: csv::Reader<Kept<'s>>,
    record: csv::StringRecord,
    /// Where the record begins: byte and line.
    start: (usize, usize),
    known: &'static [&'static str],
    field_of_column: Vec<Option<usize>>,
    header: csv::StringRecord,
    /// What to say at the end of a sheet without rows.
    without_rows: Option<String>,
    is_done: bool,
}

/// One row of a [`Sheet`].
#[derive(Clone, Copy)]
pub struct Row<'r> {
    sheet: &'r Sheet<'r>,
}

impl<'s> Sheet<'s> {
    /// Goes through all rows of a text. All mistakes come at once.
    pub fn read(
        source: Source<'s>,
        columns: Columns<'_>,
        take: impl FnMut(Row<'_>, &mut Vec<Diagnostic>),
    ) -> Result<(), InputError> {
        let (mut sheet, mut errors) = Self::of(source, columns);
        sheet.each_row(&mut errors, take);
        InputError::unless_empty(errors)
    }

    /// Reads the header of a text, with all that is wrong in it.
    pub fn of(source: Source<'s>, columns: Columns<'_>) -> (Self, Vec<Diagnostic>) {
        Self::open(source.file.to_owned(), source.text.as_bytes(), columns)
    }

    /// Reads a header, with all that is wrong in it. Rows without any text and lines that start with `#` are passed
    /// over. Cells are separated by commas, or by the semicolons or tabs of the header. The cells of a column whose name is
    /// only misspelt are read all the same, so that their mistakes come along.
    pub fn open(file: String, input: impl Read + Send + 's, columns: Columns<'_>) -> (Self, Vec<Diagnostic>) {
        let (input, delimiter) = begun(input);
        let kept = Kept { input: Box::new(input), bytes: Vec::new(), at: 0, needed_from: 0 };
        let mut sheet = Self {
            file,
            delimiter,
            reader: csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .comment(Some(b'#'))
                .buffer_capacity(CHUNK)
                .from_reader(kept),
            record: csv::StringRecord::new(),
            start: (0, 1),
            known: columns.known,
            field_of_column: vec![None; columns.known.len()],
            header: csv::StringRecord::new(),
            without_rows: Some(format!("there is a header but no {} below it", columns.row)),
            is_done: false,
        };
        let mut read = sheet.advance();
        while matches!(read, Some(Ok(()))) && columns.is_before(&sheet.record) {
            read = sheet.advance();
        }
        let errors = match read {
            Some(Ok(())) => sheet.take_header(columns),
            Some(Err(error)) => {
                sheet.is_done = true;
                vec![error]
            }
            None => {
                let at_least = columns.at_least();
                vec![sheet.of_file(format!("the file is empty; the first line must name columns{at_least}"))]
            }
        };
        sheet.is_done |= sheet.header.is_empty();
        if !errors.is_empty() {
            sheet.without_rows = None;
        }
        (sheet, errors)
    }

    fn take_header(&mut self, columns: Columns<'_>) -> Vec<Diagnostic> {
        self.record.trim();
        let names = self.record.clone();
        let is_recognized =
            |name: &str| (columns.meant)(&columns, name).is_some() || columns.is_ignored(name);
        if !names.iter().any(is_recognized) {
            let message = match names.iter().any(|name| name.contains('|')) {
                true => {
                    "the columns are separated by '|', but must be by commas, semicolons or tabs".to_owned()
                }
                false => format!(
                    "no known column in the first line; is the header missing? It must name columns{}",
                    columns.at_least()
                ),
            };
            return vec![self.at(0, message)];
        }
        let mut errors = Vec::new();
        let mut misspelt = Vec::new();
        for (field, name) in names.iter().enumerate() {
            let error = match columns.position(name) {
                _ if columns.is_ignored(name) => continue,
                None if name.is_empty() => "the column has no name; give it one or take it out".to_owned(),
                None => {
                    let meant = (columns.meant)(&columns, name).and_then(|name| columns.position(name));
                    let is_same = |(column, _): &&(usize, usize)| Some(*column) == meant;
                    let same = misspelt.iter().find(is_same).map_or_else(String::new, |&(_, other)| {
                        format!(" {:?} may be the same; keep one of them.", &names[other])
                    });
                    misspelt.extend(meant.map(|column| (column, field)));
                    (columns.unknown)(&columns, name) + &same
                }
                Some(column) if self.field_of_column[column].is_some() => {
                    format!("column {name:?} is there twice")
                }
                Some(column) => {
                    self.field_of_column[column] = Some(field);
                    continue;
                }
            };
            errors.push(self.at(self.field_start(field), error));
        }
        for (column, field) in misspelt {
            self.field_of_column[column].get_or_insert(field);
        }
        let is_missing = |name: &&&str| columns.position(name).is_none_or(|it| !self.has(it));
        let missing: Vec<&str> = columns.required.iter().filter(is_missing).copied().collect();
        if !missing.is_empty() {
            let plural = if missing.len() == 1 { "" } else { "s" };
            errors.insert(0, self.at(0, format!("required column{plural} missing: {}", missing.join(", "))));
        }
        self.header = names;
        errors
    }

    /// The next row or what is wrong with it; rows behind a wrong one still come. `None` at the end.
    pub fn next_row(&mut self) -> Option<Result<Row<'_>, Diagnostic>> {
        if self.is_done {
            return None;
        }
        match self.advance() {
            None => {
                self.is_done = true;
                let message = self.without_rows.take()?;
                Some(Err(self.of_file(message)))
            }
            Some(read) => {
                self.without_rows = None;
                Some(read.and_then(|()| self.checked_row()))
            }
        }
    }

    /// Goes through all rows; what is wrong with one goes to `errors`.
    pub fn each_row(
        &mut self,
        errors: &mut Vec<Diagnostic>,
        mut take: impl FnMut(Row<'_>, &mut Vec<Diagnostic>),
    ) {
        while let Some(row) = self.next_row() {
            match row {
                Ok(row) => take(row, errors),
                Err(error) => errors.push(error),
            }
        }
    }

    fn checked_row(&self) -> Result<Row<'_>, Diagnostic> {
        let (cells, columns) = (self.record.len(), self.header.len());
        if cells == columns {
            return Ok(Row { sheet: self });
        }
        let plural = if cells == 1 { "" } else { "s" };
        let separator = match self.delimiter {
            b';' => "semicolon",
            b'\t' => "tab",
            _ => "comma",
        };
        let hint = if cells > columns {
            format!("put a cell that holds a {separator} in quotes (\")")
        } else {
            format!("an empty cell needs its {separator} too")
        };
        let message = format!("the row has {cells} cell{plural}, but the header has {columns}; {hint}");
        Err(self.at(0, message))
    }

    /// Reads the next record that is not blank.
    fn advance(&mut self) -> Option<Result<(), Diagnostic>> {
        loop {
            let (from, line) =
                (self.reader.position().byte() as usize, self.reader.position().line() as usize);
            self.reader.get_mut().needed_from = from;
            let read = self.reader.read_record(&mut self.record);
            let skipped = row_start(self.reader.get_ref().from(from));
            let breaks = self.reader.get_ref().from(from)[..skipped].iter().filter(|&&b| b == b'\n').count();
            self.start = (from + skipped, line + breaks);
            if let Some(error) = self.failed_formula(from, line) {
                return Some(Err(error));
            }
            match read {
                Ok(false) => return None,
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(self.unreadable(&error)));
                }
                Ok(true) => {}
            }
            if let Some(error) = self.broken_cell() {
                return Some(Err(error));
            }
            if !self.record.as_slice().trim().is_empty() {
                return Some(Ok(()));
            }
        }
    }

    /// A row that is no comment, among the lines passed over before this one: a formula of its first cell has failed.
    fn failed_formula(&self, from: usize, line: usize) -> Option<Diagnostic> {
        let skipped = self.reader.get_ref().from(from).get(..self.start.0 - from)?;
        skipped.split(|byte| *byte == b'\n').enumerate().find_map(|(at, row)| {
            let first = row.split(|byte| *byte == self.delimiter).next().filter(|it| it.len() < row.len())?;
            let text = std::str::from_utf8(first).ok()?;
            let is_word = !text.contains(|c: char| c.is_whitespace() || c.is_lowercase());
            (is_word && quantity::is_error(text)).then(|| Diagnostic {
                file: self.file.clone(),
                place: Some(Place { line: line + at, column: 1 }),
                message: format!(
                    "the row begins with {text:?}: a formula of the spreadsheet failed; mend it"
                ),
            })
        })
    }

    fn unreadable(&self, error: &csv::Error) -> Diagnostic {
        match error.kind() {
            csv::ErrorKind::Io(reason) => self.of_file(reason.to_string()),
            csv::ErrorKind::Utf8 { .. } => {
                let raw = self.raw();
                let good = std::str::from_utf8(raw).map_or_else(|error| error.valid_up_to(), str::len);
                let byte = raw.get(good).copied().unwrap_or_default();
                self.at(good, format!("byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"))
            }
            _ => self.at(0, error.to_string()),
        }
    }

    /// A cell that no one can have meant: in quotes that do not end where it does, or with characters that do not print.
    fn broken_cell(&self) -> Option<Diagnostic> {
        // What is in a cell is looked at only where some byte may be of a control character.
        let may_be_control = |b: u8| (b < b' ' && b != b'\t') || b == 0x7f || b == 0xc2;
        let is_suspicious = self.record.as_slice().bytes().any(may_be_control);
        let is_last = || !matches!(self.raw().last(), Some(b'\r' | b'\n'));
        if !is_suspicious && !is_last() {
            return None;
        }
        if let (starts, Cell::Quoted) = cells(self.raw(), self.delimiter)
            && let Some(&opened) = starts.last()
        {
            return Some(self.at(opened, "the quote (\") that opens this cell is never closed"));
        }
        let unprintable = |c: char| c.is_control() && c != '\t';
        let mut cells = self.record.iter().map(str::trim).enumerate();
        let (field, text) = cells.find(|(_, text)| text.contains(unprintable))?;
        let message = if text.contains('\n') {
            "the cell runs over a line break; is a quote (\") left open?".to_owned()
        } else {
            let begin: String = text.chars().take(SHOWN).collect();
            let more = if begin.len() < text.len() { "..." } else { "" };
            format!("the cell {begin:?}{more} holds a control character")
        };
        Some(self.at(self.field_start(field), message))
    }

    /// What stands between cells.
    pub fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// Where the header, or the row that was read last, ends in the text: the byte behind its last cell.
    pub fn end(&self) -> usize {
        let raw = self.raw();
        let breaks = raw.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.start.0 + raw.len() - breaks
    }

    /// What the cells that were read ahead tell of the marks before decimals, in the columns of numbers: after the header those
    /// of the first 64 KiB.
    pub fn marks(&self, is_number: impl Fn(&str) -> bool) -> Marks {
        let counts: Vec<bool> = self.header().map(is_number).collect();
        let ahead = self.reader.get_ref().from(self.start.0);
        let is_whole = ahead.len() < CHUNK / 2;
        let end = ahead.iter().rposition(|byte| *byte == b'\n').filter(|_| !is_whole).unwrap_or(ahead.len());
        let rows = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .from_reader(&ahead[..end])
            .into_byte_records();
        let of_row = |row: csv::ByteRecord| {
            let cells = row.iter().zip(&counts).filter(|(_, counts)| **counts);
            Marks::of(cells.filter_map(|(cell, _)| std::str::from_utf8(cell).ok()))
        };
        rows.flatten().map(of_row).fold(Marks::default(), Marks::and)
    }

    /// Names of the columns as the file has them.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.header.iter()
    }

    /// The known column that each name of it is of, by its position among these.
    pub fn columns(&self) -> impl Iterator<Item = Option<usize>> {
        (0..self.header.len()).map(|field| self.field_of_column.iter().position(|it| *it == Some(field)))
    }

    /// Whether the header names a column, by its position among the known ones.
    pub fn has(&self, column: usize) -> bool {
        self.field_of_column.get(column).is_some_and(Option::is_some)
    }

    /// The record as it stands in the file.
    fn raw(&self) -> &[u8] {
        let length = (self.reader.position().byte() as usize).saturating_sub(self.start.0);
        let kept = self.reader.get_ref().from(self.start.0);
        kept.get(..length).unwrap_or(kept)
    }

    /// Where a field begins in the record.
    fn field_start(&self, field: usize) -> usize {
        cells(self.raw(), self.delimiter).0.get(field).copied().unwrap_or(self.raw().len())
    }

    /// The place of a byte of the record.
    fn place(&self, offset: usize) -> Place {
        let raw = self.raw();
        let before = String::from_utf8_lossy(raw.get(..offset).unwrap_or(raw));
        let line = before.rsplit('\n').next().unwrap_or_default();
        Place { line: self.start.1 + before.matches('\n').count(), column: line.chars().count() + 1 }
    }

    fn at(&self, offset: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic { file: self.file.clone(), place: Some(self.place(offset)), message: message.into() }
    }

    /// A mistake of the file as a whole.
    pub fn of_file(&self, message: String) -> Diagnostic {
        Diagnostic { file: self.file.clone(), place: None, message }
    }
}

impl<'r> Row<'r> {
    /// The cell of a column by its position among the known ones; `None` where it is empty or not there.
    pub fn get(&self, column: usize) -> Option<&'r str> {
        self.written(column).and_then(quantity::given)
    }

    /// The cell below a name of the header, known or not, by its position there.
    pub fn below(&self, field: usize) -> Option<&'r str> {
        self.sheet.record.get(field).and_then(quantity::given).map(spreadsheet::read)
    }

    /// The cell of a column as it is written, also where it says that there is nothing.
    pub fn written(&self, column: usize) -> Option<&'r str> {
        self.sheet.record.get((*self.sheet.field_of_column.get(column)?)?).map(spreadsheet::read)
    }

    /// The position of a known column.
    pub fn column(&self, name: &str) -> usize {
        self.sheet.known.iter().position(|known| *known == name).unwrap_or(usize::MAX)
    }

    /// Whether the file has a column.
    pub fn has(&self, column: usize) -> bool {
        self.sheet.has(column)
    }

    /// The file that it is in.
    pub fn file(&self) -> &'r str {
        &self.sheet.file
    }

    /// The line that it begins in.
    pub fn line(&self) -> usize {
        self.sheet.start.1
    }

    /// The bytes of a column's cell in the text, with its quotes; `None` where the file lacks the column.
    pub fn span(&self, column: usize) -> Option<Range<usize>> {
        let field = (*self.sheet.field_of_column.get(column)?)?;
        let start = self.sheet.start.0;
        let is_last = field + 1 == self.sheet.record.len();
        let end = if is_last { self.end() } else { start + self.sheet.field_start(field + 1) - 1 };
        Some(start + self.sheet.field_start(field)..end)
    }

    /// Where the row ends in the text: the byte behind its last cell.
    pub fn end(&self) -> usize {
        self.sheet.end()
    }

    /// A mistake in a column's cell; of the row where the file lacks the column.
    pub fn wrong(&self, column: usize, message: impl Into<String>) -> Diagnostic {
        let field = self.sheet.field_of_column.get(column).copied().flatten();
        self.sheet.at(field.map_or(0, |field| self.sheet.field_start(field)), message)
    }

    /// A cell that `parse` reads, or nothing where it is empty.
    pub fn parsed<T>(
        &self,
        column: usize,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<T> {
        let text = self.get(column)?;
        let value = parse(text);
        if value.is_none() {
            let name = self.sheet.known[column];
            let hint = hint(text, |meant| parse(meant).is_some());
            errors.push(self.wrong(column, format!("{name} is {text:?}, but must be {allowed}{hint}")));
        }
        value
    }

    /// The same where an empty cell is a mistake; a column that the file lacks is one of the header's.
    pub fn required<T>(
        &self,
        column: usize,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<T> {
        if self.has(column) && self.get(column).is_none() {
            let name = self.sheet.known[column];
            errors.push(self.wrong(column, format!("{name} is missing; it must be {allowed}")));
        }
        self.parsed(column, allowed, parse, errors)
    }
}

/// What is read, kept from the record on at which the reader stands.
struct Kept<'s> {
    input: Box<dyn Read + Send + 's>,
    bytes: Vec<u8>,
    /// Where `bytes` begin in the input.
    at: usize,
    needed_from: usize,
}

impl Kept<'_> {
    fn from(&self, offset: usize) -> &[u8] {
        self.bytes.get(offset.saturating_sub(self.at)..).unwrap_or_default()
    }
}

impl Read for Kept<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.input.read(buffer)?;
        let unneeded = self.needed_from.saturating_sub(self.at).min(self.bytes.len());
        self.bytes.drain(..unneeded);
        self.at += unneeded;
        self.bytes.extend_from_slice(&buffer[..length]);
        Ok(length)
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
    fn after(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Quote,
            (Self::Quoted, _) | (Self::Start | Self::Quote, b'"') => Self::Quoted,
            (_, b'\r' | b'\n') => Self::Start,
            (_, byte) if byte == delimiter => Self::Start,
            _ => Self::Plain,
        }
    }
}

/// Where the cells of a record begin, and where in the last of them it ends.
fn cells(raw: &[u8], delimiter: u8) -> (Vec<usize>, Cell) {
    let (mut starts, mut state) = (Vec::new(), Cell::Start);
    for (offset, &byte) in raw.iter().enumerate() {
        if state == Cell::Start {
            starts.push(offset);
        }
        state = state.after(byte, delimiter);
    }
    (starts, state)
}

/// A text without a byte order mark, and what stands between the cells of its header.
fn begun<'s>(mut input: impl Read + Send + 's) -> (impl Read + Send + 's, u8) {
    let mut begin = Vec::new();
    // What cannot be read now cannot be read the next time either, and is told then.
    let _ = input.by_ref().take(CHUNK as u64).read_to_end(&mut begin);
    if begin.starts_with(b"\xef\xbb\xbf") {
        begin.drain(..3);
    }
    // What stands between cells, for Excel: a comment here, as the header tells it.
    if begin.starts_with(b"sep=") {
        begin[0] = b'#';
    }
    let header = begin.get(row_start(&begin)..).unwrap_or_default();
    let delimiter = delimiter(header.split(|&byte| byte == b'\n').next().unwrap_or_default());
    (Cursor::new(begin).chain(input), delimiter)
}

/// What most often stands between words of a line, outside quotes: a comma, a semicolon or a tab.
pub fn delimiter(line: &[u8]) -> u8 {
    let count = |delimiter: u8| cells(line, delimiter).0.len();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

/// Where the row that the reader found begins: past blank lines and comments.
fn row_start(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b'\r' | b'\n') => at += 1,
            Some(b'#') => {
                at = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |n| at + n);
            }
            _ => return at,
        }
    }
}
