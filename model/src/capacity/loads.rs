//! What cores and in-flight limits can take, and what they have to.

use crate::capacity::closed::{Closed, Shared};
use crate::capacity::constraint::Constraint;
use crate::capacity::load::{Load, LoadOn};
use crate::capacity::sizing::{Member, Sizing};
use crate::policy::Policy;
use crate::runtime::Concurrency;

impl Sizing {
    /// Cores that one member can put to work: `worth (min(1, V - system) - idle)`, or `worth (V - system)/W - idle` of a
    /// binary.
    pub fn member_cores(&self) -> f64 {
        match self.member {
            Member::Process | Member::Reader => self.worth * (self.usable_vcpus().min(1.0) - self.idle_cores),
            Member::Binary => self.worth * self.usable_vcpus() / f64::from(self.binaries) - self.idle_cores,
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
                self.worth * ((members as f64).min(self.usable_vcpus()) - idling * self.idle_cores)
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
            Member::Process | Member::Reader => self.worth * self.usable_vcpus() * (1.0 - self.idle_cores),
            Member::Binary => f64::from(self.binaries) * self.member_cores(),
        };
        cores / self.service.handling_seconds
    }

    /// s' + w, how long an event that never waits for a core is in flight, s.
    pub fn own_seconds(&self) -> f64 {
        self.core_seconds() + self.wait_seconds
    }

    /// One member whose places for events in flight are all taken, so many of them.
    pub(crate) fn closed(&self, places: f64) -> Closed {
        Closed {
            places,
            cores: self.member_cores() / self.worth,
            core_seconds: self.core_seconds(),
            wait_seconds: self.wait_seconds,
        }
    }

    /// Events/s that the busiest holder carries with its m places all taken, beside all others of its instance with theirs;
    /// `m / (s' + w)` and no more, as calls wait for cores. `None` where there is no busiest one.
    pub fn holder_rate(&self, instances: u64, members: u64) -> Option<f64> {
        let shared = self.at_work(instances, members, members as f64).busiest()?;
        Some(shared.throughput() / shared.members * f64::from(self.in_flight) / shared.each.places)
    }

    /// Places for events in flight that the busiest holder needs at `rate` events/s, `m x holder(n W) / holder_rate`: an
    /// event has its place for s' + w, and as long as calls wait for a core while all places are taken.
    pub fn in_flight_load(&self, rate: f64, instances: u64, members: u64) -> f64 {
        self.holder_rate(instances, members).map_or(0.0, |most| {
            let group = instances.saturating_mul(members);
            f64::from(self.in_flight) * rate * self.busiest_holder_share(group) / most
        })
    }

    /// The same of events that never wait for a core, `x holder(M) (s' + w)`, by Little's law.
    pub fn least_in_flight(&self, rate: f64, members: u64) -> f64 {
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
    fn compared(rule: Constraint) -> &'static [LoadOn] {
        match rule {
            Constraint::Cpu => &[LoadOn::Member, LoadOn::Instance],
            Constraint::InFlight => &[LoadOn::InFlight],
            Constraint::Zone | Constraint::CatchUp => &[LoadOn::Member, LoadOn::Instance, LoadOn::InFlight],
            _ => &[],
        }
    }

    /// The share of its capacity that a load may take where the limit is `share`: of a consumer as much as today's busiest at least.
    pub(crate) fn share_of(&self, on: LoadOn, share: f64) -> f64 {
        if on == LoadOn::Instance { share } else { share.max(self.policy.busiest_consumer) }
    }

    /// Instances at work while a constraint counts.
    fn working(&self, rule: Constraint, instances: u64) -> u64 {
        if rule == Constraint::Zone { self.policy.alive(instances) } else { instances }
    }

    /// Whether all that a constraint on load compares keeps to its limit.
    pub(crate) fn keeps_limits(&self, rule: Constraint, instances: u64, members: u64, idling: f64) -> bool {
        let instances = self.working(rule, instances);
        instances > 0 && self.at_work(instances, members, idling).keeps(rule)
    }

