//! Runtime profiles, and where each figure of one comes from.

use super::Report;
use super::column::{Column, columns};
use super::document::Document;
use super::figures::{event_size, memory, plural, seconds, significant};
use super::records::Records;
use tonnage_model::demand::fetch::FetchCost;
use tonnage_model::grouped::grouped;
use tonnage_model::runtime::{Evidence, Figure, Runtime};
use tonnage_model::units::MIB;

/// Runtimes, a line each.
pub struct RuntimeList<'a>(pub Vec<RuntimeRow<'a>>);

/// Runtimes, figure by figure.
pub struct RuntimeFigures<'a> {
    runtimes: Vec<RuntimeRow<'a>>,
    figures: Vec<FigureRow<'a>>,
}

/// A runtime, and the size of the event that its CPU is listed for.
pub struct RuntimeRow<'a> {
    /// The profile.
    pub runtime: &'a Runtime,
    /// The size, bytes.
    pub event_bytes: f64,
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
    columns! { RuntimeRow<'a>, it;
        "name" ["runtime" Word Always], "Name that workloads and flags use" => &it.runtime.name;
        "language" ["language" Word Rank(6)], "Programming language" => &it.runtime.language.name;
        "deployment" ["deployment" Word Rank(4)], "`processes`, one a vCPU, or `threads` of one process" =>
            it.runtime.deployment.to_string();
        "concurrency", "Who has the in-flight limit: each `partition` or each `consumer`" => it.runtime.concurrency.to_string();
        "capabilities", "What it has libraries for" => it.runtime.capabilities.iter().collect::<Vec<_>>();
        "on_request", "Whether it is compared only where `--runtimes` names it or a workload runs in it" => it.runtime.on_request;
        "cpu_seconds_per_event" ["CPU/event" Seconds Always], "Reading and decoding an event, core-s" => it.cpu_seconds();
        "fetch_core_seconds" ["CPU/fetch" Seconds Rank(1)], "One fetch, core-s; the events in it share it" =>
            it.fetch().map(|fetch| fetch.core_seconds);
        "fetch_round_trip_seconds" ["round trip" Seconds Rank(5)], "From one fetch to the next, s" =>
            it.fetch().map(|fetch| fetch.round_trip_seconds);
        "process_memory_bytes" ["memory" Memory Always], "Memory of a process that does nothing, B" => it.runtime.memory.base.value;
        "startup_seconds" ["startup" Seconds Rank(3)], "Process start to first event handled, s" =>
            it.runtime.startup_seconds.as_ref().map(|figure| figure.value);
        "measured" ["measured" Count Always], "Figures that are measured" => it.runtime.count_by_evidence().0;
        "published" ["published" Count Always], "Figures that others published" => it.runtime.count_by_evidence().1;
        "assumed" ["assumed" Count Always], "Figures that are assumed" => it.runtime.count_by_evidence().2;
        "title" ["title" Word Rank(7)], "Language, client and libraries" => &it.runtime.title;
        "evidence", "What its figures are unless they say otherwise" => it.runtime.provenance.kind.to_string();
        "source", "The lab run or publication" => &it.runtime.provenance.source;
        "machine", "The machine measured on" => &it.runtime.provenance.machine;
        "vcpu_speed", "Speed of its vCPUs; AWS c7a is 1" => it.runtime.provenance.vcpu_speed;
        "date", "Day of the measurement or publication" => &it.runtime.provenance.date;
        "samples", "Samples behind the figures" => it.runtime.provenance.samples;
        "versions", "Versions of runtime and libraries" => it.versions();
    }
}

/// Columns of `figures`, those of profiles and those of a fit.
pub fn figure_columns<'a>() -> Vec<Column<FigureRow<'a>>> {
    columns! { FigureRow<'a>, it;
        "runtime", "Name of the profile" => it.runtime;
        "figure" ["figure" Word Always], "Name of the figure" => &it.name;
        "value" ["value" Number Always], "Best estimate" => it.in_unit(it.figure.value);
        "low" ["95 % from" Number Always], "Lower end of the 95 % interval, where one is known" =>
            it.has_interval().then(|| it.in_unit(it.figure.low));
        "high" ["to" Number Always], "Upper end" => it.has_interval().then(|| it.in_unit(it.figure.high));
        "unit" ["unit" Word Always], "Unit of the three" => Some(unit(&it.name).1).filter(|it| !it.is_empty());
        "evidence" ["evidence" Word Always], "`measured`, `published` or `assumed`" => it.figure.evidence.to_string();
        "samples" ["samples" Count Always], "Samples that a fit made it of" => it.samples;
        "source", "Where it comes from, where the profile's source does not say" => it.figure.source.as_ref();
    }
}

