//! `tonnage import`.

mod prices;
#[allow(dead_code, reason = "importers of workloads come next")]
mod target;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Make files for tonnage out of what clouds and others publish
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage import prices index.json -o prices.csv
  tonnage import prices --help
  tonnage plan workloads.csv --prices prices.csv")]
pub struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Prices(prices::Prices),
}

impl Import {
    pub fn run(self) -> Result<u8> {
        let What::Prices(prices) = self.what;
        prices.run()
    }
}
