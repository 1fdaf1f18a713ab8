//! `tonnage sweep`.

use super::output::Output;
use super::settings::Settings;
use super::setup::Setup;
use super::workload_flags::OneWorkloadArgs;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::time::{Duration, Instant};
use tonnage::input::quantity;
use tonnage::report::context::Context as Made;
use tonnage::report::sweep::CrossingsReport;
use tonnage::report::sweep_months::MonthsReport;
use tonnage_model::scenario::crossings::{Axis, CrossingSearch};
use tonnage_model::scenario::growth::Forecast;
use tonnage_model::workload::Workload;

/// A search that takes longer is given up.
const LONGEST: Duration = Duration::from_secs(8);

/// Move one quantity, and show what changes: months ahead, volume, waiting, features
#[derive(Args)]
pub struct Sweep {
    #[command(flatten)]
    workloads: OneWorkloadArgs,
    /// The quantity that is moved, all others staying
    #[arg(long, value_enum, value_name = "QUANTITY")]
    over: Over,
    /// Where to begin [months: today; events_per_day: a tenth of the workload's; io_ratio, features_per_month: 0]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    from: Option<String>,
    /// Where to end [months: 24; events_per_day: ten times the workload's; io_ratio: 0.99; features_per_month: 10, or
    /// twice the workload's]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    to: Option<String>,
    /// Show all runtimes, turning points and reasons (months)
    #[arg(long)]
    details: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    settings: Settings,
}

/// What is moved, as a word.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Over {
    /// Months ahead, growing by growth_pct_per_month
    Months,
    /// Volume
    EventsPerDay,
    /// Share of the handler's time that is waiting
    IoRatio,
    /// Features built a month
    FeaturesPerMonth,
}

impl Over {
    /// What crossings are looked for along; nothing for months, which move more than one quantity.
    fn axis(self) -> Option<Axis> {
        match self {
            Self::Months => None,
            Self::EventsPerDay => Some(Axis::EventsPerDay),
            Self::IoRatio => Some(Axis::IoRatio),
            Self::FeaturesPerMonth => Some(Axis::FeaturesPerMonth),
        }
    }

    /// What an end of the range may be, as in the column of the same name.
    fn allowed(self) -> &'static str {
        match self {
            Self::Months => "a whole number of months from 1 to 120",
            Self::EventsPerDay => "a whole number of events from 1 to 1e15, such as 50M",
            Self::IoRatio => "a share from 0 to 0.9999 in steps of 0.0001, such as 0.85 or 85%",
            Self::FeaturesPerMonth => "a number from 0 to 1e6, such as 1.5",
        }
    }

    fn read(self, text: &str) -> Option<f64> {
        match self {
            Self::Months => quantity::whole(text).filter(|months| *months <= 120).map(f64::from),
            Self::EventsPerDay => {
                quantity::count(text).filter(|events| (1.0..=1e15).contains(events) && events.fract() == 0.0)
            }
            Self::IoRatio => quantity::share(text).filter(|share| {
                let steps = share * 1e4;
                (0.0..=0.9999).contains(share) && (steps - steps.round()).abs() < 1e-6
            }),
            Self::FeaturesPerMonth => {
                quantity::number(text).filter(|features| (0.0..=1e6).contains(features))
            }
        }
    }

    fn default_range(self, workload: &Workload) -> (f64, f64) {
        match self {
            Self::Months => (0.0, 24.0),
            Self::EventsPerDay => {
                let events = workload.events_per_day;
                ((events / 10.0).round().max(1.0), (events * 10.0).round().min(1e15))
            }
            Self::IoRatio => (0.0, 0.99),
            Self::FeaturesPerMonth => (0.0, f64::max(10.0, 2.0 * workload.outlook.features_per_month)),
        }
    }
}

impl Sweep {
    pub fn run(self) -> Result<u8> {
        let setup = self.settings.load()?;
        setup.refuse_confidence()?;
        match self.over.axis() {
            None => months(setup, self.workloads, self.output, self.details, (self.from, self.to)),
            Some(axis) => crossings(setup, self.workloads, self.output, (self.over, axis), (self.from, self.to)),
        }
    }
}

/// An end of the range as it was given.
type End = Option<String>;

fn end(over: Over, flag: &str, given: &End, default: f64) -> Result<f64> {
    let Some(text) = given else { return Ok(default) };
    over.read(text).with_context(|| format!("{flag}: it is {text:?}, but must be {}", over.allowed()))
}

fn months(setup: Setup, workloads: OneWorkloadArgs, output: Output, details: bool, (from, to): (End, End)) -> Result<u8> {
    if from.is_some() {
        bail!("--from: months are counted from today; leave it out");
    }
    let workloads = workloads.read_all(&setup.catalog)?;
    let months = end(Over::Months, "--to", &to, 24.0)? as u32;
    let runtimes = setup.runtimes();
    let forecasts: Vec<Forecast<'_>> = workloads
        .iter()
        .map(|workload| Forecast::new(&setup.catalog, &runtimes, workload, setup.policy, months))
        .collect::<Result<_, _>>()?;
    let fleet = setup.plan_unsampled(&workloads)?;
    let recommended = fleet.entries.iter().map(|entry| entry.recommendation.runtime).collect();
    let report = MonthsReport::new(&forecasts, recommended, details);
    output.report(&report, &Made { command: "sweep", ..Made::default() }, setup.format)?;
    Ok(setup.status(forecasts.iter().any(Forecast::has_infeasible)))
}

fn crossings(
    setup: Setup,
    workloads: OneWorkloadArgs,
    output: Output,
    (over, axis): (Over, Axis),
    (from, to): (End, End),
) -> Result<u8> {
    let workloads = workloads.read(&setup.catalog)?;
    let Some(workload) = workloads.first() else { bail!("there is no workload") };
    let (lowest, highest) = over.default_range(workload);
    let from = end(over, "--from", &from, lowest)?;
    let to = end(over, "--to", &to, highest)?;
    let problem = setup.catalog.problem(workload)?;
    let (runtimes, machines) = (setup.runtimes(), setup.catalog.candidates());
    let started = Instant::now();
    let search = CrossingSearch {
        problem: &problem,
        runtimes: &runtimes,
        machines: &machines,
        policy: setup.policy,
        terms: setup.terms,
        is_over: &|| started.elapsed() > LONGEST,
    };

    let found = search.along(axis, from, to)?;
    let made = Made { command: "sweep", ..Made::default() };
    output.report(&CrossingsReport::new(&found, workload), &made, setup.format)?;
    Ok(0)
}
