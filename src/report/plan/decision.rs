//! What to do about one workload, and what that saves.

use super::kept::Kept;
use super::plans::on_same_machines;
use crate::report::figures::{NOTHING_USD, usd};
use std::sync::OnceLock;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::plan::Plan;

/// What to do about one workload.
pub struct Decision<'e, 'a> {
    /// The workload with its plans.
    pub entry: &'e PlannedWorkload<'a>,
    kept: OnceLock<Kept<'e, 'a>>,
}

/// The decisions of a fleet, in the order of its files.
pub fn rows<'e, 'a>(fleet: &'e Fleet<'a>) -> Vec<Decision<'e, 'a>> {
    fleet.entries.iter().map(Decision::of).collect()
}

/// The sign behind a saving that nobody has checked.
pub fn sign(check: Standing) -> &'static str {
    if check == Standing::Unchecked { "?" } else { "" }
}

/// Whether a saving is checked, in words.
pub fn word(check: Standing) -> &'static str {
    match check {
        Standing::Consistent => "checked",
        Standing::Unchecked => "to be checked",
        Standing::Contradictory => "contradictory",
    }
}

/// What a change of a workload's machines is; of machines that stay, what changes on them.
pub fn resized(entry: &PlannedWorkload<'_>) -> String {
    let it = &entry.recommendation;
    match &it.in_current {
        Ok(plan) if it.machines == Machines::today(&entry.problem) => on_same_machines(plan),
        _ if it.saves < Some(0.0) => enlarged(entry).to_owned(),
        _ => "right-size".to_owned(),
    }
}

/// What a change of machines that costs more is, by what differs.
pub fn enlarged(entry: &PlannedWorkload<'_>) -> &'static str {
    match Machines::today(&entry.problem).zip(entry.recommendation.machines.as_ref()) {
        Some((today, to)) if to.is_type_of(&today) => "add machines",
        _ => "add capacity",
    }
}

impl<'e, 'a> Decision<'e, 'a> {
    /// That of a workload.
    pub fn of(entry: &'e PlannedWorkload<'a>) -> Self {
        Self { entry, kept: OnceLock::new() }
    }

    /// What is in doubt of what is kept.
    pub fn kept(&self) -> &Kept<'e, 'a> {
        self.kept.get_or_init(|| Kept::of(self.entry))
    }

    /// The name of the workload.
    pub fn name(&self) -> &'e str {
        &self.entry.problem.workload.name
    }

    /// Machines that run today, where they are given.
    pub fn today(&self) -> Option<String> {
        Machines::today(&self.entry.problem).map(|on| on.to_string())
    }

    /// The machines recommended, where they are others than today's.
    pub fn destination(&self) -> Option<&'e Machines> {
        let it = &self.entry.recommendation;
        it.machines.as_ref().filter(|_| it.changes_machines())
    }

    /// Today's bill and the planned one, where both are known, USD a month.
    pub fn bills(&self) -> Option<(f64, f64)> {
        let it = &self.entry.recommendation;
        it.today_usd_per_month.zip(it.usd_per_month)
    }

    /// What it saves, USD a month, of a bill that is known.
    pub fn saves(&self) -> Option<f64> {
        self.bills().map(|(today, planned)| today - planned)
    }

    /// Whether the saving is checked; nothing where there is none.
    pub fn check(&self) -> Option<Standing> {
        self.saves().filter(|saves| *saves >= NOTHING_USD)?;
        self.entry.recommendation.check()
    }

    /// `saves $464?`, where it saves something.
    pub fn saving(&self) -> Option<String> {
        let saves = self.saves().filter(|saves| *saves >= NOTHING_USD)?;
        Some(format!("saves {}{}", usd(saves), self.check().map_or("", sign)))
    }

    /// The share of samples in which the plan keeps all constraints, where it was sampled.
    pub fn holds(&self) -> Option<f64> {
        let chosen = self.entry.recommendation.chosen.as_ref()?;
        let runtimes = &self.entry.risk.as_ref()?.runtimes;
        runtimes.iter().find(|risk| risk.runtime == chosen.runtime.name)?.holds
    }

    /// The cloud of the machines after the decision, else of today's or, without a decision, of the plan; else where plans
    /// stay.
    pub fn provider(&self) -> Option<&str> {
        let PlannedWorkload { recommendation: it, problem, planner, .. } = self.entry;
        let decided = it.machines.as_ref().map(|on| on.provider.as_str());
        let machine = problem.current_machine.or_else(|| it.chosen.as_ref().map(|plan| plan.machine));
        decided.or_else(|| machine.map(|machine| machine.provider.as_str())).or(planner.home.provider)
    }

    /// The plan of a runtime, where it is recommended as it is.
    pub fn as_planned(&self) -> Option<&'e Plan<'a>> {
        let chosen = self.entry.recommendation.chosen.as_ref();
        chosen.filter(|plan| self.destination() == Some(&Machines::of(plan)))
    }

    /// The constraint that sets the number of machines of that plan.
    pub fn bound_by(&self) -> Option<String> {
        Some(self.as_planned()?.bound_by().to_string())
    }
}
