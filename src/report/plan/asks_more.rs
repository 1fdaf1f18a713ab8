//! Why a plan costs more than what is kept, in words.

use crate::report::figures::{SAME_BILL, percent};
use crate::report::p99;
use tonnage_model::capacity::constraint::BoundBy;
use tonnage_model::decide::doubts::overloaded_without_zone;
use tonnage_model::decide::goal::WithoutGoal;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::Plan;
use tonnage_model::scenario::kept::KeptToday;

/// `to survive the loss of a zone (--min-instances, --no-zone-loss change that)`.
pub fn asks_more(entry: &PlannedWorkload<'_>) -> String {
    let (workload, it) = (entry.problem.workload, &entry.recommendation);
    // As many as run today cost no more by the minimum.
    let runs = workload.machines_today().map_or(0, u64::from);
    let is_at_minimum = |plan: &&Plan<'_>| {
        let instances = plan.count.instances;
        plan.bound_by() == BoundBy::Minimum && (instances == 1 || instances != runs)
    };
    let plan = it.in_current.as_ref().ok();
    let goal = WithoutGoal::of(entry);
    let why = match plan.filter(is_at_minimum) {
        // As one instance runs today, the loss of a zone is not planned for.
        Some(plan) if plan.count.instances == 1 => "as the cheapest machine that carries it costs so much",
        Some(_) if goal.is_some() => {
            "for the p99 goal and the loss of a zone (p99_ms, --no-zone-loss and --min-instances change that)"
        }
        Some(_) => "to survive the loss of a zone (--min-instances, --no-zone-loss change that)",
        // Without it as much as is paid would do.
        None if goal
            .is_some_and(|goal| it.right_sizing_saves >= Some(-goal.saves_usd_per_month - SAME_BILL)) =>
        {
            let is_as_short =
                |today: &Plan<'_>| plan.is_some_and(|it| today.p99_seconds() <= it.p99_seconds());
            let today = KeptToday::before(entry).filter(is_as_short);
            let as_short = today.map_or_else(String::new, |today| {
                format!(", though p99 is no longer on today's machines ({})", p99::range(today.p99_range()))
            });
            return format!("for the p99 goal (p99_ms changes that){as_short}");
        }
        None => {
            let given = match (workload.handler_seconds, workload.observed_cores, workload.utilization) {
                (Some(_), ..) => "handler_ms, ",
                (None, Some(_), _) => "observed_cores, ",
                (None, None, Some(_)) => "utilization, ",
                (None, None, None) => "",
            };
            let zone = overloaded_without_zone(entry).filter(|_| it.verdict == Verdict::Stay);
            let zone = zone.map_or_else(String::new, |busy| {
                format!(" (with a zone lost today's would be {} busy at peak)", percent(busy))
            });
            return format!(
                "to keep more headroom than runs now{zone}, unless {given}peak_factor or current_instances is off"
            );
        }
    };
    why.to_owned()
}
