//! A discrete-event simulation of a consumer group: partitions in order, fetches, cores, in-flight limits, rebalances.
//!
//! It knows no files, threads, text or command line. A run is a pure function of a [`system::System`], its
//! [`arrivals::Arrivals`], changes and a seed; several runs with streams of their own give confidence intervals.
//! `docs/model/simulate.md` has the rules.
//!
//! ```
//! use tonnage_simulate::{arrivals::Arrivals, run::run, system::System, Horizon};
//!
//! // 80 events/s of 10 ms each keep a server busy four fifths of the time; events take 50 ms (M/M/1).
//! let horizon = Horizon { from_seconds: 100.0, to_seconds: 10_000.0, look_seconds: f64::INFINITY };
//! let outcome = run(&System::server(0.010), &Arrivals::steady(80.0), &[], &horizon, (1, 0));
//! assert!((outcome.core_seconds / outcome.seconds - 0.8).abs() < 0.01);
//! assert!((outcome.times.mean() - 0.050).abs() < 0.003);
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod arrivals;
mod calls;
pub mod change;
mod clocks;
pub mod course;
pub mod estimate;
#[cfg(test)]
mod exact;
mod fetching;
mod group;
pub mod histogram;
pub mod ids;
mod member;
mod outcome;
mod plan;
pub mod random;
pub mod run;
mod state;
pub mod study;
pub mod system;

pub use outcome::{Horizon, Outcome};
