//! A network namespace joined to this one by a veth pair, for consumers whose receiving is to be charged to
//! themselves.

use anyhow::{Context, Result, bail};
use std::process::Command;

/// This side's address.
pub const HERE: &str = "10.231.7.1";
const THERE: &str = "10.231.7.2";
const NAME: &str = "tonnage-lab";

/// Removed when dropped.
pub struct Namespace;

impl Namespace {
    /// Makes it; needs root and iproute2.
    pub fn create() -> Result<Self> {
        let (here, there) = (format!("{HERE}/24"), format!("{THERE}/24"));
        // What a run that was killed left behind.
        let _ = Command::new("ip").args(["netns", "delete", NAME]).output();
        let _ = Command::new("ip").args(["link", "delete", "tonnage0"]).output();
        ip(&["netns", "add", NAME])?;
        let namespace = Self;
        ip(&["link", "add", "tonnage0", "type", "veth", "peer", "name", "tonnage1", "netns", NAME])?;
        ip(&["address", "add", &here, "dev", "tonnage0"])?;
        ip(&["link", "set", "tonnage0", "up"])?;
        ip(&["-n", NAME, "address", "add", &there, "dev", "tonnage1"])?;
        ip(&["-n", NAME, "link", "set", "tonnage1", "up"])?;
        ip(&["-n", NAME, "link", "set", "lo", "up"])?;
        Ok(namespace)
    }

    /// What `ip netns exec` takes.
    pub fn name(&self) -> &'static str {
        NAME
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The pair goes with either end.
        let _ = Command::new("ip").args(["netns", "delete", NAME]).output();
    }
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .context("cannot run ip (Debian's package iproute2), which the network namespace needs")?;
    if !output.status.success() {
        bail!("ip {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
