//! JSON, indented.

use super::RenderError;
use serde::Serialize;

/// Writes a value, with a line break at the end.
pub fn render(value: &impl Serialize) -> Result<String, RenderError> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
