//! A runtime profile out of samples: each part fitted by itself, and what is missing assumed and marked so.

use crate::assumed::Assumed;
use crate::cpu::{self, CpuFit, Quality};
use crate::design::{Part, Term};
use crate::estimate::{Estimate, Measured, mean};
use crate::memory::{self, Client};
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::Sample;
use crate::scaling::{self, ScalingFit};
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::demand::fetch::FetchCost;
use tonnage_model::language::Language;
use tonnage_model::runtime::{
    CommitFigures, Concurrency, Cpu, Deployment, Evidence, FetchFigures, Fetching, Figure, Linear, Memory,
    Prefetch, Provenance, Runtime, ScalingFigures, SettingNames,
};

/// What a profile says beside its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The id.
    pub name: String,
    /// For people.
    pub title: String,
    /// Programming language.
    pub language: Language,
    /// How it uses a machine.
    pub deployment: Deployment,
    /// Who holds events in flight.
    pub concurrency: Concurrency,
    /// What it can do that a workload may require.
    pub capabilities: Vec<String>,
    /// Whether it is compared only where somebody names it.
    pub on_request: bool,
    /// What it calls its settings, where what is known of its client does not say.
    pub setting_names: SettingNames,
    /// Where the samples come from; its count of samples is set here.
    pub provenance: Provenance,
}

/// What own code is held against, to tell what the program fitted takes of it.
#[derive(Debug, Clone, Copy)]
pub enum Reference<'s> {
    /// The runtime that is fitted is itself what the others are held against.
    Itself,
    /// Another, by its samples; none where the file has none.
    Other {
        /// Its name.
        name: &'s str,
        /// Its samples.
        samples: &'s [Sample],
    },
}

/// A profile with what is known of its making.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The profile.
    pub runtime: Runtime,
    /// How well its costs of an event meet the samples.
    pub quality: Quality,
    /// How many samples speak of a figure, by its name in [`Runtime::figures`].
    pub samples_of: BTreeMap<String, usize>,
    /// Samples that went into any figure.
    pub used: usize,
    /// The most memory that any sample had, B.
    pub largest_memory: Option<f64>,
    /// What to know of it.
    pub notes: Vec<Note>,
}

