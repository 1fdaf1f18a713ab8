//! `tonnage total`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::report::total;

/// Add up machines, traffic between zones and engineering, and say when a rewrite pays back
#[derive(Args)]
pub struct Total {
    #[command(flatten)]
    workloads: WorkloadArgs,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

impl Total {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let workloads = self.workloads.read(&setup.catalog)?;
        let fleet = setup.plan_unsampled(&workloads)?;
        let text = self.output.render_as(
            setup.format,
            || total::document(&fleet),
            || total::rows(&fleet),
            || total::Totals::new(&fleet),
        )?;
        self.output.write(&text)?;
        Ok(setup.status(fleet.has_infeasible()))
    }
}
