//! Calls to downstream systems against what those bear: a limit that no runtime moves.

use crate::demand::event::Today;
use crate::workload::Workload;

/// Calls of one workload to systems that have a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DownstreamLoad {
    /// Calls/s in the busiest hour.
    pub peak_calls_per_second: f64,
    /// Calls/s on average.
    pub mean_calls_per_second: f64,
    /// Calls/s that the systems bear.
    pub limit_per_second: f64,
}

impl DownstreamLoad {
    /// `L calls attempts` and `L0 calls attempts`; `None` where the workload gives no limit.
    pub fn of(workload: &Workload, today: &Today) -> Option<Self> {
        let calls_per_event = today.io_calls * workload.outlook.attempts_per_event;
        Some(Self {
            peak_calls_per_second: workload.peak_rate() * calls_per_event,
            mean_calls_per_second: workload.mean_rate() * calls_per_event,
            limit_per_second: workload.outlook.downstream_max_per_second?,
        })
    }

    /// Whether the busiest hour asks for more than they bear.
    pub fn exceeds_at_peak(&self) -> bool {
        self.peak_calls_per_second > self.limit_per_second
    }

    /// Whether even the average does, so that what piles up at peak is never drained.
    pub fn exceeds_on_average(&self) -> bool {
        self.mean_calls_per_second > self.limit_per_second
    }
}
