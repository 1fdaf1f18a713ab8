//! What a plan is made with: settings, each stated once in [`table::TABLE`], and what they are put to use as.

pub mod scenario;
pub mod setting;
pub mod setup;
pub mod table;
pub mod uses;
mod values;

pub use setting::Settings;
