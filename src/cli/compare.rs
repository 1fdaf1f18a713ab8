//! `tonnage compare`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::OneWorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::report;

/// Compare runtimes on one workload, quantity by quantity
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
        let fleet = setup.plan(&workloads)?;
        let text = self.output.render_fleet(&fleet, setup.format, report::compare::document)?;
        self.output.write(&text)?;
        Ok(setup.status(fleet.has_infeasible()))
    }
}
