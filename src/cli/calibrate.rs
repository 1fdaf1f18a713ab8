//! `tonnage calibrate`.

use super::history::HistoryFlags;
use super::output::Output;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::{Context, Result, bail};
use clap::Args;
use clap::builder::{Resettable, Str};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use tonnage::input::diagnostic::{Diagnostic, InputError, read_file};
use tonnage::input::imports::measured::history::History;
use tonnage::input::two_readings::hint;
use tonnage::input::workloads::{self, Cells};
use tonnage::input::{corrected, utilizations};
use tonnage::render::{FORMATS, csv};
use tonnage::report::backtest::{BacktestReport, Tested, Untested};
use tonnage::report::calibrate::{CalibrationReport, CalibrationRow};
use tonnage::report::plan::contradiction::beyond_at_peak;
use tonnage::settings::setup::Setup;
use tonnage::settings::uses::*;
use tonnage_model::calibration::backtest::{Backtest, Basis};
use tonnage_model::calibration::calibrate::Calibration;
use tonnage_model::catalog::Catalog;
use tonnage_model::workload::Workload;

const UTILIZATION: &str =
    "Mean CPU utilization of all workloads' machines over the day, as a CPU graph shows it [the column]";

/// Find what an event costs today from measured CPU, or hold predicted cores against measured ones hour by hour
#[derive(Args)]
#[command(mut_arg("history", |it| it.conflicts_with_all(["utilization", "utilizations"])))]
#[command(mut_arg("utilization", |it| it.value_name("SHARE").value_parser(share).help(UTILIZATION).long_help(UTILIZATION)
    .help_heading(Resettable::<Str>::Reset).hide_short_help(false)))]
#[command(after_help = "\
Examples:
  tonnage calibrate workloads.csv --utilizations cpu.csv -o calibrated.csv
  tonnage calibrate workloads.csv --history week.csv
  tonnage calibrate workloads.csv --history rate.json --history cpu.json -o tested.csv")]
pub struct Calibrate {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// The utilization of each workload, CSV with columns name and utilization; the others stay as they are
    #[arg(long, value_name = "FILE", conflicts_with = "utilization")]
    utilizations: Option<PathBuf>,
    /// Write the corrected file although a cell that it replaces disagrees with what was measured
    #[arg(long, conflicts_with = "history")]
    replace: bool,
    #[command(flatten)]
    history: HistoryFlags,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PROFILES | MACHINES | FORMAT }>,
}

impl Calibrate {
    pub fn run(mut self) -> Result<u8> {
        let utilization = self.workloads.take("utilization");
        let measured = self.history.files().iter().chain(&self.utilizations);
        self.output.keep(self.workloads.files().iter().chain(measured))?;
        let setup = self.settings.load()?;
        let all = self.workloads.read_all_entries(&setup)?;
        if let Some(history) = self.history.read()? {
            let all = self.workloads.chosen(all)?;
            return backtest(&setup, &all, &history, (&self.output, self.workloads.files()));
        }
        let utilizations = utilizations_of(&all, utilization, self.utilizations.as_deref())?;
        let all = self.workloads.chosen(all)?;
        let mut left_out = Vec::new();
        let entries = calibrations(&setup.catalog, &all, &utilizations, &mut left_out)?;
        if entries.iter().all(|it| it.calibration.is_none()) {
            InputError::unless_empty(std::mem::take(&mut left_out))?;
        }
        let mut mistakes = Vec::new();
        let is_file = self.output.format(setup.format)?.name == "csv";
        let replaced =
            if is_file { replaced(&all, &entries, self.replace, &mut mistakes) } else { Vec::new() };
        InputError::unless_empty(mistakes)?;
        let corrected_rows = entries.iter().map(|entry| &entry.row);
        if is_file {
            replaced.iter().for_each(|line| eprintln!("{line}"));
            left_out.iter().for_each(|it| eprintln!("Not calibrated: {it}"));
            return write_file((&self.output, self.workloads.files()), &setup, &all, corrected_rows);
        }
        let given = all.iter().map(|entry| &entry.cells);
        let changes = csv::lines(&corrected::changes(given.zip(corrected_rows)))?;
        let calibrated = |(Entry { calibration, row }, given): (_, &workloads::Entry)| {
            let replaced = corrected::replaced(&given.cells, &row);
            calibration.map(|calibration| CalibrationRow { calibration, row, replaced })
        };
        let rows = entries.into_iter().zip(&all).filter_map(calibrated).collect();
        let report = CalibrationReport::new(rows, all.len(), changes, left_out);
        let context = setup.context("calibrate", &[]);
        self.output.report(&report, &context, setup.format)?;
        Ok(0)
    }
}

