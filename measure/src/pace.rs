//! Events written at their due times, whatever becomes of those before: open loop.

use crate::events::Event;
use crate::kafka::{ClusterError, Writer, now_us};
use crate::statistics::nearest_rank;
use std::time::Duration;

const LONGEST_SLEEP: Duration = Duration::from_millis(50);

/// How late the generator itself was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lateness {
    /// Events written.
    pub events: usize,
    /// Median of the time from due to handed over for writing, µs.
    pub p50_us: u64,
    /// 99th percentile of the same, µs.
    pub p99_us: u64,
}

/// Writes events at `rate` events/s for `seconds`, with exponential gaps (a Poisson process), and says how
/// late they were. `going` is asked before each whether to go on.
#[allow(clippy::too_many_arguments)]
pub fn write_paced(
    writer: &Writer,
    topic: &str,
    partitions: i32,
    events: &[Event],
    rate: f64,
    seconds: f64,
    seed: u64,
    going: impl Fn() -> bool,
) -> Result<Lateness, ClusterError> {
    let mut random = fastrand::Rng::with_seed(seed);
    let start = now_us();
    let mut due = 0.0;
    let mut late = Vec::new();
    for event in events.iter().cycle() {
        due += -(1.0 - random.f64()).ln() / rate;
        let due_us = start + (due * 1e6) as u64;
        // At low rates the gaps are long; it has to be stopped in them.
        let mut ahead = due_us.saturating_sub(now_us());
        while ahead > 0 && due <= seconds && going() {
            std::thread::sleep(Duration::from_micros(ahead).min(LONGEST_SLEEP));
            ahead = due_us.saturating_sub(now_us());
        }
        if due > seconds || !going() {
            break;
        }
        late.push(now_us().saturating_sub(due_us));
        // A customer's events may come in any order, and its partition is drawn like its key.
        writer.write(topic, random.i32(0..partitions), event, due_us)?;
    }
    writer.flush()?;
    late.sort_unstable();
    Ok(Lateness { events: late.len(), p50_us: percentile(&late, 0.5), p99_us: percentile(&late, 0.99) })
}

/// The nearest-rank percentile of sorted values; 0 of none.
pub fn percentile(sorted: &[u64], share: f64) -> u64 {
    nearest_rank(sorted, share).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_nearest_rank() {
        let values: Vec<u64> = (1..=100).collect();
        assert_eq!((percentile(&values, 0.5), percentile(&values, 0.99)), (50, 99));
        assert_eq!((percentile(&[7], 0.99), percentile(&[], 0.5)), (7, 0));
    }
}
