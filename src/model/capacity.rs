//! What cores and places for events in progress can take, and what they have to.

use super::load::{Load, LoadOn};
use super::policy::Policy;
use super::rule::Rule;
use super::runtime::{Concurrency, Deployment};
use super::sizing::Sizing;

impl Sizing {
    /// Cores that one member can put to work: `1 - idle`, or `usl(V) - idle` for threads.
    pub(super) fn member_cores(&self) -> f64 {
        match self.deployment {
            Deployment::Processes => 1.0 - self.idle_cores,
            Deployment::Threads => self.relative_capacity - self.idle_cores,
        }
    }

    /// Events/s that one member can take of those that cost what they do at `rate` events/s: `(1 - idle)/s`, or
    /// `(usl(V) - idle)/s` for threads.
    pub fn member_rate_at(&self, rate: f64) -> f64 {
        self.member_cores() / self.service.seconds_at(rate)
    }

    /// Cores that the members of one instance can put to work: `min(W,V) - W idle`; a member's for threads.
    pub(super) fn instance_cores(&self, members: u64, polling: u64) -> f64 {
        match self.deployment {
            Deployment::Processes => {
                let working = members.min(u64::from(self.vcpus)) as f64;
                working - polling as f64 * self.idle_cores
            }
            Deployment::Threads => self.member_cores(),
        }
    }

    /// Events/s that a member reads on average at peak with all instances up: `L / (n W)`.
    pub fn mean_member_rate(&self, instances: u64, members: u64) -> f64 {
        self.peak_rate / instances as f64 / members as f64
    }

    /// s + w for a member that reads `member_rate` events/s, s.
    pub fn own_seconds_at(&self, member_rate: f64) -> f64 {
        self.service.seconds_at(member_rate) + self.wait_seconds
    }

    /// Events in progress at the busiest holder of slots among `members` at `rate` events/s, by Little's law:
    /// `y (s + w)` with `y = x slot(M)`, and s as for a member that reads what the holder does.
    ///
    /// A partition's member may read others too, and then its fetches bring more. They are not counted on: with
    /// one instance more it may not.
    pub fn in_progress(&self, rate: f64, members: u64) -> f64 {
        let held = rate * self.busiest_holder_share(members);
        held * self.own_seconds_at(held)
    }

    /// slot(M): the share of all events that the busiest holder of m events in progress takes.
    pub(super) fn busiest_holder_share(&self, members: u64) -> f64 {
        match self.concurrency {
            Concurrency::Consumer => self.topic.busiest_member_share(members),
            Concurrency::Partition => self.topic.busiest_partition_share().unwrap_or(0.0),
        }
    }

    /// The three lines of carries(x, u, n): `x share(nW) <= u member`, `x/n <= u instance` and
    /// `x slot(nW) (s + w) <= u m`, each with s at the rate of the member concerned. `polling` processes of each
    /// instance burn idle CPU and fetch for themselves.
    pub(super) fn carries(
        &self,
        rate: f64,
        limit: f64,
        instances: u64,
        members: u64,
        polling: u64,
    ) -> [Load; 3] {
        let group = instances.saturating_mul(members);
        let busiest = rate * self.topic.busiest_member_share(group);
        let each = rate / instances as f64;
        let each_takes = self.service.seconds_at(each / polling as f64);
        [
            Load {
                on: LoadOn::Member,
                needs: busiest,
                limit: limit * self.member_rate_at(busiest),
                service_seconds: self.service.seconds_at(busiest),
            },
            Load {
                on: LoadOn::Instance,
                needs: each,
                limit: limit * (self.instance_cores(members, polling) / each_takes),
                service_seconds: each_takes,
            },
            Load {
                on: LoadOn::Slots,
                needs: self.in_progress(rate, group),
                limit: limit * f64::from(self.in_flight),
                service_seconds: self.service.seconds_at(rate * self.busiest_holder_share(group)),
            },
        ]
    }

    /// What a rule about load compares, where `polling` processes of each instance burn idle CPU and fetch for
    /// themselves.
    pub(super) fn loads(&self, rule: Rule, instances: u64, members: u64, polling: u64) -> Vec<Load> {
        let Policy { max_utilization, max_utilization_degraded, .. } = self.policy;
        let (rate, limit, instances) = match rule {
            Rule::Cpu | Rule::Slots => (self.peak_rate, max_utilization, instances),
            Rule::Zone => (self.peak_rate, max_utilization_degraded, self.policy.alive(instances)),
            Rule::CatchUp => (self.design_rate, max_utilization_degraded, instances),
            Rule::Memory | Rule::Network | Rule::Latency => return Vec::new(),
        };
        if instances == 0 {
            let service_seconds = self.service.seconds_at(rate);
            return vec![Load { on: LoadOn::Instance, needs: rate, limit: 0.0, service_seconds }];
        }
        let [member, instance, slots] = self.carries(rate, limit, instances, members, polling);
        match rule {
            Rule::Cpu => vec![member, instance],
            Rule::Slots => vec![slots],
            _ => vec![member, instance, slots],
        }
    }

    /// The load among those of a rule that comes closest to its limit, or exceeds it most; `None` for rules
    /// about other things than load.
    pub fn tightest_load(&self, rule: Rule, instances: u64, members: u64) -> Option<Load> {
        let loads = self.loads(rule, instances, members, members);
        loads.into_iter().max_by(|one, other| one.ratio().total_cmp(&other.ratio()))
    }

    /// Cores busy over V at peak with all instances up, idle polling included.
    pub fn utilization(&self, instances: u64, members: u64) -> f64 {
        let vcpus = f64::from(self.vcpus);
        let service_seconds = self.service.seconds_at(self.mean_member_rate(instances, members));
        let handled = self.peak_rate * service_seconds / instances as f64;
        match self.deployment {
            Deployment::Processes => (handled + members as f64 * self.idle_cores) / vcpus,
            Deployment::Threads => (handled * vcpus / self.relative_capacity + self.idle_cores) / vcpus,
        }
    }
}
