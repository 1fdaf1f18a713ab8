//! What tonnage says, before it takes a form: records for data formats, documents for people.

pub mod bad_days;
pub mod breakeven;
pub mod calibrate;
pub mod compare;
pub mod document;
pub mod explain;
pub mod figures;
pub mod fit;
pub mod growth;
pub mod hours;
pub mod machines;
pub mod medians;
pub mod pipeline;
pub mod pipeline_record;
pub mod plan;
pub mod pool;
pub mod pool_record;
pub mod recommendation;
pub mod record;
pub mod risk;
pub mod runtimes;
pub mod total;
pub mod traffic;
