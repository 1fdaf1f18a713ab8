//! What matters: how far each uncertain number moves the bill by itself.

use crate::decide::planned::PlannedWorkload;
use crate::grouped::grouped;
use crate::ranked::greatest_first;
use crate::runtime::Evidence;
use crate::uncertain::catalog::{Quantity, Target, UncertainCatalog};
use crate::uncertain::distribution::Distribution;
use crate::uncertain::monte_carlo::{Market, WorkloadSampler};
use crate::workload::{Input, Workload};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The share at which a number is low, and how far below 1 the one is at which it is high.
const LOW: f64 = 0.1;

/// One uncertain number at its P10 and its P90, all others at their medians.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// What is uncertain: a column of the workload, a figure of a profile or a speed.
    pub input: String,
    /// Which number of the workload, where it is one.
    pub column: Option<Input>,
    /// What it stands on; `None` of a column, whose range is given.
    pub evidence: Option<Evidence>,
    /// Its 10th percentile: of a column, in the unit of the field that it sets (bytes, seconds, shares); of a speed, the
    /// factor on it; of a profile's figure, in SI units.
    pub p10: f64,
    /// Its median.
    pub p50: f64,
    /// Its 90th percentile.
    pub p90: f64,
    /// Bill of the runtime looked at with the number at its P10, USD a month; `None` without a plan.
    pub usd_per_month_at_p10: Option<f64>,
    /// The same at its P90.
    pub usd_per_month_at_p90: Option<f64>,
    /// What moving to the other runtime saves with the number at its P10, less what features cost more in it, USD a month.
    pub moving_saves_at_p10: Option<f64>,
    /// The same at its P90.
    pub moving_saves_at_p90: Option<f64>,
}

impl Swing {
    fn new(
        input: String,
        column: Option<Input>,
        evidence: Option<Evidence>,
        distribution: Distribution,
        [low, high]: [Bill; 2],
    ) -> Self {
        Self {
            input,
            column,
            evidence,
            p10: distribution.quantile(LOW),
            p50: distribution.median(),
            p90: distribution.quantile(1.0 - LOW),
            usd_per_month_at_p10: low.0,
            usd_per_month_at_p90: high.0,
            moving_saves_at_p10: low.1,
            moving_saves_at_p90: high.1,
        }
    }

    /// How far the bill moves, USD a month; without bound where there is no plan at one end.
    pub fn of_bill(&self) -> f64 {
        difference(self.usd_per_month_at_p10, self.usd_per_month_at_p90)
    }

    /// How far the saving moves, USD a month.
    pub fn of_saving(&self) -> f64 {
        difference(self.moving_saves_at_p10, self.moving_saves_at_p90)
    }
}

/// How far two bills or savings are apart, USD a month; without bound where there is one of them alone.
pub(crate) fn difference(one: Option<f64>, other: Option<f64>) -> f64 {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs(),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    }
}

/// What moves the bill of one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// The workload.
    pub workload: String,
    /// The runtime whose bill it is: that of the recommended plan, else today's, else the first with a plan.
    pub runtime: String,
    /// That bill at the best estimates, USD a month.
    pub usd_per_month: f64,
    /// The other runtime: the one that samples were moved to, else the cheapest at the best estimates.
    pub moving_to: Option<String>,
    /// Numbers that move the bill or the saving, those that move the bill most first.
    pub swings: Vec<Swing>,
    /// How many uncertain numbers move neither by themselves.
    pub without_effect: usize,
}

/// One uncertain number of a fleet at its P10 and its P90, all others at their medians.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetSwing {
    /// What is uncertain; a column with its workload before it.
    pub input: String,
    /// What it stands on; `None` of a column, whose range is given.
    pub evidence: Option<Evidence>,
    /// How much more than at the best estimates all bills are with the number at its P10, USD a month.
    pub more_at_p10: f64,
    /// The same at its P90.
    pub more_at_p90: f64,
    /// Workloads without a plan at one of both: these count as if they did not move.
    pub without_plan: usize,
}

