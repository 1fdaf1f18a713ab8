//! The search for the least count that meets constraints.

use crate::capacity::bounds::{GroupBound, QueueBound};
use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::infeasible::Infeasible;
use crate::capacity::search::least;
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::policy::Policy;
use crate::runtime::Concurrency;
use crate::units::MIB;

/// No plan is looked for beyond this many instances or workers.
pub(crate) const MOST: u64 = 1 << 40;

/// Constraints to meet, with all of them worked out that does not depend on the count.
#[derive(Clone, Copy)]
struct Target<'s> {
    sizing: &'s Sizing,
    constraints: &'s [Constraint],
    group: GroupBound,
    queue: Option<QueueBound>,
    /// Members that fit in the memory of an instance when no event is in flight.
    most_members: u64,
}

impl<'s> Target<'s> {
    /// `None` where no count meets them.
    fn new(sizing: &'s Sizing, constraints: &'s [Constraint]) -> Option<Self> {
        let group = sizing.group_bound(constraints)?;
        let most_members = sizing.most_members();
        let target = Self { sizing, constraints, group, queue: None, most_members };
        let least = sizing.least_fetch_delay();
        let keeps_goal =
            |goal| sizing.concurrency == Concurrency::Consumer || sizing.partition_keeps(goal - least);
        target.goal().is_none_or(keeps_goal).then_some(target)
    }

    /// The latency goal, s, where it is among the constraints.
    fn goal(&self) -> Option<f64> {
        self.sizing.goal_seconds.filter(|_| self.constraints.contains(&Constraint::Latency))
    }

    /// The least number of instances from `from` to `most`, with it the least number of members.
    fn least_count(&self, from: u64, most: u64) -> Option<Count> {
        // The bound is seldom missed by more than one.
        let last = most.min(from + 1);
        if let Some(count) = (from..=last).find_map(|instances| self.count_on(instances)) {
            return Some(count);
        }
        if last == most {
            return None;
        }
        let mut count = Some(self.count_on(most)?);
        let queue = match self.goal() {
            Some(goal) => Some(self.sizing.queue_bound(goal)?),
            None => None,
        };
        let target = Self { queue, ..*self };
        let from = queue.map_or(0, |queue| queue.instances_at_least).max(last + 1).min(most);
        // The last number that served is the least.
        least(from, most, |instances| {
            let on = target.count_on(instances);
            count = on.or(count);
            on.is_some()
        })?;
        count
    }

    /// So many instances with the least number of members.
    fn count_on(&self, instances: u64) -> Option<Count> {
        let members_per_instance = self.least_members(instances)?;
        Some(Count { instances, members_per_instance })
    }

    /// The least number of members on each of `instances`, out of those that fit in memory.
    ///
    /// More members only ever help with some constraints and only ever hurt with the others (memory; the machine's CPU;
    /// idle processes beyond the vCPUs), so the least that helps enough is the only one to look at: at each wait of the
    /// fetch, of which a longer one takes less CPU, and more members where there is a latency goal.
    fn least_members(&self, instances: u64) -> Option<u64> {
        let by_group = self.sizing.members_per_instance_at_least(self.group, instances);
        let by_queue = self.queue.map_or(1, |queue| queue.members_at_least(instances));
        let least = by_group.max(by_queue).max(u64::from(self.sizing.binaries));
        let at_once = self.least_members_at(instances, least, 0.0)?;
        let count = |members_per_instance| Count { instances, members_per_instance };
        if !self.constraints.contains(&Constraint::MaxCpu) || self.sizing.keeps_cpu(count(at_once), 0.0) {
            return Some(at_once);
        }
        if !self.sizing.may_keep_cpu(count(at_once)) {
            return None;
        }
        let keeps = |members: u64, wait: f64| {
            let saves = self.sizing.wait_saves(self.sizing.peak_rate, count(members), wait);
            saves && self.sizing.keeps_cpu(count(members), wait)
        };
        let (_, waits) = self.sizing.fetch_waits().split_first()?;
        if self.sizing.goal_seconds.is_none() {
            return waits.last().is_some_and(|&longest| keeps(at_once, longest)).then_some(at_once);
        }
        // More members take more CPU, as they idle and fetch less at a time.
        for &wait in waits.iter().filter(|&&wait| keeps(at_once, wait)) {
            let members = self.least_members_at(instances, at_once, wait)?;
            if keeps(members, wait) {
                return Some(members);
            }
        }
        None
    }

