//! Workload files, CSV or TOML, and workloads given by flags.

use super::columns::{COLUMNS, CellError, REQUIRED, workload};
use super::diagnostic::{Diagnostic, InputError, Place, Source};
use super::sheet::Sheet;
use super::toml_table::Document;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use tonnage_model::catalog::Catalog;
use tonnage_model::workload::Workload;

/// Values given by flags, by column name. They stand instead of the same column of every row.
pub type Overrides = BTreeMap<&'static str, String>;

/// The texts of a workload's columns as they were read, those that are not empty.
pub type Cells = BTreeMap<&'static str, String>;

/// Workloads collected from any number of files, with all mistakes of all of them.
pub struct Reader<'c> {
    catalog: &'c Catalog,
    overrides: Overrides,
    workloads: Vec<Workload>,
    cells: Vec<Cells>,
    first_use_of_name: BTreeMap<String, String>,
    errors: Vec<Diagnostic>,
}

impl<'c> Reader<'c> {
    /// An empty reader. Names in workloads are looked up in `catalog`.
    pub fn new(catalog: &'c Catalog, overrides: Overrides) -> Self {
        Self {
            catalog,
            overrides,
            workloads: Vec::new(),
            cells: Vec::new(),
            first_use_of_name: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    /// Reads a file, or standard input for `-`: TOML where the name ends in `.toml` or, on standard input,
    /// where a line starts with `[[workload]]`; else CSV.
    pub fn read(&mut self, path: &Path) {
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            let read = std::io::stdin().read_to_end(&mut bytes).map(|_| bytes);
            let starts_toml = |bytes: &[u8]| bytes.starts_with(b"[[workload]]");
            self.read_result("<stdin>", read, |bytes| bytes.split(|&byte| byte == b'\n').any(starts_toml));
        } else {
            let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
            self.read_result(&path.display().to_string(), std::fs::read(path), |_| is_toml);
        }
    }

    fn read_result(&mut self, file: &str, read: std::io::Result<Vec<u8>>, is_toml: impl Fn(&[u8]) -> bool) {
        match read {
            Ok(bytes) => self.read_bytes(file, &bytes, is_toml(&bytes)),
            Err(reason) => self.report_whole(file, reason.to_string()),
        }
    }

    /// Reads the contents of a file.
    pub fn read_bytes(&mut self, file: &str, bytes: &[u8], is_toml: bool) {
        match Source::new(file, bytes) {
            Ok(source) if is_toml => self.read_toml(source),
            Ok(source) => self.read_csv(source),
            Err(InputError::Invalid(errors)) => self.errors.extend(errors),
            Err(InputError::Unreadable { .. }) => {}
        }
    }

    /// Takes one workload from flags alone.
    pub fn read_flags(&mut self) {
        self.take(&Entry {
            file: "command line",
            start: None,
            get: &|_| None,
            place_of: &|_| None,
            reported: Vec::new(),
        });
    }

    /// All workloads, or all mistakes.
    pub fn finish(self) -> Result<Vec<Workload>, InputError> {
        self.finish_with_cells().map(|(workloads, _)| workloads)
    }

    /// The same with the cells of each.
    pub fn finish_with_cells(mut self) -> Result<(Vec<Workload>, Vec<Cells>), InputError> {
        if self.errors.is_empty() {
            Ok((self.workloads, self.cells))
        } else {
            let mut seen = BTreeSet::new();
            self.errors.retain(|error| seen.insert(error.to_string()));
            Err(InputError::Invalid(self.errors))
        }
    }

    fn read_csv(&mut self, source: Source<'_>) {
        let names = COLUMNS.map(|column| column.name);
        let required: Vec<&str> =
            REQUIRED.into_iter().filter(|name| !self.overrides.contains_key(name)).collect();
        let mut errors = Vec::new();
        let sheet = Sheet::read(source, &names, &required, &mut errors);
        let header_is_wrong = !errors.is_empty() && sheet.rows().next().is_none();
        let index = |name: &str| names.iter().position(|known| *known == name);
        let before = self.errors.len();
        let mut rows = 0;
        for row in sheet.rows() {
            rows += 1;
            self.take(&Entry {
                file: source.file,
                start: Some(row.place(None)),
                get: &|name| row.get(index(name)?).map(str::to_owned),
                place_of: &|name| Some(row.place(index(name))),
                reported: required
                    .iter()
                    .copied()
                    .filter(|name| !index(name).is_some_and(|at| row.has(at)))
                    .collect(),
            });
        }
        if rows == 0 && !header_is_wrong {
            self.report_whole(source.file, "there is a header but no workload below it".to_owned());
        }
        self.errors.extend(errors);
        self.errors[before..].sort_by_key(|error| error.place);
    }

    fn read_toml(&mut self, source: Source<'_>) {
        let document = match Document::parse(source) {
            Ok(document) => document,
            Err(InputError::Invalid(errors)) => return self.errors.extend(errors),
            Err(InputError::Unreadable { .. }) => return,
        };
        let root = document.root();
        root.allow(&["workload"]);
        let names = COLUMNS.map(|column| column.name);
        let before = self.errors.len();
        let list = root.get("workload");
        let tables = list.as_ref().map(|list| list.tables()).unwrap_or_default();
        if list.is_none_or(|list| list.is_empty()) {
            self.report_whole(source.file, "there is no workload; each starts with [[workload]]".to_owned());
        }
        for table in &tables {
            table.allow(&names);
            let cells = table.cells(&names);
            let start = table.place();
            self.take(&Entry {
                file: source.file,
                start: Some(start),
                get: &|name| cells.get(name).map(|(text, _)| text.clone()),
                place_of: &|name| Some(cells.get(name).map_or(start, |(_, place)| *place)),
                reported: table
                    .keys()
                    .into_iter()
                    .map(|(key, _)| key)
                    .filter(|key| !cells.contains_key(key))
                    .collect(),
            });
        }
        self.errors.extend(document.into_errors());
        self.errors[before..].sort_by_key(|error| error.place);
    }

    /// Takes one workload, with all of its mistakes.
    fn take(&mut self, entry: &Entry<'_>) {
        let cell = |name: &'static str| self.overrides.get(name).cloned().or_else(|| (entry.get)(name));
        let name = cell("name").unwrap_or_default();
        match workload(&cell, self.catalog) {
            Ok(workload) => {
                self.workloads.push(workload);
                let named = COLUMNS.iter().filter_map(|column| Some((column.name, cell(column.name)?)));
                self.cells.push(named.filter(|(_, text)| !text.is_empty()).collect());
            }
            Err(errors) => {
                for CellError { column, message } in errors {
                    if !entry.reported.contains(&column) {
                        self.report(entry, column, message);
                    }
                }
            }
        }
        self.take_name(entry, name);
    }

    /// Reports a name that an earlier workload has.
    fn take_name(&mut self, entry: &Entry<'_>, name: String) {
        if name.is_empty() {
            return;
        }
        let here = match entry.start {
            Some(place) => format!("{}:{}", entry.file, place.line),
            None => entry.file.to_owned(),
        };
        match self.first_use_of_name.get(&name) {
            Some(first) => {
                let message = format!("name {name:?} is taken already by {first}");
                self.report(entry, "name", message);
            }
            None => {
                self.first_use_of_name.insert(name, here);
            }
        }
    }

    /// Reports a mistake in a column, at the flag where one stands for it.
    fn report(&mut self, entry: &Entry<'_>, column: &str, message: String) {
        if self.overrides.contains_key(column) || entry.start.is_none() {
            self.report_whole(&format!("--{}", column.replace('_', "-")), message);
        } else {
            let place = (entry.place_of)(column);
            self.errors.push(Diagnostic { file: entry.file.to_owned(), place, message });
        }
    }

    /// Reports a mistake that is at no place in a file.
    fn report_whole(&mut self, file: &str, message: String) {
        self.errors.push(Diagnostic { file: file.to_owned(), place: None, message });
    }
}

/// One workload as a file or the command line has it.
struct Entry<'e> {
    /// File that it is in.
    file: &'e str,
    /// Where it begins, if it is in a file.
    start: Option<Place>,
    /// The text of a column, nothing where it is left out.
    get: &'e dyn Fn(&'static str) -> Option<String>,
    /// Where a column's value is.
    place_of: &'e dyn Fn(&str) -> Option<Place>,
    /// Columns whose mistakes are reported already.
    reported: Vec<&'e str>,
}