/// What the corrected rows have no longer, a line each. Where what was measured disagrees with that it is a mistake, unless it
/// is to be replaced.
fn replaced(
    all: &[workloads::Entry],
    entries: &[Entry<'_>],
    is_asked_for: bool,
    mistakes: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let mut said = Vec::new();
    for (given, Entry { calibration, row }) in all.iter().zip(entries) {
        let Some(calibration) = calibration else { continue };
        let replaced = corrected::replaced(&given.cells, row).join(", ");
        if replaced.is_empty() {
            continue;
        }
        let name = &given.workload.name;
        let measured = Workload {
            utilization: Some(calibration.utilization),
            observed_cores: None,
            ..given.workload.clone()
        };
        let peak = beyond_at_peak(&measured, Some(calibration.machine));
        let cores = row.get("observed_cores").map_or("", String::as_str);
        if calibration.disagrees() && !is_asked_for {
            let would =
                format!("observed_cores {cores} as measured would replace {replaced}, which disagrees");
            mistakes.push(mistake(given, format_args!("{would}; mend the row, or add --replace{peak}")));
        } else {
            said.push(format!("{name}: observed_cores {cores} replaces {replaced}{peak}"));
        }
    }
    said
}

/// A mistake in a row, at its place.
fn mistake(entry: &workloads::Entry, reason: impl Display) -> Diagnostic {
    let (file, place) = entry.place.clone().unwrap_or_default();
    Diagnostic { file, place, message: format!("{}: {reason}", entry.workload.name) }
}

/// Where the corrected file goes, and the files that it is of.
type To<'t> = (&'t Output, &'t [PathBuf]);

/// Writes the corrected file: one of CSV, or a workbook, with all that is in it but the cells that change; else a table of what
/// was read, which is all that there is unless columns were passed over.
fn write_file<'c>(
    (output, files): To<'_>,
    setup: &Setup,
    all: &'c [workloads::Entry],
    rows: impl Iterator<Item = &'c Cells> + Clone,
) -> Result<u8> {
    let text = match files {
        [file] => workloads::csv(file)?,
        _ => None,
    };
    let text = match text {
        Some((name, bytes)) => corrected::in_file(&name, &bytes, all.iter().map(|it| &it.cells).zip(rows))?,
        None if !setup.ignore_columns.is_empty() => bail!(
            "--ignore-columns: the columns that are passed over ({}) would be lost; give one CSV or .xlsx file",
            setup.ignore_columns.join(", ")
        ),
        None => csv::lines(&corrected::table(rows))?,
    };
    output.write(&text)?;
    Ok(0)
}

