//! From measured samples to a runtime profile: pure functions, least squares throughout.
//!
//! Like the model, nothing here knows of files or formats. A [`sample::Sample`] is a stretch of steady running;
//! [`profile::fit`] makes of many of them the figures that [`tonnage_model::runtime::Runtime`] holds, or says why
//! it will not. `docs/model/fit.md` tells the same story in prose.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod assumed;
pub mod cpu;
pub mod design;
pub mod estimate;
mod fetch;
pub mod least_squares;
pub mod memory;
pub mod nonnegative;
pub mod note;
pub mod profile;
pub mod refusal;
pub mod sample;
pub mod scaling;
pub mod search;
pub mod usl;
