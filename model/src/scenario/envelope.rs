//! Which of several functions is the lowest, and where that changes.

use crate::cost::bill::micro_usd;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The value of a function where it has none: never the lowest.
pub const NEVER: u64 = u64::MAX;

/// A stretch of an axis over which the same functions are the lowest.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch<T> {
    /// Where it begins.
    pub from: T,
    /// Where it ends. A stretch of whole numbers includes this; one of a line shares it with the next.
    pub to: T,
    /// The lowest of the functions by their positions, several where they are equal, none where all are [`NEVER`].
    pub lowest: Vec<usize>,
}

/// Functions of whole numbers.
pub trait Functions {
    /// How many.
    fn count(&self) -> usize;

    /// One of them, by its position, at a number; [`NEVER`] where it has no value.
    fn value(&mut self, function: usize, at: u64) -> u64;

    /// What it is neither below nor above anywhere between two numbers, these included. The narrower the stretch, the closer
    /// they have to be.
    fn bounds(&mut self, function: usize, from: u64, to: u64) -> [u64; 2];

    /// Whether no more may be asked.
    fn is_spent(&self) -> bool;
}

/// The lowest of some functions.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// From left to right.
    pub stretches: Vec<Stretch<u64>>,
    /// The width of the widest stretch that was not followed to its end, over its upper end: a change in it is told at its
    /// upper end, and one that is undone in it is missed. 0 where nothing is.
    pub exact_to: f64,
}

/// How much sooner a stretch with a change in it is looked into than one without, by its width.
const SOONER: f64 = 1000.0;

/// A stretch of which it is not known whether the lowest are the same throughout.
struct Open {
    from: u64,
    to: u64,
    /// The lowest at both ends.
    lowest: [Vec<usize>; 2],
    /// Functions that may be the lowest somewhere in it, those that are constant in it with their value.
    contenders: Vec<(usize, Option<u64>)>,
}

impl Open {
    fn width(&self) -> f64 {
        (self.to - self.from) as f64 / self.to as f64
    }

    fn urgency(&self) -> f64 {
        let has_change = self.lowest[0] != self.lowest[1];
        self.width() * if has_change { SOONER } else { 1.0 }
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        self.urgency().total_cmp(&other.urgency()).then(other.from.cmp(&self.from))
    }
}

/// The lowest of some functions for every whole number from `from` up to `to`.
///
/// A function whose lower bound in a stretch is above the least upper bound is nowhere the lowest in it. Where one is left, or
/// all that are left are constant, nothing changes in the stretch; else it is halved, the widest first. So the answer is exact
/// unless more would have to be asked than may be.
pub fn of_bounded(from: u64, to: u64, functions: &mut impl Functions) -> Envelope {
    let all: Vec<(usize, Option<u64>)> = (0..functions.count()).map(|function| (function, None)).collect();
    let ends = [from, to].map(|at| lowest_of(functions, &all, at));
    let mut changes = vec![(from, ends[0].clone()), (to, ends[1].clone())];
    let mut open: BinaryHeap<Open> = BinaryHeap::new();
    open.extend(unsettled(functions, Open { from, to, lowest: ends, contenders: all }));
    while !functions.is_spent()
        && let Some(Open { from, to, lowest: [first, last], contenders }) = open.pop()
    {
        let middle = from + (to - from) / 2;
        let between = lowest_of(functions, &contenders, middle);
        changes.push((middle, between.clone()));
        let halves = [(from, middle, [first, between.clone()]), (middle, to, [between, last])];
        for (from, to, lowest) in halves {
            open.extend(unsettled(functions, Open { from, to, lowest, contenders: contenders.clone() }));
        }
    }
    changes.sort_by_key(|(at, _)| *at);
    changes.dedup_by(|later, earlier| later.1 == earlier.1);
    let exact_to = open.iter().map(Open::width).fold(0.0, f64::max);
    Envelope { stretches: stretches(changes, to), exact_to }
}

