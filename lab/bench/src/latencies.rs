//! Latencies of repeated runs beside what the model says of them, as Markdown; and how well runs of one condition repeat.

use crate::condition::{Arrivals, Condition};
use crate::latency::round_seconds;
use crate::predict::Prediction;
use crate::runtimes::Runtime;
use anyhow::Result;
use std::collections::BTreeMap;
use tonnage_measure::sample::Sample;
use tonnage_measure::statistics::{mean, median, nearest_rank};
use tonnage_model::runtime::Runtime as Profile;

/// Accepted runs of one runtime under one condition; at least one.
pub struct Group<'s> {
    first: &'s Sample,
    runs: Vec<&'s Sample>,
}

impl<'s> Group<'s> {
    /// All of a runtime, by condition.
    pub fn of(runtime: &Runtime, samples: &'s [Sample]) -> Vec<Self> {
        let mut groups: BTreeMap<(u32, u32, u32, u64), Self> = BTreeMap::new();
        let timed = samples.iter().filter(|it| it.latency_p99_ms.is_some() && it.accepted);
        for sample in timed.filter(|it| it.runtime == runtime.name) {
            let rate = sample.offered_per_second.unwrap_or_default() as u64;
            let key = (sample.in_flight * sample.io_calls, sample.fetch_wait_ms, sample.compute_rounds, rate);
            groups.entry(key).or_insert(Self { first: sample, runs: Vec::new() }).runs.push(sample);
        }
        groups.into_values().collect()
    }

    fn average(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        mean(self.runs.iter().map(|sample| of(sample))).unwrap_or(f64::NAN)
    }

    /// Events/s that came.
    pub fn rate(&self) -> f64 {
        self.first.offered_per_second.unwrap_or_default()
    }

    /// Share of its core that the consumer used.
    pub fn busy(&self) -> f64 {
        self.average(|it| it.cpu_seconds / it.seconds)
    }

    /// Medians of the runs, ms, ascending.
    pub fn p50(&self) -> Vec<f64> {
        self.sorted(|it| it.latency_p50_ms)
    }

    /// 99th percentiles of the runs, ms, ascending.
    pub fn p99(&self) -> Vec<f64> {
        self.sorted(|it| it.latency_p99_ms)
    }

    fn sorted(&self, of: impl Fn(&Sample) -> Option<f64>) -> Vec<f64> {
        let mut values: Vec<f64> = self.runs.iter().filter_map(|it| of(it)).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// What the consumer does, and under what it is.
    pub fn work(&self) -> String {
        Condition { arrivals: Arrivals::Backlog, ..self.condition() }.name()
    }

    fn condition(&self) -> Condition {
        Condition {
            compute_rounds: self.first.compute_rounds,
            io_calls: self.first.io_calls,
            in_flight: self.first.in_flight,
            fetch_wait_ms: self.first.fetch_wait_ms,
            arrivals: Arrivals::Paced(self.rate()),
            ..Condition::new(self.handler(), self.first.event_bytes)
        }
    }

    fn handler(&self) -> &'static str {
        if self.first.handler == "consume" { "consume" } else { "parse" }
    }

    /// What the model says of it from the profile and the time that its handler takes.
    fn predict(&self, profile: &Profile, samples: &[Sample]) -> Result<Prediction> {
        let condition = self.condition();
        let wait = self.average(|it| it.io_wait_ms.unwrap_or(0.0)) / 1000.0;
        let speed = self.average(|it| it.kernel_scale);
        let round_seconds = match condition.compute_rounds {
            0 => 0.0,
            _ => round_seconds(profile, &condition, samples)?,
        };
        let prediction = Prediction::new(profile, &condition, round_seconds, wait, speed)?;
        Ok(match self.average(|it| it.io_wait_p99_ms.unwrap_or(0.0)) {
            p99 if wait > 0.0 && p99 > 0.0 => prediction.with_wait_p99(p99 / 1000.0 / wait),
            _ => prediction,
        })
    }
}

