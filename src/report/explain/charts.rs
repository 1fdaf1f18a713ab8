//! An explanation in pictures: constraints against their limits, and what moves the bill.

use super::{Explained, value};
use crate::report::chart::{
    Axis, BLUE, Bar, Bars, Chart, GRAY, Kind, Mark, ORANGE, Part, Plot, not_drawn, told,
};
use crate::report::column::Unit;
use crate::report::figures::usd;
use crate::report::formula::figure;
use tonnage_model::capacity::constraint::BoundBy;
use tonnage_model::explain::Explanation;

/// What is drawn of a constraint that is broken many times over.
const MOST_USED: f64 = 1.5;
/// Numbers of a tornado.
const MOST_SWINGS: usize = 10;

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

    /// How far each uncertain number moves the bill.
    pub(super) fn swings(&self) -> Option<Chart> {
        let tornado = self.tornado?;
        let of = self.explanations.iter().find(|it| it.runtime.name == tornado.runtime)?;
        let bill = of.plan.ok()?.usd_per_month;
        let moved =
            tornado.swings.iter().filter(|swing| swing.of_bill() > 0.0 && swing.of_bill().is_finite());
        let bars: Vec<Bar> = moved
            .take(MOST_SWINGS)
            .filter_map(|swing| {
                let (low, high) = swing.usd_per_month_at_p10.zip(swing.usd_per_month_at_p90)?;
                let parts =
                    vec![Part { kind: 0, from: bill, to: low }, Part { kind: 1, from: bill, to: high }];
                let figure = format!("{} to {}", usd(low.min(high)), usd(low.max(high)));
                Some(Bar { title: swing.input.clone(), parts, figure, ..Bar::default() })
            })
            .collect();
        let moved = tornado.swings.iter().filter(|swing| swing.of_bill() > 0.0);
        let drawn = |input: &String| bars.iter().any(|bar| bar.title == *input);
        let less: Vec<&String> = moved.map(|swing| &swing.input).filter(|input| !drawn(input)).collect();
        let (first, widest) = bars.first().map(|it| (it.title.clone(), it.figure.clone()))?;
        Some(Chart {
            name: "tornado",
            title: format!("{first} moves the bill most: {widest} a month"),
            about: format!(
                "The bill with each uncertain number at its P10 and its P90, all others at their medians: {}.",
                told(&bars).join("; ")
            ),
            note: not_drawn("as they move it less", less),
            plot: Plot::Bars(Bars {
                axis: Axis::usd_per_month(),
                kinds: vec![Kind::sure("at P10", BLUE), Kind::sure("at P90", ORANGE)],
                bars,
                rule: Some(Mark { at: bill, title: format!("planned {}", usd(bill)) }),
            }),
        })
    }
}
