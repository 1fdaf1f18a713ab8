//! How sure a plan is: what it costs, which runtime is the cheapest and whether the plan holds, over many worlds that
//! there may be.

use crate::capacity::constraint::Constraint;
use crate::capacity::sizing::Count;
use crate::cost::bill::micro_usd;
use crate::decide::baseline::Baseline;
use crate::decide::planned::PlannedWorkload;
use crate::decide::planner::Planner;
use crate::decide::terms::Terms;
use crate::decide::total_cost::Account;
use crate::decide::verdict::paid;
use crate::grouped::grouped;
use crate::offers::Offers;
use crate::plan::{Plan, Priced};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::uncertain::catalog::{SampledWorld, UncertainCatalog};
use crate::uncertain::latin_hypercube::{Sampling, quantile};
pub use crate::uncertain::risk::{Moving, Percentiles, Risk, RuntimeRisk};
use crate::workload::Workload;
use std::sync::Arc;

/// What came of one runtime in one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Bill of the cheapest plan, USD a month; `None` where there is none.
    pub usd_per_month: Option<f64>,
    /// The cheapest bill, by which runtimes are compared.
    pub compared: Option<f64>,
    /// What moving to it from today's runtime saves of what is paid, less what features cost more in it, USD a month:
    /// all where today's has no plan, and a loss without bound where this one has none.
    pub moving_saves: f64,
    /// Whether that is worth moving.
    pub is_worth_moving: bool,
    /// Whether the plan made, if there is one, is known to keep all rules.
    pub holds: bool,
    /// The first rule that it breaks, where it is known to break one.
    pub broken: Option<Constraint>,
}

impl Outcome {
    /// That of a sample which contradicts itself, so that nothing can be said of it.
    const UNDECIDED: Self = Self {
        usd_per_month: None,
        compared: None,
        moving_saves: f64::NEG_INFINITY,
        is_worth_moving: false,
        holds: false,
        broken: None,
    };
}

/// The sampling of workloads that were planned with the same planner. Samples do not depend on each other, so that they may be taken on any thread in any
/// order.
pub struct Simulation<'f, 'a> {
    entries: &'f [PlannedWorkload<'a>],
    samples: usize,
    world: UncertainCatalog<'a>,
    workloads: Vec<WorkloadSampler<'f>>,
    /// Where each quantity of the world is drawn in each sample.
    shares: Vec<Vec<f64>>,
    /// What each range of each workload is in each sample.
    draws: Vec<Vec<Vec<f64>>>,
    /// Machine types to choose from, by their place in the world.
    candidates: Vec<usize>,
}

/// Samples what is uncertain of workloads that have ranges, so that each tells how sure its answer is. Others stay as they
/// are.
pub fn sampled(entries: Vec<PlannedWorkload<'_>>, sampling: Sampling) -> Vec<PlannedWorkload<'_>> {
    sampled_by(entries, |entries| Simulation::new(entries, sampling).run())
}

/// The same with risks that `run` makes of workloads with one planner.
pub fn sampled_by<'a>(
    entries: Vec<PlannedWorkload<'a>>,
    run: impl Fn(&[PlannedWorkload<'a>]) -> Vec<Risk>,
) -> Vec<PlannedWorkload<'a>> {
    let is_certain = |(_, entry): &(usize, PlannedWorkload<'_>)| entry.problem.workload.ranges.is_empty();
    let (mut all, uncertain): (Vec<_>, Vec<_>) = entries.into_iter().enumerate().partition(is_certain);
    for group in grouped(uncertain, |(_, one), (_, other)| Arc::ptr_eq(&one.planner, &other.planner)) {
        let (indices, entries): (Vec<usize>, Vec<_>) = group.into_iter().unzip();
        let risks = run(&entries);
        let sampled = entries.into_iter().zip(risks).map(|(entry, risk)| entry.at_risk(risk));
        all.extend(indices.into_iter().zip(sampled));
    }
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, entry)| entry).collect()
}

