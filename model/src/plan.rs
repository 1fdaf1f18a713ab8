//! The cheapest deployment of one workload in one runtime.

use crate::capacity::infeasible::{Infeasible, UnmetConstraint};
use crate::capacity::sizing::{Count, Size, Sizing};
use crate::cost::bill::{micro_usd, usd_per_million_events, usd_per_month};
use crate::demand::event::{Demand, DemandError, Today, Unmeasured};
use crate::machine::Machine;
use crate::policy::Policy;
use crate::runtime::Runtime;
use crate::workload::Workload;

/// A workload with what runs it today, read into terms that hold for any runtime.
#[derive(Debug, Clone)]
pub struct Problem<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// The profile of what runs today.
    pub current: &'a Runtime,
    /// The machine type it runs on today, where known.
    pub current_machine: Option<&'a Machine>,
    /// What an event takes today.
    pub today: Today,
}

/// One way to run a workload: a machine type, a count and what it costs.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// The machine type.
    pub machine: &'a Machine,
    /// CPU of one event by its parts, core-s at speed 1.0; that of the fetch turns on the rate of a member.
    pub demand: Demand,
    /// s, the fetch and all that sizing started from.
    pub sizing: Sizing,
    /// How many instances and why.
    pub size: Size,
    /// Price of one instance, USD/h.
    pub usd_per_hour: f64,
    /// Price of all, USD a month.
    pub usd_per_month: f64,
    /// Price of a million events, USD.
    pub usd_per_million_events: f64,
}

/// Why a runtime has no plan for a workload.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoPlan {
    /// Its profile lacks a figure.
    #[error(transparent)]
    Unmeasured(#[from] Unmeasured),
    /// No machine type to choose from has a known speed and price.
    #[error("no machine type to choose from has a known speed and a {purchase} price")]
    NoMachines {
        /// How machines were to be paid for.
        purchase: String,
    },
    /// No machine type carries it; the reason is that of the one that came furthest.
    #[error("{reason} (on {instance_type}, which comes closest)")]
    NoneServes {
        /// The machine type that fails last.
        instance_type: String,
        /// Why it does.
        reason: Infeasible,
    },
}

impl NoPlan {
    /// The rule that no count of instances meets, where it is one.
    pub fn stuck(&self) -> Option<&UnmetConstraint> {
        match self {
            Self::NoneServes { reason: Infeasible::Unmet(stuck), .. } => Some(stuck),
            _ => None,
        }
    }
}

impl<'a> Problem<'a> {
    /// Reads today's figures; an error where the workload contradicts itself or its current profile.
    pub fn new(
        workload: &'a Workload,
        current: &'a Runtime,
        current_machine: Option<&'a Machine>,
    ) -> Result<Self, DemandError> {
        let speed_now = speed_now(current, current_machine);
        let today = Today::read(workload, current, speed_now)?;
        Ok(Self { workload, current, current_machine, today })
    }

    /// What today's machines cost, USD a month, where the workload says which and how many they are.
    pub fn usd_per_month_today(&self, policy: &Policy) -> Option<f64> {
        let price = self.current_machine?.usd_per_hour(policy.purchase)?;
        Some(usd_per_month(u64::from(self.workload.current_instances?), price))
    }

    /// f_p/f_cur at the best estimates, or at an end of the two ranges.
    pub fn compute_factor(&self, runtime: &Runtime, end: RangeEnd) -> f64 {
        let (ours, theirs) = (&runtime.cpu.compute_factor, &self.current.cpu.compute_factor);
        if runtime.name == self.current.name {
            return 1.0;
        }
        match end {
            RangeEnd::Best => ours.value / theirs.value,
            RangeEnd::Low => ours.low / theirs.high,
            RangeEnd::High => ours.high / theirs.low,
        }
    }

    /// CPU of one event in a runtime.
    pub fn demand_in(&self, runtime: &Runtime, end: RangeEnd) -> Result<Demand, Unmeasured> {
        self.today.demand_in(self.workload, runtime, self.compute_factor(runtime, end))
    }

