//! Plans that hold with a probability that is asked for, and not at the best estimates only.

use crate::capacity::constraint::Constraint;
use crate::capacity::count::MOST;
use crate::capacity::infeasible::Infeasible;
use crate::capacity::search::least;
use crate::capacity::sizing::{Count, Sizing};
use crate::cheapest::{BestEstimates, Counting};
use crate::demand::event::Demand;
use crate::machine::Machine;
use crate::offers::Offers;
use crate::plan::{NoPlan, Plan, Priced};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::ranked::greatest_first;
use crate::runtime::Runtime;
use crate::uncertain::catalog::UncertainCatalog;
use crate::uncertain::latin_hypercube::Sampling;
use crate::workload::Workload;
use std::cell::LazyCell;

/// The worlds in which a plan has to hold, and in how many of them.
#[derive(Debug, Clone)]
pub struct Confidence<'a> {
    share: f64,
    sampling: Sampling,
    world: UncertainCatalog<'a>,
    /// The family of each of the world's machine types.
    family_of_machine: Vec<usize>,
    samples: Vec<Sample>,
}

/// One of the worlds. Types of one family are as fast as each other in all of them, so their speed is kept once.
#[derive(Debug, Clone)]
struct Sample {
    runtimes: Vec<Runtime>,
    /// What each family's speeds are over those on the list.
    factor_of_family: Vec<f64>,
    idle_sibling: f64,
}

/// What runs today and what it is asked for, in one sample.
struct Scene {
    workload: Workload,
    current_machine: Option<Machine>,
}

/// One sample of a problem in a runtime.
struct Scenario<'s> {
    problem: Problem<'s>,
    runtime: &'s Runtime,
    demand: Demand,
    sample: &'s Sample,
}

/// What sizing starts from on a machine type of a speed.
type SizingOn<'s> = Box<dyn Fn(&Machine, f64) -> Sizing + 's>;

/// Counts that hold in enough scenarios.
struct InScenarios<'s> {
    scenarios: Vec<(&'s Scenario<'s>, SizingOn<'s>)>,
    confidence: &'s Confidence<'s>,
    samples: usize,
    needed: usize,
}

impl<'a> Confidence<'a> {
    /// Draws the worlds; `share` is the probability asked for, above 0 and below 1.
    pub fn new(share: f64, sampling: Sampling, world: UncertainCatalog<'a>) -> Self {
        let shares = world.shares(&sampling);
        let families = world.families();
        let mut draw = world.median();
        let sample = |sample| {
            world.draw(&mut draw, &shares, sample);
            let factor = |members: &Vec<usize>| world.speed_factor(&draw, members[0]);
            let factor_of_family = families.iter().map(factor).collect();
            Sample { runtimes: draw.runtimes.clone(), factor_of_family, idle_sibling: draw.idle_sibling }
        };
        let samples = (0..sampling.samples).map(sample).collect();
        let mut family_of_machine = vec![0; families.iter().map(Vec::len).sum()];
        for (family, members) in families.iter().enumerate() {
            for &machine in members {
                family_of_machine[machine] = family;
            }
        }
        Self { share, sampling, world, family_of_machine, samples }
    }

    /// The family of a machine type.
    fn family(&self, machine: &Machine) -> Option<usize> {
        Some(self.family_of_machine[self.world.machine(machine)?])
    }

    /// The cheapest plan out of those that, for each machine type, have the least count that holds in the share of
    /// samples asked for, and at the best estimates in any case.
    pub fn cheapest<'p>(
        &self,
        problem: &Problem<'_>,
        runtime: &'p Runtime,
        machines: &[&'p Machine],
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Plan<'p>, NoPlan> {
        let offers = Offers::new(runtime, machines.iter().copied(), policy.purchase);
        let demand = problem.demand_in(runtime, end)?;
        let at_best = problem.search_by(&BestEstimates, &offers, policy, demand);
        // The winner at the best estimates usually wins here too, and with it first most others are passed over.
        match at_best.least_within(None, f64::INFINITY) {
            None => at_best.cheapest(None, true),
            Some(first) => self.counting(problem, runtime, policy, end, |counting| {
                problem.search_by(counting, &offers, policy, demand).cheapest(Some(first.machine), true)
            }),
        }
    }

