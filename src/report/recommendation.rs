//! The recommendation in words.

use super::figures::{amount, days, memory, percent, rate, seconds, significant, usd, whole};
use super::risk;
use tonnage_model::capacity::constraint::BoundBy;
use tonnage_model::decide::criteria::{Criterion, Favors, Measure, THROUGHPUT_LINE};
use tonnage_model::decide::evidence::{MOST_SLACK, ScalingEvidence};
use tonnage_model::decide::fleet::PlannedWorkload;
use tonnage_model::decide::options::{Alternative, AlternativeKind, Machines};
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::total_cost::RuntimeChange;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::demand::downstream::DownstreamLoad;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::machine::Machine;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::runtime::{self, Evidence};
use tonnage_model::workload::HandlerCost;

/// A plan this many times cheaper than today's machines should not be believed without a look at these.
const DEEP_CUT: f64 = 3.0;

/// `2 x c7a.medium`.
pub fn deployment(plan: &Plan<'_>) -> String {
    Machines::of(plan).to_string()
}

/// `aws us-east-1`.
pub fn place(machine: &Machine) -> String {
    format!("{} {}", machine.provider, machine.region)
}

/// The machines of a deployment, with where they are if that is not where the workload runs today.
fn located(on: &Machines, entry: &PlannedWorkload<'_>) -> String {
    match entry.problem.current_machine {
        Some(today) if !on.is_beside(today) => format!("{on} in {} {}", on.provider, on.region),
        _ => on.to_string(),
    }
}

/// `12 processes`, `8 threads`.
pub fn workers(plan: &Plan<'_>) -> String {
    let (one, many) = match plan.runtime.deployment {
        runtime::Deployment::Processes => ("process", "processes"),
        runtime::Deployment::Threads => ("thread", "threads"),
    };
    let count = plan.workers_per_instance();
    format!("{} {}", whole(count as f64), if count == 1 { one } else { many })
}

/// The machines that following the recommendation leads to, where it changes any.
pub fn destination(entry: &PlannedWorkload<'_>) -> Option<Machines> {
    let it = &entry.recommendation;
    match &it.verdict {
        Verdict::Stay | Verdict::Unsettled { .. } | Verdict::None => None,
        Verdict::Alternative { on, .. } => Some(on.clone()),
        Verdict::RightSize | Verdict::Spike { .. } | Verdict::Move => it.chosen.as_ref().map(Machines::of),
    }
}

