//! Pipelines: which stage runs where, what that costs beside the other options, and what to do.

use super::Report;
use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{event_size, per_day, percent, plural, rate, significant, usd};
use super::records::Records;
use super::{medians, traffic};
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::terms::Terms;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::plan::Plan;
use tonnage_model::scenario::pipeline::{
    Blocked, Consumer, Hop, PipelineVerdict, StageOption, StageOptionOrNot, Study,
};
use tonnage_model::scenario::segment::Link;
use tonnage_model::workload::HandlerCost;

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
    vec![
        column(data("pipeline", "Pipeline"), |it| (&it.option.study.pipeline.name).into()),
        column(data("option", "`cheapest`, `today` or `one_runtime`"), |it| it.option.name.into()),
        column(data("consumer", "Position in the option, from 1"), |it| it.consumer.map(|(at, _)| at).into()),
        column(word("stages", "stages", "Names of its stages, joined by `+`"), |it| {
            it.consumer.map(|(_, consumer)| stages(it.option.study, consumer).join("+")).into()
        }),
        column(word("runtime", "runtime", "Runtime"), |it| {
            it.plan().map_or(it.option.runtime, |plan| Some(&plan.runtime.name)).into()
        }),
        column(data("feasible", "Whether the option exists"), |it| it.consumer.is_some().into()),
        column(data("reason", "Why not"), |it| it.option.reason().into()),
        column(word("provider", "provider", "Cloud").rank(6), |it| it.of(|plan| &plan.machine.provider)),
        column(word("region", "region", "Region").rank(5), |it| it.of(|plan| &plan.machine.region)),
        column(number("instances", "instances", Unit::Count, "Instances"), |it| {
            it.of(|plan| plan.size.instances)
        }),
        column(word("instance_type", "type", "Machine type"), |it| it.of(|plan| &plan.machine.instance_type)),
        column(data("workers_per_instance", "Processes, or threads of the one binary"), |it| {
            it.of(Plan::workers_per_instance)
        }),
        column(
            data("cpu_seconds_per_event", "CPU of an event that it reads on this machine type, s"),
            |it| it.of(Plan::service_seconds),
        ),
        column(data("io_wait_seconds_per_event", "I/O wait of such an event, s"), |it| {
            it.of(|plan| plan.sizing.wait_seconds)
        }),
        column(
            number("peak_events_per_second", "peak", Unit::Rate, "Events/s that it reads at peak").rank(4),
            |it| it.of(|plan| plan.sizing.peak_rate),
        ),
        column(
            number("utilization_at_peak", "CPU", Unit::Share, "Share of the vCPUs busy at peak").rank(7),
            |it| it.of(|plan| plan.size.utilization_at_peak),
        ),
        column(
            number("p99_seconds", "p99", Unit::Seconds, "p99 at peak from reaching it to done there, s")
                .rank(2),
            |it| it.of(|plan| plan.size.p99_seconds),
        ),
        column(data("partitions_required", "Partitions that its topic needs"), |it| {
            it.of(|plan| plan.size.partitions_required)
        }),
        column(
            number("compute_usd_per_month", "compute", Unit::Usd, "Machines, USD a month").rank(1),
            |it| it.of(|plan| plan.usd_per_month),
        ),
        column(
            number(
                "traffic_usd_per_month",
                "traffic",
                Unit::Usd,
                "Traffic between zones of what it reads and writes, USD a month",
            )
            .rank(1),
            |it| it.consumer.map(|(_, consumer)| consumer.traffic_usd_per_month()).into(),
        ),
        column(number("usd_per_month", "$/month", Unit::Usd, "Both, USD a month"), |it| {
            it.consumer.map(|(_, consumer)| consumer.usd_per_month()).into()
        }),
        column(word("bound_by", "bound by", "Constraint that set the number of instances").rank(8), |it| {
            it.of(|plan| plan.size.bound_by.to_string())
        }),
    ]
}