/// Fits a profile, or says why there is none.
pub fn fit(
    samples: &[Sample],
    reference: Reference<'_>,
    header: Header,
    client: Option<&Client>,
    assumed: &Assumed,
) -> Result<Fit, Refusal> {
    let mut notes = Vec::new();
    let cpu = cpu::fit(samples, &mut notes)?;
    let fetch_cost = cpu.fetch.as_ref().map_or_else(FetchCost::default, |fetch| FetchCost {
        core_seconds: fetch.cpu.estimate.value,
        round_trip_seconds: fetch.round_trip.estimate.value,
    });
    let is_threads = header.deployment == Deployment::Threads;
    let gc_factor = client.map_or(&assumed.gc_factor, |client| &client.gc_factor).clone();
    let limits = client.and_then(|client| client.measured.as_ref().or(client.prefetch.as_ref()));
    let memory = memory::fit(samples, !is_threads, gc_factor.value, limits, &mut notes)?;
    let scaling = if is_threads { scaling::fit(samples, fetch_cost, &mut notes)? } else { ScalingFit::None };
    let mut figures = Collector::default();
    figures.used.extend(&cpu.lines);
    notes.extend(own_code(&cpu, reference));
    let fetch = cpu.fetch.as_ref().map(|fetch| FetchFigures {
        core_seconds: figures.take("fetch", &fetch.cpu),
        round_trip_seconds: figures.take("fetch, round trip", &fetch.round_trip),
    });
    let cpu_figures = Cpu {
        fetch,
        idle_cores: cpu.idle.as_ref().map_or_else(
            || Figure { source: Some("no idle sample".to_owned()), ..Figure::left_out(0.0) },
            |idle| figures.take("idle_cores", idle),
        ),
        consume: figures
            .part(&cpu, &Part::Consume)
            .unwrap_or_else(|| Linear { per_event: in_the_handler(), per_byte: in_the_handler() }),
        handler: handlers(&cpu, &mut figures),
        produce: figures.part(&cpu, &Part::Produce),
        io_call: figures.part(&cpu, &Part::Call),
    };
    let lacking = [("io_call", cpu_figures.io_call.is_none()), ("produce", cpu_figures.produce.is_none())];
    let lacking: Vec<&str> = lacking.into_iter().filter(|(_, lacks)| *lacks).map(|(name, _)| name).collect();
    if !lacking.is_empty() {
        notes.push(Note::NotMeasured { figures: lacking });
    }
    let mut or_assumed = |name: &str, measured: &Option<Measured>, assumed: &Figure| match measured {
        Some(measured) => figures.take_noting(name, measured, &mut notes),
        None => assumed.clone(),
    };
    let limits = match (client, &memory.ahead, &memory.base) {
        (Some(client), ..) => client.prefetch.clone(),
        (None, Some(ahead), _) => Some(Prefetch {
            client_bytes: Some(or_assumed("read ahead, a client", &Some(ahead.clone()), &nothing(""))),
            ..Prefetch::unlimited()
        }),
        // All that a process held is in base.
        (None, None, Some(_)) => None,
        (None, None, None) => assumed.prefetch.clone(),
    };
    let prefetch = limits.map(|limits| Prefetch {
        bytes_per_message: or_assumed(
            "memory, a message read ahead",
            &memory.per_message_ahead,
            &limits.bytes_per_message,
        ),
        expansion: or_assumed("memory, a byte read ahead", &memory.per_byte_ahead, &limits.expansion),
        ..limits
    });
    let memory_figures = Memory {
        base: or_assumed("memory, base", &memory.base, &assumed.base),
        working: or_assumed("memory, at work", &memory.working, &nothing("not measured")),
        thread: or_assumed("memory, a thread", &memory.per_core, &nothing("not measured")),
        gc_factor,
        prefetch,
        per_in_flight_event: Linear {
            per_event: match &memory.per_byte {
                Some(_) => or_assumed("memory, an event in flight", &memory.per_event, &nothing(IN_BYTES)),
                None => or_assumed("memory, an event in flight", &memory.per_event, &assumed.per_event),
            },
            per_byte: match memory.per_event.as_ref().or(memory.per_byte.as_ref()) {
                Some(_) => or_assumed("memory, a byte in flight", &memory.per_byte, &nothing(ONE_SIZE)),
                None => assumed.per_byte.clone(),
            },
        },
    };
    let of_all =
        |of: fn(&Sample) -> Option<f64>| mean(samples.iter().filter_map(|it| Some((it.line, of(it)?))));
    let service_scv = or_assumed("service_scv", &of_all(|it| it.service_scv), &assumed.service_scv);
    let startup_seconds =
        of_all(|it| it.startup_seconds).map(|startup| or_assumed("startup", &Some(startup), &nothing("")));
    let scaling = match is_threads {
        true => figures.scaling(scaling, assumed),
        false => ScalingFigures { sigma: Figure::left_out(0.0), kappa: Figure::left_out(0.0) },
    };
    let commit = commit(cpu_figures.fetch.as_ref());
    let used = figures.used.len();
    Ok(Fit {
        runtime: Runtime {
            name: header.name,
            title: header.title,
            language: header.language,
            deployment: header.deployment,
            concurrency: header.concurrency,
            assignment: client.map_or_else(Default::default, |client| client.assignment),
            capabilities: header.capabilities,
            on_request: header.on_request,
            provenance: Provenance { samples: Some(used as u64), ..header.provenance },
            cpu: cpu_figures,
            fetching: client.map_or_else(Fetching::default, |client| client.fetching.clone()),
            setting_names: client.and_then(|it| it.setting_names.clone()).unwrap_or(header.setting_names),
            memory: memory_figures,
            scaling,
            service_scv,
            startup_seconds,
            commit: Some(commit),
        },
        quality: cpu.quality,
        samples_of: figures.samples_of,
        used,
        largest_memory: memory.largest,
        notes,
    })
}

const IN_BYTES: &str = "not told apart; all is per byte";
/// A commit that is waited for. No fit can tell one: the lab's runs with a commit after each batch change more than that,
/// but for python-confluent's two, which took 238 and 260 us a commit, 1.8 times its fetch. Both are a request and its
/// answer; the wait is for the replicas of the offsets topic, in other zones too.
fn commit(fetch: Option<&FetchFigures>) -> CommitFigures {
    let assumed = |value, low, high, source: &str| Figure {
        value,
        low,
        high,
        evidence: Evidence::Assumed,
        source: Some(source.to_owned()),
    };
    let core_seconds = match fetch.map(|fetch| fetch.core_seconds.value) {
        Some(fetch) => {
            let [value, low, high] = [2.0, 0.5, 5.0].map(|times| two_digits(times * fetch));
            assumed(value, low, high, "not measured; twice a fetch")
        }
        None => assumed(300e-6, 50e-6, 1.5e-3, "not measured"),
    };
    let wait_seconds =
        assumed(3e-3, 1e-3, 10e-3, "not measured; a write to all in-sync replicas of the offsets topic");
    CommitFigures { core_seconds, wait_seconds }
}

/// With two digits: no guess is worth more.
fn two_digits(value: f64) -> f64 {
    let digit = 10f64.powf(value.log10().floor() - 1.0);
    if value > 0.0 { (value / digit).round() * digit } else { value }
}

