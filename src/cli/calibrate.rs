//! `tonnage calibrate`.

use super::output::Output;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::{Context, Result};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tonnage::input::diagnostic::{Diagnostic, InputError, read_file};
use tonnage::input::workloads::{self, Cells};
use tonnage::input::{corrected, utilizations};
use tonnage::render::csv;
use tonnage::report::calibrate::{CalibrationReport, CalibrationRow};
use tonnage::settings::uses::*;
use tonnage_model::catalog::Catalog;
use tonnage_model::decide::calibrate::Calibration;

/// Find what an event costs today from measured CPU utilization, and correct the rows
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage calibrate workloads.csv --utilization 35%
  tonnage calibrate workloads.csv --utilizations cpu.csv
  tonnage calibrate workloads.csv --utilizations cpu.csv -o calibrated.csv")]
pub struct Calibrate {
    #[command(flatten)]
    workloads: WorkloadArgs,
    #[command(flatten)]
    measured: Measured,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PROFILES | MACHINES | FORMAT }>,
}

/// What was read off the machines; without either, the column utilization.
#[derive(Args)]
#[group(multiple = false)]
struct Measured {
    /// Mean CPU utilization of all workloads' machines over the day, as a CPU graph shows it
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    utilization: Option<f64>,
    /// The same of each workload, CSV with columns name and utilization; the others stay as they are
    #[arg(long, value_name = "FILE")]
    utilizations: Option<PathBuf>,
}

impl Calibrate {
    pub fn run(self) -> Result<u8> {
        self.output.keep(self.workloads.files())?;
        let setup = self.settings.load()?;
        let all = self.workloads.read_all_entries(&setup)?;
        let utilizations = self.measured.of(&all)?;
        let all = self.workloads.chosen(all)?;
        let entries = calibrations(&setup.catalog, &all, &utilizations)?;
        let format = self.output.format(setup.format)?;
        let corrected_rows = entries.iter().map(|entry| &entry.row);
        if format.name == "csv" {
            self.output.write(&csv::lines(&corrected::table(corrected_rows))?)?;
            return Ok(0);
        }
        let given = all.iter().map(|entry| &entry.cells);
        let changes = csv::lines(&corrected::changes(given.zip(corrected_rows)))?;
        let calibrated =
            |Entry { calibration, row }| calibration.map(|calibration| CalibrationRow { calibration, row });
        let rows = entries.into_iter().filter_map(calibrated).collect();
        let report = CalibrationReport::new(rows, all.len(), changes);
        let context = setup.context("calibrate");
        self.output.report(&report, &context, setup.format)?;
        Ok(0)
    }
}

/// A workload's row, and what its utilization implies where one is given.
struct Entry<'a> {
    calibration: Option<Calibration<'a>>,
    /// The row, corrected; as it was read without a utilization.
    row: Cells,
}

impl Measured {
    /// The utilization of each workload that has one, by name.
    fn of(&self, entries: &[workloads::Entry]) -> Result<BTreeMap<String, f64>> {
        let names: Vec<&str> = entries.iter().map(|entry| entry.workload.name.as_str()).collect();
        match (&self.utilizations, self.utilization) {
            (Some(path), _) => Ok(read_file(path, |source| utilizations::read(source, &names))?),
            (None, Some(share)) => Ok(names.into_iter().map(|name| (name.to_owned(), share)).collect()),
            (None, None) => {
                let given = entries.iter().map(|entry| &entry.workload);
                let given = given.filter_map(|it| Some((it.name.clone(), it.utilization?)));
                let given: BTreeMap<String, f64> = given.collect();
                anyhow::ensure!(
                    !given.is_empty(),
                    "no utilization is given: --utilization, --utilizations FILE or the column utilization says it"
                );
                Ok(given)
            }
        }
    }
}

/// Every workload with what follows from its utilization; all that cannot be read come as mistakes at once.
fn calibrations<'a>(
    catalog: &'a Catalog,
    all: &'a [workloads::Entry],
    utilizations: &BTreeMap<String, f64>,
) -> Result<Vec<Entry<'a>>> {
    let mut mistakes = Vec::new();
    let mut entries = Vec::new();
    for workloads::Entry { workload, cells, place } in all {
        let calibration = match utilizations.get(&workload.name) {
            None => None,
            Some(&share) => {
                let problem = catalog.problem(workload).context(workload.name.clone())?;
                match Calibration::of(&problem, share) {
                    Ok(calibration) => Some(calibration),
                    Err(reason) => {
                        let message = format!("{}: {reason}", workload.name);
                        let (file, place) = place.clone().unwrap_or_default();
                        mistakes.push(Diagnostic { file, place, message });
                        None
                    }
                }
            }
        };
        let row = match &calibration {
            None => cells.clone(),
            Some(it) => corrected::with_observed_cores(cells, it.observed_cores, it.attempt_wait_seconds),
        };
        entries.push(Entry { calibration, row });
    }
    if mistakes.is_empty() { Ok(entries) } else { Err(InputError::Invalid(mistakes).into()) }
}

fn share(text: &str) -> Result<f64, String> {
    utilizations::utilization(text).ok_or_else(|| format!("must be {}", utilizations::ALLOWED))
}
