//! Which figures samples of work can tell, and how much of each a sample holds.
//!
//! ```text
//! y = c0 + c1 b + k0 + k1 b + io_calls (cio0 + cio1 b + asleep a) + produces (p0 + p1 b) + compute_rounds q
//!     + F / (x T + exp(-x T)) + idle / x
//! ```
//!
//! The last is what a fetch costs: F core-seconds, shared by the events that it brings to a consumer that keeps up,
//! T being its round trip. One that drains a backlog has full fetches, whose cost is by the event and the byte, so its
//! samples have no such term.
//!
//! Idling is subtracted where samples at rate 0 tell it. Where none does, it is an unknown beside the fetch: both weigh most at low
//! rates, and only how the cost falls with the rate tells one from the other.
//!
//! `asleep` is the share of the time in which the consumer's cores had nothing to do. An answer that comes then has to
//! wake it, which costs a more: the way through the scheduler and once around the event loop for one event, where a
//! busy consumer takes several answers at once.

use crate::note::Note;
use crate::sample::{Load, vary, within};
use std::collections::BTreeSet;
use std::fmt;
use tonnage_model::demand::fetch::FetchCost;

/// Rates of otherwise equal work have to differ by this factor to show what a fetch costs: less of its cost
/// is hidden at low rates and more at high ones, and both have to be seen.
const RATE_SPREAD: f64 = 10.0;

/// A consumer that is asleep for this share of the time, beside one that is all busy, shows what waking it costs.
const MOSTLY_ASLEEP: f64 = 0.3;

/// Something that costs a part for each event and a part for each of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Fetching and delivery to the handler.
    Consume,
    /// A kind of handler.
    Handler(String),
    /// Writing.
    Produce,
    /// Downstream calls.
    Call,
}

/// One unknown of the fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// Core-seconds for each event.
    Event(Part),
    /// Core-seconds for each byte.
    Byte(Part),
    /// a: core-seconds more for each downstream call whose answer finds the consumer asleep.
    Waking,
    /// Core-seconds for each unit of plain code.
    Compute,
    /// F: core-seconds for each fetch.
    Fetch,
    /// Cores that an idle process burns, where no sample at rate 0 tells them.
    Idle,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Consume => "consume",
            Self::Handler(kind) => kind,
            Self::Produce => "produce",
            Self::Call => "io_call",
        })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(Part::Call) => Part::Call.fmt(f),
            Self::Event(part) => write!(f, "{part}, an event"),
            Self::Byte(part) => write!(f, "{part}, a byte"),
            Self::Waking => f.write_str("io_call, waking up"),
            Self::Compute => f.write_str("compute_round"),
            Self::Fetch => f.write_str("fetch"),
            Self::Idle => f.write_str("idle_cores"),
        }
    }
}

impl Part {
    /// How often an event of this work has it.
    fn count(&self, load: &Load<'_>) -> f64 {
        let work = &load.sample.work;
        match self {
            Self::Consume => 1.0,
            Self::Handler(kind) => f64::from(u8::from(work.handler.as_ref() == Some(kind))),
            Self::Produce => work.produces,
            Self::Call => work.io_calls,
        }
    }

    /// The samples that tell how it depends on size: those that have it and, for fetching, nothing that
    /// depends on size beside it.
    fn shows_size(&self, load: &Load<'_>) -> bool {
        match self {
            Self::Consume => load.sample.work.handler.is_none(),
            _ => self.count(load) > 0.0,
        }
    }
}

impl Term {
    /// What the coefficient is multiplied with in one sample, given T in seconds.
    pub fn amount(&self, load: &Load<'_>, round_trip: f64) -> f64 {
        match self {
            Self::Event(part) => part.count(load),
            Self::Byte(part) => part.count(load) * load.bytes,
            Self::Waking => load.sample.work.io_calls * asleep(load),
            Self::Compute => load.sample.work.compute_rounds,
            Self::Fetch => load.fetch_share(FetchCost { core_seconds: 1.0, round_trip_seconds: round_trip }),
            Self::Idle => 1.0 / load.rate,
        }
    }

    /// Profile units in one of the fit's, and their name.
    pub fn unit(&self) -> (f64, &'static str) {
        match self {
            Self::Byte(_) => (1e9, "ns"),
            Self::Idle => (1.0, "cores"),
            _ => (1e6, "us"),
        }
    }
}

/// The unknowns that samples of work can tell, the plainest first.
pub fn terms(loads: &[Load<'_>], notes: &mut Vec<Note>) -> Vec<Term> {
    let works = || loads.iter().map(|load| &load.sample.work);
    let kinds: BTreeSet<&String> = works().filter_map(|work| work.handler.as_ref()).collect();
    let mut parts: Vec<Part> = Vec::new();
    if works().any(|work| work.handler.is_none()) {
        parts.push(Part::Consume);
    } else {
        notes.push(Note::NothingPlain { kinds: kinds.iter().map(|kind| (*kind).clone()).collect() });
    }
    parts.extend(kinds.into_iter().cloned().map(Part::Handler));
    if works().any(|work| work.produces > 0.0) {
        parts.push(Part::Produce);
    }
    if works().any(|work| work.io_calls > 0.0) {
        parts.push(Part::Call);
    }
    let mut terms = Vec::new();
    for part in parts {
        let has_sizes = vary(loads.iter().filter(|load| part.shows_size(load)).map(|load| load.bytes));
        terms.push(Term::Event(part.clone()));
        if has_sizes {
            terms.push(Term::Byte(part));
        } else {
            notes.push(Note::OneSize { part: part.to_string() });
        }
    }
    let calling = || loads.iter().filter(|load| load.sample.work.io_calls > 0.0);
    if calling().any(|load| load.sample.is_saturated) && calling().any(|load| asleep(load) >= MOSTLY_ASLEEP) {
        terms.push(Term::Waking);
    }
    if works().any(|work| work.compute_rounds > 0.0) {
        terms.push(Term::Compute);
    }
    if rates_are_spread(loads) {
        terms.push(Term::Fetch);
    } else {
        notes.push(Note::NoRates);
    }
    terms
}

/// The share of the time in which a consumer had nothing to do; none where it was the bottleneck.
fn asleep(load: &Load<'_>) -> f64 {
    let sample = load.sample;
    let busy = sample.cores_used.unwrap_or(0.0) / f64::from(sample.cores);
    if sample.is_saturated { 0.0 } else { (1.0 - busy).max(0.0) }
}

/// Whether the same work was done at rates far enough apart by consumers that kept up.
fn rates_are_spread(loads: &[Load<'_>]) -> bool {
    let keeping_up = || loads.iter().filter(|load| !load.sample.is_backlog);
    keeping_up().any(|low| {
        keeping_up().any(|high| {
            high.rate >= low.rate * RATE_SPREAD
                && high.sample.work == low.sample.work
                && within(crate::sample::SAME, high.bytes, low.bytes)
        })
    })
}
