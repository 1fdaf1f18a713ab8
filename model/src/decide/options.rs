//! The steps that make a workload cheaper, least effort first.

use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Concurrency, Runtime};
use crate::uncertain::confidence::Confidence;
use crate::workload::Workload;
use serde::Serialize;
use std::fmt;

/// Most events in flight that are proposed.
const MOST_IN_FLIGHT: u32 = 256;

/// A kind of step, least effort first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeKind {
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

impl AlternativeKind {
    /// How much can go wrong, and what.
    pub fn risk(self) -> &'static str {
        match self {
            Self::RightSize => "low risk: less head room than today, as much as the policy asks for",
            Self::PartitionConcurrency => "moderate risk: code changes; order within a partition is kept",
            Self::InFlight => "high risk: gives up order within a partition",
            Self::Partitions => "high risk: remaps keys, so order and state by key break once",
            Self::Library => "moderate risk: other client or codec; retest errors and rebalances",
            Self::MachineType => "low risk: speeds of machine families are known to 15 % at best",
            Self::Language => "high risk: a rewrite, and a second language to run",
        }
    }
}

/// Machines of one type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machines {
    /// How many.
    pub instances: u64,
    /// Machine type.
    pub instance_type: String,
    /// Cloud.
    pub provider: String,
    /// Region.
    pub region: String,
}

impl Machines {
    /// The machines of a plan.
    pub fn of(plan: &Plan<'_>) -> Self {
        let Machine { instance_type, provider, region, .. } = plan.machine;
        Self {
            instances: plan.size.instances,
            instance_type: instance_type.clone(),
            provider: provider.clone(),
            region: region.clone(),
        }
    }

    /// Whether it is where `machine` is.
    pub fn is_beside(&self, machine: &Machine) -> bool {
        self.provider == machine.provider && self.region == machine.region
    }
}

impl fmt::Display for Machines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.instances, self.instance_type)
    }
}

/// One step with what it leads to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// Kind.
    pub kind: AlternativeKind,
    /// The setting or runtime to change to, such as `in_flight 8`; `None` where only machines change.
    pub to: Option<String>,
    /// The machines after this step alone; `None` where it does not make the workload feasible.
    pub on: Option<Machines>,
    /// Their bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// What this step alone saves, USD a month, against what it starts from: today's bill for right-sizing, the
    /// right count of today's machines for another machine type, the cheapest plan in today's runtime for all
    /// others. `None` where either is not known.
    pub saves_usd_per_month: Option<f64>,
    /// What can go wrong.
    pub risk: &'static str,
}

/// What a options is made for.
pub struct Options<'l, 'a> {
    /// The workload and what runs it.
    pub problem: &'l Problem<'a>,
    /// Runtimes to choose from.
    pub runtimes: &'l [&'a Runtime],
    /// Machine types to choose from.
    pub machines: &'l [&'a Machine],
    /// Head room and failures.
    pub policy: Policy,
    /// How surely plans have to hold; `None` for the best estimates.
    pub confidence: Option<&'l Confidence<'a>>,
}

