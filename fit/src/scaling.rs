//! What threads lose by working side by side: samples on several cores held against those on one.
//!
//! With s the cost of an event on one core, the relative capacity of N cores is `N s / y` of a sample in which an event
//! costs y. Rates are not compared, also not at capacity: CPU time may be scaled to the speed that the machine had in
//! each sample, and rates are not. More events a second also make each fetch bring more of them. That is no gain of the
//! cores', so s has the share of the fetch at the rate of the sample on N cores.

use crate::cpu::{idle, loads};
use crate::estimate::Estimate;
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::{Load, SAME, Sample, within};
use crate::usl;
use std::collections::BTreeSet;
use tonnage_model::demand::fetch::FetchCost;

/// Rates may be off by this factor where costs of an event are compared.
const SAME_RATE: f64 = 1.1;
/// Numbers of cores that determine the law: it has three unknowns.
const LEAST_STEPS: usize = 3;
/// The least upper end of a contention that is assumed.
const LEAST_HIGH: f64 = 0.05;

/// What the samples say of sigma and kappa.
#[derive(Debug, Clone, PartialEq)]
pub enum ScalingFit {
    /// Nothing.
    None,
    /// Something, with ranges that are assumed.
    Assumed {
        /// Contention.
        sigma: Estimate,
        /// Coherency.
        kappa: Estimate,
        /// Numbers of cores, 1 left out.
        cores: BTreeSet<u32>,
        /// Samples.
        lines: BTreeSet<usize>,
    },
    /// Both.
    Measured {
        /// Contention.
        sigma: Estimate,
        /// Coherency.
        kappa: Estimate,
        /// Samples.
        lines: BTreeSet<usize>,
    },
}

/// Range of a kappa that was not measured.
const KAPPA: Estimate = Estimate { value: 0.0, low: 0.0, high: 0.001 };
/// Contention where at most two cores were measured: the step from one to two says little of more, least of all where the
/// broker is on one of the two.
const SIGMA_OF_TWO: Estimate = Estimate { value: 0.02, low: 0.0, high: 0.08 };
/// Coherency in that case.
const KAPPA_OF_TWO: Estimate = Estimate { value: 0.0, low: 0.0, high: 0.0005 };

/// The relative capacity that one sample shows.
struct Point {
    line: usize,
    cores: u32,
    capacity: f64,
}

/// Fits the law to samples on several cores.
pub fn fit(samples: &[Sample], fetch: FetchCost, notes: &mut Vec<Note>) -> Result<ScalingFit, Refusal> {
    let points = points(samples, fetch)?;
    let steps: BTreeSet<u32> = points.iter().map(|point| point.cores).filter(|&cores| cores > 1).collect();
    let Some(&most) = steps.last() else { return Ok(ScalingFit::None) };
    let lines: BTreeSet<usize> = points.iter().map(|point| point.line).collect();
    let pairs: Vec<(f64, f64)> = points.iter().map(|it| (f64::from(it.cores), it.capacity)).collect();
    if steps.len() + 1 >= LEAST_STEPS
        && let Some(usl) = usl::fit(&pairs)
    {
        for (figure, bounded) in [("sigma", usl.sigma), ("kappa", usl.kappa)] {
            if let Some(from) = bounded.clamped_from {
                notes.push(Note::Clamped { figure: figure.to_owned(), from, unit: "" });
            }
        }
        let (sigma, kappa) = (usl.sigma.estimate, usl.kappa.estimate);
        if usl.degrees_of_freedom > 0 {
            return Ok(ScalingFit::Measured { sigma, kappa, lines });
        }
        notes.push(Note::FewSteps);
        let (sigma, kappa) = (with_range(sigma.value, LEAST_HIGH), with_range(kappa.value, KAPPA.high));
        return Ok(ScalingFit::Assumed { sigma, kappa, cores: steps, lines });
    }
    // The mean of what each sample on more than one core says, which is an exact fit where there is one number.
    let each: Vec<f64> =
        pairs.iter().filter(|(n, _)| *n > 1.0).map(|&(n, capacity)| usl::contention(n, capacity)).collect();
    let sigma = (each.iter().sum::<f64>() / each.len() as f64).max(0.0);
    notes.push(Note::OneStep { cores: most });
    if most == 2 {
        return Ok(ScalingFit::Assumed { sigma: SIGMA_OF_TWO, kappa: KAPPA_OF_TWO, cores: steps, lines });
    }
    Ok(ScalingFit::Assumed { sigma: with_range(sigma, LEAST_HIGH), kappa: KAPPA, cores: steps, lines })
}

fn with_range(value: f64, least_high: f64) -> Estimate {
    Estimate { value, low: 0.0, high: least_high.max(3.0 * value) }
}

/// Each sample on several cores against the mean of those on one in the same condition, and these themselves.
fn points(samples: &[Sample], fetch: FetchCost) -> Result<Vec<Point>, Refusal> {
    let numbers: BTreeSet<u32> = samples.iter().map(|sample| sample.cores).collect();
    let one_core = idle(samples, 1).map_or(0.0, |it| it.estimate.value);
    let singles = loads(samples, 1, one_core)?;
    let mut points: Vec<Point> = Vec::new();
    let mut held_against = BTreeSet::new();
    for cores in numbers.into_iter().filter(|&cores| cores > 1) {
        let idle_cores = idle(samples, cores).map_or(one_core, |it| it.estimate.value);
        for load in loads(samples, cores, idle_cores)? {
            let equal = || singles.iter().filter(|single| is_same_work(single, &load));
            let at_capacity: Vec<&Load<'_>> =
                equal().filter(|single| load.sample.is_saturated && single.sample.is_saturated).collect();
            let same = match at_capacity.is_empty() {
                false => at_capacity,
                true => equal().filter(|single| is_comparable(single, &load)).collect(),
            };
            if same.is_empty() {
                continue;
            }
            let mean = |of: &dyn Fn(&Load<'_>) -> f64| {
                same.iter().map(|single| of(single)).sum::<f64>() / same.len() as f64
            };
            let handling = mean(&|single| single.cost - single.fetch_share(fetch));
            let capacity = |load: &Load<'_>| {
                f64::from(load.sample.cores) * (handling + load.fetch_share(fetch)) / load.cost
            };
            let base = mean(&capacity);
            let point = |load: &Load<'_>| Point {
                line: load.sample.line,
                cores: load.sample.cores,
                capacity: capacity(load) / base,
            };
            points.push(point(&load));
            for single in &same {
                if held_against.insert(single.sample.line) {
                    points.push(point(single));
                }
            }
        }
    }
    Ok(points)
}

fn is_same_work(one: &Load<'_>, other: &Load<'_>) -> bool {
    one.sample.work == other.sample.work && within(SAME, one.bytes, other.bytes)
}

/// Whether the law of the fetch need not reach far: from the rate of the one core on to as many times that as there are cores.
fn is_comparable(single: &Load<'_>, several: &Load<'_>) -> bool {
    let most = single.rate * f64::from(several.sample.cores);
    single.rate <= several.rate * SAME_RATE && several.rate <= most * SAME_RATE
}