    /// The least number of members from `from` up that meets all but the machine's CPU at a wait of the fetch, which
    /// counts where there is a goal.
    fn least_members_at(&self, instances: u64, from: u64, wait: f64) -> Option<u64> {
        let suffice = |members| self.has_members_enough(instances, members, wait);
        let enough = match from <= self.most_members && suffice(from) {
            true => from,
            // Most often none are, where an instance fewer is tried.
            false if from < self.most_members && suffice(self.most_members) => {
                least(from + 1, self.most_members, suffice)?
            }
            false => return None,
        };
        self.is_not_hurt_by(instances, enough).then_some(enough)
    }

    /// Whether the constraints would hold if members took neither memory nor, beyond the vCPUs, idle CPU.
    fn has_members_enough(&self, instances: u64, members: u64, wait: f64) -> bool {
        let idling = (members as f64).min(self.sizing.usable_vcpus());
        // Waiting is allowed only where it keeps the goal, which without it is a constraint of its own.
        let goal = if wait > 0.0 { self.sizing.goal_seconds } else { self.goal() };
        let keeps = |goal| self.sizing.members_keep(goal, instances, members, wait);
        self.carries(instances, members, idling) && goal.is_none_or(keeps)
    }

    /// Whether the constraints on load hold where so many of the members burn idle CPU.
    fn carries(&self, instances: u64, members: u64, idling: f64) -> bool {
        let all_up = self.sizing.at_work(instances, members, idling);
        self.constraints.iter().all(|&constraint| match constraint {
            Constraint::Zone => self.sizing.keeps_limits(constraint, instances, members, idling),
            Constraint::Cpu | Constraint::InFlight | Constraint::CatchUp => all_up.keeps(constraint),
            _ => true,
        })
    }

    /// Whether constraints that enough members meet hold with what they take as well.
    fn is_not_hurt_by(&self, instances: u64, members: u64) -> bool {
        let is_idle = members as f64 > self.sizing.usable_vcpus();
        let fits = |&constraint: &Constraint| match constraint {
            Constraint::Memory | Constraint::Network => self.sizing.meets(constraint, instances, members),
            _ => true,
        };
        self.constraints.iter().all(fits) && (!is_idle || self.carries(instances, members, members as f64))
    }
}

impl Sizing {
    /// The least number of instances that meets all constraints, and with it the least number of processes.
    pub fn count(&self) -> Result<Count, Infeasible> {
        self.count_within(MOST).ok_or_else(|| self.why_none())
    }

    /// The same where it is no more than `most` instances.
    pub(crate) fn count_within(&self, most: u64) -> Option<Count> {
        if self.member_rate() <= 0.0 || self.binaries_bytes() > self.usable_memory() {
            return None;
        }
        let count = self.least_count(most)?;
        let delay = self.least_fetch_delay();
        let members = count.members();
        let has_partitions =
            self.topic.partitions.is_some() || self.partitions_required(members, delay).is_some();
        has_partitions.then_some(count)
    }

    /// Why there is no count.
    pub(crate) fn why_none(&self) -> Infeasible {
        let (needed, usable) = (self.binaries_bytes(), self.usable_memory());
        if self.member_rate() <= 0.0 {
            Infeasible::IdleTakesAll { idle_cores: self.idle_cores }
        } else if needed > usable {
            Infeasible::ProcessTooLarge { needed_mib: needed / MIB, usable_mib: usable / MIB }
        } else if self.topic.partitions.is_none() && self.least_count(MOST).is_some() {
            Infeasible::BeyondSearch
        } else {
            self.stuck()
        }
    }

    /// Memory that the binaries of an instance, or one process, take whatever they handle, bytes.
    fn binaries_bytes(&self) -> f64 {
        f64::from(self.binaries) * self.fixed_process_bytes()
    }

    /// The least count that meets all constraints, of no more than `most` instances, looked for from a bound up.
    pub(crate) fn least_count(&self, most: u64) -> Option<Count> {
        // Without a backlog what keeps the limits at peak keeps those of draining too, which come last.
        let Policy { max_utilization, max_utilization_degraded, .. } = self.policy;
        let drains = self.design_rate > self.peak_rate || max_utilization > max_utilization_degraded;
        let rules = &Constraint::ALL[..Constraint::ALL.len() - usize::from(!drains)];
        let target = Target::new(self, rules)?;
        let from = self.instances_for_group_at_least(target.group, target.most_members).min(MOST);
        if from <= most { target.least_count(from, most) } else { None }
    }

