//! `tonnage import`.

mod bill;
mod kubernetes;
mod prices;
mod prometheus;
mod target;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Make files for tonnage out of what clouds and others publish
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage import prices index.json -o prices.csv
  tonnage import kubernetes cluster.json top.txt --into fleet.csv
  tonnage import prometheus rate.json cpu.csv --into fleet.csv")]
pub struct Import {
    /// What only plans take.
    #[arg(long = "region", global = true, hide = true, value_parser = no_region)]
    _region: Option<String>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Prices(prices::Prices),
    Kubernetes(kubernetes::Kubernetes),
    Bill(bill::Bill),
    Prometheus(Box<prometheus::Prometheus>),
}

fn no_region(_: &str) -> Result<String, &'static str> {
    Err("imports take none: give it to plan, hours and export, or put it into tonnage.toml")
}

impl Import {
    pub fn run(self) -> Result<u8> {
        match self.what {
            What::Prices(prices) => prices.run(),
            What::Kubernetes(kubernetes) => kubernetes.run(),
            What::Bill(bill) => bill.run(),
            What::Prometheus(prometheus) => prometheus.run(),
        }
    }
}
