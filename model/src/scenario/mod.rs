//! What changes: growth, sweeps, failures, hours of a day, pools and pipelines.

pub mod autoscale;
pub mod axis;
pub mod backlog;
pub mod compound;
pub mod consumer;
mod crossing_bills;
pub mod crossings;
pub mod envelope;
pub mod failure;
pub mod failures;
pub mod functions;
pub mod growth;
pub mod hop;
pub mod hours;
pub mod kept;
pub mod lag;
pub mod outgrown;
pub mod pipeline;
pub mod poison;
pub mod pool;
pub mod replay;
pub mod segment;
pub mod series;
pub mod shared_pools;
pub mod stage;
pub mod sweep;
pub mod tasks;
