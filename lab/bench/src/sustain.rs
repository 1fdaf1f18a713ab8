//! The answer that users buy: the planned number of consumers keeps up, one fewer does not.
//!
//! Each consumer may use a fifth of a core, by quota, so that several fit on the lab's machine. Only the lag is
//! looked at: a quota stops a consumer for most of every tenth of a second, and latency with it.
//!
//! The core's speed changes within a minute, and a plan is for a speed. So the kernel is run before, to choose a rate, and
//! every other second while lag is looked at: what is planned for that rate at the speed of the run is held against the run.

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
/// Shares of what the planned number carries, by handling alone, that are tried, per cent: so much that one fewer is full,
/// and so little that one more is not planned as soon as the core is a little slower.
const MOST_FILLED: u64 = 95;
const LEAST_FILLED: u64 = 70;
/// Share by which the core's speed may change from one run to the next without another number being planned.
const SPEED_CHANGES: f64 = 0.03;
const JOINING: Duration = Duration::from_secs(15);
const SETTLING: Duration = Duration::from_secs(10);
const WATCHED: Duration = Duration::from_secs(60);
const KERNEL_EVERY: Duration = Duration::from_secs(2);
/// Runs of a case until there is one with the planned number and one with one fewer.
const MOST_RUNS: u32 = 6;
/// Two seconds of kernels: the machine's speed changes faster.
const KERNELS_BEFORE: usize = 80;
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
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Outcome {
    runtime: String,
    work: String,
    events_per_second: f64,
    max_utilization: f64,
    /// Speed of the core while lag was looked at; 1.0 is the calibration kernel's reference. Earlier rows lack it: they were planned
    /// at the speed before.
    #[serde(default)]
    speed: Option<f64>,
    /// Consumers that carry the rate at that speed.
    planned: u64,
    run: u64,
    lag_at_start: f64,
    lag_at_end: f64,
    lag_per_second: f64,
    /// CPU of all consumers, cores, as measured.
    cores_used: f64,
    /// CPU of an event, as measured, µs.
    us_per_event: f64,
    /// CPU of an event of a consumer that never waits for events, as planned at that speed, µs.
    #[serde(default)]
    us_planned: Option<f64>,
    keeps_up: bool,
}

impl Outcome {
    fn is_wrong(&self) -> bool {
        self.keeps_up != (self.run >= self.planned)
    }

    fn is_planned(&self) -> bool {
        self.run == self.planned
    }

    fn is_one_fewer(&self) -> bool {
        self.run + 1 == self.planned
    }

    fn print(&self) {
        println!(
            "{:<18} {:<24} {:>8.0} events/s at {:.0} %, speed {:.2}, {} planned, {} run: lag {:+.0} events/s, {:.2} cores, \
             {:.1} us an event, {:.1} planned, {}",
            self.runtime,
            self.work,
            self.events_per_second,
            100.0 * self.max_utilization,
            self.speed.unwrap_or_default(),
            self.planned,
            self.run,
            self.lag_per_second,
            self.cores_used,
            self.us_per_event,
            self.us_planned.unwrap_or_default(),
            if self.keeps_up { "keeps up" } else { "falls behind" },
        );
    }

    fn told(&self) -> String {
        format!("{} with {} of {}", self.runtime, self.run, self.planned)
    }
}

/// What the model says of a case.
struct Plan<'a> {
    case: &'a Case,
    profile: &'a Profile,
    /// Of a round of business logic at speed 1.0, s.
    round_seconds: f64,
}

