//! Names that nothing in a catalog has: mistakes, not empty lists.

use crate::input::nearest::{plain, unknown};
use std::collections::BTreeSet;
use tonnage_model::catalog::{Catalog, HOMES, MachineFilter};
use tonnage_model::language::Language;
use tonnage_model::machine::Purchase;
use tonnage_model::regions::Region;
use tonnage_model::runtime::Runtime;

/// What is wrong with each of the names of runtimes asked for, if anything.
pub fn runtimes(wanted: &[String], catalog: &Catalog) -> Vec<String> {
    let known = catalog.runtime_names();
    if wanted.is_empty() {
        return vec![format!("no runtime is named; known: {}", known.join(", "))];
    }
    let unknown_of = |name: &String| runtime("runtime", name, catalog);
    wanted.iter().filter(|name| !known.contains(&name.as_str())).map(unknown_of).collect()
}

/// Languages and platforms of Kafka clients, beside those with a file, that no runtime is of.
const OTHERS: [&str; 11] =
    ["c++", "clojure", "cpp", "csharp", "dotnet", "elixir", "erlang", "kotlin", "php", "ruby", "scala"];

/// What else languages are called: platforms, and clients of theirs.
const CALLED: [(&str, &str); 7] = [
    ("jvm", "java"),
    ("kafka_clients", "java"),
    ("kafka_streams", "java"),
    ("reactor_kafka", "java"),
    ("spring", "java"),
    ("nodejs", "node"),
    ("typescript", "node"),
];

/// What is wrong with the name of a runtime that is not known. Of a language its runtimes are told, or that it has none.
pub fn runtime(what: &str, name: &str, catalog: &Catalog) -> String {
    let has_runtime = |it: &Language| catalog.runtimes.iter().any(|runtime| runtime.language.name == it.name);
    let without = catalog.languages.iter().filter(|it| !has_runtime(it)).map(|it| it.name.as_str());
    let is_of = |language: &str, name: &str| plain(name).starts_with(language);
    let is_known = |language: &str| catalog.runtimes.iter().any(|it| is_of(language, &it.name));
    if without.chain(OTHERS).any(|language| is_of(language, name) && !is_known(language)) {
        return format!(
            "{what} is {name:?}, and there is no profile of that language; make one: tonnage measure --help, then tonnage fit"
        );
    }
    let of_language = of_language(name, catalog);
    if of_language.is_empty() {
        return unknown(what, name, &catalog.runtime_names());
    }
    let runtimes: Vec<String> = of_language.iter().map(|it| format!("{:?}", it.name)).collect();
    format!("{what} is {name:?}, a language; say which of its runtimes: {}", runtimes.join(" or "))
}

/// The runtime that a name of a language means: its only one, or the one that all others are forms of, such as
/// `java-kafka-clients` beside `java-kafka-clients-virtual`.
pub fn only_of_language<'c>(name: &str, catalog: &'c Catalog) -> Option<&'c Runtime> {
    let all = of_language(name, catalog);
    all.iter().find(|it| all.iter().all(|other| other.name.starts_with(&it.name))).copied()
}

/// The runtimes of a language, by whatever it is called.
fn of_language<'c>(name: &str, catalog: &'c Catalog) -> Vec<&'c Runtime> {
    let plainly = plain(name);
    let called = CALLED.iter().find(|(called, _)| plainly.starts_with(called));
    let meant = called.map_or(&*plainly, |(_, language)| language);
    // `JavaScript (Node.js)` is either.
    let is_meant = |it: &Language| {
        let titles = it.title.split([' ', '(', ')']).chain([&*it.title, &*it.name]);
        titles.map(plain).any(|title| title == meant)
    };
    catalog.runtimes.iter().filter(|runtime| is_meant(&runtime.language)).collect()
}

/// Whether a region of one cloud, with no provider beside it, is nearly that of the cloud that plans default to, and what to
/// ask then.
pub fn near_region(region: &str, catalog: &Catalog) -> Option<String> {
    let (home, _) = HOMES[0];
    let bare = |name: &str| plain(name).replace('_', "");
    let regions = || catalog.machines.regions().iter();
    if catalog.filter.provider.is_some() || regions().any(|it| it.provider == home && it.region == region) {
        return None;
    }
    let given = regions().find(|it| it.region == region)?;
    let near = regions().find(|it| it.provider == home && bare(&it.region) == bare(region))?;
    Some(format!(
        "region is {region:?}, a region of {}, and {home} has {:?}; give provider {} or {home} with it",
        given.provider, near.region, given.provider
    ))
}

/// What is wrong with the provider that plans default to, if anything.
pub fn provider(catalog: &Catalog) -> Option<String> {
    let known = catalog.machines.regions().iter().map(|it| it.provider.clone());
    unknown_among("provider", catalog.filter.provider.as_deref()?, known)
}

