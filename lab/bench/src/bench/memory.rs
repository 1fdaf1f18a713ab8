//! A run in which only memory is looked at: until the consumer holds no more than it did, whoever else is at work on the machine.

use super::{Bench, Run, USABLE};
use crate::condition::{Arrivals, Condition};
use crate::runtimes::Runtime;
use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use tonnage_measure::kafka::now_us;
use tonnage_measure::stretch::Stretch;

/// How long memory is watched, s: at least so long, until it has not risen for `steady`, and no longer than `most`.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    pub least: Duration,
    pub steady: Duration,
    pub most: Duration,
}

/// More than this share above what it was is a rise.
const RISE: f64 = 0.01;

/// What a consumer held.
pub struct Held {
    pub started: jiff::Timestamp,
    pub versions: String,
    pub seconds: f64,
    pub events_per_second: f64,
    /// Cores that it used.
    pub cores_used: f64,
    /// PSS of the process tree at its highest, and at the end, MiB.
    pub highest_mib: f64,
    pub end_mib: f64,
    /// Whether it still rose when the watch was over.
    pub rising: bool,
    /// Events that were there at the start.
    pub backlog: usize,
}

impl Bench {
    /// Runs a consumer once and watches its memory.
    pub fn memory(&self, runtime: &Runtime, condition: &Condition, watch: Watch) -> Result<Held> {
        let name = format!("memory-{}-{}", std::process::id(), now_us());
        let (_scratch, pacer, run) = self.start(runtime, condition, &name, None)?;
        let held = run.hold(pacer, watch);
        held.with_context(|| format!("{} under {}", runtime.name, condition.name()))
    }
}

impl Run<'_> {
    fn hold(mut self, pacer: Option<super::Pacer>, watch: Watch) -> Result<Held> {
        let started = jiff::Timestamp::now();
        let from = self.first_mark()?;
        let _pacing = match (pacer, self.condition.arrivals) {
            (Some(pacer), Arrivals::Paced(rate)) => Some(pacer.start(self.condition, rate, now_us())?),
            _ => None,
        };
        let begin = Instant::now();
        let (mut before_rise, mut rose) = (0.0, begin);
        let mut highest: f64 = 0.0;
        let (to, end_mib, rising) = loop {
            let mark = self.next()?;
            let now = self.consumer.pss_mib();
            highest = highest.max(now);
            if now > before_rise * (1.0 + RISE) {
                (before_rise, rose) = (now, Instant::now());
            }
            let steady = rose.elapsed() > watch.steady;
            let drained = self.backlog > 0 && mark.report.handled as f64 > USABLE * self.backlog as f64;
            if (steady && begin.elapsed() > watch.least) || begin.elapsed() > watch.most || drained {
                break (mark, now, !steady);
            }
        };
        self.consumer.stop(Duration::from_secs(2));
        let stretch = Stretch::between(&from, &to);
        Ok(Held {
            started,
            versions: self.versions,
            seconds: stretch.seconds,
            events_per_second: stretch.events_per_second(),
            cores_used: stretch.cores(),
            highest_mib: highest,
            end_mib,
            rising,
            backlog: self.backlog,
        })
    }
}
