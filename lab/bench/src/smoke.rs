//! Every consumer through every kind of work on a few thousand events: the same events, the same results.

use crate::bench::{Bench, PARTITIONS, SEED};
use crate::condition::{Condition, Network};
use crate::runtimes::Runtime;
use crate::scratch::Scratch;
use crate::stop;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::time::Duration;
use tonnage_measure::consumer::{Consumer, Launch, Line};
use tonnage_measure::events;
use tonnage_measure::kafka::{Compression, now_us};

const EVENTS: usize = 6000;
/// Of them, where each is waited for.
const FEW: usize = 500;
const BYTES: usize = 1024;
/// Sums of floating-point numbers may differ by the order in which they were added.
const TOLERANCE: f64 = 1e-9;
const PATIENCE: Duration = Duration::from_secs(60);

type Checksum = BTreeMap<String, f64>;

fn kinds() -> Vec<Condition> {
    let parse = || Condition::new("parse", BYTES);
    vec![
        Condition::new("consume", BYTES),
        Condition::new("decode", BYTES),
        parse(),
        Condition::new("validate", BYTES),
        Condition::new("aggregate", BYTES),
        Condition { compute_rounds: 3, ..parse() },
        Condition { io_calls: 1, in_flight: 16, ..parse() },
        Condition { produces: 1, prefetch_divisor: 4, memory_limit_mib: Some(64), ..parse() },
        Condition { commit: "batch", ..Condition::new("consume", BYTES) },
        Condition { commit: "each", ..Condition::new("consume", BYTES) },
        Condition { fetch_wait_ms: 20, ..Condition::new("consume", BYTES) },
        Condition { network: Network::Tls, ..Condition::new("consume", BYTES) },
    ]
}

/// Runs them, and fails where a consumer does not do what the first one does, or what is known of the
/// events.
pub fn smoke(bench: &Bench, runtimes: &[Runtime]) -> Result<()> {
    let cluster = &bench.topics.cluster;
    let name = format!("smoke-{}", now_us());
    let mut scratch = Scratch::new(cluster, bench.topics.replication, &name);
    let topic = scratch.topic(&name, PARTITIONS)?;
    let events = events::generate(SEED, BYTES, EVENTS)?;
    cluster.fill(&topic, PARTITIONS, &events, EVENTS, Compression::None, |_| true)?;
    let valid = events.iter().filter(|event| event.valid).count() as f64;
    bench.offered(kinds(), |it| it).iter().try_for_each(|condition| {
        let mut first: Option<(&str, Checksum)> = None;
        let able: Vec<&Runtime> = runtimes.iter().filter(|runtime| runtime.runs(condition)).collect();
        for runtime in &able {
            let checksum = work(bench, runtime, condition, &topic)
                .with_context(|| format!("{} under {}", runtime.name, condition.name()))?;
            expect(&checksum, "bytes", (events_of(condition) * BYTES) as f64, runtime)?;
            if condition.handler == "validate" {
                expect(&checksum, "valid", valid, runtime)?;
            }
            match &first {
                None => first = Some((&runtime.name, checksum)),
                Some((name, known)) => agree(name, known, &runtime.name, &checksum)?,
            }
        }
        if let Some((_, checksum)) = first {
            println!("{:<24} {} consumers agree: {checksum:?}", condition.name(), able.len());
        }
        Ok(())
    })
}

fn events_of(condition: &Condition) -> usize {
    if condition.commit == "each" { FEW } else { EVENTS }
}

fn expect(checksum: &Checksum, name: &str, value: f64, runtime: &Runtime) -> Result<()> {
    match checksum.get(name) {
        Some(found) if *found == value => Ok(()),
        found => bail!("{}: {name} is {found:?}, not {value}", runtime.name),
    }
}

fn agree(one: &str, known: &Checksum, other: &str, checksum: &Checksum) -> Result<()> {
    let same = known.len() == checksum.len()
        && known.iter().all(|(name, value)| {
            checksum.get(name).is_some_and(|found| (found - value).abs() <= TOLERANCE * value.abs())
        });
    if !same {
        bail!("{other} worked out {checksum:?}, {one} {known:?}");
    }
    Ok(())
}

/// One consumer over all events; what it worked out. Checks the calls and the writes from the other side.
fn work(bench: &Bench, runtime: &Runtime, condition: &Condition, topic: &str) -> Result<Checksum> {
    let expected = events_of(condition);
    let cluster = &bench.topics.cluster;
    let group = format!("smoke-{}", now_us());
    let output = format!("{group}-output");
    let mut scratch = Scratch::new(cluster, bench.topics.replication, &group);
    if condition.produces > 0 {
        scratch.topic(&output, PARTITIONS)?;
    }
    let mut environment = condition.environment();
    environment.extend(bench.environment(condition.network, topic, &group, &output)?);
    environment.push(("LAB_EVENTS".to_string(), expected.to_string()));
    let launch =
        Launch { command: runtime.command(), environment, log: Some(bench.log()), ..Launch::default() };
    bench.stub.take_calls();
    let mut consumer = Consumer::start(&launch, &group, None)?;
    let (report, checksum) = loop {
        if stop::asked() {
            bail!("stopped");
        }
        let heard = consumer.hear(PATIENCE).with_context(|| {
            let log = std::fs::read_to_string(bench.log()).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(20).collect();
            format!("its last messages:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"))
        })?;
        if let Line::Done { report, checksum } = heard.line {
            break (report, checksum);
        }
    };
    if !consumer.wait(PATIENCE) {
        bail!("it did not end with success");
    }
    if report.handled != expected as u64 {
        bail!("it handled {} events, not {expected}", report.handled);
    }
    let committed = cluster.progress(topic, PARTITIONS, &group)?.committed()?;
    if committed != expected as u64 {
        bail!("it committed {committed} events, not {expected}");
    }
    if condition.io_calls > 0 {
        let calls = bench.stub.take_calls();
        if calls != expected {
            bail!("the stub had {calls} calls, not {expected}");
        }
    }
    if condition.produces > 0 {
        let written = cluster.progress(&output, PARTITIONS, &group)?.written()?;
        // At least once: where one partition refuses, some clients send the whole batch again.
        if !(expected as u64..=expected as u64 * 11 / 10).contains(&written) {
            bail!("it wrote {written} events, not {expected} or a few more");
        }
    }
    Ok(checksum)
}
