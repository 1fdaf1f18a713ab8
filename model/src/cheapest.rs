//! The search for the machine type that carries one consumer group for the lowest bill.

use crate::capacity::bounds::at_least;
use crate::capacity::constraint::Constraint;
use crate::capacity::infeasible::Infeasible;
use crate::capacity::load::LoadOn;
use crate::capacity::sizing::{Count, Member, Sizing};
use crate::cost::bill::{micro_usd, usd_per_million_events, usd_per_month};
use crate::demand::event::Demand;
use crate::found::{Found, most_instances, whole_instances};
use crate::furthest::{Failed, keep_furthest};
use crate::machine::Machine;
use crate::offers::{Offer, Offers};
use crate::plan::{NoPlan, Plan, Priced};
use crate::policy::Policy;
use crate::runtime::{Deployment, Runtime};

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
    /// What members of the group are.
    pub member: Member,
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

/// How a search stands.
struct Outcome<'o> {
    /// The first in rank of those tried out.
    best: Option<Found<'o>>,
    /// Where none serves, the one that comes furthest.
    furthest: Option<Failed>,
}

impl<'o, SizingOn: Fn(&Offer<'o>) -> Sizing> Search<'_, 'o, SizingOn> {
    /// The plan on each machine type that serves, at least one, cheapest first.
    pub fn all(&self) -> Result<Vec<Plan<'o>>, NoPlan> {
        let (mut found, mut furthest) = (Vec::new(), None);
        for (index, offer) in self.offers.types().iter().enumerate() {
            let whole = self.try_out(index, &(self.sizing_on)(offer), None);
            let split = match self.member {
                Member::Binary => self.best_split_on(index, self.worth_splitting(whole.as_ref().ok()), None),
                Member::Process | Member::Reader => None,
            };
            match (split, whole) {
                (Some(best), _) | (None, Ok(best)) => found.push(best),
                (None, Err(failed)) => keep_furthest(&mut furthest, failed),
            }
        }
        if found.is_empty() {
            return Err(self.no_plan(furthest));
        }
        found.sort_by(|one, other| {
            let compared = |found: &Found<'o>| micro_usd(self.compared(found));
            compared(one).cmp(&compared(other)).then_with(|| one.rank().cmp(&other.rank()))
        });
        Ok(found.into_iter().map(|found| self.plan(found, self.compared(&found))).collect())
    }

    /// The plan to run: of those within the cost tolerance of the cheapest the one with the fewest instances. `first` is
    /// tried first, where it is among the types.
    pub fn cheapest(&self, first: Option<&Machine>) -> Result<Plan<'o>, NoPlan> {
        match self.best(first) {
            Ok(best) => Ok(self.plan(self.fewest(best), self.compared(&best))),
            Err(furthest) => Err(self.no_plan(furthest)),
        }
    }

    /// The cheapest plan, however many instances it has.
    pub fn cheapest_itself(&self) -> Result<Plan<'o>, NoPlan> {
        match self.best(None) {
            Ok(best) => Ok(self.plan(best, self.compared(&best))),
            Err(furthest) => Err(self.no_plan(furthest)),
        }
    }

    /// Machines and bill of the plan to run; `None` where no type serves.
    pub fn priced(&self, first: Option<&Machine>) -> Option<Priced<'o>> {
        let best = self.best(first).ok()?;
        Some(self.fewest(best).priced(self.compared(&best)))
    }

    /// Those of the cheapest, whose bill is all that a comparison needs.
    pub fn least(&self, first: Option<&Machine>) -> Option<Priced<'o>> {
        let best = self.best(first).ok()?;
        Some(best.priced(self.compared(&best)))
    }

    /// A bill, USD a month, that no plan is below; infinite where there is nothing to choose from.
    pub fn bill_at_least(&self) -> f64 {
        let least = |is_split| self.bills_at_least(is_split).into_iter().fold(f64::INFINITY, f64::min);
        match self.member {
            Member::Binary => least(false).min(least(true) * self.split_counts()),
            Member::Process | Member::Reader => least(false),
        }
    }

    /// Bills that no plan on each type is below, of whole machines for each binary or of several on each.
    fn bills_at_least(&self, is_split: bool) -> Vec<f64> {
        let work = self.busiest * self.demand.handling();
        self.offers.bills_at_least(work, self.policy.min_instances, is_split)
    }

    /// Types on which a bill may be no more than `micro_usd` a month, each with a number of instances that no plan there is
    /// below.
    fn within(&self, micro_usd: u64, is_split: bool) -> Vec<(usize, u64)> {
        let types = self.offers.types().iter().zip(self.bills_at_least(is_split)).enumerate();
        let within = |(index, (offer, bill)): (usize, (&Offer<'o>, f64))| {
            let instances = at_least(bill / usd_per_month(1, offer.usd_per_hour));
            (instances <= whole_instances(micro_usd, offer.usd_per_hour)).then_some((index, instances))
        };
        types.filter_map(within).collect()
    }

    /// How many times its bill a plan of several binaries on a machine counts for, so that these are run only where they
    /// save more than the tolerance.
    fn split_counts(&self) -> f64 {
        1.0 + self.policy.cost_tolerance
    }

    /// The bill by which a plan is compared, USD a month. It never falls when load rises.
    fn compared(&self, best: &Found<'o>) -> f64 {
        best.usd_per_month * if best.binaries > 1 { self.split_counts() } else { 1.0 }
    }

    /// The cheapest, or the one that comes furthest where none serves.
    fn best(&self, first: Option<&Machine>) -> Result<Found<'o>, Option<Failed>> {
        let whole = self.best_whole(first);
        match (self.best_split(whole.as_ref().ok()), whole) {
            (Some(split), _) => Ok(split),
            (None, whole) => whole,
        }
    }

    /// The same of one binary for all cores, or of processes.
    ///
    /// Types whose bill cannot be as low as one found before are passed over. The lower the first bill found, the more
    /// are: so the first tried is `first`, else the type whose bound on the bill is lowest.
    fn best_whole(&self, first: Option<&Machine>) -> Result<Found<'o>, Option<Failed>> {
        let types = self.offers.types();
        let bills = self.bills_at_least(false);
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

    /// The cheapest of several binaries on a machine, where it saves more than the tolerance.
    fn best_split(&self, whole: Option<&Found<'o>>) -> Option<Found<'o>> {
        if self.member != Member::Binary {
            return None;
        }
        let limit = self.worth_splitting(whole);
        let types = self.within(limit, true).into_iter();
        types.fold(None, |best, (index, _)| self.best_split_on(index, limit, best))
    }

    /// Millionths of a dollar a month below which several binaries on a machine are worth it.
    fn worth_splitting(&self, whole: Option<&Found<'o>>) -> u64 {
        whole.map_or(u64::MAX, |whole| micro_usd(whole.usd_per_month / self.split_counts()))
    }

    /// The cheapest of several binaries on a type whose bill is below a limit, or what was the best before.
    fn best_split_on(&self, index: usize, limit: u64, before: Option<Found<'o>>) -> Option<Found<'o>> {
        let most = before.as_ref().map_or(limit, |best| micro_usd(best.usd_per_month));
        let instances = whole_instances(most, self.offers.types()[index].usd_per_hour);
        self.split(index, instances).fold(before, |best, sizing| {
            let new = self.try_within(index, &sizing, most, instances);
            let wins = |new: &Found<'o>| {
                micro_usd(new.usd_per_month) < limit
                    && best.as_ref().is_none_or(|best| new.rank() < best.rank())
            };
            new.filter(wins).or(best)
        })
    }

    /// Sizing on a type with W binaries, for each W that divides V and is not one, where some may need no more than
    /// `most` instances: no W needs fewer than one binary at its best.
    fn split(&self, index: usize, most: u64) -> impl Iterator<Item = Sizing> + '_ {
        let offer = self.offers.types()[index];
        let whole = (self.sizing_on)(&offer);
        let ideal = whole.clone().at_its_best();
        let may_be = ideal.instances_at_least() <= most
            && ideal.member_rate() > 0.0
            && ideal.least_members(most, &Constraint::ALL).is_some();
        let divisors = (2..=if may_be { whole.vcpus } else { 1 })
            .filter(move |binaries| offer.machine.vcpus.is_multiple_of(*binaries));
        divisors.map(move |binaries| whole.clone().in_binaries(self.offers.runtime, binaries))
    }

    /// Of the plans that cost as much as the best, or more by no more than the tolerance, the one with the fewest
    /// instances. Binaries are not split for that.
    fn fewest(&self, best: Found<'o>) -> Found<'o> {
        let is_split = best.binaries > 1;
        let limit = best.usd_per_month * (1.0 + self.policy.cost_tolerance);
        if self.policy.cost_tolerance <= 0.0 || best.count.instances <= u64::from(self.policy.min_instances) {
            return best;
        }
        let types = self.offers.types();
        let mut near = self.within(micro_usd(limit), is_split);
        // Large machines first, as their counts rule out small ones.
        near.sort_by(|(one, _), (other, _)| types[*other].usd_per_hour.total_cmp(&types[*one].usd_per_hour));
        let mut fewest = best;
        for (index, instances) in near {
            if instances > fewest.count.instances {
                continue;
            }
            let whole = (!is_split).then(|| (self.sizing_on)(&types[index]));
            let most = fewest.count.instances;
            let split = is_split.then(|| self.split(index, most)).into_iter().flatten();
            for sizing in whole.into_iter().chain(split) {
                match self.try_within(index, &sizing, micro_usd(limit), fewest.count.instances) {
                    Some(new) if new.fewness() < fewest.fewness() => fewest = new,
                    _ => {}
                }
            }
        }
        fewest
    }

    /// A type where its bill and its count come to no more than these.
    fn try_within(&self, index: usize, sizing: &Sizing, micro_usd: u64, instances: u64) -> Option<Found<'o>> {
        let offer = self.offers.types()[index];
        let most = whole_instances(micro_usd, offer.usd_per_hour).min(instances);
        if sizing.instances_at_least() > most {
            return None;
        }
        let found = self.try_out(index, sizing, Some(most)).ok()?;
        (found.count.instances <= most).then_some(found)
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
                let usd_per_month = usd_per_month(count.instances, offer.usd_per_hour);
                Ok(Found { offer, binaries: sizing.binaries, count, usd_per_month })
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

    fn plan(&self, found: Found<'o>, cheapest_usd_per_month: f64) -> Plan<'o> {
        let Found { offer, binaries, count, usd_per_month } = found;
        let runtime: &'o Runtime = self.offers.runtime;
        let sizing = (self.sizing_on)(&offer).in_binaries(runtime, binaries);
        Plan {
            runtime,
            machine: offer.machine,
            demand: self.demand,
            count,
            fetch_wait_seconds: sizing.fetch_wait(count),
            sizing,
            usd_per_hour: offer.usd_per_hour,
            usd_per_month,
            cheapest_usd_per_month,
            usd_per_million_events: usd_per_million_events(usd_per_month, self.events_per_day),
        }
    }
}
