//! Things that belong together.

/// Groups in the order of the first of each; `is_one` tells whether something belongs to what begins a group. No group is
/// empty.
///
/// ```
/// use tonnage_model::grouped::grouped;
///
/// assert_eq!(grouped([3, 10, 14, 7], |one, other| one % 2 == other % 2), [vec![3, 7], vec![10, 14]]);
/// ```
pub fn grouped<T>(all: impl IntoIterator<Item = T>, is_one: impl Fn(&T, &T) -> bool) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for it in all {
        match groups.iter_mut().find(|group| is_one(&group[0], &it)) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups
}
