//! The columns of a workload: what they mean, what they allow, and how a row becomes a [`Workload`].

use super::nearest::{is_slip, nearest, unknown};
use super::{quantity, range};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::catalog::{Catalog, ProblemError, REFERENCE_RUNTIME};
use tonnage_model::demand::event::{DemandError, Lacking};
use tonnage_model::runtime::Concurrency;
use tonnage_model::uncertain::inputs::{Input, Uncertain};
use tonnage_model::units::GIB;
use tonnage_model::workload::{CatchUp, HandlerCost, HourlyRates, Outlook, Workload};

/// One column of a workload file; the same name is a TOML key and, with hyphens, a flag.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What its cells may hold.
    pub allowed: &'static str,
    /// What an empty cell stands for.
    pub default: &'static str,
}

const fn column(
    name: &'static str,
    meaning: &'static str,
    allowed: &'static str,
    default: &'static str,
) -> Column {
    Column { name, meaning, allowed, default }
}

/// Columns that must be there.
pub const REQUIRED: [&str; 4] = ["name", "events_per_day", "event_size", "io_ratio"];

/// All columns, the required ones first.
pub const COLUMNS: [Column; 28] = [
    column("name", "unique name of the workload", "text without control characters", "required"),
    column(
        "events_per_day",
        "events a day on average",
        "a number of events from 1 to 1e15, such as 50M, 1.2B, 800k or 5e7",
        "required",
    ),
    column(
        "event_size",
        "mean payload of an event",
        "a size from 1 B to 1 GiB, such as 1.2KB, 4KiB or 900 (bytes)",
        "required",
    ),
    column(
        "io_ratio",
        "how much of the handler's wall time is waiting for I/O, as it runs today",
        "a share from 0 to below 1, such as 0.85 or 85%",
        "required",
    ),
    column("handler", "kind of work done on each event", "a handler kind that a profile has", "decode"),
    column(
        "handler_ms",
        "wall time of the handler per event today, without fetching and decoding",
        "a time from 0 to 1e9 ms, such as 12.5",
        "not known",
    ),
    column(
        "observed_cores",
        "CPU cores that all consumers together use today on average",
        "a number of cores from 0 to 1e9, such as 3.5",
        "not known",
    ),
    column(
        "io_wait_ms",
        "I/O wait per event in all; stands instead of what io_ratio implies",
        "a time from 0 to 1e9 ms, such as 40",
        "from io_ratio",
    ),
    column(
        "io_calls",
        "downstream calls per event",
        "a number from 0 to 1e6, such as 2 or 0.1",
        "1 if there is any wait, else 0",
    ),
    column("produces", "events written per event read", "a number from 0 to 1e6, such as 1 or 0.2", "0"),
    column(
        "native_share",
        "share of the handler's own CPU in native code (NumPy, regex engines) that no rewrite makes faster",
        "a share from 0 to 1, such as 0.4 or 40%",
        "0",
    ),
    column("current_runtime", "runtime it runs in today", "the name of a runtime profile", REFERENCE_RUNTIME),
    column(
        "current_machine",
        "machine type it runs on today",
        "a machine type, or provider/region/type",
        "the profile's own machine",
    ),
    column("current_instances", "instances that run today", "a whole number from 1", "not known"),
    column("current_processes", "consumer processes that run today, in all", "a whole number from 1", "1"),
    column("peak_factor", "busiest rate over mean rate", "a number from 1 to 1e6, such as 3", "3"),
    column("partitions", "partitions of the topic", "a whole number from 1", "as many as are needed"),
    column(
        "concurrency",
        "who works on in_flight events at a time: each partition, or each consumer process",
        "\"partition\" or \"consumer\"",
        "as the runtime's usual consumer does",
    ),
    column(
        "in_flight",
        "events in progress at a time for each of these; 1, when given, says that order has to be kept",
        "a whole number from 1",
        "1",
    ),
    column(
        "skew",
        "busiest partition's rate over the mean partition's",
        "a number from 1 to the number of partitions (1e6 where that is open)",
        "1",
    ),
    column(
        "p99_ms",
        "latency goal at peak, from reaching the consumer to handled",
        "a time from 0 to 1e9 ms, such as 250",
        "none",
    ),
    column(
        "catch_up",
        "an outage at peak, and the time in which its backlog is to be drained",
        "two times such as 30m/2h, each up to 1e6 s, the second above 0",
        "none",
    ),
    column(
        "features_per_month",
        "features built into the handler a month",
        "a number from 0 to 1e6, such as 1.5",
        "0",
    ),
    column(
        "rewrite_days",
        "working days that moving it to another language takes, once",
        "a number of days from 0 to 1e6, such as 20",
        "not known",
    ),
    column(
        "growth_pct_per_month",
        "growth of the volume a month, per cent",
        "a number above -100 and up to 1000, such as 5 or 5%",
        "0",
    ),
    column(
        "downstream_max_per_second",
        "calls a second that the systems it calls bear in all",
        "a number from 0 to 1e15, such as 2000 or 2k",
        "no limit",
    ),
    column(
        "attempts_per_event",
        "times that an event is handled on average until it is done, retries included; handler_ms, io_wait_ms and \
         io_calls are of one time, observed_cores of all",
        "a number from 1 to 1000, such as 1.05",
        "1",
    ),
    column(
        "hourly",
        "rates of the 24 hours of a day from midnight on, in any unit",
        "24 numbers from 0 up separated by blanks, one at least above 0",
        "peak_factor only",
    ),
];

