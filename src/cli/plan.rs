//! `tonnage plan`.

use super::drawing::Drawing;
use super::output::{self, Output};
use super::settings::flags::Flags;
use super::setup::{self, sampled};
use super::stream::{self, RowsOf, write_row};
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tonnage::render::{Rows, json};
use tonnage::report::context::Context as MadeWith;
use tonnage::report::contradicted::Checked;
use tonnage::report::pipelines::Pipelines;
use tonnage::report::plan::decision::Decision;
use tonnage::report::plan::decision_columns;
use tonnage::report::plan::{Made, PlanReport, View, plans};
use tonnage::report::pools::{Pools, Shown};
use tonnage::report::{Report, Together};
use tonnage::settings::setup::Setup;
use tonnage::settings::uses::*;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::pipeline::Study;

/// Why rows by runtime are refused for a pool.
const NO_VIEW: &str = "a shared pool has a row for every runtime already; leave out --by";

/// Why settings are refused for a file of pipelines.
const NOT_OF_PIPELINES: &str = "the files hold pipelines only, to which it does not apply; leave it out";

/// Plan what should run, what it costs a month, and what to change
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage plan workloads.csv -o plan.md
  tonnage plan workloads.csv --workload orders --set peak_factor=4 --details
  tonnage plan --events-per-day 50M --event-size 1.2KB --io-ratio 0.85 --handler-ms 8")]
pub struct Plan {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// Show runtimes side by side, options, criteria, evidence and notes
    #[arg(long, conflicts_with = "by")]
    details: bool,
    /// Show a row for every workload and runtime, and totals
    #[arg(long, value_enum, value_name = "WHAT")]
    by: Option<By>,
    /// Also keep the plan in this file, for tonnage diff
    #[arg(long, value_name = "FILE.json", value_parser = saved)]
    save: Option<PathBuf>,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | TRAFFIC | POOL | NODES | WORTH | SAMPLING }>,
}

/// What rows are made by.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// Workload and runtime
    Runtime,
}

/// The command with its settings put to use.
struct Planning {
    setup: Setup,
    workloads: WorkloadArgs,
    details: bool,
    by: Option<By>,
    save: Option<PathBuf>,
    drawing: Drawing,
}

/// A file for a plan. Another ending is refused, as a file of workloads may be meant.
fn saved(path: &str) -> Result<PathBuf, String> {
    match path.ends_with(".json") {
        true => Ok(path.into()),
        false => Err("must end in .json, as a plan is kept as JSON".to_owned()),
    }
}

impl Plan {
    pub fn run(self) -> Result<u8> {
        let Self { workloads, details, by, save, drawing, settings } = self;
        drawing.keep(workloads.files())?;
        output::keep("--save", save.as_deref(), workloads.files())?;
        Planning { setup: settings.load()?, workloads, details, by, save, drawing }.run()
    }
}

impl Planning {
    fn run(mut self) -> Result<u8> {
        let setup = &self.setup;
        let pipelines = self.workloads.take_pipelines(&setup.catalog)?;
        let pipelines_alone = !pipelines.is_empty() && self.workloads.is_empty();
        self.refuse(pipelines_alone)?;
        if pipelines.is_empty() {
            return match self.stream()? {
                Some(has_infeasible) => Ok(setup.status(has_infeasible)),
                None => self.workloads(None),
            };
        }
        let runtimes = setup.runtimes();
        let study = |pipeline| Study::new(&setup.catalog, &runtimes, pipeline, setup.policy, setup.terms);
        let studies = pipelines.iter().map(study).collect::<Result<Vec<_>, _>>()?;
        let report = Pipelines::new(&studies, setup.terms, self.details);
        let status = setup.status(studies.iter().any(|study| study.cheapest.is_err()));
        if pipelines_alone {
            setup::tell_unsampled(setup, None);
            self.drawing.report(&report, &setup.context("plan", &[]), setup.format)?;
            return Ok(status);
        }
        Ok(status.max(self.workloads(Some(&report))?))
    }

