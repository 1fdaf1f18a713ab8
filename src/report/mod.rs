//! What tonnage says, before it takes a form: records for data formats, documents for people.

pub mod compare;
pub mod document;
pub mod explain;
pub mod figures;
pub mod fit;
pub mod machines;
pub mod plan;
pub mod recommendation;
pub mod record;
pub mod risk;
pub mod runtimes;
