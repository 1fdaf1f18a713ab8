//! What an assignment of partitions may do that knows members and no instances.

use crate::capacity::assignment::{Topic, held};
use crate::capacity::constraint::Constraint;
use crate::capacity::sizing::{Count, Sizing};

/// An assignment, even over members, with which an instance is busier than it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unlucky {
    /// The constraint that fails then.
    pub constraint: Constraint,
    /// Partitions of the fullest instance.
    pub held: u64,
    /// Those that it holds in the best even spread.
    pub planned: u64,
    /// How busy its cores are, a share.
    pub busy: f64,
    /// The limit on that.
    pub limit: f64,
}

impl Sizing {
    /// The first constraint on an instance's cores that fails where the members that hold most are all on one instance;
    /// `None` where none does, or partitions are open.
    pub fn unlucky(&self, count: Count) -> Option<Unlucky> {
        let partitions = self.topic.partitions?;
        let each = count.members_per_instance;
        let broken = |constraint: Constraint| {
            let (rate, limit) = self.rate_and_limit(constraint)?;
            let instances = match constraint {
                Constraint::Zone => self.policy.alive(count.instances),
                _ => count.instances,
            };
            let members = instances.saturating_mul(each);
            let share = self.topic.share_of_members(each, members);
            let busy = rate * share / self.instance_rate(each, each as f64);
            let held_most = Topic::most_held(partitions, each, members);
            let planned = held(partitions, instances);
            (busy > limit).then_some(Unlucky { constraint, held: held_most, planned, busy, limit })
        };
        [Constraint::Cpu, Constraint::Zone, Constraint::CatchUp].into_iter().find_map(broken)
    }
}
