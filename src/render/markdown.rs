//! GitHub Markdown that also reads well raw: tables in full, no escape where Markdown needs none.

use super::{Format, Page, RenderError};
use crate::report::Report;
use crate::report::context::Context;
use crate::report::document::{Align, Block, Cell, Document, Table, Tone};

/// The format.
pub const FORMAT: Format = Format {
    name: "markdown",
    endings: &["md", "markdown"],
    about: "GitHub Markdown, for pull requests and documents",
    render: |report: &dyn Report, _: &Context<'_>, _: Page| -> Result<String, RenderError> {
        Ok(document(&report.document()))
    },
    rows: None,
};

/// Writes a document.
pub fn document(document: &Document) -> String {
    let blocks: Vec<String> = document
        .blocks
        .iter()
        .filter_map(|block| {
            Some(match block {
                Block::Heading(text) => format!("### {}\n", inline(text)),
                Block::Paragraph { lead, text } if lead.is_empty() => format!("{}\n", line(text)),
                Block::Paragraph { lead, text } => format!("**{}**: {}\n", inline(lead), inline(text)),
                Block::List(points) => {
                    points.iter().map(|point| format!("- {}\n", line(point))).collect::<String>()
                }
                Block::Steps(points) => points
                    .iter()
                    .enumerate()
                    .map(|(index, point)| format!("{}. {}\n", index + 1, line(point)))
                    .collect::<String>(),
                Block::Table(table) => render_table(table),
                Block::Chart(_) => return None,
                Block::Figures(figures) => {
                    figures.iter().map(|figure| format!("- {}\n", line(&figure.line()))).collect()
                }
                Block::Fold(fold) => {
                    format!("#### {}\n\n{}", inline(&fold.line()), self::document(&fold.within))
                }
                Block::Verbatim { language, text } => {
                    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                    let fence = "`".repeat(3.max(longest + 1));
                    format!("{fence}{language}\n{text}{fence}\n")
                }
            })
        })
        .collect();
    blocks.join("\n")
}

fn render_table(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let header = row(table.columns.iter().map(|column| within_cell(&column.title)).collect());
    let rule = row(table
        .columns
        .iter()
        .map(|column| match column.align {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        })
        .collect());
    let rows = table.rows.iter().map(|cells| row(cells.iter().map(cell).collect()));
    header + &rule + &rows.collect::<String>()
}

fn cell(cell: &Cell) -> String {
    let text = within_cell(&cell.text);
    if cell.tone == Tone::Good { format!("**{text}**") } else { text }
}

/// Text within a cell, which a bar would end, between backticks too.
fn within_cell(text: &str) -> String {
    inline(text).replace('|', "\\|")
}

/// Text that begins a line: a list marker there is no list marker.
fn line(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    let marks = match digits {
        0 => ["# ", "- ", "+ ", "> "].iter().any(|marker| rest.starts_with(marker)),
        _ => rest.starts_with(". ") || rest.starts_with(") "),
    };
    let (before, after) = text.split_at(digits);
    if marks { format!("{before}\\{}", inline(after)) } else { inline(text) }
}

/// Text within a line. What stands between backticks stays as it is.
fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut code_ends = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let after = &text[at + c.len_utf8()..];
        if c == '`' && at >= code_ends {
            code_ends = code(before, after).map_or(at, |length| at + length + 2);
        }
        let is_code = at < code_ends;
        if !is_code && is_markup(c, before, after) {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
        // GitHub tells whoever has a name behind @, escaped or not.
        if c == '@' && !is_code && !before.is_alphanumeric() && after.starts_with(char::is_alphanumeric) {
            escaped.push_str("<!-- -->");
        }
        before = c;
    }
    escaped
}

/// How long the code is that a backtick begins and the next one ends. Those of names begin none: they stand within words, alone or
/// side by side. Nor does what a cell of a table cannot have as code.
fn code(before: char, after: &str) -> Option<usize> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '`';
    let (code, rest) = after.split_once('`')?;
    let is_whole = !code.is_empty() && code.trim() == code && !code.contains("\\|");
    (is_whole && !is_of_name(before) && !rest.starts_with(is_of_name)).then_some(code.len())
}

/// Whether a character means something to Markdown between the one before it and the text after it.
fn is_markup(c: char, before: char, after: &str) -> bool {
    let next = after.chars().next().unwrap_or(' ');
    match c {
        '`' => true,
        '*' => !next.is_whitespace() || !before.is_whitespace(),
        '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
        '<' => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
        '&' => next.is_ascii_alphabetic() || next == '#',
        '[' => after.contains("](") || after.contains("]["),
        '~' => next == '~' || before == '~',
        '\\' => next.is_ascii_punctuation(),
        // GitHub takes `$x$` for a formula where the second `$` is not behind a blank.
        '$' => after.match_indices('$').any(|(at, _)| !after[..at].ends_with([' ', '(', '|'])),
        _ => false,
    }
}
