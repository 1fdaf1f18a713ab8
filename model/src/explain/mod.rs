//! Why a plan is what it is: its quantities in the order in which the model computes them, each with its formula.

mod capacity;
mod count;
mod event;
pub mod rivals;
pub mod step;

use crate::capacity::constraint::{BoundBy, Constraint};
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::Problem;
use crate::runtime::Runtime;
use step::{Step, Steps, Unit};

/// A plan taken apart, or what is known of a runtime that has none.
#[derive(Debug, Clone)]
pub struct Explanation<'e> {
    /// The workload with what runs it today.
    pub problem: &'e Problem<'e>,
    /// The runtime.
    pub runtime: &'e Runtime,
    /// The plan, or why there is none.
    pub plan: Result<&'e Plan<'e>, &'e NoPlan>,
    /// Its numbers.
    pub steps: Vec<Step>,
    /// What the constraint that binds would come to with one instance fewer, in the unit of its step.
    pub one_fewer: Option<f64>,
}

impl<'e> Explanation<'e> {
    /// Takes a plan apart. Where there is none, the numbers are those on the machine type that comes closest.
    pub fn new(
        problem: &'e Problem<'e>,
        runtime: &'e Runtime,
        plan: Result<&'e Plan<'e>, &'e NoPlan>,
        machines: &[&Machine],
        policy: Policy,
    ) -> Self {
        let mut steps = Steps::default();
        steps.rates(problem.workload);
        steps.today(problem);
        steps.bill_today(problem, &policy);
        match plan {
            Ok(plan) => {
                let (count, speed) = (plan.count, plan.machine.sustained_speed().unwrap_or(1.0));
                let reads = match plan.standby_members() {
                    0 => "peak_rate / (instances * processes)",
                    _ => "peak_rate / partitions",
                };
                steps.on_machine(runtime, &plan.sizing, speed, count);
                steps.figure("processes", count.members_per_instance as f64, Unit::Count);
                let rate = (plan.member_rate(), reads, plan.fetch_wait_seconds);
                steps.demand(problem, runtime, &plan.demand, rate, plan.fetch_core_seconds());
                steps.capacity(&plan.sizing, count.members_per_instance);
                steps.constraints(&plan.sizing, count);
                steps.batch(plan);
                steps.outcome(plan);
            }
            Err(none) => steps.closest(problem, runtime, none, machines, policy),
        }
        if problem.may_be_of_system_alone() {
            use step::Quantity::{CoreP99, FetchDelay, InFlightP99, P99, P99Gathered};
            let of_p99 = [FetchDelay, CoreP99, InFlightP99, P99, P99Gathered];
            steps.all.retain(|step| !of_p99.contains(&step.quantity));
        }
        let one_fewer = plan.ok().and_then(|plan| match plan.bound_by() {
            BoundBy::Constraint(constraint) => count::one_fewer(plan, constraint),
            BoundBy::Minimum | BoundBy::Confidence => None,
        });
        Self { problem, runtime, plan, steps: steps.all, one_fewer }
    }

    /// The step of a constraint.
    pub fn constraint(&self, constraint: Constraint) -> Option<&Step> {
        self.steps.iter().find(|step| step.limit.is_some_and(|limit| limit.constraint == constraint))
    }

    /// The constraint that comes closest to its limit.
    pub fn tightest(&self) -> Option<&Step> {
        let used = |step: &Step| step.used().unwrap_or(0.0);
        let limited = self.steps.iter().filter(|step| step.limit.is_some());
        limited.max_by(|one, other| used(one).total_cmp(&used(other)))
    }
}
