//! What runs today, and what a verdict turns on, in words.

use super::best::at_best;
use super::plans::machines;
use crate::report::column::Value;
use crate::report::figures::{and_last, listed, more, percent, plural, plural_of, significant, usd};
use std::cell::LazyCell;
use tonnage_model::blank::Blank;
use tonnage_model::capacity::infeasible::GIVES_UP_ORDER;
use tonnage_model::decide::alternative::AlternativeKind;
use tonnage_model::decide::baseline::{Baseline, Busiest, KNOWN_TO, Proviso};
use tonnage_model::decide::change::Change;
use tonnage_model::decide::depends_on::{Answer, DependsOn, Given};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::demand::vcpu::share_in_use;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::{Concurrency, Deployment};

/// The word for a verdict in CSV and JSON; none where there is none.
pub fn verdict(verdict: &Verdict) -> Option<&'static str> {
    Some(match verdict {
        Verdict::Stay => "stay",
        Verdict::RightSize => "right_size",
        Verdict::Alternative { .. } => "alternative",
        Verdict::Move => "move",
        Verdict::DependsOn(_) => "depends_on",
        Verdict::Contradictory => return None,
        Verdict::None => "none",
    })
}

/// That what runs today falls behind at peak, or may, with the figures that say so.
pub fn lag(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = &entry.recommendation;
    let Baseline { footing, observed, busy_at_peak, busiest_at_peak, handling_at_peak, .. } = it.baseline;
    let Problem { workload, ref today, .. } = entry.problem;
    let peak = significant(workload.peak_factor);
    let at_peak = share_in_use(workload, entry.problem.current_machine, workload.peak_factor);
    let is_measured = at_peak.is_some() && at_peak >= busy_at_peak;
    let fetches = handling_at_peak.filter(|handling| is_measured && at_peak > Some(handling + 0.01));
    let aside = fetches.map_or_else(String::new, |busy| format!(", {} fetching aside", percent(busy)));
    let measured = observed.zip(at_peak).filter(|_| is_measured);
    let busiest = busiest_at_peak.unwrap_or(Busiest::Machine);
    let busy = busy_at_peak.or(at_peak).unwrap_or(1.0);
    let told = measured.map_or(busy, |(_, peak)| peak);
    let best = LazyCell::new(|| match busiest {
        Busiest::Machine => at_best(entry, told),
        _ => String::new(),
    });
    let would_be = || format!("{} at peak{}{aside}", would_be(busiest, busy), *best);
    if !footing.lags && !footing.is_at_limit {
        let assumed = match workload.blanks.has(Blank::PeakFactor) {
            true => format!(" ({peak} times the mean, as peak_factor is blank)"),
            false => String::new(),
        };
        let Proviso { cell, below_peak, busy, unless_in_flight } =
            it.baseline.keeps_up_if.filter(|_| it.is_strained())?;
        let behind = below_peak.map_or_else(String::new, |factor| {
            let unless = unless_in_flight.map_or_else(String::new, |least| {
                format!(", unless {}, blank too, is {least} or more", Blank::InFlight)
            });
            format!("falls behind from a {} of {} on{unless}", Blank::PeakFactor, significant(factor))
        });
        if cell == Blank::PeakFactor {
            let give = unless_in_flight.map_or("it", |_| "both");
            return Some(format!("{}{assumed}, and it {behind}: give {give}", would_be()));
        }
        let said = proviso(entry, cell, &format!("{} busy at peak{assumed}", percent(busy)))?;
        let and = below_peak
            .map_or_else(String::new, |_| format!("; even if they take more, it {behind}: give that too"));
        return Some(said + &and);
    }
    let busy = match measured {
        Some((mean, peak)) => format!(
            "today's machines are {} busy on average, {} at peak{}{aside}",
            percent(mean),
            percent(peak),
            *best
        ),
        None => would_be(),
    };
    if busiest == Busiest::Memory && measured.is_none() {
        let column = match (workload.memory_bytes_today, workload.state_bytes) {
            (None, None) => "memory_mib, which is blank,",
            (None, Some(_)) => "state_mib",
            (Some(_), _) => "memory_mib",
        };
        return Some(match footing.lags {
            true => {
                format!("{busy} at a peak_factor of {peak}: it runs out of it, or {column} says otherwise")
            }
            false => format!("{busy}, known to {}: {column} decides whether it fits", percent(KNOWN_TO)),
        });
    }
    let is_in_flight = matches!(busiest, Busiest::InFlight(_));
    let guessed = is_in_flight && today.wait_basis == WaitBasis::InferredFromCpu;
    let ratio =
        if guessed { format!("io_ratio ({}) or ", percent(workload.io_ratio)) } else { String::new() };
    // A process that is busy on its core is so however many events it takes at a time.
    let of_core = entry.problem.cpu_of_time_today() * busy_at_peak.unwrap_or(0.0);
    let has_one_core = entry.problem.current.deployment == Deployment::Processes;
    let is_core = has_one_core && of_core >= 1.0 - KNOWN_TO;
    let several = is_in_flight && workload.in_flight.is_none() && !is_core;
    let factor = match workload.outlook.peak_below_hours {
        Some(given) => {
            format!("the busiest of hourly ({peak} times the mean; peak_factor says {})", significant(given))
        }
        None => format!("peak_factor ({peak})"),
    };
    Some(match footing.lags {
        true => {
            let several =
                if several { "has more than one event in flight (in_flight is blank), " } else { "" };
            let is_told = matches!(it.step(), Some(Change::Processes(_)));
            let more = if is_told { None } else { entry.option_search().processes() };
            let more = more.and_then(|it| it.to).map_or_else(String::new, |more| {
                format!("; {more} on the same machines, each with fewer partitions, would keep up")
            });
            let of_one = of_one_machine(&entry.problem).map_or_else(String::new, |(of_one, all)| {
                let one = if entry.problem.pods_today().is_some() { "pod" } else { "machine" };
                format!("current_processes ({of_one}) is of one {one} and {all} run, ")
            });
            format!("{busy}: it falls behind at peak, {several}{of_one}or {ratio}{factor} is too high{more}")
        }
        false => {
            let several = if several { "in_flight (blank), " } else { "" };
            // What the best estimates say is farther apart than that.
            let known =
                if best.is_empty() { format!(", known to {}", percent(KNOWN_TO)) } else { String::new() };
            format!("{busy}{known}: {several}{ratio}{factor} decides whether it keeps up")
        }
    })
}