impl<'f, 'a> Simulation<'f, 'a> {
    /// Works out what is drawn in each sample.
    pub fn new(entries: &'f [PlannedWorkload<'a>], sampling: Sampling) -> Self {
        let (runtimes, machines): (&[_], &[_]) = match entries.first() {
            Some(PlannedWorkload { planner, .. }) => (&planner.runtimes, &planner.machines),
            None => (&[], &[]),
        };
        let world = UncertainCatalog::of(runtimes, machines, entries.iter().map(|entry| &entry.problem));
        Self {
            entries,
            samples: sampling.samples,
            workloads: entries.iter().map(|it| WorkloadSampler::new(it, 0..it.plans.len(), &world)).collect(),
            shares: world.shares(&sampling),
            draws: entries.iter().map(|entry| entry.problem.workload.draws(&sampling)).collect(),
            candidates: world.positions(machines),
            world,
        }
    }

    /// A world to draw samples in. One serves for any number of them, one after another.
    pub fn start(&self) -> SampledWorld {
        self.world.median()
    }

    /// The outcomes of one sample, for each workload in each runtime.
    pub fn sample(&self, draw: &mut SampledWorld, number: usize) -> Vec<Vec<Outcome>> {
        self.world.draw(draw, &self.shares, number);
        let Some(PlannedWorkload { planner, .. }) = self.entries.first() else { return Vec::new() };
        let market = Market::new(draw, &self.candidates, planner);
        let outcomes = |(sampler, draws): (&WorkloadSampler<'_>, &Vec<Vec<f64>>)| {
            sampler.outcomes(&sampler.workload.sampled(draws, number), &market)
        };
        self.workloads.iter().zip(&self.draws).map(outcomes).collect()
    }

    /// How sure each workload's answer is by all samples, which are given in their order.
    pub fn risks(&self, samples: &[Vec<Vec<Outcome>>]) -> Vec<Risk> {
        let of_entry =
            |index: usize| samples.iter().map(|sample| sample[index].as_slice()).collect::<Vec<_>>();
        let entries = self.entries.iter().enumerate();
        entries.map(|(index, entry)| summary(entry, &of_entry(index))).collect()
    }

    /// All of it, one sample after another.
    pub fn run(&self) -> Vec<Risk> {
        let mut draw = self.start();
        let samples: Vec<_> = (0..self.samples).map(|number| self.sample(&mut draw, number)).collect();
        self.risks(&samples)
    }
}

/// A world with what its machine types give each of its runtimes.
pub struct Market<'w> {
    draw: &'w SampledWorld,
    offers: Vec<Offers<'w>>,
    policy: Policy,
    terms: Terms,
}

impl<'w> Market<'w> {
    /// That of some machine types, by their places in the world, under the policy and terms of a planner.
    pub fn new(draw: &'w SampledWorld, candidates: &[usize], planner: &Planner<'_>) -> Self {
        let Planner { policy, terms, .. } = *planner;
        let machines = || candidates.iter().map(|&index| &draw.machines[index]);
        let offers = |runtime| Offers::new(runtime, machines(), policy.purchase);
        Self { draw, offers: draw.runtimes.iter().map(offers).collect(), policy, terms }
    }
}

/// A workload with what stands for it in a world.
pub struct WorkloadSampler<'e> {
    workload: &'e Workload,
    current: usize,
    current_machine: Option<usize>,
    baseline: &'e Baseline,
    runtimes: Vec<(usize, Option<Planned>)>,
}

/// The plan of the best estimates.
#[derive(Clone, Copy)]
struct Planned {
    machine: usize,
    count: Count,
}

impl<'e> WorkloadSampler<'e> {
    /// Looks up an entry's machines and those of its runtimes that are looked at, by their places among its plans.
    pub fn new(
        entry: &'e PlannedWorkload<'_>,
        runtimes: impl IntoIterator<Item = usize>,
        world: &UncertainCatalog<'_>,
    ) -> Self {
        let planned =
            |plan: &Plan<'_>| Some(Planned { machine: world.machine(plan.machine)?, count: plan.count });
        Self {
            workload: entry.problem.workload,
            current: world.runtime(entry.problem.current).unwrap_or_default(),
            current_machine: entry.problem.current_machine.and_then(|machine| world.machine(machine)),
            baseline: &entry.recommendation.baseline,
            runtimes: runtimes
                .into_iter()
                .map(|place| {
                    let (runtime, plan) = &entry.plans[place];
                    let position = world.runtime(runtime).unwrap_or_default();
                    (position, plan.as_ref().ok().and_then(planned))
                })
                .collect(),
        }
    }

