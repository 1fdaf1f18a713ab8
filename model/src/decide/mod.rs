//! From plans to a recommendation: the baseline, the options, the verdict and its evidence.

pub mod alternative;
pub mod answer;
pub mod backtest;
pub mod baseline;
pub mod calibrate;
pub mod change;
pub mod criteria;
pub mod depends_on;
mod deployed;
pub mod evidence;
pub mod extremes;
pub mod families;
pub mod fleet;
pub mod known;
pub mod options;
pub mod planned;
pub mod planner;
mod proviso;
pub mod recommendation;
mod resize;
mod smaller_step;
pub mod suspects;
pub mod terms;
mod threshold;
pub mod total_cost;
mod unsaid;
pub mod verdict;
