//! Measured samples, CSV: what `tonnage fit` reads.

use super::diagnostic::{Diagnostic, InputError, Source};
use super::nearest::unknown;
use super::quantity;
use super::sheet::{Columns, Row, Sheet};
use std::collections::BTreeSet;
use tonnage_fit::sample::{Sample, Work};
use tonnage_model::units::{GIB, MIB};

/// Most of anything that has no natural limit.
const MOST: f64 = 1e9;
const AMOUNT: &str = "a number from 0 to 1e9";
const NAME: &str = "a name of letters, digits, '-', '_' and '.'";
const TRUTH: &str = "true or false";

/// One column of a sample file.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What its cells may hold.
    pub allowed: &'static str,
    /// What an empty cell stands for.
    pub if_empty: &'static str,
}

const fn column(
    name: &'static str,
    meaning: &'static str,
    allowed: &'static str,
    if_empty: &'static str,
) -> Column {
    Column { name, meaning, allowed, if_empty }
}

/// Columns that must be there.
pub const REQUIRED: [&str; 3] = ["events_per_second", "cores_used", "event_bytes"];

/// Columns that the fit uses, the required ones first.
#[rustfmt::skip]
pub const USED: [Column; 24] = [
    column("events_per_second", "events handled a second; 0 while idle",
        "a number from 0 to 1e9, such as 2500", "no part in the CPU figures"),
    column("cores_used", "mean CPU cores busy: CPU seconds of all processes of the consumer, over seconds",
        "a number of cores from 0 to 1e6, such as 0.35", "no part in the CPU figures"),
    column("event_bytes", "mean payload of an event",
        "a size from 0 B to 1 GiB, such as 1200 or 1.2KB", "no part in the CPU figures, unless idle"),
    column("runtime", "name of the runtime measured", NAME, "the file is of one runtime without a name"),
    column("handler", "kind of handler; consume for none", NAME, "decode"),
    column("io_calls", "downstream calls per event", AMOUNT, "0"),
    column("produces", "events written per event read", AMOUNT, "0"),
    column("compute_rounds", "units of a fixed piece of plain code run per event", AMOUNT, "0"),
    column("in_flight", "events in flight at a time, as set", AMOUNT, "not set"),
    column("cores", "CPU cores that the consumer was given", "a whole number from 1", "1"),
    column("pinned", "whether it was tied to these cores", TRUTH, "false"),
    column("saturated", "whether it was the bottleneck, so that the rate is its capacity", TRUTH, "false"),
    column("backlog", "whether it drained a backlog, so that its fetches were full", TRUTH, "as saturated"),
    column("memory_mib", "resident memory of all its processes, MiB", AMOUNT, "not measured"),
    column("peak_memory_mib", "the most that it was, MiB; stands for memory_mib without a backlog", AMOUNT, "not measured"),
    column("idle_memory_mib", "the same before the first event, MiB; used where no row has memory_mib",
        AMOUNT, "not measured"),
    column("events_in_flight", "events held in flight, as measured", AMOUNT, "not measured"),
    column("partitions", "partitions that the consumer read; with --client, tells what it may have read ahead",
        "a whole number from 1", "not known"),
    column("startup_seconds", "process start to first event handled, s", AMOUNT, "not measured"),
    column("service_scv", "variance of the service time over its squared mean", AMOUNT, "not measured"),
    column("accepted", "false leaves the row out", TRUTH, "true"),
    column("commit", "how offsets are committed; any but interval makes the row a variant", "text", "interval"),
    column("compression", "codec of the events; any but none makes the row a variant", "text", "none"),
    column("network", "way to the broker; any but loopback makes the row a variant", "text", "loopback"),
];

/// Columns that may be there and say nothing to the fit.
#[rustfmt::skip]
pub const PASSED_OVER: [&str; 28] = [
    "repetition", "order", "started", "seconds", "events", "cpu_seconds", "kernel_before_ms",
    "kernel_after_ms", "kernel_scale", "fetches", "empty_fetches", "member_rate", "condition", "note",
    "core_busy", "versions", "machine", "latency_p50_ms", "latency_p99_ms", "lateness_p99_ms",
    "us_per_event", "offered_per_second", "io_wait_ms", "io_wait_p99_ms", "warm_seconds",
    "fetch_wait_ms", "stolen_share", "others_share",
];

/// What makes a row a variant: another value than the first of its kind.
const PLAIN: [(&str, &str); 3] = [("commit", "interval"), ("compression", "none"), ("network", "loopback")];
/// The handler kind of rows that do not name one.
const DEFAULT_HANDLER: &str = "decode";
/// The handler kind that is none.
const NO_HANDLER: &str = "consume";

/// All samples of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleFile {
    rows: Vec<SampleRow>,
}

#[derive(Debug, Clone, PartialEq)]
struct SampleRow {
    runtime: Option<String>,
    is_accepted: bool,
    is_variant: bool,
    sample: Sample,
}

/// Samples of one runtime, and how many rows are not among them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// The samples.
    pub samples: Vec<Sample>,
    /// Rows of other runtimes.
    pub of_others: usize,
    /// Rows with `accepted` false.
    pub not_accepted: usize,
    /// Rows with another commit, compression or network than the usual.
    pub variants: usize,
}

/// A runtime that cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Several, and no word which.
    #[error("there are samples of {} runtimes; choose one with --runtime NAME, out of {}", .0.len(), .0.join(", "))]
    Several(Vec<String>),
    /// One that the file does not have.
    #[error("--runtime: {0}")]
    Unknown(String),
    /// One was chosen, but no row names any.
    #[error("--runtime: no row names a runtime, so there is none to choose; --name NAME names the profile")]
    Unnamed,
}

