//! More processes on today's machines, where some read more partitions than they can handle.

use crate::capacity::sizing::{Count, Member};
use crate::decide::alternative::Alternative;
use crate::decide::answer::Verdict;
use crate::decide::baseline::Footing;
use crate::decide::change::Change;
use crate::decide::deployed::vcpus_today;
use crate::decide::known::Known;
use crate::decide::options::Options;
use crate::decide::verdict::{Case, Depth, Settled, WorthUpTo};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::scenario::kept::{KeptToday, busy};
use crate::uncertain::inputs::whole;

impl<'a> Case<'_, '_, 'a> {
    /// More processes on today's machines where these fall behind, and all is kept with them: that costs nothing.
    pub(super) fn more_processes(&self) -> Option<Settled<'a>> {
        let options = self.options;
        let (step, worth_up_to) = self.footing.lags.then(|| options.mended_by_processes(self.depth))??;
        let step = Some(step).filter(|step| self.steps.count(step))?;
        Some(Settled { worth_up_to, ..self.taken(step)? })
    }
}

impl Options<'_, '_> {
    /// The least number of processes, one for each vCPU or a divisor of the partitions, with which today's machines are kept where they
    /// fall behind, or else keep the limits at peak that they break now.
    pub fn processes(&self) -> Option<Alternative> {
        let runs = self.problem.workload.current_processes?;
        self.with_processes(runs).filter(|now| !keeps_limits(now))?;
        let lags = Footing::of(self.problem, self.planner).lags;
        let mended = lags.then(|| self.mended_by_processes(Depth::Kind)).flatten().map(|(step, _)| step);
        let within =
            |it: &u32| self.with_processes(*it).is_some_and(|plan| fits(&plan) && keeps_limits(&plan));
        let more = || self.more_processes(runs).find(within).and_then(|it| self.to_processes(it));
        mended.or_else(more)
    }

    /// The least of these with which what falls behind is kept, and what a rewrite is worth then.
    fn mended_by_processes(&self, depth: Depth) -> Option<(Alternative, Option<WorthUpTo>)> {
        let runs = self.problem.workload.current_processes?;
        self.more_processes(runs).find_map(|it| {
            let worth_up_to = self.kept_with(it, depth)?;
            Some((self.to_processes(it)?, worth_up_to))
        })
    }

    /// Whether all is kept once so many run, with what a rewrite is worth then.
    fn kept_with(&self, processes: u32, depth: Depth) -> Option<Option<WorthUpTo>> {
        let Self { problem, planner, .. } = *self;
        self.with_processes(processes).filter(fits)?;
        let workload = Change::Processes(processes).described(problem);
        let after = Problem::new(&workload, problem.current, problem.current_machine).ok()?;
        let keeps_up = |it: Footing| !(it.is_contradictory || it.lags);
        keeps_up(Footing::of(&after, planner)).then_some(())?;
        let known = Known::of(&after, planner, None, depth);
        // Machines that break a limit no more than these do are another step.
        let is_kept = known.settled.verdict == Verdict::Stay || known.is_no_worse();
        is_kept.then_some(known.settled.worth_up_to)
    }

    /// Numbers of processes above those that run that people would choose, the least first.
    fn more_processes(&self, runs: u32) -> impl Iterator<Item = u32> + use<> {
        let Problem { workload, current_machine, .. } = *self.problem;
        let partitions = workload.topic.partitions;
        let one_each = vcpus_today(workload, current_machine).map_or(0, whole);
        let most = partitions.unwrap_or(one_each);
        let is_chosen =
            move |it: &u32| *it == one_each || partitions.is_some_and(|all| all.is_multiple_of(*it));
        (runs.saturating_add(1)..=most).filter(is_chosen)
    }

    fn to_processes(&self, number: u32) -> Option<Alternative> {
        let plan = self.with_processes(number)?;
        let change = Change::Processes(number);
        let step = Alternative::new(change.into(), Some(change.to_string()), Some(plan.priced()));
        Some(Alternative { change: Some(change), keeps_machines: true, ..step })
    }

    /// Today's machines with so many processes, or readers, where they run these.
    fn with_processes(&self, number: u32) -> Option<Plan<'_>> {
        let Self { problem, planner, .. } = *self;
        let changed = Change::Processes(number).made(problem);
        let plan =
            KeptToday::today(problem, &planner.policy)?.plan(&changed.problem(problem), planner.policy);
        plan.filter(|plan| plan.sizing.member != Member::Binary)
    }
}

/// Whether CPU and in-flight limit are within those of plans at peak.
fn keeps_limits(plan: &Plan<'_>) -> bool {
    busy(&plan.sizing, plan.count) <= 1.0
}

/// Whether its processes are no more than people run and memory has room for.
fn fits(plan: &Plan<'_>) -> bool {
    let (sizing, Count { instances, members_per_instance }) = (&plan.sizing, plan.count);
    members_per_instance <= sizing.most_processes
        && sizing.memory(instances, members_per_instance).peak() <= sizing.usable_memory()
}
