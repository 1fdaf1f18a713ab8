//! JSON lines: an object a row, without what JSON says around them.

use super::json::Json;
use super::{Format, RenderError, Rows, by_rows};
use crate::report::column::{Heading, Value};

/// The format.
pub const FORMAT: Format = Format {
    name: "jsonl",
    endings: &["jsonl", "ndjson"],
    about: "JSON, an object a row",
    render: |report, context, _| by_rows(Lines::default(), report, context, FORMAT.name),
    rows: Some(|| Box::new(Lines::default())),
};

#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    in_row: bool,
}

impl Rows for Lines {
    fn wants(&self, heading: &Heading) -> bool {
        heading.show.is_in_json()
    }

    fn header(&mut self, _: &[Heading]) -> Result<(), RenderError> {
        Ok(())
    }

    fn field(&mut self, heading: &Heading, value: &Value<'_>) -> Result<(), RenderError> {
        if !self.wants(heading) {
            return Ok(());
        }
        self.text.push(if self.in_row { b',' } else { b'{' });
        self.in_row = true;
        serde_json::to_writer(&mut self.text, heading.name)?;
        self.text.push(b':');
        serde_json::to_writer(&mut self.text, &Json(value))?;
        Ok(())
    }

    fn end(&mut self) -> Result<(), RenderError> {
        self.text.extend_from_slice(if self.in_row { b"}\n" } else { b"{}\n" });
        self.in_row = false;
        Ok(())
    }

    fn take(&mut self) -> Result<Vec<u8>, RenderError> {
        Ok(std::mem::take(&mut self.text))
    }
}
