//! The lag over time, with what happened when.

use super::{Simulated, Simulation};
use crate::report::chart::{Axis, Chart, Lines, Mark, Plot, Series};
use crate::report::column::Unit;
use tonnage_model::scenario::failure::FailureScenario;

impl Simulated<'_> {
    /// The lag of one over time, with what happened when; nothing where it was not followed.
    pub(super) fn lag(&self) -> Option<Chart> {
        let it = self.it().filter(|it| !it.findings.looks.is_empty())?;
        let points = it.findings.looks.iter().map(|look| (look.seconds, Some(look.lag.mean))).collect();
        Some(Chart {
            name: "lag",
            title: format!("{}: events that wait or are in work, over time", self.workload),
            about: format!("{}.", it.heading(self)),
            note: String::new(),
            plot: Plot::Lines(Lines {
                x: Axis::new("time", Unit::Span),
                y: Axis::new("events", Unit::Count),
                series: vec![Series { name: "lag".to_owned(), points, is_stepped: false }],
                marks: marks(it),
            }),
        })
    }
}

/// What happened when, s from the failure.
fn marks(it: &Simulation<'_>) -> Vec<Mark> {
    let Some((failure, _, resumes)) = &it.study.failure else { return Vec::new() };
    let what = match failure.scenario {
        FailureScenario::Crash => "a process dies",
        FailureScenario::InstanceLost => "an instance is lost",
        FailureScenario::ZoneLost => "a zone is lost",
        FailureScenario::Deploy => "the deploy begins",
    };
    let caught_up =
        it.findings.aftermath.and_then(|it| Some((resumes + it.drain_seconds?.mean, "caught up")));
    let all = [(0.0, what), (*resumes, "all is read again")].into_iter().chain(caught_up);
    // Where nobody is left, nothing is read again.
    all.filter(|(at, _)| at.is_finite()).map(|(at, title)| Mark { at, title: title.to_owned() }).collect()
}
