//! Charts as text: lines of dots in braille, bars of blocks.

use super::scale::{self, Scale};
use crate::report::chart::{Bars, Chart, Lines, Mark, Plot};
use textwrap::core::display_width;

/// Lines of text that a chart of lines takes.
const ROWS: usize = 8;
/// Dots of a character, across and down.
const DOTS: (usize, usize) = (2, 4);

/// A chart of so many characters in a line.
pub fn text(chart: &Chart, width: usize) -> String {
    let drawn = match &chart.plot {
        Plot::Lines(it) => lines(it, width),
        Plot::Bars(it) => bars(it, width),
    };
    let note = filled(&chart.note, width);
    format!("{}\n{drawn}{note}{}", chart.title, if note.is_empty() { "" } else { "\n" })
}

fn lines(lines: &Lines, width: usize) -> String {
    let points = || lines.series.iter().flat_map(|it| &it.points);
    let ends = scale::ends(points().map(|(x, _)| *x));
    let (_, most) = scale::ends(points().filter_map(|(_, y)| *y).chain([0.0]));
    let down = (ROWS * DOTS.1 - 1) as f64;
    let vertical = Scale::new(&lines.y, (0.0, most), 2, (down, 0.0));
    let numbers: Vec<(usize, String)> =
        vertical.ticks.iter().map(|it| ((vertical.at(*it) as usize) / DOTS.1, lines.y.figure(*it))).collect();
    let left = numbers.iter().map(|(_, it)| display_width(it)).max().unwrap_or(0) + 1;
    let right = match lines.series.len() {
        0 | 1 => 0,
        _ => lines.series.iter().map(|it| display_width(&it.name)).max().unwrap_or(0) + 1,
    };
    let across = width.saturating_sub(left + right + 1).max(20);
    let horizontal = Scale::new(&lines.x, ends, 4, (0.0, (across * DOTS.0 - 1) as f64)).tight(ends);
    let mut dots = vec![vec![0u8; across]; ROWS];
    let mut names: Vec<Vec<&str>> = vec![Vec::new(); ROWS];
    for series in &lines.series {
        let mut before: Option<(f64, f64)> = None;
        let mut last = None;
        for (x, y) in &series.points {
            let here = y.filter(|it| it.is_finite()).map(|y| (horizontal.at(*x), vertical.at(y)));
            if let (Some((x0, y0)), Some((x1, y1))) = (before, here) {
                let steps = (x1 - x0).abs().max((y1 - y0).abs()).max(1.0).ceil();
                for step in 0..=steps as usize {
                    let share = step as f64 / steps;
                    let y = if series.is_stepped && share < 1.0 { y0 } else { y0 + (y1 - y0) * share };
                    dot(&mut dots, x0 + (x1 - x0) * share, y);
                }
            }
            last = here.or(last);
            before = here;
        }
        if let Some((_, y)) = last.filter(|_| right > 0) {
            let row = (y as usize / DOTS.1).min(ROWS - 1);
            // The nearest row that is free.
            let free = (0..ROWS).filter(|it| names[*it].is_empty()).min_by_key(|it| it.abs_diff(row));
            names[free.unwrap_or(row)].push(&series.name);
        }
    }
    let mut text = String::new();
    for (row, cells) in dots.iter().enumerate() {
        let number = numbers.iter().find(|(at, _)| *at == row).map_or("", |(_, it)| it.as_str());
        let cells: String =
            cells.iter().map(|bits| char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' ')).collect();
        let line = format!("{number:>left$} {cells} {}", names[row].join(", "), left = left - 1);
        text += line.trim_end_matches([' ', '\u{2800}']);
        text += "\n";
    }
    let (from, to) = (lines.x.figure(ends.0), lines.x.figure(ends.1));
    let gap =
        across.saturating_sub(display_width(&from) + display_width(&to) + display_width(&lines.x.title)) / 2;
    let gap = " ".repeat(gap.max(1));
    text += &format!("{}{from}{gap}{}{gap}{to}\n", " ".repeat(left), lines.x.title);
    let mark = |it: &Mark| match lines.x.figure(it.at) {
        at if it.title.ends_with(&at) => it.title.clone(),
        at => format!("{} ({at})", it.title),
    };
    let marks: Vec<String> = lines.marks.iter().map(mark).collect();
    if !marks.is_empty() {
        text += &(filled(&marks.join(", "), width) + "\n");
    }
    text
}

/// A text in lines that break no name.
fn filled(text: &str, width: usize) -> String {
    textwrap::fill(text, textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation))
}

fn dot(dots: &mut [Vec<u8>], x: f64, y: f64) {
    const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    let (x, y) = (x.round() as usize, y.round() as usize);
    if let Some(cell) = dots.get_mut(y / DOTS.1).and_then(|row| row.get_mut(x / DOTS.0)) {
        *cell |= BITS[x % DOTS.0][y % DOTS.1];
    }
}

fn bars(bars: &Bars, width: usize) -> String {
    let widest = |texts: Vec<usize>| texts.into_iter().max().unwrap_or(0);
    let left = widest(bars.bars.iter().map(|it| display_width(&it.title)).collect());
    let right = widest(bars.bars.iter().map(|it| display_width(&it.figure)).collect());
    let across = width.saturating_sub(left + right + 2).max(10);
    let most = bars.bars.iter().map(|it| it.ends().1).fold(0.0, f64::max);
    let scale = Scale::new(&bars.axis, (0.0, most), 4, (0.0, across as f64)).tight((0.0, most));
    let mut text = String::new();
    for bar in &bars.bars {
        let begin = bar.parts.iter().map(|it| it.from.min(it.to)).fold(f64::INFINITY, f64::min).max(0.0);
        let [from, to] = [begin, bar.ends().1].map(|it| scale.at(it).round() as usize);
        let drawn = " ".repeat(from.min(to)) + &"█".repeat(to.saturating_sub(from).max(1));
        let pad = " ".repeat(left - display_width(&bar.title));
        text += &format!("{}{pad} {drawn} {}\n", bar.title, bar.figure);
    }
    text
}