    /// Machines and bill of that plan where the bill may be no more than `usd` a month; `None` where every plan's is more. At the
    /// best estimates none is higher, so what is too much there is not looked for in samples.
    pub fn priced_within<'p>(
        &self,
        problem: &Problem<'_>,
        runtime: &'p Runtime,
        machines: &[&'p Machine],
        policy: Policy,
        end: RangeEnd,
        usd: f64,
    ) -> Option<Priced<'p>> {
        let offers = Offers::new(runtime, machines.iter().copied(), policy.purchase);
        let demand = problem.demand_in(runtime, end).ok()?;
        let first = problem.search_by(&BestEstimates, &offers, policy, demand).priced_within(None, usd)?;
        self.counting(problem, runtime, policy, end, |counting| {
            problem.search_by(counting, &offers, policy, demand).priced_within(Some(first.machine), usd)
        })
    }

    /// Asks for counts that hold in enough samples of a problem.
    fn counting<T>(
        &self,
        problem: &Problem<'_>,
        runtime: &Runtime,
        policy: Policy,
        end: RangeEnd,
        ask: impl FnOnce(&InScenarios<'_>) -> T,
    ) -> T {
        let draws = problem.workload.draws(&self.sampling);
        let family_today = problem.current_machine.and_then(|machine| self.family(machine));
        let scene = |(number, sample): (usize, &Sample)| {
            let drawn = |(machine, family): (&Machine, usize)| Machine {
                vcpu_speed: machine.vcpu_speed.map(|speed| speed * sample.factor_of_family[family]),
                ..machine.clone()
            };
            Scene {
                workload: problem.workload.sampled(&draws, number),
                current_machine: problem.current_machine.zip(family_today).map(drawn),
            }
        };
        let scenes: Vec<Scene> = self.samples.iter().enumerate().map(scene).collect();
        let scenario = |(sample, scene)| self.scenario(sample, scene, problem, runtime, end);
        let mut scenarios: Vec<_> = self.samples.iter().zip(&scenes).filter_map(scenario).collect();
        // What too few instances carry in too few of them is plain after those that ask for most.
        greatest_first(&mut scenarios, Scenario::busy);
        let scenarios = scenarios.iter().map(|it| (it, it.sizing_on(policy))).collect();
        let samples = self.samples.len();
        let needed = ((self.share * samples as f64).ceil() as usize).max(1);
        ask(&InScenarios { scenarios, confidence: self, samples, needed })
    }

    /// One sample of a problem; `None` where it has no demand in this runtime.
    fn scenario<'s>(
        &self,
        sample: &'s Sample,
        scene: &'s Scene,
        problem: &Problem<'_>,
        runtime: &Runtime,
        end: RangeEnd,
    ) -> Option<Scenario<'s>> {
        let current = &sample.runtimes[self.world.runtime(problem.current)?];
        let Scene { workload, current_machine } = scene;
        let machine = current_machine.as_ref();
        let sampled = Problem::with_idle_sibling(workload, current, machine, sample.idle_sibling).ok()?;
        let drawn = &sample.runtimes[self.world.runtime(runtime)?];
        let factor = match end {
            RangeEnd::Best => sampled.own_code_factor(drawn, end),
            RangeEnd::Low | RangeEnd::High => problem.own_code_factor(runtime, end),
        };
        let demand = sampled.today.demand_in(&scene.workload, drawn, factor).ok()?;
        Some(Scenario { problem: sampled, runtime: drawn, demand, sample })
    }
}

impl Scenario<'_> {
    /// Events that are handled or wait at peak, on vCPUs of speed 1.
    fn busy(&self) -> f64 {
        let Problem { workload, ref today, .. } = self.problem;
        workload.peak_rate() * (self.demand.handling() + today.wait_seconds)
    }

    fn sizing_on(&self, policy: Policy) -> SizingOn<'_> {
        Box::new(self.problem.sizing_on(self.runtime, self.demand, policy))
    }
}

impl Counting for InScenarios<'_> {
    fn count(&self, machine: &Machine, sizing: &Sizing, most: u64) -> Option<Count> {
        let best = sizing.count_within(most)?;
        let sizings = self.sizings(machine, sizing.binaries);
        self.members(&sizings, most).ok()?;
        let enough = |instances: u64| self.members(&sizings, instances).ok();
        let instances = least(best.instances, most, |instances| enough(instances).is_some()).unwrap_or(most);
        let members_per_instance = enough(instances)?.max(best.members_per_instance);
        Some(Count { instances, members_per_instance })
    }

    fn why_none(&self, machine: &Machine, sizing: &Sizing) -> Infeasible {
        match (sizing.count_within(MOST), self.members(&self.sizings(machine, sizing.binaries), MOST)) {
            (Some(_), Err(share)) => {
                Infeasible::Unsure { share, wanted: self.needed as f64 / self.samples as f64 }
            }
            _ => sizing.why_none(),
        }
    }
}

impl InScenarios<'_> {
    /// What sizing on a machine type starts from in each scenario, with so many binaries, once it is asked for.
    fn sizings<'m>(
        &'m self,
        machine: &'m Machine,
        binaries: u32,
    ) -> Vec<LazyCell<Sizing, impl FnOnce() -> Sizing + 'm>> {
        let known = machine.sustained_speed().zip(self.confidence.family(machine));
        let Some((speed, family)) = known else { return Vec::new() };
        let sizing = |(it, sizing_on): &'m (&'m Scenario<'m>, SizingOn<'m>)| {
            LazyCell::new(move || {
                sizing_on(machine, speed * it.sample.factor_of_family[family])
                    .in_binaries(it.runtime, binaries)
            })
        };
        self.scenarios.iter().map(sizing).collect()
    }

    /// The members an instance with which some instances hold in enough scenarios; else the share in which they do.
    ///
    /// Tried is the number that is enough in as many scenarios as are needed. More only ever hurt, by the memory that they
    /// take, so where that number fails a greater one can do no better.
    fn members(
        &self,
        sizings: &[LazyCell<Sizing, impl FnOnce() -> Sizing>],
        instances: u64,
    ) -> Result<u64, f64> {
        let mut each: Vec<u64> = Vec::with_capacity(sizings.len());
        let mut failed = self.samples - sizings.len();
        for sizing in sizings {
            match sizing.least_members(instances, &Constraint::ALL) {
                Some(members) => each.push(members),
                None => failed += 1,
            }
            if failed > self.samples - self.needed && instances < MOST {
                break;
            }
        }
        let share = |holding: usize| holding as f64 / self.samples as f64;
        if each.len() < self.needed {
            return Err(share(each.len()));
        }
        each.sort_unstable();
        let members = each[self.needed - 1];
        // One binary of threads is one member whatever the sample, so there it is known to hold.
        if each.first() == each.last() {
            return Ok(members);
        }
        let holding =
            sizings.iter().filter(|sizing| sizing.first_unmet(instances, members).is_none()).count();
        if holding >= self.needed { Ok(members) } else { Err(share(holding)) }
    }
}