    /// v_now: the one-vCPU speed behind today's figures, that of today's machine or else of the profile's own.
    pub fn speed_now(&self) -> f64 {
        speed_now(self.current, self.current_machine)
    }

    /// What sizing on one machine type starts from, and its price, USD/h; `None` where the type's speed or
    /// price is not known.
    pub fn offer(
        &self,
        runtime: &Runtime,
        machine: &Machine,
        demand: Demand,
        policy: Policy,
    ) -> Option<(Sizing, f64)> {
        let speed = machine.vcpu_speed?;
        let usd_per_hour = machine.usd_per_hour(policy.purchase)?;
        Some((self.sizing(runtime, machine, speed, demand, policy), usd_per_hour))
    }

    /// What sizing on a machine type of a known one-vCPU speed starts from.
    pub fn sizing(
        &self,
        runtime: &Runtime,
        machine: &Machine,
        speed: f64,
        demand: Demand,
        policy: Policy,
    ) -> Sizing {
        let wait = self.today.wait_seconds;
        Sizing::new(self.workload, runtime, machine, speed, demand.on(speed), wait, policy)
    }

    /// All machine types that serve, cheapest first.
    pub fn candidates(
        &self,
        runtime: &'a Runtime,
        machines: &[&'a Machine],
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Vec<Plan<'a>>, NoPlan> {
        self.search(&BestEstimates, runtime, policy, end)?.serving(machines, Wanted::All)
    }

    /// The first of [`Problem::candidates`], found without sizing the types that cannot be it.
    pub fn cheapest(
        &self,
        runtime: &'a Runtime,
        machines: &[&'a Machine],
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Plan<'a>, NoPlan> {
        self.cheapest_by(&BestEstimates, runtime, machines, policy, end)
    }

    /// The same with counts that are found in another way.
    pub fn cheapest_by(
        &self,
        counting: &dyn Counting,
        runtime: &'a Runtime,
        machines: &[&'a Machine],
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Plan<'a>, NoPlan> {
        self.search(counting, runtime, policy, end)?.cheapest(machines)
    }

    /// The bill of the cheapest plan, USD a month, without what only a report asks of it; `None` where there is none.
    pub fn least_usd_per_month(
        &self,
        runtime: &'a Runtime,
        machines: &[&'a Machine],
        policy: Policy,
    ) -> Option<f64> {
        let search = self.search(&BestEstimates, runtime, policy, RangeEnd::Best).ok()?;
        search.outcome(machines, Wanted::Cheapest).found.first().map(|found| found.usd_per_month)
    }

    fn search<'c>(
        &self,
        counting: &'c dyn Counting,
        runtime: &'a Runtime,
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Search<'a, 'c, impl Fn(&Machine) -> Offered>, Unmeasured> {
        let demand = self.demand_in(runtime, end)?;
        let events_per_day = self.workload.events_per_day;
        let offer = move |machine: &Machine| self.offer(runtime, machine, demand, policy);
        Ok(Search { runtime, demand, events_per_day, policy, offer, counting })
    }
}

/// How the number of instances of a machine type is found.
pub trait Counting {
    /// The count on a machine type, given what sizing there starts from at the best estimates.
    ///
    /// It is never below what [`Sizing::count`] finds. A plan with more instances than `most` is of no use, so then
    /// any count above that, or an error, will do.
    fn count(&self, machine: &Machine, sizing: &Sizing, most: Option<u64>) -> Result<Count, Infeasible>;
}

/// The least count that meets all rules at the best estimates.
pub(crate) struct BestEstimates;

impl Counting for BestEstimates {
    fn count(&self, _: &Machine, sizing: &Sizing, _: Option<u64>) -> Result<Count, Infeasible> {
        sizing.count()
    }
}

/// What sizing on a machine type starts from, and its price, USD/h; `None` where the type cannot be offered.
type Offered = Option<(Sizing, f64)>;

/// A search for machine types that carry one consumer group.
pub(crate) struct Search<'a, 'c, Offer> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// CPU of one event.
    pub demand: Demand,
    /// E.
    pub events_per_day: f64,
    /// Head room, failures and the kind of purchase.
    pub policy: Policy,
    /// What each machine type offers.
    pub offer: Offer,
    /// How counts are found.
    pub counting: &'c dyn Counting,
}

/// What a search through machine types has come to.
struct Outcome<'a> {
    /// Types that serve; only the cheapest, where only that is wanted.
    found: Vec<Found<'a>>,
    /// The type that fails last, and why.
    furthest: Option<(&'a Machine, Sizing, Infeasible)>,
}

impl<'a, Offer: Fn(&Machine) -> Offered> Search<'a, '_, Offer> {
    /// The cheapest plan.
    pub fn cheapest(&self, machines: &[&'a Machine]) -> Result<Plan<'a>, NoPlan> {
        let plans = self.serving(machines, Wanted::Cheapest)?;
        plans
            .into_iter()
            .next()
            .ok_or_else(|| NoPlan::NoMachines { purchase: self.policy.purchase.to_string() })
    }

    /// Plans on the machine types that serve, at least one, cheapest first.
    fn serving(&self, machines: &[&'a Machine], wanted: Wanted) -> Result<Vec<Plan<'a>>, NoPlan> {
        let Outcome { mut found, furthest } = self.outcome(machines, wanted);
        found.sort_by(|one, other| one.rank().cmp(&other.rank()));
        let plans: Vec<Plan<'a>> = found
            .into_iter()
            .map(|found| found.plan(self.runtime, self.demand, self.events_per_day))
            .collect();
        match (plans.is_empty(), furthest) {
            (false, _) => Ok(plans),
            (true, Some((machine, sizing, mut reason))) => {
                if let Infeasible::Unmet(stuck) = &mut reason {
                    stuck.remedies = sizing.remedies();
                }
                Err(NoPlan::NoneServes { instance_type: machine.instance_type.clone(), reason })
            }
            (true, None) => Err(NoPlan::NoMachines { purchase: self.policy.purchase.to_string() }),
        }
    }

    /// Machine types that serve with their counts. Where only the cheapest is wanted, types whose bill cannot be as
    /// low as one found before are passed over.
    fn outcome(&self, machines: &[&'a Machine], wanted: Wanted) -> Outcome<'a> {
        let policy = self.policy;
        let mut found: Vec<Found<'a>> = Vec::new();
        let mut furthest: Option<(&'a Machine, Sizing, Infeasible)> = None;
        for &machine in machines {
            let lowest = found
                .first()
                .filter(|_| wanted == Wanted::Cheapest)
                .map(|best| micro_usd(best.usd_per_month));
            let cannot_win = |instances: u64, usd_per_hour: f64| {
                lowest.is_some_and(|lowest| micro_usd(usd_per_month(instances, usd_per_hour)) > lowest)
            };
            let price = machine.usd_per_hour(policy.purchase);
            if price.is_some_and(|price| cannot_win(u64::from(policy.min_instances), price)) {
                continue;
            }
            let Some((sizing, usd_per_hour)) = (self.offer)(machine) else { continue };
            if cannot_win(sizing.instances_at_least(), usd_per_hour) {
                continue;
            }
            let most = lowest.map(|lowest| most_instances(lowest, usd_per_hour));
            match self.counting.count(machine, &sizing, most) {
                Ok(count) => {
                    let usd_per_month = usd_per_month(count.instances, usd_per_hour);
                    let new = Found { machine, sizing, count, usd_per_hour, usd_per_month };
                    match (wanted, found.first()) {
                        (Wanted::Cheapest, Some(best)) if best.rank() <= new.rank() => {}
                        (Wanted::Cheapest, _) => found = vec![new],
                        (Wanted::All, _) => found.push(new),
                    }
                }
                Err(reason)
                    if furthest.as_ref().is_none_or(|(_, _, other)| comes_further(&reason, other)) =>
                {
                    furthest = Some((machine, sizing, reason));
                }
                Err(_) => {}
            }
        }
        Outcome { found, furthest }
    }
}

/// Which plans are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    Cheapest,
}

/// Which end of the compute factor's range to plan at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeEnd {
    /// The best estimate.
    Best,
    /// The runtime as fast as it may be, the current one as slow.
    Low,
    /// The runtime as slow as it may be, the current one as fast.
    High,
}

fn speed_now(current: &Runtime, machine: Option<&Machine>) -> f64 {
    machine.and_then(|machine| machine.vcpu_speed).unwrap_or(current.provenance.vcpu_speed)
}

/// A later rule failing, or the same one failing by less, is further.
fn comes_further(one: &Infeasible, other: &Infeasible) -> bool {
    match (one, other) {
        (Infeasible::Unmet(one), Infeasible::Unmet(other)) => {
            let excess = |stuck: &UnmetConstraint| stuck.needs / stuck.limit;
            one.rule > other.rule || (one.rule == other.rule && excess(one) < excess(other))
        }
        (Infeasible::Unmet(_), _) => true,
        _ => false,
    }
}

/// A number of instances that costs as much as `micro_usd` a month, or a little more.
fn most_instances(micro_usd: u64, usd_per_hour: f64) -> u64 {
    (micro_usd as f64 / 1e6 / usd_per_month(1, usd_per_hour) * (1.0 + 1e-9)).ceil() as u64
}

/// A machine type that serves, with as much as tells whether it wins.
struct Found<'a> {
    machine: &'a Machine,
    sizing: Sizing,
    count: Count,
    usd_per_hour: f64,
    usd_per_month: f64,
}

impl<'a> Found<'a> {
    /// Cheapest first, to a millionth of a dollar; then fewer instances, less memory, the name.
    fn rank(&self) -> impl Ord + '_ {
        let Machine { memory_bytes, instance_type, provider, region, .. } = self.machine;
        (
            micro_usd(self.usd_per_month),
            self.count.instances,
            memory_bytes.round() as u64,
            instance_type,
            provider,
            region,
        )
    }

    fn plan(self, runtime: &'a Runtime, demand: Demand, events_per_day: f64) -> Plan<'a> {
        let Self { machine, sizing, count, usd_per_hour, usd_per_month } = self;
        Plan {
            runtime,
            machine,
            demand,
            size: sizing.size(count),
            sizing,
            usd_per_hour,
            usd_per_month,
            usd_per_million_events: usd_per_million_events(usd_per_month, events_per_day),
        }
    }
}

impl Plan<'_> {
    /// Events/s that a member of the group reads on average at peak, `L / (n W)`: the rate at which the plan's CPU
    /// an event is told.
    pub fn member_rate(&self) -> f64 {
        self.sizing.mean_member_rate(self.size.instances, self.size.members_per_instance)
    }

    /// CPU of one event at that rate, core-s at speed 1.0.
    pub fn core_seconds_per_event(&self) -> f64 {
        self.demand.handling() + self.fetch_core_seconds()
    }

    /// The part of it that is an event's share of its fetch, core-s at speed 1.0.
    pub fn fetch_core_seconds(&self) -> f64 {
        self.fetch_seconds() * self.machine.vcpu_speed.unwrap_or(1.0)
    }

    /// CPU of one event at that rate on the plan's machine: s and the fetch, s.
    pub fn service_seconds(&self) -> f64 {
        self.sizing.service_at(self.size.instances, self.size.members_per_instance)
    }

    /// The part of it that is an event's share of its fetch, s.
    pub fn fetch_seconds(&self) -> f64 {
        let cores = self.sizing.cores_per_member(self.size.members_per_instance);
        self.sizing.service.fetch_seconds_at(self.member_rate(), cores)
    }

    /// Processes, or threads of the one binary, on each instance.
    pub fn workers_per_instance(&self) -> u64 {
        match self.runtime.deployment {
            crate::runtime::Deployment::Processes => self.size.members_per_instance,
            crate::runtime::Deployment::Threads => u64::from(self.machine.vcpus),
        }
    }
}
