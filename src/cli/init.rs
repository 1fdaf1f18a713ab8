//! `tonnage init`.

use super::settings::written;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use tonnage::input::columns::COLUMNS;

const ROWS: &str = include_str!("init/rows.csv");

/// Write a commented starter workloads.csv and tonnage.toml
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage init
  tonnage init planning
  tonnage init && tonnage plan workloads.csv")]
pub struct Init {
    /// Folder to write to, made if it is not there
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
}

impl Init {
    pub fn run(self) -> Result<u8> {
        let files = [("workloads.csv", workloads()), ("tonnage.toml", written::starter())];
        let there: Vec<String> = files
            .iter()
            .map(|(name, _)| self.folder.join(name))
            .filter(|path| path.symlink_metadata().is_ok())
            .map(|path| path.strip_prefix(".").unwrap_or(&path).display().to_string())
            .collect();
        if !there.is_empty() {
            let verb = if there.len() == 1 { "is" } else { "are" };
            bail!("{} {verb} there already; nothing was written", there.join(" and "));
        }
        std::fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        for (name, text) in &files {
            let path = self.folder.join(name);
            create(&path, text).with_context(|| path.display().to_string())?;
        }
        let place = self.folder.join("workloads.csv");
        println_quietly(&format!(
            "Wrote workloads.csv and tonnage.toml. Next: tonnage plan {}\n",
            place.strip_prefix(".").unwrap_or(&place).display()
        ));
        Ok(0)
    }
}

fn create(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn println_quietly(text: &str) {
    // The files are written; a closed standard output does not change that.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// The starter file: every column explained, then a few rows.
fn workloads() -> String {
    let mut text = String::from(
        "# Workloads for `tonnage plan`. One line for each; lines that start with # are comments.\n\
         # An empty cell, or a column that is left out, takes the default in brackets.\n#\n",
    );
    for column in COLUMNS {
        text += &format!("# {}: {} [{}]\n", column.name, column.meaning, column.default());
        text += &format!("#     {}\n", column.allowed());
    }
    text + "#\n" + ROWS
}
