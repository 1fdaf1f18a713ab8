//! A chart as shapes on a plane, y downwards, and how wide text is on it.

use super::ink::Ink;

/// Height of text.
pub const TEXT: f64 = 13.0;
/// Between base lines of two texts.
pub const LINE: f64 = 17.0;
/// Height of a title.
const TITLE: f64 = 16.0;

/// What is drawn, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What is on it.
    pub shapes: Vec<Shape>,
}

/// A place on the plane.
pub type At = (f64, f64);

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A straight line of one pixel.
    Line {
        /// Where it begins.
        from: At,
        /// Where it ends.
        to: At,
        /// What it is drawn with.
        ink: Ink,
        /// Whether it is dashed.
        is_dashed: bool,
    },
    /// A line of data, in pieces.
    Path {
        /// Each piece.
        pieces: Vec<Vec<At>>,
        /// What it is drawn with.
        ink: Ink,
        /// How it is dashed, so that it can be told without its color.
        dashes: &'static [f32],
    },
    /// A bar.
    Rect {
        /// Its upper left corner.
        at: At,
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
        /// What it is drawn with.
        ink: Ink,
        /// Whether it is hollow.
        is_hollow: bool,
        /// What it is, on lines.
        title: String,
    },
    /// Text on one line.
    Text {
        /// Where its base line begins, has its middle or ends.
        at: At,
        /// Which of these.
        anchor: Anchor,
        /// What it is drawn with.
        ink: Ink,
        /// How it is set.
        face: Face,
        /// The text.
        text: String,
    },
}

/// Which end of a text is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its begin.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// As most of it.
    Plain,
    /// What decides.
    Bold,
    /// A title.
    Title,
}

impl Face {
    /// Height of its letters.
    pub fn size(self) -> f64 {
        if self == Self::Title { TITLE } else { TEXT }
    }
}

impl Scene {
    /// A plane with nothing on it.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, shapes: Vec::new() }
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: At, to: At, ink: Ink, is_dashed: bool) {
        self.shapes.push(Shape::Line { from, to, ink, is_dashed });
    }

    /// Adds text.
    pub fn text(&mut self, at: At, anchor: Anchor, ink: Ink, text: impl Into<String>) {
        self.set(at, anchor, ink, Face::Plain, text);
    }

    /// The same in a face.
    pub fn set(&mut self, at: At, anchor: Anchor, ink: Ink, face: Face, text: impl Into<String>) {
        self.shapes.push(Shape::Text { at, anchor, ink, face, text: text.into() });
    }

    /// The same with a remark below.
    pub fn noted(mut self, note: &str) -> Self {
        for line in wrapped(note, self.width, TEXT) {
            self.height += LINE;
            self.text((0.0, self.height - 4.0), Anchor::Start, Ink::Soft, line);
        }
        self
    }

    /// The same below a title, with a margin around: for a file, where no pointer goes.
    pub fn titled(self, title: &str) -> Self {
        const MARGIN: f64 = 16.0;
        let lines = wrapped(title, self.width, TITLE * 1.06);
        let above = MARGIN + lines.len() as f64 * (TITLE + 4.0) + 10.0;
        let moved = |(x, y): At| (x + MARGIN, y + above);
        let mut scene = Self::new(self.width + 2.0 * MARGIN, self.height + above + MARGIN);
        for (number, line) in (1..).zip(lines) {
            let at = (MARGIN, MARGIN + f64::from(number) * (TITLE + 4.0) - 4.0);
            scene.set(at, Anchor::Start, Ink::Text, Face::Title, line);
        }
        scene.shapes.extend(self.shapes.into_iter().filter_map(|mut shape| {
            match &mut shape {
                Shape::Line { from, to, .. } => (*from, *to) = (moved(*from), moved(*to)),
                Shape::Path { pieces, .. } => pieces.iter_mut().flatten().for_each(|at| *at = moved(*at)),
                Shape::Rect { ink: Ink::Pointed, .. } => return None,
                Shape::Rect { at, .. } | Shape::Text { at, .. } => *at = moved(*at),
            }
            Some(shape)
        }));
        scene
    }
}

/// How wide a text of some height is at most in the fonts that are likely.
pub fn width(text: &str, size: f64) -> f64 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | ' ' | 't' | 'f'
        | 'r' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
        c if c.is_ascii_uppercase() || c.is_ascii_digit() || c == '$' => 0.64,
        c if c.is_ascii() => 0.59,
        c if u32::from(c) >= 0x1100 => 1.05,
        _ => 0.65,
    };
    text.chars().map(of).sum::<f64>() * size
}

/// A text in lines that are no wider than there is room; none where it is empty.
pub fn wrapped(text: &str, room: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size) <= room => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text that is no wider than there is room.
pub fn shortened(text: &str, room: f64, size: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    kept.trim_end().to_owned() + "…"
}
