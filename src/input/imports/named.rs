//! What workloads are called, by their namespaces and their pods.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A name for each of some namespaces with names: the name, or where others have the same, `namespace/name`.
pub fn names<'k>(keys: impl Iterator<Item = &'k (String, String)> + Clone) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    keys.clone().for_each(|(_, name)| *times.entry(name).or_default() += 1);
    keys.map(|key| match times.get(key.1.as_str()) {
        Some(1) => key.1.clone(),
        _ => whole(key),
    })
    .collect()
}

/// `namespace/name`.
pub fn whole((namespace, name): &(String, String)) -> String {
    format!("{namespace}/{name}")
}

/// The letters that Kubernetes makes names of: no vowels, and no 0, 1 and 3 (k8s.io/apimachinery/pkg/util/rand).
const LETTERS: &str = "bcdfghjklmnpqrstvwxz2456789";

/// What a pod may be of by its name, and whether that numbers its pods: `name-0` is of a StatefulSet, `name-<hash>-<hash>` of a
/// Deployment. The likelier one comes last.
pub fn owners(pod: &str) -> impl DoubleEndedIterator<Item = (&str, bool)> {
    let is_hash = |text: &str, lengths: RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.chars().all(|c| LETTERS.contains(c))
    };
    let (begin, end) = pod.rsplit_once('-').unwrap_or_default();
    let is_number = !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    let of_hashes = begin.rsplit_once('-').filter(|(_, it)| is_hash(it, 6..=10) && is_hash(end, 5..=5));
    is_number.then_some((begin, true)).into_iter().chain(of_hashes.map(|(name, _)| (name, false)))
}
