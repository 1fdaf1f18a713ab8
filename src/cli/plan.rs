//! `tonnage plan`.

use super::output::{Format, Output};
use super::settings::Settings;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::decide::fleet::Fleet;
use tonnage::render::{csv, json};
use tonnage::report;
use tonnage::report::record::FleetRecord;

/// Exit status where `--strict` finds a workload without a plan.
const INFEASIBLE: u8 = 3;

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    workloads: WorkloadArgs,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

impl Plan {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let workloads = self.workloads.read(&setup.catalog)?;
        let fleet = Fleet::plan(&setup.catalog, setup.runtimes(), &workloads, setup.policy, setup.terms)?;
        let format = self.output.format(setup.format);
        let text = match format {
            Format::Table | Format::Markdown => self.output.render(&report::plan::document(&fleet), format),
            Format::Csv => csv::render(&FleetRecord::new(&fleet).plans)?,
            Format::Json => json::render(&FleetRecord::new(&fleet))?,
        };
        self.output.write(&text)?;
        Ok(if setup.strict && fleet.has_infeasible() { INFEASIBLE } else { 0 })
    }
}
