//! Which runtimes a summary shows.

use tonnage_model::decide::alternative::AlternativeKind;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
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

/// Which workloads `plan` would change beyond their machines: reports that take the cheapest plan in each runtime have them
/// as they are described.
pub fn steps_not_taken<'e>(entries: impl IntoIterator<Item = &'e PlannedWorkload<'e>>) -> Option<String> {
    let step = |entry: &PlannedWorkload<'_>| match &entry.recommendation.verdict {
        Verdict::Alternative { step: AlternativeKind::Library, .. } => None,
        Verdict::Alternative { to, .. } => Some(format!("{} ({to})", entry.problem.workload.name)),
        _ => None,
    };
    let steps: Vec<String> = entries.into_iter().filter_map(step).collect();
    (!steps.is_empty()).then(|| {
        format!(
            "Taken is the cheapest plan in each runtime for the workload as its row describes it. `plan` recommends a step \
             that these figures are without: {}.",
            steps.join(", ")
        )
    })
}

/// Which runtimes those are, in words.
pub const IN_SUMMARY: &str =
    "Each workload is shown in today's runtime, then in the recommended one where that is another.";
