//! Events that come at their due times, written by a thread on the services' core.

use crate::bench::{SEED, SERVICE_CPU};
use crate::condition::Condition;
use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use tonnage_measure::affinity;
use tonnage_measure::events::{self, Event};
use tonnage_measure::kafka::{Cluster, Writer, now_us};
use tonnage_measure::pace::{Lateness, write_paced};

/// The most that one run takes, s.
const LONGEST: f64 = 600.0;

/// A generator that has written one event to each partition, so that the consumer has something to begin with
/// and is in the group before the others come.
pub struct Pacer {
    writer: Writer,
    topic: String,
    partitions: i32,
    events: Vec<Event>,
}

/// A generator that writes until it is dropped.
pub struct Pacing {
    going: Arc<AtomicBool>,
    writing: Option<JoinHandle<Result<Lateness>>>,
}

impl Pacer {
    pub fn new(cluster: &Cluster, topic: &str, condition: &Condition) -> Result<Self> {
        let writer = cluster.writer()?;
        let events = events::generate(SEED, condition.event_bytes, 4096)?;
        for (partition, event) in (0..condition.partitions).zip(&events) {
            writer.write(topic, partition, event, now_us())?;
        }
        writer.flush()?;
        Ok(Self { writer, topic: topic.to_string(), partitions: condition.partitions, events })
    }

    /// Starts to write at `rate` events/s.
    pub fn start(self, condition: &Condition, rate: f64, seed: u64) -> Result<Pacing> {
        let going = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&going);
        let name = format!("pacer of {}", condition.name());
        let writing = std::thread::Builder::new().name(name).spawn(move || {
            affinity::pin(SERVICE_CPU)?;
            let going = || asked.load(Ordering::Relaxed);
            let Self { writer, topic, partitions, events } = self;
            Ok(write_paced(&writer, &topic, partitions, &events, rate, LONGEST, seed, going)?)
        })?;
        Ok(Pacing { going, writing: Some(writing) })
    }
}

impl Pacing {
    /// Stops it and says how late it was.
    pub fn stop(mut self) -> Result<Lateness> {
        self.going.store(false, Ordering::Relaxed);
        let writing = self.writing.take().context("the generator stopped twice")?;
        writing.join().map_err(|_| anyhow::anyhow!("the generator panicked"))?
    }
}

impl Drop for Pacing {
    fn drop(&mut self) {
        self.going.store(false, Ordering::Relaxed);
    }
}