/// A mistake in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// Name of the column.
    pub column: &'static str,
    /// What is wrong.
    pub message: String,
}

/// The cells of a row by column name.
struct Cells<'g> {
    get: &'g dyn Fn(&'static str) -> Option<String>,
    ranges: Vec<Uncertain>,
    errors: Vec<CellError>,
}

impl Cells<'_> {
    fn refuse(&mut self, column: &'static str, message: String) {
        self.errors.push(CellError { column, message });
    }

    fn text(&self, column: &'static str) -> Option<String> {
        (self.get)(column).filter(|text| !text.is_empty())
    }

    /// A cell that `parse` reads and `is_allowed` accepts; `None` where it is empty or refused.
    fn parsed<T: Copy>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        is_allowed: impl Fn(T) -> bool,
    ) -> Option<T> {
        let text = self.text(column)?;
        let value = parse(&text).filter(|&value| is_allowed(value));
        if value.is_none() {
            let no_range = if range::ends(&text).is_some() { ", and not a range" } else { "" };
            self.refuse(column, format!("{column} is {text:?}, but must be {}{no_range}", allowed(column)));
        }
        value
    }

    /// The same for a number, which may be a range: then it is the median, and the range is remembered.
    fn number(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<f64>,
        is_allowed: impl Fn(f64) -> bool,
    ) -> Option<f64> {
        let text = self.text(column)?;
        let (Some(ends), Some(input)) = (range::ends(&text), Input::of_column(column)) else {
            return self.parsed(column, parse, is_allowed);
        };
        match range::read(ends, input, |end| parse(end).filter(|&value| is_allowed(value))) {
            Ok(distribution) => {
                self.ranges.push(Uncertain { input, distribution });
                Some(distribution.median())
            }
            Err(error) => {
                let allowed = allowed(column);
                self.refuse(column, format!("{column} is {text:?}, but {}", error.because(allowed)));
                None
            }
        }
    }

    /// The same for a whole number.
    fn whole(&mut self, column: &'static str) -> Option<u32> {
        let whole = |text: &str| quantity::whole(text).map(f64::from);
        self.number(column, whole, |_| true).map(|value| value.round() as u32)
    }

    /// Reports a column that must be there and is not.
    fn require(&mut self, column: &'static str) {
        if self.text(column).is_none() {
            self.refuse(column, format!("{column} is missing; it must be {}", allowed(column)));
        }
    }

    /// A number in a column that must be there.
    fn required(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<f64>,
        is_allowed: impl Fn(f64) -> bool,
    ) -> f64 {
        self.require(column);
        self.number(column, parse, is_allowed).unwrap_or_default()
    }

    /// A name that must be among known ones.
    fn name(&mut self, column: &'static str, known: &[&str], default: &str) -> String {
        let Some(text) = self.text(column) else { return default.to_owned() };
        if !known.contains(&text.as_str()) {
            self.refuse(column, unknown(column, &text, known));
        }
        text
    }
}

