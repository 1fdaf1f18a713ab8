//! Numbers that no answer is below, in closed form: where the searches begin.
//!
//! Each takes a little off the quotient that it is made of, so that rounding never lifts it above the true least.

use crate::capacity::assignment::Topic;
use crate::capacity::constraint::Constraint;
use crate::capacity::load::LoadOn;
use crate::capacity::sizing::{Member, Sizing};
use crate::policy::Policy;
use crate::runtime::Concurrency;

/// What a quotient may be off by rounding, as a share of it, and more.
const ROUNDING: f64 = 1e-9;

/// The least whole number that may reach `quotient`; beyond any search where there is none.
pub(crate) fn at_least(quotient: f64) -> u64 {
    let least = quotient * (1.0 - ROUNDING);
    // What `ceil` gives, which is a call where the processor may lack it.
    let whole = least as u64;
    whole.saturating_add(u64::from((whole as f64) < least))
}

impl Topic {
    /// Members that no answer is below with which the busiest member takes at most `share` of all events: the inverse of
    /// [`Topic::busiest_member_share`], `ceil(P / (1 + floor((share P - k)(P-1)/(P-k))))`.
    ///
    /// `None` where one partition is more than that already.
    pub fn members_at_least(self, share: f64) -> Option<u64> {
        match self.partitions {
            _ if share >= 1.0 => Some(1),
            None if self.hot_key_share >= share => None,
            None => Some(at_least((1.0 - self.hot_key_share) / (share - self.hot_key_share))),
            Some(partitions) => {
                let p = f64::from(partitions);
                let k = self.busiest_over_mean(p);
                let beside_hottest = share * p * (1.0 + ROUNDING) - k;
                if beside_hottest < 0.0 || k >= p {
                    return None;
                }
                let held = 1 + (beside_hottest * (p - 1.0) / (p - k) * (1.0 + ROUNDING)) as u64;
                Some(u64::from(partitions).div_ceil(held))
            }
        }
    }
}

/// What no answer is below that meets some constraints, with all instances up or with a zone lost.
#[derive(Debug, Clone, Copy)]
struct Least {
    /// Members of the consumer group, on any number of instances.
    members: u64,
    /// Instances, of any number of members, as partitions are whole on them.
    instances: u64,
}

/// The same for all constraints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupBound {
    up: Least,
    alive: Least,
}

/// What no answer is below that keeps a latency goal at the cores, of processes and readers or of a binary's threads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueBound {
    /// Instances.
    pub instances_at_least: u64,
    /// Members of the group, each with a queue of its own.
    members: u64,
    /// Instances on which more processes than vCPUs share one queue, and these.
    sharing: Option<(u64, u64)>,
}

impl QueueBound {
    /// Members on each of `instances`.
    pub fn members_at_least(&self, instances: u64) -> u64 {
        let apart = self.members.div_ceil(instances.max(1));
        match self.sharing {
            Some((least, members)) if instances >= least => apart.min(members),
            _ => apart,
        }
    }
}

impl Sizing {
    /// The bound for a latency goal, s; `None` where even an idle queue misses it.
    pub(crate) fn queue_bound(&self, goal: f64) -> Option<QueueBound> {
        let goal = goal - self.least_fetch_delay();
        let most_events =
            |members| Some(self.core_queue(1, members).most_arrivals(goal)? * self.batch_events());
        let alone = most_events(1)?;
        let members = self.topic.members_at_least(alone / self.peak_rate).unwrap_or(u64::MAX);
        if self.member == Member::Binary {
            let instances_at_least = members.div_ceil(u64::from(self.binaries));
            return Some(QueueBound { instances_at_least, members, sharing: None });
        }
        let vcpus = u64::from(self.vcpus);
        let together = most_events(vcpus + 1)?;
        let sharing = at_least(self.peak_rate / together);
        let instances_at_least = members.div_ceil(vcpus).min(sharing);
        Some(QueueBound { instances_at_least, members, sharing: Some((sharing, vcpus + 1)) })
    }

    /// The bound for some constraints; `None` where one partition is too busy for any number of members.
    pub(crate) fn group_bound(&self, rules: &[Constraint]) -> Option<GroupBound> {
        let none = Least { members: 1, instances: 1 };
        let mut bound = GroupBound { up: none, alive: none };
        let (of_member, of_instance) = (self.member_rate(), self.most_of_an_instance());
        let of_consumer = (self.concurrency == Concurrency::Consumer).then(|| self.partition_rate());
        for &rule in rules {
            let Some((rate, limit)) = self.rate_and_limit(rule) else { continue };
            let at_rate =
                |on, capacity: f64| self.topic.members_at_least(self.share_of(on, limit) * capacity / rate);
            let by_cpu = || at_rate(LoadOn::Member, of_member);
            let by_in_flight = || of_consumer.map_or(Some(1), |most| at_rate(LoadOn::InFlight, most));
            let by_instance = || at_rate(LoadOn::Instance, of_instance);
            let (members, instances) = match rule {
                Constraint::Cpu => (by_cpu()?, by_instance()?),
                Constraint::InFlight => (by_in_flight()?, 1),
                _ => (by_cpu()?.max(by_in_flight()?), by_instance()?),
            };
            let side = if rule == Constraint::Zone { &mut bound.alive } else { &mut bound.up };
            side.members = members.max(side.members);
            side.instances = instances.max(side.instances);
        }
        Some(bound)
    }

    /// Members on each of `instances` that no answer is below: their part of the group.
    pub(crate) fn members_per_instance_at_least(&self, group: GroupBound, instances: u64) -> u64 {
        let up = group.up.members.div_ceil(instances.max(1));
        match self.policy.alive(instances) {
            0 => up,
            alive => up.max(group.alive.members.div_ceil(alive)),
        }
    }

    /// A number of instances that no answer is below, from the policy's minimum and the cores alone: all up, with a zone
    /// lost, and draining.
    pub fn instances_at_least(&self) -> u64 {
        let Policy { max_utilization, max_utilization_degraded, min_instances, .. } = self.policy;
        let most = self.most_of_an_instance();
        let all_up = (self.peak_rate / max_utilization).max(self.design_rate / max_utilization_degraded);
        let alive = at_least(self.peak_rate / max_utilization_degraded / most);
        at_least(all_up / most).max(self.policy.instances_for_alive(alive)).max(u64::from(min_instances))
    }

    /// The same from the group and from the network as well, where at most `most` members fit on an instance.
    pub(crate) fn instances_for_group_at_least(&self, group: GroupBound, most: u64) -> u64 {
        let most = most.max(1);
        let by_network =
            |usable: f64| self.topic.members_at_least(usable / (self.design_rate * self.bits_per_event));
        let up = |least: Least| least.instances.max(least.members.div_ceil(most));
        self.instances_at_least()
            .max(up(group.up))
            .max(self.policy.instances_for_alive(up(group.alive)))
            .max(self.usable_network().and_then(by_network).unwrap_or(1))
    }
}
