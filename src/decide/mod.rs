//! From plans to a recommendation: what to change, what it saves, and how sure that is.

pub mod confidence;
pub mod criteria;
pub mod evidence;
pub mod families;
pub mod fleet;
pub mod ladder;
pub mod latin_hypercube;
pub mod monte_carlo;
pub mod recommendation;
pub mod terms;
pub mod tornado;
pub mod verdict;
pub mod world;
