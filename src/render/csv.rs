//! CSV: a header, then a line for each row, numbers in full.

use super::number::rounded;
use super::{Format, RenderError, Rows, by_rows};
use crate::input::spreadsheet::written;
use crate::report::column::{Heading, Value};

/// The format.
pub const FORMAT: Format = Format {
    name: "csv",
    endings: &["csv"],
    about: "Comma-separated rows, numbers in full",
    render: |report, context, _| by_rows(empty(), report, context, FORMAT.name),
    rows: Some(|| Box::new(empty())),
};

struct Csv {
    writer: csv::Writer<Vec<u8>>,
}

fn empty() -> Csv {
    Csv { writer: csv::Writer::from_writer(Vec::new()) }
}

impl Rows for Csv {
    fn wants(&self, heading: &Heading) -> bool {
        heading.show.is_in_csv()
    }

    fn header(&mut self, headings: &[Heading]) -> Result<(), RenderError> {
        for heading in headings.iter().filter(|heading| heading.show.is_in_csv()) {
            self.writer.write_field(heading.name)?;
        }
        self.end()
    }

    fn field(&mut self, heading: &Heading, value: &Value<'_>) -> Result<(), RenderError> {
        if !self.wants(heading) {
            return Ok(());
        }
        match value {
            Value::Missing => self.writer.write_field("")?,
            Value::Text(text) => self.writer.write_field(written(text).as_bytes())?,
            Value::Flag(flag) => self.writer.write_field(if *flag { "true" } else { "false" })?,
            Value::Count(count) => self.writer.write_field(itoa::Buffer::new().format(*count))?,
            Value::Number(number) if number.is_finite() => {
                let mut buffer = ryu::Buffer::new();
                let text = buffer.format_finite(rounded(*number));
                self.writer.write_field(text.strip_suffix(".0").unwrap_or(text))?;
            }
            Value::Number(_) => self.writer.write_field("")?,
            Value::Best(value) | Value::Bad(value) => self.field(heading, value)?,
            Value::List(_) | Value::Parts(_) | Value::Records(_) => {
                self.writer.write_field(written(&value.figure(heading.unit)).as_bytes())?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), RenderError> {
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    fn take(&mut self) -> Result<Vec<u8>, RenderError> {
        let writer = std::mem::replace(&mut self.writer, csv::Writer::from_writer(Vec::new()));
        Ok(writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?)
    }
}

/// Writes rows of cells, the header first.
pub fn lines(rows: &[Vec<String>]) -> Result<String, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| written(cell).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
