//! The machine types that were not chosen, and why they lost.

use crate::cost::bill::SAME_BILL;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};

/// A machine type that serves and was not chosen.
#[derive(Debug, Clone)]
pub struct Rival<'a> {
    /// The plan on it.
    pub plan: Plan<'a>,
    /// Why it lost.
    pub lost: Lost,
}

/// Why a machine type was not chosen: the first of these by which it is behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lost {
    /// It costs more, USD a month.
    Costs(f64),
    /// It costs less, USD a month, by no more than the cost tolerance, and takes more instances or too large ones.
    Saves(f64),
    /// It costs the same and takes more instances.
    MoreInstances,
    /// So many instances cost the same, and have more memory.
    MoreMemory,
    /// The same memory too, and its cores are slower.
    Slower,
    /// It is the same in all of these, and its name, provider or region comes later.
    Name,
}

/// The `most` next cheapest machine types for a plan. It sizes all machine types.
pub fn rivals<'a>(
    problem: &Problem<'a>,
    plan: &Plan<'a>,
    machines: &[&'a Machine],
    policy: Policy,
    most: usize,
) -> Vec<Rival<'a>> {
    let all = problem.candidates(plan.runtime, machines, policy, RangeEnd::Best).unwrap_or_default();
    let others = all.into_iter().filter(|other| !std::ptr::eq(other.machine, plan.machine));
    others.take(most).map(|other| Rival { lost: lost(plan, &other), plan: other }).collect()
}

fn lost(best: &Plan<'_>, other: &Plan<'_>) -> Lost {
    let more = other.usd_per_month - best.usd_per_month;
    if more >= SAME_BILL {
        Lost::Costs(more)
    } else if more <= -SAME_BILL || other.count.instances < best.count.instances {
        Lost::Saves((-more).max(0.0))
    } else if other.count.instances > best.count.instances {
        Lost::MoreInstances
    } else if other.machine.memory_bytes > best.machine.memory_bytes {
        Lost::MoreMemory
    } else if other.machine.sustained_speed() < best.machine.sustained_speed() {
        Lost::Slower
    } else {
        Lost::Name
    }
}
