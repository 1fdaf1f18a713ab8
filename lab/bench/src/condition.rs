//! What a consumer is run under: one point of the sweep.

use crate::bench::PARTITIONS;
use crate::runtimes::Runtime;
use tonnage_measure::kafka::Compression;
use tonnage_measure::sample::Sample;

/// How events come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// They are all there: the consumer drains a backlog at its capacity.
    Backlog,
    /// At this many events/s, open loop.
    Paced(f64),
    /// None come.
    Idle,
}

/// The way from the broker to the consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Loopback,
    /// The consumer in a network namespace of its own, so that receiving is charged to it.
    Veth,
    /// Loopback, over TLS.
    Tls,
}

impl Network {
    /// As in the samples.
    pub fn name(self) -> &'static str {
        match self {
            Network::Loopback => "loopback",
            Network::Veth => "veth",
            Network::Tls => "tls",
        }
    }
}

/// All that is varied.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub handler: &'static str,
    pub event_bytes: usize,
    pub partitions: i32,
    pub io_calls: u32,
    pub produces: u32,
    pub compute_rounds: u32,
    pub in_flight: u32,
    pub cores: u32,
    pub arrivals: Arrivals,
    pub commit: &'static str,
    pub compression: Compression,
    pub network: Network,
    /// How long a fetch may wait for more events, ms; 0 leaves the client's defaults.
    pub fetch_wait_ms: u32,
    /// What the client's limits of what it reads ahead are divided by.
    pub prefetch_divisor: u32,
    /// GOMEMLIMIT.
    pub memory_limit_mib: Option<u32>,
    /// Time the handler of each event, which costs a little by itself.
    pub timed: bool,
}

impl Condition {
    /// A backlog of events of this size, one at a time, on one core, and nothing else.
    pub fn new(handler: &'static str, event_bytes: usize) -> Self {
        Self {
            handler,
            event_bytes,
            partitions: PARTITIONS,
            io_calls: 0,
            produces: 0,
            compute_rounds: 0,
            in_flight: 1,
            cores: 1,
            arrivals: Arrivals::Backlog,
            commit: "interval",
            compression: Compression::None,
            network: Network::Loopback,
            fetch_wait_ms: 0,
            prefetch_divisor: 1,
            memory_limit_mib: None,
            timed: false,
        }
    }

    /// A short name of what is special about it.
    pub fn name(&self) -> String {
        let mut name = self.handler.to_string();
        let mut add = |text: String| {
            name.push('+');
            name.push_str(&text);
        };
        match self.arrivals {
            Arrivals::Backlog => {}
            Arrivals::Paced(rate) => add(format!("{rate:.0}/s")),
            Arrivals::Idle => add("idle".to_string()),
        }
        for (count, what) in
            [(self.io_calls, "io"), (self.produces, "produce"), (self.compute_rounds, "compute")]
        {
            match count {
                0 => {}
                1 => add(what.to_string()),
                count => add(format!("{count}x{what}")),
            }
        }
        if self.in_flight > 1 {
            add(format!("m={}", self.in_flight));
        }
        if self.cores > 1 {
            add(format!("{} cores", self.cores));
        }
        if self.commit != "interval" {
            add(format!("commit={}", self.commit));
        }
        if self.compression != Compression::None {
            add(self.compression.name().to_string());
        }
        if self.network != Network::Loopback {
            add(self.network.name().to_string());
        }
        if self.fetch_wait_ms > 0 {
            add(format!("fetch={}ms", self.fetch_wait_ms));
        }
        if self.partitions != PARTITIONS {
            add(format!("p={}", self.partitions));
        }
        if self.prefetch_divisor > 1 {
            add(format!("prefetch/{}", self.prefetch_divisor));
        }
        if let Some(limit) = self.memory_limit_mib {
            add(format!("limit={limit}MiB"));
        }
        if self.timed {
            add("timed".to_string());
        }
        name
    }

    /// What the consumer is told of it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut settings = vec![
            ("LAB_HANDLER", self.handler.to_string()),
            ("LAB_IO_CALLS", self.io_calls.to_string()),
            ("LAB_PRODUCES", self.produces.to_string()),
            ("LAB_COMPUTE_ROUNDS", self.compute_rounds.to_string()),
            ("LAB_IN_FLIGHT", self.in_flight.to_string()),
            ("LAB_CORES", self.cores.to_string()),
            ("LAB_COMMIT", self.commit.to_string()),
            ("LAB_FETCH_WAIT_MS", self.fetch_wait_ms.to_string()),
            ("LAB_PREFETCH_DIVISOR", self.prefetch_divisor.to_string()),
        ];
        if let Some(limit) = self.memory_limit_mib {
            settings.push(("GOMEMLIMIT", format!("{limit}MiB")));
        }
        if self.timed {
            settings.push(("LAB_SERVICE_TIMES", "1".to_string()));
        }
        settings.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
    }

    /// A sample of it, nothing measured yet.
    pub fn sample(&self, runtime: &Runtime) -> Sample {
        Sample {
            runtime: runtime.name.clone(),
            condition: self.name(),
            handler: self.handler.to_string(),
            event_bytes: self.event_bytes,
            io_calls: self.io_calls,
            produces: self.produces,
            compute_rounds: self.compute_rounds,
            in_flight: self.in_flight,
            backlog: self.arrivals == Arrivals::Backlog,
            cores: f64::from(self.cores),
            commit: self.commit.to_string(),
            compression: self.compression.name().to_string(),
            network: self.network.name().to_string(),
            partitions: self.partitions,
            fetch_wait_ms: self.fetch_wait_ms,
            ..Sample::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_special() {
        assert_eq!(Condition::new("decode", 256).name(), "decode");
        let condition = Condition {
            io_calls: 1,
            compute_rounds: 10,
            in_flight: 16,
            arrivals: Arrivals::Paced(500.0),
            partitions: 6,
            prefetch_divisor: 4,
            ..Condition::new("parse", 256)
        };
        assert_eq!(condition.name(), "parse+500/s+io+10xcompute+m=16+p=6+prefetch/4");
    }
}
