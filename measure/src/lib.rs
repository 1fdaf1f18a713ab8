//! Measures what an event costs a Kafka consumer.
//!
//! A consumer is any command that reads a topic. It is started in a control group of its own, and what is
//! taken from it is CPU time per event handled, which depends far less on the neighbours than a throughput
//! does, with its memory and its start. Each [`sample::Sample`] is a row that `tonnage fit` reads.

#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![warn(missing_docs)]

pub mod affinity;
pub mod consumer;
pub mod core_time;
pub mod cpu_group;
pub mod events;
pub mod kafka;
pub mod kernel;
pub mod machine;
pub mod own;
pub mod pace;
pub mod process_tree;
pub mod sample;
pub mod statistics;
pub mod stretch;
