//! What workloads of several namespaces are called.

use std::collections::BTreeMap;

/// A name for each of some namespaces with names: the name, or where others have the same, `namespace/name`.
pub fn names<'k>(keys: impl Iterator<Item = &'k (String, String)> + Clone) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    keys.clone().for_each(|(_, name)| *times.entry(name).or_default() += 1);
    keys.map(|(namespace, name)| match times.get(name.as_str()) {
        Some(1) => name.clone(),
        _ => format!("{namespace}/{name}"),
    })
    .collect()
}
