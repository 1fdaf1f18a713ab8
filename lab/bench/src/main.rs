//! The lab: measures the runtimes of lab/runtimes.toml on a real broker.

#![forbid(unsafe_code)]

mod bench;
mod broker;
mod clients;
mod condition;
mod heldout;
mod latencies;
mod latency;
mod memories;
mod memory;
mod namespace;
mod outage;
mod outages;
mod pacer;
mod predict;
mod profiles;
mod runtimes;
mod scaling;
mod scalings;
mod scratch;
mod series;
mod setup;
mod smoke;
mod stop;
mod stub;
mod summary;
mod sustain;
mod sweep;
mod topics;
mod validation;
mod variants;

use anyhow::{Context, Result, bail};
use bench::memory::Watch;
use bench::{SERVICE_CPU, Undisturbed};
use broker::Broker;
use clap::{Args, Parser, Subcommand};
use memory::Part;
use runtimes::Runtime;
use setup::{PORT, Setup, Standing};
use std::path::PathBuf;
use std::time::Duration;
use sweep::Extent;
use tonnage_measure::affinity;
use tonnage_measure::sample::Sample;
use tonnage_model::runtime::Runtime as Profile;
use validation::Rounds;

/// What a call of a consumer takes.
const STUB_DELAY: Duration = Duration::from_millis(5);

#[derive(Parser)]
#[command(about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds all consumers.
    Build(Which),
    /// Runs every condition that profiles are fitted to and writes the samples.
    Sweep {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        setup: Setup,
        /// Where the samples go; must not exist.
        #[arg(short, long)]
        output: PathBuf,
        /// Repetitions of each condition.
        #[arg(long, default_value_t = 5)]
        repetitions: u32,
        /// Repetitions of each variant: commits per batch, a network namespace, TLS, compression.
        #[arg(long, default_value_t = 2)]
        variant_repetitions: u32,
        /// Only conditions of this name, such as decode+produce; may be repeated.
        #[arg(long = "condition", value_name = "NAME")]
        conditions: Vec<String>,
        /// Only events of this size, bytes; may be repeated.
        #[arg(long = "size", value_name = "BYTES")]
        sizes: Vec<usize>,
    },
    /// Prints how many samples there are, start, memory and events per fetch, as Markdown.
    Summary {
        #[command(flatten)]
        which: Which,
        /// The samples of a sweep.
        samples: PathBuf,
    },
    /// Prints what the variants change, as Markdown.
    Variants {
        #[command(flatten)]
        which: Which,
        /// The samples of a sweep.
        samples: PathBuf,
    },
    /// Fits the samples and writes the profiles.
    Profiles {
        #[command(flatten)]
        which: Which,
        /// The samples of a sweep.
        samples: PathBuf,
        /// The samples of `memory`, of which a fit sees its part.
        #[arg(long, value_name = "FILE")]
        memory: Option<PathBuf>,
        /// Where the profiles go.
        #[arg(short, long, default_value = "profiles/runtimes")]
        output: PathBuf,
    },
    /// Runs conditions that the profiles have not seen.
    Heldout {
        #[command(flatten)]
        run: Run,
        /// Repetitions of each condition.
        #[arg(long, default_value_t = 2)]
        repetitions: u32,
    },
    /// Prints predictions beside the held-out measurements, as Markdown.
    Validation {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        fitted: Fitted,
        /// The samples of `heldout`.
        heldout: PathBuf,
    },
    /// Measures how long events take, without ever holding the consumer.
    Latency {
        #[command(flatten)]
        run: Run,
        /// Repetitions of each condition; run it twice, so that brokers differ too.
        #[arg(long, default_value_t = 3)]
        repetitions: u32,
        /// Samples of a run before, whose backlogs say how long handlers take: the rates are then the same.
        #[arg(long, value_name = "FILE")]
        backlogs: Option<PathBuf>,
        /// Only conditions of this handler: parse, or consume, which does nothing with an event.
        #[arg(long, value_name = "NAME")]
        handler: Option<String>,
        /// How long each run settles, s.
        #[arg(long, default_value_t = 15)]
        settle: u64,
        /// How long each run is watched, s.
        #[arg(long, default_value_t = 60.0)]
        watch: f64,
    },
    /// Prints the latencies of repeated runs beside the predictions, as Markdown.
    Latencies {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        fitted: Fitted,
        /// The samples of `latency`.
        #[arg(required = true)]
        samples: Vec<PathBuf>,
    },
    /// Prints what each client costs, holds and waits, as Markdown.
    Clients {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        fitted: Fitted,
        /// The samples of `latency`.
        samples: Vec<PathBuf>,
    },
    /// Measures what consumers hold; goes on with an output that is there.
    Memory {
        #[command(flatten)]
        run: Run,
        /// Only conditions of this name; may be repeated.
        #[arg(long = "condition", value_name = "NAME")]
        conditions: Vec<String>,
        /// How long memory may go on to rise, s.
        #[arg(long, default_value_t = 15.0)]
        watch: f64,
    },
    /// Prints what consumers held beside the predictions, as Markdown.
    Memories {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        fitted: Fitted,
        /// The samples of `memory`.
        samples: PathBuf,
    },
    /// Measures what a second thread is worth, without a broker.
    Scaling {
        #[command(flatten)]
        which: Which,
        /// Where the samples go; must not exist.
        #[arg(short, long)]
        output: PathBuf,
        /// Only conditions of this name; may be repeated.
        #[arg(long = "condition", value_name = "NAME")]
        conditions: Vec<String>,
        /// Rounds of four turns.
        #[arg(long, default_value_t = 10)]
        rounds: u32,
        /// How long each turn lasts at least, s.
        #[arg(long, default_value_t = 0.5)]
        turn: f64,
        /// How long consumers warm up, s.
        #[arg(long, default_value_t = 8.0)]
        warm_up: f64,
    },
    /// Prints sigma from them, as Markdown.
    Scalings {
        /// The samples of `scaling`.
        #[arg(required = true)]
        samples: Vec<PathBuf>,
    },
    /// Checks that the planned number of consumers keeps up and that one fewer does not.
    Sustain {
        #[command(flatten)]
        run: Run,
    },
    /// Kills, deploys and holds members of groups under load; goes on with an output that is there.
    Outage {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        setup: Setup,
        /// Where the samples go.
        #[arg(short, long)]
        output: PathBuf,
        /// Only these: kill, deploy, pause, fenced, lost; may be repeated.
        #[arg(long = "outage", value_name = "NAME")]
        outages: Vec<String>,
        /// Only this part: seen, heldout, again or later.
        #[arg(long)]
        part: Option<String>,
        /// Repetitions of each.
        #[arg(long, default_value_t = 1)]
        repetitions: u32,
        /// Groups at the same time.
        #[arg(long, default_value_t = 4)]
        at_once: usize,
    },
    /// Prints what came of it beside the simulation, as Markdown.
    Outages {
        #[command(flatten)]
        which: Which,
        /// The folder of the profiles.
        #[arg(long, default_value = "profiles/runtimes")]
        profiles: PathBuf,
        /// The samples of `outage`.
        samples: PathBuf,
    },
    /// Runs every consumer through every kind of work on a few thousand events and compares the results.
    Smoke {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        setup: Setup,
    },
    /// Runs a command with KAFKA_BOOTSTRAP_SERVERS set to a broker that is there as long as the command.
    WithBroker {
        /// Port of the broker.
        #[arg(long, default_value_t = PORT)]
        port: u16,
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Runs the calibration kernel and prints its CPU time.
    Kernel {
        /// How often.
        #[arg(long, default_value_t = 20)]
        times: u32,
    },
}

