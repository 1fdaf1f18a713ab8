//! A runtime profile as TOML, in the form that [`super::read`] takes.

use std::fmt::Write;
use tonnage_model::runtime::{Deployment, Evidence, Fetching, Figure, Linear, Runtime};
use tonnage_model::units::MIB;

/// Significant digits of a number; no measurement is worth more.
const DIGITS: usize = 6;
/// Width of comments.
const WIDTH: usize = 100;

/// Writes a profile below comments, a paragraph each.
pub fn write(runtime: &Runtime, comments: &[String]) -> String {
    let mut text = String::new();
    let options = textwrap::Options::new(WIDTH).initial_indent("# ").subsequent_indent("# ");
    for comment in comments {
        text += &textwrap::fill(&one_line(comment), &options);
        text.push('\n');
    }
    let mut writer = Writer { kind: runtime.provenance.kind, text };
    writer.identity(runtime);
    writer.provenance(runtime);
    writer.cpu(runtime);
    writer.rest(runtime);
    writer.text
}

struct Writer {
    /// Evidence of figures that do not state theirs.
    kind: Evidence,
    text: String,
}

impl Writer {
    fn section(&mut self, name: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.text += &format!("{gap}[{name}]\n");
    }

    fn entry(&mut self, key: &str, value: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{key} = {value}");
    }

    fn string(&mut self, key: &str, value: &str) {
        self.entry(key, &quoted(value));
    }

    fn figure(&mut self, key: &str, figure: &Figure, scale: f64) {
        if !figure.is_left_out() {
            let value = self.value(figure, scale);
            self.entry(key, &value);
        }
    }

    /// A plain number, or a table of what there is to say.
    fn value(&self, figure: &Figure, scale: f64) -> String {
        let [value, low, high] = [figure.value, figure.low, figure.high].map(|it| number(it * scale));
        let mut parts = vec![format!("value = {value}")];
        if figure.low < figure.high {
            parts.push(format!("low = {low}, high = {high}"));
        }
        if figure.evidence != self.kind {
            parts.push(format!("kind = {}", quoted(&figure.evidence.to_string())));
        }
        parts.extend(figure.source.as_ref().map(|source| format!("source = {}", quoted(source))));
        if parts.len() == 1 { value } else { format!("{{ {} }}", parts.join(", ")) }
    }

    fn linear(&mut self, section: &str, cost: &Linear) {
        self.section(section);
        self.figure("us_per_event", &cost.per_event, 1e6);
        self.figure("ns_per_byte", &cost.per_byte, 1e9);
    }

