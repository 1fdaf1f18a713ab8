//! The columns of a workload, one entry each: reading, limits, ranges, help, starter file and reference come from here.

use super::nearest::{guess, plain, slip_of};
use super::number::{LONGEST_SECONDS, Number, Unit};
use super::quantity;
use std::borrow::Cow;
use tonnage_model::catalog::REFERENCE_RUNTIME;
use tonnage_model::runtime::Concurrency;
use tonnage_model::uncertain::inputs::{Input, Uncertain, whole};
use tonnage_model::units::GIB;
use tonnage_model::workload::{CatchUp, HandlerCost, HourlyRates, USUAL_HANDLER, Workload};

/// One column of a workload file; the same name is a TOML key and, with hyphens, a flag.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Other names that people give it, each of which is a mistake that is recognized.
    pub aliases: &'static [&'static str],
    /// What its cells hold.
    pub value: Value,
    /// What an empty cell stands for; `None` where the model has a number for that.
    if_empty: Option<&'static str>,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A number, which may be a range.
    Number(Number, Input),
    /// The name of something in the catalog.
    Name(Names, fn(&mut Workload, &str)),
    /// Anything else: what is allowed, and a setter that gives `None` for what is not.
    Text(&'static str, fn(&mut Workload, &str) -> Option<()>),
}

/// Where a name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Kinds of handler.
    Handlers,
    /// Runtime profiles.
    Runtimes,
    /// Machine types.
    Machines,
}

const REQUIRED: &str = "required";
/// Most of anything that has no natural limit.
const MOST: f64 = 1e6;
const AMOUNT: Number = Number::plain(0.0, MOST, "such as 2 or 0.1");
const FACTOR: Number = Number::plain(1.0, MOST, "such as 3");
const SHARE: Number = Number::new(Unit::Share, "share", 0.0, 1.0, "such as 0.4 or 40%");