/// What of today falls behind at peak as is usual, and the blank cell that may say otherwise.
fn proviso(entry: &PlannedWorkload<'_>, cell: Blank, busy: &str) -> Option<String> {
    let (problem, workload) = (&entry.problem, entry.problem.workload);
    if cell == Blank::InFlight {
        let (events, _) = problem.in_flight_today()?;
        return Some(format!(
            "today's busiest partition would be {busy} with one event in flight, but {} are on average, and {} run: set in_flight",
            significant(events),
            running(problem)?,
        ));
    }
    let is_blank = workload.current_processes.is_none();
    let pods = problem.pods_today().filter(|_| is_blank);
    if let Some(pods) = pods
        .filter(|_| cell == Blank::CurrentProcesses && workload.concurrency != Some(Concurrency::Consumer))
    {
        return Some(format!(
            "today's {} would be {busy} if each is one process, as is usual: set {cell} where a pod has several",
            plural(pods, "pod"),
        ));
    }
    Some(format!(
        "today's {} would be {busy} if each takes {} at a time, as is usual: set {cell}{}",
        match pods {
            Some(pods) => plural(pods, "pod"),
            None if is_blank => "processes, one a vCPU,".to_owned(),
            None => "processes".to_owned(),
        },
        plural(workload.in_flight.unwrap_or(1).into(), "event"),
        match (cell, pods) {
            (Blank::Concurrency, None) if is_blank => {
                " (consumer or partition), in_flight, or current_processes where more run"
            }
            (Blank::Concurrency, None) => " (consumer or partition)",
            (_, None) => " where more run, else in_flight",
            (Blank::Concurrency, Some(_)) => {
                " (consumer or partition), or current_processes where a pod has several"
            }
            _ => " where a pod has several, else in_flight",
        },
    ))
}

/// Processes given that may be those of one machine, and how many all have then.
fn of_one_machine(problem: &Problem<'_>) -> Option<(u32, u32)> {
    let Problem { workload, current, current_machine, .. } = *problem;
    let vcpus = current_machine.filter(|_| current.deployment == Deployment::Processes)?.vcpus;
    workload.processes_if_of_one_machine().filter(|(of_one, _)| *of_one <= vcpus)
}

/// What runs today: `4 pods`, or `4 processes` where these are given.
pub fn running(problem: &Problem<'_>) -> Option<String> {
    match problem.workload.current_processes {
        Some(processes) => Some(plural_of(processes.into(), ("process", "processes"))),
        None => Some(plural_of(problem.processes_today()?, ("pod", "pods"))),
    }
}