/// Holds predicted cores against a history; CSV is the workload file with the errors, beside which the report stands.
fn backtest(setup: &Setup, all: &[workloads::Entry], history: &History, to: To<'_>) -> Result<u8> {
    let (output, _) = to;
    let (known, unknown): (Vec<_>, Vec<_>) = all.iter().partition(|entry| history.has(&entry.workload));
    if known.is_empty() {
        let names: Vec<&str> = all.iter().map(|entry| entry.workload.name.as_str()).collect();
        return Err(history.has_none_of(&names).into());
    }
    let (mut tested, mut without_cores, mut without_load) = (Vec::new(), Vec::new(), Vec::new());
    let mut mistakes = Vec::new();
    for entry in known {
        let name = &entry.workload.name;
        let problem = setup.catalog.problem(&entry.workload).context(name.clone())?;
        match history.hours(&entry.workload) {
            Ok(None) => without_cores.push(name.clone()),
            Err(mistake) => mistakes.push(mistake),
            Ok(Some(hours)) => match Backtest::of(&problem, &hours) {
                Err(reason) => mistakes.push(mistake(entry, reason)),
                Ok(Some(test)) => tested.push(Tested { problem, test }),
                Ok(None) => without_load.push(name.clone()),
            },
        }
    }
    if tested.is_empty() {
        InputError::unless_empty(std::mem::take(&mut mistakes))?;
    }
    anyhow::ensure!(
        !tested.is_empty() || without_cores.is_empty(),
        "{}: rate and cores are needed of a workload; add the missing ones, such as --history cpu.json",
        history.files()
    );
    let context = setup.context("calibrate", &[]);
    let is_file = output.format(setup.format)?.name == "csv";
    // Without a figure of the handler the profile was tested, not the row.
    let is_of_row = |it: &&Tested<'_>| it.test.basis != Basis::Profile;
    let row = |entry: &workloads::Entry| {
        let mut of_rows = tested.iter().filter(is_of_row);
        let test = of_rows.find(|it| it.problem.workload.name == entry.workload.name);
        test.map_or_else(
            || entry.cells.clone(),
            |it| corrected::with_backtest_error(&entry.cells, it.test.median_error),
        )
    };
    let rows: Vec<Cells> = if is_file { all.iter().map(row).collect() } else { Vec::new() };
    for it in tested.iter().filter(|it| is_file && !is_of_row(it)) {
        eprintln!(
            "{}: no backtest_error, as neither handler_ms nor observed_cores is given",
            it.problem.workload.name
        );
    }
    let not_measured = unknown.iter().map(|entry| entry.workload.name.clone()).collect();
    let untested = vec![
        Untested { workloads: not_measured, reason: "not in the history" },
        Untested { workloads: without_cores, reason: "rate or cores missing in the history" },
        Untested { workloads: without_load, reason: "no hour with load" },
    ];
    let report = BacktestReport::new(tested, untested, mistakes);
    if !is_file {
        output.report(&report, &context, setup.format)?;
        return Ok(0);
    }
    output.write_beside(&output.rendered_beside(&report, &context, &FORMATS[0])?)?;
    write_file(to, setup, all, rows.iter())
}

/// A workload's row, and what its utilization implies where one is given.
struct Entry<'a> {
    calibration: Option<Calibration<'a>>,
    /// The row, corrected; as it was read without a utilization.
    row: Cells,
}

/// The utilization of each workload that has one, by name: of a file, the same for all, or of the column.
fn utilizations_of(
    entries: &[workloads::Entry],
    share: Option<String>,
    file: Option<&Path>,
) -> Result<BTreeMap<String, f64>> {
    let names: Vec<&str> = entries.iter().map(|entry| entry.workload.name.as_str()).collect();
    if let Some(path) = file {
        return Ok(read_file(path, |source| utilizations::read(source, &names))?);
    }
    let share = share.and_then(|text| utilizations::utilization(&text));
    let given = entries.iter().map(|entry| &entry.workload);
    let given: BTreeMap<String, f64> =
        given.filter_map(|it| Some((it.name.clone(), share.or(it.utilization)?))).collect();
    let is_measured = entries.iter().any(|entry| entry.workload.observed_cores.is_some());
    anyhow::ensure!(
        !given.is_empty(),
        "no utilization is given: --utilization, --utilizations FILE or the column utilization says it{}",
        if is_measured { "; where observed_cores and handler_ms disagree, empty one of them" } else { "" }
    );
    Ok(given)
}

/// Every workload with what follows from its utilization; why nothing does of some is told.
fn calibrations<'a>(
    catalog: &'a Catalog,
    all: &'a [workloads::Entry],
    utilizations: &BTreeMap<String, f64>,
    left_out: &mut Vec<Diagnostic>,
) -> Result<Vec<Entry<'a>>> {
    let mut entries = Vec::new();
    for given @ workloads::Entry { workload, cells, .. } in all {
        let calibration = match utilizations.get(&workload.name) {
            None => None,
            Some(&share) => {
                let problem = catalog.problem(workload).context(workload.name.clone())?;
                match Calibration::of(&problem, share) {
                    Ok(calibration) => Some(calibration),
                    Err(reason) => {
                        left_out.push(mistake(given, reason));
                        None
                    }
                }
            }
        };
        let row = match &calibration {
            None => cells.clone(),
            Some(it) => {
                let wait = it.attempt_wait_seconds;
                corrected::with_observed_cores(cells, it.observed_cores, it.io_ratio, wait)
            }
        };
        entries.push(Entry { calibration, row });
    }
    Ok(entries)
}

fn share(text: &str) -> Result<String, String> {
    let is_taken = |text: &str| utilizations::utilization(text).is_some();
    match is_taken(text) {
        true => Ok(text.to_owned()),
        false => Err(format!("must be {}{}", utilizations::ALLOWED, hint(text, is_taken))),
    }
}
