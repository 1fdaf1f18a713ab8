//! The recommendation in words.

use super::figures::{days, memory, percent, plural, rate, seconds, significant, usd, whole};
use crate::decide::criteria::{Criterion, Measure, Speaks, THROUGHPUT_LINE};
use crate::decide::evidence::MOST_SLACK;
use crate::decide::fleet::Entry;
use crate::decide::ladder::{Step, StepKind};
use crate::decide::recommendation::{Terms, Verdict};
use crate::model::demand::WaitBasis;
use crate::model::plan::Plan;
use crate::model::runtime::{Deployment, Evidence};
use crate::model::workload::HandlerCost;

/// A plan this many times cheaper than today's machines should not be believed without a look at these.
const DEEP_CUT: f64 = 3.0;

/// `2 x c7a.medium`, with the region where that is asked for.
pub fn deployment(plan: &Plan<'_>) -> String {
    format!("{} x {}", plan.size.instances, plan.machine.instance_type)
}

/// `12 processes`, `8 threads`.
pub fn workers(plan: &Plan<'_>) -> String {
    let (one, many) = match plan.runtime.deployment {
        Deployment::Processes => ("process", "processes"),
        Deployment::Threads => ("thread", "threads"),
    };
    let count = plan.workers_per_instance();
    format!("{} {}", whole(count as f64), if count == 1 { one } else { many })
}

/// The verdict with the figures that decide it.
pub fn sentence(entry: &Entry<'_>, terms: Terms) -> String {
    let it = &entry.recommendation;
    let current = &entry.problem.current.name;
    let worth = |saving: f64| format!("{} a month ({})", usd(saving), days(saving / terms.day_rate_usd));
    let reason = it.in_current.as_ref().err().map(ToString::to_string).unwrap_or_default();
    match &it.verdict {
        Verdict::None => {
            let others = if entry.plans.len() > 1 { ", and no other runtime can either" } else { "" };
            format!("No plan. {current} cannot carry it as described{others}: {reason}.")
        }
        Verdict::Stay => {
            format!("Stay where you are, with {current}. {}{}", bill(entry), not_worth(entry, terms))
        }
        Verdict::RightSize => format!(
            "Stay with {current} and right-size it. {} That saves {}, all of it right-sizing.{}",
            bill(entry),
            worth(it.right_sizing_saves.unwrap_or_default()),
            not_worth(entry, terms)
        ),
        Verdict::Step { step, to, usd_per_month } => {
            let change = match step {
                StepKind::Library => format!("move to {to}, in the same language"),
                _ => format!("change to {to}"),
            };
            let before = match it.in_current {
                Ok(_) => bill(entry),
                Err(_) => format!("As it is {current} cannot carry it: {reason}."),
            };
            let saves = it.saves.map_or_else(String::new, |saves| format!(", which saves {}", worth(saves)));
            let rest = it.elsewhere.as_ref().map_or_else(String::new, |other| {
                let more = usd_per_month - other.usd_per_month;
                format!(
                    " After that {}",
                    too_little(&other.runtime.name, more, terms.min_saving_usd_per_month, terms)
                )
            });
            format!(
                "Stay with {} and {change}. {before} Then it is {} a month{saves}; {}.{rest}",
                entry.problem.current.language,
                usd(*usd_per_month),
                step.risk(),
            )
        }
        Verdict::Spike { to, saves_at_least, saves_at_most } => {
            let least = match *saves_at_least {
                saves if !saves.is_finite() => "nothing, because it could not carry it,".to_owned(),
                saves => usd(saves),
            };
            format!(
                "No rewrite verdict yet: stay with {current} and port the handler's hot path to {to} as a spike. \
                 {} Moving would save between {least} and {} a month, depending on how fast it runs the \
                 handler's own code; a change has to be worth {}.",
                bill(entry),
                usd(*saves_at_most),
                usd(terms.min_saving_usd_per_month),
            )
        }
        Verdict::Move => {
            let Some(other) = &it.elsewhere else { return String::new() };
            let name = &other.runtime.name;
            let to = format!("{} a month on {}", usd(other.usd_per_month), deployment(other));
            match (&it.in_current, it.moving_saves, it.saves) {
                (Ok(_), Some(moving), Some(saves)) => {
                    let split = it.right_sizing_saves.map_or_else(String::new, |right_sizing| {
                        format!(
                            ": {} by right-sizing {current}, {} by the runtime",
                            usd(right_sizing),
                            usd(moving)
                        )
                    });
                    format!("Move to {name}, {to}. {} Moving saves {}{split}.", bill(entry), worth(saves))
                }
                _ => format!("Move to {name}, {to}. {current} cannot carry it as described: {reason}."),
            }
        }
    }
}

