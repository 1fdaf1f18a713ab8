//! Cost and capacity planning for event workloads.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod input;
pub mod render;
pub mod report;
pub mod settings;

/// A text that only the command line tells: the program in a page, which is to be small, has nothing of it.
const fn of_command_line(text: &'static str) -> &'static str {
    if cfg!(feature = "cli") { text } else { "" }
}
