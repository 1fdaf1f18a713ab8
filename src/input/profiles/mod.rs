//! Runtime profiles as TOML: what [`read`] takes, [`write()`] gives.

mod read;
mod write;

pub use read::read;
pub use write::write;
