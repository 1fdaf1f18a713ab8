//! A workload month by month as its volume grows: how many machines, what they cost, and when something gives out.

use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::sizing::Count;
use crate::catalog::{Catalog, ProblemError};
use crate::cost::bill::usd_per_million_events;
use crate::decide::alternative::Machines;
use crate::demand::downstream::DownstreamLoad;
use crate::latency::range::P99Range;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Deployment, Runtime};
use crate::workload::Workload;

/// The months to come for one workload.
#[derive(Debug, Clone)]
pub struct Forecast<'a> {
    /// The workload and what runs it today.
    pub problem: Problem<'a>,
    /// What each month brings; the first is the present one, 0.
    pub volumes: Vec<Volume>,
    /// What becomes of each runtime.
    pub courses: Vec<Trajectory<'a>>,
    /// The first month in which the calls at peak, retries included, are more than the downstream systems bear.
    pub downstream_full: Option<u32>,
}

/// The events of a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume {
    /// Months from now.
    pub month: u32,
    /// E, events/day.
    pub events_per_day: f64,
    /// L, events/s.
    pub peak_rate: f64,
}

/// One runtime over the months.
#[derive(Debug, Clone)]
pub struct Trajectory<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// The plan of each month, or why there is none.
    pub stages: Vec<Result<MonthPlan, NoPlan>>,
    /// What all months from 1 to each cost together.
    pub so_far: Vec<SoFar>,
    /// What happens, in order.
    pub milestones: Vec<Milestone>,
}

/// Bills of the months from 1 on that have a plan.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SoFar {
    /// Their sum, USD.
    pub usd: f64,
    /// The same on the cheapest machines of each month, USD.
    pub cheapest_usd: f64,
    /// How many there are.
    pub months: u32,
}

/// The plan of a month: as many machines as it takes of the type that was chosen at first, which is what people do.
/// Where that type serves no more, the cheapest that does is the chosen one from then on.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthPlan {
    /// The machines.
    pub on: Machines,
    /// Their bill, USD a month.
    pub usd_per_month: f64,
    /// What sets the count; `None` where machines are kept that run today.
    pub bound_by: Option<BoundBy>,
    /// Share of the vCPUs busy at peak.
    pub cpu_at_peak: f64,
    /// p99 at peak as queueing and fetching alone make it, s.
    pub p99_seconds: f64,
    /// p99 at peak, as a range.
    pub p99_range: P99Range,
    /// The least P that the plan needs.
    pub partitions_required: Option<u64>,
    /// The cheapest machines of any type for this month alone.
    pub cheapest: Machines,
    /// Their bill, USD a month.
    pub cheapest_usd_per_month: f64,
}

/// Something that happens on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Milestone {
    /// Months from now.
    pub month: u32,
    /// What it is.
    pub change: GrowthEvent,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum GrowthEvent {
    /// For the first time another count is needed.
    Instances {
        /// Before.
        from: Machines,
        /// From now on.
        to: Machines,
        /// What sets the new count.
        bound_by: Option<BoundBy>,
    },
    /// The machine type serves no more, another does.
    MachineType {
        /// Before.
        from: Machines,
        /// From now on.
        to: Machines,
    },
    /// No machine type is fast enough for the busiest of the given partitions any more.
    Partitions {
        /// How many there are.
        given: u32,
        /// Which rule fails, and what would do.
        reason: NoPlan,
    },
    /// The latency goal is missed on any machine type and count.
    Latency {
        /// By how much, and what would do.
        reason: NoPlan,
    },
    /// There is no plan for another reason.
    NoPlan {
        /// Which.
        reason: NoPlan,
    },
    /// There is a plan again, as the volume shrinks.
    Served {
        /// The machines.
        to: Machines,
    },
}

