//! What a number of instances carries, and the search for the least number that carries the load.

pub mod assignment;
pub(crate) mod bounds;
pub mod busy;
pub mod closed;
pub mod constraint;
pub mod count;
pub mod infeasible;
pub mod load;
pub mod loads;
pub mod partitions;
pub mod scalability;
pub mod search;
pub mod sizing;
mod stuck;
pub mod unlucky;
