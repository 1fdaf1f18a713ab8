//! What an unlucky assignment of partitions does to what is recommended, in words.

use crate::report::figures::percent;
use tonnage_model::capacity::constraint::Constraint;
use tonnage_model::capacity::unlucky::Unlucky;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;

/// The assignment of partitions with which a machine of the plan is busier than it may be.
pub fn unlucky_of(entry: &PlannedWorkload<'_>) -> Option<Unlucky> {
    let plan = entry.recommendation.in_current.as_ref().ok()?;
    plan.sizing.unlucky(plan.count)
}

/// Whether that machine falls behind and is of what is recommended.
pub fn is_behind(entry: &PlannedWorkload<'_>, of: &Unlucky) -> bool {
    of.busy > 1.0 && entry.recommendation.verdict == Verdict::RightSize
}

/// The assignment of which that is so.
pub fn behind_if_unlucky(entry: &PlannedWorkload<'_>) -> Option<Unlucky> {
    unlucky_of(entry).filter(|it| is_behind(entry, it))
}

/// That an assignor, which knows members and no machines, may load one machine beyond a limit.
pub fn unlucky(of: Unlucky) -> String {
    let Unlucky { constraint, held, planned, busy, limit } = of;
    let when = match constraint {
        Constraint::Zone => "when a zone is lost",
        Constraint::CatchUp => "while a backlog drains",
        _ => "at peak",
    };
    format!(
        "Kafka assigns partitions without knowing machines: if one machine gets {held} instead of {planned}, it is {} busy \
         {when}; the limit is {}",
        percent(busy),
        percent(limit)
    )
}
