//! What runs today, where the decision keeps it or there is none yet: scenarios begin with it, not with what was planned.

use crate::capacity::constraint::Constraint;
use crate::capacity::infeasible::{Infeasible, UnmetConstraint};
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::cost::bill::usd_per_million_events;
use crate::decide::alternative::Machines;
use crate::decide::planned::PlannedWorkload;
use crate::decide::verdict::Verdict;
use crate::demand::vcpu::speed_today;
use crate::machine::{IDLE_SIBLING, Machine};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::runtime::{Concurrency, Runtime};
use crate::workload::Workload;

/// What goes on as it runs today.
#[derive(Debug, Clone, Copy)]
pub struct KeptToday<'a> {
    /// Its runtime.
    pub runtime: &'a Runtime,
    /// Its machines: their type, and how many; `None` where nobody says which.
    pub on: Option<(&'a Machine, u64)>,
    /// Whether these are pods, each with such a machine to itself.
    pub in_pods: bool,
    /// Its bill, USD a month.
    pub usd_per_month: f64,
    /// L0 as it was measured, events/s.
    measured_rate: f64,
}

impl<'a> KeptToday<'a> {
    /// What goes on of a workload that is planned; nothing where other machines are recommended, or nobody knows its bill.
    pub fn of(planned: &PlannedWorkload<'a>) -> Option<Self> {
        let it = &planned.recommendation;
        let goes_on = !it.changes_machines() && it.verdict != Verdict::None;
        Self::today(&planned.problem, &planned.planner.policy).filter(|_| goes_on)
    }

    /// The same with its machines as a plan; it is on none where they, their speed or their price are not known.
    pub fn planned(planned: &PlannedWorkload<'a>) -> (Option<Self>, Option<Plan<'a>>) {
        let kept = Self::of(planned);
        let plan = kept.and_then(|it| it.plan(&planned.problem, planned.planner.policy));
        (kept.map(|it| Self { on: it.on.filter(|_| plan.is_some()), ..it }), plan)
    }

    /// What goes on with it as a plan: pods, else machines.
    pub fn running(planned: &PlannedWorkload<'a>) -> (Option<Self>, Option<Plan<'a>>) {
        let in_pods = Self::in_pods(planned).map(|(kept, plan)| (Some(kept), Some(plan)));
        in_pods.unwrap_or_else(|| Self::planned(planned))
    }

    /// What goes on in pods, as a plan in which each has a node of theirs to itself; nothing where the nodes' type, its speed or its
    /// price are not known.
    fn in_pods(planned: &PlannedWorkload<'a>) -> Option<(Self, Plan<'a>)> {
        let problem = &planned.problem;
        let on = problem.current_machine.zip(planned.pods_kept())?;
        let (runtime, measured_rate) = (problem.current, problem.workload.mean_rate());
        let kept = Self { runtime, on: Some(on), in_pods: true, usd_per_month: 0.0, measured_rate };
        let mut workload = problem.workload.clone();
        if workload.member_in(problem.current) == Member::Process {
            workload.current_processes = u32::try_from(on.1).ok();
        }
        let plan = kept.plan(&Problem { workload: &workload, ..problem.clone() }, planned.planner.policy)?;
        Some((kept, plan))
    }

