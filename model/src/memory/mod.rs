//! What an instance holds in memory.

pub mod footprint;
pub mod parts;