impl Plan<'_> {
    fn paced(&self, rate: f64) -> Condition {
        Condition { arrivals: Arrivals::Paced(rate), ..self.case.condition.clone() }
    }

    fn predict(&self, condition: &Condition, speed: f64) -> Result<Prediction> {
        Prediction::new(self.profile, condition, self.round_seconds, 0.0, QUOTA * speed)
    }

    fn planned_at(&self, rate: f64, speed: f64) -> Result<Option<u64>> {
        Ok(self.predict(&self.paced(rate), speed)?.instances(self.case.max_utilization))
    }

    /// Events/s of a consumer that never waits for any.
    fn carried_by_one(&self, speed: f64) -> Result<f64> {
        Ok(self.predict(&self.case.condition, speed)?.cpu_bound_rate())
    }

    /// The most events/s that the case's consumers are planned for on a core of about this speed.
    fn rate_at(&self, speed: f64) -> Result<f64> {
        let carried = self.carried_by_one(speed)? * self.case.max_utilization * self.case.instances as f64;
        let speeds = [speed, speed * (1.0 - SPEED_CHANGES), speed * (1.0 + SPEED_CHANGES)];
        most_planned(self.case.instances, carried, |rate| speeds.map(|speed| self.planned_at(rate, speed)))
    }

    fn outcome(&self, watched: &Watched, rate: f64, run: u64) -> Result<Outcome> {
        let lag_per_second = slope(&watched.lags);
        Ok(Outcome {
            runtime: self.case.runtime.to_string(),
            work: self.case.condition.name(),
            events_per_second: rate,
            max_utilization: self.case.max_utilization,
            speed: Some(watched.speed),
            planned: self.planned_at(rate, watched.speed)?.context("no number of consumers is planned")?,
            run,
            lag_at_start: watched.lags.first().map_or(0.0, |lag| lag.1),
            lag_at_end: watched.lags.last().map_or(0.0, |lag| lag.1),
            lag_per_second,
            cores_used: watched.cpu_seconds / WATCHED.as_secs_f64(),
            us_per_event: 1e6 * watched.cpu_seconds / watched.events.max(1) as f64,
            us_planned: Some(1e6 * QUOTA / self.carried_by_one(watched.speed)?),
            keeps_up: lag_per_second <= FLAT * rate,
        })
    }
}

/// Runs every case with the planned number of consumers and with one fewer, but for those that the output has; fails where the
/// plan is wrong.
pub fn check(bench: &Bench, runtimes: &[(Runtime, Profile)], rounds: &Rounds, output: &Path) -> Result<()> {
    let done = match output.exists() {
        true => csv::Reader::from_path(output)?.deserialize().collect::<Result<Vec<Outcome>, _>>()?,
        false => Vec::new(),
    };
    let file = std::fs::File::options().append(true).create(true).open(output)?;
    let mut rows = csv::WriterBuilder::new().has_headers(done.is_empty()).from_writer(file);
    let mut wrong: Vec<String> = done.iter().filter(|it| it.is_wrong()).map(Outcome::told).collect();
    for case in cases() {
        let Some((runtime, profile)) = runtimes.iter().find(|(runtime, _)| runtime.name == case.runtime)
        else {
            continue;
        };
        let is_of = |it: &&Outcome| {
            it.runtime == case.runtime
                && it.work == case.condition.name()
                && it.max_utilization == case.max_utilization
        };
        let plan = Plan { case: &case, profile, round_seconds: rounds[&runtime.name] };
        let mut seen: Vec<bool> = done.iter().filter(is_of).map(Outcome::is_planned).collect();
        let mut speed = speed_of(&(0..KERNELS_BEFORE).map(|_| kernel()).collect::<Result<Vec<_>>>()?);
        for _ in 0..MOST_RUNS {
            let Some(with_all) = [true, false].into_iter().find(|it| !seen.contains(it)) else { break };
            let rate = plan
                .rate_at(speed)
                .with_context(|| format!("{} with {}", runtime.name, case.condition.name()))?;
            let run = if with_all { case.instances } else { case.instances - 1 };
            let watched = watch(bench, runtime, &plan.paced(rate), rate, run)?;
            let outcome = plan.outcome(&watched, rate, run)?;
            outcome.print();
            // Beside consumers the kernel is slower than alone, so the next rate is for this speed.
            speed = watched.speed;
            if !(if with_all { outcome.is_planned() } else { outcome.is_one_fewer() }) {
                continue;
            }
            seen.push(with_all);
            if outcome.is_wrong() {
                wrong.push(outcome.told());
            }
            rows.serialize(outcome)?;
            rows.flush()?;
        }
        if !(seen.contains(&true) && seen.contains(&false)) {
            wrong.push(format!("{}, whose core changed its speed in every run", runtime.name));
        }
    }
    if !wrong.is_empty() {
        bail!("the plan was wrong for {}", wrong.join(", "));
    }
    Ok(())
}

