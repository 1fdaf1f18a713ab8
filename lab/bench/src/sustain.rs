//! The answer that users buy: the planned number of consumers keeps up, one fewer does not.
//!
//! Each consumer may use a fifth of a core, by quota, so that several fit on the lab's machine. Only the lag is
//! looked at: a quota stops a consumer for most of every tenth of a second, and latency with it.

use crate::bench::{Bench, CONSUMER_CPU, PARTITIONS};
use crate::condition::{Arrivals, Condition};
use crate::pacer::Pacer;
use crate::predict::Prediction;
use crate::runtimes::Runtime;
use crate::scratch::Scratch;
use crate::stop;
use crate::validation::Rounds;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::consumer::{Consumer, Launch, Line};
use tonnage_measure::kafka::now_us;
use tonnage_measure::kernel::REFERENCE_MS;
use tonnage_model::runtime::Runtime as Profile;

/// Cores of one consumer.
const QUOTA: f64 = 0.2;
/// Utilizations that are planned for: what plans have unless told otherwise, and one that leaves little.
const USUAL: f64 = 0.7;
const TIGHT: f64 = 0.9;
/// The share of what the planned number carries that arrives.
const FILLED: f64 = 0.97;
const JOINING: Duration = Duration::from_secs(15);
const SETTLING: Duration = Duration::from_secs(10);
const WATCHED: Duration = Duration::from_secs(60);
/// Lag is flat if it grows by less than this share of what arrives.
const FLAT: f64 = 0.01;
const PATIENCE: Duration = Duration::from_secs(30);

/// A workload made for a number of consumers: so few that one fewer is more than 100 % busy.
struct Case {
    runtime: &'static str,
    condition: Condition,
    instances: u64,
    max_utilization: f64,
}

fn cases() -> Vec<Case> {
    let new = |handler, bytes, compute_rounds| Condition { compute_rounds, ..Condition::new(handler, bytes) };
    let case = |runtime, condition, instances, max_utilization| Case {
        runtime,
        condition,
        instances,
        max_utilization,
    };
    vec![
        case("python-aiokafka", new("validate", 1200, 0), 2, USUAL),
        case("go-kafka-go", new("parse", 4000, 40), 2, USUAL),
        case("rust-rdkafka", new("parse", 1200, 100), 2, USUAL),
        case("python-confluent", new("validate", 2000, 10), 2, USUAL),
        case("go-franz", new("validate", 1200, 100), 3, USUAL),
        case("python-aiokafka", new("parse", 600, 30), 2, TIGHT),
        case("python-confluent", new("parse", 1200, 40), 3, TIGHT),
        case("go-kafka-go", new("validate", 1200, 60), 2, TIGHT),
        case("go-franz", new("parse", 4000, 200), 2, TIGHT),
        case("rust-rdkafka", new("validate", 3000, 60), 3, TIGHT),
    ]
}

/// What consumers have done so far.
#[derive(Clone, Copy, Default)]
struct Done {
    events: u64,
    cpu_seconds: f64,
}

/// How the lag went.
#[derive(Debug, serde::Serialize)]
struct Outcome {
    runtime: String,
    work: String,
    events_per_second: f64,
    max_utilization: f64,
    planned: u64,
    run: u64,
    lag_at_start: f64,
    lag_at_end: f64,
    lag_per_second: f64,
    /// CPU of all consumers, cores, as measured.
    cores_used: f64,
    /// CPU of an event, as measured, µs.
    us_per_event: f64,
    keeps_up: bool,
}

/// Runs every case with the planned number of consumers and with one fewer; fails where the plan is wrong.
pub fn check(bench: &Bench, runtimes: &[(Runtime, Profile)], rounds: &Rounds, output: &Path) -> Result<()> {
    let file = std::fs::File::options().write(true).create_new(true).open(output)?;
    let mut rows = csv::Writer::from_writer(file);
    let mut wrong = Vec::new();
    for case in cases() {
        let Some((runtime, profile)) = runtimes.iter().find(|(runtime, _)| runtime.name == case.runtime)
        else {
            continue;
        };
        let speed = QUOTA * REFERENCE_MS / mean_kernel()?;
        let alone = Prediction::new(profile, &case.condition, rounds[&runtime.name], 0.0, speed)?;
        let rate = alone.cpu_bound_rate() * case.max_utilization * FILLED * case.instances as f64;
        let condition = Condition { arrivals: Arrivals::Paced(rate), ..case.condition.clone() };
        let planned = Prediction::new(profile, &condition, rounds[&runtime.name], 0.0, speed)?
            .instances(case.max_utilization)
            .context("no number of consumers carries the case")?;
        if planned != case.instances {
            bail!("{planned} consumers of {} are planned, not {}", runtime.name, case.instances);
        }
        for run in [planned, planned - 1] {
            let outcome = watch(bench, runtime, &condition, rate, &case, run)?;
            println!(
                "{:<18} {:<24} {rate:>8.0} events/s at {:.0} %, {planned} planned, {run} run: lag {:+.0} events/s, {:.2} cores, \
                 {:.1} us an event, {}",
                outcome.runtime,
                outcome.work,
                100.0 * outcome.max_utilization,
                outcome.lag_per_second,
                outcome.cores_used,
                outcome.us_per_event,
                if outcome.keeps_up { "keeps up" } else { "falls behind" },
            );
            if outcome.keeps_up != (run >= planned) {
                wrong.push(format!("{} with {run} of {planned}", outcome.runtime));
            }
            rows.serialize(outcome)?;
            rows.flush()?;
        }
    }
    if !wrong.is_empty() {
        bail!("the plan was wrong for {}", wrong.join(", "));
    }
    Ok(())
}

