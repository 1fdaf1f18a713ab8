//! `tonnage compare`.

use super::output::{Format, Output};
use super::settings::Settings;
use super::workload_flags::OneWorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::decide::fleet::Fleet;
use tonnage::render::{csv, json};
use tonnage::report;
use tonnage::report::record::FleetRecord;

#[derive(Args)]
pub struct Compare {
    #[command(flatten)]
    workload: OneWorkloadArgs,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

impl Compare {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let workloads = self.workload.read(&setup.catalog)?;
        let fleet = Fleet::plan(&setup.catalog, setup.runtimes(), &workloads, setup.policy, setup.terms)?;
        let format = self.output.format(setup.format);
        let text = match format {
            Format::Table | Format::Markdown => {
                self.output.render(&report::compare::document(&fleet), format)
            }
            Format::Csv => csv::render(&FleetRecord::new(&fleet).plans)?,
            Format::Json => json::render(&FleetRecord::new(&fleet))?,
        };
        self.output.write(&text)?;
        Ok(0)
    }
}
