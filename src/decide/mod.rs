//! From plans to a recommendation: what to change, what it saves, and how sure that is.

pub mod bad_days;
pub mod breakeven;
pub mod calibrate;
pub mod confidence;
pub mod criteria;
pub mod envelope;
pub mod evidence;
pub mod families;
pub mod fleet;
pub mod growth;
pub mod hours;
pub mod ladder;
pub mod latin_hypercube;
pub mod monte_carlo;
pub mod pipeline;
pub mod pool;
pub mod recommendation;
pub mod terms;
pub mod tornado;
pub mod total_cost;
pub mod verdict;
pub mod world;
