//! `tonnage catalog`: what it knows, and where each figure comes from.

mod machines;
mod prices;
mod runtimes;

use anyhow::Result;
use clap::{Args, Subcommand};

/// List runtimes, machine types and prices, and where each figure comes from
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage catalog runtimes
  tonnage catalog machines 'c7*' --max-vcpus 8
  tonnage catalog prices c7a.large")]
pub struct Catalog {
    #[command(subcommand)]
    list: List,
}

#[derive(Subcommand)]
enum List {
    Runtimes(runtimes::Runtimes),
    Machines(machines::Machines),
    Prices(prices::PriceList),
}

impl Catalog {
    pub fn run(self) -> Result<u8> {
        match self.list {
            List::Runtimes(list) => list.run(),
            List::Machines(list) => list.run(),
            List::Prices(list) => list.run(),
        }
    }
}