/// Columns of `options`: the cheapest, as today, and each runtime alone.
pub fn option_columns<'s, 'a>() -> Vec<Column<OptionRow<'s, 'a>>> {
    vec![
        column(data("pipeline", "Pipeline"), |it| (&it.study.pipeline.name).into()),
        column(word("option", "option", "`cheapest`, `today` or `one_runtime`"), |it| it.name.into()),
        column(word("runtime", "runtime", "The one runtime"), |it| it.runtime.into()),
        column(data("feasible", "Whether the option exists"), |it| it.option.is_ok().into()),
        column(data("reason", "Why not"), |it| it.reason().into()),
        column(number("consumers", "consumers", Unit::Count, "Consumer groups").rank(3), |it| {
            it.of(|option| option.consumers.len())
        }),
        column(number("instances", "instances", Unit::Count, "Instances").rank(2), |it| {
            it.of(|option| option.consumers.iter().map(|it| it.plan.size.instances).sum::<u64>())
        }),
        column(
            number("compute_usd_per_month", "compute", Unit::Usd, "Machines, USD a month").rank(1),
            |it| it.of(StageOption::compute_usd_per_month),
        ),
        column(
            number("traffic_usd_per_month", "traffic", Unit::Usd, "Traffic between zones, USD a month")
                .rank(1),
            |it| it.of(StageOption::traffic_usd_per_month),
        ),
        column(number("usd_per_month", "$/month", Unit::Usd, "Both, USD a month"), |it| {
            it.of(StageOption::usd_per_month).best_if(it.over_cheapest() == Some(0))
        }),
        column(
            number(
                "over_cheapest_usd_per_month",
                "over cheapest",
                Unit::Usd,
                "More than the cheapest, USD a month",
            ),
            |it| it.over_cheapest().map(|micro_usd| micro_usd as f64 / 1e6).into(),
        ),
    ]
}

/// Columns of `pipelines`: what to do about each.
pub fn pipeline_columns<'s, 'a>() -> Vec<Column<PipelineRow<'s, 'a>>> {
    vec![
        column(word("pipeline", "pipeline", "Pipeline"), |it| (&it.study.pipeline.name).into()),
        column(word("verdict", "verdict", "What to do"), |it| verdict(it.study.verdict).into()),
        column(data("sentence", "The verdict in words"), |it| (&it.sentence).into()),
        column(
            number("usd_per_month", "$/month", Unit::Usd, "Bill of what the verdict chooses, USD a month"),
            |it| it.study.chosen().map(StageOption::usd_per_month).into(),
        ),
        column(data("cheapest_usd_per_month", "Bill of the cheapest option, USD a month"), |it| {
            bill(&it.study.cheapest).into()
        }),
        column(
            number("today_usd_per_month", "today", Unit::Usd, "Bill in today's runtimes, USD a month"),
            |it| bill(&it.study.today).into(),
        ),
        column(data("one_runtime", "The cheapest runtime for all stages"), |it| {
            it.study.cheapest_in_one_runtime().map(|(runtime, _)| &runtime.name).into()
        }),
        column(data("one_runtime_usd_per_month", "Its bill, USD a month"), |it| {
            it.study.cheapest_in_one_runtime().map(|(_, option)| option.usd_per_month()).into()
        }),
        column(
            number(
                "saves_usd_per_month",
                "saves",
                Unit::Usd,
                "What the verdict saves against today's runtimes, USD a month",
            ),
            |it| it.saves().into(),
        ),
        column(
            data(
                "mixing_saves_usd_per_month",
                "What the cheapest option saves against the cheapest runtime alone, USD a month",
            ),
            |it| {
                let one = it.study.cheapest_in_one_runtime().map(|(_, one)| one.usd_per_month());
                one.zip(bill(&it.study.cheapest)).map(|(one, mix)| one - mix).into()
            },
        ),
        column(data("languages", "Languages of the cheapest option"), |it| {
            let cheapest = it.study.cheapest.as_ref().ok();
            cheapest
                .map(|option| option.languages().into_iter().collect::<Vec<_>>())
                .unwrap_or_default()
                .into()
        }),
        column(data("hops", "Topics between the consumers of the cheapest option").nested(), |it| {
            Records::of("hops", &hop_columns(), &it.hops).into()
        }),
        column(data("notes", "What to know of these figures").nested(), |it| {
            it.notes.iter().collect::<Vec<_>>().into()
        }),
    ]
}

