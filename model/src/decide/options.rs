//! The steps that make a workload cheaper, least effort first.

use crate::blank::Blank;
use crate::capacity::assignment::Topic;
use crate::catalog::Home;
use crate::cost::bill::{NOTHING_USD, micro_usd, reaches, usd_per_month};
use crate::cost::traffic::Traffic;
use crate::decide::alternative::{Alternative, AlternativeKind, Effect};
use crate::decide::change::Change;
use crate::decide::planner::Planner;
use crate::decide::proviso::KNOWN_TO;
use crate::decide::resize::{self, keeps_machines, on_same_type};
use crate::demand::event::Today;
use crate::machine::Purchase;
use crate::plan::{NoPlan, Plan, Priced};
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Concurrency, Deployment};
use crate::workload::Workload;

/// Most events in flight that are proposed.
const MOST_IN_FLIGHT: u32 = 256;

/// The instruction set that plans do not leave x86_64 for by themselves.
const ARM: &str = "arm64";

/// Numbers of partitions that are tried, over the least that serve, beside those that members share evenly.
const PARTITIONS_OVER_LEAST: [f64; 4] = [1.0, 1.25, 1.5, 2.0];

/// Up to so many numbers of partitions are tried one by one.
const MOST_PARTITIONS_TRIED: u32 = 24;

/// Less of a saving on traffic is no option, USD a month.
const LEAST_TRAFFIC_USD: f64 = 1.0;

/// A workload and what its options are looked for with.
pub struct Options<'l, 'a> {
    /// The workload and what runs it.
    pub problem: &'l Problem<'a>,
    /// Runtimes and machine types to choose from, and how surely plans have to hold.
    pub planner: &'l Planner<'a>,
    /// A bill, USD a month, above which no change of settings is looked for.
    pub(super) most_usd_per_month: f64,
    /// A bill, USD a month, below which no other number of partitions is looked for.
    pub(super) enough_usd_per_month: f64,
}

impl<'l, 'a> Options<'l, 'a> {
    /// Those of a problem.
    pub fn new(problem: &'l Problem<'a>, planner: &'l Planner<'a>) -> Self {
        Self { problem, planner, most_usd_per_month: f64::INFINITY, enough_usd_per_month: 0.0 }
    }

