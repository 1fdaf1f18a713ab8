//! Charts as data: what is drawn and in which units, and the same in words for those who do not see it.

use super::column::Unit;
use super::figures::listed;
use tonnage_model::scenario::crossings::is_wide;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What `--chart NAME=FILE` asks for it by.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// What there is to see, with the figures that matter.
    pub about: String,
    /// What is not drawn, and why; empty where all is.
    pub note: String,
    /// What is drawn.
    pub plot: Plot,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Plot {
    /// Quantities over another one.
    Lines(Lines),
    /// Things side by side.
    Bars(Bars),
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it is of, with its unit.
    pub title: String,
    /// How its numbers are written.
    pub unit: Unit,
    /// Whether equal steps are equal ratios.
    pub is_log: bool,
    /// Between two of its numbers, where that is not to be chosen by their size.
    pub step: Option<f64>,
}

/// Quantities over another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// What they are over.
    pub x: Axis,
    /// What they are; begins at 0.
    pub y: Axis,
    /// One line each.
    pub series: Vec<Series>,
    /// Values of `x` to look at.
    pub marks: Vec<Mark>,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// Its points from left to right; no value where there is none.
    pub points: Vec<(f64, Option<f64>)>,
    /// Whether each value holds until the next.
    pub is_stepped: bool,
}

/// A value to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The value.
    pub at: f64,
    /// What it is.
    pub title: String,
}

/// Things side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Their axis; has 0 on it.
    pub axis: Axis,
    /// What parts are of.
    pub kinds: Vec<Kind>,
    /// From top to bottom.
    pub bars: Vec<Bar>,
    /// A limit, or what all are held against.
    pub rule: Option<Mark>,
}

/// Positions in the palette.
pub const BLUE: usize = 0;
/// What needs attention.
pub const ORANGE: usize = 1;
/// What is sure.
pub const GREEN: usize = 2;
/// Another one.
pub const PURPLE: usize = 3;
/// What is neither good nor bad.
pub const GRAY: usize = 5;

/// What a part of a bar is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// What it is called; not told where it is empty.
    pub title: &'static str,
    /// Which of the palette's colors it has.
    pub color: usize,
    /// Whether it is sure: what is not is drawn hollow.
    pub is_sure: bool,
}

/// One of the things side by side.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bar {
    /// What it is called.
    pub title: String,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// Where it may end: P10 and P90.
    pub range: Option<(f64, f64)>,
    /// What stands beside it.
    pub figure: String,
    /// Whether it is the one that decides.
    pub decides: bool,
}

/// A part of a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Its kind, by position.
    pub kind: usize,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

impl Axis {
    /// An axis with equal steps.
    pub fn new(title: impl Into<String>, unit: Unit) -> Self {
        Self { title: title.into(), unit, is_log: false, step: None }
    }

    /// Bills, USD a month.
    pub fn usd_per_month() -> Self {
        Self::new("USD a month", Unit::Usd)
    }

    /// The same with equal ratios where its ends are far apart.
    pub fn log_if_wide(self, low: f64, high: f64) -> Self {
        Self { is_log: is_wide(low, high), ..self }
    }

    /// The same with a number every `step`.
    pub fn every(self, step: f64) -> Self {
        Self { step: Some(step), ..self }
    }

    /// A number on it, without the unit that the title says.
    pub fn figure(&self, value: f64) -> String {
        let text = self.unit.figure(value);
        ["/day", "/s", "/h"]
            .iter()
            .find_map(|unit| text.strip_suffix(unit))
            .map(str::to_owned)
            .unwrap_or(text)
    }
}

impl Chart {
    /// Bills over a quantity, a line for each way to run; `gaps` is where a line has none.
    pub fn of_bills(
        title: String,
        about: String,
        gaps: &str,
        x: Axis,
        series: Vec<Series>,
        marks: Vec<Mark>,
    ) -> Self {
        let has_gaps = |it: &&Series| it.points.iter().any(|(_, bill)| bill.is_none());
        let (drawn, never): (Vec<&Series>, Vec<&Series>) =
            series.iter().filter(has_gaps).partition(|it| it.points.iter().any(|(_, bill)| bill.is_some()));
        let stops = listed(drawn.iter().map(|it| &it.name), MOST_NAMED);
        let stops = if stops.is_empty() { stops } else { format!("Lines stop {gaps}: {stops}.") };
        let never = not_drawn("without a plan", never.iter().map(|it| &it.name));
        let note = [never, stops].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        let plot = Plot::Lines(Lines { x, y: Axis::usd_per_month(), series, marks });
        Self { name: "cost", title, about, note, plot }
    }
}

impl Kind {
    /// A kind that is sure.
    pub const fn sure(title: &'static str, color: usize) -> Self {
        Self { title, color, is_sure: true }
    }

    /// A kind that is not.
    pub const fn unsure(title: &'static str, color: usize) -> Self {
        Self { title, color, is_sure: false }
    }
}

impl Bar {
    /// A bar of one part from 0.
    pub fn of(title: impl Into<String>, value: f64, figure: impl Into<String>) -> Self {
        let parts = vec![Part { kind: 0, from: 0.0, to: value }];
        Self { title: title.into(), parts, figure: figure.into(), ..Self::default() }
    }

    /// Its least and greatest value, the range included.
    pub fn ends(&self) -> (f64, f64) {
        let ends = self.parts.iter().flat_map(|part| [part.from, part.to]);
        let ends = ends.chain(self.range.iter().flat_map(|(low, high)| [*low, *high]));
        ends.filter(|it| it.is_finite()).fold((0.0, 0.0), |(low, high), it| (low.min(it), high.max(it)))
    }
}

/// Names that a note has.
pub const MOST_NAMED: usize = 8;

/// What is not drawn and why, as a note; empty where there is nothing.
pub fn not_drawn(why: &str, names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let named = listed(names, MOST_NAMED);
    if named.is_empty() { named } else { format!("Not drawn, {why}: {named}.") }
}

/// Bars in words: each with what stands beside it.
pub fn told(bars: &[Bar]) -> Vec<String> {
    bars.iter().map(|bar| format!("{} {}", bar.title, bar.figure)).collect()
}
