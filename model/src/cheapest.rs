//! The search for the machine type that carries one consumer group for the lowest bill.

use crate::capacity::infeasible::{Infeasible, UnmetConstraint};
use crate::capacity::load::LoadOn;
use crate::capacity::sizing::{Count, Sizing};
use crate::cost::bill::{micro_usd, usd_per_million_events, usd_per_month};
use crate::demand::event::Demand;
use crate::machine::Machine;
use crate::offers::{Offer, Offers};
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::runtime::{Deployment, Runtime};
use std::cmp::Ordering;

/// Excesses over a limit that differ by less, as a share, are the same but for rounding.
const SAME_EXCESS: f64 = 1e-9;

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
    fn count(&self, _: &Machine, sizing: &Sizing, most: Option<u64>) -> Result<Count, Infeasible> {
        most.map_or_else(|| sizing.count(), |most| sizing.count_within(most))
    }
}

/// A search for machine types that carry one consumer group.
pub(crate) struct Search<'s, 'o, SizingOn> {
    /// What there is to choose from.
    pub offers: &'s Offers<'o>,
    /// CPU of one event.
    pub demand: Demand,
    /// E.
    pub events_per_day: f64,
    /// Events/s that all instances together have to be able to handle.
    pub busiest: f64,
    /// Headroom and failures.
    pub policy: Policy,
    /// What sizing on a machine type starts from.
    pub sizing_on: SizingOn,
    /// How counts are found.
    pub counting: &'s dyn Counting,
}

/// A machine type that serves, with as much as tells whether it wins.
pub(crate) struct Found<'o> {
    pub offer: Offer<'o>,
    pub count: Count,
    pub usd_per_month: f64,
}

/// How a search stands.
struct Outcome<'o> {
    /// The first in rank of those tried out.
    best: Option<Found<'o>>,
    /// Where none serves, the one that comes furthest.
    furthest: Option<Failed>,
}

/// A machine type that does not serve, by its place in the list.
struct Failed {
    index: usize,
    reason: Infeasible,
}

impl<'o, SizingOn: Fn(&Offer<'o>) -> Sizing> Search<'_, 'o, SizingOn> {
    /// Plans on all machine types that serve, at least one, cheapest first.
    pub fn all(&self) -> Result<Vec<Plan<'o>>, NoPlan> {
        let (mut found, mut furthest) = (Vec::new(), None);
        for (index, offer) in self.offers.types().iter().enumerate() {
            match self.try_out(index, &(self.sizing_on)(offer), None) {
                Ok(new) => found.push(new),
                Err(failed) => keep_furthest(&mut furthest, failed),
            }
        }
        if found.is_empty() {
            return Err(self.no_plan(furthest));
        }
        found.sort_by(|one, other| one.rank().cmp(&other.rank()));
        Ok(found.into_iter().map(|found| self.plan(found)).collect())
    }

    /// The first of these. `first` is tried first, where it is among them.
    pub fn cheapest(&self, first: Option<&Machine>) -> Result<Plan<'o>, NoPlan> {
        self.best(first).map(|found| self.plan(found)).map_err(|furthest| self.no_plan(furthest))
    }

    /// Its machines and bill alone; `None` where no type serves.
    pub fn least(&self, first: Option<&Machine>) -> Option<Found<'o>> {
        self.best(first).ok()
    }

    /// A bill, USD a month, that no plan is below; infinite where there is nothing to choose from.
    pub fn bill_at_least(&self) -> f64 {
        self.bills_at_least().into_iter().fold(f64::INFINITY, f64::min)
    }

    fn bills_at_least(&self) -> Vec<f64> {
        let work = self.busiest * self.demand.handling();
        self.offers.bills_at_least(work, self.policy.min_instances)
    }

    /// The type that wins, or the one that comes furthest where none serves.
    ///
    /// Types whose bill cannot be as low as one found before are passed over. The lower the first bill found, the more
    /// are: so the first tried is `first`, else the type whose bound on the bill is lowest.
    fn best(&self, first: Option<&Machine>) -> Result<Found<'o>, Option<Failed>> {
        let types = self.offers.types();
        let bills = self.bills_at_least();
        let named = first.and_then(|first| types.iter().position(|offer| offer.machine == first));
        let lowest = bills.iter().copied().fold(f64::INFINITY, f64::min);
        let start = named.or_else(|| bills.iter().position(|&bill| bill == lowest));
        let mut outcome = Outcome { best: None, furthest: None };
        if let Some(start) = start {
            self.improve(&mut outcome, start);
        }
        for (index, &bill) in bills.iter().enumerate() {
            let costs_more = outcome.best.as_ref().is_some_and(|best| bill > best.usd_per_month);
            if !costs_more && Some(index) != start {
                self.improve(&mut outcome, index);
            }
        }
        outcome.best.ok_or(outcome.furthest)
    }

    /// Tries a type out unless it is plain that it does not win, or comes no further.
    fn improve(&self, outcome: &mut Outcome<'o>, index: usize) {
        let Outcome { best, furthest } = outcome;
        let offer = self.offers.types()[index];
        if best.is_none() && furthest.as_ref().is_some_and(|failed| self.fails_as_well(failed, index)) {
            return;
        }
        let sizing = (self.sizing_on)(&offer);
        if best.as_ref().is_some_and(|best| !best.may_lose_to(&offer, sizing.instances_at_least())) {
            return;
        }
        let most = best.as_ref().map(|it| most_instances(micro_usd(it.usd_per_month), offer.usd_per_hour));
        match self.try_out(index, &sizing, most) {
            Ok(new) if best.as_ref().is_none_or(|best| new.rank() < best.rank()) => *best = Some(new),
            Ok(_) => {}
            Err(failed) if best.is_none() => keep_furthest(furthest, failed),
            Err(_) => {}
        }
    }

    fn try_out(&self, index: usize, sizing: &Sizing, most: Option<u64>) -> Result<Found<'o>, Failed> {
        let offer = self.offers.types()[index];
        match self.counting.count(offer.machine, sizing, most) {
            Ok(count) => {
                Ok(Found { offer, count, usd_per_month: usd_per_month(count.instances, offer.usd_per_hour) })
            }
            Err(reason) => Err(Failed { index, reason }),
        }
    }

    /// Whether a type that is listed later than one that failed fails too, and comes no further: where one partition is
    /// too much for its consumer, or the goal for the event itself, and the CPU of this type is no faster.
    fn fails_as_well(&self, failed: &Failed, index: usize) -> bool {
        let Infeasible::Unmet(unmet) = &failed.reason else { return false };
        let (earlier, later) = (self.offers.types()[failed.index], self.offers.types()[index]);
        if index < failed.index || later.speed > earlier.speed {
            return false;
        }
        let same_threads = match self.offers.runtime.deployment {
            Deployment::Processes => true,
            Deployment::Threads => later.machine.vcpus == earlier.machine.vcpus,
        };
        match unmet.on {
            Some(LoadOn::InFlight) => true,
            Some(LoadOn::Member) => same_threads,
            Some(LoadOn::Instance) | None => false,
        }
    }

    fn no_plan(&self, furthest: Option<Failed>) -> NoPlan {
        let Some(Failed { index, mut reason }) = furthest else {
            let (place, purchase) = (String::new(), self.policy.purchase.to_string());
            return NoPlan::NoMachines { place, purchase };
        };
        let offer = &self.offers.types()[index];
        if let Infeasible::Unmet(unmet) = &mut reason {
            unmet.remedies = (self.sizing_on)(offer).remedies();
        }
        NoPlan::NoneServes { machine: Box::new(offer.machine.id()), reason }
    }

    fn plan(&self, found: Found<'o>) -> Plan<'o> {
        let Found { offer, count, usd_per_month } = found;
        let sizing = (self.sizing_on)(&offer);
        let runtime: &'o Runtime = self.offers.runtime;
        Plan {
            runtime,
            machine: offer.machine,
            demand: self.demand,
            count,
            fetch_wait_seconds: sizing.fetch_wait(count),
            sizing,
            usd_per_hour: offer.usd_per_hour,
            usd_per_month,
            usd_per_million_events: usd_per_million_events(usd_per_month, self.events_per_day),
        }
    }
}