    /// What runs today as a plan for its p99, where other machines are recommended too.
    pub fn before(planned: &PlannedWorkload<'a>) -> Option<Plan<'a>> {
        let PlannedWorkload { problem, planner, .. } = planned;
        Self::today(problem, &planner.policy)?.plan_in_time(problem, planner.policy)
    }

    /// Its machine type, where no number of them keeps all rules by the best estimates, and the first that all break.
    pub fn unmet(planned: &PlannedWorkload<'a>) -> Option<(&'a Machine, UnmetConstraint)> {
        let Plan { machine, sizing, .. } = Self::planned(planned).1?;
        match sizing.count() {
            Err(Infeasible::Unmet(unmet)) => Some((machine, *unmet)),
            _ => None,
        }
    }

    /// The plan in today's runtime with the change that is recommended, on today's machines where these stay; `None` where no
    /// settings are to change.
    pub fn changed(planned: &PlannedWorkload<'a>) -> Option<Plan<'a>> {
        let PlannedWorkload { problem, planner, recommendation: it, .. } = planned;
        let changed = planned.changed.as_ref()?.problem(problem);
        if it.machines == Machines::today(problem) {
            return Self::today(problem, &planner.policy)?.plan(&changed, planner.policy);
        }
        planner.cheapest_near(&changed, problem.current, None).ok()
    }

    /// What runs a problem today.
    pub(crate) fn today(problem: &Problem<'a>, policy: &Policy) -> Option<Self> {
        let on = problem.current_machine.zip(problem.workload.machines_today().map(u64::from));
        let usd_per_month = problem.usd_per_month_today(policy)?;
        Some(Self {
            runtime: problem.current,
            on,
            in_pods: false,
            usd_per_month,
            measured_rate: problem.workload.mean_rate(),
        })
    }

    /// Its machines with a problem, as a plan at peak, of a blank `concurrency` by the one that carries more; nothing where they,
    /// their speed or their price are not known.
    pub fn plan(&self, problem: &Problem<'_>, policy: Policy) -> Option<Plan<'a>> {
        let load = |plan: &Plan<'_>| busy(&plan.sizing, plan.count);
        let all = problem.workload.concurrency_today().filter_map(|it| self.plan_by(it, problem, policy));
        all.min_by(|one, other| load(one).total_cmp(&load(other)))
    }

    /// The same for its p99: of a blank `concurrency` as in plans, where it carries the peak so. Then a plan of the same machines has
    /// the same p99, as its batches gather in the same loops.
    pub fn plan_in_time(&self, problem: &Problem<'_>, policy: Policy) -> Option<Plan<'a>> {
        let as_planned = self.plan_by(problem.workload.concurrency_in(self.runtime), problem, policy);
        let carries = |plan: &Plan<'a>| busy(&all_used(plan.sizing.clone()), plan.count) <= 1.0;
        as_planned.filter(carries).or_else(|| self.plan(problem, policy))
    }

    fn plan_by(&self, concurrency: Concurrency, problem: &Problem<'_>, policy: Policy) -> Option<Plan<'a>> {
        let workload = Workload { concurrency: Some(concurrency), ..problem.workload.clone() };
        self.plan_as_given(&Problem { workload: &workload, ..problem.clone() }, policy)
    }

    /// The plan where who holds events in flight is given.
    fn plan_as_given(&self, problem: &Problem<'_>, policy: Policy) -> Option<Plan<'a>> {
        let (runtime, workload, (machine, instances)) = (self.runtime, problem.workload, self.on?);
        let demand = problem.today.demand_today(workload, runtime).ok()?;
        let (_, usd_per_hour) = problem.offer(runtime, machine, demand, policy)?;
        let instances = workload.machines_in_use(instances, runtime.deployment);
        let speed = self.speed_at(workload, workload.peak_rate(), instances)?;
        let sizing = problem.sizing(runtime, machine, speed, demand, policy);
        // A burstable type that is kept has credits for its peaks, and its system takes no more of whole vCPUs.
        let policy = Policy { system_cores: policy.system_cores, ..sizing.policy };
        let sizing = Sizing { policy, ..sizing };
        let count = Count { instances, members_per_instance: members(&sizing, workload, instances) };
        Some(Plan {
            runtime,
            machine,
            demand,
            count,
            sizing: sizing.with_members_of(runtime, count),
            fetch_wait_seconds: problem.today.fetch_wait_seconds,
            usd_per_hour,
            usd_per_month: self.usd_per_month,
            cheapest_usd_per_month: self.usd_per_month,
            usd_per_million_events: usd_per_million_events(self.usd_per_month, workload.events_per_day),
        })
    }

    /// That plan with the speed that its vCPUs have at a rate, events/s, where `left` of its instances are there to take it.
    pub fn slowed(&self, plan: &Plan<'a>, workload: &Workload, rate: f64, left: u64) -> Option<Plan<'a>> {
        let speed = self.speed_at(workload, rate, left)?;
        let (service, idle_cores) = (plan.demand.on(speed), plan.runtime.idle_cores_at(speed));
        let sizing = Sizing { service, idle_cores, ..plan.sizing.clone() };
        Some(Plan { sizing, ..plan.clone() })
    }

    /// How busy what is left of that plan is at peak with a zone lost; nothing where it need not survive that.
    pub fn busy_without_zone(&self, plan: &Plan<'a>, workload: &Workload) -> Option<f64> {
        let policy = plan.sizing.policy;
        let instances = policy.survive_zone_loss.then(|| policy.alive(plan.count.instances).max(1))?;
        let sizing = self.slowed(plan, workload, workload.peak_rate(), instances)?.sizing;
        Some(busy(&all_used(sizing), Count { instances, ..plan.count }))
    }

    /// Its bill with a problem, USD a month: the more comes than was measured, the more CPU burstable machines use above their baseline.
    pub(crate) fn bill(&self, problem: &Problem<'_>, policy: &Policy) -> f64 {
        let factor = problem.workload.mean_rate() / self.measured_rate;
        problem.usd_per_month_at(factor, policy).unwrap_or(self.usd_per_month)
    }

    /// What one of its vCPUs does at a rate, events/s, that `left` of its instances take: the fewer, the busier are siblings.
    fn speed_at(&self, workload: &Workload, rate: f64, left: u64) -> Option<f64> {
        let (machine, instances) = self.on?;
        let factor = rate / self.measured_rate * instances as f64 / left as f64;
        speed_today(workload, machine, factor, IDLE_SIBLING.value)
    }
}

/// Members of the group on each instance today: of a number that nobody has given, the least that carries the peak best.
fn members(sizing: &Sizing, workload: &Workload, instances: u64) -> u64 {
    let of_topic = |partitions: u32| u64::from(partitions).div_ceil(instances);
    let most = workload.topic.partitions.map_or(u64::MAX, of_topic).min(sizing.most_members()).max(1);
    let busy = |members_per_instance: &u64| {
        busy(sizing, Count { instances, members_per_instance: *members_per_instance })
    };
    let carries_best = || (1..=most).min_by(|one, other| busy(one).total_cmp(&busy(other))).unwrap_or(1);
    sizing.member.on_each_today(workload.current_processes, instances).unwrap_or_else(carries_best)
}

/// A sizing that may use all of its CPU.
fn all_used(sizing: Sizing) -> Sizing {
    Sizing { policy: Policy { max_utilization: 1.0, ..sizing.policy }, ..sizing }
}

/// How much of all its CPU a plan takes at peak.
pub(crate) fn busy_at_peak(Plan { sizing, count, .. }: &Plan<'_>) -> Option<f64> {
    let sizing = all_used(sizing.clone());
    Some(sizing.tightest_load(Constraint::Cpu, count.instances, count.members_per_instance)?.ratio())
}

/// How close so many members come at peak to all of their CPU, or of the in-flight limit, or how far beyond it.
pub(crate) fn busy(sizing: &Sizing, Count { instances, members_per_instance }: Count) -> f64 {
    let load =
        |rule| sizing.tightest_load(rule, instances, members_per_instance).map_or(0.0, |load| load.ratio());
    load(Constraint::Cpu).max(load(Constraint::InFlight))
}
