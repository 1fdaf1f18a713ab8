//! Which runtimes a summary shows, and on which machines.

use super::figures::{and_last, listed, plural};
use std::collections::BTreeSet;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::fleet::Sureness;
use tonnage_model::plan::Plan;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::kept::KeptToday;

/// Workloads that a note names.
pub const MOST_NAMED: usize = 5;

/// Whom a title is of: up to three workloads by their names, of more how many of all.
pub fn titled(names: &[&str], all: usize) -> String {
    match names.len() {
        ..=3 => and_last(names),
        some if some == all => plural(all as u64, "workload"),
        some => format!("{some} of {}", plural(all as u64, "workload")),
    }
}

/// How many workloads count in what is said of all: the surest.
pub fn counted(all: impl Iterator<Item = Sureness> + Clone) -> String {
    let surest = all.clone().max();
    let count = all.clone().filter(|it| Some(*it) == surest).count();
    let are_decided = surest == Some(Sureness::Decided) && all.into_iter().any(|it| it == Sureness::Open);
    plural(count as u64, "workload") + if are_decided { " with a verdict" } else { "" }
}

/// What else is told at the end of a heading: workloads that do not count there, as their verdict is open.
pub fn open_too<'w>(what: &str, workloads: impl Iterator<Item = &'w str>) -> String {
    let names: BTreeSet<&str> = workloads.collect();
    let names = listed(names, MOST_NAMED);
    if names.is_empty() { names } else { format!(". Without a verdict yet, {what}: {names}") }
}

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

/// What is kept, where nobody says which machines these are, or how many pods.
pub fn as_today(pods: Option<u64>) -> String {
    pods.map_or_else(|| "as today".to_owned(), |pods| plural(pods, "pod"))
}

/// The instances of a plan with their type, or how many pods they are.
pub fn instances(plan: &Plan<'_>, in_pods: bool) -> String {
    if in_pods { plural(plan.count.instances, "pod") } else { Machines::of(plan).to_string() }
}

/// On which machines workloads are that go on as they run today, a sentence each.
pub fn on_which_machines<'k>(
    all: impl Iterator<Item = (&'k str, Option<KeptToday<'k>>)> + Clone,
) -> impl Iterator<Item = String> {
    const ON_TODAYS: &str = "On today's machines or pods, as no others are recommended";
    const ON_PLANNED: &str = "On machines that a plan asks for, though no others are recommended, as those of today \
                              (current_machine, current_instances), their speed or their price are not known";
    [(true, ON_TODAYS), (false, ON_PLANNED)].into_iter().filter_map(move |(is_known, on)| {
        let is_it = |kept: Option<KeptToday<'_>>| kept.is_some_and(|kept| kept.on.is_some() == is_known);
        let names = listed(all.clone().filter(|it| is_it(it.1)).map(|it| it.0), MOST_NAMED);
        (!names.is_empty()).then(|| format!("{on}: {names}."))
    })
}

/// Which runtimes those are, in words.
pub const IN_SUMMARY: &str =
    "Each workload is shown in today's runtime, then in the recommended one where that is another.";
