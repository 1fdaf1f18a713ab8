//! Runtime profiles, and where each figure of one comes from.

use super::Report;
use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{event_size, memory, plural, seconds, significant};
use super::records::Records;
use tonnage_model::runtime::{Evidence, Figure, Runtime};
use tonnage_model::units::MIB;

/// Runtimes, a line each.
pub struct RuntimeList<'a> {
    rows: Vec<RuntimeRow<'a>>,
    /// The size that costs are listed for, bytes.
    event_bytes: f64,
}

/// Runtimes, figure by figure.
pub struct RuntimeFigures<'a> {
    runtimes: Vec<RuntimeRow<'a>>,
    figures: Vec<FigureRow<'a>>,
}

/// A runtime, and the size of the event that its CPU is listed for.
pub struct RuntimeRow<'a> {
    runtime: &'a Runtime,
    event_bytes: f64,
}

/// One figure of a profile.
pub struct FigureRow<'a> {
    /// Name of the profile.
    pub runtime: &'a str,
    /// Name of the figure.
    pub name: String,
    /// The figure.
    pub figure: &'a Figure,
    /// Samples that a fit made it of.
    pub samples: Option<usize>,
}

/// Columns of `runtimes`. CPU is in core-s at speed 1.0, one AWS c7a vCPU.
pub fn columns<'a>() -> Vec<Column<RuntimeRow<'a>>> {
    vec![
        column(word("name", "runtime", "Name that workloads and flags use"), |it| (&it.runtime.name).into()),
        column(word("language", "language", "Programming language").rank(6), |it| {
            (&it.runtime.language).into()
        }),
        column(
            word("deployment", "deployment", "`processes`, one a vCPU, or `threads` of one process").rank(4),
            |it| it.runtime.deployment.to_string().into(),
        ),
        column(
            data("concurrency", "Who has the in-flight limit: each `partition` or each `consumer`"),
            |it| it.runtime.concurrency.to_string().into(),
        ),
        column(data("capabilities", "What it has libraries for"), |it| {
            it.runtime.capabilities.iter().collect::<Vec<_>>().into()
        }),
        column(
            number(
                "cpu_seconds_per_event",
                "CPU/event",
                Unit::Seconds,
                "Reading and decoding an event, core-s",
            ),
            |it| it.cpu_seconds().into(),
        ),
        column(
            number(
                "fetch_core_seconds",
                "CPU/fetch",
                Unit::Seconds,
                "One fetch, core-s; the events in it share it",
            )
            .rank(1),
            |it| it.fetch().map(|fetch| fetch.core_seconds).into(),
        ),
        column(
            number("fetch_round_trip_seconds", "round trip", Unit::Seconds, "From one fetch to the next, s")
                .rank(5),
            |it| it.fetch().map(|fetch| fetch.round_trip_seconds).into(),
        ),
        column(number("process_memory_bytes", "memory", Unit::Memory, "Memory of a process, B"), |it| {
            it.runtime.memory.per_process.value.into()
        }),
        column(
            number("startup_seconds", "startup", Unit::Seconds, "Process start to first event handled, s")
                .rank(3),
            |it| it.runtime.startup_seconds.as_ref().map(|figure| figure.value).into(),
        ),
        column(number("measured", "measured", Unit::Count, "Figures that are measured"), |it| {
            it.runtime.count_by_evidence().0.into()
        }),
        column(number("published", "published", Unit::Count, "Figures that others published"), |it| {
            it.runtime.count_by_evidence().1.into()
        }),
        column(number("assumed", "assumed", Unit::Count, "Figures that are assumed"), |it| {
            it.runtime.count_by_evidence().2.into()
        }),
        column(word("title", "title", "Language, client and libraries").rank(7), |it| {
            (&it.runtime.title).into()
        }),
        column(data("evidence", "What its figures are unless they say otherwise"), |it| {
            it.runtime.provenance.kind.to_string().into()
        }),
        column(data("source", "The lab run or publication"), |it| (&it.runtime.provenance.source).into()),
        column(data("machine", "The machine measured on"), |it| (&it.runtime.provenance.machine).into()),
        column(data("vcpu_speed", "Speed of its vCPUs; AWS c7a is 1"), |it| {
            it.runtime.provenance.vcpu_speed.into()
        }),
        column(data("date", "Day of the measurement or publication"), |it| {
            (&it.runtime.provenance.date).into()
        }),
        column(data("samples", "Samples behind the figures"), |it| it.runtime.provenance.samples.into()),
        column(data("versions", "Versions of runtime and libraries"), |it| it.versions().into()),
    ]
}

/// Columns of `figures`, those of profiles and those of a fit.
pub fn figure_columns<'a>() -> Vec<Column<FigureRow<'a>>> {
    vec![
        column(data("runtime", "Name of the profile"), |it| it.runtime.into()),
        column(word("figure", "figure", "Name of the figure"), |it| (&it.name).into()),
        column(number("value", "value", Unit::Number, "Best estimate"), |it| {
            it.in_unit(it.figure.value).into()
        }),
        column(
            number("low", "95 % from", Unit::Number, "Lower end of the 95 % interval, where one is known"),
            |it| it.has_interval().then(|| it.in_unit(it.figure.low)).into(),
        ),
        column(number("high", "to", Unit::Number, "Upper end"), |it| {
            it.has_interval().then(|| it.in_unit(it.figure.high)).into()
        }),
        column(word("unit", "unit", "Unit of the three"), |it| match unit(&it.name) {
            (_, "") => Value::Missing,
            (_, unit) => unit.into(),
        }),
        column(word("evidence", "evidence", "`measured`, `published` or `assumed`"), |it| {
            it.figure.evidence.to_string().into()
        }),
        column(number("samples", "samples", Unit::Count, "Samples that a fit made it of"), |it| {
            it.samples.into()
        }),
        column(data("source", "Where it comes from, where the profile's source does not say"), |it| {
            it.figure.source.as_ref().into()
        }),
    ]
}

