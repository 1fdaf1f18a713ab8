//! The cells of one row into a [`Workload`], with all of its mistakes.

use super::column::{Column, Value};
use super::columns::{self, ALTERNATIVES, COLUMNS};
use super::lookup::Lookup;
use super::number::Number;
use super::quantity;
use super::range;
use super::two_readings::{self, Marks};
use tonnage_model::blank::Blank;
use tonnage_model::decide::baseline::APART;
use tonnage_model::demand::event::{DemandError, Lacking};
use tonnage_model::problem::Problem;
use tonnage_model::scenario::series::Hours;
use tonnage_model::uncertain::distribution::Distribution;
use tonnage_model::units::MIB;
use tonnage_model::workload::{Uncertain, Workload};

/// A mistake in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// Name of the column.
    pub column: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Gives the text of a column by its position in [`COLUMNS`], nothing or an empty one where it is left out.
pub type Get<'g, 't> = &'g dyn Fn(usize) -> Option<&'t str>;

/// Gives the marks that numbers beside the cell of a column have before their decimals.
pub type MarksOf<'m> = &'m dyn Fn(usize) -> Marks;

/// Reads one row. All of its mistakes come at once.
pub fn workload(
    get: Get<'_, '_>,
    marks: MarksOf<'_>,
    lookup: &Lookup<'_>,
) -> Result<Workload, Vec<CellError>> {
    let mut row = Row { workload: lookup.open_workload(), marks: Marks::default(), errors: Vec::new() };
    let text = |index: usize| get(index).and_then(quantity::given);
    let is_given = |name: &str| columns::position(name).and_then(text).is_some();
    for (index, column) in COLUMNS.iter().enumerate() {
        match text(index) {
            Some(text) if quantity::is_error(text) => {
                let is_optional = column.number().is_some() && !column.is_required();
                let or = if is_optional { ", or empty the cell where nobody knows" } else { "" };
                let message =
                    format!("{} is {text:?}: a formula of the spreadsheet failed; mend it{or}", column.name);
                row.refuse(column.name, message);
            }
            Some(text) => {
                row.marks = marks(index);
                row.take(column, text, lookup);
            }
            None if column.is_missing(is_given) => {
                row.refuse(
                    column.name,
                    format!(
                        "{} is missing; it must be {}{}",
                        column.name,
                        column.allowed(),
                        column.or_else()
                    ),
                );
            }
            None => {
                let word = get(index).map(str::trim).filter(|word| !word.is_empty());
                row.workload.read_as_blank.extend(word.map(|word| (column.name, word.to_owned())));
                if let Some(blank) = Blank::of_word(column.name) {
                    row.workload.blanks.set(blank, true);
                }
            }
        }
    }
    if let Some(hours) = row.workload.outlook.hourly.as_ref().and_then(Hours::of_day) {
        hours.give_peak(&mut row.workload);
    }
    let unknown = |(language, _): &(String, f64)| lookup.unknown_language(language);
    if let Some(message) = row.workload.spikes.iter().find_map(unknown) {
        row.refuse("spike_factor", format!("spike_factor: {message}"));
    }
    row.hold_together(get);
    if !is_given("io_ratio") {
        row.workload.io_ratio = waiting(&row.workload);
    }
    lookup.spell_place(&mut row.workload);
    if let Some((column, message)) = lookup.misplaced(&row.workload) {
        row.refuse(column, message);
    }
    row.weigh_today(get, lookup);
    if row.errors.is_empty() {
        row.price_today(get, lookup);
    }
    if row.errors.is_empty() { Ok(row.workload) } else { Err(row.errors) }
}

/// The share of the handler's time that it waits, by the two times.
fn waiting(workload: &Workload) -> f64 {
    let shares = workload.io_wait_seconds.zip(workload.handler_seconds).map(|(wait, handler)| wait / handler);
    shares.filter(|share| share.is_finite()).unwrap_or_default()
}

struct Row {
    workload: Workload,
    marks: Marks,
    errors: Vec<CellError>,
}

impl Row {
    fn refuse(&mut self, column: &'static str, message: String) {
        self.errors.push(CellError { column, message });
    }

    fn take(&mut self, column: &Column, text: &str, lookup: &Lookup<'_>) {
        match &column.value {
            Value::Number(number, _, set) => self.number(column, number, *set, text),
            Value::Name(names, set) => {
                let text = lookup.spelled(*names, text);
                set(&mut self.workload, text);
                if !lookup.has(*names, text) {
                    self.refuse(column.name, lookup.unknown(*names, column.name, text));
                }
            }
            Value::Text(_, set) => {
                if set(&mut self.workload, text).is_none() {
                    let no_range = if range::ends(text).is_some() { ", and not a range" } else { "" };
                    self.not_allowed(column, text, no_range);
                }
            }
        }
    }

    /// A number; of a range its median, and the range is remembered.
    fn number(&mut self, column: &Column, number: &Number, set: fn(&mut Workload, f64), text: &str) {
        if let Some(value) = number.read(text, self.marks) {
            return set(&mut self.workload, value);
        }
        match range::ends(text).map(|ends| range::read(ends, number, self.marks)) {
            None => self.not_allowed(column, text, ""),
            Some(Ok(distribution)) => {
                let uncertain = column.number().map(|(_, input)| Uncertain { input, distribution });
                self.workload.ranges.extend(uncertain);
                set(&mut self.workload, distribution.median());
            }
            Some(Err(because)) => {
                let hint = number.hint(text);
                self.refuse(column.name, format!("{} is {text:?}, but {because}{hint}", column.name));
            }
        }
    }

