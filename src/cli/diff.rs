//! `tonnage diff`.

use super::output::Output;
use super::settings::flags::Flags;
use super::setup::tell_unsampled;
use super::workload_flags::Assignments;
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};
use tonnage::input::diagnostic::{Source, read_file};
use tonnage::input::quantity;
use tonnage::input::saved_plan::SavedPlan;
use tonnage::input::two_readings::{counted, hint};
use tonnage::input::workloads::{Overrides, Reader};
use tonnage::render::json;
use tonnage::report::Report;
use tonnage::report::column::Show;
use tonnage::report::context::Context;
use tonnage::report::contradicted::Checked;
use tonnage::report::diff::DiffReport;
use tonnage::report::plan::{decision, decision_columns};
use tonnage::report::pools::{Pools, Shown};
use tonnage::report::records::Records;
use tonnage::settings::setup::Setup;
use tonnage::settings::table::all;
use tonnage::settings::uses::*;
use tonnage_model::decide::fleet::Fleet;

/// Exit status where `--fail-above` fails.
const FAILED: u8 = 4;

/// Tell what changed between two plans: inputs, machines, bills and verdicts, the most dollars first
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage diff plan.json workloads.csv
  tonnage diff july.json august.json -o changes.md
  tonnage diff main.csv branch.csv --fail-above 500 --set skew=1.2")]
pub struct Diff {
    /// A plan that `plan --save` kept (.json), or a file of workloads, which is then planned as things are set
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The same of now
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Exit with status 4 if the planned bill rises by more dollars a month than this, or a workload newly lags at peak, has no plan
    /// or no verdict, or grows while its measured CPU or its bill stays
    #[arg(long, value_name = "AMOUNT", value_parser = dollars, allow_hyphen_values = true)]
    fail_above: Option<f64>,
    #[command(flatten)]
    set: Assignments,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | TRAFFIC | POOL | NODES | WORTH | SAMPLING }>,
}

fn dollars(text: &str) -> Result<f64, String> {
    let usd = |text: &str| counted(text, quantity::dollars).filter(|usd| *usd >= 0.0);
    usd(text).ok_or_else(|| {
        let hint = hint(text, |meant| usd(meant).is_some());
        format!("must be an amount of dollars a month from 0, such as 500 or 2k{hint}")
    })
}

impl Diff {
    pub fn run(self) -> Result<u8> {
        let Self { old, new, fail_above, set, output, settings } = self;
        let set: Overrides = set.assignments.into_iter().collect();
        let files = [old, new];
        output.keep(&files)?;
        let setup = settings.load()?;
        setup.check_pools(setup.shared)?;
        tell_unsampled(&setup, None);
        let [old, new] = [plan(&files[0], &set, &setup)?, plan(&files[1], &set, &setup)?];
        let report = DiffReport::new(&old, &new, &setup.catalog).allowing(fail_above);
        output.report(&report, &setup.context("diff", &[]), setup.format)?;
        let failures = report.failures();
        if fail_above.is_none() || failures.is_empty() {
            return Ok(setup.status(report.has_infeasible()));
        }
        output.write_beside(&failures.iter().map(|it| format!("{it}.\n")).collect::<String>())?;
        Ok(FAILED)
    }
}

/// A plan that was kept, which ends in .json, or that of a file of workloads; without settings that no bill depends on.
fn plan(path: &Path, set: &Overrides, setup: &Setup) -> Result<SavedPlan> {
    let is_kept = path.to_string_lossy().ends_with(".json");
    let mut plan = if is_kept { read_file(path, SavedPlan::read)? } else { planned(path, set, setup)? };
    let is_of_output =
        |name: &str| all().any(|it| it.name == name && it.used_by & !(FORMAT | STRICT | COLUMNS) == 0);
    plan.settings.retain(|name, _| !is_of_output(name));
    Ok(plan)
}

/// The plan of a file of workloads as it would be kept, but for what is long and not compared.
fn planned(path: &Path, set: &Overrides, setup: &Setup) -> Result<SavedPlan> {
    let reader = Reader::new(&setup.catalog)
        .overriding(set, &[])
        .ignoring(&setup.ignore_columns, false)
        .keeping_cells();
    let entries = reader.read_all(&[path])?;
    let (workloads, inputs): (Vec<_>, Vec<_>) = entries.into_iter().map(|it| (it.workload, it.cells)).unzip();
    let fleet = setup.plan(&workloads)?;
    let context = Context { inputs, ..setup.context("plan", &workloads).within(&fleet) };
    let text = if setup.shared {
        // Plans are compared as all run today, so no other pool is packed.
        let fleet = Fleet { runtimes: Vec::new(), ..fleet.advised() };
        let believed = fleet.believed();
        let places = setup.pools(&believed)?;
        let pools = Pools::new(&places, &setup.rules, Shown { pods: setup.pods, details: false });
        json::text(&context, &Checked::without(&pools, &fleet.entries).records())?
    } else {
        let rows = decision::rows(&fleet);
        let columns: Vec<_> = decision_columns::columns()
            .into_iter()
            .filter(|column| column.heading.show != Show::Nested)
            .collect();
        json::text(&context, &[Records::of("decisions", &columns, &rows)])?
    };
    Ok(SavedPlan::read(Source { file: &path.display().to_string(), text: &text })?)
}
