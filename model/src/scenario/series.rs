//! How a workload's rate runs through the hours, or shorter steps, of a day or of several days.

use crate::blank::Blank;
use crate::workload::{HourlyRates, Workload};
use serde::{Deserialize, Serialize};

/// Seconds in an hour.
pub const SECONDS_PER_HOUR: f64 = 3600.0;

/// Rates of steps of one length that follow each other and start over at the end; only their ratios count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hours {
    /// Each step's rate over the mean of all.
    over_mean: Vec<f64>,
    /// How long a step is, s.
    step_seconds: f64,
}

impl Hours {
    /// Hours by their rates in any unit; `None` where there are none, one is negative or not finite, or all are 0.
    pub fn new(rates: &[f64]) -> Option<Self> {
        Self::with_step(rates, SECONDS_PER_HOUR)
    }

    /// The same of steps of another length, s, above 0.
    pub fn with_step(rates: &[f64], step_seconds: f64) -> Option<Self> {
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        let in_order = rates.iter().all(|rate| rate.is_finite() && *rate >= 0.0) && mean > 0.0;
        in_order.then(|| Self { over_mean: rates.iter().map(|rate| rate / mean).collect(), step_seconds })
    }

    /// How long a step is, s.
    pub fn step_seconds(&self) -> f64 {
        self.step_seconds
    }

    /// What all steps together take, h.
    pub fn total_hours(&self) -> f64 {
        self.over_mean.len() as f64 * self.step_seconds / SECONDS_PER_HOUR
    }

    /// The hours of a workload's day.
    pub fn of_day(HourlyRates(rates): &HourlyRates) -> Option<Self> {
        Self::new(rates)
    }

    /// The busiest step's rate over the mean.
    pub fn peak_over_mean(&self) -> f64 {
        self.over_mean.iter().copied().fold(1.0, f64::max)
    }

    /// Gives a workload its busiest step's rate over the mean where its `peak_factor` is blank or one number below that: no peak is
    /// lower than an hour of it.
    pub fn give_peak(&self, workload: &mut Workload) {
        let busiest = self.peak_over_mean();
        let is_blank = workload.blanks.take(Blank::PeakFactor);
        let is_range = workload.ranges.iter().any(|it| it.input.column() == Blank::PeakFactor.word());
        if !is_blank && !is_range && workload.peak_factor < busiest {
            workload.outlook.peak_below_hours = Some(workload.peak_factor);
        }
        if is_blank || workload.outlook.peak_below_hours.is_some() {
            workload.peak_factor = busiest;
        }
    }

    /// How far the rate within a step rises above that step's mean: what `peak_factor` has above the busiest step,
    /// `max(1, peak_factor / peak_over_mean)`.
    pub fn burst(&self, peak_factor: f64) -> f64 {
        (peak_factor / self.peak_over_mean()).max(1.0)
    }

    /// The busiest rate over the mean, bursts included: `max(peak_factor, peak_over_mean)`.
    pub fn peak_factor(&self, peak_factor: f64) -> f64 {
        self.peak_over_mean() * self.burst(peak_factor)
    }

    /// The rate of each step around a mean, events/s.
    pub fn rates(&self, mean_rate: f64) -> Vec<f64> {
        self.over_mean.iter().map(|ratio| ratio * mean_rate).collect()
    }
}
