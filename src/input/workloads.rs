//! Workload files, CSV or TOML, and workloads given by flags.

use super::columns::{COLUMNS, CellError, REQUIRED, workload};
use super::diagnostic::{Diagnostic, InputError, Place, Source};
use super::sheet::Sheet;
use super::toml_table::Document;
use crate::catalog::Catalog;
use crate::model::workload::Workload;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Values given by flags, by column name. They stand instead of the same column of every row.
pub type Overrides = BTreeMap<&'static str, String>;

/// Workloads collected from any number of files, with all mistakes of all of them.
pub struct Reader<'c> {
    catalog: &'c Catalog,
    overrides: Overrides,
    workloads: Vec<Workload>,
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
            first_use_of_name: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    /// Reads a file, or standard input for `-`: TOML where the name ends in `.toml` or, on standard input,
    /// where a line starts with `[[workload]]`; else CSV.
    pub fn read(&mut self, path: &Path) -> Result<(), InputError> {
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map_err(InputError::unreadable(Path::new("<stdin>")))?;
            let is_toml = bytes.split(|&byte| byte == b'\n').any(|line| line.starts_with(b"[[workload]]"));
            self.read_bytes("<stdin>", &bytes, is_toml);
        } else {
            let bytes = std::fs::read(path).map_err(InputError::unreadable(path))?;
            let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
            self.read_bytes(&path.display().to_string(), &bytes, is_toml);
        }
        Ok(())
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
        let known = |_: &str| None;
        self.take("command line", None, &known, &|_| None);
    }

    /// All workloads, or all mistakes.
    pub fn finish(mut self) -> Result<Vec<Workload>, InputError> {
        if self.errors.is_empty() {
            Ok(self.workloads)
        } else {
            self.errors.dedup();
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
            self.take(
                source.file,
                Some(row.place(None)),
                &|name| row.get(index(name)?).map(str::to_owned),
                &|name| Some(row.place(index(name))),
            );
        }
        if rows == 0 && !header_is_wrong {
            self.errors.push(Diagnostic {
                file: source.file.to_owned(),
                place: None,
                message: "there is a header but no workload below it".into(),
            });
        }
        self.errors.extend(errors);
        self.errors[before..].sort_by_key(|error| error.place);
    }

    fn read_toml(&mut self, source: Source<'_>) {
        let document = Document::parse(source);
        let root = document.root();
        root.allow(&["workload"]);
        let names = COLUMNS.map(|column| column.name);
        let before = self.errors.len();
        let tables = root.require("workload").map(|list| list.tables()).unwrap_or_default();
        for table in &tables {
            table.allow(&names);
            let cells: BTreeMap<&str, (String, usize)> = names
                .iter()
                .filter_map(|name| {
                    let value = table.get(name)?;
                    Some((*name, (value.text()?.trim().to_owned(), value.offset())))
                })
                .collect();
            let start = source.place(table.offset());
            self.take(
                source.file,
                Some(start),
                &|name| cells.get(name).map(|(text, _)| text.clone()).filter(|text| !text.is_empty()),
                &|name| Some(cells.get(name).map_or(start, |(_, offset)| source.place(*offset))),
            );
        }
        self.errors.extend(document.into_errors());
        self.errors[before..].sort_by_key(|error| error.place);
    }

    /// Takes one row, whose cells `get` gives and whose places `place_of` knows.
    fn take(
        &mut self,
        file: &str,
        start: Option<Place>,
        get: &dyn Fn(&'static str) -> Option<String>,
        place_of: &dyn Fn(&str) -> Option<Place>,
    ) {
        let overridden = |name: &'static str| self.overrides.get(name).cloned().or_else(|| get(name));
        match workload(&overridden, self.catalog) {
            Ok(workload) => {
                let here = match start {
                    Some(place) => format!("{file}:{}", place.line),
                    None => file.to_owned(),
                };
                if let Some(first) = self.first_use_of_name.get(&workload.name) {
                    let message = format!("name {:?} is taken already by {first}", workload.name);
                    let place = place_of("name");
                    self.errors.push(Diagnostic { file: file.to_owned(), place, message });
                } else {
                    self.first_use_of_name.insert(workload.name.clone(), here);
                    self.workloads.push(workload);
                }
            }
            Err(errors) => {
                for CellError { column, message } in errors {
                    let error = if self.overrides.contains_key(column) || start.is_none() {
                        let flag = column.replace('_', "-");
                        Diagnostic { file: format!("--{flag}"), place: None, message }
                    } else {
                        Diagnostic { file: file.to_owned(), place: place_of(column), message }
                    };
                    self.errors.push(error);
                }
            }
        }
    }
}
