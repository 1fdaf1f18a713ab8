//! GitHub Markdown.

use crate::report::document::{Align, Block, Document, Table};

/// Writes a document; tables in full, whatever their width.
pub fn render(document: &Document) -> String {
    let blocks: Vec<String> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Heading(text) => format!("### {}\n", escape(text)),
            Block::Paragraph { lead, text } if lead.is_empty() => format!("{}\n", escape(text)),
            Block::Paragraph { lead, text } => format!("**{}**: {}\n", escape(lead), escape(text)),
            Block::List(points) => {
                points.iter().map(|point| format!("- {}\n", escape(point))).collect::<String>()
            }
            Block::Table(table) => render_table(table),
            Block::Verbatim { language, text } => format!("```{language}\n{text}```\n"),
        })
        .collect();
    blocks.join("\n")
}

fn render_table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let header = line(table.columns.iter().map(|column| escape(&column.title)).collect());
    let rule = line(
        table
            .columns
            .iter()
            .map(|column| match column.align {
                Align::Left => "---".to_owned(),
                Align::Right => "---:".to_owned(),
            })
            .collect(),
    );
    let rows = table.rows.iter().map(|row| line(row.iter().map(|cell| escape(&cell.text)).collect()));
    header + &rule + &rows.collect::<String>()
}

/// Keeps text from being read as markup, but for the commands that it quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    for (at, c) in text.char_indices() {
        if c == '`' && (in_code || text[at..].starts_with("`tonnage ")) {
            in_code = !in_code;
            escaped.push(c);
            continue;
        }
        match c {
            '|' => escaped.push_str("\\|"),
            '&' if !in_code => escaped.push_str("&amp;"),
            c if c.is_control() => escaped.push(' '),
            c => {
                if !in_code && is_markup(c, &text[..at], text) {
                    escaped.push('\\');
                }
                escaped.push(c);
            }
        }
    }
    escaped
}

/// Whether a character means something where it stands: a list marker or `#` only at the beginning, a `$` only
/// where there is another to make a formula with.
fn is_markup(c: char, before: &str, text: &str) -> bool {
    match c {
        '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '~' => true,
        '#' | '-' | '+' => before.is_empty(),
        '.' | ')' => !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()),
        '$' => text.matches('$').count() > 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("a|b"), "a\\|b");
        assert_eq!(escape("*x* <b> [l]"), "\\*x\\* \\<b\\> \\[l\\]");
        assert_eq!(escape("catch_up"), "catch\\_up");
        assert_eq!(escape("see `tonnage a_b|c`"), "see `tonnage a_b\\|c`");
        assert_eq!(escape("`tick`"), "\\`tick\\`");
        assert_eq!(escape("1. first & last"), "1\\. first &amp; last");
        assert_eq!(escape("- dash - dash"), "\\- dash - dash");
        assert_eq!(escape("one ` alone"), "one \\` alone");
        assert_eq!(escape("two\nlines"), "two lines");
        assert_eq!(escape("# 1"), "\\# 1");
    }
}
