//! What memory a consumer takes: least squares over all samples that have it, in the parts that a profile gives.
//!
//! `memory = base + working + (cores - 1) m + g (Q (e + c/b) + A (e0 + e1 b))`: base from the samples at rate 0, working
//! from those without a backlog, A the events in flight, Q the payload that the client's limits let it read ahead of a
//! backlog, b the size of an event. Q is known, not fitted: a queue that is full says what its bytes and messages cost, not
//! where it ends. Its noise is in pages and heaps and not proportional to what is measured, so all rows weigh the same.
//!
//! Where the client's limits are not known, each size of events has an M of its own in place of base and Q, and what the
//! largest holds above base is taken as the client's limit.

use crate::estimate::{Measured, mean};
use crate::least_squares::solve;
use crate::nonnegative::{self, BelowZero, Failure};
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::{Sample, range, vary};
use tonnage_model::memory::parts::{Memory, Prefetch};
use tonnage_model::runtime::{Assignment, Fetching, Figure, SettingNames};
use tonnage_model::units::MIB;

/// What is held above base by less than this share of it is no reading ahead.
const NEGLIGIBLE: f64 = 0.05;

/// What is known of a client beside the samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// g, how many times what is live its collector lets the heap become.
    pub gc_factor: Figure,
    /// Who gets what by its assignor.
    pub assignment: Assignment,
    /// How it fetches.
    pub fetching: Fetching,
    /// What it calls its settings, where that is said.
    pub setting_names: Option<SettingNames>,
    /// Its limits by default; they go into the profile.
    pub prefetch: Option<Prefetch>,
    /// The limits of the consumer that was measured, where these were others.
    pub measured: Option<Prefetch>,
}

impl Client {
    /// The memory of a profile with the limits of the consumer that was measured.
    pub fn as_measured(&self, memory: &Memory) -> Memory {
        let prefetch = match (&memory.prefetch, &self.measured) {
            (Some(costs), Some(limits)) => Some(Prefetch {
                bytes_per_message: costs.bytes_per_message.clone(),
                expansion: costs.expansion.clone(),
                ..limits.clone()
            }),
            (prefetch, _) => prefetch.clone(),
        };
        Memory { prefetch, ..memory.clone() }
    }
}

/// Memory figures, bytes; `None` where the samples do not tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryFit {
    /// One process that does nothing; with all that it reads ahead where no sample at rate 0 has memory.
    pub base: Option<Measured>,
    /// What it holds beside at work.
    pub working: Option<Measured>,
    /// m, each core beyond the first.
    pub per_core: Option<Measured>,
    /// e0, each event in flight.
    pub per_event: Option<Measured>,
    /// e1, each byte of one.
    pub per_byte: Option<Measured>,
    /// c, each message that is read ahead, beside its payload.
    pub per_message_ahead: Option<Measured>,
    /// e, each byte of payload that is read ahead.
    pub per_byte_ahead: Option<Measured>,
    /// The most that was read ahead, where the client's limits are not known.
    pub ahead: Option<Measured>,
    /// The most that any sample had.
    pub largest: Option<f64>,
}

impl MemoryFit {
    /// A process at work, whatever it handles, bytes.
    fn process(&self) -> f64 {
        [&self.base, &self.working].into_iter().flatten().map(|it| it.estimate.value).sum()
    }
}

/// A column of the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Term {
    Process,
    /// M for events of this size only.
    ProcessAt(f64),
    MessageAhead,
    ByteAhead,
    Core,
    Event,
    Byte,
}

impl Term {
    fn amount(self, sample: &Sample, limits: Option<&Prefetch>) -> f64 {
        let in_flight = sample.events_in_flight.unwrap_or(0.0);
        let ahead = || limits.and_then(|limits| payload_ahead(sample, limits)).unwrap_or(0.0);
        match self {
            Self::Process => 1.0,
            Self::ProcessAt(bytes) => f64::from(u8::from(sample.event_bytes == Some(bytes))),
            Self::MessageAhead => sample.event_bytes.map_or(0.0, |bytes| ahead() / bytes),
            Self::ByteAhead => ahead(),
            Self::Core => f64::from(sample.cores) - 1.0,
            Self::Event => in_flight,
            Self::Byte => in_flight * sample.event_bytes.unwrap_or(0.0),
        }
    }

    /// Name, profile units in a byte, and the unit.
    fn name(self) -> (&'static str, f64, &'static str) {
        match self {
            Self::Process | Self::ProcessAt(_) => ("memory, base", 1.0 / MIB, "MiB"),
            Self::MessageAhead => ("memory, a message read ahead", 1.0, "B"),
            Self::ByteAhead => ("memory, a byte read ahead", 1.0, "B"),
            Self::Core => ("memory, a thread", 1.0 / MIB, "MiB"),
            Self::Event => ("memory, an event in flight", 1.0, "B"),
            Self::Byte => ("memory, a byte in flight", 1.0, "B"),
        }
    }
}

