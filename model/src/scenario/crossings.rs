//! Where along one of its quantities the cheapest runtime for a workload changes.

use crate::decide::total_cost::TotalCost;
use crate::demand::event::DemandError;
use crate::problem::Problem;
use crate::runtime::Runtime;
pub use crate::scenario::axis::{Axis, CrossingSearch, IO_RATIO_STEP};
use crate::scenario::crossing_bills::{Along, Bills, compared};
use crate::scenario::envelope::{self, Envelope, Line, NEVER, Stretch};

/// Plans that a search makes at most.
pub const MOST_PLANS: usize = 4_000;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrossingsError {
    /// The wait is given, so nothing turns on the ratio.
    #[error(
        "io_wait_ms is given and stands instead of what io_ratio implies, so no cost changes with io_ratio"
    )]
    WaitGiven,
    /// There is nothing between the ends.
    #[error("the range is empty: it goes from {from} to {to}")]
    EmptyRange {
        /// Lower end.
        from: f64,
        /// Upper end.
        to: f64,
    },
    /// At some value of the axis the workload contradicts itself or its current profile.
    #[error(transparent)]
    Demand(#[from] DemandError),
}

/// A stretch of the axis with one choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval<'a> {
    /// First value.
    pub from: f64,
    /// Last value.
    pub to: f64,
    /// The cheapest runtime: of several, today's, else the one that stays among them longest. `None` where none can
    /// carry it.
    pub cheapest: Option<&'a Runtime>,
    /// Runtimes that cost the same throughout.
    pub tied: Vec<&'a Runtime>,
    /// Runtimes that cost the same in a part of it.
    pub tied_in_part: Vec<&'a Runtime>,
    /// The value at which the costs below are taken: its middle, or where that was not looked at and another choice is the
    /// cheapest there, its first.
    pub at: f64,
    /// What the cheapest costs there.
    pub total: Option<TotalCost>,
    /// The cheapest other runtime there, and what it costs more, USD a month.
    pub next: Option<(&'a Runtime, f64)>,
}

/// The choices along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossings<'a> {
    /// What is moved.
    pub axis: Axis,
    /// Stretches from left to right.
    pub intervals: Vec<Interval<'a>>,
    /// The choice at today's value, where that is in one of them.
    pub today: Option<Interval<'a>>,
    /// Runtimes left out, as their days for a feature are not known and features are built.
    pub left_out: Vec<&'a Runtime>,
    /// How closely all was looked at, as a share of the value: a change that is undone within that is missed. 0 where
    /// nothing is.
    pub exact_to: f64,
}

/// Whether two values are so far apart that between them equal ratios say more than equal steps.
pub fn is_wide(low: f64, high: f64) -> bool {
    low > 0.0 && high / low >= 20.0
}

impl<'a> CrossingSearch<'_, 'a> {
    /// The cheapest runtime, by its total a month, for each value of an axis between two.
    pub fn along(&self, axis: Axis, from: f64, to: f64) -> Result<Crossings<'a>, CrossingsError> {
        if axis == Axis::IoRatio && self.problem.workload.io_wait_seconds.is_some() {
            return Err(CrossingsError::WaitGiven);
        }
        let bills = Bills::new(self);
        let (stretches, exact_to) = match axis {
            Axis::FeaturesPerMonth => (self.by_features(&bills, from, to)?, 0.0),
            _ => by_steps(&bills, axis, from, to)?,
        };
        let current = self.runtimes.iter().position(|it| it.name == self.problem.current.name);
        let choices = choose(&stretches, current);
        let today = axis.input().get(self.problem.workload);
        // Steps of a ratio are not met to the last bit.
        let has = |it: &&Choice, value: f64| (it.from * (1.0 - 1e-9)..=it.to * (1.0 + 1e-9)).contains(&value);
        let here = today.and_then(|at| Some((at, choices.iter().rfind(|it| has(it, at))?)));
        let here = here.map(|(at, it)| Choice { from: at, to: at, tied_in_part: Vec::new(), ..it.clone() });
        let today = here.map(|choice| self.interval(&bills, axis, choice)).transpose()?;
        let intervals: Result<Vec<_>, _> =
            choices.into_iter().map(|choice| self.interval(&bills, axis, choice)).collect();
        let builds_features =
            axis == Axis::FeaturesPerMonth || self.problem.workload.outlook.features_per_month > 0.0;
        let left_out = self
            .runtimes
            .iter()
            .copied()
            .filter(|runtime| builds_features && runtime.language.days_per_feature.is_none())
            .collect();
        Ok(Crossings { axis, intervals: intervals?, today, left_out, exact_to })
    }

    /// `look` at the workload at a value of an axis.
    pub fn problem_at<T>(
        &self,
        axis: Axis,
        value: f64,
        look: impl FnOnce(&Problem<'_>) -> T,
    ) -> Result<T, DemandError> {
        let moved = axis.moved(self.problem.workload, value);
        let problem = match axis {
            Axis::EventsPerDay | Axis::FeaturesPerMonth => {
                Problem { workload: &moved, ..self.problem.clone() }
            }
            _ => Problem::new(&moved, self.problem.current, self.problem.current_machine)?,
        };
        Ok(self.changed(&problem, look))
    }

    /// The choices by features a month: a straight line for each runtime, as machines do not depend on them.
    fn by_features(
        &self,
        bills: &Bills<'_, 'a>,
        from: f64,
        to: f64,
    ) -> Result<Vec<Stretch<f64>>, CrossingsError> {
        if from >= to {
            return Err(CrossingsError::EmptyRange { from, to });
        }
        let mut lines = Vec::new();
        let mut positions = Vec::new();
        for position in 0..self.runtimes.len() {
            // At one feature a month, engineering is the slope.
            let total =
                self.problem_at(Axis::FeaturesPerMonth, 1.0, |problem| bills.total(problem, position))?;
            if let Some((compute, slope)) = total.and_then(|total| Some((total.compute, total.engineering?)))
            {
                lines.push(Line { at_zero: compute, slope });
                positions.push(position);
            }
        }
        let mut stretches = envelope::of_lines(&lines, from, to);
        for stretch in &mut stretches {
            stretch.lowest.iter_mut().for_each(|line| *line = positions[*line]);
        }
        Ok(stretches)
    }

    /// A stretch with what its choice costs in the middle.
    fn interval(
        &self,
        bills: &Bills<'_, 'a>,
        axis: Axis,
        choice: Choice,
    ) -> Result<Interval<'a>, CrossingsError> {
        let Choice { from, to, chosen, tied, tied_in_part } = choice;
        let middle = (from + to) / 2.0;
        let middle = match axis.step() {
            step if step > 0.0 => (middle / step).floor() * step,
            _ => middle,
        };
        let count = self.runtimes.len();
        let totals_at = |at| {
            self.problem_at(axis, at, |problem| {
                (0..count).map(|position| bills.total(problem, position)).collect::<Vec<_>>()
            })
        };
        let is_chosen = |totals: &[Option<TotalCost>]| {
            let least = totals.iter().map(|total| compared(*total)).min();
            chosen.map_or(Some(NEVER), |position| Some(compared(totals[position]))) == least
        };
        let mut at = middle;
        let mut totals = totals_at(at)?;
        if axis.step() > 0.0 && !is_chosen(&totals) {
            at = from;
            totals = totals_at(at)?;
        }
        let in_all = |position: usize| totals[position].and_then(|total| total.usd_per_month());
        let ours = chosen.and_then(in_all);
        let next = (0..count)
            .filter(|&position| Some(position) != chosen)
            .filter_map(|position| Some((self.runtimes[position], in_all(position)? - ours?)))
            .min_by(|one, other| one.1.total_cmp(&other.1));
        let named = |positions: Vec<usize>| positions.into_iter().map(|it| self.runtimes[it]).collect();
        Ok(Interval {
            from,
            to,
            cheapest: chosen.map(|position| self.runtimes[position]),
            tied: named(tied),
            tied_in_part: named(tied_in_part),
            at,
            total: chosen.and_then(|position| totals[position]),
            next,
        })
    }
}

