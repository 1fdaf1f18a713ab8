//! Numbers with the interval and the evidence that they have.

use crate::words::words;
use serde::{Deserialize, Serialize};

/// What stands behind a figure, weakest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Measured, with samples that can be gone through.
    Measured,
    /// Somebody else's published figure.
    Published,
    /// Neither: a guess with a range.
    Assumed,
}

words!(Evidence { Measured = "measured", Published = "published", Assumed = "assumed" });

/// Source of a figure that a profile does not give.
const LEFT_OUT: &str = "left out of the profile";

/// A number, the interval it is believed to lie in, and what that belief stands on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Best estimate, in the unit that the owner's name says.
    pub value: f64,
    /// Lower end of the 95 % interval; the value itself where no interval is known.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// What it stands on.
    pub evidence: Evidence,
    /// The measurement, the publication with its arithmetic, or the reason for the guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Figure {
    /// The same figure in another unit: every number times `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: self.value * factor, low: self.low * factor, high: self.high * factor, ..self }
    }

    /// What stands in for a figure that a profile does not give.
    pub fn left_out(value: f64) -> Self {
        Self { value, low: value, high: value, evidence: Evidence::Assumed, source: Some(LEFT_OUT.into()) }
    }

    /// Whether the profile does not give it.
    pub fn is_left_out(&self) -> bool {
        self.source.as_deref() == Some(LEFT_OUT)
    }
}

/// A cost with a part for each event and a part for each of its bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// For each event: core-seconds, or bytes of memory.
    pub per_event: Figure,
    /// For each byte of it: core-seconds/B, or bytes of memory per byte.
    pub per_byte: Figure,
}

impl Linear {
    /// Cost of one event of `bytes`: `c0 + c1 b`.
    pub fn at(&self, bytes: f64) -> f64 {
        self.per_event.value + self.per_byte.value * bytes
    }
}