/// Q, the payload that a sample's client may read ahead of a backlog; `None` where partitions or sizes are not known.
fn payload_ahead(sample: &Sample, limits: &Prefetch) -> Option<f64> {
    if !sample.is_backlog {
        return Some(0.0);
    }
    let (client, partition) = limits.payload(sample.event_bytes?, None);
    let payload = client.min(partition * f64::from(sample.partitions?));
    payload.is_finite().then_some(payload)
}

/// Fits the samples that have memory, on one core only where `one_core` says so. The heap of events is divided by
/// `gc_factor`; `limits` are those of the consumer measured, where known.
pub fn fit(
    samples: &[Sample],
    one_core: bool,
    gc_factor: f64,
    limits: Option<&Prefetch>,
    notes: &mut Vec<Note>,
) -> Result<MemoryFit, Refusal> {
    let idle = samples.iter().filter(|it| it.is_idle() && !(one_core && it.cores > 1));
    let idle = mean(idle.filter_map(|it| Some((it.line, it.memory_bytes?))))
        .or_else(|| mean(samples.iter().filter_map(|it| Some((it.line, it.idle_memory_bytes?)))));
    let all_working = || {
        let usable = |it: &&Sample| it.memory_bytes.is_some() && !(one_core && it.cores > 1);
        samples.iter().filter(usable).filter(|it| !it.is_idle())
    };
    let drains = all_working().any(|it| it.is_backlog);
    // Beside samples with a backlog, those without one and without a count of events in flight hold what work takes.
    let holds_nothing =
        |it: &Sample| !it.is_backlog && it.cores == 1 && it.events_in_flight.unwrap_or(0.0) == 0.0;
    let is_plain = |it: &&Sample| drains && holds_nothing(it);
    let plain = mean(all_working().filter(is_plain).filter_map(|it| Some((it.line, it.memory_bytes?))));
    let largest = samples.iter().filter_map(|it| it.memory_bytes).reduce(f64::max);
    let known = MemoryFit { base: idle, largest, ..MemoryFit::default() };
    let known = with_process(known, plain, false, gc_factor, notes);
    let with_memory = || all_working().filter(|it| !is_plain(it));
    let is_known = |it: &&Sample| it.events_in_flight.is_some() && it.event_bytes.is_some();
    let counted = || with_memory().filter(is_known);
    let most_in_flight = range(counted().filter_map(|it| it.events_in_flight)).1;
    let shows_events = most_in_flight > 0.0 && vary(counted().filter_map(|it| it.events_in_flight));
    let rows: Vec<&Sample> = if shows_events { counted().collect() } else { with_memory().collect() };
    let limits = limits.filter(|limits| {
        known.base.is_some()
            && rows.iter().any(|it| it.is_backlog)
            && rows.iter().all(|row| payload_ahead(row, limits).is_some())
    });
    let mut terms = match limits {
        Some(_) if vary(rows.iter().filter_map(|it| it.event_bytes)) => {
            vec![Term::ByteAhead, Term::MessageAhead]
        }
        Some(_) => vec![Term::ByteAhead],
        None if shows_events => sizes_told_apart(&rows).into_iter().map(Term::ProcessAt).collect(),
        None => Vec::new(),
    };
    if terms.is_empty() {
        terms.push(Term::Process);
    }
    if vary(rows.iter().map(|it| f64::from(it.cores))) {
        terms.push(Term::Core);
    }
    if shows_events {
        terms.push(Term::Event);
        let holding = rows.iter().filter(|it| it.events_in_flight.unwrap_or(0.0) > 0.0);
        if vary(holding.filter_map(|it| it.event_bytes)) {
            terms.push(Term::Byte);
        } else {
            notes.push(Note::OneSizeInFlight);
        }
    } else if !rows.is_empty() {
        notes.push(Note::NoInFlight);
    }
    if (terms.len() == 1 && limits.is_none()) || rows.len() < terms.len() + 2 {
        if terms.len() > 1 || limits.is_some() {
            notes.push(Note::LittleMemory);
        }
        let held = mean(rows.iter().filter_map(|it| Some((it.line, it.memory_bytes?))));
        return Ok(with_process(known, held, drains, gc_factor, notes));
    }
    // What the columns are to make up: with limits that are known, all above a process at work.
    let process = if limits.is_some() { known.process() } else { 0.0 };
    let target: Vec<f64> = rows.iter().filter_map(|it| Some(it.memory_bytes? - process)).collect();
    let columns = |terms: &[Term]| -> Vec<Vec<f64>> {
        terms.iter().map(|term| rows.iter().map(|it| term.amount(it, limits)).collect()).collect()
    };
    // With few conditions not all parts can be told apart: an event's own share is the first that goes.
    for part in [Term::Event, Term::MessageAhead, Term::Byte] {
        if limits.is_some() && solve(&columns(&terms), &target).is_err() && terms.contains(&part) {
            terms.retain(|term| *term != part);
            notes.push(Note::NotApart { figure: part.name().0 });
        }
    }
    let solved = nonnegative::fit(
        terms.len(),
        |_| BelowZero::Clamped,
        |free| {
            let free: Vec<Term> = free.iter().filter_map(|&it| terms.get(it).copied()).collect();
            solve(&columns(&free), &target).map_err(|dependent| Refusal::Inseparable {
                figure: free.get(dependent.column).map(|term| term.name().0.to_owned()).unwrap_or_default(),
            })
        },
    );
    let (bounded, _) = solved.map_err(|failure| match failure {
        Failure::Solving(refusal) => refusal,
        Failure::Negative { index, estimate } => {
            let (figure, scale, unit) = terms.get(index).map_or(("", 1.0, ""), |term| term.name());
            Refusal::Negative { figure: figure.to_owned(), estimate: estimate.scaled(scale), unit }
        }
    })?;
    let mut fit = known;
    let mut of_sizes: Vec<Measured> = Vec::new();
    for (&term, bounded) in terms.iter().zip(&bounded) {
        let (name, scale, unit) = term.name();
        if let Some(from) = bounded.clamped_from {
            notes.push(Note::Clamped { figure: name.to_owned(), from: from * scale, unit });
        }
        let lines = rows.iter().filter(|it| term.amount(it, limits) > 0.0).map(|it| it.line).collect();
        let measured = Measured { estimate: bounded.estimate, lines };
        let live =
            || Some(Measured { estimate: measured.estimate.scaled(1.0 / gc_factor), ..measured.clone() });
        match term {
            Term::Process | Term::ProcessAt(_) => of_sizes.push(measured),
            Term::Core => fit.per_core = Some(measured),
            Term::MessageAhead => fit.per_message_ahead = live(),
            Term::ByteAhead => fit.per_byte_ahead = live(),
            Term::Event => fit.per_event = live(),
            Term::Byte => fit.per_byte = live(),
        }
    }
    let of_size = |one: &&Measured, other: &&Measured| one.estimate.value.total_cmp(&other.estimate.value);
    if let (Some(least), Some(most)) = (of_sizes.iter().min_by(of_size), of_sizes.iter().max_by(of_size)) {
        if of_sizes.len() > 1 {
            notes.push(Note::MemoryBySize {
                least: least.estimate.value / MIB,
                most: most.estimate.value / MIB,
            });
        }
        fit = with_process(fit, Some(most.clone()), drains, gc_factor, notes);
    }
    Ok(fit)
}

