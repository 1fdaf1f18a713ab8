//! Samples into profiles: what was put in comes out, what cannot be known is refused or said.

use crate::common::figure;
use assert_cmd::Command;
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use tonnage::input::catalogs::embedded;
use tonnage::input::diagnostic::Source;
use tonnage::input::{profiles, samples};
use tonnage_fit::assumed::Assumed;
use tonnage_fit::cpu::{self, CpuFit};
use tonnage_fit::design::{Part, Term};
use tonnage_fit::estimate::Measured;
use tonnage_fit::memory;
use tonnage_fit::note::Note;
use tonnage_fit::profile::{Fit, Header, Reference, fit};
use tonnage_fit::refusal::Refusal;
use tonnage_fit::sample::{Sample, Work};
use tonnage_model::capacity::scalability::Scalability;
use tonnage_model::memory::parts::Prefetch;
use tonnage_model::runtime::{Concurrency, Deployment, Evidence, Figure, Provenance, Runtime};
use tonnage_model::units::MIB;

/// What samples are made from.
#[derive(Debug, Clone, Copy)]
struct Truth {
    idle: f64,
    consume: [f64; 2],
    decode: [f64; 2],
    validate: [f64; 2],
    produce: [f64; 2],
    io_call: [f64; 2],
    round: f64,
    fetch: f64,
    round_trip: f64,
    memory: f64,
    in_flight: [f64; 2],
    law: Scalability,
}

const TRUTH: Truth = Truth {
    idle: 0.004,
    consume: [9.8e-6, 0.31e-9],
    decode: [3.1e-6, 6.2e-9],
    validate: [7.5e-6, 6.9e-9],
    produce: [14e-6, 0.9e-9],
    io_call: [160e-6, 1.2e-9],
    round: 2.5e-6,
    fetch: 110e-6,
    round_trip: 0.7e-3,
    memory: 62.0 * MIB,
    in_flight: [2200.0, 5.5],
    law: Scalability { sigma: 0.04, kappa: 0.002 },
};

fn work(handler: &str) -> Work {
    let handler = (handler != "consume").then(|| handler.to_owned());
    Work { handler, io_calls: 0.0, produces: 0.0, compute_rounds: 0.0, in_flight: None, is_pinned: false }
}

fn sample(line: usize, work: Work, rate: f64, bytes: f64) -> Sample {
    Sample {
        line,
        work,
        event_bytes: Some(bytes),
        events_per_second: Some(rate),
        cores_used: None,
        cores: 1,
        is_saturated: false,
        is_backlog: false,
        memory_bytes: None,
        idle_memory_bytes: None,
        partitions: None,
        events_in_flight: None,
        startup_seconds: None,
        service_scv: None,
    }
}

impl Truth {
    fn events_per_fetch(&self, rate: f64) -> f64 {
        rate * self.round_trip + (-rate * self.round_trip).exp()
    }

    fn cost(&self, sample: &Sample) -> f64 {
        let (bytes, rate) = (sample.event_bytes.unwrap(), sample.events_per_second.unwrap());
        let linear = |[event, byte]: [f64; 2]| event + byte * bytes;
        let handler = match sample.work.handler.as_deref() {
            None => 0.0,
            Some("decode") => linear(self.decode),
            _ => linear(self.validate),
        };
        linear(self.consume)
            + handler
            + sample.work.io_calls * linear(self.io_call)
            + sample.work.produces * linear(self.produce)
            + sample.work.compute_rounds * self.round
            + if sample.is_backlog { 0.0 } else { self.fetch / self.events_per_fetch(rate) }
    }

    /// With the figures that it makes of the sample, all but the idle ones off by a factor.
    fn measure(&self, mut sample: Sample, factor: f64) -> Sample {
        let rate = sample.events_per_second.unwrap();
        let cores = f64::from(sample.cores);
        let efficiency = self.law.worth(cores);
        let busy = if rate == 0.0 { 0.0 } else { rate * self.cost(&sample) * factor / efficiency };
        sample.cores_used = Some(self.idle + busy);
        let held = sample.work.in_flight.unwrap_or(0.0);
        sample.events_in_flight = Some(held);
        let [event, byte] = self.in_flight;
        sample.memory_bytes = Some(self.memory + held * (event + byte * sample.event_bytes.unwrap()));
        sample
    }

    /// A lab's worth of samples: every kind, size and rate, and what an event may do beside.
    fn samples(&self, mut factor: impl FnMut() -> f64) -> Vec<Sample> {
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(sample(0, work("consume"), 0.0, 0.0));
        }
        for handler in ["consume", "decode", "validate"] {
            for bytes in [200.0, 1200.0, 8000.0] {
                for rate in [100.0, 1000.0, 10_000.0] {
                    all.push(sample(0, work(handler), rate, bytes));
                }
            }
        }
        for bytes in [200.0, 1200.0, 8000.0] {
            for rate in [200.0, 2000.0] {
                all.push(sample(0, Work { produces: 1.0, ..work("decode") }, rate, bytes));
                all.push(sample(0, Work { io_calls: 1.0, ..work("decode") }, rate, bytes));
                let in_flight = Some(rate / 20.0);
                all.push(sample(0, Work { io_calls: 2.0, in_flight, ..work("decode") }, rate, bytes));
                all.push(sample(0, Work { compute_rounds: 40.0, ..work("decode") }, rate, bytes));
            }
        }
        let numbered = all.into_iter().enumerate();
        numbered.map(|(at, sample)| self.measure(Sample { line: at + 2, ..sample }, factor())).collect()
    }

    /// The figures of the processor fit with what they should be.
    fn held_against<'f>(&self, fit: &'f CpuFit) -> Vec<(&'f Measured, f64)> {
        let parts = [
            (Part::Consume, self.consume),
            (Part::Handler("decode".to_owned()), self.decode),
            (Part::Handler("validate".to_owned()), self.validate),
            (Part::Produce, self.produce),
            (Part::Call, self.io_call),
        ];
        let mut all = Vec::new();
        for (part, [event, byte]) in parts {
            all.push((fit.term(&Term::Event(part.clone())).unwrap(), event));
            all.push((fit.term(&Term::Byte(part)).unwrap(), byte));
        }
        all.push((fit.term(&Term::Compute).unwrap(), self.round));
        let fetch = fit.fetch.as_ref().unwrap();
        all.push((&fetch.cpu, self.fetch));
        all.push((&fetch.round_trip, self.round_trip));
        all
    }
}

/// Normal noise out of a seed, by Box and Muller from Steele's splitmix64.
fn noise(seed: u64, deviation: f64) -> impl FnMut() -> f64 {
    let mut state = seed;
    let mut uniform = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) as f64 + 0.5) / 2f64.powi(64)
    };
    move || 1.0 + deviation * (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
}

fn fitted(samples: &[Sample]) -> (CpuFit, Vec<Note>) {
    let mut notes = Vec::new();
    let fit = cpu::fit(samples, &mut notes).unwrap();
    (fit, notes)
}

fn refused(samples: &[Sample]) -> Refusal {
    cpu::fit(samples, &mut Vec::new()).unwrap_err()
}

