//! The search for a threshold.

use proptest::prelude::*;
use tonnage_model::capacity::search::least;

#[test]
fn an_empty_range_has_no_answer() {
    assert_eq!(least(2, 1, |_| true), None);
}

#[test]
fn the_whole_range_is_reached() {
    assert_eq!(least(0, u64::MAX, |x| x == u64::MAX), Some(u64::MAX));
    assert_eq!(least(0, u64::MAX, |_| false), None);
}

proptest! {
    #[test]
    fn it_is_the_threshold(low in 0u64..1000, width in 0u64..1000, threshold in 0u64..3000) {
        let high = low + width;
        let expected = (low..=high).find(|&x| x >= threshold);
        prop_assert_eq!(least(low, high, |x| x >= threshold), expected);
    }
}