fn allowed(column: &str) -> &'static str {
    COLUMNS.iter().find(|known| known.name == column).map_or("", |known| known.allowed)
}

/// Longest time allowed in a cell, s.
const LONGEST_SECONDS: f64 = 1e6;
/// Most of anything that has no natural limit.
const MOST: f64 = 1e6;

/// Reads one row. All of its mistakes come at once.
///
/// `get` gives the text of a column, nothing or an empty one where it is left out; names are looked up in `catalog`.
pub fn workload(
    get: &dyn Fn(&'static str) -> Option<String>,
    catalog: &Catalog,
) -> Result<Workload, Vec<CellError>> {
    let mut cells = Cells { get, ranges: Vec::new(), errors: Vec::new() };
    let seconds = |value: f64| (0.0..=LONGEST_SECONDS).contains(&value);
    let up_to_most = |value: f64| (0.0..=MOST).contains(&value);
    let from_one = |value: f64| (1.0..=MOST).contains(&value);

    cells.require("name");
    let name = cells.text("name").unwrap_or_default();
    if name.contains(char::is_control) {
        cells.refuse("name", format!("name is {name:?}, but must be {}", allowed("name")));
    }
    let events_per_day =
        cells.required("events_per_day", quantity::count, |value| (1.0..=1e15).contains(&value));
    let event_bytes = cells.required("event_size", quantity::bytes, |value| (1.0..=GIB).contains(&value));
    let io_ratio = cells.required("io_ratio", quantity::share, |value| (0.0..1.0).contains(&value));
    let handler = cells.name("handler", &catalog.handler_kinds(), "decode");
    let handler_seconds = cells.number("handler_ms", quantity::milliseconds, seconds);
    let observed = cells.number("observed_cores", quantity::number, |value| (0.0..=1e9).contains(&value));
    if let (Some(text), Some(_)) = (cells.text("observed_cores"), cells.text("handler_ms")) {
        cells.refuse(
            "observed_cores",
            format!(
                "observed_cores is {text:?}, but handler_ms is given too; they are two ways to say the same, \
                 so give only one"
            ),
        );
    }
    let handler_cost = match (handler_seconds, observed) {
        (Some(seconds), _) => HandlerCost::Wall { seconds },
        (None, Some(cores)) => HandlerCost::ObservedCores { cores },
        (None, None) => HandlerCost::Profile,
    };
    let io_wait_seconds = cells.number("io_wait_ms", quantity::milliseconds, seconds);
    if let (Some(wait), Some(whole)) = (io_wait_seconds, handler_seconds)
        && wait > whole
    {
        let [wait, whole] = ["io_wait_ms", "handler_ms"].map(|column| cells.text(column).unwrap_or_default());
        cells.refuse(
            "io_wait_ms",
            format!("io_wait_ms is {wait:?}, but must be at most handler_ms ({whole:?}), which includes it"),
        );
    }
    let io_calls = cells.number("io_calls", quantity::number, up_to_most);
    let produces = cells.number("produces", quantity::number, up_to_most).unwrap_or(0.0);
    let native_share =
        cells.number("native_share", quantity::share, |value| (0.0..=1.0).contains(&value)).unwrap_or(0.0);
    let current_runtime = cells.name("current_runtime", &catalog.runtime_names(), REFERENCE_RUNTIME);
    let current_machine = cells.text("current_machine");
    if let Some(machine) = current_machine.as_deref().filter(|name| catalog.current_machine(name).is_none()) {
        cells.refuse("current_machine", unknown_machine(machine, catalog));
    }
    let current_instances = cells.whole("current_instances");
    let current_processes = cells.whole("current_processes").unwrap_or(1);
    let peak_factor = cells.number("peak_factor", quantity::number, from_one).unwrap_or(3.0);
    let partitions = cells.whole("partitions");
    let concurrency = cells.parsed(
        "concurrency",
        |text| match text {
            "partition" => Some(Concurrency::Partition),
            "consumer" => Some(Concurrency::Consumer),
            _ => None,
        },
        |_| true,
    );
    let in_flight = cells.whole("in_flight");
    let hottest = partitions.map_or(MOST, f64::from);
    let skew =
        cells.number("skew", quantity::number, |value| (1.0..=hottest).contains(&value)).unwrap_or(1.0);
    let p99_seconds = cells.number("p99_ms", quantity::milliseconds, seconds);
    let catch_up = cells.parsed("catch_up", parse_catch_up, |goal| {
        seconds(goal.outage_seconds) && seconds(goal.drain_seconds) && goal.drain_seconds > 0.0
    });

    let outlook = outlook(&mut cells);

    let workload = Workload {
        name,
        events_per_day,
        event_bytes,
        io_ratio,
        handler,
        handler_cost,
        io_wait_seconds,
        io_calls,
        produces,
        native_share,
        current_runtime,
        current_machine,
        current_instances,
        current_processes,
        peak_factor,
        topic: Topic { partitions, skew },
        concurrency,
        in_flight,
        p99_seconds,
        catch_up,
        outlook,
        ranges: std::mem::take(&mut cells.ranges),
    };
    if cells.errors.is_empty()
        && let Err(ProblemError::Demand(error)) = catalog.problem(&workload)
    {
        cells.refuse(column_of(&error), error.to_string());
    }
    if cells.errors.is_empty() { Ok(workload) } else { Err(cells.errors) }
}

/// What the columns say of what is to come.
fn outlook(cells: &mut Cells<'_>) -> Outlook {
    let default = Outlook::default();
    let up_to_most = |value: f64| (0.0..=MOST).contains(&value);
    Outlook {
        features_per_month: cells
            .number("features_per_month", quantity::number, up_to_most)
            .unwrap_or(default.features_per_month),
        rewrite_days: cells.number("rewrite_days", quantity::number, up_to_most),
        growth_per_month: cells
            .number("growth_pct_per_month", quantity::percentage, |growth| growth > -1.0 && growth <= 10.0)
            .unwrap_or(default.growth_per_month),
        downstream_max_per_second: cells
            .number("downstream_max_per_second", quantity::count, |value| (0.0..=1e15).contains(&value)),
        attempts_per_event: cells
            .number("attempts_per_event", quantity::number, |value| (1.0..=1000.0).contains(&value))
            .unwrap_or(default.attempts_per_event),
        hourly: cells.parsed("hourly", hourly, |_| true),
    }
}

/// 24 rates, none of them negative and not all 0.
fn hourly(text: &str) -> Option<HourlyRates> {
    let rates: Vec<f64> = text.split_whitespace().map(quantity::count).collect::<Option<_>>()?;
    let rates: [f64; 24] = rates.try_into().ok()?;
    let in_order = rates.iter().all(|&rate| rate >= 0.0) && rates.iter().any(|&rate| rate > 0.0);
    in_order.then_some(HourlyRates(rates))
}

/// The nearest machine type to one that is not known, in full where that is given in full, and what to do where
/// it is not on any list.
fn unknown_machine(name: &str, catalog: &Catalog) -> String {
    let in_full = name.contains('/');
    let known: Vec<String> = catalog
        .machines
        .iter()
        .map(|it| match in_full {
            true => format!("{}/{}/{}", it.provider, it.region, it.instance_type),
            false => it.instance_type.clone(),
        })
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let way_out = "where it is on no list, leave the cell empty or add the type with --machines";
    match nearest(name, known.iter().copied()) {
        Some(guess) if !is_slip(name, known.iter().copied()) => {
            format!("unknown current_machine {name:?}, nearest known {guess:?}; {way_out}")
        }
        _ => unknown("current_machine", name, &known),
    }
}

fn parse_catch_up(text: &str) -> Option<CatchUp> {
    let (outage, drain) = text.split_once('/')?;
    Some(CatchUp { outage_seconds: quantity::duration(outage)?, drain_seconds: quantity::duration(drain)? })
}

fn column_of(error: &DemandError) -> &'static str {
    match error {
        DemandError::WaitExceedsHandler { .. } => "io_wait_ms",
        DemandError::Unmeasured { lacking: Lacking::HandlerKind { .. }, .. } => "handler",
        DemandError::Unmeasured { lacking: Lacking::IoCall, .. } => "io_calls",
        DemandError::Unmeasured { lacking: Lacking::Produce, .. } => "produces",
    }
}