const ONE_SIZE: &str = "one event size was measured; all is per event";

/// A figure of 0 that is assumed.
fn nothing(why: &str) -> Figure {
    Figure { source: Some(why.to_owned()), ..Figure::left_out(0.0) }
}

fn in_the_handler() -> Figure {
    nothing("not measured without a handler; all is counted under the handler")
}

fn handlers(cpu: &CpuFit, figures: &mut Collector) -> BTreeMap<String, Linear> {
    let parts = cpu.terms.iter().filter_map(|(term, _)| match term {
        Term::Event(part @ Part::Handler(kind)) => Some((part, kind)),
        _ => None,
    });
    parts.filter_map(|(part, kind)| Some((kind.clone(), figures.part(cpu, part)?))).collect()
}

/// What a round of plain code takes over what it takes in the reference: q/q_ref, where both are measured.
fn own_code(cpu: &CpuFit, reference: Reference<'_>) -> Option<Note> {
    let measured = |fit: &CpuFit| fit.term(&Term::Compute).filter(|it| it.estimate.low > 0.0).cloned();
    let (Reference::Other { name, samples: samples @ [_, ..] }, Some(ours)) = (reference, measured(cpu))
    else {
        return None;
    };
    let runtime = name.to_owned();
    match cpu::fit(samples, &mut Vec::new()) {
        Ok(theirs) => {
            let [value, low, high] = ratio(&ours.estimate, &measured(&theirs)?.estimate);
            Some(Note::OwnCode { runtime, value, low, high })
        }
        Err(Refusal::NoWork) => None,
        Err(reason) => Some(Note::NoReference { runtime, reason: Box::new(reason) }),
    }
}

/// A ratio and its interval by the delta method: the logarithms' variances add up, each being the relative one. Half
/// the width of an interval stands for the error, so that each has the t of its own fit.
fn ratio(over: &Estimate, under: &Estimate) -> [f64; 3] {
    let relative = |it: &Estimate| (it.high - it.value) / it.value;
    let factor = relative(over).hypot(relative(under)).exp();
    let value = over.value / under.value;
    [value, value / factor, value * factor]
}

/// Figures as they are made, with the samples behind them.
#[derive(Default)]
struct Collector {
    samples_of: BTreeMap<String, usize>,
    used: BTreeSet<usize>,
}

impl Collector {
    fn count(&mut self, name: &str, measured: &Measured) {
        self.samples_of.insert(name.to_owned(), measured.lines.len());
        self.used.extend(&measured.lines);
    }

    fn take(&mut self, name: &str, measured: &Measured) -> Figure {
        self.count(name, measured);
        measured.figure()
    }

    /// The same, with a note where one sample is all.
    fn take_noting(&mut self, name: &str, measured: &Measured, notes: &mut Vec<Note>) -> Figure {
        if measured.lines.len() == 1 {
            notes.push(Note::NoInterval { figure: name.to_owned() });
        }
        self.take(name, measured)
    }

    fn part(&mut self, cpu: &CpuFit, part: &Part) -> Option<Linear> {
        let (event, byte) = (Term::Event(part.clone()), Term::Byte(part.clone()));
        let per_event = self.take(&event.to_string(), cpu.term(&event)?);
        let per_byte = match cpu.term(&byte) {
            Some(measured) => self.take(&byte.to_string(), measured),
            None => nothing(ONE_SIZE),
        };
        Some(Linear { per_event, per_byte })
    }

    fn scaling(&mut self, fit: ScalingFit, assumed: &Assumed) -> ScalingFigures {
        let (sigma, kappa, lines, source) = match fit {
            ScalingFit::None => return assumed.scaling.clone(),
            ScalingFit::Measured { sigma, kappa, lines } => (sigma, kappa, lines, None),
            ScalingFit::Assumed { sigma, kappa, cores, lines } => {
                let cores: Vec<String> = std::iter::once(1).chain(cores).map(|it| it.to_string()).collect();
                (
                    sigma,
                    kappa,
                    lines,
                    Some(match cores.as_slice() {
                        [_, two] if two == "2" => "only 1 and 2 cores were measured; assumed".to_owned(),
                        _ => format!("measured with {} cores only; the range is assumed", list(&cores)),
                    }),
                )
            }
        };
        let evidence = if source.is_some() { Evidence::Assumed } else { Evidence::Measured };
        let mut one = |name: &str, estimate: Estimate| {
            let measured = Measured { estimate, lines: lines.clone() };
            Figure { evidence, source: source.clone(), ..self.take(name, &measured) }
        };
        ScalingFigures { sigma: one("sigma", sigma), kappa: one("kappa", kappa) }
    }
}

/// `1 and 2`, `1, 2 and 4`.
fn list(all: &[String]) -> String {
    match all {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => all.concat(),
    }
}