impl Found<'_> {
    /// Cheapest first, to a millionth of a dollar; then fewer instances, less memory, the name.
    fn rank(&self) -> impl Ord + '_ {
        let Machine { instance_type, provider, region, .. } = self.offer.machine;
        (rank_without_name(&self.offer, self.count.instances), instance_type, provider, region)
    }

    /// Whether a type on which no answer is below `instances` may be ranked before this one.
    fn may_lose_to(&self, offer: &Offer<'_>, instances: u64) -> bool {
        rank_without_name(offer, instances) <= rank_without_name(&self.offer, self.count.instances)
    }
}

/// The bill in millionths of a dollar a month, instances, bytes of memory.
fn rank_without_name(offer: &Offer<'_>, instances: u64) -> (u64, u64, u64) {
    let bill = micro_usd(usd_per_month(instances, offer.usd_per_hour));
    (bill, instances, offer.machine.memory_bytes.round() as u64)
}

/// Keeps what comes further; of equals the one that is listed first.
fn keep_furthest(furthest: &mut Option<Failed>, failed: Failed) {
    let is_further = |other: &Failed| {
        let order = how_far(&failed.reason, &other.reason);
        order.then(other.index.cmp(&failed.index)).is_gt()
    };
    if furthest.as_ref().is_none_or(is_further) {
        *furthest = Some(failed);
    }
}

/// A later rule failing, or the same one failing by less, is further.
fn how_far(one: &Infeasible, other: &Infeasible) -> Ordering {
    match (one, other) {
        (Infeasible::Unmet(one), Infeasible::Unmet(other)) => {
            let excess = |unmet: &UnmetConstraint| unmet.needs / unmet.limit;
            let by_excess = if (excess(one) - excess(other)).abs() <= SAME_EXCESS * excess(other) {
                Ordering::Equal
            } else {
                excess(other).total_cmp(&excess(one))
            };
            one.rule.cmp(&other.rule).then(by_excess)
        }
        (one, other) => {
            let is_unmet = |reason: &Infeasible| matches!(reason, Infeasible::Unmet(_));
            is_unmet(one).cmp(&is_unmet(other))
        }
    }
}

/// A number of instances that costs as much as `micro_usd` a month, or a little more.
fn most_instances(micro_usd: u64, usd_per_hour: f64) -> u64 {
    (micro_usd as f64 / 1e6 / usd_per_month(1, usd_per_hour) * (1.0 + 1e-9)).ceil() as u64
}
