//! What a cut of a pipeline costs: a topic between two consumers.

use crate::cost::traffic::{BYTES_PER_GB, Traffic};
use crate::scenario::consumer::Consumer;
use crate::scenario::segment::{Link, reading};

/// A topic between two consumers. Costs in core-s are for one event that goes through it, at speed 1.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    /// The stage that writes.
    pub from: String,
    /// The stage that reads.
    pub to: String,
    /// Whether the topic is there in any case.
    pub is_there_anyway: bool,
    /// Events/s at peak.
    pub peak_events_per_second: f64,
    /// Bytes/s at peak, written once and read once.
    pub peak_bytes_per_second: f64,
    /// Writing it.
    pub write_core_seconds: f64,
    /// Fetching it.
    pub read_core_seconds: f64,
    /// Making values of its bytes again.
    pub parse_core_seconds: f64,
    /// Of what is written and read, GB of 1e9 bytes that cross zones in a month.
    pub cross_zone_gb_per_month: f64,
    /// Their price, USD a month.
    pub traffic_usd_per_month: f64,
}

impl Hop {
    /// `None` where the positions of the consumers are not those of links.
    pub(super) fn between(writer: &Consumer<'_>, reader: &Consumer<'_>, links: &[Link<'_>]) -> Option<Self> {
        let (from, to) = (links.get(writer.last)?, links.get(reader.first)?);
        let workload = to.problem.workload;
        let runtime = reader.plan.runtime;
        let rate = workload.peak_rate();
        // The writer's plan counts for one event that it reads.
        let written = writer.plan.demand.produce * writer.plan.sizing.peak_rate / rate;
        let parse = reading(runtime, &workload.handler).map_or(0.0, |cost| cost.at(workload.event_bytes));
        let traffic = Traffic {
            written_bytes_per_month: writer.traffic.written_bytes_per_month,
            read_bytes_per_month: reader.traffic.read_bytes_per_month,
        };
        Some(Self {
            from: from.problem.workload.name.clone(),
            to: workload.name.clone(),
            is_there_anyway: to.stage.boundary,
            peak_events_per_second: rate,
            peak_bytes_per_second: rate * workload.event_bytes,
            write_core_seconds: written,
            read_core_seconds: reader.plan.demand.consume + reader.plan.fetch_core_seconds(),
            parse_core_seconds: parse * runtime.provenance.vcpu_speed,
            cross_zone_gb_per_month: traffic.bytes_per_month() / BYTES_PER_GB,
            traffic_usd_per_month: traffic
                .usd_per_month(reader.plan.sizing.policy.cross_zone, &reader.plan.machine.provider),
        })
    }

    /// Cores of speed 1.0 that it keeps busy at peak on both sides.
    pub fn cores(&self) -> f64 {
        let each = self.write_core_seconds + self.read_core_seconds + self.parse_core_seconds;
        self.peak_events_per_second * each
    }
}
