//! CPU that what runs today was measured to use, as cores of its consumers.

use crate::machine::Machine;
use crate::workload::Workload;

/// So many times what is assumed a machine's system may take, with the agents that people install: a quarter of a vCPU for 0.1.
const MOST_SYSTEM: f64 = 2.5;

impl Workload {
    /// The mean cores that consumers use today on machines of a type, where they are given or the utilization of these is. Of
    /// whole machines the system's are taken off: where nobody has said what it takes, half at most.
    pub fn cores_in_use(&self, machine: Option<&Machine>) -> Option<f64> {
        let least = if self.is_system_given { 0.0 } else { 0.5 };
        self.cores_with(machine, |all, systems| (all - systems).max(least * all))
    }

    /// The cores that machines of a type are seen to use, and those that their systems are said to take, where these leave none.
    pub(crate) fn cores_of_systems_alone(&self, machine: Option<&Machine>) -> Option<(f64, f64)> {
        self.utilization.filter(|_| self.is_system_given && self.observed_cores.is_none())?;
        let of = |part: fn(f64, f64) -> f64| self.cores_with(machine, part);
        of(|all, _| all).zip(of(|_, systems| systems)).filter(|(all, systems)| systems >= all)
    }

    /// The least and the most that they may be, by what systems are likely to take where nobody has said.
    pub fn cores_in_use_between(&self, machine: Option<&Machine>) -> Option<[f64; 2]> {
        if self.is_system_given {
            return self.cores_in_use(machine).map(|cores| [cores; 2]);
        }
        let least = self.cores_with(machine, |all, systems| (all - MOST_SYSTEM * systems).max(0.0))?;
        Some([least, self.cores_with(machine, |all, _| all)?])
    }

    /// Whether consumers may use none of them, as systems may take all.
    pub fn may_use_no_cores(&self, machine: Option<&Machine>) -> bool {
        self.cores_in_use_between(machine).is_some_and(|[least, most]| least <= 0.0 && most > 0.0)
    }

    /// What a system takes of a utilization at most, where nobody has said.
    pub(crate) fn most_system_cores(&self) -> Option<f64> {
        let is_open = !self.is_system_given && self.observed_cores.is_none() && self.utilization.is_some();
        is_open.then_some(MOST_SYSTEM * self.system_cores)
    }

    /// Those given, or what is made of all that machines use and of what their systems take of it.
    fn cores_with(&self, machine: Option<&Machine>, of: impl Fn(f64, f64) -> f64) -> Option<f64> {
        self.observed_cores.or_else(|| {
            let instances = f64::from(self.current_instances?);
            let all = self.utilization? * instances * f64::from(machine?.vcpus);
            Some(of(all, instances * self.system_cores))
        })
    }
}
