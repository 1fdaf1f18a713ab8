//! `tonnage explain`.

use super::drawing::Drawing;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::{Result, anyhow};
use clap::Args;
use tonnage::report::context::Context;
use tonnage::report::contradicted::Checked;
use tonnage::report::explain::{Explained, explanations};
use tonnage::settings::uses::*;
use tonnage_model::uncertain::sensitivity::tornado;

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
        let asked = workloads.read_one(&setup)?;
        let workloads = [asked.workload];
        let fleet = setup.plan(&workloads)?;
        let entry = fleet.entries.first().ok_or_else(|| anyhow!("no workload to explain"))?;
        let explanations = explanations(entry, &fleet);
        let tornado = tornado(entry, &fleet.world());
        let report = Explained::new(entry, &fleet, &explanations, tornado.as_ref(), self.details);
        let made = Context { inputs: vec![asked.cells], ..setup.context("explain") };
        let report = Checked::new(&report, [entry]);
        self.drawing.report(&report, &made, setup.format)?;
        Ok(setup.status(fleet.has_infeasible()))
    }
}
