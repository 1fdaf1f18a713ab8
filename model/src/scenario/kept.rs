//! What runs today, where the decision keeps it or there is none yet: scenarios begin with it, not with what was planned.

use crate::capacity::sizing::Count;
use crate::cost::bill::usd_per_million_events;
use crate::decide::planned::PlannedWorkload;
use crate::decide::verdict::Verdict;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Deployment, Runtime};

/// What goes on as it runs today.
#[derive(Debug, Clone, Copy)]
pub struct KeptToday<'a> {
    /// Its runtime.
    pub runtime: &'a Runtime,
    /// Its machines; `None` where nobody says which.
    pub on: Option<(&'a Machine, Count)>,
    /// Its bill, USD a month.
    pub usd_per_month: f64,
}

impl<'a> KeptToday<'a> {
    /// What goes on of a workload that is planned; nothing where other machines are recommended, or nobody knows its bill.
    pub fn of(planned: &PlannedWorkload<'a>) -> Option<Self> {
        let it = &planned.recommendation;
        let goes_on = !it.changes_machines() && it.verdict != Verdict::None;
        Self::today(&planned.problem, &planned.planner.policy).filter(|_| goes_on)
    }

    /// What runs a problem today.
    fn today(problem: &Problem<'a>, policy: &Policy) -> Option<Self> {
        let count = |instances: u32| {
            let instances = u64::from(instances);
            let members = match problem.current.deployment {
                Deployment::Processes => (problem.today.members as u64).div_ceil(instances).max(1),
                Deployment::Threads => 1,
            };
            Count { instances, members_per_instance: members }
        };
        let on = problem.current_machine.zip(problem.workload.current_instances.map(count));
        Some(Self { runtime: problem.current, on, usd_per_month: problem.usd_per_month_today(policy)? })
    }

    /// Its machines with a problem, as a plan; nothing where they, their speed or their price are not known.
    pub fn plan(&self, problem: &Problem<'_>, policy: Policy) -> Option<Plan<'a>> {
        let (runtime, (machine, count)) = (self.runtime, self.on?);
        let demand = problem.demand_in(runtime, RangeEnd::Best).ok()?;
        let (sizing, usd_per_hour) = problem.offer(runtime, machine, demand, policy)?;
        Some(Plan {
            runtime,
            machine,
            demand,
            sizing,
            count,
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
