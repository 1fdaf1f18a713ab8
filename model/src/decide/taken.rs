//! A workload as its row says it once what is recommended runs: each step leads to a row of which it is kept.

use crate::decide::alternative::Machines;
use crate::decide::planned::PlannedWorkload;
use crate::demand::event::SHORTEST_CALL_SECONDS;
use crate::demand::vcpu::VcpuToday;
use crate::machine::IDLE_SIBLING;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::runtime::Member;
use crate::workload::Workload;

/// What is recommended, once it runs on other machines than today's.
pub struct Taken {
    /// The row, with what is to be measured as the plan has it.
    pub workload: Workload,
    /// Its machines.
    pub machines: Machines,
    /// The share of these that a CPU graph shows on average.
    pub utilization: f64,
    /// Whether it may show less, as today's threads may contend as much as is assumed.
    pub is_most: bool,
}

impl PlannedWorkload<'_> {
    /// What is recommended, once it runs; `None` where today's machines are kept, or nobody says which these are, and of a row
    /// with ranges, whose medians nobody has measured.
    pub fn taken(&self) -> Option<Taken> {
        let advised = self.advised();
        let (problem, it) = (&advised.problem, &advised.recommendation);
        if !problem.workload.ranges.is_empty() {
            return None;
        }
        let today = Machines::today(problem)?;
        let machines = it.machines.clone().filter(|to| it.changes_machines() && *to != today)?;
        let runtime = it.runtime?;
        let plans = [&it.chosen, &it.library, &it.other_language].into_iter().flatten();
        let plan = plans
            .into_iter()
            .find(|plan| std::ptr::eq(plan.runtime, runtime) && Machines::of(plan) == machines)?;
        Some(Taken {
            workload: row(problem, plan, it.usd_per_month),
            machines,
            utilization: plan.cpu_at_mean(),
            is_most: plan.handling_counted_on() > 1.0,
        })
    }
}

/// A workload's row once a plan of it runs at a bill, USD a month. The handler takes of the CPU what it did, at the speed that it is read
/// with there; the client is set as planned.
fn row(problem: &Problem<'_>, plan: &Plan<'_>, usd_per_month: Option<f64>) -> Workload {
    let Problem { workload, ref today, .. } = *problem;
    let Plan { runtime, machine, ref demand, ref sizing, .. } = *plan;
    // What a process holds in another language is still to be measured, where its state is known.
    let stays = workload.state_bytes.is_none() || runtime.language.name == problem.current.language.name;
    let whole = Workload {
        current_runtime: runtime.name.clone(),
        current_machine: Some(machine.instance_type.clone()),
        current_instances: u32::try_from(plan.count.instances).ok(),
        current_processes: u32::try_from(plan.count.members()).ok().filter(|_| {
            sizing.member != Member::Binary || sizing.binaries > 1 || workload.current_processes.is_some()
        }),
        current_usd_per_month: workload.current_usd_per_month.and(usd_per_month),
        observed_cores: None,
        utilization: Some(plan.cpu_at_mean()),
        memory_bytes_today: workload.memory_bytes_today.filter(|_| stays),
        ..workload.clone()
    };
    let cores = whole.cores_in_use(Some(machine));
    let mut row = Workload {
        observed_cores: workload.observed_cores.and(cores),
        utilization: workload.utilization.and(whole.utilization),
        ..whole
    };
    if row.observed_cores.or(row.utilization).is_some() {
        row.current_fetch_wait_seconds = Some(plan.fetch_wait_seconds);
    }
    let vcpu = VcpuToday::of(&row, runtime, Some(machine), IDLE_SIBLING.value);
    let wait = workload.wait_of_attempt(today.wait_seconds);
    row.io_wait_seconds = Some(wait).filter(|wait| *wait > 0.0 || workload.io_wait_seconds.is_some());
    if row.io_calls.is_none() && today.io_calls == 0.0 && wait >= SHORTEST_CALL_SECONDS {
        row.io_calls = Some(0.0);
    }
    let beyond = (plan.handling_counted_on() - 1.0) * demand.handling();
    let working = workload.wait_of_attempt((demand.io_calls + demand.own_code + beyond) / vcpu.work());
    row.handler_seconds = workload.handler_seconds.map(|_| wait + working);
    row
}