    /// All steps that apply, least effort first. `in_current` is the cheapest plan in today's runtime, `library`
    /// that in another one of the same language, `elsewhere` that in another language. `paid` counts as paid today, USD a month.
    pub fn steps(
        &self,
        in_current: Result<&Plan<'a>, &NoPlan>,
        library: Option<&Plan<'a>>,
        elsewhere: Option<&Plan<'a>>,
        paid: Option<f64>,
    ) -> Vec<Alternative> {
        let Self { problem, planner, .. } = self;
        let machine = problem.current_machine;
        let same_machines = on_same_type(problem, planner).map(|plan| plan.priced());
        let today = problem.usd_per_month_today(&planner.policy);
        let is_resizable = today.is_some() && machine.is_some_and(|machine| machine.vcpu_speed.is_some());
        let resized = || Alternative::new(AlternativeKind::RightSize, None, same_machines).of(today);
        let retyped = |plan: &Plan<'a>| {
            let resized = same_machines.map(|priced| priced.usd_per_month);
            Alternative::new(AlternativeKind::MachineType, None, Some(plan.priced())).of(resized)
        };
        let rewritten = |plan: &Plan<'a>| {
            Alternative::new(AlternativeKind::Language, Some(plan.runtime.name.clone()), Some(plan.priced()))
        };
        // These are of another bill, also where that is not known.
        let has_own = |step: &Alternative| {
            use AlternativeKind::{ClientSettings, MachineType, RightSize};
            matches!(step.kind, ClientSettings | MachineType | RightSize)
        };
        let of_paid = |step: Alternative| match step.saves_usd_per_month {
            None if !has_own(&step) => step.of(paid.or(today)),
            _ => step,
        };
        let another_type =
            in_current.ok().filter(|plan| machine.is_some_and(|machine| machine != plan.machine));
        // What is paid of today's prices says nothing of others: both are at list prices.
        let list = paid.or(today).map(|paid| paid / problem.paid_share(&planner.policy));
        let paid_by = |purchase| Some(self.paid_by(purchase, in_current.ok()?)?.of(list));
        [
            in_current.ok().and_then(|plan| self.client_settings(plan)),
            self.processes(),
            is_resizable.then(resized),
            paid_by(Purchase::Reserved1Yr),
            paid_by(Purchase::Spot),
            self.follower_reads(in_current),
            self.per_partition(),
            self.batches(in_current),
            self.in_flight(),
            self.partitions(in_current),
            library.map(|plan| Alternative::library(plan.runtime, plan.priced())),
            another_type.map(retyped),
            in_current.ok().and_then(|_| self.on_arm()),
            elsewhere.map(rewritten),
        ]
        .into_iter()
        .flatten()
        .map(of_paid)
        .collect()
    }

    /// The cheapest plan in today's runtime on no more of today's machines, so that settings of theirs are all that it takes.
    pub fn on_same_machines(&self) -> Option<Plan<'a>> {
        resize::on_same_machines(self.problem, self.planner)
    }

    /// The wait of the plan's fetches, which it rests on, against fetches that wait for one event each.
    pub fn client_settings(&self, plan: &Plan<'a>) -> Option<Alternative> {
        let setting = plan.client_setting()?;
        let without = self.planner.usd_per_month_without_waits(self.problem, plan.runtime);
        let before = &Plan { fetch_wait_seconds: 0.0, ..plan.clone() };
        let effect = Effect {
            cpu_at_peak: [before, plan].map(Plan::cpu_at_peak),
            p99: [before, plan].map(Plan::p99_range),
        };
        let step = Alternative::new(AlternativeKind::ClientSettings, Some(setting), Some(plan.priced()));
        Some(Alternative { effect: Some(effect), ..step }.of(without))
    }

    /// The machines of a plan paid for in another way, where its price is known.
    fn paid_by(&self, purchase: Purchase, plan: &Plan<'a>) -> Option<Alternative> {
        let policy = &self.planner.policy;
        let price = plan.machine.usd_per_hour(purchase).filter(|_| policy.purchase == Purchase::OnDemand)?;
        let usd = usd_per_month(plan.count.instances, price);
        let priced = Priced { usd_per_month: usd, cheapest_usd_per_month: usd, ..plan.priced() };
        Some(Alternative::new(AlternativeKind::Purchase, Some(purchase.to_string()), Some(priced)))
    }

    /// The plan on arm machines of the same place, where today's are others.
    fn on_arm(&self) -> Option<Alternative> {
        let Self { problem, planner, .. } = self;
        let home = planner.home.arch.filter(|arch| *arch != ARM).map(|_| planner.home)?;
        let machines = planner.catalog.candidates(Home { arch: Some(ARM), family: None, ..home });
        let on_arm =
            planner.cheapest_among(problem, problem.current, &machines, RangeEnd::Best).ok()?.priced();
        Some(Alternative::new(AlternativeKind::Arm, Some(ARM.to_owned()), Some(on_arm)))
    }

    /// Reading from the replica in one's own zone, where that saves traffic. The machines are those of `in_current`.
    pub fn follower_reads(&self, in_current: Result<&Plan<'a>, &NoPlan>) -> Option<Alternative> {
        let Self { problem, planner, .. } = self;
        let machine = in_current.ok().map(|plan| plan.machine).or(problem.current_machine);
        let provider = machine.map(|machine| machine.provider.as_str()).or(planner.home.provider)?;
        let saves = Traffic::saved_by_followers(problem.workload, &planner.policy, provider);
        let to = "client.rack and a rack-aware replica selector".into();
        let step = || Alternative {
            saves_usd_per_month: Some(saves),
            ..Alternative::new(
                AlternativeKind::FollowerReads,
                Some(to),
                in_current.ok().map(|plan| plan.priced()),
            )
        };
        reaches(saves, LEAST_TRAFFIC_USD).then(step)
    }

    /// One event in flight for each partition, where each consumer has its own today.
    pub fn per_partition(&self) -> Option<Alternative> {
        let concurrency = self.problem.workload.concurrency_in(self.problem.current);
        (concurrency == Concurrency::Consumer).then(|| self.with(Change::PerPartition))
    }

    /// The same where a plan in another runtime has every partition in parallel and today's processes have one event each; nothing
    /// where that makes no difference.
    pub fn alike(&self, other: &Plan<'_>, in_current: Result<&Plan<'a>, &NoPlan>) -> Option<Alternative> {
        let Problem { workload, current, .. } = *self.problem;
        let is_unlike = current.deployment == Deployment::Processes
            && workload.in_flight.unwrap_or(1) == 1
            && other.runtime.deployment == Deployment::Threads
            && other.sizing.concurrency == Concurrency::Partition;
        let alike = is_unlike.then(|| self.per_partition())??;
        let bill = in_current.map_or(f64::INFINITY, |plan| plan.usd_per_month);
        alike.usd_per_month.is_none_or(|usd| (usd - bill).abs() >= NOTHING_USD).then_some(alike)
    }

    /// The least of a few larger in-flight limits with which the bill is lowest, where events wait; where nobody gives the skew, twice
    /// that for the same bill: the busiest partition may have twice as many.
    pub fn in_flight(&self) -> Option<Alternative> {
        let Self { problem, planner, .. } = self;
        if problem.today.wait_seconds <= 0.0 {
            return None;
        }
        let now = problem.workload.in_flight.unwrap_or(1);
        let bound = planner.least_with_in_flight(problem, problem.current, MOST_IN_FLIGHT);
        if bound.is_some_and(|bound| bound > self.most_usd_per_month) {
            return None;
        }
        let mut best: Option<(u32, Priced<'a>)> = None;
        let limits = std::iter::successors(now.checked_mul(2), |limit| limit.checked_mul(2));
        for limit in limits.take_while(|&limit| limit <= MOST_IN_FLIGHT) {
            let most = best.as_ref().map(|(_, best)| best);
            let Some(priced) = self.priced_within(Change::InFlight(limit), most) else { continue };
            if best.is_none_or(|(_, best)| priced.cheapest_usd_per_month < best.cheapest_usd_per_month) {
                best = Some((limit, priced));
            }
            if bound.is_some_and(|bound| priced.cheapest_usd_per_month <= bound) {
                break;
            }
        }
        let (limit, priced) = best?;
        let is_open = problem.workload.blanks.has(Blank::Skew);
        let twice = Some(limit * 2).filter(|twice| is_open && *twice <= MOST_IN_FLIGHT).and_then(|twice| {
            let of_twice = self.priced_within(Change::InFlight(twice), Some(&priced))?;
            (of_twice.cheapest_usd_per_month <= priced.cheapest_usd_per_month).then_some((twice, of_twice))
        });
        let (limit, priced) = twice.unwrap_or((limit, priced));
        Some(self.changed(Change::InFlight(limit), Some(priced)))
    }

    /// Whether a change of settings may lower the bill: calls wait, or consumers take their partitions' events one by one.
    pub fn may_help(&self) -> bool {
        let Problem { workload, current, ref today, .. } = *self.problem;
        today.wait_seconds > 0.0 || workload.concurrency_in(current) == Concurrency::Consumer
    }

    /// A bill, USD a month, that no change of settings goes below: events take the CPU of handling at least, though batches
    /// share calls and commits.
    pub fn bill_at_least(&self) -> f64 {
        let Self { problem, planner, .. } = self;
        let (batch_size, in_flight, topic) = (u32::MAX, Some(u32::MAX), Topic::default());
        let workload = Workload { batch_size, in_flight, topic, ..problem.workload.clone() };
        let today = Today { io_calls: 0.0, ..problem.today };
        let handled = Problem { workload: &workload, today, ..(*problem).clone() };
        planner.bill_at_least(&handled, problem.current, RangeEnd::Best)
    }

    /// The plan in today's runtime with twice the in-flight limit.
    pub fn next_in_flight(&self) -> Option<Priced<'a>> {
        let limit = self.problem.workload.in_flight.unwrap_or(1).checked_mul(2)?;
        self.priced_within(Change::InFlight(limit), None)
    }

    /// As many partitions as today's runtime needs or up to twice as many, whichever is cheapest, where there are fewer; where nobody
    /// gives the skew, for as much more of it as nobody can tell from none.
    pub fn partitions(&self, in_current: Result<&Plan<'a>, &NoPlan>) -> Option<Alternative> {
        let Self { problem, .. } = self;
        let topic = problem.workload.topic;
        if topic.has_hot_key() {
            return None;
        }
        let required = match in_current {
            Ok(plan) => plan.partitions_required(),
            Err(none) => none.stuck().and_then(|stuck| stuck.partitions_required),
        };
        let required = u32::try_from(required?).ok()?;
        if required <= topic.partitions? {
            return None;
        }
        if !problem.workload.blanks.has(Blank::Skew) {
            let (number, priced) = self.cheapest_number(required)?;
            return Some(self.changed(Change::Partitions(number), priced));
        }
        let topic = Topic { skew: topic.skew * (1.0 + KNOWN_TO), ..topic };
        let workload = Workload { topic, ..problem.workload.clone() };
        let problem = &Problem { workload: &workload, ..(*problem).clone() };
        let (number, _) = Options { problem, ..*self }.cheapest_number(required)?;
        Some(self.with(Change::Partitions(number)))
    }

    /// The cheapest number of partitions from the least that is required to twice that, as if one key were as hot as it may be. The
    /// least that serve may serve on the fastest machines alone, and members are loaded alike where their number divides that of
    /// partitions: those of the plan without a given number.
    fn cheapest_number(&self, required: u32) -> Option<(u32, Option<Priced<'a>>)> {
        let (topic, open) = (self.problem.workload.topic, self.with_open_topic());
        let most = required.saturating_mul(2);
        let multiples = |priced: Priced<'_>| {
            let members = u32::try_from(priced.count.members()).unwrap_or(u32::MAX);
            let times = required.div_ceil(members)..=most / members;
            times.take(MOST_PARTITIONS_TRIED as usize).map(move |times| times * members)
        };
        let over_least = PARTITIONS_OVER_LEAST.map(|times| (f64::from(required) * times).ceil() as u32);
        let all = required..=if most - required < MOST_PARTITIONS_TRIED { most } else { required };
        // The first that costs as little as can be leaves only fewer ones to try.
        let mut numbers = open.into_iter().flat_map(multiples).chain(all).chain(over_least);
        let least = open.map_or(0.0, |priced| priced.cheapest_usd_per_month).max(self.enough_usd_per_month);
        let rank = |(number, priced): &(u32, Priced<'_>)| (micro_usd(priced.usd_per_month), *number);
        let best_of = |before: Option<(u32, Priced<'a>)>, numbers: &mut dyn Iterator<Item = u32>| {
            numbers.fold(before, |best, number| {
                if best.as_ref().is_some_and(|best| rank(best) <= (micro_usd(least), number)) {
                    return best;
                }
                let most = best.as_ref().map(|(_, most)| most);
                let tried = self.priced_within(Change::Partitions(number), most);
                best.into_iter().chain(tried.map(|priced| (number, priced))).min_by_key(rank)
            })
        };
        let best = best_of(None, &mut numbers);
        let best = best_of(best, &mut best.map(|(_, priced)| priced).into_iter().flat_map(multiples));
        // The first that costs no more: where it does with a goal, it does with a looser one.
        let fewer = best.filter(|_| self.enough_usd_per_month <= 0.0).and_then(|best| {
            (required..best.0).find_map(|number| {
                let priced = self.priced_within(Change::Partitions(number), Some(&best.1))?;
                (rank(&(number, priced)) < rank(&best)).then_some((number, priced))
            })
        });
        let best = fewer.or(best);
        if best.is_none() && topic.at_worst() != topic {
            return None;
        }
        Some(best.map_or((required, None), |(number, priced)| (number, Some(priced))))
    }

    /// Machines and bill of the plan that chooses its partitions, which none with a number of them is cheaper than.
    pub(super) fn with_open_topic(&self) -> Option<Priced<'a>> {
        let Self { problem, planner, .. } = self;
        let topic = Topic { partitions: None, ..problem.workload.topic.at_worst() };
        let workload = Workload { topic, ..problem.workload.clone() };
        let open = Problem { workload: &workload, ..(*problem).clone() };
        planner.priced(&open, problem.current, RangeEnd::Best)
    }

    /// A change with the plan in today's runtime that it leads to.
    fn with(&self, change: Change) -> Alternative {
        self.changed(change, self.priced_within(change, None))
    }

    pub(super) fn changed(&self, change: Change, plan: Option<Priced<'a>>) -> Alternative {
        let step = Alternative::new(change.into(), Some(change.to_string()), plan);
        let keeps_machines = plan.is_some_and(|to| self.keeps_machines(change, &to));
        Alternative { change: Some(change), keeps_machines, ..step }
    }

    /// Whether today's machines are kept once a change is made, with which the plan in today's runtime is `to`.
    fn keeps_machines(&self, change: Change, to: &Priced<'_>) -> bool {
        let Self { problem, planner, .. } = self;
        let workload = change.described(problem);
        let after = Problem::new(&workload, problem.current, problem.current_machine);
        after.is_ok_and(|after| keeps_machines(&after, planner, to))
    }

    /// Machines and bill of the plan in today's runtime with a change, where the bill may be no more than that of another plan.
    pub(super) fn priced_within(&self, change: Change, most: Option<&Priced<'_>>) -> Option<Priced<'a>> {
        let changed = change.made(self.problem);
        let usd = most.map_or(self.most_usd_per_month, |most| most.usd_per_month);
        let near = most.map(|most| most.machine);
        let (problem, current) = (changed.problem(self.problem), self.problem.current);
        self.planner.priced_within(&problem, current, RangeEnd::Best, near, usd)
    }
}
