//! CSV that Grafana exports (panel > Inspect > Data): series joined by time, a column each, or `Series;Time;Value`.

use super::labels::labels;
use super::quantities::Kind;
use super::series::Series;
use super::value::{TIME, allowed, time, value};
use crate::input::diagnostic::{Diagnostic, InputError};
use crate::input::sheet::delimiter;
use crate::input::two_readings;
use csv::StringRecord;
use std::collections::BTreeMap;

const LAYOUTS: &str = "a column Time and one for each series, or the columns Series, Time and Value";

/// Reads all series; `kind` says what units stand for in a cell.
pub fn read(file: &str, text: &str, kind: Kind) -> Result<Vec<Series>, InputError> {
    // The reader of CSV counts a row behind \r\n for one earlier.
    let text = &text.replace("\r\n", "\n");
    // Excel's own line says what stands between cells; a blank line keeps the numbers of the others.
    let text = match text.starts_with("sep=") {
        true => &text[text.find('\n').unwrap_or(text.len())..],
        false => text,
    };
    let first_line = 1 + usize::from(text.starts_with('\n'));
    let header = text.trim_start().lines().next().unwrap_or_default();
    let between = delimiter(header.as_bytes());
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(between)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.trim_start().as_bytes())
        .into_records();
    let mut table = Table { file, errors: Vec::new() };
    let header = rows.next().and_then(Result::ok).unwrap_or_default();
    let lower: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let place = |name: &str| lower.iter().position(|other| other == name);
    let time_at = place("time").or_else(|| place("timestamp")).or_else(|| place("date"));
    let long = place("series").zip(place("value")).filter(|_| header.len() == 3);
    let Some(time_at) = time_at.filter(|_| header.len() > 1) else {
        table.wrong(first_line, format!("unknown layout: the header must have {LAYOUTS}"));
        return InputError::unless_empty(table.errors).map(|()| Vec::new());
    };
    let mut all: Vec<Series> = Vec::new();
    let mut of_heading: BTreeMap<String, usize> = BTreeMap::new();
    let mut series = |table: &mut Table<'_>, all: &mut Vec<Series>, heading: &str, line: usize| {
        *of_heading.entry(heading.to_owned()).or_insert_with(|| {
            let labels = labels(heading).unwrap_or_else(|| {
                table.wrong(
                    line,
                    format!("{heading:?} is no series, such as {{workload=\"orders\"}} or orders"),
                );
                Default::default()
            });
            all.push(Series { labels, samples: Vec::new(), line: Some(line), lines: Vec::new() });
            all.len() - 1
        })
    };
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(first_line, |it| it.line() as usize + first_line - 1);
                table.wrong(line, error.to_string());
                continue;
            }
        };
        let line = row.position().map_or(first_line, |position| position.line() as usize + first_line - 1);
        if row.len() != header.len() {
            table
                .wrong(line, format!("the row has {} cells, but the header has {}", row.len(), header.len()));
            continue;
        }
        let Some(time) = table.cell(line, &row, time_at, "Time", TIME, time) else { continue };
        let cells: Vec<(usize, String)> = match long {
            Some((series, value)) => vec![(value, row[series].to_owned())],
            None => {
                (0..row.len()).filter(|it| *it != time_at).map(|it| (it, header[it].to_owned())).collect()
            }
        };
        for (at, heading) in cells {
            let heading_line = if long.is_some() { line } else { first_line };
            let to = series(&mut table, &mut all, &heading, heading_line);
            // Where semicolons stand between cells, a comma may stand before decimals.
            let is_open = |text: &str| between == b';' && text.contains(',') && two_readings::is_open(text);
            let read = |text: &str| value(text, kind).filter(|_| !is_open(text));
            if let Some(value) = table.cell(line, &row, at, &heading, allowed(kind), read) {
                all[to].samples.push((time, value));
                all[to].lines.push(line);
            }
        }
    }
    InputError::unless_empty(table.errors)?;
    Ok(all)
}

/// A file with what is wrong in it.
struct Table<'t> {
    file: &'t str,
    errors: Vec<Diagnostic>,
}

impl Table<'_> {
    fn wrong(&mut self, line: usize, message: String) {
        self.errors.push(Diagnostic::of_line(self.file, Some(line), message));
    }

    fn cell(
        &mut self,
        line: usize,
        row: &StringRecord,
        at: usize,
        name: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<f64>,
    ) -> Option<f64> {
        let text = row.get(at).unwrap_or_default();
        let value = read(text);
        if value.is_none() {
            let hint = two_readings::hint(text, |meant| read(meant).is_some());
            self.wrong(line, format!("{name} is {text:?}, but must be {allowed}{hint}"));
        }
        value
    }
}
