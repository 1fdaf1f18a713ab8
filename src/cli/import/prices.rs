//! `tonnage import prices`.

use crate::cli::output::Output;
use crate::cli::setup::today;
use crate::cli::source::open;
use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::path::{Path, PathBuf};
use tonnage::input::imports::formats::{self, FORMATS};
use tonnage::input::imports::imported::Imported;
use tonnage::report::imported::summary;

/// Write the prices of files as a list for --prices
#[derive(Args)]
#[command(after_help = help())]
pub struct Prices {
    /// Price files, of which format is seen by itself; - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Write the list to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn help() -> String {
    let formats = FORMATS.map(|format| format!("  {}\n      {}\n", format.name, format.source)).concat();
    format!(
        "Formats:\n{formats}\nExamples:\n  \
         tonnage import prices index.csv -o prices.csv\n  \
         tonnage import prices page-1.json page-2.json -o prices.csv\n  \
         tonnage plan workloads.csv --prices prices.csv"
    )
}

impl Prices {
    pub fn run(self) -> Result<u8> {
        let output = Output::to(self.output);
        output.keep(&self.files)?;
        let mut imported = Imported::default();
        for path in &self.files {
            read(&mut imported, path)?;
        }
        let (list, left_out) = imported.finish();
        let said = summary(&list, &left_out);
        if list.iter().next().is_none() {
            bail!("{}", said.trim_end());
        }
        output.write(&list.to_csv()?)?;
        output.write_beside(&said)?;
        Ok(0)
    }
}

/// Reads a file, whose prices were true when it was written, or standard input, whose prices are today's.
fn read(imported: &mut Imported, path: &Path) -> Result<()> {
    let (name, input) = open(path)?;
    let written = path.metadata().and_then(|it| it.modified()).ok();
    let written = written.and_then(|it| Timestamp::try_from(it).ok()).filter(|_| path != Path::new("-"));
    let day = written.map_or_else(today, |written| Offset::UTC.to_datetime(written).date().to_string());
    Ok(formats::read(imported, &name, input, &day)?)
}
