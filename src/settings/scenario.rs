//! Scenarios put to plans: the command line and a page have the same answer from here.

use super::setup::Setup;
use crate::input::columns;
use crate::input::number::{Number, Unit};
use crate::input::two_readings::Marks;
use crate::report::Report;
use crate::report::contradicted::Checked;
use crate::report::crossings::CrossingsReport;
use crate::report::explain::{Explained, explanations};
use crate::report::failures::FailureReport;
use crate::report::figures::listed;
use crate::report::hours::{HoursReport, Rates};
use crate::report::question::{HoursAsked, Range, Scenario};
use crate::report::shown::MOST_NAMED;
use crate::report::sweep::{Moved, SweepReport};
use crate::report::sweep_months::MonthsReport;
use tonnage_model::catalog::ProblemError;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::planner::Planner;
use tonnage_model::scenario::crossings::{Axis, CrossingSearch, CrossingsError, MOST_PLANS};
use tonnage_model::scenario::failure::GroupSettings;
use tonnage_model::scenario::failures::Failures;
use tonnage_model::scenario::growth::Forecast;
use tonnage_model::scenario::hours::{Day, HourTerms, WorkloadHours, study};
use tonnage_model::scenario::kept::KeptToday;
use tonnage_model::scenario::series::Hours;
use tonnage_model::uncertain::sensitivity::tornado;
use tonnage_model::workload::Workload;

/// Values that are drawn.
const DRAWN: u32 = 60;

/// Why a scenario has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A workload that cannot be planned against the catalog.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// A range in which nothing can be found.
    #[error(transparent)]
    Crossings(#[from] CrossingsError),
    /// No workload.
    #[error("no workload is given")]
    NoWorkload,
    /// An end of a range that its column does not allow.
    #[error("--{0}: it is {1:?}, but must be {2}")]
    End(&'static str, String, String),
    /// An end that nothing is known for.
    #[error("--{0} is missing: {1} has no {2} above 0 to begin with")]
    NoEnd(&'static str, String, &'static str),
    /// Workloads without a rate of each hour.
    #[error(
        "no hours are known of {0}; give 24 rates in the column hourly (or --hourly), or a file with --hourly-csv"
    )]
    NoHours(String),
}

impl Scenario {
    /// Tells the report, and gives whether it finds what no plan carries.
    pub fn tell(
        &self,
        setup: &Setup,
        workloads: &[Workload],
        told: &mut dyn FnMut(&dyn Report),
    ) -> Result<bool, ScenarioError> {
        let mut put = Put { setup, workloads, told };
        match self {
            Self::Explain { details } => put.explain(*details),
            Self::Failures { group, details } => put.failures(*group, *details),
            Self::Hours(asked) => put.hours(asked),
            Self::Months { until, details } => put.months(*until, *details),
            Self::Over(range) => put.over(range),
        }
    }
}

/// A scenario put to the plans of some workloads.
struct Put<'p> {
    setup: &'p Setup,
    workloads: &'p [Workload],
    /// What is told of the report, once it is made.
    told: &'p mut dyn FnMut(&dyn Report),
}

