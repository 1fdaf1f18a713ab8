//! `tonnage plan`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::report;

/// Exit status where `--strict` finds a workload without a plan.
pub const INFEASIBLE: u8 = 3;

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
        let fleet = setup.plan(&workloads)?;
        let text = self.output.render_fleet(&fleet, setup.format, report::plan::document)?;
        self.output.write(&text)?;
        Ok(if setup.strict && fleet.has_infeasible() { INFEASIBLE } else { 0 })
    }
}
