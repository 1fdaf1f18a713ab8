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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Functions by what they give; bounded by their ends where they never fall, else by looking everywhere.
    struct Tables<F> {
        count: usize,
        value: F,
        rising: bool,
        asked: usize,
        budget: usize,
    }

    impl<F: Fn(usize, u64) -> u64> Functions for Tables<F> {
        fn count(&self) -> usize {
            self.count
        }

        fn value(&mut self, function: usize, at: u64) -> u64 {
            self.asked += 1;
            (self.value)(function, at)
        }

        fn bounds(&mut self, function: usize, from: u64, to: u64) -> [u64; 2] {
            self.asked += 2;
            if self.rising {
                return [from, to].map(|at| (self.value)(function, at));
            }
            let all = (from..=to).map(|at| (self.value)(function, at));
            [all.clone().min().unwrap(), all.max().unwrap()]
        }

        fn is_spent(&self) -> bool {
            self.asked >= self.budget
        }
    }

    fn rising<F: Fn(usize, u64) -> u64>(count: usize, value: F) -> Tables<F> {
        Tables { count, value, rising: true, asked: 0, budget: usize::MAX }
    }

    /// What looking at every number finds.
    fn by_force(from: u64, to: u64, count: usize, value: impl Fn(usize, u64) -> u64) -> Vec<Stretch<u64>> {
        let all: Vec<(usize, Option<u64>)> = (0..count).map(|function| (function, None)).collect();
        let mut functions = rising(count, value);
        let mut changes: Vec<_> = (from..=to).map(|x| (x, lowest_of(&mut functions, &all, x))).collect();
        changes.dedup_by(|later, earlier| later.1 == earlier.1);
        stretches(changes, to)
    }

    #[test]
    fn two_staircases() {
        // 3, 3, 6, 6, 9, 9, ... against 4, 4, 4, 8, 8, 8, ...: 3 | 4 | 6 6 8 ...
        //   x        0 1 2 3 4 5
        //   first    3 3 6 6 9 9
        //   second   4 4 4 8 8 8
        let value = |function: usize, x: u64| if function == 0 { 3 * (x / 2 + 1) } else { 4 * (x / 3 + 1) };
        let stretch = |from, to, lowest: &[usize]| Stretch { from, to, lowest: lowest.to_vec() };
        let expected =
            vec![stretch(0, 1, &[0]), stretch(2, 2, &[1]), stretch(3, 3, &[0]), stretch(4, 5, &[1])];
        let found = of_bounded(0, 5, &mut rising(2, value));
        assert_eq!((found.stretches, found.exact_to), (expected, 0.0));
    }

    #[test]
    fn few_values_are_asked_for() {
        // 1 up to a million against 2 always: one change, and 20 halvings to find it.
        let value = |function, x| match (function, x < 1_000_000) {
            (1, _) => 2,
            (_, true) => 1,
            _ => 3,
        };
        let mut functions = rising(2, value);
        let found = of_bounded(0, 1 << 40, &mut functions).stretches;
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].to, found[1].from), (999_999, 1_000_000));
        assert!(functions.asked <= 8 + 6 * 40, "{}", functions.asked);
    }

    /// Two equal staircases of a million steps, the second of which is a step ahead at one place: nothing that bounds can
    /// settle, so the search ends when it has asked what it may, and tells how closely it has looked.
    #[test]
    fn equal_staircases_end_by_what_may_be_asked() {
        let mut functions = Tables { budget: 5000, ..rising(2, |_, x| x / 7) };
        let found = of_bounded(1, 7_000_000, &mut functions);
        assert_eq!(found.stretches, [Stretch { from: 1, to: 7_000_000, lowest: vec![0, 1] }]);
        assert!(functions.asked < 5020 && found.exact_to > 0.0 && found.exact_to < 0.05, "{found:?}");
        // A change among them is followed a thousand times closer than the rest: the second is higher from 3,333,330 on.
        let mut functions =
            Tables { budget: 5000, ..rising(2, |f, x| x / 7 + u64::from(f == 1 && x >= 3_333_330)) };
        let found = of_bounded(1, 7_000_000, &mut functions).stretches;
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].lowest, [0]);
        assert!((3_333_330..3_333_430).contains(&found[1].from), "{found:?}");
    }

    #[test]
    fn where_nothing_has_a_value_nothing_is_the_lowest() {
        let found = of_bounded(1, 9, &mut rising(2, |_, x| if x < 5 { 7 } else { NEVER })).stretches;
        assert_eq!(
            found,
            [Stretch { from: 1, to: 4, lowest: vec![0, 1] }, Stretch { from: 5, to: 9, lowest: vec![] }]
        );
        let mut nowhere = rising(2, |_, _| NEVER);
        assert_eq!(of_bounded(1, 9_900, &mut nowhere).stretches.len(), 1);
        assert!(nowhere.asked <= 8);
    }

    #[test]
    fn lines_that_meet() {
        // 300 + 800 x against 100 + 1600 x: 200 = 800 x, x = 0.25; the third is nowhere the lowest.
        let line = |at_zero, slope| Line { at_zero, slope };
        let lines = [line(300.0, 800.0), line(100.0, 1600.0), line(310.0, 900.0), line(300.0, 800.0)];
        let found = of_lines(&lines, 0.0, 10.0);
        assert_eq!(
            found,
            [
                Stretch { from: 0.0, to: 0.25, lowest: vec![1] },
                Stretch { from: 0.25, to: 10.0, lowest: vec![0, 3] }
            ]
        );
        assert!(of_lines(&[], 0.0, 1.0)[0].lowest.is_empty());
    }

    /// Functions by their values at 0, 1, 2, ...
    fn tables(rising: bool) -> impl Strategy<Value = Vec<Vec<u64>>> {
        (1usize..5, 1usize..80).prop_flat_map(move |(count, width)| {
            let value = prop_oneof![8 => 0u64..3, 1 => Just(NEVER)];
            let table = proptest::collection::vec(value, width).prop_map(move |mut values| {
                if rising {
                    let mut sum = 0u64;
                    values.iter_mut().for_each(|value| {
                        sum = sum.saturating_add(*value);
                        *value = sum;
                    });
                }
                values
            });
            proptest::collection::vec(table, count)
        })
    }

    proptest! {
        #[test]
        fn halving_finds_what_looking_everywhere_does(tables in prop_oneof![tables(true), tables(false)]) {
            let (count, last) = (tables.len(), tables[0].len() as u64 - 1);
            let value = |function: usize, x: u64| tables[function][x as usize];
            let mut functions = Tables { rising: false, ..rising(count, value) };
            let found = of_bounded(0, last, &mut functions);
            prop_assert_eq!((found.stretches, found.exact_to), (by_force(0, last, count, value), 0.0));
        }

        #[test]
        fn what_is_found_before_the_end_is_so(tables in tables(false), budget in 1usize..200) {
            let (count, last) = (tables.len(), tables[0].len() as u64 - 1);
            let value = |function: usize, x: u64| tables[function][x as usize];
            let mut functions = Tables { rising: false, budget, ..rising(count, value) };
            let (found, exact) = (of_bounded(0, last, &mut functions), by_force(0, last, count, value));
            let all: Vec<(usize, Option<u64>)> = (0..count).map(|function| (function, None)).collect();
            for stretch in &found.stretches {
                prop_assert_eq!(&lowest_of(&mut functions, &all, stretch.from), &stretch.lowest);
            }
            prop_assert!(found.exact_to > 0.0 || found.stretches == exact);
        }

        #[test]
        fn lines_change_where_a_dense_scan_sees_it(
            lines in proptest::collection::vec((0u32..1000, 0u32..10), 1..6)
        ) {
            let lines: Vec<Line> = lines
                .into_iter()
                .map(|(at_zero, slope)| Line { at_zero: f64::from(at_zero), slope: f64::from(slope) })
                .collect();
            let found = of_lines(&lines, 0.0, 200.0);
            prop_assert_eq!(found[0].from, 0.0);
            prop_assert!(found.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert_eq!(found[found.len() - 1].to, 200.0);
            for stretch in found {
                for part in [0.01, 0.5, 0.99] {
                    let x = stretch.from + part * (stretch.to - stretch.from);
                    let least = lines.iter().map(|line| line.at(x)).fold(f64::INFINITY, f64::min);
                    for index in &stretch.lowest {
                        prop_assert!(lines[*index].at(x) <= least + 1e-6);
                    }
                }
            }
        }
    }
}
