//! Ranges: distributions, samples, confidence and what an answer is sensitive to.

pub mod catalog;
pub mod confidence;
pub mod distribution;
pub mod inputs;
pub mod latin_hypercube;
pub mod monte_carlo;
pub mod risk;
pub mod sensitivity;
pub mod split_mix;
