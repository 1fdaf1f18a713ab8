//! The lab's own broker: lab/broker/broker, with its data in a temporary folder.

use crate::runtimes::lab;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A broker that runs until dropped.
pub struct Broker {
    folder: TempDir,
    pub bootstrap_servers: String,
    /// Where it listens over TLS.
    pub tls: Tls,
}

/// A listener over TLS.
#[derive(Debug, Clone)]
pub struct Tls {
    pub address: String,
    /// The certificate that clients have to trust, PEM.
    pub certificate: PathBuf,
}

impl Broker {
    /// Starts it on `port`, on the CPUs named. `extra_host` is one more address that it listens on, one
    /// port above the controller's.
    pub fn start(port: u16, cpus: &str, extra_host: Option<&str>) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder for the broker")?;
        let mut command = Command::new(lab().join("broker/broker"));
        command.arg("start").arg(folder.path()).arg(port.to_string()).env("BROKER_CPUS", cpus);
        if let Some(host) = extra_host {
            command.env("BROKER_EXTRA_HOST", host);
        }
        let output = command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start the broker")?;
        if !output.status.success() {
            bail!("the broker did not start: {}", output.status);
        }
        let tls = Tls {
            address: format!("127.0.0.1:{}", port + 3),
            certificate: folder.path().join("tls/certificate.pem"),
        };
        Ok(Self { folder, bootstrap_servers: format!("127.0.0.1:{port}"), tls })
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let stopped = Command::new(lab().join("broker/broker"))
            .arg("stop")
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .status();
        if !matches!(stopped, Ok(status) if status.success()) {
            eprintln!("warning: the broker in {} did not stop", self.folder.path().display());
        }
    }
}
