//! Text for a terminal of a given width.

use super::{Format, Page, RenderError, chart};
use crate::report::Report;
use crate::report::context::Context;
use crate::report::document::{Align, Block, Cell, Column, Document, Table, Tone};
use comfy_table::{CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};
use std::collections::BTreeMap;
use textwrap::core::display_width;

/// The format.
pub const FORMAT: Format = Format {
    name: "table",
    endings: &["txt"],
    about: "For a terminal, as wide as that is",
    render: |report: &dyn Report, _: &Context<'_>, page: Page| -> Result<String, RenderError> {
        Ok(document(&report.document(), page))
    },
    rows: None,
};

/// Sign of the best of its column, for those who see no color.
const BEST: &str = "*";
/// Blanks between two columns.
const GAP: usize = 2;
/// Columns of words are not squeezed below this.
const NARROWEST: usize = 12;

/// Writes a document. Where a table is too wide, columns of the highest ranks are left out and named below it; what is
/// left is wrapped.
pub fn document(document: &Document, page: Page) -> String {
    let bold = |text: &str| {
        if page.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let blocks: Vec<String> = document
        .blocks
        .iter()
        .filter_map(|block| {
            Some(match block {
                Block::Heading(text) => format!("{}\n", bold(&wrap(text, page, ""))),
                Block::Paragraph { lead, text } if lead.is_empty() => format!("{}\n", wrap(text, page, "")),
                Block::Paragraph { lead, text } => {
                    let wrapped = wrap(&format!("{lead}: {text}"), page, "");
                    match wrapped.strip_prefix(lead.as_str()) {
                        Some(rest) => format!("{}{rest}\n", bold(lead)),
                        None => wrapped + "\n",
                    }
                }
                Block::List(points) => {
                    points.iter().map(|point| format!("{}\n", wrap(point, page, "- "))).collect()
                }
                Block::Steps(points) => points
                    .iter()
                    .enumerate()
                    .map(|(index, point)| format!("{}\n", wrap(point, page, &format!("{}. ", index + 1))))
                    .collect(),
                Block::Table(table) => render_table(table, page),
                Block::Chart(_) if !page.charts => return None,
                Block::Chart(it) => chart::terminal::text(it, page.width.min(page.prose)),
                Block::Figures(figures) => {
                    figures.iter().map(|figure| format!("{}\n", wrap(&figure.line(), page, "- "))).collect()
                }
                Block::Fold(fold) => {
                    format!(
                        "{}\n\n{}",
                        bold(&wrap(&fold.line(), page, "")),
                        self::document(&fold.within, page)
                    )
                }
                Block::Verbatim { text, .. } => text.lines().map(|line| printable(line) + "\n").collect(),
            })
        })
        .collect();
    blocks.join("\n")
}

fn wrap(text: &str, page: Page, bullet: &str) -> String {
    let indent = " ".repeat(bullet.len());
    let options = textwrap::Options::new(page.width.min(page.prose).max(20))
        .initial_indent(bullet)
        .subsequent_indent(&indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&printable(text), options)
}

/// Control characters would reach the terminal as commands.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn render_table(table: &Table, page: Page) -> String {
    let widths: Vec<usize> = (0..table.columns.len()).map(|index| natural_width(table, index)).collect();
    let mut kept: Vec<usize> = (0..table.columns.len()).collect();
    drop_columns(table, &mut kept, |kept| least_widths(table, &widths, kept) <= page.width);
    let fit = |kept: &[usize], gap: usize, is_last: bool| {
        let width = page.width + (GAP - gap) * kept.len().saturating_sub(1);
        let (narrow, least) = narrowed(table, &widths, kept, width, is_last);
        let fits = least.values().sum::<usize>() + gaps(kept) <= width;
        (narrow, least, fits)
    };
    // Rather than break a word.
    drop_columns(table, &mut kept, |kept| fit(kept, GAP, false).2);
    let gap = if fit(&kept, GAP, true).2 { GAP } else { 1 };
    let (narrow, least, fits) = fit(&kept, gap, true);
    let mut shown = comfy_table::Table::new();
    shown
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(page.width).unwrap_or(u16::MAX))
        .force_no_tty();
    if page.color {
        shown.enforce_styling();
    }
    let styled = |text: &str, index: usize, tone: Tone| {
        let column = &table.columns[index];
        let alignment = match column.align {
            Align::Left => CellAlignment::Left,
            Align::Right => CellAlignment::Right,
        };
        let sign = if tone == Tone::Good { BEST } else { "" };
        let text = format!("{sign}{}", printable(text));
        let text = if narrow.contains(&index) { textwrap::fill(&text, least[&index]) } else { text };
        let cell = comfy_table::Cell::new(text).set_alignment(alignment);
        match tone {
            Tone::Plain => cell,
            Tone::Good => cell.fg(Color::Green),
            Tone::Bad => cell.fg(Color::Red),
        }
    };
    shown.set_header(kept.iter().map(|&index| styled(&table.columns[index].title, index, Tone::Plain)));
    let mut above: Option<&Vec<Cell>> = None;
    for row in &table.rows {
        // A cell repeats the one above it only where all that it is grouped under does.
        let mut repeats = above.is_some();
        shown.add_row(kept.iter().map(|&index| {
            let (column, cell) = (&table.columns[index], &row[index]);
            repeats &= !column.groups || above.is_some_and(|above| above[index].text == cell.text);
            let text = if column.groups && repeats { "" } else { cell.text.as_str() };
            styled(text, index, cell.tone)
        }));
        above = Some(row);
    }
    // Numbers and words stay whole as long as there is room for them at all.
    let last = kept.len().saturating_sub(1);
    for (position, &index) in kept.iter().enumerate() {
        if let Some(column) = shown.column_mut(position) {
            let right = if position == last { 0 } else { gap as u16 };
            column.set_padding((0, right));
            let width = Width::Fixed(least[&index] as u16 + right);
            match table.columns[index].align {
                Align::Right if fits => column.set_constraint(ColumnConstraint::Absolute(width)),
                Align::Left if fits => column.set_constraint(ColumnConstraint::LowerBoundary(width)),
                _ => column,
            };
        }
    }
    let lines: Vec<String> = shown.lines().map(|line| line.trim_end().to_owned()).collect();
    let hidden: Vec<&str> = (0..table.columns.len())
        .filter(|index| !kept.contains(index))
        .map(|index| table.columns[index].title.as_str())
        .collect();
    let mut text = lines.join("\n") + "\n";
    if !hidden.is_empty() {
        let note = format!("(not shown at this width: {})", hidden.join(", "));
        text += &(wrap(&note, page, "") + "\n");
    }
    text
}

