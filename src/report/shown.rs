//! Which runtimes a summary shows.

use tonnage_model::runtime::Runtime;

/// Today's runtime, then the recommended one where that is another; all where neither is among `planned`.
pub fn in_summary<'a>(
    planned: &[&'a Runtime],
    current: &Runtime,
    recommended: Option<&Runtime>,
) -> Vec<&'a Runtime> {
    let find = |name: &str| planned.iter().copied().find(|runtime| runtime.name == name);
    let mut shown: Vec<&Runtime> = find(&current.name).into_iter().collect();
    if let Some(other) = recommended.filter(|other| other.name != current.name) {
        shown.extend(find(&other.name));
    }
    if shown.is_empty() { planned.to_vec() } else { shown }
}

/// Which runtimes those are, in words.
pub const IN_SUMMARY: &str =
    "Each workload is shown in today's runtime, then in the recommended one where that is another.";