impl RuntimeRow<'_> {
    fn cpu_seconds(&self) -> f64 {
        let cpu = &self.runtime.cpu;
        let decode = cpu.handler.get("decode").map_or(0.0, |kind| kind.at(self.event_bytes));
        (cpu.consume.at(self.event_bytes) + decode) * self.runtime.provenance.vcpu_speed
    }

    fn fetch(&self) -> Option<tonnage_model::demand::fetch::FetchCost> {
        self.runtime.cpu.fetch.as_ref().map(|_| self.runtime.fetch_cost())
    }

    fn versions(&self) -> Vec<String> {
        let versions = self.runtime.provenance.versions.iter();
        versions.map(|(name, version)| format!("{name} {version}")).collect()
    }

    /// Where its figures come from.
    fn facts(&self) -> Vec<String> {
        let Runtime { language, deployment, concurrency, provenance: it, .. } = self.runtime;
        let samples = it.samples.map_or(String::new(), |count| format!(" from {}", plural(count, "sample")));
        let speed = significant(it.vcpu_speed);
        let mut facts = vec![
            format!("{language}, {deployment}; the in-flight limit is for each {concurrency}"),
            format!("{}{samples} by {}", it.kind, it.source),
            format!("on {} ({}), vCPU speed {speed}", it.machine, it.date),
        ];
        for (title, values) in [("versions", &self.versions()), ("libraries for", &self.runtime.capabilities)]
        {
            if !values.is_empty() {
                facts.push(format!("{title}: {}", values.join(", ")));
            }
        }
        facts
    }
}

impl FigureRow<'_> {
    fn in_unit(&self, value: f64) -> f64 {
        value * unit(&self.name).0
    }

    fn has_interval(&self) -> bool {
        self.figure.low < self.figure.high
    }
}

impl<'a> RuntimeList<'a> {
    /// Lists runtimes; CPU is for an event of `event_bytes`.
    pub fn new(runtimes: &[&'a Runtime], event_bytes: f64) -> Self {
        Self { rows: rows(runtimes, event_bytes), event_bytes }
    }
}

impl<'a> RuntimeFigures<'a> {
    /// Shows runtimes figure by figure; CPU in the heading is for an event of `event_bytes`.
    pub fn new(runtimes: &[&'a Runtime], event_bytes: f64) -> Self {
        let figures = runtimes.iter().flat_map(|runtime| {
            let row = |(name, figure)| FigureRow { runtime: &runtime.name, name, figure, samples: None };
            runtime.figures().into_iter().map(row)
        });
        Self { runtimes: rows(runtimes, event_bytes), figures: figures.collect() }
    }
}

fn rows<'a>(runtimes: &[&'a Runtime], event_bytes: f64) -> Vec<RuntimeRow<'a>> {
    runtimes.iter().map(|&runtime| RuntimeRow { runtime, event_bytes }).collect()
}

impl Report for RuntimeList<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        let all = self.rows.iter().flat_map(|row| row.runtime.figures()).map(|(_, figure)| figure);
        let stated: Vec<&Figure> = all.filter(|figure| !figure.is_left_out()).collect();
        let measured = stated.iter().filter(|figure| figure.evidence == Evidence::Measured).count();
        document.heading(format!(
            "{}: {measured} of {} figures are measured",
            plural(self.rows.len() as u64, "runtime"),
            stated.len()
        ));
        document.table(Records::of("runtimes", &columns(), &self.rows).table());
        document.paragraph(format!(
            "CPU/event: reading and decoding {}. CPU is at speed 1.0, one AWS c7a vCPU. The events in a fetch share \
             its CPU. `tonnage catalog runtimes NAME` shows where each figure comes from.",
            event_size(self.event_bytes)
        ));
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("runtimes", &columns(), &self.rows)]
    }
}

impl Report for RuntimeFigures<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        for row in &self.runtimes {
            let Runtime { name, title, memory: held, .. } = row.runtime;
            document.heading(format!(
                "{name} ({title}): {} CPU per event of {}, {} a process",
                seconds(row.cpu_seconds()),
                event_size(row.event_bytes),
                memory(held.per_process.value)
            ));
            document.list(row.facts());
            let figures = || self.figures.iter().filter(|figure| figure.runtime == name);
            document.table(Records::of("figures", &figure_columns(), figures()).table());
            document.list(sources(figures()));
        }
        document
            .paragraph("CPU is that of the machine named above; multiply by its speed to compare machines.");
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("figures", &figure_columns(), &self.figures),
            Records::of("runtimes", &columns(), &self.runtimes),
        ]
    }
}

/// Figures by the source that they have to themselves, in the order of the figures.
fn sources<'f>(figures: impl Iterator<Item = &'f FigureRow<'f>>) -> Vec<String> {
    let mut names_of_source: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in figures {
        let Some(source) = &row.figure.source else { continue };
        match names_of_source.iter_mut().find(|(known, _)| known == source) {
            Some((_, names)) => names.push(&row.name),
            None => names_of_source.push((source, vec![&row.name])),
        }
    }
    names_of_source.into_iter().map(|(source, names)| format!("{}: {source}", names.join("; "))).collect()
}

/// The unit that a figure is shown in, and how many of them make one of the model's.
fn unit(figure: &str) -> (f64, &'static str) {
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