/// The most events/s of those near what the consumers carry for which that many are planned, at whichever speed: fetches take more
/// CPU an event at some rates than at others.
fn most_planned<const SPEEDS: usize>(
    instances: u64,
    carried: f64,
    planned_at: impl Fn(f64) -> [Result<Option<u64>>; SPEEDS],
) -> Result<f64> {
    for percent in (LEAST_FILLED..=MOST_FILLED).rev() {
        let rate = carried * percent as f64 / 100.0;
        let planned = planned_at(rate).into_iter().collect::<Result<Vec<_>>>()?;
        if planned.iter().all(|planned| *planned == Some(instances)) {
            return Ok(rate);
        }
    }
    bail!("no rate near {carried:.0} events/s is planned with {instances} consumers");
}

/// CPU time of the kernel on the consumers' core, ms.
fn kernel() -> Result<f64> {
    affinity::kernel_on(CONSUMER_CPU).context("the calibration kernel did not run")
}

/// Speed of the core in the mean of these runs of the kernel, ms.
fn speed_of(kernels: &[f64]) -> f64 {
    REFERENCE_MS * kernels.len() as f64 / kernels.iter().sum::<f64>()
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

/// What was seen of a run.
struct Watched {
    speed: f64,
    /// Seconds since events came, and events that were not handled then.
    lags: Vec<(f64, f64)>,
    events: u64,
    cpu_seconds: f64,
}

fn watch(bench: &Bench, runtime: &Runtime, condition: &Condition, rate: f64, run: u64) -> Result<Watched> {
    let cluster = &bench.topics.cluster;
    let name = format!("lab-sustain-{}", now_us());
    let mut scratch = Scratch::new(cluster, bench.topics.replication, &name);
    scratch.topic(&name, PARTITIONS)?;
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
    let pacer = Pacer::new(cluster, &name, condition)?;
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
    let mut kernel_due = SETTLING;
    let mut kernels = Vec::new();
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
        if begin.elapsed() >= kernel_due {
            kernels.push(kernel()?);
            kernel_due += KERNEL_EVERY;
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
    Ok(Watched {
        speed: speed_of(&kernels),
        lags: points,
        events: to.events - from.events,
        cpu_seconds: to.cpu_seconds - from.cpu_seconds,
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
    fn the_most_that_is_planned() -> Result<()> {
        // 1,000 events/s each, but for fetches that take some of it between 2,800 and 2,950.
        let planned_at = |rate: f64| {
            let fetching = u64::from((2800.0..2950.0).contains(&rate));
            [1000.0, 970.0].map(|carried| Ok(Some((rate / carried).ceil() as u64 + fetching)))
        };
        // Slower by 3 % they carry 2,910, where fetches take some, and 2,790 is the next of each per cent below.
        assert_eq!(most_planned(3, 3000.0, planned_at)?, 2790.0);
        let slower = |rate: f64| [1000.0, 900.0].map(|carried| Ok(Some((rate / carried).ceil() as u64)));
        assert_eq!(most_planned(3, 3000.0, slower)?, 2700.0);
        assert!(most_planned(5, 3000.0, planned_at).is_err());
        Ok(())
    }

    #[test]
    fn the_slope_of_a_line() {
        assert_eq!(slope(&[(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]), 2.0);
        assert_eq!(slope(&[(1.0, 5.0)]), 0.0);
    }
}
