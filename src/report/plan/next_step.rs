//! The next step for one workload, with the figure that decides it.

use super::action::action;
use super::contradiction::contradiction;
use super::decision::Decision;
use super::goal::goal_costs;
use super::handlers::{batched_p99, open_p99, with_concurrency};
use super::notes::untimed_goal;
use super::options::located;
use super::outgrown::outgrown;
use super::paid;
use super::plans::machines;
use super::questions::{self, lag};
use super::without_plan::cannot;
use crate::report::figures::{NOTHING_USD, days, more, percent, significant, usd};
use crate::report::p99;
use tonnage_model::blank::Blank;
use tonnage_model::capacity::constraint::{BoundBy, Constraint};
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::checked::{raised_peak, raised_skew};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::Plan;

/// One line of what to do first: the change, what it saves, and the figure that decides it.
pub fn next_step(decision: &Decision<'_, '_>) -> Option<String> {
    let entry = decision.entry;
    let it = &entry.recommendation;
    let name = decision.name();
    let open = match &it.verdict {
        Verdict::Contradictory => Some(contradiction(entry)?),
        Verdict::DependsOn(question) => {
            let asked =
                Some(format!("{} {}", questions::verb(question), questions::to_give(question, entry)));
            let said = [lag(entry), asked, goal_costs(entry), decision.kept().without_zone()];
            Some(said.into_iter().flatten().collect::<Vec<_>>().join("; "))
        }
        Verdict::None => Some(cannot(decision)),
        Verdict::Stay => return Some(format!("{name}: {}.", decision.kept().strain()?)),
        _ => None,
    };
    if let Some(said) = open {
        let today = it.today_usd_per_month.map(|today| format!("; {} a month hangs on it", usd(today)));
        return Some(format!("{name}: {said}{}.", today.unwrap_or_default()));
    }
    let is_needed = it.lacks_capacity() || decision.saves().is_some_and(|saves| saves <= -NOTHING_USD);
    let Some(saves) = decision.saving() else {
        return Some(format!("{name}: {}.{}", mending(decision).filter(|_| is_needed)?, spike(decision)));
    };
    let instead = decision.today().map_or_else(String::new, |today| format!(" instead of {today}"));
    let planned = located(decision.destination()?, entry);
    let change = change(decision);
    // The plan that a change of settings leads to is not the one chosen.
    let of_plan = it.chosen.as_ref().filter(|_| !matches!(it.verdict, Verdict::Alternative { .. }));
    let behind = lag(entry).filter(|_| it.lacks_capacity());
    let behind = behind.map(|lag| lag + &turns(entry));
    let mut why: Vec<String> = behind.into_iter().chain(decision.kept().no_worse()).collect();
    if why.is_empty() {
        why.extend(of_plan.map(because));
    }
    let mut why: String = why.iter().map(|why| format!("; {why}")).collect();
    if let Some((open, _)) = open_p99(entry).filter(|_| !why.contains("p99")) {
        why += &format!("; p99 is {open}");
    }
    why += &untimed_goal(entry).map_or_else(String::new, |goal| format!("; {goal}"));
    if let Some((setting, wait)) = of_plan.and_then(|plan| p99::ends_wait(&entry.problem, plan)) {
        why += &format!("; its fetches wait {wait} today: set {setting}");
    }
    why += &beside(decision);
    let spike = spike(decision);
    let room = if entry.is_for_capacity() { " has room and" } else { "" };
    let step = format!("{change}{planned}{instead}{room} {saves} a month{}{why}.{spike}", disputed(decision));
    Some(format!("{name}: {}", with_concurrency(entry, step)))
}

/// Two figures of the row of which one has to be wrong: ` (peak_factor says 8, hourly 11.2)`.
fn disputed(decision: &Decision<'_, '_>) -> String {
    let workload = decision.entry.problem.workload;
    let disputes =
        [(raised_peak(workload), "peak_factor", "hourly"), (raised_skew(workload), "skew", "hot_key_share")];
    let said = disputes.into_iter().filter_map(|(figures, given, taken)| {
        let [one, other] = <[f64; 2]>::from(figures?).map(significant);
        Some(format!(" ({given} says {one}, {taken} {other})"))
    });
    said.collect()
}

