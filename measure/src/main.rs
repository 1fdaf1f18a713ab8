//! `tonnage-measure`, which `tonnage measure` runs.

#![forbid(unsafe_code)]

use anyhow::{Context, Result, anyhow, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tonnage_measure::events::{self, Event};
use tonnage_measure::kafka::Cluster;
use tonnage_measure::kernel::MAX_BRACKET_GAP;
use tonnage_measure::own::{self, Arrivals, Groups, NoSample, Settings, Topic};
use tonnage_measure::sample::Samples;

/// Distinct events of each size; a topic repeats them.
const DISTINCT: usize = 4096;
const SEED: u64 = 1;

/// Measure what an event costs your own consumer, against your own broker.
///
/// Fills a topic, starts COMMAND with KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC and KAFKA_GROUP in its environment,
/// watches its processes while it works, and writes a sample for each run. COMMAND has to read that topic in that
/// group from the earliest offset on, to commit what it has handled every few seconds, and to end on SIGTERM.
///
/// While it drains a backlog, COMMAND is held for some 25 ms at most once a second, to see how fast its CPU is.
/// Topics, groups and processes are removed at the end, also after Ctrl-C.
#[derive(Parser)]
#[command(name = "tonnage-measure", version, max_term_width = 100)]
struct Cli {
    /// Address of the broker.
    #[arg(long, env = "KAFKA_BOOTSTRAP_SERVERS", value_name = "ADDRESS")]
    bootstrap_servers: String,
    /// A librdkafka setting for the connection, such as client.id=measurement; may be repeated. TLS and SCRAM
    /// (security.protocol=ssl and so on) need a build with --features tls.
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting)]
    config: Vec<(String, String)>,
    /// Where the samples go; must not exist.
    #[arg(short, long, value_name = "FILE", default_value = "samples.csv")]
    output: PathBuf,
    /// Name of the runtime in the samples: letters, digits, "-", "_" and ".".
    #[arg(long, value_name = "NAME", default_value = "own", value_parser = name)]
    name: String,
    /// Kind of handler in the samples, of the same characters.
    #[arg(long, value_name = "KIND", default_value = "decode", value_parser = name)]
    handler: String,
    /// Sizes of the events to make, bytes, from 256 on; from two sizes, the cost of a byte can be told.
    #[arg(long, value_name = "BYTES,..", value_delimiter = ',', default_value = "512,4096", value_parser = size)]
    sizes: Vec<usize>,
    /// Your own events instead, one a line.
    #[arg(long, value_name = "FILE", conflicts_with = "sizes")]
    events: Option<PathBuf>,
    /// Events in a topic: for samples of 30 s, what the command handles in 63 s. Too few are told with how many
    /// would do.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Also at these rates, events/s; from rates a factor of 10 apart, the cost of a fetch can be told.
    #[arg(
        long,
        value_name = "RATE,..",
        value_delimiter = ',',
        value_parser = above_0,
        allow_negative_numbers = true
    )]
    rates: Vec<f64>,
    /// Leave out the runs without events, a third as long, which tell what the command burns when idle.
    #[arg(long)]
    no_idle: bool,
    /// Runs under each condition, in random order.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    repetitions: u32,
    /// Length of a sample, s; several of the command's commits.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30.0,
        value_parser = above_0,
        allow_negative_numbers = true
    )]
    seconds: f64,
    /// A sample is rejected, and taken once more at the end, if the calibration kernel in its first half and in its
    /// second differ by more than this share.
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = MAX_BRACKET_GAP,
        value_parser = above_0,
        allow_negative_numbers = true
    )]
    max_gap: f64,
    /// How long the command may commit nothing, s.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60.0,
        value_parser = above_0,
        allow_negative_numbers = true
    )]
    patience: f64,
    /// CPUs that the command may use, as taskset takes them; best not the broker's.
    #[arg(long, value_name = "LIST")]
    cpus: Option<String>,
    /// Cores that the command can use, for the samples.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    cores: u32,
    /// Partitions of the topics.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(i32).range(1..))]
    partitions: i32,
    /// Replicas of the topics.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..))]
    replication: i32,
    /// Your consumer and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_string(), value.to_string())),
        _ => Err("has to be KEY=VALUE".to_string()),
    }
}

