//! Bars side by side, each with its name before it and its figure behind it.

use super::ink::Ink;
use super::scale::Scale;
use super::shapes::{Anchor, Face, Scene, Shape, TEXT, shortened, width};
use crate::report::chart::{Bar, Bars, Part};

/// From one bar to the next.
const ROW: f64 = 27.0;
/// Height of a bar.
const THICK: f64 = 16.0;
/// Between base lines of two texts.
const LINE: f64 = 17.0;
/// Most room for names, as a share of the width.
const NAMES: f64 = 0.34;

/// The chart as shapes.
pub fn scene(bars: &Bars, whole_width: f64) -> Scene {
    let widest = |text: fn(&Bar) -> &str, face: f64| {
        bars.bars.iter().map(|bar| width(text(bar), TEXT * face)).fold(0.0, f64::max)
    };
    let left = widest(|bar| &bar.title, 1.06).min(NAMES * whole_width) + 10.0;
    let right = whole_width - widest(|bar| &bar.figure, 1.06) - 10.0;
    let rule = bars.rule.iter().map(|rule| (0.0f64.min(rule.at), rule.at));
    let ends = bars.bars.iter().map(Bar::ends).chain(rule);
    let ends = ends.fold((0.0, 0.0), |(low, high): (f64, f64), it| (low.min(it.0), high.max(it.1)));
    let scale = Scale::new(&bars.axis, ends, 4, (left, right));

    let kinds: Vec<_> = bars.kinds.iter().enumerate().filter(|(_, kind)| !kind.title.is_empty()).collect();
    let above = LINE * (!kinds.is_empty() as usize + bars.rule.is_some() as usize) as f64;
    let top = above + 6.0;
    let bottom = top + bars.bars.len() as f64 * ROW;
    let mut scene = Scene::new(whole_width, bottom + 2.0 * LINE + 8.0);

    let mut x = left;
    for (_, kind) in kinds {
        legend(&mut scene, x, Ink::Data(kind.color), !kind.is_sure);
        scene.text((x + 17.0, TEXT), Anchor::Start, Ink::Soft, kind.title);
        x += 17.0 + width(kind.title, TEXT) + 14.0;
    }
    let mut free = f64::NEG_INFINITY;
    for tick in &scale.ticks {
        let (x, number) = (scale.at(*tick), bars.axis.figure(*tick));
        let half = width(&number, TEXT) / 2.0;
        scene.line((x, top), (x, bottom), Ink::Grid, false);
        if x - half > free {
            scene.text((x, bottom + LINE), Anchor::Middle, Ink::Soft, number);
            free = x + half + 6.0;
        }
    }
    scene.text((right, bottom + 2.0 * LINE + 2.0), Anchor::End, Ink::Soft, &bars.axis.title);
    for (number, bar) in bars.bars.iter().enumerate() {
        let middle = top + (number as f64 + 0.5) * ROW;
        let (face, ink) = if bar.decides { (Face::Bold, Ink::Text) } else { (Face::Plain, Ink::Text) };
        let name = shortened(&bar.title, left - 10.0, TEXT * 1.06);
        scene.set((left - 8.0, middle + 4.5), Anchor::End, ink, face, name);
        for part in &bar.parts {
            scene.shapes.extend(rect(bars, bar, part, &scale, middle));
        }
        if let Some((low, high)) = bar.range {
            whisker(&mut scene, scale.at(low), scale.at(high), middle);
        }
        let (_, end) = bar.ends();
        // A rule goes down through all rows, so figures stand beyond it.
        let beside = if bars.rule.is_some() { right } else { scale.at(end) };
        scene.set((beside + 7.0, middle + 4.5), Anchor::Start, ink, face, &bar.figure);
    }
    let zero = scale.at(0.0);
    scene.line((zero, top), (zero, bottom), Ink::Rule, false);
    if let Some(rule) = &bars.rule {
        let x = scale.at(rule.at);
        let wide = width(&rule.title, TEXT) / 2.0;
        let middle = x.min(whole_width - wide).max(wide);
        scene.line((x, top - 2.0), (x, bottom), Ink::Rule, true);
        scene.text((middle, top - 6.0), Anchor::Middle, Ink::Text, &rule.title);
    }
    scene
}

fn legend(scene: &mut Scene, x: f64, ink: Ink, is_hollow: bool) {
    let (width, height) = (12.0, 12.0);
    scene.shapes.push(Shape::Rect { at: (x, 2.0), width, height, ink, is_hollow, title: String::new() });
}

fn rect(bars: &Bars, bar: &Bar, part: &Part, scale: &Scale, middle: f64) -> Option<Shape> {
    let kind = bars.kinds.get(part.kind)?;
    let [from, to] = [scale.at(part.from.min(part.to)), scale.at(part.from.max(part.to))];
    let amount = bars.axis.figure((part.to - part.from).abs());
    let title = match kind.title.is_empty() {
        true => format!("{}: {amount}", bar.title),
        false => format!("{}, {}: {amount}", bar.title, kind.title),
    };
    // What is there at all is seen.
    let width = (to - from).max(1.0);
    (part.from != part.to).then(|| Shape::Rect {
        at: (from, middle - THICK / 2.0),
        width,
        height: THICK,
        ink: Ink::Data(kind.color),
        is_hollow: !kind.is_sure,
        title,
    })
}

/// From P10 to P90.
fn whisker(scene: &mut Scene, low: f64, high: f64, middle: f64) {
    scene.line((low, middle), (high, middle), Ink::Text, false);
    for x in [low, high] {
        scene.line((x, middle - 5.0), (x, middle + 5.0), Ink::Text, false);
    }
}
