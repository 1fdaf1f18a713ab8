//! Settings from flags, else from tonnage.toml, else the model's defaults.

pub mod file;
pub mod flags;
#[cfg(test)]
mod tests;
pub mod written;
