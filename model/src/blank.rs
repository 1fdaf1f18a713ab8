//! Cells that were left empty, where a verdict may turn on what stands for them.

use crate::words::words;

/// A cell that was left empty, and for which the model assumes something that a verdict may turn on; its word is the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Busiest rate over mean rate.
    PeakFactor,
    /// Downstream calls.
    IoCalls,
    /// Busiest partition over the mean one.
    Skew,
    /// Native code.
    NativeShare,
    /// Processes today.
    CurrentProcesses,
    /// How long today's client lets a fetch wait.
    CurrentFetchWait,
    /// Who holds events in flight.
    Concurrency,
    /// Events in flight.
    InFlight,
    /// Runtime today.
    CurrentRuntime,
}

words!(Blank {
    PeakFactor = "peak_factor",
    IoCalls = "io_calls",
    Skew = "skew",
    NativeShare = "native_share",
    CurrentProcesses = "current_processes",
    CurrentFetchWait = "current_fetch_wait_ms",
    Concurrency = "concurrency",
    InFlight = "in_flight",
    CurrentRuntime = "current_runtime",
});

/// The cells of a workload that were left empty; none where it was not read from a file or flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Blanks(u16);

impl Blanks {
    /// Says whether a cell is one of them.
    pub fn set(&mut self, blank: Blank, is_blank: bool) {
        self.0 = self.0 & !(1 << blank as u16) | u16::from(is_blank) << blank as u16;
    }

    /// Takes one out, as something else says it, and tells whether it was among them.
    pub fn take(&mut self, blank: Blank) -> bool {
        let had = self.has(blank);
        self.set(blank, false);
        had
    }

    /// Whether it is among them.
    pub fn has(self, blank: Blank) -> bool {
        self.0 & 1 << blank as u16 != 0
    }
}
