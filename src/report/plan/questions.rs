//! What runs today, what contradicts itself, and what a verdict turns on, in words.

use super::decision::{machines_today, resizing};
use crate::report::column::Value;
use crate::report::figures::{percent, significant, usd};
use tonnage_model::capacity::constraint::Constraint;
use tonnage_model::decide::alternative::AlternativeKind;
use tonnage_model::decide::baseline::{Baseline, Contradiction};
use tonnage_model::decide::depends_on::{Answer, DependsOn};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::problem::Problem;
use tonnage_model::workload::Blank;

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

/// Two figures that cannot both be, and the columns to look at; a sentence without its full stop.
pub fn contradiction(problem: &Problem<'_>, baseline: &Baseline) -> Option<String> {
    let (contradiction, suspects) = baseline.contradiction?;
    let workload = problem.workload;
    let machines = machines_today(problem).unwrap_or_default();
    let runtime = &problem.current.name;
    let observed = if workload.observed_cores.is_some() { "observed_cores" } else { "utilization" };
    let figures = match contradiction {
        Contradiction::Overloaded { by: Constraint::Memory, busy } => {
            format!("its processes need {} of the memory of {machines}", percent(busy))
        }
        Contradiction::Overloaded { by: Constraint::InFlight, busy } => {
            format!(
                "at the mean rate the busiest consumer on {machines} needs {} of its in-flight limit",
                percent(busy)
            )
        }
        Contradiction::Overloaded { busy, .. } if busy.is_infinite() => {
            format!("idle processes alone take all CPU of {machines}")
        }
        Contradiction::Overloaded { busy, .. } => format!(
            "at the mean rate the busiest process or machine of {machines} needs {} of its CPU{}",
            percent(busy),
            of_baseline(problem)
        ),
        Contradiction::MoreCoresThanThereAre { observed: cores, vcpus } => format!(
            "observed_cores is {}, and {machines} have {} vCPUs",
            significant(cores),
            significant(vcpus)
        ),
        Contradiction::Apart { observed: cores, expected } => {
            let by = match workload.handler_seconds {
                Some(_) => format!("handler_ms and the profile of {runtime} give"),
                None => format!("to read and decode these events takes {runtime}"),
            };
            let told = if observed == "utilization" { " cores" } else { "" };
            format!("{observed} says {}{told}, and {by} {} cores", significant(cores), significant(expected))
        }
        Contradiction::Backtest { error } => format!(
            "predicted and measured cores are {} apart in the median hour by calibrate --history",
            percent(error)
        ),
    };
    Some(format!("{figures}; look at {suspects}"))
}

/// The share of a vCPU that lasts, of a burstable machine.
fn of_baseline(problem: &Problem<'_>) -> String {
    let baseline = problem.current_machine.and_then(|machine| machine.burst_baseline);
    baseline.map(|share| format!(", which is its baseline of {} a vCPU", percent(share))).unwrap_or_default()
}

/// That what runs today falls behind at peak, with the figures that say so.
pub fn lag(entry: &PlannedWorkload<'_>) -> Option<String> {
    let Baseline { lags: true, observed, busy_at_peak, fetching, .. } = entry.recommendation.baseline else {
        return None;
    };
    let peak = significant(entry.problem.workload.peak_factor);
    let fetch = fetching.filter(|share| *share >= 0.01).map_or_else(String::new, |share| {
        format!("; fetching takes {} of it and yields to handling", percent(share))
    });
    let busy = match observed.filter(|share| share * entry.problem.workload.peak_factor > 1.0) {
        Some(share) => format!(
            "today's machines are {} busy on average, and {peak} times that is above 100 %{fetch}",
            percent(share)
        ),
        None => format!("today's machines would be {} busy at peak", percent(busy_at_peak.unwrap_or(1.0))),
    };
    Some(format!("{busy}: it falls behind at peak, or peak_factor ({peak}) is too high"))
}

/// What was assumed of the runtime today, where nobody says.
pub fn assumed_runtime(entry: &PlannedWorkload<'_>) -> Option<String> {
    let is_blank = entry.problem.workload.blanks.has(Blank::CurrentRuntime);
    is_blank.then(|| format!("current_runtime is blank; {} is assumed", entry.problem.current.name))
}

/// A value of a column.
fn shown(column: &str, value: f64) -> String {
    if column == Blank::NativeShare.column() { percent(value) } else { significant(value) }
}

/// What a verdict turns on, with both answers.
pub fn question(it: &DependsOn, entry: &PlannedWorkload<'_>) -> String {
    let (below, above) = (in_words(&it.below), in_words(&it.above));
    let current = &entry.problem.current.name;
    let said = match (it.threshold, &it.language) {
        (Some(times), Some(language)) => format!(
            "spike_factor: if own code takes {} times less CPU in {language}, {above}; else {below}",
            significant(times)
        ),
        (Some(value), None) => {
            let value = shown(it.column, value);
            format!("{}: below {value} {below}, from there on {above}", it.column)
        }
        (None, _) => {
            format!("{}, which is blank: in {current} {below}, in another runtime {above}", it.column)
        }
    };
    // What both answers save is saved whatever the figure is, but for fetch waits that contradict what was observed.
    let both = it.below.saves_usd_per_month.zip(it.above.saves_usd_per_month);
    let both = both.filter(|_| it.column != "current_fetch_wait_ms");
    let least = both.map(|(below, above)| below.min(above)).filter(|least| *least >= 1.0);
    let least = least.map_or_else(String::new, |least| format!("; it saves {} at least", usd(least)));
    format!("it depends on {said}{least}")
}

/// An answer in a few words.
fn in_words(answer: &Answer) -> String {
    let what = match &answer.verdict {
        Verdict::Stay => "keep what runs".to_owned(),
        Verdict::RightSize => resizing(answer.saves_usd_per_month).to_owned(),
        Verdict::Alternative { step: AlternativeKind::Library, to, .. } => format!("move to {to}"),
        Verdict::Alternative { to, .. } => format!("change to {to}"),
        Verdict::Move => format!("move to {}", answer.to.as_deref().unwrap_or("another language")),
        Verdict::DependsOn(it) => format!("it depends on {}", it.column),
        Verdict::Contradictory | Verdict::None => "there is no plan".to_owned(),
    };
    match answer.saves_usd_per_month.filter(|saves| *saves >= 1.0) {
        Some(saves) => format!("{what} (saves {})", usd(saves)),
        None => what,
    }
}

/// What a verdict turns on, for JSON.
pub fn depends_on<'r>(it: &DependsOn) -> Value<'r> {
    let answer = |answer: &Answer| {
        Value::Parts(vec![
            ("verdict", verdict(&answer.verdict).into()),
            ("to", answer_to(answer).into()),
            ("usd_per_month", answer.usd_per_month.into()),
            ("saves_usd_per_month", answer.saves_usd_per_month.into()),
        ])
    };
    Value::Parts(vec![
        ("column", it.column.into()),
        ("language", it.language.clone().into()),
        ("threshold", it.threshold.into()),
        ("below", answer(&it.below)),
        ("above", answer(&it.above)),
    ])
}

/// The runtime or setting that an answer leads to.
fn answer_to(answer: &Answer) -> Option<String> {
    match &answer.verdict {
        Verdict::Alternative { to, .. } => Some(to.clone()),
        _ => answer.to.clone(),
    }
}