    fn identity(&mut self, runtime: &Runtime) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.string("name", &runtime.name);
        self.string("title", &runtime.title);
        self.string("language", &runtime.language.name);
        self.string("deployment", &runtime.deployment.to_string());
        self.string("concurrency", &runtime.concurrency.to_string());
        self.string("assignment", &runtime.assignment.to_string());
        let capabilities: Vec<String> = runtime.capabilities.iter().map(|it| quoted(it)).collect();
        self.entry("capabilities", &format!("[{}]", capabilities.join(", ")));
        if runtime.on_request {
            self.entry("on_request", "true");
        }
    }

    fn provenance(&mut self, runtime: &Runtime) {
        let it = &runtime.provenance;
        self.section("provenance");
        self.string("kind", &it.kind.to_string());
        for (key, value) in [("source", &it.source), ("machine", &it.machine)] {
            if !value.is_empty() {
                self.string(key, value);
            }
        }
        self.entry("vcpu_speed", &number(it.vcpu_speed));
        if !it.date.is_empty() {
            self.string("date", &it.date);
        }
        if let Some(samples) = it.samples {
            self.entry("samples", &samples.to_string());
        }
        if !it.versions.is_empty() {
            let versions: Vec<String> = it
                .versions
                .iter()
                .map(|(name, version)| format!("{} = {}", key(name), quoted(version)))
                .collect();
            self.entry("versions", &format!("{{ {} }}", versions.join(", ")));
        }
    }

    fn cpu(&mut self, runtime: &Runtime) {
        let cpu = &runtime.cpu;
        self.section("cpu");
        self.figure("idle_cores", &cpu.idle_cores, 1.0);
        if let Some(fetch) = &cpu.fetch {
            let us = self.value(&fetch.core_seconds, 1e6);
            let round_trip_ms = self.value(&fetch.round_trip_seconds, 1e3);
            self.entry("fetch", &format!("{{ us = {us}, round_trip_ms = {round_trip_ms} }}"));
        }
        self.linear("cpu.consume", &cpu.consume);
        if cpu.handler.is_empty() {
            self.section("cpu.handler");
        }
        for (kind, cost) in &cpu.handler {
            self.linear(&format!("cpu.handler.{}", key(kind)), cost);
        }
        if let Some(produce) = &cpu.produce {
            self.linear("cpu.produce", produce);
        }
        if let Some(io_call) = &cpu.io_call {
            self.section("cpu.io_call");
            self.figure("us", &io_call.per_event, 1e6);
            self.figure("ns_per_byte", &io_call.per_byte, 1e9);
        }
    }

    fn rest(&mut self, runtime: &Runtime) {
        if runtime.fetching != Fetching::default() {
            let Fetching { discipline, evidence, source } = &runtime.fetching;
            self.section("fetching");
            self.string("discipline", &discipline.to_string());
            self.string("kind", &evidence.to_string());
            self.string("source", source);
        }
        for (section, is_environment) in [("client", false), ("environment", true)] {
            let names =
                runtime.setting_names.iter().filter(|(set, _)| set.is_environment() == is_environment);
            for (index, (set, name)) in names.enumerate() {
                if index == 0 {
                    self.section(section);
                }
                self.string(&set.to_string(), name);
            }
        }
        let memory = &runtime.memory;
        self.section("memory");
        self.figure("base_mib", &memory.base, 1.0 / MIB);
        self.figure("working_mib", &memory.working, 1.0 / MIB);
        self.figure("thread_mib", &memory.thread, 1.0 / MIB);
        self.figure("bytes_per_in_flight_event", &memory.per_in_flight_event.per_event, 1.0);
        self.figure("in_flight_expansion", &memory.per_in_flight_event.per_byte, 1.0);
        self.figure("gc_factor", &memory.gc_factor, 1.0);
        if let Some(prefetch) = &memory.prefetch {
            self.section("memory.prefetch");
            let limits = [
                ("client_mib", &prefetch.client_bytes, 1.0 / MIB),
                ("client_messages", &prefetch.client_messages, 1.0),
                ("broker_mib", &prefetch.broker_bytes, 1.0 / MIB),
                ("partition_mib", &prefetch.partition_bytes, 1.0 / MIB),
                ("partition_messages", &prefetch.partition_messages, 1.0),
            ];
            for (key, limit, scale) in limits {
                if let Some(figure) = limit {
                    self.figure(key, figure, scale);
                }
            }
            self.figure("brokers", &prefetch.brokers, 1.0);
            self.figure("bytes_per_message", &prefetch.bytes_per_message, 1.0);
            self.figure("expansion", &prefetch.expansion, 1.0);
        }
        if runtime.deployment == Deployment::Threads {
            self.section("scaling");
            self.figure("sigma", &runtime.scaling.sigma, 1.0);
            self.figure("kappa", &runtime.scaling.kappa, 1.0);
        }
        self.section("latency");
        self.figure("service_scv", &runtime.service_scv, 1.0);
        if let Some(startup) = &runtime.startup_seconds {
            self.section("startup");
            self.figure("seconds", startup, 1.0);
        }
        if let Some(commit) = &runtime.commit {
            self.section("commit");
            self.figure("us", &commit.core_seconds, 1e6);
            self.figure("ms", &commit.wait_seconds, 1e3);
        }
    }
}

/// With few digits; rounding keeps the order of value and interval.
fn number(value: f64) -> String {
    let rounded = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
    format!("{rounded:?}")
}

fn quoted(text: &str) -> String {
    toml::Value::String(one_line(text)).to_string()
}

/// A key, in quotes where it has to be.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_bare { name.to_owned() } else { quoted(name) }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
