//! `tonnage simulate`.

use super::drawing::Drawing;
use super::failures::{GroupFlags, group_settings, span};
use super::settings::flags::Flags;
use super::within::within;
use super::workload_flags::WorkloadArgs;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::path::PathBuf;
use tonnage::input::diagnostic::read_file;
use tonnage::input::{hourly, quantity};
use tonnage::report::contradicted::{Checked, believed};
use tonnage::report::figures::whole;
use tonnage::report::plan::notes::NO_TIME_OF_EVENT;
use tonnage::report::simulate::{Simulated, Simulation, SimulationReport};
use tonnage::settings::uses::*;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::plan::Plan;
use tonnage_model::runtime::Discipline;
use tonnage_model::scenario::failure::FailureScenario;
use tonnage_model::scenario::kept::KeptToday;
use tonnage_model::scenario::series::Hours;
use tonnage_simulate::Outcome;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::study::{Failure, Study};
use tonnage_simulate::system::System;

/// Events of all runs of a workload, about.
const EVENTS: &str = "400k";
/// The same where something fails or rates change, as a run has to go on until the lag is gone.
const EVENTS_OVER_TIME: f64 = 20e6;
/// More take minutes.
const MOST_EVENTS: f64 = 2e9;

/// Simulate plans event by event, and how lag drains after a failure
#[derive(Args)]
#[command(mut_arg("session_timeout", |it| it.hide_short_help(true)))]
#[command(mut_arg("rebalance", |it| it.hide_short_help(true)))]
#[command(mut_arg("assignor", |it| it.hide_short_help(true)))]
#[command(after_help = "\
Examples:
  tonnage simulate workloads.csv
  tonnage simulate workloads.csv --workload orders --fail zone
  tonnage simulate workloads.csv --workload orders --hourly-csv rates.csv")]
pub struct Simulate {
    #[command(flatten)]
    workloads: WorkloadArgs,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | PLANNING | WORTH }>,
}

/// What is simulated.
#[derive(Args)]
struct How {
    #[command(flatten)]
    arriving: Arriving,
    #[command(flatten)]
    failing: Failing,
    /// How clients fetch, instead of what their profiles say
    #[arg(long, value_name = "HOW", value_parser = discipline, hide_short_help = true)]
    discipline: Option<Discipline>,
    /// Events of each workload, about
    #[arg(long, value_name = "N", default_value = EVENTS, value_parser = within(quantity::count, 1e4..=1e9, "a number from 10k to 1G, such as 2M"))]
    events: f64,
    /// Seed of the random numbers; a seed gives the same bytes on any number of threads
    #[arg(long, value_name = "N", default_value_t = 1, hide_short_help = true)]
    seed: u64,
    #[command(flatten)]
    group: GroupFlags,
}

/// How events arrive.
#[derive(Args)]
struct Arriving {
    /// Share of the peak rate
    #[arg(long, value_name = "SHARE", default_value = "100%", value_parser = within(quantity::share, f64::MIN_POSITIVE..=10.0, "a share above 0 and up to 1000%, such as 80%"))]
    load: f64,
    /// Mean size of bursts; 1 for single events
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = within(quantity::number, 1.0..=1e6, "a number from 1 to 1e6, such as 20"))]
    bursts: f64,
    /// Rates in even steps, CSV: hour or timestamp, and rate or events
    #[arg(long, value_name = "FILE", conflicts_with = "load")]
    hourly_csv: Option<PathBuf>,
}

/// What fails.
#[derive(Args)]
struct Failing {
    /// What fails
    #[arg(long, value_name = "WHAT", value_enum)]
    fail: Option<Fails>,
    /// When, from the beginning
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = span, requires = "fail")]
    at: f64,
    /// How long it is followed from then [until the lag is gone]
    #[arg(long, value_name = "TIME", value_parser = span, requires = "fail", hide_short_help = true)]
    until: Option<f64>,
}

/// [`FailureScenario`] as a word.
#[derive(Clone, Copy, ValueEnum)]
enum Fails {
    /// All instances of the zone with the busiest member are lost
    Zone,
    /// The instance with the busiest member is lost
    Instance,
    /// All instances are replaced, one after another
    Deploy,
    /// One process dies and is started again at once
    Crash,
}

impl Fails {
    fn scenario(self) -> FailureScenario {
        match self {
            Self::Zone => FailureScenario::ZoneLost,
            Self::Instance => FailureScenario::InstanceLost,
            Self::Deploy => FailureScenario::Deploy,
            Self::Crash => FailureScenario::Crash,
        }
    }
}

