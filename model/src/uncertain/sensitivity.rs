//! Target matters: how far each uncertain number moves the bill by itself.

use crate::decide::planned::PlannedWorkload;
use crate::runtime::Runtime;
use crate::uncertain::catalog::{Quantity, SampledWorld, Target, UncertainCatalog};
use crate::uncertain::distribution::Distribution;
use crate::uncertain::monte_carlo::{Market, WorkloadSampler};
use crate::workload::Input;
use crate::workload::Workload;

/// The share at which a number is low, and how far below 1 the one is at which it is high.
const LOW: f64 = 0.1;

/// One uncertain number at its P10 and its P90, all others at their medians.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// Target is uncertain: a column of the workload, a figure of a profile or a speed.
    pub input: String,
    /// Which number of the workload, where it is one.
    pub column: Option<Input>,
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
    /// Target moving to the other runtime saves with the number at its P10, less what features cost more in it, USD a month.
    pub moving_saves_at_p10: Option<f64>,
    /// The same at its P90.
    pub moving_saves_at_p90: Option<f64>,
}

impl Swing {
    /// How far the bill moves, USD a month; without bound where there is no plan at one end.
    pub fn of_bill(&self) -> f64 {
        difference(self.usd_per_month_at_p10, self.usd_per_month_at_p90)
    }

    /// How far the saving moves, USD a month.
    pub fn of_saving(&self) -> f64 {
        difference(self.moving_saves_at_p10, self.moving_saves_at_p90)
    }
}

fn difference(one: Option<f64>, other: Option<f64>) -> f64 {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs(),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    }
}

/// Target moves the bill of one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// The runtime whose bill it is: that of the recommended plan, else the first with a plan.
    pub runtime: String,
    /// The other runtime: the one that samples were moved to, else the cheapest at the best estimates.
    pub moving_to: Option<String>,
    /// Numbers that move the bill or the saving, those that move the bill most first.
    pub swings: Vec<Swing>,
    /// How many uncertain numbers move neither by themselves.
    pub without_effect: usize,
}

/// The numbers that matter for one workload of a fleet; `None` where no runtime has a plan.
pub fn tornado(entry: &PlannedWorkload<'_>, world: &UncertainCatalog<'_>) -> Option<Tornado> {
    let position = |name: &str| entry.plans.iter().position(|(runtime, _)| runtime.name == name);
    let it = &entry.recommendation;
    let chosen = it.chosen.as_ref().and_then(|plan| position(&plan.runtime.name));
    let looked_at = chosen.or_else(|| entry.plans.iter().position(|(_, plan)| plan.is_ok()))?;
    let current = position(&entry.problem.current.name);
    let sampled = entry.risk.as_ref().and_then(|risk| risk.moving.as_ref()).map(|moving| &moving.to);
    let moving_to = sampled.or(it.elsewhere.as_ref().map(|plan| &plan.runtime.name));
    let other = moving_to.and_then(|name| position(name));

    let cast = WorkloadSampler::new(entry, world);
    let candidates = world.positions(&entry.planner.machines);
    let bills = |workload: &Workload, draw: &SampledWorld| -> (Option<f64>, Option<f64>) {
        let outcomes = cast.outcomes(workload, &Market::new(draw, &candidates, &entry.planner));
        let saves = current.and(other).map(|to| outcomes[to].moving_saves);
        (outcomes[looked_at].usd_per_month, saves.filter(|saves| saves.is_finite()))
    };
    let swing = |input: String,
                 column,
                 distribution: Distribution,
                 at: &dyn Fn(f64) -> (Option<f64>, Option<f64>)| {
        let [low, high] = [at(LOW), at(1.0 - LOW)];
        Swing {
            input,
            column,
            p10: distribution.quantile(LOW),
            p50: distribution.median(),
            p90: distribution.quantile(1.0 - LOW),
            usd_per_month_at_p10: low.0,
            usd_per_month_at_p90: high.0,
            moving_saves_at_p10: low.1,
            moving_saves_at_p90: high.1,
        }
    };
    let workload = entry.problem.workload;
    let median = world.median();
    let of_workload = workload.ranges.iter().map(|range| {
        swing(range.input.column().to_owned(), Some(range.input), range.distribution, &|share| {
            let drawn = workload.drawn(|input| if input == range.input { share } else { 0.5 });
            bills(&drawn, &median)
        })
    });
    let involved = [Some(looked_at), current, other];
    let involved: Vec<&Runtime> = involved.into_iter().flatten().map(|index| entry.plans[index].0).collect();
    let is_involved = |index: &usize| {
        let mut runtimes = involved.iter().copied().chain([entry.problem.current]);
        runtimes.any(|runtime| world.runtime(runtime) == Some(*index))
    };
    let concerns = |quantity: &&Quantity| match &quantity.what {
        Target::Figure { runtime, .. } => is_involved(runtime),
        Target::Language { runtimes, .. } => runtimes.iter().any(is_involved),
        Target::MeasuredOn { .. } | Target::Speed { .. } | Target::IdleSibling => true,
    };
    let of_world = world.quantities().iter().filter(concerns).map(|quantity| {
        swing(quantity.name.clone(), None, quantity.distribution, &|share| {
            let mut draw = median.clone();
            world.set(&mut draw, quantity, share);
            bills(workload, &draw)
        })
    });
    let all: Vec<Swing> = of_workload.chain(of_world).collect();
    let tried = all.len();
    let moves = |swing: &Swing| swing.of_bill() > 0.0 || swing.of_saving() > 0.0;
    let mut swings: Vec<Swing> = all.into_iter().filter(moves).collect();
    swings.sort_by(|one, another| {
        let by_bill = another.of_bill().total_cmp(&one.of_bill());
        by_bill.then(another.of_saving().total_cmp(&one.of_saving()))
    });
    Some(Tornado {
        runtime: entry.plans[looked_at].0.name.clone(),
        moving_to: moving_to.cloned(),
        without_effect: tried - swings.len(),
        swings,
    })
}
