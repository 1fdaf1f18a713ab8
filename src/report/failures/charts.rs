//! The lag after a failure over time, as a fluid.

use super::{At, FailureReport, ScenarioRow, subject};
use crate::report::chart::{Axis, Chart, Lines, Plot, Series, not_drawn};
use crate::report::column::Unit;
use crate::report::figures::{events, span};
use tonnage_model::scenario::failure::FailureScenario;
use tonnage_model::scenario::lag::Lag;

/// Points of a line.
const POINTS: u32 = 120;
/// Where a lag has no end, how many times as long as its stop is drawn.
const ENDLESS: f64 = 4.0;

impl FailureReport<'_> {
    /// The lag of the workload and runtime of a row; nothing where no scenario stops partitions just once.
    pub(super) fn lag(&self, of: &ScenarioRow<'_>) -> Option<Chart> {
        let (plan, settings) = (of.plan()?, &of.failures.settings);
        let rate = of.failures.problem.workload.peak_rate();
        let lag = |scenario: FailureScenario| Some((scenario, scenario.lag(plan, settings, rate)?));
        let lags: Vec<(FailureScenario, Lag)> = FailureScenario::ALL.into_iter().filter_map(lag).collect();
        let rows = || self.scenarios.iter().filter(|row| row.is_at_peak() && row.key() == of.key());
        let impact = |scenario: FailureScenario| {
            rows().find_map(|row| row.at.filter(|at| at.scenario == scenario)).map(|at| at.impact)
        };
        let end = |(scenario, lag): &(FailureScenario, Lag)| {
            let drained = lag.stopped_seconds + impact(*scenario)?.drain_seconds;
            let stopped = if lag.stopped_seconds.is_finite() { lag.stopped_seconds } else { 60.0 };
            Some(if drained.is_finite() { drained } else { ENDLESS * stopped })
        };
        let until = lags.iter().filter_map(end).fold(0.0, f64::max) * 1.02;
        let named = |scenario: FailureScenario| {
            let of_it = |row: &&ScenarioRow<'_>| row.at.is_some_and(|at| at.scenario == scenario);
            let is_planned_for = rows().find(of_it).is_none_or(ScenarioRow::is_planned_for);
            scenario.word().replace('_', " ") + if is_planned_for { "" } else { " (not planned for)" }
        };
        let series: Vec<Series> = lags
            .iter()
            .map(|(scenario, lag)| {
                let stop = Some(lag.stopped_seconds).filter(|stop| *stop < until);
                let mut times: Vec<f64> =
                    (0..=POINTS).map(|it| f64::from(it) / f64::from(POINTS) * until).chain(stop).collect();
                times.sort_by(f64::total_cmp);
                let points = times.into_iter().map(|time| (time, Some(lag.at(time)))).collect();
                Series { name: named(*scenario), points, is_stepped: false }
            })
            .collect();
        let told = lags.iter().filter_map(|(scenario, _)| {
            let impact = impact(*scenario)?;
            let name = named(*scenario);
            if impact.lag_events.is_infinite() {
                return Some(format!("{name}: down until it is back"));
            }
            let drained = match impact.drain_seconds.is_finite() {
                true => format!("drained in {}", span(impact.drain_seconds)),
                false => "never drained at peak".to_owned(),
            };
            Some(format!("{name}: at most {} events, {drained}", events(impact.lag_events)))
        });
        // The worst of the title, by its row.
        let worst = of.at.map(|At { scenario, impact, .. }| match impact.drain_seconds {
            f64::INFINITY => format!("; {} is worst", subject(scenario)),
            drains => format!("; {} takes longest, {} after its pause", subject(scenario), span(drains)),
        });
        let is_drawn = |it: &FailureScenario| lags.iter().any(|(drawn, _)| drawn == it);
        let others = FailureScenario::ALL.into_iter().filter(|it| !is_drawn(it));
        let others: Vec<String> = others.map(|it| it.word().replace('_', " ")).collect();
        (!series.is_empty() && until > 0.0).then(|| Chart {
            name: "lag",
            title: format!(
                "{} in {}: events that wait after a failure at peak{}",
                of.workload(),
                of.runtime.name,
                worst.unwrap_or_default()
            ),
            about: format!("{}.", told.collect::<Vec<_>>().join("; ")),
            note: not_drawn(
                "as they stop partitions more than once (tonnage simulate --fail draws that)",
                others,
            ),
            plot: Plot::Lines(Lines {
                x: Axis::new("after the failure", Unit::Span),
                y: Axis::new("events that wait", Unit::Count),
                series,
                marks: Vec::new(),
            }),
        })
    }
}
