//! Workloads of CSV and TOML files, of workbooks and Parquet, and of flags: one at a time, or all at once.

use super::columns::{self, NAMES};
use super::diagnostic::{Diagnostic, InputError, Place, Source, contents, in_order};
use super::lookup::Lookup;
use super::nearest::{plain, unknown};
use super::quantity;
use super::row::{CellError, workload};
use super::sheet::{Columns, Row, Sheet};
use super::tables::{self, table::Table};
use super::taken::{Double, Taken};
use super::toml_table::{self, Document};
use super::two_readings::Marks;
use super::unknown_column;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use tonnage_model::catalog::Catalog;
use tonnage_model::workload::Workload;

/// What spreadsheets call the row below the others.
const SUMS: [&str; 5] = ["total", "totals", "grand total", "sum", "subtotal"];

/// Values given by flags, by column name. They stand instead of the same column of every row.
pub type Overrides = BTreeMap<&'static str, String>;

/// The texts of a workload's columns as they were read, those that are not empty.
pub type Cells = BTreeMap<&'static str, String>;

/// Mistakes that are told; of more, only the number.
const MOST_MISTAKES: usize = 10_000;

/// A workload with the cells that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The workload.
    pub workload: Workload,
    /// Its cells; none unless the reader keeps them.
    pub cells: Cells,
    /// File and place of its name; nothing unless the reader keeps cells.
    pub place: Option<(String, Option<Place>)>,
}

/// A workload, or all that is wrong with it or with the file that it is in.
pub type Item = Result<Entry, Vec<Diagnostic>>;

/// Workloads one by one.
pub type Stream<'r> = Box<dyn Iterator<Item = Item> + Send + 'r>;

/// Reads the workloads of any number of files.
pub struct Reader<'c> {
    rules: Rules<'c>,
    /// Columns to pass over, as [`plain`] has them.
    ignored: Vec<String>,
    /// Columns of the files as these have them, where some that are passed over must be there.
    seen: Option<BTreeSet<String>>,
    taken: Taken,
}

/// What all rows are read by.
struct Rules<'c> {
    lookup: Lookup<'c>,
    /// Values given by flags, by position of the column.
    overrides: Vec<Option<String>>,
    /// The marks before their decimals.
    marks: Marks,
    /// Workloads that these are for; empty for all.
    only: Vec<String>,
    /// Columns that files must have.
    required: Vec<&'static str>,
    keeps_cells: bool,
}

impl<'c> Reader<'c> {
    /// A reader that looks names up in `catalog`.
    pub fn new(catalog: &'c Catalog) -> Self {
        let rules = Rules {
            lookup: Lookup::new(catalog),
            overrides: vec![None; NAMES.len()],
            marks: Marks::default(),
            only: Vec::new(),
            required: columns::required_of_files().collect(),
            keeps_cells: false,
        };
        Self { rules, ignored: Vec::new(), seen: None, taken: Taken::default() }
    }

    /// The same with values that stand instead of columns, in the workloads named alone where some are.
    pub fn overriding(mut self, overrides: &Overrides, only: &[String]) -> Self {
        self.rules.only = only.to_vec();
        self.rules.marks = Marks::of(overrides.values().map(String::as_str));
        self.rules.overrides = NAMES.iter().map(|name| overrides.get(name).cloned()).collect();
        self.rules.required.retain(|name| !overrides.contains_key(name));
        self
    }

    /// The same without columns that belong to somebody else, which some file must have or none need have.
    pub fn ignoring(mut self, columns: &[String], are_there: bool) -> Self {
        self.seen = are_there.then(BTreeSet::new);
        self.ignored = columns.iter().map(|name| plain(name.trim())).collect();
        self
    }

    /// The same, giving each workload with its cells.
    pub fn keeping_cells(mut self) -> Self {
        self.rules.keeps_cells = true;
        self
    }