/// Today's bill and that of the cheapest plan in today's runtime.
fn bill(entry: &Entry<'_>) -> String {
    let it = &entry.recommendation;
    let Ok(plan) = &it.in_current else { return String::new() };
    let best = format!("{} a month on {}", usd(plan.usd_per_month), deployment(plan));
    match it.today_usd_per_month {
        Some(today) => format!("Today's machines cost {} a month; it needs {best}.", usd(today)),
        None => format!("It needs {best}; today's bill is not given."),
    }
}

/// Why nothing more than right-sizing is recommended.
fn not_worth(entry: &Entry<'_>, terms: Terms) -> String {
    let it = &entry.recommendation;
    let right_sizing = match (&it.verdict, it.right_sizing_saves) {
        (Verdict::Stay, Some(saves)) if saves < -0.5 => format!(
            " That is {} more than today: the plan's head room asks for more than what runs now.",
            usd(-saves)
        ),
        (Verdict::Stay, Some(saves)) => {
            format!(" {}", too_little("Right-sizing", saves, terms.min_resize_saving_usd_per_month, terms))
        }
        _ => String::new(),
    };
    let moving = match (&it.elsewhere, it.moving_saves) {
        (Some(other), Some(saves)) => {
            format!(" {}", too_little(&other.runtime.name, saves, terms.min_saving_usd_per_month, terms))
        }
        _ => String::new(),
    };
    format!("{right_sizing}{moving}")
}

/// `WHAT would save $12 a month (...), below the $800 that a change has to be worth.`
fn too_little(what: &str, saves: f64, threshold: f64, terms: Terms) -> String {
    if saves < 0.5 {
        return format!("{what} would save nothing.");
    }
    format!(
        "{what} would save {} a month ({}), below the {} that a change has to be worth.",
        usd(saves),
        days(saves / terms.day_rate_usd),
        usd(threshold)
    )
}

/// What the recommendation stands on, where that is less than measurement.
pub fn grounds(entry: &Entry<'_>) -> Option<String> {
    let grounds = entry.recommendation.grounds.as_ref()?;
    let measure = grounds.measure.as_ref()?;
    let on = match grounds.weakest {
        Evidence::Measured => "an inferred wait",
        Evidence::Published => "published figures",
        Evidence::Assumed => "published and assumed figures",
    };
    let slack = grounds.cpu_slack.map_or_else(String::new, |slack| {
        let more = if slack >= MOST_SLACK { "more than " } else { "" };
        format!(" The plan holds until an event takes {more}{} times this CPU.", significant(slack))
    });
    let caution = match entry.recommendation.verdict {
        Verdict::Move | Verdict::Spike { .. } => "Measure this before any rewrite",
        _ => "What would settle it",
    };
    Some(format!("Rests on {on}.{slack} {caution}: {measure}."))
}

/// The article's criteria, those for staying first; those that speak for neither only where `all` are wanted.
pub fn criteria(entry: &Entry<'_>, all: bool) -> Option<String> {
    let it = &entry.recommendation;
    let other = &it.elsewhere.as_ref()?.runtime.name;
    let group = |speaks: Speaks, title: String| {
        let said: Vec<String> =
            it.criteria.iter().filter(|criterion| criterion.speaks == speaks).map(describe).collect();
        let said = if said.is_empty() { "nothing".into() } else { said.join("; ") };
        format!("{title}: {said}.")
    };
    let mut groups = vec![
        group(Speaks::ForStaying, format!("For {}", entry.problem.current.name)),
        group(Speaks::ForMoving, format!("For {other}")),
    ];
    if all {
        groups.push(group(Speaks::ForNeither, "For neither".into()));
    }
    Some(groups.join(" "))
}

