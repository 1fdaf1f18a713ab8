//! The search for the machine type that carries one consumer group for the lowest bill.

use crate::bill_bounds::{ROUNDING, Work};
use crate::capacity::bounds::at_least;
use crate::capacity::constraint::Constraint;
use crate::capacity::count::MOST;
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
use crate::ranked::greatest_first;
use crate::runtime::{Deployment, Runtime};

/// How the number of instances of a machine type is found.
pub trait Counting {
    /// The count on a machine type, given what sizing there starts from at the best estimates; `None` where it is more than
    /// `most` instances, or there is none.
    ///
    /// It is never below what [`Sizing::count`] finds.
    fn count(&self, machine: &Machine, sizing: &Sizing, most: u64) -> Option<Count>;

    /// Why there is none, however many instances there may be.
    fn why_none(&self, machine: &Machine, sizing: &Sizing) -> Infeasible;
}

/// The least count that meets all rules at the best estimates.
pub(crate) struct BestEstimates;

impl Counting for BestEstimates {
    fn count(&self, _: &Machine, sizing: &Sizing, most: u64) -> Option<Count> {
        sizing.count_within(most)
    }

    fn why_none(&self, _: &Machine, sizing: &Sizing) -> Infeasible {
        sizing.why_none()
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
    /// What all instances together have to be able to handle.
    pub work: Work,
    /// Headroom and failures.
    pub policy: Policy,
    /// What is paid of every list price.
    pub share: f64,
    /// What sizing on a machine type starts from.
    pub sizing_on: SizingOn,
    /// How counts are found.
    pub counting: &'s dyn Counting,
}

impl<'o, SizingOn: Fn(&Machine, f64) -> Sizing> Search<'_, 'o, SizingOn> {
    /// The plan on each machine type that serves, at least one, cheapest first.
    pub fn all(&self) -> Result<Vec<Plan<'o>>, NoPlan> {
        let on = |index| {
            let whole = self.try_out(index, &self.sizing(index), MOST);
            match self.member {
                Member::Binary => {
                    self.best_split_on(index, self.worth_splitting(whole.as_ref()), None).or(whole)
                }
                Member::Process | Member::Reader => whole,
            }
        };
        let mut found: Vec<Found<'o>> = (0..self.offers.types().len()).filter_map(on).collect();
        if found.is_empty() {
            return Err(self.no_plan(true));
        }
        found.sort_by(|one, other| {
            let compared = |found: &Found<'o>| micro_usd(self.compared(found));
            compared(one).cmp(&compared(other)).then_with(|| one.rank().cmp(&other.rank()))
        });
        Ok(found.into_iter().map(|found| self.made(found, &found)).collect())
    }

    /// The plan to run: of those within the cost tolerance of the cheapest the one with the fewest instances, of machines up to
    /// [`Policy::max_vcpus`] where there is one. `first` is tried first, where it is among the types.
    /// What would do where there is none is looked for if somebody is told.
    pub fn cheapest(&self, first: Option<&Machine>, tells_remedies: bool) -> Result<Plan<'o>, NoPlan> {
        let best = self.best_within(first, f64::INFINITY).ok_or_else(|| self.no_plan(tells_remedies))?;
        Ok(self.made(self.fewest(best), &best))
    }

    /// The cheapest plan, however many instances it has.
    pub fn cheapest_itself(&self) -> Result<Plan<'o>, NoPlan> {
        let best = self.best_within(None, f64::INFINITY).ok_or_else(|| self.no_plan(true))?;
        Ok(self.made(best, &best))
    }

    /// Machines and bill of the plan to run, without what only a report asks of it, where the bill may be no more than `usd` a
    /// month; `None` where no type serves for that.
    pub fn priced_within(&self, first: Option<&Machine>, usd: f64) -> Option<Priced<'o>> {
        let best = self.best_within(first, usd)?;
        Some(self.paid(self.fewest(best), &best))
    }

    /// Those of the cheapest, whose bill is all that a comparison needs, within the same.
    pub fn least_within(&self, first: Option<&Machine>, usd: f64) -> Option<Priced<'o>> {
        let best = self.best_within(first, usd)?;
        Some(self.paid(best, &best))
    }

    /// The cheapest; `None` where no type serves for `usd` a month.
    fn best_within(&self, first: Option<&Machine>, usd: f64) -> Option<Found<'o>> {
        // Bills are compared to a millionth of a dollar.
        let most = (usd + 1e-5) / self.share * (1.0 + 10.0 * ROUNDING);
        let whole = self.best_whole(first, most);
        if whole.is_none() && most.is_finite() {
            // Whether several binaries are worth it turns on the cheapest of one, whatever that costs.
            let may_split = || self.within(micro_usd(most), true).next().is_some();
            return if self.member == Member::Binary && may_split() {
                self.best_within(first, f64::INFINITY)
            } else {
                None
            };
        }
        self.best_split(whole.as_ref()).or(whole)
    }

    /// Those of the least count on one of the types, not split.
    pub fn least_on(&self, machine: &Machine) -> Option<Priced<'o>> {
        let found = self.improve(None, self.place(machine)?, f64::INFINITY)?;
        Some(self.paid(found, &found))
    }

    fn paid(&self, found: Found<'o>, cheapest: &Found<'o>) -> Priced<'o> {
        found.priced(self.compared(cheapest)).paid(self.share)
    }

    /// Whether a count on a machine type keeps all rules, or the first that it breaks; `None` where the type's speed or price is
    /// not known.
    pub fn check(&self, machine: &Machine, count: Count) -> Option<Result<(), Constraint>> {
        let offer = Offer::of(machine, self.policy.purchase)?;
        let sizing = self.sizing_of(&offer).with_members_of(self.offers.runtime, count);
        Some(sizing.first_unmet(count.instances, count.members_per_instance).map_or(Ok(()), Err))
    }

    /// The place of a machine type.
    fn place(&self, machine: &Machine) -> Option<usize> {
        self.offers.types().iter().position(|offer| std::ptr::eq(offer.machine, machine))
    }

    /// Types on which a bill may be no more than `micro_usd` a month, each with a number of instances that no plan there is
    /// below: of whole machines for each binary or of several on each.
    fn within(&self, micro_usd: u64, is_split: bool) -> impl Iterator<Item = (usize, u64)> + '_ {
        let bounds = if is_split { &self.offers.split } else { &self.offers.whole };
        let within = bounds.within(self.work, micro_usd as f64 / 1e6 * (1.0 + 10.0 * ROUNDING));
        within.filter_map(move |index| {
            let usd_per_hour = self.offers.types()[index].usd_per_hour;
            let instances = at_least(bounds.at_least(index, self.work) / usd_per_month(1, usd_per_hour));
            (instances <= whole_instances(micro_usd, usd_per_hour)).then_some((index, instances))
        })
    }

    /// The bill by which a plan is compared, USD a month. It never falls when load rises.
    fn compared(&self, best: &Found<'o>) -> f64 {
        best.usd_per_month * if best.binaries > 1 { self.policy.split_counts() } else { 1.0 }
    }

    /// The same of one binary for all cores, or of processes, where its bill is no more than `usd` a month.
    ///
    /// Types whose bill cannot be as low as one found before are passed over. The lower the first bill found, the more
    /// are: so the first tried is `first`, else the type whose bound on the bill is lowest.
    fn best_whole(&self, first: Option<&Machine>, usd: f64) -> Option<Found<'o>> {
        let bounds = &self.offers.whole;
        let may_serve = |&index: &usize| bounds.at_least(index, self.work).is_finite();
        let first = first.and_then(|first| self.place(first)).filter(may_serve);
        let start = first.or_else(|| bounds.lowest(self.work))?;
        let (mut best, from) = match self.improve(None, start, usd) {
            None if usd.is_finite() => (None, 0),
            None if self.may_serve() => {
                // In their order, so that none before the first that serves does.
                let all = 0..self.offers.types().len();
                let mut others = all.filter(may_serve);
                others.find_map(|index| Some((Some(self.improve(None, index, usd)?), index + 1)))?
            }
            None => return None,
            best => (best, 0),
        };
        let most = |best: Option<Found<'o>>| best.map_or(usd, |best| best.usd_per_month);
        for index in bounds.within(self.work, most(best)).filter(|&index| index >= from && index != start) {
            if bounds.at_least(index, self.work) <= most(best) {
                best = self.improve(best, index, usd);
            }
        }
        best
    }

    /// Whether some type may serve: a machine as good as the best of them in everything does, used at its best.
    fn may_serve(&self) -> bool {
        let (machine, speed) = self.offers.best_of_all();
        (self.sizing_on)(&machine, speed).at_its_best().least_count(MOST).is_some()
    }

    /// The cheapest of several binaries on a machine, where it saves more than the tolerance.
    fn best_split(&self, whole: Option<&Found<'o>>) -> Option<Found<'o>> {
        if self.member != Member::Binary || (whole.is_none() && !self.may_serve()) {
            return None;
        }
        let limit = self.worth_splitting(whole);
        self.within(limit, true).fold(None, |best, (index, _)| self.best_split_on(index, limit, best))
    }

    /// Millionths of a dollar a month below which several binaries on a machine are worth it.
    fn worth_splitting(&self, whole: Option<&Found<'o>>) -> u64 {
        whole.map_or(u64::MAX, |whole| micro_usd(whole.usd_per_month / self.policy.split_counts()))
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
        let whole = self.sizing(index);
        let ideal = whole.clone().at_its_best();
        let may_be = whole.vcpus > 1
            && ideal.instances_at_least() <= most
            && ideal.member_rate() > 0.0
            && ideal.least_members(most, &Constraint::ALL).is_some();
        let numbers = may_be.then(|| whole.numbers_of_binaries().skip(1)).into_iter().flatten();
        numbers.map(move |binaries| whole.clone().in_binaries(self.offers.runtime, binaries))
    }

    /// Of the plans that cost as much as the best, or more by no more than the tolerance, the one with the fewest
    /// instances, of machines that are not too large where there is one. Binaries are split for that only where it costs less.
    fn fewest(&self, best: Found<'o>) -> Found<'o> {
        let (is_split, cost_tolerance) = (best.binaries > 1, self.policy.cost_tolerance);
        if cost_tolerance <= 0.0 {
            return best;
        }
        // One more, so that what costs as much more to the last digit is within.
        let limit = micro_usd(best.usd_per_month * (1.0 + cost_tolerance)) + 1;
        let fewest = self.fewest_within(limit, best, is_split);
        if is_split || self.member != Member::Binary {
            return fewest;
        }
        self.fewest_within(micro_usd(fewest.usd_per_month).saturating_sub(1), fewest, true)
    }

    /// The one with the fewest instances of the best and of plans whose bill is no more than `limit`, of several binaries on a machine or
    /// not.
    fn fewest_within(&self, limit: u64, best: Found<'o>, is_split: bool) -> Found<'o> {
        let Policy { max_vcpus, min_instances, .. } = self.policy;
        if best.count.instances <= u64::from(min_instances) && !best.is_large(max_vcpus) {
            return best;
        }
        let types = self.offers.types();
        // Where the cheapest is of machines that are not too large, only fewer of such are better.
        let may_win = |&(index, instances): &(usize, u64)| {
            let is_large = types[index].machine.vcpus > max_vcpus;
            best.is_large(max_vcpus) || !is_large && instances < best.count.instances
        };
        let mut near: Vec<(usize, u64)> = self.within(limit, is_split).filter(may_win).collect();
        // Large machines first, as their counts rule out small ones.
        greatest_first(&mut near, |(at, _)| types[*at].usd_per_hour);
        let mut fewest = best;
        for (index, instances) in near {
            let is_large = types[index].machine.vcpus > max_vcpus;
            let most = match (is_large, fewest.is_large(max_vcpus)) {
                (true, false) => continue,
                (false, true) => u64::MAX,
                // No plan is ranked before the cheapest, so only fewer instances are better.
                _ => fewest.count.instances - u64::from(fewest.rank() == best.rank()),
            };
            let most = most.min(whole_instances(limit, types[index].usd_per_hour));
            if instances > most {
                continue;
            }
            let mut consider = |sizing: &Sizing| match self.try_within(index, sizing, limit, most) {
                Some(new) if new.fewness(max_vcpus) < fewest.fewness(max_vcpus) => fewest = new,
                _ => {}
            };
            match is_split {
                true => self.split(index, most).for_each(|sizing| consider(&sizing)),
                false => consider(&self.sizing(index)),
            }
        }
        fewest
    }

    /// A type where its bill and its count come to no more than these.
    fn try_within(&self, index: usize, sizing: &Sizing, micro_usd: u64, instances: u64) -> Option<Found<'o>> {
        let most = whole_instances(micro_usd, self.offers.types()[index].usd_per_hour).min(instances);
        if sizing.instances_at_least() > most { None } else { self.try_out(index, sizing, most) }
    }

    /// The better of one found before and the plan on a type for no more than `usd` a month.
    fn improve(&self, best: Option<Found<'o>>, index: usize, usd: f64) -> Option<Found<'o>> {
        let offer = self.offers.types()[index];
        let sizing = self.sizing(index);
        let Some(best) = best else { return self.try_within(index, &sizing, micro_usd(usd), MOST) };
        if !best.may_lose_to(&offer, sizing.instances_at_least()) {
            return Some(best);
        }
        let most = most_instances(micro_usd(best.usd_per_month), offer.usd_per_hour);
        self.try_out(index, &sizing, most).filter(|new| new.rank() < best.rank()).or(Some(best))
    }

    fn try_out(&self, index: usize, sizing: &Sizing, most: u64) -> Option<Found<'o>> {
        let offer = self.offers.types()[index];
        let count = self.counting.count(offer.machine, sizing, most)?;
        let usd_per_month = usd_per_month(count.instances, offer.usd_per_hour);
        Some(Found { offer, binaries: sizing.binaries, count, usd_per_month })
    }

    /// What sizing on a type starts from.
    fn sizing(&self, index: usize) -> Sizing {
        self.sizing_of(&self.offers.types()[index])
    }

    fn sizing_of(&self, offer: &Offer<'_>) -> Sizing {
        (self.sizing_on)(offer.machine, offer.speed)
    }

    /// Whether a type that is no faster than one that failed fails too, and comes no further: where one partition is
    /// too much for its member, or the goal for the event itself, and this type is no better at that.
    fn fails_as_well(&self, failed: &Failed, index: usize) -> bool {
        let Infeasible::Unmet(unmet) = &failed.reason else { return false };
        let [earlier, later] = [failed.index, index].map(|index| self.offers.types()[index]);
        let same_threads = self.offers.runtime.deployment == Deployment::Processes
            || later.machine.vcpus == earlier.machine.vcpus;
        let is_slower = same_threads && later.speed <= earlier.speed;
        let is_less = |of: fn(&Sizing) -> f64| is_slower || of(&self.sizing(index)) <= of(&failed.sizing);
        match unmet.on {
            Some(LoadOn::Member) => is_less(Sizing::member_rate),
            Some(LoadOn::InFlight) => is_less(Sizing::partition_rate),
            Some(LoadOn::Instance) => false,
            None => is_slower && unmet.rule == Constraint::Latency,
        }
    }

    /// Why no type serves: what stops the one that comes furthest.
    pub fn no_plan(&self, tells_remedies: bool) -> NoPlan {
        let types = self.offers.types();
        let mut furthest: Option<Failed> = None;
        // What the fastest fails at, most others fail at by more.
        for &index in &self.offers.by_speed {
            if furthest.as_ref().is_none_or(|failed| !self.fails_as_well(failed, index)) {
                let sizing = self.sizing(index);
                let reason = self.counting.why_none(types[index].machine, &sizing);
                keep_furthest(&mut furthest, Failed { index, sizing, reason });
            }
        }
        let Some(Failed { index, sizing, mut reason }) = furthest else {
            return NoPlan::NoMachines { place: String::new(), purchase: self.policy.purchase };
        };
        if let Infeasible::Unmet(unmet) = &mut reason
            && tells_remedies
        {
            unmet.remedies = sizing.remedies();
        }
        NoPlan::NoneServes { machine: Box::new(types[index].machine.id()), reason }
    }

    fn made(&self, found: Found<'o>, cheapest: &Found<'o>) -> Plan<'o> {
        let Found { offer, binaries, count, usd_per_month } = found;
        let runtime: &'o Runtime = self.offers.runtime;
        let sizing = self.sizing_of(&offer).in_binaries(runtime, binaries);
        let plan = Plan {
            runtime,
            machine: offer.machine,
            demand: self.demand,
            count,
            fetch_wait_seconds: sizing.fetch_wait(count),
            sizing,
            usd_per_hour: offer.usd_per_hour,
            usd_per_month,
            cheapest_usd_per_month: self.compared(cheapest),
            usd_per_million_events: usd_per_million_events(usd_per_month, self.events_per_day),
        };
        plan.paid(self.share)
    }
}
