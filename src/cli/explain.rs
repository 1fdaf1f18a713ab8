//! `tonnage explain`.

use super::drawing::Drawing;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::Args;
use tonnage::report::question::Scenario;
use tonnage::settings::uses::*;

/// Explain a plan step by step, with the number behind each step, and what moves it
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
    /// Every runtime, not only today's and the recommended one
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | WORTH }>,
}

impl Explain {
    pub fn run(self) -> Result<u8> {
        let workloads = self.workloads.named(self.first);
        self.drawing.keep(workloads.files())?;
        let setup = self.settings.load()?;
        let entries = vec![workloads.read_one(&setup)?];
        self.drawing.scenario("explain", Scenario::Explain { details: self.details }, &setup, entries, &[])
    }
}
