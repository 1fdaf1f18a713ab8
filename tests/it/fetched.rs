//! What batches of fetches add to p99, held against the events that wait longer.

use proptest::prelude::*;
use tonnage_model::latency::fetched::p99_seconds;

#[test]
fn a_fetch_that_never_comes_again() {
    assert_eq!(p99_seconds(f64::INFINITY, 0.95, 4.0), f64::INFINITY);
}

proptest! {
    /// The share of events that wait longer, partition by partition.
    #[test]
    fn a_hundredth_wait_longer(busy in 0.0f64..0.95, held in 1u32..60) {
        let (cycle, h) = (0.1, f64::from(held));
        let p99 = p99_seconds(cycle, busy, h);
        let longer = |j: u32| {
            let most = cycle * (1.0 + busy * f64::from(j) / h);
            ((most - p99) / (cycle * (1.0 - busy / h))).clamp(0.0, 1.0)
        };
        let share = (0..held).map(longer).sum::<f64>() / h;
        prop_assert!((share - 0.01).abs() < 1e-9, "{share}");
    }

    #[test]
    fn more_load_and_more_partitions_never_wait_less(busy in 0.0f64..0.9, held in 1u32..60) {
        let h = f64::from(held);
        prop_assert!(p99_seconds(0.1, busy, h) <= p99_seconds(0.1, busy + 0.05, h) + 1e-12);
        prop_assert!(p99_seconds(0.1, busy, h) <= p99_seconds(0.1, busy, h + 1.0) + 1e-12);
    }
}