/// Columns of `hops`, the topics between two consumers. Costs are for one event that goes through it, at speed 1.0.
pub fn hop_columns() -> Vec<Column<Hop>> {
    vec![
        column(word("from", "hop from", "Stage that writes"), |it| (&it.from).into()),
        column(word("to", "to", "Stage that reads"), |it| (&it.to).into()),
        column(data("is_there_anyway", "Whether the topic is there in any case"), |it| {
            it.is_there_anyway.into()
        }),
        column(number("peak_events_per_second", "peak", Unit::Rate, "Events/s at peak"), |it| {
            it.peak_events_per_second.into()
        }),
        column(data("peak_bytes_per_second", "Bytes/s at peak, written once and read once"), |it| {
            it.peak_bytes_per_second.into()
        }),
        column(number("write_core_seconds", "write", Unit::Seconds, "Writing it, core-s").rank(2), |it| {
            it.write_core_seconds.into()
        }),
        column(
            number("read_core_seconds", "read", Unit::Seconds, "Fetching and reading it, core-s").rank(2),
            |it| it.read_core_seconds.into(),
        ),
        column(
            number("parse_core_seconds", "parse", Unit::Seconds, "Parsing it again, core-s").rank(2),
            |it| it.parse_core_seconds.into(),
        ),
        column(number("cores", "cores", Unit::Number, "Cores busy at peak on both sides"), |it| {
            it.cores().into()
        }),
        column(data("cross_zone_gb_per_month", "GB of 1e9 bytes that cross zones in a month"), |it| {
            it.cross_zone_gb_per_month.into()
        }),
        column(number("traffic_usd_per_month", "traffic", Unit::Usd, "Their price, USD a month"), |it| {
            it.traffic_usd_per_month.into()
        }),
    ]
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

impl PipelineRow<'_, '_> {
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
        let saves: Option<f64> = self.pipelines.iter().map(PipelineRow::saves).sum();
        let against = match saves {
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

fn verdict(verdict: PipelineVerdict) -> &'static str {
    match verdict {
        PipelineVerdict::Stay => "stay",
        PipelineVerdict::OneRuntime => "one_runtime",
        PipelineVerdict::Mix => "mix",
        PipelineVerdict::None => "none",
    }
}

/// Why some options do not exist; what several runtimes lack is said once.
fn impossible(study: &Study<'_>) -> Vec<String> {
    let mut lacking: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut points = BTreeSet::new();
    let options = OptionRow::all(study);
    for reason in options.iter().filter_map(|row| row.option.as_ref().err()).flatten() {
        match reason {
            Blocked::Lacks { stage, capability, runtime } => {
                lacking.entry((stage, capability)).or_default().insert(runtime);
            }
            Blocked::NoPlan { .. } => {
                points.insert(reason.to_string());
            }
        }
    }
    let lacking = lacking.into_iter().map(|((stage, capability), runtimes)| {
        let runtimes: Vec<&str> = runtimes.into_iter().collect();
        format!("{stage} requires {capability}, which is missing in {}.", runtimes.join(", "))
    });
    lacking.chain(points).collect()
}

/// The names of the stages of a consumer.
fn stages<'s>(study: &'s Study<'_>, consumer: &Consumer<'_>) -> Vec<&'s str> {
    let links = study.links.iter().take(consumer.last + 1).skip(consumer.first);
    links.map(|link| link.problem.workload.name.as_str()).collect()
}

/// `route in go-franz, then enrich and score in python-confluent`; `all stages in go-franz`.
fn describe(study: &Study<'_>, option: &StageOption<'_>) -> String {
    let runtimes = option.runtimes();
    if runtimes.len() == 1 {
        return format!("all stages in {}", runtimes.into_iter().collect::<String>());
    }
    let parts = option.consumers.iter().map(|consumer| {
        let names = match stages(study, consumer).split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        format!("{names} in {}", consumer.plan.runtime.name)
    });
    parts.collect::<Vec<_>>().join(", then ")
}

/// The verdict with the figures that decide it.
fn sentence(study: &Study<'_>, terms: Terms) -> String {
    let saving = |from: f64, to: f64| format!("{} a month ({})", usd(from - to), percent((from - to) / from));
    let below = format!("less than the {} that a change has to save", usd(terms.min_saving_usd_per_month));
    let Some(chosen) = study.chosen() else { return "no runtime can run every stage.".to_owned() };
    let bill = chosen.usd_per_month();
    let run = format!("{}: {} a month", describe(study, chosen), usd(bill));
    let today = study.today.as_ref().ok().map(StageOption::usd_per_month);
    let against_today = match today {
        Some(today) => format!("That saves {} against today's runtimes", saving(today, bill)),
        None => "Today's runtimes cannot run it".to_owned(),
    };
    match study.verdict {
        PipelineVerdict::Stay | PipelineVerdict::None => {
            let cheapest = study.cheapest.as_ref().ok().map(|cheapest| (cheapest, cheapest.usd_per_month()));
            let rest = match cheapest.filter(|&(_, least)| micro_usd(least) < micro_usd(bill)) {
                Some((cheapest, least)) => format!(
                    "The cheapest option, {}, would save {}, {below}.",
                    describe(study, cheapest),
                    saving(bill, least)
                ),
                None => "No option is cheaper.".to_owned(),
            };
            format!("keep {run}. {rest}")
        }
        PipelineVerdict::OneRuntime => {
            let mixing = match study.mix() {
                Some(mix) => format!(
                    "A mix, {}, would save {} more, {below}.",
                    describe(study, mix),
                    saving(bill, mix.usd_per_month())
                ),
                None => "No mix of runtimes is cheaper.".to_owned(),
            };
            format!("run {run}. {against_today}. {mixing}")
        }
        PipelineVerdict::Mix => {
            let alone = match study.cheapest_in_one_runtime() {
                Some((one, alone))
                    if study.today.as_ref().is_ok_and(|it| it.runtimes() == alone.runtimes()) =>
                {
                    format!("; {} is also the cheapest single runtime", one.name)
                }
                Some((one, alone)) => format!(
                    " and {} against the cheapest single runtime, {}",
                    saving(alone.usd_per_month(), bill),
                    one.name
                ),
                None => "; no single runtime can run every stage".to_owned(),
            };
            let hops = plural(chosen.hops(&study.links).len() as u64, "hop");
            format!("run {run}, {hops} included. {against_today}{alone}.")
        }
    }
}

