//! A workload month by month as its volume grows: how many machines, what they cost, and when something gives out.

use crate::capacity::constraint::{BoundBy, Constraint};
use crate::cost::bill::reaches;
use crate::decide::alternative::Machines;
use crate::decide::baseline::falls_behind;
use crate::demand::downstream::DownstreamLoad;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan, Priced};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::scenario::kept::{KeptToday, busy_at_peak};
use crate::uncertain::catalog::SPEED_UNCERTAINTY;
use crate::workload::Workload;

/// Months beyond one in which a type has to go on costing more for it to be left: as many whichever month a forecast ends with.
const AHEAD: u32 = 12;

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
    pub stages: Vec<Result<MonthPlan<'a>, NoPlan>>,
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
/// Where that type serves no more, or costs too much for good, the cheapest that does is the chosen one from then on: where it is too slow, of those that
/// are faster by more than speeds are known to. Where none of these serves, there is no plan.
#[derive(Debug, Clone)]
pub struct MonthPlan<'a> {
    /// The machines; `None` where those are kept that run today, and nobody says which.
    pub on: Option<Machines>,
    /// Their bill, USD a month.
    pub usd_per_month: f64,
    /// Whether they run today and are kept.
    pub is_kept: bool,
    /// The plan on them; `None` where they, or their speed, are not known.
    pub plan: Option<Plan<'a>>,
    /// The cheapest machines of any type for this month alone; `None` where none are enough and today's are kept.
    pub cheapest: Option<Priced<'a>>,
    /// The machines of the type before, where these serve and are left for their bill.
    pub instead_of: Option<Priced<'a>>,
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
    /// Another count is needed.
    Instances {
        /// Before.
        from: Machines,
        /// From now on.
        to: Machines,
        /// What sets the new count.
        bound_by: Option<BoundBy>,
    },
    /// The machine type, or what runs today, serves no more or costs more than another, which takes over.
    MachineType {
        /// Before; `None` where nobody says what runs today.
        from: Option<Machines>,
        /// From now on.
        to: Machines,
        /// What the type before would take, and its bill, USD a month, where it is left for that.
        instead_of: Option<(Machines, f64)>,
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
    /// What an event takes is read from today's figures at today's volume, once. Where something is `kept` that runs
    /// today, today's runtime begins with that, and stays with it until it needs more.
    pub fn new(
        problem: Problem<'a>,
        runtimes: &[&'a Runtime],
        machines: &[&'a Machine],
        policy: Policy,
        months: u32,
        kept: Option<KeptToday<'a>>,
    ) -> Self {
        let grown: Vec<Workload> = (0..=months + AHEAD).map(|month| problem.workload.after(month)).collect();
        let volumes = (0..=months).zip(&grown).map(|(month, grown)| Volume {
            month,
            events_per_day: grown.events_per_day,
            peak_rate: grown.peak_rate(),
        });
        let volumes: Vec<Volume> = volumes.collect();
        let course = |&runtime: &&'a Runtime| {
            let kept = kept.filter(|_| runtime.name == problem.current.name);
            Trajectory::follow(&problem, runtime, machines, (policy, kept), &grown)
        };
        let courses = runtimes.iter().map(course).collect();
        let is_full = |grown: &Workload| {
            DownstreamLoad::of(grown, &problem.today).is_some_and(|load| load.exceeds_at_peak())
        };
        let downstream_full = volumes.iter().zip(&grown).find(|(_, it)| is_full(it)).map(|(at, _)| at.month);
        Self { problem, volumes, courses, downstream_full }
    }

    /// What comes of a runtime, where it is one of those compared.
    pub fn course(&self, runtime: &Runtime) -> Option<&Trajectory<'a>> {
        self.courses.iter().find(|it| it.runtime.name == runtime.name)
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
        (policy, kept_today): (Policy, Option<KeptToday<'a>>),
        grown: &[Workload],
    ) -> Self {
        let mut today = kept_today.map(|it| Staying { it, first: None });
        let mut kept: Option<&'a Machine> = kept_today.and_then(|it| Some(it.on?.0));
        let mut sum = SoFar::default();
        let (mut stages, mut so_far) = (Vec::new(), Vec::new());
        let ahead = AHEAD as usize;
        for (month, workload) in grown.iter().enumerate().take(grown.len() - ahead) {
            let problem = Problem { workload, ..problem.clone() };
            let plan_at = |workload: &Workload, machines: &[&'a Machine]| {
                let grown = Problem { workload, ..problem.clone() };
                grown.cheapest(runtime, machines, policy, RangeEnd::Best)
            };
            let plan_on = |machines: &[&'a Machine]| plan_at(workload, machines);
            let cheapest = plan_on(machines);
            let is_left_for = |kept: &Plan<'a>, other: &Plan<'a>| {
                let bill =
                    |workload: &Workload, machine| plan_at(workload, &[machine]).map(|it| it.usd_per_month);
                let bills = |later| [kept, other].map(|plan| bill(later, plan.machine).ok());
                let later = grown.iter().skip(month + 1).take(ahead).map(bills);
                costs_less_for_good(
                    [kept, other].map(|plan| plan.usd_per_month),
                    later,
                    policy.cost_tolerance,
                )
            };
            let on_kept = kept.map(|machine| (machine, plan_on(&[machine])));
            // Where a type is too slow, what may be no faster is no remedy.
            let instead = || match &on_kept {
                Some((machine, Err(none)))
                    if none.stuck().is_some_and(|it| it.rule != Constraint::Memory) =>
                {
                    plan_on(&surely_faster(machines, machine)).map_err(|_| none.clone())
                }
                _ => cheapest.clone(),
            };
            let same_type = on_kept.as_ref().and_then(|(_, plan)| plan.as_ref().ok());
            let on_today = today.as_ref().and_then(|it| it.it.plan(&problem, policy));
            let busy = on_today.as_ref().and_then(busy_at_peak).unwrap_or(0.0);
            let now = (workload.peak_rate(), busy);
            let serves = |today: &mut Staying<'_>| today.serve(now, same_type, cheapest.as_ref().ok());
            today = today.and_then(|mut today| serves(&mut today).then_some(today));
            let priced = cheapest.as_ref().ok().map(Plan::priced);
            let instead_of = same_type.filter(|kept| {
                today.is_none() && cheapest.as_ref().is_ok_and(|other| is_left_for(kept, other))
            });
            let same_type = same_type.filter(|_| instead_of.is_none());
            let stage = match &today {
                Some(Staying { it, .. }) => Ok(MonthPlan {
                    on: it.on.map(|(machine, instances)| Machines::of_type(machine, instances)),
                    usd_per_month: it.bill(&problem, &policy),
                    is_kept: true,
                    plan: on_today,
                    cheapest: priced,
                    instead_of: None,
                }),
                None => same_type.cloned().map_or_else(instead, Ok).map(|plan| {
                    kept = Some(plan.machine);
                    MonthPlan {
                        on: Some(Machines::of(&plan)),
                        usd_per_month: plan.usd_per_month,
                        is_kept: false,
                        plan: Some(plan),
                        cheapest: priced,
                        instead_of: instead_of.map(Plan::priced),
                    }
                }),
            };
            if let (1.., Ok(stage)) = (month, &stage) {
                sum = SoFar {
                    usd: sum.usd + stage.usd_per_month,
                    cheapest_usd: sum.cheapest_usd
                        + stage.cheapest.map_or(stage.usd_per_month, |it| it.usd_per_month),
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
        let told = |stage: &Result<MonthPlan<'_>, NoPlan>| {
            stage.as_ref().ok().map(|stage| (stage.on.clone(), stage.bound_by()))
        };
        let last = self.stages.len().saturating_sub(1);
        let changes = |at: usize| told(&self.stages[at]) != told(&self.stages[at - 1]);
        (0..=last).filter(|&at| at == 0 || at == last || changes(at)).collect()
    }
}

/// Whether nobody would go back from the second type to the first: it costs less by more than `tolerance` now and in all, and in no
/// month to come as much more. `later` are the bills of both, of those that have a plan.
fn costs_less_for_good(
    now: [f64; 2],
    mut later: impl Iterator<Item = [Option<f64>; 2]>,
    tolerance: f64,
) -> bool {
    let much_more = 1.0 + tolerance;
    let is_much_less = |[first, second]: [f64; 2]| !reaches(second * much_more, first);
    let add = |sums: [f64; 2], bills: [Option<f64>; 2]| match bills {
        [None, _] => Some(sums),
        [Some(first), Some(second)] if reaches(first * much_more, second) => {
            Some([sums[0] + first, sums[1] + second])
        }
        _ => None,
    };
    is_much_less(now) && later.try_fold(now, add).is_some_and(is_much_less)
}

/// Machine types that are faster than one by more than [`SPEED_UNCERTAINTY`].
fn surely_faster<'a>(machines: &[&'a Machine], than: &Machine) -> Vec<&'a Machine> {
    let is_faster = |it: &&&Machine| {
        let speeds = it.vcpu_speed.zip(than.vcpu_speed);
        speeds.is_some_and(|(speed, least)| speed > least * (1.0 + SPEED_UNCERTAINTY))
    };
    machines.iter().filter(is_faster).copied().collect()
}

/// What runs today for as long as it serves.
struct Staying<'a> {
    it: KeptToday<'a>,
    /// The first month: its rate at peak, events/s, what a plan asked for then, and how busy it was.
    first: Option<(f64, Option<f64>, f64)>,
}