/// The verdict with the figures that decide it, what a rewrite is worth where more is known of it than machines, and,
/// where it was sampled, how sure these are.
pub fn sentence(entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let risk = entry.risk.as_ref().map(|risk| risk::sentence(entry, risk, terms));
    let parts = [Some(verdict(entry, terms)), rewrite(entry, terms), risk];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The verdict with the figures that decide it.
fn verdict(entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let it = &entry.recommendation;
    let current = &entry.problem.current.name;
    let worth = |saving: f64| format!("{} a month ({})", usd(saving), days(saving / terms.day_rate_usd));
    match &it.verdict {
        Verdict::None => {
            let measured = !matches!(it.in_current, Err(NoPlan::Unmeasured(_)));
            let others = if measured && entry.plans.len() > 1 { ". No other runtime can either" } else { "" };
            format!("No plan. {}{others}.", cannot(entry))
        }
        Verdict::Stay => {
            format!("Stay where you are, with {current}. {}{}", bill(entry), not_worth(entry, terms))
        }
        Verdict::RightSize => format!(
            "Stay with {current} and right-size it. {} That saves {}, none of it from the language.{}",
            bill(entry),
            worth(it.right_sizing_saves.unwrap_or_default()),
            not_worth(entry, terms)
        ),
        Verdict::Alternative { step, to, on, usd_per_month, risk } => {
            let change = match step {
                AlternativeKind::Library => format!("move to {to}, in the same language"),
                _ => format!("change to {to}"),
            };
            let before = match it.in_current {
                Ok(_) => bill(entry),
                Err(_) => format!("{}.", cannot(entry)),
            };
            let saves = match it.saves {
                Some(saves) if saves < 0.0 => format!(", {} more than today's machines cost", usd(-saves)),
                Some(saves) => format!(", which saves {}{}", worth(saves), share_of_rewrite(entry)),
                None => String::new(),
            };
            // After another library, only another language is left to compare with.
            let left = if *step == AlternativeKind::Library { &it.other_language } else { &it.elsewhere };
            let rest = left.as_ref().map_or_else(String::new, |other| {
                let more = usd_per_month - other.usd_per_month;
                let name = &other.runtime.name;
                if !terms.is_worth_a_change(more) {
                    format!(" After that {}", too_little(name, more, terms.min_saving_usd_per_month, terms))
                } else if it.rewrite.as_ref().is_some_and(|rewrite| !rewrite.is_worth_it) {
                    format!(" After that {name} would save {} a month.", usd(more))
                } else {
                    format!(
                        " After that {name} would save {} a month, but less than the {} that a change has to be \
                         worth if it runs the handler's own code as slowly as it may.",
                        usd(more),
                        usd(terms.min_saving_usd_per_month)
                    )
                }
            });
            format!(
                "Stay with {current} and {change}. {before} Then it needs {} a month on {}{saves}; {risk}.{rest}",
                usd(*usd_per_month),
                located(on, entry),
            )
        }
        Verdict::Unsettled { service_scv_low } => format!(
            "No verdict yet: stay with {current} and measure how spread its handler's times are. Taken as they are, \
             {}; at the low end of what they may be (service_scv {}), it keeps the goal.",
            cannot(entry),
            significant(*service_scv_low)
        ),
        Verdict::Spike { to, saves_at_least, saves_at_most } => {
            let least = saves_at_least.map_or("nothing, because it could not carry it,".to_owned(), usd);
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
            let to =
                format!("{} a month on {}", usd(other.usd_per_month), located(&Machines::of(other), entry));
            match (&it.in_current, it.moving_saves, it.saves) {
                (Ok(_), Some(moving), Some(saves)) => {
                    let split = it.right_sizing_saves.map_or_else(String::new, |right_sizing| {
                        format!(
                            ": {} by right-sizing {current}, {} by the runtime",
                            usd(right_sizing),
                            usd(moving)
                        )
                    });
                    format!("Move to {name}, {to}. {} That saves {}{split}.", bill(entry), worth(saves))
                }
                _ => format!("Move to {name}, {to}, because {}.", cannot(entry)),
            }
        }
    }
}

/// ` and takes 67 % of what moving to go-franz would save`.
fn share_of_rewrite(entry: &PlannedWorkload<'_>) -> String {
    let it = &entry.recommendation;
    let Some((share, rewrite)) = it.step_share().zip(it.rewrite.as_ref()) else { return String::new() };
    format!(" and takes {} of what moving to {} would save", percent(share), rewrite.to)
}

/// What features and the rewrite itself make of moving to another language; nothing where neither is given.
fn rewrite(entry: &PlannedWorkload<'_>, terms: Terms) -> Option<String> {
    let outlook = &entry.problem.workload.outlook;
    let change = entry.recommendation.rewrite.as_ref()?;
    let RuntimeChange { to, compute_saves_usd_per_month: compute, saves_usd_per_month: saves, .. } = change;
    let features = (outlook.features_per_month > 0.0).then(|| {
        let built = match outlook.features_per_month {
            1.0 => "One feature a month costs".to_owned(),
            features => format!("{} features a month cost", significant(features)),
        };
        match change.engineering_costs_usd_per_month {
            None => format!("What features cost to build in {to} is not known and left out."),
            Some(more) if more > 0.0 && *saves > 0.0 => {
                format!("{built} {} more to build in {to}, which leaves {} a month.", usd(more), usd(*saves))
            }
            Some(more) if more > 0.0 => {
                let machines = if *compute >= 0.5 { usd(*compute) } else { "nothing".into() };
                format!("{built} {} more to build in {to}, whose machines save {machines}.", usd(more))
            }
            Some(more) if more < 0.0 => {
                format!("{built} {} less to build in {to}, which makes {} a month.", usd(-more), usd(*saves))
            }
            Some(_) => format!("{built} the same in {to}."),
        }
    });
    let rewrite = change.rewrite_usd.zip(outlook.rewrite_days).map(|(once, rewrite_days)| {
        let pays = match change.payback_months {
            None => "which never pay back".to_owned(),
            Some(months) if months > terms.payback_months => {
                let latest = significant(terms.payback_months);
                format!("which pay back in {}, later than the {latest} asked for", amount(months, "month"))
            }
            Some(months) => format!("which pay back in {}", amount(months, "month")),
        };
        format!("Rewriting it in {to} takes {} ({}), {pays}.", amount(rewrite_days, "day"), usd(once))
    });
    let only = in_features_only(entry, terms).map(|only| format!("The saving is {only}."));
    let said: Vec<String> = features.into_iter().chain(rewrite).chain(only).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Why a rewrite that would be worth it in all is not recommended: machines save too little of it.
pub(super) fn in_features_only(entry: &PlannedWorkload<'_>, terms: Terms) -> Option<String> {
    let it = &entry.recommendation;
    let change = it.rewrite.as_ref().filter(|change| change.is_worth_it)?;
    let stays = matches!(it.verdict, Verdict::Stay | Verdict::RightSize);
    let saves = change.compute_saves_usd_per_month;
    let machines = if saves >= 0.5 { usd(saves) } else { "nothing".into() };
    (stays && saves < terms.min_saving_usd_per_month).then(|| {
        format!(
            "in features: machines save {machines} of it, and a rewrite is recommended only where they save {} a month",
            usd(terms.min_saving_usd_per_month)
        )
    })
}

/// Why today's runtime has no plan.
fn cannot(entry: &PlannedWorkload<'_>) -> String {
    let current = &entry.problem.current.name;
    match &entry.recommendation.in_current {
        Err(NoPlan::Unmeasured(reason)) => {
            format!(
                "{reason}, so it cannot be planned; decode with handler_ms can stand in until that is measured"
            )
        }
        Err(reason) => format!("{current} cannot carry it as described: {reason}"),
        Ok(_) => String::new(),
    }
}

/// Today's bill and that of the cheapest plan in today's runtime.
fn bill(entry: &PlannedWorkload<'_>) -> String {
    let it = &entry.recommendation;
    let Ok(plan) = &it.in_current else { return String::new() };
    let best = format!("{} a month on {}", usd(plan.usd_per_month), located(&Machines::of(plan), entry));
    match it.today_usd_per_month {
        Some(today) => format!("Today's machines cost {} a month; it needs {best}.", usd(today)),
        None => format!("It needs {best}; today's bill is not given."),
    }
}

/// Why nothing more than right-sizing is recommended.
fn not_worth(entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let it = &entry.recommendation;
    let right_sizing = match (&it.verdict, it.right_sizing_saves) {
        (Verdict::Stay, Some(saves)) if saves < -0.5 => {
            match it.in_current.as_ref().map(|plan| plan.size.bound_by) {
                Ok(BoundBy::Minimum) => format!(
                    " That is {} more than today, because the policy asks for instances that survive the loss of a zone \
                 (--min-instances, --no-zone-loss).",
                    usd(-saves)
                ),
                _ => format!(
                    " That is {} more than today: the policy asks for more head room than runs now, or a figure is off \
                 (handler_ms, peak_factor, current_instances).",
                    usd(-saves)
                ),
            }
        }
        (Verdict::Stay, Some(saves)) => {
            format!(" {}", too_little("Right-sizing", saves, terms.min_resize_saving_usd_per_month, terms))
        }
        _ => String::new(),
    };
    let would_save = |(other, saves): (&Plan<'_>, f64)| {
        format!(" {}", too_little(&other.runtime.name, saves, terms.min_saving_usd_per_month, terms))
    };
    let moving = it.elsewhere.as_ref().zip(it.moving_saves_of_paid);
    // Where the cheapest is another library, that is no answer to whether a rewrite is worth it.
    let rewriting = moving.and_then(|(cheapest, saves)| {
        let other = it.other_language.as_ref().filter(|other| other.runtime.name != cheapest.runtime.name)?;
        Some((other, saves + cheapest.usd_per_month - other.usd_per_month))
    });
    let moving: String = moving.into_iter().chain(rewriting).map(would_save).collect();
    format!("{right_sizing}{moving}")
}

/// `WHAT would save $12 a month (...), below the $800 that a change has to be worth.` It can be above where features
/// or the rewrite cost more than it saves.
fn too_little(what: &str, saves: f64, threshold: f64, terms: Terms) -> String {
    if saves < 0.5 {
        return format!("{what} would save nothing.");
    }
    let below = match saves < threshold {
        true => format!(", below the {} that a change has to be worth", usd(threshold)),
        false => String::new(),
    };
    format!("{what} would save {} a month ({}){below}.", usd(saves), days(saves / terms.day_rate_usd))
}

/// What the recommendation stands on, where that is less than measurement.
pub fn evidence(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = &entry.recommendation;
    let evidence = &entry.evidence();
    if evidence.measure.is_none() && evidence.scaling.is_empty() {
        return None;
    }
    let on = match evidence.weakest {
        Evidence::Measured => "Rests on measured figures.",
        Evidence::Published => "Rests on published figures.",
        Evidence::Assumed => "Rests on assumed figures.",
    };
    let current = &entry.problem.current.name;
    let slack = evidence.cpu_slack.map_or_else(String::new, |slack| match slack {
        none if none < 1.05 => format!(" {current}'s plan has no CPU to spare."),
        MOST_SLACK.. => format!(" {current}'s plan holds until an event takes 1,000 times its CPU or more."),
        some => format!(" {current}'s plan holds until an event takes {} times its CPU.", significant(some)),
    });
    let why = match it.verdict {
        Verdict::Move | Verdict::Spike { .. } | Verdict::Unsettled { .. } => {
            "Measure this before any rewrite"
        }
        Verdict::Stay | Verdict::RightSize if it.elsewhere.is_some() => {
            "No figure of another runtime would change this; one of today would"
        }
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
    let count = |count: Option<u64>| count.map_or("no number".to_owned(), |count| whole(count as f64));
    if it.changes_the_count() {
        format!(
            "{share}: in that range {} to {} of these machines would be planned, not {}.",
            count(it.instances_at_low),
            count(it.instances_at_high),
            whole(*instances as f64)
        )
    } else {
        format!("{share}, and does not change the count.")
    }
}

/// The article's criteria, those for staying first; those that speak for neither only where `all` are wanted.
pub fn criteria(entry: &PlannedWorkload<'_>, all: bool) -> Option<String> {
    let it = &entry.recommendation;
    let other = &it.other_language.as_ref()?.runtime.name;
    let group = |favors: Favors, title: String| {
        let said: Vec<String> =
            entry.criteria().iter().filter(|criterion| criterion.favors == favors).map(describe).collect();
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
    Some(groups.join(" "))
}

fn describe(criterion: &Criterion) -> String {
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
        Measure::Latency { p99_seconds_today, p99_seconds_other, goal_seconds } => {
            let goal = goal_seconds.map_or("no goal".into(), |goal| format!("goal {}", seconds(goal)));
            let p99 = against(p99_seconds_today.map(seconds), Some(seconds(p99_seconds_other)));
            format!("latency (p99 {p99}, {goal})")
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
                .map_or_else(String::new, |features| format!(", {}", eaten_by(features)));
            format!("team speed ({effort} days a feature{features})")
        }
    }
}

/// How many features a month eat a saving.
pub fn eaten_by(features: f64) -> String {
    if features < 1.0 {
        format!("one feature in {} months eats the saving", significant(1.0 / features))
    } else {
        format!("{} features a month eat the saving", significant(features))
    }
}

/// Whether a step of the options gains anything.
pub fn is_gain(step: &Alternative) -> bool {
    step.usd_per_month.is_some() && step.saves_usd_per_month.is_none_or(|saves| saves >= 0.5)
}

/// One step of the options with its dollars and its risk.
pub fn step(step: &Alternative, entry: &PlannedWorkload<'_>) -> String {
    let name = match step.kind {
        AlternativeKind::RightSize => "The right count of the same machines",
        AlternativeKind::PartitionConcurrency => "Several in flight, in order",
        AlternativeKind::InFlight => "Several in flight, out of order",
        AlternativeKind::Partitions => "More partitions",
        AlternativeKind::Library => "A faster library in the same language",
        AlternativeKind::MachineType => "Another machine type",
        AlternativeKind::Language => "Another language",
    };
    let on = step.on.as_ref().map(|on| located(on, entry));
    let what: Vec<String> = step.to.iter().cloned().chain(on).collect();
    let what = if what.is_empty() { String::new() } else { format!(" ({})", what.join(", ")) };
    let dollars = match (step.saves_usd_per_month, step.usd_per_month) {
        (_, None) => return format!("{name}{what}: not feasible"),
        (Some(saves), _) if saves.abs() < 0.5 => "saves nothing".to_owned(),
        (Some(saves), Some(after)) if saves < 0.0 => {
            format!("costs {} a month more, {}", usd(-saves), usd(after))
        }
        (Some(saves), Some(after)) => format!("saves {} a month, to {}", usd(saves), usd(after)),
        (None, Some(after)) => format!("makes it feasible, at {} a month", usd(after)),
    };
    format!("{name}{what}: {dollars} ({})", step.risk)
}

/// [`notes`] as points of a list.
pub fn note_points(entry: &PlannedWorkload<'_>) -> Vec<String> {
    notes(entry).into_iter().map(|note| format!("Note: {note}.")).collect()
}

/// What to know of the figures a workload was planned with.
pub fn notes(entry: &PlannedWorkload<'_>) -> Vec<String> {
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
    if workload.handler_cost == HandlerCost::Profile {
        notes.push(
            "neither handler_ms nor observed_cores is given, so the handler's own code counts as free and every bill \
             is a lower bound"
                .into(),
        );
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
    notes.extend(downstream(entry));
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
    if let (HandlerCost::ObservedCores { cores }, Some(machine), Some(instances)) =
        (workload.handler_cost, entry.problem.current_machine, workload.current_instances)
    {
        let there = f64::from(instances) * f64::from(machine.vcpus);
        if cores > there {
            notes.push(format!(
                "observed_cores is {}, but today's machines have {} vCPUs in all",
                significant(cores),
                significant(there)
            ));
        }
    }
    if it.in_current.as_ref().is_err_and(|none| none.stuck().is_some())
        && workload.current_instances.is_some()
    {
        notes.push(
            "it is said to run today, which the model cannot explain; before anything else look at peak_factor, \
             handler_ms, the wait and partitions, or at the limits of the policy (--max-utilization)"
                .into(),
        );
    }
    notes
}

/// That the systems it calls bear less than it asks of them, whatever it runs in.
fn downstream(entry: &PlannedWorkload<'_>) -> Option<String> {
    let load = DownstreamLoad::of(entry.problem.workload, &entry.problem.today)?;
    let consequence = if load.exceeds_on_average() {
        format!("on average it is {}, so events pile up for good", rate(load.mean_calls_per_second))
    } else {
        format!("what piles up drains later, as on average it is {}", rate(load.mean_calls_per_second))
    };
    load.exceeds_at_peak().then(|| {
        format!(
            "no runtime helps with the systems it calls: it asks {} calls of them at peak, and they bear {} \
             (downstream_max_per_second); {consequence}. Caching, several calls in one, or a higher limit would help",
            rate(load.peak_calls_per_second),
            rate(load.limit_per_second)
        )
    })
}

/// Memory of interpreters, binaries and stacks.
pub fn overhead(plan: &Plan<'_>) -> String {
    memory(plan.size.runtime_overhead_bytes)
}
