//! All integration tests, in one program.

mod bad_input;
mod calibrate;
mod capacity;
mod catalog;
mod command;
mod commands;
mod common;
mod decisions;
mod docs;
mod explain;
mod failures;
mod fit;
mod formulas;
mod hostile;
mod hours;
mod markdown_size;
mod measure;
mod output;
mod pipelines;
mod pool;
mod properties;
mod random;
mod sweep;
mod sweep_months;
mod total_cost;
mod uncertainty;
