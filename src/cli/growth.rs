//! `tonnage growth`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::OneWorkloadArgs;
use anyhow::Result;
use clap::Args;
use clap::value_parser;
use tonnage::report::growth::{self, GrowthRecord};
use tonnage_model::scenario::growth::Forecast;

#[derive(Args)]
pub struct Growth {
    #[command(flatten)]
    workloads: OneWorkloadArgs,
    /// Months to look ahead, up to 120
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = value_parser!(u32).range(1..=120))]
    months: u32,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

impl Growth {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        setup.refuse_confidence()?;
        let workloads = self.workloads.read_all(&setup.catalog)?;
        let runtimes = setup.runtimes();
        let forecasts: Vec<Forecast<'_>> = workloads
            .iter()
            .map(|workload| Forecast::new(&setup.catalog, &runtimes, workload, setup.policy, self.months))
            .collect::<Result<_, _>>()?;
        let text = self.output.render_as(
            setup.format,
            || growth::document(&forecasts),
            || growth::records(&forecasts),
            || GrowthRecord::new(&forecasts),
        )?;
        self.output.write(&text)?;
        Ok(setup.status(forecasts.iter().any(Forecast::has_infeasible)))
    }
}