    /// Refuses what cannot be asked for together, before a row is read.
    fn refuse(&self, pipelines_alone: bool) -> Result<()> {
        let setup = &self.setup;
        let is_shared = setup.shared;
        let sharing = if setup.pods { "unit" } else { "pool" };
        let by_runtime = self.view() == View::ByRuntime;
        let mistakes = [
            (pipelines_alone && by_runtime, "by", NOT_OF_PIPELINES),
            (pipelines_alone && is_shared && setup.is_by_flag(sharing), sharing, NOT_OF_PIPELINES),
            (pipelines_alone && setup.is_by_flag("confidence"), "confidence", NOT_OF_PIPELINES),
            (!pipelines_alone && is_shared && by_runtime, "by", NO_VIEW),
            (pipelines_alone && self.save.is_some(), "save", NOT_OF_PIPELINES),
        ];
        match mistakes.into_iter().find(|(is_asked_for, ..)| *is_asked_for) {
            Some((_, name, message)) => Err(setup.mistake(name, message).into()),
            None => Ok(setup.check_pools(is_shared && !pipelines_alone)?),
        }
    }

    /// Plans rows as they are read, in formats that are written so. Gives whether some workload has no plan.
    fn stream(&self) -> Result<Option<bool>> {
        let setup = &self.setup;
        if self.save.is_some() || self.drawing.is_asked() {
            return Ok(None);
        }
        let (headings, rows): (Vec<_>, &RowsOf<'_>) = match self.view() {
            View::ByRuntime => (stream::headings(&plans::columns()), &by_runtime),
            _ => (stream::headings(&decision_columns::columns()), &by_workload),
        };
        stream::stream(setup, &self.workloads, &self.drawing.output, &headings, rows)
    }

    /// Plans all workloads together, and reports them before what else there is.
    fn workloads(&self, and: Option<&dyn Report>) -> Result<u8> {
        let (setup, view) = (&self.setup, self.view());
        let entries = self.workloads.read_entries(setup)?;
        let (workloads, inputs): (Vec<_>, Vec<_>) =
            entries.into_iter().map(|entry| (entry.workload, entry.cells)).unzip();
        // Called when all is planned, as only then it is known which regions had a part in it.
        let report = |first: &dyn Report, of: &Fleet<'_>| {
            let made = setup.context("plan", &workloads).within(of);
            // A page makes no pipelines again.
            let basis = made.basis.filter(|_| and.is_none());
            let context = MadeWith { inputs, basis, ..made };
            let together = Together(std::iter::once(first).chain(and).collect());
            let kept = self.save.as_ref().map(|_| json::text(&context, &together.records())).transpose()?;
            self.drawing.report(&together, &context, setup.format)?;
            kept.map_or(Ok(()), |text| Output::to(self.save.clone()).write(&text))
        };
        let has_ranges = || workloads.iter().any(|it| !it.ranges.is_empty());
        setup::tell_unsampled(setup, (!setup.shared).then(has_ranges));
        if !setup.shared {
            let mut fleet = setup.plan(&workloads)?;
            fleet.entries = sampled(fleet.entries, setup.sampling);
            let made = Made { view, discounts: setup.discounts.written(), flags: setup.flags() };
            report(&PlanReport::new(&fleet, made), &fleet)?;
            return Ok(setup.status(fleet.has_infeasible()));
        }
        let planned = setup.plan(&workloads)?;
        let fleet = planned.advised();
        let believed = fleet.believed();
        let places = setup.pools(&believed)?;
        let shown = Shown { pods: setup.pods, details: self.details };
        let pools = Pools::new(&places, &setup.rules, shown).less(setup.discounts.written());
        report(&Checked::without(&pools, &fleet.entries), &fleet)?;
        Ok(setup.status(places.iter().any(|it| it.leaves_out(setup.pods))))
    }

    fn view(&self) -> View {
        match (self.details, self.by) {
            (true, _) => View::Details,
            (_, Some(By::Runtime)) => View::ByRuntime,
            _ => View::Overview,
        }
    }
}

/// A row a workload.
fn by_workload(planned: &[PlannedWorkload<'_>], rows: &mut dyn Rows) -> Result<bool> {
    let columns = decision_columns::columns();
    planned.iter().try_for_each(|entry| write_row(&columns, &Decision::of(entry), rows))?;
    Ok(planned.iter().any(PlannedWorkload::has_no_plan))
}

/// A row a workload and runtime.
fn by_runtime(planned: &[PlannedWorkload<'_>], rows: &mut dyn Rows) -> Result<bool> {
    let columns = plans::columns();
    let mut all = planned.iter().flat_map(plans::rows_of);
    all.try_for_each(|row| write_row(&columns, &row, rows))?;
    Ok(planned.iter().any(PlannedWorkload::has_no_plan))
}
