//! Charts drawn: as shapes, then as SVG, pixels or text. docs/architecture.md says why no chart library does.

mod bars;
mod ink;
mod lines;
pub mod png;
mod scale;
mod shapes;
mod svg;
pub mod terminal;

pub use ink::style;

use crate::report::chart::{Chart, Plot};
use shapes::Scene;

/// Width of a chart in a page: its text stays readable on a phone.
const IN_PAGE: f64 = 460.0;
/// Width of a chart in a file of its own.
const IN_FILE: f64 = 760.0;

fn scene(chart: &Chart, width: f64) -> Scene {
    let scene = match &chart.plot {
        Plot::Lines(it) => lines::scene(it, width),
        Plot::Bars(it) => bars::scene(it, width),
    };
    scene.noted(&chart.note)
}

/// A chart as an element of a page, which has [`style`] once. `id` is of no other element.
pub fn in_page(chart: &Chart, id: &str) -> String {
    svg::element(chart, &scene(chart, IN_PAGE), id)
}

/// A chart as a file of its own.
pub fn file(chart: &Chart) -> String {
    svg::file(chart, &scene(chart, IN_FILE).titled(&chart.title))
}

/// The same as PNG.
pub fn picture(chart: &Chart) -> Result<Vec<u8>, png::PngError> {
    png::picture(&scene(chart, IN_FILE).titled(&chart.title))
}
