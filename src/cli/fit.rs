//! `tonnage fit`.

use super::output::{Output, format};
use super::source;
use super::within::within;
use super::words::of_words;
use anyhow::{Context, Result};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tonnage::input::catalogs::embedded;
use tonnage::input::diagnostic::{Source, read_file};
use tonnage::input::samples;
use tonnage::input::{profiles, quantity};
use tonnage::render::Format;
use tonnage::report::context::Context as Made;
use tonnage::report::fit::FitReport;
use tonnage_fit::assumed::{Assumed, language_of};
use tonnage_fit::note::Note;
use tonnage_fit::profile::{Header, Reference, fit};
use tonnage_model::language::Language;
use tonnage_model::runtime::{Concurrency, Deployment, Evidence, Provenance, SettingNames};
use tonnage_model::workload::REFERENCE_RUNTIME;

/// Fit a runtime profile to measured samples
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage fit samples.csv -o profiles/ours.toml
  tonnage fit samples.csv --runtime go-franz --vcpu-speed 0.558
  tonnage plan workloads.csv --profiles profiles")]
pub struct Fit {
    /// Measured samples, CSV, a row each; - for standard input
    #[arg(value_name = "SAMPLES")]
    file: PathBuf,
    /// Which runtime's samples, where the file has several
    #[arg(long, value_name = "NAME")]
    runtime: Option<String>,
    /// Also the samples with another commit, compression or network than the usual
    #[arg(long)]
    all: bool,
    /// Runtime that plain code is held against in a note, where the file has samples of it
    #[arg(long, value_name = "NAME", default_value = REFERENCE_RUNTIME, hide_short_help = true)]
    compute_reference: String,
    /// Write the profile to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format of the report on the fit
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = format)]
    format: &'static Format,
    /// What is known of the client beside the samples, TOML: assignment, gc_factor, [fetching], [client] and [environment] as in a
    /// profile, [prefetch] as in its [memory], and [measured], the same as the consumer measured had it set
    #[arg(long, value_name = "FILE")]
    client: Option<PathBuf>,
    #[command(flatten)]
    header: HeaderFlags,
}

/// What a profile says beside its figures.
#[derive(Args)]
#[command(next_help_heading = "Profile")]
struct HeaderFlags {
    /// The id that workloads and flags use [the runtime's name, else the file's]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// For people [the name]
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    title: Option<String>,
    /// Programming language [what the name begins with, else unknown]
    #[arg(long, value_name = "NAME")]
    language: Option<String>,
    /// One process a vCPU, or one with a thread on each [as the language's profile, else threads]
    #[arg(long, value_name = "HOW", value_parser = of_words(Deployment::WORDS), hide_short_help = true)]
    deployment: Option<Deployment>,
    /// Who holds events in flight [consumer for processes, partition for threads]
    #[arg(long, value_name = "WHO", value_parser = of_words(Concurrency::WORDS), hide_short_help = true)]
    concurrency: Option<Concurrency>,
    /// What workloads may require of it, such as pandas
    #[arg(long, value_name = "A,B", value_delimiter = ',', hide_short_help = true)]
    capabilities: Vec<String>,
    /// Compare it only where --runtimes names it or a workload runs in it
    #[arg(long, hide_short_help = true)]
    on_request: bool,
    /// One-vCPU speed of the machine measured on; `tonnage catalog machines` lists those of machine types
    #[arg(long, value_name = "SPEED", default_value = "1.0", value_parser = within(quantity::number, f64::MIN_POSITIVE..1e3, "a number above 0 and below 1000, such as 0.558"), allow_negative_numbers = true)]
    vcpu_speed: f64,
    /// The machine measured on
    #[arg(long, value_name = "TEXT", default_value = "not stated", hide_short_help = true)]
    machine: String,
    /// Day of the measurement
    #[arg(long, value_name = "DATE", default_value = "", hide_short_help = true)]
    date: String,
    /// Who measured [the file]
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    source: Option<String>,
    /// Versions of runtime and libraries
    #[arg(long, value_name = "A=1,B=2", value_delimiter = ',', value_parser = version, hide_short_help = true)]
    versions: Vec<Option<(String, String)>>,
}

