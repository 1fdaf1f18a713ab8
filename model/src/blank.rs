//! Cells that were left empty, where a verdict may turn on what stands for them.

/// A cell that was left empty, and for which the model assumes something that a verdict may turn on.
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
    /// Runtime today.
    CurrentRuntime,
}

impl Blank {
    const ALL: [Self; 7] = [
        Self::PeakFactor,
        Self::IoCalls,
        Self::Skew,
        Self::NativeShare,
        Self::CurrentProcesses,
        Self::CurrentFetchWait,
        Self::CurrentRuntime,
    ];

    /// The column that it is in.
    pub fn column(self) -> &'static str {
        match self {
            Self::PeakFactor => "peak_factor",
            Self::IoCalls => "io_calls",
            Self::Skew => "skew",
            Self::NativeShare => "native_share",
            Self::CurrentProcesses => "current_processes",
            Self::CurrentFetchWait => "current_fetch_wait_ms",
            Self::CurrentRuntime => "current_runtime",
        }
    }

    /// That of a column, where it matters.
    pub fn of_column(column: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|blank| blank.column() == column)
    }
}

/// The cells of a workload that were left empty; none where it was not read from a file or flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Blanks(u8);

impl Blanks {
    /// Adds one.
    pub fn add(&mut self, blank: Blank) {
        self.0 |= 1 << blank as u8;
    }

    /// Takes one out, as something else says it, and tells whether it was among them.
    pub fn take(&mut self, blank: Blank) -> bool {
        let had = self.has(blank);
        self.0 &= !(1 << blank as u8);
        had
    }

    /// Whether it is among them.
    pub fn has(self, blank: Blank) -> bool {
        self.0 & 1 << blank as u8 != 0
    }
}
