//! CSV: a header, then a line for each record.

use super::RenderError;
use serde::Serialize;

/// Writes records whose fields are all plain values.
pub fn render<T: Serialize>(records: &[T]) -> Result<String, RenderError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.serialize(record)?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
