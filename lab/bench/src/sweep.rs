//! The sweep that the profiles are fitted to: every condition, in random order, again and again.

use crate::bench::Bench;
use crate::condition::{Arrivals, Condition, Network};
use crate::runtimes::{Deployment, Runtime};
use crate::series::{self, Planned};
use anyhow::{Result, bail};
use std::path::Path;
use tonnage_measure::kafka::Compression;
use tonnage_measure::sample::Samples;

/// Sizes of events, B.
const SIZES: [usize; 3] = [256, 2048, 16_384];

/// Samples of a condition that have to be accepted.
const LEAST_ACCEPTED: u32 = 2;

/// What is fitted.
pub fn conditions(runtime: &Runtime) -> Vec<Condition> {
    let [small, middle, large] = SIZES;
    let parse = |bytes| Condition::new("parse", bytes);
    let mut all = Vec::new();
    all.push(Condition::new("consume", middle));
    for handler in ["consume", "decode", "parse", "validate", "aggregate"] {
        all.extend([small, large].map(|bytes| Condition::new(handler, bytes)));
    }
    all.extend([10, 40].map(|compute_rounds| Condition { compute_rounds, ..parse(middle) }));
    all.extend([small, large].map(|bytes| Condition { produces: 1, ..parse(bytes) }));
    for bytes in [small, large] {
        all.extend([1, 64].map(|in_flight| Condition { io_calls: 1, in_flight, ..parse(bytes) }));
    }
    for rate in [200.0, 4000.0] {
        all.push(Condition { arrivals: Arrivals::Paced(rate), ..Condition::new("consume", middle) });
    }
    all.push(Condition { arrivals: Arrivals::Idle, ..Condition::new("consume", middle) });
    // At a rate that leaves the core mostly free: under a backlog, threads that share it hold each other up,
    // and that would be counted as service.
    all.push(Condition {
        timed: true,
        arrivals: Arrivals::Paced(500.0),
        ..Condition::new("validate", middle)
    });
    if runtime.deployment == Deployment::Threads {
        all.push(Condition { compute_rounds: 40, cores: 2, ..parse(middle) });
    }
    all.retain(|condition| runtime.runs(condition));
    all
}

/// What is compared with draining a backlog of the same events, and does not enter the fit.
pub fn variants(runtime: &Runtime) -> Vec<Condition> {
    let mut all = vec![
        Condition { commit: "batch", ..Condition::new("consume", 2048) },
        Condition { commit: "each", ..Condition::new("consume", 2048) },
    ];
    for network in [Network::Veth, Network::Tls] {
        all.extend([2048, 16_384].map(|bytes| Condition { network, ..Condition::new("consume", bytes) }));
    }
    if ["python-confluent", "go-franz"].contains(&&*runtime.name) {
        all.push(Condition { compression: Compression::Lz4, ..Condition::new("consume", 2048) });
    }
    all.retain(|condition| runtime.runs(condition));
    all
}

/// Which part of the sweep is run.
pub struct Extent {
    /// Repetitions of each condition.
    pub repetitions: u32,
    /// Repetitions of each variant.
    pub variant_repetitions: u32,
    /// Only conditions of these names; all without.
    pub conditions: Vec<String>,
    /// Only events of these sizes; all without.
    pub sizes: Vec<usize>,
}

impl Extent {
    fn admits(&self, condition: &Condition) -> bool {
        (self.conditions.is_empty() || self.conditions.contains(&condition.name()))
            && (self.sizes.is_empty() || self.sizes.contains(&condition.event_bytes))
    }
}

/// Runs every condition and variant of every runtime.
pub fn sweep(bench: &Bench, runtimes: &[Runtime], extent: &Extent, output: &Path) -> Result<()> {
    let mut plan = Vec::new();
    for runtime in runtimes {
        for (conditions, repetitions) in
            [(conditions(runtime), extent.repetitions), (variants(runtime), extent.variant_repetitions)]
        {
            for condition in conditions.into_iter().filter(|condition| extent.admits(condition)) {
                plan.extend(Planned::repeated(runtime, &condition, false, repetitions));
            }
        }
    }
    let plan = bench.offered(plan, |it| &it.condition);
    if plan.is_empty() {
        bail!("no condition is left to run");
    }
    series::run(bench, plan, LEAST_ACCEPTED, &mut Samples::create(output)?)
}
