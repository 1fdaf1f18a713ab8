//! Pipelines for people: which stage runs where, what else there is, what to do.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, event_size, per_day, percent, plural, rate, seconds, significant, usd, whole};
use super::medians;
use super::plan::plans::{machines as deployment, place};
use super::traffic;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::terms::Terms;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::scenario::pipeline::{
    Blocked, Consumer, Hop, PipelineVerdict, StageOption, StageOptionOrNot, Study,
};
use tonnage_model::scenario::segment::Link;
use tonnage_model::workload::HandlerCost;

/// The whole report.
pub fn document(studies: &[Study<'_>], terms: Terms) -> Document {
    let mut document = Document::default();
    for study in studies {
        document.heading(title(study));
        if let Ok(way) = &study.cheapest {
            document.table(consumers(study, way));
            document.table(hops(&way.hops(&study.links)));
        }
        document.table(ways(study));
        document.list(impossible(study));
        document.paragraph_on(&study.pipeline.name, sentence(study, terms));
        let medians = medians::note(study.links.iter().map(|link| link.problem.workload));
        document.list(medians.into_iter().chain(notes(study)).collect());
    }
    document
}

fn title(study: &Study<'_>) -> String {
    let stages = plural(study.links.len() as u64, "stage");
    let source = study.links.first().map(|link| {
        let workload = link.problem.workload;
        let size = event_size(workload.event_bytes);
        format!(", {} of {size}, {} at peak", per_day(workload.events_per_day), rate(workload.peak_rate()))
    });
    format!("{}: {stages}{}", study.pipeline.name, source.unwrap_or_default())
}

/// The cheapest way, a row for each consumer.
fn consumers(study: &Study<'_>, way: &StageOption<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::words("cheapest way", 0),
        Column::words("runtime", 0),
        Column::numbers("takes", 1),
        Column::words("machines", 0),
        Column::words("where", 6),
        Column::numbers("CPU", 3),
        Column::numbers("p99", 2),
        Column::numbers("compute", 0),
        Column::numbers("traffic", 4),
        Column::words("bound by", 5),
    ]);
    for consumer in &way.consumers {
        let plan = &consumer.plan;
        table.row(vec![
            stages(study, consumer).join(" + ").into(),
            Cell::new(&plan.runtime.name),
            rate(plan.sizing.peak_rate).into(),
            deployment(plan).into(),
            place(plan.machine).into(),
            percent(plan.size.utilization_at_peak).into(),
            seconds(plan.size.p99_seconds).into(),
            usd(plan.usd_per_month).into(),
            usd(consumer.traffic_usd_per_month()).into(),
            plan.size.bound_by.to_string().into(),
        ]);
    }
    table
}

/// The topics between its consumers.
fn hops(hops: &[Hop]) -> Table {
    let mut table = Table::new(vec![
        Column::words("hop", 0),
        Column::numbers("events", 0),
        Column::numbers("bytes", 1),
        Column::numbers("write", 2),
        Column::numbers("read", 2),
        Column::numbers("parse", 2),
        Column::numbers("cores", 0),
        Column::numbers("traffic", 0),
    ]);
    for hop in hops {
        table.row(vec![
            format!("{} to {}", hop.from, hop.to).into(),
            rate(hop.peak_events_per_second).into(),
            format!("{}/s", event_size(hop.peak_bytes_per_second)).into(),
            seconds(hop.write_core_seconds).into(),
            seconds(hop.read_core_seconds).into(),
            seconds(hop.parse_core_seconds).into(),
            significant(hop.cores()).into(),
            usd(hop.traffic_usd_per_month).into(),
        ]);
    }
    table
}