    /// The workloads of a file, or of standard input for `-`. CSV is read as they are asked for, in constant memory but
    /// for a hash of each name. TOML is what has a name that ends in `.toml` or, on standard input, begins with a table;
    /// workbooks and Parquet are known by their endings too.
    ///
    /// What is wrong with a header comes first; rows behind a wrong one still come.
    pub fn stream<'r>(&'r mut self, path: &Path) -> Stream<'r> {
        match tables::read(path) {
            Some(Ok(table)) => return self.table(table),
            Some(Err(error)) => return one(Err(vec![error])),
            None => {}
        }
        let file = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
        let read = open(path).and_then(|(mut input, is_toml)| {
            let mut text = Vec::new();
            if is_toml {
                input.read_to_end(&mut text)?;
            }
            Ok((input, is_toml.then_some(text)))
        });
        match read {
            Ok((_, Some(toml))) => self.toml(&file, &toml),
            Ok((input, None)) => self.csv(file, input),
            Err(reason) => one(Err(vec![Diagnostic { file, place: None, message: reason.to_string() }])),
        }
    }

    /// The one workload that flags describe.
    pub fn of_flags(&mut self) -> Item {
        let given = Given {
            file: "command line",
            line: None,
            marks: Marks::default(),
            get: &|_| None,
            wrong: &|column, message| of_flag(NAMES[column], message),
            is_reported: &|_| false,
        };
        self.rules.take(&given, &mut self.taken)
    }

    /// All workloads of some files, or all mistakes; of very many, the first.
    pub fn read_all(mut self, paths: &[impl AsRef<Path>]) -> Result<Vec<Entry>, InputError> {
        let mut all = Collected::default();
        for path in paths {
            self.stream(path.as_ref()).for_each(|item| all.add(item));
        }
        all.finish(self)
    }

    /// The same of a text.
    pub fn read_bytes(mut self, file: &str, bytes: &[u8], is_toml: bool) -> Result<Vec<Entry>, InputError> {
        let mut all = Collected::default();
        let items = if is_toml { self.toml(file, bytes) } else { self.csv(file.to_owned(), bytes) };
        items.for_each(|item| all.add(item));
        all.finish(self)
    }

    /// What is known to be wrong only when all files have been read: names that come again after very many others, and columns
    /// to pass over that are nowhere.
    pub fn finish(self) -> Vec<Diagnostic> {
        let seen: Vec<&str> = self.seen.iter().flatten().map(String::as_str).collect();
        // Of a file that cannot be read that is wrong.
        let is_there = |name: &&String| seen.is_empty() || seen.iter().any(|it| plain(it) == **name);
        let nowhere = self.ignored.iter().filter(|name| !is_there(name));
        let nowhere = nowhere.map(|name| of_flag("ignore_columns", unknown("column", name, &seen)));
        let mut wrong: Vec<Diagnostic> = nowhere.collect();
        wrong.extend(match self.taken.doubles() {
            Ok(doubles) => doubles
                .into_iter()
                .map(|Double { file, line, first }| {
                    let message = format!("the name is taken already by {first}");
                    Diagnostic { file, place: Some(Place { line, column: 1 }), message }
                })
                .collect(),
            Err(reason) => vec![Diagnostic {
                file: "temporary file".to_owned(),
                place: None,
                message: format!("names cannot be held against each other: {reason}"),
            }],
        });
        wrong
    }

    fn csv<'r>(&'r mut self, file: String, input: impl Read + Send + 'r) -> Stream<'r> {
        let ignored: Vec<&str> = self.ignored.iter().map(String::as_str).collect();
        let columns = Columns {
            meant: |_, name| columns::meant(name),
            unknown: |_, name| unknown_column::unknown("column", name),
            ignored: &ignored,
            ..Columns::new("workload", &NAMES, &self.rules.required)
        };
        let (sheet, errors) = Sheet::open(file, input, columns);
        let header = (!errors.is_empty()).then_some(Err(errors));
        let marks = sheet.marks(|name| columns::number(&plain(name)).is_some());
        if let Some(seen) = &mut self.seen {
            seen.extend(sheet.header().map(str::to_owned));
        }
        Box::new(header.into_iter().chain(Rows { rules: &self.rules, taken: &mut self.taken, marks, sheet }))
    }

    fn table<'r>(&'r mut self, table: Table) -> Stream<'r> {
        let items = self.csv(table.file.clone(), Cursor::new(table.csv()));
        Box::new(items.map(move |item| {
            let named = |error: Diagnostic| Diagnostic { file: table.at(error.place), place: None, ..error };
            let Entry { workload, cells, place } =
                item.map_err(|errors| errors.into_iter().map(named).collect::<Vec<_>>())?;
            Ok(Entry { workload, cells, place: place.map(|(_, place)| (table.at(place), None)) })
        }))
    }

    fn toml<'r>(&'r mut self, file: &str, bytes: &[u8]) -> Stream<'r> {
        let read = Source::new(file, bytes).and_then(|source| {
            let document = Document::parse(source)?;
            let mut all = Collected::default();
            self.tables(&document, &mut all);
            all.errors.extend(document.into_errors());
            InputError::unless_empty(all.errors.found).map(|()| all.entries)
        });
        match read {
            Ok(entries) => Box::new(entries.into_iter().map(Ok)),
            Err(InputError::Invalid(errors)) => one(Err(errors)),
            Err(error @ InputError::Unreadable { .. }) => {
                one(Err(vec![Diagnostic { file: file.to_owned(), place: None, message: error.to_string() }]))
            }
        }
    }

    fn tables(&mut self, document: &Document<'_>, all: &mut Collected) {
        let root = document.root();
        root.allow(&["workload", "pipeline"]);
        let list = root.get("workload");
        let tables = list.as_ref().map(|list| list.tables()).unwrap_or_default();
        if list.is_none_or(|list| list.is_empty()) {
            let message = "there is no workload; each starts with [[workload]]".to_owned();
            all.add(Err(vec![Diagnostic { file: document.file().to_owned(), place: None, message }]));
        }
        for table in &tables {
            let is_ignored = |key: &str| self.ignored.contains(&plain(key));
            table.allow_by(|key| {
                let is_known = NAMES.contains(&key) || is_ignored(key);
                (!is_known).then(|| unknown_column::unknown("key", key))
            });
            let names: Vec<&str> = NAMES.into_iter().filter(|name| !is_ignored(name)).collect();
            if let Some(seen) = &mut self.seen {
                seen.extend(table.keys().into_iter().map(|(key, _)| key.to_owned()));
            }
            all.add(self.rules.take_table(document.file(), table, &names, &mut self.taken));
        }
    }
}