/// What is wrong with their region, among those of the provider.
pub fn region(catalog: &Catalog) -> Option<String> {
    let MachineFilter { provider, region, .. } = &catalog.filter;
    let of_provider = catalog.machines.regions().iter().filter(|it| it.is(provider.as_deref(), None));
    let region = region.as_deref()?;
    near_region(region, catalog)
        .or_else(|| unknown_among("region", region, of_provider.map(|it| it.region.clone())))
}

fn unknown_among(what: &str, name: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let known: BTreeSet<String> = known.collect();
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    (!names.contains(&name)).then(|| unknown(what, name, &names))
}

/// Regions that have every machine type between them, with the one asked for; that alone first.
fn telling(catalog: &Catalog) -> Vec<&Region> {
    let homes = HOMES.iter().filter_map(|(cloud, region)| catalog.machines.region(Some(cloud), Some(region)));
    let telling: Vec<&Region> = catalog.region(None, None).into_iter().chain(homes).collect();
    if telling.is_empty() { catalog.machines.regions().iter().collect() } else { telling }
}

/// Why no plan can use the machine types that match a pattern, if none can.
pub fn unusable_type(pattern: &str, catalog: &Catalog) -> Option<String> {
    let alone = MachineFilter { types: vec![pattern.to_owned()], ..catalog.filter.clone() };
    let regions = telling(catalog);
    if regions.iter().any(|region| region.machines().iter().any(|machine| alone.admits(machine))) {
        return None;
    }
    let mut matching = regions.into_iter().flat_map(Region::machines).filter(|it| alone.matches_type(it));
    let Some(machine) = matching.next() else { return Some(no_such_type(pattern, catalog)) };
    Some(if machine.vcpu_speed.is_none() {
        format!("the speed of {pattern:?} is not known, so no plan can use it")
    } else if machine.is_provisional() && !alone.include_provisional {
        format!("the speed of {pattern:?} is only a rough figure; add --include-provisional to use it")
    } else {
        format!("{pattern:?} may not use its vCPUs fully all the time; add --include-burstable to use it")
    })
}

/// What is wrong with a family of machine types, if anything.
pub fn family(name: &str, catalog: &Catalog) -> Option<String> {
    let families = telling(catalog).into_iter().flat_map(Region::machines).map(|it| it.family.as_str());
    let known: BTreeSet<&str> = families.collect();
    (!known.contains(name)).then(|| unknown("family", name, &known.into_iter().collect::<Vec<_>>()))
}

/// Which provider lacks all prices of a purchase that plans default to, and which have some.
pub fn purchase(purchase: Purchase, catalog: &Catalog) -> Option<String> {
    let has = |region: &Region| region.machines().iter().any(|it| it.usd_per_hour(purchase).is_some());
    let home = catalog.region(None, None).filter(|home| purchase != Purchase::OnDemand && !has(home))?;
    let telling = telling(catalog);
    let known: BTreeSet<&str> =
        telling.into_iter().filter(|region| has(region)).map(|region| region.provider.as_str()).collect();
    let known = known.into_iter().collect::<Vec<_>>().join(" and ");
    Some(match known.is_empty() {
        true => format!("there is no {purchase} price in {home}, nor in any other region"),
        false if known.contains(&home.provider) => format!("there is no {purchase} price in {home}"),
        false => format!("there is no {purchase} price of {}, only of {known}", home.provider),
    })
}

/// What is wrong with a pattern that no machine type in the provider and region asked for matches.
pub fn machine_type(pattern: &str, catalog: &Catalog) -> Option<String> {
    let alone = MachineFilter { types: vec![pattern.to_owned()], ..MachineFilter::default() };
    let has = |region: &&Region| region.machines().iter().any(|machine| alone.matches_type(machine));
    let MachineFilter { provider, region, .. } = &catalog.filter;
    let is_asked = |it: &&Region| it.is(provider.as_deref(), region.as_deref());
    let telling = telling(catalog);
    if telling.iter().copied().any(|it| is_asked(&it) && has(&it)) {
        return None;
    }
    Some(match telling.into_iter().find(has) {
        Some(Region { provider, region, .. }) => {
            format!("{pattern:?} is not in the provider and region asked for, but in {provider}/{region}")
        }
        None => no_such_type(pattern, catalog),
    })
}

fn no_such_type(pattern: &str, catalog: &Catalog) -> String {
    if pattern.contains(['*', '?']) {
        return format!("no machine type matches {pattern:?}");
    }
    let types = telling(catalog).into_iter().flat_map(Region::machines);
    let known: BTreeSet<&str> = types.map(|machine| machine.instance_type.as_str()).collect();
    unknown("machine type", pattern, &known.into_iter().collect::<Vec<_>>())
}
