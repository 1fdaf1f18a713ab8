//! How long events wait that come in a fetch with others.

use crate::latency::queue::BEYOND_P99;

/// p99 of an event of a fetch that comes every `cycle_seconds` and takes a share `busy` of that to handle, s, from the event's
/// arrival at the broker; `held` partitions are handled one after the other, each in order.
///
/// ```text
/// C - t + busy C (j + t / C) / h        t uniform in 0..C, j in 0..h-1: the rest of the cycle, and those before it
/// a = C (h - busy) / 100    d = busy C / h    k = min(h, ceil((sqrt(1 + 8 a / d) - 1) / 2))
/// p99 = C (1 + busy) - d - a / k - d (k - 1) / 2
/// ```
///
/// With one partition that is 0.99 to 1 cycles; with many the highest hundredth is a triangle. Infinite where the cycle is.
///
/// ```
/// use tonnage_model::latency::fetched::p99_seconds;
///
/// // An event that comes right after a fetch waits for all of the next cycle, whatever the load.
/// assert!((p99_seconds(0.1, 0.0, 12.0) - 0.099).abs() < 1e-12);
/// assert!((p99_seconds(0.1, 0.5, 1.0) - 0.0995).abs() < 1e-12);
/// // Of many partitions it waits for up to half a cycle more: 0.1 (1.5 - sqrt(0.02 * 0.5)) s.
/// assert!((p99_seconds(0.1, 0.5, 1e6) - 0.14).abs() < 1e-6);
/// ```
pub fn p99_seconds(cycle_seconds: f64, busy: f64, held: f64) -> f64 {
    if cycle_seconds.is_infinite() {
        return cycle_seconds;
    }
    let step = busy * cycle_seconds / held;
    let beyond = BEYOND_P99 * cycle_seconds * (held - busy);
    let partitions = (((1.0 + 8.0 * beyond / step).sqrt() - 1.0) / 2.0).ceil().min(held).max(1.0);
    cycle_seconds * (1.0 + busy) - step - beyond / partitions - step * (partitions - 1.0) / 2.0
}
