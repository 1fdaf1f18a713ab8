//! Lines over a quantity, each named where it ends, and values to look at.

use super::ink::Ink;
use super::scale::{Scale, ends};
use super::shapes::{Anchor, At, LINE, Scene, Shape, TEXT, shortened, width};
use crate::report::chart::{Lines, Mark, Series};
use tonnage_model::ranked::least_first;

/// Of what is drawn, without names and numbers.
const PLOT_HEIGHT: f64 = 240.0;
/// Most room for the name of a line, as a share of the width.
const NAMES: f64 = 0.3;
/// Most values across that a pointer is told of.
const POINTED: usize = 60;

/// Dashes of the lines one after another: with six the colors repeat, the dashes have changed by then.
const DASHES: [&[f32]; 3] = [&[], &[7.0, 3.0], &[2.0, 3.0]];

/// The chart as shapes.
pub fn scene(lines: &Lines, whole_width: f64) -> Scene {
    let points = || lines.series.iter().flat_map(|it| &it.points);
    let x_ends = ends(points().map(|(x, _)| *x));
    let (least, most) = ends(points().filter_map(|(_, y)| *y).chain([0.0]));

    let vertical = Scale::new(&lines.y, (least, most), 5, (0.0, 1.0));
    let numbers: Vec<String> = vertical.ticks.iter().map(|tick| lines.y.figure(*tick)).collect();
    let left = numbers.iter().map(|it| width(it, TEXT)).fold(0.0, f64::max) + 8.0;
    let named = if lines.series.len() > 1 { lines.series.as_slice() } else { &[] };
    let names = named.iter().map(|it| width(&it.name, TEXT)).fold(0.0, f64::max);
    let right = whole_width - if names > 0.0 { names.min(NAMES * whole_width) + 14.0 } else { 16.0 };

    let horizontal = Scale::new(&lines.x, x_ends, 6, (left, right)).tight(x_ends);
    let marks = placed(&lines.marks, &horizontal, (left, right));
    let rows = marks.iter().map(|(_, row)| row + 1).max().unwrap_or(0);
    let top = LINE + 10.0 + rows as f64 * LINE;
    let bottom = top + PLOT_HEIGHT;
    let vertical = Scale::new(&lines.y, (least, most), 5, (bottom, top));

    let mut scene = Scene::new(whole_width, bottom + 2.0 * LINE + 10.0);
    scene.text((0.0, TEXT), Anchor::Start, Ink::Soft, &lines.y.title);
    for (tick, number) in vertical.ticks.iter().zip(&numbers) {
        let y = vertical.at(*tick);
        scene.line((left, y), (right, y), if *tick == 0.0 { Ink::Rule } else { Ink::Grid }, false);
        scene.text((left - 8.0, y + 4.5), Anchor::End, Ink::Soft, number);
    }
    let mut free = f64::NEG_INFINITY;
    for tick in &horizontal.ticks {
        let (x, number) = (horizontal.at(*tick), lines.x.figure(*tick));
        let half = width(&number, TEXT) / 2.0;
        scene.line((x, bottom), (x, bottom + 5.0), Ink::Rule, false);
        if x - half > free {
            scene.text((x, bottom + LINE + 3.0), Anchor::Middle, Ink::Soft, number);
            free = x + half + 6.0;
        }
    }
    scene.text((right, bottom + 2.0 * LINE + 4.0), Anchor::End, Ink::Soft, &lines.x.title);
    for (mark, (left_end, row)) in lines.marks.iter().zip(&marks) {
        let (x, y) = (horizontal.at(mark.at), TEXT + (1 + row) as f64 * LINE);
        scene.line((x, top - 6.0), (x, bottom), Ink::Soft, true);
        scene.text((*left_end, y), Anchor::Start, Ink::Soft, &mark.title);
    }
    let at = |x: f64, y: f64| (horizontal.at(x), vertical.at(y));
    for (color, series) in lines.series.iter().enumerate() {
        let dashes = DASHES[color % DASHES.len()];
        scene.shapes.push(Shape::Path { pieces: pieces(series, at), ink: Ink::Data(color), dashes });
    }
    let last: Vec<Option<f64>> =
        named.iter().map(|it| Some(vertical.at(it.points.iter().rev().find_map(|(_, y)| *y)?))).collect();
    for (color, y) in apart(&last, top, bottom) {
        let name = shortened(&named[color].name, NAMES * whole_width, TEXT);
        scene.text((right + 8.0, y + 4.5), Anchor::Start, Ink::Data(color), name);
    }
    scene.shapes.extend(pointed(lines, &horizontal, (top, bottom)));
    scene
}