impl Put<'_> {
    fn explain(&mut self, details: bool) -> Result<bool, ScenarioError> {
        let fleet = self.setup.plan(self.workloads)?;
        let entry = &fleet.entries.first().ok_or(ScenarioError::NoWorkload)?.clone().as_chosen();
        let explanations = explanations(entry, &fleet);
        let tornado = tornado(entry, &fleet.world());
        let report = Explained::new(entry, &fleet, &explanations, tornado.as_ref(), details);
        (self.told)(&Checked::new(&report, [entry]));
        Ok(fleet.has_infeasible())
    }

    fn failures(&mut self, group: GroupSettings, details: bool) -> Result<bool, ScenarioError> {
        let planned = self.setup.plan(self.workloads)?;
        let fleet = planned.advised();
        let all: Vec<Failures<'_>> = fleet.entries.iter().map(|entry| Failures::of(entry, group)).collect();
        let report = FailureReport::new(&all, details || all.len() == 1);
        (self.told)(&Checked::new(&report, &fleet.entries));
        Ok(planned.has_infeasible() || all.iter().any(Failures::has_infeasible))
    }

    fn hours(&mut self, asked: &HoursAsked) -> Result<bool, ScenarioError> {
        let HoursAsked { autoscaler, batch, ref serverless, ref series, details } = *asked;
        let terms = HourTerms { autoscaler, serverless, batch };
        let (days, without) = days(self.workloads, series.as_ref())?;
        let workloads: Vec<Workload> = days.iter().map(|day| day.workload.clone()).collect();
        let planned = self.setup.plan(&workloads)?;
        let fleet = planned.advised();
        let believed = fleet.believed();
        let (shown, days) = match believed.entries.is_empty() {
            true => (&fleet, days),
            false => {
                let both = days.into_iter().zip(&fleet.entries).filter(|(_, entry)| entry.is_believed());
                (&believed, both.map(|(day, _)| day).collect())
            }
        };
        let entries = study(&shown.entries, &days, terms);
        let told = Rates { are_of_all: series.is_some(), without };
        let report = HoursReport::new(&entries, terms, told, details);
        (self.told)(&Checked::without(&report, &fleet.entries));
        Ok(planned.has_infeasible() || entries.iter().any(WorkloadHours::has_infeasible))
    }

    fn months(&mut self, until: u32, details: bool) -> Result<bool, ScenarioError> {
        let planned = self.setup.plan(self.workloads)?;
        let fleet = planned.advised();
        // From what each decision begins with.
        let forecasts = fleet.entries.iter().map(|entry| {
            let (problem, kept) = (entry.problem.clone(), KeptToday::of(entry));
            let Planner { runtimes, machines, policy, .. } = &*entry.planner;
            Forecast::new(problem, runtimes, machines, *policy, until, kept)
        });
        let forecasts: Vec<Forecast<'_>> = forecasts.collect();
        let report = MonthsReport::new(&forecasts, &fleet.entries, details);
        (self.told)(&Checked::new(&report, &fleet.entries).priced(&fleet.entries));
        Ok(planned.has_infeasible() || forecasts.iter().any(Forecast::has_infeasible))
    }

    fn over(&mut self, range: &Range) -> Result<bool, ScenarioError> {
        let workload = self.workloads.first().ok_or(ScenarioError::NoWorkload)?;
        let (number, input) = columns::number(&range.column).ok_or_else(|| range.unknown())?;
        let axis = Axis::of(input);
        let moved = Moved { workload, number, axis };
        let (from, to) = range.ends(moved)?;
        let planned = self.setup.plan(std::slice::from_ref(workload))?;
        let advised = planned.advised();
        // What is moved is not changed.
        let is_moved =
            |entry: &PlannedWorkload<'_>| entry.change.is_some_and(|it| it.cell().0 == input.column());
        let fleet = if advised.entries.iter().any(is_moved) { &planned } else { &advised };
        let entries = planned.entries.first().zip(fleet.entries.first());
        let (before, entry) = entries.ok_or(ScenarioError::NoWorkload)?;
        let search = CrossingSearch {
            problem: &before.problem,
            runtimes: &before.planner.runtimes,
            machines: &before.planner.machines,
            policy: before.planner.policy,
            terms: self.setup.terms,
            most_plans: MOST_PLANS,
            change: entry.change,
        };
        let mut told = |report: &dyn Report| (self.told)(&Checked::new(report, [entry]).priced([entry]));
        if let Axis::Number(_) = axis {
            let found = search.over(axis, from, to, number.unit == Unit::Whole)?;
            told(&SweepReport::new(&search, &found, moved, entry));
            return Ok(found.points.iter().any(|it| it.cheapest.is_none()));
        }
        let found = search.along(axis, from, to)?;
        let drawn = search.drawn(axis, (from, to), DRAWN)?;
        told(&CrossingsReport::new(&search, &found, &drawn, entry));
        Ok(found.intervals.iter().any(|it| it.cheapest.is_none()))
    }
}

/// Each workload with its hours: those of a series where one is given, else its own; and the names of those that have none.
fn days<'w>(
    workloads: &'w [Workload],
    series: Option<&Hours>,
) -> Result<(Vec<Day>, Vec<&'w str>), ScenarioError> {
    let mut without = Vec::new();
    let mut days = Vec::new();
    for workload in workloads {
        let own = || workload.outlook.hourly.as_ref().and_then(Hours::of_day);
        match series.cloned().or_else(own) {
            Some(hours) => days.push(Day::new(workload.clone(), hours)),
            None => without.push(workload.name.as_str()),
        }
    }
    if days.is_empty() {
        Err(ScenarioError::NoHours(listed(without, MOST_NAMED)))
    } else {
        Ok((days, without))
    }
}

impl Range {
    fn unknown(&self) -> ScenarioError {
        let allowed = "a column that holds a number".to_owned();
        ScenarioError::End("over", self.column.clone(), allowed)
    }

    /// Its ends; those not given are around the workload's value.
    fn ends(&self, moved: Moved<'_>) -> Result<(f64, f64), ScenarioError> {
        let Moved { workload, number, axis } = moved;
        let today = axis.input().get(workload).filter(|today| *today > 0.0);
        let near = |times: f64| today.map(|today| number.clamp(today * times));
        let (lowest, highest) = match axis {
            Axis::IoRatio => (Some(0.0), Some(0.99)),
            Axis::FeaturesPerMonth => (Some(0.0), Some(f64::max(10.0, 2.0 * today.unwrap_or(0.0)))),
            Axis::EventsPerDay => (near(0.1).map(f64::round), near(10.0).map(f64::round)),
            Axis::Number(_) => (near(0.1), near(10.0)),
        };
        let marks = Marks::of([&self.from, &self.to].into_iter().flatten().map(String::as_str));
        let end = |flag: &'static str, given: &Option<String>, default: Option<f64>| match given {
            Some(text) => read(number, axis, text, marks)
                .map_err(|allowed| ScenarioError::End(flag, text.clone(), allowed)),
            None => default
                .ok_or_else(|| ScenarioError::NoEnd(flag, workload.name.clone(), axis.input().column())),
        };
        Ok((end("from", &self.from, lowest)?, end("to", &self.to, highest)?))
    }
}

/// A value within the column's limits, and on one of the axis's steps; else what is allowed.
fn read(number: Number, axis: Axis, text: &str, marks: Marks) -> Result<f64, String> {
    let step = axis.step();
    let value = number.read(text, marks).ok_or_else(|| number.allowed() + &number.hint(text))?;
    let steps = value / step;
    let is_on_step = step == 0.0 || (steps - steps.round()).abs() < 1e-6;
    if is_on_step { Ok(value) } else { Err(format!("a multiple of {step}")) }
}