impl<'a> Forecast<'a> {
    /// Plans every month from the present one, 0, to `months`, in each of `runtimes`.
    ///
    /// What an event takes is read from today's figures at today's volume, once. Where the decision `keeps` what runs
    /// today, today's runtime begins with that, and stays with it until it needs more.
    pub fn new(
        catalog: &'a Catalog,
        runtimes: &[&'a Runtime],
        workload: &'a Workload,
        policy: Policy,
        months: u32,
        keeps: bool,
    ) -> Result<Self, ProblemError> {
        let problem = catalog.problem(workload)?;
        let machines = catalog.candidates(catalog.home(problem.workload, problem.current_machine));
        let grown: Vec<Workload> = (0..=months).map(|month| workload.after(month)).collect();
        let volumes = (0..).zip(&grown).map(|(month, grown)| Volume {
            month,
            events_per_day: grown.events_per_day,
            peak_rate: grown.peak_rate(),
        });
        let volumes: Vec<Volume> = volumes.collect();
        let course = |&runtime: &&'a Runtime| {
            let is_kept = keeps && runtime.name == problem.current.name;
            Trajectory::follow(&problem, runtime, &machines, (policy, is_kept), &grown)
        };
        let courses = runtimes.iter().map(course).collect();
        let is_full = |grown: &Workload| {
            DownstreamLoad::of(grown, &problem.today).is_some_and(|load| load.exceeds_at_peak())
        };
        let downstream_full = volumes.iter().zip(&grown).find(|(_, it)| is_full(it)).map(|(at, _)| at.month);
        Ok(Self { problem, volumes, courses, downstream_full })
    }

    /// Whether there is a month without a plan in any of the runtimes.
    pub fn has_infeasible(&self) -> bool {
        let fails =
            |course: &Trajectory<'_>, month: usize| course.stages.get(month).is_none_or(Result::is_err);
        (0..self.volumes.len()).any(|month| self.courses.iter().all(|course| fails(course, month)))
    }
}

impl<'a> Trajectory<'a> {
    fn follow(
        problem: &Problem<'a>,
        runtime: &'a Runtime,
        machines: &[&'a Machine],
        (policy, is_kept): (Policy, bool),
        grown: &[Workload],
    ) -> Self {
        let mut today = KeptToday::of(problem, policy).filter(|_| is_kept);
        let mut kept: Option<&'a Machine> = today.as_ref().map(|today| today.machine);
        let mut sum = SoFar::default();
        let (mut stages, mut so_far) = (Vec::new(), Vec::new());
        for (month, workload) in grown.iter().enumerate() {
            let problem = Problem { workload, ..problem.clone() };
            let plan_on =
                |machines: &[&'a Machine]| problem.cheapest(runtime, machines, policy, RangeEnd::Best);
            let stage = plan_on(machines).map(|cheapest| {
                let same_type = kept.and_then(|machine| plan_on(&[machine]).ok());
                if let Some(plan) =
                    today.as_mut().and_then(|it| it.serving(&problem, same_type.as_ref(), policy))
                {
                    return MonthPlan { bound_by: None, ..MonthPlan::new(&plan, &cheapest) };
                }
                today = None;
                let plan = same_type.as_ref().unwrap_or(&cheapest);
                kept = Some(plan.machine);
                MonthPlan::new(plan, &cheapest)
            });
            if let (1.., Ok(stage)) = (month, &stage) {
                sum = SoFar {
                    usd: sum.usd + stage.usd_per_month,
                    cheapest_usd: sum.cheapest_usd + stage.cheapest_usd_per_month,
                    months: sum.months + 1,
                };
            }
            stages.push(stage);
            so_far.push(sum);
        }
        let milestones = milestones(&stages, problem.workload.topic.partitions);
        Self { runtime, stages, so_far, milestones }
    }

    /// Months to tell people of: the first, the last, and those in which machines, what binds or feasibility change.
    pub fn turning_points(&self) -> Vec<usize> {
        let told = |stage: &Result<MonthPlan, NoPlan>| {
            stage.as_ref().ok().map(|stage| (stage.on.clone(), stage.bound_by))
        };
        let last = self.stages.len().saturating_sub(1);
        let changes = |at: usize| told(&self.stages[at]) != told(&self.stages[at - 1]);
        (0..=last).filter(|&at| at == 0 || at == last || changes(at)).collect()
    }
}

/// The machines that run today, where these are kept.
struct KeptToday<'a> {
    runtime: &'a Runtime,
    machine: &'a Machine,
    count: Count,
    usd_per_month: f64,
    /// The rate of the first month at peak, events/s, and the instances that a plan on them asks for then.
    first: Option<(f64, Option<u64>)>,
}

impl<'a> KeptToday<'a> {
    fn of(problem: &Problem<'a>, policy: Policy) -> Option<Self> {
        let instances = u64::from(problem.workload.current_instances?);
        let members = match problem.current.deployment {
            Deployment::Processes => (problem.today.members as u64).div_ceil(instances).max(1),
            Deployment::Threads => 1,
        };
        Some(Self {
            runtime: problem.current,
            machine: problem.current_machine?,
            count: Count { instances, members_per_instance: members },
            usd_per_month: problem.usd_per_month_today(&policy)?,
            first: None,
        })
    }

