//! What the program knows without being told: machine types, and prices of tasks and functions.

pub mod discounts;
pub mod embedded;
pub mod folder;
pub mod lists;
pub mod machines;
pub mod prices;
pub mod serverless;
pub mod unknown;