/// All columns, the required ones first.
pub static COLUMNS: [Column; 28] = [
    text("name", "unique name of the workload", "text without control characters", |w, text| {
        w.name = text.to_owned();
        (!text.contains(char::is_control)).then_some(())
    })
    .required()
    .aliases(&["service", "app", "application", "consumer", "consumer_group", "topic", "job", "workload"]),
    number(
        "events_per_day",
        "events a day on average",
        Number::new(Unit::PerDay, "number of events", 1.0, 1e15, "such as 50M, 1.2B, 800k or 5e7"),
        |w| Some(w.events_per_day),
        |w, value| w.events_per_day = value,
    )
    .required()
    .aliases(&["events", "msgs", "messages", "msgs_per_day", "messages_per_day", "records_per_day", "volume"]),
    number(
        "event_size",
        "mean payload of an event",
        Number::new(Unit::Size, "size", 1.0, GIB, "such as 1.2KB, 4KiB or 900 (bytes)"),
        |w| Some(w.event_bytes),
        |w, value| w.event_bytes = value,
    )
    .required()
    .aliases(&["size", "message_size", "msg_size", "record_size", "payload", "payload_size", "bytes"]),
    number(
        "io_ratio",
        "how much of the handler's wall time is waiting for I/O, as it runs today",
        Number::new(Unit::Share, "share", 0.0, 1.0, "such as 0.85 or 85%").below(1.0),
        |w| Some(w.io_ratio),
        |w, value| w.io_ratio = value,
    )
    .required()
    .aliases(&["io", "io_share", "wait_ratio"]),
    known("handler", "kind of work done on each event", Names::Handlers, |w, name| w.handler = name.to_owned())
        .if_empty(USUAL_HANDLER)
        .aliases(&["handler_kind", "kind"]),
    number(
        "handler_ms",
        "wall time of the handler per event today, without fetching and decoding",
        Number::time("such as 12.5"),
        |w| match w.handler_cost {
            HandlerCost::Wall { seconds } => Some(seconds),
            _ => None,
        },
        |w, seconds| w.handler_cost = HandlerCost::Wall { seconds },
    )
    .if_empty("not known")
    .aliases(&["duration_ms", "handler_time", "processing_ms"]),
    number(
        "observed_cores",
        "CPU cores that all consumers together use today on average",
        Number::new(Unit::Plain, "number of cores", 0.0, 1e9, "such as 3.5"),
        |w| match w.handler_cost {
            HandlerCost::ObservedCores { cores } => Some(cores),
            _ => None,
        },
        |w, cores| w.handler_cost = HandlerCost::ObservedCores { cores },
    )
    .if_empty("not known")
    .aliases(&["cores", "cpu", "cpu_cores", "cores_used"]),
    number(
        "io_wait_ms",
        "I/O wait per event in all; stands instead of what io_ratio implies",
        Number::time("such as 40"),
        |w| w.io_wait_seconds,
        |w, value| w.io_wait_seconds = Some(value),
    )
    .if_empty("from io_ratio")
    .aliases(&["wait_ms", "io_ms"]),
    number(
        "io_calls",
        "downstream calls per event",
        AMOUNT,
        |w| w.io_calls,
        |w, value| w.io_calls = Some(value),
    )
    .if_empty("1 if there is any wait, else 0")
    .aliases(&["calls", "downstream_calls"]),
    number(
        "produces",
        "events written per event read",
        AMOUNT,
        |w| Some(w.produces),
        |w, value| w.produces = value,
    )
    .aliases(&["fan_out", "outputs"]),
    number(
        "native_share",
        "share of the handler's own CPU in native code (NumPy, regex engines) that no rewrite makes faster",
        SHARE,
        |w| Some(w.native_share),
        |w, value| w.native_share = value,
    )
    .aliases(&["native"]),
    known("current_runtime", "runtime it runs in today", Names::Runtimes, |w, name| {
        w.current_runtime = name.to_owned();
    })
    .if_empty(REFERENCE_RUNTIME)
    .aliases(&["runtime", "language", "lang", "library", "client"]),
    known("current_machine", "machine type it runs on today", Names::Machines, |w, name| {
        w.current_machine = Some(name.to_owned());
    })
    .if_empty("the profile's own machine")
    .aliases(&["machine", "machine_type", "instance_type", "node_type", "vm"]),
    number(
        "current_instances",
        "instances that run today",
        Number::whole(),
        |w| w.current_instances.map(f64::from),
        |w, value| w.current_instances = Some(whole(value)),
    )
    .if_empty("not known")
    .aliases(&["instances", "replicas", "nodes", "machines", "pods"]),
    number(
        "current_processes",
        "consumer processes that run today, in all",
        Number::whole(),
        |w| Some(f64::from(w.current_processes)),
        |w, value| w.current_processes = whole(value),
    )
    .aliases(&["processes", "workers"]),
    number(
        "peak_factor",
        "busiest rate over mean rate",
        FACTOR,
        |w| Some(w.peak_factor),
        |w, value| w.peak_factor = value,
    )
    .aliases(&["peak", "peak_ratio"]),
    number(
        "partitions",
        "partitions of the topic",
        Number::whole(),
        |w| w.topic.partitions.map(f64::from),
        |w, value| w.topic.partitions = Some(whole(value)),
    )
    .if_empty("as many as are needed")
    .aliases(&["partition_count", "num_partitions"]),
    text(
        "concurrency",
        "who works on in_flight events at a time: each partition, or each consumer process",
        "\"partition\" or \"consumer\"",
        |w, text| {
            w.concurrency = Some(Concurrency::of_word(text)?);
            Some(())
        },
    )
    .if_empty("as the runtime's usual consumer does"),
    number(
        "in_flight",
        "events in progress at a time for each of these; 1, when given, says that order has to be kept",
        Number::whole(),
        |w| w.in_flight.map(f64::from),
        |w, value| w.in_flight = Some(whole(value)),
    )
    .if_empty("1")
    .aliases(&["inflight", "max_in_flight", "prefetch"]),
    number(
        "skew",
        "busiest partition's rate over the mean partition's",
        Number::plain(1.0, MOST, "at most the number of partitions"),
        |w| Some(w.topic.skew),
        |w, value| w.topic.skew = value,
    ),
    number(
        "p99_ms",
        "latency goal at peak, from reaching the consumer to handled",
        Number::time("such as 250"),
        |w| w.p99_seconds,
        |w, value| w.p99_seconds = Some(value),
    )
    .if_empty("none")
    .aliases(&["p99", "latency_p99_ms", "slo_ms"]),
    text(
        "catch_up",
        "an outage at peak, and the time in which its backlog is to be drained",
        "two times such as 30m/2h, each up to 1e6 s, the second above 0",
        |w, text| {
            w.catch_up = Some(catch_up(text)?);
            Some(())
        },
    )
    .if_empty("none")
    .aliases(&["recovery"]),
    number(
        "features_per_month",
        "features built into the handler a month",
        Number::plain(0.0, MOST, "such as 1.5"),
        |w| Some(w.outlook.features_per_month),
        |w, value| w.outlook.features_per_month = value,
    )
    .aliases(&["features"]),
    number(
        "rewrite_days",
        "working days that moving it to another language takes, once",
        Number::new(Unit::Plain, "number of days", 0.0, MOST, "such as 20"),
        |w| w.outlook.rewrite_days,
        |w, value| w.outlook.rewrite_days = Some(value),
    )
    .if_empty("not known")
    .aliases(&["migration_days"]),
    number(
        "growth_pct_per_month",
        "growth of the volume a month, per cent",
        Number::new(Unit::Percent, "number", -1.0, 10.0, "such as 5 or 5%").above(-1.0),
        |w| Some(w.outlook.growth_per_month),
        |w, value| w.outlook.growth_per_month = value,
    )
    .aliases(&["growth", "growth_pct"]),
    number(
        "downstream_max_per_second",
        "calls a second that the systems it calls bear in all",
        Number::new(Unit::PerSecond, "number", 0.0, 1e15, "such as 2000 or 2k"),
        |w| w.outlook.downstream_max_per_second,
        |w, value| w.outlook.downstream_max_per_second = Some(value),
    )
    .if_empty("no limit")
    .aliases(&["downstream_max", "rate_limit"]),
    number(
        "attempts_per_event",
        "times that an event is handled on average until it is done, retries included; handler_ms, io_wait_ms and \
         io_calls are of one time, observed_cores of all",
        Number::plain(1.0, 1000.0, "such as 1.05"),
        |w| Some(w.outlook.attempts_per_event),
        |w, value| w.outlook.attempts_per_event = value,
    )
    .aliases(&["attempts"]),
    text(
        "hourly",
        "rates of the 24 hours of a day from midnight on, in any unit",
        "24 numbers from 0 up separated by blanks, one at least above 0",
        |w, text| {
            w.outlook.hourly = Some(hourly(text)?);
            Some(())
        },
    )
    .if_empty("peak_factor only")
    .aliases(&["hourly_rates"]),
];

