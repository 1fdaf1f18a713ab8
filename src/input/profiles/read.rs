//! Runtime profiles, TOML.

use crate::input::diagnostic::{InputError, Source};
use crate::input::nearest::unknown;
use crate::input::toml_table::{Document, Table, Value};
use std::collections::BTreeMap;
use tonnage_fit::memory::Client;
use tonnage_model::language::Language;
use tonnage_model::runtime::{
    Assignment, CommitFigures, Concurrency, Cpu, Deployment, Discipline, Evidence, FetchFigures, Fetching,
    Figure, Linear, Memory, Prefetch, Provenance, Runtime, ScalingFigures, Set, SettingNames,
};
use tonnage_model::units::MIB;

const MILLISECOND: f64 = 1e-3;
const MICROSECOND: f64 = 1e-6;
const NANOSECOND: f64 = 1e-9;

/// What each event costs, in a cost that has a part for each of its bytes too.
const US_PER_EVENT: &str = "us_per_event";

/// Reads one profile, in one of the languages. All mistakes come at once.
pub fn read(source: Source<'_>, languages: &[Language]) -> Result<Runtime, InputError> {
    let document = Document::parse(source)?;
    let runtime = Profile { root: document.root(), languages }.runtime();
    let errors = document.into_errors();
    match runtime {
        Some(runtime) if errors.is_empty() => Ok(runtime),
        _ => Err(InputError::Invalid(errors)),
    }
}

/// Keys that profiles had before they were properties of a language, and what they are called there.
const MOVED: [(&str, &str); 2] = [("compute_factor", "own_code"), ("engineering", "days_per_feature")];

/// Where a figure of an old profile has gone.
fn moved(key: &str) -> Option<String> {
    let (_, now) = MOVED.into_iter().find(|(old, _)| *old == key)?;
    Some(format!(
        "{key} is no longer part of a profile, since it does not depend on the libraries: it is {now} of the language \
         (profiles/languages); leave it out here, or give a language of your own in languages/NAME.toml beside the profile"
    ))
}

/// Reads what is known of a client beside samples: what its settings are called, its limits by default and, under `measured`,
/// those of the consumer that was measured. All mistakes come at once.
pub fn client(source: Source<'_>) -> Result<Client, InputError> {
    let document = Document::parse(source)?;
    let root = document.root();
    root.allow(&["gc_factor", "assignment", "fetching", "client", "environment", "prefetch", "measured"]);
    let figures = Figures { kind: Evidence::Published };
    let limits = |key| root.get(key).and_then(|value| figures.prefetch(&value.table()?));
    let client = Client {
        gc_factor: figures.gc_factor(&root),
        assignment: assignment(&root),
        fetching: root.get("fetching").and_then(|value| fetching(&value.table()?)).unwrap_or_default(),
        setting_names: setting_names(&root),
        prefetch: limits("prefetch"),
        measured: limits("measured"),
    };
    match document.into_errors() {
        errors if errors.is_empty() => Ok(client),
        errors => Err(InputError::Invalid(errors)),
    }
}

struct Profile<'d> {
    root: Table<'d>,
    languages: &'d [Language],
}

