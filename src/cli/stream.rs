//! Workloads planned and written as they are read, in constant memory: rows of CSV and JSON lines.

use super::output::{Output, Sink};
use super::setup;
use super::workload_flags::WorkloadArgs;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::path::PathBuf;
use tonnage::input::workloads::{Mistakes, Reader, Stream};
use tonnage::render::{RenderError, Rows};
use tonnage::report::column::{Column, Heading};
use tonnage::settings::setup::Setup;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::planner::Planners;
use tonnage_model::uncertain::latin_hypercube::Sampling;
use tonnage_model::uncertain::monte_carlo;
use tonnage_model::workload::Workload;

/// Workloads that are read before the first row is written: a file no longer than this leaves no row behind where
/// something is wrong with it.
const CHUNK: usize = 8192;
/// Workloads that a thread plans at a time.
const GRAIN: usize = 128;

/// Samples planned workloads.
type Sampled = for<'w> fn(Vec<PlannedWorkload<'w>>, Sampling) -> Vec<PlannedWorkload<'w>>;

/// Writes the rows of some workloads, and gives whether one of these has no plan.
pub type RowsOf<'s> = dyn Fn(&[PlannedWorkload<'_>], &mut dyn Rows) -> Result<bool> + Sync + 's;

/// The headings of columns.
pub fn headings<R>(columns: &[Column<R>]) -> Vec<Heading> {
    columns.iter().map(|column| column.heading).collect()
}

/// Writes one row by its columns.
pub fn write_row<R>(columns: &[Column<R>], row: &R, rows: &mut dyn Rows) -> Result<(), RenderError> {
    for column in columns {
        if rows.wants(&column.heading) {
            rows.field(&column.heading, &(column.value)(row))?;
        }
    }
    rows.end()
}

/// Plans workloads and writes their rows as they are read, where the format is written so and each is planned by itself.
/// `headings` are the columns of the rows. Gives whether some workload has no plan, or `None` where nothing can be written so.
pub fn stream(
    setup: &Setup,
    workloads: &WorkloadArgs,
    output: &Output,
    headings: &[Heading],
    rows: &RowsOf<'_>,
) -> Result<Option<bool>> {
    let (Some(format), Some(planners), Some((reader, files))) =
        (output.format(setup.format)?.rows, setup.planners(), workloads.stream(setup)?)
    else {
        return Ok(None);
    };
    let streaming = Streaming { planners: &planners, setup, rows, headings, format };
    streaming.run(reader, files, output).map(Some)
}

/// What workloads are planned with and how they are written.
struct Streaming<'s, 'a> {
    /// Plans each of them.
    planners: &'s Planners<'a>,
    /// What they are planned by.
    setup: &'s Setup,
    /// The rows of each.
    rows: &'s RowsOf<'s>,
    /// The columns of the rows.
    headings: &'s [Heading],
    /// The format of the rows.
    format: fn() -> Box<dyn Rows>,
}

/// What has come of it so far.
struct Progress {
    mistakes: Mistakes,
    has_infeasible: bool,
    has_ranges: bool,
    bar: ProgressBar,
}

impl<'a> Streaming<'_, 'a> {
    /// Reads files, plans what is in them and writes its rows in that order. Gives whether some workload has no plan.
    fn run(&self, mut reader: Reader<'_>, files: &[PathBuf], output: &Output) -> Result<bool> {
        let (has_infeasible, has_ranges) = (false, false);
        let mut progress =
            Progress { mistakes: Mistakes::default(), has_infeasible, has_ranges, bar: bar(output) };
        let mut sink = output.sink()?;
        let mut header = (self.format)();
        header.header(self.headings)?;
        let mut pending = header.take()?;
        for file in files {
            self.file(reader.stream(file), &mut pending, &mut sink, &mut progress)?;
        }
        progress.bar.finish_and_clear();
        progress.mistakes.extend(reader.finish());
        progress.mistakes.finish()?;
        sink.write(&pending)?;
        sink.finish()?;
        setup::tell_unsampled(self.setup, Some(progress.has_ranges));
        Ok(progress.has_infeasible)
    }

    /// One file, a chunk after the other: the next is read while one is planned.
    fn file(
        &self,
        mut items: Stream<'_>,
        pending: &mut Vec<u8>,
        sink: &mut Sink,
        progress: &mut Progress,
    ) -> Result<()> {
        let mut chunk = read(&mut items, &mut progress.mistakes);
        while !chunk.is_empty() {
            let goes_on = progress.mistakes.is_empty();
            let (next, planned) = rayon::join(
                || read(&mut items, &mut progress.mistakes),
                || if goes_on { self.plan(&chunk) } else { Ok((Vec::new(), false)) },
            );
            let (rows, has_infeasible) = planned?;
            progress.bar.inc(chunk.len() as u64);
            progress.has_infeasible |= has_infeasible;
            progress.has_ranges |= chunk.iter().any(|it| !it.ranges.is_empty());
            if progress.mistakes.is_empty() {
                sink.write(pending)?;
                *pending = rows;
            }
            chunk = next;
        }
        Ok(())
    }

    /// The rows of some workloads, and whether one of these has no plan.
    fn plan(&self, workloads: &[Workload]) -> Result<(Vec<u8>, bool)> {
        // What is sampled of a grain stays in memory, so that of several each core has no more than one.
        let sampled = if workloads.len() > GRAIN { monte_carlo::sampled } else { setup::sampled };
        let parts: Vec<(Vec<u8>, bool)> =
            workloads.par_chunks(GRAIN).map(|grain| self.grain(grain, sampled)).collect::<Result<_>>()?;
        let has_infeasible = parts.iter().any(|(_, has_infeasible)| *has_infeasible);
        Ok((parts.into_iter().flat_map(|(rows, _)| rows).collect(), has_infeasible))
    }

    fn grain<'w>(&self, workloads: &'w [Workload], sampled: Sampled) -> Result<(Vec<u8>, bool)>
    where
        'a: 'w,
    {
        let plan = |workload: &'w Workload| Ok(self.planners.plan(workload)?);
        let planned: Vec<PlannedWorkload<'w>> = workloads.iter().map(plan).collect::<Result<_>>()?;
        let planned = sampled(planned, self.setup.sampling);
        let mut rows = (self.format)();
        let has_infeasible = (self.rows)(&planned, &mut *rows)?;
        Ok((rows.take()?, has_infeasible))
    }
}

/// Tells on standard error how far it is, where that is a terminal that the rows do not fill.
fn bar(output: &Output) -> ProgressBar {
    let style = ProgressStyle::with_template("{human_pos} workloads planned, {per_sec}");
    let bar = match output.is_on_terminal() {
        true => ProgressBar::hidden(),
        false => ProgressBar::no_length(),
    };
    style.map_or(ProgressBar::hidden(), |style| bar.with_style(style))
}

/// The next workloads; what is wrong goes to `mistakes`.
fn read(items: &mut Stream<'_>, mistakes: &mut Mistakes) -> Vec<Workload> {
    let mut chunk = Vec::with_capacity(CHUNK);
    for item in items.by_ref() {
        match item {
            Ok(entry) => chunk.push(entry.workload),
            Err(found) => mistakes.extend(found),
        }
        if chunk.len() == CHUNK {
            break;
        }
    }
    chunk
}