/// CPU time of the kernel in the mean of two seconds or so, ms: the machine's speed changes faster.
fn mean_kernel() -> Result<f64> {
    let runs = (0..80).map(|_| affinity::kernel_on(CONSUMER_CPU)).collect::<Result<Vec<f64>, _>>()?;
    Ok(runs.iter().sum::<f64>() / runs.len() as f64)
}

/// Sleeps, and fails if it is to stop.
fn wait(time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if stop::asked() {
            bail!("stopped");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn watch(
    bench: &Bench,
    runtime: &Runtime,
    condition: &Condition,
    rate: f64,
    case: &Case,
    run: u64,
) -> Result<Outcome> {
    let cluster = &bench.topics.cluster;
    let name = format!("lab-sustain-{}", now_us());
    let mut scratch = Scratch::new(cluster, bench.topics.replication, &name);
    scratch.topic(&name)?;
    let mut environment = condition.environment();
    for (variable, value) in [
        ("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrap_servers().to_string()),
        ("KAFKA_TOPIC", name.clone()),
        ("KAFKA_GROUP", name.clone()),
    ] {
        environment.push((variable.to_string(), value));
    }
    let launch = Launch {
        command: runtime.command(),
        environment,
        cpus: Some(CONSUMER_CPU.to_string()),
        log: Some(bench.log()),
        ..Launch::default()
    };
    let mut consumers = (0..run)
        .map(|index| Consumer::start(&launch, &format!("{name}-{index}"), Some(QUOTA)))
        .collect::<Result<Vec<_>, _>>()?;
    let pacer = Pacer::new(cluster, &name, condition.event_bytes)?;
    // All have to be in the group before events come, or the first would take them all.
    wait(JOINING)?;
    let pacing = pacer.start(condition, rate, now_us())?;
    let written = cluster.progress(&name, PARTITIONS, &name)?;
    let mut last = vec![Done::default(); consumers.len()];
    let mut done = |consumers: &[Consumer]| -> Done {
        for (consumer, last) in consumers.iter().zip(&mut last) {
            while let Some(heard) = consumer.heard_already() {
                if let Line::Report(report) = heard.line {
                    *last = Done { events: report.handled, cpu_seconds: heard.cpu_seconds };
                }
            }
        }
        last.iter().fold(Done::default(), |sum, it| Done {
            events: sum.events + it.events,
            cpu_seconds: sum.cpu_seconds + it.cpu_seconds,
        })
    };
    let begin = Instant::now();
    let mut points: Vec<(f64, f64)> = Vec::new();
    let (mut from, mut to) = (Done::default(), Done::default());
    while begin.elapsed() < SETTLING + WATCHED {
        wait(Duration::from_millis(500))?;
        to = done(&consumers);
        let lag = written.written()? as f64 - to.events as f64;
        if begin.elapsed() >= SETTLING {
            if points.is_empty() {
                from = to;
            }
            points.push((begin.elapsed().as_secs_f64(), lag));
        }
    }
    if consumers.iter_mut().any(Consumer::ended) {
        bail!("a consumer of {} ended by itself", runtime.name);
    }
    pacing.stop()?;
    for consumer in &mut consumers {
        consumer.stop(PATIENCE);
    }
    drop(consumers);
    let lag_per_second = slope(&points);
    Ok(Outcome {
        runtime: runtime.name.clone(),
        work: Condition { arrivals: Arrivals::Backlog, ..condition.clone() }.name(),
        events_per_second: rate,
        max_utilization: case.max_utilization,
        planned: case.instances,
        run,
        lag_at_start: points.first().map_or(0.0, |point| point.1),
        lag_at_end: points.last().map_or(0.0, |point| point.1),
        lag_per_second,
        cores_used: (to.cpu_seconds - from.cpu_seconds) / WATCHED.as_secs_f64(),
        us_per_event: 1e6 * (to.cpu_seconds - from.cpu_seconds) / (to.events - from.events).max(1) as f64,
        keeps_up: lag_per_second <= FLAT * rate,
    })
}

/// Least-squares slope of points (x, y).
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len().max(1) as f64;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if variance > 0.0 { covariance / variance } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_a_line() {
        assert_eq!(slope(&[(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]), 2.0);
        assert_eq!(slope(&[(1.0, 5.0)]), 0.0);
    }
}
