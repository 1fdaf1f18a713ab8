//! More processes on today's machines, where some read more partitions than others.

use crate::capacity::sizing::{Count, Member};
use crate::decide::alternative::{Alternative, AlternativeKind};
use crate::decide::options::Options;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::scenario::kept::{KeptToday, busy};
use crate::workload::Workload;

impl Options<'_, '_> {
    /// The least number of processes above today's by which the partitions divide, where with it today's machines keep the limits
    /// at peak that they break now; nothing where all processes read as many partitions.
    pub fn processes(&self) -> Option<Alternative> {
        let Self { problem, planner, .. } = *self;
        let (runs, partitions) = (problem.workload.current_processes?, problem.workload.topic.partitions?);
        if runs >= partitions || partitions.is_multiple_of(runs) {
            return None;
        }
        let kept = KeptToday::today(problem, &planner.policy)?;
        let with = |processes: u32| {
            let workload = Workload { current_processes: Some(processes), ..problem.workload.clone() };
            kept.plan(&Problem { workload: &workload, ..problem.clone() }, planner.policy)
                .filter(|plan| plan.sizing.member == Member::Process)
        };
        with(runs).filter(|now| !keeps_limits(now))?;
        let even = (runs + 1..=partitions).filter(|processes| partitions.is_multiple_of(*processes));
        let (processes, plan) =
            even.filter_map(|it| Some((it, with(it)?))).find(|(_, plan)| keeps_limits(plan))?;
        let to = format!("current_processes {processes}");
        let step = Alternative::new(AlternativeKind::Processes, Some(to), Some(plan.priced()));
        Some(Alternative { keeps_machines: true, ..step })
    }
}

/// Whether CPU and in-flight limit are within those of plans at peak, and its processes are no more than people run and fit.
fn keeps_limits(plan: &Plan<'_>) -> bool {
    let (sizing, Count { instances, members_per_instance }) = (&plan.sizing, plan.count);
    busy(sizing, plan.count) <= 1.0
        && members_per_instance <= sizing.most_processes
        && sizing.memory(instances, members_per_instance).peak() <= sizing.usable_memory()
}
