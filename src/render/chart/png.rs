//! Shapes as a picture of pixels, on light, with letters of its own: it looks the same on every machine.

use super::ink::{Ink, PAGE};
use super::shapes::{Anchor, At, Scene, Shape};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};
use ttf_parser::{Face, OutlineBuilder};

/// DejaVu Sans, cut down to Latin, Greek and Cyrillic letters and a few signs (`pyftsubset`); its license is that of
/// Bitstream Vera, which allows this.
const LETTERS: &[u8] = include_bytes!("sans.ttf");
/// Pixels to a unit, for screens that are dense and for print.
const DENSITY: f32 = 2.0;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// There is no memory for it.
    #[error("a picture of {width:.0} x {height:.0} is too large")]
    Size {
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
    },
    /// The letters cannot be read.
    #[error("the letters of the picture: {0}")]
    Letters(#[from] ttf_parser::FaceParsingError),
    /// It cannot be written.
    #[error("writing PNG: {0}")]
    Encoding(String),
}

/// A scene as PNG.
pub fn picture(scene: &Scene) -> Result<Vec<u8>, PngError> {
    let size = |it: f64| (it as f32 * DENSITY).ceil() as u32;
    let too_large = || PngError::Size { width: scene.width, height: scene.height };
    let pixmap = Pixmap::new(size(scene.width), size(scene.height)).ok_or_else(too_large)?;
    let mut canvas = Canvas { pixmap, letters: Face::parse(LETTERS, 0)? };
    canvas.pixmap.fill(color(PAGE.0));
    scene.shapes.iter().for_each(|shape| canvas.draw(shape));
    canvas.pixmap.encode_png().map_err(|error| PngError::Encoding(error.to_string()))
}

struct Canvas<'l> {
    pixmap: Pixmap,
    letters: Face<'l>,
}

impl Canvas<'_> {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Line { from, to, ink, is_dashed } => {
                self.stroke(&[vec![*from, *to]], *ink, 1.0, if *is_dashed { &[4.0, 3.0] } else { &[] });
            }
            Shape::Rect { ink: Ink::Pointed, .. } => {}
            Shape::Path { pieces, ink, dashes } => self.stroke(pieces, *ink, 2.2, dashes),
            Shape::Rect { at: (x, y), width, height, ink, is_hollow, .. } => {
                let [x, y, width, height] = [*x, *y, *width, *height].map(|it| it as f32);
                let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
                let mut paint = paint(*ink);
                if *is_hollow {
                    let mut color = color(ink.on_light());
                    color.apply_opacity(0.22);
                    paint.set_color(color);
                }
                self.pixmap.fill_rect(rect, &paint, scaled(), None);
                if *is_hollow {
                    let path = PathBuilder::from_rect(rect);
                    self.stroke_path(&path, *ink, 1.2, &[4.0, 2.0]);
                }
            }
            Shape::Text { at, anchor, ink, face, text } => {
                let is_bold = face.size() > super::shapes::TEXT || *face == super::shapes::Face::Bold;
                self.text(*at, *anchor, *ink, face.size() as f32, is_bold, text);
            }
        }
    }

    fn stroke(&mut self, pieces: &[Vec<At>], ink: Ink, width: f32, dashes: &[f32]) {
        let mut path = PathBuilder::new();
        for piece in pieces {
            for (index, (x, y)) in piece.iter().enumerate() {
                match index {
                    0 => path.move_to(*x as f32, *y as f32),
                    _ => path.line_to(*x as f32, *y as f32),
                }
            }
        }
        if let Some(path) = path.finish() {
            self.stroke_path(&path, ink, width, dashes);
        }
    }

    fn stroke_path(&mut self, path: &Path, ink: Ink, width: f32, dashes: &[f32]) {
        let dash = StrokeDash::new(dashes.to_vec(), 0.0);
        let (line_cap, line_join) = (LineCap::Butt, LineJoin::Round);
        let stroke = Stroke { width, dash, line_cap, line_join, ..Stroke::default() };
        self.pixmap.stroke_path(path, &paint(ink), &stroke, scaled(), None);
    }

    fn text(&mut self, (x, y): At, anchor: Anchor, ink: Ink, size: f32, is_bold: bool, text: &str) {
        let scale = size / f32::from(self.letters.units_per_em());
        let glyphs: Vec<_> = text.chars().map(|c| self.letters.glyph_index(c).unwrap_or_default()).collect();
        let advance = |glyph| f32::from(self.letters.glyph_hor_advance(glyph).unwrap_or_default()) * scale;
        let width: f32 = glyphs.iter().map(|glyph| advance(*glyph)).sum();
        let mut pen = Pen { path: PathBuilder::new(), x: x as f32, y: y as f32, scale };
        pen.x -= match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        for glyph in glyphs {
            // Without an outline it is a blank.
            let _ = self.letters.outline_glyph(glyph, &mut pen);
            pen.x += advance(glyph);
        }
        let Some(path) = pen.path.finish() else { return };
        self.pixmap.fill_path(&path, &paint(ink), FillRule::Winding, scaled(), None);
        if is_bold {
            self.stroke_path(&path, ink, 0.5, &[]);
        }
    }
}

/// Follows the outline of a letter, whose y goes up.
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn scaled() -> Transform {
    Transform::from_scale(DENSITY, DENSITY)
}

fn paint(ink: Ink) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(color(ink.on_light()));
    paint.anti_alias = true;
    paint
}

/// `#rrggbb`; black where it is anything else.
fn color(hex: &str) -> Color {
    let part =
        |at: usize| hex.get(at..at + 2).and_then(|it| u8::from_str_radix(it, 16).ok()).unwrap_or_default();
    Color::from_rgba8(part(1), part(3), part(5), 255)
}