fn near(value: f64, expected: f64, relative: f64) {
    assert!((value - expected).abs() <= relative * expected.abs(), "{value} instead of {expected}");
}

fn profile(samples: &[Sample], deployment: Deployment, reference: Reference<'_>) -> Fit {
    let published = embedded::published().unwrap().runtimes;
    let provenance = Provenance {
        kind: Evidence::Measured,
        source: "test".to_owned(),
        machine: "test".to_owned(),
        vcpu_speed: 1.0,
        date: String::new(),
        samples: None,
        versions: [].into(),
    };
    let header = Header {
        setting_names: Default::default(),
        name: "go-mine".to_owned(),
        title: "Mine".to_owned(),
        language: "go".into(),
        deployment,
        concurrency: Concurrency::Partition,
        capabilities: Vec::new(),
        on_request: false,
        provenance,
    };
    fit(samples, reference, header, None, &Assumed::of("go", &published)).unwrap()
}

const NO_REFERENCE: Reference<'static> = Reference::Other { name: "python-aiokafka", samples: &[] };

fn threads(samples: &[Sample]) -> Fit {
    profile(samples, Deployment::Threads, NO_REFERENCE)
}

fn value_and_range(figure: &Figure) -> (f64, f64, f64) {
    (figure.value, figure.low, figure.high)
}

// What was put in comes out

#[test]
fn without_noise_every_figure_is_exact() {
    let samples = TRUTH.samples(|| 1.0);
    let (fit, notes) = fitted(&samples);
    for (measured, truth) in TRUTH.held_against(&fit) {
        near(measured.estimate.value, truth, 1e-9);
        assert!(measured.estimate.high - measured.estimate.low < 1e-8 * truth, "{measured:?}");
    }
    near(fit.idle.unwrap().estimate.value, TRUTH.idle, 1e-12);
    assert!(fit.quality.r_squared.unwrap() > 1.0 - 1e-12 && fit.quality.typical < 1e-12);
    assert_eq!(notes, []);
    let memory = threads(&samples).runtime.memory;
    near(memory.base.value, TRUTH.memory, 1e-9);
    // Half of what each event takes is what Go's collector leaves, as in the published profile.
    assert_eq!(memory.gc_factor.value, 2.0);
    near(memory.per_in_flight_event.per_event.value, TRUTH.in_flight[0] / 2.0, 1e-9);
    near(memory.per_in_flight_event.per_byte.value, TRUTH.in_flight[1] / 2.0, 1e-9);
    // What a busy process holds is no more than an idle one: nothing is read ahead.
    assert_eq!(memory.prefetch, None);
}

/// Base 30 MiB, and 12 MiB more at work; a client of at most 1,000 messages or 4 MB, each with 300 B beside and 1.5 B a byte, and 2,000 B and 5 bytes
/// a byte for each event in flight; a collector doubles these.
#[test]
fn what_a_client_reads_ahead_is_fitted_under_its_limits() {
    let limits = Prefetch {
        client_bytes: Some(figure(4e6)),
        partition_messages: Some(figure(250.0)),
        ..Prefetch::unlimited()
    };
    let mut rows = vec![sample(1, work("decode"), 0.0, 0.0)];
    rows[0].memory_bytes = Some(30.0 * MIB);
    for (bytes, payload) in [(200.0, 200e3), (8000.0, 4e6), (1000.0, 1e6)] {
        for held in [1.0, 64.0, 1.0, 64.0] {
            let mut row = sample(rows.len() + 1, work("decode"), 1000.0, bytes);
            (row.events_in_flight, row.partitions, row.is_backlog) = (Some(held), Some(4), true);
            let ahead = payload * 1.5 + payload / bytes * 300.0;
            row.memory_bytes = Some(42.0 * MIB + 2.0 * (ahead + held * (2000.0 + 5.0 * bytes)));
            rows.push(row);
        }
    }
    let plain = [41.0, 42.0, 43.0].map(|mib| Sample {
        memory_bytes: Some(mib * MIB),
        ..sample(rows.len() + mib as usize, work("decode"), 1000.0, 200.0)
    });
    rows.extend(plain.clone());
    let fit = memory::fit(&rows, true, 2.0, Some(&limits), &mut Vec::new()).unwrap();
    let value = |part: Option<Measured>| part.unwrap().estimate.value;
    near(value(fit.base), 30.0 * MIB, 1e-12);
    near(value(fit.working), 12.0 * MIB, 1e-12);
    near(value(fit.per_byte_ahead), 1.5, 1e-6);
    near(value(fit.per_message_ahead), 300.0, 1e-6);
    near(value(fit.per_event), 2000.0, 1e-6);
    near(value(fit.per_byte), 5.0, 1e-6);
    // Without its limits, the most that was held above base is one.
    let mut notes = Vec::new();
    let fit = memory::fit(&rows, true, 2.0, None, &mut notes).unwrap();
    near(value(fit.ahead), 4e6 * 1.5 + 500.0 * 300.0, 1e-6);
    assert!(notes.contains(&Note::ReadAhead), "{notes:?}");
    // Without a backlog nothing is read ahead, whatever the limits.
    let rows = [&rows[..1], &plain].concat();
    let fit = memory::fit(&rows, true, 2.0, Some(&limits), &mut Vec::new()).unwrap();
    near(value(fit.working), 12.0 * MIB, 1e-12);
    assert_eq!((fit.ahead, fit.per_byte_ahead), (None, None));
}

/// 30 MiB with small events and 90 MiB with large ones, and 2,000 B and 5 bytes a byte for each in flight.
#[test]
fn what_is_read_ahead_may_differ_by_size() {
    let mut rows = Vec::new();
    for (bytes, ahead) in [(200.0, 30.0 * MIB), (8000.0, 90.0 * MIB)] {
        for held in [1.0, 64.0, 1.0, 64.0] {
            let mut row = sample(rows.len(), work("decode"), 1000.0, bytes);
            row.events_in_flight = Some(held);
            row.memory_bytes = Some(ahead + held * (2000.0 + 5.0 * bytes));
            rows.push(row);
        }
    }
    let mut notes = Vec::new();
    let fit = memory::fit(&rows, true, 1.0, None, &mut notes).unwrap();
    near(fit.base.unwrap().estimate.value, 90.0 * MIB, 1e-9);
    near(fit.per_event.unwrap().estimate.value, 2000.0, 1e-6);
    near(fit.per_byte.unwrap().estimate.value, 5.0, 1e-6);
    let [Note::MemoryBySize { least, most }, Note::NoIdleMemory] = notes[..] else { panic!("{notes:?}") };
    near(least, 30.0, 1e-9);
    near(most, 90.0, 1e-9);
}

#[test]
fn intervals_hold_the_truth_in_19_of_20_cases() {
    let (mut held, mut all) = (0, 0);
    for seed in 0..200 {
        let samples = TRUTH.samples(noise(seed, 0.01));
        let (fit, _) = fitted(&samples);
        for (measured, truth) in TRUTH.held_against(&fit) {
            all += 1;
            held += usize::from(measured.estimate.low <= truth && truth <= measured.estimate.high);
        }
    }
    let share = f64::from(held as u32) / f64::from(all);
    assert!((0.93..=0.97).contains(&share), "{share}");
}

