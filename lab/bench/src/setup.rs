//! What a bench stands on: a broker, topics, the service that consumers call, a folder.

use crate::bench::{Bench, SERVICE_CPU};
use crate::broker::Broker;
use crate::namespace::{HERE, Namespace};
use crate::stub::Stub;
use crate::topics::Topics;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tonnage_measure::kafka::Cluster;
use tonnage_measure::kernel::MAX_BRACKET_GAP;

/// Of the lab's own broker.
pub const PORT: u16 = 19_092;

/// What a bench stands on, as the command line has it.
#[derive(Args)]
pub struct Setup {
    /// A cluster to use; without one the lab starts its own.
    #[arg(long, value_name = "ADDRESS")]
    bootstrap_servers: Option<String>,
    /// Port of the lab's own broker, which takes the next three as well.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Replicas of each topic.
    #[arg(long, default_value_t = 1)]
    replication: i32,
    /// Length of a sample, s.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Samples are rejected if the calibration kernel in their halves differs by more than this share.
    #[arg(long, default_value_t = MAX_BRACKET_GAP)]
    max_gap: f64,
    /// The most that a topic holds, GB.
    #[arg(long, default_value_t = 3.0)]
    topic_gb: f64,
    /// Runs of a series take turns with `flock FILE COMMAND`: other work comes between them.
    #[arg(long, value_name = "FILE")]
    turns: Option<PathBuf>,
}

/// A bench with what it stands on, which goes last.
pub struct Standing {
    pub bench: Bench,
    _namespace: Option<Namespace>,
    _broker: Option<Broker>,
    _folder: TempDir,
}

impl Setup {
    /// Starts all of it, with a stub that takes so long for a call.
    pub fn stand(&self, with_namespace: bool, stub_delay: Duration) -> Result<Standing> {
        let (broker, namespace) = match &self.bootstrap_servers {
            None => {
                let namespace = if with_namespace { Some(Namespace::create()?) } else { None };
                let host = namespace.as_ref().map(|_| HERE);
                (Some(Broker::start(self.port, &SERVICE_CPU.to_string(), host)?), namespace)
            }
            Some(_) => (None, None),
        };
        let address = match (&self.bootstrap_servers, &broker) {
            (Some(address), _) => address.clone(),
            (None, Some(broker)) => broker.bootstrap_servers.clone(),
            (None, None) => bail!("there is no broker"),
        };
        let folder = tempfile::tempdir().context("cannot make a folder for the lab")?;
        let cluster = Cluster::new(&address, &[]);
        let prefix = format!("lab-{}", std::process::id());
        let most_bytes = (self.topic_gb * 1e9) as usize;
        let bench = Bench {
            topics: Topics::new(cluster, self.replication, &prefix, most_bytes),
            stub: Stub::start(stub_delay, SERVICE_CPU)?,
            seconds: self.seconds,
            undisturbed: None,
            max_gap: self.max_gap,
            turns: self.turns.as_ref().map(File::create).transpose().context("no file to take turns by")?,
            folder: folder.path().to_path_buf(),
            tls: broker.as_ref().map(|it| it.tls.clone()),
            namespace: namespace
                .as_ref()
                .map(|name| (name.name().to_string(), format!("{HERE}:{}", self.port + 2))),
        };
        Ok(Standing { bench, _namespace: namespace, _broker: broker, _folder: folder })
    }
}
