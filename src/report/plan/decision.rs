//! What to do about one workload, and what that saves.

use crate::report::figures::NOTHING_USD;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::options::Machines;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::workload::HandlerCost;

/// What to do about one workload.
pub struct Decision<'e, 'a> {
    /// The workload with its plans.
    pub entry: &'e PlannedWorkload<'a>,
}

/// The decisions of a fleet, in the order of its files.
pub fn rows<'e, 'a>(fleet: &'e Fleet<'a>) -> Vec<Decision<'e, 'a>> {
    fleet.entries.iter().map(|entry| Decision { entry }).collect()
}

/// Whether today's CPU was measured, so that a saving is more than what the model makes of handler_ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// observed_cores is given, and today's profile can be right beside it.
    Checked,
    /// It is not given.
    ToBeChecked,
    /// What is given contradicts itself: today's profile takes more than observed_cores to read and decode alone, or what
    /// runs today could not run.
    Contradicted,
}

impl Check {
    /// The sign behind a saving.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Checked => "",
            Self::ToBeChecked => "?",
            Self::Contradicted => "!",
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::ToBeChecked => "to be checked",
            Self::Contradicted => "contradicted",
        }
    }
}

impl<'e, 'a> Decision<'e, 'a> {
    /// The name of the workload.
    pub fn name(&self) -> &'e str {
        &self.entry.problem.workload.name
    }

    /// Machines that run today, where they are given.
    pub fn today(&self) -> Option<String> {
        let machine = self.entry.problem.current_machine?;
        Some(format!("{} x {}", self.entry.problem.workload.current_instances?, machine.instance_type))
    }

    /// The same where they change.
    pub fn destination(&self) -> Option<Machines> {
        match &self.entry.recommendation.verdict {
            Verdict::Stay | Verdict::Unsettled { .. } => None,
            _ => self.machines(),
        }
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
    pub fn check(&self) -> Option<Check> {
        self.saves().filter(|saves| *saves >= NOTHING_USD || self.is_contradicted())?;
        Some(match self.entry.problem.workload.handler_cost {
            _ if self.is_contradicted() => Check::Contradicted,
            HandlerCost::ObservedCores { .. } => Check::Checked,
            HandlerCost::Wall { .. } | HandlerCost::Profile => Check::ToBeChecked,
        })
    }

    /// Whether what is given of today contradicts itself, so that nothing should be changed before it is mended.
    pub fn is_contradicted(&self) -> bool {
        let problem = &self.entry.problem;
        let runs = problem.workload.current_instances.is_some();
        let could_not_run =
            self.entry.recommendation.in_current.as_ref().is_err_and(|none| none.stuck().is_some());
        problem.today.floor_above_observed.is_some() || runs && could_not_run
    }

    /// The share of samples in which the plan keeps all constraints, where it was sampled.
    pub fn holds(&self) -> Option<f64> {
        let chosen = self.entry.recommendation.chosen.as_ref()?;
        let runtimes = &self.entry.risk.as_ref()?.runtimes;
        runtimes.iter().find(|risk| risk.runtime == chosen.runtime.name)?.holds
    }

    /// Machines after the decision by type and count: today's where nothing changes.
    pub fn machines(&self) -> Option<Machines> {
        let it = &self.entry.recommendation;
        match (&it.verdict, self.entry.problem.current_machine, self.entry.problem.workload.current_instances)
        {
            (Verdict::None, ..) => None,
            (Verdict::Stay, Some(machine), Some(instances)) if it.today_usd_per_month.is_some() => {
                Some(Machines {
                    instances: u64::from(instances),
                    instance_type: machine.instance_type.clone(),
                    provider: machine.provider.clone(),
                    region: machine.region.clone(),
                })
            }
            (Verdict::Alternative { on, .. }, ..) => Some(on.clone()),
            _ => it.chosen.as_ref().map(Machines::of),
        }
    }

    /// The constraint that sets their number, where the plan of today's runtime or another is taken as it is.
    pub fn bound_by(&self) -> Option<String> {
        let it = &self.entry.recommendation;
        match &it.verdict {
            Verdict::RightSize | Verdict::Move | Verdict::Spike { .. } | Verdict::Unsettled { .. } => {
                it.chosen.as_ref().map(|plan| plan.bound_by().to_string())
            }
            _ => None,
        }
    }
}
