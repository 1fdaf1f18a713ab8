//! What was measured over a stretch of steady running.

use tonnage_model::demand::fetch::FetchCost;

/// Event sizes, rates and counts within this factor of each other are taken as one: nothing can be learned
/// from how cost differs between them.
pub const SAME: f64 = 1.05;

/// The work that is done for each event.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Kind of handler; `None` where events are only fetched.
    pub handler: Option<String>,
    /// Downstream calls for each event.
    pub io_calls: f64,
    /// Events written for each event read.
    pub produces: f64,
    /// Units of a fixed piece of plain code run for each event.
    pub compute_rounds: f64,
    /// Events in flight at a time, where that was set.
    pub in_flight: Option<f64>,
    /// Whether the process was tied to its cores.
    pub is_pinned: bool,
}

/// One sample. What was not measured is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The line that it came from, for messages.
    pub line: usize,
    /// What was done for each event.
    pub work: Work,
    /// Mean payload of an event, B.
    pub event_bytes: Option<f64>,
    /// Events handled, events/s; 0 where the consumer was idle.
    pub events_per_second: Option<f64>,
    /// Mean cores busy, over all processes of the consumer.
    pub cores_used: Option<f64>,
    /// Cores that the consumer was given.
    pub cores: u32,
    /// Whether the consumer was the bottleneck, so that the rate is its capacity.
    pub is_saturated: bool,
    /// Whether the consumer drained a backlog, so that its fetches were full.
    pub is_backlog: bool,
    /// Memory of all processes, B.
    pub memory_bytes: Option<f64>,
    /// The same before the first event, B.
    pub idle_memory_bytes: Option<f64>,
    /// Partitions that it read.
    pub partitions: Option<u32>,
    /// Events held in progress.
    pub events_in_flight: Option<f64>,
    /// Process start to first event handled, s.
    pub startup_seconds: Option<f64>,
    /// Squared coefficient of variation of the service time.
    pub service_scv: Option<f64>,
}

impl Sample {
    /// Whether the consumer had nothing to do.
    pub fn is_idle(&self) -> bool {
        self.events_per_second == Some(0.0)
    }
}

/// A sample with work in it: what an event cost, and at what rate and size.
#[derive(Debug, Clone, Copy)]
pub struct Load<'s> {
    /// The sample.
    pub sample: &'s Sample,
    /// x, events/s.
    pub rate: f64,
    /// b, B.
    pub bytes: f64,
    /// y, core-seconds an event, without what an idle process burns.
    pub cost: f64,
}

impl Load<'_> {
    /// An event's share of a fetch beyond what each event and byte of a full one costs, core-seconds.
    pub fn fetch_share(&self, fetch: FetchCost) -> f64 {
        if self.sample.is_backlog { 0.0 } else { fetch.per_event(self.rate, 0.0) }
    }
}

/// Whether the largest of some numbers is out of the same class as the smallest.
pub fn vary(values: impl Iterator<Item = f64>) -> bool {
    let (low, high) = range(values);
    high > low * SAME
}

/// Smallest and largest; an infinite, empty range of none.
pub fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// Whether two positive numbers lie within a factor of each other.
pub fn within(factor: f64, one: f64, other: f64) -> bool {
    one <= other * factor && other <= one * factor
}
