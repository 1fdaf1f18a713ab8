//! The cores that today's events are expected to take by profile, and whether those in use are too far from them.

use crate::decide::baseline::{APART, Scene};
use crate::decide::deployed::vcpus_today;
use crate::decide::suspects::Contradiction;
use crate::demand::event::{LONGEST_FETCH_WAIT_SECONDS, Today, base};
use crate::demand::vcpu::VcpuToday;
use crate::machine::{IDLE_SIBLING, Machine};
use crate::problem::Problem;
use crate::runtime::{Member, Runtime};
use crate::uncertain::inputs::whole;
use crate::workload::Workload;
use std::borrow::Cow;

impl Scene<'_, '_> {
    /// Cores that handling and fetching take on average by profile and handler_ms, with today's runtime at an end of its
    /// figures. A blank fetch wait and blank processes are at the end that suits it.
    fn expected_cores(&self, workload: &Workload, current: &Runtime, is_least: bool) -> Option<f64> {
        let machine = self.problem.current_machine;
        let with = |workload: &Workload| {
            let gain = if is_least { IDLE_SIBLING.high } else { IDLE_SIBLING.low };
            let vcpu = VcpuToday::of(workload, current, machine, gain);
            // What is held against the cores in use is not made of them.
            let workload = Workload { observed_cores: None, utilization: None, ..workload.clone() };
            let today = Today::read(&workload, current, machine, vcpu).ok()?;
            let profile = today.by_profile(&workload, current, vcpu).ok()?;
            let own = if workload.handler_seconds.is_some() { today.handler_core_seconds } else { 0.0 };
            let idle = current.idle_cores_at(vcpu.speed);
            Some(workload.mean_rate() * (profile + own) / vcpu.work() + today.members * idle)
        };
        let all = blanks_at_ends(workload, current, machine, workload.cores_in_use(machine), is_least);
        let all = all.iter().filter_map(with);
        if is_least { all.min_by(f64::total_cmp) } else { all.max_by(f64::total_cmp) }
    }

    /// The least or the most of it, with ranges at the end that makes it so.
    fn expected_at(&self, current: &Runtime, is_least: bool) -> Option<f64> {
        let sign = if is_least { 1.0 } else { -1.0 };
        let expected = |it: &Workload| self.expected_cores(it, current, is_least);
        let workload = self
            .extreme(Cow::Borrowed(self.problem.workload), |it| sign * expected(it).unwrap_or(f64::INFINITY));
        expected(&workload)
    }

    /// Whether cores observed, the least and the most that they may be, are too far from those expected. Where handler_ms is not
    /// known these are at least what fetching and decoding take.
    pub(super) fn apart(&self, [least, most]: [f64; 2]) -> Option<Contradiction> {
        let expected = self.expected_at(&self.extremes.least, true)?;
        if expected > APART * most {
            return Some(Contradiction::Apart { observed: most, expected });
        }
        self.problem.workload.handler_seconds?;
        let expected = self.expected_at(&self.extremes.most, false)?;
        (least > APART * expected).then_some(Contradiction::Apart { observed: least, expected })
    }

    /// The share of today's vCPUs that fetching takes by profile, at the best estimates.
    pub(super) fn fetching(&self) -> Option<f64> {
        let Problem { workload, current, current_machine, vcpu_now: vcpu, ref today, .. } = *self.problem;
        let vcpus = vcpus_today(workload, current_machine)?;
        let all = today.by_profile(workload, current, vcpu).ok()?;
        let handling = base(workload, current, today.charged_calls()).ok()?.handling();
        Some(workload.mean_rate() * (all - handling) / vcpu.work() / vcpus)
    }
}

/// A workload with its blank cells of today at either end of what they may stand for: the wait of fetches, the processes, and
/// calls where the least is asked for.
pub(crate) fn blanks_at_ends(
    workload: &Workload,
    current: &Runtime,
    machine: Option<&Machine>,
    cores_in_use: Option<f64>,
    is_least: bool,
) -> Vec<Workload> {
    let waits = match workload.current_fetch_wait_seconds {
        Some(wait) => [wait, wait],
        None => [0.0, LONGEST_FETCH_WAIT_SECONDS],
    };
    let instances = workload.current_instances;
    let vcpus = workload.machines_today().zip(machine).map(|(n, machine)| n.saturating_mul(machine.vcpus));
    let processes = match workload.current_processes {
        // What a loop of one process takes while it idles was not measured, beside that of the process.
        given if workload.member_in(current) == Member::Reader => [given, None],
        given if given.is_some() || workload.member_in(current) == Member::Binary => [given; 2],
        // On an unknown machine type, as many as cores are busy.
        _ => {
            let busy = cores_in_use.map(|cores| whole(cores.ceil()));
            [instances.or(Some(1)), vcpus.or(instances.max(busy))]
        }
    };
    let with = |wait, current_processes| Workload {
        current_processes,
        current_fetch_wait_seconds: Some(wait),
        io_calls: workload.io_calls.or(is_least.then_some(0.0)),
        ..workload.clone()
    };
    waits.into_iter().flat_map(|wait| processes.map(|processes| with(wait, processes))).collect()
}