/// How busy what of today is busiest would be: `today's busiest process would be 191 % busy`.
fn would_be(busiest: Busiest, busy: f64) -> String {
    let busy = percent(busy);
    match busiest {
        Busiest::Machine => format!("today's machines would be {busy} busy"),
        Busiest::Process | Busiest::Reader | Busiest::InFlight(_) => {
            format!("today's busiest {} would be {busy} busy", noun(busiest))
        }
        Busiest::Memory => format!("today's machines would need {busy} of their memory"),
    }
}

/// What of today is busiest.
pub(super) fn noun(busiest: Busiest) -> &'static str {
    match busiest {
        Busiest::Machine | Busiest::Memory => "machine",
        Busiest::Process => "process",
        Busiest::Reader => "reader",
        Busiest::InFlight(holder) => holder.word(),
    }
}

/// What was assumed of the runtime today, where nobody says.
pub fn assumed_runtime(entry: &PlannedWorkload<'_>) -> Option<String> {
    let is_blank = entry.problem.workload.blanks.has(Blank::CurrentRuntime);
    is_blank.then(|| format!("current_runtime is blank; {} is assumed", entry.problem.current.name))
}

/// A value of a column.
fn shown(column: &str, value: f64) -> String {
    if column == Blank::NativeShare.word() { percent(value) } else { significant(value) }
}

/// Figures beside the one asked for that a sentence names; more are in JSON.
const MOST_NAMED: usize = 2;

/// The columns that a verdict turns on.
pub fn columns(it: &DependsOn) -> String {
    let mut all = vec![it.column];
    for Given { column, .. } in &it.given {
        if !all.contains(column) {
            all.push(column);
        }
    }
    if all.len() <= 1 + MOST_NAMED { and_last(&all) } else { listed(all, 1 + MOST_NAMED) }
}

/// What a verdict turns on, with both answers.
pub fn question(it: &DependsOn, entry: &PlannedWorkload<'_>) -> String {
    format!("it depends on {}", to_give(it, entry))
}

/// The columns to give, with both answers.
pub fn to_give(it: &DependsOn, entry: &PlannedWorkload<'_>) -> String {
    let why = match it.holds.zip(entry.recommendation.chosen.as_ref()) {
        Some((share, plan)) => {
            format!(", as {} hold in only {} of the samples", machines(plan), percent(share))
        }
        None if it.threshold.is_none() && it.given.is_empty() => ", which is blank".to_owned(),
        None => String::new(),
    };
    format!("{}{why}: {}", columns(it), answers(it, entry))
}

/// What is to be done with the columns that a verdict turns on.
pub fn verb(it: &DependsOn) -> &'static str {
    if it.holds.is_some() { "narrow" } else { "give" }
}

/// What it would take for another verdict, where that is unlikely.
pub fn unlikely(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = entry.unlikely()?;
    Some(format!("only an unlikely {} changes the verdict: {}", it.column, answers(&it, entry)))
}

/// What it turns on which step mends what falls behind, with both.
pub fn mended_by(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = entry.recommendation.questions.mended_by.as_ref()?;
    Some(format!("which step mends it depends on {}: {}", columns(it), answers(it, entry)))
}

/// With how many events in flight what is recommended is not needed, where one is assumed.
pub fn unless(entry: &PlannedWorkload<'_>) -> Option<String> {
    let DependsOn { column, threshold, above, .. } = entry.recommendation.questions.unless.as_ref()?;
    let least = significant((*threshold)?);
    let bill = above.usd_per_month.map_or_else(String::new, |bill| format!(", for {} a month", usd(bill)));
    Some(format!(
        "{column} is blank, which is 1: with {least} {GIVES_UP_ORDER} it needs no such change{bill}."
    ))
}

