//! The command line.

mod compare;
mod explain;
mod fit;
mod init;
mod machines;
mod measure;
pub mod output;
mod plan;
mod risk;
mod runtimes;
mod settings;
mod setup;
mod workload_flags;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// What will this event workload cost in Python, Go or Rust, how many machines does it need, and is the
/// rewrite worth it?
#[derive(Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plan workloads: instances, memory and monthly cost in each runtime, and a recommendation
    Plan(plan::Plan),
    /// Compare runtimes on one workload, quantity by quantity
    Compare(compare::Compare),
    /// Show how a plan came about, step by step with its numbers
    Explain(explain::Explain),
    /// Say how sure a plan is: bills at P10, P50 and P90, the odds of each runtime, and what matters most
    Risk(risk::Risk),
    /// List runtime profiles, or show where each figure of one comes from
    Runtimes(runtimes::Runtimes),
    /// List machine types, or show where each figure of one comes from
    Machines(machines::Machines),
    /// Make a runtime profile of measured samples, by least squares
    Fit(fit::Fit),
    /// Measure what an event costs a consumer of yours, with the separate program tonnage-measure
    ///
    /// `tonnage fit` makes a profile of what it writes. It is a program of its own because it needs a Kafka client, and
    /// planning does not: `cargo install tonnage-measure`. It is looked for beside tonnage, then on the PATH, and gets
    /// all arguments as they are; `tonnage-measure --help` lists them.
    Measure(measure::Measure),
    /// Write a commented starter workloads.csv and tonnage.toml
    Init(init::Init),
}

impl Cli {
    /// Runs the command and gives the exit status.
    pub fn run(self) -> Result<u8> {
        match self.command {
            Command::Plan(command) => command.run(),
            Command::Compare(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Risk(command) => command.run(),
            Command::Runtimes(command) => command.run(),
            Command::Machines(command) => command.run(),
            Command::Fit(command) => command.run(),
            Command::Measure(command) => command.run(),
            Command::Init(command) => command.run(),
        }
    }
}