impl Fit {
    pub fn run(self) -> Result<u8> {
        let output = Output::to(self.output.clone());
        output.keep(std::iter::once(&self.file).chain(&self.client))?;
        let (shown, bytes) = source::read(&self.file)?;
        let file = samples::read(Source::new(&shown, &bytes)?)?;
        let runtime = file.choose(self.runtime.as_deref()).with_context(|| shown.clone())?;
        let selection = file.of(runtime.as_deref(), self.all);
        let reference_samples = file.of(Some(&self.compute_reference), self.all).samples;
        let reference = match &runtime {
            Some(runtime) if *runtime == self.compute_reference => Reference::Itself,
            _ => Reference::Other { name: &self.compute_reference, samples: &reference_samples },
        };
        let name = self.header.name.clone().or(runtime).unwrap_or_else(|| self.name_of_file());
        let languages = embedded::languages().context("embedded languages")?;
        let (header, assumed) = self.header.complete(name, &shown, &languages)?;
        let client = self.client.as_deref().map(|path| read_file(path, profiles::client)).transpose()?;
        let mut fit = fit(&selection.samples, reference, header, client.as_ref(), &assumed)
            .with_context(|| shown.clone())?;
        if !languages.contains(&fit.runtime.language) {
            fit.notes.push(Note::UnknownLanguage { language: fit.runtime.language.name.clone() });
        }
        let report = FitReport::new(&fit, &selection);
        let text = profiles::write(&fit.runtime, &report.comments());
        profiles::read(
            Source { file: "the profile made of it", text: &text },
            std::slice::from_ref(&fit.runtime.language),
        )
        .with_context(|| format!("{shown}: no profile can be made of this; nothing was written"))?;
        let made = Made { command: "fit", ..Made::default() };
        let report = output.rendered_beside(&report, &made, self.format)?;
        output.write(&text)?;
        output.write_beside(&report)?;
        Ok(0)
    }

    /// The file's name as one that a profile can have.
    fn name_of_file(&self) -> String {
        let stem = self.file.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let plain: String = stem
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
            .collect();
        match plain.trim_matches('-') {
            "" => "fitted".to_owned(),
            name => name.to_owned(),
        }
    }
}

impl HeaderFlags {
    /// What is not given, from the name and from the profiles of the language.
    fn complete(self, name: String, file: &str, languages: &[Language]) -> Result<(Header, Assumed)> {
        // Not the measured ones: what is assumed here may well be assumed there, out of the published.
        let published = embedded::published().context("embedded profiles")?.runtimes;
        let language = self.language.unwrap_or_else(|| language_of(&name, languages));
        let assumed = Assumed::of(&language, &published);
        let deployment = self.deployment.unwrap_or(assumed.deployment);
        let concurrency = self.concurrency.unwrap_or(deployment.usual_concurrency());
        let known = embedded::measured().context("embedded profiles")?.runtimes;
        let of_name = known.iter().find(|runtime| runtime.name == name);
        let of_language = known.iter().find(|runtime| runtime.language.name == language);
        let setting_names = match (of_name, of_language) {
            (Some(same), _) => same.setting_names.clone(),
            (None, Some(alike)) => SettingNames::with_environment_of(&alike.setting_names),
            (None, None) => SettingNames::default(),
        };
        let header = Header {
            on_request: self.on_request,
            setting_names,
            title: self.title.unwrap_or_else(|| name.clone()),
            name,
            language: languages
                .iter()
                .find(|known| known.name == language)
                .cloned()
                .unwrap_or_else(|| Language::from(language.as_str())),
            deployment,
            concurrency,
            capabilities: self
                .capabilities
                .iter()
                .map(|it| it.trim().to_owned())
                .filter(|it| !it.is_empty())
                .collect(),
            provenance: Provenance {
                kind: Evidence::Measured,
                source: self.source.unwrap_or_else(|| format!("samples in {file}")),
                machine: self.machine,
                vcpu_speed: self.vcpu_speed,
                date: self.date,
                samples: None,
                versions: self.versions.into_iter().flatten().collect::<BTreeMap<_, _>>(),
            },
        };
        Ok((header, assumed))
    }
}

fn name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err("must be a name of letters, digits, '-', '_' and '.'".to_owned()),
    }
}

/// `name=version`; nothing where the item is empty.
fn version(text: &str) -> Result<Option<(String, String)>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match text.split_once('=').map(|(name, version)| (name.trim(), version.trim())) {
        Some((name, version)) if !name.is_empty() && !version.is_empty() => {
            Ok(Some((name.to_owned(), version.to_owned())))
        }
        _ => Err("must be name=version, such as python=3.11.7".to_owned()),
    }
}
