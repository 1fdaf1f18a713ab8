//! What moves a bill: each uncertain number by itself at the ends of its range.

use super::chart::{Axis, BLUE, Bar, Bars, Chart, Kind, Mark, ORANGE, PURPLE, Part, Plot, not_drawn, told};
use super::column::{Column, Unit, columns};
use super::document::Document;
use super::figures::{plural, ratio, significant, usd};
use super::records::Records;
use crate::input::columns as given;
use tonnage_model::ranked::greatest_first;
use tonnage_model::runtime::Evidence;
use tonnage_model::uncertain::inputs::Input;
use tonnage_model::uncertain::sensitivity::{FleetSwing, Swing, Tornado};

/// How many numbers people see.
const SHOWN: usize = 5;
/// How many a chart has at most, and the least width of a bar, as a share of the widest.
const DRAWN: usize = 10;
const SEEN: f64 = 0.01;
/// Why a number is not drawn, or not of all workloads.
const NO_PLAN: &str = "as there is no plan at one end";
const IN_PART: &str = "of workloads that have no plan at one end";
/// Kinds of a chart's parts: one for each end of what is measured, of what is not, and what nobody has checked.
const KINDS: [Kind; 5] = [
    Kind::sure("at P10", BLUE),
    Kind::sure("at P90", ORANGE),
    Kind::unsure("at P10, not measured", BLUE),
    Kind::unsure("at P90, not measured", ORANGE),
    Kind::unsure("to be checked", PURPLE),
];

/// One uncertain number of one workload.
pub struct SwingRow<'e> {
    tornado: &'e Tornado,
    swing: &'e Swing,
}

/// Rows of what moves the bill of a workload, those that move it most first.
pub fn rows(tornado: &Tornado) -> Vec<SwingRow<'_>> {
    tornado.swings.iter().map(|swing| SwingRow { tornado, swing }).collect()
}

/// The columns of these.
#[rustfmt::skip]
pub fn swing_columns<'e>() -> Vec<Column<SwingRow<'e>>> {
    columns![SwingRow<'e>, it;
        "workload", "Workload" => &it.tornado.workload;
        "runtime", "The runtime whose bill it is" => &it.tornado.runtime;
        "moving_to", "The runtime that moving goes to" => it.tornado.moving_to.as_ref();
        "input" ["what moves the bill" Word Always], "A column, a figure of a profile, or a machine's speed" => &it.swing.input;
        "evidence" ["evidence" Word Rank(3)], "`measured`, `published` or `assumed`; `given` of a column's range" => evidence(it.swing.evidence);
        "range" ["from P10 to P90" Number Table(0)], "Its range" => range(it.swing);
        "p10", "Its 10th percentile: SI units, a share, or a factor on a speed" => it.swing.p10;
        "p50", "Its median" => it.swing.p50;
        "p90", "Its 90th percentile" => it.swing.p90;
        "usd_per_month_at_p10" ["$/month at P10" Usd Always], "The bill with it at its P10; empty without a plan" => it.swing.usd_per_month_at_p10;
        "usd_per_month_at_p90" ["at P90" Usd Always], "The bill with it at its P90" => it.swing.usd_per_month_at_p90;
        "moving_saves_at_p10", "What moving saves of what is paid with it at its P10" => it.swing.moving_saves_at_p10;
        "moving_saves_at_p90", "The same at its P90" => it.swing.moving_saves_at_p90;
    ]
}