impl FleetSwing {
    /// How far the bills move, USD a month.
    pub fn of_bills(&self) -> f64 {
        (self.more_at_p10 - self.more_at_p90).abs()
    }
}

/// The numbers that matter for one workload of a fleet; `None` where no runtime has a plan, or what runs today contradicts itself.
pub fn tornado(entry: &PlannedWorkload<'_>, world: &UncertainCatalog<'_>) -> Option<Tornado> {
    tornados(&[entry], world).pop()
}

/// The numbers that matter for some workloads together, those that move their bills most first. One that several depend on,
/// such as a figure of a profile, moves them all at once.
pub fn of_fleet(entries: &[&PlannedWorkload<'_>]) -> Vec<FleetSwing> {
    let mut all: BTreeMap<String, FleetSwing> = BTreeMap::new();
    for group in grouped(entries.iter().copied(), |one, other| Arc::ptr_eq(&one.planner, &other.planner)) {
        let planner = &group[0].planner;
        let problems = group.iter().map(|entry| &entry.problem);
        let world = UncertainCatalog::of(&planner.runtimes, &planner.machines, problems);
        for Tornado { workload, usd_per_month, swings, .. } in tornados(&group, &world) {
            for Swing { input, column, evidence, usd_per_month_at_p10, usd_per_month_at_p90, .. } in swings {
                let input = if column.is_some() { format!("{workload}: {input}") } else { input };
                let ends = usd_per_month_at_p10.zip(usd_per_month_at_p90);
                let none =
                    FleetSwing { input, evidence, more_at_p10: 0.0, more_at_p90: 0.0, without_plan: 0 };
                let it = all.entry(none.input.clone()).or_insert(none);
                it.without_plan += usize::from(ends.is_none());
                it.more_at_p10 += ends.map_or(0.0, |(low, _)| low - usd_per_month);
                it.more_at_p90 += ends.map_or(0.0, |(_, high)| high - usd_per_month);
            }
        }
    }
    let mut all: Vec<FleetSwing> = all.into_values().collect();
    greatest_first(&mut all, FleetSwing::of_bills);
    all
}

/// A bill and what moving saves, USD a month.
type Bill = (Option<f64>, Option<f64>);

/// A workload whose bill is looked at.
struct Subject<'e> {
    workload: &'e Workload,
    sampler: WorkloadSampler<'e>,
    /// Places of the runtime looked at and of the other one among those of the sampler.
    looked_at: usize,
    other: Option<usize>,
    /// Runtimes that the bills depend on, by their places in the world.
    runtimes: BTreeSet<usize>,
    tornado: Tornado,
}

impl<'e> Subject<'e> {
    fn new(entry: &'e PlannedWorkload<'_>, world: &UncertainCatalog<'_>) -> Option<Self> {
        let position = |name: &str| entry.plans.iter().position(|(runtime, _)| runtime.name == name);
        let it = &entry.recommendation;
        if it.baseline.is_contradictory() {
            return None;
        }
        let chosen = it.chosen.as_ref().and_then(|plan| position(&plan.runtime.name));
        let current = position(&entry.problem.current.name);
        let looked_at = chosen
            .or(current.filter(|&index| entry.plans[index].1.is_ok()))
            .or_else(|| entry.plans.iter().position(|(_, plan)| plan.is_ok()))?;
        let (runtime, plan) = &entry.plans[looked_at];
        let sampled = entry.risk.as_ref().and_then(|risk| risk.moving.as_ref()).map(|moving| &moving.to);
        let moving_to = sampled.or(it.elsewhere.as_ref().map(|plan| &plan.runtime.name));
        let other = moving_to.and_then(|name| position(name));
        let involved: BTreeSet<usize> = [Some(looked_at), current, other].into_iter().flatten().collect();
        let place = |index: usize| involved.iter().position(|known| *known == index);
        let runtimes = involved.iter().map(|&index| entry.plans[index].0).chain([entry.problem.current]);
        Some(Self {
            workload: entry.problem.workload,
            sampler: WorkloadSampler::new(entry, involved.iter().copied(), world),
            looked_at: place(looked_at)?,
            other: current.and(other).and_then(place),
            runtimes: runtimes.filter_map(|runtime| world.runtime(runtime)).collect(),
            tornado: Tornado {
                workload: entry.problem.workload.name.clone(),
                runtime: runtime.name.clone(),
                usd_per_month: plan.as_ref().ok()?.usd_per_month,
                moving_to: moving_to.cloned(),
                swings: Vec::new(),
                without_effect: 0,
            },
        })
    }

