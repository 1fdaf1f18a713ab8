//! From plans to a recommendation: what to change, what it saves, and how sure that is.

pub mod breakeven;
pub mod criteria;
pub mod envelope;
pub mod evidence;
pub mod fleet;
pub mod ladder;
pub mod recommendation;
pub mod terms;
pub mod total_cost;
pub mod verdict;