fn any_truth() -> impl Strategy<Value = Truth> {
    let linear = || (2e-6f64..50e-6, 0.5e-9f64..20e-9).prop_map(|(event, byte)| [event, byte]);
    let rest = (20e-6f64..300e-6, 0.5e-6f64..5e-6, 50e-6f64..300e-6, 0.3e-3f64..5e-3);
    (linear(), linear(), linear(), linear(), rest).prop_map(|(consume, decode, validate, produce, rest)| {
        Truth {
            consume,
            decode,
            validate,
            produce,
            io_call: [rest.0, 1e-9],
            round: rest.1,
            fetch: rest.2,
            round_trip: rest.3,
            ..TRUTH
        }
    })
}

proptest! {
    #![proptest_config(crate::random::cases(24))]

    /// Each case draws its noise 20 times, so that a share can be told at all; 85 % is far below what chance
    /// makes of 95 %.
    #[test]
    fn intervals_hold_whatever_truth_there_is(truth in any_truth(), seed in any::<u64>()) {
        let (mut held, mut all) = (0u32, 0u32);
        for draw in 0..20 {
            let samples = truth.samples(noise(seed.wrapping_add(draw << 32), 0.01));
            let fit = cpu::fit(&samples, &mut Vec::new()).unwrap();
            prop_assume!(fit.fetch.is_some());
            for (measured, value) in truth.held_against(&fit) {
                all += 1;
                held += u32::from(measured.estimate.low <= value && value <= measured.estimate.high);
            }
        }
        prop_assert!(f64::from(held) >= 0.85 * f64::from(all), "{held} of {all}");
    }

    #[test]
    fn without_noise_any_truth_is_found(truth in any_truth()) {
        let fit = cpu::fit(&truth.samples(|| 1.0), &mut Vec::new()).unwrap();
        for (measured, value) in truth.held_against(&fit) {
            prop_assert!((measured.estimate.value / value - 1.0).abs() < 1e-6, "{measured:?} {value}");
        }
    }
}

// What samples do not tell

#[test]
fn nothing_to_gain_from_fetches_leaves_them_out() {
    let truth = Truth { fetch: 0.0, ..TRUTH };
    let (fit, notes) = fitted(&truth.samples(|| 1.0));
    assert_eq!(fit.fetch, None);
    assert!(notes.contains(&Note::NoFetch), "{notes:?}");
    near(fit.term(&Term::Event(Part::Consume)).unwrap().estimate.value, truth.consume[0], 1e-9);
    let taken = (0..100).filter(|&seed| fitted(&truth.samples(noise(seed, 0.01))).0.fetch.is_some()).count();
    assert!(taken <= 10, "noise was taken for fetches {taken} times of 100");
}

/// Full fetches cost by the event and the byte, at any rate: they say nothing of F and T, and are no hindrance.
#[test]
fn backlogs_have_no_fetch_of_their_own() {
    let mut samples = TRUTH.samples(|| 1.0);
    for (line, rate) in [(200, 90_000.0), (201, 60_000.0), (202, 3000.0)] {
        let it = sample(line, work("decode"), rate, 1200.0);
        samples.push(TRUTH.measure(Sample { is_backlog: true, ..it }, 1.0));
    }
    let (fit, _) = fitted(&samples);
    for (measured, truth) in TRUTH.held_against(&fit) {
        near(measured.estimate.value, truth, 1e-9);
    }
    assert!(fit.fetch.unwrap().cpu.lines.iter().all(|&line| line < 200));
    assert!(fit.lines.contains(&200));
    // Rates a factor of 10 apart, but only with a backlog's.
    samples.retain(|it| it.is_idle() || it.is_backlog || it.events_per_second == Some(1000.0));
    let mut notes = Vec::new();
    let refusal = cpu::fit(&samples, &mut notes).unwrap_err();
    assert!(notes.contains(&Note::NoRates) && matches!(refusal, Refusal::Poor { .. }), "{refusal} {notes:?}");
}

/// What is not known of idle CPU is not known of F either.
#[test]
fn the_error_of_idling_is_passed_on() {
    let with_idle = |spread: f64| {
        let mut samples = TRUTH.samples(|| 1.0);
        let idle = samples.iter_mut().filter(|it| it.is_idle());
        for (it, by) in idle.zip([-spread, 0.0, spread]) {
            it.cores_used = Some(TRUTH.idle + by);
        }
        fitted(&samples).0.fetch.unwrap().cpu.estimate
    };
    let width = |spread| with_idle(spread).high - with_idle(spread).low;
    assert!(width(0.0) < 1e-8 * TRUTH.fetch);
    near(width(0.001), 10.0 * width(0.0001), 1e-6);
    // The mean of three is off by up to 4.303 * 0.001 / sqrt(3) cores in 19 of 20 cases: F moves by as much when idling
    // is taken to be that.
    let half = 4.302_653 * 0.0001 / 3f64.sqrt();
    let mut samples = TRUTH.samples(|| 1.0);
    samples.iter_mut().filter(|it| it.is_idle()).for_each(|it| it.cores_used = Some(TRUTH.idle + half));
    let moved = fitted(&samples).0.fetch.unwrap().cpu.estimate.value - TRUTH.fetch;
    near(width(0.0001) / 2.0, moved.abs(), 0.1);
}

#[test]
fn rates_that_are_close_leave_fetches_out() {
    let mut samples = TRUTH.samples(|| 1.0);
    samples.retain(|it| it.is_idle() || it.events_per_second == Some(1000.0));
    let (fit, notes) = fitted(&samples);
    assert_eq!(fit.fetch, None);
    assert!(notes.contains(&Note::NoRates), "{notes:?}");
}

#[test]
fn a_cost_that_is_only_noise_below_zero_is_zero() {
    let truth = Truth { validate: [0.0, 6.9e-9], ..TRUTH };
    let clamped = (0..20).find_map(|seed| {
        let (fit, notes) = fitted(&truth.samples(noise(seed, 0.01)));
        let is_clamp = |note: &&Note| matches!(note, Note::Clamped { .. });
        Some((fit, notes.iter().find(is_clamp)?.to_string()))
    });
    let (fit, note) = clamped.unwrap();
    let estimate = fit.term(&Term::Event(Part::Handler("validate".to_owned()))).unwrap().estimate;
    assert_eq!((estimate.value, estimate.low), (0.0, 0.0));
    assert!(estimate.high > 0.0 && estimate.high < 1e-6, "{estimate:?}");
    assert!(note.starts_with("validate, an event: -0."), "{note}");
    assert!(note.ends_with("us; taken as 0 and the rest fitted again."), "{note}");
}

