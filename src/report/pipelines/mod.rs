//! Pipelines: which stage runs where, what that costs beside the other options, and what to do.

mod wording;

use crate::report::Report;
use crate::report::column::{Column, Value, columns};
use crate::report::document::Document;
use crate::report::figures::{plural, usd};
use crate::report::p99;
use crate::report::records::Records;
use crate::report::traffic;
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::terms::Terms;
use tonnage_model::plan::Plan;
use tonnage_model::scenario::consumer::Consumer;
use tonnage_model::scenario::hop::Hop;
use tonnage_model::scenario::pipeline::{Blocked, StageOption, StageOptionOrNot, Study};
use wording::{impossible, notes, sentence, stages};

/// What to do about pipelines.
pub struct Pipelines<'s, 'a> {
    pipelines: Vec<PipelineRow<'s, 'a>>,
    options: Vec<OptionRow<'s, 'a>>,
    consumers: Vec<ConsumerRow<'s, 'a>>,
    /// Whether people see all options, the hops and all notes.
    details: bool,
}

/// What to do about one pipeline.
pub struct PipelineRow<'s, 'a> {
    study: &'s Study<'a>,
    sentence: String,
    hops: Vec<Hop>,
    notes: Vec<String>,
}

/// One option for a pipeline.
#[derive(Clone, Copy)]
pub struct OptionRow<'s, 'a> {
    study: &'s Study<'a>,
    /// `cheapest`, `today` or `one_runtime`.
    name: &'static str,
    /// The one runtime.
    runtime: Option<&'s str>,
    option: &'s StageOptionOrNot<'a>,
}

/// One consumer of an option; an option that does not exist has one row without a consumer.
pub struct ConsumerRow<'s, 'a> {
    option: OptionRow<'s, 'a>,
    consumer: Option<(usize, &'s Consumer<'a>)>,
}

/// Columns of `consumers`: one row for each option and consumer.
pub fn columns<'s, 'a>() -> Vec<Column<ConsumerRow<'s, 'a>>> {
    columns! { ConsumerRow<'s, 'a>, it;
        "pipeline", "Pipeline" => &it.option.study.pipeline.name;
        "option", "`cheapest`, `today` or `one_runtime`" => it.option.name;
        "consumer", "Position in the option, from 1" => it.consumer.map(|(at, _)| at);
        "stages" ["stages" Word Always], "Names of its stages, joined by `+`" =>
            it.consumer.map(|(_, consumer)| stages(it.option.study, consumer).join("+"));
        "runtime" ["runtime" Word Always], "Runtime" => it.plan().map_or(it.option.runtime, |plan| Some(&plan.runtime.name));
        "feasible", "Whether the option exists" => it.consumer.is_some();
        "reason", "Why not" => it.option.reason();
        "provider" ["provider" Word Rank(6)], "Cloud" => it.of(|plan| &plan.machine.provider);
        "region" ["region" Word Rank(5)], "Region" => it.of(|plan| &plan.machine.region);
        "instances" ["instances" Count Always], "Instances" => it.of(|plan| plan.count.instances);
        "instance_type" ["type" Word Always], "Machine type" => it.of(|plan| &plan.machine.instance_type);
        "workers_per_instance", "Processes, or threads of the one binary" => it.of(Plan::workers_per_instance);
        "cpu_seconds_per_event", "CPU of an event that it reads on this machine type, s" => it.of(Plan::service_seconds);
        "io_wait_seconds_per_event", "I/O wait of such an event, s" => it.of(|plan| plan.sizing.wait_seconds);
        "peak_events_per_second" ["peak" Rate Rank(4)], "Events/s that it reads at peak" => it.of(|plan| plan.sizing.peak_rate);
        "cpu_at_peak" ["CPU" Share Rank(7)], "Share of the vCPUs busy at peak" => it.of(|plan| plan.cpu_at_peak());
        "p99" ["p99" Word Table(2)], "p99 at peak, as a range" => it.of(|plan| p99::range(plan.p99_range()));
        "p99_seconds", "What queueing alone makes of p99 at peak, from reaching it to done there: the least that it can be, s" => it.of(|plan| plan.p99_seconds());
        "p99_ms_low", "The low end of its range, ms" => it.of(|plan| plan.p99_range().low * 1e3);
        "p99_ms_high", "The high end, ms" => it.of(|plan| plan.p99_range().high * 1e3);
        "partitions_required", "Partitions that its topic needs" => it.of(|plan| plan.partitions_required());
        "compute_usd_per_month" ["compute" Usd Rank(1)], "Machines, USD a month" => it.of(|plan| plan.usd_per_month);
        "traffic_usd_per_month" ["traffic" Usd Rank(1)], "Traffic between zones of what it reads and writes, USD a month" =>
            it.consumer.map(|(_, consumer)| consumer.traffic_usd_per_month());
        "usd_per_month" ["$/month" Usd Always], "Both, USD a month" => it.consumer.map(|(_, consumer)| consumer.usd_per_month());
        "bound_by" ["bound by" Word Rank(8)], "Constraint that set the number of instances" => it.of(|plan| plan.bound_by().to_string());
    }
}

