//! The parts that a runtime's memory is made of, as its profile gives them.

use crate::figure::{Figure, Linear};
use serde::{Deserialize, Serialize};

/// Brokers that a client fetches from unless its profile says otherwise: what clusters start with.
pub const BROKERS: f64 = 3.0;

/// Most that state takes where the collector is given a limit (GOMEMLIMIT): its garbage is a quarter of it.
const STATE_UNDER_LIMIT: f64 = 1.25;

/// Memory, bytes unless a field says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// One process that does nothing: interpreter or binary, libraries, client.
    pub base: Figure,
    /// What one process at work holds beside it, whatever it handles: code that is compiled, a heap that has grown once.
    pub working: Figure,
    /// One worker thread.
    pub thread: Figure,
    /// One event in flight, `e0 + e1 b`.
    pub per_in_flight_event: Linear,
    /// g: how many times what is live a collector lets the heap become; 1 where none does.
    pub gc_factor: Figure,
    /// What the client reads ahead of the handler; `None` where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefetch: Option<Prefetch>,
}

/// How far a client reads ahead of the handler, and what it takes to keep that. A limit that is `None` does not bind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prefetch {
    /// Payload of one client (a process), bytes.
    pub client_bytes: Option<Figure>,
    /// Messages of one client.
    pub client_messages: Option<Figure>,
    /// Payload of one broker's answer or connection, bytes.
    pub broker_bytes: Option<Figure>,
    /// Brokers that it fetches from.
    pub brokers: Figure,
    /// Payload of one partition, bytes.
    pub partition_bytes: Option<Figure>,
    /// Messages of one partition.
    pub partition_messages: Option<Figure>,
    /// Bytes that a queued message takes beside its payload.
    pub bytes_per_message: Figure,
    /// Bytes held for a byte of payload.
    pub expansion: Figure,
}

/// What one client may read ahead, reduced to payload of events of one size, and what that takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadAhead {
    /// Most payload of one client, bytes; infinite where only partitions limit it.
    pub client_bytes: f64,
    /// Most payload of one partition, bytes; infinite where only the client limits it.
    pub partition_bytes: f64,
    /// Bytes held for a byte of payload, a collector's share included: `g (expansion + bytes_per_message / b)`.
    pub held_per_byte: f64,
    /// Time without consumers after which a backlog is read, s.
    pub outage_seconds: f64,
    /// b, bytes.
    pub event_bytes: f64,
}

impl ReadAhead {
    /// What a client may read ahead of events of `event_bytes`, where `limit` stands instead of its own, after an outage.
    pub fn of(memory: &Memory, event_bytes: f64, limit: Option<f64>, outage_seconds: f64) -> Option<Self> {
        let prefetch = memory.prefetch.as_ref()?;
        let (client_bytes, partition_bytes) = prefetch.payload(event_bytes, limit);
        Some(Self {
            client_bytes,
            partition_bytes,
            held_per_byte: memory.gc_factor.value * prefetch.held_per_byte(event_bytes),
            outage_seconds,
            event_bytes,
        })
    }
}

impl Memory {
    /// How many times a process's state it takes to keep it: `min(g, 1.25)`, as a memory limit tells a collector to run
    /// more often rather than let state become garbage twice over.
    pub fn state_factor(&self) -> f64 {
        self.gc_factor.value.min(STATE_UNDER_LIMIT)
    }

    /// One event in flight, bytes: `g (e0 + e1 b)`.
    pub fn in_flight_event_bytes(&self, event_bytes: f64) -> f64 {
        self.gc_factor.value * self.per_in_flight_event.at(event_bytes)
    }
}

impl Prefetch {
    /// Without any limit, to be given some.
    pub fn unlimited() -> Self {
        Self {
            client_bytes: None,
            client_messages: None,
            broker_bytes: None,
            brokers: Figure::left_out(BROKERS),
            partition_bytes: None,
            partition_messages: None,
            bytes_per_message: Figure::left_out(0.0),
            expansion: Figure::left_out(1.0),
        }
    }

    /// Most payload of one client and of one of its partitions, bytes, of events of `event_bytes`. A client always fetches
    /// one event, however large. `limit` stands instead of the client's own limit in bytes.
    ///
    /// ```
    /// use tonnage_model::memory::parts::Prefetch;
    /// use tonnage_model::runtime::Figure;
    ///
    /// let limits = Prefetch {
    ///     client_bytes: Some(Figure::left_out(64e6)),
    ///     client_messages: Some(Figure::left_out(1e5)),
    ///     ..Prefetch::unlimited()
    /// };
    /// // 100,000 messages of 200 B are less than 64 MB, and 64 MB are fewer messages of 1 KB.
    /// assert_eq!(limits.payload(200.0, None), (2e7, f64::INFINITY));
    /// assert_eq!(limits.payload(1000.0, None), (64e6, f64::INFINITY));
    /// assert_eq!(limits.payload(1000.0, Some(1e6)), (1e6, f64::INFINITY));
    /// ```
    pub fn payload(&self, event_bytes: f64, limit: Option<f64>) -> (f64, f64) {
        let value = |figure: &Option<Figure>| figure.as_ref().map(|figure| figure.value);
        let least = |bytes: [Option<f64>; 2], messages: Option<f64>| {
            let of_bytes = bytes.into_iter().flatten().map(|bytes| bytes.max(event_bytes));
            let of_messages = messages.map(|messages| messages.max(1.0) * event_bytes);
            of_bytes.chain(of_messages).fold(f64::INFINITY, f64::min)
        };
        let of_brokers = value(&self.broker_bytes).map(|bytes| self.brokers.value * bytes);
        (
            least([limit.or(value(&self.client_bytes)), of_brokers], value(&self.client_messages)),
            least([value(&self.partition_bytes), None], value(&self.partition_messages)),
        )
    }

    /// Bytes held for a byte of payload in events of `event_bytes`, without a collector's share.
    pub fn held_per_byte(&self, event_bytes: f64) -> f64 {
        self.expansion.value + self.bytes_per_message.value / event_bytes
    }
}
