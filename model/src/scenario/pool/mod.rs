//! Workloads on shared machines: what each asks of a node, and how few nodes hold them all.
//!
//! A pool is machines of one type, its nodes, spread over the zones. Each workload brings replicas, containers with
//! one member of its consumer group each ([`replicas`]); they are packed onto nodes ([`packing`]), and no packing
//! gets by with fewer nodes than [`bound`] says. `docs/model/pools.md` tells the same story in prose.

pub mod bound;
pub mod choice;
pub mod lag;
pub mod node;
pub mod packed;
pub mod packing;
pub mod pod;
mod readers;
pub mod replay;
pub mod replicas;
pub mod resources;
mod small;
