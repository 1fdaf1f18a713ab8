//! Items in the order of a figure.

/// Sorts by a figure, the least first; equal ones keep their order.
pub fn least_first<T>(items: &mut [T], figure: impl FnMut(&T) -> f64) {
    let mut places: Vec<(f64, usize)> = items.iter().map(figure).zip(0..).collect();
    sort(&mut places);
    for at in 0..items.len() {
        let mut from = places[at].1;
        // What stood before has been swapped away, to where the item that took its place came from.
        while from < at {
            from = places[from].1;
        }
        items.swap(at, from);
    }
}

/// Sorts by a figure, the greatest first; equal ones keep their order.
pub fn greatest_first<T>(items: &mut [T], mut figure: impl FnMut(&T) -> f64) {
    least_first(items, |it| -figure(it));
}

// One sort for items of all types: of each type's own, the program in a page would have 6 KB.
fn sort(places: &mut [(f64, usize)]) {
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
}
