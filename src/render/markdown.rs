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

/// Keeps text from being read as markup; code spans in backticks are left as they are.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    let has_code = text.matches('`').count().is_multiple_of(2);
    for c in text.chars() {
        if c == '`' && has_code {
            in_code = !in_code;
        }
        let special = match c {
            '|' => true,
            '`' => !has_code,
            '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '~' | '$' => !in_code,
            _ => false,
        };
        if special && !is_harmless(c, &escaped, text) {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

/// A `#` within a line is no heading, and a `$` alone in a text no formula.
fn is_harmless(c: char, before: &str, text: &str) -> bool {
    match c {
        '#' => !before.is_empty(),
        '$' => text.matches('$').count() < 2,
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
        assert_eq!(escape("`a_b|c`"), "`a_b\\|c`");
        assert_eq!(escape("one ` alone"), "one \\` alone");
        assert_eq!(escape("two\nlines"), "two lines");
        assert_eq!(escape("# 1"), "\\# 1");
    }
}
