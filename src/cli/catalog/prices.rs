//! `tonnage catalog prices`.

use super::machines::Wanted;
use crate::cli::output::Output;
use crate::cli::settings::flags::Flags;
use anyhow::Result;
use clap::Args;
use tonnage::report::prices;
use tonnage::settings::uses::*;

/// List prices by machine type and region, with how old each is
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage catalog prices c7a.large
  tonnage catalog prices 'm7*' --region eu-west-1
  tonnage catalog prices -o prices.csv")]
pub struct PriceList {
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ MACHINES | REACH | TYPES | FORMAT }>,
}

impl PriceList {
    pub fn run(mut self) -> Result<u8> {
        let setup = self.settings.load()?;
        let prices = prices::PriceList(self.wanted.of(&setup.catalog)?);
        let context = setup.context("catalog prices", &[]);
        self.output.report(&prices, &context, setup.format)?;
        Ok(0)
    }
}
