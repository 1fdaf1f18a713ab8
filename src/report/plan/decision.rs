//! What to do about one workload, and what that saves.

use super::plans::machines;
use crate::report::column::Value;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::options::Machines;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::plan::Plan;
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
    /// observed_cores is given.
    Checked,
    /// It is not.
    ToBeChecked,
}

impl Check {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::ToBeChecked => "to be checked",
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

    /// Machines after the decision: today's where nothing changes.
    pub fn planned(&self) -> Option<String> {
        let it = &self.entry.recommendation;
        match &it.verdict {
            Verdict::None => None,
            Verdict::Stay if it.today_usd_per_month.is_some() => self.today(),
            Verdict::Alternative { on, .. } => Some(on.to_string()),
            _ => it.chosen.as_ref().map(machines),
        }
    }

    /// Where they are, where they change.
    pub fn destination(&self) -> Option<Machines> {
        let it = &self.entry.recommendation;
        match &it.verdict {
            Verdict::Stay | Verdict::Unsettled { .. } | Verdict::None => None,
            Verdict::Alternative { on, .. } => Some(on.clone()),
            Verdict::RightSize | Verdict::Spike { .. } | Verdict::Move => {
                it.chosen.as_ref().map(Machines::of)
            }
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
        self.saves().filter(|saves| *saves >= 0.5)?;
        Some(match self.entry.problem.workload.handler_cost {
            HandlerCost::ObservedCores { .. } => Check::Checked,
            HandlerCost::Wall { .. } | HandlerCost::Profile => Check::ToBeChecked,
        })
    }

    /// A value of the plan; missing where there is none.
    pub fn plan<'r, T: Into<Value<'r>>>(&self, value: impl Fn(&Plan<'_>) -> T) -> Value<'r> {
        self.entry.recommendation.chosen.as_ref().map(|plan| value(plan).into()).unwrap_or(Value::Missing)
    }
}
