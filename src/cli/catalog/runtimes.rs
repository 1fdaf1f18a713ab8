//! `tonnage catalog runtimes`.

use crate::cli::output::Output;
use crate::cli::settings::flags::Flags;
use anyhow::{Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use tonnage::input::nearest::unknown;
use tonnage::input::quantity;
use tonnage::report::Report;
use tonnage::report::runtimes::{RuntimeFigures, RuntimeList, RuntimeRow};
use tonnage::settings::uses::*;
use tonnage_model::units::GIB;

/// List runtime profiles, or show where each figure of one comes from
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage catalog runtimes
  tonnage catalog runtimes go-franz
  tonnage catalog runtimes --language python --event-size 10KB")]
pub struct Runtimes {
    /// Show these, figure by figure
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only runtimes of this language
    #[arg(long, value_name = "NAME")]
    language: Option<String>,
    /// Event size that costs are listed for
    #[arg(long, value_name = "SIZE", default_value = "1.2KB", value_parser = size)]
    event_size: f64,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ PROFILES | FORMAT }>,
}

impl Runtimes {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let known = setup.catalog.runtime_names();
        for name in &self.names {
            if !known.contains(&name.as_str()) {
                bail!(unknown("runtime", name, &known));
            }
        }
        if let Some(language) = &self.language {
            let languages: BTreeSet<&str> =
                setup.catalog.runtimes.iter().map(|runtime| runtime.language.name.as_str()).collect();
            if !languages.contains(language.as_str()) {
                let languages: Vec<&str> = languages.into_iter().collect();
                bail!("--language: {}", unknown("language", language, &languages));
            }
        }
        let shown: Vec<RuntimeRow<'_>> = setup
            .runtimes()
            .into_iter()
            .filter(|runtime| self.names.is_empty() || self.names.contains(&runtime.name))
            .filter(|runtime| {
                self.language.as_ref().is_none_or(|language| *language == runtime.language.name)
            })
            .map(|runtime| RuntimeRow { runtime, event_bytes: self.event_size })
            .collect();
        if shown.is_empty() {
            bail!("no runtime meets all of these conditions");
        }
        let context = setup.context("catalog runtimes");
        let report: Box<dyn Report> = match self.names.is_empty() {
            true => Box::new(RuntimeList(shown)),
            false => Box::new(RuntimeFigures::new(shown)),
        };
        self.output.report(report.as_ref(), &context, setup.format)?;
        Ok(0)
    }
}

fn size(text: &str) -> Result<f64, String> {
    quantity::bytes(text)
        .filter(|bytes| (1.0..=GIB).contains(bytes))
        .ok_or_else(|| "must be a size from 1 B to 1 GiB, such as 1.2KB".to_owned())
}