/// The choices for each step of an axis, and how closely it was looked at.
fn by_steps(
    bills: &Bills<'_, '_>,
    axis: Axis,
    from: f64,
    to: f64,
) -> Result<(Vec<Stretch<f64>>, f64), CrossingsError> {
    let step = axis.step();
    let [low, high] = [from, to].map(|value| (value / step).round() as u64);
    if low >= high {
        return Err(CrossingsError::EmptyRange { from, to });
    }
    let mut along = Along::new(axis, bills);
    let Envelope { stretches, exact_to } = envelope::of_bounded(low, high, &mut along);
    if let Some(error) = along.error {
        return Err(error.into());
    }
    let in_units = |Stretch { from, to, lowest }: Stretch<u64>| Stretch {
        from: from as f64 * step,
        to: to as f64 * step,
        lowest,
    };
    Ok((stretches.into_iter().map(in_units).collect(), exact_to))
}

/// Neighbouring stretches in which one of the lowest is the same.
#[derive(Clone)]
struct Choice {
    from: f64,
    to: f64,
    chosen: Option<usize>,
    tied: Vec<usize>,
    tied_in_part: Vec<usize>,
}

/// One of the lowest for each stretch: `current` wherever it is one, else the one that stays among them longest, so
/// that the choice changes as seldom as it can.
fn choose(stretches: &[Stretch<f64>], current: Option<usize>) -> Vec<Choice> {
    let holds = |stretch: &Stretch<f64>, chosen: Option<usize>| match chosen {
        None => stretch.lowest.is_empty(),
        Some(_) if chosen == current => current.is_some_and(|it| stretch.lowest.contains(&it)),
        Some(it) => {
            stretch.lowest.contains(&it) && !current.is_some_and(|current| stretch.lowest.contains(&current))
        }
    };
    let mut choices = Vec::new();
    let mut rest = stretches;
    while let Some(first) = rest.first() {
        let run = |chosen| rest.iter().take_while(|stretch| holds(stretch, chosen)).count();
        // Of equal runs the first listed: max_by_key would take the last.
        let chosen = first.lowest.iter().copied().rev().max_by_key(|&position| run(Some(position)));
        let (together, after) = rest.split_at(run(chosen).max(1));
        let is_tied = |position: &usize| together.iter().all(|stretch| stretch.lowest.contains(position));
        let mut others: Vec<usize> = together.iter().flat_map(|stretch| stretch.lowest.clone()).collect();
        others.retain(|&position| Some(position) != chosen);
        others.sort_unstable();
        others.dedup();
        let (tied, tied_in_part) = others.into_iter().partition(is_tied);
        let to = together.last().map_or(first.to, |last| last.to);
        choices.push(Choice { from: first.from, to, chosen, tied, tied_in_part });
        rest = after;
    }
    choices
}
