//! Workloads of a cluster, out of what kubectl prints.

pub mod cluster;
pub mod existing;
pub mod objects;
mod place;
pub mod quantity;
pub mod top;
pub mod workloads;
