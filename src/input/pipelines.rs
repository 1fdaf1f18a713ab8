//! Pipeline files: `[[pipeline]]` with its `[[pipeline.stage]]` tables, in TOML.
//!
//! Most keys of a stage are columns of a workload and are read as such.

use super::columns::COLUMNS;
use super::diagnostic::{Diagnostic, InputError, Place, Source, in_order};
use super::lookup::Lookup;
use super::nearest::unknown;
use super::quantity;
use super::row::{CellError, workload};
use super::toml_table::{Document, Table, Value};
use super::two_readings::Marks;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::catalog::Catalog;
use tonnage_model::scenario::stage::{Pipeline, Stage};

/// Columns that a pipeline gives for all of its stages.
pub const FOR_ALL: [&str; 3] = ["events_per_day", "peak_factor", "catch_up"];
/// Columns that a stage gives, or else the pipeline for all of its stages.
pub const FOR_EITHER: [&str; 7] =
    ["current_runtime", "current_machine", "partitions", "skew", "concurrency", "in_flight", "p99_ms"];
/// Columns that a stage gives for itself.
pub const FOR_STAGE: [&str; 8] =
    ["name", "event_size", "io_ratio", "handler", "handler_ms", "io_wait_ms", "io_calls", "native_share"];

/// What `fan_out` may be.
const FAN_OUTS: &str = "a number of events from 0 to 1e6 for each one taken, such as 0.2, 20% or 3";
/// Events a day that a stage may take.
const EVENTS: std::ops::RangeInclusive<f64> = 1.0..=1e15;

/// What a TOML file of workloads and pipelines has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    /// Whether it has `[[workload]]` tables. Also true of a file with neither, or that is no TOML, so that whoever reads
    /// its workloads says so.
    pub workloads: bool,
    /// Whether it has `[[pipeline]]` tables.
    pub pipelines: bool,
}

/// Which of `[[workload]]` and `[[pipeline]]` a TOML file has.
pub fn kinds(source: Source<'_>) -> Kinds {
    let has = |key| Document::parse(source).is_ok_and(|document| document.root().get(key).is_some());
    let pipelines = has("pipeline");
    Kinds { workloads: has("workload") || !pipelines, pipelines }
}

/// Reads all pipelines of a file, or all of its mistakes. Names are looked up in `catalog`; `[[workload]]` tables are left to
/// [`super::workloads::Reader`].
pub fn read(source: Source<'_>, catalog: &Catalog) -> Result<Vec<Pipeline>, InputError> {
    let document = Document::parse(source)?;
    let root = document.root();
    root.allow(&["pipeline", "workload"]);
    let list = root.get("pipeline");
    let tables = list.as_ref().map(|list| list.tables()).unwrap_or_default();
    let mut reader = Reader { file: source.file, catalog, lookup: Lookup::new(catalog), errors: Vec::new() };
    let mut names = Names::default();
    let mut pipelines = Vec::new();
    for table in &tables {
        pipelines.extend(reader.pipeline(table, &mut names));
    }
    let is_empty = tables.is_empty();
    let mut errors = reader.errors;
    errors.extend(document.into_errors());
    if is_empty && errors.is_empty() {
        let message = "there is no pipeline; each starts with [[pipeline]]".to_owned();
        errors.push(Diagnostic { file: source.file.to_owned(), place: None, message });
    }
    if errors.is_empty() {
        return Ok(pipelines);
    }
    // What a pipeline gives for all stages is read with each of them.
    let mut seen = BTreeSet::new();
    errors.retain(|error| seen.insert(error.to_string()));
    in_order(&mut errors);
    Err(InputError::Invalid(errors))
}

/// Names that are taken, with the line where each is.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

