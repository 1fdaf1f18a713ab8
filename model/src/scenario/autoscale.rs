//! How many instances run in each hour, or shorter step, where an autoscaler follows the rate.
//!
//! The rate goes in a straight line from one step's to the next. What an autoscaler sees now has instances that work only
//! after its reaction and a process's startup, so the instances of a step have to carry what comes until then. It
//! takes instances away only after the rate has been lower for a while, so they also carry what was before.

use crate::capacity::infeasible::Infeasible;
use crate::capacity::sizing::Sizing;
use crate::cost::bill::HOURS_PER_MONTH;
use crate::ranked::least_first;
use serde::{Deserialize, Serialize};

/// How fast instances follow the rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Autoscaler {
    /// From a higher rate to an instance that has booted, s; a process's startup comes on top.
    pub reaction_seconds: f64,
    /// For how long the rate has to be lower before an instance is taken away, s.
    pub scale_in_seconds: f64,
}

impl Autoscaler {
    /// An autoscaler that needs no time, for what the delays of another one cost.
    pub const INSTANT: Self = Self { reaction_seconds: 0.0, scale_in_seconds: 0.0 };

    /// What nobody says otherwise of. AWS target tracking waits for three data points of a minute before it adds instances and for
    /// fifteen before it takes some away; two minutes to boot are assumed.
    pub const USUAL: Self = Self { reaction_seconds: 300.0, scale_in_seconds: 900.0 };

    /// The rate that the instances of each step have to carry: the highest from `scale_in_seconds` before it until
    /// `reaction_seconds + startup_seconds` behind it.
    pub fn rates_to_carry(self, rates: &[f64], step_seconds: f64, startup_seconds: f64) -> Vec<f64> {
        let back = self.scale_in_seconds / step_seconds;
        let ahead = (self.reaction_seconds + startup_seconds) / step_seconds;
        (0..rates.len()).map(|step| highest_between(rates, step, back, ahead)).collect()
    }
}

/// The highest rate from `back` steps before a step until `ahead` steps behind it.
fn highest_between(rates: &[f64], step: usize, back: f64, ahead: f64) -> f64 {
    let steps = rates.len();
    let whole = |span: f64| (span.floor() as usize).min(steps);
    let later = (0..=whole(ahead)).map(|more| rates[(step + more) % steps]);
    let earlier = (0..=whole(back)).map(|less| rates[(step + steps - less % steps) % steps]);
    let ends = [step as f64 - back, step as f64 + ahead].map(|position| rate_at(rates, position));
    later.chain(earlier).chain(ends).fold(0.0, f64::max)
}

/// The rate at a position between steps, on the straight line from one to the next.
fn rate_at(rates: &[f64], position: f64) -> f64 {
    let steps = rates.len();
    let position = position.rem_euclid(steps as f64);
    let before = (position.floor() as usize).min(steps - 1);
    let (one, next) = (rates[before], rates[(before + 1) % steps]);
    let between = one + (next - one) * position.fract();
    between.clamp(one.min(next), one.max(next))
}

/// Instances step by step, day after day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// n of each step.
    pub counts: Vec<u64>,
}

impl Schedule {
    /// How often the count changes from one step to the next, the first after the last with them.
    pub fn changes(&self) -> usize {
        let next = self.counts.iter().cycle().skip(1);
        self.counts.iter().zip(next).filter(|(one, next)| one != next).count()
    }

    /// The least number of instances for each of the rates, events/s, by all rules of `sizing`.
    ///
    /// More events never need fewer instances, so steps between two that need the same number are not sized.
    pub fn for_rates(sizing: &Sizing, rates: &[f64]) -> Result<Self, Infeasible> {
        let mut by_rate: Vec<usize> = (0..rates.len()).collect();
        least_first(&mut by_rate, |&at| rates[at]);
        let mut counts = vec![0; rates.len()];
        fill(sizing, rates, &by_rate, &mut counts)?;
        Ok(Self { counts })
    }

    /// The same number in every step.
    pub fn fixed(instances: u64, steps: usize) -> Self {
        Self { counts: vec![instances; steps] }
    }

    /// Instances in the quietest step.
    pub fn least(&self) -> u64 {
        self.counts.iter().copied().min().unwrap_or(0)
    }

    /// Instances in the busiest step.
    pub fn most(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    /// Hours of a month that instances run, all together: their mean number times 730.
    pub fn instance_hours_per_month(&self) -> f64 {
        let sum: f64 = self.counts.iter().map(|&count| count as f64).sum();
        sum * HOURS_PER_MONTH / self.counts.len() as f64
    }

    /// The share of the time with `instances` or fewer.
    pub fn share_at_most(&self, instances: u64) -> f64 {
        let few = self.counts.iter().filter(|&&count| count <= instances).count();
        few as f64 / self.counts.len() as f64
    }
}

/// Sizes the steps in `by_rate`, whose rates rise.
fn fill(sizing: &Sizing, rates: &[f64], by_rate: &[usize], counts: &mut [u64]) -> Result<(), Infeasible> {
    let (Some(&quietest), Some(&busiest)) = (by_rate.first(), by_rate.last()) else { return Ok(()) };
    let count = |step: usize| sizing.at_rate(rates[step]).count().map(|count| count.instances);
    let (least, most) = (count(quietest)?, count(busiest)?);
    if least == most {
        by_rate.iter().for_each(|&step| counts[step] = least);
        return Ok(());
    }
    if by_rate.len() == 2 {
        counts[quietest] = least;
        counts[busiest] = most;
        return Ok(());
    }
    let (lower, upper) = by_rate.split_at(by_rate.len() / 2);
    fill(sizing, rates, lower, counts)?;
    fill(sizing, rates, upper, counts)
}

/// A number of instance-hours a month that no schedule for `rates` is below, without sizing any step in full.
pub fn instance_hours_at_least(sizing: &Sizing, rates: &[f64]) -> f64 {
    Schedule { counts: rates.iter().map(|&rate| sizing.at_rate(rate).instances_at_least()).collect() }
        .instance_hours_per_month()
}
