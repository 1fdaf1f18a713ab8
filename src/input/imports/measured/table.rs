//! A table of our own: when, which workload, events a second and cores.

use super::quantities::{Kind, WORKLOAD};
use super::series::Series;
use super::value::{TIME, allowed, time, value};
use crate::input::diagnostic::{InputError, Source};
use crate::input::sheet::{Columns, Row, Sheet, delimiter};
use std::collections::BTreeMap;

const COLUMNS: [&str; 4] = ["timestamp", "workload", "rate", "cores"];
const TIMESTAMP: usize = 0;
const NAME: usize = 1;
/// Columns with what is measured, and what they hold.
const MEASURED: [(usize, Kind); 2] = [(2, Kind::Rate), (3, Kind::Cpu)];

/// Whether a text is such a table: its header has a workload, and a rate or cores.
pub fn is_table(text: &str) -> bool {
    let is_header = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let header = text.lines().find(is_header).unwrap_or_default();
    let names: Vec<String> = header
        .split(char::from(delimiter(header.as_bytes())))
        .map(|name| name.trim().trim_matches('"').to_lowercase())
        .collect();
    let has = |column: usize| names.iter().any(|name| name == COLUMNS[column]);
    has(NAME) && MEASURED.iter().any(|(column, _)| has(*column))
}

/// Reads all series.
pub fn read(source: Source<'_>) -> Result<Vec<(Kind, Vec<Series>)>, InputError> {
    let mut all: BTreeMap<(Kind, String), Series> = BTreeMap::new();
    let columns = Columns::new("sample", &COLUMNS, &COLUMNS[..=NAME]);
    Sheet::read(source, columns, |row, errors| {
        let at = row.required(TIMESTAMP, TIME, time, errors);
        let name = row.required(NAME, "the name of a workload", |text| Some(text.to_owned()), errors);
        let mut sample = |row: Row<'_>, column: usize, kind: Kind| {
            let measured = row.parsed(column, allowed(kind), |text| value(text, kind), errors);
            let (Some(at), Some(name), Some(measured)) = (at, &name, measured) else { return };
            let new = || Series {
                labels: [(WORKLOAD.to_owned(), name.clone())].into(),
                samples: Vec::new(),
                line: Some(row.line()),
                lines: Vec::new(),
            };
            let series = all.entry((kind, name.clone())).or_insert_with(new);
            series.samples.push((at, measured));
            series.lines.push(row.line());
        };
        MEASURED.into_iter().for_each(|(column, kind)| sample(row, column, kind));
    })?;
    let of =
        |kind: Kind| all.iter().filter(move |((it, _), _)| *it == kind).map(|(_, series)| series.clone());
    Ok(MEASURED.map(|(_, kind)| (kind, of(kind).collect())).into())
}
