//! The profiles that ship: `tonnage fit` for each runtime of the table.

use crate::memory::{self, Part, Row};
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

/// Fits the samples of every runtime that has some, or of those named, and writes their profiles into `folder`. `memory` has
/// what `tonnage-lab memory` measured, if it did.
pub fn fit(only: &[String], samples: &Path, memory: Option<&Path>, folder: &Path) -> Result<()> {
    let rows = read_samples(samples)?;
    let held = memory.map(memory::read).transpose()?.unwrap_or_default();
    let beside = tempfile::tempdir().context("cannot make a folder for the samples")?;
    let all = beside.path().join("samples.csv");
    for runtime in &sampled(only, &rows)? {
        let own: Vec<&Sample> = rows.iter().filter(|sample| sample.runtime == runtime.name).collect();
        let first = own.first().with_context(|| format!("no samples of {}", runtime.name))?;
        let date = first.started.get(..10).unwrap_or_default();
        let rejected = own.iter().filter(|sample| !sample.accepted).count();
        if first.versions.is_empty() || first.machine.is_empty() {
            bail!("the samples of {} do not say what was measured where (versions, machine)", runtime.name);
        }
        let mut source = format!(
            "{}, sweep of {date}: {} samples accepted, {rejected} rejected",
            samples.display(),
            own.len() - rejected,
        );
        if let Some(memory) = memory {
            source += &format!("; memory also from the rows seen of {}", memory.display());
        }
        write_together(samples, &held, runtime, &all)?;
        let mut command = Command::new(planner()?);
        command
            .arg("fit")
            .arg(&all)
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

/// The samples of a sweep, and below them those of memory that a fit of `runtime` may see.
fn write_together(sweep: &Path, held: &[Row], runtime: &Runtime, output: &Path) -> Result<()> {
    let mut reader = csv::Reader::from_path(sweep)?;
    let columns = reader.headers()?.clone();
    let mut writer = csv::Writer::from_path(output)?;
    writer.write_record(&columns)?;
    for row in reader.records() {
        writer.write_record(&row?)?;
    }
    let client = client(runtime)?;
    for row in held.iter().filter(|row| row.runtime == runtime.name && is_fitted(row, &client)) {
        let cells = cells(row, runtime);
        let cell = |column| cells.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text);
        writer.write_record(columns.iter().map(cell))?;
    }
    Ok(writer.flush()?)
}

/// Whether a row is of a consumer as the client's limits are, whose backlog, if any, was enough to fill its queues.
fn is_fitted(row: &Row, client: &Client) -> bool {
    let queues = client.measured.as_ref().or(client.prefetch.as_ref()).map_or(0.0, |limits| {
        let (of_client, of_partition) = limits.payload(row.event_bytes as f64, None);
        of_client.min(of_partition * f64::from(row.partitions))
    });
    let is_full = row.backlog_bytes == 0.0 || row.backlog_bytes > queues;
    row.part == Part::Seen && row.prefetch_divisor == 1 && row.memory_limit_mib.is_none() && is_full
}

/// A row as a sample of memory alone: the machine was too busy for its CPU to count.
fn cells(row: &Row, runtime: &Runtime) -> Vec<(&'static str, String)> {
    let drains = row.backlog_bytes > 0.0;
    let is_idle = !drains && row.offered_per_second.is_none();
    let in_flight = row.in_flight * runtime.holders(row.partitions);
    vec![
        ("runtime", row.runtime.clone()),
        ("condition", row.condition.clone()),
        ("handler", row.handler.clone()),
        ("event_bytes", row.event_bytes.to_string()),
        ("partitions", row.partitions.to_string()),
        ("events_per_second", if is_idle { "0".to_string() } else { String::new() }),
        ("backlog", drains.to_string()),
        ("memory_mib", row.highest_mib.to_string()),
        ("events_in_flight", if drains { in_flight.to_string() } else { String::new() }),
    ]
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
