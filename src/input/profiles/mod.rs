//! Runtime profiles as TOML: what [`read`] takes, [`write()`] gives.

mod language;
mod read;
mod write;

pub use language::read_language;
pub use read::{client, read};
pub use write::write;
