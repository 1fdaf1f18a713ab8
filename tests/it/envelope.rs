//! The lowest of several functions, and where that changes.

use proptest::prelude::*;
use tonnage_model::scenario::envelope::{Functions, Line, NEVER, Stretch, of_bounded, of_lines};

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

/// The lowest of some functions at a number.
fn lowest_at(count: usize, value: impl Fn(usize, u64) -> u64, at: u64) -> Vec<usize> {
    let least = (0..count).map(|function| value(function, at)).min().filter(|least| *least != NEVER);
    (0..count).filter(|&function| Some(value(function, at)) == least).collect()
}

/// What looking at every number finds.
fn by_force(from: u64, to: u64, count: usize, value: impl Fn(usize, u64) -> u64) -> Vec<Stretch<u64>> {
    let mut found: Vec<Stretch<u64>> = Vec::new();
    for at in from..=to {
        let lowest = lowest_at(count, &value, at);
        match found.last_mut().filter(|last| last.lowest == lowest) {
            Some(last) => last.to = at,
            None => found.push(Stretch { from: at, to: at, lowest }),
        }
    }
    found
}

#[test]
fn two_staircases() {
    // 3, 3, 6, 6, 9, 9, ... against 4, 4, 4, 8, 8, 8, ...: 3 | 4 | 6 6 8 ...
    //   x        0 1 2 3 4 5
    //   first    3 3 6 6 9 9
    //   second   4 4 4 8 8 8
    let value = |function: usize, x: u64| if function == 0 { 3 * (x / 2 + 1) } else { 4 * (x / 3 + 1) };
    let stretch = |from, to, lowest: &[usize]| Stretch { from, to, lowest: lowest.to_vec() };
    let expected = vec![stretch(0, 1, &[0]), stretch(2, 2, &[1]), stretch(3, 3, &[0]), stretch(4, 5, &[1])];
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
        for stretch in &found.stretches {
            prop_assert_eq!(&lowest_at(count, value, stretch.from), &stretch.lowest);
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
                let least = lines.iter().map(|line| line.at_zero + line.slope * x).fold(f64::INFINITY, f64::min);
                for index in &stretch.lowest {
                    prop_assert!(lines[*index].at_zero + lines[*index].slope * x <= least + 1e-6);
                }
            }
        }
    }
}
