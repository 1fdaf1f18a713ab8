//! What an import found of workloads: name -> column -> value, each with the file and line that it came from.
//!
//! An importer calls [`Found::add`] or [`Found::add_number`] for each value, in any order, and gives the whole to
//! `Target::write` of `cli::import`, which prints rows or merges them into a file and says what was done. Mistakes are
//! kept and come at once, in the end.
//!
//! ```
//! use tonnage::input::imports::found::{Found, Origin};
//!
//! let mut found = Found::default();
//! found.add("orders", "current_machine", "c6i.xlarge", Origin::new("pods.json", None));
//! found.add_number("orders", "observed_cores", 12.345_6, Origin::new("top.txt", Some(2)));
//! let rows = "name,events_per_day,event_size,io_ratio,observed_cores,current_machine\norders,,,,12.35,c6i.xlarge\n";
//! assert_eq!(found.to_csv().unwrap(), rows);
//! ```

use crate::input::columns::{self, COLUMNS, NAMES};
use crate::input::diagnostic::{Diagnostic, InputError};
use crate::input::spreadsheet::written;
use crate::input::two_readings::is_open;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// File, or what else was read.
    pub file: String,
    /// Line in it, where it is in one.
    pub line: Option<usize>,
    /// Whether it only fills empty cells, as what is of a moment does: a file may have a mean of weeks.
    pub only_fills: bool,
}

impl Origin {
    /// A line of a file, or the file as a whole.
    pub fn new(file: impl Into<String>, line: Option<usize>) -> Self {
        Self { file: file.into(), line, only_fills: false }
    }

    /// A mistake there.
    pub fn wrong(&self, message: String) -> Diagnostic {
        Diagnostic::of_line(&self.file, self.line, message)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// A value as a cell has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its text.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
}

/// The values of a workload by the position of their column in [`COLUMNS`].
pub type Values = BTreeMap<usize, Value>;

/// What was found of workloads.
#[derive(Debug, Default)]
pub struct Found {
    workloads: BTreeMap<String, Values>,
    errors: Vec<Diagnostic>,
}

impl Found {
    /// Takes a value of a column, named as in [`COLUMNS`]. A mistake is what the column does not allow, and a second
    /// value that differs from the first.
    pub fn add(&mut self, workload: &str, column: &str, text: impl Into<String>, origin: Origin) {
        let text = text.into();
        let Some(position) = columns::position(column) else {
            self.errors.push(origin.wrong(format!("unknown column {column:?}")));
            return;
        };
        let column = &COLUMNS[position];
        let name = column.name;
        if !column.takes(&text) {
            let message = format!("{name} of {workload:?} is {text:?}, but must be {}", column.allowed());
            self.errors.push(origin.wrong(message));
            return;
        }
        let value = Value { text, origin };
        let first =
            self.workloads.entry(workload.to_owned()).or_default().entry(position).or_insert(value.clone());
        if !column.is_same(&first.text, &value.text) {
            let message = format!(
                "{name} of {workload:?} is {}, but {} has {} already; leave one of the two out",
                value.text, first.origin, first.text
            );
            self.errors.push(value.origin.wrong(message));
        }
    }

    /// Takes a cell as it is, an empty one to empty what is there; nothing of a workload's name.
    pub fn put(&mut self, workload: &str, column: &str, text: &str, origin: Origin) {
        let value = Value { text: text.to_owned(), origin };
        if let Some(position) = columns::position(column).filter(|it| *it != columns::NAME) {
            self.workloads.entry(workload.to_owned()).or_default().insert(position, value);
        }
    }

    /// The same of a number in the unit of its column, [`rounded`].
    pub fn add_number(&mut self, workload: &str, column: &str, value: f64, origin: Origin) {
        self.add(workload, column, rounded(value), origin);
    }

    /// The same under other names.
    pub(super) fn map_names(self, other: impl Fn(&str) -> String) -> Self {
        let mut renamed = Self { errors: self.errors, ..Self::default() };
        for (name, values) in self.workloads {
            for (column, Value { text, origin }) in values {
                match text.is_empty() {
                    true => renamed.put(&other(&name), NAMES[column], &text, origin),
                    false => renamed.add(&other(&name), NAMES[column], text, origin),
                }
            }
        }
        renamed
    }

    /// A mistake that keeps all from being written.
    pub fn refuse(&mut self, mistake: Diagnostic) {
        self.errors.push(mistake);
    }

    /// The workloads by name, in alphabetical order.
    pub fn workloads(&self) -> &BTreeMap<String, Values> {
        &self.workloads
    }

    /// Positions of the columns that any workload has a value of.
    pub fn columns(&self) -> BTreeSet<usize> {
        self.workloads.values().flat_map(|values| values.keys().copied()).collect()
    }

    /// Nothing, or all mistakes.
    pub fn checked(&self) -> Result<(), InputError> {
        InputError::unless_empty(self.errors.clone())
    }

    /// The rows as a workload file: the columns that every workload must have, to be filled in where they are empty, and
    /// those that were found.
    pub fn to_csv(&self) -> Result<String, InputError> {
        self.checked()?;
        let columns: BTreeSet<usize> =
            columns::required().filter_map(columns::position).chain(self.columns()).collect();
        let header: Vec<&str> = columns.iter().map(|column| NAMES[*column]).collect();
        let mut text = header.join(",") + "\n";
        for (name, values) in &self.workloads {
            let cell = |column: &usize| match values.get(column) {
                _ if *column == columns::NAME => quoted(name, ','),
                value => value.map(|value| quoted(&value.text, ',')).unwrap_or_default(),
            };
            text += &(columns.iter().map(cell).collect::<Vec<_>>().join(",") + "\n");
        }
        Ok(text)
    }
}

/// A number as people would write it into a cell: to four significant digits, or all of them before the point; to one more
/// where three behind the point could be thousands.
pub fn rounded(value: f64) -> String {
    let digits = 3.0 - value.abs().log10().floor();
    let places = if digits.is_finite() { digits.clamp(0.0, 12.0) as usize } else { 0 };
    let text = format!("{value:.places$}");
    let short = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    if is_open(short) { format!("{value:.4}") } else { short.to_owned() }
}

/// A text as a cell, in quotes where it needs them.
pub fn quoted(text: &str, delimiter: char) -> String {
    let text = &*written(text);
    let needs = |c: char| c == delimiter || c == '"' || c.is_control();
    match text.contains(needs) || text.starts_with('#') || text.trim() != text {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
