//! `tonnage man`.

use super::output::Output;
use anyhow::{Context, Result};
use clap::{Args, Command};
use std::path::PathBuf;

/// Print the manual as a man page, or write a page for each command
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage man | man -l -
  tonnage man > ~/.local/share/man/man1/tonnage.1
  tonnage man ~/.local/share/man/man1")]
pub struct Man {
    /// Folder to write a page for each command to, made if it is not there
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    pub fn run(self, program: Command) -> Result<u8> {
        match &self.folder {
            Some(folder) => std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(program, folder))
                .with_context(|| folder.display().to_string())?,
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(program).render(&mut page)?;
                Output::to(None).write(&String::from_utf8(page)?)?;
            }
        }
        Ok(0)
    }
}
