//! What a decision rests on, and the article's criteria with a workload's figures, in words.

use crate::report::column::Value;
use crate::report::figures::{percent, rate, seconds, significant, whole};
use crate::report::p99;
use tonnage_model::decide::criteria::{Criterion, Favors, Measure, THROUGHPUT_LINE};
use tonnage_model::decide::evidence::{MOST_SLACK, ScalingEvidence};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::runtime::Evidence;

/// What the decision rests on; its text where that is less than measurement.
pub fn evidence(entry: &PlannedWorkload<'_>) -> Value<'static> {
    let evidence = entry.evidence();
    Value::Parts(vec![
        ("weakest", evidence.weakest.to_string().into()),
        ("measure", evidence.measure.clone().into()),
        ("cpu_slack", evidence.cpu_slack.into()),
        ("scaling", evidence.scaling.iter().map(scaling).collect::<Vec<_>>().into()),
        ("text", evidence_in_words(entry).into()),
    ])
}

/// What the decision rests on, where that is less than measurement.
pub fn evidence_in_words(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = &entry.recommendation;
    let evidence = entry.evidence();
    if evidence.measure.is_none() && evidence.scaling.is_empty() {
        return None;
    }
    let on = match evidence.weakest {
        Evidence::Measured if entry.problem.workload.says_nothing_of_cpu() => {
            "All CPU and memory figures of runtimes are measured; of the handler there is none."
        }
        Evidence::Measured => "All CPU and memory figures are measured.",
        Evidence::Published => "Some figures are published by others.",
        Evidence::Assumed => "Some figures are assumed.",
    };
    let current = &entry.problem.current.name;
    let slack = evidence.cpu_slack.map_or_else(String::new, |slack| match slack {
        none if none < 1.05 => format!(" {current}'s plan has no CPU to spare."),
        MOST_SLACK.. => {
            format!(" {current}'s plan holds even if handling an event takes 1,000 times its CPU.")
        }
        some => format!(
            " {current}'s plan holds until handling an event takes {} times its CPU, the fetch not counted.",
            significant(some)
        ),
    });
    let why = match it.verdict {
        Verdict::Move => "Measure before any rewrite",
        Verdict::Stay | Verdict::RightSize if it.elsewhere.is_some() => "The figure most worth measuring",
        _ => "What would settle it",
    };
    let measure = evidence.measure.as_ref().map_or_else(String::new, |measure| format!(" {why}: {measure}."));
    let scaling: String = evidence.scaling.iter().map(|it| format!(" {}", scaling(it))).collect();
    Some(format!("{on}{scaling}{slack}{measure}"))
}

/// What a plan rests on of how well its threads share a machine.
pub fn scaling(it: &ScalingEvidence) -> String {
    let ScalingEvidence { runtime, vcpus, evidence, instances, .. } = it;
    let share = format!("How well {vcpus} threads of {runtime} share a machine is {evidence} (sigma, kappa)");
    let count = |count: u64| whole(count as f64);
    match (it.instances_at_low, it.instances_at_high) {
        _ if !it.changes_the_count() => format!("{share}, and does not change the count."),
        (Some(low), Some(high)) => {
            let (least, most) = (low.min(high), low.max(high));
            let planned = if *instances < most { "not" } else { "planned are" };
            let [least, most, instances] = [least, most, *instances].map(count);
            format!(
                "{share}: over that range the plan is {least} to {most} instances, {planned} {instances}."
            )
        }
        _ => format!(
            "{share}: at an end of that range no number of instances serves; the plan is {}.",
            count(*instances)
        ),
    }
}

/// The article's criteria, those for staying first; those that favor neither only where `all` are wanted.
pub fn criteria(entry: &PlannedWorkload<'_>, all: bool) -> Vec<String> {
    let it = &entry.recommendation;
    let Some(other) = it.other_language.as_ref().map(|plan| &plan.runtime.name) else { return Vec::new() };
    let judged = entry.criteria();
    let group = |favors: Favors, title: String| {
        let said: Vec<String> =
            judged.iter().filter(|criterion| criterion.favors == favors).map(criterion).collect();
        let said = if said.is_empty() { "nothing".into() } else { said.join("; ") };
        format!("{title}: {said}.")
    };
    let mut groups = vec![
        group(Favors::Staying, format!("For {}", entry.problem.current.name)),
        group(Favors::Moving, format!("For {other}")),
    ];
    if all {
        groups.push(group(Favors::Neither, "For neither".into()));
    }
    groups
}

fn criterion(criterion: &Criterion) -> String {
    let against = |today: Option<String>, other: Option<String>| {
        let known = |value: Option<String>| value.unwrap_or_else(|| "not known".into());
        format!("{} against {}", known(today), known(other))
    };
    match criterion.measure {
        Measure::Throughput { peak_events_per_second, cores_today, cores_other } => format!(
            "throughput (peak {}, rule of thumb {}; {} cores)",
            rate(peak_events_per_second),
            rate(THROUGHPUT_LINE),
            against(cores_today.map(significant), Some(significant(cores_other)))
        ),
        Measure::Latency { today, other, goal_seconds } => {
            let goal = goal_seconds.map_or("no goal".into(), |goal| format!("goal {}", seconds(goal)));
            let is_open = goal_seconds.is_some_and(|goal| today.unwrap_or(other).leaves_open(goal));
            let test = if is_open { ": test it" } else { "" };
            let p99 = against(today.map(p99::range), Some(p99::range(other)));
            format!("latency (p99 {p99}, {goal}{test})")
        }
        Measure::Startup { seconds_today, seconds_other, events_waiting_today } => {
            let starts = against(seconds_today.map(seconds), seconds_other.map(seconds));
            let waiting = events_waiting_today.map_or_else(String::new, |events| {
                format!(", {} events arrive meanwhile at peak", significant(events))
            });
            format!("startup ({starts}{waiting})")
        }
        Measure::Analytics { native_share, loses_libraries } => format!(
            "analytics and ML ({} of the handler's CPU is native already{})",
            percent(native_share),
            if loses_libraries { ", data libraries would be lost" } else { "" }
        ),
        Measure::TeamSpeed { days_today, days_other, features_that_eat_the_saving } => {
            let effort = against(days_today.map(significant), days_other.map(significant));
            let features = features_that_eat_the_saving
                .filter(|features| *features >= 0.01)
                .map_or_else(String::new, |features| {
                    format!("; {} features a month cancel the saving", significant(features))
                });
            format!("team speed ({effort} days a feature{features})")
        }
    }
}
