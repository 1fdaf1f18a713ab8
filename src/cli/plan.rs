//! `tonnage plan`.

use super::output::Output;
use super::settings::flags::Flags;
use super::settings::uses::*;
use super::stream::{Streaming, write_row};
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use clap::{Args, ValueEnum};
use tonnage::report::context::Context as MadeWith;
use tonnage::render::{RenderError, Rows};
use tonnage::report::plan::decision::Decision;
use tonnage::report::plan::decisions;
use tonnage::report::plan::{Made, PlanReport, View, plans};
use tonnage::report::pools::Pools;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::shared_pools::SharedPools;

/// Why a confidence is refused for a pool.
const NO_CONFIDENCE: &str = "a shared pool is planned at the best estimates, which no confidence changes; leave it out";

/// Plan what should run, what it costs a month, and what to change
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage plan workloads.csv --provider aws --region us-east-1
  tonnage plan workloads.csv --workload orders --set events_per_day=150M --details
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
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | TRAFFIC | POOL | WORTH | SAMPLING }>,
}

/// What rows are made by.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// Workload and runtime
    Runtime,
}

impl Plan {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        let view = match (self.details, self.by) {
            (true, _) => View::Details,
            (_, Some(By::Runtime)) => View::ByRuntime,
            _ => View::Overview,
        };
        if let Some(format) = self.output.format(setup.format)?.rows
            && let Some(planners) = setup.planners()
            && let Some((reader, files)) = self.workloads.stream(&setup)?
        {
            let headings = match view {
                View::ByRuntime => plans::columns().iter().map(|column| column.heading).collect(),
                _ => decisions::columns().iter().map(|column| column.heading).collect::<Vec<_>>(),
            };
            let rows = if view == View::ByRuntime { by_runtime } else { by_workload };
            let streaming =
                Streaming { planners: &planners, sampling: setup.sampling, headings: &headings, rows, format };
            let has_infeasible = streaming.run(reader, files, &self.output)?;
            return Ok(setup.status(has_infeasible));
        }
        let entries = self.workloads.read_entries(&setup)?;
        let (workloads, inputs): (Vec<_>, Vec<_>) =
            entries.into_iter().map(|entry| (entry.workload, entry.cells)).unzip();
        let Some(reserve) = setup.shared else {
            let fleet = setup.plan(&workloads)?;
            let made =
                Made { view, purchase: setup.policy.purchase.to_string() };
            let context = MadeWith { inputs, ..setup.context("plan") };
            self.output.report(&PlanReport::new(&fleet, made), &context, setup.format)?;
            return Ok(setup.status(fleet.has_infeasible()));
        };
        if setup.confidence.is_some() {
            return Err(setup.mistake("confidence", NO_CONFIDENCE).into());
        }
        let fleet = setup.plan_unsampled(&workloads)?;
        let sharing = SharedPools::new(&fleet, reserve);
        let context = MadeWith { inputs, ..setup.context("plan") };
        self.output.report(&Pools::new(&sharing, self.details), &context, setup.format)?;
        Ok(setup.status(sharing.leaves_out()))
    }
}

/// A row a workload.
fn by_workload(planned: &[PlannedWorkload<'_>], rows: &mut dyn Rows) -> Result<(), RenderError> {
    let columns = decisions::columns();
    planned.iter().try_for_each(|entry| write_row(&columns, &Decision { entry }, rows))
}

/// A row a workload and runtime.
fn by_runtime(planned: &[PlannedWorkload<'_>], rows: &mut dyn Rows) -> Result<(), RenderError> {
    let columns = plans::columns();
    let mut all = planned.iter().flat_map(plans::rows_of);
    all.try_for_each(|row| write_row(&columns, &row, rows))
}
