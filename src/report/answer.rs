//! Why a plan is what it is, in a paragraph.

use super::figures::{memory, percent, plural, usd, whole};
use super::formula::figure;
use super::p99;
use super::plan::evidence::scaling;
use super::plan::plans::machines;
use tonnage_model::capacity::constraint::{BoundBy, Constraint};
use tonnage_model::capacity::load::LoadOn;
use tonnage_model::capacity::sizing::Member;
use tonnage_model::decide::evidence::ScalingEvidence;
use tonnage_model::explain::Explanation;
use tonnage_model::explain::step::Step;
use tonnage_model::plan::Plan;

/// The count with what binds it, what one fewer would mean, and whether it rests on how threads share a machine.
pub fn answer(explanation: &Explanation<'_>) -> String {
    let plan = match explanation.plan {
        Ok(plan) => plan,
        Err(none) => return format!("No plan: {none}."),
    };
    let n = plan.count.instances;
    let lead = format!("{} for {} a month", machines(plan), usd(plan.usd_per_month));
    let why = match plan.bound_by() {
        BoundBy::Constraint(constraint) => {
            let step = explanation.constraint(constraint);
            let now = step.map_or_else(String::new, |step| state(step, constraint, plan));
            let fewer = step.zip(explanation.one_fewer).map_or_else(String::new, |(step, fewer)| {
                let would_be = match constraint {
                    Constraint::Latency => p99::by_queueing(fewer),
                    _ => figure(fewer, step.quantity.unit()),
                };
                format!(" With {} it would be {would_be}.", plural(n - 1, "instance"))
            });
            format!("{lead}; the binding constraint is {constraint}: {now}.{fewer}")
        }
        BoundBy::Minimum => {
            let alone = explanation.constraint(Constraint::Cpu).and_then(|step| step.limit?.instances);
            let alone = alone.map_or_else(|| "no number".to_owned(), |n| whole(n as f64));
            let tightest = explanation.tightest().and_then(|step| Some((step, step.limit?.constraint)));
            let tightest = tightest.map_or_else(String::new, |(step, constraint)| {
                format!(" Closest to its limit is {constraint}: {}.", state(step, constraint, plan))
            });
            format!(
                "{lead}: the minimum of the policy, and no constraint asks for more; cpu alone asks for {alone}.{tightest}"
            )
        }
        BoundBy::Confidence => format!("{lead}: fewer instances hold too rarely."),
    };
    let shared = ScalingEvidence::of(explanation.problem, plan)
        .map_or_else(String::new, |it| format!(" {}", scaling(&it)));
    format!("{why}{shared}")
}

/// How close a constraint is to its limit.
fn state(step: &Step, constraint: Constraint, plan: &Plan<'_>) -> String {
    let allowed = step.limit.map_or(f64::INFINITY, |limit| limit.allowed);
    let sizing = &plan.sizing;
    let (n, members) = (plan.count.instances, plan.count.members_per_instance);
    let on = sizing.tightest_load(constraint, n, members).map(|load| load.on);
    let busiest = match on {
        Some(LoadOn::InFlight) => format!("the busiest {}", sizing.concurrency),
        Some(LoadOn::Member) => match sizing.member {
            Member::Binary if sizing.binaries == 1 => "the busiest instance".to_owned(),
            Member::Binary | Member::Process => "the busiest process".to_owned(),
            Member::Reader => "the busiest reader".to_owned(),
        },
        Some(LoadOn::Instance) | None => "each".to_owned(),
    };
    // The load of a constraint is that of handling; the machines' CPU also counts fetching.
    let with = if on == Some(LoadOn::InFlight) { "" } else { " with handling" };
    let busy = format!("{busiest} is {} busy{with}", percent(step.value));
    let limit = percent(allowed);
    match constraint {
        Constraint::Cpu | Constraint::InFlight => format!("{busy} at peak; the limit is {limit}"),
        Constraint::Zone => {
            let left = plural(sizing.policy.alive(n), "instance");
            format!("a lost zone leaves {left}, and then {busy}; the limit is {limit}")
        }
        Constraint::MaxCpu => {
            format!(
                "a machine is {} busy at peak, fetches included; the limit is {limit}",
                percent(step.value)
            )
        }
        Constraint::CatchUp => format!("{busy} while a backlog drains; the limit is {limit}"),
        Constraint::Memory => {
            format!("an instance needs {} of {} usable", memory(step.value), memory(allowed))
        }
        Constraint::Network => {
            let [used, usable] = [step.value, allowed].map(|bits| figure(bits, step.quantity.unit()));
            format!("the busiest instance moves {used} of {usable} usable")
        }
        Constraint::Latency => {
            format!("p99 at peak is {}", p99::against_goal(plan.p99_range(), allowed))
        }
    }
}