struct Reader<'r> {
    file: &'r str,
    catalog: &'r Catalog,
    lookup: Lookup<'r>,
    errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, place: Place, message: String) {
        self.errors.push(Diagnostic { file: self.file.to_owned(), place: Some(place), message });
    }

    fn pipeline(&mut self, table: &Table<'_>, names: &mut Names) -> Option<Pipeline> {
        table.allow(&[&["name"], &FOR_ALL[..], &FOR_EITHER[..], &["stage"]].concat());
        let name = table.require("name").and_then(|value| Some((name(&value)?, value.place())));
        let of_all = Shared { cells: table.cells(&[&FOR_ALL[..], &FOR_EITHER[..]].concat()), table };
        let list = table.require("stage")?;
        let stages = list.tables();
        if list.is_empty() {
            list.refuse("a list of tables with a stage or more, written as [[pipeline.stage]]");
        }
        let mut names_of_stages = Names::default();
        let read: Vec<Option<Stage>> = (1..)
            .zip(&stages)
            .map(|(number, stage)| self.stage(stage, &of_all, number == stages.len(), &mut names_of_stages))
            .collect();
        let (name, place) = name?;
        self.take_name(&name, place, names);
        let pipeline = Pipeline::new(name, read.into_iter().collect::<Option<_>>()?);
        for (stage, table) in pipeline.stages.iter().zip(&stages) {
            let events = stage.workload.events_per_day;
            if !EVENTS.contains(&events) {
                let name = &stage.workload.name;
                table.report(format!("{name:?} would take {events} events a day, but must take 1 to 1e15"));
            }
        }
        (!pipeline.stages.is_empty()).then_some(pipeline)
    }

    fn stage(
        &mut self,
        table: &Table<'_>,
        of_all: &Shared<'_, '_>,
        is_last: bool,
        names: &mut Names,
    ) -> Option<Stage> {
        let columns = [&FOR_STAGE[..], &FOR_EITHER[..]].concat();
        table.allow(&[&columns[..], &["fan_out", "boundary", "requires"]].concat());
        let own = table.cells(&columns);
        let get = |column: usize| {
            let name = COLUMNS[column].name;
            let cell = own.get(name).or_else(|| of_all.cells.get(name)).map(|(text, _)| text.as_str());
            // A stage waits for nothing unless it says so.
            cell.or((name == "io_ratio").then_some("0"))
        };
        let workload = workload(&get, &|_| Marks::default(), &self.lookup);
        if let Some((name, place)) = own.get("name").filter(|(name, _)| !name.is_empty()) {
            self.take_name(name, *place, names);
        }
        let fan_out = fan_out(table, is_last);
        let boundary = table.get("boundary").map_or(Some(false), |value| value.boolean());
        let requires = self.requires(table);
        let workload = workload.map_err(|errors| {
            for CellError { column, message } in errors {
                let is_shared = FOR_ALL.contains(&column) || of_all.cells.contains_key(column);
                let giver = if is_shared && !own.contains_key(column) { of_all.table } else { table };
                let cells = if own.contains_key(column) { &own } else { &of_all.cells };
                // What is there but no text is reported already.
                if cells.contains_key(column) || giver.get(column).is_none() {
                    let place = cells.get(column).map_or(giver.place(), |(_, place)| *place);
                    self.report(place, message);
                }
            }
        });
        Some(Stage { workload: workload.ok()?, fan_out: fan_out?, boundary: boundary?, requires: requires? })
    }

    /// Capabilities, each of which some profile has.
    fn requires(&mut self, table: &Table<'_>) -> Option<Vec<String>> {
        let Some(value) = table.get("requires") else { return Some(Vec::new()) };
        let required = value.strings()?;
        let all = self.catalog.runtimes.iter().flat_map(|runtime| &runtime.capabilities);
        let known: Vec<&str> = all.map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
        let mut are_known = true;
        for capability in required.iter().filter(|it| !known.contains(&it.as_str())) {
            are_known = false;
            self.report(value.place(), unknown("capability", capability, &known));
        }
        are_known.then_some(required)
    }

    /// Reports a name that is taken.
    fn take_name(&mut self, name: &str, place: Place, names: &mut Names) {
        if let Some(line) = names.0.get(name) {
            let message = format!("name {name:?} is taken already by {}:{line}", self.file);
            self.report(place, message);
        } else {
            names.0.insert(name.to_owned(), place.line);
        }
    }
}

/// What a pipeline gives for all of its stages.
struct Shared<'s, 'd> {
    cells: BTreeMap<&'s str, (String, Place)>,
    table: &'s Table<'d>,
}

/// The name of a pipeline.
fn name(value: &Value<'_>) -> Option<String> {
    let name = value.string()?.trim().to_owned();
    if name.is_empty() || name.contains(char::is_control) {
        value.refuse("text without control characters");
        return None;
    }
    Some(name)
}

/// Events passed on: 1 unless given, and none by the last stage.
fn fan_out(table: &Table<'_>, is_last: bool) -> Option<f64> {
    let Some(value) = table.get("fan_out") else { return Some(if is_last { 0.0 } else { 1.0 }) };
    let number = quantity::share(&value.text()?).filter(|number| (0.0..=1e6).contains(number));
    match number {
        None => value.refuse(FAN_OUTS),
        Some(0.0) if !is_last => value.refuse("above 0, as the next stage takes what this one passes on"),
        Some(_) => return number,
    }
    None
}