/// A stretch with those that contend in it, unless it is settled.
fn unsettled(functions: &mut impl Functions, stretch: Open) -> Option<Open> {
    let Open { from, to, contenders, .. } = &stretch;
    if to - from <= 1 {
        return None;
    }
    let bounded: Vec<(usize, [u64; 2])> = contenders
        .iter()
        .map(|&(function, constant)| {
            let bounds = constant.map_or_else(|| functions.bounds(function, *from, *to), |value| [value; 2]);
            (function, bounds)
        })
        .collect();
    let ceiling = bounded.iter().map(|(_, [_, high])| *high).min().unwrap_or(NEVER);
    let contends = |(_, [low, _]): &&(usize, [u64; 2])| *low <= ceiling;
    let constant = |[low, high]: [u64; 2]| (low == high).then_some(low);
    let contenders: Vec<(usize, Option<u64>)> =
        bounded.iter().filter(contends).map(|(function, bounds)| (*function, constant(*bounds))).collect();
    let one_is_left = ceiling != NEVER && contenders.len() == 1;
    let is_settled = one_is_left || contenders.iter().all(|(_, constant)| constant.is_some());
    (!is_settled).then_some(Open { contenders, ..stretch })
}

/// The lowest of those that contend.
fn lowest_of(functions: &mut impl Functions, contenders: &[(usize, Option<u64>)], at: u64) -> Vec<usize> {
    let values: Vec<(usize, u64)> = contenders
        .iter()
        .map(|&(function, constant)| (function, constant.unwrap_or_else(|| functions.value(function, at))))
        .collect();
    let least = values.iter().map(|(_, value)| *value).min().unwrap_or(NEVER);
    values.into_iter().filter(|(_, value)| least != NEVER && *value == least).map(|(it, _)| it).collect()
}

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Its value at 0, USD.
    pub at_zero: f64,
    /// What is added for each unit, USD.
    pub slope: f64,
}

impl Line {
    fn at(self, x: f64) -> f64 {
        self.at_zero + self.slope * x
    }

    /// Whether both are the same to a millionth of a dollar.
    fn equals(self, other: Self) -> bool {
        micro_usd(self.at_zero) == micro_usd(other.at_zero) && micro_usd(self.slope) == micro_usd(other.slope)
    }
}

/// The lowest of several lines from `from` to `to`: it changes where lines p and q meet, at
/// `x = (q(0) - p(0)) / (slope_p - slope_q)`.
pub fn of_lines(lines: &[Line], from: f64, to: f64) -> Vec<Stretch<f64>> {
    let first = lines.iter().copied().min_by(|one, other| {
        micro_usd(one.at(from)).cmp(&micro_usd(other.at(from))).then(one.slope.total_cmp(&other.slope))
    });
    let Some(mut lowest) = first else { return vec![Stretch { from, to, lowest: Vec::new() }] };
    let mut stretches = Vec::new();
    let mut at = from;
    loop {
        let meets = |other: &Line| (other.at_zero - lowest.at_zero) / (lowest.slope - other.slope);
        let next = lines
            .iter()
            .filter(|other| other.slope < lowest.slope && !other.equals(lowest))
            .map(|other| (meets(other), *other))
            .filter(|(x, _)| *x > at && *x < to)
            .min_by(|one, other| one.0.total_cmp(&other.0).then(one.1.slope.total_cmp(&other.1.slope)));
        let equal = (0..lines.len()).filter(|&index| lines[index].equals(lowest)).collect();
        stretches.push(Stretch { from: at, to: next.map_or(to, |(x, _)| x), lowest: equal });
        match next {
            Some((x, line)) => (at, lowest) = (x, line),
            None => return stretches,
        }
    }
}

fn stretches(changes: Vec<(u64, Vec<usize>)>, to: u64) -> Vec<Stretch<u64>> {
    let ends: Vec<u64> = changes.iter().skip(1).map(|(start, _)| start - 1).chain([to]).collect();
    changes.into_iter().zip(ends).map(|((from, lowest), to)| Stretch { from, to, lowest }).collect()
}
