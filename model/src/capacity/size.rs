//! What comes of a count: load, latency, memory, partitions and what set it.

use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::infeasible::Infeasible;
use crate::capacity::sizing::{Count, Sizing};

/// The answer for one machine type.
#[derive(Debug, Clone, PartialEq)]
pub struct Size {
    /// n.
    pub instances: u64,
    /// W: processes, or 1 for a binary of threads.
    pub members_per_instance: u64,
    /// What set n.
    pub bound_by: BoundBy,
    /// Share of the vCPUs busy at peak with all instances up, as a CPU graph shows it.
    pub utilization_at_peak: f64,
    /// p99 at peak with all instances up, s: what queueing alone makes of it.
    pub p99_seconds: f64,
    /// Memory that one instance needs, bytes.
    pub memory_bytes_per_instance: f64,
    /// Memory of all instances that holds no event: interpreters, binaries, thread stacks.
    pub runtime_overhead_bytes: f64,
    /// The least P that serves; `None` where no number of partitions does.
    pub partitions_required: Option<u64>,
}

impl Size {
    /// n and W alone.
    pub fn count(&self) -> Count {
        Count { instances: self.instances, members_per_instance: self.members_per_instance }
    }
}

impl Sizing {
    /// The least number of instances that meets all rules, with it the least number of processes, and what
    /// comes of these.
    pub fn solve(&self) -> Result<Size, Infeasible> {
        self.count().map(|count| self.size(count))
    }

    /// What comes of a count.
    pub fn size(&self, count: Count) -> Size {
        let Count { instances, members_per_instance } = count;
        Size {
            instances,
            members_per_instance,
            bound_by: self.bound_by(instances),
            utilization_at_peak: self.utilization(instances, members_per_instance),
            p99_seconds: self.percentile(instances, members_per_instance),
            memory_bytes_per_instance: self.memory_bytes(instances, members_per_instance),
            runtime_overhead_bytes: instances as f64 * members_per_instance as f64 * self.process_bytes,
            partitions_required: self.partitions_required(count.members()),
        }
    }

    /// What set the count: the policy's minimum, or the first rule that cannot be met together with those
    /// before it on one instance fewer. A count of which one fewer meets all rules was made for other figures than these.
    fn bound_by(&self, instances: u64) -> BoundBy {
        if instances <= u64::from(self.policy.min_instances) {
            return BoundBy::Minimum;
        }
        match self.first_failing(instances - 1) {
            Some(rule) => BoundBy::Constraint(rule),
            None => BoundBy::Confidence,
        }
    }

    /// The first of the rules that cannot be met together with those before it.
    pub(crate) fn first_failing(&self, instances: u64) -> Option<Constraint> {
        (1..=Constraint::ALL.len())
            .find(|&count| self.least_members(instances, &Constraint::ALL[..count]).is_none())
            .map(|count| Constraint::ALL[count - 1])
    }
}