/// What to know of the figures of one pipeline.
fn notes(study: &Study<'_>) -> Vec<String> {
    let links = || study.links.iter();
    let mut notes = Vec::from_iter(medians::note(links().map(|link| link.problem.workload)));
    let Ok(option) = &study.cheapest else { return notes };
    if let Some(source) = study.links.first().map(|link| link.problem.workload) {
        let (events, size) = (per_day(source.events_per_day), event_size(source.event_bytes));
        notes.push(format!("The source has {events} of {size}, {} at peak.", rate(source.peak_rate())));
    }
    let languages: Vec<&str> = option.languages().into_iter().collect();
    if languages.len() > 1 {
        notes.push(format!(
            "The cheapest option has {} languages to build, deploy and be on call for: {}. That is not priced.",
            languages.len(),
            languages.join(" and ")
        ));
    }
    let hops = option.hops(&study.links);
    let kept: Vec<&str> = hops.iter().filter(|hop| hop.is_there_anyway).map(|hop| hop.to.as_str()).collect();
    if !kept.is_empty() {
        notes.push(format!("Paid in every option (boundary): the hop to {}.", kept.join(", ")));
    }
    let named = |is_meant: fn(&Link<'_>) -> bool| {
        let meant = links().filter(|link| is_meant(link)).map(|link| link.problem.workload.name.as_str());
        meant.collect::<Vec<_>>().join(", ")
    };
    let without_code = named(|link| link.problem.workload.handler_cost == HandlerCost::Profile);
    if !without_code.is_empty() {
        notes.push(format!("Without handler_ms the stage's own code counts as free: {without_code}."));
    }
    let inferred = named(|link| link.problem.today.wait_basis == WaitBasis::InferredFromCpu);
    if !inferred.is_empty() {
        notes.push(format!(
            "The wait is inferred from io_ratio and CPU alone and is probably too short; give handler_ms or \
             io_wait_ms: {inferred}."
        ));
    }
    notes.extend(ported(study, option));
    notes
}

/// The runtimes of the cheapest option that own code would have to be ported to, with how sure its CPU there is.
fn ported(study: &Study<'_>, option: &StageOption<'_>) -> Option<String> {
    let runs_ported_code = |consumer: &&Consumer<'_>| {
        let runtime = consumer.plan.runtime;
        let mut links = study.links.iter().take(consumer.last + 1).skip(consumer.first);
        let is_ported = |link: &Link<'_>| {
            link.problem.current.language != runtime.language && link.problem.today.handler_core_seconds > 0.0
        };
        runtime.cpu.compute_factor.low < runtime.cpu.compute_factor.high && links.any(is_ported)
    };
    let factors: BTreeSet<String> = option
        .consumers
        .iter()
        .filter(runs_ported_code)
        .map(|consumer| {
            let factor = &consumer.plan.runtime.cpu.compute_factor;
            let [best, low, high] = [factor.value, factor.low, factor.high].map(significant);
            format!("{} {best} ({low} to {high})", consumer.plan.runtime.name)
        })
        .collect();
    (!factors.is_empty()).then(|| {
        format!(
            "Ported code is taken to need this share of CPython's CPU: {}. Port a part and measure before you move.",
            factors.into_iter().collect::<Vec<_>>().join(", ")
        )
    })
}
