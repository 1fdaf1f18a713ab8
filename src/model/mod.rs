//! The planning model: pure functions from quantities to quantities.
//!
//! Nothing here knows of files, formats or the command line. Inside, time is in seconds, data in
//! bytes, rates in events per second, processor work in core-seconds and money in USD; a name says
//! its unit wherever the type does not. `docs/model.md` tells the same story in prose.

pub mod assignment;
pub mod autoscale;
pub mod backlog;
pub mod capacity;
pub mod cost;
pub mod demand;
pub mod distribution;
pub mod downstream;
pub mod erlang;
pub mod fetch;
pub mod footprint;
pub mod functions;
pub mod growth;
pub mod hours;
pub mod incident;
pub mod infeasible;
pub mod latency;
pub mod load;
pub mod machine;
pub mod partitions;
pub mod pipeline;
pub mod plan;
pub mod poison;
pub mod policy;
pub mod pool;
pub mod queues;
pub mod retries;
pub mod rule;
pub mod runtime;
pub mod scalability;
pub mod search;
pub mod segment;
pub mod serverless;
pub mod sizing;
pub mod tasks;
pub mod traffic;
pub mod uncertain;
pub mod units;
pub mod workload;
