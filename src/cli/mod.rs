//! The command line.

mod bad_days;
mod breakeven;
mod calibrate;
mod compare;
mod explain;
mod fit;
mod growth;
mod hours;
mod init;
mod machines;
mod measure;
pub mod output;
mod pipeline;
mod plan;
mod risk;
mod runtimes;
mod settings;
mod setup;
mod total;
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
    /// Add up machines, traffic between zones and engineering, and say when a rewrite pays back
    Total(total::Total),
    /// Find where the cheapest runtime changes as one quantity grows
    Breakeven(breakeven::BreakEven),
    /// Show how a plan came about, step by step with its numbers
    Explain(explain::Explain),
    /// Look ahead month by month as workloads grow: machines, cost, and when something gives out
    Growth(growth::Growth),
    /// Show what a crash, a lost instance or zone, a deploy, retries and a poison event do to each plan
    BadDays(bad_days::Days),
    /// Choose a runtime for each stage of a pipeline, counting what a topic between two of them costs
    Pipeline(pipeline::Pipeline),
    /// Price the hours of a day: a fixed fleet, a scaled one, tasks (Fargate) and a function (Lambda)
    Hours(hours::HoursOfDay),
    /// Read what an event costs out of today's machines and their utilization, and put the rows right
    Calibrate(calibrate::Calibrate),
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
            Command::Total(command) => command.run(),
            Command::Breakeven(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Growth(command) => command.run(),
            Command::BadDays(command) => command.run(),
            Command::Pipeline(command) => command.run(),
            Command::Hours(command) => command.run(),
            Command::Calibrate(command) => command.run(),
            Command::Risk(command) => command.run(),
            Command::Runtimes(command) => command.run(),
            Command::Machines(command) => command.run(),
            Command::Fit(command) => command.run(),
            Command::Measure(command) => command.run(),
            Command::Init(command) => command.run(),
        }
    }
}
