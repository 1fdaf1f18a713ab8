//! Runtime profiles for people.

use super::document::{Cell, Column, Document, Table};
use super::figures::{NONE, memory, seconds, significant, uniform};
use tonnage_model::runtime::Runtime;
use tonnage_model::units::MIB;

/// All runtimes, a line each. Costs are for an event of `event_bytes` at speed 1.0.
pub fn list(runtimes: &[&Runtime], event_bytes: f64) -> Document {
    let mut table = Table::new(vec![
        Column::words("runtime", 0),
        Column::words("deployment", 2),
        Column::numbers("CPU an event", 0),
        Column::numbers("memory", 1),
        Column::numbers("startup", 3),
        Column::words("figures", 0),
        Column::words("title", 4),
    ]);
    for runtime in runtimes {
        let decode = runtime.cpu.handler.get("decode").map_or(0.0, |kind| kind.at(event_bytes));
        let cost = (runtime.cpu.consume.at(event_bytes) + decode) * runtime.provenance.vcpu_speed;
        table.row(vec![
            Cell::new(&runtime.name),
            runtime.deployment.to_string().into(),
            seconds(cost).into(),
            memory(runtime.memory.per_process.value).into(),
            runtime.startup_seconds.as_ref().map_or(NONE.into(), |figure| seconds(figure.value)).into(),
            evidence(runtime).into(),
            Cell::new(&runtime.title),
        ]);
    }
    let mut document = Document::default();
    document.table(table);
    let reading = match runtimes.iter().any(|runtime| runtime.cpu.fetch.is_some()) {
        true => "hand over",
        false => "fetch",
    };
    document.paragraph(format!(
        "CPU an event: {reading} and decode {} at speed 1.0 (one AWS c7a vCPU). `tonnage catalog runtimes NAME` shows where \
         each figure comes from.",
        super::figures::event_size(event_bytes)
    ));
    let fetches: Vec<String> = runtimes
        .iter()
        .filter(|runtime| runtime.cpu.fetch.is_some())
        .map(|runtime| {
            let fetch = runtime.fetch_cost();
            let (each, trip) = (seconds(fetch.core_seconds), seconds(fetch.round_trip_seconds));
            format!("{} {each} a fetch, with a round trip of {trip}", runtime.name)
        })
        .collect();
    if !fetches.is_empty() {
        document.paragraph(format!(
            "Fetches are extra, at speed 1.0, and the fewer events a consumer reads, the more each bears of one: {}.",
            fetches.join("; ")
        ));
    }
    document
}

/// `5 published, 16 assumed`.
fn evidence(runtime: &Runtime) -> String {
    let (measured, published, assumed) = runtime.count_by_evidence();
    let counts = [(measured, "measured"), (published, "published"), (assumed, "assumed")];
    let said: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    said.join(", ")
}

/// One runtime, figure by figure.
pub fn show(runtime: &Runtime) -> Document {
    let mut document = Document::default();
    document.heading(format!("{}: {}", runtime.name, runtime.title));
    let it = &runtime.provenance;
    let mut facts = vec![
        format!("language {}, deployed as {}", runtime.language, runtime.deployment),
        format!("events in progress are held by each {}", runtime.concurrency),
        format!("figures {} by: {}", it.kind, it.source),
        format!("on {} (one-vCPU speed {}), {}", it.machine, significant(it.vcpu_speed), it.date),
    ];
    facts.extend(it.samples.map(|samples| format!("{samples} samples")));
    if !it.versions.is_empty() {
        let versions: Vec<_> =
            it.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        facts.push(format!("versions: {}", versions.join(", ")));
    }
    if !runtime.capabilities.is_empty() {
        facts.push(format!("libraries for: {}", runtime.capabilities.join(", ")));
    }
    document.list(facts);
    document.table(figures(runtime));
    document.paragraph("CPU is on the machine above; times its speed, it is on speed 1.0.");
    document
}

fn figures(runtime: &Runtime) -> Table {
    let mut table = Table::new(vec![
        Column::words("figure", 0),
        Column::numbers("value", 0),
        Column::numbers("95 % interval", 0),
        Column::words("unit", 0),
        Column::words("evidence and source", 0),
    ]);
    for (name, figure) in runtime.figures() {
        let (scale, unit) = unit(&name);
        let [value, low, high] = uniform([figure.value, figure.low, figure.high].map(|it| it * scale));
        let interval = if figure.low < figure.high { format!("{low} to {high}") } else { String::new() };
        let source = figure.source.as_ref().map_or_else(String::new, |source| format!(": {source}"));
        table.row(vec![
            Cell::new(&name),
            value.into(),
            interval.into(),
            unit.into(),
            format!("{}{source}", figure.evidence).into(),
        ]);
    }
    table
}

/// The unit that a figure is shown in, and how many of them make one of the model's.
pub(super) fn unit(figure: &str) -> (f64, &'static str) {
    match figure {
        "compute_factor" | "sigma" | "kappa" | "service_scv" => (1.0, ""),
        "idle_cores" => (1.0, "cores"),
        "startup" => (1.0, "s"),
        "a feature" => (1.0, "days"),
        "memory, a process" | "memory, a thread" => (1.0 / MIB, "MiB"),
        "memory, an event in flight" | "memory, a byte in flight" => (1.0, "B"),
        a_byte if a_byte.ends_with(", a byte") => (1e9, "ns"),
        "fetch, round trip" => (1e3, "ms"),
        _ => (1e6, "µs"),
    }
}
