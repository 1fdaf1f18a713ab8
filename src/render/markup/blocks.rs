//! The blocks of a document as HTML. What is rendered again in a page comes from here as well.

use super::text::{escape, inline};
use crate::render::chart;
use crate::report::document::{Align, Block, Cell, Document, Figure, Fold, Table, Tone};
use std::collections::BTreeMap;

/// Most bytes of a value that is not broken into lines: `95.9 ms ± 3.8`.
const LONGEST_VALUE: usize = 16;

/// A document as what stands in `main`: the first heading is the page's.
pub fn body(document: &Document) -> String {
    written(document, false)
}

/// The same of what stands below it, under the page's heading.
pub fn after(document: &Document) -> String {
    written(document, true)
}

fn written(document: &Document, has_title: bool) -> String {
    let folds = document.blocks.iter().filter_map(|block| match block {
        Block::Fold(fold) => Some(fold),
        _ => None,
    });
    let ids = folds.enumerate().map(|(index, fold)| (fold.title.as_str(), format!("fold-{}", index + 1)));
    let ids = if has_title { BTreeMap::new() } else { ids.collect() };
    let mut writer = Writer { ids, has_title, ..Writer::default() };
    writer.document(document, 0);
    writer.html
}

#[derive(Default)]
struct Writer<'d> {
    html: String,
    /// Where what is told of a name stands.
    ids: BTreeMap<&'d str, String>,
    /// The heading that a table stands under.
    heading: String,
    /// Tables under it so far.
    tables: usize,
    charts: usize,
    has_title: bool,
}

impl<'d> Writer<'d> {
    fn document(&mut self, document: &'d Document, depth: usize) {
        let is_chart = |block: &Block| matches!(block, Block::Chart(_));
        for blocks in document.blocks.chunk_by(|one, next| is_chart(one) && is_chart(next)) {
            let has_charts = blocks.iter().any(is_chart);
            self.html += if has_charts { "<div class=\"charts\">\n" } else { "" };
            blocks.iter().for_each(|block| self.block(block, depth));
            self.html += if has_charts { "</div>\n" } else { "" };
        }
    }

    fn block(&mut self, block: &'d Block, depth: usize) {
        match block {
            Block::Heading(text) => self.heading(text, depth),
            Block::Paragraph { lead, text } if lead.is_empty() => {
                self.html += &format!("<p>{}</p>\n", inline(text));
            }
            Block::Paragraph { lead, text } => {
                self.html += &format!("<p><strong>{}</strong>: {}</p>\n", inline(lead), inline(text));
            }
            Block::List(points) => self.points("ul", points),
            Block::Steps(points) => self.points("ol", points),
            Block::Table(table) => self.table(table),
            Block::Verbatim { text, .. } => {
                let lines: Vec<String> = text.lines().map(escape).collect();
                self.html += &format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", lines.join("\n"));
            }
            Block::Chart(chart) => {
                self.charts += 1;
                let drawn = chart::in_page(chart, &format!("chart-{}", self.charts));
                let (name, title) = (chart.name, inline(&chart.title));
                self.html += &format!(
                    "<figure data-chart=\"{name}\" tabindex=\"0\"><figcaption>{title}</figcaption>\n{drawn}</figure>\n"
                );
            }
            Block::Figures(figures) => self.figures(figures),
            Block::Fold(fold) => self.fold(fold, depth),
        }
    }

    fn heading(&mut self, text: &str, depth: usize) {
        let level = match (self.has_title, depth) {
            (false, _) => 1,
            (true, 0) => 2,
            (true, _) => 4,
        };
        self.has_title = true;
        self.heading = text.to_owned();
        self.tables = 0;
        // A line never begins with the sign.
        let text = inline(text).replace(" %", "&nbsp;%");
        self.html += &format!("<h{level}>{text}</h{level}>\n");
    }

