//! Reports in a format: a file each. No format knows a command.

use crate::report::Report;
use crate::report::column::{Heading, Value};
use crate::report::context::Context;

pub mod chart;
pub mod markup;
pub mod number;
pub mod yaml;

/// Lists the formats, each by its file: `--format`, the endings of `-o` and the reference come from here.
macro_rules! formats {
    ($($(#[$built:meta])? $format:ident),+ $(,)?) => {
        $($(#[$built])? pub mod $format;)+
        /// All formats, the default first.
        pub const FORMATS: &[Format] = &[$($(#[$built])? $format::FORMAT),+];
    };
}

formats! {
    #[cfg(feature = "cli")]
    table,
    markdown,
    csv,
    #[cfg(feature = "cli")]
    json,
    #[cfg(feature = "cli")]
    jsonl,
    #[cfg(feature = "cli")]
    html,
}

/// A format that a report can be written in.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name, for `--format`.
    pub name: &'static str,
    /// Endings of files that are in it.
    pub endings: &'static [&'static str],
    /// What it is for.
    pub about: &'static str,
    /// Writes a report.
    pub render: fn(&dyn Report, &Context<'_>, Page) -> Result<String, RenderError>,
    /// Writes rows one by one, in formats that need not know the last row to write the first.
    pub rows: Option<fn() -> Box<dyn Rows>>,
}

/// Writes rows field by field.
pub trait Rows {
    /// Whether a column is written at all; its values are not asked for where it is not.
    fn wants(&self, heading: &Heading) -> bool;
    /// Writes what comes before the rows.
    fn header(&mut self, headings: &[Heading]) -> Result<(), RenderError>;
    /// Writes one value of a row.
    fn field(&mut self, heading: &Heading, value: &Value<'_>) -> Result<(), RenderError>;
    /// Ends a row.
    fn end(&mut self) -> Result<(), RenderError>;
    /// What has been written since the last time.
    fn take(&mut self) -> Result<Vec<u8>, RenderError>;
}

/// The rows of a report's first result, written one by one.
fn by_rows(
    mut to: impl Rows,
    report: &dyn Report,
    context: &Context<'_>,
    format: &'static str,
) -> Result<String, RenderError> {
    let all = report.records();
    let Some(records) = all.first() else {
        return Err(RenderError::NoRows { command: context.command, format });
    };
    to.header(&records.headings)?;
    for row in &records.rows {
        for (heading, value) in records.headings.iter().zip(row) {
            to.field(heading, value)?;
        }
        to.end()?;
    }
    Ok(String::from_utf8_lossy(&to.take()?).into_owned())
}

/// Where text for people goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Characters in a line.
    pub width: usize,
    /// The same of prose, where that is less.
    pub prose: usize,
    /// Whether colors may be used.
    pub color: bool,
    /// Whether charts are drawn.
    pub charts: bool,
}

/// A format by its name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format of files with an ending.
pub fn by_ending(ending: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// A report that cannot be written in a format.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// CSV.
    #[error("writing CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The command's answer has no rows.
    #[error("{command} has no rows to write as {format}; use table, markdown or json")]
    NoRows {
        /// The command.
        command: &'static str,
        /// The format.
        format: &'static str,
    },
}