impl Staying<'_> {
    /// Whether it serves a month, by its rate at peak, events/s, and how busy it is then, for which there would be a plan on its machine type and one on any. It does
    /// until they ask for more instances, or where nobody says on what it runs a higher bill, than it has and than they asked
    /// for at first, or its CPU falls behind, of what was full at first beyond that. Where there is no plan at first, it serves today's rate alone.
    fn serve(
        &mut self,
        (peak_rate, busy): (f64, f64),
        same_type: Option<&Plan<'_>>,
        cheapest: Option<&Plan<'_>>,
    ) -> bool {
        let (has, asked_for) = match self.it.on {
            Some((_, instances)) => (instances as f64, same_type.map(|plan| plan.count.instances as f64)),
            None => (self.it.usd_per_month, cheapest.map(|plan| plan.usd_per_month)),
        };
        let (first_rate, first, busy_first) = *self.first.get_or_insert((peak_rate, asked_for, busy));
        let is_enough = match (asked_for, first) {
            (Some(now), Some(first)) => now <= first.max(has),
            (now, _) => now.is_some_and(|now| now <= has) || peak_rate <= first_rate,
        };
        is_enough && !falls_behind(busy / busy_first.max(1.0))
    }
}

impl MonthPlan<'_> {
    /// What sets the count; nothing where machines are kept that run today.
    pub fn bound_by(&self) -> Option<BoundBy> {
        self.plan.as_ref().filter(|_| !self.is_kept).map(Plan::bound_by)
    }
}