/// What a process holds, apart from events in flight: base where nothing is known of an idle one, else what is above that was
/// read ahead of a backlog, or is what work takes where there was none.
fn with_process(
    fit: MemoryFit,
    held: Option<Measured>,
    drains: bool,
    gc_factor: f64,
    notes: &mut Vec<Note>,
) -> MemoryFit {
    match (&fit.base, held) {
        (Some(_), Some(held)) if !drains => {
            let working = held.estimate.above(fit.process());
            MemoryFit { working: Some(Measured { estimate: working, ..held }), ..fit }
        }
        (Some(_), Some(held)) if held.estimate.value > fit.process() * (1.0 + NEGLIGIBLE) => {
            let ahead = held.estimate.above(fit.process()).scaled(1.0 / gc_factor);
            notes.push(Note::ReadAhead);
            MemoryFit { ahead: Some(Measured { estimate: ahead, ..held }), ..fit }
        }
        (Some(_), _) => fit,
        (None, held) => {
            if held.is_some() {
                notes.push(Note::NoIdleMemory);
            }
            MemoryFit { base: held, ..fit }
        }
    }
}

/// The sizes of events in these rows, if each was measured with different numbers of events in flight; otherwise
/// none.
fn sizes_told_apart(rows: &[&Sample]) -> Vec<f64> {
    let mut sizes: Vec<f64> = rows.iter().filter_map(|row| row.event_bytes).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let varies = |&bytes: &f64| {
        let of_size = rows.iter().filter(|row| row.event_bytes == Some(bytes));
        vary(of_size.filter_map(|row| row.events_in_flight))
    };
    if sizes.len() > 1 && sizes.iter().all(varies) { sizes } else { Vec::new() }
}
