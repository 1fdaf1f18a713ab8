//! A series of runs in random order, each written down as soon as it is there.

use crate::bench::{Bench, SEED, SERVICE_CPU};
use crate::condition::{Arrivals, Condition};
use crate::runtimes::Runtime;
use crate::stop;
use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::VecDeque;
use std::path::Path;
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

/// Runs all of them, those whose brackets disagree once more at the end. A run that fails is told at once and
/// once more at the end, and makes the whole series fail; those after it are still run.
pub fn run(bench: &Bench, mut plan: Vec<Planned<'_>>, output: &Path) -> Result<()> {
    fastrand::Rng::with_seed(SEED).shuffle(&mut plan);
    let first_tries = plan.len();
    for planned in &plan {
        if planned.condition.arrivals == Arrivals::Backlog {
            bench.topics.filled(planned.condition.event_bytes, planned.condition.compression)?;
        }
    }
    // From here on the driver keeps off the consumer's core.
    affinity::pin(SERVICE_CPU)?;
    let mut plan = VecDeque::from(plan);
    let mut samples = Samples::create(output)?;
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta} left  {msg}")?;
    let bar = ProgressBar::new(plan.len() as u64).with_style(style);
    let mut failures = Vec::new();
    let (mut accepted, mut rejected) = (0, 0);
    let mut order = 0;
    while let Some(planned) = plan.pop_front() {
        if stop::asked() {
            bail!("stopped after {accepted} samples; those are in {}", output.display());
        }
        bar.set_message(format!("{} {}", planned.runtime.name, planned.condition.name()));
        match bench.run(planned.runtime, &planned.condition, order, planned.latencies) {
            Ok(mut sample) => {
                sample.repetition = planned.repetition;
                samples.add(&sample)?;
                if sample.accepted {
                    accepted += 1;
                } else {
                    rejected += 1;
                    if order < first_tries {
                        bar.inc_length(1);
                        plan.push_back(planned);
                    }
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