impl<'d> Profile<'d> {
    fn runtime(&self) -> Option<Runtime> {
        let root = &self.root;
        #[rustfmt::skip]
        const KEYS: [&str; 18] = [
            "name", "title", "language", "deployment", "concurrency", "assignment", "capabilities", "on_request", "provenance",
            "cpu", "fetching", "client", "environment", "memory", "scaling", "latency", "startup", "commit",
        ];
        root.allow_by(|key| {
            moved(key).or_else(|| (!KEYS.contains(&key)).then(|| unknown("key", key, &KEYS)))
        });
        let name = root.require("name").and_then(|value| name(&value));
        let deployment = root.require("deployment").and_then(|value| value.choice(Deployment::WORDS));
        let concurrency = root.get("concurrency").and_then(|value| value.choice(Concurrency::WORDS));
        let string = |key: &str| root.get(key).and_then(|value| value.string());
        let title = string("title");
        let language = self.language();
        let capabilities = root.get("capabilities").and_then(|value| value.strings()).unwrap_or_default();
        let on_request = root.get("on_request").and_then(|value| value.boolean()).unwrap_or_default();
        let provenance = self.section("provenance").and_then(|table| provenance(&table));
        let figures = Figures { kind: provenance.as_ref().map_or(Evidence::Assumed, |it| it.kind) };
        let cpu = self.section("cpu").and_then(|table| figures.cpu(&table));
        let fetching = root.get("fetching").and_then(|value| fetching(&value.table()?)).unwrap_or_default();
        let setting_names = setting_names(root).unwrap_or_default();
        let memory = self.section("memory").and_then(|table| figures.memory(&table));
        let scaling = root.get("scaling").and_then(|value| value.table());
        let coefficient =
            |key| figures.optional(scaling.as_ref(), key).unwrap_or_else(|| Figure::left_out(0.0));
        let scaling_figures = ScalingFigures { sigma: coefficient("sigma"), kappa: coefficient("kappa") };
        if let Some(table) = &scaling {
            table.allow(&["sigma", "kappa"]);
        }
        let optional_in = |section: &str, key: &str| {
            let table = root.get(section)?.table()?;
            table.allow(&[key]);
            figures.optional(Some(&table), key)
        };
        let service_scv = optional_in("latency", "service_scv").unwrap_or_else(|| Figure::left_out(1.0));
        let startup_seconds = optional_in("startup", "seconds");
        let commit = self.root.get("commit").and_then(|value| value.table()).and_then(|table| {
            table.allow(&["us", "ms"]);
            let core_seconds = figures.required(&table, "us");
            let wait_seconds = figures.required(&table, "ms");
            Some(CommitFigures {
                core_seconds: core_seconds?.scaled(MICROSECOND),
                wait_seconds: wait_seconds?.scaled(MILLISECOND),
            })
        });
        let name = name?;
        let deployment = deployment?;
        Some(Runtime {
            title: title.unwrap_or_else(|| name.clone()),
            language: language?,
            name,
            deployment,
            concurrency: concurrency.unwrap_or(deployment.usual_concurrency()),
            assignment: assignment(root),
            capabilities,
            on_request,
            provenance: provenance?,
            cpu: cpu?,
            fetching,
            setting_names,
            memory: memory?,
            scaling: scaling_figures,
            service_scv,
            startup_seconds,
            commit,
        })
    }

    /// The language that is named, or that the profile's name begins with.
    fn language(&self) -> Option<Language> {
        let named = self.root.get("language");
        let is_named = named.is_some();
        let value = named.or_else(|| self.root.get("name"))?;
        let text = value.string().filter(|text| is_named || is_plain(text))?;
        let wanted = if is_named { &text } else { text.split('-').next().unwrap_or(&text) };
        let found = self.languages.iter().find(|language| language.name == *wanted).cloned();
        if found.is_none() {
            let known: Vec<&str> = self.languages.iter().map(|language| language.name.as_str()).collect();
            value.report(format!(
                "{}; one of your own is a file in the folder languages beside the profile",
                unknown("language", wanted, &known).trim_end_matches('.')
            ));
        }
        found
    }

    fn section(&self, key: &str) -> Option<Table<'d>> {
        self.root.require(key)?.table()
    }
}

/// What a client calls its settings, and a runtime its variables; `None` where nothing is said of either.
fn setting_names(root: &Table<'_>) -> Option<SettingNames> {
    let mut said: Option<SettingNames> = None;
    for (section, is_environment) in [("client", false), ("environment", true)] {
        let Some(table) = root.get(section).and_then(|value| value.table()) else { continue };
        let sets = Set::WORDS.iter().filter(|(_, set)| set.is_environment() == is_environment);
        table.allow(&sets.clone().map(|(key, _)| *key).collect::<Vec<_>>());
        let names = said.get_or_insert_default();
        for (key, set) in sets {
            if let Some(name) = table.get(key).and_then(|value| value.string()) {
                names.insert(*set, name);
            }
        }
    }
    said
}

