//! What cores and in-flight limits can take, and what they have to.

use crate::capacity::constraint::Constraint;
use crate::capacity::load::{Load, LoadOn};
use crate::capacity::sizing::{Member, Sizing};
use crate::policy::Policy;
use crate::runtime::Concurrency;

impl Sizing {
    /// Perfect cores that a core in use is worth: 1, or `usl(V/W) / (V/W)` in a binary, whose threads contend.
    pub(crate) fn worth(&self) -> f64 {
        match self.member {
            Member::Process => 1.0,
            Member::Binary | Member::Reader => self.relative_capacity / f64::from(self.process_vcpus()),
        }
    }

    /// Cores that one member can put to work: `worth (min(1, V - system) - idle)`, or `worth (V - system)/W - idle` of a
    /// binary.
    pub fn member_cores(&self) -> f64 {
        match self.member {
            Member::Process | Member::Reader => {
                self.worth() * (self.usable_vcpus().min(1.0) - self.idle_cores)
            }
            Member::Binary => self.worth() * self.usable_vcpus() / f64::from(self.binaries) - self.idle_cores,
        }
    }

    /// `V - system`, vCPUs of the machine that are not its system's.
    pub(crate) fn usable_vcpus(&self) -> f64 {
        f64::from(self.vcpus) - self.policy.system_cores
    }

    /// Events/s that one member can take, its cores over s. Fetching is no part of it, as it yields to handling.
    pub fn member_rate(&self) -> f64 {
        self.member_cores() / self.service.handling_seconds
    }

    /// Cores that one instance can put to work: `worth (min(W, V - system) - idling idle)`, where W members or fewer idle, or
    /// W times those of a binary.
    pub fn instance_cores(&self, members: u64, idling: f64) -> f64 {
        match self.member {
            Member::Process | Member::Reader => {
                self.worth() * ((members as f64).min(self.usable_vcpus()) - idling * self.idle_cores)
            }
            Member::Binary => members as f64 * self.member_cores(),
        }
    }

    /// Events/s that one instance can take.
    pub(crate) fn instance_rate(&self, members: u64, idling: f64) -> f64 {
        self.instance_cores(members, idling) / self.service.handling_seconds
    }

    /// Events/s that no instance takes more of, however many processes or readers it has:
    /// `worth (V - system) (1 - idle) / s`, or those of W binaries.
    pub(crate) fn most_of_an_instance(&self) -> f64 {
        let cores = match self.member {
            Member::Process | Member::Reader => self.worth() * self.usable_vcpus() * (1.0 - self.idle_cores),
            Member::Binary => f64::from(self.binaries) * self.member_cores(),
        };
        cores / self.service.handling_seconds
    }

    /// s + w, s.
    pub fn own_seconds(&self) -> f64 {
        self.service.handling_seconds + self.wait_seconds
    }

    /// Events in flight at the busiest holder among `members` at `rate` events/s, by Little's law: `x holder(M) (s + w)`.
    pub fn in_flight_load(&self, rate: f64, members: u64) -> f64 {
        rate * self.busiest_holder_share(members) * self.own_seconds()
    }

    /// holder(M): the share of all events that the busiest holder of m events in flight takes.
    pub(crate) fn busiest_holder_share(&self, members: u64) -> f64 {
        match self.concurrency {
            Concurrency::Consumer => self.topic.busiest_member_share(members),
            Concurrency::Partition => {
                self.topic.busiest_partition_share().unwrap_or(self.topic.hot_key_share)
            }
        }
    }

    /// One of the three lines of carries(x, u, n): `x share(nW) <= u member`, `x ishare(n) <= u instance` and
    /// `x holder(nW) (s + w) <= u m`, where `idling` processes of each instance burn idle CPU.
    fn load(&self, on: LoadOn, (rate, share): (f64, f64), instances: u64, members: u64, idling: f64) -> Load {
        let group = instances.saturating_mul(members);
        let (needs, limit) = match on {
            LoadOn::Member => (rate * self.topic.busiest_member_share(group), self.member_rate()),
            LoadOn::Instance => {
                (rate * self.topic.busiest_instance_share(instances), self.instance_rate(members, idling))
            }
            LoadOn::InFlight => (self.in_flight_load(rate, group), f64::from(self.in_flight)),
        };
        Load { on, needs, limit: share * limit }
    }

    /// The rate that a constraint on load is about, events/s, and the share of capacity that it may take; `None` for
    /// constraints on other things.
    pub(crate) fn rate_and_limit(&self, rule: Constraint) -> Option<(f64, f64)> {
        let Policy { max_utilization, max_utilization_degraded, .. } = self.policy;
        match rule {
            Constraint::Cpu | Constraint::InFlight => Some((self.peak_rate, max_utilization)),
            Constraint::Zone => Some((self.peak_rate, max_utilization_degraded)),
            Constraint::CatchUp => Some((self.design_rate, max_utilization_degraded)),
            _ => None,
        }
    }

    /// What a constraint on load compares; nothing for other constraints.
    fn loads(
        &self,
        constraint: Constraint,
        instances: u64,
        members: u64,
        idling: f64,
    ) -> impl DoubleEndedIterator<Item = Load> {
        let compared: &[LoadOn] = match constraint {
            Constraint::Cpu => &[LoadOn::Member, LoadOn::Instance],
            Constraint::InFlight => &[LoadOn::InFlight],
            Constraint::Zone | Constraint::CatchUp => &[LoadOn::Member, LoadOn::Instance, LoadOn::InFlight],
            _ => &[],
        };
        let instances = if constraint == Constraint::Zone { self.policy.alive(instances) } else { instances };
        let (rate, share) = self.rate_and_limit(constraint).unwrap_or_default();
        compared.iter().map(move |&on| match instances {
            0 => Load { on: LoadOn::Instance, needs: rate, limit: 0.0 },
            _ => self.load(on, (rate, share), instances, members, idling),
        })
    }

    /// Whether all that a constraint on load compares keeps to its limit.
    pub(crate) fn keeps_limits(&self, rule: Constraint, instances: u64, members: u64, idling: f64) -> bool {
        self.rate_and_limit(rule).is_none()
            || self.loads(rule, instances, members, idling).all(|load| load.holds())
    }

    /// The load among those of a rule that comes closest to its limit, or exceeds it most, of equals the first; `None`
    /// for rules about other things than load.
    pub fn tightest_load(&self, rule: Constraint, instances: u64, members: u64) -> Option<Load> {
        let loads = self.loads(rule, instances, members, members as f64);
        loads.rev().max_by(|one, other| one.ratio().total_cmp(&other.ratio()))
    }
}
