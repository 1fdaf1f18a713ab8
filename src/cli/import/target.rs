//! Where rows of workloads go: standard output, a file of their own, or a file that has others.

use crate::cli::output::{Output, keep};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;
use tonnage::input::diagnostic::{InputError, contents};
use tonnage::input::imports::called::Called;
use tonnage::input::imports::found::Found;
use tonnage::input::imports::merge::merge;
use tonnage::input::imports::plausible;
use tonnage::input::imports::rename::{Rename, renamed};
use tonnage::report::found::{implausible, merged, written};

/// Flags for where rows go; an importer of workloads flattens them and ends with [`Target::write`].
#[derive(Args)]
pub struct Target {
    /// Write the rows to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Put what was found into this workload file (CSV), whose columns topic, group and deployment may say what
    /// workloads are called elsewhere; all else in it stays as it is
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
    /// Take names for others, such as 'geo-app=Geo pings', or '*-consumer=cg.*': the star stays; repeatable
    #[arg(long, value_name = "FROM=TO", value_parser = rename)]
    rename: Vec<Rename>,
    /// Leave workloads out that the file of --into does not have
    #[arg(long, requires = "into")]
    only_known: bool,
}

impl Target {
    /// The workloads of the file of --into by what they are called elsewhere; none where rows are written.
    pub fn called(&self) -> Result<Called, InputError> {
        let Some(into) = &self.into else { return Ok(Called::default()) };
        let (name, bytes) = contents(into)?;
        Called::in_file(&name, &bytes)
    }

    /// Writes a text that is no rows.
    pub fn text(self, text: &str) -> Result<u8> {
        Output::to(self.output).write(text)?;
        Ok(0)
    }

    /// Writes what was found whole or not at all, and says beside it what was done, and then `seen`. `inputs` are the
    /// files that were read, which are not written over.
    pub fn write(self, found: Found, seen: &str, inputs: &[PathBuf]) -> Result<u8> {
        let found = &renamed(found, &self.rename);
        found.checked()?;
        if found.workloads().is_empty() {
            bail!("no workload was found in what was read\n{}", seen.trim_end());
        }
        keep("--into", self.into.as_deref(), inputs)?;
        let output = Output::to(self.output.or_else(|| self.into.clone()));
        output.keep(inputs)?;
        let (text, said, changes) = match self.into {
            None => (found.to_csv()?, written(found), Vec::new()),
            Some(into) => {
                let (name, bytes) = contents(&into)?;
                let result = merge(&name, &bytes, found, self.only_known)?;
                let said = merged(&result, self.only_known);
                if self.only_known && result.new.len() == found.workloads().len() {
                    bail!("no row of {name} is of a workload that was found\n{}", said.trim_end());
                }
                (result.text, said, result.changes)
            }
        };
        let check = implausible(&plausible::implausible("", &text, found, &changes)?);
        output.write(&text)?;
        output.write_beside(&(said + &check + seen))?;
        Ok(0)
    }
}

fn rename(text: &str) -> Result<Rename, String> {
    Rename::of(text)
        .ok_or_else(|| "must be FROM=TO, each with one * or none, such as '*-consumer=cg.*'".to_owned())
}
