//! The table of consumers: lab/runtimes.toml.

use crate::condition::{Condition, Network};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A consumer of the lab and what its profile says of it that is not measured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    pub name: String,
    pub title: String,
    pub language: String,
    pub deployment: Deployment,
    pub concurrency: Concurrency,
    pub capabilities: Vec<String>,
    /// Whether plans compare it only where somebody asks for it.
    #[serde(default)]
    pub on_request: bool,
    /// The folder of its consumer, where that is another's.
    #[serde(default)]
    pub consumer: Option<String>,
    /// The file in lab/clients, where that is another's.
    #[serde(default)]
    pub client: Option<String>,
    /// LAB_LOOP, where it is not the consumer's usual loop.
    #[serde(default, rename = "loop")]
    pub reading: Option<Reading>,
    /// Whether its consumer reads LAB_TLS_CA.
    #[serde(default)]
    pub tls: bool,
    /// How long it may take to warm up, s, where that is longer than usual: for what is compiled as it runs.
    #[serde(default)]
    pub warm_up: Option<f64>,
}

/// A way of reading other than the consumer's usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// As the client's documentation begins: one event at a time, in one loop.
    Plain,
    /// A virtual thread for each partition, in Java.
    Virtual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deployment {
    Processes,
    Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Concurrency {
    Consumer,
    Partition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    runtime: Vec<Runtime>,
}

/// The lab's folder in the repository.
pub fn lab() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All runtimes of the table, or those named.
pub fn read(only: &[String]) -> Result<Vec<Runtime>> {
    let path = lab().join("runtimes.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let table: Table = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    for name in only {
        if !table.runtime.iter().any(|runtime| runtime.name == *name) {
            let known: Vec<&str> = table.runtime.iter().map(|runtime| &*runtime.name).collect();
            bail!("no runtime {name:?} in {}; it has {}", path.display(), known.join(", "));
        }
    }
    let wanted = |runtime: &Runtime| only.is_empty() || only.contains(&runtime.name);
    Ok(table.runtime.into_iter().filter(wanted).collect())
}

impl Runtime {
    fn folder(&self) -> PathBuf {
        lab().join("consumers").join(self.consumer.as_ref().unwrap_or(&self.name))
    }

    /// The command that runs it.
    pub fn command(&self) -> Vec<String> {
        let run = self.folder().join("run").display().to_string();
        let named = match self.reading {
            None => return vec![run],
            Some(Reading::Plain) => "plain",
            Some(Reading::Virtual) => "virtual",
        };
        vec!["env".to_string(), format!("LAB_LOOP={named}"), run]
    }

    /// Builds it.
    pub fn build(&self) -> Result<()> {
        let status = Command::new("./build")
            .current_dir(self.folder())
            .status()
            .with_context(|| format!("cannot build {}", self.name))?;
        if !status.success() {
            bail!("building {} failed: {status}", self.name);
        }
        Ok(())
    }

    /// Whether it can: a plain loop has one event in progress, on one core, and only some read over TLS.
    pub fn runs(&self, condition: &Condition) -> bool {
        let loops =
            self.reading != Some(Reading::Plain) || (condition.in_flight == 1 && condition.cores == 1);
        loops && (self.tls || condition.network != Network::Tls)
    }

    /// Holders of `in_flight` events each, in one process that reads `partitions`.
    pub fn holders(&self, partitions: i32) -> u32 {
        match self.concurrency {
            Concurrency::Consumer => 1,
            Concurrency::Partition => partitions as u32,
        }
    }
}
