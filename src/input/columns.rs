//! The columns of a workload, one entry each: reading, limits, ranges, help, starter file and reference come from here.

use super::column::{Column, MODEL, NAME_TEXT, Names, REQUIRED, UNKNOWN, Value, column, name_in_kafka};
use super::nearest::{plain, slip_of};
use super::number::{MOST, Number, Unit};
use super::texts;
use tonnage_model::names::NameOf;
use tonnage_model::uncertain::inputs::{Input, whole};
use tonnage_model::units::{GIB, MIB};
use tonnage_model::workload::{REFERENCE_RUNTIME, USUAL_HANDLER};

/// A number that a field holds; `optional` where the field may be empty, `count` where it may and is whole.
macro_rules! field {
    ($number:expr, $($field:ident).+) => {
        Value::Number($number, |w| Some(w.$($field).+), |w, value| w.$($field).+ = value)
    };
    (optional $number:expr, $($field:ident).+) => {
        Value::Number($number, |w| w.$($field).+, |w, value| w.$($field).+ = Some(value))
    };
    (count $($field:ident).+) => {
        Value::Number(
            Number::whole(),
            |w| w.$($field).+.map(f64::from),
            |w, value| w.$($field).+ = Some(whole(value)),
        )
    };
}

const EVENTS: Number =
    Number::new(Unit::PerDay, "number of events", 1.0, 1e15, "such as 50M, 1.2B, 800k, 5e7 or 580/s");
const BYTES: Number = Number::new(Unit::Size, "size", 1.0, GIB, "such as 1.2KB, 4KiB or 900 (bytes)");
const MEMORY: Number =
    Number::new(Unit::Mebibytes, "number of MiB", 0.0, 1e6 * MIB, "such as 1600 or 1.6GiB");
const PREFETCH: Number = Number::new(Unit::Size, "size", 1.0, 1e6 * GIB, "such as 64MiB");
const RATIO: Number = Number::new(Unit::Share, "share", 0.0, 1.0, "such as 0.85 or 85%").below(1.0);
const SHARE: Number = Number::new(Unit::Share, "share", 0.0, 1.0, "such as 0.4 or 40%");
const ERROR: Number = Number::new(Unit::Share, "share", 0.0, MOST, "such as 0.12 or 12%");
const BUSY: Number = Number::new(Unit::Share, "share", 0.0, 1.0, "such as 0.35 or 35%").above(0.0);
const AMOUNT: Number = Number::plain(0.0, MOST, "such as 2 or 0.1");
const CORES: Number = Number::new(Unit::Cores, "number of cores", 0.0, 1e9, "such as 3.5 or 250m");
const DAYS: Number = Number::new(Unit::Days, "number of days", 0.0, MOST, "such as 20");
const PERCENT: Number = Number::new(Unit::Percent, "number", -1.0, 10.0, "such as 5 or 5%").above(-1.0);
const USD: Number =
    Number::new(Unit::Usd, "number of dollars", 0.0, 1e12, "such as 1250 or $1,250.00").above(0.0);
const CALLS: Number = Number::new(Unit::PerSecond, "number", 0.0, 1e15, "such as 2000 or 2k");