/// The numbers that move the bill most, and how many move it less or not at all.
/// Of another runtime than `shown` it is told.
pub fn tell(document: &mut Document, tornado: Option<&Tornado>, rows: &[SwingRow<'_>], shown: &str) {
    let Some(tornado) = tornado else { return };
    let moving = || rows.iter().filter(|row| row.swing.of_bill() > 0.0);
    let of =
        if tornado.runtime == shown { String::new() } else { format!("The bill in {}. ", tornado.runtime) };
    let shown: Vec<&SwingRow<'_>> = moving().take(SHOWN).collect();
    document.table(Records::of("sensitivity", &swing_columns(), shown.iter().copied()).table());
    let number = moving().count();
    // What moves the saving of a move alone is in its range.
    let still = tornado.without_effect + rows.len() - number;
    let said = match (number, number - shown.len()) {
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
    };
    document.paragraph(of + &said);
}

fn evidence(of: Option<Evidence>) -> String {
    of.map_or_else(|| "given".to_owned(), |it| it.to_string())
}

/// How far each uncertain number moves the bill of a workload.
pub fn chart(tornado: &Tornado) -> Option<Chart> {
    let bill = tornado.usd_per_month;
    let bars = tornado.swings.iter().filter(|swing| swing.of_bill() > 0.0).map(|swing| {
        let ends = swing.usd_per_month_at_p10.zip(swing.usd_per_month_at_p90);
        let (low, high) = ends.unwrap_or((bill, bill));
        bar(&swing.input, swing.evidence, bill, [low, high])
    });
    let open = tornado.swings.iter().filter(|swing| swing.of_bill().is_infinite()).map(|it| &it.input);
    drawn("the bill", "planned", bill, bars.collect(), not_drawn(NO_PLAN, open))
}

/// How far each uncertain number moves what a fleet saves, USD a month, and what is sure of that without a check.
pub fn chart_of_fleet(swings: &[FleetSwing], saves: f64, sure: f64) -> Option<Chart> {
    let unchecked = Part { kind: KINDS.len() - 1, from: saves, to: sure };
    let unchecked = Bar {
        title: "what is to be checked".to_owned(),
        figure: between(sure, saves),
        parts: vec![unchecked],
        ..Bar::default()
    };
    let swung = swings.iter().map(|it| (it, [saves - it.more_at_p10, saves - it.more_at_p90]));
    let swung = swung.map(|(it, ends)| bar(&it.input, it.evidence, saves, ends));
    let bars = std::iter::once(unchecked).chain(swung).collect();
    let open = swings.iter().filter(|it| it.without_plan > 0).map(|it| &it.input);
    drawn("the saving", "saves", saves, bars, not_drawn(IN_PART, open))
}

fn between(one: f64, other: f64) -> String {
    format!("{} to {}", usd(one.min(other)), usd(one.max(other)))
}

/// An uncertain number with what something comes to at its ends.
fn bar(input: &str, evidence: Option<Evidence>, from: f64, [low, high]: [f64; 2]) -> Bar {
    let kind = if evidence == Some(Evidence::Measured) { 0 } else { 2 };
    let parts = vec![Part { kind, from, to: low }, Part { kind: kind + 1, from, to: high }];
    Bar { title: input.to_owned(), parts, figure: between(low, high), ..Bar::default() }
}

/// The bars that are widest, around what `of` is at the best estimates; nothing where nothing moves it.
fn drawn(of: &str, what: &str, at: f64, mut bars: Vec<Bar>, open: String) -> Option<Chart> {
    let width = |bar: &Bar| {
        let ends = bar.parts.iter().map(|part| part.to);
        let (low, high) = ends.fold((at, at), |(low, high), it| (low.min(it), high.max(it)));
        high - low
    };
    bars.retain(|bar| width(bar) > 0.0);
    greatest_first(&mut bars, width);
    let least = bars.first().map_or(0.0, width) * SEEN;
    let seen = bars.iter().take(DRAWN).take_while(|bar| width(bar) >= least).count();
    let less: Vec<String> = bars.drain(seen..).map(|bar| bar.title).collect();
    let Bar { title, figure, .. } = bars.first()?;
    Some(Chart {
        name: "tornado",
        title: format!("{title} moves {of} most: {figure} a month"),
        about: format!(
            "What {of} comes to with each uncertain number at its P10 and its P90, all others at their medians: {}.",
            told(&bars).join("; ")
        ),
        note: format!("{open} {}", not_drawn("as they move it less", less)).trim().to_owned(),
        plot: Plot::Bars(Bars {
            axis: Axis::usd_per_month(),
            kinds: KINDS.to_vec(),
            bars,
            rule: Some(Mark { at, title: format!("{what} {}", usd(at)) }),
        }),
    })
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
    let unit = given::number(input.column()).map_or(Unit::Number, |(number, _)| number.unit.into());
    unit.figure(value)
}
