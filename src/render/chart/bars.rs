//! Bars side by side, each with its name before it and its figure behind it.

use super::ink::Ink;
use super::scale::Scale;
use super::shapes::{Anchor, Face, LINE, Scene, Shape, TEXT, shortened, width, wrapped};
use crate::report::chart::{Bar, Bars, Kind, Part};

/// From one bar to the next, where its name takes one line.
const ROW: f64 = 27.0;
/// Height of a bar.
const THICK: f64 = 16.0;
/// Most room for names, as a share of the width.
const NAMES: f64 = 0.34;
/// Width and height of a kind's sign.
const SIGN: f64 = 12.0;

/// The chart as shapes.
pub fn scene(bars: &Bars, whole_width: f64) -> Scene {
    let widest = |text: fn(&Bar) -> &str, face: f64| {
        bars.bars.iter().map(|bar| width(text(bar), TEXT * face)).fold(0.0, f64::max)
    };
    let names = widest(|bar| &bar.title, 1.06).min(NAMES * whole_width);
    let named: Vec<_> = bars.bars.iter().map(|bar| wrapped(&bar.title, names, TEXT * 1.06)).collect();
    let high = |lines: &Vec<String>| ROW + lines.len().saturating_sub(1) as f64 * LINE;
    let left = names + 10.0;
    let right = whole_width - widest(|bar| &bar.figure, 1.06) - 10.0;
    let rule = bars.rule.iter().map(|rule| (0.0f64.min(rule.at), rule.at));
    let ends = bars.bars.iter().map(Bar::ends).chain(rule);
    let ends = ends.fold((0.0, 0.0), |(low, high): (f64, f64), it| (low.min(it.0), high.max(it.1)));
    let scale = Scale::new(&bars.axis, ends, 4, (left, right));

    let kinds = legend(bars, left, whole_width);
    let rows = kinds.last().map_or(0, |(_, (_, row))| row + 1);
    let above = LINE * (rows + usize::from(bars.rule.is_some())) as f64;
    let top = above + 6.0;
    let bottom = top + named.iter().map(high).sum::<f64>();
    let mut scene = Scene::new(whole_width, bottom + 2.0 * LINE + 8.0);

    for (kind, (x, row)) in kinds {
        let (ink, y) = (Ink::Data(kind.color), row as f64 * LINE);
        let at = (x, y + 2.0);
        let (width, height, is_hollow) = (SIGN, SIGN, !kind.is_sure);
        scene.shapes.push(Shape::Rect { at, width, height, ink, is_hollow, title: String::new() });
        scene.text((x + SIGN + 5.0, y + TEXT), Anchor::Start, Ink::Soft, kind.title);
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
    let mut begin = top;
    for (bar, lines) in bars.bars.iter().zip(&named) {
        let middle = begin + high(lines) / 2.0;
        begin += high(lines);
        let (face, ink) = if bar.decides { (Face::Bold, Ink::Text) } else { (Face::Plain, Ink::Text) };
        let first = middle + 4.5 - (high(lines) - ROW) / 2.0;
        for (number, line) in lines.iter().enumerate() {
            let name = shortened(line, names, TEXT * 1.06);
            scene.set((left - 8.0, first + number as f64 * LINE), Anchor::End, ink, face, name);
        }
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

/// Kinds that are drawn and have a name, each with where it begins and in which row, so that none goes beyond the right end.
fn legend(bars: &Bars, left: f64, right: f64) -> Vec<(&Kind, (f64, usize))> {
    let (mut x, mut row) = (left, 0);
    let parts = || bars.bars.iter().flat_map(|bar| &bar.parts);
    let is_drawn = |kind: usize| parts().any(|part| part.kind == kind && part.from != part.to);
    let named = bars.kinds.iter().enumerate().filter(|(at, kind)| !kind.title.is_empty() && is_drawn(*at));
    let placed = named.map(|(_, kind)| {
        let wide = SIGN + 5.0 + width(kind.title, TEXT);
        if x > left && x + wide > right {
            (x, row) = (left, row + 1);
        }
        let at = (x, row);
        x += wide + 14.0;
        (kind, at)
    });
    placed.collect()
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