#[derive(Args)]
struct Which {
    /// Only these runtimes of lab/runtimes.toml.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
}

/// Runtimes with their profiles, and what a round of business logic takes in each.
type Profiled = (Vec<(Runtime, Profile)>, Rounds);

#[derive(Args)]
struct Fitted {
    /// The folder of the profiles.
    #[arg(long, default_value = "profiles/runtimes")]
    profiles: PathBuf,
    /// The samples that they were fitted to.
    #[arg(long, default_value = "lab/samples/sweep.csv")]
    sweep: PathBuf,
}

impl Fitted {
    /// The runtimes with their profiles, and what a round of business logic takes in each.
    fn read(&self, which: &Which) -> Result<Profiled> {
        let samples = profiles::read_samples(&self.sweep)?;
        let runtimes = profiles::read(profiles::sampled(&which.only, &samples)?, &self.profiles)?;
        let rounds = validation::rounds(&samples, &runtimes)?;
        Ok((runtimes, rounds))
    }
}

/// Runs of consumers whose profiles are there already.
#[derive(Args)]
struct Run {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    fitted: Fitted,
    /// Where what comes of it goes.
    #[arg(short, long)]
    output: PathBuf,
}

impl Run {
    /// The runtimes, and a bench whose stub takes this long for a call.
    fn stand(&self, stub_delay: Duration) -> Result<(Profiled, Standing)> {
        Ok((self.fitted.read(&self.which)?, self.setup.stand(false, stub_delay)?))
    }
}

