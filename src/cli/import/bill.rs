//! `tonnage import bill`.

use super::target::Target;
use crate::cli::source::open;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use tonnage::input::imports::bill;
use tonnage::report::bill::summary;

/// Write what workloads cost by a bill as rows of workloads
#[derive(Args)]
#[command(after_help = "\
Files:
  AWS Cost and Usage Report, legacy or CUR 2.0, CSV
  AWS Cost Explorer, grouped by the tag that names workloads, CSV
  OpenCost or Kubecost allocations, JSON of the API or CSV export

Examples:
  tonnage import bill report.csv --tag app --into fleet.csv
  tonnage import bill allocation.json --into fleet.csv --only-known")]
pub struct Bill {
    /// Bills, of which format is seen by itself; - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Tag, or label, that has the name of the workload; allocations are by controller without it
    #[arg(long, value_name = "KEY")]
    tag: Option<String>,
    #[command(flatten)]
    target: Target,
}

impl Bill {
    pub fn run(self) -> Result<u8> {
        let mut read = bill::costs::Bill::default();
        for path in &self.files {
            let (name, input) = open(path)?;
            bill::read(&mut read, &name, input, self.tag.as_deref())?;
        }
        let (found, paid) = read.finish(&self.target.called()?);
        self.target.write(found, &summary(&paid), &self.files)
    }
}
