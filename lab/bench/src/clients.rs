//! The league of clients, as Markdown: what each costs, holds and waits, from its profile and the runs of `latency`.

use crate::latencies::Group;
use crate::runtimes::Runtime;
use tonnage_measure::sample::Sample;
use tonnage_measure::statistics::median;
use tonnage_model::runtime::{Evidence, Figure, Prefetch, Runtime as Profile};
use tonnage_model::units::MIB;

/// Bytes of the event whose cost is told.
const EVENT_BYTES: f64 = 1200.0;

type Clients = [(Runtime, Profile)];

/// Prints all tables.
pub fn print(clients: &Clients, samples: &[Sample]) {
    table("Versions", &["what it is", "versions"], clients, |profile| {
        let versions = profile.provenance.versions.iter();
        let versions: Vec<String> = versions.map(|(name, version)| format!("{name} {version}")).collect();
        vec![profile.title.clone(), versions.join(", ")]
    });
    let columns = ["an event of 1.2 KB, µs", "a fetch, µs", "its round trip, ms", "idle, millicores"];
    table("CPU", &columns, clients, |profile| {
        let consume = &profile.cpu.consume;
        let fetch = profile.cpu.fetch.as_ref();
        let [per_byte, per_event] = [&consume.per_byte, &consume.per_event];
        let event = Figure {
            value: consume.at(EVENT_BYTES),
            low: per_event.low + EVENT_BYTES * per_byte.low,
            high: per_event.high + EVENT_BYTES * per_byte.high,
            ..per_event.clone()
        };
        vec![
            told(Some(&event), 1e6),
            told(fetch.map(|it| &it.core_seconds), 1e6),
            told(fetch.map(|it| &it.round_trip_seconds), 1e3),
            told(Some(&profile.cpu.idle_cores), 1e3),
        ]
    });
    let columns = [
        "start to first event, s",
        "base, MiB",
        "more at work, MiB",
        "read ahead at most, MiB or messages",
        "a queued message beside its bytes, B",
    ];
    table("Start and memory", &columns, clients, |profile| {
        let prefetch = profile.memory.prefetch.as_ref();
        vec![
            told(profile.startup_seconds.as_ref(), 1.0),
            told(Some(&profile.memory.base), 1.0 / MIB),
            told(Some(&profile.memory.working), 1.0 / MIB),
            prefetch.map_or_else(|| "nothing".to_string(), read_ahead),
            told(prefetch.map(|it| &it.bytes_per_message), 1.0),
        ]
    });
    latencies(clients, samples);
}

/// A table with a row for each client.
fn table(title: &str, columns: &[&str], clients: &Clients, cells: impl Fn(&Profile) -> Vec<String>) {
    println!("### {title}\n\n| client | {} |", columns.join(" | "));
    println!("| --- |{}", " --- |".repeat(columns.len()));
    for (runtime, profile) in clients {
        println!("| `{}` | {} |", runtime.name, cells(profile).join(" | "));
    }
    println!();
}

/// The client's limits: of all, of a broker's answer, of a partition.
fn read_ahead(prefetch: &Prefetch) -> String {
    let limits = [
        (&prefetch.client_bytes, 1.0 / MIB, "in all"),
        (&prefetch.client_messages, 1.0, "messages in all"),
        (&prefetch.broker_bytes, 1.0 / MIB, "a broker"),
        (&prefetch.partition_bytes, 1.0 / MIB, "a partition"),
        (&prefetch.partition_messages, 1.0, "messages a partition"),
    ];
    let given = limits
        .iter()
        .filter_map(|(limit, unit, of)| Some(format!("{} {of}", told(Some(limit.as_ref()?), *unit))));
    given.collect::<Vec<_>>().join(", ")
}

/// A figure with its ends, times `unit`; a star where it was not measured.
fn told(figure: Option<&Figure>, unit: f64) -> String {
    let Some(figure) = figure.filter(|it| !it.is_left_out()) else { return "none".to_string() };
    let [value, low, high] = [figure.value, figure.low, figure.high].map(|it| digits(it * unit));
    let star = if figure.evidence == Evidence::Measured { "" } else { "*" };
    if low == high { format!("{value}{star}") } else { format!("{value} ({low} to {high}){star}") }
}

/// Two or three digits.
fn digits(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// What was measured of each client's latency.
fn latencies(clients: &Clients, samples: &[Sample]) {
    println!("### From due to handled\n");
    println!("| client | work | events/s | core busy | p50, ms | p99, ms | runs |");
    println!("| --- | --- | ---: | ---: | ---: | --- | ---: |");
    for (runtime, _) in clients {
        for group in Group::of(runtime, samples) {
            let [p50, p99] = [group.p50(), group.p99()];
            let (least, most) = (p99[0], p99[p99.len() - 1]);
            let range =
                if least == most { digits(least) } else { format!("{} to {}", digits(least), digits(most)) };
            println!(
                "| `{}` | {} | {:.0} | {:.0} % | {} | {range} | {} |",
                runtime.name,
                group.work(),
                group.rate(),
                100.0 * group.busy(),
                digits(median(&p50)),
                p99.len(),
            );
        }
    }
}
