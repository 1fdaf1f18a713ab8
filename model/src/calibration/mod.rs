//! What was measured, held against what the model says of it: a utilization, and hours of cores.

pub mod backtest;
pub mod calibrate;
