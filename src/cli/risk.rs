//! `tonnage risk`.

use super::output::Output;
use super::settings::Settings;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::report::risk;

/// Show how certain a plan is: bills at P10, P50 and P90, and what moves them most
#[derive(Args)]
pub struct Risk {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// Only what matters: how far each uncertain number moves the bill by itself
    #[arg(long)]
    sensitivity: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

impl Risk {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let workloads = self.workloads.read(&setup.catalog)?;
        let fleet = setup.plan_unsampled(&workloads)?.sampled(setup.sampling);
        let text = if self.sensitivity {
            let all = || serde_json::json!({ "sensitivity": risk::sensitivity(&fleet) });
            let document = || risk::sensitivity_document(&fleet);
            self.output.render_as(setup.format, document, || risk::sensitivity(&fleet), all)?
        } else {
            let document = || risk::document(&fleet);
            self.output.render_as(setup.format, document, || risk::risks(&fleet), || risk::record(&fleet))?
        };
        self.output.write(&text)?;
        Ok(setup.status(fleet.has_infeasible()))
    }
}