/// All columns, the required ones first.
#[rustfmt::skip]
pub static COLUMNS: &[Column] = &[
    column("name", "unique name of the workload",
        Value::Text(NAME_TEXT, texts::name), REQUIRED)
        .or("service app application consumer job workload"),
    column("events_per_day", "events a day on average", field!(EVENTS, events_per_day), REQUIRED)
        .or("events msgs messages msgs_per_day messages_per_day records_per_day volume events/day messages/day msgs/day \
            events/s events/sec events_per_second events_per_hour msgs/s msgs/sec msgs_per_second messages/s messages/sec \
            messages_per_second msg_rate tps"),
    column("event_size", "mean payload of an event", field!(BYTES, event_bytes), REQUIRED)
        .or("size message_size msg_size record_size payload payload_size avg_size avg_payload message avg_message bytes"),
    column("io_ratio", "how much of the handler's wall time is waiting for I/O, as it runs today",
        field!(RATIO, io_ratio), REQUIRED)
        .instead(&["handler_ms", "io_wait_ms"])
        .where_unknown("0 if it calls nobody, a range such as 0.5..0.9 if nobody knows")
        .or("io io_share io_% io_wait_% io_wait_pct io_wait_share wait_ratio wait_share wait_% waiting waiting_share waiting_for_others waiting_for_io"),
    column("handler", "kind of work done on each event",
        Value::Name(Names::Handlers, |w, name| w.handler = name.to_owned()), USUAL_HANDLER)
        .or("handler_kind kind"),
    column("handler_ms", "wall time of the handler per event today, without fetching and decoding",
        field!(optional Number::time("such as 12.5 or 2s"), handler_seconds), UNKNOWN)
        .or("duration_ms handler_time handler_p50 handler_avg handler_mean processing_ms processing_time"),
    column("observed_cores", "CPU cores that all consumers together use today on average",
        field!(optional CORES, observed_cores), UNKNOWN)
        .or("cores cpu cpu_cores cores_used vcpu_used vcpus_used vcpus"),
    column("utilization",
        "mean share of the vCPUs of today's machines that is busy; stands for observed_cores = current_instances x \
         (utilization x vCPUs - system_cores), at least half of it all where system_cores is not set",
        field!(optional BUSY, utilization), UNKNOWN)
        .or("cpu_utilization cpu_percent cpu% cpu_% cpu_load cpu_usage avg_cpu average_cpu mean_cpu cpu_avg"),
    column("backtest_error",
        "median error of the cores predicted from this row against those measured, as calibrate --history writes it; \
         above 25 % there is no verdict",
        field!(optional ERROR, backtest_error), UNKNOWN),
    column("io_wait_ms", "I/O wait per event in all; stands instead of what io_ratio implies",
        field!(optional Number::time("such as 40"), io_wait_seconds), "from io_ratio")
        .or("wait_ms io_ms"),
    column("io_wait_p99_ms", "what 99 of 100 events wait for I/O at most; it spreads p99 and moves no CPU",
        field!(optional Number::time("such as 150"), io_wait_p99_seconds), "4.6 times the mean wait")
        .or("io_p99_ms wait_p99_ms call_p99_ms downstream_p99_ms"),
    column("io_calls", "downstream calls per event",
        field!(optional AMOUNT, io_calls), "1 if handler_ms or io_wait_ms tell a wait of 0.1 ms or more, else 0")
        .or("calls downstream_calls"),
    column("produces", "events written per event read", field!(AMOUNT, produces), MODEL).or("fan_out outputs"),
    column("native_share",
        "share of the handler's own CPU in native code (NumPy, regex engines) that no rewrite makes faster",
        field!(SHARE, native_share), MODEL)
        .or("native"),
    column("spike_factor", "how many times less CPU own code took in another language, where somebody has tried",
        Value::Text("languages, each with a number above 0 and up to 1e6, such as go:6.5 rust:8", texts::spikes),
        "the language's range")
        .or("spike spikes speedup"),
    column("current_runtime", "runtime it runs in today",
        Value::Name(Names::Runtimes, |w, name| w.current_runtime = name.to_owned()), REFERENCE_RUNTIME)
        .or("runtime language lang library lib client lang/lib lang/library language/library language/client"),
    column("provider", "cloud it runs in",
        Value::Text("a cloud of the machine list, such as aws", |w, name| texts::put(&mut w.provider, name)),
        "that of current_machine, else of the settings")
        .or("cloud"),
    column("region", "region it runs in; its plan stays there",
        Value::Text("a region of the machine list, such as eu-west-1", |w, name| texts::put(&mut w.region, name)),
        "that of current_machine, else of the settings")
        .or("aws_region location"),
    column("current_machine", "machine type it runs on today",
        Value::Text("a machine type, provider/type or provider/region/type", |w, name| texts::put(&mut w.current_machine, name)),
        "the profile's own machine")
        .or("machine machine_type instance instance_type instance_size node_type vm vm_type runs_on"),
    column("current_node_type", "machine type of the nodes that its pods (current_instances) share with others; gives the speed of their \
         cores and no bill",
        Value::Text("a machine type, provider/type or provider/region/type", |w, name| texts::put(&mut w.current_node_type, name)),
        "not known, or current_machine"),
    column("current_instances", "instances that run today: machines of current_machine, else pods", field!(count current_instances), UNKNOWN)
        .or("instances inst #_inst #_instances #_nodes nodes machines vms #_vms count how_many"),
    column("current_usd_per_month", "what today's machines cost by the bill, USD a month; stands instead of list prices",
        field!(optional USD, current_usd_per_month), "list prices")
        .or("bill cost spend usd_per_month monthly_bill monthly_cost monthly_spend cost_per_month $/mo $/month usd/month"),
    column("current_list_usd_per_month", "what the machines of that bill cost on demand at list prices, USD a month; the bill \
         over it is what plans pay of list prices",
        field!(optional USD, current_list_usd_per_month), "current_instances of current_machine"),
    column("purchase", "how its machines are paid for, today's and the plan's",
        Value::Text("one of on-demand, spot, reserved-1yr, reserved-3yr or reserved-3yr-all-upfront", texts::purchase),
        "as the settings say")
        .or("purchasing payment paid_as paid_by pricing pricing_model capacity_type purchase_option lifecycle spot reserved commitment"),
    column("current_processes", "consumers that run today, in all: processes, or the loops of Java, Go or Rust that take one event after another",
        field!(count current_processes), "one an instance, and for Python one a busy core at least")
        .or("processes workers pods replicas containers"),
    column("current_fetch_wait_ms",
        "longest wait of a fetch today (fetch.max.wait with fetch.min.bytes above what comes)",
        field!(optional Number::time("such as 20").up_to(1.0), current_fetch_wait_seconds), "not known, 0 to 100")
        .or("fetch_max_wait_ms fetch_wait_ms"),
    column("peak_factor", "busiest rate over mean rate",
        field!(Number::plain(1.0, MOST, "such as 3"), peak_factor), MODEL)
        .instead(&["hourly"])
        .or("peak peak_ratio peak_vs_average peak_vs._average peak/average peak_over_mean"),
    column("partitions", "partitions of the topic", field!(count topic.partitions), "as many as are needed")
        .or("partition_count num_partitions"),
    column("concurrency", "who works on in_flight events at a time: each partition, or each consumer process",
        Value::Text("\"partition\" or \"consumer\"", texts::concurrency), "as the runtime's usual consumer does"),
    column("in_flight",
        "events in flight at a time for each of these; 1, when given, says that order has to be kept",
        field!(count in_flight), "1")
        .or("inflight max_in_flight prefetch"),
    column("batch_size",
        "events that a call of the handler takes; handler_ms, io_wait_ms and io_calls are of one call",
        Value::Number(Number::whole(), |w| Some(f64::from(w.batch_size)), |w, value| w.batch_size = whole(value)), MODEL)
        .or("batch max_poll_records"),
    column("commit", "when offsets are committed: every few seconds beside the work, or waited for after each batch or event",
        Value::Text("\"interval\", \"batch\" or \"event\"", texts::commit), "interval")
        .or("commit_mode offset_commit"),
    column("skew", "busiest partition's rate over the mean partition's",
        field!(Number::plain(1.0, MOST, "at most the number of partitions"), topic.skew), MODEL),
    column("state_mib", "what each process keeps of its own, in any language: model, cache, tables; MiB",
        field!(optional MEMORY, state_bytes), "from memory_mib, else 0")
        .or("model_mib cache_mib"),
    column("memory_mib", "what a process, or a pod (current_instances of no current_machine), holds today; all of it moves to other languages where state_mib is empty, MiB",
        field!(optional MEMORY, memory_bytes_today), UNKNOWN)
        .or("memory mem rss_mib ram_mib mem_per_process memory_per_process rss_per_process mem_per_pod memory_per_pod"),
    column("sidecars", "what other containers of a pod request beside the consumer's, such as a proxy; nodes of pods have room for it",
        Value::Text("CPU and memory such as 100m/128Mi", texts::sidecars), "nothing")
        .or("sidecar sidecar_requests"),
    column("prefetch_limit", "most bytes that a client (a process) keeps fetched but unhandled",
        field!(optional PREFETCH, prefetch_bytes), "the client's default"),
    column("hot_key_share", "share of all events that the largest key has; they stay in one partition however many there are",
        field!(SHARE, topic.hot_key_share), MODEL)
        .or("hot_key largest_key_share key_share"),
    column("p99_ms", "latency goal at peak, from reaching the consumer to handled",
        field!(optional Number::time("such as 250"), p99_seconds), "none")
        .or("p99 latency_p99_ms slo_ms"),
    column("catch_up", "an outage at peak, and the time in which its backlog is to be drained",
        Value::Text("two times such as 30m/2h, each up to 1e6 s, the second above 0", texts::catch_up), "none")
        .or("recovery"),
    column("features_per_month", "features built into the handler a month",
        field!(Number::plain(0.0, MOST, "such as 1.5"), outlook.features_per_month), MODEL)
        .or("features"),
    column("rewrite_days", "working days that moving it to another language takes, once",
        field!(optional DAYS, outlook.rewrite_days), UNKNOWN)
        .or("migration_days"),
    column("growth_pct_per_month", "growth of the volume a month, per cent",
        field!(PERCENT, outlook.growth_per_month), MODEL)
        .or("growth growth_pct"),
    column("downstream_max_per_second", "calls a second that the systems it calls bear in all",
        field!(optional CALLS, outlook.downstream_max_per_second), "no limit")
        .or("downstream_max rate_limit"),
    column("attempts_per_event",
        "times that an event is handled on average until it is done, retries included; handler_ms, io_wait_ms and \
         io_calls are of one time, observed_cores of all",
        field!(Number::plain(1.0, 1000.0, "such as 1.05"), outlook.attempts_per_event), MODEL)
        .or("attempts"),
    column("hourly", "rates of the 24 hours of a day from midnight on, in any unit",
        Value::Text("24 numbers from 0 up separated by blanks, one at least above 0", texts::hourly), "peak_factor only")
        .or("hourly_rates"),
    name_in_kafka("topic", "topic that it reads", |w, name| texts::name_of(w, NameOf::Topic, name))
        .or("topic_name kafka_topic"),
    name_in_kafka("group", "consumer group that reads it", |w, name| texts::name_of(w, NameOf::Group, name))
        .or("consumer_group consumergroup group_id"),
    column("deployment", "Deployment or StatefulSet that runs it, or namespace/name",
        Value::Text(NAME_TEXT, |w, name| texts::name_of(w, NameOf::Deployment, name)), "its name")
        .or("controller statefulset"),
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

/// Position of the column `name`.
pub const NAME: usize = 0;

/// Two ways to say the same, of which a row has one.
pub const ALTERNATIVES: [[&str; 2]; 2] =
    [["utilization", "observed_cores"], ["current_node_type", "current_machine"]];

/// Where a column stands in [`COLUMNS`].
pub fn position(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

/// The numbers that columns give.
pub fn numbers() -> impl Iterator<Item = (Number, Input)> {
    COLUMNS.iter().filter_map(Column::number)
}

/// The number that a column gives, where it gives one.
pub fn number(name: &str) -> Option<(Number, Input)> {
    COLUMNS[position(name)?].number()
}

/// The column that another name surely means, with a unit in brackets behind it or without: `Handler (ms)` is handler_ms.
pub fn meant(name: &str) -> Option<&'static str> {
    let (bare, unit) = name.split_once('(').unwrap_or((name, ""));
    let with_unit = plain(&format!("{} {}", bare.trim(), unit.trim_end_matches(')')));
    if let Some(at) = position(&with_unit) {
        return Some(NAMES[at]);
    }
    let name = bare.trim();
    let plain = plain(&name.replace(" / ", "/"));
    let has_alias = |column: &&Column| column.aliases.split(' ').any(|alias| alias == plain);
    let of_alias = COLUMNS.iter().find(has_alias).filter(|_| !plain.is_empty());
    of_alias.map(|column| column.name).or_else(|| slip_of(name, NAMES))
}

/// Names of the columns that files must have. Whether others stand for one, rows tell.
pub fn required_of_files() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().filter(|it| it.is_required() && it.instead.is_empty()).map(|column| column.name)
}

/// Names of the columns that must be there.
pub fn required() -> impl Iterator<Item = &'static str> {
    missing(|_| false)
}

/// Those of them that are not, where `is_given` tells which columns are.
pub fn missing(is_given: impl Fn(&str) -> bool) -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().filter(move |column| column.is_missing(&is_given)).map(|column| column.name)
}