    /// What is busiest of so many instances at work, with so many members on each of which `idling` burn idle CPU.
    pub(crate) fn at_work(&self, instances: u64, members: u64, idling: f64) -> AtWork<'_> {
        AtWork {
            sizing: self,
            instances,
            members,
            member_share: self.topic.busiest_member_share(instances.saturating_mul(members)),
            idling,
            instance_share: self.topic.busiest_instance_share(instances),
        }
    }

    /// The load among those of a rule that comes closest to its limit, or exceeds it most, of equals the first; `None`
    /// for rules about other things than load. Calls that wait for cores take both, and count for the one that is closer
    /// without, unless they alone are too many.
    pub fn tightest_load(&self, rule: Constraint, instances: u64, members: u64) -> Option<Load> {
        let (rate, share) = self.rate_and_limit(rule)?;
        let instances = self.working(rule, instances);
        if instances == 0 {
            return Some(Load { on: LoadOn::Instance, needs: rate, limit: 0.0 });
        }
        let at_work = self.at_work(instances, members, members as f64);
        let load = |&on: &LoadOn| at_work.load(on, rate, share);
        let of_cores = Self::compared(rule).iter().filter(|on| **on != LoadOn::InFlight).map(load);
        let cores = of_cores.rev().max_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        if !Self::compared(rule).contains(&LoadOn::InFlight) {
            return cores;
        }
        let in_flight = load(&LoadOn::InFlight);
        let without = self.least_in_flight(rate, instances.saturating_mul(members)) / in_flight.limit;
        let is_closer =
            |cores: &Load| without > cores.ratio() || in_flight.ratio() > 1.0 && cores.ratio() <= 1.0;
        if cores.is_none_or(|cores| is_closer(&cores)) { Some(in_flight) } else { cores }
    }
}

/// What is busiest of some instances at work, worked out once for all constraints that compare it.
pub(crate) struct AtWork<'s> {
    sizing: &'s Sizing,
    instances: u64,
    members: u64,
    idling: f64,
    /// share(n W).
    member_share: f64,
    /// ishare(n).
    instance_share: f64,
}

impl AtWork<'_> {
    /// Whether all that a constraint on load compares keeps to its limit, where so many instances are at work while it counts.
    pub(crate) fn keeps(&self, rule: Constraint) -> bool {
        let Some((rate, share)) = self.sizing.rate_and_limit(rule) else { return true };
        let keeps = |&on: &LoadOn| match on {
            // Whether it carries enough is told sooner than how much.
            LoadOn::InFlight => {
                let share = self.sizing.share_of(on, share);
                self.busiest().is_none_or(|busiest| busiest.carries(rate * self.member_share / share))
            }
            _ => self.load(on, rate, share).holds(),
        };
        Sizing::compared(rule).iter().all(keeps)
    }

    /// One of the three lines of carries(x, u, n): `x share(nW) <= u member`, `x ishare(n) <= u instance` and
    /// `x holder(nW) <= u holder_rate`.
    pub fn load(&self, on: LoadOn, rate: f64, share: f64) -> Load {
        let Self { sizing, instances, members, idling, .. } = *self;
        let (needs, limit) = match on {
            LoadOn::Member => (rate * self.member_share, sizing.member_rate()),
            LoadOn::Instance => (rate * self.instance_share, sizing.instance_rate(members, idling)),
            LoadOn::InFlight => {
                (sizing.in_flight_load(rate, instances, members), f64::from(sizing.in_flight))
            }
        };
        Load { on, needs, limit: sizing.share_of(on, share) * limit }
    }

    /// The busiest instance with the places of all its events in flight taken, where it has a holder of any: of the
    /// busiest member `m share(n W) / holder(n W)`, as less busy holders take fewer. It has as many members as busy as its
    /// busiest as `ishare(n) / share(n W)`.
    pub(crate) fn busiest(&self) -> Option<Shared> {
        let Self { sizing, instances, members, member_share: share, .. } = *self;
        let group = instances.saturating_mul(members);
        let holders = match sizing.concurrency {
            Concurrency::Consumer => 1.0,
            Concurrency::Partition => share / sizing.busiest_holder_share(group),
        };
        let each = sizing.closed(f64::from(sizing.in_flight) * holders);
        let has_cores_for_all = sizing.member == Member::Binary || members as f64 <= sizing.usable_vcpus();
        let (members, cores) = match has_cores_for_all {
            true => (1.0, each.cores),
            // One process more never carries less: those that wait for cores do not idle.
            false => (
                self.instance_share / share,
                sizing.instance_cores(members, sizing.usable_vcpus()).max(0.0) / sizing.worth,
            ),
        };
        holders.is_finite().then_some(Shared { members, cores, each })
    }
}