/// A file as CSV with its name, where it is that or a sheet; nothing where it is TOML or standard input.
pub fn csv(path: &Path) -> Result<Option<(String, Vec<u8>)>, InputError> {
    match tables::read(path) {
        Some(table) => {
            let table = table.map_err(|error| InputError::Invalid(vec![error]))?;
            Ok(Some((path.display().to_string(), table.csv())))
        }
        None if path == Path::new("-") || is_toml(path) => Ok(None),
        None => contents(path).map(Some),
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// A file or standard input, and whether it is TOML.
fn open(path: &Path) -> std::io::Result<(Box<dyn Read + Send>, bool)> {
    if path != Path::new("-") {
        return Ok((Box::new(std::fs::File::open(path)?), is_toml(path)));
    }
    let mut input = BufReader::new(std::io::stdin());
    let mut begin = Vec::new();
    loop {
        let from = begin.len();
        let length = input.read_until(b'\n', &mut begin)?;
        let line = begin[from..].trim_ascii_start();
        if length == 0 || !(line.is_empty() || line.starts_with(b"#")) {
            let is_toml = line.starts_with(b"[");
            return Ok((Box::new(Cursor::new(begin).chain(input)), is_toml));
        }
    }
}

fn one<'r>(item: Item) -> Stream<'r> {
    Box::new(std::iter::once(item))
}

/// A mistake in what a flag says.
fn of_flag(column: &str, message: String) -> Diagnostic {
    Diagnostic { file: format!("--{}", column.replace('_', "-")), place: None, message }
}

/// The rows of a sheet as workloads.
struct Rows<'r, 'c> {
    rules: &'r Rules<'c>,
    taken: &'r mut Taken,
    marks: Marks,
    sheet: Sheet<'r>,
}

impl Iterator for Rows<'_, '_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        Some(match self.sheet.next_row()? {
            Ok(row) => self.rules.take_row(row, self.marks, self.taken),
            Err(error) => Err(vec![error]),
        })
    }
}

/// One workload as a file or the command line has it.
struct Given<'g, 't> {
    /// File that it is in.
    file: &'g str,
    /// Line that it begins in, if it is in a file.
    line: Option<usize>,
    /// The marks that the file has before decimals.
    marks: Marks,
    /// The text of a column, nothing where it is left out.
    get: &'g dyn Fn(usize) -> Option<&'t str>,
    /// A mistake in a column.
    wrong: &'g dyn Fn(usize, String) -> Diagnostic,
    /// Whether a column's mistakes are reported already.
    is_reported: &'g dyn Fn(usize) -> bool,
}

