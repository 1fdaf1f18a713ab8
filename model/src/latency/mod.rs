//! How long events take at peak: Erlang's formulas and the two queues an event passes.

pub mod erlang;
pub mod fetched;
pub mod queue;
pub mod queues;
pub mod range;
pub mod spread;