/// Prints the table and a sentence on all of it.
pub fn print(samples: &[Sample], runtimes: &[(Runtime, Profile)]) -> Result<()> {
    println!(
        "| client | work | events/s | core busy | predicted | p50, ms | p99 of each run, ms | by queueing, ms | off by | range, ms | \
         received alone, ms |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |");
    let (mut spreads, mut factors) = (Vec::new(), Vec::new());
    let (mut within, mut all) = (0, 0);
    for (runtime, profile) in runtimes {
        let groups = Group::of(runtime, samples);
        let (received, handled): (Vec<_>, Vec<_>) = groups.iter().partition(|it| it.handler() == "consume");
        for group in handled {
            let alone = received
                .iter()
                .find(|it| it.rate() == group.rate() && it.first.fetch_wait_ms == group.first.fetch_wait_ms)
                .map(|it| median(&it.p99()));
            let prediction = group.predict(profile, samples)?;
            let predicted = 1000.0 * prediction.p99_seconds();
            let (p50, p99) = (group.p50(), group.p99());
            if p99.len() > 1 {
                spreads.push(p99[p99.len() - 1] / p99[0]);
            }
            let range = prediction.p99_range();
            let is_within = |it: &&f64| (range.low..=range.high).contains(&(**it / 1000.0));
            within += p99.iter().filter(is_within).count();
            all += p99.len();
            let factor = predicted / median(&p99);
            factors.push(factor.max(1.0 / factor));
            let runs: Vec<String> = p99.iter().map(|value| format!("{value:.1}")).collect();
            println!(
                "| {} | {} | {:.0} | {:.0} % | {:.0} % | {:.1} | {} | {predicted:.1} | {factor:.2} | {:.1} to {:.1} | {} |",
                runtime.name,
                group.work(),
                group.rate(),
                100.0 * group.busy(),
                100.0 * prediction.busy(),
                median(&p50),
                runs.join(", "),
                1000.0 * range.low,
                1000.0 * range.high,
                alone.map_or_else(|| "-".to_owned(), |it| format!("{it:.1}")),
            );
        }
    }
    spreads.sort_by(f64::total_cmp);
    factors.sort_by(f64::total_cmp);
    if !spreads.is_empty() {
        println!(
            "\n{} conditions were run more than once: the highest p99 is {:.2} times the lowest in the median, {:.2} times at \
             the 90th percentile.",
            spreads.len(),
            median(&spreads),
            at(&spreads, 0.9),
        );
    }
    println!(
        "\nWhat queueing gives is off by a factor of {:.2} in the median of {} conditions, {:.2} at the 90th percentile. \
         {within} of {all} runs are within the range.",
        median(&factors),
        factors.len(),
        at(&factors, 0.9),
    );
    Ok(())
}

/// The percentile of sorted values by nearest rank.
fn at(sorted: &[f64], share: f64) -> f64 {
    nearest_rank(sorted, share).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A kernel of 20 ms instead of 24: the core is 1.2 times as fast, and what an event takes at speed 1.0 takes 1.2 times less there.
    #[test]
    fn a_faster_core_is_less_busy() {
        let runtimes = crate::runtimes::read(&["python-aiokafka".to_string()]).unwrap();
        let folder = crate::runtimes::lab().join("../profiles/runtimes");
        let clients = crate::profiles::read_shipped(runtimes, &folder).unwrap();
        let (runtime, profile) = &clients[0];
        let of = |kernel_scale| Sample {
            runtime: runtime.name.clone(),
            handler: "parse".to_string(),
            event_bytes: 1200,
            compute_rounds: 592,
            in_flight: 1,
            kernel_scale,
            accepted: true,
            ..Sample::default()
        };
        let backlog = Sample { backlog: true, us_per_event: Some(1800.0), ..of(1.0) };
        let paced =
            |scale| Sample { offered_per_second: Some(100.0), latency_p99_ms: Some(9.0), ..of(scale) };
        let rate = |scale| {
            let samples = [backlog.clone(), paced(scale)];
            let groups = Group::of(runtime, &samples);
            groups[0].predict(profile, &samples).unwrap().cpu_bound_rate()
        };
        assert!((rate(1.2) / rate(1.0) - 1.2).abs() < 0.01, "{}", rate(1.2) / rate(1.0));
    }

    #[test]
    fn three_runs_of_four_are_in_the_range_that_is_printed() {
        let lab = crate::runtimes::lab();
        let files = ["latency.csv", "latency-second.csv"].map(|name| lab.join("samples").join(name));
        let samples = files.map(|file| crate::profiles::read_samples(&file).unwrap()).concat();
        let runtimes = crate::profiles::sampled(&[], &samples).unwrap();
        let clients = crate::profiles::read(runtimes, &lab.join("../profiles/runtimes")).unwrap();
        let (mut within, mut all) = (0, 0);
        for (runtime, profile) in &clients {
            for group in Group::of(runtime, &samples) {
                let range = group.predict(profile, &samples).unwrap().p99_range();
                let p99 = group.p99();
                within += p99.iter().filter(|it| (range.low..=range.high).contains(&(**it / 1000.0))).count();
                all += p99.len();
            }
        }
        assert_eq!(all, 80);
        assert!(4 * within >= 3 * all, "{within}");
    }

    #[test]
    fn percentiles_of_few_are_of_nearest_rank() {
        assert_eq!(at(&[1.0, 2.0, 3.0, 4.0], 0.9), 4.0);
        assert!(at(&[], 0.5).is_nan());
    }
}
