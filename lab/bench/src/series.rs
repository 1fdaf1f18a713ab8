//! A series of runs in random order, each written down as soon as it is there.

use crate::bench::{Bench, SEED, SERVICE_CPU};
use crate::condition::{Arrivals, Condition};
use crate::runtimes::Runtime;
use crate::stop;
use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::sample::Samples;

/// One run of a series.
pub struct Planned<'a> {
    pub runtime: &'a Runtime,
    pub condition: Condition,
    pub repetition: u32,
    /// Whether each event's latency is noted.
    pub latencies: bool,
}

impl<'a> Planned<'a> {
    /// A condition so many times.
    pub fn repeated(
        runtime: &'a Runtime,
        condition: &Condition,
        latencies: bool,
        repetitions: u32,
    ) -> impl Iterator<Item = Self> {
        (1..=repetitions).map(move |repetition| Self {
            runtime,
            condition: condition.clone(),
            repetition,
            latencies,
        })
    }
}

/// Runs of a condition at most beyond those planned.
const MOST_EXTRA: u32 = 8;

/// Runs all of them, then again those conditions of which fewer than `least_accepted` samples were accepted. A run that
/// fails is told at once and once more at the end, and makes the whole series fail; those after it are still run.
pub fn run(
    bench: &Bench,
    mut plan: Vec<Planned<'_>>,
    least_accepted: u32,
    samples: &mut Samples,
) -> Result<()> {
    fastrand::Rng::with_seed(SEED).shuffle(&mut plan);
    let mut turn = bench.turns.as_ref().map(take_turn).transpose()?;
    for planned in &plan {
        if planned.condition.arrivals == Arrivals::Backlog {
            bench.topics.filled(&planned.condition)?;
        }
    }
    // From here on the driver keeps off the consumer's core.
    affinity::pin(SERVICE_CPU)?;
    let mut plan = VecDeque::from(plan);
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta} left  {msg}")?;
    let bar = ProgressBar::new(plan.len() as u64).with_style(style);
    let mut failures = Vec::new();
    let (mut accepted, mut rejected) = (0, 0);
    let mut order = 0;
    let mut tallies: HashMap<(String, String, usize), Tally> = HashMap::new();
    for planned in &plan {
        tallies.entry(planned.key()).or_default().to_run += 1;
    }
    while let Some(planned) = plan.pop_front() {
        if stop::asked() {
            bail!("stopped after {accepted} samples; those are written");
        }
        bar.set_message(format!("{} {}", planned.runtime.name, planned.condition.name()));
        if turn.is_none() {
            turn = bench.turns.as_ref().map(take_turn).transpose()?;
        }
        let run = bench.run(planned.runtime, &planned.condition, order, planned.latencies);
        turn = turn.filter(|turn| turn.taken.elapsed() < LONGEST_TURN);
        match run {
            Ok(mut sample) => {
                sample.repetition = planned.repetition;
                samples.add(&sample)?;
                if sample.accepted {
                    accepted += 1;
                } else {
                    rejected += 1;
                }
                let tally = tallies.entry(planned.key()).or_default();
                if tally.wants_more_after(sample.accepted, least_accepted) {
                    bar.inc_length(1);
                    plan.push_back(planned);
                }
            }
            Err(error) => {
                bar.suspend(|| eprintln!("failed: {error:#}"));
                failures.push(format!("{error:#}"));
            }
        }
        bar.inc(1);
        order += 1;
    }
    bar.finish_and_clear();
    println!("{accepted} samples accepted, {rejected} rejected by their brackets");
    if !failures.is_empty() {
        bail!("{} runs failed:\n{}", failures.len(), failures.join("\n"));
    }
    Ok(())
}

impl Planned<'_> {
    /// The runtime and the condition, whichever repetition.
    fn key(&self) -> (String, String, usize) {
        (self.runtime.name.clone(), self.condition.name(), self.condition.event_bytes)
    }
}

/// How the runs of one condition went so far.
#[derive(Default)]
struct Tally {
    /// Runs that are still to be made.
    to_run: u32,
    accepted: u32,
    extra: u32,
}

impl Tally {
    /// Counts a run; whether one more is to be added to those planned.
    fn wants_more_after(&mut self, accepted: bool, least_accepted: u32) -> bool {
        self.to_run -= 1;
        self.accepted += u32::from(accepted);
        let wants = self.accepted + self.to_run < least_accepted && self.extra < MOST_EXTRA;
        if wants {
            self.to_run += 1;
            self.extra += 1;
        }
        wants
    }
}

/// How long a turn is left to whoever waits for it.
const LEFT_TO_OTHERS: Duration = Duration::from_millis(20);

/// No run begins in a turn that has lasted this long.
const LONGEST_TURN: Duration = Duration::from_secs(300);

/// Holds the lock on a file for as long as some runs last, so that other work of the machine's comes between two runs
/// instead of spoiling one.
struct Turn<'f> {
    file: &'f File,
    taken: Instant,
}

fn take_turn(file: &File) -> Result<Turn<'_>> {
    std::thread::sleep(LEFT_TO_OTHERS);
    file.lock()?;
    Ok(Turn { file, taken: Instant::now() })
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            eprintln!("warning: cannot give up the turn: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_run_until_two_samples_count() {
        let mut tally = Tally { to_run: 3, ..Tally::default() };
        let outcomes = [false, false, false, false, true, true];
        assert_eq!(outcomes.map(|it| tally.wants_more_after(it, 2)), [false, true, true, true, false, false]);
        let mut hopeless = Tally { to_run: 2, ..Tally::default() };
        let more =
            std::iter::repeat_with(|| hopeless.wants_more_after(false, 2)).take_while(|&more| more).count();
        assert_eq!(more, MOST_EXTRA as usize);
    }
}