/// Calls whose answers find the consumer asleep cost 400 us more; a busy one is never asleep, whatever its rate.
#[test]
fn waking_a_consumer_is_no_part_of_a_call() {
    const WAKING: f64 = 400e-6;
    let mut samples = TRUTH.samples(|| 1.0);
    let line = samples.len() + 2;
    for at in 0..6 {
        let work = Work { io_calls: 1.0, ..work("decode") };
        let busy = sample(line + at, work, 4000.0, [200.0, 1200.0, 8000.0][at % 3]);
        samples.push(TRUTH.measure(Sample { is_saturated: true, is_backlog: true, ..busy }, 1.0));
    }
    for sample in samples.iter_mut().filter(|it| it.work.io_calls > 0.0 && !it.is_saturated) {
        // y = y0 + a calls (1 - idle - x y)
        let (rate, calls) = (sample.events_per_second.unwrap(), sample.work.io_calls);
        let without = (sample.cores_used.unwrap() - TRUTH.idle) / rate;
        let cost = (without + WAKING * calls * (1.0 - TRUTH.idle)) / (1.0 + rate * WAKING * calls);
        sample.cores_used = Some(TRUTH.idle + rate * cost);
    }
    let (fit, notes) = fitted(&samples);
    for (measured, truth) in TRUTH.held_against(&fit) {
        near(measured.estimate.value, truth, 1e-6);
    }
    let waking = notes.iter().find_map(|it| match it {
        Note::Waking { core_seconds } => Some(*core_seconds),
        _ => None,
    });
    near(waking.unwrap(), WAKING, 1e-6);
}

#[test]
fn one_size_makes_a_cost_per_event() {
    let mut samples = TRUTH.samples(|| 1.0);
    let is_rare = |work: &Work| work.produces > 0.0 || work.compute_rounds > 0.0;
    samples.retain(|it| it.is_idle() || it.event_bytes == Some(1200.0) && !is_rare(&it.work));
    let (fit, notes) = fitted(&samples);
    let decode = Part::Handler("decode".to_owned());
    near(fit.term(&Term::Event(decode.clone())).unwrap().estimate.value, 3.1e-6 + 6.2e-9 * 1200.0, 1e-9);
    assert_eq!(fit.term(&Term::Byte(decode)), None);
    assert_eq!(notes.iter().filter(|it| matches!(it, Note::OneSize { .. })).count(), 4);
}

#[test]
fn without_plain_consumers_the_handler_carries_all() {
    let mut samples = TRUTH.samples(|| 1.0);
    samples.retain(|it| it.is_idle() || it.work.handler.as_deref() == Some("decode"));
    let fit = threads(&samples);
    let cpu = &fit.runtime.cpu;
    assert_eq!((cpu.consume.at(1200.0), cpu.consume.per_event.evidence), (0.0, Evidence::Assumed));
    near(cpu.handler["decode"].per_event.value, 12.9e-6, 1e-9);
    assert!(fit.notes.contains(&Note::NothingPlain { kinds: vec!["decode".to_owned()] }));
}

#[test]
fn idle_rows_left_out_are_said() {
    let mut samples = TRUTH.samples(|| 1.0);
    samples.retain(|it| !it.is_idle() && it.events_per_second == Some(1000.0));
    let (fit, notes) = fitted(&samples);
    assert_eq!((fit.idle, notes.contains(&Note::NoIdle)), (None, true));
}

/// Without noise the rates tell idling from the fetch; with 1 % of it both come with wide intervals, which hold the truth.
#[test]
fn without_idle_rows_idling_is_an_unknown_beside_the_fetch() {
    let mut busy = TRUTH.samples(|| 1.0);
    busy.retain(|it| !it.is_idle());
    let without = |factor: &mut dyn FnMut() -> f64| {
        let mut samples = busy.clone();
        samples.iter_mut().for_each(|it| it.cores_used = it.cores_used.map(|cores| cores * factor()));
        fitted(&samples).0
    };
    let (exact, notes) = fitted(&busy);
    near(exact.idle.unwrap().estimate.value, TRUTH.idle, 1e-6);
    near(exact.fetch.unwrap().cpu.estimate.value, TRUTH.fetch, 1e-6);
    assert!(notes.iter().any(|note| matches!(note, Note::IdleByRate { has_fetch: true, .. })), "{notes:?}");
    let holds = (0..100).filter(|&seed| {
        let Some(fetch) = without(&mut noise(seed, 0.01)).fetch else { return false };
        let it = fetch.cpu.estimate;
        it.low <= TRUTH.fetch && TRUTH.fetch <= it.high
    });
    let holds = holds.count();
    assert!(holds >= 90, "{holds} of 100");
}

/// 89.7 us with the rows at rate 0 of the example, which used to be 185 (165 to 205) without them.
#[test]
fn monitoring_without_its_night_gives_the_same_fetch() {
    let text = std::fs::read_to_string(MONITORING).unwrap();
    let busy: String =
        text.lines().filter(|line| !line.starts_with("0,")).map(|line| format!("{line}\n")).collect();
    let output = tonnage(&["fit", "-", "--name", "go-mine"]).write_stdin(busy).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let cpu = read(&String::from_utf8(output.stdout).unwrap()).cpu;
    let fetch = cpu.fetch.unwrap().core_seconds;
    assert!(fetch.low < 89.7e-6 && 89.7e-6 < fetch.high && fetch.high - fetch.low > 20e-6, "{fetch:?}");
    assert!(cpu.idle_cores.low < 0.006 && 0.006 < cpu.idle_cores.high, "{:?}", cpu.idle_cores);
    assert!(stderr.contains("There is no sample at rate 0"), "{stderr}");
}

/// Where a fetch costs nothing, idling that was measured 10 % off looks like one at low rates. One is found in 1 of 20 fits at
/// most, where it used to be in 6.
#[test]
fn the_error_of_idling_is_no_fetch() {
    let truth = Truth { fetch: 0.0, ..TRUTH };
    let finds = (0..200).filter(|&seed| {
        let mut next = noise(seed, 0.01);
        let mut off = noise(seed + 1000, 0.1);
        let mut samples = truth.samples(&mut next);
        for it in samples.iter_mut().filter(|it| it.is_idle()) {
            it.cores_used = Some(TRUTH.idle * off());
        }
        fitted(&samples).0.fetch.is_some()
    });
    let finds = finds.count();
    assert!(finds <= 10, "{finds} of 200");
    // One that is there is still found.
    let real = (0..20).filter(|&seed| fitted(&TRUTH.samples(noise(seed, 0.01))).0.fetch.is_some());
    assert_eq!(real.count(), 20);
}

/// Rates so low that a fetch for each event is all there is.
#[test]
fn samples_of_nothing_but_fetches_are_refused_in_words() {
    let truth = Truth { consume: [0.0, 0.0], decode: [0.0, 0.0], ..TRUTH };
    let mut samples: Vec<Sample> = (0..3).map(|_| sample(0, work("decode"), 0.0, 0.0)).collect();
    for rate in [50.0, 100.0, 200.0, 400.0, 800.0, 1600.0] {
        samples.extend([200.0, 2000.0].map(|bytes| sample(0, work("decode"), rate, bytes)));
    }
    let samples: Vec<Sample> = samples.into_iter().map(|it| truth.measure(it, 1.0)).collect();
    assert_snapshot!(refused(&samples), @"the cost of a fetch explains all CPU, and nothing is left for an event: the rates are too low to show what one costs; add samples at a higher rate, or of a consumer that drains a backlog (backlog = true)");
}