/// All ways side by side.
fn ways(study: &Study<'_>) -> Table {
    let mut table = Table::new(vec![
        Column::words("way", 0),
        Column::numbers("consumers", 3),
        Column::numbers("machines", 2),
        Column::numbers("compute", 1),
        Column::numbers("traffic", 1),
        Column::numbers("$/month", 0),
        Column::numbers("over the cheapest", 0),
    ]);
    let lowest = study.cheapest.as_ref().ok().map(StageOption::usd_per_month);
    let mut row = |title: String, way: &StageOptionOrNot<'_>| {
        let Ok(way) = way else {
            let no = Cell::new("infeasible").toned(Tone::Bad);
            let none = || Cell::new(NONE);
            table.row(vec![title.into(), none(), none(), none(), none(), no, none()]);
            return;
        };
        let bill = way.usd_per_month();
        let over = lowest.map_or(NONE.into(), |lowest| usd(bill - lowest));
        let is_lowest = lowest.is_some_and(|lowest| micro_usd(bill) == micro_usd(lowest));
        let machines = way.consumers.iter().map(|consumer| consumer.plan.size.instances as f64).sum();
        table.row(vec![
            title.into(),
            whole(way.consumers.len() as f64).into(),
            whole(machines).into(),
            usd(way.compute_usd_per_month()).into(),
            usd(way.traffic_usd_per_month()).into(),
            Cell::new(usd(bill)).toned(if is_lowest { Tone::Good } else { Tone::Plain }),
            if is_lowest { "$0".into() } else { over.into() },
        ]);
    };
    row("cheapest".into(), &study.cheapest);
    row("as today".into(), &study.today);
    for (runtime, way) in &study.in_one_runtime {
        row(format!("all in {}", runtime.name), way);
    }
    table
}

/// Why some ways are none; what several runtimes lack is said once.
fn impossible(study: &Study<'_>) -> Vec<String> {
    let of_runtimes = study.in_one_runtime.iter().map(|(_, way)| way);
    let all = std::iter::once(&study.today).chain(of_runtimes).chain(std::iter::once(&study.cheapest));
    let mut lacking: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let mut points = BTreeSet::new();
    for reason in all.filter_map(|way| way.as_ref().err()).flatten() {
        match reason {
            Blocked::Lacks { stage, capability, runtime } => {
                let runtimes = lacking.entry((stage, capability)).or_default();
                if !runtimes.contains(&runtime.as_str()) {
                    runtimes.push(runtime);
                }
            }
            Blocked::NoPlan { .. } => {
                points.insert(reason.to_string());
            }
        }
    }
    let lacking = lacking.into_iter().map(|((stage, capability), runtimes)| {
        format!("{stage} requires {capability}, which is not to be had in {}", runtimes.join(", "))
    });
    lacking.chain(points).collect()
}

/// The names of stages from one to another.
pub fn stages<'s>(study: &'s Study<'_>, consumer: &Consumer<'_>) -> Vec<&'s str> {
    let links = study.links.iter().take(consumer.last + 1).skip(consumer.first);
    links.map(|link| link.problem.workload.name.as_str()).collect()
}

/// `route in go-franz before enrich and score in python-confluent`; `all of it in go-franz`.
fn describe(study: &Study<'_>, way: &StageOption<'_>) -> String {
    let runtimes = way.runtimes();
    if runtimes.len() == 1 {
        return format!("all of it in {}", runtimes.into_iter().collect::<String>());
    }
    let parts = way.consumers.iter().map(|consumer| {
        let names = match stages(study, consumer).split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        format!("{names} in {}", consumer.plan.runtime.name)
    });
    parts.collect::<Vec<_>>().join(" before ")
}

/// The verdict with the figures that decide it.
pub fn sentence(study: &Study<'_>, terms: Terms) -> String {
    let a_month = |usd_per_month: f64| format!("{} a month", usd(usd_per_month));
    let today = study.today.as_ref().ok().map(StageOption::usd_per_month);
    let saving = |from: f64, to: f64| format!("{} ({})", a_month(from - to), percent((from - to) / from));
    let least = usd(terms.min_saving_usd_per_month);
    let below = format!("below the {least} that a change has to be worth");
    let against_today = |bill: f64| match today {
        Some(today) => format!("That saves {} against today's runtimes", saving(today, bill)),
        None => "Today's runtimes have no plan for it".to_owned(),
    };
    match (study.verdict, study.chosen()) {
        (PipelineVerdict::Stay, Some(way)) => {
            let bill = way.usd_per_month();
            let rest = match &study.cheapest {
                Ok(cheapest) if micro_usd(cheapest.usd_per_month()) < micro_usd(bill) => format!(
                    "The cheapest, {}, would save {}, {below}.",
                    describe(study, cheapest),
                    saving(bill, cheapest.usd_per_month())
                ),
                _ => "Nothing that was compared is cheaper.".to_owned(),
            };
            format!("Stay as today, {}, at {}. {rest}", describe(study, way), a_month(bill))
        }
        (PipelineVerdict::OneRuntime, Some(way)) => {
            let bill = way.usd_per_month();
            let mixing = match study.mix() {
                Some(mix) => format!(
                    "Mixing, {}, would save {} more, {below}.",
                    describe(study, mix),
                    saving(bill, mix.usd_per_month())
                ),
                None => "No mix of runtimes is cheaper.".to_owned(),
            };
            format!(
                "One language wins: {}, {}. {}. {mixing}",
                describe(study, way),
                a_month(bill),
                against_today(bill)
            )
        }
        (PipelineVerdict::Mix, Some(way)) => {
            let bill = way.usd_per_month();
            let against = match (study.cheapest_in_one_runtime(), &study.today) {
                (Some((one, alone)), Ok(today)) if today.runtimes() == alone.runtimes() => format!(
                    "That saves {} against {}, which runs all of it today and is the cheapest alone",
                    saving(today.usd_per_month(), bill),
                    one.name
                ),
                (Some((one, alone)), _) => format!(
                    "{}, and {} against the cheapest alone, {}",
                    against_today(bill),
                    saving(alone.usd_per_month(), bill),
                    one.name
                ),
                (None, _) => format!("{}; no runtime has a plan for all stages", against_today(bill)),
            };
            let hops = plural(way.hops(&study.links).len() as u64, "hop");
            format!("Mix: {}, {}, {hops} included. {against}.", describe(study, way), a_month(bill))
        }
        _ => "No plan: there is a stage that no runtime carries.".to_owned(),
    }
}

