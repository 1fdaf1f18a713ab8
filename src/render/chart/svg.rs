//! Shapes as SVG. Colors come from a style, so that a page's dark mode is theirs.

use super::ink::{PAGE, style};
use super::shapes::{Anchor, At, Face, Scene, Shape};
use crate::render::markup::text::escape;
use crate::report::chart::Chart;

/// A chart within a page.
pub fn element(chart: &Chart, scene: &Scene, id: &str) -> String {
    let Scene { width, height, shapes } = scene;
    let shapes: String = shapes.iter().map(shape).collect();
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>\n{shapes}</svg>",
        number(*width),
        number(*height),
        escape(&chart.title),
        escape(format!("{} {}", chart.about, chart.note).trim_end())
    )
}

/// A chart by itself.
pub fn file(chart: &Chart, scene: &Scene) -> String {
    let (light, dark) = PAGE;
    let style = format!(
        "<style>{}.page{{fill:{light}}}@media (prefers-color-scheme:dark){{.page{{fill:{dark}}}}}</style>\n\
         <rect class=\"page\" width=\"100%\" height=\"100%\"/>\n",
        style().trim_end()
    );
    let size = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\"",
        number(scene.width),
        number(scene.height)
    );
    let element = element(chart, scene, "chart").replacen("<svg", &size, 1);
    element.replacen("</desc>\n", &format!("</desc>\n{style}"), 1) + "\n"
}

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Line { from, to, ink, is_dashed } => format!(
            "<path class=\"k {}{}\" d=\"M{}L{}\"/>\n",
            ink.class(),
            if *is_dashed { " d" } else { "" },
            place(*from),
            place(*to)
        ),
        Shape::Path { pieces, ink, dashes } => {
            let piece = |points: &Vec<At>| {
                let places: Vec<String> = points.iter().map(|at| place(*at)).collect();
                format!("M{}", places.join("L"))
            };
            let dashes: Vec<String> = dashes.iter().map(ToString::to_string).collect();
            let dashes = match dashes.is_empty() {
                true => String::new(),
                false => format!(" stroke-dasharray=\"{}\"", dashes.join(" ")),
            };
            let d: String = pieces.iter().map(piece).collect();
            format!("<path class=\"l {}\"{dashes} d=\"{d}\"/>\n", ink.class())
        }
        Shape::Rect { at: (x, y), width, height, ink, is_hollow, title } => format!(
            "<rect class=\"{} {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}\n",
            if *is_hollow { "o" } else { "f" },
            ink.class(),
            number(*x),
            number(*y),
            number(*width),
            number(*height),
            match title.lines().map(escape).collect::<Vec<_>>().join("\n") {
                said if said.is_empty() => "/>".to_owned(),
                said => format!("><title>{said}</title></rect>"),
            }
        ),
        Shape::Text { at: (x, y), anchor, ink, face, text } => {
            let face = match face {
                Face::Plain => "",
                Face::Bold => " b",
                Face::Title => " h",
            };
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " m",
                Anchor::End => " e",
            };
            format!(
                "<text class=\"{}{face}{anchor}\" x=\"{}\" y=\"{}\">{}</text>\n",
                ink.class(),
                number(*x),
                number(*y),
                escape(text)
            )
        }
    }
}

fn place((x, y): At) -> String {
    format!("{} {}", number(x), number(y))
}

/// A place to a tenth.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