/// Columns of `options`: the cheapest, as today, and each runtime alone.
pub fn option_columns<'s, 'a>() -> Vec<Column<OptionRow<'s, 'a>>> {
    columns! { OptionRow<'s, 'a>, it;
        "pipeline", "Pipeline" => &it.study.pipeline.name;
        "option" ["option" Word Always], "`cheapest`, `today` or `one_runtime`" => it.name;
        "runtime" ["runtime" Word Always], "The one runtime" => it.runtime;
        "feasible", "Whether the option exists" => it.option.is_ok();
        "reason", "Why not" => it.reason();
        "consumers" ["consumers" Count Rank(3)], "Consumer groups" => it.of(|option| option.consumers.len());
        "instances" ["instances" Count Rank(2)], "Instances" =>
            it.of(|option| option.consumers.iter().map(|it| it.plan.count.instances).sum::<u64>());
        "compute_usd_per_month" ["compute" Usd Rank(1)], "Machines, USD a month" => it.of(StageOption::compute_usd_per_month);
        "traffic_usd_per_month" ["traffic" Usd Rank(1)], "Traffic between zones, USD a month" => it.of(StageOption::traffic_usd_per_month);
        "usd_per_month" ["$/month" Usd Always], "Both, USD a month" =>
            it.of(StageOption::usd_per_month).best_if(it.over_cheapest() == Some(0));
        "over_cheapest_usd_per_month" ["over cheapest" Usd Always], "More than the cheapest, USD a month" =>
            it.over_cheapest().map(|micro_usd| micro_usd as f64 / 1e6);
    }
}

/// Columns of `pipelines`: what to do about each.
pub fn pipeline_columns<'s, 'a>() -> Vec<Column<PipelineRow<'s, 'a>>> {
    columns! { PipelineRow<'s, 'a>, it;
        "pipeline" ["pipeline" Word Always], "Pipeline" => &it.study.pipeline.name;
        "verdict" ["verdict" Word Always], "What to do" => it.study.verdict.word();
        "sentence", "The verdict in words" => &it.sentence;
        "usd_per_month" ["$/month" Usd Always], "Bill of what the verdict chooses, USD a month" =>
            it.study.chosen().map(StageOption::usd_per_month);
        "cheapest_usd_per_month", "Bill of the cheapest option, USD a month" => bill(&it.study.cheapest);
        "today_usd_per_month" ["today" Usd Always], "Bill in today's runtimes, USD a month" => bill(&it.study.today);
        "one_runtime", "The cheapest runtime for all stages" => it.study.cheapest_in_one_runtime().map(|(runtime, _)| &runtime.name);
        "one_runtime_usd_per_month", "Its bill, USD a month" =>
            it.study.cheapest_in_one_runtime().map(|(_, option)| option.usd_per_month());
        "saves_usd_per_month" ["saves" Usd Always], "What the verdict saves against today's runtimes, USD a month" => it.saves();
        "mixing_saves_usd_per_month", "What the cheapest option saves against the cheapest runtime alone, USD a month" => it.mixing_saves();
        "languages", "Languages of the cheapest option" => it.languages();
        "hops" ["hops" Number Nested], "Topics between the consumers of the cheapest option" =>
            Records::of("hops", &hop_columns(), &it.hops);
        "notes" ["notes" Number Nested], "What to know of these figures" => it.notes.iter().collect::<Vec<_>>();
    }
}