impl RuntimeRow<'_> {
    fn cpu_seconds(&self) -> f64 {
        let cpu = &self.runtime.cpu;
        let decode = cpu.handler.get("decode").map_or(0.0, |kind| kind.at(self.event_bytes));
        (cpu.consume.at(self.event_bytes) + decode) * self.runtime.provenance.vcpu_speed
    }

    fn fetch(&self) -> Option<FetchCost> {
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
            format!("{}, {deployment}; the in-flight limit is for each {concurrency}", language.title),
            format!("{}{samples} by {}", it.kind, it.source),
            format!("on {} ({}), vCPU speed {speed}", it.machine, it.date),
        ];
        let on_request = "compared only where --runtimes names it or a workload runs in it today";
        facts.extend(self.runtime.on_request.then(|| on_request.to_owned()));
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

impl<'a> RuntimeFigures<'a> {
    /// Shows runtimes figure by figure.
    pub fn new(runtimes: Vec<RuntimeRow<'a>>) -> Self {
        let figures = runtimes.iter().flat_map(|RuntimeRow { runtime, .. }| {
            let row = |(name, figure)| FigureRow { runtime: &runtime.name, name, figure, samples: None };
            runtime.figures().into_iter().chain(runtime.language.figures()).map(row)
        });
        Self { figures: figures.collect(), runtimes }
    }
}

impl Report for RuntimeList<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        let all = self.0.iter().flat_map(|row| row.runtime.figures()).map(|(_, figure)| figure);
        let stated: Vec<&Figure> = all.filter(|figure| !figure.is_left_out()).collect();
        let measured = stated.iter().filter(|figure| figure.evidence == Evidence::Measured).count();
        document.heading(format!(
            "{}: {measured} of {} figures are measured",
            plural(self.0.len() as u64, "runtime"),
            stated.len()
        ));
        document.table(Records::of("runtimes", &columns(), &self.0).table());
        document.paragraph(format!(
            "CPU/event: reading and decoding {}. CPU is at speed 1.0, one AWS c7a vCPU. The events in a fetch share \
             its CPU. `tonnage catalog runtimes NAME` shows where each figure comes from.",
            event_size(self.0.first().map_or(0.0, |row| row.event_bytes))
        ));
        let on_request = self.0.iter().map(|row| row.runtime).filter(|runtime| runtime.on_request);
        let on_request: Vec<&str> = on_request.map(|runtime| runtime.name.as_str()).collect();
        if !on_request.is_empty() {
            document.paragraph(format!(
                "Compared only where --runtimes names it or a workload runs in it today: {}.",
                on_request.join(", ")
            ));
        }
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("runtimes", &columns(), &self.0)]
    }
}

impl Report for RuntimeFigures<'_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        for row in &self.runtimes {
            let Runtime { name, title, memory: held, .. } = row.runtime;
            document.heading(format!(
                "{name} ({title}): {} CPU per event of {}, {} a process that does nothing",
                seconds(row.cpu_seconds()),
                event_size(row.event_bytes),
                memory(held.base.value)
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
    let own = figures.filter_map(|row| Some((row.figure.source.as_ref()?, row.name.as_str())));
    let of_source = |all: Vec<(&String, &str)>| {
        let names: Vec<&str> = all.iter().map(|(_, name)| *name).collect();
        format!("{}: {}", names.join("; "), all[0].0)
    };
    grouped(own, |one, other| one.0 == other.0).into_iter().map(of_source).collect()
}

/// The unit that a figure is shown in, and how many of them make one of the model's.
fn unit(figure: &str) -> (f64, &'static str) {
    match figure {
        "sigma" | "kappa" | "service_scv" => (1.0, ""),
        "idle_cores" => (1.0, "cores"),
        own_code if own_code.starts_with("own code") => (1.0, ""),
        "startup" => (1.0, "s"),
        "a feature" => (1.0, "days"),
        "memory, base"
        | "memory, at work"
        | "memory, a thread"
        | "read ahead, a client"
        | "read ahead, a broker"
        | "read ahead, a partition" => (1.0 / MIB, "MiB"),
        "gc_factor" | "read ahead, brokers" => (1.0, ""),
        messages if messages.starts_with("read ahead, messages") => (1.0, "messages"),
        held if held.starts_with("memory, ") => (1.0, "B"),
        a_byte if a_byte.ends_with(", a byte") => (1e9, "ns"),
        "fetch, round trip" => (1e3, "ms"),
        _ => (1e6, "µs"),
    }
}
