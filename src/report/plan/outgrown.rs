//! For how long what is recommended holds as its volume grows, in words.

use crate::report::figures::{percent, plural};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::outgrown::Outgrown;

/// `holds for 1 month of 10 % growth, then it takes 8`, where that is soon.
pub fn outgrown(entry: &PlannedWorkload<'_>) -> Option<String> {
    let Outgrown { months, to } = Outgrown::of(entry)?;
    let months = match months {
        0 => "less than a month".to_owned(),
        months => plural(months.into(), "month"),
    };
    let on = entry.recommendation.machines.as_ref();
    let then = match to {
        Some(to) if on.is_some_and(|on| to.is_type_of(on)) => format!("it takes {}", to.instances),
        Some(to) => format!("it takes {to}"),
        None => "no plan does".to_owned(),
    };
    let growth = percent(entry.problem.workload.outlook.growth_per_month);
    Some(format!("holds for {months} of {growth} growth, then {then}"))
}
