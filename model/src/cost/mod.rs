//! What machines, traffic, tasks and functions are billed at.

pub mod bill;
pub mod cross_zone;
pub mod paid;
pub mod serverless;
pub mod surplus;
pub mod traffic;