/// What a pointer is told over each stretch: the value across, and that of every line there.
fn pointed(lines: &Lines, scale: &Scale, (top, bottom): (f64, f64)) -> Vec<Shape> {
    let longest = lines.series.iter().map(|it| it.points.as_slice()).max_by_key(|it| it.len());
    let points = longest.unwrap_or_default();
    let values: Vec<f64> =
        points.iter().step_by(points.len().div_ceil(POINTED).max(1)).map(|(x, _)| *x).collect();
    let is_stepped = lines.series.iter().any(|it| it.is_stepped);
    let place = |index: usize| scale.at(values[index.min(values.len() - 1)]);
    // A value that holds until the next reaches to it, another one halfway.
    let end = |index: usize| match is_stepped {
        true => place(index + 1),
        false => (place(index) + place(index + 1)) / 2.0,
    };
    let told = |x: f64| {
        let of = |it: &Series| Some(format!("\n{}: {}", it.name, lines.y.figure(nearest(it, x)?)));
        format!("{} {}", lines.x.figure(x), lines.x.title)
            + &lines.series.iter().filter_map(of).collect::<String>()
    };
    let band = |index: usize| {
        let from = index.checked_sub(1).map_or_else(|| place(0), end);
        let (width, height) = (end(index) - from, bottom - top);
        let (at, title) = ((from, top), told(values[index]));
        (width > 0.0).then_some(Shape::Rect { at, width, height, ink: Ink::Pointed, is_hollow: false, title })
    };
    (0..values.len()).filter_map(band).collect()
}

/// The value of a line where it is given next to `x`.
fn nearest(series: &Series, x: f64) -> Option<f64> {
    let away = |point: &&(f64, Option<f64>)| (point.0 - x).abs();
    series.points.iter().min_by(|one, other| away(one).total_cmp(&away(other)))?.1
}

/// The pieces of a line between values that there are none of.
fn pieces(series: &Series, at: impl Fn(f64, f64) -> At) -> Vec<Vec<At>> {
    let mut pieces: Vec<Vec<At>> = Vec::new();
    let mut is_open = false;
    for (x, y) in &series.points {
        let Some(y) = y.filter(|y| y.is_finite()) else {
            is_open = false;
            continue;
        };
        if !is_open {
            pieces.push(Vec::new());
            is_open = true;
        }
        let Some(piece) = pieces.last_mut() else { continue };
        let here = at(*x, y);
        if let Some(before) = piece.last().copied().filter(|_| series.is_stepped) {
            piece.push((here.0, before.1));
        }
        piece.push(here);
    }
    // What nobody can see between two points need not be there.
    pieces.iter_mut().for_each(|piece| piece.dedup());
    pieces
}

/// Where the text of each mark begins, and in which row, so that none is on another.
fn placed(marks: &[Mark], scale: &Scale, (left, right): (f64, f64)) -> Vec<(f64, usize)> {
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let place = |mark: &Mark| {
        let wide = width(&mark.title, TEXT);
        let begin = (scale.at(mark.at) - wide / 2.0).min(right - wide).max(left);
        let is_free =
            |row: &Vec<(f64, f64)>| row.iter().all(|(from, to)| begin > *to || begin + wide < *from);
        let row = taken.iter().position(is_free).unwrap_or_else(|| {
            taken.push(Vec::new());
            taken.len() - 1
        });
        taken[row].push((begin - 10.0, begin + wide + 10.0));
        (begin, row)
    };
    marks.iter().map(place).collect()
}

/// Where names stand beside the ends of their lines, moved apart where these are close, from top to bottom.
fn apart(ends: &[Option<f64>], top: f64, bottom: f64) -> Vec<(usize, f64)> {
    let mut places: Vec<(usize, f64)> =
        ends.iter().enumerate().filter_map(|(index, end)| Some((index, (*end)?))).collect();
    least_first(&mut places, |it| it.1);
    let mut least = top;
    for (_, y) in &mut places {
        *y = y.max(least);
        least = *y + LINE;
    }
    let mut most = bottom;
    for (_, y) in places.iter_mut().rev() {
        *y = y.min(most);
        most = *y - LINE;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{apart, placed};
    use crate::render::chart::scale::Scale;
    use crate::report::chart::{Axis, Mark};
    use crate::report::column::Unit;

    #[test]
    fn names_do_not_collide() {
        // Two at 100 and one at 105: 17 apart each, from the bottom up at 240.
        assert_eq!(apart(&[Some(105.0), None, Some(100.0)], 0.0, 240.0), [(2, 100.0), (0, 117.0)]);
        assert_eq!(apart(&[Some(238.0), Some(240.0)], 0.0, 240.0), [(0, 223.0), (1, 240.0)]);
    }

    #[test]
    fn marks_do_not_collide() {
        let scale = Scale::new(&Axis::new("", Unit::Count), (0.0, 100.0), 5, (0.0, 500.0));
        let mark = |at: f64| Mark { at, title: "rust-rdkafka".into() };
        let rows: Vec<usize> = placed(&[mark(10.0), mark(11.0), mark(90.0)], &scale, (0.0, 500.0))
            .iter()
            .map(|it| it.1)
            .collect();
        assert_eq!(rows, [0, 1, 0]);
    }
}
