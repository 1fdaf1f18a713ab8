//! Loads on cores and on in-flight limits, each with its limit.

/// What is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadOn {
    /// The cores of the busiest member, events/s.
    Member,
    /// The cores of an instance, events/s.
    Instance,
    /// Events in flight at the busiest holder.
    InFlight,
}

/// One inequality between a load and its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// What is loaded.
    pub on: LoadOn,
    /// The load, in the unit of `on`.
    pub needs: f64,
    /// What it may be at most.
    pub limit: f64,
}

impl Load {
    /// Whether the load keeps to its limit.
    pub fn holds(&self) -> bool {
        self.needs <= self.limit
    }

    /// Load over limit; infinite where there is nothing to give.
    pub fn ratio(&self) -> f64 {
        if self.limit > 0.0 { self.needs / self.limit } else { f64::INFINITY }
    }
}