/// Their names, in the same order.
pub static NAMES: [&str; COLUMNS.len()] = {
    let mut names = [""; COLUMNS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = COLUMNS[at].name;
        at += 1;
    }
    names
};

const fn number(
    name: &'static str,
    meaning: &'static str,
    number: Number,
    get: fn(&Workload) -> Option<f64>,
    set: fn(&mut Workload, f64),
) -> Column {
    let value = Value::Number(number, Input::new(name, get, set));
    Column { name, meaning, aliases: &[], value, if_empty: None }
}

const fn known(
    name: &'static str,
    meaning: &'static str,
    names: Names,
    set: fn(&mut Workload, &str),
) -> Column {
    Column { name, meaning, aliases: &[], value: Value::Name(names, set), if_empty: None }
}

const fn text(
    name: &'static str,
    meaning: &'static str,
    allowed: &'static str,
    set: fn(&mut Workload, &str) -> Option<()>,
) -> Column {
    Column { name, meaning, aliases: &[], value: Value::Text(allowed, set), if_empty: None }
}

impl Column {
    const fn required(self) -> Self {
        Self { if_empty: Some(REQUIRED), ..self }
    }

    const fn if_empty(self, means: &'static str) -> Self {
        Self { if_empty: Some(means), ..self }
    }

    const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Whether it must be there.
    pub fn is_required(&self) -> bool {
        self.if_empty == Some(REQUIRED)
    }

