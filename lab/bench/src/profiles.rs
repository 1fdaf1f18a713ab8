//! The profiles that ship: `tonnage fit` for each runtime of the table.

use crate::runtimes::{self, Concurrency, Deployment, Runtime, lab};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use tonnage::input::catalogs::embedded;
use tonnage::input::diagnostic::Source;
use tonnage::input::profiles;
use tonnage_fit::memory::Client;
use tonnage_measure::sample::{self, Sample};
use tonnage_model::runtime::Runtime as Profile;

/// Fits the samples of every runtime that has some, or of those named, and writes their profiles into `folder`.
pub fn fit(only: &[String], samples: &Path, folder: &Path) -> Result<()> {
    let rows = read_samples(samples)?;
    for runtime in &sampled(only, &rows)? {
        let own: Vec<&Sample> = rows.iter().filter(|sample| sample.runtime == runtime.name).collect();
        let first = own.first().with_context(|| format!("no samples of {}", runtime.name))?;
        let date = first.started.get(..10).unwrap_or_default();
        let rejected = own.iter().filter(|sample| !sample.accepted).count();
        if first.versions.is_empty() || first.machine.is_empty() {
            bail!("the samples of {} do not say what was measured where (versions, machine)", runtime.name);
        }
        let source = format!(
            "{}, sweep of {date}: {} samples accepted, {rejected} rejected",
            samples.display(),
            own.len() - rejected,
        );
        let mut command = Command::new(planner()?);
        command
            .arg("fit")
            .arg(samples)
            .args(["--runtime", &runtime.name, "--title", &runtime.title, "--language", &runtime.language])
            .args(["--deployment", deployment(runtime), "--concurrency", concurrency(runtime)])
            .args(["--machine", &first.machine, "--date", date, "--source", &source])
            .args(["--versions", &first.versions])
            .arg("--client")
            .arg(client_file(runtime));
        if !runtime.capabilities.is_empty() {
            command.args(["--capabilities", &runtime.capabilities.join(",")]);
        }
        if runtime.on_request {
            command.arg("--on-request");
        }
        let status = command
            .arg("--output")
            .arg(folder.join(format!("{}.toml", runtime.name)))
            .status()
            .context("cannot run tonnage")?;
        if !status.success() {
            bail!("tonnage fit failed for {}", runtime.name);
        }
    }
    Ok(())
}

/// What is known of a runtime's client: lab/clients.
fn client_file(runtime: &Runtime) -> PathBuf {
    lab().join("clients").join(format!("{}.toml", runtime.client.as_ref().unwrap_or(&runtime.name)))
}

/// The same, read.
pub fn client(runtime: &Runtime) -> Result<Client> {
    let path = client_file(runtime);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = path.display().to_string();
    Ok(profiles::client(Source { file: &file, text: &text })?)
}

/// The planner, which is built into the same folder as the lab.
fn planner() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("tonnage");
    if !path.exists() {
        bail!("there is no {}: build it with `cargo build --release`", path.display());
    }
    Ok(path)
}

fn deployment(runtime: &Runtime) -> &'static str {
    match runtime.deployment {
        Deployment::Processes => "processes",
        Deployment::Threads => "threads",
    }
}

fn concurrency(runtime: &Runtime) -> &'static str {
    match runtime.concurrency {
        Concurrency::Consumer => "consumer",
        Concurrency::Partition => "partition",
    }
}

/// The runtimes named, or all, that have samples; an error where one that is named has none.
pub fn sampled(only: &[String], samples: &[Sample]) -> Result<Vec<Runtime>> {
    let has = |name: &str| samples.iter().any(|sample| sample.runtime == name);
    if let Some(name) = only.iter().find(|name| !has(name)) {
        bail!("no samples of {name}");
    }
    Ok(runtimes::read(only)?.into_iter().filter(|runtime| has(&runtime.name)).collect())
}

/// Samples of a file.
pub fn read_samples(path: &Path) -> Result<Vec<Sample>> {
    sample::read(path).with_context(|| format!("in {}", path.display()))
}

/// Each runtime with its profile in `folder`, and the limits that its consumer here has for what it reads ahead.
pub fn read(runtimes: Vec<Runtime>, folder: &Path) -> Result<Vec<(Runtime, Profile)>> {
    let as_here = |(runtime, profile): (Runtime, Profile)| {
        let memory = client(&runtime)?.as_measured(&profile.memory);
        Ok((runtime, Profile { memory, ..profile }))
    };
    read_shipped(runtimes, folder)?.into_iter().map(as_here).collect()
}

/// Each runtime with its profile in `folder`, as its client is by default.
pub fn read_shipped(runtimes: Vec<Runtime>, folder: &Path) -> Result<Vec<(Runtime, Profile)>> {
    let languages = embedded::languages()?;
    let with_profile = |runtime: Runtime| {
        let path = folder.join(format!("{}.toml", runtime.name));
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = path.display().to_string();
        Ok((runtime, profiles::read(Source { file: &file, text: &text }, &languages)?))
    };
    runtimes.into_iter().map(with_profile).collect()
}
