//! `tonnage explain`.

use super::output::Output;
use super::settings::flags::Flags;
use super::settings::uses::*;
use super::workload_flags::WorkloadArgs;
use anyhow::{Result, bail};
use clap::Args;
use tonnage::render::json;
use tonnage::report::explain;

/// Explain a plan step by step, with the number behind each step
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage explain orders workloads.csv
  tonnage explain orders workloads.csv --set partitions=48
  tonnage explain orders workloads.csv --runtimes go-franz -o orders.md")]
pub struct Explain {
    /// The workload, where the files have several
    #[arg(value_name = "NAME")]
    first: Option<String>,
    #[command(flatten)]
    workloads: WorkloadArgs,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING }>,
}

impl Explain {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let workloads = [self.workloads.named(self.first).read_one(&setup)?.workload];
        let fleet = setup.plan_unsampled(&workloads)?;
        let mut explanations = Vec::new();
        let mut notes = Vec::new();
        for entry in &fleet.entries {
            explanations
                .extend(fleet.runtimes.iter().map(|runtime| explain::explain(entry, runtime, &fleet)));
            notes.extend(explain::notes(entry, &fleet));
        }
        let format = self.output.format(setup.format)?;
        let text = match format.name {
            "csv" => bail!("an explanation has no CSV form; use table, markdown or json"),
            "json" => json::serialized(&serde_json::json!({ "explanations": explanations }))?,
            _ => self.output.render(&explain::document(&explanations, &notes), format),
        };
        self.output.write(&text)?;
        Ok(setup.status(fleet.has_infeasible()))
    }
}
