//! `tonnage catalog`: what it knows, and where each figure comes from.

mod machines;
mod runtimes;

use anyhow::Result;
use clap::{Args, Subcommand};

/// List runtime profiles and machine types, and where each figure comes from
#[derive(Args)]
pub struct Catalog {
    #[command(subcommand)]
    list: List,
}

#[derive(Subcommand)]
enum List {
    Runtimes(runtimes::Runtimes),
    Machines(machines::Machines),
}

impl Catalog {
    pub fn run(self) -> Result<u8> {
        match self.list {
            List::Runtimes(list) => list.run(),
            List::Machines(list) => list.run(),
        }
    }
}
