//! Values that were found into a workload file, of which all else stays byte for byte.

use super::found::{Found, Origin, Values, quoted};
use crate::input::columns::{ALTERNATIVES, COLUMNS, NAME, NAMES, position};
use crate::input::diagnostic::{Diagnostic, InputError, Source};
use crate::input::nearest::guess;
use crate::input::sheet::{Columns, Sheet};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A file with what was found in it.
#[derive(Debug)]
pub struct Merged {
    /// The whole text of the file.
    pub text: String,
    /// Cells that changed, in the order of the file, and those that [stay](Change::is_made) where another value was found.
    pub changes: Vec<Change>,
    /// Workloads that were found and are new in the file; those left out where only known ones are taken.
    pub new: Vec<New>,
    /// Workloads of the file of which nothing was found.
    pub untouched: Vec<String>,
}

/// A cell that changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// Workload.
    pub workload: String,
    /// Column.
    pub column: &'static str,
    /// What it held, if anything.
    pub old: Option<String>,
    /// What it holds now.
    pub new: String,
    /// Where that came from.
    pub origin: Origin,
    /// Another column that says the same in this row.
    pub said_by: Option<&'static str>,
}

impl Change {
    /// Whether it was made: some values only fill empty cells, and none says what another column does.
    pub fn is_made(&self) -> bool {
        self.said_by.is_none() && (self.old.is_none() || !self.origin.only_fills)
    }
}

/// A workload that the file did not have.
#[derive(Debug, PartialEq, Eq)]
pub struct New {
    /// Its name.
    pub name: String,
    /// The row that may be meant.
    pub like: Option<String>,
}

/// What machines are told by.
const MACHINES: [&str; 2] = ["current_machine", "current_instances"];

/// A row as the file has it.
struct Known {
    name: String,
    end: usize,
    /// The cells of columns that were found or decide whether these are taken: where they are, and what they hold.
    cells: BTreeMap<usize, (Range<usize>, Option<String>)>,
}

/// Puts what was found into the rows of the same name of a CSV file. Columns that the file lacks come behind its last,
/// and, unless `only_known`, workloads that it lacks below its last row. The comments, columns of others, order, quotes
/// and line breaks of the file stay.
pub fn merge(file: &str, bytes: &[u8], found: &Found, only_known: bool) -> Result<Merged, InputError> {
    found.checked()?;
    let Source { text, .. } = Source::new(file, bytes)?;
    let required = [NAMES[NAME]];
    let columns = Columns::among_others("workload", &NAMES, &required);
    let (mut sheet, mut errors) = Sheet::of(Source { file, text }, columns);
    if sheet.header().next().is_none() {
        let message = format!("no line names a column {:?}; --into takes workloads as CSV", NAMES[NAME]);
        return Err(sheet.of_file(message).into());
    }
    let header: Vec<Option<usize>> = sheet.columns().collect();
    let (header_end, delimiter) = (sheet.end(), sheet.delimiter());
    let known = rows(&mut sheet, found, &mut errors);
    // A header without rows takes new ones.
    if known.is_empty() && errors.iter().all(|error| error.place.is_none()) {
        errors.clear();
    }
    InputError::unless_empty(errors)?;

    let is_known = |name: &String| known.iter().any(|row| row.name == *name);
    let taken = |name: &String| !only_known || is_known(name);
    let none = Values::new();
    let found_of = |name: &String| found.workloads().get(name).unwrap_or(&none);
    let rows: Vec<(&Known, &Values)> = known.iter().map(|row| (row, found_of(&row.name))).collect();
    let new = found.workloads().iter().filter(|(name, _)| taken(name) && !is_known(name));
    let used: BTreeSet<usize> = rows
        .iter()
        .flat_map(|(row, values)| values.iter().filter(|(column, _)| row.said_by(**column, values).is_none()))
        .chain(new.flat_map(|(_, values)| values))
        .filter(|(_, value)| !value.text.is_empty())
        .map(|(column, _)| *column)
        .collect();
    let added: Vec<usize> = used.into_iter().filter(|column| !header.contains(&Some(*column))).collect();
    let mut merged =
        Merged { text: String::new(), changes: Vec::new(), new: Vec::new(), untouched: Vec::new() };
    let names = added.iter().map(|column| format!("{delimiter}{}", NAMES[*column]));
    let mut edits = vec![(header_end..header_end, names.collect::<String>())];
    for (row, values) in &rows {
        if !found.workloads().contains_key(&row.name) {
            merged.untouched.push(row.name.clone());
        }
        row.change(values, text, (&added, delimiter), &mut edits, &mut merged.changes);
    }
    merged.text = edited(bytes, text, &edits);
    let line_break = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    for (name, values) in found.workloads().iter().filter(|(name, _)| !is_known(name)) {
        let like = guess(name, known.iter().map(|row| row.name.as_str())).map(str::to_owned);
        merged.new.push(New { name: name.clone(), like });
        if only_known {
            continue;
        }
        if !merged.text.ends_with('\n') {
            merged.text += line_break;
        }
        let cell = |column: &Option<usize>| match column {
            Some(NAME) => quoted(name, delimiter),
            column => column
                .and_then(|column| values.get(&column))
                .map(|value| quoted(&value.text, delimiter))
                .unwrap_or_default(),
        };
        let cells: Vec<String> =
            header.iter().chain(&added.iter().map(|it| Some(*it)).collect::<Vec<_>>()).map(cell).collect();
        merged.text += &cells.join(&delimiter.to_string());
        merged.text += line_break;
    }
    Ok(merged)
}

