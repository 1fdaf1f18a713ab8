//! `tonnage-measure`, which `tonnage measure` runs.

#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tonnage_measure::events::{self, Event};
use tonnage_measure::kafka::Cluster;
use tonnage_measure::kernel::MAX_BRACKET_GAP;
use tonnage_measure::own::{self, Arrivals, NoSample, Settings, Topic};
use tonnage_measure::sample::Samples;

/// Distinct events of each size; a topic repeats them.
const DISTINCT: usize = 4096;
const SEED: u64 = 1;

/// Measure what an event costs your own consumer, against your own broker.
///
/// Fills a topic, starts COMMAND with KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC and KAFKA_GROUP in its environment,
/// watches its processes while it works, and writes a sample for each run. The topic and the group are deleted
/// at the end, also after Ctrl-C. COMMAND has to start at the earliest offset and to commit what it has handled.
#[derive(Parser)]
#[command(name = "tonnage-measure", version, max_term_width = 100)]
struct Cli {
    /// Address of the broker.
    #[arg(long, env = "KAFKA_BOOTSTRAP_SERVERS", value_name = "ADDRESS")]
    bootstrap_servers: String,
    /// A librdkafka setting for the connection, such as security.protocol=ssl; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting)]
    config: Vec<(String, String)>,
    /// Where the samples go; must not exist.
    #[arg(short, long, value_name = "FILE", default_value = "samples.csv")]
    output: PathBuf,
    /// Name of the runtime in the samples.
    #[arg(long, value_name = "NAME", default_value = "own")]
    name: String,
    /// Kind of handler in the samples.
    #[arg(long, value_name = "KIND", default_value = "decode")]
    handler: String,
    /// Sizes of the events to make, bytes; from two sizes on, the cost of a byte can be told.
    #[arg(long, value_name = "BYTES,..", value_delimiter = ',', default_value = "512,4096")]
    sizes: Vec<usize>,
    /// Your own events instead, one a line.
    #[arg(long, value_name = "FILE", conflicts_with = "sizes")]
    events: Option<PathBuf>,
    /// Events in a topic.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    count: usize,
    /// Also at these rates, events/s; from rates a factor of 10 apart, the cost of a fetch can be told.
    #[arg(long, value_name = "RATE,..", value_delimiter = ',')]
    rates: Vec<f64>,
    /// Runs under each condition, in random order.
    #[arg(long, value_name = "N", default_value_t = 5)]
    repetitions: u32,
    /// Length of a sample, s; several of the command's commits.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    seconds: f64,
    /// Samples are rejected if the calibration kernel before and after them differs by more than this share.
    #[arg(long, value_name = "SHARE", default_value_t = MAX_BRACKET_GAP)]
    max_gap: f64,
    /// How long the command may commit nothing, s.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    patience: f64,
    /// CPUs that the command may use, as taskset takes them; best not the broker's.
    #[arg(long, value_name = "LIST")]
    cpus: Option<String>,
    /// Cores that the command can use, for the samples.
    #[arg(long, value_name = "N", default_value_t = 1)]
    cores: u32,
    /// Partitions of the topics.
    #[arg(long, value_name = "N", default_value_t = 12)]
    partitions: i32,
    /// Replicas of the topics.
    #[arg(long, value_name = "N", default_value_t = 1)]
    replication: i32,
    /// Your consumer and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_string(), value.to_string())),
        _ => Err(format!("{text:?} is not KEY=VALUE")),
    }
}

