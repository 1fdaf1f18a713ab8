//! A measured series of rates, replayed: what a fixed number of pods and autoscalers make of it.
//!
//! Backlog is a fluid: events come at the rate of their step and are worked off at what the pods of the moment can do, first
//! come, first served. It says how long events wait for a pod that is not there yet or that rebalances; queueing below what
//! pods can do comes on top.

pub mod autoscaler;
pub mod consumers;
pub mod series;
pub mod simulation;
pub mod study;
