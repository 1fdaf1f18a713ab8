//! `tonnage import kubernetes`.

use super::target::Target;
use crate::cli::source::read;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use tonnage::input::imports::kubernetes::cluster::{self, Cluster};
use tonnage::input::imports::kubernetes::{top, workloads};
use tonnage::report::kubernetes::summary;

/// Write what runs in a cluster as rows of workloads
#[derive(Args)]
#[command(after_help = help())]
pub struct Kubernetes {
    /// What kubectl printed: objects as JSON, and what pods use as text, each known by itself; - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Count this container alone in workloads that have it; repeatable
    #[arg(long, value_name = "NAME")]
    container: Vec<String>,
    #[command(flatten)]
    target: Target,
}

fn help() -> String {
    format!(
        "Files:\n  {} > cluster.json\n  {} > top.txt\n\nExamples:\n  \
         tonnage import kubernetes cluster.json top.txt\n  \
         tonnage import kubernetes cluster.json top.txt --into fleet.csv --only-known",
        cluster::COMMAND,
        top::COMMAND
    )
}

impl Kubernetes {
    pub fn run(self) -> Result<u8> {
        let mut cluster = Cluster::default();
        for path in &self.files {
            let (name, bytes) = read(path)?;
            cluster.read(&name, &bytes)?;
        }
        let (found, seen) = workloads::find(&cluster, &self.container, &self.target.called()?)?;
        let summary = summary(&seen, found.workloads().len());
        self.target.write(found, &summary, &self.files)
    }
}
