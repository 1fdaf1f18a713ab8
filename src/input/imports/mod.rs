//! What files of others have: prices of clouds as a list for `--prices`, and figures of workloads as rows of theirs.

mod amount;
mod aws;
mod azure;
mod begin;
pub mod bill;
pub mod called;
pub mod formats;
pub mod found;
mod gcp;
pub mod imported;
mod instances;
mod json;
pub mod kubernetes;
pub mod measured;
pub mod merge;
pub mod named;
mod opencost;
mod parts;
pub mod plausible;
pub mod rename;
mod skypilot;
