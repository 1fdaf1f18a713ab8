//! Series of monitoring systems into figures of workloads.

pub mod figures;
pub mod files;
mod grafana;
mod labels;
mod matrix;
mod promtool;
pub mod quantities;
pub mod series;
mod value;
pub mod workloads;