    /// What comes of each runtime, for a workload out of the entry's ranges, in one of the worlds.
    pub fn outcomes(&self, workload: &Workload, market: &Market<'_>) -> Vec<Outcome> {
        let Market { draw, offers, policy, terms } = market;
        let current_machine = self.current_machine.map(|index| &draw.machines[index]);
        let (current, gain) = (&draw.runtimes[self.current], draw.idle_sibling);
        let Ok(problem) = Problem::with_idle_sibling(workload, current, current_machine, gain) else {
            return vec![Outcome::UNDECIDED; self.runtimes.len()];
        };
        let machine = |planned: Planned| &draw.machines[planned.machine];
        let found = |&(runtime, planned): &(usize, Option<Planned>)| -> Option<(_, Option<_>)> {
            let search = problem.search(&offers[runtime], *policy, RangeEnd::Best).ok()?;
            // With the usual winner first, nearly all others are passed over by their lower bound.
            let bill = search.priced_within(planned.map(machine), f64::INFINITY);
            Some((bill, planned.and_then(|it| search.check(machine(it), it.count))))
        };
        let found: Vec<_> = self.runtimes.iter().map(|it| found(it).unwrap_or_default()).collect();
        let compared = |index: usize| found[index].0.map(|priced: Priced<'_>| priced.cheapest_usd_per_month);
        let of_current = self.runtimes.iter().position(|&(runtime, _)| runtime == self.current);
        let today = self.baseline.footing.bears(problem.usd_per_month_today(policy));
        let paid = of_current.and_then(compared).map(|current| paid(today, current));
        let account = Account::new(&problem, policy, *terms);
        let outcome = |(index, &(runtime, _)): (usize, &(usize, Option<Planned>))| {
            let runtime = &draw.runtimes[runtime];
            let compute_saves = saving(paid, compared(index));
            let (bill, checked) = found[index];
            Outcome {
                usd_per_month: bill.map(|priced| priced.usd_per_month),
                compared: compared(index),
                moving_saves: account.net_saving(compute_saves, runtime),
                is_worth_moving: account.is_worth_moving(compute_saves, runtime),
                holds: checked == Some(Ok(())),
                broken: checked.and_then(Result::err),
            }
        };
        self.runtimes.iter().enumerate().map(outcome).collect()
    }
}

/// What the samples of one workload come to; each has an outcome for each runtime.
fn summary(entry: &PlannedWorkload<'_>, samples: &[&[Outcome]]) -> Risk {
    let names: Vec<&str> = entry.plans.iter().map(|(runtime, _)| runtime.name.as_str()).collect();
    let current = names.iter().position(|name| *name == entry.problem.current.name);
    let wins: Vec<Win> = samples.iter().map(|sample| Win::of(sample, current)).collect();
    let share = |holds: &dyn Fn(usize) -> bool| {
        (0..samples.len()).filter(|&sample| holds(sample)).count() as f64 / samples.len() as f64
    };
    let runtimes = entry.plans.iter().enumerate().map(|(index, (runtime, plan))| {
        // Samples without a plan are above all others.
        let bills = samples.iter().map(|sample| sample[index].usd_per_month.unwrap_or(f64::INFINITY));
        let breaks = |rule: Constraint| share(&|sample| samples[sample][index].broken == Some(rule));
        let weakest =
            Constraint::ALL.into_iter().map(|rule| (rule, breaks(rule))).filter(|(_, share)| *share > 0.0);
        RuntimeRisk {
            runtime: runtime.name.clone(),
            usd_per_month: percentiles_of(bills.collect()),
            feasible: share(&|sample| samples[sample][index].usd_per_month.is_some()),
            cheapest: share(&|sample| wins[sample].is_for(index)),
            tied: share(&|sample| wins[sample].is_for(index) && wins[sample].lowest.len() > 1),
            holds: plan.as_ref().ok().map(|_| share(&|sample| samples[sample][index].holds)),
            // The last of equals is kept by max_by, and the first is wanted.
            weakest: weakest.rev().max_by(|one, other| one.1.total_cmp(&other.1)),
        }
    });
    let runtimes: Vec<RuntimeRisk> = runtimes.collect();
    let others = || (0..names.len()).filter(|&index| Some(index) != current);
    let at_best = entry.recommendation.elsewhere.as_ref().map(|plan| plan.runtime.name.as_str());
    let at_best = others().find(|&index| Some(names[index]) == at_best);
    let saves_most = |index: usize| {
        let saves = |sample: usize, index: usize| samples[sample][index].moving_saves;
        share(&|sample| others().all(|other| saves(sample, index) >= saves(sample, other)))
    };
    let in_most = || others().rev().max_by(|&one, &other| saves_most(one).total_cmp(&saves_most(other)));
    let to = at_best.or_else(in_most);
    let moving = current.and(to).map(|to| Moving {
        to: names[to].to_owned(),
        saves: percentiles_of(samples.iter().map(|sample| sample[to].moving_saves).collect()),
        worth_it: share(&|sample| samples[sample][to].is_worth_moving),
    });
    Risk { samples: samples.len(), runtimes, moving }
}

/// What moving saves on machines in one sample, USD a month: without a plan today it saves all, to no plan it costs all.
fn saving(paid: Option<f64>, to: Option<f64>) -> f64 {
    match (paid, to) {
        (_, None) => f64::NEG_INFINITY,
        (None, Some(_)) => f64::INFINITY,
        (Some(paid), Some(to)) => paid - to,
    }
}

/// The runtimes with the lowest bill of one sample.
struct Win {
    lowest: Vec<usize>,
    current: Option<usize>,
}

impl Win {
    fn of(sample: &[Outcome], current: Option<usize>) -> Self {
        let bill = |outcome: &Outcome| outcome.compared.map(micro_usd);
        let least = sample.iter().filter_map(bill).min();
        let is_lowest = |&index: &usize| least.is_some() && bill(&sample[index]) == least;
        Self { lowest: (0..sample.len()).filter(is_lowest).collect(), current }
    }

    /// Whether a runtime is the one to choose: today's wherever it is among the lowest.
    fn is_for(&self, index: usize) -> bool {
        let today_wins = self.current.is_some_and(|current| self.lowest.contains(&current));
        if today_wins { self.current == Some(index) } else { self.lowest.contains(&index) }
    }
}

/// P10, P50 and P90 of some numbers; `None` for those that are not finite.
pub fn percentiles_of(mut values: Vec<f64>) -> Percentiles {
    values.sort_by(f64::total_cmp);
    let at = |p| quantile(&values, p).filter(|value| value.is_finite());
    Percentiles { p10: at(0.1), p50: at(0.5), p90: at(0.9) }
}
