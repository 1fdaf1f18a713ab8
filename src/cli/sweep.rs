//! `tonnage sweep`.

use super::drawing::Drawing;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use tonnage::input::nearest::guess;
use tonnage::input::number::{Number, Unit};
use tonnage::input::two_readings::Marks;
use tonnage::input::{columns, quantity};
use tonnage::report::Report;
use tonnage::report::contradicted::Checked;
use tonnage::report::crossings::CrossingsReport;
use tonnage::report::sweep::{Moved, SweepReport};
use tonnage::report::sweep_months::MonthsReport;
use tonnage::settings::setup::Setup;
use tonnage::settings::uses::*;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::scenario::crossings::{Axis, CrossingSearch, MOST_PLANS};
use tonnage_model::scenario::growth::Forecast;
use tonnage_model::scenario::kept::KeptToday;
use tonnage_model::workload::Input;
use tonnage_model::workload::Workload;

/// Values that are drawn.
const DRAWN: u32 = 60;

/// What moves the volume month by month.
const MONTHS: &str = "months";

/// Move one quantity, and show what changes: months ahead, or any number of a workload
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage sweep workloads.csv --over months
  tonnage sweep workloads.csv --workload orders --over events_per_day --to 500M
  tonnage sweep workloads.csv --workload orders --over io_ratio --provider aws")]
pub struct Sweep {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// What to move: months ahead, or a column that holds a number, such as events_per_day; all else stays
    #[arg(long, value_name = "QUANTITY", value_parser = over)]
    over: Over,
    #[command(flatten)]
    ends: Ends,
    /// Show all runtimes, turning points and reasons (months)
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | TRAFFIC | WORTH }>,
}

/// What is moved.
#[derive(Clone, Copy)]
enum Over {
    Months,
    Number(Number, Input),
}

/// `months`, or a column that holds a number.
fn over(text: &str) -> Result<Over, String> {
    if text == MONTHS {
        return Ok(Over::Months);
    }
    if let Some((number, input)) = columns::numbers().find(|(_, input)| input.column() == text) {
        return Ok(Over::Number(number, input));
    }
    let known: Vec<&str> =
        std::iter::once(MONTHS).chain(columns::numbers().map(|(_, input)| input.column())).collect();
    let meant = columns::meant(text)
        .filter(|name| known.contains(name))
        .or_else(|| guess(text, known.iter().copied()));
    let hint = meant.map_or(String::new(), |name| format!("; did you mean {name:?}?"));
    Err(format!("it must be {MONTHS} or a column that holds a number{hint}"))
}

/// Ends of the range as they are given.
#[derive(Args)]
struct Ends {
    /// Where to begin [a tenth of the workload's value; io_ratio, features_per_month: 0]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    from: Option<String>,
    /// Where to end [months: 24; ten times the workload's value; io_ratio: 0.99; features_per_month: 10, or twice the
    /// workload's]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    to: Option<String>,
}

impl Ends {
    /// The last month.
    fn months(&self) -> Result<u32> {
        if self.from.is_some() {
            bail!("--from: months are counted from today; leave it out");
        }
        let Some(text) = &self.to else { return Ok(24) };
        let months = quantity::whole(text).filter(|months| *months <= 120);
        months.with_context(|| {
            format!("--to: it is {text:?}, but must be a whole number of months from 1 to 120")
        })
    }

    /// The ends for a number of a workload.
    fn of(&self, moved: Moved<'_>) -> Result<(f64, f64)> {
        let Moved { workload, number, axis } = moved;
        let today = axis.input().get(workload).filter(|today| *today > 0.0);
        let near = |times: f64| today.map(|today| number.clamp(today * times));
        let (lowest, highest) = match axis {
            Axis::IoRatio => (Some(0.0), Some(0.99)),
            Axis::FeaturesPerMonth => (Some(0.0), Some(f64::max(10.0, 2.0 * today.unwrap_or(0.0)))),
            Axis::EventsPerDay => (near(0.1).map(f64::round), near(10.0).map(f64::round)),
            Axis::Number(_) => (near(0.1), near(10.0)),
        };
        let end = |flag: &str, given: &Option<String>, default: Option<f64>| match given {
            Some(text) => self
                .read(number, axis, text)
                .map_err(|allowed| anyhow!("{flag}: it is {text:?}, but must be {allowed}")),
            None => default.with_context(|| {
                let column = axis.input().column();
                format!("{flag} is missing: {} has no {column} above 0 to begin with", workload.name)
            }),
        };
        Ok((end("--from", &self.from, lowest)?, end("--to", &self.to, highest)?))
    }