fn milestones(stages: &[Result<MonthPlan<'_>, NoPlan>], partitions: Option<u32>) -> Vec<Milestone> {
    let mut found = Vec::new();
    let befores = std::iter::once(None).chain(stages.iter().map(Some));
    for ((month, stage), before) in (0..).zip(stages).zip(befores) {
        let change = match (before, stage) {
            (None, Ok(_)) | (Some(Err(_)), Err(_)) => None,
            (_, Err(reason)) => Some(gives_out(reason, partitions)),
            (Some(Err(_)), Ok(stage)) => stage.on.clone().map(|to| GrowthEvent::Served { to }),
            (Some(Ok(before)), Ok(stage)) => match (before.on.clone(), stage.on.clone()) {
                (Some(from), Some(to)) if from.is_type_of(&to) => {
                    let is_other = from.instances != to.instances;
                    is_other.then_some(GrowthEvent::Instances { from, to, bound_by: stage.bound_by() })
                }
                (from, Some(to)) => {
                    let instead_of = stage.instead_of.map(|it| (Machines::from(it), it.usd_per_month));
                    Some(GrowthEvent::MachineType { from, to, instead_of })
                }
                (_, None) => None,
            },
        };
        found.extend(change.map(|change| Milestone { month, change }));
    }
    found
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
