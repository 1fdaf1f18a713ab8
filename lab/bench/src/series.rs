//! A series of runs in random order, each written down as soon as it is there.

use crate::bench::{Bench, SEED};
use crate::condition::Condition;
use crate::runtimes::Runtime;
use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::path::Path;
use tonnage_measure::sample::Samples;

/// One run of a series.
pub struct Planned<'a> {
    pub runtime: &'a Runtime,
    pub condition: Condition,
    pub repetition: u32,
    /// Whether each event's latency is noted.
    pub latencies: bool,
}

/// Runs all of them. A run that fails is told at once and once more at the end, and makes the whole series
/// fail; those after it are still run.
pub fn run(bench: &Bench, mut plan: Vec<Planned<'_>>, output: &Path) -> Result<()> {
    fastrand::Rng::with_seed(SEED).shuffle(&mut plan);
    let mut samples = Samples::create(output)?;
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta} left  {msg}")?;
    let bar = ProgressBar::new(plan.len() as u64).with_style(style);
    let mut failures = Vec::new();
    let mut rejected = 0;
    let mut versions: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for (order, planned) in plan.iter().enumerate() {
        bar.set_message(format!("{} {}", planned.runtime.name, planned.condition.name()));
        match bench.run(planned.runtime, &planned.condition, order, planned.latencies) {
            Ok(mut run) => {
                run.sample.repetition = planned.repetition;
                run.sample.order = order;
                rejected += usize::from(!run.sample.accepted);
                versions.insert(&planned.runtime.name, run.versions);
                samples.add(&run.sample)?;
            }
            Err(error) => {
                bar.suspend(|| eprintln!("failed: {error:#}"));
                failures.push(format!("{error:#}"));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{} samples, {rejected} of them rejected by their brackets", plan.len() - failures.len());
    for (runtime, versions) in versions {
        let versions: Vec<String> =
            versions.iter().map(|(name, version)| format!("{name}={version}")).collect();
        println!("{runtime}: {}", versions.join(","));
    }
    if !failures.is_empty() {
        bail!("{} runs failed:\n{}", failures.len(), failures.join("\n"));
    }
    Ok(())
}
