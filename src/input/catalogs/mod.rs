//! What the program knows without being told: machine types, and prices of tasks and functions.

pub mod embedded;
pub mod folder;
pub mod machines;
pub mod serverless;
pub mod unknown;
