//! A member of the group at its cores: calls in the order in which they came, and one fetch beside them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use tonnage_model::runtime::Discipline;

/// A number from 0 up, whose bits are in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At(u64);

impl At {
    pub fn new(number: f64) -> Self {
        Self(number.to_bits())
    }

    pub fn number(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Calls by time, the first on top; of equal times the lowest number.
pub(crate) type Agenda = BinaryHeap<Reverse<(At, u32)>>;

/// Where a fetch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FetchState {
    /// Not sent.
    Off,
    /// On its way to the broker.
    Going,
    /// At the broker, which waits for events.
    Held,
    /// On its way back.
    Coming,
    /// Worked on.
    Working,
}

/// What a core has finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// A call.
    Call(u32),
    /// The fetch.
    Fetch,
}

/// One member.
#[derive(Debug)]
pub(crate) struct Member {
    pub station: usize,
    pub is_alive: bool,
    pub is_busiest: bool,
    /// Partitions that it reads, and queues that they are in.
    pub partitions: u32,
    pub queues: u32,
    pub fetch: FetchState,
    /// Events of it that the broker has.
    pub unfetched: u64,
    /// Events fetched and not taken.
    pub buffered: u64,
    /// Queues with events that the broker has, or that a fetch brings.
    pub dirty: Vec<u32>,
    pub coming: Vec<u32>,
    /// Calls that wait for a thread.
    pub ready: VecDeque<u32>,
    /// Calls at work, by the work that has been done for each of all when they are finished.
    pub running: Agenda,
    /// Calls that wait without CPU.
    pub waiting: Agenda,
    /// Work done for each running call so far, core-s.
    worked: f64,
    fetch_left: f64,
    call_rate: f64,
    fetch_rate: f64,
    /// Time of the station up to which this holds.
    since: f64,
    /// Time of the station at which the next of these is finished.
    pub next: f64,
    /// Cores wanted.
    pub demand: f64,
}

impl Member {
    pub fn new(station: usize, is_busiest: bool) -> Self {
        Self {
            station,
            is_alive: true,
            is_busiest,
            partitions: 0,
            queues: 0,
            fetch: FetchState::Off,
            unfetched: 0,
            buffered: 0,
            dirty: Vec::new(),
            coming: Vec::new(),
            ready: VecDeque::new(),
            running: Agenda::new(),
            waiting: Agenda::new(),
            worked: 0.0,
            fetch_left: 0.0,
            call_rate: 0.0,
            fetch_rate: 0.0,
            since: 0.0,
            next: f64::INFINITY,
            demand: 0.0,
        }
    }

    /// Works until a time of its station.
    #[inline]
    pub fn work_until(&mut self, station_time: f64) {
        let passed = station_time - self.since;
        self.worked += self.call_rate * passed;
        self.fetch_left -= self.fetch_rate * passed;
        self.since = station_time;
    }

    /// Starts a call that takes so many core-seconds.
    #[inline]
    pub fn start(&mut self, call: u32, core_seconds: f64) {
        self.running.push(Reverse((At::new(self.worked + core_seconds), call)));
    }

    /// Starts to work on its fetch.
    pub fn start_fetch(&mut self, core_seconds: f64) {
        self.fetch = FetchState::Working;
        self.fetch_left = core_seconds;
    }

    /// Shares its cores among what it works on.
    #[inline]
    pub fn share(&mut self, cores: f64, discipline: Discipline) {
        let calls = self.running.len() as f64;
        let fetches = if self.fetch == FetchState::Working { 1.0 } else { 0.0 };
        let left_to_fetch = match discipline {
            Discipline::Yielding => (cores - calls).clamp(0.0, 1.0),
            Discipline::Fair | Discipline::Gated => 1.0,
        };
        let wanted = calls + fetches;
        let shared = if wanted > cores { cores / wanted } else { 1.0 };
        (self.call_rate, self.fetch_rate) = match discipline {
            Discipline::Yielding => (if calls > cores { cores / calls } else { 1.0 }, left_to_fetch),
            Discipline::Fair | Discipline::Gated => (shared, shared),
        };
        self.demand = calls * self.call_rate + fetches * self.fetch_rate;
        self.next = f64::INFINITY;
        if let Some(Reverse((end, _))) = self.running.peek() {
            self.next = self.since + (end.number() - self.worked).max(0.0) / self.call_rate;
        }
        if fetches > 0.0 && self.fetch_rate > 0.0 {
            self.next = self.next.min(self.since + self.fetch_left.max(0.0) / self.fetch_rate);
        }
    }

    /// Takes what it has finished first off its cores; nothing where it works on nothing.
    pub fn finish(&mut self) -> Option<Done> {
        let call = self
            .running
            .peek()
            .map(|Reverse((end, _))| (end.number() - self.worked).max(0.0) / self.call_rate);
        let has_fetch = self.fetch == FetchState::Working && self.fetch_rate > 0.0;
        let fetch = has_fetch.then(|| self.fetch_left.max(0.0) / self.fetch_rate);
        match (call, fetch) {
            (Some(call), Some(fetch)) if fetch < call => Some(Done::Fetch),
            (None, Some(_)) => Some(Done::Fetch),
            _ => self.running.pop().map(|Reverse((_, call))| Done::Call(call)),
        }
    }

    /// Drops its fetch, and all that it has read ahead.
    pub fn forget_fetch(&mut self) {
        self.fetch = FetchState::Off;
        self.buffered = 0;
        self.coming.clear();
        self.dirty.clear();
    }
}