    /// What its cells may hold, after "must be".
    pub fn allowed(&self) -> Cow<'static, str> {
        match &self.value {
            Value::Number(number, _) => number.allowed().into(),
            Value::Name(Names::Handlers, _) => "a handler kind that a profile has".into(),
            Value::Name(Names::Runtimes, _) => "the name of a runtime profile".into(),
            Value::Name(Names::Machines, _) => "a machine type, or provider/region/type".into(),
            Value::Text(allowed, _) => (*allowed).into(),
        }
    }

    /// What an empty cell stands for.
    pub fn default(&self) -> Cow<'static, str> {
        match (self.if_empty, &self.value) {
            (Some(means), _) => means.into(),
            (None, Value::Number(_, input)) => {
                input.get(&Workload::default()).unwrap_or_default().to_string().into()
            }
            (None, _) => "none".into(),
        }
    }
}

/// Position of the column `name`.
pub const NAME: usize = 0;

/// Where a column stands in [`COLUMNS`].
pub fn position(name: &str) -> Option<usize> {
    COLUMNS.iter().position(|column| column.name == name)
}

/// Columns that hold a number, with the number.
pub fn numbers() -> impl Iterator<Item = (Number, Input)> {
    COLUMNS.iter().filter_map(|column| match column.value {
        Value::Number(number, input) => Some((number, input)),
        _ => None,
    })
}

/// A range of a number as a column has it; `None` where the column is none that may be a range.
pub fn range(name: &str, low: f64, high: f64) -> Option<Uncertain> {
    match &COLUMNS[position(name)?].value {
        Value::Number(number, input) => {
            Some(Uncertain { input: *input, distribution: number.distribution(low, high) })
        }
        _ => None,
    }
}

/// What a column counts; what is no number counts nothing in particular.
pub fn unit(name: &str) -> Unit {
    match position(name).map(|at| &COLUMNS[at].value) {
        Some(Value::Number(number, _)) => number.unit,
        _ => Unit::Plain,
    }
}

/// The column that another name surely means.
pub fn meant(name: &str) -> Option<&'static str> {
    let plain = plain(name);
    let of_alias = COLUMNS.iter().find(|column| column.aliases.contains(&plain.as_str()));
    of_alias.map(|column| column.name).or_else(|| slip_of(name, NAMES))
}

/// What to say of a column, or a key, that is not known.
pub fn unknown(what: &str, name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    let quote = if is_plain { "" } else { "'" };
    let skip = format!("o skip it: --ignore-columns {quote}{name}{quote}");
    match meant(name).or_else(|| guess(name, NAMES)) {
        Some(guess) => format!("unknown {what} {name:?}; did you mean {guess:?}? T{skip}"),
        None => format!("unknown {what} {name:?}; t{skip} (tonnage init lists all columns)"),
    }
}

/// Names of the columns that must be there.
pub fn required() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().filter(|column| column.is_required()).map(|column| column.name)
}

/// An outage and the time to drain its backlog.
fn catch_up(text: &str) -> Option<CatchUp> {
    let (outage, drain) = text.split_once('/')?;
    let goal =
        CatchUp { outage_seconds: quantity::duration(outage)?, drain_seconds: quantity::duration(drain)? };
    let is_allowed =
        [goal.outage_seconds, goal.drain_seconds].iter().all(|span| (0.0..=LONGEST_SECONDS).contains(span));
    (is_allowed && goal.drain_seconds > 0.0).then_some(goal)
}

/// 24 rates, none of them negative and not all 0.
fn hourly(text: &str) -> Option<HourlyRates> {
    let rates: Vec<f64> = text.split_whitespace().map(quantity::count).collect::<Option<_>>()?;
    let rates: [f64; 24] = rates.try_into().ok()?;
    let in_order = rates.iter().all(|&rate| rate >= 0.0) && rates.iter().any(|&rate| rate > 0.0);
    in_order.then_some(HourlyRates(rates))
}