/// The events of one topic, and the rate that they come with.
struct Condition {
    events: usize,
    arrivals: Arrivals,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    if cli.repetitions == 0 || cli.seconds <= 0.0 || cli.partitions < 1 {
        bail!("--repetitions, --seconds and --partitions have to be above 0");
    }
    if let Some(rate) = cli.rates.iter().find(|rate| !(**rate > 0.0 && rate.is_finite())) {
        bail!("--rates: {rate} is not a rate above 0");
    }
    let kinds = kinds_of_events(&cli)?;
    let stopped = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stopped);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
    let stopped = || stopped.load(Ordering::Relaxed);
    let mut samples =
        Samples::create(&cli.output).with_context(|| format!("cannot create {}", cli.output.display()))?;

    let cluster = Cluster::new(&cli.bootstrap_servers, &cli.config);
    let settings = Settings {
        runtime: cli.name.clone(),
        handler: cli.handler.clone(),
        command: cli.command.clone(),
        cpus: cli.cpus.clone(),
        cores: f64::from(cli.cores),
        seconds: cli.seconds,
        max_gap: cli.max_gap,
        patience: Duration::from_secs_f64(cli.patience),
        partitions: cli.partitions,
        replication: cli.replication,
    };
    let style = ProgressStyle::with_template("{msg:28} {wide_bar} {pos}/{len} {eta} left")?;
    let topic_name = |kind: &dyn std::fmt::Display| format!("tonnage-measure-{}-{kind}", std::process::id());
    let mut backlogs = Vec::new();
    for (index, events) in kinds.iter().enumerate() {
        let mut topic = Topic::create(&cluster, topic_name(&index), &settings)?;
        let bar = ProgressBar::new(cli.count as u64).with_style(style.clone());
        bar.set_message(format!("filling {}", topic.name));
        topic.fill(&settings, events, cli.count, |written| {
            bar.set_position(written as u64);
            !stopped()
        })?;
        bar.finish_and_clear();
        backlogs.push(topic);
    }
    let mut plan = plan(&cli, kinds.len());
    fastrand::shuffle(&mut plan);
    let bar = ProgressBar::new(plan.len() as u64).with_style(style);
    let mut rejected = 0;
    for (order, (condition, repetition)) in plan.iter().enumerate() {
        let events = &kinds[condition.events];
        bar.set_message(match condition.arrivals {
            Arrivals::Backlog => "draining a backlog".to_string(),
            Arrivals::Paced(rate) => format!("at {rate:.0} events/s"),
        });
        bar.tick();
        let measured = match condition.arrivals {
            Arrivals::Backlog => {
                let topic = &backlogs[condition.events];
                own::measure(&cluster, &settings, topic, events, condition.arrivals, &stopped)
            }
            Arrivals::Paced(_) => {
                let topic = Topic::create(&cluster, topic_name(&format!("paced-{order}")), &settings)?;
                own::measure(&cluster, &settings, &topic, events, condition.arrivals, &stopped)
            }
        };
        let mut sample = match measured {
            Err(NoSample::Stopped) => {
                bar.abandon();
                bail!("stopped; the {order} samples so far are in {}", cli.output.display());
            }
            measured => measured?,
        };
        sample.repetition = *repetition;
        sample.order = order;
        rejected += usize::from(!sample.accepted);
        samples.add(&sample)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!(
        "{} samples in {}, {rejected} of them rejected by their brackets",
        plan.len(),
        cli.output.display()
    );
    println!("next: tonnage fit {} -o {}.toml", cli.output.display(), cli.name);
    Ok(())
}

/// The user's events, or made ones of each size.
fn kinds_of_events(cli: &Cli) -> Result<Vec<Vec<Event>>> {
    let Some(path) = &cli.events else {
        return cli.sizes.iter().map(|&bytes| Ok(events::generate(SEED, bytes, DISTINCT)?)).collect();
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let events: Vec<Event> = text
        .lines()
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(index, line)| Event { key: index.to_string(), value: line.to_string(), valid: true })
        .collect();
    if events.is_empty() {
        bail!("{} has no events", path.display());
    }
    Ok(vec![events])
}

fn plan(cli: &Cli, kinds: usize) -> Vec<(Condition, u32)> {
    let rates = cli.rates.iter().map(|&rate| Arrivals::Paced(rate));
    let arrivals: Vec<Arrivals> = std::iter::once(Arrivals::Backlog).chain(rates).collect();
    let mut plan = Vec::new();
    for events in 0..kinds {
        for &arrivals in &arrivals {
            plan.extend((1..=cli.repetitions).map(|repetition| (Condition { events, arrivals }, repetition)));
        }
    }
    plan
}
