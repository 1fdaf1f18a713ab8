//! Several events a call, so that they share its wait: how many.

use crate::blank::Blank;
use crate::capacity::load::LoadOn;
use crate::cost::bill::reaches;
use crate::decide::alternative::Alternative;
use crate::decide::call_limit;
use crate::decide::change::Change;
use crate::decide::options::Options;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan, Priced};

/// Events of a call that are proposed where they wait.
const BATCH: u32 = 50;

impl<'a> Options<'_, 'a> {
    /// Events in batches of `BATCH`, or of as many as keep the latency goal and are neither called nor gathered for too
    /// long, where waiting binds: a call waits as long as it does now, whatever it takes. Of bills within the cost tolerance it is
    /// the smallest of a few; where nobody gives the skew, twice that.
    pub fn batches(&self, in_current: Result<&Plan<'a>, &NoPlan>) -> Option<Alternative> {
        let waits = self.problem.today.wait_seconds > 0.0;
        let binds = match in_current {
            Ok(plan) => plan.is_bound_by_in_flight(),
            Err(none) => none.stuck().is_some_and(|stuck| stuck.on == Some(LoadOn::InFlight)),
        };
        if !waits || !binds || self.problem.workload.batch_size >= BATCH {
            return None;
        }
        let near = in_current.ok().map(|plan| plan.machine);
        let mut plan = self.in_batches_of(BATCH, near)?;
        // Fewer events a call may take other machines, on which as many are too many again.
        while let Some(fewer) = too_many(&plan) {
            let fewer = fewer.filter(|fewer| *fewer > self.problem.workload.batch_size)?;
            plan = self.in_batches_of(fewer, Some(plan.machine))?;
        }
        let (most, priced) = (plan.sizing.batch, plan.priced());
        let doubled = |batch: &u32| batch.checked_mul(2);
        let mut smaller = std::iter::successors(doubled(&self.problem.workload.batch_size), doubled)
            .take_while(|batch| *batch < most);
        let usd_per_month = (1.0 + self.planner.policy.cost_tolerance) * priced.cheapest_usd_per_month;
        let within = Priced { usd_per_month, ..priced };
        let as_cheap = smaller.find(|batch| {
            let of_it = self.priced_within(Change::Batches(*batch), Some(&within));
            of_it.is_some_and(|it| reaches(usd_per_month, it.cheapest_usd_per_month))
        });
        let is_open = self.problem.workload.blanks.has(Blank::Skew);
        let fewer = as_cheap.map(|batch| if is_open { batch * 2 } else { batch }).filter(|it| *it < most);
        let fewer = fewer.and_then(|fewer| self.in_batches_of(fewer, Some(plan.machine)));
        let plan = fewer.filter(|fewer| too_many(fewer).is_none()).unwrap_or(plan);
        Some(self.changed(Change::Batches(plan.sizing.batch), Some(plan.priced())))
    }

    /// The cheapest plan in today's runtime with another number of events a call.
    fn in_batches_of(&self, batch: u32, near: Option<&Machine>) -> Option<Plan<'a>> {
        let Self { problem, planner, .. } = self;
        let changed = Change::Batches(batch).made(problem);
        planner.cheapest_near(&changed.problem(problem), problem.current, near).ok()
    }
}

/// The most events a call instead of a plan's, where these are too late, or are called or gathered for too long.
fn too_many(plan: &Plan<'_>) -> Option<Option<u32>> {
    let in_time = call_limit::most_events(plan);
    let most = match plan.misses_goal_by_batches() {
        true => plan.largest_batch().map(|most| most.min(in_time)),
        false => Some(in_time),
    };
    most.is_none_or(|most| most < plan.sizing.batch).then_some(most)
}