pub(super) fn name(value: &Value<'_>) -> Option<String> {
    let text = value.string()?;
    if !is_plain(&text) {
        value.refuse("a name of letters, digits, '-', '_' and '.'");
        return None;
    }
    Some(text)
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Who gets what by a client's assignor; even unless it says otherwise.
fn assignment(root: &Table<'_>) -> Assignment {
    root.get("assignment").and_then(|value| value.choice(Assignment::WORDS)).unwrap_or_default()
}

/// How a client fetches; assumed unless it says otherwise.
fn fetching(table: &Table<'_>) -> Option<Fetching> {
    table.allow(&["discipline", "kind", "source"]);
    let kind = table.get("kind").and_then(|value| value.choice(Evidence::WORDS));
    let source = table.get("source").and_then(|value| value.string()).unwrap_or_default();
    let discipline = table.require("discipline").and_then(|value| value.choice(Discipline::WORDS))?;
    Some(Fetching { discipline, evidence: kind.unwrap_or(Evidence::Assumed), source })
}

fn provenance(table: &Table<'_>) -> Option<Provenance> {
    table.allow(&["kind", "source", "machine", "vcpu_speed", "date", "samples", "versions"]);
    let kind = table.require("kind").and_then(|value| value.choice(Evidence::WORDS));
    let speed = table
        .require("vcpu_speed")
        .and_then(|value| value.number("a number above 0 and below 1000", |v| v > 0.0 && v < 1e3));
    let string = |key: &str| table.get(key).and_then(|value| value.string()).unwrap_or_default();
    let versions = table.get("versions").and_then(|value| value.table()).map(|versions| {
        let entry = |key: &str| Some((key.to_owned(), versions.get(key)?.text()?));
        versions.keys().into_iter().filter_map(|(key, _)| entry(key)).collect::<BTreeMap<_, _>>()
    });
    Some(Provenance {
        source: string("source"),
        machine: string("machine"),
        date: string("date"),
        samples: table
            .get("samples")
            .and_then(|value| value.number("a whole number from 0", |n| n >= 0.0 && n.fract() == 0.0))
            .map(|n| n as u64),
        versions: versions.unwrap_or_default(),
        kind: kind?,
        vcpu_speed: speed?,
    })
}

/// Reads figures that are as certain as their profile unless they say otherwise.
pub(super) struct Figures {
    pub kind: Evidence,
}

impl Figures {
    /// A number from 0 up, or a table with `value` and optionally `low`, `high`, `kind` and `source`.
    fn figure(&self, value: &Value<'_>) -> Option<Figure> {
        let bound =
            |value: &Value<'_>| value.number("a number from 0 to 1e12", |v| (0.0..=1e12).contains(&v));
        let Some(table) = value.as_table() else {
            let value = bound(value)?;
            return Some(Figure { value, low: value, high: value, evidence: self.kind, source: None });
        };
        table.allow(&["value", "low", "high", "kind", "source"]);
        let best = bound(&table.require("value")?)?;
        let end = |key: &str| match table.get(key) {
            Some(value) => bound(&value),
            None => Some(best),
        };
        let (low, high) = (end("low")?, end("high")?);
        if !(low <= best && best <= high) {
            value.refuse("an interval with low <= value <= high");
            return None;
        }
        let evidence = match table.get("kind") {
            Some(kind) => kind.choice(Evidence::WORDS)?,
            None => self.kind,
        };
        let source = table.get("source").and_then(|source| source.string());
        Some(Figure { value: best, low, high, evidence, source })
    }

    pub fn optional(&self, table: Option<&Table<'_>>, key: &str) -> Option<Figure> {
        self.figure(&table?.get(key)?)
    }

    fn required(&self, table: &Table<'_>, key: &str) -> Option<Figure> {
        self.figure(&table.require(key)?)
    }

    /// The same, never 0.
    pub fn above_zero(&self, value: &Value<'_>) -> Option<Figure> {
        let figure = self.figure(value)?;
        if figure.low <= 0.0 {
            value.refuse("above 0");
        }
        Some(figure)
    }

    /// A cost whose part for each event has the key `per_event`.
    fn linear(&self, value: &Value<'_>, per_event: &str) -> Option<Linear> {
        let table = value.table()?;
        table.allow(&[per_event, "ns_per_byte"]);
        let per_byte = self.optional(Some(&table), "ns_per_byte").unwrap_or_else(|| Figure::left_out(0.0));
        Some(Linear {
            per_event: self.required(&table, per_event)?.scaled(MICROSECOND),
            per_byte: per_byte.scaled(NANOSECOND),
        })
    }

    fn cpu(&self, table: &Table<'_>) -> Option<Cpu> {
        const KEYS: [&str; 6] = ["idle_cores", "fetch", "consume", "produce", "io_call", "handler"];
        table.allow_by(|key| {
            moved(key).or_else(|| (!KEYS.contains(&key)).then(|| unknown("cpu key", key, &KEYS)))
        });
        let idle_cores = self.optional(Some(table), "idle_cores").unwrap_or_else(|| Figure::left_out(0.0));
        let fetch = table.get("fetch").and_then(|value| value.table()).and_then(|fetch| {
            fetch.allow(&["us", "round_trip_ms"]);
            let core_seconds = self.required(&fetch, "us");
            let round_trip_seconds = self.required(&fetch, "round_trip_ms");
            Some(FetchFigures {
                core_seconds: core_seconds?.scaled(MICROSECOND),
                round_trip_seconds: round_trip_seconds?.scaled(MILLISECOND),
            })
        });
        let consume_value = table.require("consume");
        let consume = consume_value.as_ref().and_then(|value| self.linear(value, US_PER_EVENT));
        let produce = table.get("produce").and_then(|value| self.linear(&value, US_PER_EVENT));
        let io_call = table.get("io_call").and_then(|value| self.linear(&value, "us"));
        let handler = table.require("handler").and_then(|value| value.table()).map(|kinds| {
            let entry = |key: &str| Some((key.to_owned(), self.linear(&kinds.get(key)?, US_PER_EVENT)?));
            kinds.keys().into_iter().filter_map(|(key, _)| entry(key)).collect::<BTreeMap<_, _>>()
        });
        // Where reading an event was not measured without handling it, all is counted under the handlers.
        let is_paid_for = |kinds: &BTreeMap<String, Linear>| {
            !kinds.is_empty() && kinds.values().all(|kind| kind.at(1.0) > 0.0)
        };
        if let (Some(value), Some(cost), Some(kinds)) = (&consume_value, &consume, &handler)
            && cost.at(1.0) <= 0.0
            && !is_paid_for(kinds)
        {
            value.refuse("above 0 for an event, unless every handler kind is");
        }
        Some(Cpu { idle_cores, fetch, consume: consume?, handler: handler?, produce, io_call })
    }

    fn memory(&self, table: &Table<'_>) -> Option<Memory> {
        table.allow(&[
            "base_mib",
            "working_mib",
            "thread_mib",
            "bytes_per_in_flight_event",
            "in_flight_expansion",
            "gc_factor",
            "prefetch",
        ]);
        let or = |key, value| self.optional(Some(table), key).unwrap_or_else(|| Figure::left_out(value));
        Some(Memory {
            working: or("working_mib", 0.0).scaled(MIB),
            thread: or("thread_mib", 0.0).scaled(MIB),
            per_in_flight_event: Linear {
                per_event: or("bytes_per_in_flight_event", 0.0),
                per_byte: or("in_flight_expansion", 0.0),
            },
            gc_factor: self.gc_factor(table),
            prefetch: table.get("prefetch").and_then(|value| self.prefetch(&value.table()?)),
            base: table.require("base_mib").and_then(|value| self.figure(&value))?.scaled(MIB),
        })
    }

    /// How many times what is live a collector lets the heap become; 1 where it is left out.
    fn gc_factor(&self, table: &Table<'_>) -> Figure {
        let factor = table.get("gc_factor").and_then(|value| {
            let factor = self.figure(&value)?;
            if factor.low < 1.0 {
                value.refuse("from 1 up");
            }
            Some(factor)
        });
        factor.unwrap_or_else(|| Figure::left_out(1.0))
    }

    fn prefetch(&self, table: &Table<'_>) -> Option<Prefetch> {
        table.allow(&[
            "client_mib",
            "client_messages",
            "broker_mib",
            "brokers",
            "partition_mib",
            "partition_messages",
            "bytes_per_message",
            "expansion",
        ]);
        let limit = |key| self.optional(Some(table), key);
        let mib = |key| limit(key).map(|figure| figure.scaled(MIB));
        let none = Prefetch::unlimited();
        Some(Prefetch {
            client_bytes: mib("client_mib"),
            client_messages: limit("client_messages"),
            broker_bytes: mib("broker_mib"),
            brokers: limit("brokers").unwrap_or(none.brokers),
            partition_bytes: mib("partition_mib"),
            partition_messages: limit("partition_messages"),
            bytes_per_message: limit("bytes_per_message").unwrap_or(none.bytes_per_message),
            expansion: limit("expansion").unwrap_or(none.expansion),
        })
    }
}
