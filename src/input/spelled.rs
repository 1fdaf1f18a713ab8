//! Names as lists have them, however people write them.

use super::catalogs::unknown::only_of_language;
use tonnage_model::catalog::{Catalog, HOMES};
use tonnage_model::regions::{Machines, Region};

/// Clients of one language alone, as people call them, and the profiles that were measured with them.
const CLIENTS: [(&str, &str); 5] = [
    ("aiokafka", "python-aiokafka"),
    ("franz-go", "go-franz"),
    ("kafka-go", "go-kafka-go"),
    ("kafkajs", "node-kafkajs"),
    ("segmentio", "go-kafka-go"),
];

/// The profile that was measured with a client.
fn of_client(name: &str) -> Option<&'static str> {
    CLIENTS.iter().find(|(client, _)| client.eq_ignore_ascii_case(name)).map(|(_, runtime)| *runtime)
}

/// The profile that a name means: its own in any case, its client, or its language where that has one alone.
pub fn runtime<'c>(name: &str, catalog: &'c Catalog) -> Option<&'c str> {
    let names = [Some(name), of_client(name)];
    let is_it = |known: &&str| names.iter().flatten().any(|it| it.eq_ignore_ascii_case(known));
    let known = catalog.runtimes.iter().map(|it| it.name.as_str()).find(is_it);
    known.or_else(|| Some(only_of_language(name, catalog)?.name.as_str()))
}

/// Puts a cloud or a region as it is known: `aws` for `AWS`.
pub fn spell_place(name: &mut Option<String>, regions: &[Region], of: fn(&Region) -> &str) {
    let Some(name) = name.as_mut().filter(|it| it.contains(|c: char| c.is_ascii_uppercase())) else { return };
    if let Some(known) = regions.iter().map(of).find(|it| it.eq_ignore_ascii_case(name)) {
        known.clone_into(name);
    }
}

/// Puts a machine type as its list has it: `c6i.xlarge` for `C6I.xlarge`, `Standard_D4s_v5` for `D4s v5`. Of
/// one with its cloud alone, such as `aws/c6i.xlarge`, the cloud is taken off and given.
pub fn spell_machine_type(name: &mut String, machines: &Machines) -> Option<String> {
    if !name.contains(|c: char| c == '/' || c.is_ascii_uppercase()) && azure_type(name).is_none() {
        return None;
    }
    let regions = machines.regions();
    let (path, kind) = name.rsplit_once('/').unwrap_or(("", name));
    let (cloud, region) = path.split_once('/').unwrap_or((path, ""));
    let mut place = [cloud, region].map(|it| Some(it.to_owned()));
    spell_place(&mut place[0], regions, |it| &it.provider);
    spell_place(&mut place[1], regions, |it| &it.region);
    let cloud = place[0].as_deref().filter(|it| !it.is_empty());
    let kind = listed(kind, cloud, machines).unwrap_or_else(|| kind.to_owned());
    let is_cloud = region.is_empty() && regions.iter().any(|it| Some(&it.provider) == place[0].as_ref());
    let cloud = if is_cloud { place[0].take() } else { None };
    let rest = place.into_iter().flatten().chain([kind]).filter(|it| !it.is_empty());
    *name = rest.collect::<Vec<_>>().join("/");
    cloud
}

/// A type of the list of a cloud, or of any, that is written otherwise. Azure's are looked up first, as they alone are read without
/// a cloud or other letters.
fn listed(kind: &str, cloud: Option<&str>, machines: &Machines) -> Option<String> {
    let homes = HOMES.iter().rev().filter(|(known, _)| cloud.is_none_or(|it| it == *known));
    let homes = homes.filter_map(|(cloud, home)| machines.region(Some(cloud), Some(home)));
    if homes.clone().any(|it| it.machine(kind).is_some()) {
        return None;
    }
    let in_full = azure_type(kind);
    let names = || [Some(kind), in_full.as_deref()].into_iter().flatten();
    let mut types = homes.flat_map(Region::machines).map(|it| &it.instance_type);
    types.find(|known| names().any(|it| it.eq_ignore_ascii_case(known))).cloned()
}

/// The name of an Azure size in full, where people leave out its begin or write blanks; `None` of what is written otherwise.
pub fn azure_type(name: &str) -> Option<String> {
    let size = name.replace(' ', "_");
    let begin = size.get(..9).filter(|it| it.eq_ignore_ascii_case("standard_")).map_or(0, str::len);
    let (first, rest) = size.get(begin..)?.split_at_checked(1)?;
    let is_size =
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !size.contains(['.', '-', '/', '*', '?']);
    is_size.then(|| format!("Standard_{}{rest}", first.to_ascii_uppercase()))
}
