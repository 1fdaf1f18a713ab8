//! The command line.

mod drawing;
mod history;
mod link;
pub mod output;
mod renamed;
mod settings;
mod setup;
mod source;
mod stream;
mod within;
mod words;
mod workload_flags;

use anyhow::{Result, anyhow};
use clap::{CommandFactory, Parser, Subcommand};

/// Lists the commands in the order of `--help`, each by its file and the arguments in it; then those that describe the
/// program itself.
macro_rules! commands {
    ($($module:ident :: $name:ident),+; $($about:ident :: $describes:ident),+ $(,)?) => {
        $(mod $module;)+
        $(mod $about;)+

        #[derive(Subcommand)]
        enum Command {
            $($name($module::$name),)+
            $($describes($about::$describes)),+
        }

        impl Command {
            fn run(self) -> Result<u8> {
                match self {
                    $(Self::$name(command) => command.run(),)+
                    $(Self::$describes(command) => command.run(Cli::command())),+
                }
            }
        }
    };
}

commands! {
    init::Init,
    plan::Plan,
    diff::Diff,
    explain::Explain,
    sweep::Sweep,
    failures::Failures,
    simulate::Simulate,
    hours::Hours,
    calibrate::Calibrate,
    fit::Fit,
    catalog::Catalog,
    import::Import,
    export::Export,
    measure::Measure,
    reference::Reference;
    completions::Completions,
    man::Man,
}

/// Exit status of a command line that cannot be understood.
const USAGE: u8 = 2;

/// What will this event workload cost in Python, Go or Rust, how many machines does it need, and is the
/// rewrite worth it?
#[derive(Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
#[command(after_help = "\
Examples:
  tonnage init
  tonnage plan workloads.csv
  tonnage explain orders workloads.csv

A separate program measures your own consumer: cargo install tonnage-measure")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Runs the command that the program was started with and gives the exit status.
pub fn run() -> Result<u8> {
    let first = std::env::args().nth(1);
    if let Some(message) = first.as_deref().and_then(renamed::message) {
        output::report(&anyhow!(message));
        return Ok(USAGE);
    }
    Cli::parse().command.run()
}
