//! One HTML file: nothing is loaded from elsewhere, and all of it is there without scripts.

mod live;

use super::markup::blocks;
use super::markup::text::{escape, script};
use super::{Format, Page, RenderError, chart, json};
use crate::report::Report;
use crate::report::column::Unit;
use crate::report::context::Context;
use crate::report::document::{Block, Column, Document, Table};

/// The format.
pub const FORMAT: Format = Format {
    name: "html",
    endings: &["html", "htm"],
    about: "One page with charts, for meetings and design documents",
    render,
    rows: None,
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What the page may do: nothing from elsewhere, so that it says the same wherever it is opened.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; \
                      img-src data:";

fn render(report: &dyn Report, context: &Context<'_>, _: Page) -> Result<String, RenderError> {
    let mut page = report.page();
    if !matches!(page.blocks.first(), Some(Block::Heading(_))) {
        page.blocks.insert(0, Block::Heading(format!("tonnage {}", context.command)));
    }
    let title = match page.blocks.first() {
        Some(Block::Heading(text)) => escape(text),
        _ => String::new(),
    };
    let inputs = script(&json::text(context, &[])?);
    let (version, body, made) =
        (env!("CARGO_PKG_VERSION"), blocks::body(&page), blocks::after(&made_with(context)));
    let (controls, live) = live::around(context)?;
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"tonnage {version}\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>\n{STYLE}{}{}</style>\n</head>\n<body>\n{controls}\
         <main id=\"report\">\n{body}</main>\n<footer id=\"made-with\">\n{made}\
         <p>tonnage {version}, command {}.</p>\n</footer>\n\
         <script type=\"application/json\" id=\"inputs\">{inputs}</script>\n<script>\n{SCRIPT}</script>\n{live}</body>\n</html>\n",
        chart::style(),
        live::STYLE,
        escape(context.command)
    ))
}

/// What the report was made with, so that it can be made again.
fn made_with(context: &Context<'_>) -> Document {
    let mut document = Document::default();
    document.heading("Made with");
    let dates = context.price_dates.iter().map(|(provider, date)| format!("{provider} prices of {date}"));
    document.list(dates.collect());
    let mut table = Table::new(vec![Column::words("setting", 0), Column::words("value", 0)]);
    for (name, value) in &context.settings {
        table.row(vec![(*name).into(), value.figure(Unit::Number).into()]);
    }
    let mut settings = Document::default();
    settings.table(table);
    document.fold("Settings", context.settings.len().to_string(), settings);
    document
}