    fn points(&mut self, tag: &str, points: &[String]) {
        let points: String =
            points.iter().map(|point| format!("<li>{}</li>\n", self.linked(point))).collect();
        self.html += &format!("<{tag}>\n{points}</{tag}>\n");
    }

    /// A text that begins with a name, with a link to what is told of it.
    fn linked(&self, text: &str) -> String {
        let about = text.split_once(": ").and_then(|(name, rest)| Some((name, self.ids.get(name)?, rest)));
        match about {
            Some((name, id, rest)) => format!("<a href=\"#{id}\">{}</a>: {}", escape(name), inline(rest)),
            None => inline(text),
        }
    }

    fn figures(&mut self, figures: &[Figure]) {
        self.html += "<dl class=\"figures\">\n";
        for Figure { title, value, remark } in figures {
            let remark =
                if remark.is_empty() { String::new() } else { format!("<dd>{}</dd>", inline(remark)) };
            self.html += &format!(
                "<div><dt>{}</dt><dd class=\"value\">{}</dd>{remark}</div>\n",
                inline(title),
                inline(value)
            );
        }
        self.html += "</dl>\n";
    }

    fn fold(&mut self, fold: &'d Fold, depth: usize) {
        let Fold { title, figure, within } = fold;
        let figure = if figure.is_empty() { String::new() } else { format!(" <b>{}</b>", inline(figure)) };
        let name = inline(title);
        let (id, name) = match self.ids.get(title.as_str()).filter(|_| depth == 0) {
            Some(id) => (format!(" id=\"{id}\""), format!("<h3>{name}</h3>")),
            None => (String::new(), name),
        };
        self.html += &format!("<details{id}><summary>{name}{figure}</summary>\n");
        (self.heading, self.tables) = (title.clone(), 0);
        self.document(within, depth + 1);
        self.html += "</details>\n";
    }

    fn table(&mut self, table: &Table) {
        self.tables += 1;
        let caption = match self.tables {
            1 => self.heading.clone(),
            number => format!("{} ({number})", self.heading),
        };
        // Cells, rows and columns end where the next one begins.
        let class = |align: Align| if align == Align::Right { " class=n" } else { "" };
        let header = table
            .columns
            .iter()
            .map(|column| format!("<th scope=col{}>{}", class(column.align), inline(&column.title)));
        // A value with its unit stays on one line.
        let is_value = |cell: &Cell| {
            cell.text.len() <= LONGEST_VALUE && cell.text.starts_with(|c: char| c.is_ascii_digit())
        };
        let row = |cells: &Vec<Cell>| {
            let cells = cells.iter().zip(&table.columns).enumerate();
            let cells = cells.map(|(index, (cell, column))| {
                let text = self.cell(cell);
                match index {
                    0 => format!("<th scope=row{}>{text}", class(column.align)),
                    _ if column.align == Align::Left && is_value(cell) => {
                        format!("<td class=v>{text}")
                    }
                    _ => format!("<td{}>{text}", class(column.align)),
                }
            });
            format!("<tr>{}", cells.collect::<String>())
        };
        let rows: String = table.rows.iter().map(row).collect();
        let caption = escape(&caption);
        let words = table.columns.iter().filter(|it| it.align == Align::Left).count() > 1;
        let words = if words { " class=w" } else { "" };
        self.html += &format!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table{words}>\n\
             <caption>{caption}</caption><thead><tr>{}<tbody>{rows}</table></div>\n",
            header.collect::<String>(),
        );
    }

    fn cell(&self, cell: &Cell) -> String {
        // A mark stays with its name.
        let text = inline(&cell.text).replace(" !", "&nbsp;!");
        let text = match self.ids.get(cell.text.as_str()) {
            Some(id) => format!("<a href=\"#{id}\">{text}</a>"),
            None => text,
        };
        match cell.tone {
            Tone::Plain => text,
            Tone::Good => format!("<b class=\"good\">*{text}</b>"),
            Tone::Bad => format!("<b class=\"bad\">{text}</b>"),
        }
    }
}