fn main() -> Result<()> {
    stop::listen()?;
    match Cli::parse().command {
        Command::Build(which) => {
            for runtime in runtimes::read(&which.only)? {
                println!("building {}", runtime.name);
                runtime.build()?;
            }
            Ok(())
        }
        Command::Sweep { which, setup, output, repetitions, variant_repetitions, conditions, sizes } => {
            let runtimes = runtimes::read(&which.only)?;
            let standing = setup.stand(variant_repetitions > 0, STUB_DELAY)?;
            let extent = Extent { repetitions, variant_repetitions, conditions, sizes };
            sweep::sweep(&standing.bench, &runtimes, &extent, &output)
        }
        Command::Summary { which, samples } => {
            let samples = profiles::read_samples(&samples)?;
            summary::print(&profiles::sampled(&which.only, &samples)?, &samples);
            Ok(())
        }
        Command::Variants { which, samples } => {
            let samples = profiles::read_samples(&samples)?;
            variants::print(&profiles::sampled(&which.only, &samples)?, &samples);
            Ok(())
        }
        Command::Profiles { which, samples, memory, output } => {
            profiles::fit(&which.only, &samples, memory.as_deref(), &output)
        }
        Command::Heldout { run, repetitions } => {
            let ((runtimes, rounds), standing) = run.stand(STUB_DELAY)?;
            heldout::measure(&standing.bench, &runtimes, &rounds, repetitions, &run.output)
        }
        Command::Validation { which, fitted, heldout } => {
            let (runtimes, rounds) = fitted.read(&which)?;
            validation::print(&profiles::read_samples(&heldout)?, &runtimes, &rounds)
        }
        Command::Latency { run, repetitions, backlogs, handler, settle, watch } => {
            let backlogs = backlogs.as_deref().map(profiles::read_samples).transpose()?;
            let ((runtimes, rounds), mut standing) = run.stand(latency::CALL)?;
            standing.bench.undisturbed =
                Some(Undisturbed { settling: Duration::from_secs(settle), seconds: watch });
            let extent = latency::Extent { repetitions, backlogs, handler };
            latency::measure(&standing.bench, &runtimes, &rounds, extent, &run.output)
        }
        Command::Latencies { which, fitted, samples } => {
            latencies::print(&read_all(&samples)?, &fitted.read(&which)?.0)
        }
        Command::Clients { which, fitted, samples } => {
            let measured = profiles::sampled(&which.only, &profiles::read_samples(&fitted.sweep)?)?;
            let clients = profiles::read_shipped(measured, &fitted.profiles)?;
            clients::print(&clients, &read_all(&samples)?);
            Ok(())
        }
        Command::Memory { run, conditions, watch } => {
            let (runtimes, _) = run.fitted.read(&run.which)?;
            let most = Duration::from_secs_f64(watch);
            let watch = Watch { least: most.mul_f64(0.4), steady: most.mul_f64(0.25), most };
            // Each part over a broker of its own.
            [Part::Seen, Part::HeldOut, Part::Again].into_iter().try_for_each(|part| {
                let stand = || run.setup.stand(false, STUB_DELAY);
                memory::measure(part, &runtimes, &conditions, watch, &run.output, stand)
            })
        }
        Command::Memories { which, fitted, samples } => {
            memories::print(&memory::read(&samples)?, &fitted.read(&which)?.0)
        }
        Command::Scaling { which, output, conditions, rounds, turn, warm_up } => {
            let [warm_up, turn] = [warm_up, turn].map(Duration::from_secs_f64);
            let extent = scaling::Extent { rounds, warm_up, turn };
            scaling::measure(&runtimes::read(&which.only)?, &conditions, extent, &output)
        }
        Command::Scalings { samples } => {
            scalings::print(&scaling::read(&samples)?);
            Ok(())
        }
        Command::Sustain { run } => {
            let ((runtimes, rounds), standing) = run.stand(STUB_DELAY)?;
            affinity::pin(SERVICE_CPU)?;
            sustain::check(&standing.bench, &runtimes, &rounds, &run.output)
        }
        Command::Outage { which, setup, output, outages, part, repetitions, at_once } => {
            let standing = setup.stand(false, STUB_DELAY)?;
            let extent = outage::Extent { outages, part, repetitions, at_once };
            outage::measure(&standing.bench, &runtimes::read(&which.only)?, &extent, &output)
        }
        Command::Outages { which, profiles, samples } => {
            let rows = outage::read(&samples)?;
            let mut those = runtimes::read(&which.only)?;
            those.retain(|runtime| rows.iter().any(|row| row.runtime == runtime.name));
            outages::print(&rows, &profiles::read(those, &profiles)?)
        }
        Command::Smoke { which, setup } => {
            let runtimes = runtimes::read(&which.only)?;
            let standing = setup.stand(false, STUB_DELAY)?;
            smoke::smoke(&standing.bench, &runtimes)
        }
        Command::WithBroker { port, command } => {
            let broker = Broker::start(port, &SERVICE_CPU.to_string(), None)?;
            let status = std::process::Command::new(&command[0])
                .args(&command[1..])
                .env("KAFKA_BOOTSTRAP_SERVERS", &broker.bootstrap_servers)
                .status()
                .with_context(|| format!("cannot run {}", command[0]))?;
            if !status.success() {
                bail!("{} failed: {status}", command[0]);
            }
            Ok(())
        }
        Command::Kernel { times } => {
            for _ in 0..times {
                println!("{:.2}", affinity::kernel_on(bench::CONSUMER_CPU)?);
            }
            Ok(())
        }
    }
}

/// The samples of several files.
fn read_all(paths: &[PathBuf]) -> Result<Vec<Sample>> {
    let files: Vec<Vec<Sample>> =
        paths.iter().map(|path| profiles::read_samples(path)).collect::<Result<_>>()?;
    Ok(files.concat())
}
