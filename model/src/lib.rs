//! The planning model: quantities in, quantities out.
//!
//! Nothing here knows of the command line, of files, formats or threads. Inside, time is in seconds, data in bytes, rates
//! in events per second, processor work in core-seconds and money in USD; a name says its unit wherever the type does
//! not. `docs/model/` tells the same story in prose, room by room.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod capacity;
pub mod catalog;
pub mod cheapest;
pub mod cost;
pub mod decide;
pub mod demand;
pub mod latency;
pub mod machine;
pub mod memory;
pub mod offers;
pub mod plan;
pub mod policy;
pub mod problem;
mod root;
pub mod runtime;
pub mod scenario;
pub mod uncertain;
pub mod units;
mod words;
pub mod workload;