fn describe(criterion: &Criterion) -> String {
    let against = |today: Option<String>, other: Option<String>| {
        let known = |value: Option<String>| value.unwrap_or_else(|| "not known".into());
        format!("{} against {}", known(today), known(other))
    };
    match criterion.measure {
        Measure::Throughput { peak_events_per_second, cores_today, cores_other } => format!(
            "throughput (peak {}, the article's line is {}; {} cores)",
            rate(peak_events_per_second),
            rate(THROUGHPUT_LINE),
            against(cores_today.map(significant), Some(significant(cores_other)))
        ),
        Measure::Latency { p99_seconds_today, p99_seconds_other, goal_seconds } => {
            let goal = goal_seconds.map_or("no goal".into(), |goal| format!("goal {}", seconds(goal)));
            let p99 = against(p99_seconds_today.map(seconds), Some(seconds(p99_seconds_other)));
            format!("latency (p99 {p99}, {goal})")
        }
        Measure::Startup { seconds_today, seconds_other, events_waiting_today } => {
            let starts = against(seconds_today.map(seconds), seconds_other.map(seconds));
            let waiting = events_waiting_today.map_or_else(String::new, |events| {
                format!(", {} arrive meanwhile at peak", plural(events.round() as u64, "event"))
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
            let features = features_that_eat_the_saving.map_or_else(String::new, |features| match features {
                few if few < 0.1 => ", one feature in 10 months eats the saving".to_owned(),
                some => {
                    format!(", {} features a month eat the saving", significant((some * 10.0).round() / 10.0))
                }
            });
            format!("team speed ({effort} days a feature{features})")
        }
    }
}

/// Whether a step of the ladder gains anything.
pub fn is_gain(step: &Step) -> bool {
    step.usd_per_month.is_some() && step.saves_usd_per_month.is_none_or(|saves| saves >= 0.5)
}

/// One step of the ladder with its dollars and its risk.
pub fn step(step: &Step) -> String {
    let name = match step.kind {
        StepKind::RightSize => "Right-size",
        StepKind::PartitionConcurrency => "Several in flight, in order",
        StepKind::InFlight => "Several in flight, out of order",
        StepKind::Partitions => "More partitions",
        StepKind::Library => "A faster library in the same language",
        StepKind::MachineType => "Another machine type",
        StepKind::Language => "Another language",
    };
    let dollars = match (step.saves_usd_per_month, step.usd_per_month) {
        (Some(saves), _) if saves.abs() < 0.5 => "saves nothing".to_owned(),
        (Some(saves), Some(after)) if saves < 0.0 => {
            format!("costs {} a month more, to {}", usd(-saves), usd(after))
        }
        (Some(saves), Some(after)) => format!("saves {} a month, to {}", usd(saves), usd(after)),
        (None, Some(after)) => format!("makes it feasible, at {} a month", usd(after)),
        (_, None) => "not feasible".to_owned(),
    };
    format!("{name} ({}): {dollars} ({})", step.to, step.risk)
}

/// What to know of the figures a workload was planned with.
pub fn notes(entry: &Entry<'_>) -> Vec<String> {
    let today = &entry.problem.today;
    let workload = &entry.problem.workload;
    let mut notes = Vec::new();
    if today.wait_basis == WaitBasis::InferredFromCpu {
        notes.push(format!(
            "the I/O wait of {} an event is inferred from io_ratio and CPU alone and usually too small; give \
             handler_ms or io_wait_ms",
            seconds(today.wait_seconds)
        ));
    }
    if let Some(floor) = today.floor_above_observed {
        notes.push(format!(
            "observed_cores leaves {} of CPU an event (at speed 1.0), less than the {} that {} takes to read and \
             decode it; one of the two is off, and the handler's own CPU is taken as 0",
            seconds(floor.observed_core_seconds),
            seconds(floor.profile_core_seconds),
            entry.problem.current.name
        ));
    }
    if let Some(machine) = entry.problem.current_machine {
        if machine.vcpu_speed.is_none() {
            notes.push(format!(
                "the speed of {} is not known; today's figures are taken as if from {}'s own machine",
                machine.instance_type, entry.problem.current.name
            ));
        }
        if workload.current_instances.is_some() && entry.recommendation.today_usd_per_month.is_none() {
            notes.push(format!("{} has no price for this kind of purchase", machine.instance_type));
        }
    }
    let it = &entry.recommendation;
    if let (Some(today), Ok(plan)) = (it.today_usd_per_month, &it.in_current) {
        let times = today / plan.usd_per_month;
        let observed = matches!(workload.handler_cost, HandlerCost::ObservedCores { .. });
        if times >= DEEP_CUT && !observed {
            notes.push(format!(
                "today's bill is {} times the plan's; measure the cores in use today (observed_cores) before \
                 taking machines away",
                significant(times)
            ));
        }
    }
    if entry.recommendation.in_current.is_err() && workload.current_instances.is_some() {
        notes.push(
            "it is said to run today, which the model cannot explain: look at peak_factor, the wait and partitions"
                .into(),
        );
    }
    notes
}

/// Memory of interpreters, binaries and stacks.
pub fn overhead(plan: &Plan<'_>) -> String {
    memory(plan.size.runtime_overhead_bytes)
}
