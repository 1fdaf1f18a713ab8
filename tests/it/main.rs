//! All integration tests, in one program.

mod bad_days;
mod bad_input;
mod breakeven;
mod calibrate;
mod command;
mod commands;
mod common;
mod decisions;
mod docs;
mod fit;
mod formulas;
mod growth;
mod hostile;
mod hours;
mod measure;
mod output;
mod pipelines;
mod pool;
mod properties;
mod random;
mod total_cost;
mod uncertainty;
