//! What memory a consumer takes: least squares over all samples that have it.
//!
//! `memory = M + (cores - 1) m + A (e0 + e1 b)`, A being the events in flight. Its noise, unlike that of
//! processor time, is in pages and heaps and not proportional to what is measured, so all rows weigh the same.
//!
//! What a client reads ahead of its handler is limited by bytes in some and by events in others, and is part of M. Where
//! every size of events was measured with different A, each size therefore has an M of its own, and the largest is
//! the figure: memory has to suffice for whatever comes.

use crate::estimate::{Measured, mean};
use crate::least_squares::solve;
use crate::nonnegative::{self, BelowZero, Failure};
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::{Sample, range, vary};
use tonnage_model::units::MIB;

/// Memory figures, bytes; `None` where the samples do not tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryFit {
    /// M, one process.
    pub per_process: Option<Measured>,
    /// m, each core beyond the first.
    pub per_core: Option<Measured>,
    /// e0, each event in flight.
    pub per_event: Option<Measured>,
    /// e1, each byte of one.
    pub per_byte: Option<Measured>,
    /// The most that any sample had.
    pub largest: Option<f64>,
}

/// A column of the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Term {
    Process,
    /// M for events of this size only.
    ProcessAt(f64),
    Core,
    Event,
    Byte,
}

impl Term {
    fn amount(self, sample: &Sample) -> f64 {
        let in_flight = sample.events_in_flight.unwrap_or(0.0);
        match self {
            Self::Process => 1.0,
            Self::ProcessAt(bytes) => f64::from(u8::from(sample.event_bytes == Some(bytes))),
            Self::Core => f64::from(sample.cores) - 1.0,
            Self::Event => in_flight,
            Self::Byte => in_flight * sample.event_bytes.unwrap_or(0.0),
        }
    }

    /// Name, profile units in a byte, and the unit.
    fn name(self) -> (&'static str, f64, &'static str) {
        match self {
            Self::Process | Self::ProcessAt(_) => ("memory, a process", 1.0 / MIB, "MiB"),
            Self::Core => ("memory, a thread", 1.0 / MIB, "MiB"),
            Self::Event => ("memory, an event in flight", 1.0, "B"),
            Self::Byte => ("memory, a byte in flight", 1.0, "B"),
        }
    }
}

/// Fits the samples that have memory, on one core only where `cores` says so.
pub fn fit(samples: &[Sample], one_core: bool, notes: &mut Vec<Note>) -> Result<MemoryFit, Refusal> {
    let with_memory = || samples.iter().filter(|it| it.memory_bytes.is_some() && !(one_core && it.cores > 1));
    let is_known = |it: &&Sample| it.events_in_flight.is_some() && it.event_bytes.is_some();
    let counted = || with_memory().filter(is_known);
    let most_in_flight = range(counted().filter_map(|it| it.events_in_flight)).1;
    let shows_events = most_in_flight > 0.0 && vary(counted().filter_map(|it| it.events_in_flight));
    let rows: Vec<&Sample> = if shows_events { counted().collect() } else { with_memory().collect() };
    let sizes = if shows_events { sizes_told_apart(&rows) } else { Vec::new() };
    let mut terms: Vec<Term> = sizes.iter().map(|&bytes| Term::ProcessAt(bytes)).collect();
    if terms.is_empty() {
        terms.push(Term::Process);
    }
    if vary(rows.iter().map(|it| f64::from(it.cores))) {
        terms.push(Term::Core);
    }
    if shows_events {
        terms.push(Term::Event);
        let holding = rows.iter().filter(|it| Term::Event.amount(it) > 0.0);
        if vary(holding.filter_map(|it| it.event_bytes)) {
            terms.push(Term::Byte);
        } else {
            notes.push(Note::OneSizeInFlight);
        }
    } else if !rows.is_empty() {
        notes.push(Note::NoInFlight);
    }
    let largest = rows.iter().filter_map(|it| it.memory_bytes).reduce(f64::max);
    if terms.len() == 1 || rows.len() < terms.len() + 2 {
        if terms.len() > 1 {
            notes.push(Note::LittleMemory);
        }
        let per_process = mean(rows.iter().filter_map(|it| Some((it.line, it.memory_bytes?))))
            .or_else(|| mean(samples.iter().filter_map(|it| Some((it.line, it.idle_memory_bytes?)))));
        return Ok(MemoryFit { per_process, largest, ..MemoryFit::default() });
    }
    let target: Vec<f64> = rows.iter().filter_map(|it| it.memory_bytes).collect();
    let solved = nonnegative::fit(
        terms.len(),
        |_| BelowZero::Clamped,
        |free| {
            let free: Vec<Term> = free.iter().filter_map(|&it| terms.get(it).copied()).collect();
            let columns: Vec<Vec<f64>> =
                free.iter().map(|term| rows.iter().map(|it| term.amount(it)).collect()).collect();
            solve(&columns, &target).map_err(|dependent| Refusal::Inseparable {
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
    let mut fit = MemoryFit { largest, ..MemoryFit::default() };
    let mut of_sizes: Vec<Measured> = Vec::new();
    for (&term, bounded) in terms.iter().zip(&bounded) {
        let (name, scale, unit) = term.name();
        if let Some(from) = bounded.clamped_from {
            notes.push(Note::Clamped { figure: name.to_owned(), from: from * scale, unit });
        }
        let lines = rows.iter().filter(|it| term.amount(it) > 0.0).map(|it| it.line).collect();
        let measured = Some(Measured { estimate: bounded.estimate, lines });
        match term {
            Term::Process => fit.per_process = measured,
            Term::ProcessAt(_) => of_sizes.extend(measured),
            Term::Core => fit.per_core = measured,
            Term::Event => fit.per_event = measured,
            Term::Byte => fit.per_byte = measured,
        }
    }
    let of_size = |one: &&Measured, other: &&Measured| one.estimate.value.total_cmp(&other.estimate.value);
    if let (Some(least), Some(most)) = (of_sizes.iter().min_by(of_size), of_sizes.iter().max_by(of_size)) {
        notes.push(Note::MemoryBySize { least: least.estimate.value / MIB, most: most.estimate.value / MIB });
        fit.per_process = Some(most.clone());
    }
    Ok(fit)
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
