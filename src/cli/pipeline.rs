//! `tonnage pipeline`.

use super::output::Output;
use super::settings::flags::Flags;
use super::settings::uses::*;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use tonnage::input::diagnostic::{InputError, Source};
use tonnage::input::pipelines;
use tonnage::report::pipelines::Pipelines;
use tonnage_model::scenario::pipeline::Study;

/// Choose a runtime for each stage of a pipeline, counting the topics between them
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage pipeline pipeline.toml
  tonnage pipeline pipeline.toml --details
  tonnage pipeline pipeline.toml -o pipeline.md")]
pub struct Pipeline {
    /// Pipelines, TOML: [[pipeline]] with its [[pipeline.stage]] tables
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Also every option, the hops and all notes
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ PLANNING | TRAFFIC | WORTH }>,
}

impl Pipeline {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let bytes = std::fs::read(&self.file).map_err(InputError::unreadable(&self.file))?;
        let file = self.file.display().to_string();
        let pipelines = pipelines::read(Source::new(&file, &bytes)?, &setup.catalog)?;
        let runtimes = setup.runtimes();
        let mut studies = Vec::new();
        for pipeline in &pipelines {
            studies.push(Study::new(&setup.catalog, &runtimes, pipeline, setup.policy, setup.terms)?);
        }
        let context = setup.context("pipeline");
        self.output.report(&Pipelines::new(&studies, setup.terms, self.details), &context, setup.format)?;
        Ok(setup.status(studies.iter().any(|study| study.cheapest.is_err())))
    }
}
