//! CSV: a header, then a line for each record.

use super::RenderError;
use serde::Serialize;

/// Writes rows of cells, the header first.
pub fn table(rows: &[Vec<String>]) -> Result<String, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    finish(writer)
}

/// Writes records whose fields are all plain values.
pub fn render<T: Serialize>(records: &[T]) -> Result<String, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.serialize(record)?;
    }
    finish(writer)
}

fn finish(writer: csv::Writer<Vec<u8>>) -> Result<String, RenderError> {
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
