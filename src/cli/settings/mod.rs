//! Settings: from flags, else from tonnage.toml, else the model's defaults. Each is stated once, in [`table::TABLE`].

pub mod file;
pub mod flags;
mod setting;
pub mod table;
#[cfg(test)]
mod tests;
pub mod uses;
mod values;
pub mod written;

pub use setting::Settings;