impl Rules<'_> {
    fn take_row(&self, row: Row<'_>, marks: Marks, taken: &mut Taken) -> Item {
        let given = Given {
            file: row.file(),
            line: Some(row.line()),
            marks,
            get: &|column| row.written(column),
            wrong: &|column, message| row.wrong(column, message),
            is_reported: &|column| self.required.contains(&NAMES[column]) && !row.has(column),
        };
        self.take(&given, taken)
    }

    fn take_table(
        &self,
        file: &str,
        table: &toml_table::Table<'_>,
        names: &[&str],
        taken: &mut Taken,
    ) -> Item {
        let cells = table.cells(names);
        let keys = table.keys();
        let given = Given {
            file,
            line: Some(table.place().line),
            marks: Marks::default(),
            get: &|column| cells.get(NAMES[column]).map(|(text, _)| text.as_str()),
            wrong: &|column, message| {
                let place = Some(cells.get(NAMES[column]).map_or(table.place(), |(_, place)| *place));
                Diagnostic { file: file.to_owned(), place, message }
            },
            // What is there but no text is reported already.
            is_reported: &|column| {
                !cells.contains_key(NAMES[column]) && keys.iter().any(|(key, _)| *key == NAMES[column])
            },
        };
        self.take(&given, taken)
    }

    /// Reads one workload, with all of its mistakes.
    fn take(&self, given: &Given<'_, '_>, taken: &mut Taken) -> Item {
        let named = (given.get)(columns::NAME).and_then(quantity::given);
        let is_for_it =
            self.only.is_empty() || named.is_none_or(|name| self.only.iter().any(|it| it == name));
        let instead = |column: usize| {
            let is_needed = || columns::required().any(|name| name == NAMES[column]);
            self.overrides[column].as_deref().filter(|_| is_for_it || is_needed())
        };
        let get = |column: usize| instead(column).or_else(|| (given.get)(column));
        let marks = |column: usize| if instead(column).is_some() { self.marks } else { given.marks };
        let wrong = |column: usize, message| match instead(column) {
            Some(_) => of_flag(NAMES[column], message),
            None => (given.wrong)(column, message),
        };
        let (read, mut errors): (_, Vec<Diagnostic>) = match workload(&get, &marks, &self.lookup) {
            Ok(workload) => (Some(workload), Vec::new()),
            Err(errors) => {
                let locate = |CellError { column, message }| {
                    let column = columns::position(column)?;
                    let is_new = instead(column).is_some() || !(given.is_reported)(column);
                    is_new.then(|| wrong(column, message))
                };
                (None, errors.into_iter().filter_map(locate).collect())
            }
        };
        if let Some(workload) = &read
            && workload.observed_cores.is_some()
            && let (Some(volume), Some(cores)) =
                (columns::position("events_per_day"), columns::position("observed_cores"))
            && instead(volume).is_some()
            && instead(cores).is_none()
            && given.line.is_some()
        {
            let message = "observed_cores of the file belongs to the events_per_day of the file; give both, or see another \
                           volume with tonnage sweep --over events_per_day";
            errors.push(wrong(volume, message.to_owned()));
        }
        let get = |column: usize| get(column).and_then(quantity::given);
        let name = get(columns::NAME).unwrap_or_default();
        if !name.is_empty()
            && let Some(first) = taken.take(name, given.file, given.line)
        {
            errors.push(wrong(columns::NAME, format!("name {name:?} is taken already by {first}")));
        }
        if SUMS.iter().any(|sum| name.eq_ignore_ascii_case(sum)) {
            let message = format!(
                "name {name:?} is of a sum, which would count all rows twice; leave the row out, or name the workload otherwise"
            );
            errors.push(wrong(columns::NAME, message));
        }
        in_order(&mut errors);
        match read {
            Some(workload) if errors.is_empty() => {
                let place = self.keeps_cells.then(|| {
                    let Diagnostic { file, place, .. } = wrong(columns::NAME, String::new());
                    (file, place)
                });
                Ok(Entry { workload, cells: self.cells(&get), place })
            }
            _ => Err(errors),
        }
    }

    fn cells<'t>(&self, get: &dyn Fn(usize) -> Option<&'t str>) -> Cells {
        if !self.keeps_cells {
            return Cells::new();
        }
        let cell = |(column, &name)| Some((name, get(column)?.to_owned()));
        NAMES.iter().enumerate().filter_map(cell).collect()
    }
}

/// Workloads and mistakes.
#[derive(Default)]
struct Collected {
    entries: Vec<Entry>,
    errors: Mistakes,
}

impl Collected {
    fn add(&mut self, item: Item) {
        match item {
            Ok(entry) => self.entries.push(entry),
            Err(errors) => self.errors.extend(errors),
        }
    }

    fn finish(mut self, reader: Reader<'_>) -> Result<Vec<Entry>, InputError> {
        self.errors.extend(reader.finish());
        self.errors.finish().map(|()| self.entries)
    }
}

/// Mistakes, none of which is told twice; of very many, the first.
#[derive(Default)]
pub struct Mistakes {
    found: Vec<Diagnostic>,
    seen: BTreeSet<String>,
    more: usize,
}

impl Mistakes {
    /// Adds mistakes.
    pub fn extend(&mut self, mistakes: impl IntoIterator<Item = Diagnostic>) {
        for mistake in mistakes {
            if self.found.len() >= MOST_MISTAKES {
                self.more += 1;
            } else if self.seen.insert(mistake.to_string()) {
                self.found.push(mistake);
            }
        }
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Nothing, or all mistakes as an error.
    pub fn finish(mut self) -> Result<(), InputError> {
        if let (Some(last), 1..) = (self.found.last(), self.more) {
            let (file, message) = (last.file.clone(), format!("and {} more mistakes", self.more));
            self.found.push(Diagnostic { file, place: None, message });
        }
        if self.found.is_empty() { Ok(()) } else { Err(InputError::Invalid(self.found)) }
    }
}