// Several cores

/// One condition at capacity on each of some numbers of cores, three times.
fn on_cores(numbers: &[u32], mut factor: impl FnMut() -> f64) -> Vec<Sample> {
    let mut samples = TRUTH.samples(|| 1.0);
    for &cores in numbers {
        for repetition in 0..3 {
            let line = 1000 + 10 * cores as usize + repetition;
            let at = |rate| Sample {
                cores,
                is_saturated: true,
                is_backlog: true,
                ..sample(line, work("decode"), rate, 500.0)
            };
            // x s = usl(N), where s has no share of a fetch. A machine that was slow for a while took longer: CPU
            // time is scaled to its speed then, the rate is not.
            let rate = f64::from(cores) * TRUTH.law.worth(cores.into()) / TRUTH.cost(&at(1e4));
            let slowed = if repetition == 0 { 0.9 } else { 1.0 };
            let mut saturated = TRUTH.measure(at(rate * slowed), factor());
            saturated.memory_bytes = Some(TRUTH.memory + (f64::from(cores) - 1.0) * 3.0 * MIB);
            samples.push(saturated);
        }
    }
    samples
}

#[test]
fn scaling_over_many_cores_is_fitted() {
    let fit = threads(&on_cores(&[1, 2, 4, 8], || 1.0));
    let scaling = &fit.runtime.scaling;
    near(scaling.sigma.value, TRUTH.law.sigma, 1e-9);
    near(scaling.kappa.value, TRUTH.law.kappa, 1e-9);
    assert_eq!((scaling.sigma.evidence, fit.samples_of["sigma"]), (Evidence::Measured, 12));
    near(fit.runtime.memory.thread.value, 3.0 * MIB, 1e-9);
    let noisy = threads(&on_cores(&[1, 2, 4, 8], noise(3, 0.01))).runtime.scaling;
    assert!(noisy.sigma.low < TRUTH.law.sigma && TRUTH.law.sigma < noisy.sigma.high, "{noisy:?}");
    assert!(noisy.kappa.low < TRUTH.law.kappa && TRUTH.law.kappa < noisy.kappa.high, "{noisy:?}");
}

/// usl(4) = 4 / (1 + 0.12 + 12 * 0.002) = 4 / 1.144, which sigma alone explains with 0.144 / 3.
#[test]
fn scaling_from_one_step_is_assumed_to_be_contention() {
    let fit = threads(&on_cores(&[1, 4], || 1.0));
    let scaling = &fit.runtime.scaling;
    near(scaling.sigma.value, 0.048, 1e-9);
    near(scaling.sigma.high, 0.144, 1e-9);
    assert_eq!((scaling.sigma.low, scaling.kappa.value), (0.0, 0.0));
    assert_eq!(scaling.sigma.evidence, Evidence::Assumed);
    let source = scaling.sigma.source.as_deref().unwrap();
    assert_eq!(source, "measured with 1 and 4 cores only; the range is assumed");
    assert!(fit.notes.contains(&Note::OneStep { cores: 4 }));
}

#[test]
fn two_cores_say_little_of_more() {
    let fit = threads(&on_cores(&[1, 2], || 1.0));
    let (sigma, kappa) = (&fit.runtime.scaling.sigma, &fit.runtime.scaling.kappa);
    assert_eq!((sigma.value, sigma.low, sigma.high), (0.02, 0.0, 0.08));
    assert_eq!((kappa.value, kappa.low, kappa.high), (0.0, 0.0, 0.0005));
    assert_eq!(sigma.source.as_deref(), Some("only 1 and 2 cores were measured; assumed"));
}

#[test]
fn below_capacity_the_cost_of_an_event_tells_what_cores_lose() {
    let mut samples = TRUTH.samples(|| 1.0);
    for line in 500..503 {
        let two = Sample { cores: 4, ..sample(line, work("decode"), 1000.0, 1200.0) };
        samples.push(TRUTH.measure(two, 1.0));
    }
    near(threads(&samples).runtime.scaling.sigma.value, 0.048, 1e-9);
    // Nothing on one core to hold these against.
    samples.retain(|it| it.cores == 1 || it.events_per_second != Some(1000.0));
    samples.push(TRUTH.measure(Sample { cores: 4, ..sample(600, work("decode"), 5000.0, 1200.0) }, 1.0));
    assert!(
        threads(&samples).runtime.scaling.sigma.source.as_deref().unwrap().starts_with("not measured; as in")
    );
}

#[test]
fn processes_have_one_core_each() {
    let fit = profile(&on_cores(&[1, 2], || 1.0), Deployment::Processes, NO_REFERENCE);
    assert!(fit.runtime.scaling.sigma.is_left_out());
    near(fit.runtime.memory.base.value, TRUTH.memory, 1e-9);
}

// Everything else

#[test]
fn startup_and_spread_are_means() {
    let mut samples = TRUTH.samples(|| 1.0);
    for (sample, (startup, scv)) in samples.iter_mut().zip([(1.8, 0.5), (1.9, 0.6), (2.0, 0.7)]) {
        (sample.startup_seconds, sample.service_scv) = (Some(startup), Some(scv));
    }
    let Runtime { startup_seconds, service_scv, .. } = threads(&samples).runtime;
    // Student's t with two degrees of freedom is 4.30265.
    let half = 4.302_652_730 * 0.1 / 3f64.sqrt();
    let (value, low, high) = value_and_range(&startup_seconds.unwrap());
    near(value, 1.9, 1e-12);
    near(low, 1.9 - half, 1e-9);
    near(high, 1.9 + half, 1e-9);
    near(service_scv.value, 0.6, 1e-12);
}

/// q is 2.5 us here and 20 us in the reference: a ratio of 1/8, which is one program and no property of the language.
#[test]
fn what_plain_code_takes_in_this_program_is_a_note() {
    let reference = Truth { round: 20e-6, ..TRUTH }.samples(noise(1, 0.01));
    let reference = Reference::Other { name: "python-aiokafka", samples: &reference };
    let own_code = |samples: &[Sample], reference| {
        let notes = profile(samples, Deployment::Threads, reference).notes;
        notes.into_iter().find_map(|note| match note {
            Note::OwnCode { value, low, high, .. } => Some((value, low, high)),
            _ => None,
        })
    };
    let (value, low, high) = own_code(&TRUTH.samples(noise(2, 0.01)), reference).unwrap();
    assert!(low < 0.125 && 0.125 < high && high < 0.14 && low < value && value < high);
    assert_eq!(own_code(&TRUTH.samples(|| 1.0), Reference::Itself), None);
    assert_eq!(own_code(&TRUTH.samples(|| 1.0), NO_REFERENCE), None);
}

// Refusals

