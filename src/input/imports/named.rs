//! What workloads of several namespaces are called.

use std::collections::BTreeMap;

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