/// What to know of these figures.
pub fn notes(study: &Study<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let Ok(way) = &study.cheapest else { return notes };
    if let (true, Some(consumer)) = (study.places > 1, way.consumers.first()) {
        notes.push(format!(
            "Each way keeps to one region, out of {} (--provider and --region choose); the cheapest way is in {}.",
            study.places,
            place(consumer.plan.machine)
        ));
    }
    let languages: Vec<&str> = way.languages().into_iter().collect();
    if languages.len() > 1 {
        notes.push(format!(
            "The cheapest way has {} languages to build, deploy and be on call for: {}. That is not priced.",
            languages.len(),
            languages.join(" and ")
        ));
    }
    if way.consumers.len() > 1 {
        notes.push(
            "p99 is that of the events which one consumer reads, from reaching it to done there. That of the whole \
             chain is not their sum, and is not given."
                .into(),
        );
        notes.push(
            "A hop is priced as CPU and traffic between zones on both sides. What brokers store and replicate comes \
             on top."
                .into(),
        );
    }
    if let Some(consumer) = way.consumers.first() {
        notes.push(traffic::note(
            &consumer.plan.sizing.policy,
            "What is read from the source and written at the end is the same in every way; a hop adds what goes \
             through its topic",
        ));
    }
    let hops = way.hops(&study.links);
    let kept: Vec<&str> = hops.iter().filter(|hop| hop.is_there_anyway).map(|hop| hop.to.as_str()).collect();
    if !kept.is_empty() {
        notes.push(format!("Paid in any case (boundary): the hop to {}.", kept.join(", ")));
    }
    let named = |is_meant: fn(&Link<'_>) -> bool| {
        let meant = study.links.iter().filter(|link| is_meant(link));
        meant.map(|link| link.problem.workload.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let without_code = named(|link| link.problem.workload.handler_cost == HandlerCost::Profile);
    if !without_code.is_empty() {
        notes.push(format!("Without handler_ms, code of one's own counts as free: {without_code}."));
    }
    let inferred = named(|link| link.problem.today.wait_basis == WaitBasis::InferredFromCpu);
    if !inferred.is_empty() {
        notes.push(format!(
            "The wait is inferred from io_ratio and CPU alone, and is probably too short; give handler_ms or \
             io_wait_ms: {inferred}."
        ));
    }
    notes.extend(ported(study, way));
    notes
}

/// The runtimes of the cheapest way that own code would have to be ported to, with how sure its CPU there is.
fn ported(study: &Study<'_>, way: &StageOption<'_>) -> Option<String> {
    let runs_ported_code = |consumer: &&Consumer<'_>| {
        let runtime = consumer.plan.runtime;
        let mut links = study.links.iter().take(consumer.last + 1).skip(consumer.first);
        let is_ported = |link: &Link<'_>| {
            link.problem.current.language != runtime.language && link.problem.today.handler_core_seconds > 0.0
        };
        runtime.cpu.compute_factor.low < runtime.cpu.compute_factor.high && links.any(is_ported)
    };
    let factors: BTreeSet<String> = way
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
            "Own code is carried over by a compute factor, CPython being 1: {}. Port a part and measure before a \
             move.",
            factors.into_iter().collect::<Vec<_>>().join(", ")
        )
    })
}
