//! What a verdict turns on of what runs today.

use crate::words::words;

/// What the model makes of what runs today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What is given cannot be: there is no verdict and no saving.
    Contradictory,
    /// Nothing that was measured checks it: what is saved is to be checked.
    Unchecked,
    /// What was measured and what the model expects go together.
    Consistent,
}

words!(Standing { Contradictory = "contradictory", Unchecked = "unchecked", Consistent = "consistent" });

/// As much of what runs today as a verdict turns on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footing {
    /// Whether what is given of it cannot be.
    pub is_contradictory: bool,
    /// Whether anything is said of it, so that something runs.
    pub runs: bool,
    /// Whether it falls behind at peak.
    pub lags: bool,
    /// Whether it is so busy at peak that nobody can tell whether it falls behind.
    pub is_at_limit: bool,
}

impl Footing {
    /// Today's bill where what it pays for carries the peak. What falls behind has to be paid for anew, so nothing less counts.
    pub fn bears(&self, today: Option<f64>) -> Option<f64> {
        today.filter(|_| !self.lags)
    }
}
