//! The steps that make a workload cheaper, least effort first.

use crate::model::machine::Machine;
use crate::model::plan::{NoPlan, Plan, Problem, RangeEnd};
use crate::model::policy::Policy;
use crate::model::runtime::{Concurrency, Runtime};
use crate::model::workload::Workload;
use serde::Serialize;

/// Most events in flight that are proposed.
const MOST_IN_FLIGHT: u32 = 256;

/// A kind of step, least effort first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Fewer or more instances of the machine type that runs today.
    RightSize,
    /// One event in progress for each partition instead of each consumer; order within a partition stays.
    PartitionConcurrency,
    /// Several events in progress; order is given up.
    InFlight,
    /// More partitions; keys move between them.
    Partitions,
    /// A faster client or codec in the same language.
    Library,
    /// Another machine type.
    MachineType,
    /// Another language.
    Language,
}

impl StepKind {
    /// How much can go wrong, and what.
    pub fn risk(self) -> &'static str {
        match self {
            Self::RightSize => "low risk: less head room than today, as much as the policy asks for",
            Self::PartitionConcurrency => "moderate risk: code changes; order within a partition is kept",
            Self::InFlight => "moderate risk: gives up order within a partition",
            Self::Partitions => "high risk: remaps keys, so order and state by key break once",
            Self::Library => "moderate risk: other client or codec; retest errors and rebalances",
            Self::MachineType => "low risk: speeds of machine families are known to 15 % at best",
            Self::Language => "high risk: a rewrite, and a second language to run",
        }
    }
}

/// One step with what it leads to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Kind.
    pub kind: StepKind,
    /// The setting to change to, such as `in_flight 8` or `2 x c7a.medium`.
    pub to: String,
    /// Bill after this step alone, USD a month; `None` where it does not make the workload feasible.
    pub usd_per_month: Option<f64>,
    /// What this step alone saves, USD a month, against the setting it starts from: today's bill for
    /// right-sizing, the cheapest plan in today's runtime for another language, the right-sized deployment for
    /// all others. `None` where either is not known.
    pub saves_usd_per_month: Option<f64>,
    /// What can go wrong.
    pub risk: &'static str,
}

/// What a ladder is made for.
pub struct Ladder<'l, 'a> {
    /// The workload and what runs it.
    pub problem: &'l Problem<'a>,
    /// Runtimes to choose from.
    pub runtimes: &'l [&'a Runtime],
    /// Machine types to choose from.
    pub machines: &'l [&'a Machine],
    /// Head room and failures.
    pub policy: Policy,
}

