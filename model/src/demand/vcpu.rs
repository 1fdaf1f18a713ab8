//! What a vCPU of today's machines does, by which everything that was measured there is read.

use crate::machine::Machine;
use crate::runtime::{Figure, Runtime};
use crate::workload::Workload;

/// A vCPU of today's machines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VcpuToday {
    /// v_now, its speed: that of today's machine, or else of the profile's own.
    pub speed: f64,
    /// e_now, how much of what it is busy with is work: the busy threads of a process contend. 1 where nobody says how many are.
    pub worth: f64,
    /// N, how many threads of a process are busy at a time, one at least.
    pub threads: f64,
}

impl VcpuToday {
    /// That of what runs today, where an idle sibling gives it `gain`.
    pub fn of(workload: &Workload, current: &Runtime, machine: Option<&Machine>, gain: f64) -> Self {
        let speed = machine.and_then(|machine| speed_today(workload, machine, 1.0, gain));
        let busy = share_in_use(workload, machine, 1.0).zip(machine);
        let threads = busy.map_or(1.0, |(share, machine)| workload.busy_threads(current, machine, share));
        Self::with_threads(speed.unwrap_or(current.provenance.vcpu_speed), current, threads)
    }

    /// That of a speed, with so many busy threads in a process.
    pub(crate) fn with_threads(speed: f64, current: &Runtime, threads: f64) -> Self {
        Self { speed, worth: current.worth(threads), threads }
    }

    /// e_now over what it is at an end of the ranges of sigma and kappa.
    pub(crate) fn worth_over(self, current: &Runtime, end: fn(&Figure) -> f64) -> f64 {
        self.worth / current.worth_at(end, self.threads)
    }

    /// v_now e_now: work at speed 1.0 that it does in a second in which it is busy with events, core-s.
    pub fn work(self) -> f64 {
        self.speed * self.worth
    }
}

/// u, the mean share of today's vCPUs that is in use, where cores and machines are known: the utilization, or what consumers
/// and system take together; at `factor` times the load, so much more for consumers alone.
pub fn share_in_use(workload: &Workload, machine: Option<&Machine>, factor: f64) -> Option<f64> {
    let instances = f64::from(workload.machines_today()?);
    let vcpus = instances * f64::from(machine?.vcpus);
    let cores = workload.cores_in_use(machine)?;
    let system = match (workload.observed_cores, workload.utilization) {
        (None, Some(share)) => share * vcpus - cores,
        _ => instances * workload.system_cores,
    };
    Some((cores * factor + system) / vcpus)
}

/// The one-vCPU speed of today's machine at `factor` times the load that was measured, where an idle sibling gives it `gain`;
/// `None` where the machine's is not known.
///
/// Where nobody says how busy siblings are, they are taken to be idle, since the work of an event is then largest.
pub fn speed_today(workload: &Workload, machine: &Machine, factor: f64, gain: f64) -> Option<f64> {
    let busy = share_in_use(workload, Some(machine), factor).map_or(0.0, |share| share.min(1.0));
    machine.speed_at(busy, gain)
}
