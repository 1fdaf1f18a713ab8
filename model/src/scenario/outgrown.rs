//! For how long what is recommended is enough as its volume grows.

use crate::decide::alternative::Machines;
use crate::decide::planned::PlannedWorkload;
use crate::scenario::growth::Forecast;
use crate::scenario::kept::KeptToday;

/// Months until plans are made again, as most teams do once a quarter.
const NEXT_PLANNING: u32 = 3;

/// Recommended machines that growth asks for more than before plans are made again.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgrown {
    /// Months for which they hold.
    pub months: u32,
    /// What it takes then; `None` where there is no plan.
    pub to: Option<Machines>,
}

impl Outgrown {
    /// That of what is recommended for a workload, as the months of a sweep have it; nothing where it holds, or its machines are not known.
    pub fn of(planned: &PlannedWorkload<'_>) -> Option<Self> {
        let PlannedWorkload { problem, planner, recommendation: it, changed, .. } = planned;
        let (runtime, on) = it.runtime.zip(it.machines.as_ref()).filter(|_| it.has_verdict())?;
        if problem.workload.outlook.growth_per_month <= 0.0 {
            return None;
        }
        let stays = it.machines == Machines::today(problem);
        let kept = stays.then(|| KeptToday::today(problem, &planner.policy)).flatten();
        let problem = changed.as_ref().map_or_else(|| problem.clone(), |changed| changed.problem(problem));
        let forecast =
            Forecast::new(problem, &[runtime], &planner.machines, planner.policy, NEXT_PLANNING, kept);
        let stages = forecast.courses.first()?.stages.iter().skip(1);
        (0..).zip(stages).find_map(|(months, stage)| {
            let to = stage.as_ref().map(|stage| stage.on.clone());
            let holds = |to: &Machines| to.is_type_of(on) && to.instances <= on.instances;
            let is_enough = to.as_ref().is_ok_and(|to| to.as_ref().is_none_or(holds));
            (!is_enough).then(|| Self { months, to: to.ok().flatten() })
        })
    }
}