    fn not_allowed(&mut self, column: &Column, text: &str, more: &str) {
        let of_text = || two_readings::hint(text, |meant| column.takes(meant));
        let hint = column.number().map_or_else(of_text, |(number, _)| number.hint(text));
        let message = format!("{} is {text:?}, but must be {}{more}{hint}", column.name, column.allowed());
        self.refuse(column.name, message);
    }

    /// Refuses what one column says against another.
    fn hold_together(&mut self, get: Get<'_, '_>) {
        let text = |name: &str| get(columns::position(name)?).and_then(quantity::given);
        let Workload { topic, io_wait_seconds, handler_seconds, .. } = self.workload;
        let high_ends = self.workload.ranges.iter().filter_map(|range| match range.distribution {
            Distribution::LogNormal { high, .. } if range.input.column() == "skew" => Some(high),
            _ => None,
        });
        let most_skewed = high_ends.fold(topic.skew, f64::max);
        if topic.partitions.is_some_and(|partitions| most_skewed > f64::from(partitions))
            && let (Some(skew), Some(column)) =
                (text("skew"), columns::position("skew").map(|at| &COLUMNS[at]))
        {
            self.not_allowed(column, skew, "");
        }
        for [one, other] in ALTERNATIVES {
            if let (Some(given), Some(_)) = (text(one), text(other)) {
                self.refuse(one, format!("{one} is {given:?}, but {other} is given too; give only one"));
            }
        }
        if let Some(share) = text("utilization") {
            for column in ["current_machine", "current_instances"] {
                if text(column).is_none() {
                    self.refuse(
                        "utilization",
                        format!(
                            "utilization is {share:?}, but {column} is missing, without which it says nothing"
                        ),
                    );
                }
            }
        }
        if io_wait_seconds.zip(handler_seconds).is_some_and(|(wait, all)| wait > all) {
            let [wait, all] = ["io_wait_ms", "handler_ms"].map(|name| text(name).unwrap_or_default());
            let message = format!(
                "io_wait_ms is {wait:?}, but must be at most handler_ms ({all:?}), which includes it"
            );
            self.refuse("io_wait_ms", message);
        }
    }

    /// Refuses memory of less than half of what a process of today's runtime holds that does nothing: it is of another unit; and of less
    /// than that with its state.
    fn weigh_today(&mut self, get: Get<'_, '_>, lookup: &Lookup<'_>) {
        let given = |name: &str| get(columns::position(name)?).and_then(quantity::given);
        let (Some(held), Some(runtime)) = (self.workload.memory_bytes_today, lookup.lightest(&self.workload))
        else {
            return;
        };
        let (base, name) = (&runtime.memory.base, &runtime.name);
        let of_process = self.workload.memory_bytes_of_process(runtime).zip(self.workload.state_bytes);
        let [text, state] = ["memory_mib", "state_mib"].map(|column| given(column).unwrap_or_default());
        let before = format!("{:.1} MiB before its first event", base.value / MIB);
        if held * APART < base.low {
            let message = format!(
                "memory_mib is {text:?}, but a process of {name} holds {before}; another unit is written behind it, such as 1.6GiB"
            );
            self.refuse("memory_mib", message);
        } else if of_process.is_some_and(|(of_one, state)| state + base.low > of_one) {
            let message = format!(
                "state_mib is {state:?}, but must be at most what memory_mib ({text:?}) leaves a process of {name}, which holds {before}"
            );
            self.refuse("state_mib", message);
        }
    }

    /// Refuses what the profile of today's runtime has no figures to read, and a p99 of the wait below the mean that is read.
    fn price_today(&mut self, get: Get<'_, '_>, lookup: &Lookup<'_>) {
        let Some(runtime) = lookup.runtime(&self.workload.current_runtime) else { return };
        let machine = self.workload.utilization.and_then(|_| lookup.machine(&self.workload));
        let today = match Problem::new(&self.workload, runtime, machine) {
            Ok(problem) => problem.today,
            Err(error) => return self.refuse(column_of(&error), error.to_string()),
        };
        let mean = self.workload.wait_of_attempt(today.wait_seconds);
        if self.workload.io_wait_p99_seconds.is_some_and(|p99| p99 < mean * (1.0 - 1e-9)) {
            let given = |name: &str| get(columns::position(name)?).and_then(quantity::given);
            let text = |name: &str| given(name).unwrap_or_default();
            let mean = match self.workload.io_wait_seconds {
                Some(_) => format!("io_wait_ms ({:?}), the mean", text("io_wait_ms")),
                None => {
                    let (mean, ratio) = ((mean * 1e6).round() / 1e3, text("io_ratio"));
                    format!("the mean wait of {mean} ms that follows from io_ratio ({ratio:?})")
                }
            };
            let p99 = text("io_wait_p99_ms");
            self.refuse("io_wait_p99_ms", format!("io_wait_p99_ms is {p99:?}, but must be at least {mean}"));
        }
    }
}

fn column_of(error: &DemandError) -> &'static str {
    match error {
        DemandError::WaitExceedsHandler { .. } => "io_wait_ms",
        DemandError::Unmeasured { lacking: Lacking::HandlerKind { .. }, .. } => "handler",
        DemandError::Unmeasured { lacking: Lacking::IoCall, .. } => "io_calls",
        DemandError::Unmeasured { lacking: Lacking::Produce, .. } => "produces",
        DemandError::Unmeasured { lacking: Lacking::Commit, .. } => "commit",
    }
}