#[test]
fn too_few_samples() {
    let of = |rates: &[f64]| {
        let all = rates.iter().enumerate().map(|(at, &rate)| sample(at + 2, work("decode"), rate, 500.0));
        all.map(|it| TRUTH.measure(it, 1.0)).collect::<Vec<_>>()
    };
    assert_snapshot!(refused(&[]), @"no sample of work on one core: that takes rows with events_per_second above 0, cores_used and event_bytes, and cores = 1 or empty");
    assert_snapshot!(refused(&of(&[100.0, 200.0])), @r#"only 2 of the samples speak of "decode, an event"; at least 3 have to"#);
    assert_snapshot!(refused(&of(&[100.0, 200.0, 3000.0])), @"3 samples are too few for 4 figures: at least 6 are needed, two more than figures");
}

#[test]
fn work_that_costs_nothing() {
    let mut samples = TRUTH.samples(|| 1.0);
    samples[3].cores_used = Some(0.004);
    assert_snapshot!(refused(&samples), @"line 5: 0.004 cores used are not more than the 0.004 of an idle process, so that an event would cost nothing");
}

#[test]
fn figures_that_cannot_be_told_apart() {
    let mut samples = TRUTH.samples(|| 1.0);
    samples.iter_mut().for_each(|it| it.work.io_calls = 1.0);
    assert_snapshot!(refused(&samples), @r#""io_call" cannot be told from the other figures: what it counts changes only along with what they count; add samples where it does not, or leave its column out"#);
}

#[test]
fn costs_that_are_negative() {
    let samples = Truth { io_call: [-3e-6, 0.0], ..TRUTH }.samples(noise(1, 0.001));
    assert_snapshot!(refused(&samples), @r#"negative cost: "io_call" comes out at -3.019 us (95 % interval -3.085 to -2.953), so the samples do not add up as the model says"#);
}

/// A cost that bends: a byte of a small event takes less than one of a large one.
#[test]
fn a_line_through_a_bend_begins_at_0() {
    let bent = Truth { validate: [-0.8e-6, 6.9e-9], ..TRUTH };
    let (fit, notes) = fitted(&bent.samples(noise(1, 0.001)));
    let validate = Part::Handler("validate".to_owned());
    assert_eq!(fit.term(&Term::Event(validate.clone())).unwrap().estimate.value, 0.0);
    near(fit.term(&Term::Byte(validate)).unwrap().estimate.value, 6.9e-9, 0.05);
    assert!(notes.iter().any(|it| it.to_string().starts_with("validate, an event: -0.7")), "{notes:?}");
    let negative = Truth { validate: [-9e-6, 6.9e-9], ..TRUTH };
    assert!(matches!(refused(&negative.samples(noise(1, 0.001))), Refusal::Negative { .. }));
}

#[test]
fn samples_that_follow_no_model() {
    let samples = TRUTH.samples(noise(1, 0.5));
    let samples: Vec<Sample> =
        samples.into_iter().filter(|it| it.cores_used > Some(TRUTH.idle) || it.is_idle()).collect();
    assert_snapshot!(refused(&samples), @"poor fit: R2 is 0.735, but must be at least 0.9; residuals are typically 49.6 %, the largest +86.1 % in line 16");
}

/// Residuals of 1 % are no poor fit where there is nothing but them.
#[test]
fn little_to_explain_is_no_poor_fit() {
    let mut next = noise(9, 0.01);
    let samples: Vec<Sample> = (0..20)
        .map(|at| sample(at + 2, work("decode"), 1000.0, [500.0, 530.0][at % 2]))
        .map(|it| TRUTH.measure(it, next()))
        .collect();
    let (fit, _) = fitted(&samples);
    assert!(fit.quality.r_squared.unwrap() < 0.9 && fit.quality.typical < 0.02, "{:?}", fit.quality);
}

// The whole command

const MONITORING: &str = "examples/monitoring.csv";

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "80");
    command
}

/// Standard output and standard error of a command that has to succeed.
fn printed(args: &[&str]) -> (String, String) {
    let output = tonnage(args).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{stderr}");
    (stdout, stderr)
}

fn read(text: &str) -> Runtime {
    profiles::read(Source { file: "profile", text }, &embedded::languages().unwrap()).unwrap()
}

/// What the command says of a file that it refuses; it has to leave the profile that was there.
fn refuses(samples: impl AsRef<[u8]>, flags: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("s.csv"), samples).unwrap();
    std::fs::write(file("p.toml"), "as before").unwrap();
    let args = [&["fit", "s.csv", "-o", "p.toml"], flags].concat();
    let output = tonnage(&args).current_dir(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    assert_eq!(std::fs::read_to_string(file("p.toml")).unwrap(), "as before");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn monitoring_of_three_columns_makes_a_profile_that_plans() {
    let (profile, report) = printed(&["fit", MONITORING, "--language", "go"]);
    let runtime = read(&profile);
    assert_eq!((runtime.name.as_str(), runtime.language.name.as_str()), ("monitoring", "go"));
    assert_eq!(runtime.provenance.samples, Some(19));
    assert!(runtime.cpu.fetch.is_some());
    assert!(report.contains("R2 is 0.998"), "{report}");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mine.toml");
    let (report_on_stdout, said) =
        printed(&["fit", MONITORING, "--language", "go", "-o", path.to_str().unwrap()]);
    assert_eq!(report_on_stdout, report);
    assert!(said.starts_with("wrote ") && said.lines().count() == 1, "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), profile);
    let workload = ["--events-per-day", "50M", "--event-size", "1.2KB", "--io-ratio", "0"];
    let profiles =
        ["--profiles", folder.path().to_str().unwrap(), "--runtimes", "monitoring", "--format", "json"];
    let (plan, _) = printed(&[&["plan"], &workload[..], &profiles[..]].concat());
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["plans"][0]["feasible"], true, "{plan}");
}

#[test]
fn samples_come_from_standard_input_too() {
    let samples = std::fs::read(MONITORING).unwrap();
    let output = tonnage(&["fit", "-", "--name", "go-mine"]).write_stdin(samples).output().unwrap();
    assert_eq!(read(&String::from_utf8(output.stdout).unwrap()).name, "go-mine");
}

#[test]
fn the_header_says_what_flags_say() {
    let flags = "--name go-mine --title Mine --concurrency consumer --capabilities pandas,ml --vcpu-speed 0.9 \
                 --machine m7i --date 2026-11-23 --source me --versions go=1.26,lib=2.0";
    let args: Vec<&str> = ["fit", MONITORING].into_iter().chain(flags.split_whitespace()).collect();
    let runtime = read(&printed(&args).0);
    assert_eq!((runtime.title.as_str(), runtime.language.name.as_str()), ("Mine", "go"));
    assert_eq!((runtime.deployment, runtime.concurrency), (Deployment::Threads, Concurrency::Consumer));
    assert_eq!(runtime.capabilities, ["pandas", "ml"]);
    let it = runtime.provenance;
    assert_eq!((it.vcpu_speed, it.machine.as_str(), it.date.as_str()), (0.9, "m7i", "2026-11-23"));
    assert_eq!((it.source.as_str(), it.versions["go"].as_str()), ("me", "1.26"));
}

/// As a script writes them when it has none.
#[test]
fn empty_items_of_lists_are_none() {
    let (profile, _) =
        printed(&["fit", MONITORING, "--name", "go-mine", "--capabilities", "", "--versions", ""]);
    let runtime = read(&profile);
    assert!(runtime.capabilities.is_empty() && runtime.provenance.versions.is_empty(), "{profile}");
    let (profile, _) = printed(&[
        "fit",
        MONITORING,
        "--name",
        "go-mine",
        "--capabilities",
        "ml,,",
        "--versions",
        "go=1.26,",
    ]);
    let runtime = read(&profile);
    assert_eq!(
        (runtime.capabilities.as_slice(), runtime.provenance.versions.len()),
        (&["ml".to_owned()][..], 1)
    );
}

/// Without the column `backlog`, or where it is empty, a saturated row is one.
#[test]
fn a_backlog_is_as_given_or_as_saturated() {
    let csv = "events_per_second,cores_used,event_bytes,saturated,backlog\n\
               9,1,1,true,\n9,1,1,true,false\n9,1,1,,true\n9,1,1,,\n";
    let file = samples::read(Source { file: "s.csv", text: csv }).unwrap();
    let is_backlog: Vec<bool> = file.of(None, false).samples.iter().map(|it| it.is_backlog).collect();
    assert_eq!(is_backlog, [true, false, true, false]);
}

#[test]
fn reports_agree_in_every_form() {
    let of = |format| printed(&["fit", MONITORING, "--format", format]).1;
    let json: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    let figures = json["figures"].as_array().unwrap();
    assert_eq!(json["fits"][0]["samples_used"], 19);
    assert!(json["fits"][0]["r_squared"].as_f64().unwrap() > 0.99);
    let csv = of("csv");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), figures.len());
    let (markdown, table) = (of("markdown"), of("table"));
    for (row, figure) in rows.iter().zip(figures) {
        let name = figure["figure"].as_str().unwrap();
        assert_eq!((&row[0], &row[1]), ("monitoring", name));
        assert_eq!(row[2].parse::<f64>().unwrap(), figure["value"].as_f64().unwrap());
        assert!(table.contains(name) && markdown.contains(name), "{name}");
    }
}

