//! Prices out of the files that clouds and others publish, as a list for `--prices`.

mod amount;
mod aws;
mod azure;
pub mod formats;
mod gcp;
pub mod imported;
mod instances;
mod json;
mod opencost;
mod parts;
mod skypilot;
