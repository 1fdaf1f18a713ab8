//! Sorted by a figure.

use tonnage_model::ranked::{greatest_first, least_first};

#[test]
fn equal_ones_keep_their_order() {
    let mut all = [("a", 2.0), ("b", 1.0), ("c", 3.0), ("d", 1.0), ("e", 2.0)];
    least_first(&mut all, |it| it.1);
    assert_eq!(all.map(|it| it.0), ["b", "d", "a", "e", "c"]);
    greatest_first(&mut all, |it| it.1);
    assert_eq!(all.map(|it| it.0), ["c", "a", "e", "b", "d"]);
}
