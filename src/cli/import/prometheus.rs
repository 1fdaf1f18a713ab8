//! `tonnage import prometheus`.

use super::target::Target;
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;
use tonnage::input::diagnostic::contents;
use tonnage::input::imports::measured::files;
use tonnage::input::imports::measured::quantities::{Kind, queries, rules};
use tonnage::input::imports::measured::workloads::Measured;
use tonnage::report::found::notes;

/// Rates, CPU, memory and replicas that Prometheus or Grafana have of workloads
#[derive(Args)]
#[command(after_help = "\
A file's name says what it holds: rate, partitions, size, cpu, memory, replicas, lag or
throttled.
Formats: query_range of Prometheus's HTTP API (JSON), promtool query range, and Grafana's CSV
(series joined by time, or Series;Time;Value).

Examples:
  tonnage import prometheus --queries
  tonnage import prometheus --queries --rules > tonnage-rules.yml
  tonnage import prometheus rate.json cpu.csv -o workloads.csv
  tonnage import prometheus --rate week-30.csv --label consumergroup --into workloads.csv")]
pub struct Prometheus {
    /// Files of which the name says what they hold
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Events a second
    #[arg(long, value_name = "FILE")]
    rate: Vec<PathBuf>,
    /// Events a second by partition
    #[arg(long, value_name = "FILE")]
    partitions: Vec<PathBuf>,
    /// Bytes of an event
    #[arg(long, value_name = "FILE")]
    size: Vec<PathBuf>,
    /// CPU cores
    #[arg(long, value_name = "FILE")]
    cpu: Vec<PathBuf>,
    /// Bytes of memory
    #[arg(long, value_name = "FILE")]
    memory: Vec<PathBuf>,
    /// Pods that run
    #[arg(long, value_name = "FILE")]
    replicas: Vec<PathBuf>,
    /// Events not consumed yet
    #[arg(long, value_name = "FILE")]
    lag: Vec<PathBuf>,
    /// Share of CPU periods in which a limit held back
    #[arg(long, value_name = "FILE")]
    throttled: Vec<PathBuf>,
    /// Label that names workloads, such as consumergroup, topic, or deployment; repeatable: the first that a series has
    #[arg(long, value_name = "NAME")]
    label: Vec<String>,
    /// Print the PromQL that yields the files
    #[arg(long)]
    queries: bool,
    /// Print it as recording rules
    #[arg(long, requires = "queries")]
    rules: bool,
    #[command(flatten)]
    target: Target,
}

impl Prometheus {
    pub fn run(self) -> Result<u8> {
        if self.queries {
            let text = if self.rules { rules } else { queries };
            return self.target.text(&text(self.label.first().map(String::as_str)));
        }
        let mut inputs = Vec::new();
        for path in self.files {
            inputs.push((files::kind(&path)?, path));
        }
        for (kind, paths) in [
            (Kind::Rate, self.rate),
            (Kind::Partitions, self.partitions),
            (Kind::Size, self.size),
            (Kind::Cpu, self.cpu),
            (Kind::Memory, self.memory),
            (Kind::Replicas, self.replicas),
            (Kind::Lag, self.lag),
            (Kind::Throttled, self.throttled),
        ] {
            inputs.extend(paths.into_iter().map(|path| (kind, path)));
        }
        if inputs.is_empty() {
            bail!("name files, such as rate.json; --queries prints the PromQL that yields them");
        }
        let mut measured = Measured::named_by(self.label);
        let mut without_zone = Vec::new();
        for (kind, path) in &inputs {
            let (file, bytes) = contents(path)?;
            without_zone.extend(files::without_zone(&file, &bytes));
            measured.add(*kind, &file, files::read(&file, &bytes, *kind)?);
        }
        let paths: Vec<PathBuf> = inputs.into_iter().map(|(_, path)| path).collect();
        let (found, mut said) = measured.finish(&self.target.called()?);
        said.extend(without_zone);
        self.target.write(found, &notes(&said), &paths)
    }
}