/// Columns of `hops`, the topics between two consumers. Costs are for one event that goes through it, at speed 1.0.
pub fn hop_columns() -> Vec<Column<Hop>> {
    columns! { Hop, it;
        "from" ["hop from" Word Always], "Stage that writes" => &it.from;
        "to" ["to" Word Always], "Stage that reads" => &it.to;
        "is_there_anyway", "Whether the topic is there in any case" => it.is_there_anyway;
        "peak_events_per_second" ["peak" Rate Always], "Events/s at peak" => it.peak_events_per_second;
        "peak_bytes_per_second", "Bytes/s at peak, written once and read once" => it.peak_bytes_per_second;
        "write_core_seconds" ["write" Seconds Rank(2)], "Writing it, core-s" => it.write_core_seconds;
        "read_core_seconds" ["read" Seconds Rank(2)], "Fetching and reading it, core-s" => it.read_core_seconds;
        "parse_core_seconds" ["parse" Seconds Rank(2)], "Parsing it again, core-s" => it.parse_core_seconds;
        "cores" ["cores" Number Always], "Cores busy at peak on both sides" => it.cores();
        "cross_zone_gb_per_month", "GB of 1e9 bytes that cross zones in a month" => it.cross_zone_gb_per_month;
        "traffic_usd_per_month" ["traffic" Usd Always], "Their price, USD a month" => it.traffic_usd_per_month;
    }
}

impl<'a> ConsumerRow<'_, 'a> {
    fn plan(&self) -> Option<&Plan<'a>> {
        self.consumer.map(|(_, consumer)| &consumer.plan)
    }

    fn of<'r, T: Into<Value<'r>>>(&'r self, quantity: impl Fn(&'r Plan<'a>) -> T) -> Value<'r> {
        self.plan().map(quantity).into()
    }
}

impl<'s, 'a> OptionRow<'s, 'a> {
    /// The cheapest, as today, and each runtime alone.
    fn all(study: &'s Study<'a>) -> Vec<Self> {
        let row = |name, runtime, option| Self { study, name, runtime, option };
        let mut all = vec![row("cheapest", None, &study.cheapest), row("today", None, &study.today)];
        let alone = study.in_one_runtime.iter();
        all.extend(alone.map(|(runtime, option)| row("one_runtime", Some(runtime.name.as_str()), option)));
        all
    }

    fn consumers(self) -> Vec<ConsumerRow<'s, 'a>> {
        match self.option {
            Ok(option) => consumers(self, option),
            Err(_) => vec![ConsumerRow { option: self, consumer: None }],
        }
    }

    fn of<'r, T: Into<Value<'r>>>(&'r self, quantity: impl Fn(&'r StageOption<'a>) -> T) -> Value<'r> {
        self.option.as_ref().ok().map(quantity).into()
    }

    fn reason(&self) -> Option<String> {
        let reasons = self.option.as_ref().err()?;
        Some(reasons.iter().map(Blocked::to_string).collect::<Vec<_>>().join("; "))
    }

    /// Millionths of a dollar a month.
    fn over_cheapest(&self) -> Option<u64> {
        let (bill, lowest) = (bill(self.option)?, bill(&self.study.cheapest)?);
        Some(micro_usd(bill).saturating_sub(micro_usd(lowest)))
    }
}

impl<'a> PipelineRow<'_, 'a> {
    fn mixing_saves(&self) -> Option<f64> {
        let one = self.study.cheapest_in_one_runtime().map(|(_, one)| one.usd_per_month());
        one.zip(bill(&self.study.cheapest)).map(|(one, mix)| one - mix)
    }

    fn languages(&self) -> Vec<&'a str> {
        self.study
            .cheapest
            .as_ref()
            .map(|option| option.languages().into_iter().collect())
            .unwrap_or_default()
    }

    fn saves(&self) -> Option<f64> {
        let chosen = self.study.chosen().map(StageOption::usd_per_month);
        bill(&self.study.today).zip(chosen).map(|(today, chosen)| today - chosen)
    }
}