/// A lab's file as CSV: two runtimes, a variant, and a row that was not accepted.
fn lab_file() -> String {
    let mut text = String::from(
        "repetition,runtime,handler,events_per_second,cores_used,event_bytes,io_calls,produces,compute_rounds,\
         in_flight,memory_mib,events_in_flight,commit,accepted\n",
    );
    let mut add = |runtime: &str, truth: Truth, seed: u64| {
        for it in truth.samples(noise(seed, 0.01)) {
            let Work { handler, io_calls, produces, compute_rounds, in_flight, .. } = it.work;
            text += &format!(
                "1,{runtime},{},{},{},{},{io_calls},{produces},{compute_rounds},{},{},{},interval,true\n",
                handler.as_deref().unwrap_or("consume"),
                it.events_per_second.unwrap(),
                it.cores_used.unwrap(),
                it.event_bytes.unwrap(),
                in_flight.map_or(String::new(), |it| it.to_string()),
                it.memory_bytes.unwrap() / MIB,
                it.events_in_flight.unwrap(),
            );
        }
    };
    add("rust-rdkafka", TRUTH, 1);
    add("python-aiokafka", Truth { round: 20e-6, ..TRUTH }, 2);
    text + "1,rust-rdkafka,decode,1000,0.9,1200,0,0,0,,62,0,every,true\n1,rust-rdkafka,decode,1000,0.9,1200,0,0,0,,62,0,,false\n"
}