/// The answers that a figure decides between.
fn answers(it: &DependsOn, entry: &PlannedWorkload<'_>) -> String {
    let current = &entry.problem.current.name;
    let given = |it: &Given| {
        let value = it.value.map_or_else(|| current.clone(), |value| shown(it.column, value));
        let language = it.language.iter().map(|language| format!("{language}:"));
        format!("{} {}{value}", it.column, language.collect::<String>())
    };
    let given: Vec<String> = it.given.iter().map(given).collect();
    let given = match given.len() {
        0 => String::new(),
        1..=MOST_NAMED => format!("with {}, ", and_last(&given)),
        _ => "with the others as assumed, ".to_owned(),
    };
    // What is saved whatever the figure is, is told once.
    let either = saved(&it.below).filter(|saves| saved(&it.above).as_ref() == Some(saves));
    let told = |answer: &Answer| {
        let saves = saved(answer).filter(|_| either.is_none());
        let at = answer
            .at
            .filter(|at| it.language.is_none() && it.threshold.map_or(it.holds.is_some(), |it| it != *at));
        let at = at.map_or_else(String::new, |value| format!(" at {}", shown(it.column, value)));
        let nearer = answer.nearer.iter().filter_map(|nearer| {
            Some(format!(", at {} {}", shown(it.column, nearer.at?), to_do(nearer, entry)))
        });
        let what = to_do(answer, entry);
        saves.map_or_else(|| what.clone(), |saves| format!("{what} ({saves}{at})"))
            + &nearer.collect::<String>()
    };
    let [below, above] = [&it.below, &it.above].map(told);
    let answers = match (it.threshold, &it.language) {
        (Some(times), Some(language)) => {
            let times = significant(times);
            format!("if own code takes {times} times less CPU in {language}, {above}; else {below}")
        }
        (Some(value), None) => {
            // Farther on it may be another one again.
            let value = shown(it.column, value);
            let of = if given.is_empty() { String::new() } else { format!("{} ", it.column) };
            format!("below {of}{value} {below}, at {value} {above}")
        }
        (None, _) if it.holds.is_some() => format!("{below}, or {above}"),
        (None, _) if it.column == Blank::Concurrency.word() => {
            format!("by {} {below}, by {} {above}", Concurrency::Consumer, Concurrency::Partition)
        }
        (None, _) if it.at_ends || !given.is_empty() && !it.below.verdict.agrees(&it.above.verdict) => {
            let [low, high] = [&it.below, &it.above].map(|answer| shown(it.column, answer.at.unwrap_or(0.0)));
            match it.at_ends {
                true => format!("up to {low} {below}, from {high} on {above}"),
                false => format!("at {low} {below}, at {high} {above}"),
            }
        }
        (None, None) if given.is_empty() => format!("in {current} {below}, in another runtime {above}"),
        (None, _) => below,
    };
    let either = either.map_or_else(String::new, |saves| format!("; {saves} either way"));
    given + &answers + &either
}

/// What to do, in a few words.
fn to_do(answer: &Answer, entry: &PlannedWorkload<'_>) -> String {
    match &answer.verdict {
        Verdict::Stay if !entry.recommendation.baseline.footing.runs => "run it as planned".to_owned(),
        Verdict::Stay => "keep what runs".to_owned(),
        Verdict::RightSize if answer.saves_usd_per_month < Some(0.0) => {
            "take more or larger machines".to_owned()
        }
        Verdict::RightSize => "right-size".to_owned(),
        Verdict::Alternative { step: AlternativeKind::Library, to, .. } => format!("move to {to}"),
        Verdict::Alternative { to, .. } => format!("change to {to}"),
        Verdict::Move => format!("move to {}", answer.to.as_deref().unwrap_or("another language")),
        Verdict::DependsOn(it) => format!("it depends on {}", columns(it)),
        Verdict::Contradictory => "today contradicts itself".to_owned(),
        Verdict::None => "there is no plan".to_owned(),
    }
}

/// What an answer saves a month, or costs more, where that is something.
fn saved(answer: &Answer) -> Option<String> {
    let saves = answer.saves_usd_per_month.filter(|saves| saves.abs() >= 1.0)?;
    Some(if saves < 0.0 { format!("costs {}", more(-saves)) } else { format!("saves {}", usd(saves)) })
}

fn answer<'r>(it: &Answer) -> Value<'r> {
    let nearer = it.nearer.as_deref().map(|nearer| ("nearer", answer(nearer)));
    let parts: Vec<(&str, Value<'r>)> = vec![
        ("verdict", verdict(&it.verdict).into()),
        ("to", it.leads_to().map(str::to_owned).into()),
        ("at", it.at.into()),
        ("usd_per_month", it.usd_per_month.into()),
        ("saves_usd_per_month", it.saves_usd_per_month.into()),
    ];
    Value::Parts(parts.into_iter().chain(nearer).collect())
}

/// What a verdict turns on, for JSON.
pub fn depends_on<'r>(it: &DependsOn) -> Value<'r> {
    let given = |it: &Given| {
        Value::Parts(vec![
            ("column", it.column.into()),
            ("language", it.language.clone().into()),
            ("value", it.value.into()),
        ])
    };
    Value::Parts(vec![
        ("column", it.column.into()),
        ("language", it.language.clone().into()),
        ("threshold", it.threshold.into()),
        ("given", it.given.iter().map(given).collect::<Vec<_>>().into()),
        ("below", answer(&it.below)),
        ("above", answer(&it.above)),
    ])
}
