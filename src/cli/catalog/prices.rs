//! `tonnage catalog prices`.

use super::machines::Wanted;
use crate::cli::output::Output;
use crate::cli::settings::flags::Flags;
use crate::cli::settings::uses::*;
use anyhow::Result;
use clap::Args;
use tonnage::report::prices::{self, Price, Prices};

/// List prices by machine type and region, with how old each is
#[derive(Args)]
pub struct PriceList {
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ MACHINES | TYPES | FORMAT }>,
}

impl PriceList {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let newest = prices::newest(&setup.catalog.machines);
        let shown = self.wanted.of(&setup.catalog)?;
        let price = |machine| Price { machine, planned: setup.catalog.filter.admits(machine), newest };
        let context = setup.context("catalog prices");
        let prices = Prices(shown.into_iter().map(price).collect());
        self.output.report(&prices, &context, setup.format)?;
        Ok(0)
    }
}
