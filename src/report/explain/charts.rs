//! An explanation in a picture: constraints against their limits.

use super::{Explained, value};
use crate::report::chart::{Axis, Bar, Bars, Chart, GRAY, Kind, Mark, ORANGE, Part, Plot, told};
use crate::report::column::Unit;
use crate::report::formula::figure;
use tonnage_model::capacity::constraint::BoundBy;
use tonnage_model::explain::Explanation;

/// What is drawn of a constraint that is broken many times over.
const MOST_USED: f64 = 1.5;

impl<'e> Explained<'e> {
    /// Each constraint of a plan as a share of its limit.
    pub fn constraints(&self, it: &Explanation<'_>) -> Option<Chart> {
        let binding = it.plan.ok().map(|plan| plan.bound_by());
        let rows = self.steps.iter().filter(|row| std::ptr::eq(row.of, it));
        let bars: Vec<Bar> = rows
            .filter_map(|row| {
                let (limit, used) = (row.step.limit?, row.step.used()?);
                let decides = binding == Some(BoundBy::Constraint(limit.constraint));
                let allowed = figure(limit.allowed, row.step.quantity.unit());
                let parts = vec![Part { kind: usize::from(decides), from: 0.0, to: used.min(MOST_USED) }];
                let figure = format!("{} of {allowed}", value(row).split(": ").next().unwrap_or_default());
                Some(Bar { title: limit.constraint.to_string(), parts, figure, range: None, decides })
            })
            .collect();
        let bound_by = match binding {
            Some(BoundBy::Constraint(constraint)) => format!("{constraint} sets the count"),
            Some(BoundBy::Minimum) => "the minimum of instances is enough".to_owned(),
            Some(BoundBy::Confidence) => "fewer hold too rarely".to_owned(),
            None => "no plan".to_owned(),
        };
        let (workload, runtime) = (&it.problem.workload.name, &it.runtime.name);
        (!bars.is_empty()).then(|| Chart {
            name: "constraints",
            title: format!("{workload} in {runtime}: {bound_by}"),
            about: format!("Each constraint with its value and its limit: {}.", told(&bars).join("; ")),
            note: String::new(),
            plot: Plot::Bars(Bars {
                axis: Axis::new("share of the limit", Unit::Share),
                kinds: vec![Kind::sure("", GRAY), Kind::sure("", ORANGE)],
                bars,
                rule: Some(Mark { at: 1.0, title: "limit".to_owned() }),
            }),
        })
    }
}
