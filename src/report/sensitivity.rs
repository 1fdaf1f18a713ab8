//! What moves a bill: each uncertain number by itself at the ends of its range.

use super::column::{Column, columns};
use super::document::Document;
use super::figures::{event_size, memory, per_day, percent, plural, rate, ratio, seconds, significant, usd};
use super::records::Records;
use crate::input::columns as given;
use crate::input::number::Unit as Given;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::uncertain::inputs::{Input, whole};
use tonnage_model::uncertain::sensitivity::{Swing, Tornado};

/// How many numbers people see.
const SHOWN: usize = 5;

/// One uncertain number of one workload.
pub struct SwingRow<'e> {
    workload: &'e str,
    tornado: &'e Tornado,
    swing: &'e Swing,
}

/// Rows of what moves the bill of a workload, those that move it most first.
pub fn rows<'e>(entry: &'e PlannedWorkload<'e>, tornado: &'e Tornado) -> Vec<SwingRow<'e>> {
    let workload = &entry.problem.workload.name;
    tornado.swings.iter().map(|swing| SwingRow { workload, tornado, swing }).collect()
}

/// The columns of these.
#[rustfmt::skip]
pub fn swing_columns<'e>() -> Vec<Column<SwingRow<'e>>> {
    columns![SwingRow<'e>, it;
        "workload", "Workload" => it.workload;
        "runtime", "The runtime whose bill it is" => &it.tornado.runtime;
        "moving_to", "The runtime that moving goes to" => it.tornado.moving_to.as_ref();
        "input" ["what moves the bill" Word Always], "A column, a figure of a profile, or a machine's speed" => &it.swing.input;
        "range" ["from P10 to P90" Number Table(0)], "Its range" => range(it.swing);
        "p10", "Its 10th percentile: SI units, a share, or a factor on a speed" => it.swing.p10;
        "p50", "Its median" => it.swing.p50;
        "p90", "Its 90th percentile" => it.swing.p90;
        "usd_per_month_at_p10" ["$/month at P10" Usd Always], "The bill with it at its P10; empty without a plan" => it.swing.usd_per_month_at_p10;
        "usd_per_month_at_p90" ["at P90" Usd Always], "The bill with it at its P90" => it.swing.usd_per_month_at_p90;
        "moving_saves_at_p10" ["moving saves" Usd Rank(2)], "What moving saves of what is paid with it at its P10" => it.swing.moving_saves_at_p10;
        "moving_saves_at_p90" ["at P90" Usd Rank(2)], "The same at its P90" => it.swing.moving_saves_at_p90;
    ]
}

/// The numbers that move the bill most, and how many move it less or not at all.
pub fn tell(document: &mut Document, tornado: Option<&Tornado>, rows: &[SwingRow<'_>]) {
    let Some(tornado) = tornado else { return };
    let shown = &rows[..rows.len().min(SHOWN)];
    document.table(Records::of("sensitivity", &swing_columns(), shown).table());
    let still = tornado.without_effect;
    document.paragraph(match (rows.len(), rows.len() - shown.len()) {
        (0, _) => format!(
            "The bill stays the same whichever of {} is varied alone.",
            plural(still as u64, "uncertain number")
        ),
        (_, 0) => format!("Each by itself, all others at their medians; {still} more do not move it."),
        (_, less) => {
            format!(
                "Each by itself, all others at their medians; {less} more move it less, {still} not at all."
            )
        }
    });
}

/// `4M/day to 6M/day`, or one of them where both read the same.
fn range(swing: &Swing) -> String {
    let [low, high] = [swing.p10, swing.p90].map(|value| match swing.column {
        Some(input) => show(input, value),
        None if swing.p50 > 0.0 => ratio(value / swing.p50),
        None => significant(value),
    });
    if low == high { low } else { format!("{low} to {high}") }
}

/// A number of a workload in the unit that it is usually given in.
fn show(input: Input, value: f64) -> String {
    let unit = given::number(input.column()).map_or(Given::Plain, |(number, _)| number.unit);
    match unit {
        Given::PerDay => per_day(value),
        Given::Size => event_size(value),
        Given::Share | Given::Percent => percent(value),
        Given::Mebibytes => memory(value),
        Given::Time => seconds(value),
        Given::PerSecond => rate(value),
        Given::Whole => whole(value).to_string(),
        Given::Usd => usd(value),
        Given::Plain | Given::Cores | Given::Days => significant(value),
    }
}