    /// They as the plan of a month, in which `plan` would be made on their type; nothing where that asks for more of them
    /// than there are and than it asks for today. Where there is no such plan today, they serve today's rate alone.
    fn serving(
        &mut self,
        problem: &Problem<'_>,
        plan: Option<&Plan<'a>>,
        policy: Policy,
    ) -> Option<Plan<'a>> {
        let peak_rate = problem.workload.peak_rate();
        let asked_for = plan.map(|plan| plan.count.instances);
        let (first_rate, first) = *self.first.get_or_insert((peak_rate, asked_for));
        let serves = match (asked_for, first) {
            (Some(now), Some(first)) => now <= first.max(self.count.instances),
            (now, _) => now.is_some_and(|now| now <= self.count.instances) || peak_rate <= first_rate,
        };
        let runtime = self.runtime;
        let demand = problem.demand_in(runtime, RangeEnd::Best).ok().filter(|_| serves)?;
        let (sizing, usd_per_hour) = problem.offer(runtime, self.machine, demand, policy)?;
        Some(Plan {
            runtime,
            machine: self.machine,
            demand,
            sizing,
            count: self.count,
            fetch_wait_seconds: problem.today.fetch_wait_seconds,
            usd_per_hour,
            usd_per_month: self.usd_per_month,
            cheapest_usd_per_month: self.usd_per_month,
            usd_per_million_events: usd_per_million_events(
                self.usd_per_month,
                problem.workload.events_per_day,
            ),
        })
    }
}

impl MonthPlan {
    fn new(plan: &Plan<'_>, cheapest: &Plan<'_>) -> Self {
        Self {
            on: Machines::of(plan),
            usd_per_month: plan.usd_per_month,
            bound_by: Some(plan.bound_by()),
            cpu_at_peak: plan.cpu_at_peak(),
            p99_seconds: plan.p99_seconds(),
            p99_range: plan.p99_range(),
            partitions_required: plan.partitions_required(),
            cheapest: Machines::of(cheapest),
            cheapest_usd_per_month: cheapest.usd_per_month,
        }
    }
}

fn milestones(stages: &[Result<MonthPlan, NoPlan>], partitions: Option<u32>) -> Vec<Milestone> {
    let mut found = Vec::new();
    let mut count_has_changed = false;
    let befores = std::iter::once(None).chain(stages.iter().map(Some));
    for ((month, stage), before) in (0..).zip(stages).zip(befores) {
        let change = match (before, stage) {
            (None, Ok(_)) | (Some(Err(_)), Err(_)) => None,
            (_, Err(reason)) => Some(gives_out(reason, partitions)),
            (Some(Err(_)), Ok(stage)) => Some(GrowthEvent::Served { to: stage.on.clone() }),
            (Some(Ok(before)), Ok(stage)) => {
                let (from, to) = (before.on.clone(), stage.on.clone());
                if !is_same_type(&from, &to) {
                    Some(GrowthEvent::MachineType { from, to })
                } else if from.instances != to.instances && !count_has_changed {
                    count_has_changed = true;
                    Some(GrowthEvent::Instances { from, to, bound_by: stage.bound_by })
                } else {
                    None
                }
            }
        };
        found.extend(change.map(|change| Milestone { month, change }));
    }
    found
}

fn is_same_type(one: &Machines, other: &Machines) -> bool {
    *one == Machines { instances: one.instances, ..other.clone() }
}

/// What gives out where no plan is left. With any number of instances, all rules but latency can fail on the busiest
/// partition only, where partitions are given.
fn gives_out(reason: &NoPlan, partitions: Option<u32>) -> GrowthEvent {
    let reason = reason.clone();
    match (reason.stuck().map(|stuck| stuck.rule), partitions) {
        (Some(Constraint::Latency), _) => GrowthEvent::Latency { reason },
        (Some(_), Some(given)) => GrowthEvent::Partitions { given, reason },
        _ => GrowthEvent::NoPlan { reason },
    }
}
