//! Reports in a form: for terminals, as Markdown, CSV or JSON. One file a form.

pub mod csv;
pub mod json;
pub mod markdown;
pub mod terminal;

/// A report that cannot be put into a form.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// CSV.
    #[error("writing CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
}
