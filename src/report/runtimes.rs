//! Runtime profiles for people.

use super::document::{Cell, Column, Document, Table};
use super::figures::{NONE, memory, seconds, significant};
use crate::model::runtime::{Figure, Linear, Runtime};

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
            runtime.provenance.kind.to_string().into(),
            Cell::new(&runtime.title),
        ]);
    }
    let mut document = Document::default();
    document.table(table);
    document.paragraph(format!(
        "CPU an event: fetch and decode {} at speed 1.0 (one AWS c7a vCPU). `tonnage runtimes NAME` shows where \
         each figure comes from.",
        super::figures::event_size(event_bytes)
    ));
    document
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
    document.paragraph(
        "CPU is on the machine above; times its speed, it is on speed 1.0. low and high are the 95 % interval.",
    );
    document
}

fn figures(runtime: &Runtime) -> Table {
    let mut table = Table::new(vec![
        Column::words("figure", 0),
        Column::numbers("value", 0),
        Column::numbers("low", 1),
        Column::numbers("high", 1),
        Column::words("unit", 0),
        Column::words("evidence", 0),
        Column::words("source", 0),
    ]);
    let mut row = |name: &str, figure: &Figure, scale: f64, unit: &str| {
        table.row(vec![
            name.into(),
            significant(figure.value * scale).into(),
            significant(figure.low * scale).into(),
            significant(figure.high * scale).into(),
            unit.into(),
            figure.evidence.to_string().into(),
            figure.source.clone().unwrap_or_default().into(),
        ]);
    };
    let cpu = &runtime.cpu;
    let mut linear = |name: &str, cost: &Linear| {
        row(&format!("{name}, an event"), &cost.per_event, 1e6, "µs");
        row(&format!("{name}, a byte"), &cost.per_byte, 1e9, "ns");
    };
    linear("consume", &cpu.consume);
    for (kind, cost) in &cpu.handler {
        linear(kind, cost);
    }
    if let Some(produce) = &cpu.produce {
        linear("produce", produce);
    }
    if let Some(io_call) = &cpu.io_call {
        row("io_call", io_call, 1e6, "µs");
    }
    row("compute_factor", &cpu.compute_factor, 1.0, "");
    row("idle_cores", &cpu.idle_cores, 1.0, "cores");
    let mib = 1.0 / 1_048_576.0;
    row("memory, a process", &runtime.memory.per_process, mib, "MiB");
    row("memory, a thread", &runtime.memory.per_thread, mib, "MiB");
    row("memory, an event in flight", &runtime.memory.per_in_flight_event.per_event, 1.0, "B");
    row("memory, a byte in flight", &runtime.memory.per_in_flight_event.per_byte, 1.0, "B");
    row("sigma", &runtime.scaling.sigma, 1.0, "");
    row("kappa", &runtime.scaling.kappa, 1.0, "");
    row("service_scv", &runtime.service_scv, 1.0, "");
    if let Some(startup) = &runtime.startup_seconds {
        row("startup", startup, 1.0, "s");
    }
    if let Some(days) = &runtime.days_per_feature {
        row("a feature", days, 1.0, "days");
    }
    table
}