fn discipline(text: &str) -> Result<Discipline, String> {
    Discipline::of_word(text).ok_or_else(|| "must be fair, gated or yielding".to_owned())
}

impl Simulate {
    pub fn run(self) -> Result<u8> {
        let Self { workloads, how, drawing, settings } = self;
        drawing.keep(workloads.files().iter().chain(&how.arriving.hourly_csv))?;
        let setup = settings.load()?;
        let hours =
            how.arriving.hourly_csv.as_deref().map(|path| read_file(path, hourly::read)).transpose()?;
        let workloads = workloads.read(&setup)?;
        let planned = setup.plan(&workloads)?;
        let fleet = planned.advised();
        let believed = believed(&fleet)?;
        let simulate = |entry| how.simulate(entry, hours.as_ref());
        let all = believed.entries.iter().map(simulate).collect::<Result<Vec<_>>>()?;
        let has_infeasible = all.iter().any(|it| it.plan.is_err());
        let report = SimulationReport::new(all, how.seed);
        let mut made = setup.context("simulate", &workloads);
        made.settings.extend(group_settings(&how.group.settings()));
        let report = Checked::without(&report, &fleet.entries);
        drawing.report(&report, &made, setup.format)?;
        Ok(setup.status(has_infeasible))
    }
}

impl How {
    /// Simulates what goes on as it runs today, else the plan that is recommended for a workload or the one in today's runtime.
    fn simulate<'a>(&self, entry: &'a PlannedWorkload<'a>, hours: Option<&Hours>) -> Result<Simulated<'a>> {
        let workload = entry.problem.workload.name.as_str();
        let (kept, running) = KeptToday::running(entry);
        let running = running.map(|plan| {
            let left = match self.failing.fail {
                Some(fails) => fails.scenario().standstill(&plan, &self.group.settings()).instances_left,
                None => plan.count.instances,
            };
            let rate = plan.sizing.peak_rate * self.arriving.load;
            kept.and_then(|kept| kept.slowed(&plan, entry.problem.workload, rate, left)).unwrap_or(plan)
        });
        // How long it takes to catch up is told of the most that an event may take, as `failures` tells it.
        let is_untimed = self.failing.fail.is_none() && entry.problem.may_be_of_system_alone();
        let plan = match running.map_or_else(|| entry.recommendation.plan().cloned(), Ok) {
            Ok(_) if is_untimed => Err(NO_TIME_OF_EVENT.to_owned()),
            Ok(plan) => Ok(self.plan(workload, plan, hours)?),
            Err(reason) => Err(reason.to_string()),
        };
        Ok(Simulated { workload, kept, plan })
    }

    fn plan<'a>(&self, workload: &str, plan: Plan<'a>, hours: Option<&Hours>) -> Result<Simulation<'a>> {
        let discipline = self.discipline.unwrap_or(plan.runtime.fetching.discipline);
        let system = System::of_plan(&plan, discipline);
        let sizing = &plan.sizing;
        let arrivals = match hours {
            Some(hours) => Arrivals::in_steps(hours.rates(sizing.mean_rate), hours.step_seconds()),
            None => Arrivals::steady(sizing.peak_rate * self.arriving.load),
        };
        let arrivals = arrivals.in_bursts(self.arriving.bursts);
        let over_time = self.events.max(EVENTS_OVER_TIME);
        let study = match self.failing.fail {
            Some(fails) => {
                let failure = Failure {
                    scenario: fails.scenario(),
                    at_seconds: self.failing.at,
                    until_seconds: self.failing.until,
                    group: self.group.settings(),
                    startup_seconds: plan.runtime.seconds_to_first_event(),
                    zones: sizing.policy.zones as usize,
                };
                Study::failing(&plan, system, arrivals, over_time, self.seed, failure)
            }
            None if hours.is_some() => Study::of(&plan, system, arrivals, over_time, self.seed),
            None => Study::of(&plan, system, arrivals, self.events, self.seed),
        };
        if study.events() > MOST_EVENTS {
            bail!(
                "{workload}: {} events would have to be simulated, and {} are the most; give a lower --load, a shorter \
                 --until or a shorter series",
                whole(study.events()),
                whole(MOST_EVENTS)
            );
        }
        let outcomes: Vec<Outcome> =
            (0..study.runs).into_par_iter().map(|number| study.run(number)).collect();
        let findings = study.findings(&plan, &outcomes);
        Ok(Simulation { plan, discipline, study, findings })
    }
}