/// The spike, or rewrite, that is worth its while after the step, and what the latter is worth at most.
fn spike(decision: &Decision<'_, '_>) -> String {
    let worth = decision.entry.recommendation.worth_up_to.as_ref();
    let Some((it, most)) = worth.and_then(|it| Some((it, days(it.engineer_days?)))) else {
        return String::new();
    };
    let to = &it.to;
    if !it.needs_spike {
        return format!(" Then give rewrite_days: a rewrite in {to} is worth up to {most}.");
    }
    let native = match decision.entry.problem.workload.blanks.has(Blank::NativeShare) {
        true => ", less the more of its code is native (native_share is blank)",
        false => "",
    };
    format!(" Then a spike in {to}: the rewrite is worth up to {most}{native}.")
}

/// The setting or runtime to change to, before machines: `with 32 partitions, `.
fn change(decision: &Decision<'_, '_>) -> String {
    match &decision.entry.recommendation.verdict {
        Verdict::Alternative { to, .. } => format!("with {to}, "),
        Verdict::Move => format!("{}: ", action(decision)),
        _ => String::new(),
    }
}

/// What mends machines that fall behind at peak or have no plan, and its price.
fn mending(decision: &Decision<'_, '_>) -> Option<String> {
    let PlannedWorkload { recommendation: it, problem, .. } = decision.entry;
    let why = lag(decision.entry).unwrap_or_else(|| cannot(decision));
    let Some(to) = decision.destination() else { return Some(why) };
    let machines = match Machines::today(problem) {
        Some(today) if today == *to && it.step().is_some() => format!("on {to} as today"),
        Some(today) if today == *to => format!("{} on {to}", action(decision)),
        Some(today) if to.is_type_of(&today) && to.instances > today.instances => {
            format!("add {} x {}", to.instances - today.instances, to.instance_type)
        }
        Some(today) => format!("{} instead of {today}", located(to, decision.entry)),
        None => located(to, decision.entry),
    };
    let bill = match decision.saves() {
        Some(saves) if saves > -NOTHING_USD => "for the same bill".to_owned(),
        Some(saves) => format!("{} a month than today", more(-saves)),
        None => format!("{} a month", usd(it.usd_per_month?)),
    };
    Some(format!(
        "{}{machines}, {bill}; {why}{}{}",
        change(decision),
        turns(decision.entry),
        beside(decision)
    ))
}

/// What the step that mends it turns on.
fn turns(entry: &PlannedWorkload<'_>) -> String {
    questions::mended_by(entry).map_or_else(String::new, |turns| format!("; {turns}"))
}

/// What the goal for p99 costs, `; p99 at peak is then 13 to 31 s, as batches gather first`, where batches are recommended, for how long
/// the step holds, and that more spot machines are taken back.
fn beside(decision: &Decision<'_, '_>) -> String {
    let entry = decision.entry;
    let outgrown = outgrown(entry).map(|said| format!("that {said}"));
    let said = [goal_costs(entry), batched_p99(entry), outgrown, paid::more_taken_back(entry)];
    said.into_iter().flatten().map(|said| format!("; {said}")).collect()
}

/// The constraint that sets a plan's count, with its figure.
fn because(plan: &Plan<'_>) -> String {
    // Other than the load of a constraint, which is that of handling alone, it counts fetching.
    let busy = format!("machines are {} busy at peak", percent(plan.cpu_at_peak()));
    let busy = plan.client_setting().map_or(busy.clone(), |setting| format!("{busy} with {setting}"));
    let constraint = match plan.bound_by() {
        BoundBy::Minimum => return format!("the minimum of instances is enough; {busy}"),
        BoundBy::Confidence => return format!("{} hold as surely as asked for", machines(plan)),
        BoundBy::Constraint(constraint) => constraint,
    };
    let (what, figure) = match constraint {
        Constraint::Cpu => ("CPU", format!("; {busy}")),
        Constraint::MaxCpu => ("the limit on the machines' CPU", format!("; {busy}")),
        Constraint::InFlight => ("the in-flight limit", String::new()),
        Constraint::Memory => ("memory", String::new()),
        Constraint::Network => ("the network", String::new()),
        Constraint::Latency => {
            let goal = plan.sizing.goal_seconds.unwrap_or(f64::INFINITY);
            ("the latency goal", format!("; p99 is {}", p99::against_goal(plan.p99_range(), goal)))
        }
        Constraint::Zone => ("a lost zone", format!("; with all up, {busy}")),
        Constraint::CatchUp => ("catching up after an outage", String::new()),
    };
    format!("{what} sets the count{figure}")
}