#[test]
fn one_runtime_out_of_a_lab_s_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lab.csv");
    std::fs::write(&path, lab_file()).unwrap();
    let path = path.to_str().unwrap();
    let (profile, report) = printed(&["fit", path, "--runtime", "rust-rdkafka", "--format", "json"]);
    let runtime = read(&profile);
    assert_eq!((runtime.name.as_str(), runtime.language.name.as_str()), ("rust-rdkafka", "rust"));
    assert_eq!(runtime.cpu.handler.keys().collect::<Vec<_>>(), ["decode", "validate"]);
    near(runtime.memory.base.value, TRUTH.memory, 1e-5);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let report = &report["fits"][0];
    let left_out = &report["left_out"];
    assert_eq!((&left_out["variants"], &left_out["not_accepted"]), (&1.into(), &1.into()));
    assert_eq!((&left_out["other_runtimes"], &report["samples_used"]), (&54.into(), &54.into()));
    let (python, _) = printed(&["fit", path, "--runtime", "python-aiokafka"]);
    let python = read(&python);
    assert_eq!(python.deployment, Deployment::Processes);
    let (_, all) = printed(&["fit", path, "--runtime", "rust-rdkafka", "--all", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    let all = &all["fits"][0];
    assert_eq!((&all["left_out"]["variants"], &all["samples_used"]), (&0.into(), &55.into()));
}

/// The sweep's samples, and below them the rows of memory that a fit may see: of the client as it is, with a backlog that
/// is more than its queues, and without any CPU.
fn sweep_and_seen(runtime: &Runtime) -> String {
    let mut text = std::fs::read_to_string("lab/samples/sweep.csv").unwrap();
    let columns: Vec<String> = text.lines().next().unwrap().split(',').map(str::to_owned).collect();
    let client = std::fs::read_to_string(format!("lab/clients/{}.toml", runtime.name)).unwrap();
    let client = profiles::client(Source { file: "client", text: &client }).unwrap();
    let limits = client.measured.or(client.prefetch).unwrap();
    let mut rows = csv::Reader::from_path("lab/samples/memory.csv").unwrap();
    for row in rows.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let number = |name: &str| row[name].parse::<f64>().unwrap_or(0.0);
        let (of_client, of_partition) = limits.payload(number("event_bytes"), None);
        let (backlog, partitions) = (number("backlog_bytes"), number("partitions"));
        let is_full = backlog == 0.0 || backlog > of_client.min(of_partition * partitions);
        let is_usual = row["prefetch_divisor"] == "1" && row["memory_limit_mib"].is_empty();
        if row["runtime"] != runtime.name || row["part"] != "seen" || !is_usual || !is_full {
            continue;
        }
        let holders = if runtime.concurrency == Concurrency::Partition { partitions } else { 1.0 };
        let is_idle = backlog == 0.0 && row["offered_per_second"].is_empty();
        let cell = |column: &String| match column.as_str() {
            "events_per_second" if is_idle => "0".to_owned(),
            "backlog" => (backlog > 0.0).to_string(),
            "memory_mib" => row["highest_mib"].clone(),
            "events_in_flight" if backlog > 0.0 => (holders * number("in_flight")).to_string(),
            "runtime" | "condition" | "handler" | "event_bytes" | "partitions" => row[column].clone(),
            _ => String::new(),
        };
        text += &columns.iter().map(cell).collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    text
}

/// As `tonnage-lab profiles` does it: what ships is what the samples and the limits of the clients give today.
#[test]
fn the_shipped_profiles_are_those_of_the_lab_s_samples() {
    let folder = TempDir::new().unwrap();
    for runtime in embedded::measured().unwrap().runtimes {
        let file = format!("{}.toml", runtime.name);
        let fitted = folder.path().join(&file);
        let it = &runtime.provenance;
        let versions: Vec<String> =
            it.versions.iter().map(|(name, version)| format!("{name}={version}")).collect();
        let samples = folder.path().join("samples.csv");
        std::fs::write(&samples, sweep_and_seen(&runtime)).unwrap();
        let mut fit = Command::cargo_bin("tonnage").unwrap();
        fit.args(["fit", samples.to_str().unwrap(), "--runtime", &runtime.name, "--title", &runtime.title])
            .args(["--language", &runtime.language.name, "--deployment", &runtime.deployment.to_string()])
            .args(["--concurrency", &runtime.concurrency.to_string(), "--machine", &it.machine])
            .args(["--date", &it.date, "--source", &it.source, "--versions", &versions.join(",")])
            .args(["--capabilities", &runtime.capabilities.join(",")])
            .args(runtime.on_request.then_some("--on-request"))
            .args(["--client", &format!("lab/clients/{file}"), "-o", fitted.to_str().unwrap()]);
        assert!(fit.output().unwrap().status.success());
        let shipped = std::fs::read_to_string(Path::new("profiles/runtimes").join(&file)).unwrap();
        assert_eq!(std::fs::read_to_string(fitted).unwrap(), shipped, "{file}: tonnage-lab profiles");
    }
}

/// The fields of the lab's rows, as its source has them.
#[test]
fn every_column_that_the_lab_writes_is_known() {
    let source = std::fs::read_to_string("measure/src/sample.rs").unwrap();
    let (_, fields) = source.split_once("pub struct Sample {").unwrap();
    let (fields, _) = fields.split_once("\n}").unwrap();
    let fields = fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next());
    let known: Vec<&str> = samples::USED.iter().map(|it| it.name).chain(samples::PASSED_OVER).collect();
    let unknown: Vec<&str> = fields.filter(|field| !known.contains(field)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn runtimes_that_cannot_be_chosen() {
    assert_snapshot!(refuses(lab_file(), &[]), @r#"error: s.csv: there are samples of 2 runtimes; choose one with --runtime NAME, out of python-aiokafka, rust-rdkafka"#);
    assert_snapshot!(refuses(lab_file(), &["--runtime", "rust-rdkafk"]), @r#"error: s.csv: --runtime: unknown runtime "rust-rdkafk"; did you mean "rust-rdkafka"? Known: python-aiokafka, rust-rdkafka."#);
    assert_snapshot!(refuses(std::fs::read(MONITORING).unwrap(), &["--runtime", "go"]), @r#"error: s.csv: --runtime: no row names a runtime, so there is none to choose; --name NAME names the profile"#);
}

#[test]
fn files_that_are_no_samples() {
    assert_snapshot!(refuses("", &[]), @r#"error: s.csv: the file is empty; the first line must name columns, at least events_per_second, cores_used, event_bytes"#);
    assert_snapshot!(refuses("events_per_second,cores_used,event_bytes\n", &[]), @r#"error: s.csv: there is a header but no sample below it"#);
    assert_snapshot!(refuses("events_per_second,cores_usd,event_bytes\n1,1,1\n", &[]), @r#"error: s.csv:1:19: unknown column "cores_usd"; did you mean "cores_used"?"#);
    assert_snapshot!(refuses("events_per_second,cores_used,event_bytes,saturatd,startup\n1,1,1,1,1\n", &[]), @r#"
    error: s.csv:1:42: unknown column "saturatd"; did you mean "saturated"?
    error: s.csv:1:51: unknown column "startup"; did you mean "startup_seconds"?
    error: s.csv:2:7: saturated is "1", but must be true or false
    "#);
    assert_snapshot!(refuses("a,b\n1,2\n", &[]), @r#"error: s.csv:1:1: no known column in the first line; is the header missing? It must name columns, at least events_per_second, cores_used, event_bytes"#);
}

#[test]
fn cells_that_are_no_measurements() {
    let columns = "events_per_second,cores_used,event_bytes,cores,saturated,handler,memory_mib,runtime";
    let bad = format!("{columns}\n-1,x,1TB,0,yes,a b,nan,a/b\n10,1,1KB,,,,,a\n10,1,1KB,,,,,\n");
    assert_snapshot!(refuses(bad, &[]), @r#"
    error: s.csv:2:1: events_per_second is "-1", but must be a number from 0 to 1e9, such as 2500
    error: s.csv:2:4: cores_used is "x", but must be a number of cores from 0 to 1e6, such as 0.35
    error: s.csv:2:6: event_bytes is "1TB", but must be a size from 0 B to 1 GiB, such as 1200 or 1.2KB
    error: s.csv:2:10: cores is "0", but must be a whole number from 1
    error: s.csv:2:12: saturated is "yes", but must be true or false
    error: s.csv:2:16: handler is "a b", but must be a name of letters, digits, '-', '_' and '.'
    error: s.csv:2:20: memory_mib is "nan", but must be a number from 0 to 1e9
    error: s.csv:2:24: runtime is "a/b", but must be a name of letters, digits, '-', '_' and '.'
    error: s.csv:4:14: runtime is missing; other rows name theirs, so each has to
    "#);
}

#[test]
fn samples_that_make_no_profile() {
    assert_snapshot!(refuses("events_per_second,cores_used,event_bytes\n10,0.1,100\n10,0.1,100\n", &[]), @r#"error: s.csv: only 2 of the samples speak of "decode, an event"; at least 3 have to"#);
    assert_snapshot!(refuses("events_per_second,cores_used,event_bytes\n0,0.1,\n10,,100\n", &[]), @r#"error: s.csv: no sample of work on one core: that takes rows with events_per_second above 0, cores_used and event_bytes, and cores = 1 or empty"#);
}

#[test]
fn flags_that_cannot_be_read() {
    for (flag, value) in [("--name", "a b"), ("--vcpu-speed", "0"), ("--versions", "go")] {
        let output = tonnage(&["fit", MONITORING, flag, value]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{flag}");
    }
    assert!(!Path::new("p.toml").exists());
}

/// Figures that a profile takes over from another of its language.
mod assumed {
    use tonnage::input::catalogs::embedded;
    use tonnage_fit::assumed::{Assumed, language_of};
    use tonnage_model::runtime::{Deployment, Evidence, Figure};

    #[test]
    fn of_a_language_with_a_profile() {
        let published = embedded::published().unwrap().runtimes;
        let go = Assumed::of("go", &published);
        assert_eq!(go.service_scv.evidence, Evidence::Assumed);
        assert_eq!(go.service_scv.source.unwrap(), "not measured; as in the profile go-kafka-go");
        assert_eq!(Assumed::of("python", &published).deployment, Deployment::Processes);
    }

    #[test]
    fn of_any_other_language() {
        let published = embedded::published().unwrap().runtimes;
        let java = Assumed::of("java", &published);
        assert_eq!(java.deployment, Deployment::Threads);
        let Figure { value, low, high, .. } = java.service_scv;
        assert_eq!((value, low, high), (1.0, 0.25, 2.0));
        let languages = embedded::languages().unwrap();
        assert_eq!(language_of("kotlin-vertx", &languages), "unknown");
        assert_eq!(language_of("java-vertx", &languages), "java");
        assert_eq!(language_of("python-confluent", &languages), "python");
    }
}
