//! `tonnage catalog runtimes`.

use crate::cli::output::Output;
use crate::cli::settings::flags::Flags;
use crate::cli::within::within;
use anyhow::{Result, anyhow, bail};
use clap::Args;
use std::collections::BTreeSet;
use tonnage::input::nearest::unknown;
use tonnage::input::quantity;
use tonnage::input::spelled;
use tonnage::report::Report;
use tonnage::report::runtimes::{RuntimeFigures, RuntimeList, RuntimeRow};
use tonnage::settings::uses::*;
use tonnage_model::runtime::Runtime;
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
    #[arg(long, value_name = "SIZE", default_value = "1.2KB", value_parser = within(quantity::bytes, 1.0..=GIB, "a size from 1 B to 1 GiB, such as 1.2KB"))]
    event_size: f64,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ PROFILES | FORMAT }>,
}

impl Runtimes {
    pub fn run(mut self) -> Result<u8> {
        let setup = self.settings.load()?;
        for name in &mut self.names {
            let known = spelled::runtime(name, &setup.catalog);
            *name = known
                .ok_or_else(|| anyhow!(unknown("runtime", name, &setup.catalog.runtime_names())))?
                .to_owned();
        }
        let languages = setup.catalog.runtimes.iter().map(|it| it.language.name.as_str());
        let languages: Vec<&str> = languages.collect::<BTreeSet<_>>().into_iter().collect();
        if let Some(language) = self.language.as_deref().filter(|it| !languages.contains(it)) {
            bail!("--language: {}", unknown("language", language, &languages));
        }
        let is_named = |it: &&Runtime| self.names.is_empty() || self.names.contains(&it.name);
        let is_of_language =
            |it: &&Runtime| self.language.as_ref().is_none_or(|name| *name == it.language.name);
        let runtimes = setup.catalog.runtimes.iter().filter(is_named).filter(is_of_language);
        let shown: Vec<RuntimeRow<'_>> =
            runtimes.map(|runtime| RuntimeRow { runtime, event_bytes: self.event_size }).collect();
        if shown.is_empty() {
            bail!("no runtime meets all of these conditions");
        }
        let context = setup.context("catalog runtimes", &[]);
        let report: Box<dyn Report> = match self.names.is_empty() {
            true => Box::new(RuntimeList(shown)),
            false => Box::new(RuntimeFigures::new(shown)),
        };
        self.output.report(report.as_ref(), &context, setup.format)?;
        Ok(0)
    }
}
