//! Measures how long events take from due to handled, by load, service time, waiting and fetch settings.

use crate::bench::Bench;
use crate::condition::{Arrivals, Condition};
use crate::heldout;
use crate::predict::Prediction;
use crate::profiles;
use crate::runtimes::Runtime;
use crate::series::{self, Planned};
use crate::validation::Rounds;
use anyhow::{Context, Result};
use std::path::Path;
use std::time::Duration;
use tonnage_measure::sample::{Sample, Samples};
use tonnage_measure::statistics::mean;
use tonnage_model::runtime::Runtime as Profile;

/// What a call takes in these runs: where most consumers live.
pub const CALL: Duration = Duration::from_millis(20);

/// CPU of an event, s, and the shares of a core at which it is loaded, fetches included.
const SERVICES: [(f64, &[f64]); 2] = [(0.25e-3, &[0.3, MIDDLE, 0.8]), (2e-3, &[MIDDLE])];
const MIDDLE: f64 = 0.6;

/// How long fetches are told to wait besides the client's default, ms; at the middle load.
const FETCH_WAITS_MS: [u32; 2] = [20, 100];

/// Events in progress at once where each waits for a call, and the share of these places that are taken.
const IN_FLIGHT: [u32; 2] = [1, 8];
const PLACES_TAKEN: f64 = 0.6;

/// Backlogs drained of each work.
const BACKLOGS: u32 = 2;

/// Samples of a condition that have to be accepted.
const LEAST_ACCEPTED: u32 = 1;

/// Events of each of these service times, all there at once: what they really take, tables of their logic included.
fn works(profile: &Profile, round_seconds: f64) -> Result<Vec<Condition>> {
    SERVICES.iter().map(|(seconds, _)| heldout::taking(profile, round_seconds, *seconds)).collect()
}

/// What a round takes in a work of so many, s: what its events took in a backlog over what they take without rounds.
pub fn round_seconds(profile: &Profile, work: &Condition, samples: &[Sample]) -> Result<f64> {
    let drained = samples.iter().filter(|it| {
        it.backlog && it.accepted && it.runtime == profile.name && it.compute_rounds == work.compute_rounds
    });
    let taken = mean(drained.filter_map(|it| it.us_per_event)).with_context(|| {
        format!("no accepted backlog of {} with {} rounds", profile.name, work.compute_rounds)
    })?;
    let bare = Condition { compute_rounds: 0, arrivals: Arrivals::Backlog, ..work.clone() };
    let without = 1.0 / Prediction::new(profile, &bare, 0.0, 0.0, 1.0)?.cpu_bound_rate();
    Ok((taken / 1e6 - without) / f64::from(work.compute_rounds))
}

/// All paced conditions of a runtime, or those of one handler.
fn conditions(
    profile: &Profile,
    assumed: f64,
    samples: &[Sample],
    handler: Option<&str>,
) -> Result<Vec<Condition>> {
    let mut all: Vec<Condition> = Vec::new();
    let works = works(profile, assumed)?;
    for (work, (_, loads)) in works.iter().zip(SERVICES) {
        let round_seconds = round_seconds(profile, work, samples)?;
        for load in loads {
            all.push(loaded(profile, work, round_seconds, *load)?);
        }
    }
    // What generator, broker and machine take by themselves at the same rates.
    for load in 0..SERVICES[0].1.len() {
        let arrivals = all[load].arrivals;
        all.push(Condition { arrivals, ..Condition::new("consume", works[0].event_bytes) });
    }
    for fetch_wait_ms in FETCH_WAITS_MS {
        let waiting = Condition { fetch_wait_ms, ..works[0].clone() };
        all.push(loaded(profile, &waiting, round_seconds(profile, &works[0], samples)?, MIDDLE)?);
    }
    for in_flight in IN_FLIGHT {
        let calling = Condition { io_calls: 1, in_flight, ..Condition::new("parse", 1200) };
        let most = Prediction::new(profile, &calling, 0.0, CALL.as_secs_f64(), 1.0)?.throughput();
        all.push(Condition { arrivals: Arrivals::Paced(rounded(most * PLACES_TAKEN)), ..calling });
    }
    all.retain(|it| handler.is_none_or(|only| it.handler == only));
    Ok(all)
}

/// The condition at the rate at which the model has the core busy for this share of the time.
fn loaded(profile: &Profile, work: &Condition, round_seconds: f64, load: f64) -> Result<Condition> {
    let at = |rate| Condition { arrivals: Arrivals::Paced(rate), ..work.clone() };
    let predict = |rate| Prediction::new(profile, &at(rate), round_seconds, 0.0, 1.0);
    let (mut low, mut high) = (1.0, predict(1.0)?.cpu_bound_rate());
    while high - low > 0.5 {
        let middle = f64::midpoint(low, high);
        if predict(middle)?.busy() < load { low = middle } else { high = middle }
    }
    Ok(at(rounded(low)))
}

/// To two digits, as a rate that somebody would choose.
fn rounded(rate: f64) -> f64 {
    let step = 10f64.powf(rate.log10().floor() - 1.0);
    (rate / step).round() * step
}

/// Which runs of latency are made.
pub struct Extent {
    /// Repetitions of each condition.
    pub repetitions: u32,
    /// Samples of a run before, whose backlogs are taken instead of draining them.
    pub backlogs: Option<Vec<Sample>>,
    /// Only conditions of this handler.
    pub handler: Option<String>,
}

/// Drains the backlogs, unless they are given from a run before, and then runs the paced conditions.
pub fn measure(
    bench: &Bench,
    runtimes: &[(Runtime, Profile)],
    rounds: &Rounds,
    extent: Extent,
    output: &Path,
) -> Result<()> {
    let Extent { repetitions, backlogs, handler } = extent;
    let mut samples = Samples::create(output)?;
    let is_cold = backlogs.is_some();
    let backlogs = match backlogs {
        Some(backlogs) => backlogs,
        None => drain(bench, runtimes, rounds, &mut samples)?,
    };
    let mut paced = Vec::new();
    for (runtime, profile) in runtimes {
        let mut conditions = conditions(profile, rounds[&runtime.name], &backlogs, handler.as_deref())?;
        conditions.retain(|condition| runtime.runs(condition));
        for condition in conditions {
            paced.extend(Planned::repeated(runtime, &condition, true, repetitions));
        }
    }
    if let Some(first) = paced.first()
        && is_cold
    {
        // A broker that has just started answers late.
        bench.run(first.runtime, &first.condition, 0, first.latencies)?;
    }
    series::run(bench, paced, LEAST_ACCEPTED, &mut samples)
}

/// What events of each work take.
fn drain(
    bench: &Bench,
    runtimes: &[(Runtime, Profile)],
    rounds: &Rounds,
    samples: &mut Samples,
) -> Result<Vec<Sample>> {
    let mut drained = Vec::new();
    for (runtime, profile) in runtimes {
        for condition in works(profile, rounds[&runtime.name])? {
            drained.extend(Planned::repeated(runtime, &condition, false, BACKLOGS));
        }
    }
    series::run(bench, drained, LEAST_ACCEPTED, samples)?;
    profiles::read_samples(samples.so_far())
}
