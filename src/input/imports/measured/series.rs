//! A series as a file has it.

use std::collections::BTreeMap;

/// Labels by name; a heading without any stands under [`LEGEND`].
pub type Labels = BTreeMap<String, String>;

/// Stands for the label of a name that somebody gave in a legend.
pub const LEGEND: &str = "legend";

/// A series, its samples in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it is of.
    pub labels: Labels,
    /// Time, s since 1970, and value; a NaN is a sample without one.
    pub samples: Vec<(f64, f64)>,
    /// Line in the file that names it, where it has lines.
    pub line: Option<usize>,
    /// Lines of the samples, where the file has lines.
    pub lines: Vec<usize>,
}