impl Report for Pipelines<'_, '_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.answer());
        for row in &self.pipelines {
            self.describe(&mut document, row);
        }
        if self.details {
            document.list(self.general_notes());
        } else {
            document.paragraph("Add --details for every option, the hops and all notes.");
        }
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("consumers", &columns(), &self.consumers),
            Records::of("pipelines", &pipeline_columns(), &self.pipelines),
            Records::of("options", &option_columns(), &self.options),
        ]
    }
}

impl<'s, 'a> Pipelines<'s, 'a> {
    /// The report on studies; `details` adds all options, the hops and all notes for people.
    pub fn new(studies: &'s [Study<'a>], terms: Terms, details: bool) -> Self {
        let row = |study: &'s Study<'a>| PipelineRow {
            study,
            sentence: sentence(study, terms),
            hops: study.cheapest.as_ref().map(|option| option.hops(&study.links)).unwrap_or_default(),
            notes: notes(study),
        };
        let options: Vec<OptionRow<'s, 'a>> = studies.iter().flat_map(OptionRow::all).collect();
        Self {
            pipelines: studies.iter().map(row).collect(),
            consumers: options.iter().flat_map(|option| option.consumers()).collect(),
            options,
            details,
        }
    }

    /// The bill of all pipelines as advised, beside that in today's runtimes.
    fn answer(&self) -> String {
        let chosen = self.pipelines.iter().map(|row| row.study.chosen().map(StageOption::usd_per_month));
        let pipelines = plural(self.pipelines.len() as u64, "pipeline");
        let Some(all) = chosen.sum::<Option<f64>>() else {
            return format!("{pipelines}, not all of which can run");
        };
        let running = || self.pipelines.iter().filter(|row| row.study.runs());
        let saves: Option<f64> = running().map(PipelineRow::saves).sum();
        let against = match saves.filter(|_| running().next().is_some()) {
            Some(saves) if saves > 0.0 => format!(", {} less than in today's runtimes", usd(saves)),
            Some(_) => ", as much as in today's runtimes".to_owned(),
            None => String::new(),
        };
        format!("{pipelines}: {} a month{against}", usd(all))
    }

    fn describe(&self, document: &mut Document, row: &PipelineRow<'_, '_>) {
        let study = row.study;
        document.paragraph_on(&study.pipeline.name, &row.sentence);
        let options = OptionRow::all(study);
        let chosen = study.chosen().zip(options.first());
        let chosen = chosen.map(|(option, &row)| consumers(row, option)).unwrap_or_default();
        document.table(Records::of("consumers", &columns(), &chosen).table());
        if self.details {
            document.table(Records::of("options", &option_columns(), &options).table());
            document.table(Records::of("hops", &hop_columns(), &row.hops).table());
        }
        document.list(impossible(study).into_iter().chain(row.notes.iter().cloned()).collect());
    }

    /// What to know of all figures.
    fn general_notes(&self) -> Vec<String> {
        let mut notes = vec![
            "p99 is that of the events that one consumer reads, from reaching it to done there. That of the whole \
             chain is not their sum, and is not given."
                .to_owned(),
            "A hop costs CPU and traffic between zones on both sides. What brokers store and replicate comes on top."
                .to_owned(),
        ];
        notes.extend(self.pipelines.iter().find_map(|row| {
            let consumer = row.study.cheapest.as_ref().ok()?.consumers.first()?;
            Some(traffic::note(
                &consumer.plan.sizing.policy,
                &consumer.plan.machine.provider,
                "Reading the source and writing the end costs the same in every option; a hop adds its topic",
            ))
        }));
        if let Some(places) = self.pipelines.iter().map(|row| row.study.places).find(|&places| places > 1) {
            notes.push(format!(
                "Each option keeps to one of {places} regions; --provider and --region choose one."
            ));
        }
        notes
    }
}

fn consumers<'s, 'a>(row: OptionRow<'s, 'a>, option: &'s StageOption<'a>) -> Vec<ConsumerRow<'s, 'a>> {
    let consumer = |pair| ConsumerRow { option: row, consumer: Some(pair) };
    (1..).zip(&option.consumers).map(consumer).collect()
}

fn bill(option: &StageOptionOrNot<'_>) -> Option<f64> {
    option.as_ref().ok().map(StageOption::usd_per_month)
}