impl<'a> Options<'_, 'a> {
    /// The cheapest plan for a problem, as surely as plans have to hold.
    pub fn cheapest<'p>(
        &self,
        problem: &Problem<'p>,
        runtime: &'p Runtime,
        machines: &[&'p Machine],
        end: RangeEnd,
    ) -> Result<Plan<'p>, NoPlan> {
        match self.confidence {
            Some(confidence) => confidence.cheapest(problem, runtime, machines, self.policy, end),
            None => problem.cheapest(runtime, machines, self.policy, end),
        }
    }

    /// All steps that apply, least effort first. `in_current` is the cheapest plan in today's runtime, `library`
    /// that in another one of the same language, `elsewhere` that in another language.
    pub fn steps(
        &self,
        in_current: Result<&Plan<'a>, &NoPlan>,
        library: Option<&Plan<'a>>,
        elsewhere: Option<&Plan<'a>>,
    ) -> Vec<Alternative> {
        let problem = self.problem;
        let current = problem.current;
        let base = in_current.ok().map(|plan| plan.usd_per_month);
        let mut steps = Vec::new();

        let same_machines = problem
            .current_machine
            .and_then(|machine| self.cheapest(problem, current, &[machine], RangeEnd::Best).ok());
        let today = problem.usd_per_month_today(&self.policy);
        if today.is_some() && problem.current_machine.is_some_and(|machine| machine.vcpu_speed.is_some()) {
            steps.push(self.step(AlternativeKind::RightSize, None, same_machines.as_ref(), today));
        }
        for (kind, to, changed) in self.changes(in_current) {
            let changed = Problem { workload: &changed, ..problem.clone() };
            let plan = self.cheapest(&changed, current, self.machines, RangeEnd::Best).ok();
            steps.push(self.step(kind, Some(to), plan.as_ref(), base));
        }
        if let Some(plan) = library {
            steps.push(self.step(
                AlternativeKind::Library,
                Some(plan.runtime.name.clone()),
                Some(plan),
                base,
            ));
        }
        if let (Some(machine), Ok(plan)) = (problem.current_machine, in_current)
            && machine != plan.machine
        {
            let from = same_machines.as_ref().map(|plan| plan.usd_per_month);
            steps.push(self.step(AlternativeKind::MachineType, None, Some(plan), from));
        }
        if let Some(plan) = elsewhere {
            steps.push(self.step(
                AlternativeKind::Language,
                Some(plan.runtime.name.clone()),
                Some(plan),
                base,
            ));
        }
        steps
    }

    fn step(
        &self,
        kind: AlternativeKind,
        to: Option<String>,
        plan: Option<&Plan<'_>>,
        from: Option<f64>,
    ) -> Alternative {
        let on = plan.map(Machines::of);
        let usd_per_month = plan.map(|plan| plan.usd_per_month);
        let saves_usd_per_month = from.zip(usd_per_month).map(|(before, after)| before - after);
        let moves =
            on.as_ref().zip(self.problem.current_machine).is_some_and(|(on, today)| !on.is_beside(today));
        let risk = match kind {
            AlternativeKind::RightSize if saves_usd_per_month < Some(0.0) => {
                "low risk: more head room than today"
            }
            AlternativeKind::MachineType if moves => {
                "high risk: another cloud or region, the move itself not priced"
            }
            AlternativeKind::InFlight if self.problem.workload.in_flight > Some(1) => {
                "moderate risk: order is given up already, now over more events"
            }
            kind => kind.risk(),
        };
        Alternative { kind, to, on, usd_per_month, saves_usd_per_month, risk }
    }

    /// Settings of the workload that could be changed without touching machine, library or language.
    fn changes(&self, in_current: Result<&Plan<'a>, &NoPlan>) -> Vec<(AlternativeKind, String, Workload)> {
        let workload = self.problem.workload;
        let concurrency = workload.concurrency.unwrap_or(self.problem.current.concurrency);
        let mut changes = Vec::new();
        if concurrency == Concurrency::Consumer {
            let per_partition = Workload { concurrency: Some(Concurrency::Partition), ..workload.clone() };
            let to = "one event in progress per partition".into();
            changes.push((AlternativeKind::PartitionConcurrency, to, per_partition));
        }
        if let Some(in_flight) = self.best_in_flight() {
            let changed = Workload { in_flight: Some(in_flight), ..workload.clone() };
            changes.push((AlternativeKind::InFlight, format!("in_flight {in_flight}"), changed));
        }
        let required = match in_current {
            Ok(plan) => plan.size.partitions_required,
            Err(none) => none.stuck().and_then(|stuck| stuck.partitions_required),
        };
        if let (Some(given), Some(required)) =
            (workload.topic.partitions, required.and_then(|required| u32::try_from(required).ok()))
            && required > given
        {
            let mut changed = workload.clone();
            changed.topic.partitions = Some(required);
            changes.push((AlternativeKind::Partitions, format!("{required} partitions"), changed));
        }
        changes
    }

    /// The least of a few larger numbers of events in progress with which the bill is lowest.
    fn best_in_flight(&self) -> Option<u32> {
        let workload = self.problem.workload;
        if self.problem.today.wait_seconds <= 0.0 {
            return None;
        }
        let now = workload.in_flight.unwrap_or(1);
        let bill = |in_flight: u32| {
            let changed = Workload { in_flight: Some(in_flight), ..workload.clone() };
            let changed = Problem { workload: &changed, ..self.problem.clone() };
            let plan = self.cheapest(&changed, self.problem.current, self.machines, RangeEnd::Best);
            plan.ok().map(|plan| plan.usd_per_month)
        };
        std::iter::successors(now.checked_mul(2), |m| m.checked_mul(2))
            .take_while(|&m| m <= MOST_IN_FLIGHT)
            .filter_map(|m| Some((m, bill(m)?)))
            .min_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(m, _)| m)
    }
}