impl<'a> Ladder<'_, 'a> {
    /// All steps that apply, least effort first. `in_current` is the cheapest plan in today's runtime,
    /// `elsewhere` the cheapest in another language.
    pub fn steps(&self, in_current: Result<&Plan<'a>, &NoPlan>, elsewhere: Option<&Plan<'a>>) -> Vec<Step> {
        let mut steps = Vec::new();
        let today = self.problem.usd_per_month_today(&self.policy);
        let here = self.problem.current_machine.or(in_current.ok().map(|plan| plan.machine));
        let machines: Vec<&Machine> = here.map_or_else(|| self.machines.to_vec(), |machine| vec![machine]);
        let current = self.problem.current;
        let right_sized = cost(self.problem.workload, self.problem, current, &machines, self.policy);
        let saves = |from: Option<f64>, to: Option<f64>| Some(from? - to?);
        let mut push = |kind: StepKind, to: String, usd: Option<f64>, from: Option<f64>| {
            let saves_usd_per_month = saves(from, usd);
            steps.push(Step { kind, to, usd_per_month: usd, saves_usd_per_month, risk: kind.risk() });
        };

        if let (Some(today), Some(machine)) = (today, here) {
            let to = right_sized.as_ref().map(|(_, deployment)| deployment.clone());
            let usd = right_sized.as_ref().map(|(usd, _)| *usd);
            push(StepKind::RightSize, to.unwrap_or_else(|| machine.instance_type.clone()), usd, Some(today));
        }
        let base = right_sized.map(|(usd, _)| usd);
        for (kind, changed) in self.changes(&machines) {
            let after = cost(&changed, self.problem, current, &machines, self.policy);
            push(kind, describe(kind, &changed), after.map(|(usd, _)| usd), base);
        }
        let library = self
            .same_language()
            .filter_map(|runtime| {
                let (usd, _) = cost(self.problem.workload, self.problem, runtime, &machines, self.policy)?;
                Some((usd, runtime))
            })
            .min_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((usd, runtime)) = library {
            push(StepKind::Library, runtime.name.clone(), Some(usd), base);
        }
        if let (Some(_), Ok(plan)) = (self.problem.current_machine, in_current)
            && here.is_some_and(|machine| machine != plan.machine)
        {
            push(StepKind::MachineType, deployment(plan), Some(plan.usd_per_month), base);
        }
        if let Some(plan) = elsewhere {
            let to = format!("{}, {}", plan.runtime.name, deployment(plan));
            let from = in_current.ok().map(|plan| plan.usd_per_month);
            push(StepKind::Language, to, Some(plan.usd_per_month), from);
        }
        steps
    }

    /// The least effort that is not another language and after which the other language's bill `usd` is no
    /// longer lower by `threshold`; with its bill, on the best machine type for it. `usd` is infinite where
    /// no other language has a plan; only then may keys be remapped.
    pub fn enough_without_rewrite(&self, usd: f64, threshold: f64) -> Option<(StepKind, String, f64)> {
        let worth = |after: f64| after - usd < threshold;
        let current = self.problem.current;
        for (kind, changed) in self.changes(self.machines) {
            let after = cost(&changed, self.problem, current, self.machines, self.policy);
            if (kind != StepKind::Partitions || usd.is_infinite())
                && let Some((after, _)) = after.filter(|(after, _)| worth(*after))
            {
                return Some((kind, describe(kind, &changed), after));
            }
        }
        self.same_language()
            .filter_map(|runtime| {
                let (after, _) =
                    cost(self.problem.workload, self.problem, runtime, self.machines, self.policy)?;
                worth(after).then(|| (StepKind::Library, runtime.name.clone(), after))
            })
            .min_by(|one, other| one.2.total_cmp(&other.2))
    }

    fn same_language(&self) -> impl Iterator<Item = &'a Runtime> {
        let current = self.problem.current;
        self.runtimes
            .iter()
            .copied()
            .filter(move |runtime| runtime.language == current.language && runtime.name != current.name)
    }

    /// Settings of the workload that could be changed without touching machine, library or language.
    fn changes(&self, machines: &[&'a Machine]) -> Vec<(StepKind, Workload)> {
        let workload = self.problem.workload;
        let current = self.problem.current;
        let concurrency = workload.concurrency.unwrap_or(current.concurrency);
        let mut changes = Vec::new();
        if concurrency == Concurrency::Consumer {
            let per_partition = Workload { concurrency: Some(Concurrency::Partition), ..workload.clone() };
            changes.push((StepKind::PartitionConcurrency, per_partition));
        }
        if self.problem.today.wait_seconds > 0.0 {
            let with = |in_flight: u32| Workload { in_flight, ..workload.clone() };
            let doublings = (1..)
                .map(|doublings| workload.in_flight.saturating_mul(1 << doublings))
                .take_while(|&m| m <= MOST_IN_FLIGHT);
            let best = doublings
                .filter_map(|m| {
                    let (usd, _) = cost(&with(m), self.problem, current, machines, self.policy)?;
                    Some((m, usd))
                })
                .min_by(|one, other| one.1.total_cmp(&other.1));
            if let Some((in_flight, _)) = best {
                changes.push((StepKind::InFlight, with(in_flight)));
            }
        }
        if let Some(given) = workload.topic.partitions {
            let required = self
                .problem
                .cheapest(current, machines, self.policy, RangeEnd::Best)
                .map_or_else(
                    |none| none.stuck().and_then(|stuck| stuck.partitions_required),
                    |plan| plan.size.partitions_required,
                )
                .and_then(|required| u32::try_from(required).ok());
            if let Some(required) = required.filter(|&required| required > given) {
                let mut changed = workload.clone();
                changed.topic.partitions = Some(required);
                changes.push((StepKind::Partitions, changed));
            }
        }
        changes
    }
}

/// The cheapest bill of a changed workload in a runtime, and the deployment behind it.
fn cost(
    changed: &Workload,
    problem: &Problem<'_>,
    runtime: &Runtime,
    machines: &[&Machine],
    policy: Policy,
) -> Option<(f64, String)> {
    let changed = Problem { workload: changed, ..problem.clone() };
    let plan = changed.cheapest(runtime, machines, policy, RangeEnd::Best).ok()?;
    Some((plan.usd_per_month, deployment(&plan)))
}

/// `2 x c7a.medium`.
fn deployment(plan: &Plan<'_>) -> String {
    format!("{} x {}", plan.size.instances, plan.machine.instance_type)
}

fn describe(kind: StepKind, changed: &Workload) -> String {
    match kind {
        StepKind::InFlight => format!("in_flight {}", changed.in_flight),
        StepKind::Partitions => format!("{} partitions", changed.topic.partitions.unwrap_or_default()),
        _ => "one event in progress per partition".into(),
    }
}
