//! What to do about a pipeline, and what to know of its figures, in words.

use crate::report::assumed;
use crate::report::figures::{and_last, event_size, per_day, percent, plural, rate, significant, usd};
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::terms::Terms;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::language::RangeEnd;
use tonnage_model::scenario::consumer::Consumer;
use tonnage_model::scenario::pipeline::{Blocked, PipelineVerdict, StageOption, Study};
use tonnage_model::scenario::segment::Link;

/// Why some options do not exist; what several runtimes lack is said once.
pub(super) fn impossible(study: &Study<'_>) -> Vec<String> {
    let mut lacking: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut points = BTreeSet::new();
    let alone = study.in_one_runtime.iter().map(|(_, option)| option);
    let options = [&study.cheapest, &study.today].into_iter().chain(alone);
    for reason in options.filter_map(|option| option.as_ref().err()).flatten() {
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
pub(super) fn stages<'s>(study: &'s Study<'_>, consumer: &Consumer<'_>) -> Vec<&'s str> {
    let links = study.links.iter().take(consumer.last + 1).skip(consumer.first);
    links.map(|link| link.problem.workload.name.as_str()).collect()
}

/// `route in go-franz, then enrich and score in python-confluent`; `all stages in go-franz`.
fn describe(study: &Study<'_>, option: &StageOption<'_>) -> String {
    let runtimes = option.runtimes();
    if runtimes.len() == 1 {
        return format!("all stages in {}", runtimes.into_iter().collect::<String>());
    }
    let parts = option
        .consumers
        .iter()
        .map(|consumer| format!("{} in {}", and_last(&stages(study, consumer)), consumer.plan.runtime.name));
    parts.collect::<Vec<_>>().join(", then ")
}

/// The verdict with the figures that decide it.
pub(super) fn sentence(study: &Study<'_>, terms: Terms) -> String {
    let saving = |from: f64, to: f64| format!("{} a month ({})", usd(from - to), percent((from - to) / from));
    let below = format!("less than min_saving ({})", usd(terms.min_saving_usd_per_month));
    let Some(chosen) = study.chosen() else { return "no runtime can run every stage.".to_owned() };
    let bill = chosen.usd_per_month();
    let run = format!("{}: {} a month", describe(study, chosen), usd(bill));
    let today = study.today.as_ref().ok().map(StageOption::usd_per_month);
    let (keep, before) = match study.runs() {
        true => ("keep", "today's runtimes"),
        false => ("run", "the runtimes assumed for today"),
    };
    let against_today = match today {
        Some(today) => format!("That saves {} against {before}", saving(today, bill)),
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
            format!("{keep} {run}. {rest}")
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
pub(super) fn notes(study: &Study<'_>) -> Vec<String> {
    let links = || study.links.iter();
    let mut notes = assumed::notes(links().map(|link| link.problem.workload));
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
    let without_code = named(|link| link.problem.workload.says_nothing_of_cpu());
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

/// The languages of the cheapest option that own code would have to be ported to, with how sure its CPU there is.
fn ported(study: &Study<'_>, option: &StageOption<'_>) -> Option<String> {
    let of_consumer = |consumer: &Consumer<'_>| {
        let runtime = consumer.plan.runtime;
        let links = study.links.iter().take(consumer.last + 1).skip(consumer.first);
        let shares = links.filter(|link| link.problem.today.carried.core_seconds > 0.0).filter_map(|link| {
            let own_code = link.problem.own_code(runtime);
            let [best, low, high] =
                [RangeEnd::Best, RangeEnd::Low, RangeEnd::High].map(|end| own_code.at(end));
            let [from, to] = [link.problem.current, runtime].map(|it| it.language.name.as_str());
            let [best_said, low_said, high_said] = [best, low, high].map(significant);
            (low < high).then(|| format!("{to} over {from} {best_said} ({low_said} to {high_said})"))
        });
        shares.collect::<Vec<_>>()
    };
    let shares: BTreeSet<String> = option.consumers.iter().flat_map(of_consumer).collect();
    (!shares.is_empty()).then(|| {
        format!(
            "Ported code is taken to need this share of its CPU: {}. Port a part and measure before you move.",
            shares.into_iter().collect::<Vec<_>>().join(", ")
        )
    })
}