/// All rows that have a name.
fn rows(sheet: &mut Sheet<'_>, found: &Found, errors: &mut Vec<Diagnostic>) -> Vec<Known> {
    let deciding = ALTERNATIVES.into_iter().flatten().chain(MACHINES).filter_map(position);
    let columns: BTreeSet<usize> = found.columns().into_iter().chain(deciding).collect();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut known = Vec::new();
    sheet.each_row(errors, |row, errors| {
        let name = row.get(NAME).unwrap_or_default().to_owned();
        if let Some(line) =
            lines.insert(name.clone(), row.line()).filter(|_| found.workloads().contains_key(&name))
        {
            errors.push(row.wrong(NAME, format!("the name {name:?} is taken already by line {line}")));
        }
        let cell = |column: usize| Some((column, (row.span(column)?, row.get(column).map(str::to_owned))));
        let cells = columns.iter().filter_map(|column| cell(*column)).collect();
        known.push(Known { name, end: row.end(), cells });
    });
    known
}

impl Known {
    /// What a cell holds.
    fn given(&self, column: &str) -> Option<&String> {
        self.cells.get(&position(column)?)?.1.as_ref()
    }

    /// Whether a column counts machines of a type that was not found: replicas are no machines then.
    fn counts_machines(&self, column: usize, values: &Values) -> bool {
        let [machine, instances] = MACHINES;
        let is_found = || position(machine).is_some_and(|machine| values.contains_key(&machine));
        NAMES[column] == instances && self.given(machine).is_some() && !is_found()
    }

    /// The column that says what another one would, and keeps what it has.
    fn said_by(&self, column: usize, values: &Values) -> Option<&'static str> {
        let pair = ALTERNATIVES.into_iter().find(|pair| pair.contains(&NAMES[column]))?;
        let said_by = pair.into_iter().find(|it| *it != NAMES[column])?;
        let is_kept = || position(said_by).is_some_and(|said_by| !values.contains_key(&said_by));
        let is_blank = self.given(NAMES[column]).is_none();
        (is_blank && is_kept() && self.given(said_by).is_some()).then_some(said_by)
    }

    /// Notes what has to be edited in the text so that the row has the values.
    fn change(
        &self,
        values: &Values,
        text: &str,
        (added, delimiter): (&[usize], char),
        edits: &mut Vec<(Range<usize>, String)>,
        changes: &mut Vec<Change>,
    ) {
        let mut changed = |column: usize, old: Option<&String>| {
            let value = values.get(&column)?;
            let is_same = old.map_or(value.text.is_empty(), |old| COLUMNS[column].is_same(old, &value.text));
            let only_fills = value.origin.only_fills || self.counts_machines(column, values);
            let change = Change {
                workload: self.name.clone(),
                column: NAMES[column],
                old: old.cloned(),
                new: value.text.clone(),
                origin: Origin { only_fills, ..value.origin.clone() },
                said_by: self.said_by(column, values),
            };
            let is_made = !is_same && change.is_made();
            changes.extend((!is_same).then_some(change));
            is_made.then_some(&value.text)
        };
        let mut of_row = Vec::new();
        for (column, (span, old)) in &self.cells {
            if let Some(new) = changed(*column, old.as_ref()) {
                of_row.push(replaced(text, span.clone(), new, delimiter));
            }
        }
        of_row.sort_by_key(|(span, _)| span.start);
        edits.extend(of_row);
        let cell = |column: &usize| {
            let text = changed(*column, None).map(|text| quoted(text, delimiter)).unwrap_or_default();
            format!("{delimiter}{text}")
        };
        edits.push((self.end..self.end, added.iter().map(cell).collect()));
    }
}

/// A cell with a new value: in quotes where it was, and between the blanks that were around it.
fn replaced(text: &str, span: Range<usize>, new: &str, delimiter: char) -> (Range<usize>, String) {
    let old = text.get(span.clone()).unwrap_or_default();
    let new = match old.starts_with('"') {
        true => format!("\"{}\"", new.replace('"', "\"\"")),
        false => quoted(new, delimiter),
    };
    let inner = old.trim();
    if new.starts_with('"') || inner.is_empty() {
        return (span, new);
    }
    let start = span.start + old.len() - old.trim_start().len();
    (start..start + inner.len(), new)
}

/// The file with edits that are in order, behind its byte order mark where it has one.
fn edited(bytes: &[u8], text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mark = if bytes.len() > text.len() { "\u{feff}" } else { "" };
    let (mut result, mut at) = (mark.to_owned(), 0);
    for (span, new) in edits {
        result += text.get(at..span.start).unwrap_or_default();
        result += new;
        at = span.end;
    }
    result + text.get(at..).unwrap_or_default()
}