fn above_0(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("has to be a number above 0".to_string()),
    }
}

fn size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes) if bytes >= events::MIN_BYTES => Ok(bytes),
        _ => Err(format!("has to be a whole number of bytes, {} or more", events::MIN_BYTES)),
    }
}

/// What `tonnage fit` takes as the name of a profile.
fn name(text: &str) -> Result<String, String> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if text.is_empty() || !text.chars().all(allowed) {
        return Err("has to be of letters, digits, \"-\", \"_\" and \".\"".to_string());
    }
    Ok(text.to_string())
}

/// The events of one topic, and the rate that they come with.
#[derive(Clone, Copy)]
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
    let kinds = kinds_of_events(&cli)?;
    if cli.output.symlink_metadata().is_ok() {
        bail!("{} is there already; move it away, or name another file with --output", cli.output.display());
    }
    let stopped = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stopped);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
    let stopped = || stopped.load(Ordering::Relaxed);

    let cluster = Cluster::new(&cli.bootstrap_servers, &cli.config);
    cluster.reach()?;
    let settings = Settings {
        runtime: cli.name.clone(),
        handler: cli.handler.clone(),
        command: cli.command.clone(),
        cpus: cli.cpus.clone(),
        cores: f64::from(cli.cores),
        seconds: cli.seconds,
        max_gap: cli.max_gap,
        patience: Duration::try_from_secs_f64(cli.patience).unwrap_or(Duration::MAX),
        partitions: cli.partitions,
        replication: cli.replication,
    };
    let style = ProgressStyle::with_template("{msg:28} {wide_bar} {pos}/{len} {eta} left")?;
    let topic_name = |kind: &dyn std::fmt::Display| format!("tonnage-measure-{}-{kind}", std::process::id());
    let groups = Groups::new(&cluster);
    let mut backlogs = Vec::new();
    for (index, events) in kinds.iter().enumerate() {
        let mut topic = Topic::create(&cluster, topic_name(&index), &settings)?;
        let bar = ProgressBar::new(cli.count).with_style(style.clone());
        bar.set_message(format!("filling {}", topic.name));
        topic.fill(&settings, events, cli.count as usize, |written| {
            bar.set_position(written as u64);
            !stopped()
        })?;
        bar.finish_and_clear();
        backlogs.push(topic);
        if stopped() {
            bail!("stopped; there are no samples yet");
        }
    }
    let mut plan = plan(&cli, kinds.len());
    fastrand::shuffle(&mut plan);
    let first_tries = plan.len();
    let mut plan = VecDeque::from(plan);
    let bar = ProgressBar::new(first_tries as u64).with_style(style);
    let mut samples = None;
    let (mut order, mut rejected) = (0, 0);
    while let Some((condition, repetition)) = plan.pop_front() {
        let events = &kinds[condition.events];
        bar.set_message(match condition.arrivals {
            Arrivals::Backlog => "draining a backlog".to_string(),
            Arrivals::Paced(rate) => format!("at {rate} events/s"),
            Arrivals::Idle => "idle".to_string(),
        });
        bar.tick();
        let measure =
            |topic: &Topic<'_>| own::measure(&groups, &settings, topic, events, condition.arrivals, &stopped);
        let measured = match condition.arrivals {
            Arrivals::Backlog => measure(&backlogs[condition.events]),
            Arrivals::Paced(_) | Arrivals::Idle => {
                measure(&Topic::create(&cluster, topic_name(&format!("run-{order}")), &settings)?)
            }
        };
        let mut sample = match measured {
            Ok(sample) => sample,
            Err(error) => {
                bar.abandon();
                return Err(match (error, order) {
                    (NoSample::Stopped, 0) => anyhow!("stopped; there are no samples yet"),
                    (error, 0) => error.into(),
                    (error, _) => {
                        anyhow!("{error}; samples so far, in {}: {order}", cli.output.display())
                    }
                });
            }
        };
        sample.repetition = repetition;
        sample.order = order;
        let samples = match &mut samples {
            Some(samples) => samples,
            none => none.insert(
                Samples::create(&cli.output)
                    .with_context(|| format!("cannot create {}", cli.output.display()))?,
            ),
        };
        samples.add(&sample)?;
        if !sample.accepted {
            rejected += 1;
            if order < first_tries {
                bar.inc_length(1);
                plan.push_back((condition, repetition));
            }
        }
        bar.inc(1);
        order += 1;
    }
    bar.finish_and_clear();
    println!("{order} samples in {}, {rejected} of them rejected by their brackets", cli.output.display());
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
    let mut conditions: Vec<Condition> = (0..kinds)
        .flat_map(|events| arrivals.iter().map(move |&arrivals| Condition { events, arrivals }))
        .collect();
    if !cli.no_idle {
        // Without events their size does not matter.
        conditions.push(Condition { events: 0, arrivals: Arrivals::Idle });
    }
    (1..=cli.repetitions)
        .flat_map(|repetition| conditions.iter().map(move |&condition| (condition, repetition)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Cli, String> {
        let command = ["tonnage-measure", "--bootstrap-servers", "localhost:9092"];
        let all = command.iter().chain(arguments).chain(&["--", "true"]);
        Cli::try_parse_from(all).map_err(|error| error.to_string())
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        for (argument, allowed) in [
            ("--patience=0", "a number above 0"),
            ("--patience=inf", "a number above 0"),
            ("--seconds=-1", "a number above 0"),
            ("--seconds=NaN", "a number above 0"),
            ("--max-gap=0", "a number above 0"),
            ("--rates=10,0", "a number above 0"),
            ("--cores=0", "1.."),
            ("--repetitions=0", "1.."),
            ("--partitions=0", "1.."),
            ("--count=0", "1.."),
            ("--sizes=512,255", "256 or more"),
            ("--name=a b", "letters, digits"),
            ("--handler=a/b", "letters, digits"),
            ("--config=ssl", "KEY=VALUE"),
        ] {
            let error = parse(&[argument]).err().unwrap();
            let (option, value) = argument.split_once('=').unwrap();
            let value = value.rsplit(',').next().unwrap();
            assert!(error.contains(option) && error.contains(value) && error.contains(allowed), "{error}");
        }
        assert!(parse(&["--seconds", "-1"]).err().unwrap().contains("a number above 0"));
    }

    #[test]
    fn an_idle_command_is_measured_unless_told_otherwise() {
        let arguments = ["--rates", "10,100", "--repetitions", "2"];
        let idle = |plan: &[(Condition, u32)]| {
            plan.iter().filter(|(condition, _)| condition.arrivals == Arrivals::Idle).count()
        };
        let with = plan(&parse(&arguments).ok().unwrap(), 2);
        assert_eq!((with.len(), idle(&with)), (14, 2));
        let without = plan(&parse(&[&arguments[..], &["--no-idle"]].concat()).ok().unwrap(), 2);
        assert_eq!((without.len(), idle(&without)), (12, 0));
    }

    #[test]
    fn an_output_that_is_there_and_a_broker_that_is_not_leave_nothing() {
        let file = std::env::temp_dir().join(format!("tonnage-test-output-{}.csv", std::process::id()));
        let output = format!("--output={}", file.display());
        let run_to = |address: &str| {
            let arguments = ["tonnage-measure", "--bootstrap-servers", address, &output, "--", "true"];
            run(Cli::try_parse_from(arguments).ok().unwrap()).unwrap_err().to_string()
        };
        std::fs::write(&file, "mine").unwrap();
        assert!(run_to("127.0.0.1:1").contains("is there already"));
        std::fs::remove_file(&file).unwrap();
        assert!(run_to("127.0.0.1:1").contains("127.0.0.1:1"));
        assert!(!file.exists());
    }
}
