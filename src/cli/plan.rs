//! `tonnage plan`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::report;
use tonnage::report::pool_record::SharingRecord;
use tonnage_model::scenario::shared_pools::SharedPools;

/// Plan workloads: instances, memory and monthly cost in each runtime, and what to change
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
        let (text, leaves_out) = match setup.shared {
            None => {
                let fleet = setup.plan(&workloads)?;
                let text = self.output.render_fleet(&fleet, setup.format, report::plan::document)?;
                (text, fleet.has_infeasible())
            }
            Some(reserve) => {
                setup.refuse_confidence()?;
                let fleet = setup.plan_unsampled(&workloads)?;
                let sharing = SharedPools::new(&fleet, reserve);
                let text = self.output.render_as(
                    setup.format,
                    || report::pool::document(&sharing),
                    || report::pool_record::parts(&sharing),
                    || SharingRecord::new(&sharing),
                )?;
                (text, sharing.leaves_out())
            }
        };
        self.output.write(&text)?;
        Ok(setup.status(leaves_out))
    }
}