    /// A value within the column's limits, and on one of the axis's steps; else what is allowed.
    fn read(&self, number: Number, axis: Axis, text: &str) -> Result<f64, String> {
        let step = axis.step();
        let marks = Marks::of([&self.from, &self.to].into_iter().flatten().map(String::as_str));
        let value = number.read(text, marks).ok_or_else(|| number.allowed())?;
        let steps = value / step;
        let is_on_step = step == 0.0 || (steps - steps.round()).abs() < 1e-6;
        if is_on_step { Ok(value) } else { Err(format!("a multiple of {step}")) }
    }
}

impl Sweep {
    pub fn run(self) -> Result<u8> {
        self.drawing.keep(self.workloads.files())?;
        let setup = self.settings.load()?;
        let Self { workloads, over, ends, details, drawing, .. } = self;
        match over {
            Over::Months => {
                let until = ends.months()?;
                months(&setup, &workloads.read(&setup)?, until, details, &drawing)
            }
            Over::Number(..) if details => bail!("--details is for --over {MONTHS}; leave it out"),
            Over::Number(number, input) => {
                let workload = &workloads.read_one(&setup)?.workload;
                over_number(&setup, Moved { workload, number, axis: Axis::of(input) }, &ends, &drawing)
            }
        }
    }
}

fn months(
    setup: &Setup,
    workloads: &[Workload],
    months: u32,
    details: bool,
    drawing: &Drawing,
) -> Result<u8> {
    let planned = setup.plan(workloads)?;
    let fleet = planned.advised();
    // From what each decision begins with.
    let forecasts = fleet.entries.iter().map(|entry| {
        let (problem, kept) = (entry.problem.clone(), KeptToday::of(entry));
        Forecast::new(problem, &entry.planner.runtimes, &entry.planner.machines, setup.policy, months, kept)
    });
    let forecasts: Vec<Forecast<'_>> = forecasts.collect();
    let report = MonthsReport::new(&forecasts, &fleet.entries, details);
    let report = Checked::new(&report, &fleet.entries);
    drawing.report(&report, &setup.context("sweep"), setup.format)?;
    Ok(setup.status(planned.has_infeasible() || forecasts.iter().any(Forecast::has_infeasible)))
}

fn over_number(setup: &Setup, moved: Moved<'_>, ends: &Ends, drawing: &Drawing) -> Result<u8> {
    let Moved { workload, number, axis } = moved;
    let (from, to) = ends.of(moved)?;
    let planned = setup.plan(std::slice::from_ref(workload))?;
    let advised = planned.advised();
    // What is moved is not changed.
    let is_moved =
        |entry: &PlannedWorkload<'_>| entry.change.is_some_and(|it| it.cell().0 == axis.input().column());
    let fleet = if advised.entries.iter().any(is_moved) { &planned } else { &advised };
    let (before, entry) =
        planned.entries.first().zip(fleet.entries.first()).context("one workload is planned")?;
    let search = CrossingSearch {
        problem: &before.problem,
        runtimes: &before.planner.runtimes,
        machines: &before.planner.machines,
        policy: setup.policy,
        terms: setup.terms,
        most_plans: MOST_PLANS,
        change: entry.change,
    };
    let report =
        |it: &dyn Report| drawing.report(&Checked::new(it, [entry]), &setup.context("sweep"), setup.format);
    let is_stuck = if let Axis::Number(_) = axis {
        let found = search.over(axis, from, to, number.unit == Unit::Whole)?;
        report(&SweepReport::new(&search, &found, moved, entry))?;
        found.points.iter().any(|it| it.cheapest.is_none())
    } else {
        let found = search.along(axis, from, to)?;
        let drawn = search.drawn(axis, (from, to), DRAWN)?;
        report(&CrossingsReport::new(&search, &found, &drawn, entry))?;
        found.intervals.iter().any(|it| it.cheapest.is_none())
    };
    Ok(setup.status(is_stuck))
}
