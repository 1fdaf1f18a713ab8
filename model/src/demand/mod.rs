//! What one event takes: CPU, waiting, fetches, retries and downstream calls.

pub mod commits;
pub mod downstream;
pub mod event;
pub mod fetch;
pub mod measured;
pub mod refusal;
pub mod retries;
pub mod vcpu;