/// Names of all columns: those that are used, then those that are passed over.
static NAMES: [&str; USED.len() + PASSED_OVER.len()] = {
    let mut names = [""; USED.len() + PASSED_OVER.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = if at < USED.len() { USED[at].name } else { PASSED_OVER[at - USED.len()] };
        at += 1;
    }
    names
};

/// Reads samples. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<SampleFile, InputError> {
    let (mut sheet, mut errors) = Sheet::of(source, Columns::new("sample", &NAMES, &REQUIRED));
    let mut rows = Vec::new();
    let mut unnamed = Vec::new();
    sheet.each_row(&mut errors, |row, errors| {
        let sample = Cells { row, errors }.sample();
        if sample.runtime.is_none() && row.get(index("runtime")).is_none() {
            let message = "runtime is missing; other rows name theirs, so each has to";
            unnamed.push(row.wrong(index("runtime"), message));
        }
        rows.push(sample);
    });
    if unnamed.len() < rows.len() {
        errors.extend(unnamed);
    }
    InputError::unless_empty(errors).map(|()| SampleFile { rows })
}

impl SampleFile {
    /// Names of the runtimes, in order.
    pub fn runtimes(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.rows.iter().filter_map(|row| row.runtime.as_ref()).collect();
        names.into_iter().cloned().collect()
    }

    /// The runtime asked for, or the only one; `None` where no row names one.
    pub fn choose(&self, wanted: Option<&str>) -> Result<Option<String>, ChoiceError> {
        let mut names = self.runtimes();
        match wanted {
            Some(_) if names.is_empty() => Err(ChoiceError::Unnamed),
            Some(wanted) if names.iter().any(|name| name == wanted) => Ok(Some(wanted.to_owned())),
            Some(wanted) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                Err(ChoiceError::Unknown(unknown("runtime", wanted, &names)))
            }
            None if names.len() > 1 => Err(ChoiceError::Several(names)),
            None => Ok(names.pop()),
        }
    }

    /// The samples of one runtime: those that are accepted, and variants only where asked for.
    pub fn of(&self, runtime: Option<&str>, with_variants: bool) -> Selection {
        let mut selection = Selection::default();
        for row in &self.rows {
            if row.runtime.as_deref() != runtime {
                selection.of_others += 1;
            } else if !row.is_accepted {
                selection.not_accepted += 1;
            } else if row.is_variant && !with_variants {
                selection.variants += 1;
            } else {
                selection.samples.push(row.sample.clone());
            }
        }
        selection
    }
}

/// Position of a column that is used.
fn index(name: &str) -> usize {
    USED.iter().position(|column| column.name == name).unwrap_or(usize::MAX)
}

struct Cells<'s, 'e> {
    row: Row<'s>,
    errors: &'e mut Vec<Diagnostic>,
}

impl Cells<'_, '_> {
    /// A cell that `parse` reads, or nothing where it is empty.
    fn parsed<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let column = index(name);
        self.row.parsed(column, USED[column].allowed, parse, self.errors)
    }

    fn up_to(&mut self, name: &str, most: f64) -> Option<f64> {
        self.parsed(name, |text| quantity::number(text).filter(|value| (0.0..=most).contains(value)))
    }

    fn amount(&mut self, name: &str) -> Option<f64> {
        self.up_to(name, MOST)
    }

    fn truth(&mut self, name: &str) -> Option<bool> {
        self.parsed(name, |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    fn name(&mut self, name: &str) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        self.parsed(name, |text| text.chars().all(plain).then(|| text.to_owned()))
    }

    fn sample(&mut self) -> SampleRow {
        let runtime = self.name("runtime");
        let handler = self.name("handler").unwrap_or_else(|| DEFAULT_HANDLER.to_owned());
        let work = Work {
            handler: (handler != NO_HANDLER).then_some(handler),
            io_calls: self.amount("io_calls").unwrap_or(0.0),
            produces: self.amount("produces").unwrap_or(0.0),
            compute_rounds: self.amount("compute_rounds").unwrap_or(0.0),
            in_flight: self.amount("in_flight"),
            is_pinned: self.truth("pinned").unwrap_or(false),
        };
        let bytes = |text: &str| quantity::bytes(text).filter(|bytes| (0.0..=GIB).contains(bytes));
        let is_saturated = self.truth("saturated").unwrap_or(false);
        let events_per_second = self.up_to("events_per_second", MOST);
        let is_backlog = self.truth("backlog").unwrap_or(is_saturated);
        let peak = self.amount("peak_memory_mib").filter(|_| !is_backlog);
        let sample = Sample {
            line: self.row.line(),
            work,
            event_bytes: self.parsed("event_bytes", bytes),
            events_per_second,
            cores_used: self.up_to("cores_used", 1e6),
            cores: self.parsed("cores", quantity::whole).unwrap_or(1),
            is_saturated,
            is_backlog,
            memory_bytes: self.amount("memory_mib").or(peak).map(|mib| mib * MIB),
            idle_memory_bytes: self.amount("idle_memory_mib").map(|mib| mib * MIB),
            events_in_flight: self.amount("events_in_flight"),
            partitions: self.parsed("partitions", quantity::whole),
            startup_seconds: self.amount("startup_seconds"),
            service_scv: self.amount("service_scv"),
        };
        let is_other =
            |(name, usual): (&str, &str)| self.row.get(index(name)).is_some_and(|text| text != usual);
        SampleRow {
            runtime,
            is_variant: PLAIN.into_iter().any(is_other),
            is_accepted: self.truth("accepted").unwrap_or(true),
            sample,
        }
    }
}
