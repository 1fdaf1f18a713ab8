//! Which of several functions is the lowest, and where that changes.

use crate::cost::bill::micro_usd;

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

/// The lowest of `count` functions that never fall, for every whole number from `from` up to `to`, exactly.
///
/// `value(function, x)` is asked at few x: a function whose value at the lower end of a stretch is above the least at its
/// upper end is nowhere the lowest in between, one with equal values at both ends is constant, and where that does not
/// settle the stretch it is halved.
pub fn of_rising(
    from: u64,
    to: u64,
    count: usize,
    mut value: impl FnMut(usize, u64) -> u64,
) -> Vec<Stretch<u64>> {
    let mut all = |x| (0..count).map(|function| value(function, x)).collect::<Vec<u64>>();
    let (at_from, at_to) = (all(from), all(to));
    let mut changes = vec![(from, lowest(&at_from))];
    refine((from, &at_from), (to, &at_to), &mut value, &mut changes);
    stretches(changes, to)
}

/// Adds the changes after `low` up to `high`.
fn refine(
    (low, at_low): (u64, &[u64]),
    (high, at_high): (u64, &[u64]),
    value: &mut impl FnMut(usize, u64) -> u64,
    changes: &mut Vec<(u64, Vec<usize>)>,
) {
    let ceiling = at_high.iter().copied().min().unwrap_or(NEVER);
    let contends = |function: usize| at_low[function] <= ceiling;
    let contenders = (0..at_low.len()).filter(|&function| contends(function));
    let one_is_left = ceiling != NEVER && contenders.clone().count() == 1;
    if one_is_left || contenders.clone().all(|function| at_low[function] == at_high[function]) {
        return;
    }
    if high - low == 1 {
        add(changes, high, lowest(at_high));
        return;
    }
    let middle = low + (high - low) / 2;
    let at_middle: Vec<u64> = (0..at_low.len())
        .map(|function| match contends(function) && at_low[function] != at_high[function] {
            true => value(function, middle),
            // Constant, or so high that a lower bound will do.
            false => at_low[function],
        })
        .collect();
    refine((low, at_low), (middle, &at_middle), value, changes);
    refine((middle, &at_middle), (high, at_high), value, changes);
}

/// The lowest of `count` functions of any shape, for whole numbers from `from` up to `to`: looked at in every
/// `every`-th, and where the lowest are others than before, the first number of the change is found by bisection.
///
/// A change that is undone before the next look is missed.
pub fn of_any(
    from: u64,
    to: u64,
    every: u64,
    count: usize,
    mut value: impl FnMut(usize, u64) -> u64,
) -> Vec<Stretch<u64>> {
    let mut lowest_at = |x| {
        let values: Vec<u64> = (0..count).map(|function| value(function, x)).collect();
        lowest(&values)
    };
    let mut at = from;
    let mut changes = vec![(from, lowest_at(from))];
    while at < to {
        let next = at.saturating_add(every.max(1)).min(to);
        let at_next = lowest_at(next);
        while changes.last().is_some_and(|(_, last)| *last != at_next) {
            let (mut same, mut changed) = (at, next);
            let before = changes.last().map(|(_, last)| last.clone()).unwrap_or_default();
            while changed - same > 1 {
                let middle = same + (changed - same) / 2;
                if lowest_at(middle) == before { same = middle } else { changed = middle }
            }
            add(&mut changes, changed, lowest_at(changed));
            at = changed;
        }
        at = next;
    }
    stretches(changes, to)
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

/// Positions of the least values.
fn lowest(values: &[u64]) -> Vec<usize> {
    let least = values.iter().copied().min().unwrap_or(NEVER);
    (0..values.len()).filter(|&index| least != NEVER && values[index] == least).collect()
}

/// Adds a change, where it is one.
fn add(changes: &mut Vec<(u64, Vec<usize>)>, at: u64, lowest: Vec<usize>) {
    if changes.last().is_none_or(|(_, last)| *last != lowest) {
        changes.push((at, lowest));
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

    /// What looking at every number finds.
    fn by_force(from: u64, to: u64, count: usize, value: impl Fn(usize, u64) -> u64) -> Vec<Stretch<u64>> {
        let mut changes = Vec::new();
        for x in from..=to {
            let values: Vec<u64> = (0..count).map(|function| value(function, x)).collect();
            add(&mut changes, x, lowest(&values));
        }
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
        assert_eq!(of_rising(0, 5, 2, value), expected);
        assert_eq!(of_any(0, 5, 1, 2, value), expected);
    }

    #[test]
    fn few_values_are_asked_for() {
        // 1 up to a million against 2 always: one change, and 20 halvings to find it.
        let mut asked = 0;
        let found = of_rising(0, 1 << 40, 2, |function, x| {
            asked += 1;
            if function == 1 {
                2
            } else if x < 1_000_000 {
                1
            } else {
                3
            }
        });
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].to, found[1].from), (999_999, 1_000_000));
        assert!(asked <= 4 + 40, "{asked}");
    }

    #[test]
    fn where_nothing_has_a_value_nothing_is_the_lowest() {
        let found = of_rising(1, 9, 2, |_, x| if x < 5 { 7 } else { NEVER });
        assert_eq!(
            found,
            [Stretch { from: 1, to: 4, lowest: vec![0, 1] }, Stretch { from: 5, to: 9, lowest: vec![] }]
        );
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
        fn halving_finds_what_looking_everywhere_does(tables in tables(true)) {
            let (count, last) = (tables.len(), tables[0].len() as u64 - 1);
            let value = |function: usize, x: u64| tables[function][x as usize];
            prop_assert_eq!(of_rising(0, last, count, value), by_force(0, last, count, value));
        }

        #[test]
        fn scanning_every_number_misses_nothing(tables in tables(false)) {
            let (count, last) = (tables.len(), tables[0].len() as u64 - 1);
            let value = |function: usize, x: u64| tables[function][x as usize];
            prop_assert_eq!(of_any(0, last, 1, count, value), by_force(0, last, count, value));
        }

        #[test]
        fn what_a_scan_finds_is_so(tables in tables(false), every in 1u64..20) {
            let (count, last) = (tables.len(), tables[0].len() as u64 - 1);
            let value = |function: usize, x: u64| tables[function][x as usize];
            let lowest_at = |x| lowest(&(0..count).map(|function| value(function, x)).collect::<Vec<u64>>());
            for stretch in of_any(0, last, every, count, value) {
                // Each begins exactly where the lowest become these, and they are so wherever it looked.
                prop_assert_eq!(lowest_at(stretch.from), stretch.lowest.clone());
                prop_assert!(stretch.from == 0 || lowest_at(stretch.from - 1) != stretch.lowest);
                for x in (stretch.from..=stretch.to).filter(|x| x % every == 0) {
                    prop_assert_eq!(lowest_at(x), stretch.lowest.clone());
                }
            }
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