    /// The least number of instances from `from` up that meets `constraints` with some number of processes.
    pub fn least_instances(&self, from: u64, constraints: &[Constraint]) -> Option<u64> {
        Target::new(self, constraints)?.least_count(from, MOST).map(|count| count.instances)
    }

    /// The least number of members on each of `instances` instances that meets `constraints`, out of those that
    /// fit in memory.
    pub fn least_members(&self, instances: u64, constraints: &[Constraint]) -> Option<u64> {
        Target::new(self, constraints)?.least_members(instances)
    }

    /// What set a count: the policy's minimum, or the first constraint that cannot be met together with those before it
    /// on one instance fewer. A count of which one fewer meets all was made for other figures than these.
    pub fn bound_by(&self, instances: u64) -> BoundBy {
        if instances <= u64::from(self.policy.min_instances) {
            return BoundBy::Minimum;
        }
        self.first_failing(instances - 1).map_or(BoundBy::Confidence, BoundBy::Constraint)
    }

    /// The first of the constraints that cannot be met together with those before it. Nor can it with more of them.
    pub(crate) fn first_failing(&self, instances: u64) -> Option<Constraint> {
        let all = &Constraint::ALL;
        let is_met = |&rule: &Constraint| self.least_members(instances, &all[..=rule as usize]).is_some();
        all.get(all.partition_point(is_met)).copied()
    }

    /// Members that an instance may have: as many as fit in memory when no event is in flight, and as people run.
    pub(crate) fn most_members(&self) -> u64 {
        let fit = match self.fixed_process_bytes() {
            bytes if bytes > 0.0 => (self.usable_memory() / bytes).floor() as u64,
            _ => u64::MAX,
        };
        match self.member {
            Member::Process => fit.min(self.most_processes),
            Member::Binary if fit < u64::from(self.binaries) => 0,
            Member::Binary => u64::from(self.binaries),
            Member::Reader => self.most_processes,
        }
    }

    /// The first constraint that does not hold on `instances` instances of `members` members each.
    pub fn first_unmet(&self, instances: u64, members: u64) -> Option<Constraint> {
        Constraint::ALL.into_iter().find(|&constraint| !self.meets(constraint, instances, members))
    }

    /// Whether a constraint holds on `instances` instances of `members` members each.
    pub fn meets(&self, constraint: Constraint, instances: u64, members: u64) -> bool {
        match constraint {
            Constraint::Memory => self.memory(instances, members).peak() <= self.usable_memory(),
            Constraint::Network => {
                self.usable_network().is_none_or(|usable| self.network_bits(instances) <= usable)
            }
            Constraint::Latency => {
                self.goal_seconds.is_none_or(|goal| self.members_keep(goal, instances, members, 0.0))
            }
            Constraint::MaxCpu => self.keeps_cpu_somehow(Count { instances, members_per_instance: members }),
            Constraint::Cpu | Constraint::InFlight | Constraint::Zone | Constraint::CatchUp => {
                self.keeps_limits(constraint, instances, members, members as f64)
            }
        }
    }

    /// What a constraint is about at a count with fetches that wait for some seconds, and the most that it may be: utilization by
    /// the load that comes closest to its limit, bytes, bits/s or seconds.
    pub(crate) fn value_and_limit(&self, constraint: Constraint, count: Count, wait: f64) -> (f64, f64) {
        let Count { instances, members_per_instance: members } = count;
        match (constraint, self.rate_and_limit(constraint)) {
            (_, Some((_, limit))) => {
                let load = self.tightest_load(constraint, instances, members);
                (load.map_or(0.0, |load| load.ratio() * limit), limit)
            }
            (Constraint::Memory, _) => (self.memory(instances, members).peak(), self.usable_memory()),
            (Constraint::Network, _) => {
                (self.network_bits(instances), self.usable_network().unwrap_or(f64::INFINITY))
            }
            (Constraint::MaxCpu, _) => (self.cpu_at_peak(count, wait), self.policy.max_cpu),
            _ => (self.percentile(count, wait), self.goal_seconds.unwrap_or(f64::INFINITY)),
        }
    }
}