/// Widest text of a column.
fn natural_width(table: &Table, index: usize) -> usize {
    let cells = table.rows.iter().map(|row| {
        let sign = if row[index].tone == Tone::Good { BEST.len() } else { 0 };
        display_width(&row[index].text) + sign
    });
    cells.chain([display_width(&table.columns[index].title)]).max().unwrap_or(0)
}

/// The least width that a column of a `natural` width can be squeezed to: words wrap, numbers do not.
fn least_width(column: &Column, natural: usize) -> usize {
    let long_text = natural > 2 * NARROWEST;
    if column.align == Align::Left && long_text { 2 * NARROWEST } else { natural }
}

/// What some columns, out of all with their natural `widths`, can be squeezed to together.
fn least_widths(table: &Table, widths: &[usize], columns: &[usize]) -> usize {
    columns.iter().map(|&index| least_width(&table.columns[index], widths[index])).sum::<usize>()
        + gaps(columns)
}

/// The blanks between some columns.
fn gaps(columns: &[usize]) -> usize {
    GAP * columns.len().saturating_sub(1)
}

/// What each column can be squeezed to. Where that is too wide for all of them, words wrap before any is broken; and where that is
/// too wide, those with the longest words, mostly names, wrap at hyphens too, in what the others leave and nowhere else; where no column is left to
/// leave out, `is_last`, down to what stands between two hyphens.
fn narrowed(
    table: &Table,
    widths: &[usize],
    kept: &[usize],
    width: usize,
    is_last: bool,
) -> (Vec<usize>, BTreeMap<usize, usize>) {
    let is_word = |index: &usize| table.columns[*index].align == Align::Left;
    let longest = |index: usize, split: fn(&str) -> Vec<&str>| {
        let cells = table.rows.iter().map(|row| row[index].text.as_str());
        let words = cells.chain([table.columns[index].title.as_str()]).flat_map(split);
        words.map(|word| display_width(word.trim_end())).max().unwrap_or(0)
    };
    let longest_word = |index: usize| longest(index, |text| text.split(' ').collect());
    let longest_part = |index: usize| longest(index, |text| text.split_inclusive([' ', '-']).collect());
    let of_all = |least: &dyn Fn(usize) -> usize| -> BTreeMap<usize, usize> {
        let squeezed =
            |index| if is_word(&index) { longest_word(index).max(least(index)) } else { widths[index] };
        kept.iter().map(|&index| (index, squeezed(index).min(widths[index]))).collect()
    };
    let beyond =
        |all: &BTreeMap<usize, usize>| (all.values().sum::<usize>() + gaps(kept)).saturating_sub(width);
    let mut all = of_all(&|index| least_width(&table.columns[index], widths[index]));
    if beyond(&all) > 0 {
        all = of_all(&|_| NARROWEST);
    }
    let mut words: Vec<usize> = kept.iter().copied().filter(is_word).collect();
    words.sort_by_key(|&index| std::cmp::Reverse(longest_word(index)));
    let mut narrow = Vec::new();
    for is_last in [false, is_last] {
        for &index in &words {
            let beyond = beyond(&all);
            if beyond == 0 {
                break;
            }
            let least = if is_last { longest_part(index) } else { NARROWEST.max(longest_part(index)) };
            let Some(column) = all.get_mut(&index).filter(|it| **it > least) else { continue };
            *column = column.saturating_sub(beyond).max(least);
            narrow.push(index);
        }
    }
    (narrow, all)
}

/// Leaves out columns of the highest ranks until the others do.
fn drop_columns(table: &Table, kept: &mut Vec<usize>, do_fit: impl Fn(&[usize]) -> bool) {
    let rank = |index: &usize| (table.columns[*index].rank, *index);
    while !do_fit(kept) {
        let ranked = kept.iter().copied().filter(|index| rank(index).0 > 0);
        let Some(last) = ranked.max_by_key(rank) else { return };
        kept.retain(|&other| other != last);
    }
}
