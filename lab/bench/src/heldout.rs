//! Conditions that no fit has seen: other sizes, mixes of work, other numbers in flight, and latencies.

use crate::bench::Bench;
use crate::condition::{Arrivals, Condition};
use crate::predict::Prediction;
use crate::runtimes::Runtime;
use crate::series::{self, Planned};
use crate::validation::Rounds;
use anyhow::Result;
use std::path::Path;
use tonnage_measure::sample::{Sample, Samples};
use tonnage_model::runtime::Runtime as Profile;

/// Backlogs that are drained as fast as can be.
pub fn backlogs() -> Vec<Condition> {
    let parse = |bytes| Condition::new("parse", bytes);
    vec![
        Condition::new("consume", 5000),
        Condition::new("decode", 700),
        Condition::new("validate", 6000),
        Condition::new("aggregate", 1200),
        Condition { compute_rounds: 4, ..parse(1200) },
        Condition { io_calls: 1, in_flight: 8, ..parse(1200) },
        Condition { io_calls: 1, compute_rounds: 2, in_flight: 32, ..parse(4000) },
        Condition { produces: 1, ..Condition::new("validate", 1200) },
    ]
}

/// Samples of a condition that have to be accepted: a prediction has a row as soon as there is one.
const LEAST_ACCEPTED: u32 = 1;

/// Loads at which latency is measured, as shares of the predicted capacity of one core.
pub const LOADS: [f64; 3] = [0.3, 0.6, 0.8];

/// What an event takes where latency is measured, s: long enough that the generator, the broker and their
/// one core keep up with any consumer.
const SERVICE_SECONDS: f64 = 250e-6;

/// Parsing with as many rounds of business logic as make an event of this runtime take about a quarter of a
/// millisecond, at each of the loads.
pub fn paced(profile: &Profile, round_seconds: f64) -> Result<Vec<Condition>> {
    let condition = taking(profile, round_seconds, SERVICE_SECONDS)?;
    let capacity = Prediction::new(profile, &condition, round_seconds, 0.0, 1.0)?.cpu_bound_rate();
    Ok(LOADS
        .map(|load| {
            let rate = (capacity * load / 10.0).round() * 10.0;
            Condition { arrivals: Arrivals::Paced(rate), ..condition.clone() }
        })
        .into())
}

/// Parsing with as many rounds of business logic as make an event of this runtime take about `service_seconds` of CPU.
pub fn taking(profile: &Profile, round_seconds: f64, service_seconds: f64) -> Result<Condition> {
    let bare = Condition::new("parse", 1200);
    let rounds = |compute_rounds| Condition { compute_rounds, ..bare.clone() };
    let without = 1.0 / Prediction::new(profile, &bare, round_seconds, 0.0, 1.0)?.cpu_bound_rate();
    let with_ten = 1.0 / Prediction::new(profile, &rounds(10), round_seconds, 0.0, 1.0)?.cpu_bound_rate();
    let each = (with_ten - without) / 10.0;
    Ok(rounds((((service_seconds - without) / each).round()).max(1.0) as u32))
}

/// The condition that a sample of paced events was run under.
pub fn paced_as(sample: &Sample) -> Condition {
    Condition {
        compute_rounds: sample.compute_rounds,
        arrivals: Arrivals::Paced(sample.offered_per_second.unwrap_or_default()),
        ..Condition::new("parse", sample.event_bytes)
    }
}

/// Runs all of them `repetitions` times.
pub fn measure(
    bench: &Bench,
    runtimes: &[(Runtime, Profile)],
    rounds: &Rounds,
    repetitions: u32,
    output: &Path,
) -> Result<()> {
    let mut plan = Vec::new();
    for (runtime, profile) in runtimes {
        let drained = backlogs().into_iter().map(|condition| (condition, false));
        let timed = paced(profile, rounds[&runtime.name])?.into_iter().map(|condition| (condition, true));
        for (condition, latencies) in drained.chain(timed).filter(|(condition, _)| runtime.runs(condition)) {
            plan.extend(Planned::repeated(runtime, &condition, latencies, repetitions));
        }
    }
    series::run(bench, plan, LEAST_ACCEPTED, &mut Samples::create(output)?)
}
