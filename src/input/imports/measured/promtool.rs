//! What `promtool query range` prints: a line `{label="value"} =>` for a series, then `VALUE @[SECONDS]` for each sample.

use super::labels::labels;
use super::series::Series;
use crate::input::diagnostic::{Diagnostic, InputError};

/// What ends a line that names a series.
pub const ARROW: &str = "=>";

/// Reads all series.
pub fn read(file: &str, text: &str) -> Result<Vec<Series>, InputError> {
    let mut all: Vec<Series> = Vec::new();
    let mut errors = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut wrong = |message| errors.push(Diagnostic::of_line(file, Some(at + 1), message));
        if let Some(heading) = line.trim_end().strip_suffix(ARROW) {
            match labels(heading) {
                Some(labels) => {
                    all.push(Series { labels, samples: Vec::new(), line: Some(at + 1), lines: Vec::new() })
                }
                None => wrong(format!("{heading:?} is no series, such as {{workload=\"orders\"}}")),
            }
            continue;
        }
        match (sample(line), all.last_mut()) {
            (Some(sample), Some(series)) => {
                series.samples.push(sample);
                series.lines.push(at + 1);
            }
            _ => wrong(format!("{line:?} is neither a series nor a sample such as 12.5 @[1782907200]")),
        }
    }
    InputError::unless_empty(errors)?;
    Ok(all)
}

/// Time and value.
fn sample(line: &str) -> Option<(f64, f64)> {
    let (value, time) = line.split_once('@')?;
    let time = time.trim().strip_prefix('[')?.strip_suffix(']')?;
    Some((time.parse().ok()?, value.trim().parse().ok()?))
}
