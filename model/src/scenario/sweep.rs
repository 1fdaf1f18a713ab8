//! What a workload costs at a few values of one of its numbers, and roughly where the cheapest runtime changes.

use crate::cost::bill::micro_usd;
use crate::runtime::Runtime;
use crate::scenario::axis::Axis;
use crate::scenario::crossing_bills::Bills;
use crate::scenario::crossings::{CrossingSearch, CrossingsError, is_wide};

/// Values from the first to the last, both included, unless they are rounded to fewer.
const POINTS: u32 = 9;

/// A change is looked for until its neighbours differ by this share.
const TOLERANCE: f64 = 1e-3;

/// Values of a number with what each costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep<'a> {
    /// In rising order.
    pub points: Vec<SweepPoint<'a>>,
    /// Where the cheapest runtime changes, in rising order; changes that are undone between two points are missed.
    pub changes: Vec<Change<'a>>,
}

/// One value with what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepPoint<'a> {
    /// The value.
    pub value: f64,
    /// What each runtime costs in all, USD a month; `None` where it has no plan or its cost is not known.
    pub totals: Vec<(&'a Runtime, Option<f64>)>,
    /// The cheapest of them: of equal ones today's, else the first.
    pub cheapest: Option<&'a Runtime>,
}

/// Two values that lie close together with another cheapest runtime at each.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<'a> {
    /// The lower value.
    pub below: f64,
    /// The upper value.
    pub above: f64,
    /// The cheapest at the lower value; `None` where no runtime has a plan.
    pub from: Option<&'a Runtime>,
    /// The cheapest at the upper value.
    pub to: Option<&'a Runtime>,
}

/// So many values from one to another, in equal ratios where these are far apart, else in equal steps.
fn spaced((from, to): (f64, f64), count: u32, is_wide: bool) -> impl Iterator<Item = f64> {
    let share = move |number| f64::from(number) / f64::from(count.max(2) - 1);
    let at = move |share| if is_wide { from * (to / from).powf(share) } else { from + (to - from) * share };
    (0..count).map(share).map(at)
}

/// Values from one to another, in equal ratios where they are far apart, else in equal steps, rounded to three digits.
fn values(from: f64, to: f64, is_whole: bool) -> Vec<f64> {
    let is_wide = from > 0.0 && to / from >= 10.0;
    let between = spaced((from, to), POINTS, is_wide).skip(1).take(POINTS as usize - 2).map(three_digits);
    let all = std::iter::once(from).chain(between).chain([to]);
    let mut values: Vec<f64> = all.map(|value| if is_whole { value.round() } else { value }).collect();
    values.dedup();
    values
}

fn three_digits(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let scale = 10f64.powi(2 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

impl<'a> CrossingSearch<'_, 'a> {
    /// What the workload costs at a few values of a number from `from` to `to` with today's among them, and where between two of them the cheapest
    /// runtime changes. What an event takes is read anew at each. Values that the rest of the workload does not allow,
    /// such as a skew above the number of partitions, are left out.
    ///
    /// Fails where fewer than two values are left, or where a value contradicts the workload.
    pub fn over(&self, axis: Axis, from: f64, to: f64, is_whole: bool) -> Result<Sweep<'a>, CrossingsError> {
        if from >= to {
            return Err(CrossingsError::EmptyRange { from, to });
        }
        let mut values = values(from, to, is_whole);
        let today = axis.input().get(self.problem.workload);
        values.extend(today.filter(|it| (from..=to).contains(it) && !values.contains(it)));
        values.sort_by(f64::total_cmp);
        values.retain(|&value| axis.input().get(&axis.moved(self.problem.workload, value)) == Some(value));
        if values.len() < 2 {
            return Err(CrossingsError::EmptyRange { from, to });
        }
        let bills = Bills::new(self);
        let at = |value: f64| self.point(&bills, axis, value);
        let points = values.iter().map(|&value| at(value)).collect::<Result<Vec<_>, _>>()?;
        let mut changes = Vec::new();
        for (low, high) in points.iter().zip(&points[1..]) {
            let is_spent = || bills.is_spent();
            narrow(low.clone(), high.clone(), is_whole, &at, &is_spent, &mut changes)?;
        }
        Ok(Sweep { points, changes })
    }

    /// What each runtime costs at `count` values from one to another, in equal ratios where these are far apart.
    pub fn drawn(
        &self,
        axis: Axis,
        (from, to): (f64, f64),
        count: u32,
    ) -> Result<Vec<SweepPoint<'a>>, CrossingsError> {
        let bills = Bills::new(self);
        let step = axis.step();
        let on_step = |value: f64| if step > 0.0 { (value / step).round() * step } else { value };
        let values = spaced((from, to), count, is_wide(from, to)).map(on_step);
        values.map(|value| self.point(&bills, axis, value)).collect()
    }

    fn point(&self, bills: &Bills<'_, 'a>, axis: Axis, value: f64) -> Result<SweepPoint<'a>, CrossingsError> {
        let totals: Vec<(&'a Runtime, Option<f64>)> = self.problem_at(axis, value, |problem| {
            let total = |position| bills.total(problem, position).and_then(|total| total.usd_per_month());
            self.runtimes.iter().enumerate().map(|(position, runtime)| (*runtime, total(position))).collect()
        })?;
        let bill = |total: &(&Runtime, Option<f64>)| total.1.map(micro_usd);
        let least = totals.iter().filter_map(bill).min();
        let is_least = |total: &&(&'a Runtime, Option<f64>)| least.is_some() && bill(total) == least;
        let is_current = |total: &&(&Runtime, Option<f64>)| total.0.name == self.problem.current.name;
        let cheapest =
            totals.iter().filter(is_least).find(is_current).or_else(|| totals.iter().find(is_least));
        Ok(SweepPoint { value, cheapest: cheapest.map(|(runtime, _)| *runtime), totals })
    }
}

/// Halves the stretch between two points until they are close together or have the same choice.
fn narrow<'a>(
    low: SweepPoint<'a>,
    high: SweepPoint<'a>,
    is_whole: bool,
    at: &impl Fn(f64) -> Result<SweepPoint<'a>, CrossingsError>,
    is_spent: &impl Fn() -> bool,
    changes: &mut Vec<Change<'a>>,
) -> Result<(), CrossingsError> {
    let name = |point: &SweepPoint<'a>| point.cheapest.map(|runtime| runtime.name.as_str());
    if name(&low) == name(&high) {
        return Ok(());
    }
    let least = if is_whole { 1.0 } else { 0.0 };
    let width = high.value - low.value;
    if width <= f64::max(least, TOLERANCE * high.value.abs()) || is_spent() {
        // Changes that follow each other at once are one, as costs that are equal there may name any runtime.
        match changes.last_mut().filter(|last| !is_whole && last.above == low.value) {
            Some(last) => (last.above, last.to) = (high.value, high.cheapest),
            None => changes.push(Change {
                below: low.value,
                above: high.value,
                from: low.cheapest,
                to: high.cheapest,
            }),
        }
        return Ok(());
    }
    let half = low.value + width / 2.0;
    let middle = at(if is_whole { half.floor() } else { half })?;
    narrow(low, middle.clone(), is_whole, at, is_spent, changes)?;
    narrow(middle, high, is_whole, at, is_spent, changes)
}
