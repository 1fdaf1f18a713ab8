//! Files and flags into the model's types, with every mistake located and none passed over.

pub mod catalogs;
pub mod columns;
pub mod corrected;
pub mod diagnostic;
pub mod fingerprint;
pub mod hourly;
pub mod imports;
pub mod lookup;
pub mod nearest;
pub mod number;
pub mod pipelines;
pub mod profiles;
pub mod quantity;
pub mod range;
pub mod row;
pub mod samples;
pub mod saved_plan;
pub mod sheet;
pub mod shell;
pub mod tables;
mod taken;
pub mod texts;
pub mod toml_table;
pub mod two_readings;
pub mod unknown_column;
pub mod utilizations;
pub mod workloads;
