//! A step that makes a workload cheaper, with what it leads to.

use crate::decide::change::Change;
use crate::latency::range::P99Range;
use crate::machine::Machine;
use crate::plan::{Plan, Priced};
use crate::problem::Problem;
use crate::runtime::{Deployment, Runtime};
use crate::words::words;
use crate::workload::Workload;
use std::fmt;

/// A kind of step, least effort first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlternativeKind {
    /// Settings of the client that runs today.
    ClientSettings,
    /// More processes on today's machines, so that each reads fewer partitions.
    Processes,
    /// Fewer or more instances of the machine type that runs today.
    RightSize,
    /// Another way to pay for the machines planned.
    Purchase,
    /// Reading from the replica in the consumer's own zone: no machine changes, traffic does.
    FollowerReads,
    /// One event in flight for each partition instead of each consumer; order within a partition stays.
    PartitionConcurrency,
    /// Several events in one call of the handler, so that they share its wait; order is kept.
    Batches,
    /// Several events in flight; order is given up.
    InFlight,
    /// More partitions; keys move between them.
    Partitions,
    /// A faster client or codec in the same language.
    Library,
    /// Another machine type.
    MachineType,
    /// Machines of another instruction set, arm.
    Arm,
    /// Another language.
    Language,
}

words!(AlternativeKind {
    ClientSettings = "client_settings",
    Processes = "processes",
    RightSize = "right_size",
    Purchase = "purchase",
    FollowerReads = "follower_reads",
    PartitionConcurrency = "partition_concurrency",
    Batches = "batches",
    InFlight = "in_flight",
    Partitions = "partitions",
    Library = "library",
    MachineType = "machine_type",
    Arm = "arm",
    Language = "language",
});

impl From<Change> for AlternativeKind {
    fn from(change: Change) -> Self {
        match change {
            Change::Processes(_) => Self::Processes,
            Change::PerPartition => Self::PartitionConcurrency,
            Change::Batches(_) => Self::Batches,
            Change::InFlight(_) => Self::InFlight,
            Change::Partitions(_) => Self::Partitions,
        }
    }
}

/// Machines of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Machines {
    /// How many.
    pub instances: u64,
    /// Machine type.
    pub instance_type: String,
    /// Cloud.
    pub provider: String,
    /// Region.
    pub region: String,
    /// vCPUs of each.
    pub vcpus: u32,
    /// Memory of each, bytes.
    pub memory_bytes: f64,
}

impl Machines {
    /// The machines of a plan.
    pub fn of(plan: &Plan<'_>) -> Self {
        plan.priced().into()
    }

    /// What a problem runs on today, where that is known.
    pub fn today(problem: &Problem<'_>) -> Option<Self> {
        Some(Self::of_type(problem.current_machine?, problem.workload.machines_today()?.into()))
    }

    /// So many of a machine type.
    pub fn of_type(machine: &Machine, instances: u64) -> Self {
        let Machine { instance_type, provider, region, vcpus, memory_bytes, .. } = machine;
        Self {
            instances,
            instance_type: instance_type.clone(),
            provider: provider.clone(),
            region: region.clone(),
            vcpus: *vcpus,
            memory_bytes: *memory_bytes,
        }
    }

    /// The memory that a process has: of a binary that of a machine, else that of a vCPU, bytes.
    pub fn memory_of_process(&self, deployment: Deployment) -> f64 {
        match deployment {
            Deployment::Threads => self.memory_bytes,
            Deployment::Processes => self.memory_bytes / f64::from(self.vcpus),
        }
    }

    /// The same of what runs on them today: of processes each has its part, and nobody is said to run more than work needs.
    pub fn memory_of_process_today(&self, problem: &Problem<'_>) -> f64 {
        let given = problem.workload.current_processes.map(f64::from);
        match problem.current.deployment {
            Deployment::Threads => self.memory_bytes,
            Deployment::Processes => {
                self.memory_bytes * self.instances as f64 / given.unwrap_or(problem.today.members)
            }
        }
    }

    /// Whether they are of the type of others, however many these are.
    pub fn is_type_of(&self, others: &Self) -> bool {
        *self == Self { instances: self.instances, ..others.clone() }
    }

    /// Whether it is where `machine` is.
    pub fn is_beside(&self, machine: &Machine) -> bool {
        self.provider == machine.provider && self.region == machine.region
    }

    /// Whether they are elsewhere than today's machines, or than the row says that it runs.
    pub fn are_elsewhere(&self, problem: &Problem<'_>) -> bool {
        let Workload { provider, region, .. } = problem.workload;
        let is_other = |said: &Option<String>, here: &str| said.as_deref().is_some_and(|said| said != here);
        match problem.current_machine {
            Some(today) => !self.is_beside(today),
            None => is_other(provider, &self.provider) || is_other(region, &self.region),
        }
    }
}

impl From<Priced<'_>> for Machines {
    fn from(priced: Priced<'_>) -> Self {
        Self::of_type(priced.machine, priced.count.instances)
    }
}

impl fmt::Display for Machines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.instances, self.instance_type)
    }
}

/// What a setting changes on machines that stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// CPU of the machines at peak, before and after.
    pub cpu_at_peak: [f64; 2],
    /// p99 at peak, before and after.
    pub p99: [P99Range; 2],
}

/// One step with what it leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Kind.
    pub kind: AlternativeKind,
    /// The change, where it is one of settings or of the topic.
    pub change: Option<Change>,
    /// The setting or runtime to change to, such as `in_flight 8`; `None` where only machines change.
    pub to: Option<String>,
    /// Of client settings, the CPU of the plan's machines at peak and p99, s, without and with them.
    pub effect: Option<Effect>,
    /// The machines after this step alone; `None` where it does not make the workload feasible.
    pub on: Option<Machines>,
    /// Their bill, USD a month.
    pub usd_per_month: Option<f64>,
    /// Whether today's machines carry the workload with the change, and these are not worth leaving them.
    pub keeps_machines: bool,
    /// The cheapest bill then, by which steps are compared.
    pub cheapest_usd_per_month: Option<f64>,
    /// What this step alone saves, USD a month. `None` where that or what it is counted from is not known.
    pub saves_usd_per_month: Option<f64>,
    /// The bill that it saves of, USD a month: for right-sizing today's, for client settings that without them, for another
    /// machine type that of the right count of today's, and for all others what is paid; `None` for traffic.
    pub of_usd_per_month: Option<f64>,
}

impl Alternative {
    /// A step to a setting or runtime, with the plan that it leads to.
    pub(super) fn new(kind: AlternativeKind, to: Option<String>, plan: Option<Priced<'_>>) -> Self {
        Self {
            kind,
            change: None,
            to,
            effect: None,
            on: plan.map(Machines::from),
            usd_per_month: plan.map(|plan| plan.usd_per_month),
            keeps_machines: false,
            cheapest_usd_per_month: plan.map(|plan| plan.cheapest_usd_per_month),
            saves_usd_per_month: None,
            of_usd_per_month: None,
        }
    }

    /// Another library of the same language.
    pub(super) fn library(runtime: &Runtime, priced: Priced<'_>) -> Self {
        Self::new(AlternativeKind::Library, Some(runtime.name.clone()), Some(priced))
    }

    /// The step with what it saves of a bill, USD a month.
    pub(super) fn of(self, bill: Option<f64>) -> Self {
        let saves_usd_per_month = bill.zip(self.usd_per_month).map(|(before, after)| before - after);
        Self { saves_usd_per_month, of_usd_per_month: bill, ..self }
    }
}
