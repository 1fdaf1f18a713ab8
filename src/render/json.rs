//! JSON: all rows of all kinds, with the version, the settings, the dates of the prices and the inputs.

use super::number::rounded;
use super::{Format, Page, RenderError};
use crate::report::Report;
use crate::report::column::{Heading, Value};
use crate::report::context::Context;
use crate::report::records::Records;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// The format.
pub const FORMAT: Format = Format {
    name: "json",
    endings: &["json"],
    about: "Everything: rows with their parts, settings, price dates, inputs",
    render,
    rows: None,
};

fn render(report: &dyn Report, context: &Context<'_>, _: Page) -> Result<String, RenderError> {
    text(context, &report.records())
}

/// Rows with what they were made with.
pub fn text(context: &Context<'_>, records: &[Records<'_>]) -> Result<String, RenderError> {
    Ok(serde_json::to_string_pretty(&Whole { context, records })? + "\n")
}

struct Whole<'a, 'r> {
    context: &'a Context<'r>,
    records: &'a [Records<'r>],
}

impl Serialize for Whole<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("command", self.context.command)?;
        map.serialize_entry("settings", &Entries(&self.context.settings))?;
        map.serialize_entry("price_dates", &self.context.price_dates)?;
        map.serialize_entry("fingerprints", &self.context.fingerprints)?;
        if !self.context.inputs.is_empty() {
            map.serialize_entry("inputs", &self.context.inputs)?;
        }
        for records in self.records {
            map.serialize_entry(records.name, &Rows(records))?;
        }
        map.end()
    }
}

struct Entries<'a, 'r>(&'a [(&'static str, Value<'r>)]);

impl Serialize for Entries<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Json(value))?;
        }
        map.end()
    }
}

struct Rows<'a, 'r>(&'a Records<'r>);

impl Serialize for Rows<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for row in &self.0.rows {
            list.serialize_element(&Row { headings: &self.0.headings, values: row })?;
        }
        list.end()
    }
}

/// One row as an object.
pub(super) struct Row<'a, 'r> {
    /// Its columns.
    pub headings: &'a [Heading],
    /// Its values.
    pub values: &'a [Value<'r>],
}

impl Serialize for Row<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.headings.len()))?;
        for (heading, value) in self.headings.iter().zip(self.values).filter(|(it, _)| it.show.is_in_json()) {
            map.serialize_entry(heading.name, &Json(value))?;
        }
        map.end()
    }
}

/// One value.
pub(super) struct Json<'a, 'r>(pub &'a Value<'r>);

impl Serialize for Json<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Missing => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Count(count) => serializer.serialize_u64(*count),
            Value::Number(number) if number.is_finite() => serializer.serialize_f64(rounded(*number)),
            Value::Number(_) => serializer.serialize_none(),
            Value::Best(value) | Value::Bad(value) => Json(value).serialize(serializer),
            Value::List(values) => serializer.collect_seq(values.iter().map(Json)),
            Value::Parts(parts) => Entries(parts).serialize(serializer),
            Value::Records(records) => Rows(records).serialize(serializer),
        }
    }
}