    fn bill(&self, workload: &Workload, market: &Market<'_>) -> Bill {
        let outcomes = self.sampler.outcomes(workload, market);
        let saves = self.other.map(|to| outcomes[to].moving_saves);
        (outcomes[self.looked_at].usd_per_month, saves.filter(|saves| saves.is_finite()))
    }

    fn depends_on(&self, quantity: &Quantity) -> bool {
        match &quantity.what {
            Target::Figure { runtime, .. } => self.runtimes.contains(runtime),
            Target::Language { runtimes, .. } => runtimes.iter().any(|it| self.runtimes.contains(it)),
            Target::MeasuredOn { .. } | Target::Speed { .. } | Target::IdleSibling => true,
        }
    }

    /// Keeps a number if it moves the bill or the saving.
    fn keep(&mut self, tried: Swing) {
        match tried.of_bill() > 0.0 || tried.of_saving() > 0.0 {
            true => self.tornado.swings.push(tried),
            false => self.tornado.without_effect += 1,
        }
    }
}

/// Those of workloads with one planner that have a plan, in their order.
fn tornados(entries: &[&PlannedWorkload<'_>], world: &UncertainCatalog<'_>) -> Vec<Tornado> {
    let Some(planner) = entries.first().map(|entry| &entry.planner) else { return Vec::new() };
    let mut subjects: Vec<Subject<'_>> = entries.iter().filter_map(|it| Subject::new(it, world)).collect();
    let candidates = world.positions(&planner.machines);
    let median = world.median();
    let at_medians = Market::new(&median, &candidates, planner);
    for subject in &mut subjects {
        for range in &subject.workload.ranges {
            let ends = [LOW, 1.0 - LOW].map(|share| {
                let drawn = subject.workload.drawn(|input| if input == range.input { share } else { 0.5 });
                subject.bill(&drawn, &at_medians)
            });
            let input = range.input.column().to_owned();
            subject.keep(Swing::new(input, Some(range.input), None, range.distribution, ends));
        }
    }
    for quantity in world.quantities() {
        let ends = [LOW, 1.0 - LOW].map(|share| {
            let mut draw = median.clone();
            world.set(&mut draw, quantity, share);
            let market = Market::new(&draw, &candidates, planner);
            let bill = |it: &Subject<'_>| it.depends_on(quantity).then(|| it.bill(it.workload, &market));
            subjects.iter().map(bill).collect::<Vec<Option<Bill>>>()
        });
        let [low, high] = ends;
        for ((subject, low), high) in subjects.iter_mut().zip(low).zip(high) {
            if let Some((low, high)) = low.zip(high) {
                let Quantity { name, evidence, distribution, .. } = quantity;
                let swing = Swing::new(name.clone(), None, Some(*evidence), *distribution, [low, high]);
                subject.keep(swing);
            }
        }
    }
    let sorted = |mut it: Tornado| {
        it.swings.sort_by(|one, another| {
            let by_bill = another.of_bill().total_cmp(&one.of_bill());
            by_bill.then(another.of_saving().total_cmp(&one.of_saving()))
        });
        it
    };
    subjects.into_iter().map(|subject| sorted(subject.tornado)).collect()
}
