//! Series of monitoring systems into figures of workloads.

pub mod figures;
pub mod files;
mod grafana;
pub mod history;
mod labels;
mod matrix;
pub mod named;
mod promtool;
pub mod quantities;
pub mod series;
mod table;
mod value;
pub mod workloads;
